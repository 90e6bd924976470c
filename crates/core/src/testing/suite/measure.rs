//! How far what was found is from what was expected, and what is said about it.

use super::{
    Disagreement, graph,
    lockstep::{Case, End},
};
use crate::{Signal, Signals, testing::Parameters};

pub(super) fn norm(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().map(|value| value * value).sum::<f64>().sqrt()
}

pub(super) fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

pub(super) fn flat(parameters: &Parameters) -> Vec<f64> {
    parameters.columns().into_iter().flatten().copied().collect()
}

impl Case<'_> {
    pub(super) fn condition(&self, shaken: &[f64], expected: &[f64], floor: f64) -> Result<(), End> {
        let moved = norm(shaken.iter().zip(expected).map(|(a, b)| a - b)) / (norm(expected.iter().copied()) + floor);
        if moved < self.tolerance / 10.0 { Ok(()) } else { Err(End::IllConditioned) }
    }

    pub(super) fn close(&self, what: &str, found: &[f32], expected: &[f64], floor: f64) -> Result<(), End> {
        self.within(what, found, expected, floor, self.tolerance)
    }

    pub(super) fn close_signal(
        &self,
        signal: Signal,
        found: &Signals,
        expected: &Signals,
        floor: f64,
        tolerance: f64,
    ) -> Result<(), End> {
        self.within(
            &format!("signal {signal:?}"),
            found.values(signal),
            &widen(expected.values(signal)),
            floor,
            tolerance,
        )
    }

    pub(super) fn within(
        &self,
        what: &str,
        found: &[f32],
        expected: &[f64],
        floor: f64,
        tolerance: f64,
    ) -> Result<(), End> {
        self.ensure(found.len() == expected.len(), || format!("{} {what} instead of {}", found.len(), expected.len()))?;
        let distance =
            norm(found.iter().zip(expected).map(|(&a, b)| f64::from(a) - b)) / (norm(expected.iter().copied()) + floor);
        self.ensure(distance <= tolerance, || {
            let far = |&at: &usize| (f64::from(found[at]) - expected[at]).abs();
            let worst = (0..found.len()).max_by(|a, b| far(a).total_cmp(&far(b)));
            let worst =
                worst.map_or(String::new(), |at| format!(", worst at {at}: {} instead of {}", found[at], expected[at]));
            format!("{what} differ by {distance:.2e} in norm, {tolerance:.0e} allowed{worst}")
        })
    }

    pub(super) fn ensure(&self, holds: bool, what: impl FnOnce() -> String) -> Result<(), End> {
        if holds { Ok(()) } else { Err(self.wrong(what())) }
    }

    pub(super) fn wrong(&self, what: String) -> End {
        End::Wrong(Disagreement {
            case: self.number,
            place: self.place.clone(),
            what,
            network: graph::describe(&self.network),
        })
    }
}

//! The signals of one case against those of the definition.

use super::{Case, End, RUNNING};
use crate::{Candidate, Executor as _, Samples, Signal, Signals, by_groups, testing::suite::measure::widen};

impl Case<'_> {
    pub(super) fn signals(&mut self, floor: f64) -> Result<(), End> {
        let top = self.dice.mostly_small(1..=200) as u32;
        let wanted = [
            &RUNNING[..],
            &[Signal::Weight, Signal::UpdateSize, Signal::Residual, Signal::AbsentGradient { top }, Signal::Drive],
        ]
        .concat();
        let mut all: Vec<Signal> = wanted.clone();
        all.extend(self.options.splitting.map(|_| Signal::Splitting));
        let lanes = self.dice.within(1..=4) as u32;
        all.extend([Signal::Outputs { lanes }, Signal::Blames { lanes }]);
        all.extend(self.options.splitting.map(|_| Signal::Bends { lanes }));
        let found = self.subject.signals(&self.network, &all);
        let expected = self.naive.signals(&self.network, &all);
        let neurons = (self.network.neuron_count() as f64).sqrt();
        self.said(&found, lanes)?;
        self.sampled("blame", found.blames(), expected.blames(), floor)?;
        if self.options.splitting.is_some() {
            self.sampled("what bends", found.bends(), expected.bends(), floor)?;
        }
        for signal in wanted {
            let floor = match signal {
                Signal::Residual => floor,
                Signal::Blame => 1e-9,
                Signal::OutputVariance => 1e-2 * neurons,
                Signal::AbsentGradient { .. } => continue,
                _ => 1e-3 * neurons,
            };
            self.close_signal(signal, &found, &expected, floor, self.tolerance)?;
        }
        if let Some(tolerance) = self.options.splitting {
            self.close_signal(Signal::Splitting, &found, &expected, 1e-6, tolerance)?;
        }
        // Every candidate with its own gradient: near ties may come in either order.
        let every = self.naive.clone().signals(&self.network, &[Signal::AbsentGradient { top: u32::MAX }]);
        self.candidates(found.candidates(), every.candidates(), top as usize, floor)?;
        // Of each two groups, and as many multiply-adds as for all.
        let [all, some] = [Signal::AbsentGradient { top: u32::MAX }, Signal::AbsentGradientByGroups { top }];
        self.naive.signals(&self.network, &[all]);
        self.naive.signals(&self.network, &[some]);
        let all = self.subject.signals(&self.network, &[all]);
        let found = self.subject.signals(&self.network, &[some]);
        let expected = by_groups(&self.network, all.candidates().to_vec(), top as usize);
        self.ensure(found.candidates() == expected, || "the best of each two groups are not the first of all".into())
    }

    fn candidates(&self, found: &[Candidate], every: &[Candidate], top: usize, floor: f64) -> Result<(), End> {
        let expected = every.len().min(top);
        self.ensure(found.len() == expected, || format!("{} candidates instead of {expected}", found.len()))?;
        let mut own = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for candidate in found {
            let key = |c: &Candidate| (c.post, c.pre, c.delay);
            let Some(same) = every.iter().find(|other| key(other) == key(candidate)) else {
                return Err(self.wrong(format!("{candidate:?} is connected or out of reach")));
            };
            self.ensure(seen.insert(key(candidate)), || format!("{candidate:?} comes twice"))?;
            own.push(f64::from(same.gradient));
        }
        let gradients: Vec<f32> = found.iter().map(|candidate| candidate.gradient).collect();
        self.close("absent gradients", &gradients, &own, floor)?;
        self.ensure(gradients.is_sorted_by(|a, b| a.abs() >= b.abs()), || {
            "absent gradients are not in descending order".into()
        })?;
        let sizes: Vec<f32> = gradients.iter().map(|gradient| gradient.abs()).collect();
        let largest: Vec<f64> = every[..expected].iter().map(|candidate| f64::from(candidate.gradient.abs())).collect();
        self.close("largest absent gradients", &sizes, &largest, floor)
    }

    /// Samples of outputs are what is recalled, which is compared with the definition by itself.
    fn said(&self, found: &Signals, lanes: u32) -> Result<(), End> {
        let expected = crate::recalled(&*self.subject, &self.network, lanes);
        self.ensure(found.outputs() == Some(&expected), || format!("outputs of {lanes} lanes are not those recalled"))
    }

    /// Sample by sample: as many cycles and lanes, and the same values.
    fn sampled(&self, what: &str, found: Option<&Samples>, expected: Option<&Samples>, floor: f64) -> Result<(), End> {
        let (found, expected) = (found.cloned().unwrap_or_default(), expected.cloned().unwrap_or_default());
        let shape = |samples: &Samples| (samples.cycles(), samples.lanes());
        if shape(&expected).0 == 0 {
            return self.ensure(shape(&found).0 == 0, || format!("{what} of cycles that nobody swept"));
        }
        self.ensure(shape(&found) == shape(&expected), || {
            format!("(cycles, lanes) of {what}: {:?} instead of {:?}", shape(&found), shape(&expected))
        })?;
        let all = |samples: &Samples| -> Vec<f32> {
            let rows = (0..samples.cycles()).flat_map(|t| self.network.neuron_rows().map(move |row| (t, row)));
            rows.flat_map(|(t, row)| samples.of(t, row).to_vec()).collect()
        };
        self.close(what, &all(&found), &widen(&all(&expected)), floor)
    }
}

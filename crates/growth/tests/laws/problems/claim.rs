//! A claim: a method, its problem, and how much above its controls it must come out.

use super::{Came, Problem, Start, run};
use livenet_growth::{Registry, Settings, Value};
use std::fmt::Write as _;

const SEEDS: u64 = 4;

/// A value of a setting, as a constant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Set {
    Real(f64),
    Integer(i64),
    Word(&'static str),
}

impl From<Set> for Value {
    fn from(set: Set) -> Self {
        match set {
            Set::Real(value) => Self::Real(value),
            Set::Integer(value) => Self::Integer(value),
            Set::Word(word) => Self::Text(word.to_owned()),
        }
    }
}

/// What a method is held against.
#[derive(Clone, Copy, Debug)]
pub(super) enum Control {
    /// A network that begins so and keeps its structure.
    Still(Start),
    /// Another method on its problem.
    Method(&'static Claim),
}

/// What the mean must lie above: that of the control plus `by`, which is below zero where something may be lost; in parts of right
/// answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar {
    pub(super) over: Control,
    pub(super) by: f64,
}

/// A method on its problem.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub(super) method: &'static str,
    pub(super) settings: &'static [(&'static str, Set)],
    pub(super) problem: Problem,
    pub(super) start: Start,
    /// Steps between askings.
    pub(super) every: u64,
    pub(super) bars: &'static [Bar],
    /// Most connections that may speak in the end, in the mean.
    pub(super) connections: f64,
}

impl Claim {
    /// What came of it, in the mean over seeds.
    pub(super) fn came(&self) -> Came {
        let settings = self.settings.iter().fold(Settings::none(), |all, &(name, set)| all.with(name, set.into()));
        let entry = *Registry::standard().find(self.method).unwrap();
        mean(|seed| {
            let mut method = entry.strategy(settings.clone()).unwrap();
            run(&self.problem, self.start, Some(&mut *method), self.every, seed)
        })
    }
}

fn mean(of: impl Fn(u64) -> Came) -> Came {
    let part = 1.0 / SEEDS as f64;
    (0..SEEDS).map(of).fold(Came::default(), |all, one| Came {
        right: all.right + part * one.right,
        hidden: all.hidden + part * one.hidden,
        connections: all.connections + part * one.connections,
        dark: all.dark + part * one.dark,
    })
}

/// What comes of a network that keeps its structure.
fn still(problem: &Problem, start: Start) -> Came {
    mean(|seed| run(problem, start, None, u64::MAX, seed))
}

/// Holds claims, and says of all that do not hold what came out.
pub(super) fn hold(claims: &[Claim]) -> Vec<Came> {
    let mut known: Vec<((Problem, Start), Came)> = Vec::new();
    let (mut broken, mut all) = (Vec::new(), Vec::new());
    for claim in claims {
        let came = claim.came();
        let mut holds = came.connections <= claim.connections;
        let mut found = format!("{}: {came:?}", claim.method);
        for bar in claim.bars {
            let control = match bar.over {
                Control::Method(other) => other.came(),
                Control::Still(start) => {
                    let of = (claim.problem, start);
                    let before = known.iter().find(|(known, _)| *known == of).map(|(_, came)| *came);
                    let control = before.unwrap_or_else(|| still(&of.0, of.1));
                    known.push((of, control));
                    control
                }
            };
            holds &= came.right >= control.right + bar.by;
            write!(found, "; {:+.3} of {:+.3} over {control:?}", came.right - control.right, bar.by).unwrap();
        }
        all.push(came);
        if !holds {
            broken.push(found);
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    all
}

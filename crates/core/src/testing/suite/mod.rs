//! The suite that every executor passes: beside [`Naive`] over random networks and random commits.
//!
//! ```
//! use livenet_core::testing::{Naive, suite};
//! let make = |network: &_, settings| Box::new(Naive::new(network, settings)) as Box<dyn livenet_core::Executor>;
//! suite::agrees_with_naive(&make, 3, 1e-4, &suite::Options::default()).unwrap();
//! ```
//!
//! A case is a function of its number: to look at one that fails, set [`Options::first`] to it and run a
//! single case. A case whose own answer in f64 moves when its parameters are shaken by half an f32 rounding
//! says nothing about an executor; it is left out from there on, and too many of them are a failure too.

#[cfg(test)]
pub(super) mod cases;
mod chance;
mod graph;
mod lockstep;
mod measure;
mod moves;
mod preserve;
mod repeat;
mod resume;
mod rule;

pub use preserve::preserves;
pub use repeat::{same_bits_for_memory, same_bits_for_threads};
pub use resume::same_bits_after_import;

#[cfg(doc)]
use super::Naive;
use crate::{Executor, ExecutorSettings, Network};

/// How the suite makes executors.
pub type Make<'a> = &'a dyn Fn(&Network, ExecutorSettings) -> Box<dyn Executor>;

/// What the cases contain, and where they begin.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent features, each of which an executor may lack")]
pub struct Options {
    /// The number of the first case.
    pub first: u32,
    /// Groups that normalise.
    pub norms: bool,
    /// Windows with dropout.
    pub dropout: bool,
    /// An activation of the user's own.
    pub user_activation: bool,
    /// A memory longer than the window.
    pub long_memory: bool,
    /// Running statistics, absent gradients, residuals.
    pub signals: bool,
    /// The tolerance for [`Signal::Splitting`](crate::Signal::Splitting), relative in norm; `None` leaves it out. Power iterations are
    /// not exact, so it has one of its own.
    pub splitting: Option<f64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            first: 0,
            norms: true,
            dropout: true,
            user_activation: true,
            long_memory: true,
            signals: true,
            splitting: None,
        }
    }
}

/// How an executor differs from what it should be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("case {case}, {place}: {what}; {network}")]
pub struct Disagreement {
    /// The number of the case.
    pub case: u32,
    /// Where in the case.
    pub place: String,
    /// What differs, by how much, and how much it may.
    pub what: String,
    /// The network in a few words.
    pub network: String,
}

/// Runs `cases` random cases: outputs, gradients, signals, updates and what commits carry differ from
/// [`Naive`]'s by at most `tolerance`, relative in norm; counts of operations not at all.
///
/// # Errors
/// The first [`Disagreement`].
pub fn agrees_with_naive(make: Make<'_>, cases: u32, tolerance: f64, options: &Options) -> Result<(), Disagreement> {
    let mut left_out = 0;
    for case in options.first..options.first + cases {
        left_out += u32::from(!lockstep::run(make, case, tolerance, options)?);
    }
    if left_out * 4 > cases.max(4) {
        let what = format!("{left_out} of {cases} cases are too ill-conditioned to tell; at most a quarter may be");
        return Err(Disagreement {
            case: options.first,
            place: "the whole suite".into(),
            what,
            network: String::new(),
        });
    }
    Ok(())
}

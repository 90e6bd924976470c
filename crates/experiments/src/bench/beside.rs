//! Training with something that lives in the network, beside the same training without it, step by step in turn.

use super::{BenchError, Workload, workload::Windows};
use livenet_core::{Commit, Draft, Follower, Network, Signal};
use livenet_growth::{Budget, Ledger, Registry, Settings, Still, Strategy, Verdict, View, When, WhenState, Why};
use livenet_train::session::{Grower, Session};
use std::time::{Duration, Instant};

/// What lives in the network.
#[derive(Clone, Copy, Debug)]
pub(super) enum Guest {
    /// Continual backprop, asked at every step.
    Renewals,
    /// A method that never does anything, asked at every step.
    Still,
    /// A method whose time does not come.
    Waiting,
    /// `RigL`, asked at every twentieth step; the steps between are those beside which its own stands.
    Rewiring,
    /// An energy ledger, settled at every so many steps.
    Accounts {
        /// How many.
        every: u64,
    },
}

/// Whoever is asked and has nothing to say: accounts are settled when somebody is asked.
#[derive(Clone, Copy)]
struct Asked;

impl Follower for Asked {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Asked {
    fn needs(&self) -> Vec<Signal> {
        Vec::new()
    }
    fn propose(&mut self, _view: &View<'_>, _draft: &mut Draft<'_>) -> Verdict {
        Verdict::Nothing(Why::Watching { every: 1 })
    }
    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }
}

/// A method of the registry as it comes.
pub(super) fn method(name: &str) -> Result<Box<dyn Strategy>, BenchError> {
    Ok(Registry::standard().find(name)?.strategy(Settings::none())?)
}

fn asked(strategy: Box<dyn Strategy>, when: When) -> Grower {
    Grower::new("guest", strategy, WhenState::new(when), Budget::unlimited())
}

const fn every(steps: u64) -> When {
    When::Every { steps, from: steps, until: None }
}

/// Steps between two askings of `RigL`: what was born has learned by then, and is not the first to go.
const APART: u64 = 20;

/// See the [module](self).
pub(super) struct Beside {
    windows: Windows,
    /// With the guest.
    with: Session,
    /// Without, but where the guest's own steps between its askings stand for that.
    without: Option<Session>,
    /// Steps that are timed together.
    block: u64,
    pub(super) connections: usize,
}

impl std::fmt::Debug for Beside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Beside").field("block", &self.block).finish_non_exhaustive()
    }
}

impl Beside {
    /// Two networks alike, one with the guest.
    ///
    /// # Errors
    /// [`BenchError`] for a workload that cannot be.
    pub(super) fn new(make: &dyn Fn() -> Result<Workload, BenchError>, guest: Guest) -> Result<Self, BenchError> {
        let (with, windows) = make()?.into_session()?;
        let connections = with.network().synapse_count();
        let nobody = || asked(Box::new(Asked), When::Never);
        let (growers, beside, block) = match guest {
            Guest::Renewals => (asked(method("continual_backprop")?, every(1)), Some(nobody()), 500),
            Guest::Still => (asked(Box::new(Still), every(1)), Some(nobody()), 500),
            Guest::Waiting => (asked(method("rigl")?, When::Once { at: u64::MAX }), Some(nobody()), 20),
            Guest::Rewiring => (asked(method("rigl")?, every(APART)), None, 1),
            Guest::Accounts { every: steps } => {
                (asked(Box::new(Asked), every(steps)), Some(asked(Box::new(Asked), every(steps))), steps.max(10))
            }
        };
        let mut with = with.with_growers(vec![growers]);
        if let Guest::Accounts { .. } = guest {
            with = with.with_ledger(Ledger::build(&mut Settings::none())?);
        }
        let without = match beside {
            Some(growers) => Some(make()?.into_session()?.0.with_growers(vec![growers])),
            None => None,
        };
        let mut beside = Self { windows, with, without, block, connections };
        // Statistics, moments and whatever else is made at the first asking.
        beside.sample()?;
        Ok(beside)
    }

    /// How long a step takes with the guest, and without.
    ///
    /// # Errors
    /// [`BenchError`] if something diverges.
    pub(super) fn sample(&mut self) -> Result<(Duration, Duration), BenchError> {
        let Self { windows, with, without, block, .. } = self;
        let time = |session: &mut Session, steps: u64| -> Result<Duration, BenchError> {
            let begun = Instant::now();
            for _ in 0..steps {
                session.step(windows)?;
            }
            Ok(begun.elapsed() / steps as u32)
        };
        let pair = if let Some(without) = without {
            let beside = time(without, *block)?;
            (time(with, *block)?, beside)
        } else {
            // Not the mean: the first step after a commit makes anew what the commit took away.
            let mut beside = Vec::with_capacity(APART as usize);
            for _ in 1..APART {
                beside.push(time(with, 1)?);
            }
            beside.sort_unstable();
            (time(with, 1)?, beside[beside.len() / 2])
        };
        // As whoever runs a session does.
        drop(with.take_events());
        *with.journal_mut() = with.journal().anew(with.network());
        Ok(pair)
    }
}

/// Of pairs, the median of the one over the other.
pub(super) fn ratio(pairs: &[(Duration, Duration)]) -> f64 {
    let mut all: Vec<f64> = pairs.iter().map(|(with, without)| with.as_secs_f64() / without.as_secs_f64()).collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

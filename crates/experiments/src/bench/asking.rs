//! The parts of one asking of a rewiring method, each by itself: signals, choice, commit.

use super::{BenchError, Workload, beside::method};
use livenet_core::{Draft, Executor as _, Finished, Follower as _, Journal, Signals, StreamKey};
use livenet_growth::{Budget, Moment, Strategy, View};
use std::time::{Duration, Instant};

/// What of an asking is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The signals that it asks for: weights, gradients, and gradients of absent pairs.
    Signals,
    /// Who goes and what comes, as a finished draft.
    Choice,
    /// The journal, the commit and all that follows.
    Commit,
}

/// Steps between two askings.
const APART: u64 = 20;

/// See the [module](self).
pub(super) struct Asking {
    workload: Workload,
    strategy: Box<dyn Strategy>,
    journal: Journal,
    part: Part,
}

impl std::fmt::Debug for Asking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asking").field("part", &self.part).finish_non_exhaustive()
    }
}

impl Asking {
    /// `RigL` on a workload.
    ///
    /// # Errors
    /// [`BenchError`].
    pub(super) fn new(workload: Workload, part: Part) -> Result<Self, BenchError> {
        let journal = Journal::new(&workload.network, 0);
        Ok(Self { workload: workload.learning_at(1e-3), strategy: method("rigl")?, journal, part })
    }

    pub(super) fn connections(&self) -> usize {
        self.workload.connections()
    }

    /// How long the part takes, and a step before it.
    ///
    /// # Errors
    /// [`BenchError`].
    pub(super) fn sample(&mut self) -> Result<(Duration, Duration), BenchError> {
        let mut steps = Vec::with_capacity(APART as usize);
        for _ in 0..APART {
            let begun = Instant::now();
            self.workload.step()?;
            steps.push(begun.elapsed());
        }
        steps.sort_unstable();
        let mut took = [Duration::ZERO; 3];
        let begun = Instant::now();
        let signals = self.look();
        took[0] = begun.elapsed();
        let begun = Instant::now();
        let finished = self.choose(&signals);
        took[1] = begun.elapsed();
        let begun = Instant::now();
        let Self { workload, strategy, journal, .. } = self;
        journal.append(&workload.network, &finished);
        let commit = workload.network.commit(finished)?;
        journal.committed(&workload.network);
        workload.native.follow(&workload.network, &commit);
        strategy.follow(&workload.network, &commit);
        took[2] = begun.elapsed();
        *journal = journal.anew(&workload.network);
        Ok((took[self.part as usize], steps[steps.len() / 2]))
    }

    fn look(&mut self) -> Signals {
        let Self { workload, strategy, .. } = self;
        let network = &workload.network;
        strategy.stirs(&Moment { network, step: workload.step, end: None, key: KEY });
        workload.native.signals(network, &strategy.needs())
    }

    fn choose(&mut self, signals: &Signals) -> Finished {
        let Self { workload, strategy, .. } = self;
        let (network, step) = (&workload.network, workload.step);
        let budget = Budget::unlimited();
        let view = View { network, signals, step, end: None, budget, ledger: None, key: KEY };
        let mut draft = Draft::new(network, step);
        strategy.propose(&view, &mut draft);
        let (draft, _cut) = budget.apply(draft);
        draft.finish()
    }
}

const KEY: StreamKey = StreamKey::new(7, "asking");

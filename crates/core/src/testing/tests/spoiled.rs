//! The suite sees what is wrong: executors that are right but for one flaw.

use crate::testing::{Naive, suite};
use crate::{
    Commit, Dropout, ExecError, Executor, ExecutorSettings, Exported, Follower, Inherit, Network, Neurons, Row, Signal,
    Signals, UpdateRule, Window,
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    GradientsOfAThousandthMore,
    ForgetsItsStateAtCommits,
    DaughtersStartSilent,
    CountsOneOperationTooMany,
    RecallsOneCycleTooMany,
    RemembersLonger,
    OneStepCountForAll,
    InheritsOtherwise,
    IgnoresDropout,
    IgnoresReset,
    SkipsPasses,
    LosesItsMomentsAtCommits,
    MissesACandidate,
    WeighsStatisticsAnew,
    MovesWeightsAtCommits,
    DependsOnThreads,
    DependsOnMemory,
}

#[derive(Clone)]
struct Spoiled {
    inner: Naive,
    settings: ExecutorSettings,
    flaw: Flaw,
}

fn make(flaw: Flaw) -> impl Fn(&Network, ExecutorSettings) -> Box<dyn Executor> + Sync {
    move |network, settings| {
        let inherit = if settings.inherit == Inherit::Nothing { Inherit::FromOrigin } else { Inherit::Nothing };
        let given = match flaw {
            Flaw::InheritsOtherwise => ExecutorSettings { inherit, ..settings },
            Flaw::RemembersLonger => ExecutorSettings { memory: Some(settings.memory.unwrap_or(25) + 3), ..settings },
            _ => settings,
        };
        Box::new(Spoiled { inner: Naive::new(network, given), settings, flaw })
    }
}

impl Spoiled {
    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn edit(&mut self, network: &Network, edit: impl FnOnce(&mut Exported)) {
        let mut exported = self.inner.export(network);
        edit(&mut exported);
        self.inner.import(network, &exported).unwrap();
    }
}

impl Follower for Spoiled {
    fn follow(&mut self, after: &Network, commit: &Commit) {
        self.inner.follow(after, commit);
        match self.flaw {
            Flaw::ForgetsItsStateAtCommits => self.inner.reset(),
            Flaw::LosesItsMomentsAtCommits => self.edit(after, |all| all.moments.clear()),
            Flaw::WeighsStatisticsAnew => self.edit(after, |all| all.statistics.clear()),
            Flaw::MovesWeightsAtCommits => self.inner.parameters_mut().weights.iter_mut().for_each(|w| *w += 1e-6),
            Flaw::DaughtersStartSilent => self.edit(after, |all| {
                for newborn in commit.newborns.iter().filter(|newborn| newborn.state_of.is_some()) {
                    let cells = newborn.row as usize * all.lanes..(newborn.row as usize + 1) * all.lanes;
                    all.outputs.iter_mut().for_each(|rows| rows[cells.clone()].fill(0.0));
                    all.states[cells].fill(0.0);
                }
            }),
            _ => {}
        }
    }
}

impl Executor for Spoiled {
    fn name(&self) -> &'static str {
        "naive"
    }
    fn supports(&self, network: &Network) -> Result<(), ExecError> {
        self.inner.supports(network)
    }
    fn reset(&mut self) {
        if !self.is(Flaw::IgnoresReset) {
            self.inner.reset();
        }
    }
    fn forward(
        &mut self,
        network: &Network,
        window: Window<'_>,
        dropout: Option<Dropout>,
    ) -> Result<Vec<f32>, ExecError> {
        let mut outputs = self.inner.forward(network, window, dropout.filter(|_| !self.is(Flaw::IgnoresDropout)))?;
        let threads = rayon::current_num_threads();
        if self.is(Flaw::DependsOnThreads) && threads > 2
            || self.is(Flaw::DependsOnMemory) && self.settings.memory.is_some()
        {
            for y in &mut outputs {
                *y *= 1.0 + f32::EPSILON;
            }
        }
        Ok(outputs)
    }
    fn backward(&mut self, network: &Network, d_outputs: &[f32]) -> Result<(), ExecError> {
        let by = if self.is(Flaw::GradientsOfAThousandthMore) { 1.001 } else { 1.0 };
        self.inner.backward(network, &d_outputs.iter().map(|d| d * by).collect::<Vec<_>>())
    }
    fn update(&mut self, network: &Network, rule: &UpdateRule) -> Result<(), ExecError> {
        if self.is(Flaw::SkipsPasses) {
            return self.inner.update(network, &UpdateRule { passes: Vec::new(), ..rule.clone() });
        }
        if self.is(Flaw::OneStepCountForAll) {
            let mut exported = self.inner.export(network);
            let most = exported.steps.iter().flatten().copied().max().unwrap_or(0);
            exported.steps.iter_mut().flatten().for_each(|steps| *steps = most);
            self.inner.adopt(&exported);
        }
        self.inner.update(network, rule)
    }
    fn predict(&mut self, network: &Network, window: Window<'_>) -> Result<Vec<f32>, ExecError> {
        self.inner.predict(network, window)
    }
    fn observe(&mut self, network: &Network, signals: &[Signal]) {
        self.inner.observe(network, signals);
    }
    fn signals(&mut self, network: &Network, wanted: &[Signal]) -> Signals {
        let found = self.inner.signals(network, wanted);
        if !self.is(Flaw::MissesACandidate) || found.candidates().is_empty() {
            return found;
        }
        let mut fewer = Signals::default();
        for &signal in wanted {
            match signal {
                Signal::Outputs { .. } => fewer.put_samples(signal, found.outputs().cloned().unwrap_or_default()),
                Signal::Blames { .. } => fewer.put_samples(signal, found.blames().cloned().unwrap_or_default()),
                Signal::Bends { .. } => fewer.put_samples(signal, found.bends().cloned().unwrap_or_default()),
                Signal::AbsentGradient { .. } | Signal::AbsentGradientByGroups { .. } => {
                    fewer.put_candidates(signal, found.candidates()[1..].to_vec());
                }
                _ => fewer.put(signal, found.values(signal).to_vec()),
            }
        }
        fewer
    }
    fn recall(&self, network: &Network, ago: usize, neuron: Row<Neurons>) -> Option<Vec<f32>> {
        self.inner.recall(network, ago.saturating_sub(usize::from(self.is(Flaw::RecallsOneCycleTooMany))), neuron)
    }
    fn operations(&self) -> u64 {
        self.inner.operations() + u64::from(self.is(Flaw::CountsOneOperationTooMany))
    }
    fn export(&self, network: &Network) -> Exported {
        self.inner.export(network)
    }
    fn import(&mut self, network: &Network, from: &Exported) -> Result<(), ExecError> {
        self.inner.import(network, from)
    }
    fn boxed_clone(&self) -> Box<dyn Executor> {
        Box::new(self.clone())
    }
}

/// What the suite says of a flaw.
fn caught(flaw: Flaw) -> String {
    match suite::agrees_with_naive(&make(flaw), 60, 1e-4, &suite::Options::default()) {
        Err(disagreement) => disagreement.what,
        Ok(()) => panic!("{flaw:?} went unseen"),
    }
}

#[test]
fn a_wrong_gradient_is_seen() {
    assert!(caught(Flaw::GradientsOfAThousandthMore).contains("gradients"));
}

#[test]
fn a_state_that_does_not_follow_is_seen() {
    for flaw in [Flaw::ForgetsItsStateAtCommits, Flaw::DaughtersStartSilent, Flaw::IgnoresReset, Flaw::IgnoresDropout] {
        assert!(caught(flaw).contains("outputs"), "{flaw:?}");
    }
}

#[test]
fn a_wrong_count_is_seen() {
    assert!(caught(Flaw::CountsOneOperationTooMany).contains("operations"));
}

#[test]
fn a_wrong_memory_is_seen() {
    assert!(caught(Flaw::RecallsOneCycleTooMany).contains("recalled"));
    caught(Flaw::RemembersLonger);
}

#[test]
fn a_wrong_update_is_seen() {
    for flaw in [Flaw::OneStepCountForAll, Flaw::InheritsOtherwise, Flaw::SkipsPasses, Flaw::LosesItsMomentsAtCommits] {
        assert!(caught(flaw).contains("change of"), "{flaw:?}: {}", caught(flaw));
    }
}

#[test]
fn a_wrong_signal_is_seen() {
    assert!(caught(Flaw::MissesACandidate).contains("candidates"));
    assert!(caught(Flaw::WeighsStatisticsAnew).contains("signal"));
}

#[test]
fn a_commit_that_moves_weights_a_little_is_seen() {
    let disagreement = suite::preserves(&make(Flaw::MovesWeightsAtCommits)).unwrap_err();
    assert!(disagreement.what.contains("moved from"), "{disagreement}");
}

#[test]
fn bits_that_depend_on_threads_or_memory_are_seen() {
    assert!(suite::same_bits_for_threads(&make(Flaw::DependsOnThreads)).is_err());
    assert!(suite::same_bits_for_memory(&make(Flaw::DependsOnMemory)).is_err());
}

//! Synaptic elements: activity comes to its target, and what goes and comes is what is vacant.

mod activity;
mod elements;
mod lineage;
mod pairing;

use livenet_core::{
    Commit, Draft, Finished, Follower as _, Move, Network, Neurons, Row, Signal, Signals, StreamKey, Synapse,
};
use livenet_growth::homeostasis::Homeostasis;
use livenet_growth::{Budget, Strategy as _, SynapticElements, Verdict, View};

/// Asks at a step with these values of mean |output| per neuron.
fn ask_within(
    network: &Network,
    method: &mut SynapticElements,
    (step, activity): (u64, &[f32]),
    budget: Budget,
) -> (Verdict, Finished) {
    let mut signals = Signals::default();
    signals.put(Signal::OutputMagnitude, activity.to_vec());
    let mut draft = Draft::new(network, step);
    let key = StreamKey::new(1, "asking").at(step);
    let view = View { network, signals: &signals, step, end: None, budget, ledger: None, key };
    let verdict = method.propose(&view, &mut draft);
    (verdict, draft.finish())
}

fn ask(network: &Network, method: &mut SynapticElements, at: (u64, &[f32])) -> Finished {
    ask_within(network, method, at, Budget::unlimited()).1
}

fn commit(network: &mut Network, method: &mut SynapticElements, finished: Finished) -> Commit {
    let commit = network.commit(finished).unwrap();
    method.follow(network, &commit);
    commit
}

fn commit_moves(network: &mut Network, method: &mut SynapticElements, moves: Vec<Move>) {
    let mut draft = Draft::new(network, 0);
    for what in moves {
        draft.propose(what).unwrap();
    }
    let finished = draft.finish();
    commit(network, method, finished);
}

fn pairs(finished: &Finished) -> (Vec<Synapse>, Vec<Synapse>) {
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for proposal in finished.proposals() {
        match &proposal.what {
            Move::Prune { at } => gone.extend(at),
            Move::Grow { at, .. } => come.extend(at.iter().map(|(at, _)| *at)),
            other => panic!("{other:?}"),
        }
    }
    (gone, come)
}

/// (listeners, whom it hears).
fn connected(network: &Network, row: Row<Neurons>) -> (f64, f64) {
    (network.listeners(row).count() as f64, network.incoming(row).len() as f64)
}

/// (axonal, dendritic) elements that are not connected.
fn vacant(network: &Network, method: &SynapticElements, row: Row<Neurons>) -> (f64, f64) {
    let ((axonal, dendritic), (heard, hears)) = (method.elements(row), connected(network, row));
    (axonal - heard, dendritic - hears)
}

/// No trace behind activity and no losses: what grows is ν times steps times the curve.
fn plain() -> Homeostasis {
    Homeostasis { tau: 0.0, target: 1.0, rate: 0.1, decay: 0.0, ..Homeostasis::default() }
}

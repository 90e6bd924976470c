//! A strategy of one's own: neurons whose output hardly varies are silenced by removing what they say.
//!
//! It sees signals, never weights; it writes moves into a draft, each with its reason; it decides neither when it
//! is asked nor how much it may spend. Registered beside the built-in ones, a config can name it.
//!
//! Run with `cargo run -p livenet-growth --example own_strategy`.

use livenet_core::testing::{MockDevice, apply};
use livenet_core::{
    Activation, Commit, Draft, Executor as _, ExecutorSettings, FireGroup, Follower, GroupId, Move, Network,
    NeuronSpec, Norm, Origin, Reach, Reason, Role, Schedule, Signal, StreamKey, Unit,
};
use livenet_growth::{
    Budget, Citation, Contract, Entry, Registry, Setting, Settings, Strategy, Verdict, View, Why, Wiring,
};
use std::error::Error;

/// Removes hidden neurons whose output varies less than a threshold.
#[derive(Clone)]
struct Hush {
    threshold: f32,
}

impl Follower for Hush {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Hush {
    fn needs(&self) -> Vec<Signal> {
        vec![Signal::OutputVariance, Signal::OutputMean]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        for row in network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden) {
            let variance = view.signals.of(Signal::OutputVariance, row);
            if variance < self.threshold {
                // What it says on average stays, in the biases of who listened.
                let what = Move::Remove { neuron: network.id(row), mean: view.signals.of(Signal::OutputMean, row) };
                let reason = Reason::scored("hardly varies", variance)
                    .out_of(network.neuron_count() as u64, Some(self.threshold));
                // Priority: a budget cuts the least hushed first. A refusal says that it cannot go.
                let _refused = draft.propose_because(what, -variance, reason);
            }
        }
        if draft.is_empty() { Verdict::Nothing(Why::NoCandidates) } else { Verdict::Proposed }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }
}

const HUSH: Entry = Entry {
    name: "hush",
    summary: "neurons that hardly vary are removed",
    citation: Citation { key: "me2026", authors: "Me", title: "Hush", venue: "", year: 2026, url: "" },
    settings: &[Setting { name: "threshold", default: "0.3", about: "variance below which a neuron goes" }],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Hush { threshold: settings.real("threshold", 0.3, 0.0..=1e9)? as f32 })),
};

fn main() -> Result<(), Box<dyn Error>> {
    // Three inputs, eight hidden neurons, two outputs, each group listening to the one before.
    let unit = Unit::rate(Activation::Relu);
    let group = |role, reach| FireGroup { name: format!("{role:?}"), role, unit, norm: Norm::None, reach };
    let before = |at| Reach::groups([GroupId::new(at)]);
    let groups =
        vec![group(Role::Input, Reach::nobody()), group(Role::Hidden, before(0)), group(Role::Output, before(1))];
    let mut network = Network::new(groups, Schedule::Grouped)?;
    // A device that answers with pseudo-signals; in training an executor stands here.
    let mut device = MockDevice::new(&network, ExecutorSettings::default(), 1);
    let mut births = network.births().clone();
    let mut born = Vec::new();
    for (group, count) in [3, 8, 2].into_iter().enumerate() {
        for _ in 0..count {
            let spec = NeuronSpec::of(GroupId::new(group as u16), unit);
            born.push(Move::Add { neuron: births.next(), spec, origin: Origin::Seed });
        }
    }
    apply(&mut network, &mut device, born)?;
    let mut draft = Draft::new(&network, 0);
    Wiring::Dense.propose(&mut draft, StreamKey::new(1, "wiring"))?;
    let wiring: Vec<Move> = draft.proposals().iter().map(|proposal| proposal.what.clone()).collect();
    apply(&mut network, &mut device, wiring)?;

    let registry = Registry::standard().with(&[HUSH]);
    let mut hush = registry.find("hush")?.strategy(Settings::none())?;
    device.observe(&network, &hush.needs());
    let signals = device.signals(&network, &hush.needs());
    let mut draft = Draft::new(&network, 100);
    let (network_now, signals, key) = (&network, &signals, StreamKey::new(1, "asking"));
    let view =
        View { network: network_now, signals, step: 100, end: None, budget: Budget::unlimited(), ledger: None, key };
    assert!(matches!(hush.propose(&view, &mut draft), Verdict::Proposed));
    let finished = draft.finish();
    let commit = network.commit(finished)?;
    assert!(commit.census.died > 0 && network.neuron_count() == 13 - commit.census.died as usize);
    Ok(())
}

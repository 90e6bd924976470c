//! The strategy `quiet`: hidden neurons whose output hardly varies are removed.
//!
//! A strategy reads a view of the network and its signals, writes moves into a draft, each with its reason, and says why if it
//! writes none. It decides neither when it is asked nor how much it may spend: `when` and `budget` in a config do.

use livenet_core::{Commit, Draft, Follower, Move, Network, Reason, Role, Signal};
use livenet_experiments::{Own, Registry};
use livenet_growth::{Axes, Citation, Contract, Entry, Family, Setting, Strategy, Verdict, View, Why, surface};

// The surface that this was written for: another one does not compile.
const _: () = surface::require(1);

/// The standard registry, and `quiet` in it.
pub fn registry() -> Registry {
    Registry::standard().with(Own::Strategy(ENTRY))
}

/// How it is named, described, set and cited.
pub const ENTRY: Entry = Entry {
    name: "quiet",
    summary: "hidden neurons whose output hardly varies are removed",
    family: Family::Neurons,
    axes: Axes { goes: "variance of the output", grows: "nowhere", born: "-", amount: "all below a threshold" },
    citation: Citation { key: "quiet", authors: "You", title: "quiet", venue: "", year: 2026, url: "" },
    settings: &[Setting { name: "threshold", default: "0.01", about: "variance below which a neuron goes, 0 or more" }],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Quiet { threshold: settings.real("threshold", 0.01, 0.0..=1e9)? as f32 })),
};

/// The strategy with its settings. What it kept per neuron or connection would move with every commit in `follow`.
#[derive(Clone, Copy, Debug)]
pub struct Quiet {
    threshold: f32,
}

impl Follower for Quiet {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Quiet {
    fn needs(&self) -> Vec<Signal> {
        vec![Signal::OutputVariance, Signal::OutputMean]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let (network, signals) = (view.network, view.signals);
        let hidden = || network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden);
        for row in hidden() {
            let variance = signals.of(Signal::OutputVariance, row);
            if variance < self.threshold {
                // What it said on average stays, in the biases of who listened.
                let what = Move::Remove { neuron: network.id(row), mean: signals.of(Signal::OutputMean, row) };
                let reason = Reason::scored("hardly varies", variance);
                let reason = reason.out_of(hidden().count() as u64, Some(self.threshold));
                // The priority: what a budget cuts first is what varies most. What is refused stays.
                let _refused = draft.propose_because(what, -variance, reason);
            }
        }
        if draft.is_empty() { Verdict::Nothing(Why::NoCandidates) } else { Verdict::Proposed }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }
}

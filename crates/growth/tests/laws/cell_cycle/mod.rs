//! The cycle of a neuron: its phases, its checkpoints, and what becomes of those who pass.

mod checkpoints;
mod daughters;
mod phases;

use crate::bench::{Bench, layers};
use crate::energy::economy;
use livenet_core::{Draft, Follower as _, Move, Network, NeuronId, Signal, Signals, StreamKey};
use livenet_growth::{
    Budget, CellCycle, Cycle, Daughters, Demand, Economy, Ledger, Phase, Strategy as _, Verdict, View, Wiring,
};

/// A network, a cycle beside it, and accounts if there are any.
struct Dish {
    network: Network,
    cycle: CellCycle,
    ledger: Option<Ledger>,
    signals: Signals,
}

/// What came of an asking.
struct Asked {
    verdict: Verdict,
    now: Vec<livenet_core::Proposal>,
    later: Vec<Move>,
}

impl Dish {
    /// Four hidden neurons, 2 to 5, wired densely; all ask for division unless told otherwise.
    fn new(cycle: Cycle) -> Self {
        let network = Bench::new(layers(&[2, 4, 2]), Wiring::Dense, 1).network;
        Self { network, cycle: CellCycle::new(cycle), ledger: None, signals: Signals::default() }
    }

    /// Hidden neurons have these values of a signal.
    fn hears(&mut self, signal: Signal, hidden: [f32; 4]) {
        self.signals = Signals::default();
        self.signals.put(signal, [&[9.0, 9.0][..], &hidden, &[9.0, 9.0]].concat());
    }

    fn view(&self, step: u64) -> View<'_> {
        View {
            network: &self.network,
            signals: &self.signals,
            step,
            end: None,
            budget: Budget::unlimited(),
            ledger: self.ledger.as_ref(),
            key: StreamKey::new(1, "dish"),
        }
    }

    fn ask(&mut self, step: u64) -> Asked {
        let mut cycle = self.cycle.clone();
        let mut draft = Draft::new(&self.network, step);
        let verdict = cycle.propose(&self.view(step), &mut draft);
        let (now, later) = (draft.proposals().to_vec(), draft.later().map(|each| each.what.clone()).collect());
        self.cycle = cycle;
        Asked { verdict, now, later }
    }

    fn commit(&mut self, step: u64, moves: impl IntoIterator<Item = Move>) {
        let mut draft = Draft::new(&self.network, step);
        moves.into_iter().for_each(|what| draft.propose(what).unwrap());
        let finished = draft.finish();
        let commit = self.network.commit(finished).unwrap();
        self.cycle.follow(&self.network, &commit);
        if let Some(ledger) = &mut self.ledger {
            ledger.follow(&self.network, &commit);
        }
    }

    /// Asks and commits; says who divided.
    fn live(&mut self, step: u64) -> Vec<u64> {
        let asked = self.ask(step);
        let moves: Vec<Move> = asked.now.into_iter().map(|each| each.what).collect();
        let mothers = crate::division::mothers(&moves);
        self.commit(step, moves);
        mothers
    }

    fn phase(&self, number: u64) -> Phase {
        self.cycle.phase_of(self.network.row(NeuronId::new(number)).unwrap()).unwrap()
    }
}

fn cycle(demand: Demand) -> Cycle {
    Cycle { demand, division: Daughters::Symmetric, maturity: 100, synthesis: 20, lengthening: 1.5, quota: 1.0 }
}

/// Brings a dish of one quota to the end of its copies.
fn copied() -> Dish {
    let mut dish = Dish::new(cycle(Demand::Always));
    dish.ask(100);
    dish
}

/// Accounts of neurons that cost one each.
fn accounts(dish: &mut Dish, supply: f64) {
    let given = Economy { maturity: 0, threshold: 40.0, quota: 1.0, generation: 20.0, ..economy(supply, 0.0) };
    let mut ledger = Ledger::new(given);
    dish.hears(Signal::OutputMagnitude, [0.0; 4]);
    ledger.advance(&dish.network, &dish.signals, 0);
    dish.ledger = Some(ledger);
}

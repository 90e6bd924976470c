//! Random histories: after every commit the network says what the [model](super::model) says, and
//! everything that followed is where a rebuild by name would put it.

use super::{model::Model, network};
use crate::{
    Birth, Column, Commit, Draft, End, Follower as _, GroupId, Inherit, Journal, Mark, Move, Network, NeuronId,
    NeuronSpec, Neurons, Origin, Row, Scope, Snapshot, Synapse, Synapses, notation,
};
use proptest::{collection::vec, prelude::*};

const SEEDS: [&str; 4] = [
    "0 1 | 2 3<0,3,4 4=0.5 | 5 : 0>2 1; 1>2 2; 2>4 1 ~1; 4>2 0.5; 3>3 1; 0>3 2; 2>5 1; 3>5 0.5; 4>5 2",
    "0 | 1 2 | 3 | 4 : 0>1 1; 1>3 1; 3>4 1; 4>1 2; 2>3 1 silent; 0>4 1 frozen; 2>2 1 ~2; 1>2 1; 2>1 1",
    "0 1 2 | 3 4 5 6 | 7 8 | 9 10",
    "0 | | 1",
];

/// Random numbers that a state turns into a move.
type Dice = [u16; 6];

fn pick<T: Copy>(of: &[T], die: u16) -> Option<T> {
    (!of.is_empty()).then(|| of[usize::from(die) % of.len()])
}

/// A move, often legal, over what is there now.
fn roll(dice: Dice, model: &Model, draft: &mut Draft<'_>) -> Option<Move> {
    let [kind, a, b, c, d, e] = dice;
    let names: Vec<NeuronId> = model.cells.keys().copied().collect();
    let hidden: Vec<NeuronId> =
        names.iter().copied().filter(|id| (1..model.groups - 1).contains(&model.cells[id].group)).collect();
    let wires: Vec<Synapse> = model.wires.keys().copied().collect();
    let anybody = |die: u16| pick(&names, die);
    let somebody = |die: u16| if die.is_multiple_of(16) { anybody(die / 16) } else { pick(&hidden, die) };
    let pair = |post: u16, pre: u16| Some(Synapse::new(anybody(post)?, anybody(pre)?));
    let wire = |die: u16| if die.is_multiple_of(16) { pair(die / 16, die / 64) } else { pick(&wires, die) };
    let value = |die: u16| f32::from(die % 8) * 0.5 - 1.5;
    let birth = if d % 4 == 0 { Birth::Share { of: wire(e)?, by: 0.5 } } else { Birth::Value(value(d)) };
    let delay = if e % 4 == 0 { e / 4 % 3 } else { 0 };
    let spec = |group: u16| NeuronSpec {
        bias: value(c),
        listens_to: (c % 5 == 0)
            .then(|| names.iter().copied().filter(|id| id.number() % 3 != u64::from(d % 3)).collect()),
        ..NeuronSpec::of(GroupId::new(group), crate::Unit::rate(crate::Activation::Linear))
    };
    Some(match kind % 24 {
        0..=2 => Move::Connect { at: pair(a, b)?, birth, delay },
        3 => Move::Disconnect { at: wire(a)? },
        4 => Move::Grow { at: vec![(pair(a, b)?, delay), (pair(b, c)?, 0), (pair(c, d)?, 1)], birth },
        5 => Move::Prune { at: vec![wire(a)?, wire(b)?] },
        6 => Move::ConnectAll { post: anybody(a)?, pres: vec![anybody(b)?, anybody(c)?], birth },
        7 => Move::Rewire { from: wire(a)?, to: pair(b, c)?, birth, delay },
        8 => Move::Add { neuron: draft.name(), spec: spec(a % (model.groups as u16 + 1)), origin: Origin::Fresh },
        9 => {
            let end = |die: u16| Some(End { at: anybody(die)?, weight: value(die), delay: die % 7 / 6 });
            let (neuron, spec) = (draft.name(), spec(1 + a % 2));
            let axon = if d % 3 == 0 { vec![] } else { vec![end(d)?] };
            Move::Bear { neuron, spec, origin: Origin::Fresh, dendrites: vec![end(b)?, end(e)?], axon }
        }
        10 => Move::Remove { neuron: somebody(a)?, mean: value(b) },
        11 | 12 => Move::Renew { old: somebody(a)?, new: draft.name(), birth: Birth::Value(value(b)), mean: value(c) },
        13..=15 => {
            Move::Divide { mother: somebody(a)?, daughter: draft.name(), share: if b % 2 == 0 { 0.5 } else { 0.25 } }
        }
        16 => Move::InsertOn { at: wire(a)?, neuron: draft.name(), spec: spec(1) },
        17 | 18 => Move::Merge { kept: somebody(a)?, gone: somebody(b)?, by: 0.5 },
        19 => {
            let neuron = anybody(a)?;
            Move::Retune {
                neuron,
                spec: NeuronSpec {
                    bias: model.cells[&neuron].born_bias as f32,
                    ..spec(model.cells[&neuron].group as u16)
                },
            }
        }
        20 => {
            let at = if b % 3 == 0 { Scope::Neuron(anybody(a)?) } else { Scope::Synapse(wire(a)?) };
            Move::Mark { at, mark: [Mark::Silent, Mark::Active, Mark::Frozen, Mark::Free][usize::from(c % 4)] }
        }
        21 => Move::Scale { at: wire(a)?, by: if b % 2 == 0 { 2.0 } else { -1.0 } },
        22 if c % 2 == 0 => Move::Reweigh { at: wire(a)?, plus: birth },
        22 => Move::Rebias { neuron: anybody(a)?, plus: value(b) },
        _ => Move::Perturb { neuron: anybody(a)?, by: birth },
    })
}

/// Everything that follows a network.
struct Followed {
    net: Network,
    weights: Vec<f64>,
    short: Vec<f32>,
    moments: Vec<f64>,
    biases: Vec<f64>,
    neurons: Column<Neurons, u64>,
    synapses: Column<Synapses, u64>,
    journal: Journal,
    /// The structure after each entry of the journal.
    past: Vec<Snapshot>,
}

fn number(at: Synapse) -> u64 {
    1 + at.post.number() * 1_000_003 + at.pre.number()
}

impl Followed {
    fn begin(text: &str) -> (Self, Model) {
        let (net, short) = network(text);
        let mut model = Model { groups: net.groups().len(), ..Model::default() };
        for row in net.neuron_rows() {
            let (spec, list) = (net.spec(row), net.spec(row).listens_to.as_ref());
            let bias = f64::from(spec.bias);
            let list = list.map(|list| list.iter().copied().collect());
            let cell = super::model::Cell {
                group: spec.group.index(),
                list,
                born_bias: bias,
                bias,
                frozen: net.is_frozen(row),
                added: false,
                fresh: false,
            };
            model.cells.insert(net.id(row), cell);
        }
        let moments: Vec<f64> = (0..short.len()).map(|row| (row + 1) as f64).collect();
        for (row, at) in net.synapses() {
            let marks = net.marks()[row.index()];
            let wire = super::model::Wire {
                weight: f64::from(short[row.index()]),
                moment: moments[row.index()],
                delay: net.delays()[row.index()],
                silent: marks.is_silent(),
                frozen: marks.is_frozen(),
                fresh: false,
            };
            model.wires.insert(at, wire);
        }
        let weights = short.iter().map(|&weight| f64::from(weight)).collect();
        let biases = net.neuron_rows().map(|row| f64::from(net.spec(row).bias)).collect();
        let (neurons, synapses) = (Column::new(&net, 0), Column::new(&net, 0));
        let (journal, past) = (Journal::new(&net, 3), vec![Snapshot::of(&net)]);
        (Self { net, weights, short, moments, biases, neurons, synapses, journal, past }, model)
    }

    /// Numbers in the columns by which a name is known again.
    fn label(&mut self) {
        for row in self.net.neuron_rows() {
            self.neurons.of_mut(&self.net)[row.index()] = 1 + self.net.id(row).number();
        }
        for (row, at) in self.net.synapses() {
            self.synapses.of_mut(&self.net)[row.index()] = number(at);
        }
    }

    fn follow(&mut self, commit: &Commit) {
        self.neurons.follow(&self.net, commit);
        self.synapses.follow(&self.net, commit);
        commit.carry_weights(&mut self.short);
        commit.carry_moments(&mut self.moments, 0.0, Inherit::FromOrigin, |moment, by| moment * f64::from(by));
        let touched: Vec<f64> = commit.weights.iter().map(|(_, expr)| expr.evaluate_f64(&self.weights)).collect();
        let params: Vec<f64> = commit
            .params
            .iter()
            .map(|(row, expr)| {
                let born = f64::from(self.net.spec(Row::new(*row)).bias);
                expr.of.map_or(born, |of| self.biases[of as usize]) + expr.bias_change_f64(&self.weights)
            })
            .collect();
        crate::Store::gather(&mut self.weights, &commit.synapses, 0.0);
        crate::Store::gather(&mut self.biases, &commit.neurons, f64::NAN);
        commit.weights.iter().zip(touched).for_each(|((row, _), value)| self.weights[*row as usize] = value);
        commit.params.iter().zip(params).for_each(|((row, _), value)| self.biases[*row as usize] = value);
    }

    fn agrees(&self, model: &Model) {
        let short: Vec<f32> = self.weights.iter().map(|&weight| weight as f32 + 0.0).collect();
        assert_eq!(notation::write(&self.net, &short), model.text());
        for (short, long) in self.short.iter().zip(&self.weights) {
            assert!((f64::from(*short) - long).abs() <= 1e-5 * long.abs().max(1.0), "{short} is not {long}");
        }
        for row in self.net.neuron_rows() {
            let (id, at) = (self.net.id(row), row.index());
            let cell = &model.cells[&id];
            assert_eq!(self.biases[at], cell.bias, "the bias of {id}");
            assert_eq!(
                self.neurons.of(&self.net)[at],
                if cell.fresh { 0 } else { 1 + id.number() },
                "the column at {id}"
            );
        }
        for (row, at) in self.net.synapses() {
            let wire = &model.wires[&at];
            assert_eq!(self.moments[row.index()], wire.moment, "the moment of {at}");
            assert_eq!(
                self.synapses.of(&self.net)[row.index()],
                if wire.fresh { 0 } else { number(at) },
                "the column at {at}"
            );
            assert_eq!(self.net.synapse_row(at), Some(row));
            assert_eq!(self.net.synapse(row), at);
        }
        self.net.outgoing();
        self.net.check().unwrap();
    }
}

fn census_adds_up(before: (usize, usize), commit: &Commit, net: &Network) {
    let census = commit.census;
    assert_eq!(before.0 + census.born as usize - census.died as usize, net.neuron_count());
    assert_eq!(before.1 + census.connected as usize - census.disconnected as usize, net.synapse_count());
    assert!(commit.weights.is_sorted_by(|a, b| a.0 < b.0) && commit.params.is_sorted_by(|a, b| a.0 < b.0));
    assert!(commit.marked.is_sorted_by(|a, b| a < b) && commit.retuned.is_sorted_by(|a, b| a < b));
}

/// Runs a history of commits, each some rolls of the dice.
fn live(seed: usize, history: &[Vec<Dice>]) -> Followed {
    let (mut all, mut model) = Followed::begin(SEEDS[seed]);
    all.agrees_at_first(&model);
    for (step, rolls) in history.iter().enumerate() {
        all.label();
        model.begin(all.net.births().peek());
        let mut draft = Draft::new(&all.net, step as u64);
        for &dice in rolls {
            let Some(what) = roll(dice, &model, &mut draft) else { continue };
            let next = model.after(&what);
            let words = format!("{what:?}");
            let proposed = draft.propose(what);
            assert_eq!(proposed.is_ok(), next.is_some(), "{words} in {}: {proposed:?}", model.text());
            model = next.unwrap_or(model);
        }
        let before = (all.net.neuron_count(), all.net.synapse_count());
        let finished = draft.finish();
        all.journal.append(&all.net, &finished);
        let commit = all.net.commit(finished).unwrap();
        all.journal.committed(&all.net);
        all.past.push(Snapshot::of(&all.net));
        census_adds_up(before, &commit, &all.net);
        all.follow(&commit);
        all.agrees(&model);
    }
    all
}

impl Followed {
    fn agrees_at_first(&mut self, model: &Model) {
        self.label();
        self.agrees(model);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_network_is_what_its_history_says(seed in 0..SEEDS.len(), history in vec(vec(any::<Dice>(), 0..12), 1..9)) {
        let all = live(seed, &history);
        let again = Snapshot::of(&all.net).restore().unwrap();
        prop_assert_eq!(Snapshot::of(&again), Snapshot::of(&all.net));
        prop_assert_eq!(again.digest(), all.net.digest());

        let mut journal = all.journal;
        journal.seal(&all.net);
        for (entries, past) in all.past.iter().enumerate() {
            prop_assert_eq!(&Snapshot::of(&journal.replay(entries).unwrap()), past);
        }
        prop_assert_eq!(&Snapshot::of(&journal.verify().unwrap()), all.past.last().unwrap());
        prop_assert_eq!(Journal::read(journal.bytes().to_vec()).unwrap(), journal);
    }
}

//! A network is born empty, wires itself by hand, divides, renews a neuron, and is rebuilt from its
//! journal. `cargo run -p livenet-core --example first_commit`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use livenet_core::{
    Activation, Birth, Column, Draft, EditError, FireGroup, Follower, GroupId, Journal, Move, Network, NeuronId,
    NeuronSpec, Neurons, Norm, Origin, Reach, Reason, Role, Schedule, Synapse, Unit, notation,
};

const INPUT: GroupId = GroupId::new(0);
const HIDDEN: GroupId = GroupId::new(1);
const OUTPUT: GroupId = GroupId::new(2);

/// Two inputs, one hidden neuron and one output, and nobody listens to anybody.
fn unwired() -> Result<Network, Box<dyn std::error::Error>> {
    // Fire groups say in which order neurons fire, and whom their members may listen to.
    let group = |name: &str, role, activation, reach| FireGroup {
        name: name.to_owned(),
        role,
        unit: Unit::rate(activation),
        norm: Norm::None,
        reach,
    };
    let groups = vec![
        group("input", Role::Input, Activation::Linear, Reach::nobody()),
        group("hidden", Role::Hidden, Activation::Tanh, Reach::groups([INPUT, HIDDEN]).with_max_delay(3)),
        group("output", Role::Output, Activation::Linear, Reach::groups([HIDDEN])),
    ];
    let mut network = Network::new(groups, Schedule::Grouped)?;
    // Reading is free; writing goes through a draft. Names are birth numbers, never used twice.
    let mut draft = Draft::new(&network, 0);
    for group in [INPUT, INPUT, HIDDEN, OUTPUT] {
        let (neuron, spec) = (draft.name(), NeuronSpec::of(group, draft.network().group(group).unit));
        draft.propose(Move::Add { neuron, spec, origin: Origin::Seed })?;
    }
    let born = draft.finish();
    network.commit(born)?;
    Ok(network)
}

/// A network, and what is kept per row and has to move with it.
struct Living {
    network: Network,
    weights: Vec<f32>,
    colours: Column<Neurons, char>,
    journal: Journal,
}

impl Living {
    /// The only door: a draft becomes a commit, and everything follows.
    fn change(&mut self, step: u64, moves: &[Move]) -> Result<(), EditError> {
        let mut draft = Draft::new(&self.network, step);
        for what in moves {
            // Each move is checked against the draft so far, and refused whole or accepted whole.
            draft.propose_because(what.clone(), 1.0, Reason::scored("by hand", 1.0))?;
        }
        let finished = draft.finish();
        self.journal.append(&self.network, &finished);
        let commit = self.network.commit(finished)?;
        self.journal.committed(&self.network);
        commit.carry_weights(&mut self.weights);
        self.colours.follow(&self.network, &commit);
        let kind = if commit.is_structural() { "rows moved" } else { "no row moved" };
        println!("step {step}: {kind}, colours {:?}", self.colours.of(&self.network));
        println!("    {}", notation::write(&self.network, &self.weights));
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let network = unwired()?;
    let colours = Column::from_values(&network, vec!['r', 'g', 'b', 'y'], '?');
    let mut living = Living { journal: Journal::new(&network, 100), weights: Vec::new(), colours, network };
    let [left, right, mother, output, daughter, newborn] = std::array::from_fn(|number| NeuronId::new(number as u64));

    // It listens to both inputs and to itself of the cycle before.
    let ends = [(mother, left), (mother, right), (mother, mother), (output, mother)];
    let at = ends.map(|(post, pre)| (Synapse::new(post, pre), 0)).to_vec();
    living.change(1, &[Move::Grow { at, birth: Birth::Value(1.0) }])?;

    // Division keeps the function: the daughter hears the same, and they share what is said.
    living.change(2, &[Move::Divide { mother, daughter, share: 0.25 }])?;

    // A newborn takes the mother's place and ends. Only her rows change, whatever the network's size.
    living.change(3, &[Move::Renew { old: mother, new: newborn, birth: Birth::Value(0.5), mean: 0.0 }])?;

    // What cannot be is refused with a reason, and nothing has changed.
    let before = living.network.digest();
    let refused = living.change(4, &[Move::Remove { neuron: output, mean: 0.0 }]);
    println!("refused: {}", refused.expect_err("an output belongs to the task"));
    assert_eq!(living.network.digest(), before);

    // Any moment comes back from the journal, rows and all.
    println!("{} bytes of journal, {} commits", living.journal.bytes().len(), living.journal.len());
    assert_eq!(living.journal.replay(3)?.digest(), before);
    Ok(())
}

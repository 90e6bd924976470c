//! DEN: what drifted is told apart from what a commit did, goes back, and newborns that shrink go.

use crate::bench::{Bench, layers};
use livenet_core::{
    Draft, Executor as _, ExecutorSettings, Follower as _, Move, Network, NeuronId, Proposal, Signal, StreamKey,
    testing::Naive,
};
use livenet_growth::{Budget, Den, Keep, Strategy as _, View, Wiring};

/// Inputs 0, 1, hidden 2, 3, 4, output 5; connections 2<0, 2<1, 3<0, 3<1, 4<0, 4<1, 5<2, 5<3, 5<4.
struct World {
    network: Network,
    naive: Naive,
    step: u64,
}

impl World {
    fn new() -> Self {
        let network = Bench::new(layers(&[2, 3, 1]), Wiring::Dense, 1).network;
        let mut naive = Naive::new(&network, ExecutorSettings::default());
        naive.parameters_mut().weights.iter_mut().enumerate().for_each(|(at, weight)| *weight = 1.0 + at as f64);
        Self { network, naive, step: 0 }
    }

    fn weight(&self, post: NeuronId, pre: u64) -> f64 {
        let at = livenet_core::Synapse::new(post, NeuronId::new(pre));
        self.naive.parameters().weights[self.network.synapse_row(at).unwrap().index()]
    }

    fn learn(&mut self, post: u64, pre: u64, by: f64) {
        let at = livenet_core::Synapse::new(NeuronId::new(post), NeuronId::new(pre));
        let row = self.network.synapse_row(at).unwrap();
        self.naive.parameters_mut().weights[row.index()] += by;
    }

    fn ask(&mut self, den: &mut Den) -> Vec<Proposal> {
        self.step += 10;
        let signals = self.naive.signals(&self.network, &[Signal::Weight]);
        let (network, step, budget) = (&self.network, self.step, Budget::unlimited());
        let mut draft = Draft::new(network, step);
        let key = StreamKey::new(step, "asking");
        den.propose(&View { network, signals: &signals, step, end: None, budget, ledger: None, key }, &mut draft);
        let mut finished = draft.finish();
        let (proposals, later) = (finished.proposals().to_vec(), finished.take_later());
        self.commit(finished, den);
        let mut draft = Draft::new(&self.network, step);
        for proposal in later {
            draft.propose(proposal.what).unwrap();
        }
        let finished = draft.finish();
        self.commit(finished, den);
        proposals
    }

    fn commit(&mut self, finished: livenet_core::Finished, den: &mut Den) {
        if !finished.is_empty() {
            let commit = self.network.commit(finished).unwrap();
            self.naive.follow(&self.network, &commit);
            den.follow(&self.network, &commit);
        }
    }
}

fn den_with(set: impl FnOnce(&mut Den)) -> Den {
    let mut den = Den::default();
    set(&mut den);
    den
}

fn only_splits() -> Den {
    den_with(|den| den.expand = 0)
}

fn divided(proposals: &[Proposal]) -> Vec<(u64, NeuronId)> {
    let pair = |what: &Move| match *what {
        Move::Divide { mother, daughter, .. } => Some((mother.number(), daughter)),
        _ => None,
    };
    proposals.iter().filter_map(|proposal| pair(&proposal.what)).collect()
}

#[test]
fn who_drifted_is_split_and_the_old_one_goes_back_and_freezes() {
    let (mut world, mut den) = (World::new(), only_splits());
    assert!(world.ask(&mut den).is_empty());
    world.learn(2, 0, 0.03);
    world.learn(2, 1, 0.03);
    world.learn(3, 0, 0.04);
    world.learn(3, 1, 0.04);
    let asked = world.ask(&mut den);
    // By the norm: 2 moved 0.042, 3 moved 0.057.
    let [(3, daughter)] = divided(&asked)[..] else { panic!("{asked:?}") };
    let mother = NeuronId::new(3);
    assert!((world.weight(mother, 0) - 3.0).abs() < 1e-6 && (world.weight(mother, 1) - 4.0).abs() < 1e-6);
    assert!((world.weight(daughter, 0) - 3.04).abs() < 1e-6 && (world.weight(daughter, 1) - 4.04).abs() < 1e-6);
    assert!((world.weight(NeuronId::new(5), 3) - 4.0).abs() < 1e-6);
    let row = |id| world.network.row(id).unwrap();
    assert!(world.network.is_frozen(row(mother)) && !world.network.is_frozen(row(daughter)));
    // What the commits did is no drift, to anybody.
    assert!(world.ask(&mut den).is_empty());
}

#[test]
fn the_most_or_the_least_drifted_over_the_threshold() {
    for (keep, who) in [(Keep::Most, 4), (Keep::Least, 3)] {
        let (mut world, mut den) =
            (World::new(), den_with(|den| (den.expand, den.keep, den.splits, den.freeze) = (0, keep, 1, false)));
        world.ask(&mut den);
        for (post, by) in [(2, 0.01), (3, 0.1), (4, 0.2)] {
            world.learn(post, 0, by);
        }
        let asked = world.ask(&mut den);
        assert_eq!(divided(&asked).iter().map(|pair| pair.0).collect::<Vec<_>>(), [who]);
        assert!(!world.network.is_frozen(world.network.row(NeuronId::new(who)).unwrap()));
    }
}

#[test]
fn newborns_say_nothing_at_first_and_go_when_they_shrink() {
    let (mut world, mut den) = (World::new(), den_with(|den| (den.expand, den.drift) = (2, 1e9)));
    let asked = world.ask(&mut den);
    let born: Vec<NeuronId> = asked
        .iter()
        .filter_map(|proposal| match &proposal.what {
            Move::Bear { neuron, dendrites, axon, .. } => {
                assert_eq!((dendrites.len(), axon.len()), (2, 1));
                assert!(axon[0].weight == 0.0 && dendrites.iter().all(|end| end.weight != 0.0));
                Some(*neuron)
            }
            _ => None,
        })
        .collect();
    assert_eq!(born.len(), 2);
    for pre in 0..2 {
        let by = 1e-4 - world.weight(born[0], pre);
        world.learn(born[0].number(), pre, by);
    }
    // One that is not zero is enough to stay.
    let by = -world.weight(born[1], 0);
    world.learn(born[1].number(), 0, by);
    den.expand = 0;
    // The state goes through bytes on the way.
    let mut resumed = den_with(|den| (den.expand, den.drift) = (0, 1e9));
    resumed.load(&den.save()).unwrap();
    let asked = world.ask(&mut resumed);
    assert!(
        matches!(asked[..], [Proposal { what: Move::Remove { neuron, .. }, .. }] if neuron == born[0]),
        "{asked:?}"
    );
}

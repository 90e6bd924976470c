//! What somebody else put aside stays aside.

use crate::bench::Bench;
use crate::conformance::{benches, build};
use crate::division::{ask, mothers, network};
use livenet_core::testing::apply;
use livenet_core::{Mark, Move, Network, NeuronId, Role, Scope, Signal, Signals, Synapse};
use livenet_growth::{
    Apoptosis, Budget, Cause, Daughters, Ledger, Mitosis, Mother, Settings, Value, Verdict, Why, registry,
};
use proptest::prelude::*;

fn mark(network: &mut Network, at: impl IntoIterator<Item = Scope>, mark: Mark) {
    let mut draft = livenet_core::Draft::new(network, 0);
    for at in at {
        draft.propose(Move::Mark { at, mark }).unwrap();
    }
    let finished = draft.finish();
    network.commit(finished).unwrap();
}

fn freeze(network: &mut Network, numbers: &[u64]) {
    mark(network, numbers.iter().map(|&number| Scope::Neuron(NeuronId::new(number))), Mark::Frozen);
}

fn symmetric(count: usize) -> Mitosis {
    Mitosis { mother: Mother::Utility, daughters: Daughters::Symmetric, count }
}

/// Hidden neurons are 2, 3, 4 and 5; 3 is the best and 2 the worst.
const UTILITY: [f32; 4] = [0.1, 0.4, 0.2, 0.3];

#[test]
fn who_is_frozen_does_not_divide() {
    let mut network = network();
    freeze(&mut network, &[3, 4]);
    let (_, moves, _) = ask(&network, &mut symmetric(9), Signal::Utility, UTILITY, None);
    assert_eq!(mothers(&moves), [5, 2]);
    freeze(&mut network, &[2, 5]);
    let (verdict, ..) = ask(&network, &mut symmetric(9), Signal::Utility, UTILITY, None);
    assert!(matches!(verdict, Verdict::Nothing(Why::NoCandidates)), "{verdict:?}");
}

#[test]
fn who_is_frozen_does_not_die() {
    let mut network = network();
    let settings = Settings::none()
        .with("maturity", Value::Integer(0))
        .with("grace", Value::Integer(10))
        .with("supply", Value::Real(1e-3));
    let mut ledger = Ledger::build(&mut settings.with("endowment", Value::Real(1.0))).unwrap();
    freeze(&mut network, &[2, 5]);
    for _ in 0..4 {
        ledger.advance(&network, &Signals::default(), 20);
    }
    assert!(network.neuron_rows().all(|row| network.role(row) != Role::Hidden || ledger.starved(row)));
    for cause in [Cause::Utility, Cause::Starvation] {
        let mut apoptosis = Apoptosis { cause, fraction: 1.0, threshold: 9.0, maturity: 0 };
        let removed = |network: &Network, apoptosis: &mut Apoptosis| -> Vec<NeuronId> {
            let (_, moves, _) = ask(network, apoptosis, Signal::Utility, UTILITY, Some(&ledger));
            let name = |what: &Move| if let Move::Remove { neuron, .. } = what { *neuron } else { panic!("{what:?}") };
            moves.iter().map(name).collect()
        };
        assert_eq!(removed(&network, &mut apoptosis), [4, 3].map(NeuronId::new), "{cause:?}");
        let mut all = network.clone();
        // A mark leaves rows and accounts as they are.
        freeze(&mut all, &[3, 4]);
        assert_eq!(removed(&all, &mut apoptosis), [], "{cause:?}");
    }
}

#[test]
fn who_is_heard_or_hears_in_silence_only_does_not_divide() {
    let network = network();
    let synapses: Vec<Synapse> = network.synapses().map(|(_, at)| at).collect();
    let of = |number: u64, axon: bool| {
        let id = NeuronId::new(number);
        synapses.iter().filter(move |at| if axon { at.pre == id } else { at.post == id }).map(|&at| Scope::Synapse(at))
    };
    for axon in [true, false] {
        let mut network = network.clone();
        mark(&mut network, of(3, axon), Mark::Silent);
        // One that speaks is enough.
        mark(&mut network, of(5, axon).skip(1), Mark::Silent);
        let (_, moves, _) = ask(&network, &mut symmetric(9), Signal::Utility, UTILITY, None);
        assert_eq!(mothers(&moves), [5, 4, 2], "axons: {axon}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_method_divides_or_removes_the_frozen(mut bench in benches(), which: u64) {
        let hidden = |bench: &Bench| -> Vec<NeuronId> {
            let rows = bench.network.neuron_rows().filter(|&row| bench.network.role(row) == Role::Hidden);
            rows.map(|row| bench.network.id(row)).collect()
        };
        let frozen: Vec<NeuronId> =
            hidden(&bench).into_iter().enumerate().filter(|(at, _)| which >> at & 1 == 1).map(|(_, id)| id).collect();
        let moves = frozen.iter().map(|&id| Move::Mark { at: Scope::Neuron(id), mark: Mark::Frozen });
        let commit = apply(&mut bench.network, &mut bench.device, moves).unwrap();
        if let Some(ledger) = &mut bench.ledger {
            livenet_core::Follower::follow(ledger, &bench.network, &commit);
        }
        for entry in registry::ALL {
            let (mut strategy, mut bench) = (build(entry), bench.clone());
            for _ in 0..3 {
                bench.train(7);
                let asked = bench.ask(&mut *strategy, Budget::unlimited());
                let touched = asked.proposals.iter().chain(&asked.later).any(|proposal| match &proposal.what {
                    Move::Divide { mother: id, .. } | Move::Renew { old: id, .. } | Move::Merge { gone: id, .. } | Move::Remove { neuron: id, .. } | Move::Perturb { neuron: id, .. } => frozen.contains(id),
                    _ => false,
                });
                prop_assert!(!touched, "{}", entry.name);
                prop_assert!(frozen.iter().all(|&id| bench.network.row(id).is_some()), "{}", entry.name);
            }
        }
    }
}

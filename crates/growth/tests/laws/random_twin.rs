//! The random twin of every method changes as much as it does, of what a lot falls on.

use crate::bench::{Asked, Bench, layers, recurrent};
use crate::conformance::{benches, build};
use livenet_core::{
    Birth, Commit, Draft, End, Follower, Mark, Move, Network, NeuronId, NeuronSpec, Origin, Reason, Row, Scope, Signal,
    Synapse,
};
use livenet_growth::{
    Among, Budget, Probe, RandomTwin, Registry, Settings, Strategy, Value, Verdict, View, Wiring, laws, registry,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// How much of each kind: what goes, what comes, who divides, is born with how many ends, dies, ...
fn counts(asked: &Asked) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    let mut add = |kind, count: usize| *counts.entry(kind).or_default() += count;
    for proposal in &asked.proposals {
        match &proposal.what {
            Move::Connect { .. } => add("come", 1),
            Move::Grow { at, .. } => add("come", at.len()),
            Move::ConnectAll { pres, .. } => add("come", pres.len()),
            Move::Disconnect { .. } => add("go", 1),
            Move::Prune { at } => add("go", at.len()),
            Move::Rewire { .. } => add("rewire", 1),
            Move::Add { .. } => add("add", 1),
            Move::Bear { dendrites, axon, .. } => {
                add("bear", 1);
                add("dendrites", dendrites.len());
                add("axon", axon.len());
            }
            Move::Divide { .. } => add("divide", 1),
            Move::Remove { .. } => add("remove", 1),
            Move::Renew { .. } => add("renew", 1),
            Move::InsertOn { .. } => add("insert", 1),
            Move::Merge { .. } => add("merge", 1),
            Move::Mark { mark: Mark::Silent, .. } => add("silence", 1),
            Move::Mark { mark: Mark::Active, .. } => add("wake", 1),
            Move::Mark { .. } => add("freeze or free", 1),
            Move::Retune { .. }
            | Move::Scale { .. }
            | Move::Reweigh { .. }
            | Move::Rebias { .. }
            | Move::Perturb { .. } => {}
        }
    }
    counts
}

fn twin(of: Box<dyn Strategy>) -> RandomTwin {
    RandomTwin::of(of, Among::Pair)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn twins_keep_every_law(bench in benches()) {
        for entry in registry::ALL {
            for among in [Among::Pair, Among::Whole] {
                for law in laws::ALL {
                    let held = (law.check)(&mut RandomTwin::of(build(entry), among), &mut bench.clone());
                    prop_assert!(held.is_ok(), "of {}: {}: {held:?}", entry.name, law.that);
                }
            }
        }
    }

    #[test]
    fn never_more_than_was_proposed(bench in benches()) {
        for entry in registry::ALL {
            let mut bench = bench.clone();
            let mut twin = twin(build(entry));
            for _ in 0..3 {
                bench.train(3);
                let budget = Budget { edits: Some(7), ..Budget::unlimited() };
                let inner = bench.propose(&mut *build(entry), Budget::unlimited());
                let own = bench.propose(&mut RandomTwin::of(build(entry), Among::Whole), Budget::unlimited());
                for (kind, count) in counts(&own) {
                    prop_assert!(count <= counts(&inner)[kind], "of {}: {count} {kind} of {:?}", entry.name, counts(&inner));
                }
                bench.ask(&mut twin, budget);
            }
        }
    }
}

/// The moves of a strategy and of its twin, asked the same.
fn beside(bench: &mut Bench, inner: &dyn Strategy, among: Among) -> [Asked; 2] {
    let mut own = RandomTwin::of(inner.boxed_clone(), among);
    [bench.propose(&mut *inner.boxed_clone(), Budget::unlimited()), bench.propose(&mut own, Budget::unlimited())]
}

#[test]
fn as_much_of_each_kind_where_there_is_room() {
    let (mut moved, mut differs) = (BTreeSet::new(), BTreeSet::new());
    for entry in registry::ALL {
        for seed in 0..12 {
            let network = if seed % 2 == 0 { layers(&[5, 9, 7, 3]) } else { recurrent([4, 9, 3], 1) };
            let mut bench = Bench::new(network, Wiring::Uniform { density: 0.5 }, seed);
            let mut inner = build(entry);
            for _ in 0..2 {
                bench.train(3);
                let [asked, own] = beside(&mut bench, &*inner, Among::Pair);
                assert_eq!(counts(&asked), counts(&own), "of {} on {bench:?}", entry.name);
                moved.extend((!asked.proposals.is_empty()).then_some(entry.name));
                let what = |asked: &Asked| asked.proposals.iter().map(|of| of.what.clone()).collect::<Vec<_>>();
                differs.extend((what(&asked) != what(&own)).then_some(entry.name));
                bench.ask(&mut *inner, Budget::unlimited());
            }
        }
    }
    // What was drawn already is drawn again from the same stream.
    differs.insert("random_twin");
    assert_eq!(moved, differs);
    assert!(moved.len() >= registry::ALL.len() - 4, "{moved:?}");
}

/// Proposes what it is told to, at every asking.
#[derive(Clone)]
struct Script {
    now: Vec<Move>,
    later: Vec<(Move, NeuronId)>,
    tries: bool,
}

impl Script {
    fn of(now: Vec<Move>) -> Self {
        Self { now, later: Vec::new(), tries: false }
    }
}

impl Follower for Script {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Script {
    fn needs(&self) -> Vec<Signal> {
        vec![Signal::OutputMean]
    }
    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let mut own = Draft::new(view.network, view.step);
        for (at, what) in self.now.iter().enumerate() {
            let reason = Reason::scored("as told", 1.0).foretelling(-1.0);
            own.propose_because(what.clone(), at as f32, reason.clone()).unwrap();
            if !self.tries {
                draft.propose_because(what.clone(), at as f32, reason).unwrap();
            }
        }
        for (what, with) in &self.later {
            draft.propose_later(what.clone(), *with, Reason::scored("as told", 1.0));
        }
        if self.tries { Verdict::Trial { drafts: vec![own.finish()], steps: 5 } } else { Verdict::Proposed }
    }
    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }
    fn probe(&self) -> Probe {
        Probe::Samples(9)
    }
    fn instead_of_update(&self, step: u64, _end: Option<u64>) -> bool {
        step == 4
    }
}

/// A bench whose key is that of a trial.
fn bench(number: u64) -> Bench {
    let mut bench = Bench::new(layers(&[4, 6, 2]), Wiring::Uniform { density: 0.5 }, 3);
    bench.key = bench.key.at(number);
    bench
}

fn draw(bench: &mut Bench, script: Script) -> Asked {
    bench.propose(&mut twin(Box::new(script)), Budget::unlimited())
}

fn id(bench: &Bench, row: u32) -> NeuronId {
    bench.network.id(Row::new(row))
}

#[test]
fn every_connection_is_as_likely_to_go_and_every_place_to_be_taken() {
    let network = bench(0).network;
    let first: Vec<Synapse> =
        network.synapses().map(|(_, at)| at).filter(|at| network.row(at.post).unwrap().get() < 10).collect();
    let absent = (4..10).flat_map(|post| (0..4).map(move |pre| (post, pre)));
    let absent: Vec<Synapse> = absent
        .map(|(post, pre)| Synapse::new(network.id(Row::new(post)), network.id(Row::new(pre))))
        .filter(|at| network.synapse_row(*at).is_none())
        .collect();
    let (mut gone, mut come) = (BTreeMap::<Synapse, u32>::new(), BTreeMap::<Synapse, u32>::new());
    for trial in 0..3000 {
        let told = vec![
            Move::Grow { at: vec![(absent[0], 0), (absent[1], 0)], birth: Birth::Value(0.25) },
            Move::Prune { at: vec![first[0], first[1]] },
        ];
        let asked = draw(&mut bench(trial), Script::of(told));
        let [Move::Grow { at: places, birth: Birth::Value(0.25) }, Move::Prune { at }] =
            [&asked.proposals[0].what, &asked.proposals[1].what]
        else {
            panic!("{:?}", asked.proposals)
        };
        assert_eq!((places.len(), at.len()), (2, 2));
        for (at, _) in places {
            *come.entry(*at).or_default() += 1;
        }
        for at in at {
            *gone.entry(*at).or_default() += 1;
        }
    }
    // Of the same two layers, all of them, alike within five deviations.
    for (found, all) in [(&gone, &first), (&come, &absent)] {
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), {
            let mut all = all.clone();
            all.sort_unstable();
            all
        });
        let expected = 6000.0 / all.len() as f64;
        assert!(found.values().all(|&count| (f64::from(count) - expected).abs() < 5.0 * expected.sqrt()), "{found:?}");
    }
}

#[test]
fn what_is_for_a_neuron_goes_with_who_stands_in_its_place() {
    let mut stand_ins = BTreeSet::new();
    for trial in 0..40 {
        let mut bench = bench(trial);
        let (mother, other) = (id(&bench, 5), id(&bench, 6));
        let row = bench.network.row(mother).unwrap();
        let heard: Vec<NeuronId> =
            bench.network.incoming(row).map(|synapse| id(&bench, bench.network.pres()[synapse])).collect();
        let daughter = Draft::new(&bench.network, 0).name();
        let key = bench.key;
        let nudge =
            |neuron, scale| Move::Perturb { neuron, by: Birth::Random { key, law: livenet_core::Law::Normal, scale } };
        let reweigh = |post, pre| Move::Reweigh { at: Synapse::new(post, pre), plus: Birth::Value(0.5) };
        let mut script = Script::of(vec![Move::Divide { mother, daughter, share: 0.25 }]);
        script.later = vec![
            (nudge(mother, 0.1), daughter),
            (nudge(daughter, -0.1), daughter),
            (reweigh(mother, heard[0]), daughter),
            (reweigh(daughter, heard[0]), daughter),
            (Move::Rebias { neuron: other, plus: 1.0 }, daughter),
        ];
        let asked = draw(&mut bench, script.clone());
        let Move::Divide { mother: is, daughter: born, share: 0.25 } = asked.proposals[0].what else { panic!() };
        assert_eq!(born, daughter);
        stand_ins.insert(is);
        // Her own nudge, her daughter's, one connection of hers and the same of her daughter's; what was for another is left out.
        let later: Vec<Move> = asked.later.iter().map(|of| of.what.clone()).collect();
        let Move::Reweigh { at, .. } = later[2] else { panic!("{later:?}") };
        assert!(at.post == is && bench.network.synapse_row(at).is_some());
        assert_eq!(later, [nudge(is, 0.1), nudge(daughter, -0.1), reweigh(is, at.pre), reweigh(daughter, at.pre)]);
        assert_eq!(asked.proposals[0].reason.foretold, None);
        // Cut, it leaves her as she was.
        let capped = Budget { neurons: Some(12), ..Budget::unlimited() };
        let asked = bench.propose(&mut twin(Box::new(script)), capped);
        assert!(asked.proposals.is_empty() && asked.later.is_empty());
    }
    assert!(stand_ins.len() > 3, "{stand_ins:?}");
}

#[test]
fn a_newborn_has_as_many_ends_and_the_same_sizes() {
    let (mut heard, mut signs) = (BTreeSet::new(), BTreeSet::new());
    for trial in 0..40 {
        let mut bench = bench(trial);
        let neuron = Draft::new(&bench.network, 0).name();
        let group = bench.network.spec(Row::new(4)).group;
        let spec = NeuronSpec::of(group, bench.network.group(group).unit);
        let end = |row, weight| End { at: id(&bench, row), weight, delay: 0 };
        let (dendrites, axon) = (vec![end(0, 1.0), end(1, 2.0)], vec![end(10, 4.0)]);
        let asked =
            draw(&mut bench, Script::of(vec![Move::Bear { neuron, spec, origin: Origin::Fresh, dendrites, axon }]));
        let Move::Bear { neuron: born, dendrites, axon, .. } = &asked.proposals[0].what else { panic!() };
        let mut sizes: Vec<f32> = dendrites.iter().chain(axon).map(|end| end.weight.abs()).collect();
        sizes.sort_by(f32::total_cmp);
        assert_eq!((*born, sizes), (neuron, vec![1.0, 2.0, 4.0]));
        assert_eq!(axon[0].weight.abs(), 4.0);
        heard.extend(dendrites.iter().map(|end| (end.at, end.weight.abs() as u32)));
        signs.extend(axon.iter().map(|end| (end.at, end.weight > 0.0)));
    }
    assert_eq!((heard.len(), signs.len()), (8, 4));
}

#[test]
fn marks_fall_on_the_like_and_twice_on_the_same() {
    for trial in 0..20 {
        let mut bench = bench(trial);
        let all: Vec<Synapse> = bench.network.synapses().map(|(_, at)| at).collect();
        let mark = |at, mark| Move::Mark { at: Scope::Synapse(at), mark };
        livenet_core::testing::apply(&mut bench.network, &mut bench.device, [mark(all[0], Mark::Silent)]).unwrap();
        let told = vec![mark(all[0], Mark::Active), mark(all[1], Mark::Silent), mark(all[1], Mark::Frozen)];
        let asked = draw(&mut bench, Script::of(told));
        let what: Vec<Move> = asked.proposals.iter().map(|of| of.what.clone()).collect();
        let Move::Mark { at: Scope::Synapse(other), .. } = what[1] else { panic!("{what:?}") };
        // There is but one that is silent.
        assert!(other != all[0]);
        assert_eq!(what, [mark(all[0], Mark::Active), mark(other, Mark::Silent), mark(other, Mark::Frozen)]);
    }
}

#[test]
fn what_is_frozen_is_left_alone() {
    for entry in registry::ALL {
        for trial in 0..4 {
            let mut bench = Bench::new(layers(&[4, 8, 5, 2]), Wiring::Uniform { density: 0.6 }, trial);
            let frozen: Vec<Synapse> = bench.network.synapses().map(|(_, at)| at).step_by(3).collect();
            let asleep = id(&bench, 6);
            let marks = frozen.iter().map(|&at| Scope::Synapse(at)).chain([Scope::Neuron(asleep)]);
            let marks = marks.map(|at| Move::Mark { at, mark: Mark::Frozen });
            livenet_core::testing::apply(&mut bench.network, &mut bench.device, marks).unwrap();
            let inner = build(entry);
            bench.train(3);
            let [_, own] = beside(&mut bench, &*inner, Among::Whole);
            let mut went: Vec<Synapse> = Vec::new();
            for proposal in &own.proposals {
                match &proposal.what {
                    Move::Prune { at } => went.extend(at),
                    Move::Disconnect { at } | Move::InsertOn { at, .. } => went.push(*at),
                    Move::Grow { at, .. } => assert!(at.iter().all(|(at, _)| at.post != asleep), "{}", entry.name),
                    Move::Divide { mother: who, .. }
                    | Move::Remove { neuron: who, .. }
                    | Move::Renew { old: who, .. } => {
                        assert!(*who != asleep, "{}", entry.name);
                    }
                    _ => {}
                }
            }
            assert!(went.iter().all(|at| at.post != asleep && !frozen.contains(at)), "{}", entry.name);
        }
    }
}

#[test]
fn trials_are_drawn_each_and_all_else_is_the_methods() {
    let mut bench = bench(1);
    let first = bench.network.synapses().next().unwrap().1;
    let mut script = Script::of(vec![Move::Disconnect { at: first }]);
    script.tries = true;
    let own = twin(Box::new(script.clone()));
    assert_eq!((own.needs(), own.probe()), (script.needs(), Probe::Samples(9)));
    assert!(own.instead_of_update(4, None) && !own.instead_of_update(5, None));
    let drawn: BTreeSet<Synapse> = (0..20)
        .map(|number| {
            bench.key = bench.key.at(number);
            let Verdict::Trial { drafts, steps: 5 } = draw(&mut bench, script.clone()).verdict else { panic!() };
            let [proposal] = drafts[0].proposals() else { panic!() };
            let Move::Disconnect { at } = proposal.what else { panic!() };
            at
        })
        .collect();
    assert!(drawn.len() > 4, "{drawn:?}");
}

#[test]
fn any_method_can_be_named_with_its_settings() {
    let entry = *Registry::standard().find("random_twin").unwrap();
    let of = |name: &str, inside: &[(&str, Value)]| {
        let inside = inside.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        entry.strategy(Settings::none().with("of", Value::Text(name.into())).with("settings", Value::Table(inside)))
    };
    for inner in registry::ALL {
        assert!(of(inner.name, &[]).is_ok(), "{}", inner.name);
    }
    assert!(of("set", &[("fraction", Value::Real(0.5))]).is_ok());
    let refused = |made: Result<Box<dyn Strategy>, _>| {
        made.err().map(|error: livenet_growth::SettingError| error.to_string()).unwrap()
    };
    assert!(refused(of("set", &[("fractoin", Value::Real(0.5))])).contains("did you mean `fraction`"));
    assert!(refused(of("rigel", &[])).contains("did you mean `rigl`"));
}

//! Synaptic elements: activity comes to its target, and what goes and comes is what is vacant.

use crate::bench::{Bench, group, layers};
use livenet_core::testing::Naive;
use livenet_core::{
    Activation, Birth, Commit, Draft, Executor as _, ExecutorSettings, Finished, FireGroup, Follower as _, GroupId,
    Mark, Move, Network, NeuronId, NeuronSpec, Neurons, Norm, Origin, Reach, Role, Row, Schedule, Scope, Signal,
    Signals, StreamKey, Synapse, Unit, Window,
};
use livenet_growth::{
    Budget, Settings, Strategy as _, SynapticElements, Value, Verdict, View, Wiring,
    homeostasis::{Calcium, Curve, Homeostasis, NewWeight},
};

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

/// Rate neurons with a saturating activation: `inputs` that always say 1, and hidden neurons that hear `dendrites` of them.
fn rate_network(dendrites: &[u64], inputs: u64, weight: f32, recurrent: bool) -> (Network, Naive) {
    let hidden = FireGroup {
        name: "hidden".into(),
        role: Role::Hidden,
        unit: Unit::rate(Activation::Tanh),
        norm: Norm::None,
        reach: Reach::groups((0..=u16::from(recurrent)).map(GroupId::new)).without_itself(),
    };
    let groups = vec![group(Role::Input, Reach::nobody()), hidden, group(Role::Output, Reach::nobody())];
    let mut network = Network::new(groups, Schedule::Grouped).unwrap();
    let mut draft = Draft::new(&network, 0);
    let mut add = |count: u64, group: u16| -> Vec<NeuronId> {
        let names = (0..count).map(|_| {
            let (neuron, unit) = (draft.name(), draft.network().group(GroupId::new(group)).unit);
            let spec = NeuronSpec::of(GroupId::new(group), unit);
            draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).unwrap();
            neuron
        });
        names.collect()
    };
    let (heard, listeners, _) = (add(inputs, 0), add(dendrites.len() as u64, 1), add(1, 2));
    for (&post, &count) in listeners.iter().zip(dendrites) {
        let pres = heard[..count as usize].to_vec();
        draft.propose(Move::ConnectAll { post, pres, birth: Birth::Value(weight) }).unwrap();
    }
    let finished = draft.finish();
    let mut naive = Naive::new(&network, ExecutorSettings::default());
    let commit = network.commit(finished).unwrap();
    naive.follow(&network, &commit);
    (network, naive)
}

/// The last outputs of the hidden neurons after a window of ones.
fn run(network: &Network, naive: &mut Naive) -> Vec<f64> {
    let values = vec![1.0; 4 * network.inputs().len()];
    naive.forward(network, Window { cycles: 4, lanes: 1, values: &values }, None).unwrap();
    let signals = naive.signals(network, &[Signal::Outputs { lanes: 1 }]);
    let hidden = network.members(GroupId::new(1)).map(Row::new);
    hidden.map(|row| f64::from(signals.outputs().unwrap().back(0, row).unwrap()[0])).collect()
}

/// Lives for a while, a window a step; returns the activities at first and in the end.
fn live(method: &mut SynapticElements, dendrites: &[u64], recurrent: bool) -> (Vec<f64>, Vec<f64>) {
    let (mut network, mut naive) = rate_network(dendrites, 60, 0.036, recurrent);
    let needs = method.needs();
    naive.observe(&network, &needs);
    let first = run(&network, &mut naive);
    for asking in 0..400u64 {
        (0..10).for_each(|_| drop(run(&network, &mut naive)));
        let signals = naive.signals(&network, &needs);
        let (step, budget, key) = (10 * asking, Budget::unlimited(), StreamKey::new(asking, "life"));
        let mut draft = Draft::new(&network, step);
        let view = View { network: &network, signals: &signals, step, end: None, budget, ledger: None, key };
        method.propose(&view, &mut draft);
        let finished = draft.finish();
        let commit = network.commit(finished).unwrap();
        naive.follow(&network, &commit);
        method.follow(&network, &commit);
    }
    (first, run(&network, &mut naive))
}

#[test]
fn the_silent_and_the_loud_come_to_the_target() {
    // tanh(0.036 k): one dendrite makes 0.2 of the target 0.18, forty make 5 of it, five the target itself.
    const TARGET: f64 = 0.18;
    let curves = [
        (Curve::Linear, Calcium::Magnitude, TARGET),
        (Curve::Gaussian { lower: 0.1 * TARGET }, Calcium::Magnitude, TARGET),
        (Curve::Sigmoid { width: 0.3 * TARGET }, Calcium::Magnitude, TARGET),
        (Curve::Linear, Calcium::Square, TARGET * TARGET),
    ];
    for (curve, calcium, target) in curves {
        for recurrent in [false, true] {
            let mut method = SynapticElements::new(Homeostasis {
                calcium,
                target,
                tau: 20.0,
                rate: 0.02,
                axonal: curve,
                dendritic: curve,
                birth: NewWeight::Constant(0.036),
                ..Homeostasis::default()
            });
            let (first, last) = live(&mut method, &[1, 40, 1, 40, 1, 40], recurrent);
            for (at, (first, last)) in first.iter().zip(&last).enumerate() {
                let begun = first / TARGET;
                let as_set = if at % 2 == 0 { (0.19..0.21).contains(&begun) } else { (4.8..5.2).contains(&begun) };
                // A recurrent network is not yet at rest in its first window of four cycles, but all hear inputs only.
                assert!(as_set, "{begun}");
                // One dendrite more or less is a fifth.
                assert!((0.75..1.25).contains(&(last / TARGET)), "{curve:?} {recurrent}: {first} became {last}");
            }
        }
    }
}

#[test]
fn without_growth_nobody_comes_anywhere() {
    let mut method = SynapticElements::new(Homeostasis { rate: 0.0, ..Homeostasis::default() });
    let (first, last) = live(&mut method, &[1, 40], false);
    assert_eq!(first, last);
}

#[test]
fn below_the_lower_zero_of_the_gaussian_elements_are_lost() {
    let target = 0.18;
    let curve = Curve::Gaussian { lower: 0.5 * target };
    let mut method = SynapticElements::new(Homeostasis {
        target,
        rate: 0.02,
        axonal: curve,
        dendritic: curve,
        birth: NewWeight::Constant(0.036),
        ..Homeostasis::default()
    });
    // Who begins between the zeros comes to the upper one, who begins below them falls silent.
    let (_, last) = live(&mut method, &[1, 4], false);
    assert!(last[0] == 0.0 && (last[1] / target - 1.0).abs() < 0.25, "{last:?}");
}

#[test]
fn as_many_go_as_elements_are_missing() {
    // Inputs 0 to 3, hidden 4 to 6, outputs 7 and 8, dense: four dendrites, two listeners.
    let network = Bench::new(layers(&[4, 3, 2]), Wiring::Dense, 1).network;
    let mut method = SynapticElements::new(Homeostasis { inputs: false, outputs: false, ..plain() });
    let calm = [1.0; 9];
    assert!(ask(&network, &mut method, (0, &calm)).is_empty());
    // ν · 10 steps · (1 - 2.5) = -1.5 for 4, -0.5 for 5, and 6 is as it wants to be.
    let mut activity = calm;
    (activity[4], activity[5]) = (2.5, 1.5);
    let finished = ask(&network, &mut method, (10, &activity));
    let (gone, come) = pairs(&finished);
    assert!(come.is_empty());
    let heard = |id| gone.iter().filter(|at| at.pre == NeuronId::new(id)).count();
    let hears = |id| gone.iter().filter(|at| at.post == NeuronId::new(id)).count();
    // ⌊2 - 1.5⌋ - 2 = -2 and ⌊4 - 1.5⌋ - 4 = -2; ⌊2 - 0.5⌋ - 2 = -1 and ⌊4 - 0.5⌋ - 4 = -1.
    assert_eq!([4, 5, 6].map(heard), [2, 1, 0]);
    assert_eq!([4, 5, 6].map(hears), [2, 1, 0]);
    assert_eq!(gone.len(), 6);
    // And then nobody has too many.
    let mut after = network.clone();
    commit(&mut after, &mut method, finished);
    assert!(pairs(&ask(&after, &mut method, (10, &calm))).0.is_empty());
    let left = vacant(&after, &method, Row::new(4));
    assert!((left.0 - 0.5).abs() < 1e-12 && (left.1 - 0.5).abs() < 1e-12, "{left:?}");
}

#[test]
fn the_axonal_side_goes_first_and_the_dendritic_side_goes_by_what_is_left() {
    // 2 hears 1 and 3. Both 1, which has no other listener, and 2 have one element too few: what 1 loses is enough for 2.
    for step in 1..20 {
        let mut network = crate::bench::recurrent([1, 4, 1], 0);
        let mut method = SynapticElements::new(Homeostasis { inputs: false, outputs: false, rate: 1.0, ..plain() });
        let [a, b, c] = [1, 2, 3].map(NeuronId::new);
        let connect = |post, pre| Move::Connect { at: Synapse::new(post, pre), birth: Birth::Value(1.0), delay: 0 };
        commit_moves(&mut network, &mut method, vec![connect(b, a), connect(b, c)]);
        ask(&network, &mut method, (0, &[1.0; 6]));
        // Half an element less.
        let loud = 1.0 + 0.5 / step as f32;
        let (gone, _) = pairs(&ask(&network, &mut method, (step, &[1.0, loud, loud, 1.0, 1.0, 1.0])));
        assert_eq!(gone, [Synapse::new(b, a)]);
    }
}

#[test]
fn what_goes_on_one_side_is_vacant_on_the_other() {
    // 2 is heard by 3 and 4 of its own group.
    let mut network = crate::bench::recurrent([1, 4, 1], 0);
    let mut method = SynapticElements::new(Homeostasis { inputs: false, outputs: false, ..plain() });
    let [a, b, c] = [1, 2, 3].map(NeuronId::new);
    let connect = |post, pre| Move::Connect { at: Synapse::new(post, pre), birth: Birth::Value(1.0), delay: 0 };
    commit_moves(&mut network, &mut method, vec![connect(b, a), connect(c, a)]);
    ask(&network, &mut method, (0, &[1.0; 6]));
    let finished = ask(&network, &mut method, (10, &[1.0, 2.0, 1.0, 1.0, 1.0, 1.0]));
    let (gone, come) = pairs(&finished);
    // One bouton less: one of the two goes, and the spine that is left finds nobody, since nobody else has a bouton.
    assert_eq!((gone.len(), come.len()), (1, 0));
    assert_eq!(gone[0].pre, a);
    let free = network.row(gone[0].post).unwrap();
    commit(&mut network, &mut method, finished);
    assert_eq!(vacant(&network, &method, free), (0.0, 1.0));
    // 4 grows a bouton, and the two meet; the dendrite that 4 grows as well finds no second one.
    let finished = ask(&network, &mut method, (20, &[1.0, 1.0, 1.0, 1.0, 0.0, 1.0]));
    assert_eq!(pairs(&finished).1, [Synapse::new(network.id(free), NeuronId::new(4))]);
}

#[test]
fn nobody_pairs_with_itself_or_twice_and_as_many_pair_as_can() {
    for seed in 0..20u64 {
        let mut network = crate::bench::recurrent([2, 6, 2], 1);
        let mut method = SynapticElements::new(Homeostasis { initial: 3.0, inputs: false, outputs: false, ..plain() });
        let mut signals = Signals::default();
        signals.put(Signal::OutputMagnitude, vec![1.0; 10]);
        let mut draft = Draft::new(&network, 0);
        let (signals, budget, key) = (&signals, Budget::unlimited(), StreamKey::new(seed, "pairs"));
        let view = View { network: &network, signals, step: 0, end: None, budget, ledger: None, key };
        method.propose(&view, &mut draft);
        let finished = draft.finish();
        let (_, come) = pairs(&finished);
        let mut sorted = come.clone();
        sorted.sort();
        sorted.dedup();
        assert!(sorted.len() == come.len() && come.iter().all(|at| at.post != at.pre));
        assert!(come.len() >= 12, "{}", come.len());
        commit(&mut network, &mut method, finished);
        for row in (2..8).map(Row::new) {
            let (heard, hears) = connected(&network, row);
            assert!(heard <= 3.0 && hears <= 3.0);
            assert_eq!(vacant(&network, &method, row), (3.0 - heard, 3.0 - hears));
        }
    }
}

#[test]
fn inputs_and_outputs_have_one_to_spare_but_not_for_one_another() {
    let network = crate::bench::recurrent([2, 3, 2], 0);
    let at = (0, &[1.0; 7][..]);
    let roles = |at: &Synapse| [at.post, at.pre].map(|id| network.role(network.row(id).unwrap()));
    let mut open = SynapticElements::new(Homeostasis { initial: 5.0, ..plain() });
    let (_, come) = pairs(&ask(&network, &mut open, at));
    // Each hidden neuron has five spines and hears the four others at most; all boutons meet a spine.
    assert_eq!(come.iter().filter(|at| roles(at)[0] == Role::Hidden).count(), 12);
    assert_eq!(come.iter().filter(|at| roles(at)[0] == Role::Output).count(), 6);
    assert!(come.iter().all(|at| roles(at) != [Role::Output, Role::Input]));
    let mut closed = SynapticElements::new(Homeostasis { initial: 5.0, inputs: false, outputs: false, ..plain() });
    let (_, come) = pairs(&ask(&network, &mut closed, at));
    assert!(come.iter().all(|at| roles(at) == [Role::Hidden; 2]) && come.len() == 6);
}

#[test]
fn vacant_elements_decay_and_connected_ones_do_not() {
    let network = Bench::new(layers(&[4, 3, 2]), Wiring::Dense, 1).network;
    let mut method =
        SynapticElements::new(Homeostasis { initial: 2.5, inputs: false, outputs: false, decay: 0.1, ..plain() });
    ask(&network, &mut method, (0, &[1.0; 9]));
    assert_eq!(method.elements(Row::new(4)), (4.5, 6.5));
    // Of two whole ones a tenth.
    ask(&network, &mut method, (10, &[1.0; 9]));
    assert_eq!(method.elements(Row::new(4)), (4.3, 6.3));
    let mut full = SynapticElements::new(Homeostasis { initial: 0.5, decay: 0.1, ..plain() });
    (0..3).for_each(|step| drop(ask(&network, &mut full, (step, &[1.0; 9]))));
    assert_eq!(full.elements(Row::new(4)), (2.5, 4.5));
}

#[test]
fn the_trace_lags_and_growth_is_its_integral() {
    let network = Bench::new(layers(&[4, 1, 1]), Wiring::Dense, 1).network;
    let mut method = SynapticElements::new(Homeostasis { tau: 50.0, inputs: false, outputs: false, ..plain() });
    let row = Row::new(4);
    ask(&network, &mut method, (0, &[0.2; 6]));
    assert_eq!(method.calcium_of(row), Some(f64::from(0.2f32)));
    ask(&network, &mut method, (100, &[0.8; 6]));
    let (from, to) = (f64::from(0.2f32), f64::from(0.8f32));
    let expected = to + (from - to) * (-2f64).exp();
    assert!((method.calcium_of(row).unwrap() - expected).abs() < 1e-12);
    let integral = to * 100.0 + (from - to) * 50.0 * (1.0 - (-2f64).exp());
    assert!((method.elements(row).1 - (4.0 + 0.1 * (100.0 - integral))).abs() < 1e-9);
}

#[test]
fn a_daughter_gets_half_of_what_is_vacant_and_nobody_loses_a_connection() {
    let mut network = Bench::new(layers(&[4, 3, 2]), Wiring::Dense, 1).network;
    let mut method = SynapticElements::new(Homeostasis { initial: 1.5, ..plain() });
    // No pairs: everybody in reach is connected.
    assert!(ask(&network, &mut method, (0, &[0.4; 9])).is_empty());
    let mother = NeuronId::new(4);
    let daughter = network.births().clone().next();
    commit_moves(&mut network, &mut method, vec![Move::Divide { mother, daughter, share: 0.5 }]);
    for id in [mother, daughter] {
        let row = network.row(id).unwrap();
        assert_eq!(vacant(&network, &method, row), (0.75, 0.75));
        assert_eq!(method.calcium_of(row), Some(f64::from(0.4f32)));
    }
    assert_eq!(vacant(&network, &method, network.row(NeuronId::new(5)).unwrap()), (1.5, 1.5));
    assert!(ask(&network, &mut method, (0, &[0.4; 10])).is_empty());
    // Who dies leaves its partners' halves vacant; who is renewed holds the ends that were there.
    commit_moves(&mut network, &mut method, vec![Move::Remove { neuron: daughter, mean: 0.0 }]);
    let new = network.births().clone().next();
    let renewal = Move::Renew { old: mother, new, birth: Birth::Value(0.1), mean: 0.0 };
    commit_moves(&mut network, &mut method, vec![renewal]);
    let row = network.row(new).unwrap();
    assert_eq!((vacant(&network, &method, row), method.calcium_of(row)), ((1.5, 1.5), None));
    assert_eq!(vacant(&network, &method, network.row(NeuronId::new(6)).unwrap()), (1.5, 1.5));
}

#[test]
fn a_neuron_in_between_keeps_vacancies_what_they_were() {
    let mut network = crate::bench::recurrent([1, 3, 1], 0);
    let mut method = SynapticElements::new(plain());
    let [a, b] = [1, 2].map(NeuronId::new);
    let at = Synapse::new(b, a);
    commit_moves(&mut network, &mut method, vec![Move::Connect { at, birth: Birth::Value(1.0), delay: 0 }]);
    ask(&network, &mut method, (0, &[1.0; 5]));
    let neuron = network.births().clone().next();
    let spec = NeuronSpec::of(GroupId::new(1), network.group(GroupId::new(1)).unit);
    commit_moves(&mut network, &mut method, vec![Move::InsertOn { at, neuron, spec }]);
    for id in [a, b, neuron] {
        assert_eq!(vacant(&network, &method, network.row(id).unwrap()), (0.0, 0.0), "{id}");
    }
}

#[test]
fn caps_and_what_is_put_aside_are_respected() {
    let mut network = Bench::new(layers(&[4, 3, 2]), Wiring::Dense, 1).network;
    let aside = Synapse::new(NeuronId::new(4), NeuronId::new(0));
    let mut method = SynapticElements::new(Homeostasis { inputs: false, outputs: false, ..plain() });
    let frozen = [Scope::Synapse(aside), Scope::Neuron(NeuronId::new(7))];
    commit_moves(&mut network, &mut method, frozen.map(|at| Move::Mark { at, mark: Mark::Frozen }).to_vec());
    ask(&network, &mut method, (0, &[1.0; 9]));
    // Nobody may keep anything.
    let loud = (1000, &[9.0f32; 9][..]);
    let mut capped = method.clone();
    capped.rule.cap = 5;
    assert_eq!(pairs(&ask(&network, &mut capped, loud)).0.len(), 5);
    let budget = Budget { edits: Some(3), ..Budget::unlimited() };
    assert_eq!(pairs(&ask_within(&network, &mut method.clone(), loud, budget).1).0.len(), 3);
    let (gone, _) = pairs(&ask(&network, &mut method, loud));
    assert_eq!(gone.len(), 12 + 6 - 1 - 3);
    assert!(gone.iter().all(|at| *at != aside && at.post != NeuronId::new(7)));
    // And a cap of connections holds what comes.
    let empty = crate::bench::recurrent([2, 6, 2], 0);
    let budget = Budget { connections: Some(7), ..Budget::unlimited() };
    let mut eager = SynapticElements::new(Homeostasis { initial: 3.0, ..plain() });
    assert_eq!(pairs(&ask_within(&empty, &mut eager, (0, &[1.0; 10]), budget).1).1.len(), 7);
}

#[test]
fn partners_are_near_where_there_is_a_kernel() {
    let mut network = layers(&[40, 4, 1]);
    let mut method = SynapticElements::new(Homeostasis { initial: 2.0, outputs: false, near: 0.05, ..plain() });
    let moves = network.neuron_rows().take(44).map(|row| {
        let place = if row.get() < 40 { row.get() as f32 / 40.0 } else { (row.get() - 40) as f32 / 4.0 };
        Move::Retune {
            neuron: network.id(row),
            spec: NeuronSpec { position: [place, 0.0], ..network.spec(row).clone() },
        }
    });
    let moves: Vec<Move> = moves.collect();
    commit_moves(&mut network, &mut method, moves);
    let (_, come) = pairs(&ask(&network, &mut method, (0, &[1.0; 45])));
    assert_eq!(come.len(), 8);
    for at in come {
        let [post, pre] = [at.post, at.pre].map(|id| network.spec(network.row(id).unwrap()).position[0]);
        assert!((post - pre).abs() < 0.2, "{post} and {pre}");
    }
}

#[test]
fn settings_say_curves_and_births() {
    let build = |settings: &[(&str, Value)]| {
        let mut all = Settings::none();
        for (name, value) in settings {
            all = all.with(name, value.clone());
        }
        Homeostasis::build(&mut all)
    };
    let text = |word: &str| Value::Text(word.into());
    let gaussian = build(&[("curve", text("gaussian")), ("target", Value::Real(1.4))]).unwrap();
    let Curve::Gaussian { lower } = gaussian.axonal else { panic!() };
    assert!((lower - 0.8).abs() < 1e-12);
    assert!(build(&[("curve", text("gaussian")), ("eta", Value::Real(0.7))]).is_err());
    let sigmoid = build(&[("curve", text("sigmoid")), ("width", Value::Real(0.2))]).unwrap();
    assert_eq!(sigmoid.dendritic, Curve::Sigmoid { width: 0.2 });
    assert_eq!(build(&[("birth", text("fan_in"))]).unwrap().birth, NewWeight::FanIn(1.0));
    let square = build(&[("calcium", text("square"))]).unwrap();
    assert_eq!(SynapticElements::new(square).needs(), [Signal::OutputMean, Signal::OutputVariance]);
}

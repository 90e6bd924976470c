//! Cascade-correlation: what a candidate climbs, where it is born, and what stays as it was trained.

use livenet_core::testing::Naive;
use livenet_core::{
    Activation, Draft, Executor as _, ExecutorSettings, FireGroup, Follower as _, GroupId, Mark, Move, Network,
    NeuronSpec, Neurons, Norm, Optimizer, Origin, Proposal, Reach, Role, Row, Schedule, Scope, Signals, StreamKey,
    Unit, UpdateRule, Window,
};
use livenet_growth::{
    Budget, CascadeCorrelation, Kin, Objective, Registry, Settings, Strategy, Value, Verdict, View, Why, Wiring,
};

const LANES: usize = 7;
const CYCLES: usize = 5;

/// A network on the executor that defines, with some samples run through it.
pub(crate) struct Lab {
    pub(crate) network: Network,
    pub(crate) naive: Naive,
    pub(crate) key: StreamKey,
}

impl Lab {
    /// Inputs, hidden groups of these sizes, and outputs; each group hears all before it, and its own where `own` says so.
    /// Hidden neurons have this activation; outputs are linear.
    pub(crate) fn new(
        sizes: &[u32],
        activation: Activation,
        schedule: Schedule,
        reach: impl Fn(usize) -> Reach,
    ) -> Self {
        let last = sizes.len() - 1;
        let groups = (0..sizes.len()).map(|at| {
            let (role, activation) = match at {
                0 => (Role::Input, Activation::Linear),
                _ if at == last => (Role::Output, Activation::Linear),
                _ => (Role::Hidden, activation),
            };
            FireGroup { name: format!("{at}"), role, unit: Unit::rate(activation), norm: Norm::None, reach: reach(at) }
        });
        let mut network = Network::new(groups.collect(), schedule).unwrap();
        let mut draft = Draft::new(&network, 0);
        for (at, &size) in sizes.iter().enumerate() {
            let group = GroupId::new(at as u16);
            for _ in 0..size {
                let spec = NeuronSpec::of(group, network.group(group).unit);
                let neuron = draft.name();
                draft.propose(Move::Add { neuron, spec, origin: Origin::Seed }).unwrap();
            }
        }
        let born = draft.finish();
        network.commit(born).unwrap();
        let naive = Naive::new(&network, ExecutorSettings::default());
        Self { network, naive, key: StreamKey::new(3, "lab") }
    }

    /// Every group hears all before it.
    pub(crate) fn before(at: usize) -> Reach {
        Reach::groups((0..at as u16).map(GroupId::new))
    }

    /// Runs samples, blames the outputs, and returns what was computed.
    pub(crate) fn run(&mut self, method: &dyn Strategy) -> (Signals, Vec<f32>) {
        let normal = |of: u64, count: usize| -> Vec<f32> {
            (0..count as u64).map(|at| self.key.at(of).normal(at, 0) as f32).collect()
        };
        let values = normal(0, CYCLES * LANES * self.network.inputs().len());
        let d_outputs = normal(1, CYCLES * LANES * self.network.outputs().len());
        self.naive.reset();
        let window = Window { cycles: CYCLES, lanes: LANES, values: &values };
        let outputs = self.naive.forward(&self.network, window, None).unwrap();
        self.naive.backward(&self.network, &d_outputs).unwrap();
        (self.naive.signals(&self.network, &method.needs()), outputs)
    }

    /// What is proposed on these signals.
    pub(crate) fn propose(&self, method: &mut dyn Strategy, signals: &Signals) -> (Verdict, Vec<Proposal>) {
        let mut draft = Draft::new(&self.network, 1);
        let (network, budget) = (&self.network, Budget::unlimited());
        let view = View { network, signals, step: 1, end: None, budget, ledger: None, key: self.key.at(2) };
        let verdict = method.propose(&view, &mut draft);
        (verdict, draft.proposals().to_vec())
    }

    /// Commits moves.
    pub(crate) fn commit(&mut self, moves: impl IntoIterator<Item = Move>) {
        let mut draft = Draft::new(&self.network, 1);
        moves.into_iter().for_each(|what| draft.propose(what).unwrap());
        let finished = draft.finish();
        let commit = self.network.commit(finished).unwrap();
        self.naive.follow(&self.network, &commit);
    }
}

/// The parts of a birth.
struct Birth {
    group: GroupId,
    bias: f64,
    /// (row, weight)
    heard: Vec<(Row<Neurons>, f64)>,
    axon: Vec<(Row<Neurons>, f32)>,
    score: f64,
}

fn birth(lab: &Lab, proposals: &[Proposal]) -> Birth {
    let Move::Bear { spec, dendrites, axon, .. } = &proposals[0].what else { panic!("{proposals:?}") };
    let row = |id| lab.network.row(id).unwrap();
    Birth {
        group: spec.group,
        bias: f64::from(spec.bias),
        heard: dendrites.iter().map(|end| (row(end.at), f64::from(end.weight))).collect(),
        axon: axon.iter().map(|end| (row(end.at), end.weight)).collect(),
        score: f64::from(proposals[0].reason.scores[0]),
    }
}

/// V and the blame of each output, over all cycles and lanes, with what is heard so many cycles late each.
fn patterns(lab: &Lab, signals: &Signals, born: &Birth) -> (Vec<f64>, Vec<Vec<f64>>) {
    let (said, blames) = (signals.outputs().unwrap(), signals.blames().unwrap());
    let lag = |pre, post| lab.network.schedule().lag(pre, post, 0) as usize;
    let later = lag(born.group, GroupId::new(lab.network.groups().len() as u16 - 1));
    let (mut values, mut errors) = (Vec::new(), vec![Vec::new(); lab.network.outputs().len()]);
    for cycle in 0..CYCLES {
        for lane in 0..LANES {
            let heard = born.heard.iter().map(|&(row, weight)| {
                let late = later + lag(lab.network.spec(row).group, born.group);
                let silent = cycle < late;
                if silent { 0.0 } else { weight * f64::from(said.of(cycle - late, row)[lane]) }
            });
            values.push((born.bias + heard.sum::<f64>()).tanh());
            for (errors, row) in errors.iter_mut().zip(lab.network.outputs()) {
                errors.push(f64::from(blames.of(cycle, Row::new(row))[lane]));
            }
        }
    }
    (values, errors)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn covariance(values: &[f64], errors: &[f64]) -> f64 {
    let means = [mean(values), mean(errors)];
    values.iter().zip(errors).map(|(v, e)| (v - means[0]) * (e - means[1])).sum()
}

fn s(values: &[f64], errors: &[Vec<f64>]) -> f64 {
    errors.iter().map(|errors| covariance(values, errors).abs()).sum()
}

#[test]
fn the_score_is_the_sum_of_covariances_and_the_winner_is_above_the_untrained() {
    for schedule in [Schedule::Grouped, Schedule::Synchronous] {
        let mut lab = Lab::new(&[3, 0, 2], Activation::Tanh, schedule, Lab::before);
        let mut trained = CascadeCorrelation::default();
        let (signals, _) = lab.run(&trained);
        let (_, proposals) = lab.propose(&mut trained, &signals);
        let born = birth(&lab, &proposals);
        let (values, errors) = patterns(&lab, &signals, &born);
        assert!((s(&values, &errors) - born.score).abs() < 1e-4 * born.score, "{schedule:?}: {}", born.score);
        // The top of a hill: no weight by itself leads higher.
        for at in 0..=born.heard.len() {
            for by in [-0.05, 0.05] {
                let mut moved = birth(&lab, &proposals);
                if at == born.heard.len() {
                    moved.bias += by;
                } else {
                    moved.heard[at].1 += by;
                }
                let (values, errors) = patterns(&lab, &signals, &moved);
                assert!(s(&values, &errors) < born.score + 1e-3, "{schedule:?}: weight {at}");
            }
        }
        for pool in 1..=8 {
            let mut untrained = CascadeCorrelation { pool, steps: 0, ..trained };
            let (_, proposals) = lab.propose(&mut untrained, &signals);
            let first = birth(&lab, &proposals).score;
            assert!(first < born.score, "{schedule:?}: {first}");
        }
        let by = |objective| CascadeCorrelation { objective, ..trained };
        let (_, proposals) = lab.propose(&mut by(Objective::Share), &signals);
        let share = birth(&lab, &proposals);
        let variance: f64 = errors.iter().map(|errors| covariance(errors, errors)).sum();
        assert!((share.score - born.score / variance).abs() < 1e-4, "the same climb");
        let (_, proposals) = lab.propose(&mut by(Objective::Correlation), &signals);
        let correlated = birth(&lab, &proposals);
        let (values, errors) = patterns(&lab, &signals, &correlated);
        let r = errors
            .iter()
            .map(|e| covariance(&values, e).abs() / (covariance(&values, &values) * covariance(e, e)).sqrt());
        assert!((r.sum::<f64>() - correlated.score).abs() < 1e-4);
    }
}

#[test]
fn each_asking_makes_the_cascade_one_deeper_and_changes_nothing() {
    let mut lab = Lab::new(&[3, 0, 0, 0, 2], Activation::Tanh, Schedule::Grouped, Lab::before);
    let mut method = CascadeCorrelation { steps: 30, ..CascadeCorrelation::default() };
    for unit in 1..=4 {
        let (signals, before) = lab.run(&method);
        let (verdict, proposals) = lab.propose(&mut method, &signals);
        assert!(matches!(verdict, Verdict::Proposed));
        let born = birth(&lab, &proposals);
        assert_eq!(born.group.index(), unit.min(3), "the first empty group, or the last");
        // Three inputs and all the units before; the fourth does not hear the third, beside which it stands.
        assert_eq!(born.heard.len(), 3 + unit.min(3) - 1);
        assert!(born.axon.len() == 2 && born.axon.iter().all(|&(_, weight)| weight == 0.0));
        lab.commit(proposals.into_iter().map(|proposal| proposal.what));
        let (_, after) = lab.run(&method);
        assert_eq!(before, after);
    }
    let depth = lab.network.depth();
    assert_eq!(depth, 0, "all within one cycle");
}

#[test]
fn what_was_trained_is_frozen_and_the_axon_is_free() {
    let mut lab = Lab::new(&[3, 0, 2], Activation::Tanh, Schedule::Grouped, Lab::before);
    let mut method = CascadeCorrelation::default();
    let (signals, _) = lab.run(&method);
    let (_, proposals) = lab.propose(&mut method, &signals);
    let Move::Bear { neuron, .. } = proposals[0].what else { panic!("{proposals:?}") };
    assert_eq!(proposals[1].what, Move::Mark { at: Scope::Neuron(neuron), mark: Mark::Frozen });
    lab.commit(proposals.into_iter().map(|proposal| proposal.what));
    let row = lab.network.row(neuron).unwrap();
    assert!(lab.network.is_frozen(row));
    lab.run(&method);
    let before = lab.naive.parameters_mut().clone();
    let rule = UpdateRule { optimizer: Optimizer::Sgd, rate: 0.1, passes: Vec::new(), step: 1 };
    lab.naive.update(&lab.network, &rule).unwrap();
    let after = lab.naive.parameters_mut().clone();
    for synapse in 0..lab.network.synapse_count() {
        let own = lab.network.incoming(row).contains(&synapse);
        assert_eq!(before.weights[synapse] == after.weights[synapse], own, "connection {synapse}");
    }
    assert_eq!(before.bias[row.index()], after.bias[row.index()]);
}

#[test]
fn an_axon_leans_against_the_correlation_and_foretells_the_fall() {
    let mut lab = Lab::new(&[3, 0, 2], Activation::Tanh, Schedule::Grouped, Lab::before);
    let mut method = CascadeCorrelation { axon: 1e-3, ..CascadeCorrelation::default() };
    let (signals, before) = lab.run(&method);
    let (_, proposals) = lab.propose(&mut method, &signals);
    let born = birth(&lab, &proposals);
    let (values, errors) = patterns(&lab, &signals, &born);
    for ((_, weight), errors) in born.axon.iter().zip(&errors) {
        assert_eq!(*weight, -1e-3 * covariance(&values, errors).signum() as f32);
    }
    // Outputs are linear, so the loss Σ d · y has this derivative itself.
    let foretold = f64::from(proposals[0].reason.foretold.unwrap());
    lab.commit(proposals.into_iter().map(|proposal| proposal.what));
    let (_, after) = lab.run(&method);
    let d_outputs = (0..after.len() as u64).map(|at| lab.key.at(1).normal(at, 0));
    let change: f64 = after.iter().zip(&before).zip(d_outputs).map(|((a, b), d)| f64::from(a - b) * d).sum();
    assert!((change - foretold).abs() < 1e-4 * foretold.abs().max(1e-3), "{change} {foretold}");
}

#[test]
fn siblings_stand_beside_the_last_unit() {
    let lab = || Lab::new(&[3, 1, 0, 2], Activation::Tanh, Schedule::Grouped, Lab::before);
    let of = |kin| {
        let mut method = CascadeCorrelation { kin, pool: 16, steps: 60, ..CascadeCorrelation::default() };
        let mut lab = lab();
        let (signals, _) = lab.run(&method);
        let (_, proposals) = lab.propose(&mut method, &signals);
        assert_eq!(proposals[0].reason.considered, 16);
        birth(&lab, &proposals)
    };
    // Where going deeper counts for nothing, the best of the siblings is born.
    let (sibling, best) = (of(Kin::SiblingDescendant(0.0)), of(Kin::SiblingDescendant(1.0)));
    assert_eq!((sibling.group.index(), sibling.heard.len()), (1, 3));
    assert!(best.score >= sibling.score);
    assert_eq!(of(Kin::Descendant).group.index(), 2);
}

#[test]
fn where_nothing_is_wrong_nobody_is_born() {
    let mut lab = Lab::new(&[3, 0, 2], Activation::Tanh, Schedule::Grouped, Lab::before);
    let mut method = CascadeCorrelation::default();
    let (values, zeros) = (vec![1.0; LANES * 3], vec![0.0; LANES * 2]);
    let window = Window { cycles: 1, lanes: LANES, values: &values };
    lab.naive.forward(&lab.network, window, None).unwrap();
    lab.naive.backward(&lab.network, &zeros).unwrap();
    let signals = lab.naive.signals(&lab.network, &method.needs());
    let (verdict, proposals) = lab.propose(&mut method, &signals);
    assert!(matches!(verdict, Verdict::Nothing(Why::NoCandidates)) && proposals.is_empty());
}

#[test]
fn a_cascade_learns_parity() {
    let mut lab = Lab::new(&[3, 0, 0, 0, 0, 0, 1], Activation::Tanh, Schedule::Grouped, Lab::before);
    let mut draft = Draft::new(&lab.network, 0);
    let output = lab.network.outputs().start;
    let at = lab
        .network
        .inputs()
        .map(|pre| (livenet_core::Synapse::new(lab.network.id(Row::new(output)), lab.network.id(Row::new(pre))), 0));
    draft.propose(Move::Grow { at: at.collect(), birth: livenet_core::Birth::Value(0.0) }).unwrap();
    let moves: Vec<Move> = draft.finish().proposals().iter().map(|proposal| proposal.what.clone()).collect();
    lab.commit(moves);
    let bit = |sample: usize, at: usize| if sample >> at & 1 == 1 { 1.0f32 } else { -1.0 };
    let values: Vec<f32> = (0..8).flat_map(|sample| (0..3).map(move |at| bit(sample, at))).collect();
    let mut losses = Vec::new();
    let mut method = CascadeCorrelation::default();
    for _ in 0..5 {
        let mut loss = 0.0;
        for step in 0..1500 {
            let window = Window { cycles: 1, lanes: 8, values: &values };
            let outputs = lab.naive.forward(&lab.network, window, None).unwrap();
            let errors = (0..8).map(|sample| outputs[sample] - bit(sample, 0) * bit(sample, 1) * bit(sample, 2));
            let errors: Vec<f32> = errors.collect();
            loss = errors.iter().map(|error| error * error).sum::<f32>() / 8.0;
            lab.naive.backward(&lab.network, &errors.iter().map(|error| error / 8.0).collect::<Vec<_>>()).unwrap();
            let rule = UpdateRule { optimizer: Optimizer::Sgd, rate: 0.2, passes: Vec::new(), step };
            lab.naive.update(&lab.network, &rule).unwrap();
        }
        losses.push(loss);
        // An update clears what it was made of.
        let window = Window { cycles: 1, lanes: 8, values: &values };
        let outputs = lab.naive.forward(&lab.network, window, None).unwrap();
        let errors: Vec<f32> =
            (0..8).map(|sample| (outputs[sample] - bit(sample, 0) * bit(sample, 1) * bit(sample, 2)) / 8.0).collect();
        lab.naive.backward(&lab.network, &errors).unwrap();
        let signals = lab.naive.signals(&lab.network, &method.needs());
        let (_, proposals) = lab.propose(&mut method, &signals);
        lab.commit(proposals.into_iter().map(|proposal| proposal.what));
    }
    assert!(losses[0] > 0.99, "the inputs alone know nothing of it: {losses:?}");
    assert!(losses.windows(2).all(|pair| pair[1] < pair[0] + 1e-3) && losses[4] < 0.02, "{losses:?}");
}

#[test]
fn newborns_keep_their_distance() {
    for name in ["cascade_correlation", "nest", "north"] {
        for variant in 1..3 {
            let mut lab =
                Lab::new(&[5, 3, 0, 4], Activation::Tanh, Schedule::Grouped, |at| Lab::before(at).within(1.5));
            let spread: Vec<Move> = (lab.network.neuron_rows())
                .map(|row| {
                    let mut spec = lab.network.spec(row).clone();
                    let first = lab.network.members(spec.group).start;
                    spec.position = [(row.get() - first) as f32, spec.group.index() as f32 * 0.1];
                    Move::Retune { neuron: lab.network.id(row), spec }
                })
                .collect();
            lab.commit(spread);
            let settings = match (name, variant) {
                ("north", _) => Settings::none().with("gamma", Value::Real(0.0)).with("candidates", Value::Integer(4)),
                ("nest", 2) => Settings::none().with("spread", Value::Text("each".into())),
                _ => Settings::none(),
            };
            let mut method = Registry::standard().find(name).unwrap().strategy(settings).unwrap();
            lab.commit(wired(&lab));
            let (signals, _) = lab.run(&*method);
            let (verdict, proposals) = lab.propose(&mut *method, &signals);
            assert!(matches!(verdict, Verdict::Proposed), "{name}: {verdict:?}");
            let Move::Bear { dendrites, axon, .. } = &proposals[0].what else { panic!("{proposals:?}") };
            assert!((1..=3).contains(&dendrites.iter().filter(|end| end.at.number() < 5).count()), "{name}");
            assert!((1..=4).contains(&axon.len()), "{name}");
            lab.commit(proposals.into_iter().map(|proposal| proposal.what));
        }
    }
}

/// All connections within reach.
fn wired(lab: &Lab) -> Vec<Move> {
    let mut draft = Draft::new(&lab.network, 0);
    Wiring::Dense.propose(&mut draft, lab.key).unwrap();
    draft.finish().proposals().iter().map(|proposal| proposal.what.clone()).collect()
}

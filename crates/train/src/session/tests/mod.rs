//! Sessions on the mock device, where nothing but order and bookkeeping is at stake, and on the CPU where
//! numbers are.

mod lasso;
mod life;

use super::{Answers, Batch, Continuity, Event, Grower, Learning, Session};
use crate::{Loss, Native, Threads};
use livenet_core::testing::MockDevice;
use livenet_core::{
    Activation, Birth, Commit, Draft, ExecutorSettings, FireGroup, Follower, GroupId, Journal, Move, Network, NeuronId,
    NeuronSpec, Norm, Optimizer, Origin, Reach, Role, Schedule, Signal, StreamKey, Synapse, Unit, Window,
};
use livenet_growth::{Budget, Mitosis, Strategy, Verdict, View, When, WhenState, Why};
use std::sync::{Arc, Mutex};

/// Two inputs, three hidden, one output; hidden neurons hear inputs and themselves, the output all.
fn network() -> (Network, Journal, Commit) {
    let unit = Unit::rate(Activation::Tanh);
    let group = |name: &str, role, reach| FireGroup { name: name.into(), role, unit, norm: Norm::None, reach };
    let [input, hidden] = [0, 1].map(GroupId::new);
    let groups = vec![
        group("input", Role::Input, Reach::nobody()),
        group("hidden", Role::Hidden, Reach::groups([input, hidden])),
        group("output", Role::Output, Reach::groups([input, hidden])),
    ];
    let mut network = Network::new(groups, Schedule::Grouped).unwrap();
    let mut journal = Journal::new(&network, 2);
    let mut draft = Draft::new(&network, 0);
    for (group, count) in [(0, 2), (1, 3), (2, 1)] {
        for _ in 0..count {
            let (neuron, group) = (draft.name(), GroupId::new(group));
            draft.propose(Move::Add { neuron, spec: NeuronSpec::of(group, unit), origin: Origin::Seed }).unwrap();
        }
    }
    for (post, pre, weight) in [(2, 0, 0.5), (3, 1, -0.5), (4, 2, 0.25), (5, 2, 1.0), (5, 3, 1.0), (5, 4, 1.0)] {
        draft.propose(Move::Connect { at: pair(post, pre), delay: 0, birth: Birth::Value(weight) }).unwrap();
    }
    let finished = draft.finish();
    journal.append(&network, &finished);
    let commit = network.commit(finished).unwrap();
    journal.committed(&network);
    (network, journal, commit)
}

fn pair(post: u64, pre: u64) -> Synapse {
    Synapse::new(NeuronId::new(post), NeuronId::new(pre))
}

fn learning(rate: f32, end: Option<u64>) -> Learning {
    let mut learning = Learning::new(Loss::MeanSquared, Optimizer::Sgd, rate);
    learning.end = end;
    learning
}

fn on_mock(learning: Learning, growers: Vec<Grower>) -> Session {
    let (network, journal, _) = network();
    let device = MockDevice::new(&network, ExecutorSettings::default(), 5);
    let session = Session::new(network, Box::new(device), journal, learning, StreamKey::new(3, "session"));
    session.unwrap().with_growers(growers)
}

fn on_cpu(learning: Learning, growers: Vec<Grower>) -> Session {
    let (after, journal, commit) = network();
    let before = journal.replay(0).unwrap();
    let mut native = Native::new(&before, ExecutorSettings::default(), Threads::Exactly(std::num::NonZeroUsize::MIN));
    native.follow(&after, &commit);
    let session = Session::new(after, Box::new(native), journal, learning, StreamKey::new(3, "session"));
    session.unwrap().with_growers(growers)
}

fn every_step(name: &str, strategy: impl Strategy + 'static, budget: Budget) -> Grower {
    Grower::new(name, Box::new(strategy), WhenState::new(When::Every { steps: 1, from: 0, until: None }), budget)
}

/// Two cycles of two lanes; the answer is the first input.
fn data(continuity: Continuity) -> Batch {
    let inputs = vec![1.0, 0.5, -1.0, 0.25, 0.5, -0.75, -0.25, 1.0];
    let answers = Answers::Values(inputs.chunks(2).map(|pair| pair[0]).collect());
    Batch { cycles: 2, lanes: 2, inputs, answers, counts: None, continuity }
}

type Seen = Arc<Mutex<Vec<f32>>>;

/// Does what a closure says, with the signals that it names.
#[derive(Clone)]
struct Scripted {
    needs: Vec<Signal>,
    script: fn(&View<'_>, &mut Draft<'_>, &Seen) -> Verdict,
    seen: Seen,
}

impl Follower for Scripted {
    fn follow(&mut self, _: &Network, _: &Commit) {}
}

impl Strategy for Scripted {
    fn needs(&self) -> Vec<Signal> {
        self.needs.clone()
    }
    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        (self.script)(view, draft, &self.seen)
    }
    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }
}

fn scripted(needs: Vec<Signal>, script: fn(&View<'_>, &mut Draft<'_>, &Seen) -> Verdict) -> Scripted {
    Scripted { needs, script, seen: Seen::default() }
}

#[test]
fn a_draft_that_is_cut_to_nothing_leaves_no_trace_but_its_event() {
    let budget = Budget { neurons: Some(6), ..Budget::unlimited() };
    let mut session = on_mock(learning(0.1, None), vec![every_step("mitosis", Mitosis::default(), budget)]);
    let before = session.network().clone();
    for _ in 0..5 {
        session.step(&data(Continuity::Fresh)).unwrap();
    }
    assert_eq!((session.network().digest(), session.journal().len()), (before.digest(), 1));
    assert_eq!(session.journal().verify().unwrap().digest(), before.digest());
    let events = session.take_events();
    let all_cut = |event: &&Event| matches!(event, Event::Unchanged { why: Why::OverBudget { cut: 3 }, cut, .. } if cut.len() == 3);
    assert_eq!(events.iter().filter(all_cut).count(), 5, "{events:?}");
}

#[test]
fn the_mother_of_a_division_that_is_cut_keeps_her_weights() {
    // One division fits; the two others must leave no nudge behind.
    let budget = Budget { neurons: Some(7), ..Budget::unlimited() };
    let mut session = on_mock(learning(0.1, None), vec![every_step("mitosis", Mitosis::default(), budget)]);
    session.step(&data(Continuity::Fresh)).unwrap();
    let nudged: Vec<usize> = session
        .take_events()
        .iter()
        .filter_map(|event| match event {
            Event::Committed { why, .. } => Some(why.len()),
            _ => None,
        })
        .collect();
    assert_eq!(nudged, [1, 2], "one division, then its mother and daughter");
    assert_eq!(session.journal().verify().unwrap().digest(), session.network().digest());
}

#[test]
fn who_is_asked_after_a_commit_sees_gradients() {
    let connects = scripted(Vec::new(), |_, draft, _| {
        draft.propose(Move::Connect { at: pair(2, 1), delay: 0, birth: Birth::Value(0.0) }).unwrap();
        Verdict::Proposed
    });
    let looks =
        scripted(vec![Signal::Gradient, Signal::AbsentGradient { top: 100 }, Signal::Residual], |view, _, seen| {
            let largest = |values: &[f32]| values.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
            let absent = view.signals.candidates().iter().map(|candidate| candidate.gradient.abs()).fold(0.0, f32::max);
            seen.lock().unwrap().extend([
                largest(view.signals.values(Signal::Gradient)),
                absent,
                largest(view.signals.values(Signal::Residual)),
            ]);
            Verdict::Nothing(Why::Still)
        });
    let seen = Arc::clone(&looks.seen);
    let growers =
        vec![every_step("connects", connects, Budget::unlimited()), every_step("looks", looks, Budget::unlimited())];
    for continuity in [Continuity::Fresh, Continuity::Carried] {
        let mut session = on_cpu(learning(0.1, None), growers.clone());
        session.step(&data(continuity)).unwrap();
        let seen = std::mem::take(&mut *seen.lock().unwrap());
        assert!(seen.len() == 3 && seen.iter().all(|&value| value > 1e-3), "{continuity:?}: {seen:?}");
    }
}

#[test]
fn a_look_between_windows_leaves_the_carried_state_as_it_was() {
    let connects = |view: &View<'_>, draft: &mut Draft<'_>, _: &Seen| {
        let at = [pair(2, 1), pair(3, 0), pair(4, 0)][view.step as usize % 3];
        match draft.propose(Move::Connect { at, delay: 0, birth: Birth::Value(0.0) }) {
            Ok(()) => Verdict::Proposed,
            Err(_) => Verdict::Nothing(Why::NoCandidates),
        }
    };
    let looks = scripted(vec![Signal::Gradient], |_, _, _| Verdict::Nothing(Why::Still));
    let outputs = |looker: Option<Scripted>| {
        let mut growers = vec![every_step("connects", scripted(Vec::new(), connects), Budget::unlimited())];
        growers.extend(looker.map(|looks| every_step("looks", looks, Budget::unlimited())));
        let mut session = on_cpu(learning(0.1, None), growers);
        for _ in 0..4 {
            session.step(&data(Continuity::Carried)).unwrap();
        }
        let network = session.network().clone();
        let exported = session.executor().export(&network);
        (exported.outputs, exported.weights)
    };
    assert_eq!(outputs(None), outputs(Some(looks)));
}

#[test]
fn state_is_carried_from_window_to_window_where_the_task_says_so() {
    let state = |continuity| {
        // A self-connection makes what was matter.
        let looped = scripted(Vec::new(), |_, draft, _| {
            draft.propose(Move::Connect { at: pair(2, 2), delay: 0, birth: Birth::Value(0.9) }).unwrap();
            Verdict::Proposed
        });
        let once = WhenState::new(When::Once { at: 1 });
        let growers = vec![Grower::new("loops", Box::new(looped), once, Budget::unlimited())];
        let mut session = on_cpu(learning(0.0, None), growers);
        for _ in 0..3 {
            session.step(&data(continuity)).unwrap();
        }
        let network = session.network().clone();
        session.executor().export(&network).outputs
    };
    assert_ne!(state(Continuity::Carried), state(Continuity::Fresh));
    // Two windows in a row are one of twice the length.
    let data = data(Continuity::Carried);
    let mut one = on_cpu(learning(0.0, None), Vec::new());
    let twice = [data.inputs.clone(), data.inputs.clone()].concat();
    let network = one.network().clone();
    let long = one.executor_mut().predict(&network, Window { cycles: 4, lanes: 2, values: &twice }).unwrap();
    for _ in 0..2 {
        one.step(&data).unwrap();
    }
    let carried = one.executor().export(&network).outputs[0][5 * 2..].to_vec();
    assert_eq!(carried, long[long.len() - 2..]);
}

#[test]
fn the_best_of_some_drafts_is_committed_within_its_budget() {
    let tries = |view: &View<'_>, _: &mut Draft<'_>, _: &Seen| {
        if view.step > 1 {
            return Verdict::Done;
        }
        let draft = |pairs: &[(Synapse, f32)]| {
            let mut draft = Draft::new(view.network, view.step);
            for &(at, weight) in pairs {
                draft.propose(Move::Connect { at, delay: 0, birth: Birth::Value(weight) }).unwrap();
            }
            draft.finish()
        };
        // Straight from the first input, which is the answer; against it; so large that training diverges.
        let drafts = vec![
            draft(&[(pair(5, 0), -3.0)]),
            draft(&[(pair(5, 0), 1.0), (pair(2, 1), 0.0)]),
            draft(&[(pair(5, 0), f32::MAX)]),
        ];
        Verdict::Trial { drafts, steps: 3 }
    };
    let budget = Budget { connections: Some(7), ..Budget::unlimited() };
    let mut session = on_cpu(learning(0.05, None), vec![every_step("tries", scripted(Vec::new(), tries), budget)]);
    for _ in 0..3 {
        session.step(&data(Continuity::Fresh)).unwrap();
    }
    let events = session.take_events();
    let tried = events.iter().find_map(|event| match event {
        Event::Tried { losses, chosen, .. } => Some((losses.clone(), *chosen)),
        _ => None,
    });
    let (losses, chosen) = tried.unwrap();
    assert_eq!((losses.len(), chosen), (4, 1), "{losses:?}");
    assert!(losses[1] < losses[3] && losses[3] < losses[0], "{losses:?}");
    let committed = events.iter().find_map(|event| match event {
        Event::Committed { cut, connections, .. } => Some((cut.len(), *connections)),
        _ => None,
    });
    assert_eq!(committed, Some((1, 7)), "one of the two connections is over the budget");
    assert_eq!(session.journal().verify().unwrap().digest(), session.network().digest());
}

#[test]
fn nobody_is_asked_after_the_last_update() {
    let counts = scripted(Vec::new(), |view, _, seen| {
        seen.lock().unwrap().push(view.step as f32);
        Verdict::Nothing(Why::Still)
    });
    let seen = Arc::clone(&counts.seen);
    let mut session = on_mock(learning(0.1, Some(4)), vec![every_step("counts", counts, Budget::unlimited())]);
    for _ in 0..4 {
        session.step(&data(Continuity::Fresh)).unwrap();
    }
    assert_eq!(*seen.lock().unwrap(), [1.0, 2.0, 3.0]);
}

#[test]
fn a_saved_session_goes_on_in_one_of_another_structure() {
    let growers =
        || vec![every_step("mitosis", Mitosis::default(), Budget { neurons: Some(12), ..Budget::unlimited() })];
    let mut first = on_mock(learning(0.1, None), growers());
    let data = data(Continuity::Fresh);
    first.step(&data).unwrap();
    let mut second = on_mock(learning(0.1, None), growers());
    second.load(first.save()).unwrap();
    for _ in 0..3 {
        first.step(&data).unwrap();
        second.step(&data).unwrap();
    }
    assert_eq!(first.network().digest(), second.network().digest());
    assert_eq!(second.journal().verify().unwrap().digest(), first.network().digest());
    let wrong = on_mock(learning(0.1, None), Vec::new()).load(first.save()).unwrap_err();
    assert!(wrong.to_string().contains("another config"), "{wrong}");
}

#[test]
fn what_is_foretold_is_measured_on_the_window_that_was_seen() {
    let against = |view: &View<'_>, draft: &mut Draft<'_>, _: &Seen| {
        let gradients = view.signals.values(Signal::Gradient);
        for (row, at) in view.network.synapses() {
            let (gradient, by) = (gradients[row.index()], 1e-3);
            let reason = livenet_core::Reason::scored("downhill", gradient).foretelling(-by * gradient * gradient);
            let plus = Birth::Value(-by * gradient);
            draft.propose_because(Move::Reweigh { at, plus }, 0.0, reason).unwrap();
        }
        Verdict::Proposed
    };
    // Nothing is learned between the sweep and the commit: the rate is 0.
    for continuity in [Continuity::Fresh, Continuity::Carried] {
        let grower = every_step("downhill", scripted(vec![Signal::Gradient], against), Budget::unlimited());
        let mut session = on_cpu(learning(0.0, None), vec![grower]);
        session.step(&data(continuity)).unwrap();
        let events = session.take_events();
        let found = events.iter().find_map(|event| match event {
            Event::Foretold { foretold, loss, gradient, .. } => Some((*foretold, *loss, *gradient)),
            _ => None,
        });
        let (foretold, loss, gradient) = found.unwrap();
        assert!(foretold < -1e-4, "{foretold}");
        let measured = loss[1] - loss[0];
        assert!((measured - foretold).abs() < 0.05 * foretold.abs(), "{measured} instead of {foretold}");
        // A state that is carried on has moved by the time of the looking.
        let own = (foretold + 1e-3 * gradient[0] * gradient[0]).abs() < 1e-3 * foretold.abs();
        assert!(own || continuity == Continuity::Carried, "{gradient:?}");
        assert!(gradient[1] > 0.0 && gradient[1] < gradient[0], "{gradient:?}");
    }
}

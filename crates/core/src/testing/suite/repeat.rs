//! The same bits: for any number of threads, and for any memory.

use super::{Make, Options, chance::Dice, graph};
use crate::{
    Activation, Birth, Draft, Executor, ExecutorSettings, FireGroup, GroupId, Law, Move, Network, NeuronSpec, Norm,
    Optimizer, Origin, Reach, Role, Schedule, Signal, Synapse, Unit, UpdateRule, Window,
};

/// Everything that a short run shows, as bits.
fn bits(make: Make<'_>, settings: ExecutorSettings, large: bool, case: u32) -> Vec<u32> {
    let mut dice = Dice::new(case);
    let mut network = if large { wide() } else { graph::empty(&mut dice, &Options::default()) };
    let mut executor = make(&network, settings);
    let mut draft = Draft::new(&network, 0);
    if large {
        fill(&mut dice, &mut draft);
    } else {
        graph::populate(&mut dice, &Options::default(), &mut draft);
    }
    let finished = draft.finish();
    let commit = network.commit(finished).expect("the draft is of this network");
    executor.follow(&network, &commit);
    let (cycles, lanes) = if large { (3, 50) } else { (dice.within(1..=6), dice.within(1..=40)) };
    let mut seen = Vec::new();
    for step in 0..3 {
        let values = dice.normals(cycles * lanes * network.inputs().len(), 0.7);
        seen.extend(once(&mut *executor, &network, Window { cycles, lanes, values: &values }, step));
    }
    seen.iter().map(|value| value.to_bits()).collect()
}

/// A window, a sweep, an update; what they gave. An error gives nothing, and must do so every time.
fn once(executor: &mut dyn Executor, network: &Network, window: Window<'_>, step: u64) -> Vec<f32> {
    let signals = [Signal::OutputMean, Signal::Utility, Signal::Blame, Signal::Gradient, Signal::Residual];
    executor.observe(network, &signals);
    let Ok(outputs) = executor.forward(network, window, None) else { return Vec::new() };
    let Ok(()) = executor.backward(network, &outputs) else { return outputs };
    let absent = Signal::AbsentGradient { top: 50 };
    let found = executor.signals(network, &[&signals[..], &[absent]].concat());
    let mut seen: Vec<f32> = signals.iter().flat_map(|&signal| found.values(signal).to_vec()).collect();
    seen.extend(found.candidates().iter().flat_map(|c| [c.post as f32, c.pre as f32, f32::from(c.delay), c.gradient]));
    let rule = UpdateRule { optimizer: Optimizer::ADAM, rate: 1e-3, passes: Vec::new(), step };
    let updated = executor.update(network, &rule).is_ok();
    seen.push(f32::from(u8::from(updated)));
    seen.extend(executor.predict(network, window).unwrap_or_default());
    seen.extend(outputs);
    seen.extend(executor.export(network).weights);
    seen
}

/// Groups for a network on which work is worth a second thread.
fn wide() -> Network {
    let group = |name: &str, role, reach| FireGroup {
        name: name.into(),
        role,
        unit: Unit::rate(Activation::Tanh),
        norm: Norm::None,
        reach,
    };
    let all = || Reach::groups([0, 1, 2].map(GroupId::new)).with_max_delay(1);
    let groups = vec![
        group("in", Role::Input, Reach::nobody()),
        group("middle", Role::Hidden, all()),
        group("out", Role::Output, all()),
    ];
    Network::new(groups, Schedule::Grouped).expect("one input group first, one output group")
}

fn fill(dice: &mut Dice, draft: &mut Draft<'_>) {
    let mut born = Vec::new();
    for (group, count) in [(0, 40), (1, 260), (2, 10)] {
        for _ in 0..count {
            let neuron = draft.name();
            let spec = NeuronSpec::of(GroupId::new(group), Unit::rate(Activation::Tanh));
            draft
                .propose(Move::Add { neuron, spec, origin: Origin::Seed })
                .expect("a new name in a group that is there");
            born.push(neuron);
        }
    }
    let birth = Birth::Random { key: dice.key(), law: Law::Normal, scale: 0.15 };
    let pairs = born[40..].iter().flat_map(|&post| born.iter().map(move |&pre| (Synapse::new(post, pre), 0)));
    let at = pairs.filter(|_| dice.yes(0.12)).collect();
    draft.propose(Move::Grow { at, birth }).expect("every pair is absent and within reach");
}

/// Runs the same on 1, 2 and 3 threads and compares every bit of outputs, signals, updates and predictions,
/// on small networks and on one large enough to be worth dividing.
///
/// # Errors
/// Which run differs.
pub fn same_bits_for_threads(
    make: &(dyn Fn(&Network, ExecutorSettings) -> Box<dyn Executor> + Sync),
) -> Result<(), String> {
    let pools = (1..=3).map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build());
    let pools = pools.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    for (case, large) in [(1, false), (2, false), (3, false), (4, true)] {
        let runs: Vec<Vec<u32>> =
            pools.iter().map(|pool| pool.install(|| bits(make, ExecutorSettings::default(), large, case))).collect();
        if let Some(at) = runs.iter().position(|run| *run != runs[0]) {
            return Err(format!("case {case} has other bits on {} threads than on one", at + 1));
        }
    }
    Ok(())
}

/// A prediction, and a window run in a row of windows, has the same bits whatever the memory.
///
/// # Errors
/// Which memory differs.
pub fn same_bits_for_memory(make: Make<'_>) -> Result<(), String> {
    for case in 0..6 {
        let run = |memory| {
            let mut dice = Dice::new(case);
            let mut network = graph::empty(&mut dice, &Options::default());
            let mut executor = make(&network, ExecutorSettings { memory, ..ExecutorSettings::default() });
            let mut draft = Draft::new(&network, 0);
            graph::populate(&mut dice, &Options::default(), &mut draft);
            let finished = draft.finish();
            let commit = network.commit(finished).expect("the draft is of this network");
            executor.follow(&network, &commit);
            let mut seen = Vec::new();
            for cycles in [3, 1, 5, 2] {
                let values = dice.normals(cycles * 3 * network.inputs().len(), 0.7);
                let window = Window { cycles, lanes: 3, values: &values };
                seen.extend(executor.forward(&network, window, None).unwrap_or_default());
                seen.extend(executor.predict(&network, window).unwrap_or_default());
            }
            seen.iter().map(|value| value.to_bits()).collect::<Vec<u32>>()
        };
        let first = run(None);
        for memory in [1, 7, 100] {
            if run(Some(memory)) != first {
                return Err(format!(
                    "case {case} has other bits with a memory of {memory} cycles than with that of the window"
                ));
            }
        }
    }
    Ok(())
}

//! The same bits after an export and an import into another executor, as if nothing had happened.

use super::{Make, Options, chance::Dice, graph};
use crate::{
    Draft, Dropout, Executor, ExecutorSettings, Exported, Move, Network, Optimizer, Role, Signal, StreamKey,
    UpdateRule, Window,
};

/// What shows in windows from `steps` on; each window with its sweep, update and dropout.
fn go_on(executor: &mut dyn Executor, network: &Network, case: u32, steps: std::ops::Range<u64>) -> Vec<u32> {
    let mut seen = Vec::new();
    for step in steps {
        let mut dice = Dice::new(1000 * case + step as u32);
        let values = dice.normals(3 * 5 * network.inputs().len(), 0.7);
        let window = Window { cycles: 3, lanes: 5, values: &values };
        let dropout = Dropout::new(0.3, StreamKey::new(7, "dropout").at(step));
        let dropout = (case + step as u32).is_multiple_of(2).then_some(dropout);
        if let Ok(outputs) = executor.forward(network, window, dropout) {
            seen.extend(outputs.iter().map(|value| value.to_bits()));
            let optimizer = Optimizer::RmsProp { alpha: 0.9, epsilon: 1e-3 };
            let rule = UpdateRule { optimizer, rate: 1e-3, passes: Vec::new(), step };
            let learned = executor.backward(network, &outputs).and_then(|()| executor.update(network, &rule));
            seen.push(u32::from(learned.is_ok()));
            seen.extend(executor.export(network).weights.iter().map(|value| value.to_bits()));
        }
    }
    seen
}

/// Both follow a division before the next update: moments are shared as their optimizer demands.
fn divide(network: &mut Network, one: &mut dyn Executor, other: &mut dyn Executor) {
    let hidden = network.neuron_rows().find(|&row| network.role(row) == Role::Hidden);
    let Some(mother) = hidden.map(|row| network.id(row)) else { return };
    let mut draft = Draft::new(network, 3);
    let daughter = draft.name();
    if draft.propose(Move::Divide { mother, daughter, share: 0.25 }).is_ok() {
        let finished = draft.finish();
        let commit = network.commit(finished).expect("the draft is of this network");
        one.follow(network, &commit);
        other.follow(network, &commit);
    }
}

/// Exported after three windows and imported into an executor that was made for another network, it goes on
/// with the same bits, also where a sweep goes back over the windows before.
///
/// # Errors
/// Which memory differs.
pub fn same_bits_after_import(make: Make<'_>) -> Result<(), String> {
    let options = Options::default();
    for case in 0..12 {
        for memory in [None, Some(4), Some(7), Some(100)] {
            let mut dice = Dice::new(case);
            let mut network = graph::empty(&mut dice, &options);
            let settings = ExecutorSettings { memory, ..ExecutorSettings::default() };
            let mut executor = make(&network, settings);
            let mut other = executor.boxed_clone();
            let mut draft = Draft::new(&network, 0);
            graph::populate(&mut dice, &options, &mut draft);
            let finished = draft.finish();
            let commit = network.commit(finished).expect("the draft is of this network");
            executor.follow(&network, &commit);
            let watched = [Signal::OutputMean, Signal::Utility, Signal::UpdateSize];
            executor.observe(&network, &watched);
            go_on(&mut *executor, &network, case, 0..3);
            let state: Exported = executor.export(&network);
            other.import(&network, &state).map_err(|error| error.to_string())?;
            other.observe(&network, &watched);
            if other.export(&network) != state {
                return Err(format!("case {case}, memory {memory:?}: what was imported is exported otherwise"));
            }
            let sizes = |executor: &mut dyn Executor| {
                executor.signals(&network, &[Signal::UpdateSize]).values(Signal::UpdateSize).to_vec()
            };
            if sizes(&mut *other) != sizes(&mut *executor) {
                return Err(format!("case {case}, memory {memory:?}: update sizes are lost by an import"));
            }
            if case.is_multiple_of(2) {
                divide(&mut network, &mut *executor, &mut *other);
            }
            if go_on(&mut *other, &network, case, 3..6) != go_on(&mut *executor, &network, case, 3..6) {
                return Err(format!("case {case}, memory {memory:?}: other bits after an export and an import"));
            }
        }
    }
    Ok(())
}

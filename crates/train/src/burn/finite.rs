//! Values that are infinite or not a number: found by one sum on the device, named on the host.

use super::{activation::to_host, plan::Plan, window::Cycle};
use burn::tensor::{Tensor, backend::Backend};
use livenet_core::{ExecError, Network, Row};
use std::ops::Range;

/// Zero if all values are finite, not a number otherwise.
pub(super) fn alarm<I: Backend, const D: usize>(values: Tensor<I, D>) -> Tensor<I, 1> {
    values.mul_scalar(0.0).sum()
}

/// Whether an alarm went off.
pub(super) fn rang<I: Backend>(alarm: Option<Tensor<I, 1>>) -> bool {
    alarm.is_some_and(|alarm| to_host(alarm).iter().any(|&value| value != 0.0))
}

/// The first culprit among values `[lane][member]` of these rows, in the order of rows, kinds, lanes.
pub(super) fn check<I: Backend>(
    network: &Network,
    members: Range<usize>,
    values: Vec<(&'static str, Tensor<I, 2>)>,
    cycle: usize,
) -> Result<(), ExecError> {
    let count = members.len();
    let values: Vec<(&'static str, Vec<f32>)> =
        values.into_iter().map(|(what, values)| (what, to_host(values))).collect();
    for (at, row) in members.enumerate() {
        for (what, values) in &values {
            if let Some(&value) = values.iter().skip(at).step_by(count).find(|value| !value.is_finite()) {
                return Err(ExecError::NonFinite { what, neuron: network.id(Row::new(row as u32)), cycle, value });
            }
        }
    }
    Ok(())
}

/// The first culprit in a cycle, in the order of firing.
pub(super) fn check_cycle<I: Backend>(
    network: &Network,
    plan: &Plan,
    cycle: &Cycle<I>,
    number: usize,
) -> Result<(), ExecError> {
    for (section, fired) in plan.sections.iter().zip(cycle) {
        let Some(fired) = fired else { continue };
        let potential = fired.inside.as_ref().map(|inside| ("potential", inside.potential.clone()));
        let values = potential.into_iter().chain([("output", fired.output.clone())]);
        check(network, section.members.clone(), values.collect(), number)?;
    }
    Ok(())
}

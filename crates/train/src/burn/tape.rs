//! The memory as a checkpoint holds it: every recorded cycle, so that a later sweep goes back over the same
//! numbers.

use super::{
    activation::to_host,
    history::History,
    plan::Plan,
    window::{Cycle, Fired, Inside},
};
use burn::tensor::{Tensor, TensorData, backend::Backend};
use livenet_core::{ExecError, Role, Tape};

/// Values of a group in a cycle: output, state, raw, potential, mask; empty where there is none.
const COLUMNS: usize = 5;

fn host<I: Backend>(value: Option<&Tensor<I, 2>>) -> Vec<f32> {
    value.map_or_else(Vec::new, |value| to_host(value.clone()))
}

impl<I: Backend> History<I> {
    /// What is remembered. A sweep starts from the state before, which the export holds beside it.
    pub(super) fn tape(&self, executor: &str) -> Tape {
        // The cycles of the state lie in front: delayed connections of the oldest recorded cycles hear them.
        let columns = self.cycles.iter().flatten().flat_map(|fired| {
            let inside = fired.as_ref().and_then(|fired| fired.inside.as_ref());
            [
                host(fired.as_ref().map(|fired| &fired.output)),
                host(fired.as_ref().and_then(|fired| fired.state.as_ref())),
                host(inside.map(|inside| &inside.raw)),
                host(inside.map(|inside| &inside.potential)),
                host(inside.and_then(|inside| inside.mask.as_ref())),
            ]
        });
        let columns = columns.collect();
        Tape { executor: executor.to_owned(), cycles: self.tape, window: self.window, columns }
    }

    /// Remembers what a tape says.
    ///
    /// # Errors
    /// [`ExecError::Shape`] when it is of another network or number of lanes.
    pub(super) fn wind(&mut self, plan: &Plan, tape: &Tape, device: &I::Device) -> Result<(), ExecError> {
        let shape = |found, expected| {
            let what = "imported record of past cycles";
            if found == expected { Ok(()) } else { Err(ExecError::Shape { what, found, expected }) }
        };
        let per_cycle = COLUMNS * plan.sections.len();
        shape(tape.columns.len() % per_cycle, 0)?;
        let mut cycles = Vec::new();
        for columns in tape.columns.chunks_exact(per_cycle) {
            let mut cycle: Cycle<I> = Vec::with_capacity(plan.sections.len());
            for (section, columns) in plan.sections.iter().zip(columns.as_chunks::<COLUMNS>().0) {
                let tensor = |values: &Vec<f32>| {
                    shape(values.len(), self.lanes * section.len())?;
                    let data = TensorData::new(values.clone(), [self.lanes, section.len()]);
                    Ok::<_, ExecError>(Tensor::<I, 2>::from_data(data, device))
                };
                let some = |values: &Vec<f32>| if values.is_empty() { Ok(None) } else { tensor(values).map(Some) };
                let [output, state, raw, potential, mask] = columns;
                cycle.push(match some(output)? {
                    None => None,
                    Some(output) => {
                        let inside = match (some(raw)?, some(potential)?) {
                            (Some(raw), Some(potential)) if section.role != Role::Input => {
                                Some(Inside { raw, potential, mask: some(mask)? })
                            }
                            _ => None,
                        };
                        Some(Fired { output, state: some(state)?, inside })
                    }
                });
            }
            cycles.push(cycle);
        }
        shape(tape.cycles.min(cycles.len()), tape.cycles)?;
        self.cycles = cycles.into();
        (self.tape, self.window) = (tape.cycles, tape.window.min(tape.cycles));
        Ok(())
    }
}

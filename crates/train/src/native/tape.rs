//! The memory as a checkpoint holds it: every recorded cycle with the carried ones before it, padding
//! included, so that a later sweep goes back over the same bits.

use super::activity::{Activity, Layouts};
use super::executor::NAME;
use livenet_core::kernel::{Lanes, Layout};
use livenet_core::{ExecError, Tape};

impl Activity {
    /// The buffers that a sweep reads of recorded cycles, in the order of a tape.
    fn recordings(&self) -> [(&[Lanes], Layout); 6] {
        let Layouts { outputs, states, plain, groups, .. } = self.layouts;
        [
            (&self.outputs, outputs),
            (&self.states, states),
            (&self.potentials, self.layouts.potentials),
            (&self.normals, plain),
            (&self.scales, groups),
            (&self.factors, plain),
        ]
    }

    /// What is remembered.
    pub(super) fn tape(&self) -> Tape {
        let cycles = self.recorded();
        let column = |(rows, layout): (&[Lanes], Layout)| {
            let range = self.kept(layout, cycles);
            let blocks = rows.chunks_exact(layout.stride().max(1));
            blocks.flat_map(|block| Lanes::flat(&block[range.clone()])).copied().collect()
        };
        let dropped = self.dropped[self.start..self.end].iter().map(|&dropped| f32::from(u8::from(dropped)));
        let columns = self.recordings().map(column).into_iter().chain([dropped.collect()]);
        Tape { executor: NAME.to_owned(), cycles, window: self.window, columns: columns.collect() }
    }

    /// Remembers what a tape says; its last carried and recorded cycles are the state.
    ///
    /// # Errors
    /// [`ExecError::Shape`] when it is of another network or number of lanes.
    pub(super) fn wind(&mut self, tape: &Tape) -> Result<(), ExecError> {
        let shape = |found, expected| {
            let what = "imported record of past cycles";
            if found == expected { Ok(()) } else { Err(ExecError::Shape { what, found, expected }) }
        };
        let [outputs, states, potentials, normals, scales, factors, dropped] = tape.columns.as_slice() else {
            return shape(tape.columns.len(), 7);
        };
        if self.shape.is_too_long(tape.cycles) {
            return shape(tape.cycles, 0);
        }
        let mut next = Self::with_room(self.shape, self.lanes, tape.cycles);
        if !factors.is_empty() {
            next.allot_factors();
        }
        let columns = [outputs, states, potentials, normals, scales, factors];
        for ((rows, _), column) in next.recordings().into_iter().zip(columns) {
            shape(column.len(), Lanes::flat(rows).len())?;
        }
        shape(dropped.len(), tape.cycles)?;
        let buffers = [
            &mut next.outputs,
            &mut next.states,
            &mut next.potentials,
            &mut next.normals,
            &mut next.scales,
            &mut next.factors,
        ];
        for (rows, column) in buffers.into_iter().zip(columns) {
            Lanes::flat_mut(rows).copy_from_slice(column);
        }
        next.dropped.iter_mut().zip(dropped).for_each(|(flag, &dropped)| *flag = dropped != 0.0);
        (next.end, next.window, next.blank) = (tape.cycles, tape.window.min(tape.cycles), false);
        *self = next;
        Ok(())
    }
}

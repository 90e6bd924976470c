//! Where samples come from.
//!
//! A batch is a pure function of the step, so a resumed run draws what the uninterrupted one would
//! have drawn, without saved state.

use livenet_core::{StreamKey, Window};

/// Targets of a batch, a row per (cycle, lane).
#[derive(Clone, Debug, PartialEq)]
pub enum Answers {
    /// A class per row.
    Labels(Vec<u32>),
    /// `[row][output]`.
    Values(Vec<f32>),
}

/// Whether a window goes on from the state of the last one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Continuity {
    /// Every window starts from zero outputs.
    #[default]
    Fresh,
    /// The state carries over.
    Carried,
}

/// Samples side by side over some cycles, with what should come out.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Cycles of the window.
    pub cycles: usize,
    /// Samples side by side.
    pub lanes: usize,
    /// `[cycle][lane][input]`.
    pub inputs: Vec<f32>,
    /// A row per (cycle, lane).
    pub answers: Answers,
    /// How much each row counts, `[cycle][lane]`; `None`: all alike.
    pub counts: Option<Vec<f32>>,
    /// Whether the state carries over from the last window.
    pub continuity: Continuity,
}

impl Batch {
    /// The inputs as an executor takes them.
    pub fn window(&self) -> Window<'_> {
        Window { cycles: self.cycles, lanes: self.lanes, values: &self.inputs }
    }
}

/// A supplier of batches.
pub trait Source {
    /// The training batch of update number `step`.
    fn batch(&self, step: u64) -> Batch;
    /// `samples` training samples drawn from `key`, for signals and trials.
    fn probe(&self, samples: u32, key: StreamKey) -> Batch;
    /// What decides between trials and drives schedules: the validation part.
    fn validation(&self) -> &Batch;
}

/// The same samples whatever is asked for.
impl Source for Batch {
    fn batch(&self, _: u64) -> Batch {
        self.clone()
    }
    fn probe(&self, _: u32, _: StreamKey) -> Batch {
        self.clone()
    }
    fn validation(&self) -> &Batch {
        self
    }
}

//! Why a loss cannot be computed.

/// Outputs and targets that do not fit each other.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LossError {
    /// A slice of the wrong length.
    #[error("{what}: found {found} values, expected {expected}; give one per row (cycle and lane) of the window")]
    Shape {
        /// Which slice.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length that would fit.
        expected: usize,
    },
    /// A label that names no output.
    #[error(
        "row {row}: label {label} where the network has {outputs} outputs (labels start at 0); mend the data or widen the output group"
    )]
    Label {
        /// The row, `cycle * lanes + lane`.
        row: usize,
        /// What was found.
        label: u32,
        /// How many classes there are.
        outputs: usize,
    },
    /// A target that is infinite or not a number.
    #[error("row {row}: the target of output {output} is {value}; mend the data, or give the row the count 0")]
    NotFinite {
        /// The row, `cycle * lanes + lane`.
        row: usize,
        /// Which of its targets.
        output: usize,
        /// What was found.
        value: f32,
    },
    /// A count that is negative, infinite or not a number.
    #[error("row {row}: it counts {value} times; a count is finite and at least 0")]
    Count {
        /// The row, `cycle * lanes + lane`.
        row: usize,
        /// What was found.
        value: f32,
    },
}

//! The state of a network's wiring at one moment, as the wiring plot wants it.

/// Neurons that fire together, drawn as one column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WiringGroup {
    /// The name under the column.
    pub name: String,
    /// How many neurons.
    pub neurons: usize,
}

/// One active connection. Its ends are a group and the index of the neuron in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wire {
    /// Group and index of the neuron that is heard.
    pub pre: (usize, usize),
    /// Group and index of the neuron that hears.
    pub post: (usize, usize),
    /// Its weight; a wire whose weight is not finite is left out.
    pub weight: f32,
}

/// All groups and connections at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WiringState {
    /// What it is, above the panel: `step 0`.
    pub label: String,
    /// In the order of the columns.
    pub groups: Vec<WiringGroup>,
    /// In any order; those with an end that is in no group are left out.
    pub wires: Vec<Wire>,
}

/// Says that a group is an image, row after row, whose pixels can be shown as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelShape {
    /// The index of the group.
    pub group: usize,
    /// Rows of the image.
    pub rows: usize,
    /// Columns of the image.
    pub columns: usize,
}

impl WiringState {
    /// The wires that can be drawn.
    pub(super) fn drawable(&self) -> impl Iterator<Item = &Wire> {
        let inside = |end: (usize, usize)| self.groups.get(end.0).is_some_and(|group| end.1 < group.neurons);
        self.wires.iter().filter(move |wire| wire.weight.is_finite() && inside(wire.pre) && inside(wire.post))
    }

    /// How many connections leave each pixel of an image.
    pub(super) fn leaving(&self, image: PixelShape) -> Vec<u32> {
        let mut counts = vec![0; image.rows.saturating_mul(image.columns)];
        for wire in self.drawable().filter(|wire| wire.pre.0 == image.group) {
            if let Some(count) = counts.get_mut(wire.pre.1) {
                *count += 1;
            }
        }
        counts
    }
}

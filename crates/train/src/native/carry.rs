//! How columns go from before a commit to after it: rows that stay neighbours are moved together, and buffers
//! are used again, since fresh memory costs more than the move (10⁶ connections: two thirds of the time went
//! into page faults).

use super::parameters::{Columns, own};
use livenet_core::{Commit, Inherit, Moves, Network, Optimizer, Row};

/// Rows that come from neighbouring rows, or newborns side by side.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// The first old row, or [`Moves::NEWBORN`].
    from: u32,
    len: u32,
}

/// Takes columns along with a commit. The buffers are kept from one to the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Carry {
    synapses: Vec<Run>,
    neurons: Vec<Run>,
    floats: Vec<f32>,
    counts: Vec<u32>,
}

fn find(runs: &mut Vec<Run>, moves: &Moves) {
    runs.clear();
    let Moves::Remap(from) = moves else { return };
    let mut rest = from.as_slice();
    while let Some(&first) = rest.first() {
        let len = match first {
            Moves::NEWBORN => rest.iter().take_while(|&&old| old == Moves::NEWBORN).count(),
            _ => rest.iter().zip(first..).take_while(|&(&old, next)| old == next).count(),
        };
        runs.push(Run { from: first, len: len as u32 });
        rest = &rest[len..];
    }
}

/// Moves every value to its new row; newborn rows get `newborn`.
fn gather<T: Copy>(column: &mut Vec<T>, spare: &mut Vec<T>, moves: &Moves, runs: &[Run], newborn: T) {
    match moves {
        Moves::Touched { born, .. } => born.iter().for_each(|&row| column[row as usize] = newborn),
        Moves::Remap(from) => {
            spare.clear();
            spare.reserve(from.len());
            for &Run { from, len } in runs {
                if from == Moves::NEWBORN {
                    spare.extend(std::iter::repeat_n(newborn, len as usize));
                } else {
                    spare.extend_from_slice(&column[from as usize..(from + len) as usize]);
                }
            }
            std::mem::swap(column, spare);
        }
    }
}

/// Whether what is at a row after the commit was there, perhaps elsewhere, before.
fn continues(moves: &Moves, row: u32) -> bool {
    match moves {
        Moves::Remap(from) => from[row as usize] != Moves::NEWBORN,
        Moves::Touched { born, .. } => born.binary_search(&row).is_err(),
    }
}

/// Moves the columns of one quantity and sets what was touched.
fn columns<T: Copy>(
    columns: &mut Columns<T>,
    spare: &mut Vec<T>,
    (synapses, neurons): (&[Run], &[Run]),
    commit: &Commit,
    newborn: T,
    (weights, own): (Vec<T>, Vec<[T; 3]>),
) {
    let [of_synapses, of_neurons @ ..] = columns;
    gather(of_synapses, spare, &commit.synapses, synapses, newborn);
    for ((row, _), value) in commit.weights.iter().zip(weights) {
        of_synapses[*row as usize] = value;
    }
    for column in of_neurons.iter_mut() {
        gather(column, spare, &commit.neurons, neurons, newborn);
    }
    for ((row, _), values) in commit.params.iter().zip(own) {
        for (column, value) in of_neurons.iter_mut().zip(values) {
            column[*row as usize] = value;
        }
    }
}

/// What the touched rows inherit of moments or counts, with a factor.
fn inherited<T: Copy>(
    before: &Columns<T>,
    newborn: T,
    commit: &Commit,
    inherit: Inherit,
    scale: impl Fn(T, f32) -> T,
) -> (Vec<T>, Vec<[T; 3]>) {
    let [of_synapses, of_neurons @ ..] = before;
    let follows = |moves, row| inherit == Inherit::FromOrigin || continues(moves, row);
    let weights = commit.weights.iter().map(|(row, expr)| match expr.terms.first() {
        Some(&(old, _)) if follows(&commit.synapses, *row) => scale(of_synapses[old as usize], expr.moment_by),
        _ => newborn,
    });
    let own = commit.params.iter().map(|(row, expr)| match expr.of {
        Some(old) if follows(&commit.neurons, *row) => {
            of_neurons.each_ref().map(|column| scale(column[old as usize], expr.moment_by))
        }
        _ => [newborn; 3],
    });
    (weights.collect(), own.collect())
}

impl Carry {
    /// Looks at a commit, before any column is taken along.
    pub(super) fn begin(&mut self, commit: &Commit) {
        find(&mut self.synapses, &commit.synapses);
        find(&mut self.neurons, &commit.neurons);
    }

    /// Parameters: each touched one is an expression over those before.
    pub(super) fn parameters(&mut self, parameters: &mut Columns<f32>, after: &Network, commit: &Commit) {
        let [weights, of_neurons @ ..] = &*parameters;
        let touched = commit.weights.iter().map(|(_, expr)| expr.evaluate(weights)).collect();
        let touched_own = commit.params.iter().map(|(row, expr)| {
            let mut values = match expr.of {
                Some(old) => of_neurons.each_ref().map(|column| column[old as usize]),
                None => own(after.spec(Row::new(*row))),
            };
            values[0] += expr.bias_change(weights);
            values
        });
        let touched = (touched, touched_own.collect());
        columns(parameters, &mut self.floats, (&self.synapses, &self.neurons), commit, 0.0, touched);
    }

    /// The moments in a slot of an optimizer.
    pub(super) fn moments(&mut self, moments: &mut Columns<f32>, power: i32, commit: &Commit, inherit: Inherit) {
        let touched = inherited(moments, 0.0, commit, inherit, |value, by| value * by.powi(power));
        columns(moments, &mut self.floats, (&self.synapses, &self.neurons), commit, 0.0, touched);
    }

    /// The step counts.
    pub(super) fn counts(&mut self, counts: &mut Columns<u32>, commit: &Commit, inherit: Inherit) {
        let touched = inherited(counts, 0, commit, inherit, |count, _| count);
        columns(counts, &mut self.counts, (&self.synapses, &self.neurons), commit, 0, touched);
    }
}

/// How the moment in a slot grows with the gradient: a mean with the gradient, a mean square with its square.
pub(super) fn power(optimizer: Option<Optimizer>, slot: usize) -> i32 {
    if matches!(optimizer, Some(Optimizer::RmsProp { .. })) { 2 } else { slot as i32 + 1 }
}

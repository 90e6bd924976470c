//! How columns go from before a commit to after it: in place, run by run, since fresh memory costs more than the
//! move (10⁶ connections: two thirds of the time went into page faults).

use super::parameters::{Columns, own};
use livenet_core::{Commit, Inherit, Moves, Network, Optimizer, Row};

/// Moves the columns of one quantity and sets what was touched.
fn columns<T: Copy>(columns: &mut Columns<T>, commit: &Commit, newborn: T, (weights, own): (Vec<T>, Vec<[T; 3]>)) {
    let [of_synapses, of_neurons @ ..] = columns;
    commit.synapses.carry(of_synapses, newborn);
    for ((row, _), value) in commit.weights.iter().zip(weights) {
        of_synapses[*row as usize] = value;
    }
    for column in of_neurons.iter_mut() {
        commit.neurons.carry(column, newborn);
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
    let follows = |moves: &Moves, row| inherit == Inherit::FromOrigin || moves.continues(row);
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

/// The connections and the neurons that a commit which moves no row begins anew; `None` if anybody inherits from another.
pub(super) fn begun(commit: &Commit, inherit: Inherit) -> Option<[Vec<u32>; 2]> {
    let synapses = begun_of(&commit.synapses, of_weights(commit), inherit)?;
    Some([synapses, begun_of(&commit.neurons, of_own(commit), inherit)?])
}

fn begun_of(
    moves: &Moves,
    touched: impl Iterator<Item = (u32, Option<u32>)> + Clone,
    inherit: Inherit,
) -> Option<Vec<u32>> {
    let Moves::Touched { born, .. } = moves else { return None };
    // A renewal touches whoever is born, nobody else, and all begin from nothing.
    if touched.clone().eq(born.iter().map(|&row| (row, None))) {
        return Some(born.clone());
    }
    // Both ascend.
    let (mut begun, mut born) = (Vec::with_capacity(born.len()), born.iter().copied().peekable());
    for (row, of) in touched {
        begun.extend(std::iter::from_fn(|| born.next_if(|&born| born < row)));
        let newborn = born.next_if_eq(&row).is_some();
        match of.filter(|_| inherit == Inherit::FromOrigin || !newborn) {
            Some(old) if old != row => return None,
            Some(_) => {}
            None => begun.push(row),
        }
    }
    begun.extend(born);
    Some(begun)
}

/// The touched connections, each with the one whose moments and counts it may take over.
pub(super) fn of_weights(commit: &Commit) -> impl Iterator<Item = (u32, Option<u32>)> + Clone + '_ {
    commit.weights.iter().map(|(row, expr)| (*row, expr.terms.first().map(|term| term.0)))
}

/// The touched neurons, likewise.
pub(super) fn of_own(commit: &Commit) -> impl Iterator<Item = (u32, Option<u32>)> + Clone + '_ {
    commit.params.iter().map(|(row, expr)| (*row, expr.of))
}

/// Takes parameters along: each touched one is an expression over those before.
pub(super) fn parameters(parameters: &mut Columns<f32>, after: &Network, commit: &Commit) {
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
    columns(parameters, commit, 0.0, touched);
}

/// Takes the moments in a slot of an optimizer along.
pub(super) fn moments(moments: &mut Columns<f32>, power: i32, commit: &Commit, inherit: Inherit) {
    let touched = inherited(moments, 0.0, commit, inherit, |value, by| value * by.powi(power));
    columns(moments, commit, 0.0, touched);
}

/// Takes the step counts along.
pub(super) fn counts<T: Copy>(counts: &mut Columns<T>, zero: T, commit: &Commit, inherit: Inherit) {
    let touched = inherited(counts, zero, commit, inherit, |count, _| count);
    columns(counts, commit, zero, touched);
}

/// How the moment in a slot grows with the gradient: a mean with the gradient, a mean square with its square.
pub(super) fn power(optimizer: Option<Optimizer>, slot: usize) -> i32 {
    if matches!(optimizer, Some(Optimizer::RmsProp { .. })) { 2 } else { slot as i32 + 1 }
}

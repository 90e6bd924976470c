//! Values per connection or neuron on a device, and how they follow a commit without being read back.
//!
//! A column is never empty: without rows it holds one zero, since not every device has empty tensors.
//! To follow, the touched values are laid behind the old ones and a zero behind those, and one gather
//! takes every row from where it belongs.

use super::activation::to_host;
use burn::tensor::{Int, Tensor, TensorData, backend::Backend};
use livenet_core::{Commit, Inherit, Moves, Network, NeuronSpec, Row};

/// What learns: the values, their moments, and the updates that each has had.
#[derive(Clone, Debug)]
pub(super) struct Learned<I: Backend> {
    pub value: Tensor<I, 1>,
    pub moments: Vec<Tensor<I, 1>>,
    pub steps: Tensor<I, 1>,
}

/// Weights per connection, then bias, decay and gain per neuron.
pub(super) type Columns<I> = [Learned<I>; 4];

/// A column of these values.
pub(super) fn column<I: Backend>(values: Vec<f32>, device: &I::Device) -> Tensor<I, 1> {
    let values = if values.is_empty() { vec![0.0] } else { values };
    let count = values.len();
    Tensor::from_data(TensorData::new(values, [count]), device)
}

/// The first `count` values of a column, read back.
pub(super) fn rows<I: Backend>(column: &Tensor<I, 1>, count: usize) -> Vec<f32> {
    let mut values = to_host(column.clone());
    values.truncate(count);
    values
}

fn index<I: Backend>(rows: Vec<i32>, device: &I::Device) -> Tensor<I, 1, Int> {
    let count = rows.len();
    Tensor::from_data(TensorData::new(rows, [count]), device)
}

/// Bias, decay and gain that a neuron is born with.
pub(super) fn born_with(spec: &NeuronSpec) -> [f32; 3] {
    let decay = f64::from(spec.decay);
    [spec.bias, (decay / (1.0 - decay)).ln() as f32, 1.0]
}

impl<I: Backend> Learned<I> {
    /// Values without a past.
    pub(super) fn new(values: Vec<f32>, device: &I::Device) -> Self {
        let value = column(values, device);
        Self { steps: value.zeros_like(), value, moments: Vec::new() }
    }

    /// As many moments as an optimizer needs; another number of them starts from zero.
    pub(super) fn with_moments(&mut self, slots: usize) {
        if self.moments.len() != slots {
            self.moments = vec![self.value.zeros_like(); slots];
        }
    }
}

/// Where the rows of one space came from.
pub(super) struct Gather<I: Backend> {
    from: Option<Tensor<I, 1, Int>>,
}

impl<I: Backend> Gather<I> {
    /// From what a commit did to `count` rows of which `touched` (ascending) have new values; columns had
    /// `before` rows.
    pub(super) fn new(moves: &Moves, touched: &[u32], before: usize, count: usize, device: &I::Device) -> Self {
        let (zero, mut from) = match moves {
            Moves::Touched { born, .. } if born.is_empty() && touched.is_empty() => return Self { from: None },
            Moves::Touched { born, .. } => {
                let zero = (before.max(1) + touched.len()) as i32;
                let mut from: Vec<i32> = (0..count as i32).collect();
                for &row in born {
                    from[row as usize] = zero;
                }
                (zero, from)
            }
            Moves::Remap(old) => {
                let zero = (before.max(1) + touched.len()) as i32;
                (zero, old.rows().map(|old| old.map_or(zero, |old| old as i32)).collect())
            }
        };
        for (at, &row) in touched.iter().enumerate() {
            from[row as usize] = (before.max(1) + at) as i32;
        }
        if from.is_empty() {
            from.push(zero);
        }
        Self { from: Some(index::<I>(from, device)) }
    }

    /// A column after the commit, with `touched` values made of the old ones.
    pub(super) fn take(&self, old: &Tensor<I, 1>, touched: Option<Tensor<I, 1>>) -> Tensor<I, 1> {
        let Some(from) = &self.from else { return old.clone() };
        let zero = Tensor::zeros([1], &old.device());
        let parts = [Some(old.clone()), touched, Some(zero)].into_iter().flatten().collect();
        Tensor::cat(parts, 0).select(0, from.clone())
    }
}

/// For each of some values: rows before the commit with their factors, and what is added.
struct Sums<I: Backend> {
    /// The first, second, ... term of each.
    levels: Vec<(Tensor<I, 1, Int>, Tensor<I, 1>)>,
    plus: Option<Tensor<I, 1>>,
}

impl<I: Backend> Sums<I> {
    fn new(terms: &[&[(u32, f32)]], plus: Vec<f32>, device: &I::Device) -> Self {
        let longest = terms.iter().map(|terms| terms.len()).max().unwrap_or(0);
        let level = |k: usize| {
            let (rows, factors) =
                terms.iter().map(|terms| terms.get(k).map_or((0, 0.0), |&(row, by)| (row as i32, by))).unzip();
            (index::<I>(rows, device), column::<I>(factors, device))
        };
        let plus = plus.iter().any(|&plus| plus != 0.0).then(|| column::<I>(plus, device));
        Self { levels: (0..longest).map(level).collect(), plus }
    }

    /// The sums over a column before the commit; `None` if all are zero.
    fn of(&self, before: &Tensor<I, 1>) -> Option<Tensor<I, 1>> {
        let terms = self.levels.iter().map(|(rows, by)| before.clone().select(0, rows.clone()) * by.clone());
        terms.chain(self.plus.clone()).reduce(|sum, term| sum + term)
    }
}

/// Takes everything that learns to the rows after a commit. `powers` says how each moment grows with its
/// gradient.
pub(super) fn follow<I: Backend>(
    columns: &mut Columns<I>,
    after: &Network,
    commit: &Commit,
    powers: &[i32],
    inherit: Inherit,
) {
    let device = columns[0].value.device();
    let [weights_before, neurons_before] = [&columns[0], &columns[1]].map(|column| column.value.dims()[0]);
    let weights = columns[0].value.clone();
    let inherits = |moves: &Moves, row: u32| inherit == Inherit::FromOrigin || moves.continues(row);

    let touched: Vec<u32> = commit.weights.iter().map(|(row, _)| *row).collect();
    let gather = Gather::new(&commit.synapses, &touched, weights_before, after.synapse_count(), &device);
    let terms: Vec<&[(u32, f32)]> = commit.weights.iter().map(|(_, expr)| expr.terms.as_slice()).collect();
    let plus =
        commit.weights.iter().map(|(_, expr)| expr.plus.iter().map(livenet_core::Draw::evaluate).sum()).collect();
    let sums = Sums::new(&terms, plus, &device);
    let origins = commit.weights.iter().map(|(row, expr)| {
        let origin = expr.terms.first().filter(|_| inherits(&commit.synapses, *row));
        origin.map(|&(old, _)| (old, expr.moment_by))
    });
    carry(&mut columns[0], &gather, &origins.collect::<Vec<_>>(), powers, |before| sums.of(before), &device);

    let touched: Vec<u32> = commit.params.iter().map(|(row, _)| *row).collect();
    let gather = Gather::new(&commit.neurons, &touched, neurons_before, after.neuron_count(), &device);
    let origins: Vec<Option<(u32, f32)>> = commit
        .params
        .iter()
        .map(|(row, expr)| expr.of.filter(|_| inherits(&commit.neurons, *row)).map(|old| (old, expr.moment_by)))
        .collect();
    let of: Vec<Vec<(u32, f32)>> =
        commit.params.iter().map(|(_, expr)| expr.of.iter().map(|&old| (old, 1.0)).collect()).collect();
    let of: Vec<&[(u32, f32)]> = of.iter().map(Vec::as_slice).collect();
    let folds: Vec<&[(u32, f32)]> = commit.params.iter().map(|(_, expr)| expr.folds.as_slice()).collect();
    let folds = Sums::new(&folds, Vec::new(), &device).of(&weights);
    for (kind, column) in columns[1..].iter_mut().enumerate() {
        let plus = commit.params.iter().map(|(row, expr)| {
            let born = if expr.of.is_none() { born_with(after.spec(Row::new(*row)))[kind] } else { 0.0 };
            born + if kind == 0 { expr.plus } else { 0.0 }
        });
        let sums = Sums::new(&of, plus.collect(), &device);
        let folds = folds.clone().filter(|_| kind == 0);
        let values =
            |before: &Tensor<I, 1>| sums.of(before).into_iter().chain(folds.clone()).reduce(|sum, more| sum + more);
        carry(column, &gather, &origins, powers, values, &device);
    }
}

/// One column and all that hangs on it. `origins` are the rows whose moments each touched value inherits,
/// with the factor of the gradient.
fn carry<I: Backend>(
    column: &mut Learned<I>,
    gather: &Gather<I>,
    origins: &[Option<(u32, f32)>],
    powers: &[i32],
    values: impl Fn(&Tensor<I, 1>) -> Option<Tensor<I, 1>>,
    device: &I::Device,
) {
    let touched = |values: Option<Tensor<I, 1>>| {
        (!origins.is_empty()).then(|| values.unwrap_or_else(|| Tensor::zeros([origins.len()], device)))
    };
    let inherited = |before: &Tensor<I, 1>, power: i32| {
        let terms: Vec<Vec<(u32, f32)>> =
            origins.iter().map(|origin| origin.iter().map(|&(old, by)| (old, by.powi(power))).collect()).collect();
        let terms: Vec<&[(u32, f32)]> = terms.iter().map(Vec::as_slice).collect();
        touched(Sums::<I>::new(&terms, Vec::new(), device).of(before))
    };
    let value = gather.take(&column.value, touched(values(&column.value)));
    for (moment, &power) in column.moments.iter_mut().zip(powers) {
        *moment = gather.take(moment, inherited(moment, power));
    }
    column.steps = gather.take(&column.steps, inherited(&column.steps, 0));
    column.value = value;
}

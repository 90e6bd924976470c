//! What goes: the rows of a pool that a rule lets go, the surest first.

use super::{Drop, memory::Memory};
use crate::effort;
use crate::{View, choice::race, place::order};
use livenet_core::{Row, Signal, Stream};
use std::collections::BTreeMap;

/// What decides about rows: signals and memory.
pub(super) struct Evidence<'a> {
    view: &'a View<'a>,
    memory: &'a Memory,
    rule: Drop,
    weights: &'a [f32],
    gradients: &'a [f32],
    /// Σ |w| over what each neuron hears, and over who hears it; empty where the rule does not ask.
    heard: BTreeMap<u32, f32>,
    spoken: BTreeMap<u32, f32>,
}

/// Rows that go, and the score that just stayed.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Fallen {
    pub(super) rows: Vec<usize>,
    pub(super) threshold: Option<f32>,
}

impl<'a> Evidence<'a> {
    pub(super) fn new(view: &'a View<'a>, memory: &'a Memory, rule: Drop) -> Self {
        let (mut heard, mut spoken) = (BTreeMap::new(), BTreeMap::new());
        if rule == Drop::LeastImportant {
            effort::spend(2 * view.network.synapse_count() as u64);
            let weights = view.signals.values(Signal::Weight);
            for post in view.network.neuron_rows() {
                for row in view.network.incoming(post).filter(|&row| !view.network.marks()[row].is_silent()) {
                    let size = weights.get(row).map_or(0.0, |weight| weight.abs());
                    *heard.entry(post.get()).or_default() += size;
                    *spoken.entry(view.network.pres()[row]).or_default() += size;
                }
            }
        }
        let [weights, gradients] = [Signal::Weight, Signal::Gradient].map(|signal| view.signals.values(signal));
        Self { view, memory, rule, weights, gradients, heard, spoken }
    }

    fn weight(&self, row: usize) -> f32 {
        self.weights.get(row).copied().unwrap_or(0.0)
    }

    /// The sign at birth; 0 where it is not known.
    fn sign(&self, row: usize) -> f32 {
        self.memory.signs.get(row).copied().unwrap_or(0.0)
    }

    /// The score of a row; the smallest goes first.
    pub(super) fn score(&self, row: usize) -> f32 {
        let of = |values: &[f32]| values.get(row).copied().unwrap_or(0.0);
        let size = self.weight(row).abs();
        match self.rule {
            Drop::SmallestWeight | Drop::SmallestPerSign | Drop::DrawnWeight { .. } | Drop::Random | Drop::Nothing => {
                size
            }
            Drop::SmallestSensitivity => (size * of(self.gradients)).abs(),
            Drop::SmallestMovement => of(&self.memory.movement),
            Drop::LeastImportant => {
                let network = self.view.network;
                let post = network.post_of(Row::new(row as u32)).get();
                let part = |sums: &BTreeMap<u32, f32>, of: u32| match sums.get(&of) {
                    Some(&sum) if sum > 0.0 => size / sum,
                    _ => 0.0,
                };
                part(&self.heard, post) + part(&self.spoken, network.pres()[row])
            }
            Drop::LeastContribution => {
                let heard = Row::new(self.view.network.pres()[row]);
                size * self.view.signals.of(Signal::OutputMagnitude, heard).abs()
            }
            Drop::Oldest => self.memory.births.get(row).copied().unwrap_or(0) as f32,
            Drop::SignCrossing { .. } => self.weight(row) * self.sign(row),
        }
    }

    /// Those of a pool that the rule names itself; for the others, all stand for choice.
    pub(super) fn eligible(&self, present: &[usize]) -> Vec<usize> {
        match self.rule {
            Drop::SignCrossing { l1 } => {
                present.iter().copied().filter(|&row| self.sign(row) != 0.0 && self.score(row) < l1).collect()
            }
            Drop::Nothing => Vec::new(),
            _ => present.to_vec(),
        }
    }

    /// The rule in a few words.
    pub(super) const fn name(&self) -> &'static str {
        match self.rule {
            Drop::SmallestWeight | Drop::SmallestPerSign => "smallest |w|",
            Drop::SmallestSensitivity => "smallest |w · gradient|",
            Drop::SmallestMovement => "moves most towards zero",
            Drop::LeastImportant => "smallest relative |w|",
            Drop::LeastContribution => "smallest |w| · mean |output|",
            Drop::Oldest => "oldest",
            Drop::SignCrossing { .. } => "crossed zero",
            Drop::DrawnWeight { .. } => "not drawn by |w|",
            Drop::Random | Drop::Nothing => "any",
        }
    }

    /// Lets `due` of the rows go, or the share of each sign where signs stand by themselves.
    pub(super) fn fall(&self, mut rows: Vec<usize>, due: usize, share: f64, stream: &mut Stream) -> Fallen {
        match self.rule {
            Drop::Nothing => Fallen::default(),
            Drop::Random => {
                stream.shuffle(&mut rows);
                rows.truncate(due);
                Fallen { rows, threshold: None }
            }
            Drop::DrawnWeight { from, to } => {
                Fallen { rows: self.not_drawn(rows, due, (from, to), stream), threshold: None }
            }
            Drop::SmallestPerSign => {
                let (mut below, mut above): (Vec<usize>, Vec<usize>) =
                    rows.into_iter().partition(|&row| self.weight(row) < 0.0);
                let part = |rows: &Vec<usize>| (rows.len() as f64 * share + 1e-4) as usize;
                let (few_below, few_above) = (part(&below), part(&above));
                let threshold = self.smallest(&mut above, few_above);
                self.smallest(&mut below, few_below);
                above.extend(below);
                Fallen { rows: above, threshold }
            }
            _ => {
                let threshold = self.smallest(&mut rows, due);
                Fallen { rows, threshold }
            }
        }
    }

    /// Those `due` that a draw in proportion to |w| to a power leaves, the least likely first.
    fn not_drawn(&self, rows: Vec<usize>, due: usize, (from, to): (f32, f32), stream: &mut Stream) -> Vec<usize> {
        let until = self.view.end.map(|end| (end as f64 * 0.75).max(1.0));
        let part = until.map_or(0.0, |until| (self.view.step as f64 / until).min(1.0));
        effort::spend(2 * rows.len() as u64);
        let power = f64::from(from) + part * (f64::from(to) - f64::from(from));
        let mut keys: Vec<(f64, usize)> = rows
            .into_iter()
            .map(|row| {
                let size = f64::from(self.weight(row).abs());
                let size = if size.is_finite() { size.max(1e-12) } else { 1e-12 };
                (race(power * libm::log(size), stream), row)
            })
            .collect();
        keys.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        keys.truncate(due);
        keys.into_iter().map(|(_, row)| row).collect()
    }

    /// Leaves the `count` rows with the smallest scores; returns the score that just stayed.
    pub(super) fn smallest(&self, rows: &mut Vec<usize>, count: usize) -> Option<f32> {
        effort::spend(rows.len() as u64);
        let mut ranks: Vec<u64> =
            rows.iter().map(|&row| u64::from(order(self.score(row))) << 32 | row as u64).collect();
        let row = |rank: u64| rank as u32 as usize;
        // Those that stay need no order.
        let threshold = (count < ranks.len()).then(|| {
            let (_, stays, _) = ranks.select_nth_unstable(count);
            self.score(row(*stays))
        });
        ranks.truncate(count);
        ranks.sort_unstable();
        *rows = ranks.into_iter().map(row).collect();
        threshold
    }
}

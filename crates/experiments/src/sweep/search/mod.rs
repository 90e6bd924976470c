//! Searches: which points of the axes are tried, rung by rung.
//!
//! Invariant: a rung is a function of the search and of the scores of all rungs before it, so that a sweep that was
//! interrupted asks for the same points again. Nothing is decided before a rung is complete.

mod halving;
mod tpe;

use super::{axis::Axis, raw::Search};
use livenet_core::StreamKey;
use serde::{Deserialize, Serialize};

/// A value for each axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Point {
    /// One for each axis; none for the experiment as it is.
    pub(super) values: Vec<toml::Value>,
    /// Updates, where the search decides how long it trains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) steps: Option<u64>,
}

/// A point that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Scored {
    pub(super) point: Point,
    /// Higher is better; none where a trial failed or diverged, which is worse than any number.
    pub(super) score: Option<f64>,
}

/// The positions of the scored points, best first; of equals, the earlier one.
pub(super) fn ranked(scored: &[Scored]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scored.len()).collect();
    let score = |at: &usize| scored[*at].score.unwrap_or(f64::NEG_INFINITY);
    order.sort_by(|one, other| score(other).total_cmp(&score(one)));
    order
}

/// The points of the next rung after those that are complete; none when the search is over.
pub(super) fn next(search: &Search, axes: &[Axis], rungs: &[Vec<Scored>]) -> Option<Vec<Point>> {
    match search {
        Search::Grid | Search::List => rungs.is_empty().then(|| fixed(search, axes)),
        Search::Random(random) => rungs.is_empty().then(|| by_lot(axes, random.seed, random.trials)),
        Search::Halving(halving) => halving::next(halving, axes, rungs),
        Search::Tpe(tpe) => tpe::next(tpe, axes, rungs),
    }
}

/// The points of a search that draws none.
pub(super) fn fixed(search: &Search, axes: &[Axis]) -> Vec<Point> {
    let values = |axis: &Axis| axis.values.clone().unwrap_or_default();
    let rows: Vec<Vec<toml::Value>> = match search {
        // One point without a value where there is no axis.
        Search::Grid => axes.iter().fold(vec![Vec::new()], |rows, axis| {
            let longer = |row: &Vec<toml::Value>| {
                let row = row.clone();
                values(axis).into_iter().map(move |value| [row.clone(), vec![value]].concat()).collect::<Vec<_>>()
            };
            rows.iter().flat_map(longer).collect()
        }),
        Search::List if axes.is_empty() => vec![Vec::new()],
        Search::List => {
            let columns: Vec<Vec<toml::Value>> = axes.iter().map(values).collect();
            (0..columns[0].len()).map(|at| columns.iter().map(|column| column[at].clone()).collect()).collect()
        }
        Search::Random(_) | Search::Halving(_) | Search::Tpe(_) => Vec::new(),
    };
    rows.into_iter().map(|values| Point { values, steps: None }).collect()
}

/// Points drawn by lot. Each draw has an address of its own, so that more points leave the earlier ones as they are.
fn by_lot(axes: &[Axis], seed: u64, count: u32) -> Vec<Point> {
    let key = StreamKey::new(seed, "sweep");
    let point = |at: u32| {
        let values = axes.iter().enumerate().map(|(axis, of)| of.at(key.uniform(u64::from(at), axis as u64)));
        Point { values: values.collect(), steps: None }
    };
    (0..count).map(point).collect()
}

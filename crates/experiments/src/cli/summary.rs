//! What came of all runs of a command: a row an arm, as text or as JSON.

use super::output::Output;
use crate::{
    Failure,
    run::{Ending, Outcome},
};
use serde::Serialize;
use std::path::PathBuf;

/// A run that is complete.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) arm: String,
    pub(super) path: PathBuf,
    pub(super) outcome: Outcome,
}

/// The median; the mean of the two in the middle for an even count.
pub(super) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        count if count % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// A number over the seeds of an arm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) lowest: f64,
    pub(super) highest: f64,
}

impl Spread {
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let lowest = values.iter().copied().min_by(f64::total_cmp)?;
        let highest = values.iter().copied().max_by(f64::total_cmp)?;
        Some(Self { median: median(values)?, lowest, highest })
    }

    pub(super) fn text(self, show: impl Fn(f64) -> String) -> String {
        if self.lowest == self.highest {
            show(self.median)
        } else {
            format!("{} ({} to {})", show(self.median), show(self.lowest), show(self.highest))
        }
    }
}

/// An arm over its seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct ArmSummary {
    pub(super) arm: String,
    pub(super) seeds: Vec<u64>,
    pub(super) diverged: usize,
    pub(super) test_accuracy: Option<Spread>,
    pub(super) test_loss: Option<Spread>,
    pub(super) connections: Option<Spread>,
    pub(super) neurons: Option<Spread>,
    pub(super) seconds: Option<Spread>,
}

/// Every arm, in order.
pub(super) fn by_arm(arms: &[String], made: &[Made]) -> Vec<ArmSummary> {
    let of = |arm: &String| {
        let runs: Vec<&Outcome> = made.iter().filter(|made| made.arm == *arm).map(|made| &made.outcome).collect();
        let spread =
            |name: &str| Spread::of(&runs.iter().filter_map(|outcome| outcome.number(name)).collect::<Vec<_>>());
        ArmSummary {
            arm: arm.clone(),
            seeds: runs.iter().map(|outcome| outcome.seed).collect(),
            diverged: runs.iter().filter(|outcome| matches!(outcome.ending, Ending::Diverged { .. })).count(),
            test_accuracy: spread("metrics.test_accuracy"),
            test_loss: spread("metrics.test_loss"),
            connections: spread("connections"),
            neurons: spread("neurons"),
            seconds: spread("seconds"),
        }
    };
    arms.iter().map(of).collect()
}

/// Accuracy in percent.
fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

/// Rows for a table, the first its head.
pub(super) fn rows(summaries: &[ArmSummary]) -> Vec<Vec<String>> {
    let none = || "-".to_owned();
    let has_accuracy = summaries.iter().any(|summary| summary.test_accuracy.is_some());
    let mut head = vec!["arm", "seeds"];
    head.extend(has_accuracy.then_some("test accuracy"));
    head.extend(["test loss", "connections", "neurons", "seconds"]);
    let mut rows = vec![head.into_iter().map(str::to_owned).collect::<Vec<_>>()];
    for summary in summaries {
        let arm = if summary.arm.is_empty() { none() } else { summary.arm.clone() };
        let diverged = if summary.diverged == 0 { String::new() } else { format!(" ({} diverged)", summary.diverged) };
        let mut row = vec![arm, format!("{}{diverged}", summary.seeds.len())];
        if has_accuracy {
            row.push(summary.test_accuracy.map_or_else(none, |spread| spread.text(percent)));
        }
        row.push(summary.test_loss.map_or_else(none, |spread| spread.text(|loss| format!("{loss:.4}"))));
        row.push(summary.connections.map_or_else(none, |spread| spread.text(|count| format!("{count}"))));
        row.push(summary.neurons.map_or_else(none, |spread| spread.text(|count| format!("{count}"))));
        row.push(summary.seconds.map_or_else(none, |spread| spread.text(|seconds| format!("{seconds:.1}"))));
        rows.push(row);
    }
    rows
}

/// The table and where everything lies.
pub(super) fn print(output: &mut Output, summaries: &[ArmSummary], made: &[Made]) -> Result<(), Failure> {
    output.table(&rows(summaries))?;
    output.line("")?;
    made.iter().try_for_each(|made| output.line(made.path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_count_lies_between() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }
}

//! The runs as a tidy table: a row a run, a column a thing, for whatever draws and tests elsewhere.

use super::{
    setting::{SECONDS, Setting},
    trial::{State, Trial},
};
use crate::statistics::Profile;
use std::collections::BTreeSet;

/// Whether wall-clock seconds are among the columns. They differ from one sitting to the next, all else repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// With seconds as the last column.
    With,
    /// Without.
    Without,
}

/// The cells of a column; what a run has not is absent.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Words.
    Text(Vec<Option<String>>),
    /// Counts.
    Whole(Vec<Option<u64>>),
    /// Measures.
    Number(Vec<Option<f64>>),
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its head.
    pub name: String,
    /// A cell a run.
    pub cells: Cells,
}

/// A row a run: task, setting, axes, seed, state, why, directory, then every number of the reports.
pub fn columns(trials: &[Trial], times: Times) -> Vec<Column> {
    let text = |name: &str, of: &dyn Fn(&Trial) -> Option<String>| Column {
        name: name.to_owned(),
        cells: Cells::Text(trials.iter().map(of).collect()),
    };
    let mut columns =
        vec![text("task", &|trial| Some(trial.task.clone())), text("setting", &|trial| Some(trial.label.clone()))];
    let axes: BTreeSet<&String> = trials.iter().flat_map(|trial| trial.axes.keys()).collect();
    columns.extend(axes.iter().map(|axis| text(&format!("axis.{axis}"), &|trial| trial.axes.get(*axis).cloned())));
    columns.push(Column { name: "seed".into(), cells: Cells::Whole(trials.iter().map(|t| Some(t.seed)).collect()) });
    columns.push(text("state", &|trial| Some(trial.state.word().to_owned())));
    columns.push(text("why", &why));
    columns.push(text("directory", &|trial| Some(trial.place.clone())));
    for name in ["steps", "neurons", "connections", "dense_connections", "operations"] {
        let cells = trials.iter().map(|trial| {
            let outcome = trial.outcome()?;
            Some(match name {
                "steps" => outcome.steps,
                "neurons" => outcome.neurons,
                "connections" => outcome.connections,
                "dense_connections" => outcome.dense_connections,
                _ => outcome.operations,
            })
        });
        columns.push(Column { name: name.to_owned(), cells: Cells::Whole(cells.collect()) });
    }
    let metrics: BTreeSet<&String> = trials.iter().filter_map(Trial::outcome).flat_map(|o| o.metrics.keys()).collect();
    for metric in metrics {
        let cells = trials.iter().map(|trial| trial.outcome()?.metrics.get(metric).copied());
        columns.push(Column { name: format!("metrics.{metric}"), cells: Cells::Number(cells.collect()) });
    }
    if times == Times::With {
        let cells = trials.iter().map(|trial| Some(trial.outcome()?.seconds));
        columns.push(Column { name: SECONDS.to_owned(), cells: Cells::Number(cells.collect()) });
    }
    columns
}

fn why(trial: &Trial) -> Option<String> {
    match &trial.state {
        State::Damaged(why) | State::Failed(why) => Some(why.clone()),
        State::Diverged(outcome) => match &outcome.ending {
            crate::run::Ending::Diverged { step, what } => Some(format!("step {step}: {what}")),
            _ => None,
        },
        _ => None,
    }
}

/// Columns as CSV (RFC 4180): quoted where a label needs it, absent cells empty.
pub fn csv(columns: &[Column]) -> Vec<u8> {
    let mut rows = vec![columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()];
    let count = columns.first().map_or(0, |column| column.cells.len());
    rows.extend((0..count).map(|row| columns.iter().map(|column| column.cells.text(row)).collect()));
    encode(&rows)
}

/// Who took how long: the columns that tell runs apart, and seconds.
pub(super) fn times(trials: &[Trial]) -> Vec<Column> {
    let mut all = columns(trials, Times::With);
    all.retain(|column| ["task", "setting", "seed", SECONDS].contains(&column.name.as_str()));
    all
}

/// The performance profiles as CSV: a row a setting and threshold.
pub(super) fn profiles_csv(profiles: &[(&Setting, Profile)]) -> Vec<u8> {
    let mut rows = vec![["setting", "threshold", "share", "low", "high"].map(str::to_owned).to_vec()];
    for (setting, profile) in profiles {
        for point in &profile.points {
            let ends = point.bounds.ok().map(|interval| (interval.low().to_string(), interval.high().to_string()));
            let (low, high) = ends.unwrap_or_default();
            rows.push(vec![setting.label.clone(), point.threshold.to_string(), point.share.to_string(), low, high]);
        }
    }
    encode(&rows)
}

fn encode(rows: &[Vec<String>]) -> Vec<u8> {
    let quoted = |cell: &String| {
        if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
    };
    let lines = rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n");
    lines.collect::<String>().into_bytes()
}

impl Cells {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(cells) => cells.len(),
            Self::Whole(cells) => cells.len(),
            Self::Number(cells) => cells.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A cell as text; empty where it is absent. Numbers read back are those written.
    fn text(&self, row: usize) -> String {
        match self {
            Self::Text(cells) => cells[row].clone(),
            Self::Whole(cells) => cells[row].map(|cell| cell.to_string()),
            Self::Number(cells) => cells[row].map(|cell| cell.to_string()),
        }
        .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_may_hold_anything() {
        let columns = [
            Column { name: "setting".into(), cells: Cells::Text(vec![Some("a,\"b\"\nc".into()), None]) },
            Column { name: "x".into(), cells: Cells::Number(vec![Some(0.1), None]) },
        ];
        assert_eq!(String::from_utf8(csv(&columns)).unwrap(), "setting,x\n\"a,\"\"b\"\"\nc\",0.1\n,\n");
    }
}

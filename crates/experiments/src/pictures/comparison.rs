//! Several runs side by side: the arms of an experiment over their seeds.

use super::course::Course;
use crate::{
    Failure,
    plots::{self, Arm, ArmComparison, Unit},
    report::{self, Illustration, ReportData, Table},
    run::{self, Outcome, RunDirectory, RunError},
};
use std::path::{Path, PathBuf};

/// One of the runs.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// Its arm; empty where there are none.
    pub arm: &'a str,
    /// Its directory.
    pub path: &'a Path,
    /// What came of it.
    pub outcome: &'a Outcome,
}

/// Writes the joint plot as `STEM.svg` and `STEM.png` and the joint page as `STEM.html`, and gives
/// their paths. `rows` is the table of the arms, its head first.
///
/// # Errors
/// When a run cannot be read or the pictures cannot be written.
pub fn draw(
    name: &str,
    arms: &[String],
    runs: &[Compared<'_>],
    rows: &[Vec<String>],
    stem: &Path,
) -> Result<Vec<PathBuf>, Failure> {
    let comparison = compare(name, arms, runs)?;
    let folder = stem.parent().unwrap_or(Path::new("."));
    let file = stem.file_name().unwrap_or_default().to_string_lossy();
    let (vector, pixels) = plots::save(&comparison, folder, &file)?;
    let caption = "Each arm over its seeds: along the way, and at the end.";
    let table =
        rows.split_first().map(|(head, rows)| Table { title: "Arms".into(), head: head.clone(), rows: rows.to_vec() });
    let list =
        runs.iter().map(|run| vec![run.arm.to_owned(), run.outcome.seed.to_string(), run.path.display().to_string()]);
    let list = Table {
        title: "Runs".into(),
        head: ["arm", "seed", "directory"].map(str::to_owned).to_vec(),
        rows: list.collect(),
    };
    let page = report::page(&ReportData {
        title: name.to_owned(),
        subtitle: format!("{} runs of {} arms", runs.len(), arms.len()),
        tables: table.into_iter().chain([list]).collect(),
        illustrations: vec![Illustration::new(&comparison, caption)?],
        ..ReportData::default()
    });
    let html = folder.join(format!("{file}.html"));
    std::fs::write(&html, page).map_err(|source| RunError::Io { what: "write", path: html.clone(), source })?;
    Ok(vec![vector, pixels, html])
}

fn compare(name: &str, arms: &[String], runs: &[Compared<'_>]) -> Result<ArmComparison, Failure> {
    let accurate = runs.iter().all(|run| run.outcome.metrics.contains_key("test_accuracy"));
    let (measure, unit) = if accurate { ("accuracy", Unit::Share) } else { ("loss", Unit::Plain) };
    let mut compared = Vec::new();
    for arm in arms {
        let mut one = Arm {
            name: if arm.is_empty() { name.to_owned() } else { arm.clone() },
            curves: Vec::new(),
            finals: Vec::new(),
        };
        for run in runs.iter().filter(|run| run.arm == arm) {
            let course = Course::of(&run::events(&RunDirectory::open(run.path)?, 0)?, run.outcome);
            one.curves.push(if accurate { course.validation_accuracy } else { course.validation_loss });
            one.finals.extend(run.outcome.metrics.get(&format!("test_{measure}")).copied());
        }
        compared.push(one);
    }
    Ok(ArmComparison {
        curve_label: format!("validation {measure}"),
        final_label: format!("test {measure}"),
        unit,
        arms: compared,
    })
}

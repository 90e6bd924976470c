//! Settings side by side, over their seeds: the plots and the page of a comparison.
//!
//! Where there are more settings than a plot can tell apart, it shows the best of them and the control, and says so.

use super::course::{Counts, Course, Points};
use crate::{
    compare::{CompareError, Comparison, Gathered, Pair, Setting, Trial, TuningFile, in_words, is_share},
    plots::{
        self, BandPanel, Bands, Curve, IntervalRow, Intervals, Pareto, ParetoPanel, ParetoPoint, Plot, ProfileCurve,
        Profiles, Series, SeriesPanel, Unit,
    },
    report::{self, Illustration, ReportData, Table},
    run::{self, RunDirectory},
    statistics::{Estimate, Profile},
};
use std::path::Path;

/// As many as there are inks.
const CURVES: usize = 7;
/// As many as fit on a page.
const ROWS: usize = 24;

/// Draws every plot of a comparison into a folder as SVG and PNG, and gives the page that shows them.
///
/// # Errors
/// [`CompareError::Plot`]. A run whose events cannot be read is in no curve, and the plot says how many there are.
pub fn draw(
    folder: &Path,
    gathered: &Gathered,
    comparison: &Comparison,
    profiles: &[(&Setting, Profile)],
) -> Result<String, CompareError> {
    let curves = Shown::of(comparison, CURVES);
    let rows = Shown::of(comparison, ROWS);
    let courses = Courses::read(gathered, &curves);
    let mut gallery = Gallery { folder, illustrations: Vec::new() };
    gallery.hang(
        "intervals",
        &intervals(comparison, &rows),
        "The primary metric: interquartile mean with its interval, and every run.",
    )?;
    if !comparison.pairs.is_empty() {
        gallery.hang(
            "differences",
            &differences(comparison, &rows),
            "Paired by seed: the mean difference with its interval by Student's t, and every pair.",
        )?;
    }
    gallery.hang(
        "profile",
        &profile(comparison, &curves, profiles),
        "For each threshold the share of runs that do better.",
    )?;
    gallery.hang("pareto", &pareto(comparison, &curves), "What the settings reach against what they cost.")?;
    gallery.hang(
        "curves",
        &courses.learning(&curves),
        "Loss and accuracy on the validation part over the steps of training.",
    )?;
    gallery.hang("growth", &courses.growth(&curves), "Neurons and active connections over the steps of training.")?;
    if let Some(tuning) = &gathered.tuning {
        gallery.hang(
            "tuning",
            &best_so_far(tuning),
            "The search of each setting, on seeds of its own: the best of the points tried so far.",
        )?;
    }
    Ok(page(comparison, gallery.illustrations))
}

struct Gallery<'a> {
    folder: &'a Path,
    illustrations: Vec<Illustration>,
}

impl Gallery<'_> {
    fn hang(&mut self, stem: &str, plot: &dyn Plot, caption: &str) -> Result<(), CompareError> {
        plots::save(plot, self.folder, stem)?;
        self.illustrations.push(Illustration::new(plot, caption)?);
        Ok(())
    }
}

/// The settings that a plot shows, in the order of the table; each has the ink of its position here.
struct Shown<'a> {
    settings: Vec<&'a Setting>,
    /// How many have scores.
    of: usize,
}

impl<'a> Shown<'a> {
    fn of(comparison: &'a Comparison, most: usize) -> Self {
        let ranked = comparison.ranked();
        let of = ranked.len();
        let control = comparison.control.as_ref().map(|control| control.label.as_str());
        let mut kept: Vec<&str> = ranked.iter().take(most).map(|setting| setting.label.as_str()).collect();
        if let Some(control) = control
            && of > most
            && !kept.contains(&control)
            && let Some(last) = kept.last_mut()
        {
            *last = control;
        }
        let in_order = comparison.settings.iter();
        let settings = in_order.filter(|s| s.averages.is_some() && kept.contains(&s.label.as_str())).collect();
        Self { settings, of }
    }

    fn names(&self) -> Vec<String> {
        self.settings.iter().map(|setting| setting.label.clone()).collect()
    }

    fn ink(&self, label: &str) -> usize {
        self.settings.iter().position(|setting| setting.label == label).unwrap_or(0)
    }

    /// What a reader must know of those that are not shown.
    fn note(&self) -> String {
        if self.settings.len() < self.of {
            format!("the {} best of {} settings and the control", self.settings.len(), self.of)
        } else {
            String::new()
        }
    }

    fn note_after(&self, text: &str) -> String {
        [text, &self.note()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    }
}

fn unit(comparison: &Comparison) -> Unit {
    if comparison.metric.is_share() { Unit::Share } else { Unit::Plain }
}

fn with_unit(comparison: &Comparison, text: &str, share: &str) -> String {
    if comparison.metric.is_share() { format!("{text} ({share})") } else { text.to_owned() }
}

fn ends(estimate: &Estimate) -> Option<(f64, f64)> {
    estimate.bounds.ok().map(|interval| (interval.low(), interval.high()))
}

fn level(comparison: &Comparison) -> String {
    format!("{} %", plots::short(comparison.level.share() * 100.0))
}

fn intervals(comparison: &Comparison, shown: &Shown<'_>) -> Intervals {
    let show = comparison.show();
    let row = |setting: &&Setting| {
        let iqm = setting.averages.as_ref().map(|averages| &averages.iqm);
        let ends = iqm.and_then(ends);
        let text = iqm.map_or_else(String::new, |iqm| show.with_interval(iqm));
        IntervalRow {
            name: setting.label.clone(),
            ink: shown.ink(&setting.label),
            value: iqm.map(|iqm| iqm.value),
            interval: ends,
            runs: setting.values().collect(),
            text,
        }
    };
    let words = comparison.metric.words();
    let note = format!("disc: interquartile mean; line: {} interval, bootstrap; dots: runs", level(comparison));
    Intervals {
        title: format!("{} by setting", plots::capital(&words)),
        label: with_unit(comparison, &words, "%"),
        unit: unit(comparison),
        head: format!("IQM, {} interval", level(comparison)),
        rows: shown.settings.iter().map(row).collect(),
        reference: None,
        margin: None,
        note: shown.note_after(&note),
    }
}

fn differences(comparison: &Comparison, shown: &Shown<'_>) -> Intervals {
    let show = comparison.show();
    let control = comparison.control.as_ref().map_or("", |control| control.label.as_str());
    let pairs = comparison.pairs.iter().filter(|pair| shown.settings.iter().any(|s| s.label == pair.setting));
    let row = |pair: &Pair| {
        let by_t = pair.paired.as_ref().map(|difference| &difference.by_t);
        let runs = pair.paired.iter().flat_map(|difference| difference.differences.iter().flatten().copied());
        IntervalRow {
            name: pair.setting.clone(),
            ink: shown.ink(&pair.setting),
            value: by_t.map(|estimate| estimate.value),
            interval: by_t.and_then(ends),
            runs: runs.collect(),
            text: by_t.map_or_else(|| "no common seed".to_owned(), |estimate| show.signed_with_interval(estimate)),
        }
    };
    let words = comparison.metric.words();
    let margin = if comparison.margin.is_some() { "; grey: equivalent" } else { "" };
    let note =
        format!("disc: mean; line: {} interval, Student's t; dots: pairs with one seed{margin}", level(comparison));
    Intervals {
        title: format!("Difference of {words}, paired by seed"),
        label: with_unit(comparison, &format!("{words}, difference"), "points"),
        unit: unit(comparison),
        head: format!("mean, {} interval", level(comparison)),
        rows: pairs.map(row).collect(),
        reference: Some((0.0, control.to_owned())),
        margin: comparison.margin,
        note: shown.note_after(&note),
    }
}

fn profile(comparison: &Comparison, shown: &Shown<'_>, profiles: &[(&Setting, Profile)]) -> Profiles {
    let curve = |setting: &&Setting| {
        let points = profiles.iter().find(|(of, _)| of.label == setting.label).map(|(_, profile)| &profile.points);
        let points = || points.into_iter().flatten();
        let ends =
            |point: &crate::statistics::ProfilePoint| Some((point.bounds.ok()?.low(), point.bounds.ok()?.high()));
        ProfileCurve {
            name: setting.label.clone(),
            points: points().map(|point| (point.threshold, point.share)).collect(),
            band: points().filter_map(ends).collect(),
        }
    };
    let words = comparison.metric.words();
    let side = if comparison.metric.better.prefers(1.0, 0.0) { "above" } else { "below" };
    Profiles {
        label: with_unit(comparison, &format!("threshold of {words}"), "%"),
        unit: unit(comparison),
        share_label: format!("runs {side} the threshold (%)"),
        settings: shown.settings.iter().map(curve).collect(),
        note: shown.note_after(&format!("band: {} interval at each threshold", level(comparison))),
    }
}

fn pareto(comparison: &Comparison, shown: &Shown<'_>) -> Pareto {
    let costs = [("connections", "connections at the end"), ("operations", "multiply-adds of training")];
    let panel = |(name, label): (&str, &str)| {
        let point = |setting: &&Setting| {
            let (cost, iqm) = (setting.described.get(name)?, setting.averages.as_ref()?.iqm);
            let costs = (cost.least, cost.greatest);
            Some(ParetoPoint { cost: cost.median, costs, value: iqm.value, interval: ends(&iqm) })
        };
        ParetoPanel { label: label.to_owned(), points: shown.settings.iter().map(point).collect() }
    };
    let words = comparison.metric.words();
    // The metric itself may be the cost.
    let costs = costs.into_iter().filter(|(name, _)| *name != comparison.metric.name);
    Pareto {
        label: with_unit(comparison, &words, "%"),
        unit: unit(comparison),
        better: comparison.metric.better,
        settings: shown.names(),
        panels: costs.map(panel).collect(),
        note: shown.note_after(&format!(
            "across: median of the runs, least to greatest; up: IQM with its {} interval",
            level(comparison)
        )),
    }
}

/// What each setting's search had found after so many points; settings beyond the inks are left out.
fn best_so_far(tuning: &TuningFile) -> Series {
    let share = is_share(&tuning.metric);
    let curves = tuning.settings.iter().take(CURVES).map(|setting| {
        let best = setting.curve.iter().zip(1..).filter_map(|(tried, at)| Some((at, tried.best?)));
        Curve::new(setting.setting.clone(), best.collect())
    });
    let words = in_words(&tuning.metric);
    Series {
        title: format!("{}, best so far in the search", plots::capital(&words)),
        across: "point tried".into(),
        panels: vec![SeriesPanel {
            label: if share { format!("{words} (%)") } else { words },
            unit: if share { Unit::Share } else { Unit::Plain },
            curves: curves.collect(),
        }],
        marks: Vec::new(),
    }
}

/// The courses of all finished runs of the settings shown.
struct Courses {
    /// `[setting][seed]`.
    by_setting: Vec<Vec<Course>>,
    /// Runs whose events cannot be read.
    unreadable: usize,
}

impl Courses {
    fn read(gathered: &Gathered, shown: &Shown<'_>) -> Self {
        let mut unreadable = 0;
        let mut course = |trial: &Trial| {
            let outcome = trial.finished()?;
            let events = RunDirectory::open(&trial.path).and_then(|directory| run::events(&directory, 0));
            unreadable += usize::from(events.is_err());
            Some(Course::of(&events.ok()?, outcome))
        };
        let mut by_setting = Vec::new();
        for setting in &shown.settings {
            let trials = gathered.trials.iter().filter(|trial| trial.label == setting.label);
            by_setting.push(trials.filter_map(&mut course).collect());
        }
        Self { by_setting, unreadable }
    }

    fn panel(&self, label: &str, unit: Unit, of: impl Fn(&Course) -> Points) -> BandPanel {
        let seeds = self.by_setting.iter().map(|courses| courses.iter().map(&of).collect());
        BandPanel { label: label.to_owned(), unit, seeds: seeds.collect() }
    }

    fn note(&self, shown: &Shown<'_>) -> String {
        match self.unreadable {
            0 => shown.note(),
            count => shown.note_after(&format!("{count} runs without readable events")),
        }
    }

    fn learning(&self, shown: &Shown<'_>) -> Bands {
        let mut panels = vec![self.panel("validation loss", Unit::Plain, |course| course.validation_loss.clone())];
        if self.by_setting.iter().flatten().any(|course| !course.validation_accuracy.is_empty()) {
            let accuracy = |course: &Course| course.validation_accuracy.clone();
            panels.push(self.panel("validation accuracy (%)", Unit::Share, accuracy));
        }
        Bands { title: "Learning by setting".into(), settings: shown.names(), panels, note: self.note(shown) }
    }

    fn growth(&self, shown: &Shown<'_>) -> Bands {
        let points = |counts: &Counts| counts.iter().map(|(step, count)| (*step, *count as f64)).collect();
        let panels = vec![
            self.panel("neurons", Unit::Count, |course| points(&course.neurons)),
            self.panel("connections", Unit::Count, |course| points(&course.connections)),
        ];
        Bands { title: "Growth by setting".into(), settings: shown.names(), panels, note: self.note(shown) }
    }
}

fn page(comparison: &Comparison, illustrations: Vec<Illustration>) -> String {
    let table = |title: &str, rows: Vec<Vec<String>>| {
        let (head, rows) = rows.split_first().map(|(head, rows)| (head.clone(), rows.to_vec())).unwrap_or_default();
        Table { title: title.to_owned(), head, rows }
    };
    let mut tables = vec![table("Settings", comparison.averages_rows())];
    if let (Some(control), false) = (&comparison.control, comparison.pairs.is_empty()) {
        tables.push(table(&format!("Paired by seed, against {}", control.label), comparison.pair_rows()));
    }
    tables.push(table("Measured besides; not tested", comparison.described_rows(&comparison.described_names())));
    let notes = comparison.notes.iter().map(|note| vec![note.clone()]);
    tables.push(Table { title: "Notes".into(), head: vec!["what a reader must know".into()], rows: notes.collect() });
    tables.retain(|table| !table.rows.is_empty());
    report::page(&ReportData {
        title: comparison.name.clone(),
        subtitle: format!(
            "{}, {} is better; {} runs of {} settings",
            comparison.metric.words(),
            comparison.metric.better.word(),
            comparison.runs.all,
            comparison.settings.len()
        ),
        tables,
        illustrations,
        ..ReportData::default()
    })
}

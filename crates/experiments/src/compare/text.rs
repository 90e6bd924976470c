//! The comparison as text.

use super::{
    comparison::Comparison,
    pair::{Difference, Pair},
    question::{Chosen, in_words, is_share},
    setting::{Setting, described_names},
};
use crate::{
    report::columns,
    statistics::{Estimate, Seeds},
};
use std::fmt::Write as _;

/// Longer labels are cut: a table is read side by side.
const LONGEST: usize = 48;

impl std::fmt::Display for Comparison {
    /// Three tables and the notes; nothing that differs from one sitting to the next.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let by = match self.metric.chosen {
            Chosen::BySweep => "declared by the sweep",
            Chosen::ByCommand => "chosen by the command",
            Chosen::ByDefault => "the usual one",
        };
        let (words, better) = (self.metric.words(), self.metric.better.word());
        writeln!(f, "{}: {words}, {better} is better ({by})", plain(&self.name))?;
        let tasks = if self.tasks.len() > 1 { format!(" on {} tasks", self.tasks.len()) } else { String::new() };
        writeln!(
            f,
            "{} of {} settings{tasks}; intervals of {} % from {} resamples stratified by task",
            counted(self.runs.all, "run"),
            self.settings.len(),
            percent(self.level.share()),
            self.resamples
        )?;
        write!(f, "\n{}", columns(&self.averages_rows()))?;
        if let (Some(control), false) = (&self.control, self.pairs.is_empty()) {
            let by = match control.chosen {
                Chosen::BySweep => "the control that the sweep declared",
                Chosen::ByCommand => "the control that the command named",
                Chosen::ByDefault => "the best of these runs",
            };
            let points = if self.metric.is_share() { ", in points" } else { "" };
            write!(
                f,
                "\nPaired by seed: setting − {}, {by}{points}\n{}",
                plain(&control.label),
                columns(&self.pair_rows())
            )?;
        }
        let described = self.described_names();
        if !described.is_empty() {
            write!(
                f,
                "\nMeasured besides, median (least to greatest); not tested\n{}",
                columns(&self.described_rows(&described))
            )?;
        }
        if !self.notes.is_empty() {
            f.write_str("\nNotes\n")?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "- {}", plain_note(note)))
    }
}

impl Comparison {
    /// How its primary metric is written.
    pub(crate) fn show(&self) -> Show {
        Show::of(self)
    }

    /// Numbers that some setting describes, in the order of tables.
    pub(crate) fn described_names(&self) -> Vec<String> {
        described_names(&self.settings)
    }

    /// Rows of the table of settings, the first its head.
    pub(crate) fn averages_rows(&self) -> Vec<Vec<String>> {
        let several = self.tasks.len() > 1;
        let left_out = self.settings.iter().any(|setting| setting.runs.scored < setting.runs.all);
        let level = format!("{} % interval", percent(self.level.share()));
        let mut head = vec!["setting".into(), "runs".into(), "IQM".into(), level, "mean".into(), "median".into()];
        head.extend(several.then(|| "median of tasks".to_owned()));
        head.push("least to greatest".into());
        head.extend(left_out.then(|| "left out".to_owned()));
        let show = self.show();
        let row = |setting: &Setting| {
            let mut row = vec![plain(&setting.label), setting.runs.scored.to_string()];
            match &setting.averages {
                Some(averages) => {
                    let value = |estimate: &Estimate| show.value(estimate.value);
                    row.extend([value(&averages.iqm), show.interval(&averages.iqm)]);
                    row.extend([value(&averages.mean), value(&averages.median)]);
                    row.extend(several.then(|| value(&averages.median_of_task_means)));
                    row.push(format!("{} to {}", show.value(averages.least), show.value(averages.greatest)));
                }
                None => row.extend(vec!["-".to_owned(); if several { 6 } else { 5 }]),
            }
            row.extend(left_out.then(|| setting.runs.left_out()));
            row
        };
        std::iter::once(head).chain(self.settings.iter().map(row)).collect()
    }

    /// Rows of the table of paired differences, the first its head.
    pub(crate) fn pair_rows(&self) -> Vec<Vec<String>> {
        let level = percent(self.level.share());
        let mut head: Vec<String> = vec![
            "setting".into(),
            "pairs".into(),
            "difference".into(),
            format!("{level} % by t"),
            format!("{level} % by bootstrap"),
            "P(better)".into(),
            "p (sign flips)".into(),
            "Holm".into(),
            "p (t)".into(),
            "Holm".into(),
            "seeds to tell".into(),
        ];
        let show = self.show();
        head.extend(self.margin.map(|margin| format!("within ±{}", show.plain(margin))));
        let row = |pair: &Pair| {
            let none = || "-".to_owned();
            let mut row = vec![plain(&pair.setting), pair.pairs.to_string()];
            let improvement = pair.improvement.as_ref().map_or_else(none, |estimate| format!("{:.2}", estimate.value));
            if let Some(difference) = &pair.paired {
                row.push(show.signed(difference.by_t.value));
                row.push(show.signed_interval(&difference.by_t));
                row.push(show.signed_interval(&difference.by_bootstrap));
                row.push(improvement);
                for tested in [difference.sign_flips, difference.t] {
                    row.push(tested.map_or_else(none, |tested| p_value(tested.p)));
                    row.push(tested.map_or_else(none, |tested| p_value(tested.holm)));
                }
                row.push(seeds(difference));
                if self.margin.is_some() {
                    row.push(difference.equivalence.map_or_else(none, |verdict| verdict.word().to_owned()));
                }
            } else {
                row.extend([none(), none(), none(), improvement]);
                row.extend(vec![none(); if self.margin.is_some() { 6 } else { 5 }]);
            }
            row
        };
        std::iter::once(head).chain(self.pairs.iter().map(row)).collect()
    }

    /// Rows of the table of everything else, the first its head.
    pub(crate) fn described_rows(&self, names: &[String]) -> Vec<Vec<String>> {
        let head = std::iter::once("setting".to_owned()).chain(names.iter().map(|name| in_words(name)));
        let row = |setting: &Setting| {
            let cell = |name: &String| {
                let Some(described) = setting.described.get(name) else { return "-".to_owned() };
                let text = |value: f64| if is_share(name) { format!("{} %", percent(value)) } else { figures(value) };
                if described.least == described.greatest {
                    return text(described.median);
                }
                format!("{} ({} to {})", text(described.median), text(described.least), text(described.greatest))
            };
            std::iter::once(plain(&setting.label)).chain(names.iter().map(cell)).collect()
        };
        std::iter::once(head.collect()).chain(self.settings.iter().map(row)).collect()
    }
}

/// How the primary metric is written: shares in percent, to two decimals; other numbers in as many as tell them apart.
#[derive(Clone, Copy)]
pub(crate) struct Show {
    share: bool,
    decimals: usize,
}

impl Show {
    fn of(comparison: &Comparison) -> Self {
        let share = comparison.metric.is_share();
        let size = comparison.settings.iter().flat_map(Setting::values).map(f64::abs).fold(0.0, f64::max);
        Self { share, decimals: if share { 2 } else { decimals(size) } }
    }

    /// A value with its unit.
    fn value(self, value: f64) -> String {
        if self.share { format!("{} %", self.plain(value)) } else { self.plain(value) }
    }

    fn plain(self, value: f64) -> String {
        let factor = if self.share { 100.0 } else { 1.0 };
        let text = format!("{:.*}", self.decimals, value * factor);
        // A zero has no sign.
        if text.starts_with('-') && !text.contains(|c: char| ('1'..='9').contains(&c)) {
            text[1..].to_owned()
        } else {
            text
        }
    }

    /// A difference with its sign.
    fn signed(self, value: f64) -> String {
        let text = self.plain(value);
        if text.starts_with('-') { text } else { format!("+{text}") }
    }

    fn interval(self, estimate: &Estimate) -> String {
        let within = |interval: crate::statistics::Interval| {
            format!("[{}, {}]", self.plain(interval.low()), self.plain(interval.high()))
        };
        estimate.bounds.map_or_else(|_| "-".to_owned(), within)
    }

    /// A value with its interval.
    pub(crate) fn with_interval(self, estimate: &Estimate) -> String {
        let interval = if estimate.bounds.is_ok() { self.interval(estimate) } else { String::new() };
        format!("{} {interval}", self.value(estimate.value)).trim_end().to_owned()
    }

    /// A difference with its interval.
    pub(crate) fn signed_with_interval(self, estimate: &Estimate) -> String {
        let interval = if estimate.bounds.is_ok() { self.signed_interval(estimate) } else { String::new() };
        format!("{} {interval}", self.signed(estimate.value)).trim_end().to_owned()
    }

    /// The interval of a difference.
    fn signed_interval(self, estimate: &Estimate) -> String {
        let within = |interval: crate::statistics::Interval| {
            format!("[{}, {}]", self.signed(interval.low()), self.signed(interval.high()))
        };
        estimate.bounds.map_or_else(|_| "-".to_owned(), within)
    }
}

/// Decimals that leave five figures of the largest number.
fn decimals(size: f64) -> usize {
    if size > 0.0 { (4.0 - size.log10().floor()).clamp(0.0, 9.0) as usize } else { 4 }
}

/// A count as it is, another number in five figures, a very large one by its power.
fn figures(value: f64) -> String {
    let size = value.abs();
    if size >= 1e7 {
        format!("{value:.3e}")
    } else if value.fract() == 0.0 {
        format!("{value}")
    } else if size < 1e-3 {
        format!("{value:.2e}")
    } else {
        format!("{value:.*}", decimals(size))
    }
}

/// A share of 1 as percent, without zeros that say nothing for levels.
fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn p_value(p: f64) -> String {
    if p < 0.0001 { "<0.0001".to_owned() } else { format!("{p:.4}") }
}

fn seeds(difference: &Difference) -> String {
    match difference.seeds_to_tell {
        None => "-".to_owned(),
        Some(Seeds::Count(count)) => count.to_string(),
        Some(Seeds::TooMany) => ">1000000".to_owned(),
    }
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// A label on one line, without what moves a terminal's cursor, cut where it is too long.
pub(super) fn plain(label: &str) -> String {
    let clean = plain_note(label);
    if clean.chars().count() <= LONGEST {
        return clean;
    }
    let mut cut: String = clean.chars().take(LONGEST - 1).collect();
    let _never_fails = cut.write_char('…');
    cut
}

fn plain_note(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_labels_harmless() {
        assert_eq!(
            [figures(2178.0), figures(0.123_456), figures(1.5e9), figures(2e-5)],
            ["2178", "0.12346", "1.500e9", "2.00e-5"]
        );
        assert_eq!((percent(0.95), percent(0.9333)), ("95".to_owned(), "93.33".to_owned()));
        assert_eq!(plain("a\nb\u{1b}[31m"), "a\u{fffd}b\u{fffd}[31m");
        assert_eq!(plain(&"x".repeat(100)).chars().count(), LONGEST);
        let show = Show { share: true, decimals: 2 };
        assert_eq!([show.signed(0.109), show.signed(-0.002), show.signed(-1e-9)], ["+10.90", "-0.20", "+0.00"]);
    }
}

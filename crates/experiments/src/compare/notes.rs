//! What a reader of the table must know, in sentences.

use super::{comparison::Comparison, gather::Gathered, question::Chosen, text::plain, trial::State};
use crate::statistics::{LEAST_SEEDS, SIGNIFICANCE};

pub(super) fn of(comparison: &Comparison, gathered: &Gathered) -> Vec<String> {
    let mut notes = gathered.notes.clone();
    left_out(comparison, gathered, &mut notes);
    if let (Chosen::ByCommand, Some(declared)) = (comparison.metric.chosen, gathered.declared.first()) {
        notes.push(format!(
            "the sweep declared {} as its primary metric; {} was chosen afterwards, which makes this table exploratory",
            declared.name, comparison.metric.name
        ));
    }
    if let (Some(control), false) = (&comparison.control, comparison.pairs.is_empty())
        && control.chosen == Chosen::ByDefault
    {
        notes.push(format!(
            "no control was declared: `{}` is the best of these very runs, which flatters it; name one with --control",
            plain(&control.label)
        ));
    }
    few_seeds(comparison, &mut notes);
    other_tasks(comparison, &mut notes);
    for pair in &comparison.pairs {
        match (pair.pairs, pair.unpaired) {
            (0, _) => notes.push(format!(
                "`{}` and `{}` have no seed of one task in common: no paired difference",
                plain(&pair.setting),
                plain(&pair.against)
            )),
            (_, 0) => {}
            (_, alone) => notes.push(format!(
                "`{}` against `{}`: {alone} {} without a partner of the same seed",
                plain(&pair.setting),
                plain(&pair.against),
                if alone == 1 { "run is" } else { "runs are" }
            )),
        }
    }
    least_p(comparison, &mut notes);
    notes
}

fn left_out(comparison: &Comparison, gathered: &Gathered, notes: &mut Vec<String>) {
    let runs = &comparison.runs;
    if runs.scored < runs.all {
        let (out, all) = (runs.all - runs.scored, runs.all);
        let words = runs.left_out();
        let diverged = if runs.diverged > 0 { "; averages are of the runs that did not diverge" } else { "" };
        notes.push(format!(
            "{out} of {all} runs {} in no average: {words}{diverged}",
            if out == 1 { "is" } else { "are" }
        ));
    }
    for trial in &gathered.trials {
        if let State::Damaged(why) | State::Failed(why) = &trial.state {
            notes.push(format!("{}: {}: {why}", trial.state.word(), trial.place));
        }
    }
}

fn few_seeds(comparison: &Comparison, notes: &mut Vec<String>) {
    let few = comparison
        .settings
        .iter()
        .filter(|setting| setting.averages.is_some_and(|averages| averages.iqm.bounds.is_err()));
    let few: Vec<String> = few.map(|setting| format!("`{}`", plain(&setting.label))).collect();
    if !few.is_empty() {
        notes.push(format!("fewer than {LEAST_SEEDS} seeds of some task, so without an interval: {}", few.join(", ")));
    }
}

fn other_tasks(comparison: &Comparison, notes: &mut Vec<String>) {
    let partly = comparison.settings.iter().filter(|setting| setting.averages.is_some());
    for setting in partly.filter(|setting| setting.scores.len() < comparison.tasks.len()) {
        notes.push(format!(
            "`{}` has runs of {} of the {} tasks: its averages are not of the same things as the others'",
            plain(&setting.label),
            setting.scores.len(),
            comparison.tasks.len()
        ));
    }
}

/// With few pairs the sign-flip test cannot say anything, and a reader must not take that for a finding.
fn least_p(comparison: &Comparison, notes: &mut Vec<String>) {
    let family = comparison.pairs.iter().filter(|pair| pair.paired.as_ref().is_some_and(|d| d.sign_flips.is_some()));
    let family = family.count();
    let least = comparison.pairs.iter().filter_map(|pair| pair.paired.as_ref()?.least_p);
    let least = least.fold(f64::INFINITY, f64::min);
    if family == 0 || least * family as f64 <= SIGNIFICANCE {
        return;
    }
    // 2 / 2^n × family ≤ 5 %.
    let needed = (2.0 * family as f64 / SIGNIFICANCE).log2().ceil();
    let corrected = if family > 1 {
        format!(", {:.4} after Holm over {family}", (least * family as f64).min(1.0))
    } else {
        String::new()
    };
    notes.push(format!(
        "with so few pairs the sign-flip test cannot give less than p = {least:.4}{corrected}: none of its p-values can fall below 0.05 \
         before there are {needed} seeds. The t interval can tell sooner, on the assumption of normal differences"
    ));
}

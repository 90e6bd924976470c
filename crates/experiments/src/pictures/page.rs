//! The page of a run: its figures, its plots, what happened, and what it was made with.

use crate::{
    Failure,
    config::Checked,
    report::{self, EventRow, Headline, Illustration, ReportData, StructuralEvents},
    run::{Ending, Manifest, Outcome, RunDirectory},
};
use livenet_train::session::{Event, Explained};

/// Moves that are listed from the start of a run, and as many from its end.
pub(super) const LISTED: usize = 20;
/// A longer text is cut.
const LONGEST: usize = 96;

pub(super) fn page(
    directory: &RunDirectory,
    checked: &Checked,
    outcome: &Outcome,
    events: &[Event],
    illustrations: Vec<Illustration>,
) -> Result<String, Failure> {
    let manifest = Manifest::read(directory)?;
    let experiment = checked.experiment();
    let task = experiment.task.keys().next().map_or("", String::as_str);
    let arm = if outcome.arm.is_empty() { String::new() } else { format!("arm {}, ", outcome.arm) };
    let strategies: Vec<&str> = experiment.grow.iter().map(|grow| grow.strategy.as_str()).collect();
    let strategies = if strategies.is_empty() { "fixed structure".to_owned() } else { strategies.join(" + ") };
    let summary = if experiment.summary.is_empty() { String::new() } else { format!("{} ", experiment.summary) };
    let data = ReportData {
        title: outcome.experiment.clone(),
        subtitle: format!(
            "{summary}({arm}{strategies} on {task}, seed {}, executor {})",
            outcome.seed, manifest.executor
        ),
        headline: headline(outcome),
        ending: ending(outcome),
        tables: Vec::new(),
        illustrations,
        events: structural(events),
        manifest: facts(&manifest),
        config: checked.to_toml(),
    };
    Ok(report::page(&data))
}

fn headline(outcome: &Outcome) -> Headline {
    let loss = outcome.metrics.get("test_loss").filter(|_| !outcome.metrics.contains_key("test_accuracy"));
    Headline {
        accuracy: outcome.metrics.get("test_accuracy").copied(),
        connections: Some(outcome.connections),
        dense_connections: Some(outcome.dense_connections),
        neurons: Some(outcome.neurons),
        steps: Some(outcome.steps),
        seconds: Some(outcome.seconds),
        more: loss.map(|loss| ("test loss".to_owned(), format!("{loss:.4}"))).into_iter().collect(),
    }
}

fn ending(outcome: &Outcome) -> Vec<(String, String)> {
    let how = match &outcome.ending {
        Ending::Finished { steps } => format!("all {steps} steps were done"),
        Ending::Patience { looks, best } => format!("no validation loss below {best:.4} in {looks} looks"),
        Ending::Diverged { step, what } => format!("diverged in step {step}: {what}"),
    };
    let mut facts = vec![("ended".to_owned(), how)];
    facts.extend(outcome.metrics.iter().map(|(name, value)| (name.replace('_', " "), format!("{value:.6}"))));
    facts.push(("operations".into(), format!("{:.3e} multiply-adds of training", outcome.operations as f64)));
    facts
}

fn structural(events: &[Event]) -> StructuralEvents {
    let mut totals = [
        ("divisions", 0),
        ("births", 0),
        ("renewals", 0),
        ("deaths", 0),
        ("connections grown", 0),
        ("connections pruned", 0),
    ];
    let (mut first, mut last) = (Vec::new(), std::collections::VecDeque::new());
    for event in events {
        let Event::Committed { step, census, why, .. } = event else { continue };
        let born = census.born - census.divided.min(census.born);
        let counts = [census.divided, born, census.renewed, census.died, census.connected, census.disconnected];
        totals.iter_mut().zip(counts).for_each(|((_, total), count)| *total += u64::from(count));
        for explained in why {
            let row = row(*step, explained);
            if first.len() < LISTED {
                first.push(row);
            } else {
                last.push_back(row);
                if last.len() > LISTED {
                    last.pop_front();
                }
            }
        }
    }
    let counts = totals.into_iter().filter(|(_, total)| *total > 0).map(|(name, total)| (name.to_owned(), total));
    StructuralEvents { counts: counts.collect(), first, last: last.into() }
}

fn row(step: u64, Explained { what, reason }: &Explained) -> EventRow {
    let what = what.text();
    let (kind, rest) = what.split_once(' ').unwrap_or((&what, ""));
    let score = match reason.scores.as_slice() {
        [] => String::new(),
        [one] => format!(", score {one:.4}"),
        many => {
            let ends = many
                .iter()
                .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &score| (low.min(score), high.max(score)));
            format!(", scores {:.4} to {:.4}", ends.0, ends.1)
        }
    };
    let threshold = reason.threshold.map(|threshold| format!(", threshold {threshold:.4}")).unwrap_or_default();
    EventRow {
        step,
        kind: kind.into(),
        what: cut(rest),
        why: format!("{}{score}{threshold}; {} stood", reason.rule, reason.considered),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.into();
    }
    let items = text.split(' ').count();
    let start: String = text.chars().take(LONGEST).collect();
    // Between two names, not within one.
    let start = start.rsplit_once(' ').map_or(start.as_str(), |(whole, _)| whole);
    format!("{start} … ({items} in all)")
}

fn facts(manifest: &Manifest) -> Vec<(String, String)> {
    let facts = manifest.facts().into_iter().map(|(name, value)| (name.to_owned(), value));
    [("config".to_owned(), manifest.config.clone())].into_iter().chain(facts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut_between_names() {
        let many = vec!["n12>n345"; 40].join(" ");
        let text = cut(&many);
        assert!(text.ends_with("n12>n345 … (40 in all)") && text.chars().count() < LONGEST + 20, "{text}");
        assert_eq!(cut("n1>n2"), "n1>n2");
    }
}

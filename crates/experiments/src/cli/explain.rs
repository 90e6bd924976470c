//! `livenet explain`: why the structure changed at or near a step.

use super::{open, output::Output};
use crate::{Failure, run};
use livenet_growth::Aborted;
use livenet_train::session::{Event, Explained, NeuronEnergy};
use std::path::PathBuf;

/// Arguments of `explain`.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The run's directory
    run: PathBuf,
    /// The step; changes at it, or at the step nearest to it
    #[arg(long, value_name = "STEP")]
    at: u64,
    /// One JSON document, with every score
    #[arg(long)]
    json: bool,
}

/// Scores of one move that are printed; the rest is counted.
const SHOWN: usize = 12;
/// So many of the richest and of the poorest are named.
const OF_EACH_END: usize = 4;

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let directory = open::directory(&arguments.run)?;
    let events = run::events(&directory, 0)?;
    let changed = |event: &Event| match event {
        Event::Committed { step, .. } | Event::Foretold { step, .. } | Event::Aborted { step, .. } => Some(*step),
        // What a budget forbade altogether is told as well.
        Event::Unchanged { step, cut, .. } if !cut.is_empty() => Some(*step),
        _ => None,
    };
    let Some(nearest) = events.iter().filter_map(changed).min_by_key(|step| step.abs_diff(arguments.at)) else {
        return Err(Failure::Unmet(format!(
            "{}: the structure never changed; its events say when strategies were asked and why they did nothing",
            directory.path().display()
        )));
    };
    // With all reasons now, of those alone.
    let mut at = Vec::new();
    run::each_event(&directory, &mut |event| at.extend((changed(&event) == Some(nearest)).then_some(event)))?;
    let mut output = Output::new();
    if arguments.json {
        output.json(&at)?;
        return output.finish();
    }
    if nearest != arguments.at {
        output.line(format_args!(
            "nothing changed at step {}; the nearest time that something was to change:",
            arguments.at
        ))?;
    }
    for event in &at {
        print(&mut output, event)?;
    }
    print_energy(&mut output, &events, nearest)?;
    output.finish()
}

/// The books and the accounts as they were last told of before a step, if there are any.
fn print_energy(output: &mut Output, events: &[Event], at: u64) -> Result<(), Failure> {
    let books = events.iter().rev().find_map(|event| match event {
        Event::Energy { step, store, income, cost, spilled, forgiven, supply } if *step <= at => {
            Some((step, [store, supply, income, cost, spilled, forgiven]))
        }
        _ => None,
    });
    if let Some((step, [store, supply, income, cost, spilled, forgiven])) = books {
        output.line(format_args!("energy at step {step}: {store:.1} in store; per step supply {supply:.2}, income {income:.2}, cost {cost:.2}, spilled {spilled:.2}, forgiven {forgiven:.2}"))?;
    }
    let accounts = events.iter().rev().find_map(|event| match event {
        Event::Accounts { step, of } if *step <= at && !of.is_empty() => Some(of),
        _ => None,
    });
    let Some(accounts) = accounts else { return Ok(()) };
    let mut by_energy: Vec<_> = accounts.iter().collect();
    by_energy.sort_by(|a, b| b.energy.total_cmp(&a.energy).then(a.neuron.cmp(&b.neuron)));
    let words = |of: &[&NeuronEnergy]| -> String {
        let each = of.iter().map(|one| format!("{} {:.1} (age {})", one.neuron, one.energy, one.age));
        each.collect::<Vec<_>>().join(", ")
    };
    if by_energy.len() <= 2 * OF_EACH_END {
        return output.line(format_args!("  has saved: {}", words(&by_energy)));
    }
    output.line(format_args!("  richest: {}", words(&by_energy[..OF_EACH_END])))?;
    output.line(format_args!("  poorest: {}", words(&by_energy[by_energy.len() - OF_EACH_END..])))
}

fn print(output: &mut Output, event: &Event) -> Result<(), Failure> {
    if let Event::Unchanged { step, strategy, cut, .. } = event {
        output.line(format_args!("step {step}, {strategy}: nothing changed, the budget cut all"))?;
        return cut.iter().try_for_each(|cut| output.line(format_args!("  the budget cut {cut}")));
    }
    if let Event::Aborted { step, strategy, of } = event {
        output.line(format_args!("step {step}, {strategy}: copies given up: {}", of.len()))?;
        return of.iter().try_for_each(|Aborted { neuron, begun, damage }| {
            output.line(format_args!("  {neuron}, begun at step {begun}: {damage}"))
        });
    }
    if let Event::Foretold { step, strategy, foretold, loss: [before, after], gradient: [was, is], .. } = event {
        let measured = after - before;
        output.line(format_args!(
            "step {step}, {strategy}: the loss was to change by {foretold:.3e} and changed by {measured:.3e}"
        ))?;
        return output.line(format_args!("  the gradient's norm went from {was:.3e} to {is:.3e}"));
    }
    let Event::Committed { step, strategy, census, neurons, connections, change, cut, why, .. } = event else {
        return Ok(());
    };
    output.line(format_args!("step {step}, {strategy}: now {neurons} neurons, {connections} connections"))?;
    let counts = [
        ("born", census.born),
        ("of them by division", census.divided),
        ("renewed", census.renewed),
        ("died", census.died),
        ("connected", census.connected),
        ("disconnected", census.disconnected),
    ];
    let counts: Vec<String> =
        counts.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{count} {name}")).collect();
    // A commit of values alone counts nothing.
    if !counts.is_empty() {
        output.line(format_args!("  {}", counts.join(", ")))?;
    }
    if let Some(change) = change {
        output
            .line(format_args!("  the outputs changed by {change:.1e} of the largest, before symmetry was broken"))?;
    }
    for cut in cut {
        output.line(format_args!("  the budget cut {cut}"))?;
    }
    why.iter().try_for_each(|explained| print_one(output, explained))
}

fn print_one(output: &mut Output, Explained { what, reason }: &Explained) -> Result<(), Failure> {
    // A batch names its kind once and then one connection per score.
    let what = what.text();
    let (kind, items) = what.split_once(' ').unwrap_or((&what, ""));
    let items: Vec<&str> = items.split(' ').collect();
    let stood = format!("{} stood", reason.considered);
    let threshold = reason.threshold.map(|threshold| format!(", threshold {threshold:?}")).unwrap_or_default();
    if reason.scores.len() > 1 && items.len() == reason.scores.len() {
        output.line(format_args!("  {kind} {} by {}; {stood}{threshold}", items.len(), reason.rule))?;
        for (item, score) in items.iter().zip(&reason.scores).take(SHOWN) {
            output.line(format_args!("    {item}  score {score:?}"))?;
        }
        if items.len() > SHOWN {
            output.line(format_args!("    and {} more; --json prints all", items.len() - SHOWN))?;
        }
        return Ok(());
    }
    let scores: Vec<String> = reason.scores.iter().take(SHOWN).map(|score| format!("{score:?}")).collect();
    let score = if scores.is_empty() { String::new() } else { format!(", score {}", scores.join(" ")) };
    let more = items.len().saturating_sub(SHOWN);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let items = items.into_iter().take(SHOWN).collect::<Vec<_>>().join(" ");
    output.line(format_args!("  {kind} {items}{more}: {}{score}; {stood}{threshold}", reason.rule))
}

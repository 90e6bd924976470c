//! `livenet list`: everything that an experiment file can name, with one line each.

use super::output::Output;
use crate::{
    Failure, Registry,
    config::lifecycle::{self, Lifecycle},
    executors,
};
use clap::ValueEnum;
use livenet_growth::{Axes, Contract, Entry, Family, Gain, Ledger, Setting, Settings};
use serde::Serialize;

/// Arguments of `list`.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Only these
    what: Option<What>,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Strategies,
    Tasks,
    Executors,
    Optimizers,
    Activations,
    Losses,
    Lifecycles,
    Energy,
}

/// A line of the list.
#[derive(Serialize)]
struct Item {
    name: &'static str,
    summary: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    settings: Vec<ItemSetting>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    method: Option<ItemMethod>,
}

/// What there is to say of a strategy beside that.
#[derive(Serialize)]
struct ItemMethod {
    family: Family,
    axes: Axes,
    contract: &'static str,
    citation: String,
    needs: Vec<String>,
    url: &'static str,
}

#[derive(Serialize)]
struct ItemSetting {
    name: &'static str,
    default: &'static str,
    about: &'static str,
}

pub(super) fn run(arguments: &Arguments, registry: &Registry) -> Result<(), Failure> {
    let all = What::value_variants().iter().copied();
    let kinds: Vec<What> = all.filter(|&kind| arguments.what.is_none_or(|what| what == kind)).collect();
    let mut output = Output::new();
    if arguments.json {
        let mut document = serde_json::Map::new();
        for &kind in &kinds {
            let name = kind.to_possible_value().expect("no kind is skipped").get_name().to_owned();
            document.insert(name, serde_json::to_value(items(kind, registry)).expect("items are plain data"));
        }
        output.json(&document)?;
        return output.finish();
    }
    for (at, &kind) in kinds.iter().enumerate() {
        if kinds.len() > 1 {
            let name = kind.to_possible_value().expect("no kind is skipped").get_name().to_owned();
            output.line(format_args!("{}{name}", if at == 0 { "" } else { "\n" }))?;
        }
        print(&mut output, &items(kind, registry), kinds.len() == 1)?;
    }
    output.finish()
}

/// A line each, strategies under the heading of their family; everything about each where one kind alone is asked for.
fn print(output: &mut Output, items: &[Item], whole: bool) -> Result<(), Failure> {
    let width = items.iter().map(|item| item.name.len()).max().unwrap_or(0);
    let mut family = None;
    for item in items {
        if let Some(method) = item.method.as_ref().filter(|method| whole && family != Some(method.family)) {
            output.line(format_args!("{}{}", if family.is_some() { "\n" } else { "" }, method.family.heading()))?;
            family = Some(method.family);
        }
        output.line(format_args!("  {:width$}  {}", item.name, item.summary))?;
        if !whole {
            continue;
        }
        if let Some(ItemMethod { axes, contract, citation, needs, .. }) = &item.method {
            let Axes { goes, grows, born, amount } = axes;
            output.line(format_args!("  {:width$}    {citation}", ""))?;
            output.line(format_args!(
                "  {:width$}    goes: {goes} · grows: {grows} · born: {born} · how much: {amount}",
                ""
            ))?;
            let needs = if needs.is_empty() { "nothing".to_owned() } else { needs.join(", ") };
            output.line(format_args!("  {:width$}    function kept: {contract} · needs: {needs}", ""))?;
        }
        for setting in &item.settings {
            output
                .line(format_args!("  {:width$}    {} = {}  {}", "", setting.name, setting.default, setting.about))?;
        }
    }
    Ok(())
}

impl ItemMethod {
    fn of(entry: &Entry) -> Self {
        // What it needs may depend on its settings: these are of the defaults.
        let needs = entry.strategy(Settings::none()).map(|made| made.needs()).unwrap_or_default();
        Self {
            family: entry.family,
            axes: entry.axes,
            contract: match entry.contract {
                Contract::Exact => "exact",
                Contract::Near => "near",
                Contract::None => "none",
            },
            citation: entry.citation.short(),
            needs: needs.iter().map(|signal| signal.name().to_owned()).collect(),
            url: entry.citation.url,
        }
    }
}

fn items(kind: What, registry: &Registry) -> Vec<Item> {
    let plain = |name, summary: &str| Item { name, summary: summary.into(), settings: Vec::new(), method: None };
    let with = |name, summary: &str, settings: &[Setting]| Item {
        name,
        summary: summary.into(),
        settings: settings
            .iter()
            .map(|&Setting { name, default, about }| ItemSetting { name, default, about })
            .collect(),
        method: None,
    };
    match kind {
        What::Strategies => {
            let mut entries: Vec<&Entry> = registry.strategies().entries().iter().collect();
            entries.sort_by_key(|entry| entry.family);
            let item = |entry: &Entry| Item {
                method: Some(ItemMethod::of(entry)),
                ..with(entry.name, entry.summary, entry.settings)
            };
            entries.into_iter().map(item).collect()
        }
        What::Tasks => registry.tasks().iter().map(|entry| with(entry.name, entry.summary, entry.settings)).collect(),
        What::Executors => executors::all().iter().map(|entry| plain(entry.name, entry.summary)).collect(),
        What::Optimizers => OPTIMIZERS.iter().map(|&(name, summary)| plain(name, summary)).collect(),
        What::Activations => {
            let about = |name: &str| {
                let known = ACTIVATIONS.iter().find(|(known, _)| *known == name);
                known.map_or("your own; also as `leaky-...`, with a learnable decay", |(_, about)| about)
            };
            registry.activation_names().into_iter().map(|name| plain(name, about(name))).collect()
        }
        What::Lifecycles => {
            let of = |life: &Lifecycle| Item {
                summary: format!("{}\n{}", life.summary, indented(life.text)),
                ..plain(life.name, "")
            };
            lifecycle::ALL.iter().map(of).collect()
        }
        What::Energy => {
            let names: Vec<&str> = Ledger::build(&mut Settings::none())
                .map_or(Vec::new(), |ledger| ledger.needs())
                .iter()
                .map(|signal| signal.name())
                .collect();
            let ledger = format!("`[energy]`: an account for every hidden neuron; needs: {}", names.join(", "));
            vec![
                with("energy", &ledger, Ledger::SETTINGS),
                with(
                    "train.gain",
                    "how much faster than others the young and the well fed learn; needs: nothing",
                    Gain::SETTINGS,
                ),
            ]
        }
        What::Losses => {
            let about =
                |name: &str| LOSSES.iter().find(|(known, _)| *known == name).map_or("your own", |(_, about)| about);
            registry.loss_names().into_iter().map(|name| plain(name, about(name))).collect()
        }
    }
}

/// The lines of a lifecycle, below its summary.
fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().filter(|line| !line.is_empty()).map(|line| format!("      {line}")).collect();
    lines.join("\n")
}

const OPTIMIZERS: [(&str, &str); 6] = [
    ("sgd", "gradient descent: rate"),
    ("momentum", "with momentum: rate, beta = 0.9"),
    ("nesterov", "with Nesterov's momentum: rate, beta = 0.9"),
    ("rmsprop", "rate, alpha = 0.99, epsilon = 1e-8"),
    ("adam", "per-element step counts: rate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8"),
    ("adamw", "Adam with decoupled weight decay: as adam, decay = 0.01"),
];

const ACTIVATIONS: [(&str, &str); 9] = [
    ("linear", "x"),
    ("relu", "max(x, 0)"),
    ("leaky_relu", "x, below zero a hundredth of it"),
    ("tanh", "the hyperbolic tangent"),
    ("sigmoid", "1 / (1 + exp(-x))"),
    ("silu", "x sigmoid(x)"),
    ("gelu", "x times the normal distribution function of x"),
    ("softplus", "ln(1 + exp(x))"),
    ("square", "x x"),
];

const LOSSES: [(&str, &str); 5] = [
    ("mean_squared", "squared error, mean over outputs"),
    ("cross_entropy", "of the classes' softmax, in nats; the default for classes"),
    ("binary_cross_entropy", "of each output's sigmoid, in nats; the default for bits"),
    ("huber", "squared up to 1, then straight"),
    ("squared_as_in_set", "squared error of a sigmoid, with the derivative of the published code of SET"),
];

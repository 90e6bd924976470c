//! Bounds on size: what is far beyond them is a slip of the pen, and would end in the system killing the process.

use super::{checked::Birthright, document::Document, error::ConfigError, raw::Experiment};
use crate::task::Task;
use livenet_core::{FireGroup, Role};
use livenet_growth::Wiring;

/// Most neurons at the start.
const NEURONS: u64 = 10_000_000;
/// Most connections at the start.
const CONNECTIONS: u64 = 200_000_000;
/// Most outputs that are kept at once: neurons x lanes x cycles. Each is there a few times, in four bytes.
const OUTPUTS: u64 = 1 << 31;

/// Refuses a start that no machine of today would get through, and more connections than there are pairs.
pub(super) fn check(
    document: &Document,
    experiment: &Experiment,
    (groups, birthrights): (&[FireGroup], &[Birthright]),
    wiring: &Wiring,
    task: &dyn Task,
) -> Result<(), ConfigError> {
    let sizes: Vec<u64> = birthrights.iter().map(|birthright| u64::from(birthright.neurons)).collect();
    let neurons: u64 = sizes.iter().sum();
    // Inputs and outputs are those of the task, so the culprit is the largest group between them.
    let largest = (0..experiment.network.group.len()).max_by_key(|&at| experiment.network.group[at].neurons);
    let key = largest.map_or_else(|| "network".to_owned(), |at| format!("network.group.{at}.neurons"));
    if neurons > NEURONS {
        let message = format!("the network would begin with {neurons} neurons; at most {NEURONS} are taken");
        return Err(document.fault(&key, message, "begin with fewer, and let strategies divide them".to_owned()));
    }
    let pairs = pairs(groups, &sizes);
    let share = |density: f64| (pairs as f64 * density) as u64;
    let connections = match *wiring {
        Wiring::None => 0,
        Wiring::Dense => pairs,
        Wiring::Uniform { density }
        | Wiring::ErdosRenyi { density }
        | Wiring::ReceptiveField { density, .. }
        | Wiring::SmallWorld { density, .. } => share(density),
        Wiring::Count { connections } => connections,
        Wiring::FanIn { connections } => connections.saturating_mul(neurons).min(pairs),
    };
    if let Wiring::Count { connections } = *wiring
        && connections > pairs
    {
        let message = format!("{connections} connections are asked for, and {pairs} pairs of neurons are in reach");
        return Err(document.fault("network.wiring", message, format!("give at most {pairs}, or widen a `reach`")));
    }
    if connections > CONNECTIONS {
        let message =
            format!("the network would begin with {connections} connections; at most {CONNECTIONS} are taken");
        let help = "wire it more sparsely, as { count = 100000 }, or give its groups fewer neurons".to_owned();
        return Err(document.fault("network.wiring", message, help));
    }
    let train = &experiment.train;
    let delay = groups.iter().map(|group| u64::from(group.reach.max_delay)).max().unwrap_or(0);
    let cycles = (task.shape().window as u64).max(u64::from(train.memory.unwrap_or(0)));
    let refuse = |key: &str, what: &str, lanes: u64, cycles: u64| {
        let outputs = neurons.saturating_mul(cycles.saturating_add(delay + 1)).saturating_mul(lanes);
        if outputs <= OUTPUTS {
            return Ok(());
        }
        let message = format!(
            "{neurons} neurons, {lanes} samples side by side {what} and {} cycles of memory make {outputs} outputs; at most {OUTPUTS} are taken",
            cycles + delay + 1
        );
        let help = "lower the neurons, `train.batch`, `train.memory`, the window of the task or `max_delay`".to_owned();
        Err(document.fault(key, message, help))
    };
    refuse("train.batch", "in training", u64::from(train.batch), cycles)?;
    refuse(&key, "in the validation part", task.validation().lanes as u64, 0)
}

/// Pairs of neurons within reach; where `within` narrows it, at most so many.
fn pairs(groups: &[FireGroup], sizes: &[u64]) -> u64 {
    let mut pairs = 0u64;
    for (at, group) in groups.iter().enumerate().filter(|(_, group)| group.role != Role::Input) {
        let mut heard: Vec<usize> = group.reach.groups.iter().map(|from| from.index()).collect();
        heard.sort_unstable();
        heard.dedup();
        for from in heard {
            let itself = if from == at && !group.reach.itself { sizes[at] } else { 0 };
            pairs = pairs.saturating_add(sizes[at].saturating_mul(sizes[from]) - itself);
        }
    }
    pairs
}

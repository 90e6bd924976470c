//! Recruiting: free neurons become detectors of what is still wrong, or pass on what was said.

use super::{Standing, Wire};
use crate::effort;
use crate::{View, choice::draw};
use livenet_core::{Birth, Draft, Move, Network, NeuronId, Reason, Role, Row, Signal, Stream, Synapse};
use std::collections::BTreeSet;

/// Recruits are wanted before growth by gradient, and after what goes.
const PRIORITY: f32 = 2.0;

/// The straight residual of every neuron to every output, and who speaks: of those that are there as measured,
/// of recruits as estimated from their dendrites.
struct Residual {
    neurons: usize,
    /// `[output][neuron]`.
    values: Vec<f32>,
    speaks: Vec<bool>,
    /// Hidden neurons on a path to an output.
    heard: BTreeSet<u32>,
    /// Recruits that nobody listens to yet.
    unheard: BTreeSet<u32>,
}

impl Residual {
    fn of(&self, output: usize, neuron: u32) -> f32 {
        self.values
            .get(output * self.neurons + neuron as usize)
            .copied()
            .filter(|value| value.is_finite())
            .unwrap_or(0.0)
    }

    /// What a neuron with these dendrites would tell each output, were it linear.
    fn estimate(&mut self, outputs: usize, neuron: u32, dendrites: &[(u32, f32)]) {
        for output in 0..outputs {
            let sum = dendrites.iter().map(|&(pre, weight)| weight * self.of(output, pre)).sum();
            if let Some(value) = self.values.get_mut(output * self.neurons + neuron as usize) {
                *value = sum;
            }
        }
        self.speaks[neuron as usize] = true;
    }
}

/// Takes in as many free neurons as `budget` connections allow; returns how many connections they took.
pub(super) fn recruit(
    wire: &Wire,
    view: &View<'_>,
    draft: &mut Draft<'_>,
    standing: &Standing,
    budget: usize,
) -> usize {
    let network = view.network;
    let n = network.neuron_count();
    let outputs: Vec<u32> = network.outputs().collect();
    let is_hidden = |row: u32| network.role(Row::new(row)) == Role::Hidden;
    let hidden = (0..n as u32).filter(|&row| is_hidden(row)).count();
    let dendrites = wire.dendrites_of(wire.cap(view), hidden);
    let mut residual = Residual {
        neurons: n,
        values: view.signals.values(Signal::Residual).to_vec(),
        speaks: (0..n as u32).map(|row| standing.speaks(row)).collect(),
        heard: (0..n as u32).filter(|&row| is_hidden(row) && standing.is_heard(row)).collect(),
        unheard: BTreeSet::new(),
    };
    effort::spend((n * outputs.len()) as u64);
    let energy: Vec<f32> =
        (0..outputs.len()).map(|output| (0..n as u32).map(|row| residual.of(output, row).powi(2)).sum()).collect();

    let mut stream = view.key.at(1).stream();
    let mut order = standing.free().to_vec();
    stream.shuffle(&mut order);
    let mut spent = 0;
    // Lined up by what a recruit can cost; where they cost less (few speakers in reach, relays) there is another
    // round. Within a round the order is that of firing, so that later groups can hear earlier recruits.
    while spent < budget && !order.is_empty() {
        let round = ((budget - spent) / (dendrites + wire.axons as usize)).clamp(1, order.len());
        let mut round = order.split_off(order.len() - round);
        round.sort_unstable_by_key(|&row| (network.spec(Row::new(row)).group, row));
        for row in round {
            let Some(target) = draw(&energy, 1, &mut stream).first().copied() else { return spent };
            let relayed = if stream.uniform() < f64::from(wire.relays) {
                relay(network, &residual, row, &mut stream)
            } else {
                None
            };
            let (rule, heard) = match relayed {
                Some(pre) => ("relays what was said", vec![(pre, 1.0)]),
                None => {
                    ("detects what is still wrong", detect(network, &residual, (row, target, dendrites), &mut stream))
                }
            };
            if heard.is_empty() {
                continue;
            }
            // What a relay says was true a cycle ago: nothing is known of it now.
            residual.estimate(if relayed.is_some() { 0 } else { outputs.len() }, row, &heard);
            let axon = axon(network, &residual, (row, &outputs, target), wire.axons as usize);
            if spent + heard.len() + axon.len() > budget {
                return spent + attach(wire, network, draft, &residual, budget - spent, &mut stream);
            }
            let (score, output) = (residual.of(target, row), network.id(Row::new(outputs[target])));
            let reason =
                Reason::scored(format!("{rule} at {output}"), score).out_of(standing.free().len() as u64, None);
            spent += connect(network, draft, (row, &heard), &axon, &reason, &mut stream);
            for &(pre, _) in &heard {
                residual.unheard.remove(&pre);
            }
            residual.heard.insert(row);
            if axon.is_empty() {
                residual.unheard.insert(row);
            }
        }
    }
    spent + attach(wire, network, draft, &residual, budget - spent, &mut stream)
}

/// One speaker that is heard late, for a relay.
fn relay(network: &Network, residual: &Residual, row: u32, stream: &mut Stream) -> Option<u32> {
    let group = network.spec(Row::new(row)).group;
    let mut speakers = Vec::new();
    network.reach_of(Row::new(row), &mut |range| {
        speakers.extend(range.filter(|&pre| {
            let of = network.spec(Row::new(pre)).group;
            pre != row && residual.speaks[pre as usize] && network.schedule().lag(of, group, 0) > 0
        }));
    });
    (!speakers.is_empty()).then(|| speakers[stream.below(speakers.len() as u64) as usize])
}

/// Dendrites of a detector: (heard, weight).
fn detect(
    network: &Network,
    residual: &Residual,
    (row, target, count): (u32, usize, usize),
    stream: &mut Stream,
) -> Vec<(u32, f32)> {
    let mut speakers = Vec::new();
    network.reach_of(Row::new(row), &mut |range| {
        speakers.extend(range.filter(|&pre| pre != row && residual.speaks[pre as usize]));
    });
    let weights: Vec<f32> = speakers.iter().map(|&pre| residual.of(target, pre)).collect();
    let chosen = draw(&weights, count, stream);
    let size = (2.0 / chosen.len().max(1) as f32).sqrt();
    // What lowers the loss is against the gradient; where there is none, either sign will do.
    let sign = |at: usize, stream: &mut Stream| match weights[at] {
        w if w > 0.0 => -1.0,
        w if w < 0.0 => 1.0,
        _ if stream.below(2) == 0 => 1.0,
        _ => -1.0,
    };
    chosen.into_iter().map(|at| (speakers[at], size * sign(at, stream))).collect()
}

/// The outputs that a recruit speaks to: its own, and those that it tells most.
fn axon(
    network: &Network,
    residual: &Residual,
    (row, outputs, target): (u32, &[u32], usize),
    count: usize,
) -> Vec<u32> {
    let mut by_residual: Vec<usize> =
        (0..outputs.len()).filter(|&output| network.may_listen(Row::new(outputs[output]), Row::new(row), 0)).collect();
    let told = |output: usize| if output == target { f32::INFINITY } else { residual.of(output, row).abs() };
    by_residual.sort_by(|&a, &b| told(b).total_cmp(&told(a)).then(a.cmp(&b)));
    by_residual.into_iter().take(count).map(|output| outputs[output]).collect()
}

/// Proposes the connections of one recruit; returns how many there are.
fn connect(
    network: &Network,
    draft: &mut Draft<'_>,
    (row, heard): (u32, &[(u32, f32)]),
    axon: &[u32],
    reason: &Reason,
    stream: &mut Stream,
) -> usize {
    let id = |row: u32| network.id(Row::new(row));
    let mut delay = |post: u32| {
        let most = network.group(network.spec(Row::new(post)).group).reach.max_delay;
        stream.below(u64::from(most) + 1) as u16
    };
    // One batch per weight: all dendrites of a recruit have the same size, so there are at most two.
    let mut batches: Vec<(f32, Vec<(Synapse, u16)>)> = Vec::new();
    for &(pre, weight) in heard {
        let entry = (Synapse::new(id(row), id(pre)), delay(row));
        match batches.iter_mut().find(|batch| batch.0 == weight) {
            Some(batch) => batch.1.push(entry),
            None => batches.push((weight, vec![entry])),
        }
    }
    if !axon.is_empty() {
        batches.push((0.0, axon.iter().map(|&post| (Synapse::new(id(post), id(row)), delay(post))).collect()));
    }
    let mut count = 0;
    for (weight, at) in batches {
        count += at.len();
        let what = Move::Grow { at, birth: Birth::Value(weight) };
        draft
            .propose_because(what, PRIORITY, reason.clone())
            .expect("a free neuron within reach of speakers can be connected");
    }
    count
}

/// Recruits that no output and no later recruit hears are heard by some who are: otherwise they would
/// be free again at the next asking.
fn attach(
    wire: &Wire,
    network: &Network,
    draft: &mut Draft<'_>,
    residual: &Residual,
    budget: usize,
    stream: &mut Stream,
) -> usize {
    let id = |row: u32| -> NeuronId { network.id(Row::new(row)) };
    let mut spent = 0;
    for &row in &residual.unheard {
        let listeners: Vec<u32> = residual
            .heard
            .iter()
            .copied()
            .filter(|&post| {
                post != row && !residual.unheard.contains(&post) && network.may_listen(Row::new(post), Row::new(row), 0)
            })
            .collect();
        let count = (wire.axons as usize).min(budget - spent);
        let picked = stream.sample(listeners.len() as u64, count);
        let at: Vec<(Synapse, u16)> =
            picked.into_iter().map(|at| (Synapse::new(id(listeners[at as usize]), id(row)), 0)).collect();
        if !at.is_empty() {
            spent += at.len();
            let reason = Reason {
                rule: "heard by a neuron that is heard".into(),
                considered: listeners.len() as u64,
                ..Reason::default()
            };
            draft
                .propose_because(Move::Grow { at, birth: Birth::Value(0.0) }, PRIORITY, reason)
                .expect("a recruit within reach can be heard");
        }
    }
    spent
}

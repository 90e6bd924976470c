//! `csti`: a wiring at the start by what the inputs have to do with one another.

use crate::effort;
use crate::pairs::group_pairs;
use crate::rewire::settings;
use crate::{
    Axes, BadState, Contract, Entry, Family, Probe, Setting, SettingError, Settings, Strategy, Verdict, View, Why,
    saved,
};
use livenet_core::{Birth, Commit, Draft, Follower, Law, Move, Network, Reason, Role, Row, Samples, Signal, Synapse};

const NAME: &str = "csti";

/// Correlated sparse topological initialisation (Zhang et al. 2024), the wiring with which Cannistraci-Hebb training begins. With r(i, j)
/// Pearson's correlation of two inputs over training samples, and r(i, i) = 0, every neuron stands for an input, and between two groups those
/// pairs are connected whose inputs have the largest |r|, up to the density. Ask it once, before the first update (`once = { at = 1 }`), of a
/// network that has no connections, and let [`CHT`](crate::rewire::CHT) or [`CHTS`](crate::rewire::CHTS) go on from there.
///
/// In the authors' code the matrix of correlations *is* the wiring of a layer: hidden layers are as wide as the input, or twice as wide with the
/// matrix repeated. So here neuron number m of a group stands for input m modulo their number, whatever the width. To outputs, which stand for
/// no input, that says nothing; the matrix does not fit them, and here they hear everybody in reach, or a random part of them, `outputs`.
/// Where less pairs than are due correlate at all, the rest is drawn. First weights are normal with variance 2 / fan-in, as
/// their `swi` has it with the mean fan-in.
///
/// A sample is a lane of a remembered cycle; what lags is compared at the same moment. With delays in reach, each connection has any of them.
/// The asking takes the place of an update.
#[derive(Clone, Debug, PartialEq)]
pub struct Csti {
    /// The part of the pairs between two groups that is connected.
    pub density: f32,
    /// The same for what outputs hear.
    pub outputs: f32,
    /// Training samples behind the correlations; 0 for the last window.
    pub samples: u32,
    done: bool,
}

impl Csti {
    /// The wiring at these densities, on so many samples.
    pub const fn new(density: f32, outputs: f32, samples: u32) -> Self {
        Self { density, outputs, samples, done: false }
    }

    /// As an experiment sets it: `density`, `outputs`, `samples`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let density = settings.real("density", 0.1, 0.0..=1.0)? as f32;
        let outputs = settings.real("outputs", 1.0, 0.0..=1.0)? as f32;
        Ok(Self::new(density, outputs, settings.integer("samples", 512, 0..=i64::from(u32::MAX))? as u32))
    }
}

/// |r| of all pairs of inputs, `[input][input]`, 0 on the diagonal and where one of them does not vary.
fn correlations(network: &Network, outputs: Option<&Samples>) -> Vec<f64> {
    let inputs: Vec<u32> = network.inputs().collect();
    let count = inputs.len();
    let mut sizes = vec![0.0; count * count];
    let Some(outputs) = outputs else { return sizes };
    // Each input around its mean, of length 1.
    let centred = |&input: &u32| -> Vec<f64> {
        let said = (0..outputs.cycles()).flat_map(|cycle| outputs.of(cycle, Row::new(input)));
        let said: Vec<f64> = said.map(|&said| f64::from(said)).collect();
        let mean = said.iter().sum::<f64>() / said.len().max(1) as f64;
        let norm = said.iter().map(|said| (said - mean).powi(2)).sum::<f64>().sqrt();
        let scale = if norm > 0.0 && norm.is_finite() { 1.0 / norm } else { 0.0 };
        said.into_iter().map(|said| scale * (said - mean)).collect()
    };
    let rows: Vec<Vec<f64>> = inputs.iter().map(centred).collect();
    effort::spend((count * count / 2 * outputs.cycles() * outputs.lanes()) as u64);
    for a in 0..count {
        for b in 0..a {
            let r: f64 = rows[a].iter().zip(&rows[b]).map(|(a, b)| a * b).sum();
            let size = if r.is_finite() { r.abs().min(1.0) } else { 0.0 };
            (sizes[a * count + b], sizes[b * count + a]) = (size, size);
        }
    }
    sizes
}

impl Follower for Csti {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Csti {
    fn needs(&self) -> Vec<Signal> {
        if self.done { Vec::new() } else { vec![Signal::Outputs { lanes: u32::MAX }] }
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        if self.done {
            return Verdict::Done;
        }
        let network = view.network;
        let (sizes, count) = (correlations(network, view.signals.outputs()), network.inputs().len());
        let mut wired: Vec<(Synapse, u16, f32)> = Vec::new();
        for (number, (post, pre, pairs)) in group_pairs(network).into_iter().enumerate() {
            let mut stream = view.key.at(number as u64).stream();
            let is_output = network.group(post).role == Role::Output;
            let feature = |group, row: u32| (row - network.members(group).start) as usize % count.max(1);
            let size = |a: u32, b: u32| {
                let says = !is_output && count > 0;
                if says { sizes[feature(post, a) * count + feature(pre, b)] } else { 0.0 }
            };
            let free = |&(a, b): &(u32, u32)| {
                let at = Synapse::new(network.id(Row::new(a)), network.id(Row::new(b)));
                network.synapse_row(at).is_none() && !network.is_frozen(Row::new(a))
            };
            let part = f64::from(if is_output { self.outputs } else { self.density });
            let there = pairs.iter().filter(|pair| !free(pair)).count();
            let due = ((pairs.len() as f64 * part).round() as usize).saturating_sub(there);
            // Equals in any order: a pair comes as often as widths repeat the inputs.
            let mut scored: Vec<(f64, u64, (u32, u32))> =
                pairs.iter().filter(free).map(|pair| (size(pair.0, pair.1), stream.bits(), pair)).collect();
            effort::spend(scored.len() as u64);
            scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
            let max_delay = u64::from(network.group(post).reach.max_delay);
            for (size, _, (a, b)) in scored.into_iter().take(due) {
                let at = Synapse::new(network.id(Row::new(a)), network.id(Row::new(b)));
                wired.push((at, stream.below(max_delay + 1) as u16, size as f32));
            }
        }
        let cap = |cap: Option<u64>, there: u64| cap.map_or(usize::MAX, |cap| cap.saturating_sub(there) as usize);
        let most = cap(view.budget.edits, 0).min(cap(view.budget.connections, network.synapse_count() as u64));
        if wired.len() > most {
            let mut stream = view.key.at(u64::MAX).stream();
            let stays = stream.sample(wired.len() as u64, most);
            wired = stays.into_iter().map(|at| wired[at as usize]).collect();
        }
        wired.sort_by_key(|(at, ..)| (at.post, at.pre));
        if wired.is_empty() {
            return Verdict::Nothing(Why::NoCandidates);
        }
        self.done = true;
        for chunk in wired.chunk_by(|a, b| a.0.post == b.0.post) {
            let scores = chunk.iter().map(|of| of.2).collect();
            let (rule, considered) = ("correlation of the inputs they stand for".into(), chunk.len() as u64);
            let reason = Reason { rule, scores, threshold: None, considered, foretold: None };
            let birth = Birth::Random { key: view.key, law: Law::Normal, scale: (2.0 / chunk.len() as f32).sqrt() };
            let at = chunk.iter().map(|&(at, delay, _)| (at, delay)).collect();
            draft
                .propose_because(Move::Grow { at, birth }, 1.0, reason)
                .expect("an absent pair within reach can be connected");
        }
        Verdict::Proposed
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn probe(&self) -> Probe {
        if self.done || self.samples == 0 { Probe::LastWindow } else { Probe::Samples(self.samples) }
    }

    fn instead_of_update(&self, _step: u64, _end: Option<u64>) -> bool {
        !self.done
    }

    fn save(&self) -> Vec<u8> {
        saved::save(NAME, &self.done)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        self.done = saved::load(NAME, state)?;
        Ok(())
    }
}

pub(crate) const ENTRY: Entry = Entry {
    name: NAME,
    family: Family::Connections,
    axes: Axes {
        goes: "nothing",
        grows: "inputs that correlate most",
        born: "normal by fan-in",
        amount: "once, to a density",
    },
    summary: "the wiring at the start of cht: pairs that stand for the most correlated inputs",
    citation: super::CHT.citation,
    settings: &[
        settings::density("0.1"),
        Setting { name: "outputs", default: "1.0", about: "the same part of what outputs hear, drawn; in [0, 1]" },
        Setting { default: "512", ..settings::SAMPLES },
    ],
    contract: Contract::None,
    build: |settings| Ok(Box::new(Csti::build(settings)?)),
};

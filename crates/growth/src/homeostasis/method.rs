//! `synaptic_elements`: connections come and go so that every hidden neuron is as active as it wants to be.
//!
//! With Ca the [calcium](Calcium) of a neuron, its numbers of axonal and dendritic elements follow a [growth curve](Curve),
//!
//! ```text
//! dz/dt = ν · curve(Ca),   z ≥ 0
//! vacant = ⌊z⌋ - connected
//! ```
//!
//! and at each asking, in this order:
//!
//! 1. of the elements that the last asking left vacant, a part `decay` is lost;
//! 2. calcium and elements go on over the steps since then;
//! 3. who has fewer axonal elements than listeners loses as many of them, at random, and then the same for dendritic elements; the
//!    other half of what goes becomes vacant;
//! 4. vacant spines and vacant boutons in reach are paired at random.
//!
//! That is the model of Butz and van Ooyen (2013) in the order of NEST, which asks every 10 000 ms with ν = 1e-4 elements per ms. Steps
//! take the place of milliseconds and a mean of |output| that of spikes. The defaults of `target`, `eta` and `eta_axon` are those of
//! the model's other simulator, `RELeARN`; like NEST this grows linearly unless told otherwise, so that who is silent gets a voice.
//! NEST has no distance; `near` gives the kernel, exp(-(d/σ)²).
//!
//! **Who takes part.** Hidden neurons have both kinds of elements, as many as connections at first and `initial` more. Inputs always
//! have a bouton to spare and never too many (`inputs = false`: none), outputs the same with spines: how active they are is for the
//! data and the loss to say. So an input is never paired with an output. The first asking only looks, but for initial elements.
//!
//! **Signs.** There is one kind of element, and nobody is excitatory or inhibitory by itself: a connection is what its weight is.
//! Homeostasis needs that activity grows with the number of dendrites, so newborn weights are a positive constant unless
//! `birth` says otherwise; with drawn signs the method still holds counts to vacancies, but promises nothing about activity.
//! Whether elements settle also depends on |output| growing in what is heard, which learning may undo.

use super::{
    Calcium, Curve,
    deletion::{self, Loss},
    elements::{Elements, Growth},
    pairing::Pairing,
    vacancy::Spare,
};
use crate::{
    BadState, Strategy, Verdict, View, Why,
    budget::portions,
    place::{PORTIONS, Place},
    saved,
    settings::{SettingError, Settings},
};
use livenet_core::{Birth, Commit, Draft, Follower, Law, Move, Network, Neurons, Reason, Row, Signal, Synapse};
use std::collections::BTreeMap;

/// The first weight of what is paired.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NewWeight {
    /// This.
    Constant(f32),
    /// Normal with this standard deviation.
    Normal(f32),
    /// Normal with this times √(2 / fan-in).
    FanIn(f32),
}

/// How elements grow, and who pairs how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homeostasis {
    /// What is traced.
    pub calcium: Calcium,
    /// Time constant of the trace, in steps.
    pub tau: f64,
    /// The calcium that a neuron wants, ε.
    pub target: f64,
    /// Elements per step, ν.
    pub rate: f64,
    /// The curve of axonal elements.
    pub axonal: Curve,
    /// The curve of dendritic elements.
    pub dendritic: Curve,
    /// Part of the vacant elements that is lost at each asking.
    pub decay: f64,
    /// Elements of either kind beyond the connections of whoever is first seen.
    pub initial: f64,
    /// Most connections that come or go in one asking.
    pub cap: u64,
    /// The first weight.
    pub birth: NewWeight,
    /// Whether inputs have boutons.
    pub inputs: bool,
    /// Whether outputs have spines.
    pub outputs: bool,
    /// Width of the kernel of distance, σ; 0 for none.
    pub near: f64,
}

/// Homeostatic structural plasticity: see [`crate::homeostasis`].
#[derive(Clone, Debug)]
pub struct SynapticElements {
    /// Its settings.
    pub rule: Homeostasis,
    state: Elements,
}

impl Default for Homeostasis {
    fn default() -> Self {
        Self {
            calcium: Calcium::Magnitude,
            tau: 100.0,
            target: 0.7,
            rate: 0.01,
            axonal: Curve::Linear,
            dendritic: Curve::Linear,
            decay: 0.1,
            initial: 0.0,
            cap: 1000,
            birth: NewWeight::Constant(0.1),
            inputs: true,
            outputs: true,
            near: 0.0,
        }
    }
}

/// The words for a curve.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Linear,
    Gaussian,
    Sigmoid,
}

impl Homeostasis {
    /// As an experiment sets it: by the settings of `synaptic_elements` in the registry.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let default = Self::default();
        let calcium = settings.choice("calcium", &[("magnitude", Calcium::Magnitude), ("square", Calcium::Square)])?;
        let target = settings.real("target", default.target, 1e-6..=1e6)?;
        let shapes = [("linear", Shape::Linear), ("gaussian", Shape::Gaussian), ("sigmoid", Shape::Sigmoid)];
        let (axonal, dendritic) = match settings.choice("curve", &shapes)? {
            Shape::Linear => (Curve::Linear, Curve::Linear),
            Shape::Gaussian => {
                // Below the target by more than rounding, wherever that is.
                let most = 0.99 * target;
                let mut curve = |name, part: f64| {
                    Ok(Curve::Gaussian { lower: settings.real(name, part * target / default.target, 0.0..=most)? })
                };
                (curve("eta_axon", 0.4)?, curve("eta", 0.1)?)
            }
            Shape::Sigmoid => {
                let curve = Curve::Sigmoid { width: settings.real("width", 0.1, 1e-6..=1e6)? };
                (curve, curve)
            }
        };
        let weight = |settings: &mut Settings, default: f64| Ok(settings.real("weight", default, -1e3..=1e3)? as f32);
        let births = [
            ("constant", NewWeight::Constant(0.0)),
            ("random", NewWeight::Normal(0.0)),
            ("fan_in", NewWeight::FanIn(0.0)),
        ];
        let birth = match settings.choice("birth", &births)? {
            NewWeight::Constant(_) => NewWeight::Constant(weight(settings, 0.1)?),
            NewWeight::Normal(_) => NewWeight::Normal(weight(settings, 0.1)?),
            NewWeight::FanIn(_) => NewWeight::FanIn(weight(settings, 1.0)?),
        };
        Ok(Self {
            calcium,
            tau: settings.real("tau", default.tau, 0.0..=1e9)?,
            target,
            rate: settings.real("rate", default.rate, 0.0..=1e3)?,
            axonal,
            dendritic,
            decay: settings.real("decay", default.decay, 0.0..=1.0)?,
            initial: settings.real("initial", default.initial, 0.0..=1e6)?,
            cap: settings.integer("cap", 1000, 1..=1 << 32)?.unsigned_abs(),
            birth,
            inputs: settings.flag("inputs", default.inputs)?,
            outputs: settings.flag("outputs", default.outputs)?,
            near: settings.real("near", default.near, 0.0..=1e9)?,
        })
    }

    fn growth(&self) -> Growth {
        let Self { calcium, tau, target, rate, axonal, dendritic, decay, .. } = *self;
        Growth { calcium, tau, target, rate, axonal, dendritic, decay }
    }
}

impl SynapticElements {
    /// The method at its beginning.
    pub fn new(rule: Homeostasis) -> Self {
        Self { rule, state: Elements::default() }
    }

    /// (axonal, dendritic) elements of a neuron; (0, 0) before the first asking.
    pub fn elements(&self, row: Row<Neurons>) -> (f64, f64) {
        let of = |column: &[f64]| column.get(row.index()).copied().unwrap_or(0.0);
        (of(&self.state.axonal), of(&self.state.dendritic))
    }

    /// The calcium of a neuron, once it was listened to.
    pub fn calcium_of(&self, row: Row<Neurons>) -> Option<f64> {
        self.state.calcium.get(row.index()).copied().flatten()
    }

    fn births(&self, view: &View<'_>, places: Vec<Place>, fan: &BTreeMap<u32, usize>) -> Vec<(Birth, f32, Vec<Place>)> {
        let normal = |scale| Birth::Random { key: view.key.at(2), law: Law::Normal, scale };
        let together = |birth| move |(priority, batch)| (birth, priority, batch);
        match self.rule.birth {
            NewWeight::Constant(weight) => {
                portions(places, PORTIONS).into_iter().map(together(Birth::Value(weight))).collect()
            }
            NewWeight::Normal(scale) => portions(places, PORTIONS).into_iter().map(together(normal(scale))).collect(),
            NewWeight::FanIn(gain) => {
                let mut by_listener = BTreeMap::<u32, Vec<Place>>::new();
                for place in places {
                    by_listener.entry(place.post).or_default().push(place);
                }
                let scale = |post: u32| gain * (2.0 / fan.get(&post).copied().unwrap_or(1).max(1) as f32).sqrt();
                by_listener.into_iter().map(|(post, places)| (normal(scale(post)), 0.5, places)).collect()
            }
        }
    }
}

fn prune(network: &Network, draft: &mut Draft<'_>, losses: Vec<Loss>) {
    let considered = network.synapse_count() as u64;
    for (priority, batch) in portions(losses, PORTIONS) {
        let scores = batch.iter().map(|loss| loss.overdue as f32).collect();
        let rule = "fewer elements than connections".into();
        let reason = Reason { rule, scores, threshold: Some(0.0), considered, foretold: None };
        let at = batch.iter().map(|loss| network.synapse(Row::new(loss.synapse as u32))).collect();
        draft
            .propose_because(Move::Prune { at }, 1.0 + priority, reason)
            .expect("a connection that is there and free can go");
    }
}

impl Follower for SynapticElements {
    fn follow(&mut self, after: &Network, commit: &Commit) {
        self.state.follow(after, commit, self.rule.initial);
    }
}

impl Strategy for SynapticElements {
    fn needs(&self) -> Vec<Signal> {
        self.rule.calcium.needs()
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let rule = self.rule;
        self.state.advance(view, &rule.growth(), rule.initial);
        let offered = |offers| if offers { Spare::Always } else { Spare::Closed };
        let mut vacancies = self.state.vacancies(network, offered(rule.inputs), offered(rule.outputs));
        let mut stream = view.key.stream();
        let room = view.budget.edits.map_or(rule.cap, |edits| edits.min(rule.cap)) as usize;
        let losses = deletion::delete(network, &mut vacancies, room, &mut stream);
        let count = (network.synapse_count() - losses.len()) as u64;
        let spare = view.budget.connections.map_or(u64::MAX, |cap| cap.saturating_sub(count));
        let most = (room - losses.len()).min(usize::try_from(spare).unwrap_or(usize::MAX));
        let lost = losses.iter().map(|loss| Place::of(network, loss.synapse, 0.0).pair()).collect();
        let places = Pairing { network, lost, width: rule.near, most }.pair(&mut vacancies, &mut stream);

        let mut fan = BTreeMap::new();
        for place in &places {
            *fan.entry(place.post).or_insert_with(|| network.incoming(Row::new(place.post)).len()) += 1;
        }
        for loss in &losses {
            if let Some(count) = fan.get_mut(&Place::of(network, loss.synapse, 0.0).post) {
                *count -= 1;
            }
        }
        let considered = places.len() as u64;
        prune(network, draft, losses);
        for (birth, priority, batch) in self.births(view, places, &fan) {
            let scores = batch.iter().map(|place| place.score).collect();
            let rule = "vacant elements meet".into();
            let reason = Reason { rule, scores, threshold: Some(0.0), considered, foretold: None };
            let at: Vec<(Synapse, u16)> = batch.iter().map(|place| (place.name(network), place.delay)).collect();
            draft
                .propose_because(Move::Grow { at, birth }, priority, reason)
                .expect("an absent pair within reach can be connected");
        }
        match () {
            () if !draft.is_empty() => Verdict::Proposed,
            () => match self.state.most_due(network) {
                due if due < 1.0 => Verdict::Nothing(Why::NothingDue { due: due as f32 }),
                _ => Verdict::Nothing(Why::NoCandidates),
            },
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn save(&self) -> Vec<u8> {
        saved::save("synaptic_elements", &self.state)
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        self.state = saved::load("synaptic_elements", state)?;
        Ok(())
    }
}

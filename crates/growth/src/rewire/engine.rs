//! The engine: a [`Method`] applied to what a [`View`] shows.

use super::{
    Asking, Drop, Fan, Grow, Method, NewWeight,
    drop::Evidence,
    memory::Memory,
    plan::{Change, Due, Planner, enough, fan_in},
    pool::pools,
};
use crate::{
    BadState, Moment, Probe, Strategy, Verdict, View, Why,
    budget::portions,
    place::{PORTIONS, Place},
    saved,
};
use livenet_core::{Birth, Commit, Draft, Follower, Law, Move, Network, Reason, Row, Signal, StreamKey, Synapse};
use std::collections::BTreeMap;

/// A rewiring method at work. Remembers between askings what its axes need, most of them nothing.
#[derive(Clone, Debug)]
pub struct Rewire {
    pub(super) method: Method,
    /// Most absent pairs looked at.
    pub(super) candidates: u32,
    /// Training samples behind gradients; 0 for the last window.
    pub(super) samples: u32,
    /// Rewires at every so many askings, and only watches at the others.
    pub(super) every: u64,
    pub(super) memory: Memory,
    /// Between each two groups no more candidates can be taken at the next asking, and one is left to say what was not;
    /// `None` where that is not known.
    enough: Option<u32>,
}

impl Rewire {
    /// The method at work on the last window's gradients.
    pub fn new(method: Method) -> Self {
        Self { method, candidates: 1_000_000, samples: 0, every: 1, memory: Memory::default(), enough: None }
    }

    /// The method.
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// Whether the next asking rewires.
    const fn acts(&self) -> bool {
        (self.memory.askings + 1).is_multiple_of(self.every)
    }
}

impl Follower for Rewire {
    fn follow(&mut self, _after: &Network, commit: &Commit) {
        // It was counted before.
        self.enough = None;
        self.memory.follow(&self.method, commit);
    }
}

impl Strategy for Rewire {
    fn needs(&self) -> Vec<Signal> {
        let Method { drop, grow, fan, .. } = self.method;
        let (acts, momentum) = (self.acts(), matches!(grow, Grow::Momentum { .. }));
        let mut needs = Vec::new();
        let thins = self.method.thinning.is_some();
        let weighs = !matches!(drop, Drop::Random | Drop::Oldest | Drop::Nothing) || fan != Fan::Free || thins;
        let watches_weights = matches!(drop, Drop::SmallestMovement | Drop::SignCrossing { .. });
        if weighs && (acts || watches_weights) {
            needs.push(Signal::Weight);
        }
        if drop == Drop::LeastContribution && acts {
            needs.push(Signal::OutputMagnitude);
        }
        let gradient = drop == Drop::SmallestSensitivity || grow == Grow::Gradient;
        if momentum || drop == Drop::SmallestMovement || (acts && gradient) {
            needs.push(Signal::Gradient);
        }
        if momentum || (acts && grow == Grow::Gradient) {
            needs.push(match self.enough {
                Some(top) => Signal::AbsentGradientByGroups { top },
                None => Signal::AbsentGradient { top: self.candidates },
            });
        }
        if acts && matches!(grow, Grow::SampledGradient { .. }) {
            needs.extend([Signal::Outputs { lanes: u32::MAX }, Signal::Blames { lanes: u32::MAX }]);
        }
        if let (Grow::CoActivity { lanes }, true) = (grow, acts) {
            needs.push(Signal::Outputs { lanes });
        }
        if grow == Grow::Residual {
            needs.push(Signal::OutputVariance);
            needs.extend(acts.then_some(Signal::Residual));
        }
        needs
    }

    fn stirs(&mut self, moment: &Moment<'_>) -> bool {
        self.enough = enough(&self.method, moment, self.candidates);
        true
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        if self.method.asking == Asking::OnceInsteadOfUpdate && self.memory.acted {
            return Verdict::Done;
        }
        let acts = self.acts();
        self.memory.watch(view, &self.method, self.candidates as usize);
        if !acts {
            return Verdict::Nothing(Why::Watching { every: self.every });
        }
        let pools = pools(view.network, self.method.balance);
        let due = Due::of(view, &self.method, &mut self.memory, &pools);
        let Self { method, memory, candidates, enough, .. } = &*self;
        let most = *candidates as usize;
        let planner = Planner { view, method, memory, pools: &pools, most, all_looked_at: enough.is_some() };
        let changes = planner.plan(&due);
        // The next asking counts for itself.
        self.enough = None;
        let fan = match self.method.birth {
            NewWeight::FanIn(_) => fan_in(view, &changes),
            _ => BTreeMap::new(),
        };
        for (pool, change) in pools.iter().zip(&changes) {
            self.prune(view, draft, change, pool.present.len());
            self.grow(view, draft, change, &fan);
        }
        self.remember(view.network, &changes);
        for (pool, change) in pools.iter().zip(&changes) {
            // From 1 on, none is.
            if self.method.settled < 1.0 && change.overlap(view.network) > self.method.settled {
                self.memory.settle(view.network, pool.part);
            }
        }
        let all: usize = pools.iter().map(|pool| pool.present.len()).sum();
        match () {
            () if !draft.is_empty() => {
                self.memory.acted = true;
                Verdict::Proposed
            }
            () if pools.is_empty() || all == 0 => Verdict::Nothing(Why::NoCandidates),
            () => Verdict::Nothing(Why::NothingDue { due: due.in_all }),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn probe(&self) -> Probe {
        if self.samples == 0 { Probe::LastWindow } else { Probe::Samples(self.samples) }
    }

    fn instead_of_update(&self, step: u64, end: Option<u64>) -> bool {
        // Once the schedule has come to nothing, updates go on without a gap.
        let still_due = self.method.amount.fraction(step, end).is_none_or(|share| share > 0.0);
        match self.method.asking {
            Asking::BesideUpdate => false,
            Asking::InsteadOfUpdate => still_due && self.acts(),
            Asking::OnceInsteadOfUpdate => !self.memory.acted,
        }
    }

    fn save(&self) -> Vec<u8> {
        if Memory::is_needed(&self.method, self.every) {
            saved::save(self.method.name, &self.memory)
        } else {
            Vec::new()
        }
    }

    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        if Memory::is_needed(&self.method, self.every) {
            self.memory = saved::load(self.method.name, state)?;
            return Ok(());
        }
        if state.is_empty() { Ok(()) } else { Err(BadState { found: state.len() }) }
    }
}

impl Rewire {
    fn prune(&self, view: &View<'_>, draft: &mut Draft<'_>, change: &Change, considered: usize) {
        let network = view.network;
        let of = |drop| Evidence::new(view, &self.memory, drop);
        let evidence = of(self.method.drop);
        let (ruled, chained) = change.gone.split_at(change.ruled);
        let (thinned, ruled) = ruled.split_at(change.thinned);
        let thinning = self.method.thinning.map_or_else(|| of(self.method.drop), |thinning| of(thinning.drop));
        let parts = [
            (thinned, &thinning, thinning.name(), None),
            (ruled, &evidence, evidence.name(), change.threshold),
            (chained, &evidence, "in consequence of others", None),
        ];
        for (rows, evidence, rule, threshold) in parts.into_iter().filter(|(rows, ..)| !rows.is_empty()) {
            let scores = rows.iter().map(|&row| evidence.score(row)).collect();
            let reason = Reason { rule: rule.into(), scores, threshold, considered: considered as u64, foretold: None };
            let what = Move::Prune { at: Place::of_all(network, rows).map(|place| place.name(network)).collect() };
            // Every place was read from this very network, so it is there to go.
            draft.propose_because(what, 2.0, reason).expect("a connection that is there can go");
        }
    }

    fn grow(&self, view: &View<'_>, draft: &mut Draft<'_>, change: &Change, fan: &BTreeMap<u32, usize>) {
        let (network, come) = (view.network, &change.come);
        for (priority, batch) in portions(come.places.clone(), PORTIONS) {
            for (birth, places) in born(self.method.birth, view.key, batch, fan) {
                let scores = match self.method.grow {
                    Grow::Random => Vec::new(),
                    _ => places.iter().map(|place| place.score).collect(),
                };
                let (rule, threshold) = (self.method.grow.name().into(), come.next);
                let reason = Reason { rule, scores, threshold, considered: come.considered, foretold: None };
                let at: Vec<(Synapse, u16)> = places.iter().map(|place| (place.name(network), place.delay)).collect();
                draft
                    .propose_because(Move::Grow { at, birth }, priority, reason)
                    .expect("a free pair within reach can be connected");
            }
        }
    }

    /// The mean gradients of what goes stay with its pairs.
    fn remember(&mut self, network: &Network, changes: &[Change]) {
        if matches!(self.method.grow, Grow::Momentum { .. }) {
            for &row in changes.iter().flat_map(|change| &change.gone) {
                let (at, delay) = (network.synapse(Row::new(row as u32)), network.delays()[row]);
                self.memory.absent.insert((at, delay), self.memory.momentum.get(row).copied().unwrap_or(0.0));
            }
        }
    }
}

/// A batch of places by how they are born.
fn born(birth: NewWeight, key: StreamKey, places: Vec<Place>, fan: &BTreeMap<u32, usize>) -> Vec<(Birth, Vec<Place>)> {
    let random = |law, scale| Birth::Random { key, law, scale };
    match birth {
        NewWeight::Zero => vec![(Birth::Value(0.0), places)],
        NewWeight::Normal(scale) => vec![(random(Law::Normal, scale), places)],
        NewWeight::Uniform(scale) => vec![(random(Law::Uniform, scale), places)],
        NewWeight::FanIn(gain) => {
            let mut by_listener = BTreeMap::<u32, Vec<Place>>::new();
            for place in places {
                by_listener.entry(place.post).or_default().push(place);
            }
            let scale = |post: u32| gain * (2.0 / fan.get(&post).copied().unwrap_or(1).max(1) as f32).sqrt();
            by_listener.into_iter().map(|(post, places)| (random(Law::Normal, scale(post)), places)).collect()
        }
        NewWeight::Step(rate) => {
            let value = |place: &Place| {
                let value = rate * place.lean;
                if value.is_finite() { value } else { 0.0 }
            };
            places.into_iter().map(|place| (Birth::Value(value(&place)), vec![place])).collect()
        }
    }
}

//! The engine: a [`Method`] applied to what a [`View`] shows.

use super::{Amount, Asking, Balance, Drop, Grow, Method, NewWeight};
use crate::{
    Probe, Strategy, Verdict, View, Why,
    budget::portions,
    pairs::{Pairs, group_pairs},
    place::{PORTIONS, Place, absent},
    settings::{SettingError, Settings},
};
use livenet_core::{
    Birth, Candidate, Commit, Draft, Follower, GroupId, Law, Move, Network, Reason, Row, Signal, Stream,
};
use std::collections::BTreeSet;

/// A rewiring method at work. Keeps no state between askings.
#[derive(Clone, Copy, Debug)]
pub struct Rewire {
    method: Method,
    candidates: u32,
    samples: u32,
}

/// What stands for choice: the connections there, and the pairs in reach.
struct Pool {
    present: Vec<usize>,
    pairs: Pairs,
    groups: Option<(GroupId, GroupId)>,
}

impl Rewire {
    /// The method at work on the last window's gradients.
    pub const fn new(method: Method) -> Self {
        Self { method, candidates: 1_000_000, samples: 0 }
    }

    /// The method with what an experiment sets: `fraction` (of SET: `zeta`, of RigL: `alpha`), `until`,
    /// `candidates` and `samples`.
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(mut method: Method, settings: &mut Settings) -> Result<Self, SettingError> {
        method.amount = match method.amount {
            Amount::Fraction(share) => Amount::Fraction(settings.real("fraction", f64::from(share), 0.0..=1.0)? as f32),
            Amount::Cosine { alpha, until } => Amount::Cosine {
                alpha: settings.real("fraction", f64::from(alpha), 0.0..=1.0)? as f32,
                until: settings.real("until", f64::from(until), 0.0..=1.0)? as f32,
            },
            other => other,
        };
        if let NewWeight::Normal(scale) = method.birth {
            method.birth = NewWeight::Normal(settings.real("scale", f64::from(scale), 0.0..=f64::MAX)? as f32);
        }
        let (mut candidates, mut samples) = (1_000_000, 0);
        if method.grow == Grow::LargestGradient {
            candidates = settings.integer("candidates", candidates, 1..=i64::from(u32::MAX))?;
            samples = settings.integer("samples", samples, 0..=i64::from(u32::MAX))?;
        }
        Ok(Self { method, candidates: candidates as u32, samples: samples as u32 })
    }

    /// The method.
    pub const fn method(&self) -> &Method {
        &self.method
    }

    fn pools(&self, network: &Network) -> Vec<Pool> {
        let mut pools: Vec<Pool> = match self.method.balance {
            Balance::Whole => vec![Pool { present: Vec::new(), pairs: Pairs::of(network), groups: None }],
            Balance::GroupPair => group_pairs(network)
                .into_iter()
                .map(|(post, pre, pairs)| Pool { present: Vec::new(), pairs, groups: Some((post, pre)) })
                .collect(),
        };
        let group = |row| network.spec(Row::new(row)).group;
        for post in network.neuron_rows() {
            for synapse in network.incoming(post) {
                // What is silent or frozen was put aside by somebody else.
                let marks = network.marks()[synapse];
                if marks.is_silent() || marks.is_frozen() || network.is_frozen(post) {
                    continue;
                }
                let of = (group(post.get()), group(network.pres()[synapse]));
                if let Some(pool) = pools.iter_mut().find(|pool| pool.groups.is_none_or(|groups| groups == of)) {
                    pool.present.push(synapse);
                }
            }
        }
        pools
    }

    /// The rows of the connections that go, the surest first, and the score that just stayed.
    fn victims(
        &self,
        present: &[usize],
        weights: &[f32],
        (due, share, stream): (usize, f64, &mut Stream),
    ) -> (Vec<usize>, Option<f32>) {
        let weight = |row: usize| weights.get(row).copied().unwrap_or(0.0);
        let smallest = |rows: &mut Vec<usize>, count: usize| {
            rows.sort_by(|&a, &b| weight(a).abs().total_cmp(&weight(b).abs()).then(a.cmp(&b)));
            let threshold = rows.get(count).map(|&row| weight(row).abs());
            rows.truncate(count);
            threshold
        };
        let mut rows = present.to_vec();
        match self.method.drop {
            Drop::Nothing => (Vec::new(), None),
            Drop::SmallestWeight => {
                let threshold = smallest(&mut rows, due);
                (rows, threshold)
            }
            Drop::SmallestPerSign => {
                let (mut below, mut above): (Vec<usize>, Vec<usize>) =
                    rows.into_iter().partition(|&row| weight(row) < 0.0);
                let part = |rows: &Vec<usize>| (rows.len() as f64 * share + 1e-4) as usize;
                let (few_below, few_above) = (part(&below), part(&above));
                let threshold = smallest(&mut above, few_above);
                smallest(&mut below, few_below);
                above.extend(below);
                (above, threshold)
            }
            Drop::Random => {
                stream.shuffle(&mut rows);
                rows.truncate(due);
                (rows, None)
            }
        }
    }
}

impl Follower for Rewire {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Rewire {
    fn needs(&self) -> Vec<Signal> {
        let mut needs = Vec::new();
        if matches!(self.method.drop, Drop::SmallestWeight | Drop::SmallestPerSign) {
            needs.push(Signal::Weight);
        }
        if self.method.grow == Grow::LargestGradient {
            needs.extend([Signal::Gradient, Signal::AbsentGradient { top: self.candidates }]);
        }
        needs
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let pools = self.pools(network);
        let all: usize = pools.iter().map(|pool| pool.present.len()).sum();
        let due: Vec<(usize, usize)> = pools
            .iter()
            .map(|pool| self.method.amount.due((pool.present.len(), all, pool.pairs.len()), view.step, view.end))
            .collect();
        // A budget of edits shrinks what goes and what comes alike: cut afterwards, only the growth would go.
        let edits: usize = due.iter().map(|(drop, grow)| drop + grow).sum();
        let part = view.budget.edits.map_or(1.0, |cap| (cap as f64 / edits.max(1) as f64).min(1.0));
        let less = |count: usize| if part < 1.0 { (count as f64 * part) as usize } else { count };
        let mut due_in_all = 0.0;
        for (number, (pool, (drop, grow))) in pools.iter().zip(due).enumerate() {
            let (drop, grow) = (less(drop), less(grow));
            due_in_all += drop.max(grow) as f32;
            let mut stream = view.key.at(number as u64).stream();
            // A part of what was due is rounded once: of each sign by itself, more might go than may come.
            let rounded = drop as f64 / pool.present.len().max(1) as f64;
            let share = self.method.amount.fraction(view.step, view.end).map_or(rounded, f64::from);
            let share = if part < 1.0 { rounded } else { share };
            let (victims, threshold) =
                self.victims(&pool.present, view.signals.values(Signal::Weight), (drop, share, &mut stream));
            // As many come as went, where both are asked for: a share of each sign is rounded by itself.
            let grow = if self.method.drop == Drop::Nothing || grow == 0 || drop == 0 { grow } else { victims.len() };
            self.rewire(view, draft, pool, (victims, threshold, grow), &mut stream);
        }
        match () {
            () if !draft.is_empty() => Verdict::Proposed,
            () if pools.is_empty() || all == 0 => Verdict::Nothing(Why::NoCandidates),
            () => Verdict::Nothing(Why::NothingDue { due: due_in_all }),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(*self)
    }

    fn probe(&self) -> Probe {
        if self.samples == 0 { Probe::LastWindow } else { Probe::Samples(self.samples) }
    }

    fn instead_of_update(&self, step: u64, end: Option<u64>) -> bool {
        // Once the schedule has come to nothing, updates go on without a gap.
        let still_due = self.method.amount.fraction(step, end).is_none_or(|share| share > 0.0);
        self.method.asking == Asking::InsteadOfUpdate && still_due
    }
}

impl Rewire {
    fn rewire(
        &self,
        view: &View<'_>,
        draft: &mut Draft<'_>,
        pool: &Pool,
        (victims, threshold, grow): (Vec<usize>, Option<f32>, usize),
        stream: &mut Stream,
    ) {
        let network = view.network;
        let weights = view.signals.values(Signal::Weight);
        let gradients = view.signals.values(Signal::Gradient);
        let value = |values: &[f32], row: usize| values.get(row).copied().unwrap_or(0.0).abs();
        let going: Vec<Place> = victims.iter().map(|&row| Place::of(network, row, value(weights, row))).collect();

        let (mut chosen, next, considered) = match self.method.grow {
            Grow::Nowhere => (Vec::new(), None, 0),
            Grow::Random => {
                let gone: BTreeSet<(u32, u32)> = going.iter().map(Place::pair).collect();
                let taken = taken(network, pool, &gone);
                let free = pool.pairs.len() - taken.len() as u64;
                let mut chosen: Vec<Place> = pool
                    .pairs
                    .sample(grow, &taken, stream)
                    .into_iter()
                    .map(|(post, pre)| Place { post, pre, delay: 0, score: 0.0 })
                    .collect();
                for place in &mut chosen {
                    let max_delay = network.group(network.spec(Row::new(place.post)).group).reach.max_delay;
                    place.delay = stream.below(u64::from(max_delay) + 1) as u16;
                }
                (chosen, None, free)
            }
            Grow::LargestGradient => {
                let group = |row| network.spec(Row::new(row)).group;
                let of = |candidate: &Candidate| (group(candidate.post), group(candidate.pre));
                let candidates = absent(view, |candidate| pool.groups.is_none_or(|groups| groups == of(candidate)));
                let again = victims.iter().map(|&row| Place::of(network, row, value(gradients, row)));
                let mut places: Vec<Place> = candidates.chain(again).collect();
                places.sort_by(|a, b| {
                    b.score.total_cmp(&a.score).then((a.post, a.pre, a.delay).cmp(&(b.post, b.pre, b.delay)))
                });
                let (next, considered) = (places.get(grow).map(|place| place.score), places.len() as u64);
                places.truncate(grow);
                (places, next, considered)
            }
        };
        let mut going = going;
        if self.method.grow == Grow::LargestGradient {
            // Chosen again: it stays, with its weight and moments.
            let stays: BTreeSet<(u32, u32)> = chosen.iter().map(Place::pair).collect();
            let goes: BTreeSet<(u32, u32)> = going.iter().map(Place::pair).collect();
            going.retain(|place| !stays.contains(&place.pair()));
            chosen.retain(|place| !goes.contains(&place.pair()));
        }

        if !going.is_empty() {
            let rule = if self.method.drop == Drop::Random { "any" } else { "smallest |w|" };
            let reason = Reason {
                rule: rule.into(),
                scores: going.iter().map(|place| place.score).collect(),
                threshold,
                considered: pool.present.len() as u64,
            };
            let what = Move::Prune { at: going.iter().map(|place| place.name(network)).collect() };
            // Every place was read from this very network, so it is there to go.
            draft.propose_because(what, 2.0, reason).expect("a connection that is there can go");
        }
        for (priority, batch) in portions(chosen, PORTIONS) {
            let birth = match self.method.birth {
                NewWeight::Zero => Birth::Value(0.0),
                NewWeight::Normal(scale) => Birth::Random { key: view.key, law: Law::Normal, scale },
            };
            let rule = if self.method.grow == Grow::Random { "random place" } else { "largest |gradient|" };
            let scores = if self.method.grow == Grow::Random {
                Vec::new()
            } else {
                batch.iter().map(|place| place.score).collect()
            };
            let reason = Reason { rule: rule.into(), scores, threshold: next, considered };
            let at = batch.iter().map(|place| (place.name(network), place.delay)).collect();
            draft
                .propose_because(Move::Grow { at, birth }, priority, reason)
                .expect("a free pair within reach can be connected");
        }
    }
}

/// The pairs of a pool that stay connected.
fn taken(network: &Network, pool: &Pool, gone: &BTreeSet<(u32, u32)>) -> BTreeSet<(u32, u32)> {
    let mut taken = BTreeSet::new();
    for post in network.neuron_rows() {
        let post_group = network.spec(post).group;
        if pool.groups.is_some_and(|(of, _)| of != post_group) {
            continue;
        }
        for &pre in &network.pres()[network.incoming(post)] {
            let inside = pool.groups.is_none_or(|(_, of)| of == network.spec(Row::new(pre)).group);
            // What lies out of reach takes no place that could be drawn.
            let reachable = inside && network.may_listen(post, Row::new(pre), 0);
            if reachable && !gone.contains(&(post.get(), pre)) {
                taken.insert((post.get(), pre));
            }
        }
    }
    taken
}

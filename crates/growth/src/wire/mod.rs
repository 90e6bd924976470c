//! `wire`: connection training, from no connection at all to a useful wiring at a bounded count.
//!
//! **Who moves first.** A hidden neuron that nobody hears gets no blame, and one that hears nobody has nothing to
//! say: on neither side of it is there a gradient to follow. Only two things are known of an empty network: what the
//! inputs say, and what is still wrong at the outputs. So the outputs move first (their biases learn the means), and
//! what remains wrong decides who is recruited to do what:
//!
//! 1. *Drop.* Once the count is at its cap, the smallest |w| go: a share that falls along a cosine from `fraction` to 0
//!    at `until` of the run, as in RigL. Hidden neurons that no input reaches any more, or that reach no output, give
//!    up what they have left and are free again.
//! 2. *Recruit.* Free hidden neurons are taken in, in their order of firing. Each gets an output that is wrong to
//!    look after (drawn by residual energy), and dendrites to speakers drawn by [`Signal::Residual`]: by how much a straight
//!    connection to that output would help. The sign of each is what the output lacks, the size √(2/fan-in), so the
//!    newcomer *detects what is still wrong*. Its axon goes to the outputs that the residual of its dendrites speaks
//!    of most, at weight 0: nothing changes at first, and the next update finds the right weight at once. Where no
//!    output may listen to it, later recruits hear it instead: each recruit's residual is estimated
//!    from its dendrites, so a path through several groups is laid in one asking.
//! 3. *Relay.* Where connections lag, a part of the recruits hears one random speaker with weight 1: what was said
//!    earlier travels on, a cycle further with each recruit. These delay lines are the candidates for memory that
//!    no first-order signal would point to; the useless ones are dropped like everything else.
//! 4. *Grow.* What is left of the cap goes to the absent pairs with the largest |gradient| (Evci et al. 2020; Ma et al.
//!    2024 for sampled candidates), delays included, born at 0.
//!
//! Everything is decided from the signals of one asking; there is no state, no table of pairs, and
//! memory is that of the cap. Contract: recruiting and growing change no output, dropping does.

mod free;
mod recruit;
mod settings;

pub use settings::Wire;

use crate::{
    Citation, Probe, Strategy, Verdict, View, Why,
    budget::portions,
    place::{PORTIONS, Place, absent},
};
use free::Standing;
use livenet_core::{Birth, Candidate, Commit, Draft, Follower, Move, Network, Reason, Row, Signal, Synapse};
use std::collections::BTreeSet;

/// Growth by gradient on sampled candidates, from which this method starts.
pub(crate) const CITATION: Citation = Citation {
    key: "livenet2026wire",
    authors: "The livenet authors",
    title: "livenet: connection training from no connections (recruiting by residual; growth by gradient after Evci et al. 2020, arXiv 1911.11134, on candidates as in arXiv 2401.06898)",
    venue: "",
    year: 2026,
    url: "https://github.com/livenet/livenet",
};

impl Follower for Wire {
    fn follow(&mut self, _after: &Network, _commit: &Commit) {}
}

impl Strategy for Wire {
    fn needs(&self) -> Vec<Signal> {
        vec![Signal::Weight, Signal::Residual, Signal::AbsentGradient { top: self.candidates() }]
    }

    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict {
        let network = view.network;
        let cap = self.cap(view);
        let edits = view.budget.edits.unwrap_or(u64::MAX);
        let count = network.synapse_count() as u64;
        let share = self.share_to_drop(view.step, view.end);
        if share <= 0.0 && count <= cap {
            return Verdict::Nothing(Why::NothingDue { due: 0.0 });
        }
        let gone = drop(view, draft, (cap, share));
        let spare = cap.saturating_sub(count - gone.len() as u64).min(edits.saturating_sub(gone.len() as u64)) as usize;
        if spare > 0 && share > 0.0 {
            let standing = Standing::of(network, &gone);
            let grown = best_absent(view, &standing, spare);
            // Half of what is spare is for recruits; what growth cannot use is theirs as well.
            let for_recruits = (spare as f32 * self.recruiting) as usize;
            let for_recruits = for_recruits.max(spare - grown.len());
            let spent = recruit::recruit(self, view, draft, &standing, for_recruits);
            grow(view, draft, grown, spare - spent);
        }
        match () {
            () if !draft.is_empty() => Verdict::Proposed,
            () if count >= cap => Verdict::Nothing(Why::Full { count, cap }),
            () => Verdict::Nothing(Why::NoCandidates),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn probe(&self) -> Probe {
        if self.samples == 0 { Probe::LastWindow } else { Probe::Samples(self.samples) }
    }
}

/// Proposes what goes; returns the rows of all connections that do.
fn drop(view: &View<'_>, draft: &mut Draft<'_>, (cap, share): (u64, f32)) -> BTreeSet<usize> {
    let network = view.network;
    let count = network.synapse_count() as u64;
    let weights = view.signals.values(Signal::Weight);
    let mut due = count.saturating_sub(cap);
    // A fiftieth of slack: recruits come in whole neurons, so the cap is never met exactly.
    if count.saturating_mul(50) >= cap.saturating_mul(49) {
        due = due.max((count as f64 * f64::from(share)) as u64);
    }
    // As many may come as went.
    due = due.min(view.budget.edits.map_or(u64::MAX, |edits| edits / 2));
    let mut gone = BTreeSet::new();
    if due > 0 {
        let mut places: Vec<(f32, usize)> = network
            .neuron_rows()
            .filter(|&post| !network.is_frozen(post))
            .flat_map(|post| network.incoming(post))
            .filter(|&row| !network.marks()[row].is_frozen() && !network.marks()[row].is_silent())
            .map(|row| (weights.get(row).copied().unwrap_or(0.0).abs(), row))
            .collect();
        places.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let considered = places.len() as u64;
        let threshold = places.get(due as usize).map(|place| place.0);
        places.truncate(due as usize);
        gone.extend(places.iter().map(|place| place.1));
        let reason = Reason {
            rule: "smallest |w|".into(),
            scores: places.iter().map(|place| place.0).collect(),
            threshold,
            considered,
            foretold: None,
        };
        prune(network, draft, places.iter().map(|place| place.1), reason);
    }
    let mut idle = free::idle(network, &gone);
    // More than that would be cut as one, at every asking anew.
    idle.truncate(view.budget.edits.map_or(usize::MAX, |edits| (edits as usize).saturating_sub(gone.len())));
    let reason = Reason {
        rule: "no path from an input or to an output".into(),
        considered: idle.len() as u64,
        ..Reason::default()
    };
    prune(network, draft, idle.iter().copied(), reason);
    gone.extend(idle);
    gone
}

fn prune(network: &Network, draft: &mut Draft<'_>, rows: impl Iterator<Item = usize>, reason: Reason) {
    let at: Vec<Synapse> = rows.map(|row| network.synapse(Row::new(row as u32))).collect();
    if !at.is_empty() {
        draft.propose_because(Move::Prune { at }, 4.0, reason).expect("a connection that is there can go");
    }
}

/// The absent pairs among neurons that are part of something, best first.
fn best_absent(view: &View<'_>, standing: &Standing, count: usize) -> Vec<Place> {
    let useful = |candidate: &Candidate| {
        candidate.gradient != 0.0 && standing.speaks(candidate.pre) && standing.is_heard(candidate.post)
    };
    absent(view, useful).take(count).collect()
}

fn grow(view: &View<'_>, draft: &mut Draft<'_>, mut places: Vec<Place>, spare: usize) {
    let considered = view.signals.candidates().len() as u64;
    let threshold = places.get(spare).map(|place| place.score);
    places.truncate(spare);
    for (priority, batch) in portions(places, PORTIONS) {
        let scores = batch.iter().map(|place| place.score).collect();
        let reason = Reason { rule: "largest |gradient|".into(), scores, threshold, considered, foretold: None };
        let at = batch.iter().map(|place| (place.name(view.network), place.delay)).collect();
        draft
            .propose_because(Move::Grow { at, birth: Birth::Value(0.0) }, priority, reason)
            .expect("an absent pair within reach can be connected");
    }
}

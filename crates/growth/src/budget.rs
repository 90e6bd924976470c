//! What a strategy may spend: caps that cut whole moves, the least wanted first.
//!
//! A budget keeps no state and trusts no count of its own: it asks what the commit itself would
//! give. A strategy that proposes large batches makes cutting graceful with [`portions`].

use livenet_core::{Draft, Move, Network, Origin, Proposal};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Caps on the network that a draft leads to, and on the draft itself.
///
/// Caps never take away what is already there: they cut moves that *add*, lowest priority first and
/// among equals the latest proposed, until the rest fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budget {
    /// Most neurons after the commit, inputs and outputs included.
    pub neurons: Option<u64>,
    /// Most connections after the commit, silent ones included.
    pub connections: Option<u64>,
    /// Most elementary edits in one asking: a batch of n connections counts n.
    pub edits: Option<u64>,
    /// Newborns are left alone: no neuron divides, merges, is renewed or removed in the first
    /// `cooldown` steps after its birth (those of the start excepted).
    pub cooldown: u64,
}

/// Which cap cut a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Too many neurons.
    Neurons {
        /// How many there would have been, all moves taken.
        wanted: u64,
        /// The cap.
        cap: u64,
    },
    /// Too many connections.
    Connections {
        /// How many there would have been, all moves taken.
        wanted: u64,
        /// The cap.
        cap: u64,
    },
    /// Too many edits.
    Edits {
        /// How many were proposed.
        wanted: u64,
        /// The cap.
        cap: u64,
    },
    /// Too young.
    Cooldown {
        /// Age of the neuron in steps.
        age: u64,
        /// The age at which it may be touched.
        cooldown: u64,
    },
    /// It needed a move that was cut.
    Dependent,
}

/// A move that was cut, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    /// The move in a word and a name or count: `divide n7`, `grow 12`.
    pub what: String,
    /// Its priority.
    pub priority: f32,
    /// Its elementary edits.
    pub edits: u64,
    /// The cap that cut it.
    pub limit: Limit,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (priority {}): ", self.what, self.priority)?;
        match self.limit {
            Limit::Neurons { wanted, cap } => write!(f, "{wanted} neurons wanted, at most {cap} allowed"),
            Limit::Connections { wanted, cap } => write!(f, "{wanted} connections wanted, at most {cap} allowed"),
            Limit::Edits { wanted, cap } => write!(f, "{wanted} edits wanted, at most {cap} allowed"),
            Limit::Cooldown { age, cooldown } => write!(f, "{age} steps old, left alone until {cooldown}"),
            Limit::Dependent => write!(f, "it needed a move that was cut"),
        }
    }
}

/// A budget that allows nothing at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the budget allows 0 {what}; leave `{what}` out for no cap, or use the strategy `still`")]
pub struct BudgetError {
    /// Which cap is 0.
    pub what: &'static str,
}

impl Budget {
    /// No caps.
    pub const fn unlimited() -> Self {
        Self { neurons: None, connections: None, edits: None, cooldown: 0 }
    }

    /// Whether the budget allows anything.
    ///
    /// # Errors
    /// [`BudgetError`] for a cap of 0.
    pub fn check(&self) -> Result<(), BudgetError> {
        let caps = [("neurons", self.neurons), ("connections", self.connections), ("edits", self.edits)];
        caps.into_iter().find(|(_, cap)| *cap == Some(0)).map_or(Ok(()), |(what, _)| Err(BudgetError { what }))
    }

    /// Both at once: the smaller of each cap.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let least = |a: Option<u64>, b: Option<u64>| a.into_iter().chain(b).min();
        Self {
            neurons: least(self.neurons, other.neurons),
            connections: least(self.connections, other.connections),
            edits: least(self.edits, other.edits),
            cooldown: self.cooldown.max(other.cooldown),
        }
    }

    /// The elementary edits of moves, as `edits` counts them.
    pub fn edits_of(proposals: &[Proposal]) -> u64 {
        proposals.iter().map(|proposal| edits(&proposal.what)).sum()
    }

    /// Cuts whole moves until the rest fits. Returns what is left and what was cut, in the order of
    /// the cutting.
    pub fn apply<'n>(&self, draft: Draft<'n>) -> (Draft<'n>, Vec<Cut>) {
        let mut cuts = Vec::new();
        let draft = self.spare_newborns(draft, &mut cuts);
        let draft = self.cut_edits(draft, &mut cuts);
        let neurons = Limit::Neurons { wanted: 0, cap: self.neurons.unwrap_or(u64::MAX) };
        let draft = cut_to_size(draft, neurons, &mut cuts);
        let connections = Limit::Connections { wanted: 0, cap: self.connections.unwrap_or(u64::MAX) };
        let draft = cut_to_size(draft, connections, &mut cuts);
        (draft, cuts)
    }

    fn spare_newborns<'n>(&self, draft: Draft<'n>, cuts: &mut Vec<Cut>) -> Draft<'n> {
        let network = draft.network();
        let step = draft.step();
        let young = |what: &Move| {
            let (Move::Divide { mother: id, .. }
            | Move::Remove { neuron: id, .. }
            | Move::Renew { old: id, .. }
            | Move::Merge { gone: id, .. }) = *what
            else {
                return None;
            };
            let row = network.row(id).filter(|&row| network.origin(row) != Origin::Seed)?;
            let age = step.saturating_sub(network.born(row));
            (age < self.cooldown).then_some(Limit::Cooldown { age, cooldown: self.cooldown })
        };
        if self.cooldown == 0 || !draft.proposals().iter().any(|proposal| young(&proposal.what).is_some()) {
            return draft;
        }
        let (draft, dropped) = draft.retain(|_, proposal| young(&proposal.what).is_none());
        cuts.extend(dropped.iter().map(|proposal| cut(proposal, young(&proposal.what).unwrap_or(Limit::Dependent))));
        draft
    }

    fn cut_edits<'n>(&self, draft: Draft<'n>, cuts: &mut Vec<Cut>) -> Draft<'n> {
        let Some(cap) = self.edits else { return draft };
        let wanted: u64 = draft.proposals().iter().map(|proposal| edits(&proposal.what)).sum();
        let (mut left, mut victims) = (wanted, Vec::new());
        for at in least_wanted_first(&draft, |_| true) {
            if left <= cap {
                break;
            }
            left -= edits(&draft.proposals()[at].what);
            victims.push(at);
        }
        without(draft, &victims, Limit::Edits { wanted, cap }, cuts)
    }
}

/// The order of cutting: lowest priority first, the latest first among equals.
fn least_wanted_first(draft: &Draft<'_>, among: impl Fn(&Move) -> bool) -> Vec<usize> {
    let proposals = draft.proposals();
    let mut order: Vec<usize> = (0..proposals.len()).filter(|&at| among(&proposals[at].what)).collect();
    order.sort_by(|&a, &b| proposals[a].priority.total_cmp(&proposals[b].priority).then(b.cmp(&a)));
    order
}

/// The draft without these moves and those that needed them.
fn without<'n>(draft: Draft<'n>, victims: &[usize], limit: Limit, cuts: &mut Vec<Cut>) -> Draft<'n> {
    if victims.is_empty() {
        return draft;
    }
    let mut chosen: Vec<Option<Proposal>> = victims.iter().map(|&at| Some(draft.proposals()[at].clone())).collect();
    let (draft, dropped) = draft.retain(|at, _| !victims.contains(&at));
    cuts.extend(chosen.iter().flatten().map(|proposal| cut(proposal, limit)));
    for proposal in &dropped {
        match chosen.iter_mut().find(|own| own.as_ref() == Some(proposal)) {
            Some(own) => *own = None,
            None => cuts.push(cut(proposal, Limit::Dependent)),
        }
    }
    draft
}

/// Cuts adding moves until the count that `limit` names is within its cap.
fn cut_to_size<'n>(draft: Draft<'n>, limit: Limit, cuts: &mut Vec<Cut>) -> Draft<'n> {
    let (cap, count): (u64, fn(&Network) -> u64) = match limit {
        Limit::Neurons { cap, .. } => (cap, |network| network.neuron_count() as u64),
        Limit::Connections { cap, .. } => (cap, |network| network.synapse_count() as u64),
        Limit::Edits { .. } | Limit::Cooldown { .. } | Limit::Dependent => return draft,
    };
    if cap == u64::MAX || draft.is_empty() {
        return draft;
    }
    let order = least_wanted_first(&draft, |what| adds(what, limit));
    let wanted = size_without(&draft, &[], count);
    if wanted <= cap {
        return draft;
    }
    // Each cut of an adding move lowers the count, so the smallest number that suffices is found by
    // halving; where none does, all adding moves go.
    let (mut too_few, mut enough) = (0, order.len());
    while too_few + 1 < enough {
        let middle = usize::midpoint(too_few, enough);
        if size_without(&draft, &order[..middle], count) <= cap {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    let limit = match limit {
        Limit::Neurons { cap, .. } => Limit::Neurons { wanted, cap },
        _ => Limit::Connections { wanted, cap },
    };
    without(draft, &order[..enough], limit, cuts)
}

/// A count of the network that would be, without these moves. Made by the commit itself on a clone:
/// there is no second account of what a division brings.
fn size_without(draft: &Draft<'_>, victims: &[usize], count: fn(&Network) -> u64) -> u64 {
    let mut rest = Draft::new(draft.network(), draft.step());
    for (_, proposal) in draft.proposals().iter().enumerate().filter(|(at, _)| !victims.contains(at)) {
        // Refused only where it needs a move that is left out: then it will be left out as well.
        let _dependent = rest.propose(proposal.what.clone());
    }
    let finished = rest.finish();
    let mut after = draft.network().clone();
    match after.commit(finished) {
        Ok(_) => count(&after),
        Err(_) => u64::MAX,
    }
}

fn adds(what: &Move, limit: Limit) -> bool {
    let neurons = matches!(what, Move::Add { .. } | Move::Bear { .. } | Move::Divide { .. } | Move::InsertOn { .. });
    let connections = matches!(
        what,
        Move::Connect { .. }
            | Move::Grow { .. }
            | Move::ConnectAll { .. }
            | Move::Bear { .. }
            | Move::Divide { .. }
            | Move::InsertOn { .. }
    );
    if matches!(limit, Limit::Neurons { .. }) { neurons } else { connections }
}

/// The elementary edits of a move.
fn edits(what: &Move) -> u64 {
    match what {
        Move::Grow { at, .. } => at.len() as u64,
        Move::Prune { at } => at.len() as u64,
        Move::ConnectAll { pres, .. } => pres.len() as u64,
        Move::Rewire { .. } => 2,
        Move::Bear { dendrites, axon, .. } => 1 + dendrites.len() as u64 + axon.len() as u64,
        _ => 1,
    }
}

fn cut(proposal: &Proposal, limit: Limit) -> Cut {
    Cut { what: in_a_word(&proposal.what), priority: proposal.priority, edits: edits(&proposal.what), limit }
}

fn in_a_word(what: &Move) -> String {
    match what {
        Move::Connect { at, .. } => format!("connect {at}"),
        Move::Disconnect { at } => format!("disconnect {at}"),
        Move::Grow { at, .. } => format!("grow {}", at.len()),
        Move::Prune { at } => format!("prune {}", at.len()),
        Move::ConnectAll { post, pres, .. } => format!("connect {post} to {}", pres.len()),
        Move::Rewire { from, to, .. } => format!("rewire {from} to {to}"),
        Move::Add { neuron, .. } => format!("add {neuron}"),
        Move::Bear { neuron, .. } => format!("bear {neuron}"),
        Move::Remove { neuron, .. } => format!("remove {neuron}"),
        Move::Renew { old, .. } => format!("renew {old}"),
        Move::Divide { mother, .. } => format!("divide {mother}"),
        Move::InsertOn { at, .. } => format!("insert on {at}"),
        Move::Merge { gone, kept, .. } => format!("merge {gone} into {kept}"),
        Move::Retune { neuron, .. } => format!("retune {neuron}"),
        Move::Mark { mark, .. } => format!("mark {mark:?}"),
        Move::Scale { at, .. } => format!("scale {at}"),
        Move::Reweigh { at, .. } => format!("reweigh {at}"),
        Move::Rebias { neuron, .. } => format!("rebias {neuron}"),
        Move::Perturb { neuron, .. } => format!("perturb {neuron}"),
    }
}

/// Splits a list, best first, into at most `portions` batches of nearly equal length, each with a
/// priority from 1 downwards: a budget can then cut the tail instead of everything.
pub fn portions<T>(mut items: Vec<T>, portions: usize) -> Vec<(f32, Vec<T>)> {
    let mut split = Vec::new();
    let total = portions.clamp(1, items.len().max(1));
    for number in 0..total {
        let rest = items.split_off(items.len().div_ceil(total - number));
        if !items.is_empty() {
            split.push((1.0 - number as f32 / total as f32, items));
        }
        items = rest;
    }
    split
}

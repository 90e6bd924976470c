//! A draft: moves proposed against a network, each checked against the draft so far.

use crate::{Births, EditError, Epoch, Move, Network, NeuronId, NeuronSpec, Proposal, Reason, Synapse, shadow::Shadow};

/// A list of moves under way. Reading the network stays free while it is made; [`Draft::finish`]
/// lets go of it, so that the result can be committed.
#[derive(Debug)]
pub struct Draft<'n> {
    network: &'n Network,
    births: Births,
    step: u64,
    proposals: Vec<Proposal>,
    later: Vec<(Proposal, NeuronId)>,
    shadow: Shadow,
}

/// A finished draft, ready for [`Network::commit`].
#[derive(Clone, Debug)]
pub struct Finished {
    pub(crate) epoch: Epoch,
    pub(crate) revision: u64,
    pub(crate) births: Births,
    pub(crate) step: u64,
    pub(crate) proposals: Vec<Proposal>,
    pub(crate) shadow: Shadow,
    later: Vec<(Proposal, NeuronId)>,
}

impl<'n> Draft<'n> {
    /// An empty draft, dated with `step`.
    pub fn new(network: &'n Network, step: u64) -> Self {
        Self {
            network,
            births: network.births().clone(),
            step,
            proposals: Vec::new(),
            later: Vec::new(),
            shadow: Shadow::default(),
        }
    }

    /// A finished draft taken up again, to be changed.
    ///
    /// # Panics
    /// If it was not made against this network.
    #[track_caller]
    pub fn again(network: &'n Network, finished: Finished) -> Self {
        let Finished { epoch, revision, births, step, proposals, shadow, later } = finished;
        assert!(
            (epoch, revision) == (network.epoch(), network.revision()),
            "the draft was made against another network"
        );
        Self { network, births, step, proposals, later, shadow }
    }

    /// The network that the draft is made against.
    pub fn network(&self) -> &'n Network {
        self.network
    }
    /// The date.
    pub fn step(&self) -> u64 {
        self.step
    }
    /// A name for a neuron that is about to be born.
    pub fn name(&mut self) -> NeuronId {
        self.births.next()
    }
    /// Proposes a move without a reason.
    ///
    /// # Errors
    /// [`EditError`] says why it is refused; the draft stays as it was.
    pub fn propose(&mut self, what: Move) -> Result<(), EditError> {
        self.propose_because(what, 0.0, Reason::default())
    }
    /// Proposes a move with a priority (a budget cuts the lowest first) and a reason.
    ///
    /// # Errors
    /// [`EditError`] says why it is refused; the draft stays as it was.
    pub fn propose_because(&mut self, what: Move, priority: f32, reason: Reason) -> Result<(), EditError> {
        self.shadow.apply(self.network, &what)?;
        self.reserve(&what);
        self.proposals.push(Proposal { what, priority, reason });
        Ok(())
    }
    /// Notes a move for a second commit right after this one: what breaks a symmetry after it was
    /// measured that the first changed nothing. It is checked then, and goes without a trace if `with` is not
    /// alive by then: the daughter whose division a budget cut.
    pub fn propose_later(&mut self, what: Move, with: NeuronId, reason: Reason) {
        self.later.push((Proposal { what, priority: 0.0, reason }, with));
    }

    fn reserve(&mut self, what: &Move) {
        match *what {
            Move::Add { neuron, .. } | Move::InsertOn { neuron, .. } | Move::Bear { neuron, .. } => {
                self.births.reserve(neuron);
            }
            Move::Divide { daughter, .. } => self.births.reserve(daughter),
            Move::Renew { new, .. } => self.births.reserve(new),
            _ => {}
        }
    }

    /// The moves so far.
    pub fn proposals(&self) -> &[Proposal] {
        &self.proposals
    }
    /// The moves noted for later.
    pub fn later(&self) -> impl Iterator<Item = &Proposal> {
        self.later.iter().map(|(proposal, _)| proposal)
    }
    /// Whether nothing was proposed.
    pub fn is_empty(&self) -> bool {
        self.proposals.is_empty() && self.later.is_empty()
    }
    /// Whether the pair would be connected after the draft.
    pub fn connected(&self, at: Synapse) -> bool {
        self.shadow.connected(self.network, at)
    }
    /// Whether the neuron would be alive after the draft.
    pub fn alive(&self, id: NeuronId) -> bool {
        self.shadow.alive(self.network, id).is_ok()
    }

    /// What the neuron would be after the draft, if it were alive.
    pub fn spec(&self, id: NeuronId) -> Option<&NeuronSpec> {
        self.shadow.spec(self.network, id).ok()
    }

    /// The same draft with only those moves that `keep` says; moves that depended on a dropped one
    /// are dropped with it. Returns it with what was dropped.
    #[must_use]
    pub fn retain(self, mut keep: impl FnMut(usize, &Proposal) -> bool) -> (Self, Vec<Proposal>) {
        let mut next = Draft { births: self.births.clone(), ..Draft::new(self.network, self.step) };
        let mut dropped = Vec::new();
        for (at, proposal) in self.proposals.into_iter().enumerate() {
            if keep(at, &proposal) && next.shadow.apply(next.network, &proposal.what).is_ok() {
                next.reserve(&proposal.what);
                next.proposals.push(proposal);
            } else {
                dropped.push(proposal);
            }
        }
        next.later = self.later.into_iter().filter(|(_, with)| next.alive(*with)).collect();
        (next, dropped)
    }

    /// Keeps everything so far by name.
    #[cfg(test)]
    pub(crate) fn spell_out(&mut self) {
        self.shadow.spell_out(self.network);
    }

    /// As [`Draft::finish`], with the register of births as it was when the moves were first made: a
    /// name may have been taken out for a move that was refused.
    pub(crate) fn finish_with_births(mut self, next: u64) -> Finished {
        self.births = Births::starting_at(next.max(self.births.peek()));
        self.finish()
    }

    /// Lets go of the network.
    pub fn finish(self) -> Finished {
        Finished {
            epoch: self.network.epoch(),
            revision: self.network.revision(),
            births: self.births,
            step: self.step,
            proposals: self.proposals,
            shadow: self.shadow,
            later: self.later,
        }
    }
}

impl Finished {
    /// Takes out what was noted for later.
    pub fn take_later(&mut self) -> Vec<Proposal> {
        std::mem::take(&mut self.later).into_iter().map(|(proposal, _)| proposal).collect()
    }
    /// Whether there is nothing to commit now.
    pub fn is_empty(&self) -> bool {
        self.proposals.is_empty()
    }
    /// The moves.
    pub fn proposals(&self) -> &[Proposal] {
        &self.proposals
    }
}

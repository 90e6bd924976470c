//! Strategies: who proposes changes of structure, from signals alone.
//!
//! A strategy sees a [`View`], writes moves into a draft and returns a [`Verdict`]. It cannot run a
//! forward pass; it never sees weights but as signals; it does not decide when it is asked
//! ([`When`](crate::When)) nor how much it may spend ([`Budget`](crate::Budget),
//! [`Ledger`](crate::Ledger)).

use crate::{Aborted, Budget, Ledger};
use livenet_core::{Draft, Finished, Follower, Network, Signal, Signals, StreamKey};

/// What a strategy may know.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The structure.
    pub network: &'a Network,
    /// The signals it asked for in [`Strategy::needs`].
    pub signals: &'a Signals,
    /// The update steps done so far.
    pub step: u64,
    /// The step at which the run will end, if it ends.
    pub end: Option<u64>,
    /// What may be spent, for a method that must balance what goes and what comes; what is proposed beyond it is cut.
    pub budget: Budget,
    /// Energy of every neuron, where the experiment keeps accounts.
    pub ledger: Option<&'a Ledger>,
    /// The stream of random numbers of this asking; distinct per strategy and step.
    pub key: StreamKey,
}

/// The moment of an asking, before any signal of it is made.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// The structure.
    pub network: &'a Network,
    /// The update steps done, this one included.
    pub step: u64,
    /// The step at which the run will end, if it ends.
    pub end: Option<u64>,
    /// The stream of random numbers of this asking, as in its [`View`].
    pub key: StreamKey,
}

/// On what data the signals of the next asking are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Probe {
    /// On the window that was just trained on.
    #[default]
    LastWindow,
    /// On this many training samples, run without an update.
    Samples(u32),
}

/// What came of asking.
#[derive(Debug)]
pub enum Verdict {
    /// The draft holds moves.
    Proposed,
    /// Several drafts to be tried on clones for some steps; the best by validation loss is committed.
    Trial {
        /// The alternatives; the present structure stands as one more.
        drafts: Vec<Finished>,
        /// Steps to train each.
        steps: u32,
    },
    /// Nothing, and why: an event too.
    Nothing(Why),
    /// Nothing ever again.
    Done,
}

/// Why nothing was proposed, with the number that decided it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// This method never changes anything.
    Still,
    /// It takes in what it sees, and changes something at every so many askings only.
    Watching {
        /// How many.
        every: u64,
    },
    /// Nobody stood for choice.
    NoCandidates,
    /// The best score did not pass.
    BelowThreshold {
        /// The best score.
        best: f32,
        /// What it had to pass.
        threshold: f32,
    },
    /// The count to change rounded to nothing.
    NothingDue {
        /// The fraction or count that was due.
        due: f32,
    },
    /// The energy did not reach.
    NoEnergy {
        /// The largest store.
        have: f32,
        /// What was needed.
        need: f32,
    },
    /// The budget cut everything that was proposed.
    OverBudget {
        /// How many moves.
        cut: u64,
    },
    /// A cap is reached.
    Full {
        /// The count now.
        count: u64,
        /// The cap.
        cap: u64,
    },
    /// It asks for the energy of neurons, and the experiment keeps no accounts.
    NoAccounts,
}

/// A method of changing structure.
///
/// It is a follower: whatever it keeps per neuron or connection moves with every commit, its own
/// and others'.
pub trait Strategy: Follower + Send {
    /// The signals of the next asking. Running ones are kept from the start of the run.
    fn needs(&self) -> Vec<Signal>;
    /// Proposes moves. Called when the experiment says so.
    fn propose(&mut self, view: &View<'_>, draft: &mut Draft<'_>) -> Verdict;
    /// Whether an asking at this moment can bring anything. It comes first, before any signal is made, so that a method
    /// that is asked at every step costs next to nothing where nothing is due. What passes while it says no it notes here:
    /// neither is it asked then, nor is anything told of it.
    fn stirs(&mut self, _moment: &Moment<'_>) -> bool {
        true
    }
    /// What it had begun at an earlier asking and gave up at the last one: neither its draft nor its verdict tells of it, and it
    /// is an event too. Asked once after every [`propose`](Strategy::propose), whatever came of that; what was told is forgotten.
    fn aborted(&mut self) -> Vec<Aborted> {
        Vec::new()
    }
    /// A copy with its state, for trials on clones.
    fn boxed_clone(&self) -> Box<dyn Strategy>;
    /// On what data the signals are computed.
    fn probe(&self) -> Probe {
        Probe::LastWindow
    }
    /// Whether the asking after `step` of a run to `end` takes the place of the optimizer's step, as in the code
    /// of RigL.
    fn instead_of_update(&self, _step: u64, _end: Option<u64>) -> bool {
        false
    }
    /// Its state as bytes, for a checkpoint.
    fn save(&self) -> Vec<u8> {
        Vec::new()
    }
    /// Takes over a saved state.
    ///
    /// # Errors
    /// [`BadState`] when the bytes are not of this strategy.
    fn load(&mut self, state: &[u8]) -> Result<(), BadState> {
        if state.is_empty() { Ok(()) } else { Err(BadState { found: state.len() }) }
    }
}

/// A saved state that does not belong to the strategy that reads it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the saved state of a strategy ({found} bytes) cannot be read; the checkpoint is of another version or strategy"
)]
pub struct BadState {
    /// Its length.
    pub found: usize,
}

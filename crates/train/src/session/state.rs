//! A session's state, to be saved and taken up again bit for bit.

use super::{Event, Running, Session, SessionError};
use livenet_core::{Exported, Snapshot};
use livenet_growth::{BadState, LedgerState, WhenState};
use serde::{Deserialize, Serialize};

/// Everything that a session needs to go on as if it had never stopped. The journal is kept apart;
/// `entries` says how much of it belongs to this state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedState {
    /// Updates done.
    pub step: u64,
    /// The structure, rows included.
    pub network: Snapshot,
    /// Weights, moments, state, statistics.
    pub executor: Exported,
    /// Entries of the journal that belong to it.
    pub entries: u64,
    growers: Vec<(String, Vec<u8>, WhenState, bool)>,
    ledger: Option<LedgerState>,
    ledger_step: u64,
    running: Running,
    last_metric: Option<f64>,
    effort: u64,
}

/// Why a state cannot be taken up.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Other strategies than those of this experiment.
    #[error(
        "the saved state holds the strategies {found:?}, the experiment has {expected:?}; it belongs to another config"
    )]
    Strategies {
        /// Those saved.
        found: Vec<String>,
        /// Those here.
        expected: Vec<String>,
    },
    /// A strategy cannot read its own state.
    #[error("strategy `{strategy}`: {source}")]
    Strategy {
        /// Which.
        strategy: String,
        /// Why.
        source: BadState,
    },
    /// The executor cannot take it over.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The structure is not whole.
    #[error("the saved structure is not whole: {0}")]
    Structure(String),
    /// An energy ledger on one side only.
    #[error(
        "the saved state and the experiment disagree on whether there is an energy ledger; it belongs to another config"
    )]
    Ledger,
}

impl Session {
    /// Everything that is needed to go on.
    pub fn save(&self) -> SavedState {
        SavedState {
            step: self.step,
            network: Snapshot::of(&self.network),
            executor: self.executor.export(&self.network),
            entries: self.journal.len() as u64,
            growers: self
                .growers
                .iter()
                .map(|grower| (grower.name.clone(), grower.strategy.save(), grower.when.clone(), grower.done))
                .collect(),
            ledger: self.ledger.as_ref().map(livenet_growth::Ledger::save),
            ledger_step: self.ledger_step,
            running: self.running,
            last_metric: self.last_metric,
            effort: self.effort,
        }
    }

    /// Takes up a saved state, whatever its structure, in a session that was set up from the same config.
    /// The journal begins anew with that structure; a run that goes on puts its own in the place.
    ///
    /// # Errors
    /// [`StateError`] when the state is of another config.
    pub fn load(&mut self, saved: SavedState) -> Result<(), StateError> {
        let found: Vec<String> = saved.growers.iter().map(|grower| grower.0.clone()).collect();
        let expected: Vec<String> = self.growers.iter().map(|grower| grower.name.clone()).collect();
        if found != expected {
            return Err(StateError::Strategies { found, expected });
        }
        if saved.ledger.is_some() != self.ledger.is_some() {
            return Err(StateError::Ledger);
        }
        let network = saved.network.restore().map_err(|error| StateError::Structure(error.to_string()))?;
        let exec = |source| SessionError::Exec { step: saved.step, source };
        let mut executor = self.executor.boxed_clone();
        executor.import(&network, &saved.executor).map_err(exec)?;
        for (grower, (name, state, when, done)) in self.growers.iter_mut().zip(saved.growers) {
            grower.strategy.load(&state).map_err(|source| StateError::Strategy { strategy: name, source })?;
            (grower.when, grower.done) = (when, done);
        }
        if let (Some(ledger), Some(state)) = (&mut self.ledger, saved.ledger) {
            ledger.load(state);
        }
        let wanted = self.wanted();
        self.journal = self.journal.anew(&network);
        (self.network, self.executor) = (network, executor);
        self.executor.observe(&self.network, &wanted);
        (self.step, self.ledger_step) = (saved.step, saved.ledger_step);
        (self.running, self.last_metric, self.effort) = (saved.running, saved.last_metric, saved.effort);
        self.events.retain(|event| !matches!(event, Event::Started { .. }));
        Ok(())
    }
}

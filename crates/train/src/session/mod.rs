//! The session: the loop that trains, asks the strategies, and commits.
//!
//! It is the only caller of [`Network::commit`](livenet_core::Network::commit). It does no IO and reads no clock: it
//! yields [`Event`]s and hands out its state. One [`Session::step`] is: batch, forward, loss, credit,
//! update; then every strategy that is due is asked, its draft is cut to the budget, measured,
//! committed, written into the journal and followed by everything.

mod error;
mod event;
mod grow;
mod learning;
mod rule;
mod source;
mod state;
mod together;
mod trial;
mod words;

#[cfg(test)]
mod tests;

pub use error::SessionError;
pub use event::{Event, Explained, NeuronEnergy};
pub use learning::{GroupLasso, Learning};
pub use source::{Answers, Batch, Continuity, Source};
pub use state::{SavedState, StateError};
pub use together::{MOST_TOGETHER, Member, alike, together};
pub use words::Words;

use crate::Credit;
use livenet_core::{ExecError, Executor, Journal, Network, Signal, StreamKey, Window};
use livenet_growth::{Budget, Ledger, Moment, Strategy, WhenState};

/// A strategy with when it is asked and what it may spend.
pub struct Grower {
    /// Its name in events.
    pub name: String,
    /// Who proposes.
    pub strategy: Box<dyn Strategy>,
    /// When it is asked.
    pub when: WhenState,
    /// What it may spend.
    pub budget: Budget,
    /// Whether it said that it is done.
    pub done: bool,
}

impl Grower {
    /// A strategy that is asked when `when` says, within `budget`.
    pub fn new(name: impl Into<String>, strategy: Box<dyn Strategy>, when: WhenState, budget: Budget) -> Self {
        Self { name: name.into(), strategy, when, budget, done: false }
    }
}

impl Clone for Grower {
    fn clone(&self) -> Self {
        Self {
            name: self.name.clone(),
            strategy: self.strategy.boxed_clone(),
            when: self.when.clone(),
            budget: self.budget,
            done: self.done,
        }
    }
}

/// What a pass over samples gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Mean loss.
    pub loss: f64,
    /// Share of right answers, for classification.
    pub accuracy: Option<f64>,
    /// `[cycle][lane][output]`.
    pub outputs: Vec<f32>,
}

/// Means since the last report.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct Running {
    windows: u64,
    loss: f64,
    right: f64,
    rows: u64,
}

/// What a step is about: its samples, and who is asked after it.
struct Turn {
    batch: Batch,
    due: Vec<usize>,
}

/// A network with everything that lets it live. See the [module](self).
pub struct Session {
    network: Network,
    executor: Box<dyn Executor>,
    credit: Box<dyn Credit>,
    learning: Learning,
    growers: Vec<Grower>,
    ledger: Option<Ledger>,
    journal: Journal,
    key: StreamKey,
    step: u64,
    /// When the ledger was last brought up to date.
    ledger_step: u64,
    /// The step after which the structure last changed: gradients were cleared then.
    committed: Option<u64>,
    running: Running,
    last_metric: Option<f64>,
    /// Loss and accuracy of the last step.
    felt: (f64, Option<f64>),
    /// What all strategies together may spend, and the edits that they made after the last step.
    shared: Budget,
    spent: u64,
    /// Multiply-adds of strategies themselves and of trials on clones.
    effort: u64,
    events: Vec<Event>,
}

impl Session {
    /// A session over a network that grew by the commits in `journal` and whose executor followed
    /// them. `key` names the random numbers of the strategies.
    ///
    /// # Errors
    /// [`SessionError::Exec`] when the executor cannot run the network.
    pub fn new(
        network: Network,
        executor: Box<dyn Executor>,
        journal: Journal,
        learning: Learning,
        key: StreamKey,
    ) -> Result<Self, SessionError> {
        executor.supports(&network).map_err(|source| SessionError::Exec { step: 0, source })?;
        let started = Event::Started {
            neurons: network.neuron_count() as u64,
            connections: network.active_count() as u64,
            dense_connections: network.dense_count(),
        };
        Ok(Self {
            network,
            executor,
            credit: Box::new(crate::Backpropagation),
            learning,
            growers: Vec::new(),
            ledger: None,
            journal,
            key,
            step: 0,
            ledger_step: 0,
            committed: None,
            running: Running::default(),
            last_metric: None,
            felt: (f64::NAN, None),
            shared: Budget::unlimited(),
            spent: 0,
            effort: 0,
            events: vec![started],
        })
    }

    /// The same with strategies, asked in this order.
    #[must_use]
    pub fn with_growers(mut self, growers: Vec<Grower>) -> Self {
        self.growers = growers;
        let signals = self.wanted();
        self.executor.observe(&self.network, &signals);
        self
    }

    /// The same with an energy ledger.
    #[must_use]
    pub fn with_ledger(mut self, ledger: Ledger) -> Self {
        self.ledger = Some(ledger);
        let signals = self.wanted();
        self.executor.observe(&self.network, &signals);
        self
    }

    /// The same with a budget that all strategies share: its caps hold besides those of each, and its edits are of all that
    /// is done after one step.
    #[must_use]
    pub fn with_budget(mut self, shared: Budget) -> Self {
        self.shared = shared;
        self
    }

    /// The same with another way of assigning blame.
    #[must_use]
    pub fn with_credit(mut self, credit: Box<dyn Credit>) -> Self {
        self.credit = credit;
        self
    }

    /// Every running signal that somebody names: nothing else is kept up.
    fn wanted(&self) -> Vec<Signal> {
        let strategies = self.growers.iter().filter(|grower| !grower.done).flat_map(|grower| grower.strategy.needs());
        let ledger = self.ledger.iter().flat_map(Ledger::needs);
        // Not running, but an executor must know beforehand.
        let kept = |signal: &Signal| signal.is_running() || *signal == Signal::UpdateSize || signal.needs_curvature();
        let mut all: Vec<Signal> = strategies.chain(ledger).filter(kept).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The structure.
    pub fn network(&self) -> &Network {
        &self.network
    }
    /// What runs it.
    pub fn executor(&self) -> &dyn Executor {
        &*self.executor
    }
    /// What runs it, to predict with.
    pub fn executor_mut(&mut self) -> &mut dyn Executor {
        &mut *self.executor
    }
    /// Every committed move.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }
    /// The journal, for a caller that streams it out.
    pub fn journal_mut(&mut self) -> &mut Journal {
        &mut self.journal
    }
    /// The energy accounts, if there are any.
    pub fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }
    /// Multiply-adds so far: of training, of every look at samples for a strategy (gradients of what is absent among them), of
    /// what strategies computed by themselves, and of trials on clones.
    pub fn operations(&self) -> u64 {
        self.executor.operations() + self.effort
    }
    /// Updates done.
    pub fn steps(&self) -> u64 {
        self.step
    }
    /// What happened since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// One update, and whatever structure is due after it.
    ///
    /// # Errors
    /// [`SessionError`]; the network is then as the last commit left it.
    pub fn step(&mut self, source: &dyn Source) -> Result<(), SessionError> {
        let turn = self.turn(source);
        self.take(&turn, source)
    }

    /// What the next step is about. To be asked once a step: schedules remember that they were.
    fn turn(&mut self, source: &dyn Source) -> Turn {
        let batch = source.batch(self.step);
        let (after, end) = (self.step + 1, self.learning.end);
        // After the last update nothing would learn from a change any more.
        let askable = if end == Some(after) { 0 } else { self.growers.len() };
        let Self { growers, network, key, .. } = self;
        let due = (0..askable).filter(|&at| {
            let grower = &mut growers[at];
            !grower.done && grower.when.due(after, self.last_metric) && {
                let key = key.at(at as u64).at(after);
                grower.strategy.stirs(&Moment { network, step: after, end, key })
            }
        });
        let due = due.collect();
        Turn { batch, due }
    }

    /// Takes that step.
    fn take(&mut self, Turn { batch, due }: &Turn, source: &dyn Source) -> Result<(), SessionError> {
        let (after, end) = (self.step + 1, self.learning.end);
        let strategies = || due.iter().map(|&at| &self.growers[at].strategy);
        // In RigL's code the change of the mask takes the place of the optimizer's step.
        let instead = strategies().any(|strategy| strategy.instead_of_update(after, end));
        let looks = strategies().any(|strategy| strategy.needs().iter().any(|signal| signal.is_of_window()));
        if !looks && !instead {
            self.train(batch, true)?;
        } else {
            self.train(batch, false)?;
            if !instead {
                let rule = self.rule();
                self.executor
                    .update(&self.network, &rule)
                    .map_err(|source| SessionError::Exec { step: self.step, source })?;
            }
        }
        self.step += 1;
        self.spent = 0;
        for &at in due {
            self.ask(at, source, batch)?;
        }
        Ok(())
    }

    /// Forward, loss and credit on a batch; an update as well, if nobody is to look at the gradients before it.
    pub(crate) fn train(&mut self, batch: &Batch, update: bool) -> Result<(), SessionError> {
        let step = self.step;
        let exec = |source| SessionError::Exec { step, source };
        if batch.continuity == Continuity::Fresh {
            self.executor.reset();
        }
        let dropout = self.learning.dropout_at(self.key, step);
        let outputs = self.executor.forward(&self.network, batch.window(), dropout).map_err(exec)?;
        let d_outputs = self.judge(batch, outputs)?;
        if update {
            let rule = self.rule();
            self.credit.learn(&mut *self.executor, &self.network, &d_outputs, &rule).map_err(exec)
        } else {
            self.credit.assign(&mut *self.executor, &self.network, &d_outputs).map_err(exec)
        }
    }

    /// dL/d output of what a batch gave, which is entered into the means.
    fn judge(&mut self, batch: &Batch, outputs: Vec<f32>) -> Result<Vec<f32>, SessionError> {
        let step = self.step;
        let mut d_outputs = vec![0.0; outputs.len()];
        let measured = self
            .learning
            .measure(batch, outputs, &mut d_outputs)
            .map_err(|source| SessionError::Loss { step, source })?;
        if !measured.loss.is_finite() {
            return Err(SessionError::LossNotFinite { step, loss: measured.loss });
        }
        self.felt = (measured.loss, measured.accuracy);
        self.running.windows += 1;
        self.running.loss += measured.loss;
        if let Some(accuracy) = measured.accuracy {
            let rows = (batch.cycles * batch.lanes) as u64;
            self.running.right += accuracy * rows as f64;
            self.running.rows += rows;
        }
        Ok(d_outputs)
    }

    /// Reports the means since the last report as an event.
    pub fn report(&mut self) {
        let running = std::mem::take(&mut self.running);
        if running.windows > 0 {
            self.events.push(Event::Trained {
                step: self.step,
                loss: running.loss / running.windows as f64,
                accuracy: (running.rows > 0).then(|| running.right / running.rows as f64),
                rate: self.learning.rate_at(self.step.saturating_sub(1)),
                neurons: self.network.neuron_count() as u64,
                connections: self.network.active_count() as u64,
                operations: self.operations(),
            });
        }
        self.report_energy();
    }

    /// The outputs `[cycle][lane][output]` for a window from zero state.
    ///
    /// # Errors
    /// [`ExecError`].
    pub fn predict(&mut self, window: Window<'_>) -> Result<Vec<f32>, ExecError> {
        self.executor.predict(&self.network, window)
    }

    /// Loss and outputs on a batch from zero state, without learning from it.
    ///
    /// # Errors
    /// As [`Session::step`].
    pub fn measure(&mut self, batch: &Batch) -> Result<Measured, SessionError> {
        let step = self.step;
        let outputs = self
            .executor
            .predict(&self.network, batch.window())
            .map_err(|source| SessionError::Exec { step, source })?;
        let mut unused = vec![0.0; outputs.len()];
        let measured = self.learning.measure(batch, outputs, &mut unused);
        let measured = measured.map_err(|source| SessionError::Loss { step, source })?;
        if measured.loss.is_finite() {
            Ok(measured)
        } else {
            Err(SessionError::LossNotFinite { step, loss: measured.loss })
        }
    }

    /// Looks at the validation part; the loss drives plateaus and thresholds.
    ///
    /// # Errors
    /// As [`Session::step`].
    pub fn evaluate(&mut self, source: &dyn Source) -> Result<Measured, SessionError> {
        let measured = self.measure(source.validation())?;
        self.last_metric = Some(measured.loss);
        self.events.push(Event::Evaluated { step: self.step, loss: measured.loss, accuracy: measured.accuracy });
        Ok(measured)
    }
}

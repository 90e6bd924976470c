//! Asking a strategy, and committing what it proposes.

use super::{Batch, Continuity, Event, Explained, NeuronEnergy, Session, SessionError, Source, Words};
use livenet_core::{Draft, Finished, Follower as _, Move, Proposal, Signal, Signals};
use livenet_growth::{Budget, Cut, Probe, Still, Verdict, View, Why, effort};

/// Of more neurons than this, every so many-th is told of.
const MOST_TOLD: usize = 256;

impl Session {
    /// Asks the strategy number `at` once and commits what the budget leaves of its draft.
    pub(super) fn ask(&mut self, at: usize, source: &dyn Source, batch: &Batch) -> Result<(), SessionError> {
        self.settle_energy();
        let left = self.shared.edits.map(|edits| edits.saturating_sub(self.spent));
        if left == Some(0) {
            // Those before it in this step have spent all: nobody need look at anything.
            let (strategy, why) = (self.growers[at].name.clone(), Why::OverBudget { cut: 0 });
            self.events.push(Event::Unchanged { step: self.step, strategy, why, cut: Vec::new() });
            return Ok(());
        }
        let probe = self.probe(at, source, batch);
        let looked = probe.as_ref().unwrap_or(batch);
        let signals = self.signals_for(at, probe.as_ref())?;
        let budget = self.growers[at].budget.and(&Budget { edits: left, ..self.shared });
        // Out of the session while it looks at it.
        let mut strategy = std::mem::replace(&mut self.growers[at].strategy, Box::new(Still));
        let mut draft = Draft::new(&self.network, self.step);
        let view = View {
            network: &self.network,
            signals: &signals,
            step: self.step,
            end: self.learning.end,
            ledger: self.ledger.as_ref(),
            budget,
            key: self.key.at(at as u64).at(self.step),
        };
        let _of_others = effort::take();
        let verdict = strategy.propose(&view, &mut draft);
        self.effort += effort::take();
        let of = strategy.aborted();
        self.growers[at].strategy = strategy;
        if !of.is_empty() {
            self.events.push(Event::Aborted { step: self.step, strategy: self.growers[at].name.clone(), of });
        }
        let (mut finished, cut) = match verdict {
            Verdict::Proposed => {
                let (draft, cut) = budget.apply(draft);
                (draft.finish(), cut)
            }
            Verdict::Trial { drafts, steps } => {
                let within: Vec<_> = drafts.into_iter().map(|draft| self.within(budget, draft)).collect();
                let drafts: Vec<&Finished> = within.iter().map(|(draft, _)| draft).collect();
                let chosen = self.try_out(at, &drafts, steps, source)?;
                match within.into_iter().nth(chosen) {
                    Some(best) => best,
                    None => return Ok(()),
                }
            }
            Verdict::Nothing(why) => {
                // Who only watches has nothing to tell, and may watch at every step.
                if matches!(why, Why::Watching { .. }) {
                    return Ok(());
                }
                let strategy = self.growers[at].name.clone();
                self.events.push(Event::Unchanged { step: self.step, strategy, why, cut: Vec::new() });
                return Ok(());
            }
            Verdict::Done => {
                self.growers[at].done = true;
                let wanted = self.wanted();
                self.executor.observe(&self.network, &wanted);
                return Ok(());
            }
        };
        let later = finished.take_later();
        let foretold = foretold(finished.proposals().iter().chain(&later));
        let before = if foretold.is_some() { Some(self.look(looked)?) } else { None };
        if !finished.is_empty() {
            // As each one's own cap, without what breaks symmetry later.
            self.spent += Budget::edits_of(finished.proposals());
            self.commit(at, finished, cut, batch)?;
        } else if !cut.is_empty() {
            // No commit: it would count one that the journal does not hold.
            let (strategy, why) = (self.growers[at].name.clone(), Why::OverBudget { cut: cut.len() as u64 });
            self.events.push(Event::Unchanged { step: self.step, strategy, why, cut });
        }
        self.commit_later(at, later, batch)?;
        if let (Some(foretold), Some(before)) = (foretold, before) {
            let after = self.look(looked)?;
            self.events.push(Event::Foretold {
                step: self.step,
                strategy: self.growers[at].name.clone(),
                foretold,
                loss: [before.0, after.0],
                gradient: [before.1, after.1],
            });
        }
        Ok(())
    }

    /// The loss of a batch and the norm of the gradient by all weights, as the network is now.
    fn look(&mut self, batch: &Batch) -> Result<(f64, f64), SessionError> {
        let loss = self.measure(batch)?.loss;
        let signals = self.aside(batch, &[Signal::Gradient])?;
        let square: f64 = signals.values(Signal::Gradient).iter().map(|&g| f64::from(g) * f64::from(g)).sum();
        Ok((loss, square.sqrt()))
    }

    /// What a budget leaves of a draft that is finished, and what it cut.
    fn within(&self, budget: Budget, finished: Finished) -> (Finished, Vec<Cut>) {
        let (draft, cut) = budget.apply(Draft::again(&self.network, finished));
        (draft.finish(), cut)
    }

    /// What breaks the symmetry of a division comes in a commit of its own, after the first was
    /// measured. A move that the first commit made impossible is left out.
    fn commit_later(&mut self, at: usize, later: Vec<Proposal>, batch: &Batch) -> Result<(), SessionError> {
        let mut draft = Draft::new(&self.network, self.step);
        for Proposal { what, priority, reason } in later {
            // Refused only when the first commit left nothing for it to change.
            let _refused = draft.propose_because(what, priority, reason);
        }
        let finished = draft.finish();
        if finished.is_empty() { Ok(()) } else { self.commit(at, finished, Vec::new(), batch) }
    }

    /// What must be run before the signals of a strategy can be had, if that is not what was just trained on.
    ///
    /// A commit clears gradients: whoever is asked after one in the same step sees those of the last window as
    /// the network is now.
    fn probe(&self, at: usize, source: &dyn Source, batch: &Batch) -> Option<Batch> {
        let strategy = &self.growers[at].strategy;
        let wanted = strategy.needs();
        let stale = self.committed == Some(self.step) && wanted.iter().any(|signal| signal.is_of_window());
        match strategy.probe() {
            _ if wanted.is_empty() => None,
            Probe::Samples(samples) => Some(source.probe(samples, self.key.at(at as u64).at(self.step).at(1))),
            Probe::LastWindow => stale.then(|| batch.clone()),
        }
    }

    /// The signals that a strategy asks for, on a probe or of the last window.
    fn signals_for(&mut self, at: usize, probe: Option<&Batch>) -> Result<Signals, SessionError> {
        let wanted = self.growers[at].strategy.needs();
        match probe {
            _ if wanted.is_empty() => Ok(Signals::default()),
            Some(probe) => self.aside(probe, &wanted),
            None => Ok(self.executor.signals(&self.network, &wanted)),
        }
    }

    /// The signals of a batch that is run without an update and leaves no trace.
    fn aside(&mut self, batch: &Batch, wanted: &[Signal]) -> Result<Signals, SessionError> {
        let kept = (batch.continuity == Continuity::Carried).then(|| self.executor.export(&self.network));
        let running = self.running;
        self.train(batch, false)?;
        self.running = running;
        let signals = self.executor.signals(&self.network, wanted);
        match kept {
            Some(kept) => self
                .executor
                .import(&self.network, &kept)
                .map_err(|source| SessionError::Exec { step: self.step, source })?,
            None => self.executor.reset(),
        }
        Ok(signals)
    }

    /// Brings the energy accounts up to date with the steps since the last time.
    fn settle_energy(&mut self) {
        let steps = self.step - self.ledger_step;
        self.ledger_step = self.step;
        if let (Some(ledger), true) = (&mut self.ledger, steps > 0) {
            let signals = self.executor.signals(&self.network, &ledger.needs());
            ledger.sense(self.step, self.felt.0, self.felt.1);
            ledger.advance(&self.network, &signals, steps);
        }
    }

    /// Tells what came in and went out since the last time, and what some neurons have.
    pub(super) fn report_energy(&mut self) {
        // Accounts are settled when strategies are asked; between two reports that may not have been.
        let Some(ledger) = self.ledger.as_mut().filter(|ledger| ledger.books().steps > 0) else { return };
        let books = ledger.take_books();
        let steps = books.steps as f64;
        self.events.push(Event::Energy {
            step: self.step,
            store: ledger.store(),
            income: books.income / steps,
            cost: books.cost / steps,
            spilled: books.spilled / steps,
            forgiven: books.forgiven / steps,
            supply: ledger.supply(),
        });
        let mut all: Vec<NeuronEnergy> = self
            .network
            .neuron_rows()
            .filter_map(|row| {
                let account = ledger.account_of(row)?;
                let age = self.step.saturating_sub(self.network.born(row));
                Some(NeuronEnergy { neuron: self.network.id(row), energy: account.store as f32, age })
            })
            .collect();
        all.sort_unstable_by_key(|one| one.neuron);
        let every = all.len().div_ceil(MOST_TOLD).max(1);
        let of = all.into_iter().step_by(every).collect();
        self.events.push(Event::Accounts { step: self.step, of });
    }

    /// Commits, writes the journal, lets everything follow, and tells.
    fn commit(&mut self, at: usize, finished: Finished, cut: Vec<Cut>, batch: &Batch) -> Result<(), SessionError> {
        let step = self.step;
        self.committed = Some(step);
        let exec = |source| SessionError::Exec { step, source };
        // A renewal in place may come at every step of a stream and is declared exact or not by its method; what is
        // rewired is meant to change something.
        let remakes = finished.proposals().iter().any(|proposal| {
            matches!(
                proposal.what,
                Move::Divide { .. }
                    | Move::Add { .. }
                    | Move::Bear { .. }
                    | Move::InsertOn { .. }
                    | Move::Merge { .. }
                    | Move::Remove { .. }
            )
        });
        let before =
            if remakes { Some(self.executor.predict(&self.network, batch.window()).map_err(exec)?) } else { None };

        self.journal.append(&self.network, &finished);
        let commit = self.network.commit(finished).map_err(|source| SessionError::Edit { step, source })?;
        self.journal.committed(&self.network);
        self.executor.follow(&self.network, &commit);
        self.credit.follow(&self.network, &commit);
        for grower in &mut self.growers {
            grower.strategy.follow(&self.network, &commit);
        }
        if let Some(ledger) = &mut self.ledger {
            ledger.follow(&self.network, &commit);
        }

        let change = match before {
            Some(before) => {
                Some(relative_change(&before, &self.executor.predict(&self.network, batch.window()).map_err(exec)?))
            }
            None => None,
        };
        self.events.push(Event::Committed {
            step,
            strategy: self.growers[at].name.clone(),
            entry: self.journal.len().saturating_sub(1) as u64,
            epoch: self.network.epoch(),
            census: commit.census,
            neurons: self.network.neuron_count() as u64,
            connections: self.network.active_count() as u64,
            change,
            cut,
            why: commit.proposals.into_iter().map(explained).collect(),
        });
        Ok(())
    }
}

fn explained(Proposal { what, reason, .. }: Proposal) -> Explained {
    Explained { what: Words::of(what), reason }
}

/// The sum of what the moves foretell, if any does.
fn foretold<'a>(proposals: impl Iterator<Item = &'a Proposal>) -> Option<f64> {
    proposals.filter_map(|proposal| proposal.reason.foretold).map(f64::from).reduce(|a, b| a + b)
}

fn relative_change(before: &[f32], after: &[f32]) -> f64 {
    let largest = before.iter().fold(f64::MIN_POSITIVE, |max, &x| max.max(f64::from(x).abs()));
    let change = before.iter().zip(after).fold(0.0f64, |max, (&a, &b)| max.max((f64::from(a) - f64::from(b)).abs()));
    change / largest
}

//! Trials: several drafts, each trained for some steps on a clone; the best is committed.

use super::{Event, Running, Session, SessionError, Source};
use livenet_core::Finished;

impl Session {
    /// A copy that grows nothing by itself and tells nothing.
    fn clone_for_trial(&self) -> Self {
        Self {
            network: self.network.clone(),
            executor: self.executor.boxed_clone(),
            credit: self.credit.boxed_clone(),
            learning: self.learning.clone(),
            growers: Vec::new(),
            ledger: None,
            journal: self.journal.clone(),
            key: self.key,
            step: self.step,
            ledger_step: self.ledger_step,
            committed: None,
            running: Running::default(),
            last_metric: self.last_metric,
            felt: self.felt,
            shared: self.shared,
            spent: 0,
            effort: 0,
            events: Vec::new(),
        }
    }

    /// The number of the draft whose clone has the lowest validation loss after `steps` updates; that of the
    /// unchanged network, one past the last draft, unless some loss is lower than its own.
    pub(super) fn try_out(
        &mut self,
        at: usize,
        drafts: &[&Finished],
        steps: u32,
        source: &dyn Source,
    ) -> Result<usize, SessionError> {
        let mut losses = Vec::with_capacity(drafts.len() + 1);
        for draft in drafts.iter().copied().map(Some).chain([None]) {
            let mut clone = self.clone_for_trial();
            if let Some(draft) = draft {
                let step = self.step;
                let commit =
                    clone.network.commit(draft.clone()).map_err(|source| SessionError::Edit { step, source })?;
                clone.executor.follow(&clone.network, &commit);
                clone.credit.follow(&clone.network, &commit);
            }
            let before = clone.operations();
            let mut diverged = false;
            for _ in 0..steps {
                match clone.step(source) {
                    Err(error) if error.is_divergence() => {
                        diverged = true;
                        break;
                    }
                    other => other?,
                }
            }
            let measured = if diverged { None } else { Some(clone.measure(source.validation())) };
            self.effort += clone.operations() - before;
            losses.push(match measured {
                Some(Err(error)) if !error.is_divergence() => return Err(error),
                Some(Ok(measured)) => measured.loss,
                _ => f64::INFINITY,
            });
        }
        let chosen = (0..losses.len()).rev().min_by(|&a, &b| losses[a].total_cmp(&losses[b])).unwrap_or(losses.len());
        let strategy = self.growers[at].name.clone();
        self.events.push(Event::Tried { step: self.step, strategy, losses, chosen });
        Ok(chosen)
    }
}

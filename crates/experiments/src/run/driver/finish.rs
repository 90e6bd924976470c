//! The end of a run.

use super::{Driver, Pictures, Watcher};
use crate::{
    Failure,
    pictures::activity::activity,
    run::{Checkpoint, Ending, Outcome, RunError, disk, events, rebuild},
};
use livenet_train::session::Event;
use std::collections::BTreeMap;

impl Driver<'_> {
    /// Reads the test part, for the first and only time, and writes the report.
    pub(super) fn finish(&mut self, mut ending: Ending, watcher: &mut dyn Watcher) -> Result<Outcome, Failure> {
        if self.ending.is_none() {
            // The digest of the structure at the end, for every later replay to be held against.
            let network = self.session.network().clone();
            self.session.journal_mut().seal(&network);
            self.flush(watcher)?;
            self.ending = Some(ending.clone());
        }
        self.checkpoint(Checkpoint::FINAL)?;
        // Of all training, whichever state is tested.
        let (steps, operations) = (self.session.steps(), self.session.operations());
        let mut metrics = BTreeMap::new();
        let mut put = |name: &str, value: Option<f64>| {
            if let Some(value) = value.filter(|value| value.is_finite()) {
                metrics.insert(name.to_owned(), value);
            }
        };
        if !matches!(ending, Ending::Diverged { .. }) {
            if let Some(best) = self.best.clone() {
                put("best_step", Some(best.state.step as f64));
                self.validation = (best.loss, best.accuracy);
                self.session = rebuild::take_up(self.checked, self.document, self.registry, best.state)?;
            }
            match self.session.measure(&self.checked.task().test()) {
                Ok(test) => {
                    put("test_loss", Some(test.loss));
                    put("test_accuracy", test.accuracy);
                }
                // Finite on everything that it saw before, and not on the test part.
                Err(error) if error.is_divergence() => {
                    ending = Ending::Diverged { step: steps, what: error.to_string() }
                }
                Err(error) => return Err(error.into()),
            }
        }
        put("validation_loss", Some(self.validation.0));
        let events = events::events(&self.directory, 0)?;
        put("foretold_slope", foretold_slope(&events));
        let [first, last] = online_losses(&events, steps);
        put("online_loss_first", first);
        put("online_loss_last", last);
        put("validation_accuracy", self.validation.1);
        if !matches!(ending, Ending::Diverged { .. }) {
            let [low, median, high] = activity(self.checked, &mut self.session).map_or([None; 3], |all| all.map(Some));
            put("hidden_activity_p10", low);
            put("hidden_activity_median", median);
            put("hidden_activity_p90", high);
        }
        let network = self.session.network();
        let outcome = Outcome {
            schema_version: 1,
            experiment: self.checked.experiment().name.clone(),
            arm: self.checked.arm().into(),
            ending,
            seed: self.checked.seed(),
            steps,
            metrics,
            neurons: network.neuron_count() as u64,
            connections: network.active_count() as u64,
            dense_connections: network.dense_count(),
            operations,
            seconds: self.seconds(),
        };
        if self.directory.file(Checkpoint::INTERRUPTED).exists() {
            let path = self.directory.file(Checkpoint::INTERRUPTED);
            disk::remove(&path).map_err(|source| RunError::Io { what: "remove", path, source })?;
        }
        if self.pictures == Pictures::Drawn
            && let Err(error) = crate::pictures::draw(&self.directory, self.checked, &outcome, &mut self.session)
        {
            watcher.warn(&format!("the plots could not be drawn: {error}"));
        }
        let report = serde_json::to_vec_pretty(&outcome).expect("a report is plain data");
        self.directory.write("report.json", &report)?;
        Ok(outcome)
    }
}

/// The slope of what the loss did at commits over what was foretold of them, by least squares through the origin, from
/// the events of the whole run; `None` where nothing was foretold.
fn foretold_slope(events: &[Event]) -> Option<f64> {
    let (mut along, mut square) = (0.0, 0.0);
    for event in events {
        if let Event::Foretold { foretold, loss: [before, after], .. } = event {
            along += foretold * (after - before);
            square += foretold * foretold;
        }
    }
    (square > 0.0).then(|| along / square)
}

/// The loss before each update: its mean until the first report, and over the last tenth of the run. On samples that
/// come once it says how well the network is learning.
fn online_losses(events: &[Event], steps: u64) -> [Option<f64>; 2] {
    let trained = events.iter().filter_map(|event| match event {
        Event::Trained { step, loss, .. } => Some((*step, *loss)),
        _ => None,
    });
    let all: Vec<(u64, f64)> = trained.collect();
    let late: Vec<f64> = all.iter().filter(|(step, _)| step * 10 > steps * 9).map(|&(_, loss)| loss).collect();
    let last = (!late.is_empty()).then(|| late.iter().sum::<f64>() / late.len() as f64);
    [all.first().map(|&(_, loss)| loss), last]
}

//! The course of a run, from its events.

use crate::{
    config::Checked,
    plots::{ActivityRaster, Curve, EventKind, EventMark, LearningCurves, RasterGroup, Series, SizeOverTime},
    run::Outcome,
};
use livenet_core::NeuronId;
use livenet_train::{
    Loss,
    session::{Event, NeuronEnergy},
};

/// Step and value.
pub(super) type Points = Vec<(u64, f64)>;
/// Step and count.
pub(super) type Counts = Vec<(u64, u64)>;

/// Everything that events tell over time.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    training_loss: Points,
    training_accuracy: Points,
    pub(super) validation_loss: Points,
    pub(super) validation_accuracy: Points,
    marks: Vec<EventMark>,
    pub(super) neurons: Counts,
    pub(super) connections: Counts,
    store: Points,
    income: Points,
    cost: Points,
    /// By report: energy and age of the neurons that were told of.
    accounts: Vec<(u64, Vec<NeuronEnergy>)>,
    dense_connections: u64,
}

impl Course {
    pub(super) fn of(events: &[Event], outcome: &Outcome) -> Self {
        let mut course = Self { dense_connections: outcome.dense_connections, ..Self::default() };
        for event in events {
            course.take(event);
        }
        course
    }

    fn take(&mut self, event: &Event) {
        match event {
            Event::Started { neurons, connections, .. } => self.size(0, *neurons, *connections),
            Event::Trained { step, loss, accuracy, neurons, connections, .. } => {
                self.training_loss.push((*step, *loss));
                self.training_accuracy.extend(accuracy.map(|accuracy| (*step, accuracy)));
                self.size(*step, *neurons, *connections);
            }
            Event::Evaluated { step, loss, accuracy } => {
                self.validation_loss.push((*step, *loss));
                self.validation_accuracy.extend(accuracy.map(|accuracy| (*step, accuracy)));
            }
            Event::Committed { step, census, neurons, connections, .. } => {
                let kinds = [
                    (EventKind::Division, census.divided),
                    (EventKind::Birth, (census.born - census.divided.min(census.born)) + census.renewed),
                    (EventKind::Death, census.died + census.renewed),
                    (EventKind::Grown, census.connected),
                    (EventKind::Pruned, census.disconnected),
                ];
                let happened = kinds.into_iter().filter(|(_, count)| *count > 0);
                self.marks.extend(happened.map(|(kind, count)| EventMark {
                    step: *step,
                    kind,
                    count: u64::from(count),
                }));
                self.size(*step, *neurons, *connections);
            }
            Event::Energy { step, store, income, cost, .. } => {
                self.store.push((*step, *store));
                self.income.push((*step, *income));
                self.cost.push((*step, *cost));
            }
            Event::Accounts { step, of } => self.accounts.push((*step, of.clone())),
            Event::Unchanged { .. } | Event::Aborted { .. } | Event::Tried { .. } | Event::Foretold { .. } => {}
        }
    }

    fn size(&mut self, step: u64, neurons: u64, connections: u64) {
        self.neurons.push((step, neurons));
        self.connections.push((step, connections));
    }

    pub(super) fn learning(&self, checked: &Checked) -> LearningCurves {
        LearningCurves {
            loss_label: loss_label(&checked.learning().loss),
            training_loss: self.training_loss.clone(),
            validation_loss: self.validation_loss.clone(),
            training_accuracy: self.training_accuracy.clone(),
            validation_accuracy: self.validation_accuracy.clone(),
            marks: self.marks.clone(),
        }
    }

    pub(super) fn size_over_time(&self) -> SizeOverTime {
        SizeOverTime {
            neurons: self.neurons.clone(),
            connections: self.connections.clone(),
            dense_connections: Some(self.dense_connections),
        }
    }

    /// The energy, where the experiment kept books.
    pub(super) fn energy(&self) -> Option<Series> {
        let curve = |name: &str, points: &Points| Curve::new(name, points.clone());
        let books = || {
            Series::energy(curve("store", &self.store), curve("income", &self.income), vec![curve("cost", &self.cost)])
        };
        (!self.store.is_empty()).then(books)
    }

    /// Energy and age of every neuron over time, where the experiment kept books.
    pub(super) fn lives(&self) -> Option<[ActivityRaster; 2]> {
        let both = || {
            [
                raster(&self.accounts, "energy", |one| one.energy),
                raster(&self.accounts, "age in steps", |one| one.age as f32),
            ]
        };
        (!self.accounts.is_empty()).then(both)
    }
}

/// A value of every hidden neuron over the reports, by birth; grey before birth and after death.
fn raster(accounts: &[(u64, Vec<NeuronEnergy>)], label: &str, value: impl Fn(&NeuronEnergy) -> f32) -> ActivityRaster {
    let mut names: Vec<NeuronId> = accounts.iter().flat_map(|(_, of)| of).map(|one| one.neuron).collect();
    names.sort_unstable();
    names.dedup();
    let columns = accounts.len();
    let mut values = vec![f32::NAN; names.len() * columns];
    for (column, (_, of)) in accounts.iter().enumerate() {
        for one in of {
            if let Ok(row) = names.binary_search(&one.neuron) {
                values[row * columns + column] = value(one);
            }
        }
    }
    let column_label = match accounts {
        [(first, _), (second, _), ..] => format!("report, every {} steps", second.saturating_sub(*first)),
        _ => "report".to_owned(),
    };
    let groups = vec![RasterGroup { name: "by birth".to_owned(), neurons: names.len() }];
    ActivityRaster { groups, columns, values, column_label, value_label: label.to_owned() }
}

fn loss_label(loss: &Loss) -> String {
    match loss {
        Loss::CrossEntropy => "cross-entropy (nats)".into(),
        Loss::BinaryCrossEntropy => "binary cross-entropy (nats)".into(),
        Loss::MeanSquared => "mean squared error".into(),
        Loss::Huber { .. } => "Huber loss".into(),
        Loss::User(own) => own.name.into(),
    }
}

//! Classification: each sample is one window of one cycle.

use super::{Kind, Setup, Shape, Task, TaskError};
use crate::data::{DataError, Dataset, Part, tabular::Encoding};
use livenet_core::StreamKey;
use livenet_growth::{Setting, Settings};
use livenet_train::session::{Answers, Batch, Continuity, Source};
use std::sync::{Arc, Mutex, PoisonError};

/// Samples in three parts, shuffled anew in every pass over the training part.
pub struct Samples {
    held: Arc<Held>,
    shape: Shape,
    batch: usize,
    /// Samples of the training part in use.
    train: usize,
    key: StreamKey,
    /// The order of the pass that was drawn last.
    order: Mutex<(u64, Vec<u32>)>,
}

/// What runs of several seeds share.
struct Held {
    data: Dataset,
    validation: Batch,
    table: Option<Encoding>,
}

/// The setting that every task of samples has.
pub(super) const TRAIN: Setting =
    Setting { name: "train", default: "all", about: "use only this many of the training samples, the first ones" };

/// A task of the data that `load` brings, with how cells become inputs where they come from a table; what runs of several seeds share stands on a shelf as `shared`.
pub(super) fn build(
    shared: &str,
    load: impl FnOnce() -> Result<(Dataset, Option<Encoding>), DataError>,
    image: Option<(usize, usize)>,
    settings: &mut Settings,
    setup: &Setup,
) -> Result<Box<dyn Task>, TaskError> {
    let limit = settings.integer("train", i64::MAX, 1..=i64::MAX)?;
    let held = setup.places.shelf().share(shared, || {
        let (data, table) = load()?;
        let validation = whole(&data, data.validation());
        Ok::<_, TaskError>(Held { data, validation, table })
    })?;
    let data = &held.data;
    let train = data.train().len().min(usize::try_from(limit).unwrap_or(usize::MAX));
    if train < setup.batch {
        return Err(TaskError::TooLittle {
            what: "training samples",
            found: train,
            needed: setup.batch,
            mend: "lower `train.batch` or use more samples",
        });
    }
    let shape = Shape {
        inputs: data.features(),
        outputs: data.classes(),
        kind: Kind::Classes,
        window: 1,
        epoch: Some((train / setup.batch) as u64),
        image,
        data: data.digest().to_owned(),
    };
    let key = StreamKey::new(setup.seed, "batches");
    let order = Mutex::new((u64::MAX, Vec::new()));
    Ok(Box::new(Samples { held, shape, batch: setup.batch, train, key, order }))
}

fn whole(data: &Dataset, part: &Part) -> Batch {
    debug_assert_eq!(part.inputs().len(), part.len() * data.features());
    batch(part.inputs().to_vec(), part.labels().to_vec())
}

fn batch(inputs: Vec<f32>, labels: Vec<u32>) -> Batch {
    Batch {
        cycles: 1,
        lanes: labels.len(),
        inputs,
        answers: Answers::Labels(labels),
        counts: None,
        continuity: Continuity::Fresh,
    }
}

impl Samples {
    fn of_rows(&self, rows: impl Iterator<Item = usize>) -> Batch {
        let data = &self.held.data;
        let part = data.train();
        let (mut inputs, mut labels) = (Vec::new(), Vec::new());
        for row in rows {
            inputs.extend_from_slice(data.row(part, row));
            labels.push(part.labels()[row]);
        }
        batch(inputs, labels)
    }
}

impl Source for Samples {
    fn batch(&self, step: u64) -> Batch {
        let per_pass = (self.train / self.batch) as u64;
        let (pass, at) = (step / per_pass, (step % per_pass) as usize);
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        if order.0 != pass {
            let mut rows: Vec<u32> = (0..self.train as u32).collect();
            self.key.at(pass).stream().shuffle(&mut rows);
            *order = (pass, rows);
        }
        let rows = order.1[at * self.batch..(at + 1) * self.batch].iter().map(|&row| row as usize);
        self.of_rows(rows)
    }

    fn probe(&self, samples: u32, key: StreamKey) -> Batch {
        let rows = key.stream().sample(self.train as u64, samples as usize);
        self.of_rows(rows.into_iter().map(|row| row as usize))
    }

    fn validation(&self) -> &Batch {
        &self.held.validation
    }
}

impl Task for Samples {
    fn shape(&self) -> &Shape {
        &self.shape
    }
    fn test(&self) -> Batch {
        whole(&self.held.data, self.held.data.test())
    }
    fn table(&self) -> Option<&Encoding> {
        self.held.table.as_ref()
    }
}

//! One trial: the config that it runs, taken from the directory of its sweep and held against the plan.

use super::{
    directory::SweepDirectory,
    plan::{Trial, config_name},
};
use crate::{
    Failure, Registry,
    config::{Checked, Document},
    data::Places,
    run::RunError,
};
use std::path::Path;

impl SweepDirectory {
    /// What a trial runs.
    ///
    /// # Errors
    /// [`RunError::OtherConfig`] when the file no longer gives the trial's hash, [`RunError::OtherData`] when the data
    /// are no longer those of the plan.
    pub fn checked(
        &self,
        trial: &Trial,
        folder: &str,
        registry: &Registry,
        places: &Places,
    ) -> Result<(Document, Checked), Failure> {
        let path = self.file(&config_name(&trial.config));
        let document = Document::read(&path, &[])?.in_folder(Path::new(folder));
        let checked = Checked::new(&document, "", trial.seed, registry, places, None)?;
        if checked.common_hash() != trial.config {
            let (found, expected) = (trial.config.clone(), checked.common_hash().to_owned());
            return Err(RunError::OtherConfig { path, found, expected }.into());
        }
        let data = &checked.task().shape().data;
        if *data != trial.data {
            let (found, expected) = (trial.data.clone(), data.clone());
            return Err(RunError::OtherData { path: self.path().to_owned(), found, expected }.into());
        }
        Ok((document, checked))
    }
}

//! `livenet schema`: the JSON schema of experiment files, for editors.

use super::output::Output;
use crate::{Failure, config::raw::Experiment};

pub(super) fn run() -> Result<(), Failure> {
    let mut output = Output::new();
    output.json(&schemars::schema_for!(Experiment))?;
    output.finish()
}

//! `livenet cite`: whom to thank, as BibTeX.

use super::{open, output::Output};
use crate::{
    Failure, Registry,
    config::{Document, nearest},
};
use std::path::{Path, PathBuf};

/// Arguments of `cite`.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// A run's directory, or the name of a strategy
    what: PathBuf,
}

/// The framework itself.
const LIVENET: &str = "@software{livenet,\n  title = {livenet: living neural networks},\n  author = {{The livenet authors}},\n  version = {VERSION}\n}";

pub(super) fn run(arguments: &Arguments, registry: &Registry) -> Result<(), Failure> {
    let mut output = Output::new();
    let strategies = registry.strategies();
    let named = arguments.what.to_str().and_then(|name| strategies.find(name).ok());
    let entries = match named {
        Some(entry) => vec![entry.citation.bibtex()],
        None => of_run(&arguments.what, registry)?,
    };
    output.line(LIVENET.replace("VERSION", env!("CARGO_PKG_VERSION")))?;
    for entry in entries {
        output.line("")?;
        output.line(entry)?;
    }
    output.finish()
}

/// The citations of a run's strategies, each once, in the order of its config.
fn of_run(path: &Path, registry: &Registry) -> Result<Vec<String>, Failure> {
    if !path.exists() {
        let names: Vec<&str> = registry.strategies().entries().iter().map(|entry| entry.name).collect();
        let word = path.to_string_lossy();
        let meant =
            nearest(&word, names.iter().copied()).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        let known = names.join(", ");
        return Err(Failure::Usage(format!(
            "`{word}` is neither a run's directory nor a strategy{meant}; the strategies are {known}"
        )));
    }
    let directory = open::directory(path)?;
    let document = Document::read(&directory.file("config.toml"), &[])?;
    let (experiment, _) = document.arm("")?;
    let mut citations = Vec::new();
    for grow in &experiment.grow {
        let entry = registry.strategies().find(&grow.strategy).map_err(|error| Failure::Usage(error.to_string()))?;
        let citation = entry.citation.bibtex();
        if !citations.contains(&citation) {
            citations.push(citation);
        }
    }
    Ok(citations)
}

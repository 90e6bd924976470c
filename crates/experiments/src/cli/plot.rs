//! `livenet plot`: the plots and the page of a complete run, drawn again.

use super::{open::Opened, output::Output};
use crate::{Failure, Registry, pictures};
use std::path::PathBuf;

/// Arguments of `plot`.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The run's directory
    run: PathBuf,
}

pub(super) fn run(arguments: &Arguments, registry: &Registry) -> Result<(), Failure> {
    let opened = Opened::new(&arguments.run, registry)?;
    let outcome = opened.directory.outcome()?.ok_or_else(|| {
        let path = opened.directory.path().display();
        Failure::Unmet(format!("{path} is not complete, and its plots are drawn at its end\n  help: go on with `livenet run FILE.toml --resume`"))
    })?;
    let mut session = opened.tested(registry)?;
    let paths = pictures::draw(&opened.directory, &opened.checked, &outcome, &mut session)?;
    let mut output = Output::new();
    for path in paths {
        output.line(path.display())?;
    }
    output.finish()
}

//! `livenet completions`: a script for the user's shell.

use super::{Cli, output::Output};
use crate::Failure;
use clap::CommandFactory as _;

/// Arguments of `completions`.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    // Into memory first: the generator panics where a pipe is closed.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "livenet", &mut script);
    let mut output = Output::new();
    output.bytes(&script)?;
    output.finish()
}

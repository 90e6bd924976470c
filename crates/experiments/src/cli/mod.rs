//! The command line: one file per command.
//!
//! Standard output carries data, standard error everything else. Exit codes: 0 done, 1 failed, 2 the
//! command or the config cannot run, 130 ended by Ctrl-C.

mod bench;
mod cite;
mod claims;
mod cluster;
mod compare;
mod completions;
mod data;
mod explain;
mod interrupt;
mod list;
mod new;
mod open;
mod output;
mod pack;
mod plan;
mod plot;
mod predict;
mod progress;
mod replay;
mod repro;
mod run;
mod schema;
mod show;
mod sitting;
mod status;
mod summary;
mod sweep;
mod threads;
mod trial;
mod trials;

use crate::{Failure, Registry};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Living neural networks: experiments from a file, step by step the same on every machine
#[derive(Parser, Debug)]
#[command(name = "livenet", version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run an experiment: every arm with every seed
    Run(run::Arguments),
    /// Run a sweep: every setting with every seed, each trial a process of its own
    Sweep(sweep::Arguments),
    /// Run one trial of a sweep
    Trial(trial::Arguments),
    /// Show how a sweep stands
    Status(status::Arguments),
    /// List what experiment files can name
    List(list::Arguments),
    /// Begin a crate of your own: a strategy that keeps the laws
    New(new::Arguments),
    /// Show how a run ended, or its network at one moment
    Show(show::Arguments),
    /// Compare runs over their seeds: intervals, paired differences, plots
    Compare(compare::Arguments),
    /// Draw the plots and the page of a run again
    Plot(plot::Arguments),
    /// Rebuild the structure from a run's journal and check its digests
    Replay(replay::Arguments),
    /// Run a run once more, and say whether the same comes out, or the first event that differs
    Repro(repro::Arguments),
    /// Print the publications behind a run or a strategy, as BibTeX
    Cite(cite::Arguments),
    /// Say why the structure changed: score, threshold, who else stood
    Explain(explain::Arguments),
    /// Print what a run's network answers to inputs of yours, as CSV
    Predict(predict::Arguments),
    /// Time whole steps and changes of structure on this machine
    Bench(bench::Arguments),
    /// Data sets: list, fetch, verify
    Data(data::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
    /// Print the JSON schema of experiment files
    Schema,
}

/// Runs the command that the process was started with.
pub(crate) fn main(registry: &Registry) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output; where nobody reads them, nothing is lost.
            let _nobody_reads = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let result = match &cli.command {
        Command::Run(arguments) => run::run(arguments, registry),
        Command::Sweep(arguments) => sweep::run(arguments, registry),
        Command::Trial(arguments) => trial::run(arguments, registry),
        Command::Status(arguments) => status::run(arguments),
        Command::List(arguments) => list::run(arguments, registry),
        Command::New(arguments) => new::run(arguments),
        Command::Show(arguments) => show::run(arguments, registry),
        Command::Compare(arguments) => compare::run(arguments),
        Command::Plot(arguments) => plot::run(arguments, registry),
        Command::Replay(arguments) => replay::run(arguments),
        Command::Repro(arguments) => repro::run(arguments, registry),
        Command::Cite(arguments) => cite::run(arguments, registry),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Predict(arguments) => predict::run(arguments, registry),
        Command::Bench(arguments) => bench::run(arguments),
        Command::Data(arguments) => data::run(arguments),
        Command::Completions(arguments) => completions::run(arguments),
        Command::Schema => schema::run(),
    };
    finish(result)
}

fn finish(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(
            failure
            @ (Failure::Interrupted { .. } | Failure::PackInterrupted { .. } | Failure::SweepInterrupted { .. }),
        ) => {
            output::note(&failure);
            ExitCode::from(failure.exit_code())
        }
        Err(failure) => {
            output::note(format_args!("error: {failure}"));
            ExitCode::from(failure.exit_code())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }
}

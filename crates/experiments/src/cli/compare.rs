//! `livenet compare`: what many runs show, and what they do not.

use super::output::{Output, note};
use crate::{
    Failure,
    compare::{
        self, CompareError, Comparison, Gathered, Question,
        tidy::{self, Times},
    },
    statistics::{Better, Bootstrap, Level},
};
use std::{num::NonZeroU32, path::PathBuf};

/// Arguments of `compare`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  livenet compare runs/digits-5                          every arm of an experiment, against the best
  livenet compare runs/digits-5 --control random --margin 0.01
  livenet compare sweeps/digits --out figures            tables and plots as files
  livenet compare runs/digits-5 runs/digits-25           two experiments, stratified by experiment
  livenet compare runs/digits-5 --metric connections --better lower

What each number is: docs/statistics.md")]
pub(super) struct Arguments {
    /// Runs, folders of runs, folders of sweeps
    #[arg(required = true, value_name = "RUN|FOLDER|SWEEP")]
    paths: Vec<PathBuf>,
    /// The one number that is tested, by its name in the report [default: the sweep's, else `metrics.test_accuracy`]
    #[arg(long, value_name = "NAME")]
    metric: Option<String>,
    /// Which way it is better [default: the sweep's, else higher for accuracies and lower for all else]
    #[arg(long, value_name = "WAY")]
    better: Option<Way>,
    /// The setting that the others are held against [default: the sweep's, else the best]
    #[arg(long, value_name = "LABEL")]
    control: Option<String>,
    /// Up to this difference settings count as equivalent, in the unit of the metric: 0.01 is a point of accuracy
    #[arg(long, value_name = "X")]
    margin: Option<f64>,
    /// How much intervals cover
    #[arg(long, value_name = "SHARE", default_value_t = 0.95)]
    level: f64,
    /// How often the bootstrap draws all runs anew
    #[arg(long, value_name = "N", default_value = "50000")]
    resamples: NonZeroU32,
    /// One JSON document instead of the table
    #[arg(long)]
    json: bool,
    /// Also write the runs, a row each, as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Also write the runs, a row each, as Parquet
    #[arg(long, value_name = "FILE")]
    parquet: Option<PathBuf>,
    /// Also write tables and plots into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// [`Better`] on the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Way {
    Higher,
    Lower,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.parquet.is_some() && cfg!(not(feature = "parquet")) {
        return Err(Failure::Usage(
            "--parquet: this binary was built without it\n  help: build with `--features parquet`, or use --csv".into(),
        ));
    }
    let question = Question {
        metric: arguments.metric.clone(),
        better: arguments.better.map(|way| match way {
            Way::Higher => Better::Higher,
            Way::Lower => Better::Lower,
        }),
        control: arguments.control.clone(),
        margin: arguments.margin,
        bootstrap: Bootstrap {
            resamples: arguments.resamples.get() as usize,
            level: Level::new(arguments.level).map_err(CompareError::from)?,
            seed: 0,
        },
    };
    let gathered = Gathered::from_paths(&arguments.paths)?;
    let comparison = Comparison::of(&gathered, &question)?;
    let mut output = Output::new();
    if arguments.json {
        output.json(&comparison)?;
    } else {
        output.bytes(comparison.to_string().as_bytes())?;
    }
    output.finish()?;
    if let Some(path) = &arguments.csv {
        compare::write_file(path, &tidy::csv(&tidy::columns(&gathered.trials, Times::With)))?;
    }
    #[cfg(feature = "parquet")]
    if let Some(path) = &arguments.parquet {
        compare::write_file(path, &compare::parquet(&tidy::columns(&gathered.trials, Times::With))?)?;
    }
    if let Some(folder) = &arguments.out {
        let written = compare::write(folder, &gathered, &comparison)?;
        note(format_args!("wrote {} files into {}", written.len(), folder.display()));
    }
    Ok(())
}

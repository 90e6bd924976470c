//! `livenet predict`: a run's network on inputs of the user's own.

use super::{open::Opened, output::Output};
use crate::{Failure, Registry, data::Matrix, task::Kind};
use livenet_core::{ExecError, Window};
use livenet_train::Session;
use std::{num::NonZeroUsize, path::PathBuf};

/// Arguments of `predict`.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The run's directory
    run: PathBuf,
    /// CSV or NPY, scaled as the task trains (pixels from 0 to 1): a row is a sample, or for tasks over time a cycle. Of a
    /// table: CSV with its columns, as they are in its file; the class may be there and is not looked at
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// The network as it was after this many updates, instead of the one that was tested
    #[arg(long, value_name = "STEP")]
    at: Option<u64>,
    /// Start from silence again after every N rows (for tasks over time)
    #[arg(long, value_name = "N")]
    reset_every: Option<NonZeroUsize>,
}

/// Samples that are predicted side by side.
const LANES: usize = 1024;

pub(super) fn run(arguments: &Arguments, registry: &Registry) -> Result<(), Failure> {
    let opened = Opened::new(&arguments.run, registry)?;
    let shape = opened.checked.task().shape().clone();
    // The input is read first: what is wrong with it is known at once, the network takes a while.
    let table = opened.checked.task().table();
    let rows =
        table.map_or_else(|| Matrix::read(&arguments.input, shape.inputs), |table| table.read(&arguments.input))?;
    let over_time = shape.window > 1;
    if !over_time && arguments.reset_every.is_some() {
        return Err(Failure::Usage(
            "--reset-every is for tasks over time; here every row is a sample and starts from silence".into(),
        ));
    }
    let mut session = match arguments.at {
        Some(step) => opened.at(step, registry)?,
        None => opened.tested(registry)?,
    };
    let mut answers = if over_time {
        let every = arguments.reset_every.map_or(rows.rows(), NonZeroUsize::get);
        in_cycles(&mut session, &rows, every)?
    } else {
        in_lanes(&mut session, &rows)?
    };
    let name = if shape.kind == Kind::Classes { "class" } else { "output" };
    // Probabilities where the run learned to give logits, else the outputs as they are.
    opened.checked.learning().loss.predictions(&mut answers, shape.outputs);
    let mut output = Output::new();
    let numbered = || (0..shape.outputs).map(|at| format!("{name}_{at}")).collect();
    let named = |classes: &[String]| classes.iter().map(|class| format!("{name}_{class}")).collect();
    let head: Vec<String> = table.map_or_else(numbered, |table| named(table.classes()));
    output.line(head.join(","))?;
    for row in answers.chunks_exact(shape.outputs) {
        // `{:?}` is the shortest text that reads back as the same number.
        let cells: Vec<String> = row.iter().map(|value| format!("{value:?}")).collect();
        output.line(cells.join(","))?;
    }
    output.finish()
}

/// Each row a sample.
fn in_lanes(session: &mut Session, rows: &Matrix) -> Result<Vec<f32>, Failure> {
    let mut answers = Vec::new();
    for samples in rows.values().chunks(LANES * rows.columns()) {
        let window = Window { cycles: 1, lanes: samples.len() / rows.columns(), values: samples };
        answers.extend(predict(session, window)?);
    }
    Ok(answers)
}

/// Each row a cycle; silence before the first and after every `every`.
fn in_cycles(session: &mut Session, rows: &Matrix, every: usize) -> Result<Vec<f32>, Failure> {
    let mut answers = Vec::new();
    for cycles in rows.values().chunks(every * rows.columns()) {
        let window = Window { cycles: cycles.len() / rows.columns(), lanes: 1, values: cycles };
        answers.extend(predict(session, window)?);
    }
    Ok(answers)
}

fn predict(session: &mut Session, window: Window<'_>) -> Result<Vec<f32>, Failure> {
    let network = session.network().clone();
    session.executor_mut().predict(&network, window).map_err(|error| match error {
        // Nothing is learned here: the advice of the executor would lead nowhere.
        ExecError::NonFinite { what, neuron, value, .. } => Failure::Unmet(format!(
            "the {what} of {neuron} became {value}: the inputs are too large for this network\n  help: scale them as the task trains, such as pixels from 0 to 1"
        )),
        other => other.into(),
    })
}

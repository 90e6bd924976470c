//! Making a session: anew from a config, or as it was at some step of a run.

use super::{Checkpoint, RunDirectory, RunError};
use crate::{
    Registry,
    config::{Checked, Document},
    executors,
};
use livenet_core::{
    Draft, EditError, Executor, GroupId, Journal, JournalError, Move, Network, NeuronSpec, Origin, StreamKey,
};
use livenet_train::{
    Session,
    session::{SavedState, StateError},
};

/// Updates between two keyframes of the journal are not counted; entries are.
const KEYFRAME_EVERY: u32 = 256;

/// A session at step 0: neurons born, the initial wiring made, strategies ready.
///
/// # Errors
/// A text that says which part of the config cannot be had: it has passed the check, so this is
/// about executors and memory.
pub fn set_up(checked: &Checked, document: &Document, registry: &Registry) -> Result<Session, crate::Failure> {
    let mut network = Network::new(checked.groups().to_vec(), checked.schedule())?;
    let mut executor = executors::make(checked.executor(), &network, checked.executor_settings())?;
    let mut journal = Journal::new(&network, KEYFRAME_EVERY);
    let key = StreamKey::new(checked.seed(), "birth");

    let mut draft = Draft::new(&network, 0);
    if let Some(found) = checked.found() {
        found.bear(&mut draft, checked.birthrights())?;
    } else {
        bear(checked, &mut draft)?;
    }
    let born = draft.finish();
    journal.append(&network, &born);
    let commit = network.commit(born)?;
    journal.committed(&network);
    executor.follow(&network, &commit);

    let mut draft = Draft::new(&network, 0);
    let wiring = StreamKey::new(checked.wiring_seed(), "birth");
    match checked.found() {
        Some(found) => found.wire(&mut draft, key, checked.init())?,
        None => checked.wiring().propose_apart(&mut draft, (wiring, key), checked.init())?,
    }
    let wired = draft.finish();
    if !wired.is_empty() {
        journal.append(&network, &wired);
        let commit = network.commit(wired)?;
        journal.committed(&network);
        executor.follow(&network, &commit);
    }

    begin(checked, document, registry, (network, executor, journal))
}

/// A session in a saved state. Its journal begins with that state; a run that goes on puts its own in
/// the place.
///
/// # Errors
/// [`StateError`] when the state is not of this config, and as [`set_up`].
pub fn take_up(
    checked: &Checked,
    document: &Document,
    registry: &Registry,
    saved: SavedState,
) -> Result<Session, crate::Failure> {
    let network = saved.network.clone().restore().map_err(|error| StateError::Structure(error.to_string()))?;
    // Before an executor takes as much memory as the structure asks for.
    saved.executor.check(&network)?;
    let executor = executors::make(checked.executor(), &network, checked.executor_settings())?;
    let journal = Journal::new(&network, KEYFRAME_EVERY);
    let mut session = begin(checked, document, registry, (network, executor, journal))?;
    session.load(saved)?;
    Ok(session)
}

fn begin(
    checked: &Checked,
    document: &Document,
    registry: &Registry,
    (network, executor, journal): (Network, Box<dyn Executor>, Journal),
) -> Result<Session, crate::Failure> {
    let session = Session::new(
        network,
        executor,
        journal,
        checked.learning().clone(),
        StreamKey::new(checked.seed(), "session"),
    )?;
    let session = session.with_growers(checked.growers(document, registry)?).with_budget(checked.budget(document)?);
    Ok(match checked.ledger(document)? {
        Some(ledger) => session.with_ledger(ledger),
        None => session,
    })
}

/// Proposes the births of the neurons that the config itself asks for.
fn bear(checked: &Checked, draft: &mut Draft<'_>) -> Result<(), EditError> {
    let network = draft.network();
    for (at, birthright) in checked.birthrights().iter().enumerate() {
        let group = GroupId::new(at as u16);
        for number in 0..birthright.neurons {
            let neuron = draft.name();
            let mut spec = NeuronSpec::of(group, network.group(group).unit);
            (spec.bias, spec.decay) = (birthright.bias, birthright.decay);
            spec.position = position(checked, at, number);
            draft.propose(Move::Add { neuron, spec, origin: Origin::Seed })?;
        }
    }
    Ok(())
}

/// Where a neuron of the start stands: image inputs on their pixels, everybody else on a line.
fn position(checked: &Checked, group: usize, number: u32) -> [f32; 2] {
    match (group, checked.task().shape().image) {
        (0, Some((_, columns))) => [(number as usize % columns) as f32, (number as usize / columns) as f32],
        _ => [number as f32, 0.0],
    }
}

/// The journal of a run. In a run that is not complete, an entry that was being written when the process died
/// is left out, which `warn` is told.
///
/// # Errors
/// [`RunError::Damaged`] names the entry, or says how much is missing of what the run's checkpoint counted.
pub fn journal(directory: &RunDirectory, warn: &mut dyn FnMut(&str)) -> Result<Journal, RunError> {
    let bytes = directory.read("journal.bin")?;
    let length = bytes.len() as u64;
    let (journal, torn) = Journal::read_whole(bytes).map_err(|error| journal_damage(directory, &error))?;
    let complete = directory.file("report.json").exists();
    let counted = if complete {
        match Checkpoint::read(directory, Checkpoint::FINAL) {
            Ok(checkpoint) => Some(checkpoint),
            Err(error) => {
                warn(&format!("whether the journal is whole cannot be told: {error}"));
                None
            }
        }
    } else {
        Checkpoint::latest(directory, &mut |_| {}).ok().flatten()
    };
    if let Some(counted) = counted {
        let (entries, needed) = (journal.len() as u64, (counted.journal, counted.state.entries));
        let differs = if complete { (length, entries) != needed } else { length < needed.0 || entries < needed.1 };
        if differs {
            let of = if complete { "the run ended with" } else { "its last checkpoint counts" };
            return Err(RunError::Damaged {
                path: directory.file("journal.bin"),
                what: format!("it holds {entries} entries in {length} bytes where {of} {} in {}", needed.1, needed.0),
                mend: JOURNAL_MEND,
            });
        }
    }
    if torn > 0 {
        warn(&format!(
            "the last {torn} bytes of {} are an entry whose writing was interrupted; it is left out",
            directory.file("journal.bin").display()
        ));
    }
    Ok(journal)
}

const JOURNAL_MEND: &str =
    "restore it from a copy, or run anew with --out; the checkpoints hold the structure of their steps";

/// What is wrong with the journal of a run.
pub fn journal_damage(directory: &RunDirectory, error: &JournalError) -> RunError {
    let path = directory.file("journal.bin");
    if let JournalError::OtherVersion { found, read } = error {
        return RunError::OtherVersion { path, what: "a journal", found: found.to_string(), read: read.to_string() };
    }
    RunError::Damaged { path, what: error.to_string(), mend: JOURNAL_MEND }
}

/// The session as it was at `step`, by going forward from the nearest checkpoint before it. A damaged
/// checkpoint is told to `warn` and passed over: the way is longer then, and leads to the same bits.
///
/// # Errors
/// When the run or its data cannot be read.
pub fn at_step(
    directory: &RunDirectory,
    checked: &Checked,
    document: &Document,
    registry: &Registry,
    step: u64,
    warn: &mut dyn FnMut(&RunError),
) -> Result<Session, crate::Failure> {
    let mut session = match Checkpoint::latest_until(directory, step, warn) {
        Ok(Some(checkpoint)) => take_up(checked, document, registry, checkpoint.state)?,
        _ => set_up(checked, document, registry)?,
    };
    while session.steps() < step {
        session.step(checked.task())?;
        // The driver looks at the validation part at these steps, and plateaus see what it saw.
        if session.steps().is_multiple_of(checked.evaluate_every()) {
            session.report();
            session.evaluate(checked.task())?;
        }
        session.take_events();
    }
    Ok(session)
}

//! One sitting at a run: begun or taken up, trained to its end or to a signal.

use super::{
    interrupt,
    output::note,
    progress::{Display, Progress},
};
use crate::{
    Failure, Registry,
    config::{Checked, Document},
    run::{Driver, Ending, Outcome, Pictures},
};
use std::path::Path;

/// How a sitting ended.
pub(super) enum Sitting {
    /// The run is done.
    Done(Outcome),
    /// A signal ended it after so many updates, with a checkpoint.
    Stopped(u64),
}

/// Trains a run. A directory that is there is gone on with.
pub(super) fn sit(
    checked: &Checked,
    document: &Document,
    registry: &Registry,
    path: &Path,
    (display, name): (Display, String),
    pictures: Pictures,
) -> Result<Sitting, Failure> {
    let mut progress = Progress::new(display, name);
    let there = path.exists();
    let mut driver = if there {
        let driver = Driver::resume(checked, document, registry, path, &mut progress)?;
        // Another process may have brought it to its end before it let go of the lock.
        if let Some(outcome) = driver.directory().outcome()? {
            return Ok(Sitting::Done(outcome));
        }
        driver
    } else {
        Driver::begin(checked, document, registry, path)?
    }
    .with(pictures);
    // From here on there is something to save; until here a signal ends the process.
    let training = interrupt::training();
    if let Some(parent) = path.parent().filter(|_| !there && display != Display::Quiet) {
        note(format_args!(
            "writing {} below {}",
            path.file_name().unwrap_or_default().to_string_lossy(),
            parent.display()
        ));
    }
    progress.begin(driver.session().network());
    let outcome = driver.run(training.interrupt(), &mut progress);
    drop(training);
    progress.clear();
    let Some(outcome) = outcome? else { return Ok(Sitting::Stopped(driver.session().steps())) };
    if let Ending::Diverged { what, .. } = &outcome.ending {
        note(format_args!("{}: diverged: {what}", path.display()));
    }
    Ok(Sitting::Done(outcome))
}

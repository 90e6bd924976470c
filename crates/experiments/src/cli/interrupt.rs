//! Ctrl-C: while a run trains, the first asks for a checkpoint and an end and the second ends at once; at any
//! other time there is nothing to save, and the first ends at once.

use super::output::note;
use crate::run::Interrupt;
use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPT: Interrupt = Interrupt::new(false);
static TRAINING: AtomicBool = AtomicBool::new(false);

/// The exit code of what a signal ended.
pub(super) const CODE: u8 = 130;

/// Answers signals from now on.
pub(super) fn watch() {
    let handler = || {
        if !TRAINING.load(Ordering::SeqCst) || INTERRUPT.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(CODE));
        }
        note("\nending after this step, with a checkpoint; once more to end at once");
    };
    // Refused only when a host program has a handler already: then that one decides.
    if let Err(error) = ctrlc::set_handler(handler) {
        note(format_args!("warning: Ctrl-C will not leave a checkpoint: {error}"));
    }
}

/// A run trains until this is dropped.
pub(super) struct Training(());

/// From now on the first signal asks for a checkpoint.
pub(super) fn training() -> Training {
    TRAINING.store(true, Ordering::SeqCst);
    Training(())
}

impl Training {
    /// The flag, which the first signal sets.
    #[expect(clippy::unused_self, reason = "whoever listens to the flag holds this")]
    pub(super) fn interrupt(&self) -> &'static Interrupt {
        &INTERRUPT
    }
}

impl Drop for Training {
    fn drop(&mut self) {
        TRAINING.store(false, Ordering::SeqCst);
    }
}

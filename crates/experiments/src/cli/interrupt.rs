//! Ctrl-C: the first asks for a checkpoint and an end, the second ends at once.

use super::output::note;
use crate::run::Interrupt;
use std::sync::atomic::Ordering;

static INTERRUPT: Interrupt = Interrupt::new(false);

/// The exit code of what a signal ended.
pub(super) const CODE: u8 = 130;

/// The flag, which signals set from now on.
pub(super) fn watch() -> &'static Interrupt {
    let handler = || {
        if INTERRUPT.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(CODE));
        }
        note("\nending after this step, with a checkpoint; once more to end at once");
    };
    // Refused only when a host program has a handler already: then that one decides.
    if let Err(error) = ctrlc::set_handler(handler) {
        note(format_args!("warning: Ctrl-C will not leave a checkpoint: {error}"));
    }
    &INTERRUPT
}

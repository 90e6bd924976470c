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

/// Asks for a checkpoint and an end as the first signal does.
pub(super) fn ask() {
    INTERRUPT.store(true, Ordering::SeqCst);
}

/// The command that was given, for going on with it: with the flag `also`, if it was not there.
pub(super) fn command(also: &[&str]) -> String {
    let mut words: Vec<String> = std::env::args_os().map(|word| quoted(&word.to_string_lossy())).collect();
    for flag in also {
        if !words.iter().any(|word| word == flag) {
            words.push((*flag).to_owned());
        }
    }
    words.join(" ")
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.into() } else { format!("'{}'", word.replace('\'', r"'\''")) }
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

//! The stable surface: what a strategy of one's own is written against, under one number.
//!
//! To it belong [`Strategy`](crate::Strategy), [`View`](crate::View), [`Verdict`](crate::Verdict), [`Entry`](crate::Entry),
//! [`Setting`](crate::Setting) and [`Settings`](crate::Settings) here, and `Draft`, `Move`, `Reason`, `Signal`, `Signals`,
//! `Follower`, `Commit` and what a `Network` can be asked in `livenet_core`. Within one number, names and meanings stay, and
//! what compiles goes on compiling: moves, signals and optional parts are added, none is taken away. What breaks that raises the
//! number, and `CHANGELOG.md` says what to change.

/// The number.
pub const VERSION: u32 = 1;

/// Refuses to compile against another surface than this: `const _: () = surface::require(1);`.
///
/// # Panics
/// At compile time, where the numbers differ.
pub const fn require(version: u32) {
    assert!(version == VERSION, "this strategy was written for another surface of livenet; see CHANGELOG.md");
}

//! Standard output: what a command found out, and nothing else.
//!
//! Invariant: all else goes to standard error, so that output can be piped. A reader that goes away
//! early (`| head`) is no failure: what it does not read is dropped, and the command goes on to its end.

use crate::{Failure, report::columns};
use serde::Serialize;
use std::io::{self, BufWriter, StdoutLock, Write};

/// Locked standard output, flushed by [`Output::finish`].
pub(super) struct Output(BufWriter<StdoutLock<'static>>);

impl Output {
    pub(super) fn new() -> Self {
        Self(BufWriter::new(io::stdout().lock()))
    }

    /// A line of text.
    pub(super) fn line(&mut self, text: impl std::fmt::Display) -> Result<(), Failure> {
        read_or_not(writeln!(self.0, "{text}"))
    }

    /// Bytes as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        read_or_not(self.0.write_all(bytes))
    }

    /// One JSON document.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        read_or_not(serde_json::to_writer_pretty(&mut self.0, value).map_err(io::Error::from))?;
        self.line("")
    }

    /// Columns side by side, the first row as their heads; numbers to the right.
    pub(super) fn table(&mut self, rows: &[Vec<String>]) -> Result<(), Failure> {
        self.bytes(columns(rows).as_bytes())
    }

    /// Hands everything on.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        read_or_not(self.0.flush())
    }
}

/// Whoever has closed the pipe has read enough.
fn read_or_not(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// A line for the user, on standard error. Where nobody listens it is lost, which is no failure.
pub(super) fn note(text: impl std::fmt::Display) {
    let _nobody_listens = writeln!(io::stderr().lock(), "{text}");
}

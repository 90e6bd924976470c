//! Checkpoints: everything a run needs to go on, written whole or not at all, digest-checked.
//!
//! A file is the word `LIVECKP`, a digit for its version, the SHA-256 of the body, and the body: a [`Checkpoint`] in
//! postcard's form. Whatever changes how a `Checkpoint` is written raises the version, and `fixtures` is minted anew.

use super::{Ending, RunDirectory, RunError};
use livenet_train::session::SavedState;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// What every checkpoint begins with; the version comes next.
const MAGIC: &[u8; 7] = b"LIVECKP";
/// The version that is written, and the only one that is read.
const VERSION: u8 = b'2';

/// The best state so far, by the validation part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Score, higher is better.
    pub score: f64,
    /// Validation loss and accuracy then.
    pub loss: f64,
    /// Share of right answers, for classification.
    pub accuracy: Option<f64>,
    /// The state.
    pub state: SavedState,
}

/// What a checkpoint holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The session.
    pub state: SavedState,
    /// The best state so far, if the experiment keeps it.
    pub best: Option<Best>,
    /// Best validation loss and looks since then, for patience.
    pub patience: (f64, u32),
    /// Last validation loss and accuracy.
    pub validation: (f64, Option<f64>),
    /// Length of `events.jsonl` that belongs to it.
    pub events: u64,
    /// Length of `journal.bin` that belongs to it.
    pub journal: u64,
    /// Seconds of training so far.
    pub seconds: f64,
    /// How the run ended, in the checkpoint at its end: a process that dies between this and the
    /// report must not train on.
    pub ending: Option<Ending>,
}

impl Checkpoint {
    /// The name of the regular checkpoint of a step.
    pub fn name(step: u64) -> String {
        format!("checkpoints/step-{step:010}.ckpt")
    }

    /// The name of the checkpoint that an interrupted run leaves, which is gone when it is complete.
    pub const INTERRUPTED: &'static str = "checkpoints/interrupted.ckpt";
    /// The name of the checkpoint at the end of a run.
    pub const FINAL: &'static str = "checkpoints/final.ckpt";

    /// Writes it.
    ///
    /// # Errors
    /// [`RunError::Io`]; earlier checkpoints are untouched.
    pub fn write(&self, directory: &RunDirectory, name: &str) -> Result<(), RunError> {
        directory.write(name, &self.encode(&directory.file(name))?)
    }

    /// Its bytes; `path` is named where they cannot be had.
    ///
    /// # Errors
    /// [`RunError::Damaged`].
    pub fn encode(&self, path: &Path) -> Result<Vec<u8>, RunError> {
        let body = postcard::to_stdvec(self).map_err(|error| RunError::Damaged {
            path: path.to_owned(),
            what: format!("its checkpoint cannot be encoded: {error}"),
            mend: "this is a fault of livenet; please report it",
        })?;
        Ok(Self::seal(&body))
    }

    /// The bytes of a checkpoint with this body, whatever it holds.
    pub fn seal(body: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(VERSION);
        bytes.extend_from_slice(Sha256::digest(body).as_ref());
        bytes.extend_from_slice(body);
        bytes
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`RunError::Damaged`] says how, [`RunError::OtherVersion`] that another livenet wrote it.
    pub fn read(directory: &RunDirectory, name: &str) -> Result<Self, RunError> {
        Self::decode(&directory.file(name), &directory.read(name)?)
    }

    /// That of the bytes of a file; `path` is named where they are none.
    ///
    /// # Errors
    /// As [`Checkpoint::read`].
    pub fn decode(path: &Path, bytes: &[u8]) -> Result<Self, RunError> {
        let damaged = |what: &str| RunError::Damaged {
            path: path.to_owned(),
            what: what.into(),
            mend: "delete it and give --resume: the run goes on from the checkpoint before it",
        };
        let Some((&version, body)) = bytes.strip_prefix(MAGIC).and_then(|rest| rest.split_first()) else {
            return Err(damaged("it does not begin like a checkpoint"));
        };
        if version != VERSION {
            return Err(RunError::OtherVersion {
                path: path.to_owned(),
                what: "a checkpoint",
                found: char::from(version).to_string(),
                read: char::from(VERSION).to_string(),
            });
        }
        if body.len() < 32 {
            return Err(damaged("it ends within its digest"));
        }
        let (digest, body) = body.split_at(32);
        if Sha256::digest(body).as_slice() != digest {
            return Err(damaged("its digest does not fit its contents"));
        }
        postcard::from_bytes(body).map_err(|error| damaged(&error.to_string()))
    }

    /// The checkpoint to go on from: the latest that can be read whole. Damaged ones are reported to
    /// `warn` and passed over; nothing is deleted.
    ///
    /// # Errors
    /// [`RunError::Io`], or the fault of the only checkpoints there are.
    pub fn latest(directory: &RunDirectory, warn: &mut dyn FnMut(&RunError)) -> Result<Option<Self>, RunError> {
        Self::latest_until(directory, u64::MAX, warn)
    }

    /// As [`Checkpoint::latest`], of those at `step` or before it.
    ///
    /// # Errors
    /// As [`Checkpoint::latest`].
    pub fn latest_until(
        directory: &RunDirectory,
        step: u64,
        warn: &mut dyn FnMut(&RunError),
    ) -> Result<Option<Self>, RunError> {
        let mut fault = None;
        let mut read = |name: &str| {
            Self::read(directory, name)
                .inspect_err(|error| warn(error))
                .map_err(|error| fault = Some(error))
                .ok()
                .filter(|found| found.state.step <= step)
        };
        // The names of these two do not tell their step. The one at the end goes first: it knows how.
        let extra: Vec<&str> =
            [Self::FINAL, Self::INTERRUPTED].into_iter().filter(|name| directory.file(name).exists()).collect();
        let mut best: Option<Self> = None;
        for found in extra.into_iter().filter_map(&mut read) {
            if best.as_ref().is_none_or(|best| found.state.step > best.state.step) {
                best = Some(found);
            }
        }
        for at in directory.checkpoints()?.into_iter().rev().filter(|&at| at <= step) {
            if best.as_ref().is_some_and(|best| best.state.step >= at) {
                break;
            }
            best = read(&Self::name(at)).or(best);
        }
        match (best, fault) {
            (None, Some(fault)) => Err(fault),
            (best, _) => Ok(best),
        }
    }
}

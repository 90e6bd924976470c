//! The state of a strategy as bytes, with the name of the method that it belongs to.

use crate::BadState;
use serde::{Serialize, de::DeserializeOwned};

/// A state as bytes.
pub(crate) fn save<T: Serialize>(name: &str, state: &T) -> Vec<u8> {
    postcard::to_stdvec(&(name, state)).expect("numbers in memory can be written to memory")
}

/// A state from bytes.
///
/// # Errors
/// [`BadState`] when they are not a state of this method, or more than one.
pub(crate) fn load<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, BadState> {
    match postcard::take_from_bytes::<(String, T)>(bytes) {
        Ok(((of, state), [])) if of == name => Ok(state),
        _ => Err(BadState { found: bytes.len() }),
    }
}

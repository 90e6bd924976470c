//! livenet.

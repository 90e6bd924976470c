//! The command line `livenet`.

fn main() {}

//! Benchmarks of livenet; see `docs/benchmarks.md`.

#!/usr/bin/env bash
# What is too slow for every change: learning claims over several seeds, the problem set, the type check of other sets of
# features.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --release --workspace --features slow
# Without burn, two thirds of all dependencies are gone.
cargo check -p livenet-experiments --no-default-features
cargo check -p livenet-train --features wgpu
cargo check -p livenet-train --features cuda
# Needs root and Debian's packages, and skips with a printed line where it has none.
LIVENET=target/release/livenet scripts/slurm.sh test

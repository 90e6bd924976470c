#!/usr/bin/env bash
# What is too slow for every change: learning claims over several seeds, the problem set, and the GPU backends' type check.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --release --workspace --features slow
cargo check -p livenet-train --features wgpu
cargo check -p livenet-train --features cuda

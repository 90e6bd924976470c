#!/usr/bin/env bash
# What runs on CUDA, on a machine with an NVIDIA device: correctness first, then a step beside the CPU's.
# The driver and NVRTC load at run time; nothing else is needed but a stable Rust.
set -euo pipefail
cd "$(dirname "$0")/.."
nvidia-smi --query-gpu=name,driver_version --format=csv,noheader
cargo build --release --bin livenet --features cuda
livenet=target/release/livenet
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT

# The same fixed network with SGD on three executors: losses of 50 steps, side by side.
for executor in native burn burn-cuda; do
    "$livenet" run experiments/backends.toml --executor "$executor" --set 'arm=[]' -q --out "$out/$executor"
done
python3 - "$out" <<'PYTHON'
import glob, json, sys
def losses(executor):
    [path] = glob.glob(f"{sys.argv[1]}/{executor}/*/*/events.jsonl")
    return [event["loss"] for event in map(json.loads, open(path)) if event["event"] == "evaluated"]
native = losses("native")
for executor in ("burn", "burn-cuda"):
    worst = max(abs(a - b) / a for a, b in zip(native, losses(executor)))
    print(f"{executor}: largest relative difference from native over {len(native)} steps: {worst:.1e}")
    if worst > 1e-4:
        sys.exit(f"{executor} differs by more than 1e-4")
PYTHON

# Steps a second, as the report counts seconds.
for executor in native burn-cuda; do
    "$livenet" run experiments/backends.toml --executor "$executor" --set 'arm=[]' --set train.steps=500 \
        --set train.evaluate_every=500 -q --out "$out/speed-$executor"
    python3 -c 'import glob, json, sys; r = json.load(open(glob.glob(sys.argv[1] + "/*/*/report.json")[0])); print(sys.argv[2], round(1e3 * r["seconds"] / r["steps"], 3), "ms a step")' \
        "$out/speed-$executor" "$executor"
done

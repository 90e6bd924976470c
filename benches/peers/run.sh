#!/usr/bin/env bash
# Times the peers of livenet's speed table and writes one JSON object per line to stdout:
#     benches/peers/run.sh [--row A1 B2 ...] [--threads 2] [--seconds 1] [--peer TEXT] [--no-compile] > peers.jsonl
# LIVENET_DATA, when set, names the folder whose mnist/ holds the IDX files for row C1m.
# The virtual environment beside this file is made once, and again whenever a requirements file changes.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
environment="$here/.venv"

wanted() { cat "$here/requirements.txt" "$here/requirements-source.txt"; }

if ! wanted | cmp --silent - "$environment/installed.txt"; then
    "${PYTHON:-python3}" -m venv --clear "$environment" >&2
    pip=("$environment/bin/python" -m pip --disable-pip-version-check)
    "${pip[@]}" install --requirement "$here/requirements.txt" >&2
    # sparseprop's build calls `pip` and `python3` by name: the environment's own must come first.
    PATH="$environment/bin:$PATH" "${pip[@]}" install --no-build-isolation \
        --requirement "$here/requirements-source.txt" >&2 ||
        echo "run.sh: a source-only peer does not build here and is left out" >&2
    wanted >"$environment/installed.txt"
fi

# Freed tensors stay in the process: otherwise glibc gives large ones back and their pages fault in again every step.
# 32 MiB is the most that glibc accepts for the first, and every tensor of the rows is smaller.
export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-33554432}"
export MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-4294967296}"
export TORCHINDUCTOR_CACHE_DIR="${TORCHINDUCTOR_CACHE_DIR:-$environment/compiled}"
exec "$environment/bin/python" -W ignore "$here/peers.py" "$@"

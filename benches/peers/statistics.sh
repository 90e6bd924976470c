#!/usr/bin/env bash
# The numbers of rliable's own code on two seeded fixtures, to which livenet's statistics are held:
#     benches/peers/statistics.sh            writes crates/experiments/src/statistics/rliable.json anew
#     benches/peers/statistics.sh --check    makes the numbers again and compares them with that file
# The virtual environment beside this file is made once, and again whenever the requirements change.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
environment="$here/.venv-statistics"

if ! cmp --silent "$here/requirements-statistics.txt" "$environment/installed.txt"; then
    "${PYTHON:-python3}" -m venv --clear "$environment" >&2
    "$environment/bin/python" -m pip --disable-pip-version-check install \
        --requirement "$here/requirements-statistics.txt" >&2
    cp "$here/requirements-statistics.txt" "$environment/installed.txt"
fi
exec "$environment/bin/python" -W ignore "$here/rliable_numbers.py" "$@"

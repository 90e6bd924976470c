#!/usr/bin/env bash
# Fuzzes what livenet reads, with a stable compiler and without sanitizers.
#
#   scripts/fuzz.sh [SECONDS] [TARGET ...]   each target, or those named, for so many seconds (60)
#   scripts/fuzz.sh build                    builds the targets only
#   scripts/fuzz.sh replay                   reads every input that is kept, once
#   scripts/fuzz.sh minimise                 keeps of the inputs found what reaches other code, small ones first
#
# Inputs that are kept lie in fuzz/kept; those that are found go to fuzz/found/TARGET; what ends a target to
# fuzz/artifacts/TARGET, and the script with it.
# An input may cost 128 MiB and 4 KiB for each of its bytes (fuzz/src/lib.rs), two GiB in all, and 25 seconds.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

all="config sweep journal checkpoint idx arff csv notation"
host="$(rustc -vV | sed -n 's/^host: //p')"
# What `cargo fuzz build --sanitizer none` passes; the target is named so that build scripts are left alone.
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing"
programs="${CARGO_TARGET_DIR:-target}/$host/release"

build() {
    local target
    for target in $all; do
        mkdir -p "corpus/$target"
        [ ! -e "kept/$target.tar.gz" ] || tar -xzf "kept/$target.tar.gz" -C "corpus/$target"
    done
    RUSTFLAGS='' cargo run --quiet --package seeds-writer
    cargo build --release --package livenet-fuzz --target "$host"
}
dictionary() {
    case "$1" in
    config | sweep) echo -dict=dictionaries/toml.dict ;;
    notation) echo -dict=dictionaries/notation.dict ;;
    arff | csv) echo -dict=dictionaries/table.dict ;;
    esac
}
fuzz() {
    local seconds="$1" target
    shift
    for target in "$@"; do
        mkdir -p "found/$target" "artifacts/$target"
        printf '\n== %s, %s s\n' "$target" "$seconds"
        # shellcheck disable=SC2046 # no dictionary is no argument
        "$programs/$target" "found/$target" "corpus/$target" $(dictionary "$target") -max_total_time="$seconds" \
            -rss_limit_mb=2048 -timeout=25 -max_len=8192 -print_final_stats=1 -verbosity=0 \
            -artifact_prefix="artifacts/$target/"
    done
}
minimise() {
    local target
    for target in $all; do
        mkdir -p "found/$target" "smaller/$target" kept
        "$programs/$target" -merge=1 -rss_limit_mb=2048 "smaller/$target" "corpus/$target" "found/$target" 2>&1 |
            tail -n 1
        keep "$target"
    done
    rm -r smaller
    du -sh kept
}
# The same inputs make the same archive. Small ones only: what is kept is fetched by everybody.
keep() {
    (cd "smaller/$1" && find . -type f -size -5k -printf '%f\n' | LC_ALL=C sort |
        tar --create --owner=0 --group=0 --numeric-owner --mtime=@0 --mode=644 --files-from=-) | gzip -9n > "kept/$1.tar.gz"
}

case "${1:-60}" in
build) build ;;
replay)
    build
    for target in $all; do "$programs/$target" -runs=0 -rss_limit_mb=2048 -timeout=25 "corpus/$target"; done
    ;;
minimise)
    build
    minimise
    ;;
*[!0-9]*) sed -n '2,/^set/{/^#/!d; s/^# \{0,1\}//; p}' ../scripts/fuzz.sh; exit 2 ;;
*)
    seconds="${1:-60}"
    [ "$#" -eq 0 ] || shift
    [ "$#" -gt 0 ] || read -ra targets <<< "$all"
    build
    fuzz "$seconds" "${@:-${targets[@]}}"
    ;;
esac

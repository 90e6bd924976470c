"""Times every peer of the rows asked for and prints one JSON object a line: `run.sh` beside this file starts it.

Keys: row, peer, kind (stock, by hand or reference), median_ms, min_ms, repetitions, threads; input on streaming rows,
ns_per_event on C3. What cannot run says so in one line on stderr, and the run goes on.
"""

import argparse
import json
import os
import platform
import sys
from pathlib import Path

import torch
from torch._inductor import config as inductor

from peer import Peer, Timing, Unavailable, measure
from problems import Cycle
from rows import ROWS, Row


def main() -> None:
    wanted = arguments()
    describe_machine(wanted.threads)
    # Numbers too small for the normal range cost a hundredfold on some processors and mean nothing here.
    torch.set_flush_denormal(True)
    for row in ROWS:
        if row.name not in wanted.row:
            continue
        for peer in row.peers:
            if wanted.peer not in peer.name or (peer.compiles and wanted.no_compile):
                continue
            for threads in row.thread_counts(wanted.threads):
                report(row, peer, threads, wanted.seconds)


def arguments() -> argparse.Namespace:
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(prog="run.sh", description=__doc__)
    only = "only these: " + " ".join(names)
    parser.add_argument("--row", nargs="+", default=names, choices=names, metavar="ROW", help=only)
    parser.add_argument("--threads", type=int, default=2, help="of every peer; short steps are tried on one as well")
    parser.add_argument("--seconds", type=float, default=1.0, help="measured for each peer, and 30 steps at least")
    parser.add_argument("--peer", default="", metavar="TEXT", help="only peers whose name holds this")
    parser.add_argument("--no-compile", action="store_true", help="leave out torch.compile, which takes its time")
    return parser.parse_args()


def report(row: Row, peer: Peer, threads: int, seconds: float) -> None:
    """Measures one peer and prints its line, or why there is none."""
    torch.set_num_threads(threads)
    # The compiler writes the thread count into its kernels, and only as a setting of its own does its cache see it.
    inductor.cpp.threads = threads
    torch.compiler.reset()
    try:
        step = peer.build(row.problem)
        timing = measure(step, seconds)
        check_finite(step())
    except Unavailable as reason:
        skip(row, peer, str(reason))
    except Exception as error:  # Any failure of a peer is its own: the other rows are still wanted.
        skip(row, peer, f"{type(error).__name__}: {error}")
    else:
        print(json.dumps(line(row, peer, threads, timing)), flush=True)


def check_finite(loss: torch.Tensor | None) -> None:
    """Learning that has blown up is not the row's work any more."""
    if loss is not None and not loss.isfinite().all():
        raise ArithmeticError(f"the loss is {loss.item()} after the measurement; its times are not worth reporting")


def line(row: Row, peer: Peer, threads: int, timing: Timing) -> dict:
    fields = {
        "row": row.name,
        "peer": peer.name,
        "kind": peer.kind.value,
        "median_ms": round(timing.median_ms, 6),
        "min_ms": round(timing.min_ms, 6),
        "repetitions": timing.repetitions,
        "threads": threads,
    }
    if isinstance(row.problem, Cycle):
        fields["ns_per_event"] = round(timing.median_ms * 1e6 / row.problem.events, 4)
    return fields | row.notes


def skip(row: Row, peer: Peer, reason: str) -> None:
    first_line = next(iter(reason.strip().splitlines()), "no reason given")
    print(f"{row.name}: {peer.name}: left out: {first_line}", file=sys.stderr, flush=True)


def describe_machine(threads: int) -> None:
    """What the figures depend on, on stderr, since stdout holds nothing but figures."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        names = [part for part in information.read_text().splitlines() if part.startswith("model name")]
        model = names[0].split(":", 1)[1].strip() if names else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    vectors = torch.backends.cpu.get_cpu_capability()
    machine = f"{model}, {cores} cores, {vectors}"
    print(f"torch {torch.__version__}, {threads} threads, {machine}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

"""What a peer is: a named way to do a row's work, and how long one step of it takes."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Unavailable(Exception):
    """A peer that cannot run here; the message says why in one line."""


class Kind(Enum):
    """How a peer came about, which decides what it may be compared with."""

    STOCK = "stock"  # PyTorch or a package as its users write it: autograd, an optimizer, torch.compile
    BY_HAND = "by hand"  # the same mathematics out of PyTorch's kernels, with the backward pass written for this row
    REFERENCE = "reference"  # other work than the row's (no sparsity), for scale only; never the fastest peer


@dataclass(frozen=True)
class Peer:
    """`build` takes the row's problem and returns a step: a call without arguments that does one unit of the row's work
    and returns the loss as a tensor, or None where nothing is learned. It may raise `Unavailable`."""

    name: str
    build: Callable
    kind: Kind = Kind.STOCK
    compiles: bool = False


@dataclass(frozen=True)
class Timing:
    """Milliseconds per step over `repetitions` steps."""

    median_ms: float
    min_ms: float
    repetitions: int


def measure(step: Callable, seconds: float) -> Timing:
    """Times single steps after a warm-up, for `seconds` and 30 repetitions, whichever is longer.

    Steps so slow that 30 would take ten times `seconds` are stopped there, after five at least. The collector is off:
    its pauses belong to no peer.
    """
    warm_up(step, seconds / 4)
    times = []
    gc.collect()
    gc.disable()
    begin = time.perf_counter()
    try:
        while True:
            before = time.perf_counter()
            step()
            after = time.perf_counter()
            times.append((after - before) * 1e3)
            spent = after - begin
            enough = spent >= seconds and len(times) >= 30
            if enough or (spent >= 10 * seconds and len(times) >= 5):
                break
    finally:
        gc.enable()
    return Timing(statistics.median(times), min(times), len(times))


def warm_up(step: Callable, seconds: float) -> None:
    """Three steps at least, so that caches are filled, memory is mapped and compilation is over."""
    begin = time.perf_counter()
    done = 0
    while done < 3 or time.perf_counter() - begin < seconds:
        step()
        done += 1

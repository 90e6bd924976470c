#!/usr/bin/env python3
"""Scores two seeded fixtures with rliable's own code, for livenet's statistics to be held to.

    benches/peers/statistics.sh            writes crates/experiments/src/statistics/rliable.json anew
    benches/peers/statistics.sh --check    makes the numbers again and compares them with that file

Scores are written with every digit, so that both sides average the same numbers. Averages and probabilities are exact on
both sides; intervals come from as many resamples here as there, by other random numbers, and agree to a thousandth.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import scipy
from rliable import library, metrics

PLACE = Path(__file__).resolve().parents[2] / "crates/experiments/src/statistics/rliable.json"
# Twice the usual, for the ends of the interval of a probability move by half a thousandth with 50 000. Takes ten minutes.
RESAMPLES = 100_000
LEVEL = 0.95


def fixtures() -> list[dict]:
    """Scores `[run][task]` of two methods, and thresholds."""
    random = np.random.default_rng(20261125)
    difficulty = np.array([0.15, 0.4, 0.65, 0.9])
    spread = np.array([0.02, 0.08, 0.15, 0.05])
    many = {
        "grown": difficulty + 0.03 + spread * random.standard_normal((10, 4)),
        "fixed": difficulty + spread * random.standard_normal((12, 4)),
    }
    # Accuracies of five seeds on a test part of 1797 samples: ties within and between the methods.
    # Drawn from a seed whose interval of the probability does not end on a step of its distribution, where it would lie a
    # whole pair (1/50) higher or lower by the luck of the resampling alone.
    random = np.random.default_rng(8)
    right = {"grown": random.binomial(30, 0.55, (5, 1)), "fixed": random.binomial(30, 0.5, (5, 1))}
    few = {name: (1660 + counts) / 1797 for name, counts in right.items()}
    # Without 0.45: there the band of `fixed` ends on a step of its distribution, and lies a whole run (1/48) higher or lower
    # by the luck of the draw alone.
    thresholds = np.delete(np.linspace(0.05, 1.05, 11), 4)
    return [
        {"name": "ten and twelve runs of four tasks", "scores": many, "thresholds": thresholds},
        {"name": "five seeds of one task, with ties", "scores": few, "thresholds": np.linspace(0.92, 0.95, 7) + 1e-4},
    ]


def averages(scores: np.ndarray) -> np.ndarray:
    return np.array([metrics.aggregate_iqm(scores), metrics.aggregate_mean(scores), metrics.aggregate_median(scores)])


def estimate(value: float, bounds: np.ndarray) -> dict:
    return {"value": float(value), "low": float(bounds[0]), "high": float(bounds[1])}


def scored(fixture: dict, seed: int) -> dict:
    scores, thresholds = fixture["scores"], fixture["thresholds"]
    sampled = {"reps": RESAMPLES, "confidence_interval_size": LEVEL, "random_state": np.random.RandomState(seed)}
    values, bounds = library.get_interval_estimates(scores, averages, **sampled)
    pair = {"grown,fixed": (scores["grown"], scores["fixed"])}
    chance, chance_bounds = library.get_interval_estimates(pair, metrics.probability_of_improvement, **sampled)
    # What library.create_performance_profile does, which takes no seed.
    shares = lambda runs: np.array([library.run_score_deviation(runs, threshold) for threshold in thresholds])
    profile, band = library.get_interval_estimates(scores, shares, **sampled)
    names = ("iqm", "mean", "median_of_task_means")
    return {
        "name": fixture["name"],
        "scores": {method: runs.T.tolist() for method, runs in scores.items()},
        "averages": {
            method: {name: estimate(values[method][at], bounds[method][:, at]) for at, name in enumerate(names)}
            for method in scores
        },
        "improvement": estimate(chance["grown,fixed"], chance_bounds["grown,fixed"].ravel()),
        "profile": {
            method: [
                {"threshold": float(threshold), **estimate(profile[method][at], band[method][:, at])}
                for at, threshold in enumerate(thresholds)
            ]
            for method in scores
        },
    }


def numbers(value, path=""):
    """Every number of a JSON value with its path."""
    if isinstance(value, dict):
        for key in value:
            yield from numbers(value[key], f"{path}.{key}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from numbers(item, f"{path}[{at}]")
    elif isinstance(value, (int, float)):
        yield path, value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the file instead of writing it")
    wanted = parser.parse_args()
    made = {
        "made_by": f"benches/peers/rliable_numbers.py: rliable 1.2.0, numpy {np.__version__}, scipy {scipy.__version__}",
        "resamples": RESAMPLES,
        "level": LEVEL,
        "fixtures": [scored(fixture, seed) for seed, fixture in enumerate(fixtures())],
    }
    if not wanted.check:
        PLACE.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {PLACE}")
        return
    there = dict(numbers(json.loads(PLACE.read_text(encoding="utf-8"))))
    again = dict(numbers(made))
    if there.keys() != again.keys():
        sys.exit(f"statistics.sh: {PLACE} holds other fields than are made now; write it anew")
    apart = {path: (there[path], again[path]) for path in there if abs(there[path] - again[path]) > 1e-9}
    for path, (old, new) in sorted(apart.items()):
        print(f"{path}: {old} there, {new} now", file=sys.stderr)
    if apart:
        sys.exit(f"statistics.sh: {len(apart)} of {len(there)} numbers differ")
    print(f"{len(there)} numbers are those of {PLACE}")


if __name__ == "__main__":
    main()

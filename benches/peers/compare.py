#!/usr/bin/env python3
"""Puts livenet's times beside the fastest peer's, as a Markdown table. Standard library only.

    livenet bench --json > livenet.jsonl
    benches/peers/run.sh > peers.jsonl
    benches/peers/compare.py peers.jsonl livenet.jsonl [--stock]

Ratios are peer over livenet, of medians: above 1 livenet is faster. Both sides should come from one machine, at rest,
one after the other. A peer of kind "reference" does other work than the row's and never counts as the fastest.
"""

import argparse
import json
import sys
from pathlib import Path

PEER_FIELDS = ("row", "peer", "kind", "median_ms", "threads")
LIVENET_FIELDS = ("row", "ms_per_step", "threads")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", type=Path, help="what run.sh printed")
    parser.add_argument("livenet", type=Path, help="what livenet bench --json printed")
    parser.add_argument("--stock", action="store_true", help="leave out peers whose backward pass was written by hand")
    wanted = parser.parse_args()
    kinds = ("stock",) if wanted.stock else ("stock", "by hand")
    try:
        peers = [line for line in read_lines(wanted.peers, PEER_FIELDS) if line["kind"] in kinds]
        fastest_peers = fastest(peers, "median_ms")
        fastest_own = fastest(read_lines(wanted.livenet, LIVENET_FIELDS), "ms_per_step")
    except (OSError, ValueError) as error:
        sys.exit(f"compare.py: {error}")
    print("\n".join(table(fastest_peers, fastest_own)))


def read_lines(path: Path, fields: tuple[str, ...]) -> list[dict]:
    """The objects of a file of JSON lines that hold `fields`; others (a roofline, say) are passed over."""
    lines = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not text.strip():
            continue
        try:
            value = json.loads(text)
        except json.JSONDecodeError as error:
            found = f"expected a JSON object, found {text[:60]!r} ({error.msg})"
            raise ValueError(f"{path}, line {number}: {found}") from error
        if isinstance(value, dict) and all(value.get(field) is not None for field in fields):
            lines.append(value)
    if not lines:
        raise ValueError(f"{path}: no line holds {', '.join(fields)}; is this the right file?")
    return lines


def fastest(lines: list[dict], time: str) -> dict[str, dict]:
    """For each row the line with the smallest time, rows in the order in which they first appear."""
    best = {}
    for line in lines:
        row = line["row"]
        if row not in best or line[time] < best[row][time]:
            best[row] = line
    return best


def table(peers: dict[str, dict], own: dict[str, dict]) -> list[str]:
    """One line for each row that has a peer; a dash where livenet has no time for it."""
    lines = ["| row | livenet ms | fastest peer | peer ms | ratio |", "| --- | ---: | --- | ---: | ---: |"]
    for row, peer in peers.items():
        name = f"{peer['peer']} ({threads(peer)})"
        if (line := own.get(row)) is None:
            lines.append(f"| {row} | – | {name} | {number(peer['median_ms'])} | – |")
            continue
        ratio = peer["median_ms"] / line["ms_per_step"]
        measured = f"{number(line['ms_per_step'])} ({threads(line)})"
        lines.append(f"| {row} | {measured} | {name} | {number(peer['median_ms'])} | {ratio:.2f} × |")
    return lines


def threads(line: dict) -> str:
    return f"{line['threads']} thread" + ("" if line["threads"] == 1 else "s")


def number(milliseconds: float) -> str:
    """Three digits that count."""
    return f"{milliseconds:.3g}" if milliseconds < 1000 else f"{milliseconds:.0f}"


if __name__ == "__main__":
    main()

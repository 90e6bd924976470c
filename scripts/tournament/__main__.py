"""Every method against every other on one footing: experiments/tournament/README.md.

It writes sweep files from a plan (reduced.toml, full.toml) and methods.toml, gives them to `livenet sweep`, and makes tables of what
`livenet compare` says. Each command does only what is missing, so any of them may be interrupted and given again.
"""

import argparse
from pathlib import Path

from calibration import Calibration
from pages import Pages
from tournament import HERE, Tournament


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["all", "tune", "table", "retrain", "calibrate", "tables"])
    parser.add_argument("number", nargs="?", type=int, choices=(1, 2, 3), help="of `table` and `calibrate`: which")
    parser.add_argument("--plan", default=HERE / "reduced.toml", type=Path)
    parser.add_argument("--out", default="runs/tournament", help="where sweeps, runs and tables go [runs/tournament]")
    parser.add_argument("--livenet", default="livenet", help="the binary")
    parser.add_argument("--jobs", default=2, type=int, help="processes at once")
    parser.add_argument("--seeds", type=int, help="only the first so many seeds")
    parser.add_argument("--only", help="only this task and density, such as digits-5")
    parser.add_argument("--on", choices=["here", "slurm", "nowhere"], default="here", help="nowhere: write the sweep files and see that they can run")
    parser.add_argument("--slurm", nargs=argparse.REMAINDER, default=[], help="the last option: further options of `livenet sweep --on slurm`")
    options = parser.parse_args()
    tournament = Tournament(options)
    seeds = tournament.plan["seeds"]
    few = seeds[: options.seeds or tournament.plan.get("first_seeds", len(seeds))]
    seeds = seeds[: options.seeds]
    if options.command == "tune":
        tournament.tune()
    elif options.command == "table":
        tournament.table(options.number or 1, seeds)
    elif options.command == "retrain":
        tournament.retrain(seeds)
    elif options.command == "calibrate":
        Calibration(tournament).calibrate()
    elif options.command == "tables":
        Pages(tournament).write()
    else:
        tournament.tune()
        tournament.table(1, few)
        tournament.table(1, seeds)
        tournament.retrain(seeds)
        Calibration(tournament).calibrate()
        for some in (few, seeds):
            for table in (2, 3):
                tournament.table(table, some)
        Pages(tournament).write()


if __name__ == "__main__":
    main()

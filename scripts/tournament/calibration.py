"""How many updates of a method cost as much as those of static Erdős–Rényi, by operations and by processor time."""

import json
import os
import shutil
import subprocess
import time

# How near the cost must come: operations are counted, seconds are measured.
TOLERANCE = {"operations": 0.03, "seconds": 0.1}


class Calibration:
    def __init__(self, tournament):
        self.tournament, self.options = tournament, tournament.options
        self.plan, self.out = tournament.plan, tournament.out

    def calibrate(self):
        """For each method, with one seed, the updates that cost what the control's cost."""
        folder = self.out / "calibrated"
        folder.mkdir(exist_ok=True)
        for place in self.tournament.places():
            for arena in self.tournament.arenas:
                sweep = self.out / "runs" / self.tournament.table_name(1, place, arena)
                if (sweep / "plan.json").exists():
                    name = f"{self.tournament.arena_name(arena)}{place.name}"
                    scaled = self.tournament.scaled(place, arena) | self.calibrate_one(place, sweep, folder / f"{name}-measured.json")
                    (folder / f"{name}-steps.json").write_text(json.dumps(scaled, indent=1) + "\n")
                    print(f"{time.strftime('%F %T')} {name} is calibrated", flush=True)

    def calibrate_one(self, place, sweep, path):
        measured = json.loads(path.read_text()) if path.exists() else {}

        def measure(label, steps):
            name = f"{label}, {steps} updates"
            if name not in measured:
                measured[name] = self.measure(configs[label], steps)
                path.write_text(json.dumps(measured, indent=0) + "\n")
            return measured[name]

        trials = json.loads((sweep / "plan.json").read_text())["trials"]
        configs = {trial["label"]: sweep / "configs" / f"{trial['config']}.toml" for trial in trials}
        full, control = place.task["steps"], self.plan["control"]
        target = measure(control, full)
        scaled = {}
        for table, cost in ((2, "operations"), (3, "seconds")):
            if self.options.number not in (None, table):
                continue
            scaled[str(table)] = {control: full}
            for label in configs:
                if label == control or table not in self.tournament.method(label).get("tables", [1, 2, 3]):
                    continue
                steps = self.search(lambda steps: measure(label, steps), cost, target[cost], full)
                if steps is not None:
                    scaled[str(table)][label] = steps
        return scaled

    def search(self, measure, cost, target, full):
        """In proportion, twice, is enough where every update costs the same. Where a few askings cost most of it, the most updates that
        cost no more, from between those that were tried: a method whose first asking costs more than all there is stops short of it.
        """
        least, most, close = 10, 10 * full, TOLERANCE[cost]
        within, beyond, steps = (0, 0.0), None, full
        for attempt in range(9):
            one = measure(steps)
            if one is None:
                return None
            relative = max(one[cost], 1e-3) / target
            proportional = min(max(round(steps / relative), least), most)
            if (attempt > 0 and abs(relative - 1) <= close) or proportional == steps:
                return min(proportional, steps)  # A few more might bring one more asking.
            if relative <= 1:
                within = max(within, (steps, relative))
            else:
                beyond = min(beyond or (steps, relative), (steps, relative))
            low = max(within[0], least)
            if attempt == 0 or beyond is None:
                steps = proportional
            elif attempt % 2:
                share = (1 - within[1]) / (beyond[1] - within[1])
                steps = round(within[0] + share * (beyond[0] - within[0]))
            else:
                steps = round((low * beyond[0]) ** 0.5)
            if beyond is not None:
                if beyond[0] - low <= 1:
                    return low
                steps = min(max(steps, low + (within[0] >= least)), beyond[0] - 1)
        return max(within[0], least)

    def measure(self, config, steps):
        """Operations and processor seconds of training, the least of five runs where they are short.

        The report has the seconds of training by the clock; what share of them the process had a processor is known of its whole life alone.
        On a core of its own that share is 1.
        """
        scratch = self.out / f"scratch-{os.getpid()}"
        command = [self.options.livenet, "run", config, "--seed", 1, "--threads", 1, "--set", f"train.steps={steps}", "--out", scratch, "--no-plots", "--quiet"]
        seconds = []
        while len(seconds) < 5 and sum(seconds) < 10:
            shutil.rmtree(scratch, ignore_errors=True)
            begun = time.monotonic()
            process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            share = min(1, (usage.ru_utime + usage.ru_stime) / (time.monotonic() - begun))
            process.returncode = os.waitstatus_to_exitcode(status)
            reports = list(scratch.rglob("report.json"))
            if process.returncode or not reports:
                print(f"{config} failed in calibration", flush=True)
                return None
            report = json.loads(reports[0].read_text())
            seconds.append(share * report["seconds"])
        shutil.rmtree(scratch, ignore_errors=True)
        return {"operations": report["operations"], "seconds": round(min(seconds), 4)}

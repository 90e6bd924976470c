"""How many updates of a method cost as much as those of static Erdős–Rényi, by operations and by processor time."""

import json
import os
import shutil
import subprocess
import time


class Calibration:
    def __init__(self, tournament):
        self.tournament, self.options = tournament, tournament.options
        self.plan, self.out = tournament.plan, tournament.out

    def calibrate(self):
        """Two passes for each method, one seed: in proportion to what table 1 cost, then in proportion to what that cost."""
        folder = self.out / "calibrated"
        folder.mkdir(exist_ok=True)
        for place in self.tournament.places():
            for arena in self.tournament.arenas:
                sweep = self.out / "runs" / self.tournament.table_name(1, place, arena)
                if (sweep / "plan.json").exists():
                    scaled = self.calibrate_one(place, sweep, folder / f"{self.tournament.arena_name(arena)}{place.name}-measured.json")
                    path = folder / f"{self.tournament.arena_name(arena)}{place.name}-steps.json"
                    path.write_text(json.dumps(scaled, indent=1) + "\n")
                    print(f"{time.strftime('%F %T')} {self.tournament.arena_name(arena)}{place.name} is calibrated", flush=True)

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
            scaled[table] = {control: full}
            for label in configs:
                if label == control or table not in self.tournament.method(label).get("tables", [1, 2, 3]):
                    continue
                steps = full
                for _ in range(2):
                    one = measure(label, steps)
                    if one is None:
                        break
                    steps = min(max(round(steps * target[cost] / max(one[cost], 1e-3)), 10), 10 * full)
                else:
                    scaled[table][label] = steps
        return scaled

    def measure(self, config, steps):
        """Operations and processor seconds of training, the least of five runs where they are short.

        The report has the seconds of training by the clock; what share of them the process had a processor is known of its whole life alone,
        plots included. On a core of its own that share is 1.
        """
        scratch = self.out / f"scratch-{os.getpid()}"
        command = [self.options.livenet, "run", config, "--seed", 1, "--threads", 1, "--set", f"train.steps={steps}", "--out", scratch, "--quiet"]
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

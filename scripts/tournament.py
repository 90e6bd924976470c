#!/usr/bin/env python3
"""Every method against every other on one footing: experiments/tournament/README.md.

It writes sweep files from a plan (reduced.toml, full.toml) and methods.toml, gives them to `livenet sweep`, and makes tables of what
`livenet compare` says. Each command does only what is missing, so any of them may be interrupted and given again.
"""

import argparse
import copy
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / "experiments" / "tournament"
# Two-sided 95 % points of Student's t, by degrees of freedom.
STUDENT = {2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}
# Askings in a run of table 1; `when` keeps that period in updates in the other tables.
ASKINGS = 60
TABLES = {1: "equal peak connections, equal updates", 2: "equal operations", 3: "equal processor time"}


# --- TOML out. The standard library only reads it.


def toml(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key(name)} = {toml(item)}" for name, item in value.items()) + " }" if value else "{}"
    return repr(value)


def key(name):
    return name if name.replace("_", "").replace("-", "").isalnum() else json.dumps(name, ensure_ascii=False)


# --- What a method is on a task at a density.


class Place:
    """A task at a density: how many connections are allowed, and what networks have as many."""

    def __init__(self, task, density):
        self.task, self.density = task, density
        self.dense = self.of_width(task["hidden"])
        self.connections = round(density * self.dense)

    @property
    def name(self):
        return f"{self.task['name']}-{100 * self.density:g}"

    def of_width(self, width):
        return width * (self.task["inputs"] + self.task["outputs"] + (width if self.task.get("recurrent") else 0))

    def widest(self, connections):
        width = 1
        while self.of_width(width + 1) <= connections:
            width += 1
        return width

    def fill(self, value):
        """`$name` and `$name * factor` in whatever a method says."""
        if isinstance(value, dict):
            return {name: self.fill(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if not (isinstance(value, str) and value.startswith("$")):
            return value
        name, _, factor = value[1:].partition("*")
        known = {
            "connections": self.connections,
            "density": self.density,
            "period": max(1, self.task["steps"] // ASKINGS),
            "narrow": self.widest(self.connections),
            "half": self.widest(self.connections / 2),
            "hidden": self.task["hidden"],
            "samples": self.task.get("samples", 512),
        }
        number = known[name.strip()]
        if not factor:
            return number
        number *= float(factor)
        # A period is a count of updates; supplies and densities are real.
        return max(1, round(number)) if name.strip() == "period" else float(f"{number:.6g}")


def wiring(start, place):
    """The wiring and the hidden neurons at the start."""
    return {
        "er": ({"erdos_renyi": place.density}, place.task["hidden"]),
        "thin": ({"erdos_renyi": place.density / 2}, place.task["hidden"]),
        "uniform": ({"uniform": place.density}, place.task["hidden"]),
        "none": ("none", place.task["hidden"]),
        "dense": ("dense", place.task["hidden"]),
        "small": ("dense", place.widest(place.connections)),
        "narrow": ("dense", place.widest(place.connections / 2)),
    }[start]


def amount_key(method, twin=False):
    name = method["amount"]["key"]
    return name if "." in name else f"grow.0.settings.{'settings.' if twin else ''}{name}"


def keys(method, place, twin=False):
    """The keys of the experiment that a method sets, its amount left as it is."""
    found, neurons = wiring(method["start"], place)
    of = {"network.wiring": found, "network.group.0.neurons": neurons}
    grow = copy.deepcopy(method.get("grow", []))
    grow = grow if isinstance(grow, list) else [grow]
    if twin:
        for one in grow:
            one["settings"] = {"of": one["strategy"], "settings": one.get("settings", {})}
            one["strategy"] = "random_twin"
    if grow:
        of["grow"] = place.fill(grow)
    return of | place.fill(copy.deepcopy(method.get("set", {})))


def put(of, path, value):
    """Sets a dotted key in what `keys` gave."""
    first, *rest = path.split(".")
    whole = [name for name in of if name == path]
    if whole or first not in of:
        of[path] = value
        return
    at = of[first]
    for name, then in zip(rest, rest[1:] + [None]):
        name = int(name) if isinstance(at, list) else name
        if then is None:
            at[name] = value
        else:
            at = at[name] if isinstance(at, list) else at.setdefault(name, {})


# --- The tournament.


class Tournament:
    def __init__(self, options):
        with open(options.plan, "rb") as file:
            self.plan = tomllib.load(file)
        with open(HERE / "methods.toml", "rb") as file:
            methods = tomllib.load(file)["method"]
        reduced = self.plan["methods"] == "reduced"
        self.methods = [method for method in methods if method.get("reduced") or not reduced]
        self.options = options
        self.out = Path(options.out)
        self.tasks = {task["name"]: task for task in self.plan["task"]}
        optimizers, inherits = self.plan["optimizer"], self.plan["inherit"]
        optimizers = optimizers if isinstance(optimizers, list) else [optimizers]
        inherits = inherits if isinstance(inherits, list) else [inherits]
        # One arena for each optimizer and moment policy; a single one has no name.
        # Plain gradient descent has no moments that could be inherited.
        self.arenas = [(one, inherit) for one in optimizers for inherit in (inherits if one != "sgd" else inherits[:1])]
        for folder in ("sweeps", "runs"):
            (self.out / folder).mkdir(parents=True, exist_ok=True)

    def arena_name(self, arena):
        short = {"from_origin": "inherit", "nothing": "zero"}
        if len(self.arenas) == 1:
            return ""
        return "sgd-" if arena[0] == "sgd" else f"{arena[0]}-{short[arena[1]]}-"

    def places(self):
        places = [Place(task, density) for task in self.tasks.values() for density in task["densities"]]
        return [place for place in places if self.options.only in (None, place.name)]

    # Sweep files.

    def write(self, name, place, arena, settings, seeds, steps=None, axes=(), tune=None, control=None):
        task, (optimizer, inherit) = place.task, arena
        lines = [
            f"name = {toml(name)}",
            f"seeds = {toml(seeds)}",
            "plots = false",
            *([f"control = {toml(control)}"] if control else []),
            "",
            "[metric]",
            f'name = "{task.get("metric", "metrics.test_accuracy")}"',
            f'better = "{task.get("better", "higher")}"',
            "",
            "[experiment]",
            f"name = {toml(place.name)}",
            f"task = {toml(task['task'])}",
            "",
            "[experiment.network]",
            f"wiring = {{ erdos_renyi = {place.density!r} }}",
            "",
            "[[experiment.network.group]]",
            'name = "hidden"',
            f"neurons = {task['hidden']}",
            f"unit = {toml(task['unit'])}",
            f"reach = {{ groups = {toml(['input', 'hidden'] if task.get('recurrent') else ['input'])} }}",
            "",
            "[experiment.train]",
            f"steps = {steps or task['steps']}",
            "batch = 32",
            f"evaluate_every = {task['evaluate_every']}",
            f"checkpoint_every = {100 * task['steps']}",
            f"inherit = {toml(inherit)}",
            "",
            f"[experiment.optim.{optimizer}]",
            f"rate = {self.rates(arena)[len(self.rates(arena)) // 2]!r}",
        ]
        if tune:
            lines += ["", "[tune]", f"seeds = {toml(tune)}"]
            lines.insert(3, 'search = "grid"')
        for axis, path, values in axes:
            lines += ["", "[[axis]]", f"name = {toml(axis)}", f"key = {toml(path)}", f"values = {toml(values)}"]
        for label, of in settings:
            lines += ["", "[[setting]]", f"name = {toml(label)}", f"set = {toml(of)}"]
        path = self.out / "sweeps" / f"{name}.toml"
        path.write_text("\n".join(lines) + "\n")
        return path

    def rates(self, arena, alone=False):
        rates = self.plan["tune"]["rates_alone" if alone else "rates"]
        return rates[arena[0]] if isinstance(rates, dict) else rates

    def sweep(self, path):
        """Runs a sweep, or hands it over; the same again does what is missing. Says whether it is done."""
        options = self.options
        command = [options.livenet, "sweep", path, "--out", self.out / "runs", "--quiet", "--json"]
        if options.on == "nowhere":
            command = [*command[:-2], "--dry-run"]
        elif options.on == "slurm":
            command += ["--on", "slurm", *options.slurm]
        else:
            command += ["--jobs", options.jobs, "--threads", 1]
        begun = time.time()
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        state = {0: {"here": "done", "slurm": "handed over, or done", "nowhere": "can run"}[options.on], 1: "some failed"}.get(done.returncode, f"ended with {done.returncode}")
        print(f"{time.strftime('%F %T')} {path.stem}: {state}, {time.time() - begun:.0f} s", flush=True)
        if done.returncode:
            print(done.stderr.strip()[-2000:], flush=True)
        if done.returncode == 130:
            sys.exit(130)
        return done.returncode in (0, 1)

    # Tuning.

    def tune(self):
        tune = self.plan["tune"]
        for arena in self.arenas:
            chosen = self.chosen(arena) if self.options.on != "nowhere" else {}
            for method in self.methods:
                place = Place(self.tasks[tune["task"]], tune["density"])
                name = f"tune-{self.arena_name(arena)}{method['name'].replace(' ', '-')}"
                axes = [("rate", f"optim.{arena[0]}.rate", self.rates(arena, "amount" not in method))]
                if "amount" in method:
                    axes.append(("amount", amount_key(method), place.fill(method["amount"]["values"])))
                # `[tune]` runs what it chose once more, on the seed after those that chose; no table has it.
                after = max(tune["seeds"]) + 1
                path = self.write(name, place, arena, [(method["name"], keys(method, place))], [after], axes=axes, tune=tune["seeds"])
                if not self.sweep(path) or self.options.on == "nowhere":
                    continue
                found = self.read_tuning(name)
                if found is None:
                    print(f"{name}: nothing was chosen yet", flush=True)
                    continue
                one = {"rate": found["rate"]}
                if "amount" in method:
                    one["amount"] = axes[1][2].index(found["amount"])
                    one["value"] = found["amount"]
                chosen[method["name"]] = one
            if self.options.on != "nowhere":
                self.chosen_path(arena).write_text(json.dumps(chosen, indent=1) + "\n")

    def read_tuning(self, name):
        paths = list((self.out / "runs" / name).rglob("tuning.json"))
        if not paths:
            return None
        setting = json.loads(paths[0].read_text())["settings"][0]
        return None if setting["chosen"] is None else setting["curve"][setting["chosen"]]["values"]

    def chosen_path(self, arena):
        return self.out / f"chosen-{self.arena_name(arena)}.json".replace("-.json", ".json")

    def chosen(self, arena):
        path = self.chosen_path(arena)
        if self.options.on == "nowhere" and not path.exists():
            # Only to see that all of it can run.
            return {method["name"]: {"rate": self.rates(arena)[1], "amount": 0} for method in self.methods}
        return json.loads(path.read_text()) if path.exists() else {}

    # Tables.

    def settings(self, place, arena, table, steps=None):
        """Label and keys of every method and twin, with what was chosen for it."""
        chosen = self.chosen(arena)
        for method in self.methods:
            if table not in method.get("tables", [1, 2, 3]) or method["name"] not in chosen:
                continue
            for twin in [False, True] if method.get("twin") else [False]:
                label = method["name"] + (" twin" if twin else "")
                of = keys(method, place, twin)
                of[f"optim.{arena[0]}.rate"] = chosen[method["name"]]["rate"]
                if "amount" in method:
                    value = place.fill(method["amount"]["values"])[chosen[method["name"]]["amount"]]
                    put(of, amount_key(method, twin), value)
                if steps is not None:
                    if label not in steps:
                        continue
                    of["train.steps"] = steps[label]
                yield label, of

    def table_name(self, table, place, arena):
        return f"t{table}-{self.arena_name(arena)}{place.name}"

    def table(self, table, seeds):
        for place in self.places():
            for arena in self.arenas:
                steps = None
                if table > 1:
                    steps = self.scaled(place, arena).get(str(table))
                    if steps is None:
                        print(f"{self.table_name(table, place, arena)} is not calibrated yet", flush=True)
                        continue
                settings = list(self.settings(place, arena, table, steps))
                name = self.table_name(table, place, arena)
                self.sweep(self.write(name, place, arena, settings, seeds, control=self.plan["control"]))

    # The control of table 1: what a method ended with, trained from scratch.

    def retrain(self, seeds):
        """For each method the wiring that the same seed ended with, weights drawn anew, all updates again, nothing rewired."""
        for place in self.places():
            for arena in self.arenas:
                sweep = self.out / "runs" / self.table_name(1, place, arena)
                if (sweep / "plan.json").exists():
                    name = self.retrained_name(place, arena)
                    settings = list(self.retrained(place, arena, sweep, seeds))
                    self.sweep(self.write(name, place, arena, settings, seeds))

    def retrained_name(self, place, arena):
        return f"{self.table_name(1, place, arena)}-retrained"

    def retrained(self, place, arena, sweep, seeds):
        """Label and keys of each whose runs are all there."""
        configs = {trial["label"]: trial["config"] for trial in json.loads((sweep / "plan.json").read_text())["trials"]}
        for method in self.methods:
            # Who renews neurons where they are ends with the wiring of its beginning, or nearly.
            if "grow" not in method or method["family"] == "turnover" or method["name"] not in configs:
                continue
            trials = f"{sweep.name}/trials/{configs[method['name']]}"
            if all((self.out / "runs" / f"{trials}-s{seed}" / "report.json").exists() for seed in seeds):
                of = {key: value for key, value in method.get("set", {}).items() if key.startswith("network.")}
                of["network.wiring"] = {"run": f"../runs/{trials}-s{{seed}}"}
                of[f"optim.{arena[0]}.rate"] = self.chosen(arena)[method["name"]]["rate"]
                yield method["name"], of

    # Calibration: how many updates of a method cost as much as static Erdős–Rényi's.

    def scaled(self, place, arena):
        path = self.out / "calibrated" / f"{self.arena_name(arena)}{place.name}-steps.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def calibrate(self):
        """Two passes for each method, one seed: in proportion to what table 1 cost, then in proportion to what that cost."""
        folder = self.out / "calibrated"
        folder.mkdir(exist_ok=True)
        for place in self.places():
            for arena in self.arenas:
                sweep = self.out / "runs" / self.table_name(1, place, arena)
                if (sweep / "plan.json").exists():
                    scaled = self.calibrate_one(place, sweep, folder / f"{self.arena_name(arena)}{place.name}-measured.json")
                    path = folder / f"{self.arena_name(arena)}{place.name}-steps.json"
                    path.write_text(json.dumps(scaled, indent=1) + "\n")
                    print(f"{time.strftime('%F %T')} {self.arena_name(arena)}{place.name} is calibrated", flush=True)

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
                if label == control or table not in self.method(label).get("tables", [1, 2, 3]):
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

    def method(self, label):
        name = label.removesuffix(" twin")
        return next(method for method in self.methods if method["name"] == name)

    # Markdown.

    def tables(self):
        pages = self.out / "tables"
        pages.mkdir(exist_ok=True)
        for table in TABLES:
            for place in self.places():
                for arena in self.arenas:
                    name = self.table_name(table, place, arena)
                    if (self.out / "runs" / name / "sweep.json").exists():
                        text = self.markdown(table, place, arena, name, pages)
                        (pages / f"{name}.md").write_text(text)
                        print(pages / f"{name}.md")
        for arena in self.arenas:
            text = "| method | learning rate | amount |\n|---|---|---|\n"
            for name, one in self.chosen(arena).items():
                method = self.method(name)
                amount = f"`{method['amount']['key']}` = {one['value']:g}" if isinstance(one.get("value"), (int, float)) else ""
                text += f"| {name} | {one['rate']:g} | {amount} |\n"
            (pages / f"tuned{self.arena_name(arena) and '-' + self.arena_name(arena)[:-1]}.md").write_text(text)

    def markdown(self, table, place, arena, name, pages):
        sweep = self.out / "runs" / name
        command = [self.options.livenet, "compare", sweep, "--json"]
        compared = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True)
        if compared.returncode:
            return f"`livenet compare {name}` ended with {compared.returncode}\n"
        (pages / f"{name}.json").write_text(compared.stdout)
        compared = json.loads(compared.stdout)
        metric = place.task.get("metric", "metrics.test_accuracy").removeprefix("metrics.")
        percent = metric.endswith("accuracy")
        factor, digits = (100, 2) if percent else (1, 4)
        runs = self.runs(sweep, metric)
        retrained = self.runs(self.out / "runs" / self.retrained_name(place, arena), metric) if table == 1 else {}
        control = runs.get(self.plan["control"], {})
        middle = lambda label, what: statistics.median(run[what] for run in runs[label].values())
        lines = [
            f"**Table {table}, {TABLES[table]}: {place.task['name']} at {100 * place.density:g} %** "
            f"({place.connections} of {place.dense} connections). {metric.replace('_', ' ')}{', in percent' if percent else ''}; "
            f"differences {'in points ' if percent else ''}paired by seed with their 95 % t intervals; p by t after Holm.",
            "",
            f"| method | runs | IQM [95 %] | − {self.plan['control']} [95 %] | Holm p | − its twin [95 %] |{' − its wiring retrained [95 %] |' if retrained else ''} most connections | updates | operations / {self.plan['control']}'s |",
            "|---|---|---|---|---|---|---|---|---|" + "---|" * bool(retrained),
        ]
        summary = {one["label"]: one for one in compared["settings"]}
        for label in sorted(runs, key=lambda label: -(iqm([run["value"] for run in runs[label].values()]) or -math.inf) * (1 if place.task.get("better", "higher") == "higher" else -1)):
            own = runs[label]
            method = self.method(label)
            mark = " (control)" if method["family"] == "control" or method.get("peak") == "control" else ""
            average = find(summary.get(label, {}), "averages", "iqm") or {}
            value = iqm([run["value"] for run in own.values()])
            cell = "diverged" if value is None else f"{factor * value:.{digits}f}"
            if "low" in average:
                cell += f" [{factor * average['low']:.{digits}f}, {factor * average['high']:.{digits}f}]"
            again = f"{paired(own, retrained.get(label, {}), factor, digits)} | " if retrained else ""
            lines.append(
                f"| {label}{mark} | {len(own)} | {cell} | {paired(own, control, factor, digits)} | {holm(compared, label)} | "
                f"{paired(own, runs.get(label + ' twin', {}), factor, digits)} | {again}{middle(label, 'peak'):.0f} | "
                f"{middle(label, 'steps'):.0f} | {middle(label, 'operations') / middle(self.plan['control'], 'operations') if control else math.nan:.2f} |"
            )
        return "\n".join(lines) + "\n"

    def runs(self, sweep, metric):
        """Of each label, by seed."""
        runs, record = {}, sweep / "sweep.json"
        for trial in json.loads(record.read_text())["trials"] if record.exists() else []:
            report = sweep / trial["directory"] / "report.json"
            if report.exists():
                runs.setdefault(trial["label"], {})[trial["seed"]] = self.run(report, metric)
        return runs

    def run(self, path, metric):
        """What the table needs of a run. The peak is read from every event, and kept beside the report."""
        report = json.loads(path.read_text())
        kept = path.parent / "peak.json"
        if not kept.exists():
            peak = 0
            with open(path.parent / "events.jsonl", encoding="utf-8") as events:
                for line in events:
                    peak = max(peak, json.loads(line).get("connections") or 0)
            kept.write_text(json.dumps(peak))
        value = report["metrics"].get(metric)
        value = value if "finished" in report["ending"] else None
        return {"value": value, "peak": json.loads(kept.read_text()), "steps": report["steps"], "operations": report["operations"]}


def iqm(values):
    values = sorted(value for value in values if value is not None)
    cut = len(values) // 4
    return statistics.fmean(values[cut : len(values) - cut]) if values else None


def paired(one, other, factor, digits):
    """Mean difference over the seeds that both have, with its t interval (docs/statistics.md)."""
    if one is other:
        return ""
    seeds = [seed for seed in one if seed in other and one[seed]["value"] is not None and other[seed]["value"] is not None]
    differences = [factor * (one[seed]["value"] - other[seed]["value"]) for seed in seeds]
    if not differences:
        return ""
    mean = statistics.fmean(differences)
    if len(differences) - 1 not in STUDENT:
        return f"{mean:+.{digits}f}"
    half = STUDENT[len(differences) - 1] * statistics.stdev(differences) / math.sqrt(len(differences))
    return f"{mean:+.{digits}f} [{mean - half:+.{digits}f}, {mean + half:+.{digits}f}]"


def find(at, *path):
    for name in path:
        at = at.get(name) if isinstance(at, dict) else None
    return at


def holm(compared, label):
    for one in compared["pairs"]:
        if one["setting"] == label:
            p = find(one, "paired", "t", "holm")
            return "" if p is None else f"{p:.4f}"
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["all", "tune", "table", "retrain", "calibrate", "tables"])
    parser.add_argument("number", nargs="?", type=int, choices=sorted(TABLES), help="of `table`: which")
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
        tournament.calibrate()
    elif options.command == "tables":
        tournament.tables()
    else:
        tournament.tune()
        tournament.table(1, few)
        tournament.table(1, seeds)
        tournament.retrain(seeds)
        tournament.calibrate()
        for some in (few, seeds):
            for table in (2, 3):
                tournament.table(table, some)
        tournament.tables()


if __name__ == "__main__":
    main()

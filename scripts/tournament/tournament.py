"""Sweep files of a tournament, run by `livenet sweep`: tuning, tables, retrained wirings."""

import json
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from place import Place, amount_key, keys, put, toml

HERE = Path(__file__).resolve().parents[2] / "experiments" / "tournament"


class Tournament:
    def __init__(self, options):
        with open(options.plan, "rb") as file:
            self.plan = tomllib.load(file)
        with open(HERE / "methods.toml", "rb") as file:
            methods = tomllib.load(file)["method"]
        who = self.plan["methods"]  # "all", "reduced", or their names
        names = who if isinstance(who, list) else [method["name"] for method in methods if who == "all" or method.get("reduced")]
        self.methods = [method for method in methods if method["name"] in names]
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
                if set(seeds) < self.seeds_of(name):
                    continue  # It has gone further already.
                self.sweep(self.write(name, place, arena, settings, seeds, control=self.plan["control"]))

    def seeds_of(self, name):
        plan = self.out / "runs" / name / "plan.json"
        return {trial["seed"] for trial in json.loads(plan.read_text())["trials"]} if plan.exists() else set()

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

    def scaled(self, place, arena):
        path = self.out / "calibrated" / f"{self.arena_name(arena)}{place.name}-steps.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def method(self, label):
        name = label.removesuffix(" twin")
        return next(method for method in self.methods if method["name"] == name)

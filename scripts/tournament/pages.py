"""What came out, as Markdown and as charts."""

import json
import math
import statistics
import subprocess

import chart

# Two-sided 95 % points of Student's t, by degrees of freedom.
STUDENT = {2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}
TABLES = {1: "equal peak connections, equal updates", 2: "equal operations", 3: "equal processor time"}


class Pages:
    def __init__(self, tournament):
        self.tournament, self.options, self.out = tournament, tournament.options, tournament.out
        self.control = tournament.plan["control"]
        self.pages = self.out / "tables"

    def write(self):
        """A page for each table, place and arena, two charts for each table and arena, and what was tuned."""
        self.pages.mkdir(exist_ok=True)
        for arena in self.tournament.arenas:
            for table in TABLES:
                sheets = {}
                for place in self.tournament.places():
                    sheet = self.sheet(table, place, arena)
                    if sheet:
                        sheets[place] = sheet
                        self.keep(f"{self.tournament.table_name(table, place, arena)}.md", self.markdown(table, place, sheet))
                if sheets and not self.options.only:
                    self.charts(table, arena, sheets)
            self.keep(f"{self.tournament.arena_name(arena)}tuned.md", self.tuned(arena))

    def keep(self, name, text):
        (self.pages / name).write_text(text)
        print(self.pages / name)

    def tuned(self, arena):
        text = "| method | learning rate | amount |\n|---|---|---|\n"
        for name, one in self.tournament.chosen(arena).items():
            method = self.tournament.method(name)
            amount = f"`{method['amount']['key']}` = {one['value']:g}" if isinstance(one.get("value"), (int, float)) else ""
            text += f"| {name} | {one['rate']:g} | {amount} |\n"
        return text

    def charts(self, table, arena, sheets):
        name = f"t{table}-{self.tournament.arena_name(arena)}"
        title = f"Table {table}: {TABLES[table]}" + (f" ({arena[0]}, moments {arena[1]})" if len(self.tournament.arenas) > 1 else "")
        titled = {f"{place.task['name']}, {100 * place.density:g} %": sheet for place, sheet in sheets.items()}
        self.keep(f"{name}dots.svg", chart.dots(title, titled, self.control, "test accuracy in percent, interquartile mean over the seeds"))
        tasks = {}
        for place, sheet in sheets.items():
            tasks.setdefault(place.task["name"], {})[100 * place.density] = sheet
        self.keep(f"{name}curves.svg", chart.curves(title, tasks, self.control, "test accuracy in percent"))

    def sheet(self, table, place, arena):
        """The rows of a table, the best first; nothing where there are no runs."""
        name = self.tournament.table_name(table, place, arena)
        sweep = self.out / "runs" / name
        metric = place.task.get("metric", "metrics.test_accuracy").removeprefix("metrics.")
        factor = 100 if metric.endswith("accuracy") else 1
        runs = self.runs(sweep, metric, factor)
        if not runs:
            return []
        command = [self.options.livenet, "compare", sweep, "--json"]
        compared = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True)
        if compared.returncode:
            print(f"`livenet compare {name}` ended with {compared.returncode}", flush=True)
            return []
        self.keep(f"{name}.json", compared.stdout)
        compared = json.loads(compared.stdout)
        again = self.runs(self.out / "runs" / self.tournament.retrained_name(place, arena), metric, factor) if table == 1 else {}
        averages = {one["label"]: find(one, "averages", "iqm") or {} for one in compared["settings"]}
        control = runs.get(self.control, {})
        rows = []
        for label, own in runs.items():
            method = self.tournament.method(label)
            middle = {what: statistics.median(run[what] for run in own.values()) for what in ("peak", "steps", "operations")}
            bounds = averages.get(label, {})
            rows.append(middle | {
                "label": label,
                "family": method["family"],
                "held": method["family"] != "control" and method.get("peak") != "control",
                "twin": label.endswith(" twin"),
                "runs": len(own),
                "value": iqm([run["value"] for run in own.values()]),
                "low": factor * bounds["low"] if "low" in bounds else None,
                "high": factor * bounds["high"] if "high" in bounds else None,
                "over control": paired(own, control),
                "holm": holm(compared, label),
                "over twin": paired(own, runs.get(label + " twin", {})),
                "over retrained": paired(own, again.get(label, {})),
            })
        sign = 1 if place.task.get("better", "higher") == "higher" else -1
        return sorted(rows, key=lambda row: -sign * row["value"] if row["value"] is not None else math.inf)

    def markdown(self, table, place, rows):
        metric = place.task.get("metric", "metrics.test_accuracy").removeprefix("metrics.").replace("_", " ")
        percent = metric.endswith("accuracy")
        digits = 2 if percent else 4
        shown = lambda value: "" if value is None else f"{value[0]:+.{digits}f}" + (f" [{value[1]:+.{digits}f}, {value[2]:+.{digits}f}]" if len(value) > 1 else "")
        control = next((row["operations"] for row in rows if row["label"] == self.control), math.nan)
        retrained = any(row["over retrained"] for row in rows)
        heads = ["method", "runs", "IQM [95 %]", f"− {self.control} [95 %]", "Holm p", "− its twin [95 %]"]
        heads += ["− its wiring retrained [95 %]"] * retrained + ["most connections", "updates", f"operations / {self.control}'s"]
        lines = [
            f"**Table {table}, {TABLES[table]}: {place.task['name']} at {100 * place.density:g} %** ({place.connections} of {place.dense} connections). "
            f"{metric}{', in percent' if percent else ''}; differences {'in points ' if percent else ''}paired by seed with their 95 % t intervals; p by t after Holm.",
            "",
            f"| {' | '.join(heads)} |",
            "|---" * len(heads) + "|",
        ]
        for row in rows:
            value = "diverged" if row["value"] is None else f"{row['value']:.{digits}f}"
            if row["low"] is not None:
                value += f" [{row['low']:.{digits}f}, {row['high']:.{digits}f}]"
            cells = [row["label"] + ("" if row["held"] else " (control)"), f"{row['runs']}", value, shown(row["over control"]), row["holm"], shown(row["over twin"])]
            cells += [shown(row["over retrained"])] * retrained
            cells += [f"{row['peak']:.0f}", f"{row['steps']:.0f}", f"{row['operations'] / control:.2f}"]
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join(lines) + "\n"

    def runs(self, sweep, metric, factor):
        """Of each label, by seed."""
        runs, record = {}, sweep / "sweep.json"
        for trial in json.loads(record.read_text())["trials"] if record.exists() else []:
            report = sweep / trial["directory"] / "report.json"
            if report.exists():
                runs.setdefault(trial["label"], {})[trial["seed"]] = run(report, metric, factor)
        return runs


def run(path, metric, factor):
    """What the table needs of a run. The peak is read from every event, and kept beside the report."""
    report = json.loads(path.read_text())
    kept = path.parent / "peak.json"
    if not kept.exists():
        peak = 0
        with open(path.parent / "events.jsonl", encoding="utf-8") as events:
            for line in events:
                peak = max(peak, json.loads(line).get("connections") or 0)
        kept.write_text(json.dumps(peak))
    value = report["metrics"].get(metric) if "finished" in report["ending"] else None
    value = None if value is None else factor * value
    return {"value": value, "peak": json.loads(kept.read_text()), "steps": report["steps"], "operations": report["operations"]}


def iqm(values):
    values = sorted(value for value in values if value is not None)
    cut = len(values) // 4
    return statistics.fmean(values[cut : len(values) - cut]) if values else None


def paired(one, other):
    """Mean difference over the seeds that both have, with its t interval where there are three or more (docs/statistics.md)."""
    if one is other:
        return None
    seeds = [seed for seed in one if seed in other and one[seed]["value"] is not None and other[seed]["value"] is not None]
    differences = [one[seed]["value"] - other[seed]["value"] for seed in seeds]
    if not differences:
        return None
    mean = statistics.fmean(differences)
    if len(differences) - 1 not in STUDENT:
        return (mean,)
    half = STUDENT[len(differences) - 1] * statistics.stdev(differences) / math.sqrt(len(differences))
    return (mean, mean - half, mean + half)


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

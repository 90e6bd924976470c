"""What a method is on a task at a density: keys and values of an experiment."""

import copy
import json

# Askings in a run of table 1; `when` keeps that period in updates in the other tables.
ASKINGS = 60


# The standard library reads TOML and does not write it.
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

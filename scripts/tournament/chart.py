"""Charts of a table as SVG: a row for each method and a panel for each place, and each method's curve over the densities."""

import math
from html import escape

FAMILIES = {"control": "#6b7280", "connections": "#2563eb", "neurons": "#d97706", "life": "#059669", "turnover": "#9333ea"}
FONT = "font-family='Helvetica, Arial, sans-serif'"
INK, PALE = "#111827", "#e5e7eb"


class Picture:
    def __init__(self, width, height):
        self.size, self.parts = (width, height), [f"<rect width='{width}' height='{height}' fill='white'/>"]

    def text(self, x, y, words, size=12, colour=INK, anchor="start", weight="normal"):
        self.parts.append(
            f"<text x='{x:.1f}' y='{y:.1f}' {FONT} font-size='{size}' font-weight='{weight}' fill='{colour}' text-anchor='{anchor}'>{escape(words)}</text>"
        )

    def line(self, x1, y1, x2, y2, colour=PALE, width=1.0, dash=""):
        dash = f" stroke-dasharray='{dash}'" if dash else ""
        self.parts.append(f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='{colour}' stroke-width='{width}'{dash}/>")

    def dot(self, x, y, colour, hollow=False):
        inside = "white" if hollow else colour
        self.parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{3.2 if hollow else 4}' fill='{inside}' stroke='{colour}' stroke-width='1.4'/>")

    def arrow(self, x, y, colour):
        self.parts.append(f"<path d='M{x + 6:.1f},{y - 4:.1f} L{x:.1f},{y:.1f} L{x + 6:.1f},{y + 4:.1f}' fill='none' stroke='{colour}' stroke-width='1.4'/>")

    def path(self, points, colour, width):
        d = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f"<polyline points='{d}' fill='none' stroke='{colour}' stroke-width='{width}'/>")

    def svg(self):
        width, height = self.size
        return f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}'>\n" + "\n".join(self.parts) + "\n</svg>\n"


def ticks(low, high):
    """Two to six round numbers between two: more would not stand side by side under a panel."""
    power = 10 ** math.floor(math.log10((high - low) / 5))
    step = min(power * times for times in (1, 2, 5, 10) if power * times >= (high - low) / 5)
    return [step * at for at in range(math.ceil(low / step), math.floor(high / step) + 1)]


def legend(picture, x, y, families):
    for family in [name for name in FAMILIES if name in families]:
        picture.dot(x, y - 4, FAMILIES[family])
        picture.text(x + 9, y, family, 12, FAMILIES[family])
        x += 30 + 7 * len(family)
    return x


def order(sheets, control):
    """Methods by their mean place, the best first; a place without them counts for nothing."""
    places = {}
    for rows in sheets.values():
        ranked = [row for row in rows if not row["twin"] and row["value"] is not None]
        for at, row in enumerate(ranked):
            places.setdefault(row["label"], []).append(at / max(1, len(ranked) - 1))
    return sorted(places, key=lambda label: (sum(places[label]) / len(places[label]), label != control, label))


def dots(title, sheets, control, unit):
    """A dot with its interval for each method, its random twin hollow, the control as a dashed line.

    `sheets` has the rows of each place, the best first.
    """
    labels = order(sheets, control)
    left, panel, gap, high, top = 166, 190, 26, 20, 92
    picture = Picture(left + len(sheets) * (panel + gap) + 10, top + high * len(labels) + 50)
    picture.text(20, 30, title, 17, weight="bold")
    families = {row["family"] for rows in sheets.values() for row in rows}
    end = legend(picture, 24, 54, families)
    picture.dot(end, 50, INK, hollow=True)
    picture.text(end + 9, 54, "its random twin")
    picture.line(end + 112, 50, end + 140, 50, INK, 1.2, "4 3")
    picture.text(end + 146, 54, f"{control}, static; bars are 95 % intervals; an arrow lies further left")
    bottom = top + high * len(labels)
    colours = {row["label"]: FAMILIES[row["family"]] for rows in sheets.values() for row in rows}
    for at, label in enumerate(labels):
        y = top + high * (at + 0.5)
        picture.line(left - 6, y, picture.size[0] - 20, y, "#f3f4f6")
        picture.text(left - 22, y + 4, label, 12, colours[label], "end")
    for number, (name, rows) in enumerate(sheets.items()):
        by_label = {row["label"]: row for row in rows}
        own = [by_label[label] for label in labels if label in by_label]
        values = sorted(row["value"] for row in own)
        # The lowest tenth would press all others together.
        low = min(values[len(values) // 10], by_label[control]["value"] if control in by_label else values[-1])
        most = max(max(row["high"] or row["value"] for row in own), values[-1])
        low, most = low - 0.12 * (most - low) - 1e-9, most + 0.05 * (most - low) + 1e-9
        x0 = left + number * (panel + gap)
        at = lambda value: x0 + panel * (value - low) / (most - low)
        picture.text(x0 + panel / 2, top - 12, name, 13, anchor="middle", weight="bold")
        for tick in ticks(low, most):
            picture.line(at(tick), top, at(tick), bottom)
            picture.text(at(tick), bottom + 16, f"{tick:g}", 11, "#6b7280", "middle")
        if control in by_label:
            picture.line(at(by_label[control]["value"]), top, at(by_label[control]["value"]), bottom, INK, 1.2, "4 3")
        for place, label in enumerate(labels):
            y, row, twin = top + high * (place + 0.5), by_label.get(label), by_label.get(label + " twin")
            if twin and twin["value"] is not None:
                picture.dot(at(twin["value"]), y, colours[label], True) if twin["value"] > low else picture.arrow(x0 - 12, y, colours[label])
            if row and row["value"] is not None:
                if row["low"] is not None:
                    picture.line(max(x0, at(row["low"])), y, max(x0, at(row["high"])), y, colours[label], 2)
                picture.dot(at(row["value"]), y, colours[label]) if row["value"] > low else picture.arrow(x0 - 4, y, colours[label])
    picture.text(left + len(sheets) * (panel + gap) / 2, bottom + 38, unit, 12, "#6b7280", "middle")
    return picture.svg()


def curves(title, tasks, control, unit, named=6):
    """Each method's curve over the densities, a panel for each task: the best and the controls by name, with
    the 95 % intervals as bars, the others thin.

    `tasks` has for each task the rows of each density, in percent.
    """
    width, height, gap, top, left = 300, 280, 150, 80, 70
    picture = Picture(left + len(tasks) * (width + gap), top + height + 60)
    picture.text(20, 30, title, 17, weight="bold")
    end = legend(picture, 24, 54, {row["family"] for sheets in tasks.values() for rows in sheets.values() for row in rows})
    picture.text(end, 54, "bars are 95 % intervals")
    for number, (name, sheets) in enumerate(tasks.items()):
        densities = sorted(sheets)
        lines = {}
        for density in densities:
            for row in sheets[density]:
                if not row["twin"] and row["value"] is not None:
                    lines.setdefault((row["label"], row["family"]), {})[density] = row
        ends = order({density: sheets[density] for density in densities}, control)
        shown = set(ends[:named]) | {control, "dense", "small dense"}
        values = sorted(row["value"] for line in lines.values() for row in line.values())
        # The lowest twelfth would press all others together.
        low, most = values[len(values) // 12], values[-1]
        low, most = low - 0.05 * (most - low) - 1e-9, most + 0.05 * (most - low) + 1e-9
        x0 = left + number * (width + gap)
        across = lambda density: x0 + width * (0.5 if len(densities) == 1 else densities.index(density) / (len(densities) - 1))
        up = lambda value: top + height * (1 - (min(max(value, low), most) - low) / (most - low))
        picture.text(x0 + width / 2, top - 8, name, 13, anchor="middle", weight="bold")
        for tick in ticks(low, most):
            picture.line(x0, up(tick), x0 + width, up(tick))
            picture.text(x0 - 24, up(tick) + 4, f"{tick:g}", 11, "#6b7280", "end")
        for density in densities:
            picture.text(across(density), top + height + 18, f"{density:g} %", 11, "#6b7280", "middle")
        named_ends = []
        # The best come last, on top of the others.
        for (label, family), line in sorted(lines.items(), key=lambda one: one[1][max(one[1])]["value"]):
            colour = FAMILIES[family]
            # Side by side, so that their intervals do not lie upon each other.
            aside = 4 * (len(named_ends) - (len(shown) - 1) / 2) if label in shown else 0
            points = [(across(density) + aside, up(line[density]["value"])) for density in densities if density in line]
            picture.path(points, colour if label in shown else "#d1d5db", 2.2 if label in shown else 1)
            if label in shown:
                for (x, _), row in zip(points, line.values()):
                    if row["low"] is not None:
                        picture.line(x, up(row["low"]), x, up(row["high"]), colour, 1.2)
                named_ends.append((points[-1][1], label, colour))
        y = top - 12
        for end, label, colour in sorted(named_ends):
            y = max(y + 12, end)
            picture.text(x0 + width + 20, y + 4, label, 11, colour)
    picture.text(left + len(tasks) * (width + gap) / 2, top + height + 44, f"{unit}, over the share of connections", 12, "#6b7280", "middle")
    return picture.svg()

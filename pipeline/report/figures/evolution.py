"""What becomes of maps over time, as figures: what themes hand on, and bursts."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pipeline.config import Settings
from pipeline.report.figures.maps import code_names, colour_of, theme, two_places, weak
from pipeline.report.figures.style import GRID, caption, panels_of, short, shown, ticks
from pipeline.report.maps import WHOLE
from pipeline.report.words import named, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INCLUSION = 0.25  # of less no ribbon is drawn
MOST_PERIODS = 10  # of ribbons, the latest
MOST_BURSTS = 30
BURST = "#b4451f"


def evolution_figures(drawn: dict[str, Any], settings: Settings) -> "dict[str, Figure]":
    """What the themes of neighbouring periods share, for the latest ten periods that have clusters."""
    found = {}
    for kind in drawn["maps"]["kinds"]:
        of = drawn["maps"][kind]
        every = sorted(set(of["clusters"]) - {WHOLE})
        periods = every[-MOST_PERIODS:]
        rows = [row for row in of["evolution"] if row["before"] in periods and row["inclusion"] >= INCLUSION]
        if len(periods) > 1 and rows:
            found[kind] = _flow({period: of["clusters"][period] for period in periods}, rows, code_names(drawn, settings))
            told = {"names": named(kind), "n": len(periods), "all": len(every), "ribbons": len(rows)}
            caption(found[kind], say("c_evolution", **told, least=two_places(INCLUSION))[settings.lang])
    return found


def burst_figures(drawn: dict[str, Any], settings: Settings) -> "dict[str, Figure]":
    """Stretches in which the things that burst most do so, a line each in the order in which they begin, darker at higher levels."""
    found = {}
    for kind in drawn["maps"]["kinds"]:
        rows, periods = drawn["maps"][kind]["bursts"], drawn["maps"]["plain"]
        items = _strongest(rows)
        if items:
            names = code_names(drawn, settings)
            wide = max(2.5, min(5.5, 0.4 * len(periods)))
            figure, (panel,) = panels_of(1, columns=1, size=(wide + 2, 0.22 * len(items) + 0.7))
            for row in (row for row in rows if row["item"] in items):
                first, last = periods.index(row["start"]), periods.index(row["end"])
                tall = max(0.2, 0.7 - 0.16 * (row["level"] - 1))
                shade = min(1, 0.35 + 0.2 * row["level"])
                panel.barh(items.index(row["item"]), last - first + 0.9, tall, first - 0.45, color=BURST, alpha=shade)
            panel.set_yticks(range(len(items)), [shown(short(names.get(item, item))) for item in items], color="black")
            panel.set_ylim(len(items) - 0.4, -0.6)
            panel.set_xticks(*ticks(periods, int(wide / 0.42)))
            panel.set_xlim(-0.6, len(periods) - 0.4)
            panel.grid(color=GRID, linewidth=0.6)
            panel.set_axisbelow(True)
            panel.tick_params(length=0)
            caption(figure, say("c_bursts", n=len(items), names=named(kind), periods=len(periods))[settings.lang])
            found[kind] = figure
    return found


def _strongest(rows: list[dict[str, Any]]) -> list[str]:
    """The things that burst most, by the weight of all their bursts, in the order of the rows."""
    weight: dict[str, float] = defaultdict(float)
    for row in rows:
        weight[row["item"]] += row["weight"]
    kept = sorted(weight, key=lambda item: (-round(weight[item], 6), item))[:MOST_BURSTS]
    return [item for item in weight if item in kept]


def _flow(clusters: dict[str, list[dict[str, Any]]], rows: list[dict[str, Any]], names: dict[str, str]) -> "Figure":
    """Blocks as tall as clusters have members, and ribbons as wide as they share them."""
    from matplotlib.patches import PathPatch, Rectangle
    from matplotlib.path import Path
    from matplotlib.patheffects import withStroke

    gap, thick = 0.035, 0.07
    most = max(sum(row["size"] for row in of) for of in clusters.values())
    figure, (panel,) = panels_of(1, columns=1, size=(1.05 * len(clusters) + 0.4, 4.2))
    panel.set_axis_off()
    places: dict[tuple[str, int], list[float]] = {}  # left, bottom, height, members, used at the left, at the right
    for at, (period, of) in enumerate(clusters.items()):
        top = 1.0
        panel.text(at, 1.03, shown(period), fontsize=8)
        for row in sorted(of, key=lambda row: int(row["cluster"])):
            tall = row["size"] / most * (1 - gap * max(len(one) for one in clusters.values()))
            panel.add_patch(
                Rectangle(
                    (at, top - tall), thick, tall, color=colour_of(row["cluster"]), alpha=0.55 if weak(row) else 1, linewidth=0
                )
            )
            places[period, row["cluster"]] = [at, top, tall, row["size"], 0, 0]
            panel.text(
                at + thick + 0.03, top - tall / 2, shown(theme(row, names, 9)), fontsize=6.5, va="center", zorder=3,
                path_effects=[withStroke(linewidth=1.5, foreground="white")],
            )  # fmt: skip
            top -= tall + gap
    for row in sorted(rows, key=lambda row: (row["before"], row["cluster_before"], row["cluster_after"])):
        a, b = places[row["before"], row["cluster_before"]], places[row["after"], row["cluster_after"]]
        high, low = a[2] * row["shared"] / a[3], b[2] * row["shared"] / b[3]
        y1, y2 = a[1] - a[5], b[1] - b[4]
        a[5], b[4] = a[5] + high, b[4] + low
        x1, x2 = a[0] + thick, b[0]
        middle = (x1 + x2) / 2
        corners = [
            (x1, y1),
            (middle, y1),
            (middle, y2),
            (x2, y2),
            (x2, y2 - low),
            (middle, y2 - low),
            (middle, y1 - high),
            (x1, y1 - high),
            (x1, y1),
        ]
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        shade = 0.12 + 0.4 * row["inclusion"]
        panel.add_patch(PathPatch(Path(corners, codes), color=colour_of(row["cluster_before"]), alpha=shade, linewidth=0))
    bottom = min(top - tall for _, top, tall, *_ in places.values())
    panel.set_xlim(-0.05, len(clusters) - 0.1)
    panel.set_ylim(bottom - 0.03, 1.08)
    return figure

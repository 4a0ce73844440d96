"""Maps of what meets what, as figures: the whole map, strategic diagrams, what themes hand on, and bursts."""

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from pipeline.config import Settings
from pipeline.report.figures.labels import place_labels
from pipeline.report.figures.style import DIM, GRID, caption, panels_of, short, shown, ticks
from pipeline.report.maps import WHOLE
from pipeline.report.words import named, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLUSTERS = (
    "#4477aa", "#ee6677", "#228833", "#b8a020", "#4ea3c8", "#aa3377", "#7a7a7a", "#882255", "#117733", "#999933", "#cc6677",
    "#332288",
)  # fmt: skip
STEADY = 0.5  # of stability; a cluster below does not come out again
INCLUSION = 0.25  # of less no ribbon is drawn
MOST_PERIODS = 10  # of ribbons, the latest
MOST_DIAGRAMS = 6
MOST_BURSTS = 30
BURST = "#b4451f"


def map_figures(drawn: dict[str, Any], settings: Settings) -> "dict[str, Figure]":
    """The map of the whole corpus for each kind; labels keep apart, those without a place are left out."""
    names, lang = _names(drawn, settings), settings.lang
    return {kind: _map(kind, drawn["maps"][kind], names, lang, settings) for kind in drawn["maps"]["kinds"]}


def diagram_figures(drawn: dict[str, Any], settings: Settings) -> "dict[str, Figure]":
    """Strategic diagrams of the whole and of the latest periods with two clusters or more."""
    found = {}
    for kind in drawn["maps"]["kinds"]:
        clusters = {period: rows for period, rows in drawn["maps"][kind]["clusters"].items() if len(rows) > 1}
        periods = [WHOLE] * (WHOLE in clusters) + sorted(set(clusters) - {WHOLE})[-(MOST_DIAGRAMS - 1) :]
        if periods:
            figure, panels = panels_of(len(periods), columns=3, size=(3.7, 3.2))
            for panel, period in zip(panels, periods, strict=True):
                _diagram(panel, clusters[period], settings.lang)
                panel.set_title(shown(say("all_periods")[settings.lang] if period == WHOLE else period))
            caption(figure, say("c_diagram", least=f"{STEADY:.2f}"[1:])[settings.lang])
            renderer = _renderer(figure)
            for panel, period in zip(panels, periods, strict=True):
                rows = _largest_first(clusters[period])
                spots = [(row["centrality"], row["density"]) for row in rows]
                texts = [short(_theme(row, _names(drawn, settings)), 16) for row in rows]
                _label(renderer, panel, spots, texts, [7.5] * len(rows), _sizes(rows))
            found[kind] = figure
    return found


def evolution_figures(drawn: dict[str, Any], settings: Settings) -> "dict[str, Figure]":
    """What the themes of neighbouring periods share, for the latest ten periods."""
    found = {}
    for kind in drawn["maps"]["kinds"]:
        of = drawn["maps"][kind]
        periods = sorted(set(of["clusters"]) - {WHOLE})[-MOST_PERIODS:]
        rows = [row for row in of["evolution"] if row["before"] in periods and row["inclusion"] >= INCLUSION]
        if len(periods) > 1 and rows:
            found[kind] = _flow({period: of["clusters"][period] for period in periods}, rows, _names(drawn, settings))
            caption(found[kind], say("c_evolution", least=f"{INCLUSION:.2f}"[1:])[settings.lang])
    return found


def burst_figures(drawn: dict[str, Any], settings: Settings) -> "dict[str, Figure]":
    """Stretches in which something bursts, a line each, darker at higher levels."""
    found = {}
    for kind in drawn["maps"]["kinds"]:
        rows, periods = drawn["maps"][kind]["bursts"], drawn["maps"]["periods"]
        items = list(dict.fromkeys(row["item"] for row in rows))[:MOST_BURSTS]
        if items:
            names = _names(drawn, settings)
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
            caption(figure, say("c_bursts", n=len(items))[settings.lang])
            found[kind] = figure
    return found


def _names(drawn: dict[str, Any], settings: Settings) -> dict[str, str]:
    return {code["id"]: code["name"][settings.lang] for code in drawn["codes"]}


def _theme(row: dict[str, Any], names: dict[str, str]) -> str:
    return " · ".join(names.get(name, name) for name in row["label"].split(" · "))


def _colour(cluster: int) -> str:
    return "#9aa4ab" if cluster < 0 else CLUSTERS[cluster % len(CLUSTERS)]


def _sizes(rows: list[dict[str, Any]]) -> list[float]:
    """Areas of circles, in points²."""
    most = max(row["size"] for row in rows)
    return [40 + 320 * row["size"] / most for row in rows]


def _map(kind: str, of: dict[str, Any], names: dict[str, str], lang: str, settings: Settings) -> "Figure":
    from matplotlib.figure import Figure

    nodes, links = of["nodes"], [link for link in of["links"] if WHOLE in link[2]]
    figure = Figure(figsize=(8, 6.6), layout="constrained")
    panel = figure.add_subplot()
    panel.set_axis_off()
    panel.set_xlim(-1.1, 1.1)
    panel.set_ylim(-1.1, 1.1)
    strongest = max((link[2][WHOLE][1] for link in links), default=1) or 1
    for a, b, by_period in links:
        same = nodes[a][3] == nodes[b][3]
        panel.plot(
            [nodes[a][1], nodes[b][1]], [nodes[a][2], nodes[b][2]], color=_colour(nodes[a][3] if same else -1),
            alpha=0.42 if same else 0.25, linewidth=0.4 + 2.2 * (by_period[WHOLE][1] / strongest) ** 0.5, zorder=1,
        )  # fmt: skip
    most = max(node[4][WHOLE] for node in nodes)
    sizes = [20 + 330 * node[4][WHOLE] / most for node in nodes]
    spots = [(node[1], node[2]) for node in nodes]
    x, y = zip(*spots, strict=True)
    panel.scatter(x, y, s=sizes, c=[_colour(node[3]) for node in nodes], alpha=0.8, linewidths=0, zorder=2)
    _legend(panel, of["clusters"].get(WHOLE, []), names, lang)
    measure = named(settings.cooccur.measure)
    told = {"n": len(nodes), "links": len(links), "names": named(kind), "measure": measure}
    caption(figure, say("c_map", **told, least=f"{STEADY:.2f}"[1:])[lang])
    texts = [short(names.get(node[0], node[0]), 20) for node in nodes]
    _label(_renderer(figure), panel, spots, texts, [7 + 3 * (size / 350) ** 0.5 for size in sizes], sizes)
    return figure


def _legend(panel: "Axes", rows: list[dict[str, Any]], names: dict[str, str], lang: str) -> None:
    from matplotlib.lines import Line2D

    marks, texts = [], []
    for row in rows[: len(CLUSTERS)]:
        weak = row["stability"] is not None and row["stability"] < STEADY
        marks.append(
            Line2D([], [], marker="o", linestyle="", color=_colour(row["cluster"]), markersize=5, alpha=0.5 if weak else 1)
        )
        note = f" ({say('unstable')[lang]} {row['stability']:.2f})" if weak else ""
        texts.append(shown(short(_theme(row, names), 24) + note))
    if marks:
        panel.legend(
            marks, texts, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=3, frameon=False, fontsize=7.5, handletextpad=0.2,
            columnspacing=1.2,
        )  # fmt: skip


def _diagram(panel: "Axes", rows: list[dict[str, Any]], lang: str) -> None:
    """One strategic diagram, without its labels."""
    from matplotlib.colors import to_rgba

    rows = _largest_first(rows)
    x, y = [row["centrality"] for row in rows], [row["density"] for row in rows]
    colours = [to_rgba(_colour(row["cluster"]), 0.4 if _weak(row) else 0.85) for row in rows]
    panel.scatter(x, y, s=_sizes(rows), c=colours, linewidths=0, zorder=2)
    dashed: dict[str, Any] = {"color": DIM, "linewidth": 0.7, "linestyle": (0, (4, 3)), "zorder": 1}
    panel.axvline(median(x), **dashed)
    panel.axhline(median(y), **dashed)
    panel.set_xlim(*_around(x))
    panel.set_ylim(*_around(y))
    for name, right, top in (("niche", 0, 1), ("motor", 1, 1), ("emerging_or_declining", 0, 0), ("basic", 1, 0)):
        corner = (0.02 + 0.96 * right, 0.02 + 0.96 * top)
        panel.annotate(
            say(name)[lang], corner, xycoords="axes fraction", fontsize=7, color=DIM, ha="right" if right else "left",
            va="top" if top else "bottom",
        )  # fmt: skip
    panel.set_xlabel(say("centrality")[lang])
    panel.set_ylabel(say("density")[lang])
    panel.locator_params(nbins=4)


def _largest_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (-row["size"], row["cluster"]))


def _weak(row: dict[str, Any]) -> bool:
    return row["stability"] is not None and row["stability"] < STEADY


def _around(values: list[float]) -> tuple[float, float]:
    """Ends of an axis that leave room for circles and labels."""
    span = max(values) - min(values) or max(values) or 1
    return min(values) - 0.25 * span, max(values) + 0.25 * span


def _flow(clusters: dict[str, list[dict[str, Any]]], rows: list[dict[str, Any]], names: dict[str, str]) -> "Figure":
    """Blocks as tall as clusters have members, and ribbons as wide as they share them."""
    from matplotlib.patches import PathPatch, Rectangle
    from matplotlib.path import Path

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
                    (at, top - tall), thick, tall, color=_colour(row["cluster"]), alpha=0.55 if _weak(row) else 1, linewidth=0
                )
            )
            places[period, row["cluster"]] = [at, top, tall, row["size"], 0, 0]
            if tall > 0.02:
                panel.text(
                    at + thick + 0.03, top - tall / 2, shown(short(_theme(row, names), 9)), fontsize=6.5, va="center", zorder=3
                )
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
        panel.add_patch(PathPatch(Path(corners, codes), color=_colour(row["cluster_before"]), alpha=shade, linewidth=0))
    bottom = min(top - tall for _, top, tall, *_ in places.values())
    panel.set_xlim(-0.05, len(clusters) - 0.1)
    panel.set_ylim(bottom - 0.03, 1.08)
    return figure


def _renderer(figure: "Figure") -> Any:
    """What tells the sizes of texts; the figure is drawn once, since only then its places are known."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas.get_renderer()


def _label(
    renderer: Any,
    panel: "Axes",
    spots: Sequence[tuple[float, float]],
    texts: list[str],
    fonts: list[float],
    sizes: list[float],
) -> None:
    """Labels beside their points, further off with a line, or not at all; called once nothing else of the figure will move.

    Args:
        renderer: from `_renderer`.
        sizes: areas of the points, in points².
    """
    import numpy as np
    from matplotlib.patheffects import withStroke

    points = 72 / renderer.dpi
    marks = [
        panel.annotate(
            shown(text), spot, (0, 0), textcoords="offset points", ha="center", va="center", fontsize=font, zorder=3,
            path_effects=[withStroke(linewidth=1.8, foreground="white")], annotation_clip=False,
        )
        for text, spot, font in zip(texts, spots, fonts, strict=True)
    ]  # fmt: skip
    boxes = [mark.get_window_extent(renderer) for mark in marks]
    extent = panel.get_window_extent()
    offsets, lines = place_labels(
        panel.transData.transform(spots) * points,
        np.array([box.width for box in boxes]) * points,
        np.array([box.height for box in boxes]) * points,
        radii=np.sqrt(np.array(sizes)) / 2,
        bounds=(extent.x0 * points, extent.y0 * points, extent.x1 * points, extent.y1 * points),
        gap=1.5,
    )
    for mark, spot, offset, lined in zip(marks, spots, offsets.tolist(), lines.tolist(), strict=True):
        if offset[0] != offset[0]:  # no place
            mark.remove()
            continue
        mark.set_position(offset)
        if lined:
            arrow = {"arrowstyle": "-", "color": DIM, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 0}
            panel.annotate("", spot, offset, textcoords="offset points", arrowprops=arrow, zorder=1.5, annotation_clip=False)

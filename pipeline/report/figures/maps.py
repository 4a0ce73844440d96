"""Maps of what meets what, as figures: the whole map, and strategic diagrams of its clusters."""

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from pipeline.config import Settings
from pipeline.report.figures.labels import place_labels
from pipeline.report.figures.style import DIM, SMALL, caption, panels_of, short, shown, width
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
MOST_DIAGRAMS = 6
LEGEND = 8 * 72 / SMALL  # ems, across the figure of a map


def map_figures(drawn: dict[str, Any], settings: Settings) -> "dict[str, Figure]":
    """The map of the whole corpus for each kind; labels keep apart, those without a place are left out."""
    names, lang = code_names(drawn, settings), settings.lang
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
            told = {"names": named(kind), "n": len(clusters.get(WHOLE, [])), "shown": len(periods) - (WHOLE in periods)}
            told |= {"periods": len(set(clusters) - {WHOLE}), "least": two_places(STEADY)}
            caption(figure, say("c_diagram", **told)[settings.lang])
            renderer = _renderer(figure)
            for panel, period in zip(panels, periods, strict=True):
                rows = _largest_first(clusters[period])
                spots = [(row["centrality"], row["density"]) for row in rows]
                texts = [theme(row, code_names(drawn, settings), 16) for row in rows]
                _label(renderer, panel, spots, texts, [7.5] * len(rows), _sizes(rows))
            found[kind] = figure
    return found


def code_names(drawn: dict[str, Any], settings: Settings) -> dict[str, str]:
    """What codes are called in the language of the report."""
    return {code["id"]: code["name"][settings.lang] for code in drawn["codes"]}


def theme(row: dict[str, Any], names: dict[str, str], most: float) -> str:
    """As many of the names that a cluster is called by as there is room for, the first of them cut if it must be."""
    first, *others = (names.get(name, name) for name in row["label"].split(" · "))
    label = short(first, most)
    for name in others if label == first else ():
        if width(f"{label} · {name}") > most:
            break
        label += f" · {name}"
    return label


def colour_of(cluster: int) -> str:
    """The colour of a cluster, the same in all periods and figures; grey of none."""
    return "#9aa4ab" if cluster < 0 else CLUSTERS[cluster % len(CLUSTERS)]


def _sizes(rows: list[dict[str, Any]]) -> list[float]:
    """Areas of circles, in points²."""
    most = max(row["size"] for row in rows)
    return [40 + 320 * row["size"] / most for row in rows]


def _map(kind: str, of: dict[str, Any], names: dict[str, str], lang: str, settings: Settings) -> "Figure":
    from matplotlib.figure import Figure

    nodes, links = of["nodes"], [link for link in of["links"] if WHOLE in link[2]]
    figure = Figure(figsize=(8, 7.2), layout="constrained")
    panel = figure.add_subplot()
    panel.set_axis_off()
    panel.set_xlim(-1.1, 1.1)
    panel.set_ylim(-1.1, 1.1)
    strongest = max((link[2][WHOLE][1] for link in links), default=1) or 1
    for a, b, by_period in links:
        same = nodes[a][3] == nodes[b][3]
        panel.plot(
            [nodes[a][1], nodes[b][1]], [nodes[a][2], nodes[b][2]], color=colour_of(nodes[a][3] if same else -1),
            alpha=0.42 if same else 0.25, linewidth=0.4 + 2.2 * (by_period[WHOLE][1] / strongest) ** 0.5, zorder=1,
        )  # fmt: skip
    most = max(node[4][WHOLE] for node in nodes)
    sizes = [20 + 330 * node[4][WHOLE] / most for node in nodes]
    spots = [(node[1], node[2]) for node in nodes]
    x, y = zip(*spots, strict=True)
    panel.scatter(x, y, s=sizes, c=[colour_of(node[3]) for node in nodes], alpha=0.8, linewidths=0, zorder=2)
    _legend(panel, of["clusters"].get(WHOLE, []), names, lang)
    caption(figure, _map_caption(kind, of, len(links), settings))
    texts = [short(names.get(node[0], node[0]), 20) for node in nodes]
    _label(_renderer(figure), panel, spots, texts, [7 + 3 * (size / 350) ** 0.5 for size in sizes], sizes)
    return figure


def _map_caption(kind: str, of: dict[str, Any], links: int, settings: Settings) -> str:
    measure = settings.cooccur.measure
    told = {
        "n": len(of["nodes"]), "all": of["all"], "links": links, "names": named(kind), "measure": named(measure),
        "unit": named(settings.cooccur.unit if kind in ("term", "code", "issuer_code") else "document"), "source": say(f"source_{measure}"),
        "least": two_places(STEADY),
    }  # fmt: skip
    if kind == "coupling":
        return say("c_coupling", **told)[settings.lang]
    return say("c_map", **told)[settings.lang]


def _legend(panel: "Axes", rows: list[dict[str, Any]], names: dict[str, str], lang: str) -> None:
    """The names of clusters below the map, in as many columns as there is room for."""
    from matplotlib.lines import Line2D

    marks, texts = [], []
    for row in rows[: len(CLUSTERS)]:
        pale = 0.5 if weak(row) else 1
        marks.append(Line2D([], [], marker="o", linestyle="", color=colour_of(row["cluster"]), markersize=5, alpha=pale))
        note = say("unstable_by", n=two_places(row["stability"]))[lang] if weak(row) else ""
        texts.append(shown(theme(row, names, 24) + note))
    if marks:
        columns = min(3, int(LEGEND / (max(map(width, texts)) + 3)))
        panel.legend(
            marks, texts, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=columns, frameon=False, fontsize=SMALL,
            handletextpad=0.2, columnspacing=1.2,
        )  # fmt: skip


def _diagram(panel: "Axes", rows: list[dict[str, Any]], lang: str) -> None:
    """One strategic diagram, without its labels."""
    from matplotlib.colors import to_rgba

    rows = _largest_first(rows)
    x, y = [row["centrality"] for row in rows], [row["density"] for row in rows]
    colours = [to_rgba(colour_of(row["cluster"]), 0.4 if weak(row) else 0.85) for row in rows]
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


def two_places(value: float) -> str:
    """.46, as captions write it."""
    return f"{value:.2f}".removeprefix("0")


def _largest_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (-row["size"], row["cluster"]))


def weak(row: dict[str, Any]) -> bool:
    """Whether a cluster does not come out again in other samples of the documents."""
    return row["stability"] is not None and row["stability"] < STEADY


def _around(values: list[float]) -> tuple[float, float]:
    """Ends of an axis that leave room for circles and labels."""
    span = max(values) - min(values) or max(values) or 1
    return min(values) - 0.25 * span, max(values) + 0.25 * span


def _renderer(figure: "Figure") -> Any:
    """What tells the sizes of texts; the figure is drawn once, since only then its places are known, and they stay."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    figure.set_layout_engine("none")  # it would move points from under their labels whenever the figure is drawn again
    return canvas.get_renderer()


def _label(
    renderer: Any,
    panel: "Axes",
    spots: Sequence[tuple[float, float]],
    texts: list[str],
    fonts: list[float],
    sizes: list[float],
) -> None:
    """Labels beside their points, further off with a line, or not at all, and on no text that is there already.

    Args:
        renderer: from `_renderer`.
        sizes: areas of the points, in points².
    """
    import numpy as np
    from matplotlib.patheffects import withStroke

    points = 72 / renderer.dpi
    there = [text.get_window_extent(renderer).extents for text in panel.texts]
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
        taken=np.array(there).reshape(-1, 4) * points,
    )
    for mark, box, spot, offset, lined in zip(marks, boxes, spots, offsets, lines, strict=True):
        if np.isnan(offset).any():  # no place
            mark.remove()
            continue
        mark.set_position(offset.tolist())
        if lined:
            half = np.array([box.width, box.height]) * points / 2
            nearest = np.clip(0, offset - half, offset + half).tolist()
            arrow = {"arrowstyle": "-", "color": DIM, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 0}
            panel.annotate("", spot, nearest, textcoords="offset points", arrowprops=arrow, zorder=1.5, annotation_clip=False)

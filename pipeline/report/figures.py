"""Figures for papers: trends, map and topics as SVG and PNG, with the font of the page. Same values: same bytes."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.config import Settings
from pipeline.report import fonts
from pipeline.report.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLUSTERS = (
    "#4477aa", "#ee6677", "#228833", "#b8a020", "#4ea3c8", "#aa3377", "#7a7a7a", "#882255", "#117733", "#999933", "#cc6677",
    "#332288",
)  # fmt: skip
DIM, GRID = "#5d6770", "#d9dee2"
MOST_PANELS = 24


def draw(name: str, folder: Path, shown: dict[str, Any], settings: Settings) -> bool:
    """Draw one of FIGURES as svg and png; one without data is removed. Returns whether there is something to draw."""
    with _style():
        figure = FIGURES[name](shown, settings)
        for kind in ("svg", "png"):
            path = folder / f"{name}.{kind}"
            if figure is None:
                path.unlink(missing_ok=True)
            else:
                store.write_bytes(path, _bytes(figure, kind, settings.report.dpi))
    return figure is not None


@contextmanager
def _style() -> Iterator[None]:
    import matplotlib
    from matplotlib import font_manager

    font_manager.fontManager.addfont(str(fonts.font_path()))
    family = font_manager.FontProperties(fname=str(fonts.font_path())).get_name()
    style: dict[Any, Any] = {
        "font.family": [family, "DejaVu Sans"], "axes.unicode_minus": False, "svg.hashsalt": "wenmai", "svg.fonttype": "path",
        "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": DIM, "xtick.color": DIM,
        "ytick.color": DIM, "text.parse_math": False, "axes.titlelocation": "left", "axes.titlesize": 9.5,
        "xtick.labelsize": 7.5, "ytick.labelsize": 7.5, "axes.labelsize": 8,
    }  # fmt: skip
    with matplotlib.rc_context(style):
        yield


def _bytes(figure: "Figure", kind: str, dpi: int) -> bytes:
    sink = io.BytesIO()
    metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    figure.savefig(sink, format=kind, dpi=dpi, metadata=metadata, facecolor="white")
    return sink.getvalue()


def _trends(shown: dict[str, Any], lang: str) -> "Figure | None":
    """A panel a code with its interval; one scale for all, or one each where that would press some flat."""
    series, periods, own = shown["trends"]["series"], shown["trends"]["periods"], shown["trends"]["own_scale"]
    codes = [code for code in shown["codes"] if series.get(code["id"], {}).get("all")][:MOST_PANELS]
    if not codes:
        return None
    tops = {code["id"]: _top(series[code["id"]]["all"]) for code in codes}
    figure, panels = _panels(len(codes), columns=3, size=(2.6, 1.9))
    for number, (panel, code) in enumerate(zip(panels, codes, strict=True)):
        _line(panel, series[code["id"]]["all"], code["colour"], len(periods))
        panel.set_title(_shown(code["name"][lang]))
        every = -(-len(periods) // (6 if len(periods[0]) == 4 else 4))
        panel.set_xticks(range(0, len(periods), every), periods[::every])
        panel.set_xlim(-0.5, len(periods) - 0.5)
        panel.set_ylim(0, 1.05 * (tops[code["id"]] if own else max(tops.values())) or 1)
        panel.grid(axis="y", color=GRID, linewidth=0.6)
        if number % 3 == 0:
            panel.set_ylabel(say(shown["trends"]["units"][code["id"]])[lang], color=DIM)
    if own and len(codes) > 1:
        figure.supxlabel(say("own_scales")[lang], fontsize=7.5, color=DIM, x=0.99, ha="right")
    return figure


def _top(points: list[list[Any]]) -> float:
    return max((number for point in points for number in (point[1], point[3]) if number is not None), default=0)


def _line(panel: "Axes", points: list[list[Any]], colour: str, n_periods: int) -> None:
    """One series: a line with gaps where a period is missing, its interval, hollow points where there is none."""
    nan = float("nan")
    by_period = {point[0]: point for point in points}
    rows = [by_period.get(at, [at, None, None, None]) for at in range(n_periods)]
    value, low, high = ([nan if row[column] is None else row[column] for row in rows] for column in (1, 2, 3))
    panel.fill_between(range(n_periods), low, high, color=colour, alpha=0.2, linewidth=0)
    panel.plot(range(n_periods), value, color=colour, linewidth=1.3)
    size = 3.5 if n_periods <= 40 else 2
    for at, row in enumerate(rows):
        if row[1] is None:
            continue
        inside = colour if row[2] is not None else "white"
        panel.plot([at], [row[1]], "o", markersize=size, color=colour, markerfacecolor=inside, clip_on=False, zorder=3)
        beside = [rows[near][2] for near in (at - 1, at + 1) if 0 <= near < n_periods]
        if row[2] is not None and not any(number is not None for number in beside):  # no band can be seen there
            panel.plot([at, at], [row[2], row[3]], color=colour, linewidth=3, alpha=0.25, solid_capstyle="butt")


def _map(shown: dict[str, Any]) -> "Figure | None":
    """The term map of all periods; a label that finds no free place beside its node is left out."""
    from matplotlib.figure import Figure

    nodes, links = shown["nodes"], [link for link in shown["links"] if "all" in link[2]]
    if not nodes:
        return None
    figure = Figure(figsize=(8, 6.2), layout="constrained")
    panel = figure.add_subplot()
    panel.set_axis_off()
    panel.set_xlim(-1.12, 1.12)
    panel.set_ylim(-1.12, 1.12)
    strongest = max((link[2]["all"][1] for link in links), default=1) or 1
    for a, b, by_period in links:
        same = nodes[a][3] == nodes[b][3]
        colour = _colour(nodes[a][3] if same else -1)
        width = 0.4 + 2.2 * (by_period["all"][1] / strongest) ** 0.5
        panel.plot(
            [nodes[a][1], nodes[b][1]],
            [nodes[a][2], nodes[b][2]],
            color=colour,
            alpha=0.42 if same else 0.25,
            linewidth=width,
            zorder=1,
        )
    most = max(node[4]["all"] for node in nodes)
    sizes = [45 + 420 * node[4]["all"] / most for node in nodes]
    colours = [_colour(node[3]) for node in nodes]
    panel.scatter([node[1] for node in nodes], [node[2] for node in nodes], s=sizes, c=colours, alpha=0.8, linewidths=0, zorder=2)
    _label(figure, panel, nodes, sizes)
    return figure


def _colour(cluster: int) -> str:
    return "#9aa4ab" if cluster < 0 else CLUSTERS[cluster % len(CLUSTERS)]


def _label(figure: "Figure", panel: "Axes", nodes: list[list[Any]], sizes: list[float]) -> None:
    """Labels of the most frequent first: on the node, below or above it, where no other label lies."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.patheffects import withStroke

    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # only then is the size of a text known
    taken: list[Any] = []
    for node, size in zip(nodes, sizes, strict=True):
        shift = 0.5 * size**0.5 + 5
        text = panel.annotate(
            _shown(_short(node[0])), (node[1], node[2]), (0, 0), textcoords="offset points", ha="center", va="center",
            fontsize=7 + 4 * (size / 440) ** 0.5, zorder=3, path_effects=[withStroke(linewidth=2, foreground="white")],
        )  # fmt: skip
        for offset in (0, -shift, shift):
            text.set_position((0, offset))
            box = text.get_window_extent(canvas.get_renderer())
            if not any(box.overlaps(other) for other in taken):
                taken.append(box)
                break
        else:
            text.remove()


def _topics(topics: list[dict[str, Any]], lang: str) -> "Figure | None":
    """A panel a topic: its leading terms and their weights."""
    if not topics:
        return None
    topics = topics[:MOST_PANELS]
    figure, panels = _panels(len(topics), columns=3, size=(2.6, 2.0))
    for panel, topic in zip(panels, topics, strict=True):
        terms = topic["terms"][:8][::-1]
        panel.barh(range(len(terms)), [weight for _, weight in terms], color="#7fa8c4", height=0.7)
        panel.set_yticks(range(len(terms)), [_shown(_short(term)) for term, _ in terms], color="black", fontsize=8)
        panel.set_title(_shown(f"{topic['topic']} {_short(topic['label'], 18)}"), fontsize=9)
        panel.tick_params(axis="y", length=0)
        panel.locator_params(axis="x", nbins=3)
        panel.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.3g}%")
    figure.supxlabel(say("share_of_topic")[lang], fontsize=8, color=DIM)
    return figure


def _short(label: str, most: int = 14) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"


def _panels(n: int, *, columns: int, size: tuple[float, float]) -> tuple["Figure", list["Axes"]]:
    from matplotlib.figure import Figure

    columns = min(n, columns)
    rows = -(-n // columns)
    figure = Figure(figsize=(size[0] * columns, size[1] * rows), layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for panel in panels[n:]:
        panel.remove()
    return figure, panels[:n]


@cache
def _glyphs() -> frozenset[int]:
    import matplotlib

    return fonts.covered(fonts.font_path()) | fonts.covered(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf")


def _shown(text: str) -> str:
    """A text with what no font can draw replaced by a white square, on purpose and without a warning."""
    return "".join(one if ord(one) in _glyphs() else "□" for one in text)


FIGURES: dict[str, Callable[[dict[str, Any], Settings], "Figure | None"]] = {
    "trends": lambda shown, settings: _trends(shown, settings.lang),
    "map": lambda shown, settings: _map(shown["maps"]["term"]),
    "topics": lambda shown, settings: _topics(shown["topics"]["topics"], settings.lang),
}

"""The term map and the topics as figures."""

from typing import TYPE_CHECKING, Any

from pipeline.report.figures.style import DIM, MOST_PANELS, panels_of, short, shown
from pipeline.report.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLUSTERS = (
    "#4477aa", "#ee6677", "#228833", "#b8a020", "#4ea3c8", "#aa3377", "#7a7a7a", "#882255", "#117733", "#999933", "#cc6677",
    "#332288",
)  # fmt: skip


def term_map(drawn: dict[str, Any]) -> "Figure | None":
    """The term map of all periods; a label that finds no free place beside its node is left out."""
    from matplotlib.figure import Figure

    nodes, links = drawn["nodes"], [link for link in drawn["links"] if "all" in link[2]]
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
            shown(short(node[0])), (node[1], node[2]), (0, 0), textcoords="offset points", ha="center", va="center",
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


def topics_figure(topics: list[dict[str, Any]], lang: str) -> "Figure | None":
    """A panel a topic: its leading terms and their weights."""
    if not topics:
        return None
    topics = topics[:MOST_PANELS]
    figure, panels = panels_of(len(topics), columns=3, size=(2.6, 2.0))
    for panel, topic in zip(panels, topics, strict=True):
        terms = topic["terms"][:8][::-1]
        panel.barh(range(len(terms)), [weight for _, weight in terms], color="#7fa8c4", height=0.7)
        panel.set_yticks(range(len(terms)), [shown(short(term)) for term, _ in terms], color="black", fontsize=8)
        panel.set_title(shown(f"{topic['topic']} {short(topic['label'], 18)}"), fontsize=9)
        panel.tick_params(axis="y", length=0)
        panel.locator_params(axis="x", nbins=3)
        panel.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.3g}%")
    figure.supxlabel(say("share_of_topic")[lang], fontsize=8, color=DIM)
    return figure

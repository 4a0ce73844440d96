"""The topics as figures."""

from typing import TYPE_CHECKING, Any

from pipeline.report.figures.style import DIM, MOST_PANELS, panels_of, short, shown
from pipeline.report.words import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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

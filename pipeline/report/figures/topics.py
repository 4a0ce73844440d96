"""Topics as figures: their words, their prevalence over time, codes that go with them, and how many there are."""

from math import log2
from typing import TYPE_CHECKING, Any

from pipeline.config import Settings
from pipeline.report.figures.style import DIM, DOWN, GRID, MOST_PANELS, UP, caption, panels_of, short, shown, ticks
from pipeline.report.figures.trends import line
from pipeline.report.series import points_of
from pipeline.report.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STEADY = 0.5  # of stability; a topic below does not come out again
SURE = 0.05
STRONGEST = 2.0  # log₂ of a lift at which colours end
BLUE, BAR, PALE = "#33658a", "#7fa8c4", "#cfdde7"


def words_figure(drawn: dict[str, Any], settings: Settings) -> "Figure | None":
    """A panel a topic: its leading terms and their weights; unstable topics pale."""
    topics, lang = drawn["topics"]["topics"][:MOST_PANELS], settings.lang
    if not topics:
        return None
    figure, panels = panels_of(len(topics), columns=3, size=(2.6, 2.0))
    for panel, topic in zip(panels, topics, strict=True):
        terms = topic["terms"][:8][::-1]
        panel.barh(range(len(terms)), [weight for _, weight in terms], color=PALE if _weak(topic) else BAR, height=0.7)
        panel.set_yticks(range(len(terms)), [shown(short(term)) for term, _ in terms], color="black", fontsize=8)
        _title(panel, topic, lang)
        panel.tick_params(axis="y", length=0)
        panel.locator_params(axis="x", nbins=3)
        panel.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.3g}%")
    caption(figure, say("c_topics", least=f"{STEADY:.2f}"[1:], **_model(drawn, settings))[lang])
    return figure


def prevalence_figure(drawn: dict[str, Any], settings: Settings) -> "Figure | None":
    """A panel a topic: its mean share of the documents of each period, with intervals."""
    trends, lang = drawn["trends"], settings.lang
    found = [(topic, points_of(trends, f"topic:{topic['topic']}")) for topic in drawn["topics"]["topics"][:MOST_PANELS]]
    found = [(topic, points) for topic, points in found if points]
    if not found or len(trends["periods"]) < 2:
        return None
    figure, panels = panels_of(len(found), columns=3, size=(2.6, 1.7))
    for panel, (topic, points) in zip(panels, found, strict=True):
        line(panel, points, DIM if _weak(topic) else BLUE, len(trends["periods"]), "--" if _weak(topic) else "-")
        panel.set_ylim(0)
        panel.set_xticks(*ticks(trends["periods"], 5))
        panel.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.3g}%")
        panel.locator_params(axis="y", nbins=4)
        panel.grid(axis="y", color=GRID, linewidth=0.6)
        _title(panel, topic, lang)
    caption(figure, say("c_prevalence", n=1000)[lang])
    return figure


def codes_figure(drawn: dict[str, Any], settings: Settings) -> "Figure | None":
    """Topics by codes: the lift of each pair, coloured where a test carries it."""
    from matplotlib.colors import LinearSegmentedColormap

    rows, topics = drawn["topics"]["codes"], drawn["topics"]["topics"][:40]
    names = {code["id"]: code["name"][settings.lang] for code in drawn["codes"]}
    codes = [code for code in names if any(row["code"] == code for row in rows)]
    if not rows or not topics:
        return None
    cells = {(row["topic"], row["code"]): row for row in rows}
    figure, (panel,) = panels_of(1, columns=1, size=(0.85 * len(codes) + 2.6, 0.27 * len(topics) + 1.1))
    shades = LinearSegmentedColormap.from_list("lift", [DOWN, "white", UP])
    values = [[_shade(cells.get((topic["topic"], code))) for code in codes] for topic in topics]
    panel.imshow(values, cmap=shades, vmin=-STRONGEST, vmax=STRONGEST, aspect="auto")
    for at, topic in enumerate(topics):
        for across, code in enumerate(codes):
            row = cells.get((topic["topic"], code))
            text = "–" if row is None else f"{row['lift']:.2f}"
            dark = abs(values[at][across]) > 1.4
            panel.text(
                across, at, text, ha="center", va="center", fontsize=7, color="white" if dark else "black" if _sure(row) else DIM
            )
    panel.set_xticks(range(len(codes)), [shown(short(names[code], 12)) for code in codes], color="black", rotation=20, ha="left")
    panel.xaxis.tick_top()
    panel.set_yticks(range(len(topics)), [_called(topic, settings.lang) for topic in topics], color="black")
    panel.tick_params(length=0)
    for side in panel.spines.values():
        side.set_visible(False)
    caption(figure, say("c_topic_codes")[settings.lang])
    return figure


def number_figure(drawn: dict[str, Any], settings: Settings) -> "Figure | None":
    """Coherence on documents not drawn, stability, exclusivity and diversity for each number of topics that was tried."""
    rows, lang = sorted(drawn["topics"]["quality"], key=lambda row: int(row["k"])), settings.lang
    if len(rows) < 2:
        return None
    figure, panels = panels_of(4, columns=2, size=(3.0, 2.0))
    for panel, name in zip(panels, ("npmi", "stability", "exclusivity", "diversity"), strict=True):
        points = [
            (row["k"], row[name], row["error"] if name == "npmi" else None, row["chosen"])
            for row in rows
            if row[name] is not None
        ]
        panel.plot([one[0] for one in points], [one[1] for one in points], color=BLUE, linewidth=1)
        for k, value, error, chosen in points:
            panel.errorbar(
                k,
                value,
                error or 0,
                marker="o",
                markersize=6 if chosen else 4,
                color=UP if chosen else BLUE,
                capsize=2 if error else 0,
            )
        if name == "stability":  # below it topics are called unstable
            panel.axhline(STEADY, color=DIM, linewidth=0.8, linestyle="--")
        panel.set_title(shown(say(f"t_{name}")[lang]))
        panel.set_xticks([one[0] for one in points])
        panel.grid(axis="y", color=GRID, linewidth=0.6)
        panel.set_xlabel("K")
    caption(figure, say("c_number", **_model(drawn, settings))[lang])
    return figure


def _title(panel: "Axes", topic: dict[str, Any], lang: str) -> None:
    panel.set_title(_called(topic, lang), fontsize=8.5)


def _called(topic: dict[str, Any], lang: str) -> str:
    """Number and label of a topic, and that it is unstable if it is."""
    note = f" ({say('unstable')[lang]} {topic['stability']:.2f})" if _weak(topic) else ""
    return shown(f"{topic['topic']} {short(topic['label'], 14 if note else 18)}{note}")


def _weak(topic: dict[str, Any]) -> bool:
    return topic["stability"] is not None and topic["stability"] < STEADY


def _sure(row: dict[str, Any] | None) -> bool:
    return row is not None and row["q"] is not None and row["q"] < SURE


def _shade(row: dict[str, Any] | None) -> float:
    """log₂ of the lift; 0 where nothing is claimed."""
    return max(-STRONGEST, min(STRONGEST, log2(max(row["lift"], 0.01)))) if row is not None and _sure(row) else 0.0


def _model(drawn: dict[str, Any], settings: Settings) -> dict[str, Any]:
    chosen = next((row for row in drawn["topics"]["quality"] if row["chosen"]), {"k": len(drawn["topics"]["topics"]), "fits": 0})
    return {"model": settings.topics.model, "k": chosen["k"], "fits": chosen["fits"]}

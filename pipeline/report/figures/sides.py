"""Two sides as figures: codes as slopes, their differences with intervals, and the words typical of each side."""

from typing import TYPE_CHECKING, Any

from pipeline.config import Settings
from pipeline.report.figures.style import DIM, GRID, apart, caption, number, short, shown
from pipeline.report.moves import claimed
from pipeline.report.words import Text, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

A, B = "#0072b2", "#d55e00"
MOST_WORDS = 10  # of each side


def side_figures(drawn: dict[str, Any], settings: Settings) -> "dict[str, Figure]":
    """A figure a comparison, numbered in the order of the table: as the sides are, then matched."""
    colours = {code["id"]: (code["colour"], code["name"]) for code in drawn["codes"]}
    return {str(at): _figure(pair, colours, settings) for at, pair in enumerate(drawn["sides"], 1)}


def _figure(pair: dict[str, Any], codes: dict[str, tuple[str, Text]], settings: Settings) -> "Figure":
    from matplotlib.figure import Figure

    lang = settings.lang
    words = _words(pair["words"])
    tall = max(2.4, 0.32 * len(pair["codes"]) + 0.6, 0.19 * len(words) + 0.6)
    kinds = [name for name in ("codes", "words") if pair[name]]
    ratios = {"codes": [1.5, 1.25], "words": [1.35]}
    widths = [one for name in kinds for one in ratios[name]] or [1]
    figure = Figure(figsize=(2.3 * sum(widths), tall), layout="constrained")
    panels = list(figure.subplots(1, len(widths), width_ratios=widths, squeeze=False).flat)
    if pair["codes"]:
        _slopes(panels[0], pair, codes, lang)
        _differences(panels[1], pair["codes"], codes, lang)
    if words:
        _bars(panels[-1], words, pair, lang)
    sides = {"a": pair["name_a"], "b": pair["name_b"]}
    said = [
        say("c_matched" if pair["matched"] else "c_unmatched", **sides),
        say("c_sides", n=settings.trends.bootstraps, **sides),
    ]
    caption(figure, ("" if lang == "zh" else " ").join(text[lang] for text in said))
    return figure


def _slopes(panel: "Axes", pair: dict[str, Any], codes: dict[str, tuple[str, Text]], lang: str) -> None:
    rows = pair["codes"]
    rates = [row[side] for row in rows for side in ("rate_a", "rate_b")]
    least = (max(rates) - min(rates) or 1) / max(10, 1.3 * len(rows))
    left, right = (apart([row[side] for row in rows], least) for side in ("rate_a", "rate_b"))
    for row, a, b in zip(rows, left, right, strict=True):
        colour = codes[row["item"]][0]
        panel.plot(
            [0, 1],
            [row["rate_a"], row["rate_b"]],
            "-" if claimed(row) else ":",
            marker="o",
            color=colour,
            markersize=4,
            linewidth=1.4,
        )
        panel.annotate(
            number(row["rate_a"]), (-0.06, a), ha="right", va="center", fontsize=7.5, color=colour, annotation_clip=False
        )
        panel.annotate(
            number(row["rate_b"]), (1.06, b), ha="left", va="center", fontsize=7.5, color=colour, annotation_clip=False
        )
    panel.set_xlim(-0.3, 1.3)
    panel.set_ylim(min(left + right) - least, max(left + right) + least)
    panel.xaxis.tick_top()
    panel.set_xticks([0, 1], [shown(short(pair[name][lang], 14)) for name in ("name_a", "name_b")], color="black", fontsize=8.5)
    panel.tick_params(length=0)
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    panel.spines["bottom"].set_visible(False)
    panel.set_xlabel(shown(say("per_1000_sentences")[lang]), color=DIM)


def _differences(panel: "Axes", rows: list[dict[str, Any]], codes: dict[str, tuple[str, Text]], lang: str) -> None:
    """Rate of a less rate of b with its interval, a line a code."""
    for at, row in enumerate(rows):
        colour = codes[row["item"]][0]
        if row["low"] is not None:
            panel.plot([row["low"], row["high"]], [at, at], color=colour, linewidth=1.6)
        inside = colour if claimed(row) else "white"
        panel.plot([row["rate_a"] - row["rate_b"]], [at], "o", color=colour, markerfacecolor=inside, markersize=5, zorder=3)
    panel.axvline(0, color=DIM, linewidth=0.8)
    panel.set_yticks(range(len(rows)), [shown(short(codes[row["item"]][1][lang], 30)) for row in rows], color="black", fontsize=8)
    panel.set_ylim(len(rows) - 0.4, -0.6)
    panel.tick_params(axis="y", length=0)
    panel.grid(axis="x", color=GRID, linewidth=0.6)
    panel.set_title(shown(say("difference")[lang]), fontsize=8.5)


def _words(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The words most typical of each side, a's on top."""
    a = [row for row in rows if row["z"] > 0][:MOST_WORDS]
    b = [row for row in rows if row["z"] < 0][:MOST_WORDS]
    return a + b[::-1]


def _bars(panel: "Axes", rows: list[dict[str, Any]], pair: dict[str, Any], lang: str) -> None:
    for at, row in enumerate(rows):
        colour = A if row["z"] > 0 else B
        panel.barh(at, row["z"], color=colour, alpha=0.75 if claimed(row) else 0.3, height=0.7, linewidth=0)
    panel.axvline(0, color=DIM, linewidth=0.8)
    panel.set_yticks(range(len(rows)), [shown(short(row["item"])) for row in rows], color="black", fontsize=7.5)
    panel.set_ylim(len(rows) - 0.4, -0.6)
    panel.tick_params(axis="y", length=0)
    panel.set_title(shown(f"z: {short(pair['name_b'][lang], 10)} ← → {short(pair['name_a'][lang], 10)}"), fontsize=8.5)

"""The framework as a figure: constructs and how strongly their paragraphs are coupled, over all periods and a few of them."""

from math import hypot, log2
from typing import TYPE_CHECKING, Any

from pipeline.config import Settings
from pipeline.report.figures.style import DOWN, UP, caption, panels_of, shown
from pipeline.report.moves import claimed
from pipeline.report.words import Text, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def picture(drawn: dict[str, Any], settings: Settings) -> "Figure | None":
    """All periods together, then the first, the middle and the last one."""
    found, lang = drawn["framework"], settings.lang
    rows = [row for row in found["pairs"] if row["group"] == "all"]
    if not rows:
        return None
    periods = [period for period in found["periods"] if any(row["period"] == period and row["lift"] is not None for row in rows)]
    chosen = list(dict.fromkeys([periods[0], periods[(len(periods) - 1) // 2], periods[-1]])) if periods else []
    chosen = (["all"] if any(row["period"] == "all" for row in rows) else []) + chosen
    names = {code["id"]: (code["name"], code["colour"]) for code in drawn["codes"]}
    figure, panels = panels_of(len(chosen), columns=2, size=(3.9, 3.3))
    for panel, period in zip(panels, chosen, strict=True):
        sizes = found["paragraphs"].get("all", {}).get(period, {})
        _draw(panel, found["nodes"], [row for row in rows if row["period"] == period], sizes, names, lang)
        panel.set_title(shown(say("all_periods")[lang] if period == "all" else period))
    most = max((row["n_documents"] for row in rows if row["period"] in ("all", *chosen)), default=0)
    caption(figure, say("c_framework", documents=most, n=settings.trends.bootstraps)[lang])
    return figure


def _draw(
    panel: "Axes", nodes: list[dict[str, Any]], rows: list[dict[str, Any]], sizes: dict[str, int],
    names: dict[str, tuple[Text, str]], lang: str,
) -> None:  # fmt: skip
    from matplotlib.patheffects import AbstractPathEffect, withStroke

    halo: list[AbstractPathEffect] = [withStroke(linewidth=2.5, foreground="white")]
    places = {node["id"]: (node["x"], node["y"]) for node in nodes}
    panel.set_axis_off()
    panel.set_xlim(-1.5, 1.5)
    panel.set_ylim(-1.3, 1.35)
    labelled: list[tuple[float, float]] = list(places.values())
    for row in sorted((row for row in rows if row["lift"]), key=lambda row: (claimed(row), abs(log2(row["lift"])))):
        (ax, ay), (bx, by) = places[row["a"]], places[row["b"]]
        sure, colour = claimed(row), UP if row["lift"] >= 1 else DOWN
        width = 0.6 + 2.6 * min(1.5, abs(log2(row["lift"]))) if sure else 0.7
        panel.plot(
            [ax, bx],
            [ay, by],
            linestyle="-" if sure else (0, (3, 3)),
            color=colour if sure else "#aab3b9",
            linewidth=width,
            alpha=0.75,
            zorder=1,
        )
        if sure:
            x, y = _free(labelled, (ax, ay), (bx, by))
            text = panel.text(x, y, f"{row['lift']:.2f}", ha="center", va="center", fontsize=7, color=colour, zorder=4)
            text.set_path_effects(halo)
    most = max(sizes.values(), default=1) or 1
    for node in nodes:
        size = sizes.get(node["id"], 0)
        name, colour = names[node["id"]]
        panel.scatter([node["x"]], [node["y"]], s=60 + 420 * size / most, c=[colour], zorder=3, linewidths=0)
        below = node["y"] < 0
        text = panel.annotate(
            shown(name[lang]), (node["x"], node["y"]), (0, -15 if below else 15), textcoords="offset points", ha="center",
            va="top" if below else "bottom", fontsize=8, zorder=5,
        )  # fmt: skip
        text.set_path_effects(halo)


def _free(taken: list[tuple[float, float]], a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """The place along a link that is furthest from what is written already."""
    spots = [(a[0] + (b[0] - a[0]) * share / 100, a[1] + (b[1] - a[1]) * share / 100) for share in (50, 42, 58, 34, 66, 28, 72)]
    best = max(spots, key=lambda spot: min(0.34, *(hypot(spot[0] - x, spot[1] - y) for x, y in taken)))
    taken.append(best)
    return best

"""Rates over time as figures: a panel a code, and a panel a code and group."""

from typing import TYPE_CHECKING, Any

from pipeline.config import Settings
from pipeline.report.figures.style import DIM, GRID, MOST_PANELS, caption, panels_of, short, shown, ticks, wrapped
from pipeline.report.series import Point, group_name, points_of, unit_of
from pipeline.report.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_COLUMNS, MOST_ROWS = 6, 8  # groups and codes side by side
TALL = 2.5  # times the highest value, as on the page


def codes_figure(drawn: dict[str, Any], settings: Settings) -> "Figure | None":
    """A panel a code with its interval; one scale for all, or one each where that would press some flat."""
    trends, lang = drawn["trends"], settings.lang
    periods, own = trends["periods"], trends["own_scale"]
    codes = [code for code in drawn["codes"] if points_of(trends, code["id"])][:MOST_PANELS]
    if not codes:
        return None
    points = {code["id"]: points_of(trends, code["id"]) for code in codes}
    tops = {code: _top(one) for code, one in points.items()}
    figure, panels = panels_of(len(codes), columns=3, size=(2.6, 1.9))
    for number, (panel, code) in enumerate(zip(panels, codes, strict=True)):
        _panel(panel, points[code["id"]], code["colour"], periods, tops[code["id"]] if own else max(tops.values()))
        panel.set_title(wrapped(shown(code["name"][lang]), 18))
        if number % 3 == 0:
            panel.set_ylabel(say(unit_of(trends, code["id"]))[lang], color=DIM)
    caption(figure, _caption(points[codes[0]["id"]], trends, settings, own=own and len(codes) > 1))
    return figure


def group_figures(drawn: dict[str, Any], settings: Settings) -> "dict[str, Figure]":
    """A figure a dimension of groups: codes below each other, groups side by side, one scale a code, all documents in grey."""
    trends = drawn["trends"]
    found = sorted({group.split("=")[0] for lists in trends["series"].values() for group in lists if group != "all"})
    codes = [code for code in drawn["codes"] if trends["series"].get(code["id"])][:MOST_ROWS]
    return {name: _group_figure(name, codes, trends, settings) for name in found if codes}


def _group_figure(dimension: str, codes: list[dict[str, Any]], trends: dict[str, Any], settings: Settings) -> "Figure":
    sizes: dict[str, int] = {}
    for code in codes:
        for group in trends["series"][code["id"]]:
            if group.startswith(f"{dimension}="):
                sizes[group] = max(sizes.get(group, 0), sum(point[4] for point in points_of(trends, code["id"], group)))
    groups = sorted(sizes, key=lambda group: (-sizes[group], group))[:MOST_COLUMNS]
    figure, panels = panels_of(len(codes) * len(groups), columns=len(groups), size=(max(1.75, 5.2 / len(groups)), 1.45))
    for row, code in enumerate(codes):
        whole = points_of(trends, code["id"])
        lists = {group: points_of(trends, code["id"], group) for group in groups}
        top = max(map(_top, [whole, *lists.values()]))
        for column, group in enumerate(groups):
            panel = panels[row * len(groups) + column]
            _values(panel, whole, len(trends["periods"]), color="#aab3b9", linewidth=1)
            _panel(panel, lists[group], code["colour"], trends["periods"], top, most=4)
            if row == 0:
                panel.set_title(shown(f"{short(group_name(group)[settings.lang], 14)} (n = {sizes[group]})"), fontsize=9)
            if column == 0:
                panel.set_ylabel(shown(_name(code["name"][settings.lang])), color="black", fontsize=8)
            else:
                panel.set_yticklabels([])
    every = points_of(trends, codes[0]["id"])
    caption(figure, _caption(every, trends, settings, behind=True, cut=len(sizes) > len(groups) or dimension in trends["cut"]))
    return figure


def _caption(
    points: list[Point], trends: dict[str, Any], settings: Settings, *, own: bool = False, behind: bool = False, cut: bool = False
) -> str:
    """Documents and sentences, unit and interval, and what else a reader of the figure must know."""
    lang = settings.lang
    unit = trends["units"][0] if trends["units"] else "mean_share"
    counts = {"documents": sum(point[4] for point in points), "sentences": sum(point[5] for point in points)}
    texts = [say("c_counted", **counts), say("c_rates", unit=say(unit), n=settings.trends.bootstraps)]
    texts += [say(key) for key, there in (("c_own_scales", own), ("c_behind", behind), ("c_cut", cut)) if there]
    return ("" if lang == "zh" else " ").join(text[lang] for text in texts)


def _name(name: str) -> str:
    """A name in two lines where it is long."""
    words = name.split(" ")
    if len(words) > 1 and len(name) > 16:
        middle = min(range(1, len(words)), key=lambda at: abs(len(" ".join(words[:at])) - len(name) / 2))
        return " ".join(words[:middle]) + "\n" + " ".join(words[middle:])
    return name


def _top(points: list[Point]) -> float:
    """The height of a panel: an interval that goes far beyond all values is cut off, so that it does not press the line flat."""
    highest = max((point[1] for point in points if point[1] is not None), default=0)
    reach = max((point[3] for point in points if point[3] is not None), default=0)
    return max(highest, min(reach, TALL * highest))


def _panel(panel: "Axes", points: list[Point], colour: str, periods: list[str], top: float, *, most: int = 6) -> None:
    line(panel, points, colour, len(periods))
    panel.set_xticks(*ticks(periods, most))
    panel.set_xlim(-0.5, len(periods) - 0.5)
    panel.set_ylim(0, 1.05 * top or 1)
    panel.grid(axis="y", color=GRID, linewidth=0.6)


def _values(panel: "Axes", points: list[Point], n_periods: int, **look: Any) -> None:
    by_period = {point[0]: point[1] for point in points}
    values = [by_period.get(at) for at in range(n_periods)]
    panel.plot(range(n_periods), [float("nan") if one is None else one for one in values], **look)


def line(panel: "Axes", points: list[Point], colour: str, n_periods: int, dashes: str = "-") -> None:
    """One series: a line with gaps where a period is missing, its interval, hollow points where there is none."""
    nan = float("nan")
    by_period = {point[0]: point for point in points}
    rows = [by_period.get(at, [at, None, None, None]) for at in range(n_periods)]
    low, high = ([nan if row[column] is None else row[column] for row in rows] for column in (2, 3))
    panel.fill_between(range(n_periods), low, high, color=colour, alpha=0.2, linewidth=0)
    _values(panel, points, n_periods, color=colour, linewidth=1.3, linestyle=dashes)
    size = 3.5 if n_periods <= 40 else 2
    for at, row in enumerate(rows):
        if row[1] is None:
            continue
        inside = colour if row[2] is not None else "white"
        panel.plot([at], [row[1]], "o", markersize=size, color=colour, markerfacecolor=inside, clip_on=False, zorder=3)
        beside = [rows[near][2] for near in (at - 1, at + 1) if 0 <= near < n_periods]
        if row[2] is not None and not any(number is not None for number in beside):  # no band can be seen there
            panel.plot([at, at], [row[2], row[3]], color=colour, linewidth=3, alpha=0.25, solid_capstyle="butt")

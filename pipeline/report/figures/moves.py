"""Change points as a calendar, and why rates changed, as figures."""

from typing import TYPE_CHECKING, Any

from pipeline.config import Settings
from pipeline.report.figures.style import DIM, DOWN, GRID, UP, caption, number, panels_of, short, shown, ticks, wrapped
from pipeline.report.moves import claimed
from pipeline.report.series import called, group_name
from pipeline.report.words import Text, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_LINES = 40
MOST_PAIRS = 8  # of periods, of a code: the latest ones
PARTS = {"within": "#4477aa", "issuers": "#c98a00", "kinds": "#8c6bb1"}


def calendar(drawn: dict[str, Any], settings: Settings) -> "Figure | None":
    """Codes below each other, periods side by side: where a level changed, and at the right the trend with its interval and q."""
    rows, periods, lang = drawn["changes"], drawn["trends"]["periods"], settings.lang
    names = {code["id"]: code["name"] for code in drawn["codes"]}
    lines = _lines(rows, list(names))
    if not lines or not periods:
        return None
    wide = max(2.6, min(5.5, 0.32 * len(periods)))
    figure, (panel,) = panels_of(1, columns=1, size=(wide + 4.2, 0.26 * len(lines) + 0.75))
    for at, key in enumerate(lines):
        mine = [row for row in rows if (row["series"], row["group"]) == key]
        for row in (row for row in mine if row["kind"] == "level" and row["period"] in periods):
            _mark(panel, periods.index(row["period"]), at, row)
        trend = next((row for row in mine if row["kind"] == "trend"), None)
        said, colour = _slope(trend, drawn["said"], lang) if trend else ("–", DIM)
        panel.annotate(shown(said), (1.02, at), xycoords=("axes fraction", "data"), va="center", fontsize=7.5, color=colour)
    labels = [_label(called(name, names), group, lang) for name, group in lines]
    panel.set_yticks(
        range(len(lines)), [wrapped(shown(label), 20) for label in labels], color="black", fontsize=7.5, linespacing=1
    )
    panel.set_ylim(len(lines) - 0.5, -0.5)
    panel.set_xticks(*ticks(periods, int(wide / 0.42)))
    panel.set_xlim(-0.6, len(periods) - 0.4)
    panel.grid(color=GRID, linewidth=0.6)
    panel.set_axisbelow(True)
    panel.tick_params(length=0)
    panel.set_title(shown(say("c_slope")[lang]), loc="right", x=1.02, ha="left", fontsize=7.5, color=DIM)
    caption(figure, say("c_calendar", unit=say(settings.trends.units[0]), **_size(drawn))[lang])
    return figure


def _size(drawn: dict[str, Any]) -> dict[str, int]:
    """Documents and sentences of all periods together."""
    from pipeline.report.series import points_of

    points = next((found for code in drawn["codes"] if (found := points_of(drawn["trends"], code["id"]))), [])
    return {"documents": sum(point[4] for point in points), "sentences": sum(point[5] for point in points)}


def _lines(rows: list[dict[str, Any]], codes: list[str]) -> list[tuple[str, str]]:
    """Every code of all documents, then series and groups of which a test carries something."""
    tested = {(row["series"], row["group"]) for row in rows if row["kind"] in ("trend", "level")}
    first = [(code, "all") for code in codes if (code, "all") in tested]
    sure = {(row["series"], row["group"]) for row in rows if row["kind"] in ("trend", "level") and claimed(row)}
    return (first + sorted(sure - set(first)))[:MOST_LINES]


def _label(name: Text, group: str, lang: str) -> str:
    """A name and its group, in two lines at most."""
    most = 34 if lang == "zh" else 58
    return short(name[lang], most) if group == "all" else f"{short(name[lang], most - 12)} · {short(group_name(group)[lang], 10)}"


def _mark(panel: "Axes", x: float, y: float, row: dict[str, Any]) -> None:
    """A triangle up or down; the larger, the more samples find it; hollow when no test carries it."""
    up = (row["effect"] or 0) >= 0
    colour = UP if up else DOWN
    size = 4 + 6 * (row["support"] or 0)
    inside = colour if claimed(row) else "white"
    panel.plot([x], [y], "^" if up else "v", markersize=size, color=colour, markerfacecolor=inside, zorder=3)


def _slope(row: dict[str, Any], said: list[Text], lang: str) -> tuple[str, str]:
    """A trend in a few characters, and its colour."""
    if row["effect"] is None:
        return (said[row["reason"]][lang] if row["reason"] is not None else "–"), DIM
    sign = "+" if row["effect"] > 0 else ""
    text = f"{sign}{number(row['effect'])} ({number(row['low'])}, {number(row['high'])})"
    text += "" if row["q"] is None else f"  q = {row['q']:.2g}"
    return text, (UP if row["effect"] > 0 else DOWN) if claimed(row) else DIM


def parts_figure(drawn: dict[str, Any], settings: Settings) -> "Figure | None":
    """A panel a code: the change from period to period as bars of what it is made of, and the sum as a mark."""
    lang = settings.lang
    rows = [row for row in drawn["parts"] if row["group"] == "all"]
    lists = {code["id"]: [row for row in rows if row["series"] == code["id"]][-MOST_PAIRS:] for code in drawn["codes"]}
    codes = [code for code in drawn["codes"] if lists[code["id"]]]
    if not codes:
        return None
    most = max(len(lists[code["id"]]) for code in codes)
    figure, panels = panels_of(len(codes), columns=3, size=(2.7, 0.75 + 0.27 * most))
    reach = 1.08 * max(map(_reach, (row for code in codes for row in lists[code["id"]]))) or 1
    for panel, code in zip(panels, codes, strict=True):
        _bars(panel, lists[code["id"]], most)
        panel.set_title(wrapped(shown(code["name"][lang]), 16))
        panel.set_xlim(-reach, reach)
    from matplotlib.artist import Artist
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    keys: list[Artist] = [Patch(color=colour, label=shown(say(f"part_{name}")[lang])) for name, colour in PARTS.items()]
    keys.append(Line2D([], [], marker="D", color="black", linestyle="", markersize=4, label=shown(say("part_total")[lang])))
    figure.legend(handles=keys, loc="outside upper left", ncols=4, frameon=False, fontsize=7.5)
    caption(figure, say("c_parts", unit=say(settings.trends.units[0]), n=settings.trends.bootstraps, **_size(drawn))[lang])
    return figure


def _reach(row: dict[str, Any]) -> float:
    """How far its bars go from zero."""
    values = [row[name] or 0 for name in PARTS]
    ends = [row["low"] or 0, row["high"] or 0]
    return max(sum(one for one in values if one > 0), -sum(one for one in values if one < 0), *map(abs, ends))


def _bars(panel: "Axes", rows: list[dict[str, Any]], most: int) -> None:
    for at, row in enumerate(rows):
        right = left = 0.0
        for name, colour in PARTS.items():
            value = row[name] or 0.0
            panel.barh(at, value, left=right if value > 0 else left, color=colour, height=0.62, linewidth=0)
            right, left = right + max(value, 0), left + min(value, 0)
        panel.plot([row["rate_after"] - row["rate_before"]], [at], "D", color="black", markersize=3.5, zorder=3)
        if row["low"] is not None:
            panel.plot([row["low"], row["high"]], [at + 0.4, at + 0.4], color=PARTS["within"], linewidth=1.2, zorder=2)
    panel.axvline(0, color=DIM, linewidth=0.8)
    panel.set_yticks(range(len(rows)), [f"{row['before']}–{row['after']}" for row in rows], color="black")
    panel.set_ylim(most - 0.4, -0.6)
    panel.tick_params(axis="y", length=0)
    panel.grid(axis="x", color=GRID, linewidth=0.6)
    panel.set_axisbelow(True)

"""The trends as charts show them: periods, units, and the points of each series in each group; selected, never computed."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from pipeline.periods import periods_between
from pipeline.records import UNITS
from pipeline.report.data import LISTED, table
from pipeline.report.words import Text, named, say
from pipeline.store import Run

if TYPE_CHECKING:
    import pyarrow as pa

MOST_POINTS = 40_000  # of all series in the page
MOST_TERMS = 120  # series of words, those found most first
GROUP_UNITS = 2  # units that groups come in; all documents come in every unit
FLAT = 10  # times as high as the lowest chart: from there each chart has a scale of its own
Point = list[Any]  # [period, value, low, high, documents, segments] and the number of a reason, where there is one


def series(run: Run, codes: list[dict[str, Any]], said: dict[str, int]) -> dict[str, Any]:
    """The trends for the charts: periods, units (the one drawn first), and series → group → unit → points.

    Of each dimension of groups those with most documents are kept, fewer if there are very many points, and `cut` names the
    dimensions of which some are left out. Stances, words, topics and what is not copied come for all documents only.

    Args:
        said: reasons of all tables and their numbers; new ones are added.
    """
    rows = table(run, "trends")
    if not rows.num_rows:
        empty: dict[str, Any] = {"series": {}, "periods": [], "units": [], "cut": [], "own_scale": False}
        return empty | {"points": 0, "without": 0}
    known = {code["id"] for code in codes}
    found = rows.column("period").unique().to_pylist()
    periods = periods_between(min(found), max(found), run.settings)
    used = set(rows.column("unit").unique().to_pylist()) - {"mean_share"}
    units = [unit for unit in dict.fromkeys((*run.settings.trends.units, *UNITS)) if unit in used]
    groups = _groups(rows, known, units[0]) if units else []
    kept = _largest(groups, min(LISTED, MOST_POINTS // (max(1, len(known) * len(periods)) * GROUP_UNITS) // 4))
    shown: dict[str, dict[str, dict[str, list[Point]]]] = {}
    places = {period: at for at, period in enumerate(periods)}
    for row in _wanted(rows, known, kept, units[:GROUP_UNITS], _terms(rows)):
        point = [places[row["period"]], *(short(row[name]) for name in ("value", "low", "high"))]
        point += [row["n_documents"], row["n_segments"]]
        point += [said.setdefault(row["reason"], len(said))] if row["reason"] else []
        shown.setdefault(row["series"], {}).setdefault(row["group"], {}).setdefault(row["unit"], []).append(point)
    for of_unit in (lists for of_group in shown.values() for lists in of_group.values()):
        for points in of_unit.values():
            points.sort(key=lambda point: point[0])
    chosen = {"series": shown, "periods": periods, "units": units}
    own = _far_apart([points_of(chosen, code) for code in sorted(known & set(shown))])
    cut = sorted({group.split("=")[0] for group, _ in groups if group not in kept})
    return chosen | {"cut": cut, "own_scale": own, **_bare(rows, units)}


def points_of(trends: dict[str, Any], name: str, group: str = "all") -> list[Point]:
    """The points of a series in the unit that charts begin with, or the only one it has; none when it is not there."""
    lists = trends["series"].get(name, {}).get(group, {})
    return next((lists[unit] for unit in (*trends["units"], "mean_share") if unit in lists), [])


def unit_of(trends: dict[str, Any], name: str) -> str:
    """The unit that `points_of` gives."""
    lists = trends["series"].get(name, {}).get("all", {})
    return next((unit for unit in (*trends["units"], "mean_share") if unit in lists), "per_1000_sentences")


def called(name: str, names: dict[str, Text]) -> Text:
    """What a series is called: 技术赋能, 技术赋能·问题, 技术赋能（不含照抄）, “数字政府”, 主题 3."""
    if name.startswith("term:"):
        return say("a_word", word=name.removeprefix("term:"))
    if name.startswith("topic:"):
        return say("a_topic", n=name.removeprefix("topic:"))
    code, _, part = name.partition("/")
    of_code = names.get(code) or _parent(code, names)
    if not part:
        return of_code
    return say("not_copied", code=of_code) if part == "own" else say("of_stance", code=of_code, stance=named(part))


def _parent(code: str, names: dict[str, Text]) -> Text:
    """A code that only gathers others is called by them: 信息孤岛与部门壁垒＋打破孤岛."""
    below = [name for other, name in names.items() if other.startswith(f"{code}.")]
    return {lang: "＋".join(name[lang] for name in below) or code for lang in ("zh", "en")}


def group_name(group: str) -> Text:
    """What a group or a side is called: 松汀省, 中央; with what it divides by where that is not clear, 2021–2023."""
    return say("all_documents") if group == "all" else named(group.partition("=")[2].replace("..", "–"))


def short(value: float | None) -> float | None:
    """A number in four digits: what a page shows of it."""
    return None if value is None else float(f"{value:.4g}")


def _wanted(rows: "pa.Table", codes: set[str], groups: set[str], units: list[str], terms: set[str]) -> list[dict[str, Any]]:
    """All documents in every unit, the groups of codes in a few."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def among(column: str, values: set[str] | list[str]) -> Any:
        return pc.is_in(rows.column(column), pa.array(sorted(values), pa.string()))

    whole = pc.equal(rows.column("group"), "all")
    plain = pc.or_(pc.invert(pc.starts_with(rows.column("series"), "term:")), among("series", terms))
    split = pc.and_(pc.and_(among("group", groups), among("series", codes)), among("unit", units))
    return list(rows.filter(pc.or_(pc.and_(whole, plain), split)).to_pylist())


def _terms(rows: "pa.Table") -> set[str]:
    """The series of words to show: those with the highest rates."""
    import pyarrow.compute as pc

    rows = rows.filter(pc.and_(pc.equal(rows.column("group"), "all"), pc.starts_with(rows.column("series"), "term:")))
    tops: dict[str, float] = {}
    for name, value in zip(rows.column("series").to_pylist(), rows.column("value").to_pylist(), strict=True):
        tops[name] = max(tops.get(name, 0), value or 0)
    return set(sorted(tops, key=lambda name: (-tops[name], name))[:MOST_TERMS])


def _groups(rows: "pa.Table", codes: set[str], unit: str) -> list[tuple[str, int]]:
    """The groups of each dimension with their documents, most first."""
    import pyarrow.compute as pc

    first = next(name for name in sorted(rows.column("series").unique().to_pylist(), key=lambda name: (name not in codes, name)))
    one = pc.and_(pc.equal(rows.column("series"), first), pc.equal(rows.column("unit"), unit))
    rows = rows.filter(pc.and_(one, pc.not_equal(rows.column("group"), "all")))
    sizes: Counter[str] = Counter()
    for group, size in zip(rows.column("group").to_pylist(), rows.column("n_documents").to_pylist(), strict=True):
        sizes[group] += size
    return sorted(sizes.items(), key=lambda item: (item[0].split("=")[0], -item[1], item[0]))


def _largest(groups: list[tuple[str, int]], most: int) -> set[str]:
    seen: Counter[str] = Counter()
    kept = set()
    for group, _ in groups:
        seen[group.split("=")[0]] += 1
        if seen[group.split("=")[0]] <= most:
            kept.add(group)
    return kept


def _bare(rows: "pa.Table", units: list[str]) -> dict[str, int]:
    """How many points there are in the first unit, and how many of them have no interval."""
    import pyarrow.compute as pc

    rows = rows.filter(
        pc.and_(pc.equal(rows.column("unit"), units[0] if units else "mean_share"), pc.is_valid(rows.column("value")))
    )
    return {"points": rows.num_rows, "without": rows.column("low").null_count}


def _far_apart(lists: list[list[Point]]) -> bool:
    """Whether one scale for all would press one of these series flat."""
    tops = [max((point[1] or 0 for point in points), default=0) for points in lists]
    tops = [top for top in tops if top]
    return bool(tops) and max(tops) > FLAT * min(tops)

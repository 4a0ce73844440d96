"""The few sentences at the top of the report, put together from what the tables say, no more than that."""

from typing import Any

from pipeline.report.moves import claimed
from pipeline.report.series import Point, points_of
from pipeline.report.words import LANGUAGES, Text, say

Item = dict[str, Any]  # text: its sentences; behind: [code, period] of each rate in it, whose sentences the page can open

_SAID = {"trend": "f_trend", "level": "f_level", "since": "f_since"}  # kinds of changes told here, and how


def findings(shown: dict[str, Any]) -> list[Item]:
    """What a reader should know first: what moved where a test carries it, and what cannot be said."""
    read, trends, counts = shown["read"], shown["trends"], shown["counts"]
    items = [_item(say("f_scope", **counts)), _dates(read, counts["documents"])]
    if counts["set_aside"]:
        items.append(_item(say("f_set_aside", n=counts["set_aside"])))
    found = {code["id"]: points_of(trends, code["id"]) for code in shown["codes"]}
    names = {code["id"]: code["name"] for code in shown["codes"]}
    if trends["periods"]:
        items += [*_highest(found, names, trends["periods"]), *_moves(shown, names)]
        never = [names[code] for code, points in found.items() if not points]
        items += [_item(say("f_never", codes=_joined(never)))] if never else []
    if counts["coded"]:
        items.append(_item(say("f_unchecked")))
    return items


def _dates(read: dict[str, Any], n_documents: int) -> Item:
    if not read["years"]:
        return _item(say("f_undated"))
    span = {"first": read["years"][0][0], "last": read["years"][-1][0]}
    key = "f_dates" if read["undated"] else "f_dates_all"
    return _item(say(key, dated=n_documents - read["undated"], documents=n_documents, **span))


def _highest(found: dict[str, list[Point]], names: dict[str, Text], periods: list[str]) -> list[Item]:
    """Which code stands highest in the last period that has intervals, and whether its own is clear of the next one's."""
    last = max((point[0] for points in found.values() for point in points if _sure(point)), default=None)
    if last is None:
        return []
    here = {code: point for code, points in found.items() for point in points if point[0] == last and point[1]}
    first, *others = sorted(here, key=lambda code: (-here[code][1], code))
    sentences = [say("f_top", period=periods[last], code=names[first], value=_value(here[first]))]
    if others and _sure(here[first]) and _sure(here[others[0]]):
        second = here[others[0]]
        key = "f_top_clear" if here[first][2] > second[3] else "f_top_close"
        sentences.append(say(key, second=names[others[0]], second_value=_value(second)))
    if last < max(point[0] for points in found.values() for point in points):
        sentences.append(say("f_top_later"))
    return [_item(*sentences, behind=[[code, periods[last]] for code in (first, *others[:1])])]


def _moves(shown: dict[str, Any], names: dict[str, Text]) -> list[Item]:
    """What the tests carry, a code each; then, together, the codes they do not carry and those that cannot be tested."""
    rows = [row for row in shown["changes"] if row["group"] == "all" and row["series"] in names]
    items = []
    for code, name in names.items():
        sure = [row for row in rows if row["series"] == code and claimed(row) and row["kind"] in _SAID]
        sure.sort(key=lambda row: (list(_SAID).index(row["kind"]), row["period"] or ""))
        behind = [[code, period] for row in sure for period in _behind(row, points_of(shown["trends"], code), shown["trends"])]
        if sure:
            items.append(_item(*(_move(row, name) for row in sure), behind=list(map(list, dict.fromkeys(map(tuple, behind))))))
    moved = {row["series"] for row in rows if claimed(row) and row["kind"] in _SAID}
    still = {row["series"] for row in rows if row["q"] is not None} - moved
    items += [_item(say("f_still", codes=_joined([names[code] for code in names if code in still])))] if still else []
    return items + _untested(rows, names, shown["said"]) + ([] if rows else [_item(say("f_no_tests"))])


def _move(row: dict[str, Any], name: Text) -> Text:
    up = "up" if row["effect"] > 0 else "down"
    numbers = {key: "–" if row[key] is None else f"{row[key]:.1f}" for key in ("low", "high", "before", "after")}
    sign = {"effect": f"{row['effect']:+.1f}", "q": "< .001" if row["q"] < 0.001 else f"= {row['q']:.2g}"}
    support = "–" if row["support"] is None else f"{row['support']:.0%}"
    numbers = {key: value.replace("-", "−") for key, value in (numbers | sign).items()}
    return say(f"{_SAID[row['kind']]}_{up}", code=name, **numbers, period=row["period"], since=row["since"], support=support)


def _behind(row: dict[str, Any], points: list[Point], trends: dict[str, Any]) -> list[str]:
    """The periods whose sentences stand behind a move: the one it begins with, or the ends of a trend."""
    met = [trends["periods"][point[0]] for point in points if point[1]]
    return [row["period"]] if row["period"] in met else [met[0], met[-1]] if row["kind"] == "trend" and met else []


def _untested(rows: list[dict[str, Any]], names: dict[str, Text], said: list[Text]) -> list[Item]:
    """The codes without a test of their trend, a sentence a reason."""
    bare: dict[int | None, list[str]] = {}
    for row in rows:
        if row["kind"] == "trend" and row["q"] is None:
            bare.setdefault(row["reason"], []).append(row["series"])
    unknown = say("no_reason")
    return [
        _item(
            say(
                "f_untested",
                codes=_joined([names[code] for code in names if code in codes]),
                reason=unknown if at is None else said[at],
            )
        )
        for at, codes in sorted(bare.items(), key=lambda item: -1 if item[0] is None else item[0])
    ]


def _item(*sentences: Text, behind: list[list[str]] | None = None) -> Item:
    return {"text": list(sentences), "behind": behind or []}


def _sure(point: Point) -> bool:
    return point[2] is not None and point[3] is not None


def _value(point: Point) -> Text:
    """A rate with its interval, one decimal."""
    value, low, high = (None if number is None else f"{number:.1f}" for number in point[1:4])
    return say("f_point", value=value) if low is None else say("f_range", value=value, low=low, high=high)


def _joined(names: list[Text]) -> Text:
    marks = {"zh": "”、“", "en": "”, “"}
    return {lang: f"“{marks[lang].join(name[lang] for name in names)}”" for lang in LANGUAGES}

"""The few sentences at the top of the report, put together from what the tables say, no more than that."""

from typing import Any

from pipeline.report.words import LANGUAGES, Text, say

Point = list[Any]  # [period, value, low, high, documents, segments] as in series.series
Item = dict[str, Any]  # text: its sentences; behind: [code, period] of each rate in it, whose sentences the page can open


def findings(shown: dict[str, Any], *, min_documents: int = 5) -> list[Item]:
    """What a reader should know first, cautious where intervals overlap or are missing.

    Args:
        min_documents: of a period, for its rates to have an interval.
    """
    read, trends, counts = shown["read"], shown["trends"], shown["counts"]
    items = [_item(say("f_scope", **counts)), _dates(read, counts["documents"])]
    if counts["set_aside"]:
        items.append(_item(say("f_set_aside", n=counts["set_aside"])))
    found = {code["id"]: trends["series"].get(code["id"], {}).get("all", []) for code in shown["codes"]}
    names = {code["id"]: code["name"] for code in shown["codes"]}
    if trends["periods"]:
        items += [*_highest(found, names, trends["periods"]), *_changes(found, names, trends["periods"], min_documents)]
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


def _changes(found: dict[str, list[Point]], names: dict[str, Text], periods: list[str], min_documents: int) -> list[Item]:
    """A code each; then, together, those with too little to compare and those that are never met."""
    sure = {code: [point for point in points if _sure(point)] for code, points in found.items()}
    items = [_change(code, points, names[code], periods) for code, points in sure.items() if len(points) > 1]
    few = [names[code] for code, points in sure.items() if found[code] and len(points) < 2]
    never = [names[code] for code, points in found.items() if not points]
    items += [_item(say("f_few", codes=_joined(few), n=min_documents))] if few else []
    return items + ([_item(say("f_never", codes=_joined(never)))] if never else [])


def _change(code: str, sure: list[Point], name: Text, periods: list[str]) -> Item:
    """The first and the last period that have an interval, and a peak between them that is clear of both."""
    first, last = sure[0], sure[-1]
    key = "f_rise" if last[2] > first[3] else "f_fall" if last[3] < first[2] else "f_same"
    ends = {"first": periods[first[0]], "first_value": _value(first), "last": periods[last[0]], "last_value": _value(last)}
    sentences, behind = [say(key, code=name, **ends)], [first, last]
    peak = max(sure, key=lambda point: point[1])
    if peak[2] > max(first[3], last[3]):
        sentences.append(say("f_peak", period=periods[peak[0]], value=_value(peak)))
        behind.insert(1, peak)
    return _item(*sentences, behind=[[code, periods[point[0]]] for point in behind])


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

"""The few sentences at the top of the report, put together from what the tables say, no more than that."""

from typing import Any

from pipeline.report.words import Text, say

Point = list[Any]  # [period, value, low, high, documents, segments] as in data.series


def findings(shown: dict[str, Any]) -> list[list[Text]]:
    """What a reader should know first: one list of sentences an item, cautious where intervals overlap or are missing."""
    read, trends = shown["read"], shown["trends"]
    items = [[say("f_scope", **shown["counts"])]]
    if read["years"]:
        dated = shown["counts"]["documents"] - read["undated"]
        key = "f_dates" if read["undated"] else "f_dates_all"
        items.append([say(key, dated=dated, first=read["years"][0][0], last=read["years"][-1][0], undated=read["undated"])])
    if shown["counts"]["set_aside"]:
        items.append([say("f_set_aside", n=shown["counts"]["set_aside"])])
    found = {code["id"]: trends["series"].get(code["id"], {}).get("all", []) for code in shown["codes"]}
    names = {code["id"]: code["name"] for code in shown["codes"]}
    items += _highest(found, names, trends["periods"])
    items += [_change(points, names[code], trends["periods"]) for code, points in found.items() if points]
    if shown["counts"]["coded"]:
        items.append([say("f_unchecked")])
    return items


def _highest(found: dict[str, list[Point]], names: dict[str, Text], periods: list[str]) -> list[list[Text]]:
    """Which code stands highest in the last period, and whether its interval is clear of the next one's."""
    last = max((points[-1][0] for points in found.values() if points), default=None)
    ranked = sorted(
        (-points[-1][1], code) for code, points in found.items() if points and points[-1][0] == last and points[-1][1]
    )
    if not ranked:
        return []
    points = [found[code][-1] for _, code in ranked]
    sentences = [say("f_top", period=periods[points[0][0]], code=names[ranked[0][1]], value=_value(points[0]))]
    if len(points) > 1 and points[0][2] is not None and points[1][3] is not None:
        key = "f_top_clear" if points[0][2] > points[1][3] else "f_top_close"
        sentences.append(say(key, second=names[ranked[1][1]], second_value=_value(points[1])))
    return [sentences]


def _change(points: list[Point], name: Text, periods: list[str]) -> list[Text]:
    """The first and the last period that have an interval, and a peak between them that is clear of both."""
    sure = [point for point in points if point[2] is not None and point[3] is not None]
    if len(sure) < 2:
        return [say("f_few", code=name)]
    first, last = sure[0], sure[-1]
    key = "f_rise" if last[2] > first[3] else "f_fall" if last[3] < first[2] else "f_same"
    ends = {"first": periods[first[0]], "first_value": _value(first), "last": periods[last[0]], "last_value": _value(last)}
    sentences = [say(key, code=name, **ends)]
    peak = max(sure, key=lambda point: point[1])
    if peak[2] > max(first[3], last[3]):
        sentences.append(say("f_peak", period=periods[peak[0]], value=_value(peak)))
    return sentences


def _value(point: Point) -> Text:
    """A rate with its interval, one decimal."""
    value, low, high = (None if number is None else f"{number:.1f}" for number in point[1:4])
    return say("f_point", value=value) if low is None else say("f_range", value=value, low=low, high=high)

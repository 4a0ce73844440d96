"""What the charts, the map and the list of topics show: selected, joined and sorted from the tables, never computed."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from pipeline.periods import periods_between
from pipeline.report.data import LISTED, table
from pipeline.store import Run

MOST_POINTS = 40_000  # of all series in the page
FLAT = 10  # times as high as the lowest chart: from there each chart has a scale of its own


def series(run: Run, codes: list[dict[str, Any]]) -> dict[str, Any]:
    """The trends for the charts: periods, and series → group → points [period, value, low, high, documents, segments].

    Of each dimension of groups those with most documents are kept, fewer if there are very many points, and `cut` names the
    dimensions of which some are left out; stances and topics come for all documents only.
    """
    drawn = (run.settings.trends.units[0], "mean_share")
    rows = [row for row in table(run, "trends").to_pylist() if row["unit"] in drawn]
    if not rows:
        return {"periods": [], "series": {}, "units": {}, "cut": [], "own_scale": False, "points": 0, "without": 0}
    found = sorted({row["period"] for row in rows})
    periods = periods_between(found[0], found[-1], run.settings)
    known = {code["id"] for code in codes}
    per_group = max(1, len(known) * len(periods))
    n_groups = min(LISTED, MOST_POINTS // per_group // 4)
    kept = _largest_groups(rows, n_groups)
    places = {period: at for at, period in enumerate(periods)}
    shown: dict[str, dict[str, list[Any]]] = {}
    for row in rows:
        if row["group"] == "all" or (row["series"] in known and row["group"] in kept):
            point = [places[row["period"]], *(_short(row[name]) for name in ("value", "low", "high"))]
            point += [row["n_documents"], row["n_segments"]]
            shown.setdefault(row["series"], {}).setdefault(row["group"], []).append(point)
    for groups in shown.values():
        for points in groups.values():
            points.sort(key=lambda point: point[0])
    units = {row["series"]: row["unit"] for row in rows}
    bare = [row["low"] is None for row in rows if row["value"] is not None]
    cut = sorted({row["group"].split("=")[0] for row in rows if row["group"] != "all" and row["group"] not in kept})
    own = _far_apart([shown[code].get("all", []) for code in sorted(known & set(shown))])
    counts = {"points": len(bare), "without": sum(bare)}
    return {"periods": periods, "series": shown, "units": units, "cut": cut, "own_scale": own, **counts}


def topics(run: Run, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Topics with their leading terms and the three documents they take most of, and the quality of the fit."""
    titles = {row["doc_id"]: row for row in documents}
    leading: dict[int, list[tuple[float, str]]] = {}
    for row in table(run, "doc_topics").to_pylist():
        if row["doc_id"] in titles and titles[row["doc_id"]]["duplicate_of"] is None:
            best = leading.setdefault(row["topic"], [])
            best.append((-row["weight"], row["doc_id"]))
            if len(best) > 200:
                best[:] = sorted(best)[:3]
    found: dict[int, dict[str, Any]] = {}
    for row in sorted(table(run, "topics").to_pylist(), key=lambda row: (row["period"] != "all", row["topic"], row["rank"])):
        topic = found.setdefault(row["topic"], {"topic": row["topic"], "label": row["label"], "terms": [], "documents": []})
        if len(topic["terms"]) < LISTED - 2 and row["term"] not in {term for term, _ in topic["terms"]}:
            topic["terms"].append((row["term"], row["weight"]))
    for number, topic in found.items():
        best = sorted(leading.get(number, []))[:3]
        topic["documents"] = [
            {"title": titles[doc]["title"], "date": titles[doc]["date"], "weight": -weight} for weight, doc in best
        ]
    return {"topics": list(found.values()), "quality": table(run, "topic_quality").to_pylist()}


def maps(run: Run) -> dict[str, Any]:
    """Both maps: the most frequent nodes with their counts by period, and the backbone links among them."""
    nodes, links = table(run, "nodes").to_pylist(), table(run, "links")
    links = links.filter(links.column("backbone")).to_pylist()
    periods = sorted({row["period"] for row in nodes} - {"all"})
    shown = {kind: _map(kind, nodes, links, periods, run.settings.report.map_terms) for kind in ("term", "code")}
    return {"periods": periods, **shown}


def _largest_groups(rows: list[dict[str, Any]], most: int) -> set[str]:
    """The groups of each dimension with most documents."""
    sizes: Counter[str] = Counter()
    first = rows[0]["series"]
    for row in rows:
        if row["series"] == first and row["group"] != "all":
            sizes[row["group"]] += row["n_documents"]
    ranked = sorted(sizes, key=lambda group: (group.split("=")[0], -sizes[group], group))
    seen: Counter[str] = Counter()
    kept = set()
    for group in ranked:
        seen[group.split("=")[0]] += 1
        if seen[group.split("=")[0]] <= most:
            kept.add(group)
    return kept


def _far_apart(lists: list[list[Any]]) -> bool:
    """Whether one scale for all would press one of these series flat."""
    tops = [max((point[1] or 0 for point in points), default=0) for points in lists]
    tops = [top for top in tops if top]
    return bool(tops) and max(tops) > FLAT * min(tops)


def _map(kind: str, nodes: list[dict[str, Any]], links: list[dict[str, Any]], periods: list[str], most: int) -> dict[str, Any]:
    whole = sorted(
        (row for row in nodes if row["kind"] == kind and row["period"] == "all"), key=lambda row: (-row["count"], row["a"])
    )
    kept = {row["a"]: at for at, row in enumerate(whole[:most])}
    x, y = _spread([row["x"] for row in whole[:most]]), _spread([row["y"] for row in whole[:most]])
    shown = [[row["a"], x(row["x"]), y(row["y"]), row["cluster"], {"all": row["count"]}] for row in whole[:most]]
    for row in nodes:
        if row["kind"] == kind and row["period"] != "all" and row["a"] in kept:
            shown[kept[row["a"]]][4][row["period"]] = row["count"]
    lines: dict[tuple[int, int], dict[str, Any]] = {}
    for row in links:
        if row["kind"] == kind and row["a"] in kept and row["b"] in kept:
            lines.setdefault((kept[row["a"]], kept[row["b"]]), {})[row["period"]] = [row["count"], _short(row["strength"])]
    return {"nodes": shown, "links": [[a, b, by_period] for (a, b), by_period in sorted(lines.items())], "all": len(whole)}


def _spread(values: list[float]) -> Callable[[float], float | None]:
    """Stretches values to -1 … 1, so that what is shown of a map fills its space."""
    low, high = min(values, default=0), max(values, default=0)
    return lambda value: _short(2 * (value - low) / (high - low) - 1) if high > low else 0.0


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")

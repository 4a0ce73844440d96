"""What the map and the list of topics show: selected, joined and sorted from the tables, never computed."""

from collections.abc import Callable
from typing import Any

from pipeline.report.data import LISTED, table
from pipeline.report.series import short
from pipeline.store import Run


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
            lines.setdefault((kept[row["a"]], kept[row["b"]]), {})[row["period"]] = [row["count"], short(row["strength"])]
    return {"nodes": shown, "links": [[a, b, by_period] for (a, b), by_period in sorted(lines.items())], "all": len(whole)}


def _spread(values: list[float]) -> Callable[[float], float | None]:
    """Stretches values to -1 … 1, so that what is shown of a map fills its space."""
    low, high = min(values, default=0), max(values, default=0)
    return lambda value: short(2 * (value - low) / (high - low) - 1) if high > low else 0.0

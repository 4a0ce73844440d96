"""What the list of topics shows: selected, joined and sorted from the tables, never computed."""

from typing import Any

from pipeline.report.data import LISTED, table
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

"""Keyword in context: a term, or what carries a code, with the characters around it and where it stands."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from pipeline.store import Run


def concordance(run: Run, query: str, *, width: int = 20, limit: int = 50) -> tuple[list[dict[str, Any]], int]:
    """Lines of left context, keyword and right context, sorted by date and document, and how many places there are in all.

    Args:
        query: a code of the run's tags (its child codes included); anything else is looked for as characters.
        width: characters on each side.
        limit: lines made.
    Raises NotReadyError: the run has no documents.
    """
    places = _coded(run, query)
    found: list[tuple[tuple[str, str], list[dict[str, Any]], int]] = []  # date and source, lines, places
    for part in run.parts():
        for document in run.table("documents", ["doc_id", "title", "date", "source", "pages", "text"], part=part).to_pylist():
            spots = _literal(document["text"], query) if places is None else places.get(document["doc_id"], [])
            lines = [_line(document, start, end, width) for start, end in spots[:limit]]
            if lines:
                found.append(((document["date"] or "", document["source"]), lines, len(spots)))
    found.sort(key=lambda entry: entry[0])
    lines = [line for _, of_document, _ in found for line in of_document]
    return lines[:limit], sum(n for *_, n in found)


def _coded(run: Run, code: str) -> dict[str, list[tuple[int, int]]] | None:
    """Where a code stands, by document; none when no tag carries it."""
    if run.rows("tags") == 0:
        return None
    found: dict[str, list[tuple[int, int]]] = {}
    for tag in run.table("tags", ["doc_id", "code", "start", "end"]).to_pylist():
        if tag["code"] == code or tag["code"].startswith(f"{code}."):
            found.setdefault(tag["doc_id"], []).append((tag["start"], tag["end"]))
    return {doc_id: sorted(set(spots)) for doc_id, spots in found.items()} or None


def _literal(text: str, query: str) -> list[tuple[int, int]]:
    def starts() -> Iterator[int]:
        at = text.find(query)
        while at >= 0:
            yield at
            at = text.find(query, at + 1)

    return [(start, start + len(query)) for start in starts()] if query else []


def _line(document: dict[str, Any], start: int, end: int, width: int) -> dict[str, Any]:
    text = document["text"]
    return {
        "left": text[max(0, start - width) : start].replace("\n", " "),
        "keyword": text[start:end].replace("\n", " "),
        "right": text[end : end + width].replace("\n", " "),
        "date": document["date"],
        "title": document["title"],
        "page": bisect_right(document["pages"], start) or None,
        "at": start,
        "source": document["source"],
    }

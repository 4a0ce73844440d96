"""The fields of a document's metadata as they were found, each place that tells of one with its confidence."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pipeline.ingest.metadata.dates import read_date
from pipeline.records import Candidate

ONE = (
    "title", "date", "written", "published", "level", "region", "doc_number", "kind", "abstract", "journal", "volume", "issue",
    "page_range", "doi",
)  # fmt: skip
LISTS = ("issuers", "addressees", "authors", "keywords", "affiliations", "funds")


def chosen(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates field by field, the first of each field marked as used; empty ones are left out."""
    by_field: dict[str, list[Candidate]] = {field: [] for field in (*ONE, *LISTS)}
    for candidate in candidates:
        if any(candidate.values):
            by_field[candidate.field].append(candidate)
    return [replace(found, used=not at) for group in by_field.values() for at, found in enumerate(group)]


def columns_of(candidates: Iterable[Candidate]) -> dict[str, Any]:
    """The columns of a document that the used candidates fill, and the precision of its date."""
    used = {candidate.field: candidate.values for candidate in candidates if candidate.used}
    columns: dict[str, Any] = {field: used[field][0] if field in used else None for field in ONE}
    columns |= {field: used.get(field, []) for field in LISTS}
    columns["title"] = columns["title"] or ""
    columns["level"] = columns["level"] or "none"
    columns["kind"] = columns["kind"] or "other"
    date = read_date(columns["date"] or "")
    return columns | {"date_precision": date.precision if date else "none"}

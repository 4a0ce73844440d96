"""The fields of a document's metadata as they were found, each place that tells of one with its confidence.

The first place of a field is used. How sure a value is follows from how often its place is right (BASE), and

- rises with every other place that says the same: 1 - (1 - a)(1 - b) ..., at most .99;
- falls where another place says otherwise, by a quarter of how often that one is right.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.ingest.gazetteer import Gazetteer, current_name, province_of
from pipeline.ingest.thesaurus import merged
from pipeline.records import Candidate

# how the origin begins of what is not of the document itself: the row that says it, the doc_id of the record, or the place follows
GIVEN, RECORD, THESAURUS = "given: ", "record: ", "thesaurus: "
Found = tuple[str, list[str]]  # a place, and what it says: one value, or the items of a list

ONE = (
    "title", "date", "written", "published", "level", "region", "doc_number", "kind", "abstract", "journal", "volume", "issue",
    "page_range", "doi",
)  # fmt: skip
LISTS = ("issuers", "addressees", "authors", "keywords", "affiliations", "funds")
DATES = ("date", "written", "published")
# field → place → how often it is right where it tells anything; docs/quality.md says how that was measured
BASE: dict[str, dict[str, float]] = {
    "title": {"text": 0.95, "page": 0.85, "file properties": 0.6, "file name": 0.45},
    "date": {"signature": 0.95, "delivery": 0.9, "page": 0.9, "number": 0.9, "imprint": 0.85, "text": 0.8, "file name": 0.8,
             "adoption note": 0.65, "title": 0.6},
    "issuers": {"signature": 0.95, "title": 0.95, "adoption note": 0.95, "red head": 0.9, "number": 0.9, "region": 0.9, "page": 0.7},
    "level": {"issuers": 0.97, "title": 0.95, "number": 0.95, "folder": 0.9, "text": 0.85},
    "region": {"issuers": 0.97, "title": 0.95, "number": 0.95, "folder": 0.85, "text": 0.85},
    "doc_number": {"text": 0.97, "file name": 0.8},
    "kind": {"parts": 0.95, "title": 0.95, "file name": 0.9, "official form": 0.7, "folder": 0.7},
}  # fmt: skip
_STATED = {"table": 0.97, "record": 0.97, "front matter": 0.95}  # of any field
_UNKNOWN = 0.8  # of the fields and places that no truth was at hand for
_MOST = 0.99
_COMPARED = 300  # characters of a value
_PRECISION = {0: "none", 4: "year", 7: "month", 10: "day"}  # by the length of an ISO date


def weighed(
    field: str, found: Sequence[Found], *, beside: Sequence[Found] = (), repairs: Mapping[str, str] | None = None
) -> list[Candidate]:
    """What several places say a field is, as candidates in the order given, each with its confidence.

    Args:
        beside: what further places say that are no candidates: the year of a number, beside whole dates.
        repairs: field → what was mended in what a record or table says.
    """
    found = [(origin, values) for origin, values in found if any(values)]
    return [
        Candidate(
            field,
            values,
            origin,
            _confidence(field, (origin, values), [*found, *beside]),
            repair=(repairs or {}).get(field, "") if origin in _STATED else "",
        )
        for origin, values in found
    ]


def _confidence(field: str, one: Found, all_found: Sequence[Found]) -> float:
    agreeing = {one[0]: base(field, one[0])}
    against = 0.0
    for origin, values in all_found:
        stance = _stance(field, one[1], values)
        if stance > 0:
            agreeing[origin] = base(field, origin)
        elif stance < 0:
            against = max(against, base(field, origin))
    sure = min(_MOST, 1 - math.prod(1 - right for right in agreeing.values()))
    return round(sure * (1 - against / 4), 3)


def base(field: str, origin: str) -> float:
    """How often a place is right about a field, by itself."""
    name = "date" if field in DATES else field
    return BASE.get(name, {}).get(origin) or _STATED.get(origin, _UNKNOWN)


def _stance(field: str, one: list[str], other: list[str]) -> int:
    """1 when two values are the same, 0 when both may be right since one says less, -1 when one must be wrong."""
    if field in DATES:
        less, more = sorted((one[0], other[0]), key=len)
        # a number or a title may be of the year before or after
        near = len(less) == 4 and abs(int(less) - int(more[:4])) <= 1
        return 1 if less == more else 0 if near or more.startswith(less) else -1
    first, second = ({re.sub(r"[\W_]+", "", value[:_COMPARED]).lower() for value in values} for values in (one, other))
    if first == second:
        return 1
    part = len(one) == len(other) == 1 and any(a in b or b in a for a in first for b in second)
    return 0 if part or first < second or second < first else -1


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
    return columns | {"date_precision": _PRECISION[len(columns["date"] or "")]}


def following(columns: Mapping[str, Any], places: Gazetteer) -> dict[str, Any]:
    """Columns that follow from others: the issuers under the names they have today, the province of the region."""
    issuers = list(dict.fromkeys(current_name(name, places) for name in columns["issuers"]))
    return {"issuers_today": issuers, "province": province_of(columns["region"], places)}


def as_found(provenance: Iterable[Mapping[str, Any]]) -> list[Candidate]:
    """What was read of a document itself, of the rows that its provenance is stored as."""
    return [Candidate(**row) for row in provenance if not row["origin"].startswith((GIVEN, RECORD, THESAURUS))]


def settled(read: Sequence[Candidate], said: Sequence[Candidate], thesaurus: Mapping[str, str] | None = None) -> list[Candidate]:
    """All candidates of a document with the used ones chosen anew.

    What people say of it comes first. What a bibliographic record says comes next where it is surer than what was read. Keywords and
    authors that a thesaurus has are replaced, and what they were stays behind that.
    """
    sure: dict[str, float] = {}
    for one in read:
        sure.setdefault(one.field, one.confidence)
    given = [one for one in said if one.origin.startswith(GIVEN)]
    fields = {one.field for one in given}
    given += [replace(one, field="date") for one in given if one.field == "written" and "date" not in fields]
    records = [one for one in said if one.origin.startswith(RECORD)]
    surer = [one for one in records if one.confidence > sure.get(one.field, 0)]
    found = chosen([*given, *surer, *read, *(one for one in records if one not in surer)])
    names = [one for one in found if thesaurus and one.used and one.field in ("authors", "keywords")]
    replaced = [replace(one, values=merged(one.values, thesaurus or {}), origin=THESAURUS + one.origin) for one in names]
    return chosen([*(one for one, before in zip(replaced, names, strict=True) if one.values != before.values), *found])

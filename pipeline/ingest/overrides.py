"""What people say about files beside them, field by field: rows of a table that names files, sections of a corpus.toml.

It beats what was read of the files and never hides it: both stand in `documents.provenance`. A table names files in a column
`file` or 文件名 and holds no text; a section of corpus.toml is called like a file, or by a pattern with *:

    ["reports/*.pdf"]
    issuers = ["澜州省人民政府"]
    written = "2021-03-05"
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from pipeline.ingest.candidates import DATES, GIVEN, LISTS, ONE
from pipeline.ingest.gazetteer import ISSUER_LEVELS, Gazetteer
from pipeline.ingest.metadata.dates import read_date
from pipeline.ingest.metadata.issuers import full_name, split_issuers
from pipeline.ingest.metadata.kind import KINDS
from pipeline.ingest.metadata.numbers import number_from_cell
from pipeline.ingest.parsed import Member
from pipeline.ingest.scan import escaped, plain
from pipeline.records import Candidate, Input, Override

_ALLOWED = {"level": ISSUER_LEVELS, "kind": KINDS}


def is_override(columns: Mapping[str, str]) -> bool:
    """Whether a row of a table with these columns speaks of a file instead of being a document."""
    return "file" in columns and "text" not in columns


def override(here: Input, row: Member, gazetteer: Gazetteer) -> tuple[Input, Override | None]:
    """What a row says about a file, and the row as input; what of it cannot be read is told there and left out."""
    cells = row.cells or {}
    said = {field: cells[header].strip() for field, header in row.columns.items() if cells.get(header, "").strip()}
    name = said.pop("file", "").replace("\\", "/").removeprefix("./").strip("/")
    if not name:
        return _with(here, "partial", "names no file; fill in the column with its name"), None
    candidates, doubts = [], []
    for field, value in said.items():
        found = _values(_field_of(field), value, gazetteer)
        if found:
            candidates.append(Candidate(_field_of(field), found, f"{GIVEN}{here.source}", 1.0))
        else:
            doubts.append(f"{field} '{value[:40]}' cannot be read; {_advice(field)}")
    folder = re.sub(r"[^/!]*$", "", re.split(r"#", here.source)[0])
    doubt = "; ".join(doubts)
    return _with(here, "partial" if doubt else "ok", doubt), Override(here.source, folder + escaped(name), candidates, doubt)


def by_precedence(overrides: Iterable[Override]) -> list[Override]:
    """Overrides, what beats others first: those of one file, those of a longer pattern, the first by source."""
    return sorted(overrides, key=lambda one: ("*" in one.names, -len(one.names) if "*" in one.names else 0, one.source))


def loosely(name: str) -> str:
    """A name without what differs between systems: case, width, and letters put together of parts."""
    return unicodedata.normalize("NFKC", name).casefold()


def matched(override: Override, doc_ids_of: Mapping[str, list[str]], alike: Mapping[str, list[str]]) -> list[str]:
    """The documents an override speaks of: of the file so called, else of a row or member of one, else of the one spelt alike.

    Args:
        doc_ids_of: source of a file, row or member → documents that came of it and of what is in it.
        alike: the same by `loosely`.
    """
    ways = ((doc_ids_of, override.names), (doc_ids_of, plain(override.names)), (alike, loosely(override.names)))
    found = (_documents_of(name, known) for known, name in ways)
    return next(filter(None, found), [])


def _documents_of(name: str, doc_ids_of: Mapping[str, list[str]]) -> list[str]:
    if "*" not in name:
        return doc_ids_of.get(name, [])
    return sorted({doc_id for source, ids in doc_ids_of.items() if _fits(source, name) for doc_id in ids})


def _fits(source: str, pattern: str) -> bool:
    """Whether a source is what a pattern with * says; without trying again, so that no pattern takes long."""
    first, *middle, last = pattern.split("*")
    at, end = len(first), len(source) - len(last)
    if at > end or not source.startswith(first) or not source.endswith(last):
        return False
    for piece in middle:
        at = source.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _field_of(field: str) -> str:
    return "date" if field == "year" else field


def _values(field: str, value: str, gazetteer: Gazetteer) -> list[str]:
    """A cell as the column of the documents holds it; nothing when it cannot be read."""
    if field in DATES:
        date = read_date(value)
        return [date.iso] if date else []
    if field in _ALLOWED:
        return [value] if value in _ALLOWED[field] else []
    if field == "issuers":
        return list(dict.fromkeys(full_name(name, gazetteer) for name in split_issuers(value)))
    if field == "doc_number":
        return [number_from_cell(value, gazetteer) or value]
    if field in LISTS:
        return [part for item in re.split(r"[;；\n]+", value) if (part := item.strip())]
    return [value] if field in ONE else []


def _advice(field: str) -> str:
    if field in _ALLOWED:
        return f"write one of {', '.join(_ALLOWED[field])}"
    return "write it as 2021-06-05, 2021-06 or 2021" if field in (*DATES, "year") else "there is no such field"


def _with(here: Input, status: str, reason: str) -> Input:
    return Input(here.source, here.bytes_hash, here.size, status, reason, None)

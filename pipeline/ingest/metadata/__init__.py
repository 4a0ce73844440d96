"""What is known about a document: title, dates, issuers, number, level, region, addressees, kind, authors, keywords, abstract …

Every place that tells of a field is a candidate, the best place first: what a table states beats what the text says, the text beats
what a page or a file says about itself, and that beats the name of the file. Only the beginning and the places of signatures are
read, since numbers and dates inside a text belong to what it cites.
"""

import re
from collections.abc import Mapping

from pipeline.ingest.candidates import Found, chosen, weighed
from pipeline.ingest.gazetteer import ISSUER_LEVELS, Gazetteer
from pipeline.ingest.layout import Layout
from pipeline.ingest.metadata import papers
from pipeline.ingest.metadata.addressees import addressees
from pipeline.ingest.metadata.dated import dates
from pipeline.ingest.metadata.issuers import full_name, head_issuers, split_issuers, title_issuers
from pipeline.ingest.metadata.numbers import number_issuers
from pipeline.ingest.metadata.placed import levels_and_regions
from pipeline.ingest.metadata.reading import Read, items, read_document
from pipeline.records import Candidate

_OF_PAPERS = ("affiliations", "journal", "volume", "issue", "page_range", "doi", "funds")


def describe(
    layout: Layout, facts: Mapping[str, str], source: str, places: Gazetteer, repairs: Mapping[str, str] | None = None
) -> list[Candidate]:
    """What is known about a document, field by field, what is used first.

    Args:
        layout: its text; may be empty.
        facts: what the file or the row says, field → value as it stands, items of a list a line each or divided as usual;
            `meta …`, `html title`, `docx title`, `pdf title` are weak.
        source: as in the table inputs: `folder/name.pdf`, `x.zip!dir/name.txt`, `table.xlsx#12`.
        places: provinces, cities and issuing bodies.
        repairs: field → what was mended to read a fact.
    """
    read = read_document(layout, facts, source, places)
    issuers = _issuers(read, places)
    named = next((names for _, names in issuers if names), [])
    levels, regions = levels_and_regions(read, named, places)
    if not named and regions and read.kind == "report" and "政府工作报告" in read.title:
        issuers.append(("region", [full_name(f"{regions[0][1][0]}政府", places)]))
    found = {
        "title": read.titles,
        "issuers": issuers,
        "level": [(read.given, [stated] if (stated := read.facts.get("level", "")) in ISSUER_LEVELS else []), *levels],
        "region": regions,
        "doc_number": read.numbers,
        "kind": read.kinds,
        "addressees": _addressees(read, places),
        "authors": _authors(read),
        "keywords": _keywords(read),
        "abstract": read.abstracts,
        **_bibliographic(read),
    }
    of_fields = [one for field, places_found in found.items() for one in weighed(field, places_found, repairs=repairs)]
    return chosen([*of_fields, *dates(read, repairs or {})])


def _issuers(read: Read, places: Gazetteer) -> list[Found]:
    """The bodies that each place names, the best place first."""
    stated = [] if _names_employers(read) else split_issuers(read.facts.get("issuers", ""))
    found: list[Found] = [(read.given, stated)]
    if read.kind not in ("paper", "record"):
        found += [
            ("signature", read.signed[0]),
            ("title", title_issuers(read.heading, places)),
            ("adoption note", read.adopted[0]),
            ("red head", head_issuers(read.head, places)),
            ("number", number_issuers(read.number, places)),
            ("page", split_issuers(read.facts.get("meta issuers", ""))),
        ]
    others = [name for origin, names in found if origin in ("red head", "number") for name in names]
    return [(origin, _full_names(names, others, places)) for origin, names in found]


def _full_names(names: list[str], others: list[str], places: Gazetteer) -> list[str]:
    """Bodies by their full names; one that leaves its place out, 省人民政府办公厅, as another place calls it."""
    whole = [
        next((other for other in others if other != name and other.endswith(name)), name)
        if re.match("省|市|州|县|自治区", name)
        else name
        for name in names
    ]
    return list(dict.fromkeys(full_name(name, places) for name in whole))


def _names_employers(read: Read) -> bool:
    """Whether the column 机构 has what the authors belong to, as in a bibliography."""
    return read.kind == "record" and bool(read.facts.get("authors"))


def _addressees(read: Read, places: Gazetteer) -> list[Found]:
    found: list[Found] = [(read.given, items(read.facts, "addressees", split_issuers))]
    if read.kind == "policy" or (read.kind == "other" and read.official):
        found.append(("text", addressees(read.head, places)))
    return found


def _authors(read: Read) -> list[Found]:
    found: list[Found] = [(read.given, items(read.facts, "authors", papers.split_authors))]
    if read.kind == "paper":
        found.append(("text", papers.authors(read.head, read.notes, read.title)))
        found.append(("page", papers.split_authors(read.facts.get("meta authors", ""))))
    return found


def _keywords(read: Read) -> list[Found]:
    weak = papers.split_keywords(read.facts.get("meta keywords", "")) if read.kind == "paper" else []
    return [*read.keywords, ("page", weak)]


def _bibliographic(read: Read) -> dict[str, list[Found]]:
    """Where a paper appeared, and who employed and paid its authors: of the table or record, and of the paper itself."""
    stated = {field: items(read.facts, field, _split) for field in _OF_PAPERS}
    if _names_employers(read) and not stated["affiliations"]:
        stated["affiliations"] = items(read.facts, "issuers", _split)
    own = _paper_fields(read)
    return {field: [(read.given, stated[field]), ("text", own.get(field, []))] for field in _OF_PAPERS}


def _split(cell: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in re.split(r"[;；\n]", cell) if part.strip()))


def _paper_fields(read: Read) -> dict[str, list[str]]:
    """What a paper says of itself beside title, authors, abstract and keywords."""
    return papers.paper_fields(read.head, read.lines, read.notes) if read.kind == "paper" else {}

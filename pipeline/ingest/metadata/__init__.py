"""What is known about a document: title, date, issuers, number, level, region, kind, authors, keywords, abstract, language.

Facts a table states beat what the text says, the text beats what a page or a file says about itself, and that beats the name of the
file. Only the beginning and the places of signatures are read, since numbers and dates inside a text belong to what it cites.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.ingest.clean import count_han
from pipeline.ingest.gazetteer import Gazetteer, issuer_at, place_at, region_of, without_country
from pipeline.ingest.layout import Layout
from pipeline.ingest.metadata import papers
from pipeline.ingest.metadata.dates import Date, first_date, read_date, whole_date, year_in
from pipeline.ingest.metadata.history import adoption
from pipeline.ingest.metadata.issuers import (
    full_name,
    head_issuers,
    own_place,
    place_of_issuers,
    place_of_text,
    signature,
    split_issuers,
    title_issuers,
)
from pipeline.ingest.metadata.kind import Signs, is_thesis, kind_of
from pipeline.ingest.metadata.language import language_of
from pipeline.ingest.metadata.lines import DOC_NUMBER, Line, head_of, lines_of
from pipeline.ingest.metadata.numbers import doc_number, number_as_written, number_from_cell, number_issuers, number_place
from pipeline.ingest.metadata.titles import (
    clean_title,
    given_title,
    stem_of,
    text_title,
)

_RECORD = 200  # characters; a column of a bibliography that was taken for the text is shorter
_LEGISLATURE = r"人民代表大会|人大|国会|議會|立法院"
_PUBLISHED = re.compile(
    r"(?:发布|公布|印发|成文|发文|生成|发表)(?:时间|日期)\s?[:：]\s?(.{6,30})|^(?:时间|日期)\s?[:：]\s?(.{6,30})"
)
_PRINTED = re.compile(
    r"^[^《》，]{0,40}?((?:19|20)\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日)\s?(?:印发|公开发布|发布)(?:\s?共印.{1,8})?$"
)
_DELIVERED = re.compile(r"^[\s—–\-（(]{0,4}(.{8,16}?日).{0,4}[在于].{2,60}(?:会议|大会)")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a document; the fields are those of records.Document."""

    title: str
    date: str | None  # ISO: 2021, 2021-06 or 2021-06-05, as far as known
    date_precision: str  # day, month, year or none
    issuers: list[str]
    level: str  # central, province, city, county, other or none
    region: str | None  # full name of the province or city
    doc_number: str | None  # brackets as 〔〕
    kind: str  # policy, law, report, paper, record or other
    authors: list[str]
    keywords: list[str]
    abstract: str | None
    language: str  # zh, zh-Hant, en or other


@dataclass(frozen=True, slots=True)
class _Read:
    """What several fields are taken from."""

    facts: Mapping[str, str]  # by the names of fields
    head: list[Line]
    lines: list[Line]
    notes: list[str]
    source: str
    title: str
    heading: str  # the title in Chinese, where the table gives a translation
    number: str
    kind: str
    abstract: str
    keywords: list[str]
    signed: tuple[list[str], Date | None]
    adopted: tuple[list[str], Date | None]


def describe(layout: Layout, facts: Mapping[str, str], source: str, places: Gazetteer) -> Facts:
    """What is known about a document.

    Args:
        layout: its text; may be empty.
        facts: what the file or the row says, field → value as it stands; `meta …`, `html title`, `docx title`, `pdf title` are weak.
        source: as in the table inputs: `folder/name.pdf`, `x.zip!dir/name.txt`, `table.xlsx#12`.
        places: provinces, cities and issuing bodies.
    """
    read = _read(layout, _by_field(facts), source, places)
    issuers = _issuers(read, places)
    level, region = _place(read, issuers, places)
    if not issuers and region and read.kind == "report" and "政府工作报告" in read.title:
        issuers = [full_name(f"{region}政府", places)]
    date = _date(read)
    return Facts(
        title=read.title,
        date=date.iso if date else None,
        date_precision=date.precision if date else "none",
        issuers=issuers,
        level=level,
        region=region,
        doc_number=read.number or _number_in_name(source),
        kind=read.kind,
        authors=_authors(read),
        keywords=read.keywords,
        abstract=read.abstract or None,
        language=language_of(layout.text or read.title),
    )


def _read(layout: Layout, facts: dict[str, str], source: str, places: Gazetteer) -> _Read:
    """All that several fields depend on."""
    lines = lines_of(layout)
    head = head_of(lines)
    abstract, keywords = _labelled(head, facts)
    number = number_from_cell(facts.get("doc_number", "")) or doc_number(head)
    title = _title(facts, head, source, places, paged=bool(layout.pages))
    heading = title
    if not count_han(title):
        heading = text_title([line for line in head if line.text != title], places, paged=bool(layout.pages)) or title
    signed, adopted = signature(lines, places), adoption(head, places)
    signs = Signs(
        folders=tuple(re.split(r"[/!]|__", source)[:-1]),
        record=_is_record(facts, layout.text),
        abstract=bool(abstract),
        keywords=bool(keywords),
        references=any(line.kind == "reference" for line in lines),
        thesis=is_thesis(lines),
        official=bool(number or signed[0] or title_issuers(heading, places)),
        issuers=bool(facts.get("issuers")),
        legislated=any(re.search(_LEGISLATURE, body) for body in adopted[0]),
    )
    kind = kind_of((title, stem_of(source)), signs)
    if not keywords and kind == "paper":
        keywords = papers.split_keywords(facts.get("meta keywords", ""))
    return _Read(facts, head, lines, layout.notes, source, title, heading, number, kind, abstract, keywords, signed, adopted)


def _is_record(facts: Mapping[str, str], text: str) -> bool:
    """Whether a row of a table tells of a document without holding it: an abstract, or authors and keywords, and no text."""
    told = facts.get("abstract") or (facts.get("authors") and facts.get("keywords"))
    return bool(told) and (not facts.get("text") or len(text) < _RECORD)


def _labelled(head: list[Line], facts: Mapping[str, str]) -> tuple[str, list[str]]:
    """Abstract and keywords of the table, else of the text; English ones if there are no Chinese ones."""
    abstract, keywords = papers.labelled(head)
    if not (abstract or keywords):
        abstract, keywords = papers.labelled(head, english=True)
    return facts.get("abstract", "") or abstract, papers.split_keywords(facts.get("keywords", "")) or keywords


def _authors(read: _Read) -> list[str]:
    given = papers.split_authors(read.facts.get("authors", ""))
    if given or read.kind != "paper":
        return given
    return papers.authors(read.head, read.notes, read.title) or papers.split_authors(read.facts.get("meta authors", ""))


def _number_in_name(source: str) -> str | None:
    found = DOC_NUMBER.search(stem_of(source))
    return number_as_written(found) if found else None


def _by_field(facts: Mapping[str, str]) -> dict[str, str]:
    """Facts by the names of fields, whatever a front matter calls them; empty ones left out."""
    from pipeline.ingest.readers.html import KEYS
    from pipeline.ingest.readers.tables import NAMES, normal

    fields = {normal(name): field for field, names in NAMES.items() for name in names} | {k: v for k, v in KEYS.items() if v}
    known = {name: value.strip() for name, value in facts.items() if value and value.strip()}
    found = {name: value for name, value in known.items() if name in NAMES or " " in name}
    for name, value in known.items():
        if field := fields.get(normal(name)):
            found.setdefault(field, value)
    return {name: re.sub(r"""^(["'])([^"'\n]*)\1$""", r"\2", value) if name != "text" else value for name, value in found.items()}


def _title(facts: Mapping[str, str], head: list[Line], source: str, places: Gazetteer, *, paged: bool) -> str:
    return (
        given_title(facts, ("title",), places)
        or text_title(head, places, paged=paged)
        or given_title(facts, ("meta title", "html title", "docx title", "pdf title"), places)
        or clean_title(stem_of(source), places)
    )


def _issuers(read: _Read, places: Gazetteer) -> list[str]:
    """The bodies the best place names."""
    # in a bibliography the column 机构 has what the authors belong to
    named = [] if read.kind == "record" and read.facts.get("authors") else split_issuers(read.facts.get("issuers", ""))
    if not named and read.kind not in ("paper", "record"):
        named = (
            read.signed[0]
            or title_issuers(read.heading, places)
            or read.adopted[0]
            or head_issuers(read.head, places)
            or number_issuers(read.number, places)
            or split_issuers(read.facts.get("meta issuers", ""))
        )
        named = [_with_place(name, read, places) if re.match("省|市|州|县|自治区", name) else name for name in named]
    return list(dict.fromkeys(full_name(name, places) for name in named))


def _with_place(name: str, read: _Read, places: Gazetteer) -> str:
    """A body that leaves its place out, 省人民政府办公厅, as the red head or the number calls it."""
    others = [*head_issuers(read.head, places), *number_issuers(read.number, places)]
    return next((other for other in others if other != name and other.endswith(name)), name)


def _place(read: _Read, issuers: list[str], places: Gazetteer) -> tuple[str, str | None]:
    """Level and region: of the issuers, else of the place the title begins with, else of the table or folder."""
    if issuers and (found := place_of_issuers(issuers, places)) and found[0] != "other":
        return found
    cell = read.facts.get("region", "").split("\n")[0].strip()
    given = place_at(cell, places) if cell else None
    region = region_of(given[0], places) if given else cell or None
    if read.kind in ("paper", "record"):
        return "other" if issuers else "none", region
    plain = re.sub(r"^\W*(?:(?:19|20)\d\d\s?年度?)?", "", read.heading)
    if given:
        return given[0].level, region
    if found := place_of_text(plain, places):
        return found
    if found := number_place(read.number, places):
        return found
    if without_country(plain, places) != plain or _is_national(read, places):
        return "central", None
    if found := _place_of_folder(read.source, places) or (None if read.kind == "other" else own_place(read.lines, places)):
        return found
    return "other" if issuers else "none", region


def _is_national(read: _Read, places: Gazetteer) -> bool:
    """Whether a folder says that the laws in it are those of the state: by their kind, or by a central body."""
    folders = re.split(r"[/!]|__", read.source)[:-1]
    return read.kind == "law" and any(re.search("行政法规|部门规章", name) or _is_central(name, places) for name in folders)


def _is_central(name: str, places: Gazetteer) -> bool:
    found = issuer_at(name, places)
    return found is not None and found[0].level == "central"


def _place_of_folder(source: str, places: Gazetteer) -> tuple[str, str | None] | None:
    for part in reversed(re.split(r"[/!_#\s-]+", source)):
        if found := place_at(part, places, whole=True):
            return found[0].level, region_of(found[0], places)
    return None


def _date(read: _Read) -> Date | None:
    """The day a document is of: as stated, as signed, as published; failing that, a year."""
    year = read_date(read.facts.get("year", ""))
    for found in _dates(read):
        if found and (year is None or abs(found.year - year.year) <= 1):
            return found
    if year:
        return Date(f"{year.year:04}", "year")
    numbered = re.search(r"〔(\d{4})〕", read.number)
    stem = read.source.split("#")[0].rsplit("/", 1)[-1]
    for text in (f"{numbered[1]}年" if numbered else "", read.heading, stem):
        if found := year_in(text):
            return found
    named = read_date(re.sub(r"[A-Za-z.]*\d{5,}", "", stem)) if re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", stem) else None
    return named


def _dates(read: _Read) -> list[Date | None]:
    """Dates to the month or day, the best first."""
    facts = read.facts
    given, published = read_date(facts.get("date", "")), read_date(facts.get("published", ""))
    weak = read_date(facts.get("meta published", ""))
    named = first_date(re.sub(r"^.*[/!]", "", read.source.split("#")[0]))
    named = named if named and named.precision != "year" else None
    if read.kind == "paper":
        return [given, published, papers.paper_date(read.head, read.notes), read.signed[1], weak, named]
    adopted = read.adopted[1]
    if read.kind == "law" and adopted and named and named.iso > adopted.iso:
        adopted = named  # collections of laws put the date of the version into the name; the history may lack the last change
    bodies, signed = read.signed
    sure = signed if signed and (bodies or signed.precision == "day") else None  # a month alone may be that of a cover
    return [given, sure, published, adopted, _delivered(read.head), signed, _announced(read.lines), weak, named]


def _announced(lines: list[Line]) -> Date | None:
    """The day a page or the last line of a printed document gives for its publication."""
    for line in [*lines[:12], *lines[-6:]]:
        if len(line.text) < 200 and (found := _PUBLISHED.search(line.text) or _PRINTED.match(line.text)):
            date = first_date(next(filter(None, found.groups())))
            if date and date.precision == "day":
                return date
    return None


def _delivered(head: list[Line]) -> Date | None:
    """The day a report was given: ——2021年1月20日在某某省第十三届人民代表大会第四次会议上."""
    for line in head[:15]:
        if len(line.text) < 120 and (found := _DELIVERED.match(line.text)):
            return whole_date(found[1])
    return None

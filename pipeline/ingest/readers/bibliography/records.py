"""From the fields of a bibliographic record as they stand to the columns of a document, with a word on all that is mended."""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from pipeline.ingest.clean import HAN, clean, one_line
from pipeline.ingest.parsed import Member
from pipeline.ingest.readers.bibliography.lists import LISTS, Mended, items, joined

_LONG = 100_000  # characters of a field that are looked at; no abstract is longer


class Field(NamedTuple):
    """A field of a record as it stands."""

    tag: str
    value: str  # with the line breaks it has
    repair: str = ""  # what was mended to find it


@dataclass(frozen=True)
class Dialect:
    """Where a layout keeps what.

    Tags are those of the layout, of `English-中文` the part in Chinese; the first that is filled is taken, one in Chinese before others.
    """

    tags: Mapping[str, tuple[str, ...]]  # column, or type, school, last_page or references → tags
    parts: Mapping[str, re.Pattern[str]] = field(default_factory=dict)  # column → which part of the value it is (group 1)
    dividers: Mapping[str, str] = field(default_factory=dict)  # column → what stands between the items of a list, if not ;
    lines: frozenset[str] = frozenset()  # columns of which each line is an item, whatever stands at its end
    wrapped: bool = False  # long values are broken over lines


_Said = dict[str, list[Field]]  # tag → its fields, the filled ones
_THESIS = re.compile(r"thes[ie]s|dissertation|^THES|学位|博士|硕士", re.IGNORECASE)
_TAGS = re.compile(r"</?(?:sub|sup|i|b|em|strong|u|p|br|span|inf|italic|bold|title|jats:\w{1,20})\b[^<>]{0,80}>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,10}|#\d{1,6}|#[xX][0-9a-fA-F]{1,6});")
_FULL_DATE = re.compile(r"(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
_Rule = tuple[re.Pattern[str], str, str]  # what is replaced by what, and how that is called; "" when it is no repair
_RULES: dict[str, tuple[_Rule, ...]] = {
    "abstract": (
        (re.compile(r"^\s*[<＜〈《]\s?正\s?[>＞〉》]\s*"), "", "mark <正> left out"),
        (re.compile(r"\(#br\)"), "\n", "(#br) read as a line break"),
        (re.compile(r"^\s*[【\[]?(?:摘\s?要|内容提要|Abstract)(?:[】\]]|\s*[:：]|\s*\n)[:：\s]*", re.IGNORECASE), "", "label left out"),
    ),
    "issue": (
        (re.compile(r"^0*([1-9]\d?)期?$"), r"\1", "leading zeros left out"),
        (re.compile(r"^(?:No|Issue|第)\.?\s?0*([1-9]\w*)期?$", re.IGNORECASE), r"\1", "label left out"),
    ),
    "volume": (
        (re.compile(r"^0+([1-9]\d*)$"), r"\1", "leading zeros left out"),
        (re.compile(r"^(?:Vol|第)\.?\s?0*([1-9]\w*)卷?$", re.IGNORECASE), r"\1", "label left out"),
    ),
    "page_range": (
        (re.compile(r"^(?:19|20)\d\d-0?(\d{1,2})-0?(\d{1,2})$"), r"\1-\2", "pages a spreadsheet took for a date"),
        (re.compile(r"^(\d{1,2})月(\d{1,2})日$"), r"\1-\2", "pages a spreadsheet took for a date"),
        (re.compile(r"\s?(?:-{1,3}|[–—－~～])\s?"), "-", ""),
        (re.compile(r"^(?:pp?|第)\.?\s?(?=\d)|页$", re.IGNORECASE), "", "label left out"),
    ),
    "doi": ((re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi\s?[:：]\s?)+", re.IGNORECASE), "", "what stands before the DOI left out"),),
}  # fmt: skip
COLUMNS = (
    "title", "authors", "affiliations", "journal", "year", "published", "volume", "issue", "page_range", "keywords", "abstract",
    "doi", "funds",
)  # fmt: skip
_ROW = Dialect({column: (column,) for column in COLUMNS})


def members(records: Iterable[Sequence[Field]], dialect: Dialect, doubt: str) -> Iterator[Member]:
    """Records as members #1, #2 …: their cells as they stand, and what they say; each with what is doubtful about the whole file."""
    for number, record in enumerate(records, 1):
        cells: dict[str, list[str]] = {}
        for one in record:
            if one.value:
                cells.setdefault(one.tag, []).append(one.value)
        facts, repairs = facts_of(record, dialect)
        cited = [line for one in record if _key(one.tag) in dialect.tags.get("references", ()) for line in one.value.split("\n")]
        whole = {tag: "\n".join(values) for tag, values in cells.items()}
        references = [line for line in cited if line.strip()]
        yield Member(f"#{number}", cells=whole, facts=facts, repairs=repairs, references=references, remark=doubt)


def is_bibliography(columns: Mapping[str, str]) -> bool:
    """Whether a table with these columns (field → header) lists papers without their texts."""
    return {"title", "authors"} <= columns.keys() and bool({"journal", "keywords"} & columns.keys()) and "text" not in columns


def facts_of_row(cells: Mapping[str, str], columns: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What a row of such a table says, and what was mended, as `facts_of` gives it; its other columns as they stand."""
    said = {column: cells[header] for column, header in columns.items() if cells.get(header)}
    if "affiliations" not in columns and "issuers" in said:
        said["affiliations"] = said.pop("issuers")  # 机构 of a bibliography is where the authors work
    facts, repairs = facts_of([Field(*pair) for pair in said.items()], _ROW)
    return {column: value for column, value in said.items() if column not in COLUMNS} | facts, repairs


def facts_of(record: Sequence[Field], dialect: Dialect) -> tuple[dict[str, str], dict[str, str]]:
    """What a record says: column → value, the items of a list a line each; and column → what was mended to read it."""
    said: _Said = {}
    for one in record:
        if one.value.strip():
            said.setdefault(_key(one.tag), []).append(one)
    facts, repairs = {"kind": "record"}, {}
    thesis = any(_THESIS.search(one.value[:100]) for one in _fields(said, dialect, "type"))
    for column in COLUMNS:
        school = _fields(said, dialect, "school") if thesis and column == "journal" else []
        fields = school or _fields(said, dialect, column)
        mended = {one.repair: None for one in fields if one.repair}
        values = [one.value[:_LONG] for one in fields]
        if column == "page_range" and values and (last := _fields(said, dialect, "last_page")) and last[0].value != values[0]:
            values = [f"{values[0]}-{last[0].value[:_LONG]}"]
        found = _list(values, dialect, column, mended) if column in LISTS else _one(values, dialect, column, mended)
        if found:
            facts[column] = found
            if mended:
                repairs[column] = "; ".join(mended)
    return facts, repairs


def _fields(said: _Said, dialect: Dialect, column: str) -> list[Field]:
    """The fields that tell of a column: those of the first tag in Chinese or, if there is none, of the first that is filled."""
    filled = [said[tag] for tag in dialect.tags.get(column, ()) if tag in said]
    if column in ("year", "published"):
        return list(chain.from_iterable(filled))
    return next((fields for fields in filled if re.search(f"[{HAN}]", fields[0].value)), filled[0] if filled else [])


def _key(tag: str) -> str:
    return tag.rpartition("-")[2]


def _list(values: list[str], dialect: Dialect, column: str, mended: Mended) -> str:
    values = [_without_markup(value, mended) for value in values]
    if column in dialect.lines:
        values = [line for value in values for line in value.split("\n")]
    return "\n".join(items(column, values, dialect.dividers.get(column), mended))


def _one(values: list[str], dialect: Dialect, column: str, mended: Mended) -> str:
    if part := dialect.parts.get(column):
        values = [found[1] for value in values if (found := part.search(value))]
    if read := _READ.get(column):
        return read(values)
    value = _without_markup(values[0], mended) if values else ""
    for pattern, by, phrase in _RULES.get(column, ()):
        value, before = pattern.sub(by, value.strip()), value.strip()
        if value != before and phrase:
            mended[phrase] = None
    lines = list(filter(None, map(one_line, clean(value).split("\n"))))
    return "\n".join(lines) if column == "abstract" and not dialect.wrapped else joined(lines)


def _year(values: Sequence[str]) -> str:
    found = filter(None, (re.search(r"(?<!\d)[12]\d{3}(?!\d)", value[:100]) for value in values))
    return next((year[0] for year in found), "")


def _day(values: Sequence[str]) -> str:
    found = filter(None, (_FULL_DATE.search(value[:100]) for value in values))
    return next((f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}" for day in found), "")


_READ: dict[str, Callable[[Sequence[str]], str]] = {"year": _year, "published": _day}


def _without_markup(value: str, mended: Mended) -> str:
    """A value without HTML: entities as the characters they stand for, tags left out."""
    if "&" in value and _ENTITY.search(value):
        value = html.unescape(html.unescape(value))  # what was exported twice is escaped twice
        mended["HTML entities decoded"] = None
    if "<" in value and _TAGS.search(value):
        value = _TAGS.sub("", value)
        mended["HTML tags left out"] = None
    return value

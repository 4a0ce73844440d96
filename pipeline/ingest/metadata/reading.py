"""What is read of a document once, since several fields of its metadata depend on it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.ingest.candidates import Found
from pipeline.ingest.clean import count_han
from pipeline.ingest.fields import field_of
from pipeline.ingest.gazetteer import Gazetteer
from pipeline.ingest.layout import Layout
from pipeline.ingest.metadata import papers
from pipeline.ingest.metadata.dates import Date
from pipeline.ingest.metadata.history import adoption
from pipeline.ingest.metadata.issuers import signature, title_issuers
from pipeline.ingest.metadata.kind import KINDS, Signs, is_thesis, kinds_of
from pipeline.ingest.metadata.lines import DOC_NUMBER, Line, head_of, lines_of
from pipeline.ingest.metadata.numbers import doc_number, number_as_written, number_from_cell
from pipeline.ingest.metadata.titles import clean_title, given_title, stem_of, text_title

_RECORD = 200  # characters; a column of a bibliography that was taken for the text is shorter
_LEGISLATURE = r"人民代表大会|人大|国会|議會|立法院"


@dataclass(frozen=True, slots=True)
class Read:
    """What several fields are taken from."""

    facts: Mapping[str, str]  # by the names of fields
    given: str  # the place of these facts: table, record or front matter
    head: list[Line]
    lines: list[Line]
    notes: list[str]
    source: str
    titles: list[Found]
    numbers: list[Found]
    kinds: list[Found]
    abstracts: list[Found]
    keywords: list[Found]
    heading: str  # the title in Chinese, where the table gives a translation
    official: bool  # a number of its own, a signature, or bodies at the head of its title
    signed: tuple[list[str], Date | None]
    adopted: tuple[list[str], Date | None]

    @property
    def title(self) -> str:
        """The title of the best place."""
        return _first(self.titles)

    @property
    def number(self) -> str:
        """The number of the best place, but not that of the file's name."""
        return _first([found for found in self.numbers if found[0] != "file name"])

    @property
    def kind(self) -> str:
        """The kind of the best place."""
        return _first(self.kinds) or "other"


def read_document(layout: Layout, facts: Mapping[str, str], source: str, places: Gazetteer) -> Read:
    """All that several fields depend on; arguments as `describe` takes them."""
    facts = by_field(facts)
    lines = lines_of(layout)
    head = head_of(lines)
    record = _is_record(facts, layout.text)
    given = "record" if record else "front matter" if re.search(r"\.(?:md|markdown)$", source) else "table"
    titles = _titles(facts, given, head, source, places, paged=bool(layout.pages))
    heading = title = _first(titles)
    if not count_han(title):
        heading = text_title([line for line in head if line.text != title], places, paged=bool(layout.pages)) or title
    numbers = _numbers(facts, given, head, source, places)
    abstracts, keywords = _labelled(head, facts, given)
    signed, adopted = signature(lines, places), adoption(head, places)
    own_number = any(values[0] for origin, values in numbers if origin != "file name")
    signs = Signs(
        folders=folders_of(source),
        record=record,
        abstract=bool(_first(abstracts)),
        keywords=any(words for _, words in keywords),
        references=any(line.kind == "reference" for line in lines),
        thesis=is_thesis(lines),
        official=bool(own_number or signed[0] or title_issuers(heading, places)),
        issuers=bool(facts.get("issuers")),
        legislated=any(re.search(_LEGISLATURE, body) for body in adopted[0]),
    )
    kinds: list[Found] = [(given, [facts["kind"]])] if facts.get("kind") in KINDS else []
    kinds += [(origin, [kind]) for origin, kind in kinds_of({"title": title, "file name": stem_of(source)}, signs)]
    return Read(
        facts, given, head, lines, layout.notes, source, titles, numbers, kinds, abstracts, keywords, heading, signs.official,
        signed, adopted,
    )  # fmt: skip


def by_field(facts: Mapping[str, str]) -> dict[str, str]:
    """Facts by the names of fields, whatever a front matter calls them; empty ones and names of no field left out."""
    known = {name: value.strip() for name, value in facts.items() if value and value.strip()}
    found = {name: value for name, value in known.items() if field_of(name) == name or " " in name}
    for name, value in known.items():
        if field := field_of(name):
            found.setdefault(field, value)
    return {name: re.sub(r"""^(["'])([^"'\n]*)\1$""", r"\2", value) if name != "text" else value for name, value in found.items()}


def items(facts: Mapping[str, str], field: str, split: Callable[[str], list[str]]) -> list[str]:
    """The items of a field: its lines in a record, or where it has several and nothing else divides them; else as `split` finds them."""
    cell = facts.get(field, "")
    if facts.get("kind") != "record" and ("\n" not in cell or re.search("[;；]", cell)):
        return split(cell)
    return list(dict.fromkeys(line.strip() for line in cell.split("\n") if line.strip()))


def folders_of(source: str) -> tuple[str, ...]:
    """The folders a source names, those that a file's name has with __ between them included."""
    return tuple(re.split(r"[/!]|__", source)[:-1])


def _first(found: list[Found]) -> str:
    return next((values[0] for _, values in found if any(values)), "")


def _is_record(facts: Mapping[str, str], text: str) -> bool:
    """Whether a row of a table tells of a document without holding it: an abstract, or authors and keywords, and no text."""
    told = facts.get("abstract") or (facts.get("authors") and facts.get("keywords"))
    return bool(told) and (not facts.get("text") or len(text) < _RECORD)


def _titles(
    facts: Mapping[str, str], given: str, head: list[Line], source: str, places: Gazetteer, *, paged: bool
) -> list[Found]:
    return [
        (given, [given_title(facts, ("title",), places)]),
        ("text", [text_title(head, places, paged=paged)]),
        ("page", [given_title(facts, ("meta title", "html title"), places)]),
        ("file properties", [given_title(facts, ("docx title", "pdf title"), places)]),
        ("file name", [clean_title(stem_of(source), places)]),
    ]


def _numbers(facts: Mapping[str, str], given: str, head: list[Line], source: str, places: Gazetteer) -> list[Found]:
    named = DOC_NUMBER.search(stem_of(source))
    return [
        (given, [number_from_cell(facts.get("doc_number", ""), places)]),
        ("text", [doc_number(head)]),
        ("file name", [number_as_written(named) if named else ""]),
    ]


def _labelled(head: list[Line], facts: Mapping[str, str], given: str) -> tuple[list[Found], list[Found]]:
    """Abstracts and keywords of the table and of the text; English ones if there are no Chinese ones."""
    abstract, keywords = papers.labelled(head)
    if not (abstract or keywords):
        abstract, keywords = papers.labelled(head, english=True)
    stated = items(facts, "keywords", papers.split_keywords)
    return [(given, [facts.get("abstract", "")]), ("text", [abstract])], [(given, stated), ("text", keywords)]

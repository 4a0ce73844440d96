"""Word documents: paragraphs, tables, text boxes, diagrams and embedded documents in the order of the body, numbered as Word does.

What was deleted, is hidden, or is filled in by fields (page numbers, the table of contents) is left out; footnotes, endnotes,
headers and footers are notes.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

from pipeline.config import IngestSettings
from pipeline.ingest.clean import glue, one_line
from pipeline.ingest.parsed import Parsed, Piece, SetAside
from pipeline.ingest.readers.embedded import Embedded, chunk, diagram
from pipeline.ingest.readers.numbering import Numbering, count, read_numbering
from pipeline.ingest.readers.package import Package, attribute, child, local, open_package, tree, value
from pipeline.ingest.readers.runs import Fields, Line, is_placeholder, read_line
from pipeline.ingest.readers.wordstyles import Styles, is_hidden, kind_of, read_styles, style_of

_AROUND = frozenset(("sdtContent", "customXml", "smartTag", "ins", "moveTo"))  # elements that only stand around others
_GENERATED = frozenset(("Table of Contents", "Page Numbers (Top of Page)", "Page Numbers (Bottom of Page)"))
_NO_NOTES = frozenset(("separator", "continuationSeparator", "continuationNotice"))
_CONTENTS_HEADING = re.compile(r"目\s*[录次]|contents", re.IGNORECASE)
_HEADING_LENGTH = 60
_PROSE = 3  # paragraphs in a cell; with more of them a table only lays out the page
_LONG_CELL = 300


@dataclass(slots=True)
class _Document:
    """What reading a paragraph needs to know of the others."""

    styles: Styles
    numbering: Numbering
    fields: Fields
    embedded: Embedded | None = None  # of the main part
    carried: str = ""  # words before a paragraph mark that was deleted


def read(data: bytes, settings: IngestSettings, tick: object = None) -> Parsed:
    """A docx file. Raises SetAside: a damaged or hostile package."""
    return _read(data, settings, lambda inner: _read(inner, settings, None))


def _read(data: bytes, settings: IngestSettings, inner: Callable[[bytes], Parsed] | None) -> Parsed:
    """A docx file.

    Args:
        inner: reads a docx inside it; None where no document inside is opened.
    """
    package = open_package(data, "docx")
    main = _main(package)
    root, damaged = tree(package, main), False
    if root is None:
        root, damaged = tree(package, main, recover=True), True
    body = child(root, "body")
    if body is None:
        raise SetAside("corrupt", "a damaged docx file (no document part); open it in Word and save it again")
    links = _links(package, main)
    parts = _by_kind(links)
    styles = read_styles(_part(package, parts, "styles"))
    lists = _part(package, parts, "numbering")
    for ignored in (False, True):
        embedded = Embedded(package, {key: name for key, _, name in links}, inner, settings)
        document = _Document(styles, read_numbering(lists, styles), Fields(ignored=ignored), embedded)
        pieces = list(_blocks(body, document))
        if not document.fields.open:  # one that is never closed would hide what follows
            break
    notes = [*_margins(package, parts, styles), *_notes(package, parts, styles), *embedded.notes]
    core = tree(package, "docProps/core.xml")
    title = one_line(next((element.text or "" for element in core if local(element) == "title"), "")) if core is not None else ""
    reasons = ["its XML is damaged, what follows the damage is left out; open it in Word and save it again"] if damaged else []
    reasons += [f"a document inside it is left out or read in part; {why}" for why in dict.fromkeys(embedded.refused)]
    facts = {"docx title": title} if title else {}
    status = "partial" if reasons else "ok"
    return Parsed("docx", _without_contents(pieces), notes, facts, status=status, reason="; ".join(reasons))


def _main(package: Package) -> str:
    """The part that holds the text."""
    return next(iter(_by_kind(_links(package, "")).get("officeDocument", [])), "word/document.xml")


def _links(package: Package, part: str) -> list[tuple[str, str, str]]:
    """The parts that a part names: id, kind, name."""
    folder, name = posixpath.split(part)
    found = []
    root = tree(package, posixpath.join(folder, "_rels", f"{name}.rels"))
    for element in root if root is not None else ():
        target, kind = attribute(element, "Target"), attribute(element, "Type")
        if target and kind and attribute(element, "TargetMode") != "External":
            found.append((attribute(element, "Id") or "", kind.rpartition("/")[2], posixpath.join("/", folder, target)))
    return found


def _by_kind(links: list[tuple[str, str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for _, kind, name in links:
        found.setdefault(kind, []).append(name)
    return found


def _part(package: Package, parts: dict[str, list[str]], kind: str) -> Any | None:
    return next(filter(lambda root: root is not None, (tree(package, name) for name in parts.get(kind, []))), None)


def _blocks(parent: Any, document: _Document) -> Iterator[Piece]:
    """The pieces of a body, cell, box or note."""
    for element in parent:
        name = local(element)
        if name == "p":
            yield from _paragraph(element, document)
        elif name == "tbl":
            yield from _table(element, document)
        elif name in _AROUND:
            yield from _blocks(element, document)
        elif name == "AlternateContent":
            branch = child(element, "Choice")
            yield from _blocks(branch if branch is not None and len(branch) else child(element, "Fallback") or (), document)
        elif name == "altChunk" and document.embedded:
            yield from chunk(element, document.embedded)
        elif name == "sdt" and not is_placeholder(element):
            if value(element, "sdtPr", "docPartObj", "docPartGallery") in _GENERATED:
                yield Piece("", "contents")
            elif (content := child(element, "sdtContent")) is not None:
                yield from _blocks(content, document)


def _paragraph(element: Any, document: _Document) -> Iterator[Piece]:
    """The lines of a paragraph and the text boxes that are fixed to it, which never break it."""
    style = style_of(element, document.styles)
    line = read_line(element, document.fields, lambda properties: is_hidden(properties, style, document.styles))
    merged = child(element, "pPr", "rPr", "del") is not None  # the next one goes on in it
    text, document.carried = document.carried + line.text, ""
    yield from _boxed(line, document, first=True)
    if merged:
        document.carried = text
    else:
        label = count(element, document.styles, document.numbering)
        kind = "contents" if line.in_contents else kind_of(element, document.styles)
        yield from _pieces(text, kind, label, centred=value(element, "pPr", "jc") == "center")
    yield from _boxed(line, document, first=False)


def _boxed(line: Line, document: _Document, *, first: bool) -> Iterator[Piece]:
    """The text boxes before the words of a paragraph, or those after its first words."""
    for box in line.before if first else line.after:
        if isinstance(box, str):
            yield Piece(one_line(box), after_gap=True)
        elif local(box) == "relIds":
            yield from diagram(box, document.embedded) if document.embedded else ()
        else:
            # a field of the paragraph around it does not reach into a box
            outer, document.fields = document.fields, Fields(ignored=document.fields.ignored)
            yield from _blocks(box, document)
            document.fields = outer


def _pieces(text: str, kind: str, label: str, *, centred: bool) -> Iterator[Piece]:
    """The lines of a paragraph: soft breaks divide it as paragraphs are, but break headings only to fit them in."""
    lines = [words for line in text.split("\n") if (words := one_line(line))]
    if lines and (kind in ("title", "heading") or (centred and sum(map(len, lines)) <= _HEADING_LENGTH)):
        lines = [reduce(glue, lines)]
    for at, words in enumerate(lines):
        words = label + words if at == 0 else words
        prose = "。" in words and ("，" in words or len(words) > _HEADING_LENGTH)
        yield Piece(words, "paragraph" if prose and kind != "contents" else kind, after_gap=True)
    if kind == "contents" and not lines:
        yield Piece("", kind)


def _without_contents(pieces: list[Piece]) -> list[Piece]:
    """Pieces without the table of contents and the heading above it."""
    found: list[Piece] = []
    for piece in pieces:
        if piece.kind != "contents":
            found.append(piece)
        elif found and _CONTENTS_HEADING.fullmatch(found[-1].text):
            found.pop()
    return [piece for piece in found if piece.text.strip(" |")]


def _table(table: Any, document: _Document) -> Iterator[Piece]:
    """A row a piece, its cells joined; a row that only lays out the page gives the paragraphs in it."""
    for row in _inside(table, "tr"):
        if child(row, "trPr", "del") is not None:
            continue
        cells = [list(_blocks(cell, document)) for cell in _inside(row, "tc") if not _is_continued(cell)]
        cells = [filled for cell in cells if (filled := [piece for piece in cell if piece.text.strip(" |")])]
        nested = any(local(element) == "tbl" for cell in _inside(row, "tc") for element in cell)
        if nested or any(map(_is_prose, cells)) or (len(cells) == 1 and _is_frame(table)):
            yield from (piece for cell in cells for piece in cell)
        elif cells:
            words = [" ".join(piece.text for piece in cell if piece.kind != "contents") for cell in cells]
            yield Piece(" | ".join(words), "table")


def _inside(element: Any, name: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, whatever stands around them."""
    for inner in element:
        if local(inner) == name:
            yield inner
        elif local(inner) in _AROUND or local(inner) == "sdt":
            yield from _inside(inner, name)


def _is_continued(cell: Any) -> bool:
    """Whether a cell is merged into the one above or to the left of it, where the words stand."""
    merged = (child(cell, "tcPr", name) for name in ("vMerge", "hMerge"))
    return any(element is not None and attribute(element, "val") != "restart" for element in merged)


def _is_frame(table: Any) -> bool:
    """Whether a table is one cell, drawn around paragraphs."""
    rows = list(_inside(table, "tr"))
    return len(rows) == 1 and len(list(_inside(rows[0], "tc"))) == 1


def _is_prose(cell: list[Piece]) -> bool:
    """Whether a cell holds running text: several paragraphs with sentences, or a long one."""
    sentences = sum("。" in piece.text for piece in cell)
    return sentences > _PROSE or (len(cell) > 1 and sentences > 1 and sum(len(piece.text) for piece in cell) > _LONG_CELL)


def _margins(package: Package, parts: dict[str, list[str]], styles: Styles) -> list[str]:
    """Headers and footers, each once, without those that only number pages."""
    names = [*parts.get("header", []), *parts.get("footer", [])]
    roots = [root for name in names if (root := tree(package, name)) is not None]
    texts = [piece.text for root in roots for piece in _blocks(root, _Document(styles, Numbering({}), Fields()))]
    return list(dict.fromkeys(text for text in texts if re.search(r"[^\W\d_]", text.replace("第", "").replace("页", ""))))


def _notes(package: Package, parts: dict[str, list[str]], styles: Styles) -> list[str]:
    """Footnotes and endnotes, each as one text."""
    found = []
    for kind in ("footnotes", "endnotes"):
        root = _part(package, parts, kind)
        for note in root if root is not None else ():
            if attribute(note, "type") not in _NO_NOTES:
                pieces = _blocks(note, _Document(styles, Numbering({}), Fields()))
                found.append(one_line(" ".join(piece.text for piece in pieces)))
    return list(filter(None, found))

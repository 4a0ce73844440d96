"""Word documents: paragraphs and tables in the order of the body, headings by style, superscript citations left out."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pipeline.config import IngestSettings
from pipeline.ingest.clean import clean, one_line
from pipeline.ingest.parsed import Parsed, Piece, SetAside

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

MAX_BYTES = 200 << 20  # of all parts unpacked
MAX_RATIO = 200
_CITATION = re.compile(r"[\[［〔(（]?\d+(?:\s*[-–—,，、~]\s*\d+)*[\]］〕)）]?")
_DEEP = 4  # tables in tables


def read(data: bytes, settings: IngestSettings, tick: object = None) -> Parsed:
    """A docx file. Raises SetAside: a damaged or hostile package."""
    from docx import Document

    _check(data)
    try:
        document = Document(io.BytesIO(data))
    except (KeyError, ValueError, OSError, zipfile.BadZipFile, SyntaxError, NotImplementedError, AttributeError) as error:
        raise SetAside("corrupt", f"a damaged docx file ({type(error).__name__}); open it in Word and save it again") from None
    pieces = [piece for piece in _walk(document.element.body, document) if piece.text.strip(" |")]
    facts = {"docx title": one_line(document.core_properties.title or "")}
    return Parsed("docx", pieces, notes=_margins(document), facts={name: value for name, value in facts.items() if value})


def _check(data: bytes) -> None:
    """Refuse packages that unpack to too much, and parts with a DOCTYPE, before anything is parsed."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        infos = package.infolist()
        size = sum(info.file_size for info in infos if info.filename.endswith((".xml", ".rels")))
        if size > MAX_BYTES or (size > 10 << 20 and size > MAX_RATIO * len(data)):
            raise SetAside("too_large", f"unpacks to {size >> 20} MB of text; such a file is usually an attack")
        for info in infos:
            if info.filename.endswith((".xml", ".rels")):
                try:
                    with package.open(info) as part:
                        start = part.read(2000)
                except (OSError, zipfile.BadZipFile, RuntimeError, ValueError, NotImplementedError, EOFError) as error:
                    raise SetAside("corrupt", f"a damaged docx file ({error}); open it in Word and save it again") from None
                if b"<!DOCTYPE" in start or "<!DOCTYPE".encode("utf-16-le") in start:
                    raise SetAside("corrupt", "its XML has a DOCTYPE, which office programs never write; not read for safety")


def _walk(body: Any, document: Any, depth: int = 0) -> Iterator[Piece]:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    for element in body.iterchildren():
        name = element.tag.rpartition("}")[2]
        if name == "p":
            yield from _paragraph(Paragraph(element, document))
        elif name == "tbl":
            yield from _table(Table(element, document), document, depth)
        elif name in ("sdt", "sdtContent", "customXml", "smartTag", "ins") and depth < _DEEP:
            yield from _walk(element, document, depth + 1)


def _paragraph(paragraph: "Paragraph") -> Iterator[Piece]:
    style = paragraph.style.name.lower() if paragraph.style is not None and paragraph.style.name else ""
    kind = "paragraph"
    if style in ("title", "标题"):
        kind = "title"
    elif re.match(r"heading|标题 ?\d", style):
        kind = "heading"
    for line in _words(paragraph).split("\n"):
        if words := one_line(line):
            yield Piece(words, kind, after_gap=True)


def _words(paragraph: "Paragraph") -> str:
    """The text of a paragraph with its links and inserted words, without superscript citations and deleted words."""
    parts = []
    for run in paragraph._p.iter("{*}r"):
        if any(parent.tag.endswith(("}del", "}txbxContent")) for parent in run.iterancestors()):
            continue
        text = "".join(_RUN.get(child.tag.rpartition("}")[2], lambda e: "")(child) for child in run)
        raised = run.find("{*}rPr/{*}vertAlign")
        value = raised.get(raised.tag.rpartition("}")[0] + "}val") if raised is not None else None
        if not (value == "superscript" and _CITATION.fullmatch(text.strip())):
            parts.append(text)
    return clean("".join(parts))


_RUN = {
    "t": lambda e: e.text or "",
    "tab": lambda e: "\t",
    "br": lambda e: "\n",
    "cr": lambda e: "\n",
    "noBreakHyphen": lambda e: "-",
}


def _table(table: "Table", document: Any, depth: int) -> Iterator[Piece]:
    """A row a piece, its cells joined; a table of one cell is a frame around paragraphs."""
    cells = list(table._tbl.iter("{*}tc"))
    if len(cells) == 1 and depth < _DEEP:
        yield from _walk(cells[0], document, depth + 1)
        return
    for row in table._tbl.tr_lst:
        words = []
        for cell in row.tc_lst:
            inner = _walk(cell, document, depth + 1) if depth < _DEEP else iter(())
            words.append(" ".join(piece.text for piece in inner))
        yield Piece(" | ".join(words), "table")


def _margins(document: Any) -> list[str]:
    """Headers and footers, each once."""
    found: dict[str, None] = {}
    for section in document.sections:
        for part in (section.header, section.footer):
            for paragraph in [] if part.is_linked_to_previous else part.paragraphs:
                if words := one_line(paragraph.text):
                    found[words] = None
    return list(found)

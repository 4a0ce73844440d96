"""What happens to one file in the parser process: read, laid out, described; tables and archives one member after the other."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.config import IngestSettings, lexicon
from pipeline.ingest import readers
from pipeline.ingest.gazetteer import Gazetteer, province_of, read_gazetteer
from pipeline.ingest.layout import lay_out
from pipeline.ingest.metadata import describe
from pipeline.ingest.parsed import Member, Parsed, Piece, SetAside
from pipeline.ingest.readers.tables import EXCEL_CUT, NO_JSON
from pipeline.ingest.readers.text import lines_of
from pipeline.records import Document, Input

Result = tuple[Input, Document | None]
Begin = Callable[[Input], bool]  # told what is read next, before its outcome is known; false when that is to be passed over

ID_DIGITS = 20
NESTED = 2  # a table in an archive in an archive
_LARGE = 2048  # bytes; so much should hold more than
_FEW = 20  # characters


def parse(path: Path, source: str, settings: IngestSettings, begin: Begin, tick: Callable[[], bool]) -> Iterator[Result]:
    """Everything that comes of a file: a result for each of its rows or members, and last one for the file itself.

    Args:
        source: the name the file goes by.
        tick: as readers call it.
    """
    try:
        size = path.stat().st_size
        if size > settings.max_file_mb << 20:
            with path.open("rb") as file:
                bytes_hash = hashlib.file_digest(file, "sha256").hexdigest()
            reason = f"{size >> 20} MB; raise ingest.max_file_mb to read it"
            yield Input(source, bytes_hash, size, "too_large", reason, None), None
            return
        data = path.read_bytes()
    except OSError as error:
        yield Input(source, "", 0, "corrupt", f"cannot be opened ({error.strerror}); look at its permissions", None), None
        return
    yield from _parse_bytes(data, source, settings, begin, tick, NESTED)


def _parse_bytes(
    data: bytes, source: str, settings: IngestSettings, begin: Begin, tick: Callable[[], bool], deeper: int
) -> Iterator[Result]:
    """The results of a file or member.

    Args:
        deeper: how many containers may still be opened inside it.
    """
    here = Input(source, hashlib.sha256(data).hexdigest(), len(data), "ok", "", None)
    settings = settings.of(source)
    try:
        with _failures():
            kind = readers.format_of(source, data)
            if kind in readers.DOCUMENTS:
                if begin(here):
                    yield _document(here, readers.DOCUMENTS[kind](data, settings, tick), settings)
                return
            if not deeper:
                raise SetAside("unsupported", "an archive inside archives; unpack it and give the folder")
            members = 0
            for members, member in enumerate(readers.CONTAINERS[kind](data, settings), 1):  # noqa: B007
                if member.cells is not None:
                    yield from _parse_row(member, kind, here, settings, begin)
                elif member.status != "ok":
                    yield Input(source + member.name, "", 0, member.status, member.reason, None), None
                else:
                    yield from _parse_bytes(member.data, source + member.name, settings, begin, tick, deeper - 1)
            if not members:
                raise SetAside("empty", "nothing in it; get it again from where it came")
            yield here, None
    except SetAside as why:
        yield _as(here, why.status, why.reason), None


def _parse_row(member: Member, kind: str, table: Input, settings: IngestSettings, begin: Begin) -> Iterator[Result]:
    cells = json.dumps(list((member.cells or {}).items()), ensure_ascii=False).encode("utf-8", "replace")
    here = Input(table.source + member.name, hashlib.sha256(cells).hexdigest(), len(cells), "ok", member.reason, None)
    if not begin(here):
        return
    try:
        with _failures():
            yield _document(here, _parsed_row(member, kind), settings)
    except SetAside as why:
        yield _as(here, why.status, why.reason), None


def _parsed_row(member: Member, kind: str) -> Parsed:
    """A row as a document: its text column, or its abstract, below its title."""
    cells = member.cells or {}
    if NO_JSON in cells:
        raise SetAside("corrupt", "this line is no JSON; write one object a line")
    if not cells:
        raise SetAside("empty", "a row without cells")
    facts = {field: cells[header] for field, header in member.columns.items() if cells.get(header)}
    text = facts.get("text") or facts.get("abstract", "")
    if not text:
        wanted = " or ".join(f"'{member.columns[field]}'" for field in ("text", "abstract") if field in member.columns)
        raise SetAside("empty", f"nothing in the column {wanted}" if wanted else "no column with text; name it in ingest.columns")
    pieces = lines_of(text)
    if (title := facts.get("title", "")) and title not in text[: len(title) + 100]:
        pieces = [*(Piece(piece.text, "title", after_gap=True) for piece in lines_of(title)), *pieces]
    cut = kind in ("xlsx", "xls", "csv") and any(len(cell) >= EXCEL_CUT for cell in cells.values())
    reason = f"a cell has {EXCEL_CUT} characters, where Excel cuts off; get the whole text" if cut else member.reason
    return Parsed(kind, pieces, facts=facts, status="partial" if cut else "ok", reason=reason)


def _document(here: Input, parsed: Parsed, settings: IngestSettings) -> Result:
    """A parsed input as document. Raises SetAside: there is no text in it."""
    layout = lay_out(parsed)
    n_visible = len(re.sub(r"[\W_]+", "", layout.text))
    if not n_visible:
        raise SetAside("empty", "no text in it; if it shows text when opened, save it in another format")
    if n_visible < _FEW and here.size > _LARGE and parsed.format in ("pdf", "html", "docx"):
        raise SetAside("empty", f"only {n_visible} characters of text in {here.size >> 10} kB; look at it and save it again")
    places = _gazetteer(settings)
    found = describe(layout, parsed.facts, here.source, places)
    doc_id = here.bytes_hash[:ID_DIGITS]
    document = Document(
        doc_id=doc_id, source=here.source, format=parsed.format, title=found.title, date=found.date,
        date_precision=found.date_precision, issuers=found.issuers, level=found.level, region=found.region,
        doc_number=found.doc_number, kind=found.kind, authors=found.authors, keywords=found.keywords, abstract=found.abstract,
        language=found.language, text=layout.text, n_chars=len(layout.text), pages=layout.pages, status=parsed.status,
        duplicate_of=None, similarity=None, blocks=layout.blocks, notes=layout.notes,
        province=province_of(found.region, places), ocr_pages=parsed.ocr_pages,
    )  # fmt: skip
    return Input(here.source, here.bytes_hash, here.size, parsed.status, parsed.reason, doc_id), document


def _gazetteer(settings: IngestSettings) -> Gazetteer:
    return read_gazetteer(lexicon(settings.places, "", ".csv"), lexicon(settings.issuers, "", ".csv"))


@contextmanager
def _failures() -> Iterator[None]:
    """Whatever a library raises on a broken file sets it aside; nothing ends a run."""
    try:
        yield
    except SetAside:
        raise
    except MemoryError:
        raise SetAside("too_large", "takes more memory than ingest.memory_mb; raise it or split the file") from None
    except Exception as error:
        said = f"{type(error).__name__}: {str(error)[:120]}" if str(error) else type(error).__name__
        raise SetAside("crashed", f"its reader failed ({said}); save it in another format") from None


def _as(here: Input, status: str, reason: str) -> Input:
    return Input(here.source, here.bytes_hash, here.size, status, reason, None)

"""What happens to one file in the parser process: read, laid out, described; tables and archives one member after the other."""

import hashlib
import json
import re
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from pipeline.config import IngestSettings, lexicon
from pipeline.ingest import overrides, readers
from pipeline.ingest.candidates import columns_of, following
from pipeline.ingest.clean import counting, one_line
from pipeline.ingest.gazetteer import Gazetteer, read_gazetteer
from pipeline.ingest.layout import lay_out
from pipeline.ingest.metadata import describe
from pipeline.ingest.metadata.language import language_of
from pipeline.ingest.parsed import Member, Parsed, Piece, SetAside
from pipeline.ingest.readers.archive import MAX_BYTES, MAX_RATIO
from pipeline.ingest.readers.tables import EXCEL_CUT, NO_JSON
from pipeline.ingest.readers.text import lines_of
from pipeline.ingest.scan import escaped
from pipeline.records import Document, Input, Override

Result = tuple[Input, Document | Override | None]
Begin = Callable[[Input], bool]  # told what is read next, before its outcome is known; false when that is to be passed over

ID_DIGITS = 20
NESTED = 2  # a table in an archive in an archive
_LARGE = 2048  # bytes; so much should hold more than
_FEW = 20  # characters
_SHEETS = ("xlsx", "xls", "csv")
_ARCHIVES = ("zip", "tar", "7z")
_MOST_EMPTY = 1000  # rows in a row
_FREE_BYTES = 50 << 20  # a file may unpack to so much, however small it is
MOST_MEMBERS = 1 << 20  # rows and members of one file: the rows of an Excel sheet


@dataclass
class Total:
    """What all that comes of one file may take together: without it a small archive of archives keeps a computer busy for days."""

    seconds: float  # of CPU
    begun: float = field(default_factory=time.process_time)
    bytes: int = 0  # unpacked so far, over all nesting
    members: int = 0
    most_bytes: int = 0
    why: str = ""  # what has been used up, once it is

    def spent(self) -> float:
        """CPU seconds since the file was opened."""
        return time.process_time() - self.begun

    def takes(self, member: Member) -> bool:
        """Count a member or row in; false when that is too much, which ends the reading of the file."""
        self.bytes += len(member.data) + sum(map(len, (member.cells or {}).values()))
        self.members += 1
        if self.bytes > self.most_bytes:
            self.why = f"unpacks to more than {self.most_bytes >> 20} MB; unpack it and give the folder"
        elif self.members > MOST_MEMBERS:
            self.why = f"has more than {MOST_MEMBERS} rows and members; split it"
        elif self.spent() > self.seconds:
            self.why = "takes too long as a whole; split it or raise ingest.seconds_per_file"
        return not self.why


@dataclass(frozen=True)
class _How:
    """What reading goes by, the same for all that is in a file: as `parse` takes it."""

    settings: IngestSettings
    begin: Begin
    tick: Callable[[], bool]
    total: Total


def parse(
    path: Path, source: str, settings: IngestSettings, begin: Begin, tick: Callable[[], bool], total: Total
) -> Iterator[Result]:
    """Everything that comes of a file: a result for each of its rows or members, and last one for the file itself.

    Args:
        source: the name the file goes by.
        tick: as readers call it.
        total: what it may take.
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
    total.most_bytes = max(_FREE_BYTES, min(MAX_BYTES, MAX_RATIO * len(data)))
    yield from _parse_bytes(data, source, _How(settings, begin, tick, total), NESTED)


def _parse_bytes(data: bytes, source: str, how: _How, deeper: int) -> Iterator[Result]:
    """The results of a file or member.

    Args:
        deeper: how many containers may still be opened inside it.
    """
    here = Input(source, hashlib.sha256(data).hexdigest(), len(data), "ok", "", None)
    settings = how.settings.of(source)
    try:
        with _failures():
            kind = readers.format_of(source, data)
            if kind in readers.DOCUMENTS:
                if how.begin(here):
                    read = readers.DOCUMENTS[kind]
                    yield _document(here, _counted(lambda: read(data, settings, how.tick)), settings)
                return
            if not deeper:
                raise SetAside("unsupported", "an archive inside archives; unpack it and give the folder")
            remark = yield from _parse_members(readers.CONTAINERS[kind](data, settings), kind, here, how, deeper)
            yield _as(here, "ok", remark), None
    except SetAside as why:
        yield _as(here, why.status, why.reason), None


def _parse_members(members: Iterator[Member], kind: str, here: Input, how: _How, deeper: int) -> Generator[Result, None, str]:
    """The results of the rows or members of a container. Raises SetAside: there are none, or more than a file may hold.

    Returns: what is doubtful about all of it, told once and not in every row.
    """
    taken: set[str] = set()
    remarks: dict[str, None] = {}
    for member in _without_empty_ends(members) if kind in _SHEETS else members:
        if not how.total.takes(member):
            break
        name = f"!{escaped(member.name[1:])}" if kind in _ARCHIVES else member.name
        source = here.source + _unlike(name, taken)
        remarks[member.remark] = None
        if member.cells is not None:
            yield from _parse_row(member, source, kind, how)
        elif member.status != "ok":
            yield Input(source, "", 0, member.status, member.reason, None), None
        else:
            yield from _parse_bytes(member.data, source, how, deeper - 1)
    if how.total.why:  # also where a container inside this one was cut
        raise SetAside("too_large", f"the first {len(taken)} rows or members were read; {how.total.why}")
    if not taken:
        raise SetAside("empty", "nothing in it; get it again from where it came")
    return "; ".join(filter(None, remarks))


def _unlike(name: str, taken: set[str]) -> str:
    """A name that no other member of the container has: an archive may hold two `a.txt` beside an `a(2).txt`."""
    suffix = PurePosixPath(name).suffix
    stem, number, unlike = name.removesuffix(suffix), 2, name
    while unlike in taken:
        unlike, number = f"{stem}({number}){suffix}", number + 1
    taken.add(unlike)
    return unlike


def _without_empty_ends(members: Iterator[Member]) -> Iterator[Member]:
    """Members without the empty rows at the end of each sheet: one stray cell far below makes a million of them.

    Between filled rows each empty one is an input, up to a thousand; more are the first one, which says how many there are.
    """
    held: list[Member] = []
    n = 0
    for member in members:
        if held and _sheet(held[0]) != _sheet(member):
            held, n = [], 0
        if member.cells == {}:
            n += 1
            held = [*held, member] if n <= _MOST_EMPTY else held[:1]
            continue
        many = n > _MOST_EMPTY
        yield from [Member(held[0].name, status="empty", reason=f"the first of {n} rows without cells")] if many else held
        held, n = [], 0
        yield member


def _sheet(row: Member) -> str:
    return row.name.rpartition("!")[0]


def _parse_row(member: Member, source: str, kind: str, how: _How) -> Iterator[Result]:
    cells = json.dumps(list((member.cells or {}).items()), ensure_ascii=False).encode("utf-8", "replace")
    here = Input(source, hashlib.sha256(cells).hexdigest(), len(cells), "ok", member.reason, None)
    if not how.begin(here):
        return
    try:
        with _failures():
            if overrides.is_override(member.columns):
                yield overrides.override(here, member, _gazetteer(how.settings))
                return
            yield _document(here, _counted(lambda: _parsed_row(member, kind)), how.settings)
    except SetAside as why:
        yield _as(here, why.status, why.reason), None


def _parsed_row(member: Member, kind: str) -> Parsed:
    """A row as a document: its text column, or its abstract, below its title; a record of a bibliography may have neither."""
    cells = member.cells or {}
    if NO_JSON in cells:
        raise SetAside("corrupt", "this line is no JSON; write one object a line")
    if not cells:
        raise SetAside("empty", "a row without cells")
    facts = member.facts or {field: cells[header] for field, header in member.columns.items() if cells.get(header)}
    if member.facts and not facts.get("title"):
        raise SetAside("empty", "a record without a title; add it where it was exported")
    text = facts.get("text") or facts.get("abstract", "")
    if not text and not member.facts:
        wanted = " or ".join(f"'{member.columns[field]}'" for field in ("text", "abstract") if field in member.columns)
        raise SetAside("empty", f"nothing in the column {wanted}" if wanted else "no column with text; name it in ingest.columns")
    pieces = lines_of(text)
    if (title := facts.get("title", "")) and title not in text[: len(title) + 100]:
        pieces = [*(Piece(piece.text, "title", after_gap=True) for piece in lines_of(title)), *pieces]
    pieces += [Piece(reference, "reference", after_gap=True) for reference in map(one_line, member.references)]
    cut = kind in _SHEETS and any(len(cell) >= EXCEL_CUT for cell in cells.values())
    reason = f"a cell has {EXCEL_CUT} characters, where Excel cuts off; get the whole text" if cut else member.reason
    status = "partial" if cut else member.status
    return Parsed(kind, pieces, facts=facts, repairs=member.repairs, status=status, reason=reason)


def _counted(read: Callable[[], Parsed]) -> Parsed:
    """What a reader gives, with a note on the characters taken out that nobody sees."""
    with counting() as taken:
        parsed = read()
    if not taken:
        return parsed
    counts = ", ".join(f"{number} {kind}" for kind, number in sorted(taken.items()))
    return replace(parsed, notes=[*parsed.notes, f"characters normalised: {counts}"])


def _document(here: Input, parsed: Parsed, settings: IngestSettings) -> Result:
    """A parsed input as document. Raises SetAside: there is no text in it."""
    layout = lay_out(parsed)
    n_visible = len(re.sub(r"[\W_]+", "", layout.text))
    if not n_visible:
        raise SetAside("empty", "no text in it; if it shows text when opened, save it in another format")
    if n_visible < _FEW and here.size > _LARGE and parsed.format in ("pdf", "html", "docx"):
        raise SetAside("empty", f"only {n_visible} characters of text in {here.size >> 10} kB; look at it and save it again")
    places = _gazetteer(settings)
    candidates = describe(layout, parsed.facts, here.source, places, parsed.repairs)
    columns = columns_of(candidates)
    columns |= following(columns, places)
    doc_id = here.bytes_hash[:ID_DIGITS]
    document = Document(
        **columns, doc_id=doc_id, source=here.source, format=parsed.format, language=language_of(layout.text or columns["title"]),
        text=layout.text, n_chars=len(layout.text), pages=layout.pages, status=parsed.status, duplicate_of=None, similarity=None,
        blocks=layout.blocks, notes=layout.notes, ocr_pages=parsed.ocr_pages, provenance=candidates,
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

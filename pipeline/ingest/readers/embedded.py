"""What a Word document holds in parts of its own: whole documents (altChunk) and the words of diagrams (SmartArt)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.config import IngestSettings
from pipeline.ingest.clean import one_line
from pipeline.ingest.parsed import Parsed, Piece, SetAside
from pipeline.ingest.readers.package import Package, attribute, child, content, local, tree

_READ = frozenset(("html", "mht", "docx", "rtf", "doc", "txt", "md"))
_LIMIT = 50 << 20  # bytes of all documents inside one
_NODES = (None, "node", "asst")  # points of a diagram that people write into; the others draw it


@dataclass(slots=True)
class Embedded:
    """The parts that the main part of a document names, and what came of those that are documents."""

    package: Package
    parts: dict[str, str]  # id → name
    read: Callable[[bytes], Parsed] | None  # for a docx; None where no document is opened any more
    settings: IngestSettings
    notes: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # why one was left out
    opened: set[str] = field(default_factory=set)  # each once: a small file may name the same one very often
    left: int = _LIMIT


def chunk(element: Any, embedded: Embedded) -> Iterator[Piece]:
    """The pieces of the document that an altChunk stands for. One that cannot be read is told in `refused`."""
    name = embedded.parts.get(attribute(element, "id") or "")
    if name is None or name in embedded.opened:
        return
    embedded.opened.add(name)
    try:
        parsed = _document(name, embedded)
    except SetAside as why:
        embedded.refused.append(str(why))
        return
    except Exception as error:  # as in any other file, libraries raise errors of their own
        embedded.refused.append(f"its reader failed ({type(error).__name__}); save it in another format")
        return
    embedded.notes += parsed.notes
    if parsed.reason:
        embedded.refused.append(parsed.reason)
    for piece in parsed.pieces:  # its title is none of the whole
        yield replace(piece, kind="heading", after_gap=True) if piece.kind == "title" else replace(piece, page=None)


def _document(name: str, embedded: Embedded) -> Parsed:
    from pipeline.ingest import readers  # which imports this module

    data = content(embedded.package, name, embedded.left)
    embedded.left -= len(data)
    kind = readers.format_of(name, data)
    if kind not in _READ or embedded.read is None:
        raise SetAside("unsupported", f"no reader for .{kind} files; save it as txt, docx or PDF")
    return embedded.read(data) if kind == "docx" else readers.DOCUMENTS[kind](data, embedded.settings, lambda: True)


def diagram(element: Any, embedded: Embedded) -> Iterator[Piece]:
    """The words of a SmartArt, a point a piece, each before those below it."""
    name = embedded.parts.get(attribute(element, "dm") or "")
    if name is None or name in embedded.opened:
        return
    embedded.opened.add(name)
    root = tree(embedded.package, name)
    points = {attribute(point, "modelId"): point for point in _inside(root, "ptLst")}
    below: dict[str | None, list[tuple[int, str | None]]] = {}
    for link in _inside(root, "cxnLst"):
        if attribute(link, "type") in (None, "parOf"):
            order = attribute(link, "srcOrd") or ""
            place = int(order) if order.isdecimal() and len(order) < 9 else 0
            below.setdefault(attribute(link, "srcId"), []).append((place, attribute(link, "destId")))
    tops = [key for key, point in points.items() if attribute(point, "type") == "doc"]
    waiting, seen = [*reversed(points), *tops], set[str | None]()  # the last comes first; what hangs on nothing, last
    while waiting:
        key = waiting.pop()
        if key in seen or key not in points:
            continue
        seen.add(key)
        waiting += [one for _, one in sorted(below.get(key, ()), key=lambda pair: pair[0], reverse=True)]
        if attribute(points[key], "type") in _NODES and (words := _words(points[key])):
            yield Piece(words, after_gap=True)


def _inside(root: Any | None, name: str) -> Iterable[Any]:
    found = child(root, name)
    return found if found is not None else ()


def _words(point: Any) -> str:
    paragraphs = (one for one in point.iter() if local(one) == "p")
    lines = ("".join(letters.text or "" for letters in one.iter() if local(letters) == "t") for one in paragraphs)
    return one_line(" ".join(lines))

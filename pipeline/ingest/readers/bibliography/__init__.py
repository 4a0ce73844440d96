"""Exports of bibliographic databases: files whose members are records, each in the layout of some program.

A layout is known by its content, since one suffix (.txt, .net) stands for many: the first line that is not empty must begin a
record of it, and another field of a record must follow.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import PurePosixPath

from pipeline.config import IngestSettings
from pipeline.ingest import encoding
from pipeline.ingest.parsed import Member, SetAside
from pipeline.ingest.readers.bibliography.bibtex import bibtex
from pipeline.ingest.readers.bibliography.labelled import cnki, cssci, estudy, noteexpress
from pipeline.ingest.readers.bibliography.tagged import endnote, refworks, ris, wos, wos_table

Reader = Callable[[bytes, IngestSettings], Iterator[Member]]
_READERS: dict[str, Reader] = {
    "refworks": refworks, "endnote": endnote, "ris": ris, "wos": wos, "wos-tab": wos_table, "noteexpress": noteexpress,
    "estudy": estudy, "cnki": cnki, "cssci": cssci, "bibtex": bibtex,
}  # fmt: skip
_OWN_SUFFIXES = (".ris", ".enw", ".ciw")  # whatever stands above the first record
_SUFFIXES = ("", ".txt", ".text", ".net", ".ris", ".bib", ".bibtex", ".enw", ".ciw", ".eln", ".csv", ".tsv", ".xls")
_HEAD = 4096  # bytes
_PREAMBLE = 20  # lines before the first record of a CSSCI file
_LAYOUTS = {  # how the first line begins, and another one of a record
    "refworks": (r"RT [A-Z]", r"(?:SR|ID|A1|T1|JF|AD|K1) "),
    "endnote": (r"%0 [A-Z]", r"%[A-Z+@] \S"),
    "ris": (r"TY {1,2}- ?[A-Z]{3,8}[ \t]*$", r"[A-Z][A-Z\d] {1,2}- \S"),
    "wos": (r"FN .{3,60}$|PT [A-Z][ \t]*$", r"(?:VR 1|AU |TI )"),
    "noteexpress": (r"\{Reference Type\} ?[:：]", r"\{[A-Z][\w /]{2,30},?\} ?[:：]"),
    "estudy": (r"DataType ?[:：]", r"[A-Z][A-Za-z]{2,20}-[\u4e00-\u9fff]{1,8} ?[:：]"),
    "cnki": (r"[A-Z][A-Za-z]{2,20}-[\u4e00-\u9fff]{1,10} ?[:：]", r"(?:Title-题名|Author-作者|Source-文献来源) ?[:：]"),
}  # fmt: skip
_BEGINS = re.compile(rf"^(?:{'|'.join(begins for begins, _ in _LAYOUTS.values())}).{{0,80}}$", re.MULTILINE)
_ENTRY = re.compile(  # of BibTeX: with its key and a comma
    r"^[ \t]{0,8}@(?:(?:article|book|booklet|conference|in(?:book|collection|proceedings)|manual|mastersthesis|misc|online|patent"
    r"|phdthesis|proceedings|report|techreport|thesis|unpublished)[ \t]{0,4}[{(]\s{0,4}[^\s,{}()=]{0,200},"
    r"|(?:string|preamble|comment)[ \t]{0,4}[{(])",
    re.MULTILINE | re.IGNORECASE,
)


def dialect_of(name: str, data: bytes) -> str | None:
    """The layout of an export, by its first lines; none for any other text.

    Args:
        name: of the file; those of other suffixes are not looked at.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in _SUFFIXES:
        return None
    head = _head(data)
    if suffix in _OWN_SUFFIXES and (below := _BEGINS.search(head)):
        head = head[below.start() :]
    first, _, rest = head.partition("\n")
    if dialect := _layout_of(first, rest):
        return dialect
    if {"PT", "AU", "TI", "SO"} <= set(map(str.strip, first.split("\t"))):
        return "wos-tab"
    if "【来源作者】" in head and any(line.startswith("【来源篇名】") for line in head.split("\n", _PREAMBLE)[:_PREAMBLE]):
        return "cssci"
    return "bibtex" if _is_bibtex(head, anywhere=suffix in (".bib", ".bibtex")) else None


def _layout_of(first: str, rest: str) -> str | None:
    found = (
        name
        for name, (begins, other) in _LAYOUTS.items()
        if re.match(begins, first.rstrip()) and re.search(rf"^(?:{other})", rest, re.M)
    )
    return next(found, None)


def _read(dialect: str, data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """The records of a file, also where exports of other layouts were put behind one another; numbered through."""
    numbers = count(1)
    for name, part in _stretches(dialect, data, settings):
        yield from (replace(member, name=f"#{next(numbers)}") for member in _READERS[name](part, settings))


def _stretches(dialect: str, data: bytes, settings: IngestSettings) -> Iterator[tuple[str, bytes]]:
    """Layout and bytes of each part of a file; another layout begins with the first line of a record behind an empty line."""
    text = encoding.decode(data, settings.encoding)[0].replace("\r\n", "\n").replace("\r", "\n")
    begun = [(0, dialect)]
    for found in _BEGINS.finditer(text) if dialect in _LAYOUTS else ():
        rest = text[found.end() : found.end() + _HEAD]
        if re.search(r"\n[ \t]{0,8}\n\ufeff?$", text[max(0, found.start() - 12) : found.start()]):
            name = _layout_of(found[0], rest)
            if name and name != begun[-1][1]:
                begun.append((found.start(), name))
    if len(begun) == 1:
        yield dialect, data
        return
    ends = [start for start, _ in begun[1:]] + [len(text)]
    for (start, name), end in zip(begun, ends, strict=True):
        yield name, text[start:end].encode("utf-8", "replace")


DIALECTS: dict[str, Reader] = {name: partial(_read, name) for name in _READERS}


def _is_bibtex(head: str, *, anywhere: bool) -> bool:
    """Whether entries begin here: below nothing but comments, or below any text in a file that is called so."""
    entry = _ENTRY.search(head)
    if not entry or "=" not in head[entry.end() :]:
        return False
    return anywhere or all(line.lstrip()[:1] in ("", "%") for line in head[: entry.start()].split("\n"))


def _head(data: bytes) -> str:
    """The first lines, without what stands before the first letter; "" when they are no text."""
    start = data[:_HEAD]
    start = start[: start.rfind(b"\n") + 1] if len(data) > _HEAD and b"\n" in start else start
    try:
        text, _, _ = encoding.decode(start)
    except SetAside:
        return ""
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff \t\n")

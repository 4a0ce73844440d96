"""BibTeX and BibLaTeX. What has lost a brace ends where the next entry begins, so that one slip costs one entry."""

import re
import unicodedata
from collections.abc import Iterator

from pipeline.config import IngestSettings
from pipeline.ingest.parsed import Member
from pipeline.ingest.readers.bibliography.records import Dialect, Field, members
from pipeline.ingest.readers.bibliography.tagged import lines_of

_BIBTEX = Dialect(
    {
        "type": ("entry", "type"), "school": ("school", "institution", "publisher"), "title": ("title",), "authors": ("author",),
        "affiliations": ("affiliation", "address", "authoraddress"), "journal": ("journal", "journaltitle", "booktitle"),
        "year": ("year", "date"), "published": ("date",), "volume": ("volume",), "issue": ("number", "issue"), "page_range": ("pages",),
        "keywords": ("keywords", "keyword"), "abstract": ("abstract",), "doi": ("doi",), "funds": ("funding",),
    },
    dividers={"authors": " and "},
)  # fmt: skip
_ENTRY = re.compile(r"^[ \t]{0,8}@[ \t]{0,4}([A-Za-z]{3,20})[ \t]{0,4}[{(]", re.MULTILINE)
_NO_ENTRIES = ("comment", "preamble", "string")
_NAME = re.compile(r"[\s,]*([^\s,={}\"#%()]{1,60})\s*=\s*")
_PIECE = re.compile(r"[^{}\"\\]+|\\.|[{}\"]", re.DOTALL)
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307", '"': "\u0308",
    "r": "\u030a", "H": "\u030b", "v": "\u030c", "c": "\u0327", "k": "\u0328",
}  # fmt: skip
_ACCENT = re.compile(r"""\{?\\(?:([`'^~=."])\s?|([uvHckr])(?=[{ ])\s?)\{?\\?([A-Za-z])\}?\}?""")


def bibtex(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """Entries of a BibTeX file; macros of @string are put in."""
    lines, doubt = lines_of(data, settings)
    text = "\n".join(lines)
    starts = list(_ENTRY.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    macros: dict[str, str] = {}
    records: list[list[Field]] = []
    for start, end in zip(starts, ends, strict=True):
        kind = start[1].lower()
        body = text[start.end() : end]
        if kind == "string":
            macros |= dict(_fields(body, 0, macros))
        elif kind not in _NO_ENTRIES:
            key, _, _ = body[:200].partition(",")
            fields = [Field(name, value) for name, value in _fields(body, len(key), macros)]
            records.append([Field("entry", start[1]), Field("citekey", key.strip()), *fields])
    yield from members(([Field(tag, _plain(value)) for tag, value, _ in record] for record in records), _BIBTEX, doubt)


def _fields(body: str, at: int, macros: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The fields of an entry: name in small letters, value as it stands between its braces or quotation marks."""
    while found := _NAME.match(body, at):
        value, at = _value(body, found.end(), macros)
        yield found[1].lower(), value.strip()


def _value(body: str, at: int, macros: dict[str, str]) -> tuple[str, int]:
    """The value that begins at a place, its parts joined by # put together, and where it ends."""
    parts: list[str] = []
    while True:
        if body[at : at + 1] in ("{", '"'):
            part, at = _delimited(body, at)
        else:
            found = re.compile(r"[^\s,{}\"#]*").match(body, at)
            part, at = (macros.get(found[0].lower(), found[0]), found.end()) if found else ("", at)
        parts.append(part)
        more = re.compile(r"\s*#\s*").match(body, at)
        if not more:
            return "".join(parts), at
        at = more.end()


def _delimited(body: str, at: int) -> tuple[str, int]:
    """What stands between the brace or quotation mark at a place and the one that closes it, and the place behind."""
    opened, depth = body[at], 0
    for piece in _PIECE.finditer(body, at + 1):
        if depth == 0 and piece[0] == ("}" if opened == "{" else '"'):
            return body[at + 1 : piece.start()], piece.end()
        depth += (piece[0] == "{") - (piece[0] == "}")
    return body[at + 1 :], len(body)


def _plain(value: str) -> str:
    """A value without what only TeX needs: accents as letters, no commands and braces, line breaks as blanks."""
    if "\\" in value:
        value = _ACCENT.sub(lambda found: unicodedata.normalize("NFC", found[3] + _ACCENTS[found[1] or found[2]]), value)
        value = re.sub(r"\\([&%$#_{}])", r"\1", re.sub(r"\\[A-Za-z]+ ?(?=[{ ])", "", value))
    return re.sub(r"[{}]", "", value).replace("\n", " ").replace("~", " ")

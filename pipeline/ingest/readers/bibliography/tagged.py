"""Layouts with a short tag before each line: RefWorks, EndNote, RIS and Web of Science."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from pipeline.config import IngestSettings
from pipeline.ingest import encoding
from pipeline.ingest.parsed import Member
from pipeline.ingest.readers.bibliography.records import Dialect, Field, members

_REFWORKS_TAGS = frozenset(
    "RT SR ID A1 A2 A3 A4 A5 A6 AD AU T1 T2 T3 JF JO YR FD VO IS SP EP OP K1 AB NO PB PP ED SN CN LA DS LK UL DO DB CL AV RD WT FU".split()
)
_REFWORKS = Dialect(
    {
        "type": ("RT",), "school": ("PB",), "title": ("T1",), "authors": ("A1",), "affiliations": ("AD",), "journal": ("JF", "JO", "T2"),
        "year": ("YR", "FD"), "published": ("FD", "YR"), "volume": ("VO",), "issue": ("IS",), "page_range": ("OP", "SP"),
        "last_page": ("EP",), "keywords": ("K1",), "abstract": ("AB",), "doi": ("DO",), "funds": ("FU",),
    }
)  # fmt: skip
_ENDNOTE = Dialect(
    {
        "type": ("%0", "%9"), "school": ("%I",), "title": ("%T",), "authors": ("%A",), "affiliations": ("%+",), "journal": ("%J", "%B"),
        "year": ("%D", "%8"), "published": ("%8", "%D"), "volume": ("%V",), "issue": ("%N",), "page_range": ("%P",), "keywords": ("%K",),
        "abstract": ("%X",), "doi": ("%R",),
    }
)  # fmt: skip
_RIS = Dialect(
    {
        "type": ("TY",), "school": ("PB",), "title": ("T1", "TI", "CT"), "authors": ("A1", "AU"), "affiliations": ("AD",),
        "journal": ("JO", "JF", "T2", "JA", "BT"), "year": ("Y1", "PY", "DA"), "published": ("DA", "Y1", "PY"), "volume": ("VL",),
        "issue": ("IS",), "page_range": ("SP",), "last_page": ("EP",), "keywords": ("KW",), "abstract": ("AB", "N2"), "doi": ("DO",),
    }
)  # fmt: skip
_WOS = Dialect(  # Z1 to Z4 are title, authors, source and abstract in the language of the paper, AK an abstract in a further one
    {
        "title": ("TI", "Z1", "FT"), "authors": ("AF", "AU", "BA", "CA", "Z2"), "affiliations": ("C1",), "journal": ("SO", "Z3", "S1"),
        "year": ("PY", "EA", "PD"), "volume": ("VL",), "issue": ("IS",), "page_range": ("BP",), "last_page": ("EP",),
        "keywords": ("DE", "ID"), "abstract": ("AB", "Z4", "AK"), "doi": ("DI",), "funds": ("FU",), "references": ("CR",),
    },
    lines=frozenset({"authors", "affiliations"}),
    wrapped=True,
)  # fmt: skip


def lines_of(data: bytes, settings: IngestSettings) -> tuple[list[str], str]:
    """The lines of a file, without the marks that files put together have inside, and what is doubtful about it."""
    text, _, broken = encoding.decode(data, settings.encoding)
    doubt = f"{broken} characters could not be decoded; set ingest.encoding if you know it" if broken else ""
    return [line.lstrip("\ufeff") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")], doubt


def records_of(
    lines: Iterable[str], field_of: Callable[[str], Field | None], begins: Callable[[str, Collection[str]], bool]
) -> Iterator[list[Field]]:
    """Records of lines; what stands before the first one is passed over, a line without tag belongs to the field above it.

    Args:
        begins: whether a tag begins a record, told the tags that the record before it has.
    """
    found: list[tuple[Field, list[str]]] = []
    tags: dict[str, None] = {}
    for line in lines:
        field = field_of(line)
        if field and begins(field.tag, tags.keys()):
            if found:
                yield [Field(one.tag, "\n".join(parts).strip(), one.repair) for one, parts in found]
            found, tags = [], {}
        elif not found:
            continue
        if field:
            tags[field.tag] = None
            found.append((field, [field.value.strip()]))
        elif line.strip():
            found[-1][1].append(line.strip())
    if found:
        yield [Field(one.tag, "\n".join(parts).strip(), one.repair) for one, parts in found]


def refworks(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """Records of a RefWorks export, as CNKI writes it."""
    lines, doubt = lines_of(data, settings)
    yield from members(records_of(_volumes_apart(lines), _refworks_field, lambda tag, _: tag == "RT"), _REFWORKS, doubt)


def _volumes_apart(lines: Iterable[str]) -> Iterator[str]:
    """Lines, the volume apart where it stands behind the issue: IS 02vo 12."""
    for line in lines:
        both = re.match(r"(IS \w{0,12}?) ?([vV][oO] .{0,20})$", line)
        yield from both.groups() if both else (line,)


def _refworks_field(line: str) -> Field | None:
    found = re.match(r"([ \t]{0,4})([A-Z][A-Z\d]|vo)(?: (.*)|$)", line)
    if not found or (tag := found[2].upper()) not in _REFWORKS_TAGS or (found[1] and tag != "AB"):
        return None
    return Field(tag, found[3] or "", "space before the tag" if found[1] else "" if found[2] == tag else "tag in small letters")


def endnote(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """Records of an EndNote export (tags of refer): %0, %A, %T …"""
    lines, doubt = lines_of(data, settings)
    yield from members(records_of(lines, _endnote_field, lambda tag, _: tag == "%0"), _ENDNOTE, doubt)


def _endnote_field(line: str) -> Field | None:
    found = re.match(r"(%[A-Z\d@+$!&*#~^<>?=|(\[\]])(?: (.*)|$)", line)
    return Field(found[1], found[2] or "") if found else None


def ris(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """Records of a RIS file, those with one blank before the dash too."""
    lines, doubt = lines_of(data, settings)
    yield from members(records_of(lines, _ris_field, lambda tag, _: tag == "TY"), _RIS, doubt)


def _ris_field(line: str) -> Field | None:
    found = re.match(r"([A-Z][A-Z\d])(?: {1,2}-(?: |$)| {2}-)(.*)$", line)
    return Field(found[1], found[2] or "") if found else None


def wos(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """Records of a plain-text export of Web of Science; lines that begin with blanks go on the field above."""
    lines, doubt = lines_of(data, settings)
    yield from members(records_of(lines, _wos_field, lambda tag, _: tag == "PT"), _WOS, doubt)


def _wos_field(line: str) -> Field | None:
    found = re.match(r"([A-Z][A-Z\d])(?: (.*)|$)", line)
    return Field(found[1], found[2] or "") if found else None


def wos_table(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """Records of a tab-delimited export of Web of Science, whose header has the tags of the plain one."""
    lines, doubt = lines_of(data, settings)
    rows = (line.split("\t") for line in lines if line.strip())
    header = next(rows, [])
    records = (
        [Field(tag.strip(), _listed(tag, value.strip(' "'))) for tag, value in zip(header, row, strict=False)] for row in rows
    )
    yield from members(records, _WOS, doubt)


def _listed(tag: str, value: str) -> str:
    return "\n".join(part.strip() for part in value.split("; ")) if tag in ("AU", "AF", "CR") else value

"""What a reader hands over: stretches of text in reading order, and what the file itself says about the document."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stands by itself: a heading, a paragraph or line, a row of a table, a reference."""

    text: str
    kind: str = "paragraph"  # title, heading, paragraph, line (may go on in the next one), table or reference
    page: int | None = None  # from 0, where it begins
    after_gap: bool = False  # an empty line or an indent stands before it


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file, member or row as read."""

    format: str
    pieces: list[Piece]
    notes: list[str] = field(default_factory=list)  # read, but not text
    facts: dict[str, str] = field(default_factory=dict)  # field (title, date, published, issuers, …) → value as it stands
    repairs: dict[str, str] = field(default_factory=dict)  # field → what was mended to read it
    n_pages: int = 0
    ocr_pages: list[int] = field(default_factory=list)  # from 0, whose text is read from their picture
    status: str = "ok"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive or a row of a table."""

    name: str  # as it follows the source: `!dir/name.txt`, `#2`
    data: bytes = b""  # of a file in an archive
    cells: dict[str, str] | None = None  # of a row: header → cell
    columns: dict[str, str] = field(default_factory=dict)  # of a row: field → header
    facts: dict[str, str] = field(default_factory=dict)  # of a bibliographic record: field → value, items of a list a line each
    repairs: dict[str, str] = field(default_factory=dict)  # of such a record: field → what was mended to read it
    references: list[str] = field(default_factory=list)  # of such a record: what it cites
    remark: str = ""  # of a row: what is doubtful about its whole table
    status: str = "ok"
    reason: str = ""


class SetAside(Exception):
    """An input that cannot become a document: its status, and the reason with what to do about it."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason

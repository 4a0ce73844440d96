"""Plain text: a line a piece. How lines make paragraphs is decided in layout, where the whole document is seen."""

import re

from pipeline.config import IngestSettings
from pipeline.ingest import encoding
from pipeline.ingest.clean import clean, hidden, one_line
from pipeline.ingest.parsed import Parsed, Piece

_MARKDOWN = re.compile(r"^#{1,6} \S", re.MULTILINE)
_INDENT = re.compile(r"(?:\u3000| {2,}|\t)")
_INNER_INDENT = re.compile(r"(?<=\S)\u3000{2,}(?=第[一二三四五六七八九十百零〇\d]+[章节条])")  # several articles on one line


def read(data: bytes, settings: IngestSettings, tick: object = None) -> Parsed:
    """A text file; one that is written in Markdown is read as such."""
    from pipeline.ingest.readers import markdown

    text, _, broken = encoding.decode(data, settings.encoding)
    undecoded = f"{broken} characters could not be decoded; set ingest.encoding if you know it" if broken else ""
    pieces, doubt = markdown.pieces_of(text) if len(_MARKDOWN.findall(text)) >= 2 else (lines_of(text), "")
    reason = "; ".join(filter(None, (undecoded, doubt)))
    return Parsed("txt", pieces, [note] if (note := hidden(text)) else [], status="partial" if reason else "ok", reason=reason)


def lines_of(text: str) -> list[Piece]:
    """The lines of a text; each knows whether an empty line or an indent stands before it."""
    found, gap = [], True
    for line in _INNER_INDENT.sub("\n\u3000\u3000", clean(text)).split("\n"):
        words = one_line(line)
        if words:
            found.append(Piece(words, "line", after_gap=gap or bool(_INDENT.match(line))))
        gap = not words
    return found

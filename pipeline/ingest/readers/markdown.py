"""Markdown: headings, paragraphs, lists, tables; html inside it is read as text without its tags."""

import re
from typing import TYPE_CHECKING

from pipeline.config import IngestSettings
from pipeline.ingest import encoding
from pipeline.ingest.clean import clean, one_line
from pipeline.ingest.parsed import Parsed, Piece

if TYPE_CHECKING:
    from markdown_it.token import Token

_CITATION = re.compile(r"<sup>.{0,60}?</sup>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_HEADING_LINE = re.compile(r"^(#{1,6})([^#\s].*)$", re.MULTILINE)  # ##一、 without the blank
_MARKS = re.compile(r"^(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))+[ \t]*", re.MULTILINE)  # of quotes and lists
_DEEPEST = 100  # levels; a list takes two
_FRONT = re.compile(r"\A---\n(.{0,4000}?)\n---\n", re.DOTALL)


def read(data: bytes, settings: IngestSettings, tick: object = None) -> Parsed:
    """A Markdown file; simple `key: value` lines of a front matter become facts."""
    text, _, broken = encoding.decode(data, settings.encoding)
    facts: dict[str, str] = {}
    text = clean(text)
    if front := _FRONT.match(text):
        facts = dict(re.findall(r"^([^\s:：][^:：\n]{0,30})[:：][ \t]*(\S.*)$", front[1], re.MULTILINE))
        text = text[front.end() :]
    pieces, doubt = pieces_of(text)
    undecoded = f"{broken} characters could not be decoded; set ingest.encoding if you know it" if broken else ""
    reason = "; ".join(filter(None, (undecoded, doubt)))
    return Parsed("md", pieces, facts=facts, status="partial" if reason else "ok", reason=reason)


def pieces_of(text: str) -> tuple[list[Piece], str]:
    """The pieces of a Markdown text; and what is doubtful about them, when it is nested too deep for a parser."""
    from markdown_it import MarkdownIt

    text = _CITATION.sub("", _without_comments(clean(text)))
    text = _HEADING_LINE.sub(r"\1 \2", text).replace("\u3000", "  ").replace("\n    ", "\n")  # an indent is no code here
    tokens = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table").parse(text)
    if any(token.level >= _DEEPEST - 1 for token in tokens):  # what is deeper the parser leaves out
        lines = [words for line in _MARKS.sub("", text).split("\n") if (words := one_line(line))]
        reason = f"its lists or quotes are nested more than {_DEEPEST // 2} deep and read as plain lines; look at it"
        return [Piece(line, "line", after_gap=True) for line in lines], reason
    return _pieces(tokens), ""


def _pieces(tokens: "list[Token]") -> list[Piece]:
    found: list[Piece] = []
    cells: list[str] | None = None
    kind, number = "paragraph", ""
    for token in tokens:
        if token.type == "heading_open":
            kind = "title" if token.tag == "h1" else "heading"
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close" and cells is not None:
            found.append(Piece(" | ".join(cells), "table"))
            cells = None
        elif token.type == "list_item_open":
            number = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "inline":
            words, number = number + _inline(token), ""
            if cells is not None:
                cells.append(one_line(words))
            else:
                found += [Piece(one_line(line), kind, after_gap=True) for line in words.split("\n") if one_line(line)]
            kind = "paragraph"
        elif token.type in ("fence", "code_block", "html_block"):
            found += [Piece(one_line(line), "line") for line in _TAG.sub("", token.content).split("\n") if one_line(line)]
    return [piece for piece in found if piece.text.strip(" |")]


def _without_comments(text: str) -> str:
    """A text without <!-- … -->; an expression would search anew from every mark that is never closed."""
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[at:start])
        at = end + 3
    return "".join([*parts, text[at:]])


def _inline(token: "Token") -> str:
    """The words of an inline token: no marks of emphasis, links or tags."""
    parts = []
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type in ("text", "code_inline"):
            parts.append(child.content)
    words = "".join(parts)
    return re.sub(r"\\$", "", words.replace("**", ""))

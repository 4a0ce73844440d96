"""Plain text: a line a piece. How lines make paragraphs is decided in layout, where the whole document is seen."""

import re
from dataclasses import replace

from pipeline.config import IngestSettings
from pipeline.ingest import encoding
from pipeline.ingest.clean import clean, one_line
from pipeline.ingest.parsed import Parsed, Piece

_MARKDOWN = re.compile(r"^#{1,6} \S", re.MULTILINE)
_INDENT = re.compile(r"(?:\u3000| {2,}|\t)")
_INNER_INDENT = re.compile(r"(?<=\S)\u3000{2,}(?=第[一二三四五六七八九十百零〇\d]+[章节条])")  # several articles on one line
# what 北大法宝 writes above a text: label → field, "" where none is kept of it
_LABELS = {
    "制定机关": "issuers", "发布部门": "issuers", "发文字号": "doc_number", "公布日期": "published", "发布日期": "published",
} | dict.fromkeys(("施行日期", "实施日期", "时效性", "效力位阶", "效力级别", "法规类别", "批准部门", "法宝引证码", "原文链接"), "")  # fmt: skip
_LABELLED = re.compile(rf"[【\[]?({'|'.join(_LABELS)})(?:[】\]]\s?[:：]?|\s?[:：])\s?(.{{0,200}})$")
_BELOW = re.compile(r"©\s?北大法宝|(?:复制全文|复制链接|下载PDF|下载Word|打印本页)$", re.IGNORECASE)
_TOP, _END = 20, 10  # lines where these stand


def read(data: bytes, settings: IngestSettings, tick: object = None) -> Parsed:
    """A text file; one that is written in Markdown is read as such."""
    from pipeline.ingest.readers import markdown

    text, _, broken = encoding.decode(data, settings.encoding)
    undecoded = f"{broken} characters could not be decoded; set ingest.encoding if you know it" if broken else ""
    pieces, doubt = markdown.pieces_of(text) if len(_MARKDOWN.findall(text)) >= 2 else (lines_of(text), "")
    reason = "; ".join(filter(None, (undecoded, doubt)))
    pieces, facts, notes = _without_frame(pieces)
    return Parsed("txt", pieces, notes, facts, status="partial" if reason else "ok", reason=reason)


def _without_frame(pieces: list[Piece]) -> tuple[list[Piece], dict[str, str], list[str]]:
    """Pieces without what 北大法宝 writes above and below a text, what that says of the document, and what was taken out."""
    facts: dict[str, str] = {}
    labelled = {at: found for at, piece in enumerate(pieces[:_TOP]) if (found := _LABELLED.match(piece.text))}
    end = max(len(pieces) - _END, 0)
    aside = {at for at, piece in enumerate(pieces[end:], end) if _BELOW.match(piece.text)} | labelled.keys()
    if len(aside) < 2:
        return pieces, facts, []
    for found in labelled.values():
        if (field := _LABELS[found[1]]) and found[2].strip():
            facts.setdefault(field, found[2].strip())
    kept = [replace(piece, after_gap=piece.after_gap or at - 1 in aside) for at, piece in enumerate(pieces) if at not in aside]
    return kept, facts, [pieces[at].text for at in sorted(aside)]


def lines_of(text: str) -> list[Piece]:
    """The lines of a text; each knows whether an empty line or an indent stands before it."""
    found, gap = [], True
    for line in _INNER_INDENT.sub("\n\u3000\u3000", clean(text)).split("\n"):
        words = one_line(line)
        if words:
            found.append(Piece(words, "line", after_gap=gap or bool(_INDENT.match(line))))
        gap = not words
    return found

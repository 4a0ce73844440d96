"""From pieces to the text of a document: broken paragraphs joined, notes and citations out, each block at its offsets."""

import re
from dataclasses import dataclass, replace
from itertools import accumulate

from pipeline.ingest.clean import HAN, count_han, glue
from pipeline.ingest.parsed import Parsed, Piece
from pipeline.records import Block

_NOTE = re.compile(
    r"[*＊]*\s*[\[【［]?\s*(?:收稿日期|修回日期|基金项目|资助项目|(?:第一|通[讯信])?作者简介|(?:第一|通[讯信])作者\s*[:：（(]?|修稿日期|责任编辑|本文责编|中图分类号"
    r"|文献标[识志]码|文章编号|引用格式|DOI\s*[:：])",
    re.IGNORECASE,
)
_NOTE_LENGTH = 400  # a longer paragraph that begins so is text in which something was not divided
_ENOUGH = 400  # characters that tell how a paragraph begins or ends; looking at the whole of a growing one takes quadratic time
_REFERENCES = re.compile(
    r"[\s【\[]*(?:[一二三四五六七八九十\d]{1,2}\s*[、.．\s]\s*)?(?:主要|引用|注释[及与和])?(?:参\s*考\s*(?:文\s*献|书\s*目)|引用文献)"
    r"(?:\s*[(（]?references[)）]?)?[\s】\]:：]*|\s*references\s*:?\s*",
    re.IGNORECASE,
)
_AFTER_REFERENCES = re.compile(
    r"附\s*录|附\s*件|作者(?:简介|贡献)|编\s?辑\s?[^\s\d]\s?[^\s\d]{1,2}$|abstract\b|key\s*words|英文摘要|后\s*记|致\s*谢|\(?责任编辑",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"\s*(?:[\[［【(（]\s*\d{1,3}\s*[\]］】)）]|\d{1,3}\s*[.．、])")
_CITATION = re.compile(r"(?<=[^\s\d\[［])\s?[\[［]\s*[1-9]\d{0,2}(?:\s*[-–—~,，、]\s*\d{1,3})*\s*[\]］]")
_KEYWORDS = re.compile(r"[\s【\[]*(?:关\s*键\s*[词字]|主题词|key\s*words?)", re.IGNORECASE)
_CAPTION = re.compile(r"(?:图|表|Fig(?:ure|\.)?|Table)\s*\d{1,2}(?:[-.．－]\d{1,2})?(?![\d年])[^。；]{0,60}$", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:[.…·．]\s?){4,}\s*[\dIVXivx ]{1,5}$")
_LIFE = re.compile(r"\S{2,12}?\s*[（(，,].{0,60}?(?:[男女]|\d{4}\s*[-－—–]|教授|研究|博士|硕士|主任)")
# without a heading of its own, after the references: 某甲（1975—），男，… · 某甲，男，1975年生 …
_LIFE_APART = re.compile(r"[^\d，,。（(\s]{2,4}\s*(?:[（(]\s*(?:19|20)\d\d\s*年?\s*[-－—–)）生]|[，,]\s*[男女]\s*[，,])")
_FLOATS = 80  # pieces a figure may fall into
_ENDS = re.compile(r"[。！？；：…!?;:.][”’」』）)】》\]]*$")
_FULL_STOP = re.compile(r"[.。．]\s*$")
_RUNS_ON = re.compile(rf"[{HAN}A-Za-z0-9，、“‘《（(]$")
_STARTS_ANEW = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|第[一二三四五六七八九十百零\d]+[章节条编部]|\d{1,2}(?:\.\d{1,2})*[.．、\s]|[①-⑳•●◆■·*]"
    r"|图\s*\d|表\s*\d|附件?\s*\d*[:：]?|(?:摘\s*要|关\s*键\s*词|abstract|key\s*words)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The text of a document and how it is laid out."""

    text: str
    blocks: list[Block]
    pages: list[int]  # start offset of each page
    notes: list[str]


def lay_out(parsed: Parsed) -> Layout:
    """The text of a parsed document: a line a block."""
    pieces = _mark_references(_join_lines(parsed.pieces))
    aside = _notes_among(pieces)
    notes = [*parsed.notes, *(pieces[at].text for at in sorted(aside))]
    missing = sum(piece.text.count("〓") for piece in pieces)
    notes += [f"{missing} characters only their own font can show stand as 〓"] if missing else []
    pieces = _move_floats([piece for at, piece in enumerate(pieces) if at not in aside])
    if any(piece.kind == "reference" for piece in pieces):
        pieces = [piece if piece.kind == "reference" else replace(piece, text=_CITATION.sub("", piece.text)) for piece in pieces]
    texts: list[str] = []
    kinds: list[str] = []
    firsts: dict[int, int] = {}  # page → offset of what begins on it
    offset = 0
    for piece in pieces:
        broken = bool(texts) and _goes_on(kinds[-1], texts[-1][:_ENOUGH], texts[-1][-_ENOUGH:], piece)
        offset += 0 if broken else bool(texts)
        if broken:
            before = len(texts[-1])
            texts[-1] = glue(texts[-1], piece.text)
            start, offset = offset, offset + len(texts[-1]) - before
        else:
            texts.append(piece.text)
            kinds.append("heading" if piece.kind == "title" else "paragraph" if piece.kind == "line" else piece.kind)
            start, offset = offset, offset + len(piece.text)
        if piece.page is not None:
            firsts.setdefault(piece.page, start)
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    blocks = [Block(at, at + len(text), kind) for at, text, kind in zip(starts, texts, kinds, strict=False)]
    return Layout("\n".join(texts), blocks, _page_starts(firsts, parsed.n_pages, offset), notes)


def _page_starts(firsts: dict[int, int], n_pages: int, end: int) -> list[int]:
    """The start of each page; a page without text starts where the next one does."""
    starts = [firsts.get(page, end) for page in range(n_pages)]
    return list(accumulate(reversed(starts), min))[::-1]


def _notes_among(pieces: list[Piece]) -> set[int]:
    """Which pieces are no text of the document: dates of receipt, funding, authors' lives, the lines of a table of contents."""
    contents = {at for at, piece in enumerate(pieces) if _CONTENTS.search(piece.text[-200:])}
    found = contents if 3 <= len(contents) < 0.3 * len(pieces) else set()
    about_authors = listed = False
    for at, piece in enumerate(pieces):
        listed = listed or piece.kind == "reference"
        if listed and piece.kind == "paragraph" and len(piece.text) < 2 * _NOTE_LENGTH and _LIFE_APART.match(piece.text):
            found.add(at)
            continue
        if about_authors and piece.kind == "paragraph" and len(piece.text) < 2 * _NOTE_LENGTH and _LIFE.match(piece.text):
            found.add(at)
            continue
        note = (
            piece.kind in ("paragraph", "line", "table", "reference")
            and len(piece.text) < _NOTE_LENGTH
            and bool(_NOTE.match(piece.text))
        )
        about_authors = note and len(piece.text) < 10  # 作者简介： alone on its line
        if note or (found and re.fullmatch(r"目\s*[录次]", piece.text)):
            found.add(at)
    return found


def _move_floats(pieces: list[Piece]) -> list[Piece]:
    """Put figures and tables that break into a paragraph behind it."""
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        found.append(pieces[at])
        rest = at + 1
        while rest < min(at + _FLOATS, len(pieces)) and _is_float(pieces[rest]):
            rest += 1
        if rest > at + 1 and rest < len(pieces) and _is_unfinished(pieces[at]) and _is_rest(pieces[rest]):
            found[-1:] = [found[-1], pieces[rest], *pieces[at + 1 : rest]]
            at = rest
        at += 1
    return found


def _is_float(piece: Piece) -> bool:
    return piece.page is not None and (
        piece.kind == "table"
        or bool(_CAPTION.match(piece.text))
        or (len(piece.text) < 60 and not re.search("[，。；：]" if len(piece.text) > 24 else "。", piece.text))
    )


def _is_unfinished(piece: Piece) -> bool:
    prose = (
        piece.kind == "paragraph" and len(piece.text) > 30 and not _CAPTION.match(piece.text) and not _KEYWORDS.match(piece.text)
    )
    return prose and bool(_RUNS_ON.search(piece.text)) and not _ENDS.search(piece.text)


def _is_rest(piece: Piece) -> bool:
    prose = piece.kind == "paragraph" and not piece.after_gap and bool(re.search("[，。；,.]", piece.text))
    return prose and bool(re.match(f"[{HAN}a-z，。、；”）]", piece.text)) and not _STARTS_ANEW.match(piece.text)


def _goes_on(kind: str, text: str, tail: str, piece: Piece) -> bool:
    """Whether a paragraph is the rest of the one before, which a page, a column or a note has broken.

    Args:
        kind, text, tail: of the one before; of its text the beginning and the end.
    """
    if kind == "reference" and piece.kind == "reference":
        return not piece.after_gap and not _REFERENCE.match(piece.text) and not piece.text.startswith("〔")
    if kind != "paragraph" or piece.kind != "paragraph" or _ENDS.search(tail) or not _RUNS_ON.search(tail):
        return False
    if _STARTS_ANEW.match(piece.text) or _KEYWORDS.match(text) or _CAPTION.match(text):
        return False
    if len(text) < 30 and _STARTS_ANEW.match(text) and not re.search("[，、,（(]", text[4:]):  # a numbered heading
        return False
    if not piece.after_gap:
        return not (re.search("[A-Za-z]$", tail) and count_han(piece.text[:8]) > 4 and count_han(tail) < 0.2 * len(tail))
    # both parts must read like prose: headings, signatures and lists of names have no full stop
    return (
        len(text) > 15
        and bool(re.search("[，。]", tail))
        and "。" in piece.text
        and bool(re.match(f"[{HAN}，。、”）]", piece.text))
    )


def _mark_references(pieces: list[Piece]) -> list[Piece]:
    """The entries below the heading 参考文献 as references; lives of authors after a numbered list are none."""
    found: list[Piece] = []
    inside = numbered = False
    for piece in pieces:
        if _REFERENCES.fullmatch(piece.text):
            inside, numbered = True, False
            found.append(replace(piece, kind="heading"))
            continue
        entry = bool(_REFERENCE.match(piece.text))
        if inside and (_AFTER_REFERENCES.match(piece.text) or (piece.kind in ("heading", "title") and not entry)):
            inside = False
        inside_text = _REFERENCES.match(piece.text)  # 参考文献：[1] … on one line
        if not inside and inside_text and _REFERENCE.match(piece.text[inside_text.end() :]):
            inside = True
        if inside and numbered and piece.after_gap and _LIFE_APART.match(piece.text):
            inside = False
        numbered = numbered or (inside and entry)
        found.append(replace(piece, kind="reference") if inside else piece)
    return _without_tails(pieces, found)


def _without_tails(pieces: list[Piece], found: list[Piece]) -> list[Piece]:
    """Numbered lists end with their last number: an English title or another notice below is no entry."""
    at = 0
    while at < len(found):
        end = at
        while end < len(found) and found[end].kind == "reference" and pieces[end].kind != "reference":
            end += 1
        numbered = [one for one in range(at, end) if _REFERENCE.match(found[one].text)]
        after = range(numbered[-1] + 1, end) if 2 * len(numbered) > end - at or (numbered and numbered[0] == at) else range(0)
        tail = next((one for one in after if found[one].after_gap and _FULL_STOP.search(found[one - 1].text[-5:])), end)
        found[tail:end] = pieces[tail:end]
        at = end + 1
    return found


def _join_lines(pieces: list[Piece]) -> list[Piece]:
    """Lines of a text file as paragraphs: broken ones are joined if the file breaks its lines at one width."""
    width = _line_width([piece.text for piece in pieces if piece.kind == "line"])
    if width is None:
        return [replace(piece, kind="paragraph", after_gap=True) if piece.kind == "line" else piece for piece in pieces]
    found: list[Piece] = []
    full = False
    for piece in pieces:
        if piece.kind == "line" and full and not piece.after_gap and not _STARTS_ANEW.match(piece.text):
            found[-1] = replace(found[-1], text=glue(found[-1].text, piece.text))
        else:
            found.append(replace(piece, kind="paragraph", after_gap=True) if piece.kind == "line" else piece)
        full = piece.kind == "line" and _columns(piece.text) > width - 4
    return found


def _line_width(lines: list[str]) -> float | None:
    """The width, in Chinese characters, at which a file breaks its lines; none if a line is a paragraph."""
    widths = sorted(map(_columns, lines))
    if len(widths) < 6:
        return None
    width = widths[int(0.97 * (len(widths) - 1))]
    open_ended = [line for line in lines if _columns(line) > width - 3]
    broken = [line for line in open_ended if not _ENDS.search(line)]
    return width if 12 <= width <= 90 and len(open_ended) > 0.3 * len(lines) and len(broken) > 0.5 * len(open_ended) else None


def _columns(text: str) -> float:
    return len(text) - 0.5 * len(text.encode("ascii", "ignore"))

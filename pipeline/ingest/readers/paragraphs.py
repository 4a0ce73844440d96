"""From the lines of pages to paragraphs: margins and notes out, rows joined, tables row by row."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from pipeline.ingest.clean import HAN, count_han, glue, one_line
from pipeline.ingest.parsed import Piece
from pipeline.ingest.readers.columns import Line, blocks_of, join, rows_of, usual_gutters

_PAGE_NUMBER = re.compile(
    r"[-—–_·•\s]*(?:第?\s*(?:\d{1,4}|[ivxIVX]{1,6})\s*页?(?:\s*[/，,]?\s*共?\s*\d{1,4}\s*页|\s*/\s*\d{1,4})?)[-—–_·•\s]*"
)
_JOURNAL = re.compile(
    r"第?\s*\d+\s*卷.{0,12}第?\s*\d+\s*期|\bVol\s*[.．]\s*\d|\d{4}\s*年\s*第?\s*\d+\s*期|\(C\)\s?1994", re.IGNORECASE
)
_ISSUE = re.compile(r"学[报刊].*\d|^Journal of\b|(?:19|20)\d\d\s*[.．]\s*\d\d\s*[上中下]?(?!\d)", re.IGNORECASE)
_ORNAMENT = re.compile(r"(\S)\1{7,}")
_AROUND_STOPS = re.compile(rf"(?<=[。，；：、？！”》）]) (?=[{HAN}“《（])|(?<=[{HAN}”》）]) (?=[。，；：、？！”》）])")
_MARGIN = 3  # rows at the upper and at the lower edge of a page that can be a running head or foot
_FOOTNOTE = re.compile(
    r"[*＊①-⑳†‡]|[［\[]\d+[］\]]|\d{1,2}\s*[\u4e00-\u9fff]|收稿|修回|基金|作者简介|通[讯信]作者|第一作者|注[:：]|DOI|Received|Foundation"
    r"|资助项目|〓?\s?本文[系为是得受].{0,30}(?:基金|资助|项目)"
)
_SURELY = re.compile(
    r"[*＊†‡〓]{0,2}\s?[\[【［(（]?(?:收稿日期|修回日期|基金项目|资助项目|(?:第一|通[讯信])?作者(?:简介)?\s?[:：]"
    r"|本文[系为是得受].{0,30}(?:基金|资助|项目))"
)
_REFERENCES = re.compile(r"[\s【\[]*(?:参\s*考\s*文\s*献|references)[\s】\]:：]*", re.IGNORECASE)
_ENTRY = re.compile(r"[\[［]\s?\d{1,3}\s?[\]］]")
_ENDS = re.compile(r"[。！？；：.!?;:”）)\]］．]$")
_CONTENTS = re.compile(r"(?:[.…·．]\s?){4,}\s*[\dIVXivx ]{1,5}$")
_ITEM = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十百]{1,5}[章节条]|\d{1,2}(?:[.．]\s?\d{1,2}){1,3}[.．]?\s+[\u4e00-\u9fff]"
)
_LISTED = re.compile(r"[①-⑳]")
_CAPTION = re.compile(
    r"(?:图|表|Fig(?:ure|\.)?|Table)\s*\d{1,2}(?![\d年])(?:[-.．－]\d{1,2})?(?!\s*[所中的为是给列显表反可])", re.IGNORECASE
)
_FIGURE = re.compile(r"续?[图表]\s*\d")
_LETTERS = re.compile("[A-Za-z]")
_FEW_NUMBERS = 4  # fewer in a margin may be anything
_NEAR = 3  # rows of a table around one that are looked at
_HEADING_LENGTH = 60


def pieces_of(pages: list[list[Line]]) -> tuple[list[Piece], list[str]]:
    """Paragraphs in reading order, and what stands in margins and footnotes."""
    body = _body_size(pages)
    whole = [rows_of(lines) for lines in pages]
    heads = _running_heads(whole)
    margins = [_margin(rows, heads, body) for rows in whole]
    notes = [join(row).text for rows in margins for row in rows]
    aside = {id(row) for rows in margins for row in rows}
    inner = [_without_line_numbers([row for row in rows if id(row) not in aside and not _is_ornament(row)]) for rows in whole]
    usual = usual_gutters(inner)
    pieces: list[Piece] = []
    in_references = False
    for number, rows in enumerate(inner):
        for block in blocks_of(rows, usual[number % 2], usual[2]):
            text = [join(row) for row in rows_of(block)]
            in_references = in_references or any(_REFERENCES.fullmatch(row.text) for row in text)
            text, foot = (text, []) if in_references else _split_footnotes(text, body)
            notes += [row.text for row in foot]
            found = _paragraphs(text, number, body, in_references)
            heads_below = [piece.text for piece in found if piece.kind == "heading" or _REFERENCES.fullmatch(piece.text)]
            in_references = in_references and (not heads_below or bool(_REFERENCES.fullmatch(heads_below[-1])))
            pieces += found
    return pieces, list(dict.fromkeys(filter(None, map(one_line, notes))))


def _body_size(pages: list[list[Line]]) -> float:
    """The size most Chinese characters have (references are often English), or most characters if there are no Chinese ones."""
    texts: defaultdict[float, list[str]] = defaultdict(list)
    for lines in pages:
        for line in lines:
            texts[round(line.size * 2) / 2].append(line.text)
    for count in (count_han, len):
        sizes = {size: count("".join(found)) for size, found in texts.items()}
        if any(sizes.values()):
            return max(sizes, key=lambda size: sizes[size])
    return 10.0


def _running_heads(pages: list[list[list[Line]]]) -> set[str]:
    """What stands at the edge of several pages, digits aside."""
    counts: Counter[str] = Counter()
    for rows in pages:
        edge = rows if len(rows) < 2 * _MARGIN else [*rows[:_MARGIN], *rows[-_MARGIN:]]
        counts.update({text for row in edge for text in (_plain(join(row)), *map(_plain, row))})
    least = max(3, len(pages) // 8) if len(pages) > 7 else 2  # even pages often have another one than odd ones
    return {text for text, n in counts.items() if n >= least and len(text) > 2}


def _margin(rows: list[list[Line]], heads: set[str], body: float) -> list[list[Line]]:
    """The rows at the upper and lower edge of a page, from outside inwards, that are running heads or hold the page number."""
    found: list[list[Line]] = []
    steps = [above[0].bottom - below[0].bottom for above, below in pairwise(rows)]
    step = median(steps) if steps else 0.0
    for ahead in (1, -1):
        edge = rows[::ahead][:_MARGIN]
        joined = [join(row) for row in rows[::ahead][: _MARGIN + 1]]
        apart = _rows_apart(joined, step, body)
        if not any(_names_page(row, line, heads) for row, line in zip(edge[:apart], joined, strict=False)):
            apart = 0
        numbered = False
        for at, (row, line) in enumerate(zip(edge, joined, strict=False)):
            is_number = bool(_PAGE_NUMBER.fullmatch(line.text))
            if (is_number and numbered) or not (is_number or at < apart or _is_head(row, heads)):
                break
            numbered = numbered or is_number
            found.append(row)
    return found


def _names_page(row: list[Line], line: Line, heads: set[str]) -> bool:
    """Whether a row at an edge is a known head, names an issue, or has the number of the page beside other words."""
    numbered = len(row) > 1 and any(_PAGE_NUMBER.fullmatch(part.text) for part in (row[0], row[-1]))
    return numbered or bool(_ISSUE.search(line.text)) or _is_head(row, heads)


def _rows_apart(edge: list[Line], step: float, body: float) -> int:
    """How many rows at an edge stand in small type and apart from the text: the name of a journal, its issue, the column."""
    gaps = [abs(one.bottom - other.bottom) > 1.5 * step for one, other in pairwise(edge)]
    return max((at for at, gap in enumerate(gaps, 1) if gap and all(_is_small(line, body) for line in edge[:at])), default=0)


def _is_small(line: Line, body: float) -> bool:
    return line.size < 0.96 * body and len(line.text) < 90 and "。" not in line.text and not _FIGURE.match(line.text)


def _is_head(row: list[Line], heads: set[str]) -> bool:
    whole = join(row)
    if _plain(whole) in heads or (len(whole.text) < 90 and _JOURNAL.search(whole.text)):
        return True
    return all(_plain(line) in heads or _PAGE_NUMBER.fullmatch(line.text) for line in row)


def _is_ornament(row: list[Line]) -> bool:
    return len(row) == 1 and bool(_ORNAMENT.fullmatch(row[0].text.replace(" ", "")))


def _without_line_numbers(rows: list[list[Line]]) -> list[list[Line]]:
    """Rows without the numbers of lines that stand in the margin, every one or every fifth: 5, 10, 15 …"""
    first = [row[0] for row in rows if row[0].text.isdecimal() and len(row[0].text) < 5]
    values = [int(line.text) for line in first]
    steps = {below - above for above, below in pairwise(values)}
    text = [line.left for row in rows for line in row if not line.text.isdecimal()]
    if len(values) < _FEW_NUMBERS or len(steps) != 1 or steps == {0} or not text or max(o.right for o in first) > min(text):
        return rows
    numbers = set(map(id, first))
    return [rest for row in rows if (rest := [line for line in row if id(line) not in numbers])]


def _plain(line: Line) -> str:
    return re.sub(r"[\d\s|]+", "", line.text)


def _split_footnotes(rows: list[Line], body: float) -> tuple[list[Line], list[Line]]:
    """Rows of text, and the small ones at the foot of the column that begin like a note."""
    first = len(rows)
    for at in range(len(rows) - 1, -1, -1):
        if rows[at].size > 0.93 * body or len(rows[at].cells) > 2:
            break
        if _FOOTNOTE.match(rows[at].text):
            first = at
    return (rows[:first], rows[first:]) if first or (rows and _SURELY.match(rows[0].text)) else (rows, [])


def _paragraphs(rows: list[Line], page: int, body: float, in_references: bool) -> list[Piece]:
    """Rows joined to paragraphs, headings, rows of tables and references."""
    if not rows:
        return []
    margins = _margins(rows, in_references)
    tables = [found and not in_references for found in _table_rows(rows)]
    pieces: list[Piece] = []
    last: Line | None = None
    right = 0.0  # where the rows of this paragraph end, if two do at one place: abstracts are often narrower than the page
    for row, in_table in zip(rows, tables, strict=True):
        text = one_line(row.text if in_table else row.text.replace(" | ", " "))
        text = _AROUND_STOPS.sub("", text) if " " in text and not in_table else text
        before = pieces[-1] if pieces else None
        floats = before is None or before.kind == "table" or bool(_CAPTION.match(before.text))
        indented = _is_indented(row, None if floats else last, margins)
        heading = row.size > 1.12 * body and "。" not in text
        same = heading and last is not None and row.size > 1.3 * body and _is_same_heading(last, row)
        if (
            before
            and last
            and not indented
            and not in_table
            and not _starts(text, before, last, margins.numbered)
            and (same or _follows(last, row, margins, right))
        ):
            pieces[-1] = replace(before, text=glue(before.text, text))
            right = last.right if _are_flush(last, row, margins) else right
        else:
            right = 0.0
            kind = "table" if in_table else "heading" if heading else "paragraph"
            pieces.append(Piece(text, kind, page=page, after_gap=indented if floats else True))
        last = row
    return [_checked(piece) for piece in pieces if piece.text]


@dataclass(frozen=True, slots=True)
class _Margins:
    """How the rows of a column stand. Points."""

    left: float
    right: float
    step: float  # from row to row
    numbered: bool  # references with a number each: only that begins one


def _margins(rows: list[Line], in_references: bool) -> _Margins:
    wide = [row for row in rows if len(row.text) > 8] or rows
    left = sorted(row.left for row in wide)[len(wide) // 20]
    right = sorted(row.right for row in wide)[-1 - len(wide) // 20]
    steps = [above.bottom - below.bottom for above, below in pairwise(rows)]
    numbered = in_references and any(_ENTRY.match(row.text) for row in rows)
    return _Margins(left, right, median(steps) if steps else 0.0, numbered)


def _is_indented(row: Line, last: Line | None, margins: _Margins) -> bool:
    """Whether a row is indented as a new paragraph is; a hanging block is too, but there the row before does not end a sentence."""
    return not margins.numbered and row.left > margins.left + 1.2 * row.size and (last is None or bool(_ENDS.search(last.text)))


def _starts(text: str, before: Piece, last: Line, numbered: bool) -> bool:
    """Whether a row begins something new by what it says, or by what stands before it."""
    if numbered and _ENTRY.match(text):
        return True
    item = bool(_ITEM.match(text) and _ENDS.search(last.text)) or bool(_LISTED.match(text) and _LISTED.match(last.text))
    return (
        item
        or before.kind == "table"
        or bool(_CAPTION.match(text) or _REFERENCES.fullmatch(text) or _REFERENCES.fullmatch(before.text))
    )


def _follows(last: Line, row: Line, margins: _Margins, right: float) -> bool:
    """Whether a row stands below another as in one paragraph: of its size, not far, the one above filled to the margin."""
    if last.bottom - row.bottom > 1.7 * margins.step:
        return False
    if margins.numbered:
        return abs(last.size - row.size) <= 0.3 * max(last.size, row.size)
    filled = last.right >= margins.right - 2.2 * last.size or _are_flush(last, row, margins)
    filled = (filled or 0 < right < last.right + last.size) and last.left - row.left <= 4 * row.size
    ragged = row.text[:1].islower() and last.right > margins.left + 0.6 * (margins.right - margins.left)  # English often is
    filled = filled or ragged
    if not filled or _CONTENTS.search(last.text[-200:]):
        return False
    apart, size = abs(last.size - row.size), max(last.size, row.size)
    return apart <= 0.12 * size or (apart <= 0.3 * size and (_is_mostly_letters(last.text) or _is_mostly_letters(row.text)))


def _are_flush(last: Line, row: Line, margins: _Margins) -> bool:
    """Whether two long rows end at one place in the middle of a sentence."""
    long = row.right - row.left > 0.5 * (margins.right - margins.left)
    return long and abs(last.right - row.right) < 0.7 * row.size and not _ENDS.search(last.text)


def _is_mostly_letters(text: str) -> bool:
    """Whether a row of running text is mostly letters, which are lower than Chinese characters and make it seem smaller."""
    return len(_LETTERS.findall(text)) > 0.5 * len(text) and (len(text) > 20 or text.endswith("。"))


def _checked(piece: Piece) -> Piece:
    """Large text that is long is no heading."""
    return replace(piece, kind="paragraph") if piece.kind == "heading" and len(piece.text) > _HEADING_LENGTH else piece


def _is_same_heading(last: Line, row: Line) -> bool:
    """Whether a row in large type goes on the heading above it."""
    same = abs(last.size - row.size) < 0.05 * row.size and last.bottom - row.bottom < 1.9 * row.size
    return same and not re.match(r"\d|[一二三四五六七八九十]+、|第.{1,3}[章节]", row.text) and not _ENDS.search(last.text)


def _table_rows(rows: list[Line]) -> list[bool]:
    """Which rows belong to a table: with three cells, with a cell that begins where one of a near row does, or between such rows."""
    found = [len(row.cells) > 2 for row in rows]
    for at, row in enumerate(rows):
        near = [other for other in rows[max(at - _NEAR, 0) : at + _NEAR + 1] if other is not row]
        if len(row.cells) == 2 and any(abs(row.cells[1] - x) < row.size for other in near for x in other.cells[1:]):
            found[at] = True
    for at in range(1, len(rows) - 1):  # the second line of a cell
        found[at] = found[at] or (found[at - 1] and any(found[at + 1 : at + _NEAR]) and len(rows[at].text) < 30)
    return found

"""From lines with their places on a page to paragraphs in reading order: margins and notes out, columns one after the other."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from pipeline.ingest.clean import HAN, count_han, glue, one_line
from pipeline.ingest.parsed import Piece

_PAGE_NUMBER = re.compile(r"[-—–_·•\s]*(?:第?\s*(?:\d{1,4}|[ivxIVX]{1,6})\s*页?(?:\s*[/，,]?\s*共?\s*\d{1,4}\s*页)?)[-—–_·•\s]*")
_JOURNAL = re.compile(
    r"第?\s*\d+\s*卷.{0,12}第?\s*\d+\s*期|\bVol\s*[.．]\s*\d|\d{4}\s*年\s*第?\s*\d+\s*期|\(C\)\s?1994", re.IGNORECASE
)
_MARGIN = 3  # rows at the upper and at the lower edge of a page that can be a running head or foot
_FOOTNOTE = re.compile(
    r"[*＊①-⑳†‡]|[［\[]\d+[］\]]|\d{1,2}\s*[\u4e00-\u9fff]|收稿|修回|基金|作者简介|通[讯信]作者|第一作者|注[:：]|DOI|Received|Foundation"
)
_REFERENCES = re.compile(r"[\s【\[]*(?:参\s*考\s*文\s*献|references)[\s】\]:：]*", re.IGNORECASE)
_ENTRY = re.compile(r"[\[［]\s?\d{1,3}\s?[\]］]")
_ENDS = re.compile(r"[。！？；：.!?;:”）)\]］．]$")
_CONTENTS = re.compile(r"(?:[.…·．]\s?){4,}\s*[\dIVXivx ]{1,5}$")
_ITEM = re.compile(r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十百]{1,5}[章节条]")
_CAPTION = re.compile(
    r"(?:图|表|Fig(?:ure|\.)?|Table)\s*\d{1,2}(?![\d年])(?:[-.．－]\d{1,2})?(?!\s*[所中的为是给列显表反可])", re.IGNORECASE
)
_NEAR = 3  # rows of a table around one that are looked at
_HEADING_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Line:
    """Characters that stand side by side. Points from the lower left corner of the page."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float  # height in points
    cells: tuple[float, ...] = ()  # of a row of several parts with wide gaps between: where each begins


def pieces_of(pages: list[list[Line]]) -> tuple[list[Piece], list[str]]:
    """Paragraphs in reading order, and what stands in margins and footnotes."""
    body = _body_size(pages)
    whole = [rows_of(lines) for lines in pages]
    heads = _running_heads(whole)
    margins = [_margin(rows, heads) for rows in whole]
    notes = [_join(row).text for rows in margins for row in rows]
    inner = [[row for row in rows if row not in margin] for rows, margin in zip(whole, margins, strict=True)]
    usual = _usual_gutters(inner)
    pieces: list[Piece] = []
    in_references = False
    for number, rows in enumerate(inner):
        for block in blocks_of(rows, usual[number % 2]):
            text = [_join(row) for row in rows_of(block)]
            in_references = in_references or any(_REFERENCES.fullmatch(row.text) for row in text)
            text, foot = (text, []) if in_references else _split_footnotes(text, body)
            notes += [row.text for row in foot]
            found = _paragraphs(text, number, body, in_references)
            heads_below = [piece.text for piece in found if piece.kind == "heading" or _REFERENCES.fullmatch(piece.text)]
            in_references = in_references and (not heads_below or bool(_REFERENCES.fullmatch(heads_below[-1])))
            pieces += found
    return pieces, list(dict.fromkeys(filter(None, map(one_line, notes))))


def rows_of(lines: list[Line]) -> list[list[Line]]:
    """Lines from top to bottom, those side by side as one row, from left to right. A superscript belongs to the row it touches."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (-line.bottom - line.top, line.left)):
        main = max(rows[-1], key=lambda other: other.size) if rows else None
        shared = min(line.top, main.top) - max(line.bottom, main.bottom) if main else 0.0
        if main and shared > 0.3 * min(line.size, main.size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _join(row: list[Line]) -> Line:
    """A row as one line; ` | ` stands in wide gaps until it is clear whether they divide the cells of a table."""
    text, cells = row[0].text, [row[0].left]
    for last, line in pairwise(row):
        size = max(line.size, last.size, 1)
        gap = (line.left - last.right) / size
        letter_spaced = (
            gap < 5 and (len(last.text) == 1 or len(line.text) == 1) and bool(re.fullmatch(f"[{HAN}：]+", line.text[:1]))
        )
        if gap < 1.5 or letter_spaced:
            text += ("" if gap < 0.3 else " ") + line.text
        else:
            text += " | " + line.text
            cells.append(line.left)
    largest = max(row, key=lambda line: len(line.text))
    right = max(line.right for line in row)
    return replace(largest, text=text, left=row[0].left, right=right, cells=tuple(cells) if len(cells) > 1 else ())


def _body_size(pages: list[list[Line]]) -> float:
    """The size most Chinese characters have (references are often English), or most characters if there are no Chinese ones."""
    for count in (count_han, len):
        sizes: Counter[float] = Counter()
        for lines in pages:
            for line in lines:
                sizes[round(line.size * 2) / 2] += count(line.text)
        if sizes.total():
            return sizes.most_common(1)[0][0]
    return 10.0


def _running_heads(pages: list[list[list[Line]]]) -> set[str]:
    """What stands at the edge of several pages, digits aside."""
    counts: Counter[str] = Counter()
    for rows in pages:
        edge = rows if len(rows) < 2 * _MARGIN else [*rows[:_MARGIN], *rows[-_MARGIN:]]
        counts.update({text for row in edge for text in (_plain(_join(row)), *map(_plain, row))})
    least = max(3, len(pages) // 8) if len(pages) > 4 else 2
    return {text for text, n in counts.items() if n >= least and len(text) > 2}


def _margin(rows: list[list[Line]], heads: set[str]) -> list[list[Line]]:
    """The rows at the upper and lower edge of a page, from outside inwards, that are running heads or hold the page number."""
    found: list[list[Line]] = []
    for edge in (rows[:_MARGIN], rows[::-1][:_MARGIN]):
        numbered = False
        for row in edge:
            is_number = bool(_PAGE_NUMBER.fullmatch(_join(row).text))
            if (is_number and numbered) or not (is_number or _is_head(row, heads)):
                break
            numbered = numbered or is_number
            found.append(row)
    return found


def _is_head(row: list[Line], heads: set[str]) -> bool:
    whole = _join(row)
    if _plain(whole) in heads or (len(whole.text) < 90 and _JOURNAL.search(whole.text)):
        return True
    return all(_plain(line) in heads or _PAGE_NUMBER.fullmatch(line.text) for line in row)


def _plain(line: Line) -> str:
    return re.sub(r"[\d\s|]+", "", line.text)


def blocks_of(rows: list[list[Line]], usual: float | None = None) -> list[list[Line]]:
    """The lines of a page as blocks in reading order: a column, or what goes across the page between columns.

    Args:
        usual: where other pages of the document are divided; a wide table can hide it on one page.
    """
    lines = [line for row in rows for line in row]
    for gutter in filter(None, (usual, _gutter(lines))):
        found = _cut(rows, gutter)
        if len(found) > 1:
            return found
    return [lines] if lines else []


def _cut(rows: list[list[Line]], gutter: float) -> list[list[Line]]:
    """The blocks of a page with columns on both sides of the gutter; rows across it divide the columns into bands."""
    found: list[list[Line]] = []
    across: list[Line] = []
    band: list[Line] = []
    for row in [*rows, None]:
        if row and not any(line.left < gutter < line.right for line in row):
            band += row
            continue
        if _stand_beside(band, gutter):
            found += [across, [o for o in band if o.right <= gutter], [o for o in band if o.right > gutter]]
            across = []
        else:
            across += band
        across += row or []
        band = []
    return [block for block in [*found, across] if block]


def _stand_beside(band: list[Line], gutter: float, least: int = 3) -> bool:
    """Whether a band between two rows that cross the gutter holds columns of running text, not cells of a table."""
    sides = [o for o in band if o.right <= gutter], [o for o in band if o.right > gutter]
    if not all(sides):
        return len(band) > least  # one column alone: the end of a page
    width = max(o.right for o in band) - min(o.left for o in band)
    full = [sum(o.right - o.left > 0.3 * width for o in side) for side in sides]
    return max(full) >= least and (min(full) >= 1 or min(map(len, sides)) < least)


def _usual_gutters(pages: list[list[list[Line]]]) -> tuple[float | None, float | None]:
    """Where most of the pages with columns are divided, left and right pages apart, since their margins may differ."""
    found: list[float | None] = []
    for first in (0, 1):
        spots = [_gutter([line for row in rows for line in row]) for rows in pages[first::2]]
        known = sorted(x for x in spots if x is not None)
        middle = known[len(known) // 2] if known else 0.0
        agreed = sum(abs(x - middle) < 0.03 * middle for x in known)
        found.append(middle if agreed >= 2 and agreed > 0.4 * len(spots) else None)
    return found[0], found[1]


def _gutter(lines: list[Line]) -> float | None:
    """Where two columns of running text are divided; none on a page of one column."""
    if len(lines) < 12:
        return None
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    width = right - left
    spots = [left + width * step / 100 for step in range(40, 61)]
    crossed = {x: sum(len(line.text) for line in lines if line.left < x < line.right) for x in spots}
    best = [x for x in spots if crossed[x] == min(crossed.values())]
    gutter = best[len(best) // 2]
    sides = [line for line in lines if line.right <= gutter], [line for line in lines if line.left >= gutter]
    full = [[line for line in side if line.right - line.left > 0.33 * width] for side in sides]
    if min(map(len, full)) < 4:
        return None
    # lines of both columns must stand side by side, not above each other
    low, high = max(min(o.bottom for o in side) for side in full), min(max(o.top for o in side) for side in full)
    beside = sum(1 for line in [*full[0], *full[1]] if low <= line.bottom and line.top <= high)
    return gutter if beside >= 6 else None


def _split_footnotes(rows: list[Line], body: float) -> tuple[list[Line], list[Line]]:
    """Rows of text, and the small ones at the foot of the column that begin like a note."""
    first = len(rows)
    for at in range(len(rows) - 1, -1, -1):
        if rows[at].size > 0.93 * body or len(rows[at].cells) > 2:
            break
        if _FOOTNOTE.match(rows[at].text):
            first = at
    return (rows[:first], rows[first:]) if first else (rows, [])


def _paragraphs(rows: list[Line], page: int, body: float, in_references: bool) -> list[Piece]:
    """Rows joined to paragraphs: a new one begins at an indent, after a short row, at another size or after a wide gap."""
    if not rows:
        return []
    wide = [row for row in rows if len(row.text) > 8] or rows
    left = sorted(row.left for row in wide)[len(wide) // 20]
    right = sorted(row.right for row in wide)[-1 - len(wide) // 20]
    steps = [above.bottom - below.bottom for above, below in pairwise(rows)]
    step = median(steps) if steps else 0.0
    tables = _table_rows(rows)
    numbered = in_references and any(_ENTRY.match(row.text) for row in rows)
    pieces: list[Piece] = []
    last: Line | None = None
    for at, row in enumerate(rows):
        in_table = tables[at] and not in_references
        text = one_line(row.text if in_table else row.text.replace(" | ", " "))
        floats = not pieces or pieces[-1].kind == "table" or bool(_CAPTION.match(pieces[-1].text))
        # a hanging block is indented too, but there the row before does not end a sentence
        indented = row.left > left + 1.2 * row.size and (floats or not last or bool(_ENDS.search(last.text)))
        heading = row.size > 1.12 * body and "。" not in text
        item = bool(last and _ITEM.match(text) and _ENDS.search(last.text))
        if numbered:
            apart = last is not None and _is_far(last, row, step, other_size=0.3)
            starts = bool(
                _ENTRY.match(text) or _REFERENCES.fullmatch(text) or _REFERENCES.fullmatch(pieces[-1].text if pieces else "")
            )
        else:
            apart = last is not None and (_is_far(last, row, step) or _is_short(last, right) or last.left - row.left > 4 * row.size)
            starts = indented or item or in_table or (bool(pieces) and pieces[-1].kind == "table") or bool(_CAPTION.match(text))
        same = heading and last is not None and row.size > 1.3 * body and _is_same_heading(last, row)
        if last is None or starts or (apart and not same):
            kind = "table" if in_table else "heading" if heading else "paragraph"
            pieces.append(Piece(text, kind, page=page, after_gap=indented if floats else True))
        else:
            pieces[-1] = replace(pieces[-1], text=glue(pieces[-1].text, text))
        last = row
    return [_checked(piece) for piece in pieces if piece.text]


def _checked(piece: Piece) -> Piece:
    """Large text that is long is no heading."""
    return replace(piece, kind="paragraph") if piece.kind == "heading" and len(piece.text) > _HEADING_LENGTH else piece


def _is_short(last: Line, right: float) -> bool:
    """Whether a row ends well before the margin, as the last one of a paragraph does; a line of a table of contents does not go on."""
    return last.right < right - 2.2 * last.size or bool(_CONTENTS.search(last.text))


def _is_far(last: Line, row: Line, step: float, other_size: float = 0.12) -> bool:
    """Whether two rows differ in size or stand farther apart than rows of a paragraph."""
    return abs(last.size - row.size) > other_size * max(last.size, row.size) or last.bottom - row.bottom > 1.7 * step


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

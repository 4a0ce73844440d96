"""Lines with their places on a page: side by side as rows, and in the order they are read, one column after the other."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from pipeline.ingest.clean import HAN


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


def rows_of(lines: list[Line]) -> list[list[Line]]:
    """Lines from top to bottom, those side by side as one row, from left to right. A superscript belongs to the row it touches."""
    rows: list[list[Line]] = []
    main: Line | None = None  # the largest of the row
    for line in sorted(lines, key=lambda line: (-line.bottom - line.top, line.left)):
        if main and min(line.top, main.top) - max(line.bottom, main.bottom) > 0.3 * min(line.size, main.size):
            rows[-1].append(line)
            main = line if line.size > main.size else main
        else:
            rows.append([line])
            main = line
    for row in rows:
        row.sort(key=lambda line: line.left)
    return rows


def join(row: list[Line]) -> Line:
    """A row as one line; ` | ` stands in wide gaps until it is clear whether they divide the cells of a table."""
    if len(row) == 1:
        return row[0]
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


def blocks_of(rows: list[list[Line]], usual: float | None = None, elsewhere: float | None = None) -> list[list[Line]]:
    """The lines of a page as blocks in reading order: a column, or what goes across the page between columns.

    Args:
        usual: where other pages of the document are divided; a wide table can hide it on one page.
        elsewhere: where any is; a page is divided there too if nothing stands across: a last page with a few references in its
            second column looks like no columns by itself.
    """
    lines = [line for row in rows for line in row]
    free = elsewhere is not None and not any(line.left < elsewhere < line.right for line in lines)
    for gutter_of in (lambda: usual, lambda: _gutter(lines), lambda: elsewhere if free else None):
        gutter = gutter_of()
        found = _cut(rows, gutter) if gutter else []
        if len(found) > 1:
            return found
    return [lines] if lines else []


def _cut(rows: list[list[Line]], gutter: float) -> list[list[Line]]:
    """The blocks of a page with columns on both sides of the gutter; rows across it divide the columns into bands."""
    found: list[list[Line]] = []
    across: list[Line] = []
    band: list[Line] = []
    for row in [*rows, None]:
        crosses = bool(row) and any(line.left < gutter < line.right for line in row or [])
        # below what goes across, rows of cells go across too: a table below its title
        crosses = crosses or (bool(row and across) and not band and len(join(row or []).cells) > 2)
        if row and not crosses:
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


def usual_gutters(pages: list[list[list[Line]]]) -> tuple[float | None, float | None, float | None]:
    """Where most of the pages are divided, left and right pages apart, since their margins may differ; and where any is, if all
    that are divided agree."""
    found: list[float | None] = []
    seen: list[float] = []
    for first in (0, 1):
        spots = [_gutter([line for row in rows for line in row]) for rows in pages[first::2]]
        known = sorted(x for x in spots if x is not None)
        middle = known[len(known) // 2] if known else 0.0
        seen += known
        agreed = sum(abs(x - middle) < 0.03 * middle for x in known)
        found.append(middle if agreed >= 2 and agreed > 0.4 * len(spots) else None)
    return found[0], found[1], seen[0] if seen and max(seen) - min(seen) < 0.03 * seen[0] else None


def _gutter(lines: list[Line]) -> float | None:
    """Where two columns of running text are divided; none on a page of one column."""
    if len(lines) < 12:
        return None
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    width = right - left
    spots = [left + width * step / 100 for step in range(40, 61)]
    changes = [0] * (len(spots) + 1)  # in the characters that cross, from one spot to the next
    for line in lines:
        first, behind = bisect_right(spots, line.left), bisect_left(spots, line.right)
        if first < behind:
            changes[first] += len(line.text)
            changes[behind] -= len(line.text)
    crossed = list(accumulate(changes[:-1]))
    best = [x for x, n in zip(spots, crossed, strict=True) if n == min(crossed)]
    gutter = best[len(best) // 2]
    sides = [line for line in lines if line.right <= gutter], [line for line in lines if line.left >= gutter]
    full = [[line for line in side if line.right - line.left > 0.33 * width] for side in sides]
    if min(map(len, full)) < 3:
        return None
    # lines of both columns must stand side by side, not above each other
    low, high = max(min(o.bottom for o in side) for side in full), min(max(o.top for o in side) for side in full)
    beside = sum(1 for line in [*full[0], *full[1]] if low < line.top and line.bottom < high)
    return gutter if beside >= 6 else None

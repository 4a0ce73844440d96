"""Where the labels of a printed map stand: beside their points, further off with a line, or nowhere; never on each other."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

RINGS = 14  # of places further off, half a label's height apart
DIRECTIONS = 24  # on each ring
COVERED = 9.0  # a point covered is as bad as standing so many label heights off


def place_labels(
    xy: "np.ndarray",
    widths: "np.ndarray",
    heights: "np.ndarray",
    *,
    radii: "np.ndarray | float" = 0.0,
    bounds: tuple[float, float, float, float] | None = None,
    gap: float = 0.0,
    taken: "np.ndarray | None" = None,
) -> tuple["np.ndarray", "np.ndarray"]:
    """Where the middle of each label is, from its point, so that no two labels, nor a line and a label, are on each other.

    Labels are placed in the order given, the most important first: each takes the free place, right, left, above, below, at a
    corner or on a ring, that comes first and covers fewest points. One that touches its point needs no line; the line of others
    runs to the nearest spot of the label's box.

    Args:
        xy: points, (n, 2); widths, heights: of labels, (n,); all in one unit, such as points of print.
        radii: of the discs drawn at the points, (n,) or one for all.
        bounds: left, bottom, right, top, which labels do not leave; by default they may stand anywhere.
        gap: least space between two labels, and between a label and its disc.
        taken: left, bottom, right, top of what no label may stand on, (n, 4).
    Returns: offsets, (n, 2), NaN for a label that is hidden since there is no place; whether it needs a line, (n,).
    Source: places beside a point as in Christensen, Marks & Shieber 1995, An empirical study of algorithms for point-feature
    label placement; the rings and lines are our own.
    """
    import numpy as np

    n = len(xy)
    radii = np.broadcast_to(np.asarray(radii, float), n)
    offsets, lines = np.full((n, 2), np.nan), np.zeros(n, bool)
    boxes, ends = np.zeros((0, 4)) if taken is None else taken, np.zeros((0, 4))
    for at in range(n):
        size = np.array([widths[at], heights[at]], float)
        tried, lined = _candidates(size, radii[at] + gap)
        box = _boxes(xy[at] + tried, size)
        free = _inside(box, bounds) & ~_overlap(box, boxes, gap).any(axis=1)
        line = np.hstack([np.broadcast_to(xy[at], tried.shape), np.clip(xy[at], box[:, :2], box[:, 2:])])
        free &= ~_crossed(ends, box).any(axis=0) & ~(_crossed(line, boxes).any(axis=1) & lined)
        if not free.any():
            continue
        discs = _boxes(xy, 2 * radii[:, None] * np.ones(2))
        covered = _overlap(box, np.delete(discs, at, axis=0), 0.0).sum(axis=1)
        off = np.linalg.norm(line[:, 2:] - line[:, :2], axis=1) / max(heights[at], 1e-9)
        cost = np.where(lined, 1 + off, 0.1 * np.arange(len(tried))) + COVERED * covered
        best = int(np.where(free, cost, np.inf).round(9).argmin())
        offsets[at], lines[at] = tried[best], lined[best]
        boxes = np.vstack([boxes, box[best]])
        if lined[best]:
            ends = np.vstack([ends, line[best]])
    return offsets, lines


def _candidates(size: "np.ndarray", clear: float) -> tuple["np.ndarray", "np.ndarray"]:
    """Offsets of a label's middle, and whether each needs a line: right, left, above, below and the corners, then rings."""
    import numpy as np

    sides = np.array([[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, 1], [1, -1], [-1, -1]], float)
    reach = np.where(np.abs(sides).sum(axis=1, keepdims=True) > 1, clear * 0.7, clear)
    beside = sides * (size / 2 + reach)
    angle = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    away = [way * (size / 2 + clear + size[1] * (1 + ring) / 2) for ring in range(RINGS)]
    return np.vstack([beside, *away]), np.arange(len(beside) + RINGS * DIRECTIONS) >= len(beside)


def _boxes(middle: "np.ndarray", size: "np.ndarray") -> "np.ndarray":
    """Left, bottom, right, top, (n, 4)."""
    import numpy as np

    return np.hstack([middle - size / 2, middle + size / 2])


def _inside(box: "np.ndarray", bounds: tuple[float, float, float, float] | None) -> "np.ndarray":
    """Whether each box lies within the bounds."""
    import numpy as np

    if bounds is None:
        return np.ones(len(box), bool)
    return np.asarray(np.hstack([box[:, :2] >= bounds[:2], box[:, 2:] <= bounds[2:]]).all(axis=1))


def _overlap(box: "np.ndarray", other: "np.ndarray", gap: float) -> "np.ndarray":
    """Whether each of some boxes comes nearer than `gap` to each of others, (n, n_others)."""
    import numpy as np

    apart = (box[:, None, 2:] + gap <= other[:, :2]) | (other[:, 2:] + gap <= box[:, None, :2])
    return np.asarray(~apart.any(axis=2))


def _crossed(lines: "np.ndarray", boxes: "np.ndarray") -> "np.ndarray":
    """Whether each line, from x, y to x, y, runs through each box, (n_lines, n_boxes): the slab method."""
    import numpy as np

    start, way = lines[:, None, :2], lines[:, None, 2:] - lines[:, None, :2]
    with np.errstate(divide="ignore", invalid="ignore"):
        near, far = (boxes[:, :2] - start) / way, (boxes[:, 2:] - start) / way
    still = way == 0
    between = (start > boxes[:, :2]) & (start < boxes[:, 2:])
    enter = np.where(still, np.where(between, -np.inf, np.inf), np.minimum(near, far)).max(axis=2)
    leave = np.where(still, np.where(between, np.inf, -np.inf), np.maximum(near, far)).min(axis=2)
    return (enter < leave) & (enter < 1) & (leave > 0)

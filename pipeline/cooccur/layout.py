"""Where terms stand on a map: one layout, from the backbone of the whole corpus, shared by all periods."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

ROUNDS = 300
SETTLED = 1e-5  # gain of a round, relative, at which stress has come to rest
TWO_STARTS = 500  # nodes up to which a second start is tried: of more it takes seconds
APART = 0.9  # least distance of two terms, in units of an even spread


def positions(links: "csr_array") -> "np.ndarray":
    """Positions whose distances follow the paths between nodes, the closest ones then pushed apart for labels.

    A link is as long as 1 / ln(1 + strength), a path as long as its links together; strengths of 0 or less, which NPMI has, count
    as the least above 0. Stress Σ (|x_i - x_j| - d_ij)² / d_ij² is minimised by majorisation from classical scaling and, of up to
    500 nodes, from a circle in their order too, of which the better is kept; nodes of different components are half as far again
    apart as the farthest linked ones. No random number is used.

    Args:
        links: strengths, (n, n), symmetric.
    Returns: (n, 2) in -1 to 1, rounded to 4 digits.
    Source: Gansner, Koren & North 2004, Graph drawing by stress majorization; Brandes & Pich 2008, An experimental study on
    distance-based graph drawing (scaling as a start).
    """
    return _fitted(_pushed_apart(_majorised(distances(links)))) if links.shape[0] else _nowhere()


def distances(links: "csr_array") -> "np.ndarray":
    """How far apart nodes are wanted, (n, n): see `positions`."""
    import numpy as np
    from scipy.sparse.csgraph import shortest_path

    lengths = links.astype(float)
    positive = lengths.data > 0
    lengths.data = 1 / np.log1p(np.where(positive, lengths.data, lengths.data[positive].min() if positive.any() else 1.0))
    paths = shortest_path(lengths, directed=False)
    far = 1.5 * (paths[np.isfinite(paths)].max() or 1.0)
    return np.where(np.isfinite(paths), paths, far)


def stress(place: "np.ndarray", wanted: "np.ndarray") -> float:
    """How far distances on the map are from those wanted: mean over pairs of ((|x_i - x_j| - d_ij) / d_ij)²."""
    import numpy as np

    first, second = np.triu_indices(len(place), 1)
    shown, target = np.linalg.norm(place[first] - place[second], axis=1), wanted[first, second]
    return float((((shown - target) / target) ** 2).mean())


def _nowhere() -> "np.ndarray":
    import numpy as np

    return np.zeros((0, 2))


def _majorised(wanted: "np.ndarray") -> "np.ndarray":
    """The positions of least stress that are reached from any start, (n, 2)."""
    import numpy as np

    n = len(wanted)
    if n == 1:
        return np.zeros((1, 2))
    with np.errstate(divide="ignore"):
        weight = np.where(wanted > 0, 1 / wanted**2, 0)
    # for moves that sum to 0, the same as the pseudo-inverse of the Laplacian
    inverse = np.linalg.inv(np.diag(weight.sum(axis=1)) - weight + 1 / n)
    circle = _circle(n) * wanted.max() / 2
    starts = [_scaled(wanted) + 0.01 * circle] + ([circle] if n <= TWO_STARTS else [])
    return min((_settled(start, wanted, weight, inverse) for start in starts), key=lambda found: found[0])[1]


def _settled(
    place: "np.ndarray", wanted: "np.ndarray", weight: "np.ndarray", inverse: "np.ndarray"
) -> tuple[float, "np.ndarray"]:
    """Stress and positions once it falls no more."""
    import numpy as np

    pull, last = weight * wanted, np.inf
    for _ in range(ROUNDS):
        square = (place**2).sum(axis=1)
        shown = np.sqrt(np.maximum(square[:, None] + square - 2 * place @ place.T, 0))
        found = float((weight * (shown - wanted) ** 2).sum())
        if last - found < SETTLED * last:
            break
        last = found
        ratio = np.where(shown > 1e-9, pull / np.maximum(shown, 1e-9), 0)
        np.fill_diagonal(ratio, 0)
        place = inverse @ (ratio.sum(axis=1)[:, None] * place - ratio @ place)
        place -= place.mean(axis=0)
    return round(found / len(place) ** 2, 9), place


def _circle(n: int) -> "np.ndarray":
    """The nodes in their order, (n, 2)."""
    import numpy as np

    angle = 2 * np.pi * np.arange(n) / n
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _scaled(wanted: "np.ndarray") -> "np.ndarray":
    """Classical scaling: the two main axes of the distances, each with its largest value on the right or on top, (n, 2)."""
    import numpy as np
    from scipy.linalg import eigh

    square = wanted**2
    mean = square.mean(axis=0)
    values, axes = eigh((mean + mean[:, None] - mean.mean() - square) / 2, subset_by_index=[len(wanted) - 2, len(wanted) - 1])
    axes = axes[:, ::-1]
    # of two as large the first, whatever their last digits
    largest = np.abs(axes).round(9).argmax(axis=0)
    return axes * np.sqrt(np.maximum(values[::-1], 0)) * np.sign(axes[largest, [0, 1]])


def _pushed_apart(place: "np.ndarray") -> "np.ndarray":
    """The same positions with pairs that stand too close moved away from each other, a little in each round."""
    import numpy as np
    from scipy.spatial import cKDTree

    n = len(place)
    span = np.ptp(place, axis=0).max()
    least = APART * (span if span > 0 else 1.0) / np.sqrt(n)
    for _ in range(ROUNDS):
        pairs = cKDTree(place).query_pairs(least, output_type="ndarray")
        if not len(pairs):
            break
        first, second = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].T
        gap = place[second] - place[first]
        apart = np.linalg.norm(gap, axis=1)
        # two on one spot: the one further down the list goes right
        direction = np.where(apart[:, None] > 1e-9, gap / np.maximum(apart, 1e-9)[:, None], [1.0, 0.0])
        move = 0.25 * (least - apart)[:, None] * direction
        np.add.at(place := place.copy(), second, move)
        np.subtract.at(place, first, move)
    return place


def _fitted(place: "np.ndarray") -> "np.ndarray":
    """Each axis stretched to -1 to 1."""
    import numpy as np

    low, high = place.min(axis=0), place.max(axis=0)
    return (np.where(high > low, (place - low) / np.where(high > low, high - low, 1) * 2 - 1, 0)).round(4) + 0.0

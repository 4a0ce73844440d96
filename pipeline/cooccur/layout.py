"""Where terms stand on a map: one layout, from the backbone of the whole corpus, shared by all periods."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

ROUNDS = 300
APART = 0.9  # least distance of two terms, in units of an even spread


def positions(links: "csr_array") -> "np.ndarray":
    """Positions whose distances follow the paths between nodes, the closest ones then pushed apart for labels.

    A link is as long as 1 / ln(1 + strength), a path as long as its links together. Stress Σ (|x_i - x_j| - d_ij)² / d_ij²
    is minimised by majorisation from a circle in the order of the nodes; nodes of different components are half as far again
    apart as the farthest linked ones. No random number is used.

    Args:
        links: strengths, (n, n), symmetric.
    Returns: (n, 2) in -1 to 1, rounded to 4 digits.
    Source: Gansner, Koren & North 2004, Graph drawing by stress majorization.
    """
    import numpy as np
    from scipy.sparse.csgraph import shortest_path

    n = links.shape[0]
    if n == 0:
        return np.zeros((0, 2))
    lengths = links.copy()
    lengths.data = 1 / np.log1p(lengths.data)
    paths = shortest_path(lengths, directed=False)
    far = 1.5 * (paths[np.isfinite(paths)].max() or 1.0)
    wanted = np.where(np.isfinite(paths), paths, far)
    return _fitted(_pushed_apart(_majorised(wanted)))


def stress(place: "np.ndarray", wanted: "np.ndarray") -> float:
    """How far distances on the map are from those wanted: mean over pairs of ((|x_i - x_j| - d_ij) / d_ij)²."""
    import numpy as np

    first, second = np.triu_indices(len(place), 1)
    shown, target = np.linalg.norm(place[first] - place[second], axis=1), wanted[first, second]
    return float((((shown - target) / target) ** 2).mean())


def _majorised(wanted: "np.ndarray") -> "np.ndarray":
    """The positions of least stress that can be reached from a circle, (n, 2)."""
    import numpy as np

    n = len(wanted)
    angle = 2 * np.pi * np.arange(n) / n
    place = np.stack([np.cos(angle), np.sin(angle)], axis=1) * wanted.max() / 2
    if n == 1:
        return place * 0
    with np.errstate(divide="ignore"):
        weight = np.where(wanted > 0, 1 / wanted**2, 0)
    laplacian = np.diag(weight.sum(axis=1)) - weight
    inverse = np.linalg.pinv(laplacian)
    for _ in range(ROUNDS):
        shown = np.linalg.norm(place[:, None] - place, axis=2)
        ratio = np.where(shown > 1e-9, weight * wanted / np.maximum(shown, 1e-9), 0)
        place = inverse @ ((np.diag(ratio.sum(axis=1)) - ratio) @ place)
    return place


def _pushed_apart(place: "np.ndarray") -> "np.ndarray":
    """The same positions with pairs that stand too close moved away from each other, a little in each round."""
    import numpy as np

    n = len(place)
    span = np.ptp(place, axis=0).max()
    least = APART * (span if span > 0 else 1.0) / np.sqrt(n)
    for _ in range(ROUNDS):
        gap = place[:, None] - place
        apart = np.linalg.norm(gap, axis=2)
        np.fill_diagonal(apart, np.inf)
        lacking = np.maximum(least - apart, 0)
        if not lacking.any():
            break
        # two on one spot: the one further down the list goes right
        sign = np.sign(np.arange(n)[:, None] - np.arange(n))[..., None] * np.array([1.0, 0.0])
        direction = np.where(apart[..., None] > 1e-9, gap / np.maximum(apart, 1e-9)[..., None], sign)
        place = place + 0.25 * (lacking[..., None] * direction).sum(axis=1)
    return place


def _fitted(place: "np.ndarray") -> "np.ndarray":
    """Each axis stretched to -1 to 1."""
    import numpy as np

    low, high = place.min(axis=0), place.max(axis=0)
    return (np.where(high > low, (place - low) / np.where(high > low, high - low, 1) * 2 - 1, 0)).round(4) + 0.0

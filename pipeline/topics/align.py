"""Which topics of one model are those of another."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

PERSISTENCE = 0.9  # of rank-biased overlap: ten terms carry two thirds of the weight


def onto(topic_terms: "np.ndarray", terms: Sequence[str], wanted: Sequence[str]) -> "np.ndarray":
    """The same topics over other terms, (k, len(wanted)); 0 for terms the model does not know."""
    import numpy as np

    place = {term: at for at, term in enumerate(terms)}
    found = np.zeros((len(topic_terms), len(wanted)))
    known = [(at, place[term]) for at, term in enumerate(wanted) if term in place]
    if known:
        at, column = np.array(known).T
        found[:, at] = topic_terms[:, column]
    return found


def cosines(a: "np.ndarray", b: "np.ndarray") -> "np.ndarray":
    """Cosine of each topic of one model and each of another, over the same terms, (k_a, k_b)."""
    import numpy as np

    first, second = (model / np.maximum(np.linalg.norm(model, axis=1, keepdims=True), 1e-12) for model in (a, b))
    return np.asarray(first @ second.T)


def matched(a: "np.ndarray", b: "np.ndarray") -> list[tuple[int, int, float]]:
    """Topics of two models one to one, so that their cosines add up to the most: a, b, cosine, in the order of a.

    Source: Kuhn 1955, The Hungarian method for the assignment problem.
    """
    from scipy.optimize import linear_sum_assignment

    alike = cosines(a, b)
    rows, columns = linear_sum_assignment(alike.round(9), maximize=True)
    return [(row, column, float(alike[row, column])) for row, column in zip(rows.tolist(), columns.tolist(), strict=True)]


def overlap(first: Sequence[int], second: Sequence[int], persistence: float = PERSISTENCE) -> float:
    """Rank-biased overlap of two rankings of the same length s, extrapolated, 0 to 1.

    With X_d the terms that both have among their first d: (X_s / s) p^s + (1 - p) / p · Σ_d X_d / d · p^d.
    Source: Webber, Moffat & Zobel 2010, ACM Transactions on Information Systems 28(4), eq. 30.
    """
    p, seen_a, seen_b, shared, total = persistence, set[int](), set[int](), 0, 0.0
    for depth, (a, b) in enumerate(zip(first, second, strict=True), start=1):
        shared += (a in seen_b) + (b in seen_a) + (a == b)
        seen_a.add(a)
        seen_b.add(b)
        total += shared / depth * p**depth
    size = len(first)
    return shared / size * p**size + (1 - p) / p * total if size else 1.0

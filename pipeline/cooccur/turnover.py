"""Links that come, go, or grow stronger or weaker from one period to the next, and how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isnan
from typing import TYPE_CHECKING

from pipeline.cooccur.held import LEAST_DOCUMENTS, Held, holding_both, recount
from pipeline.records import LinkChange
from pipeline.stats import benjamini_hochberg, seeded

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

SMOOTHED = 0.5  # added to the units that hold both
AT_ONCE = 1 << 22  # draws of documents


@dataclass(frozen=True)
class _Side:
    """The pairs of one period: counts, and the variance of the logarithm of their strength."""

    units: int
    first: "np.ndarray"  # units holding the first name of each pair, (n_pairs,)
    second: "np.ndarray"
    both: "np.ndarray"
    documents: "np.ndarray"  # that hold the rarer of the two
    rarer: "np.ndarray"  # whether that is the second
    variance: "np.ndarray"
    freedom: "np.ndarray"
    n_documents: int


def by_document(units: "csr_array", document: "np.ndarray") -> tuple["csr_array", "np.ndarray"]:
    """Units of each document that hold each name, (n_documents, n_names), and its units, (n_documents,)."""
    import numpy as np
    from scipy import sparse

    _, number = np.unique(document, return_inverse=True)
    size, rows = np.bincount(number), np.arange(len(number))
    group = sparse.csr_array((np.ones(len(number), np.int64), (number, rows)), shape=(len(size), len(number)))
    return (group @ units.astype(np.int64)).tocsr(), size


def turnover(
    kind: str,
    names: Sequence[str],
    periods: Sequence[str],
    held: Mapping[str, Held],
    shown: "Mapping[str, csr_array]",
    *,
    seed: int,
    samples: int = 200,
    min_count: int = 3,
) -> list[LinkChange]:
    """A row for each link shown in one of two neighbouring periods, or in both.

    With n_ab units of N that hold both names: association strength s = n_ab · N / (n_a · n_b), and s' the same with n_ab + ½, so
    that there is a logarithm where two never meet. The interval is that of ln(s' after / s' before): ± t times the root of the
    variances of both periods, each that of ln s' over documents drawn with replacement, but at least 1 / (n_ab + ½), which is
    that of a Poisson count: of links met once or never the samples know too little. t has as many degrees of freedom
    (Welch-Satterthwaite) as there are documents, less one, that hold both, less for those that hold more of it than others.

    A link comes (entry) if it is met in fewer than `min_count` units before, and goes (exit) if so after; others grow stronger or
    weaker by the sign of that logarithm. q is over all pairs that meet in either period, since those shown were chosen for
    being strong in one of them; a pair that is not shown counts as p = 1.

    Args:
        names: of the columns of `held`, in order.
        periods: in order. One without documents is left out, so that neighbours may lie apart: a row names both.
        shown: the links of each period's backbone, (n_names, n_names), symmetric; a period without any may be missing.
    Source: smoothing and its variance: Gart & Zweifel 1967, Biometrika 54; bootstrap within periods: Rao & Wu 1988, JASA 83;
    choosing before testing: Benjamini & Hochberg 1995.
    """
    import numpy as np

    order = [period for period in periods if period in held and held[period].units.shape[0]]
    pairs = {period: _pairs(shown.get(period), len(names)) for period in order}
    wanted = {
        period: np.unique(np.concatenate([pairs[near] for near in order[max(at - 1, 0) : at + 2]]))
        for at, period in enumerate(order)
    }
    sides = {
        period: _side(held[period], wanted[period], len(names), samples, seeded(seed, "link_changes", kind, period))
        for period in order
        if len(wanted[period])
    }
    meet = {period: recount(held[period]).together.astype(bool) for period in sides}
    rows: list[LinkChange] = []
    chances: list[float] = []
    others = 0
    for before, after in pairwise(order):
        either = np.union1d(pairs[before], pairs[after])
        if not len(either):
            continue
        two = (_picked(sides[before], wanted[before], either), _picked(sides[after], wanted[after], either))
        found, p = _compared(kind, names, either, (before, after), two, min_count)
        rows += found
        chances += p
        if any(not isnan(chance) for chance in p):
            others += (meet[before] + meet[after]).nnz // 2 - len(either)
    return _with_q(rows, chances, others)


def _pairs(links: "csr_array | None", n: int) -> "np.ndarray":
    """The links as a · n + b with a < b, sorted."""
    import numpy as np

    if links is None:
        return np.zeros(0, np.int64)
    entries = links.tocoo()
    upper = (entries.row < entries.col) & (entries.data != 0)
    return np.unique(entries.row[upper].astype(np.int64) * n + entries.col[upper])


def _side(of: Held, pairs: "np.ndarray", n: int, samples: int, rng: "np.random.Generator") -> _Side:
    """What one period says of some pairs."""
    import numpy as np

    a, b = pairs // n, pairs % n
    alone, size = by_document(of.units, of.document)
    both, _ = by_document(holding_both(of, a, b), of.document)
    totals, joint = alone.sum(axis=0), both.sum(axis=0).astype(float)
    holding = np.bincount(alone.nonzero()[1], minlength=n)
    squares = both.multiply(both).sum(axis=0)
    spread = _variance(alone, both, size, (a, b), samples, rng) if len(size) >= LEAST_DOCUMENTS else np.full(len(pairs), np.nan)
    least = 1 / (joint + SMOOTHED)
    # documents alike in how often they hold both; where the least variance counts they do not matter
    freedom = np.where(spread > least, np.maximum(joint**2 / np.maximum(squares, 1) - 1, 1), np.inf)
    rarer = holding[b] < holding[a]
    return _Side(
        int(size.sum()), totals[a], totals[b], joint.astype(np.int64), np.minimum(holding[a], holding[b]), rarer,
        np.maximum(spread, least), freedom, len(size),
    )  # fmt: skip


def _variance(
    alone: "csr_array",
    both: "csr_array",
    size: "np.ndarray",
    ends: tuple["np.ndarray", "np.ndarray"],
    samples: int,
    rng: "np.random.Generator",
) -> "np.ndarray":
    """Of ln s' over documents drawn with replacement, (n_pairs,)."""
    import numpy as np

    documents = len(size)
    first, second = ends
    of_names, of_pairs = alone.T.astype(float), both.T.astype(float)
    logs = np.empty((len(first), samples))
    step = max(1, AT_ONCE // documents)
    for start in range(0, samples, step):
        some = slice(start, min(start + step, samples))
        times = rng.multinomial(documents, np.full(documents, 1 / documents), some.stop - start).T.astype(float)
        totals = np.log(np.maximum(of_names @ times, SMOOTHED))  # a sample may hold none of a name
        logs[:, some] = np.log(of_pairs @ times + SMOOTHED) + np.log(size @ times) - totals[first] - totals[second]
    return logs.var(axis=1, ddof=1) * documents / (documents - 1)


def _picked(side: _Side, pairs: "np.ndarray", some: "np.ndarray") -> _Side:
    """The same of some of the pairs."""
    import numpy as np

    at = np.searchsorted(pairs, some)
    columns = ("first", "second", "both", "documents", "rarer", "variance", "freedom")
    return _Side(**{name: getattr(side, name)[at] for name in columns}, units=side.units, n_documents=side.n_documents)


def _compared(
    kind: str, names: Sequence[str], pairs: "np.ndarray", periods: tuple[str, str], sides: tuple[_Side, _Side], min_count: int
) -> tuple[list[LinkChange], list[float]]:
    """Rows without q and the p of each, NaN where there is none."""
    import numpy as np
    from scipy.special import stdtr, stdtrit

    before, after = sides
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = [np.log(side.both + SMOOTHED) + np.log(side.units) - np.log(side.first) - np.log(side.second) for side in sides]
        change, variance = logs[1] - logs[0], before.variance + after.variance
        freedom = variance**2 / sum(side.variance**2 / side.freedom for side in sides)
        freedom = np.minimum(freedom, 1e9)  # without any documents to differ it is endless: the normal distribution
        half = stdtrit(freedom, 0.975) * np.sqrt(variance)
        p = 2 * stdtr(freedom, -np.abs(change) / np.sqrt(variance))
    rows = []
    for at, (a, b) in enumerate(zip(*(part.tolist() for part in np.divmod(pairs, len(names))), strict=True)):
        reason = _reason(sides, periods, at, (names[a], names[b]))
        if reason:
            p[at] = np.nan
        n, m = int(before.both[at]), int(after.both[at])
        low, high = (None, None) if reason else (round(float(change[at] + side * half[at]), 6) for side in (-1, 1))
        moves = _change(n, m, float(change[at]), min_count)
        strengths = _strength(before, at), _strength(after, at)
        rows.append(LinkChange(kind, names[a], names[b], *periods, moves, n, m, *strengths, low, high, None, reason))
    return rows, p.tolist()


def _change(before: int, after: int, change: float, min_count: int) -> str:
    """What happens to a link met in so many units before and after."""
    if before < min_count <= after:
        return "entry"
    if after < min_count <= before:
        return "exit"
    return "stronger" if change > 0 else "weaker"


def _strength(side: _Side, at: int) -> float | None:
    """Association strength; none where one of the two does not occur."""
    chance = int(side.first[at]) * int(side.second[at])
    return round(int(side.both[at]) * side.units / chance, 6) if chance else None


def _reason(sides: tuple[_Side, _Side], periods: tuple[str, str], at: int, names: tuple[str, str]) -> str:
    """Why there is no interval; "" if there is."""
    for side, period in zip(sides, periods, strict=True):
        if side.n_documents < LEAST_DOCUMENTS:
            return f"fewer than {LEAST_DOCUMENTS} documents in {period}: no interval"
        if side.documents[at] < LEAST_DOCUMENTS:
            return f"fewer than {LEAST_DOCUMENTS} documents of {period} hold {names[int(side.rarer[at])]}: no interval"
    return ""


def _with_q(rows: list[LinkChange], p: list[float], others: int) -> list[LinkChange]:
    """The rows with their false discovery rates; `others` are pairs of which nothing is shown."""
    import numpy as np

    q = benjamini_hochberg(np.concatenate([p, np.ones(others)])).tolist()[: len(rows)]
    return [row if isnan(value) else replace(row, q=round(value, 6)) for row, value in zip(rows, q, strict=True)]

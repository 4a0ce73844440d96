"""Whether constructs meet: paragraphs that carry two codes, against a shuffle within documents among paragraphs of one length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import combinations
from typing import TYPE_CHECKING

from pipeline.config import Settings
from pipeline.records import Coupling
from pipeline.stats import benjamini_hochberg, ratio_intervals, resampled_ratios, seeded
from pipeline.trends.counting import TERM

if TYPE_CHECKING:
    import numpy as np

    from pipeline.trends.series import Paragraphs, Series

ALL = "all"
SAMPLES = 300  # bootstrap samples at most
LENGTHS = (2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65)  # sentences with which a class of length starts: 5 and 6 are one


@dataclass(frozen=True)
class Counts:
    """Paragraphs of each document and pair of codes, (n_documents, n_pairs); the last four of those a shuffle can change."""

    a: "np.ndarray"
    b: "np.ndarray"
    both: "np.ndarray"
    found: "np.ndarray"  # that carry both
    least: "np.ndarray"  # that must carry both, whatever the shuffle
    mean: "np.ndarray"  # of `found` over all shuffles
    variance: "np.ndarray"


def couplings(series: "Series", *, settings: Settings) -> list[Coupling]:
    """How far paragraphs of one code also carry another, in each group, for each period and for all of them together.

    A pair has a row where one of its codes stands. See `pairs_of` for the pairs and `count_pairs` for what a shuffle is.
    """
    pairs = pairs_of(series.paragraphs.names)
    if not pairs:
        return []
    counts = count_pairs(series.paragraphs, len(series.strata), pairs)
    rows: list[Coupling] = []
    for (group, period), members in sorted(_cells(series).items()):
        here = Counts(*(getattr(counts, field.name)[members] for field in fields(Counts)))
        strata = [series.strata[number] for number in members]
        names = [(series.paragraphs.names[a], series.paragraphs.names[b]) for a, b in pairs]
        rows += _rows(here, strata, names, period, group, settings)
    return _with_q(rows)


def pairs_of(names: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of the codes at the top of the codebook and of those with nothing below them; none with one above it, none of words."""
    codes = {number: name for number, name in enumerate(names) if not name.startswith(TERM)}
    inner = {code[:at] for code in codes.values() for at in range(len(code)) if code[at] == "."}
    chosen = [number for number, code in codes.items() if "." not in code or code not in inner]
    return [(a, b) for a, b in combinations(chosen, 2) if not f"{codes[b]}.".startswith(f"{codes[a]}.")]


def count_pairs(paragraphs: "Paragraphs", n_documents: int, pairs: Sequence[tuple[int, int]]) -> Counts:
    """What a shuffle would give: each document keeps how many of its paragraphs of each length carry each code.

    Long paragraphs hold more of everything, so any two codes would seem coupled if lengths were mixed. Of n paragraphs of one
    document and class of length, x carry a and y carry b: both are hypergeometric, mean x y / n, variance
    x y (n - x) (n - y) / (n² (n - 1)); classes add up. Where all or none carry one of the codes no shuffle changes anything:
    such paragraphs are left out of `found` and what it is compared with.
    """
    import numpy as np

    order, starts, document = _strata(paragraphs)
    carried = paragraphs.coded[order] > 0
    first, second = (list(side) for side in zip(*pairs, strict=True))
    n = np.diff(np.append(starts, len(order)))[:, None].astype(float)
    of_code = _summed(carried.astype(np.int32), starts)
    x, y = of_code[:, first], of_code[:, second]
    both = _summed((carried[:, first] & carried[:, second]).astype(np.int32), starts)
    movable = (x > 0) & (x < n) & (y > 0) & (y < n)
    mean = x * y / n
    variance = mean * (n - x) * (n - y) / (n * np.maximum(n - 1, 1))
    columns = (x, y, both, *(movable * values for values in (both, np.maximum(x + y - n, 0), mean, variance)))
    return Counts(*(_by_document(values, document, n_documents) for values in columns))


def chances(counts: Counts) -> "np.ndarray":
    """Two-sided p of each pair, (n_pairs,); NaN where no shuffle changes anything.

    Codes come in runs of paragraphs, which a shuffle breaks up. Where documents are off their means by more than shuffles
    allow, the spread between documents takes the place of that of shuffles in a normal test, and the larger p counts: few
    documents then never give a small p, however many paragraphs they have.

    Source: spread between clusters: Liang & Zeger 1986, Biometrika 73.
    """
    import numpy as np
    from scipy.special import ndtr

    off, spread = counts.found - counts.mean, counts.variance.sum(axis=0)
    least = counts.least.sum(axis=0)
    own = (off**2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.maximum(np.abs(off.sum(axis=0)) - 0.5, 0) / np.sqrt(own)
    p = of_shuffles(counts.found.sum(axis=0) - least, counts.mean.sum(axis=0) - least, spread)
    return np.where(spread > 0, np.where(own > spread, np.maximum(p, 2 * ndtr(-z)), p), np.nan)


def of_shuffles(found: "np.ndarray", mean: "np.ndarray", variance: "np.ndarray") -> "np.ndarray":
    """Twice the share of shuffles that give as many or more, or as few or fewer, of what is less; at most 1.

    A hypergeometric number is a sum of independent draws of 0 or 1, and so is a sum of such numbers: a binomial of the
    same mean and variance, of a number of draws that need not be whole, gives its tails.

    Args:
        found: less what must be there in any shuffle; so is `mean`. All of one shape.
    Source: Vatutin & Mikhailov 1982, Theory of Probability and its Applications 27.
    """
    import numpy as np
    from scipy.special import betainc

    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(np.clip(1 - variance / mean, 1e-12, 1), nan=1)
    draws = mean / share

    def at_least(number: "np.ndarray") -> "np.ndarray":
        tail = betainc(np.maximum(number, 1e-9), np.maximum(draws - number + 1, 1e-9), share)
        return np.where(number <= 0, 1.0, np.where(number >= draws + 1, 0.0, tail))

    return np.minimum(2 * np.minimum(at_least(found), 1 - at_least(found + 1)), 1)


def _rows(
    here: Counts, strata: list[str], names: list[tuple[str, str]], period: str, group: str, settings: Settings
) -> Iterator[Coupling]:
    """The rows of one cell, q still empty."""
    import numpy as np

    n_a, n_b, both = (values.sum(axis=0).astype(int).tolist() for values in (here.a, here.b, here.both))
    documents = (here.variance > 0).sum(axis=0).tolist()
    found, mean = here.found.sum(axis=0), here.mean.sum(axis=0)
    low = high = np.full(len(names), np.nan)
    if max(documents) >= settings.trends.min_documents:
        some = (here.mean > 0).any(axis=1)
        _, stratum = np.unique(np.array(strata)[some], return_inverse=True)
        rng = seeded(settings.seed, "couplings", period, group)
        samples = min(SAMPLES, settings.trends.bootstraps)
        above, below = here.found[some], here.mean[some]
        low, high = ratio_intervals(above, below, stratum, resampled_ratios(above, below, stratum, samples=samples, rng=rng))
    p = chances(here)
    for at, (a, b) in enumerate(names):
        if not n_a[at] and not n_b[at]:
            continue
        share = _rounded(both[at] / n_a[at]) if n_a[at] else None
        lift = _rounded(found[at] / mean[at]) if mean[at] else None
        few = documents[at] < settings.trends.min_documents
        reason = _why_none(n_a[at], n_b[at], documents[at], few, bool(found[at]))
        lowest, highest = (None, None) if reason else (_rounded(low[at]), _rounded(high[at]))
        chance = None if few else _rounded(p[at])
        counted = n_a[at], n_b[at], both[at]
        yield Coupling(period, group, a, b, *counted, share, lift, lowest, highest, chance, None, documents[at], reason)


def _why_none(n_a: int, n_b: int, n_documents: int, few: bool, met: bool) -> str:
    """Why a lift has no interval; "" when it has one."""
    if not (n_a and n_b):
        return "one of the two does not occur"
    if few:
        return (
            f"{n_documents} document{'' if n_documents == 1 else 's'} with both, in which a shuffle changes anything: no interval"
        )
    # every sample would say 0 again, which is not the same as being sure of it
    return "" if met else "no paragraph carries both: no interval"


def _with_q(rows: list[Coupling]) -> list[Coupling]:
    """The rows with p after Benjamini-Hochberg over all of them."""
    import numpy as np

    q = benjamini_hochberg(np.array([np.nan if row.p is None else row.p for row in rows])).round(6).tolist()
    return [row if row.p is None else replace(row, q=value) for row, value in zip(rows, q, strict=True)]


def _cells(series: "Series") -> dict[tuple[str, str], list[int]]:
    """Documents by group and period, all periods together included; those without a date are in these only."""
    cells: dict[tuple[str, str], list[int]] = {}
    for number, groups in enumerate(series.groups):
        for group in groups:
            for period in (ALL, *filter(None, [series.periods[number]])):
                cells.setdefault((group, period), []).append(number)
    return cells


def _strata(paragraphs: "Paragraphs") -> tuple["np.ndarray", "np.ndarray", "np.ndarray"]:
    """Paragraphs in order of document and class of length, where each of these starts, and its document."""
    import numpy as np

    length = np.searchsorted(LENGTHS, paragraphs.sentences, side="right")
    key = paragraphs.document.astype(np.int64) * (len(LENGTHS) + 1) + length
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    return order, starts, paragraphs.document[order[starts]]


def _summed(values: "np.ndarray", starts: "np.ndarray") -> "np.ndarray":
    """Sums of rows from each start to the next, (n_starts, n_columns)."""
    import numpy as np

    return np.add.reduceat(values, starts, axis=0).astype(float) if len(starts) else np.zeros((0, values.shape[1]))


def _by_document(values: "np.ndarray", document: "np.ndarray", n_documents: int) -> "np.ndarray":
    """Sums of rows of one document, (n_documents, n_columns); `document` of each row is sorted."""
    import numpy as np

    sums = np.zeros((n_documents, values.shape[1]))
    starts = np.flatnonzero(np.diff(document, prepend=-1))
    sums[document[starts]] = _summed(values, starts)
    return sums


def _rounded(value: float) -> float:
    return round(float(value), 6)

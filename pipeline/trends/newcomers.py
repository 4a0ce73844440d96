"""Whether new documents differ from those that were there: their rates laid beside each other."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf, isnan
from typing import TYPE_CHECKING, Any

from pipeline.config import Settings
from pipeline.stats import benjamini_hochberg, rate, ratio_intervals, resampled_ratios, seeded
from pipeline.trends.attribution import Both, period
from pipeline.trends.counting import OWN
from pipeline.trends.intervals import LIMITS
from pipeline.trends.series import groups_of, is_followed

if TYPE_CHECKING:
    import numpy as np

HOLDING = 5  # documents, new or old, that must hold what is compared
LONGER = 20  # times as many permutations for what is rare
_AT_ONCE = 500  # permutations
_FARTHEST = 999.0  # z where neither side varies


@dataclass(frozen=True)
class Difference:
    """One rate in the new documents beside that in those that were there, both as coded now."""

    series: str
    group: str
    new: float
    old: float
    difference: float  # new less old
    low: float | None  # 95 % interval of it; none where the documents of a side are all alike
    high: float | None
    z: float  # difference over its standard error
    p: float  # that chance gives as much, by permutation of new and old
    q: float  # p after Benjamini-Hochberg over all series × groups
    new_documents: int
    old_documents: int
    holding: int  # of both, documents that hold it
    basis: str  # which old ones: same_periods as the new ones, earlier_periods too, or all
    periods: tuple[str, ...]  # of those; empty for all


def differences(both: Both, settings: Settings) -> list[Difference]:
    """Each series in each group with enough new and old documents, ranked by p, then by |z| and the documents behind it."""
    import numpy as np

    least = settings.trends.min_documents
    new, old = both.members("added"), both.members("coding") | both.members("redated")
    found: list[Difference] = []
    seen: set[tuple[int, ...]] = set()
    for group, members in sorted(_by_group(both, settings).items()):
        fresh = [number for number in members if new[number]]
        kept, basis, periods = _basis(both, fresh, [number for number in members if old[number]], settings)
        same = (*fresh, -1, *kept)
        if len(fresh) >= least and len(kept) >= least and same not in seen:  # a group of all documents says nothing more
            seen.add(same)
            columns = np.array([_is_compared(name, group, settings) for name in both.names], bool)
            found += _compared(both, columns, group, (fresh, kept), (basis, periods), settings)
    q = benjamini_hochberg(np.array([row.p for row in found])).tolist()
    adjusted = [replace(row, q=round(one, 6)) for row, one in zip(found, q, strict=True)]
    return sorted(adjusted, key=lambda row: (row.p, -abs(row.z), -row.holding, row.series, row.group))


def _is_compared(name: str, group: str, settings: Settings) -> bool:
    """Whether a series is looked at in a group: stances and terms of the codebook, of which there are hundreds, in all documents only."""
    if name.endswith(OWN):
        return False
    return group == "all" or ("/" not in name and is_followed(name, settings.trends))


def _by_group(both: Both, settings: Settings) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(both.now):
        for group in groups_of(row, settings) if row and row["counts"] else ():
            groups[group].append(number)
    return groups


def _basis(both: Both, fresh: list[int], kept: list[int], settings: Settings) -> tuple[list[int], str, tuple[str, ...]]:
    """The old documents that new ones are laid beside: those of their periods; where these are few, of earlier ones too."""
    of = {number: period(row, settings) for number in [*fresh, *kept] if (row := both.now[number])}
    wanted = sorted({name for number in fresh if (name := of[number])})
    least = settings.trends.min_documents
    earlier = sorted({name for number in kept if (name := of[number]) and wanted and name < wanted[0]}, reverse=True)
    for more in range(len(earlier) + 1):
        periods = tuple(sorted([*wanted, *earlier[:more]]))
        near = [number for number in kept if of[number] in periods]
        if len(near) >= least:
            return near, "earlier_periods" if more else "same_periods", periods
    return kept, "all", ()


def _compared(
    both: Both,
    columns: "np.ndarray",
    group: str,
    sides: tuple[list[int], list[int]],
    basis: tuple[str, tuple[str, ...]],
    settings: Settings,
) -> Iterator[Difference]:
    import numpy as np

    above, below = both.above[1][:, columns], both.below[1][:, columns]
    holding = [(above[side] > 0).sum(axis=0) for side in sides]
    wanted = np.flatnonzero((holding[0] + holding[1] >= HOLDING) & (below[sides[0]].sum(0) > 0) & (below[sides[1]].sum(0) > 0))
    names = [name for name, kept in zip(both.names, columns, strict=True) if kept]
    rates, lows, highs = zip(
        *(_interval(both, (above, below), side, other, wanted, f"{group}|{at}", settings)
          for at, (side, other) in enumerate((sides, sides[::-1]))), strict=True
    )  # fmt: skip
    name = f"{group}|"
    z, p = exchanged(
        above[:, wanted], below[:, wanted], *sides, samples=settings.trends.bootstraps, rng=seeded(settings.seed, "moved", name)
    )
    for at, column in enumerate(wanted.tolist()):
        values, low, high = ([float(side[at]) for side in pair] for pair in (rates, lows, highs))
        figures = [_rounded(number) for number in (*values, *square_and_add(values, low, high), float(z[at]), float(p[at]))]
        sizes = [len(sides[0]), len(sides[1]), int(holding[0][column] + holding[1][column])]
        build: Any = Difference
        yield build(names[column], group, *figures, 1.0, *sizes, *basis)


def square_and_add(rate: Sequence[float], low: Sequence[float], high: Sequence[float]) -> tuple[float, float, float]:
    """The difference of two rates and its limits, from the limits of each.

    Source: Zou & Donner 2008, Statistics in Medicine 27, eq. 3.
    """
    difference = rate[0] - rate[1]
    down = ((rate[0] - low[0]) ** 2 + (high[1] - rate[1]) ** 2) ** 0.5
    up = ((high[0] - rate[0]) ** 2 + (rate[1] - low[1]) ** 2) ** 0.5
    return difference, difference - down, difference + up


def exchanged(
    above: "np.ndarray",
    below: "np.ndarray",
    new: list[int],
    old: list[int],
    *,
    samples: int,
    rng: "np.random.Generator",
) -> tuple["np.ndarray", "np.ndarray"]:
    """How far rates of new and old documents differ, over the standard error, and how often chance gives as much.

    Chance: which of these documents are the new ones is drawn at random. What is rarer than one in a hundred is drawn for
    `LONGER` times as often.

    Args:
        above, below: (n_documents, n_series).
    Returns: z and p, (n_series,) each.
    Source: Janssen 1997, Statistics & Probability Letters 36 (permutation of studentised statistics).
    """
    import numpy as np

    both = [*new, *old]
    powers = np.stack([above, below, above * above, above * below, below * below])[:, both]  # (5, n_both, n_series)
    own = np.zeros((1, len(both)))
    own[0, : len(new)] = 1
    z = _studentised(own, powers, len(new))[0]
    p, asked = np.ones(len(z)), np.arange(len(z))
    for times in (1, LONGER):
        above_it, below_it, size = np.ones(len(asked)), np.ones(len(asked)), samples * times
        for first in range(0, size, _AT_ONCE):
            drawn = rng.permuted(np.repeat(own, min(_AT_ONCE, size - first), axis=0), axis=1)
            chance = _studentised(drawn, powers[:, :, asked], len(new))
            above_it += (chance >= z[asked] - 1e-9).sum(axis=0)
            below_it += (chance <= z[asked] + 1e-9).sum(axis=0)
        # each tail by itself: rates are skewed, and with them what chance gives on the two sides
        p[asked] = np.minimum(1, 2 * np.minimum(above_it, below_it) / (size + 1))
        asked = asked[p[asked] < 0.01]
        if not len(asked):
            break
    return z, p


def _studentised(is_new: "np.ndarray", powers: "np.ndarray", size: int) -> "np.ndarray":
    """The difference of two ratios over its standard error (linearised), (n_samples, n_series); 0 where nothing was counted.

    Source: Cochran 1977, Sampling Techniques, eq. 6.10.
    """
    import numpy as np

    mine = np.stack([is_new @ power for power in powers])
    sides = ((mine, size), (powers.sum(axis=1)[:, None] - mine, is_new.shape[1] - size))
    rates, variances = [], []
    with np.errstate(divide="ignore", invalid="ignore"):
        for (a, b, aa, ab, bb), n in sides:
            rates.append(a / b)
            variances.append(n / (n - 1) * np.maximum(aa - 2 * rates[-1] * ab + rates[-1] ** 2 * bb, 0) / b**2)
        found = (rates[0] - rates[1]) / np.sqrt(variances[0] + variances[1])
    return np.clip(np.nan_to_num(found), -_FARTHEST, _FARTHEST)


def _interval(
    both: Both,
    counted: tuple["np.ndarray", "np.ndarray"],
    side: list[int],
    other: list[int],
    wanted: "np.ndarray",
    name: str,
    settings: Settings,
) -> tuple["np.ndarray", "np.ndarray", "np.ndarray"]:
    """Rates of one side with their intervals, (n_wanted,) each.

    What no document of a side holds is 0 in every sample, which is not the same as being sure of it: then the upper end is what
    the documents that hold it on the other side have, times the share of documents that could hold it unseen.
    """
    import numpy as np

    above, below = (matrix[:, wanted] for matrix in counted)
    issuers = [(row["issuers_today"] or [""])[0] for number in side if (row := both.now[number])]
    _, strata = np.unique(issuers, return_inverse=True)
    rng = seeded(settings.seed, "moved", name)
    ratios = resampled_ratios(above[side], below[side], strata, samples=settings.trends.bootstraps, rng=rng)
    most = LIMITS.get(settings.trends.units[0], inf)
    low, high = ratio_intervals(above[side], below[side], strata, ratios, limits=most)
    values = rate(above[side].sum(axis=0), below[side].sum(axis=0))
    holds = above[other] > 0
    typical = rate(above[other].sum(axis=0), np.where(holds, below[other], 0).sum(axis=0))
    unseen = 1 - 0.025 ** (1 / len(side))
    return values, np.where(values == 0, 0, low), np.where(values == 0, np.nan_to_num(typical) * unseen, high)


def _rounded(value: float) -> float | None:
    return None if isnan(value) else round(value, 6)

"""Whether two terms meet more often than their frequencies and the sizes of the units have it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.stats import benjamini_hochberg

if TYPE_CHECKING:
    import numpy as np

ROUNDS = 200
CLOSE = 1e-6  # of every total, relative
WIDEST = 40.0  # tilts of odds
HALVINGS = 60
NO_TILT = 1e-4
CERTAIN = 1e-12
LITTLE = 1e-6
PORTION = 20_000  # links at a time


def link_p(
    together: "np.ndarray", first: "np.ndarray", second: "np.ndarray", totals: "np.ndarray", sizes: "np.ndarray"
) -> "np.ndarray":
    """Chance of meeting in so many units or more if units only kept how many terms they hold, and terms how often they are held.

    The null is that of most entropy in which each unit holds as many terms as it does, to the last one, and each term stands in
    as many units as it does in expectation. Were sizes kept in expectation too, as the bipartite configuration model has it, a
    sentence of one term could hold two, and chance meetings would count for several times as many. Units are independent,
    so that how many hold both terms is a sum of unlike trials; its upper tail is taken by its saddlepoint, as a normal or a
    binomial of the same mean and variance makes it several times too small where units differ much in size. A count is moved
    away from the mean beforehand by what its spread shrinks once both totals are what they are.

    Args:
        together: units holding both terms of each link, (n_links,).
        first, second: the terms of each link, (n_links,).
        totals: units holding each term of the map, (n_terms,).
        sizes: terms of the map in each unit, (n_units,); they add up to the same as `totals`.
    Returns: (n_links,); 1 for a link that is met in no unit.
    Source: Chen, Dempster & Liu 1994, Biometrika 81 (most entropy with fixed sizes); Saracco et al. 2017, New J. Physics 19,
    053022 (links validated by both margins); Lugannani & Rice 1980, Advances in Applied Probability 12, with the second
    continuity correction of Daniels 1987; Holst 1979, Annals of Probability 7 (conditioning on totals).
    """
    import numpy as np

    size, units = np.unique(np.asarray(sizes), return_counts=True)
    size, units = size[size > 0], units[size > 0]
    total, which, alike = np.unique(np.asarray(totals, float), return_inverse=True, return_counts=True)
    waves = list(_waves(_weights(total, alike, size, units), alike, size))
    alone = np.array([_held(*wave) for wave in waves]).reshape(-1, len(total)).T
    both = [_held_both(*wave) if of > 1 else np.zeros((len(total),) * 2) for of, wave in zip(size.tolist(), waves, strict=True)]
    p = np.ones(len(first))
    for start in range(0, len(p), PORTION):
        part = slice(start, start + PORTION)
        i, j, count = which[first[part]], which[second[part]], np.asarray(together[part], float)
        chance = np.array([of_size[i, j] for of_size in both]).reshape(-1, len(i)).T
        p[part] = _p(count, chance, alone[i], alone[j], units)
    return p


def link_q(p: "np.ndarray", n_terms: int) -> "np.ndarray":
    """False discovery rates of all pairs of a map, given p of those that meet; the others, of p = 1, count too.

    A map shows the strongest links, and these are where chance did most: a rate over them alone would be too low.

    Args:
        p: from `link_p`, of every pair that meets at all, (n_pairs,).
        n_terms: terms of the map that are held by any unit.
    """
    import numpy as np

    never = np.ones(max(n_terms * (n_terms - 1) // 2 - len(p), 0))
    return benjamini_hochberg(np.concatenate([p, never]))[: len(p)]


def _weights(total: "np.ndarray", alike: "np.ndarray", size: "np.ndarray", units: "np.ndarray") -> "np.ndarray":
    """Of the terms of each total, `alike` of them: the odds that make their expected totals those given."""
    import numpy as np

    most = units.sum() + 1  # a term that every unit holds has large odds, not endless ones
    weight = total / (most - total)
    for _ in range(ROUNDS):
        expected = sum(n * _held(*wave) for n, wave in zip(units.tolist(), _waves(weight, alike, size), strict=True))
        if (np.abs(expected - total) <= CLOSE * total).all():
            break
        ratio = np.divide(total * (most - expected), expected * (most - total), out=np.zeros_like(total), where=total > 0)
        weight = weight * ratio
    return weight


def _waves(weight: "np.ndarray", alike: "np.ndarray", sizes: "np.ndarray") -> Iterator[tuple["np.ndarray", ...]]:
    """Of a unit of each size that draws terms by odds at which this is the size expected: the chance of the terms of each weight,
    the generating function of the size on half a circle over the chance of this size, that of each term alone, and the points.

    On the circle nothing cancels, as it does in recursions.
    """
    import numpy as np

    tilted = _tilted(weight[None, :], _tilt(sizes.astype(float), weight[None, :], alike.astype(float)))
    for size, chance in zip(sizes.tolist(), tilted, strict=True):
        points = 2 * ((min(int(alike.sum()), 24 + 16 * int(size**0.5)) + 3) // 2)  # even: never at -1, where a factor may be 0
        wave = np.exp(1j * np.pi * (2 * np.arange(points // 2) + 1) / points)
        factor = 1 + chance[:, None] * (wave - 1)
        whole = np.prod(factor ** alike[:, None], axis=0) * wave**-size
        yield chance, whole / whole.real.sum(), 1 / factor, wave


def _held(chance: "np.ndarray", whole: "np.ndarray", without: "np.ndarray", wave: "np.ndarray") -> "np.ndarray":
    """Chance that a unit, when it has the size, holds a term of each weight: the other terms make up one less."""
    return chance * (without @ (whole * wave)).real


def _held_both(chance: "np.ndarray", whole: "np.ndarray", without: "np.ndarray", wave: "np.ndarray") -> "np.ndarray":
    """The same of two terms, (n_weights, n_weights)."""
    import numpy as np

    return np.clip(np.outer(chance, chance) * ((without * (whole * wave**2)) @ without.T).real, 0, 1)


def _p(count: "np.ndarray", both: "np.ndarray", i: "np.ndarray", j: "np.ndarray", units: "np.ndarray") -> "np.ndarray":
    """Of the chances that a unit of each size holds both terms of a link, the first and the second, (n_links, n_sizes) each."""
    import numpy as np

    mean = both @ units
    moved = mean + (count - 0.5 - mean) / np.sqrt(_spread_left(both, i, j, units))
    p = np.where(count > 0, 0.0, 1.0)
    can = (count > 0) & (moved < (both > 0) @ units)
    p[can] = np.where(moved[can] > 0, _upper_tail(moved[can], both[can], units), 1.0)
    return p


def _spread_left(both: "np.ndarray", i: "np.ndarray", j: "np.ndarray", units: "np.ndarray") -> "np.ndarray":
    """Share of the variance of how many units hold both terms that is left once it is known how many hold each, (n_links,)."""
    import numpy as np

    of_i, of_j, of_both = (i * (1 - i)) @ units, (j * (1 - j)) @ units, (both * (1 - both)) @ units
    i_with_j, with_i, with_j = (both - i * j) @ units, (both * (1 - i)) @ units, (both * (1 - j)) @ units
    known = with_i**2 * of_j - 2 * with_i * with_j * i_with_j + with_j**2 * of_i
    determinant = of_i * of_j - i_with_j**2
    # two terms alone: their totals say all
    all_known = (determinant <= LITTLE * of_i * of_j) | (of_both <= LITTLE)
    share = np.divide(known, determinant * of_both, out=np.ones(len(known)), where=~all_known)
    return np.clip(1 - share, LITTLE, 1)


def _upper_tail(count: "np.ndarray", chance: "np.ndarray", trials: "np.ndarray") -> "np.ndarray":
    """P(more than count) of a sum of trials, trials[s] with chance[link, s] each; count lies half way between two numbers."""
    import numpy as np
    from scipy.special import ndtr

    chance = np.minimum(chance, 1 - CERTAIN)
    odds = chance / (1 - chance)
    tilt = _tilt(count, odds, trials)
    tilt = np.where(np.abs(tilt) < NO_TILT, NO_TILT, tilt)  # 0 / 0 at the mean itself
    held = _tilted(odds, tilt)
    away = tilt * (held @ trials) - np.log1p(chance * np.expm1(tilt)[:, None]) @ trials
    root = np.sign(tilt) * np.sqrt(2 * np.maximum(away, 0))
    slope = 2 * np.sinh(tilt / 2) * np.sqrt((held * (1 - held)) @ trials)
    density = np.exp(-(root**2) / 2) / np.sqrt(2 * np.pi)
    return np.clip(ndtr(-root) - density * (1 / root - 1 / slope), 0, 1)


def _tilt(wanted: "np.ndarray", odds: "np.ndarray", trials: "np.ndarray") -> "np.ndarray":
    """By how much the logarithm of all odds must grow for the mean to be what is wanted, by bisection."""
    import numpy as np

    low, high = np.full(len(wanted), -WIDEST), np.full(len(wanted), WIDEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        less = _tilted(odds, middle) @ trials < wanted
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    return (low + high) / 2


def _tilted(odds: "np.ndarray", tilt: "np.ndarray") -> "np.ndarray":
    import numpy as np

    grown = odds * np.exp(tilt)[:, None]
    return grown / (1 + grown)

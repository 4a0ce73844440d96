"""How many topics: fits with several numbers on samples of the documents, and a stated rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from pipeline.topics.refits import STABLE, Refit, steadiness

if TYPE_CHECKING:
    pass

FEWEST, MOST = 5, 40  # by the rule of thumb
PER_ROOT = 6


@dataclass(frozen=True)
class Tried:
    """One number of topics, over its fits."""

    k: int
    npmi: float  # on documents not drawn, mean of the fits
    error: float  # standard error of it
    exclusivity: float
    diversity: float
    stability: float  # rank-biased overlap of matched topics, mean over pairs of fits
    rand: float  # adjusted Rand index of the units, the same


def rule_of_thumb(n_units: int) -> int:
    """How many topics when nobody said and nothing was searched: √units / 6, between 5 and 40."""
    return int(min(MOST, max(FEWEST, round(n_units**0.5 / PER_ROOT))))


def tried(fits: Sequence[Refit]) -> Tried:
    """What fits with one number of topics say."""
    import numpy as np

    npmi = np.array([fit.npmi.mean() for fit in fits])
    error = float(npmi.std(ddof=1) / len(npmi) ** 0.5) if len(npmi) > 1 else float("nan")
    pairs = [steadiness(one.topic_terms, one.leader, [other]) for one, other in combinations(fits, 2)]
    stability, rand = (float(np.mean([np.mean(pair[at]) for pair in pairs])) if pairs else float("nan") for at in (0, 1))
    exclusivity, diversity = (float(np.mean([getattr(fit, name) for fit in fits])) for name in ("exclusivity", "diversity"))
    return Tried(fits[0].k, float(npmi.mean()), error, exclusivity, diversity, stability, rand)


def choose(found: Sequence[Tried]) -> tuple[int, str]:
    """The smallest number of topics whose NPMI is within one standard error of the best, and why there is no clear one; "" if there is.

    There is none where leading terms meet no more often than by chance on documents not drawn (NPMI within two standard errors of
    0 or below), where topics do not come out again (stability below .5), or where every number tried is as good as the best.
    Source: one-standard-error rule: Breiman et al. 1984; Hastie, Tibshirani & Friedman 2009, section 7.10.
    """
    best = max(found, key=lambda one: (round(one.npmi, 9), -one.k))
    within = [one for one in found if one.npmi >= best.npmi - best.error]
    chosen = min(within, key=lambda one: one.k)
    reason = ""
    if chosen.npmi <= 2 * chosen.error:
        reason = "no clear number of topics: on other documents their terms meet no more than by chance"
    elif chosen.stability < STABLE:
        reason = f"no clear number of topics: with {chosen.k} they do not come out again ({chosen.stability:.2f} alike)"
    elif len(found) > 1 and len(within) == len(found):
        reason = "no clear number of topics: all that were tried do as well"
    return chosen.k, reason

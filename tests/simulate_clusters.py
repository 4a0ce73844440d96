"""How often links are said to be beyond chance, and clusters to come out again, where nothing is, and where something is planted.

.venv/bin/python tests/simulate_clusters.py            # about two minutes; prints the tables of docs/quality.md
"""

import sys
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.stats import hypergeom
from simulate_maps import held_of
from sklearn.metrics import adjusted_rand_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pipeline.cooccur.clusters import louvain, stability
from pipeline.cooccur.held import recount, resampled
from pipeline.cooccur.measures import association_strength, strongest
from pipeline.cooccur.pairs import Counts
from pipeline.cooccur.significance import link_p, link_q
from pipeline.stats import benjamini_hochberg

LEVEL = 0.05


def drawn(rng: np.random.Generator, *, units: int, names: int, spread: float, frequency: float = 0.03) -> np.ndarray:
    """Units × names held, each name by its own frequency and each unit by its own appetite, and nothing else.

    Args:
        spread: of the logarithm of the appetites; at 0 all units are alike, at 1.5 a few hold most.
    """
    often = frequency * np.exp(rng.normal(0, 1, names))
    appetite = np.exp(rng.normal(-(spread**2) / 2, spread, units))
    odds = np.outer(appetite, often)
    return rng.random((units, names)) < odds / (1 + odds)


def pairs_of(held: np.ndarray, least: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count, first and second name of the pairs that meet in so many units."""
    both = held.T.astype(np.int64) @ held
    first, second = np.nonzero(np.triu(both, 1) >= least)
    return both[first, second], first, second


def fisher_p(held: np.ndarray, together: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    totals = held.sum(axis=0)
    return hypergeom.sf(together - 1, len(held), totals[first], totals[second])


def swapped(held: np.ndarray, rng: np.random.Generator, rounds: int = 5) -> np.ndarray:
    """The same totals and sizes to the last one, otherwise at random (curveball: Strona et al. 2014)."""
    sets = [set(np.flatnonzero(row).tolist()) for row in held]
    for _ in range(rounds * len(sets)):
        a, b = rng.integers(len(sets), size=2)
        ours, theirs = sorted(sets[a] - sets[b]), sorted(sets[b] - sets[a])
        if a == b or not ours or not theirs:
            continue
        pool = rng.permutation(ours + theirs).tolist()
        both = sets[a] & sets[b]
        sets[a], sets[b] = both | set(pool[: len(ours)]), both | set(pool[len(ours) :])
    found = np.zeros_like(held)
    for unit, names in enumerate(sets):
        found[unit, sorted(names)] = True
    return found


def shown(of: Counts) -> sparse.csr_array:
    """The links of a map by the measure and the backbone that are set unless asked otherwise."""
    return strongest(association_strength(of.together, of.totals, of.n_units, min_count=3), of.together, 6)


def counts_of(units: sparse.csr_array) -> Counts:
    return recount(held_of(units, np.arange(units.shape[0])))


def again(
    units: sparse.csr_array, document: np.ndarray, clusters: np.ndarray, *, samples: int, rng: np.random.Generator
) -> tuple[dict[int, float], float]:
    """Stability of clusters over documents drawn anew."""
    return stability((shown(of) for of in resampled(held_of(units, document), samples, rng)), clusters, rng=rng)


def corpus(
    rng: np.random.Generator, *, purity: float, documents: int = 100, units: int = 10, names: int = 120, groups: int = 6
) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
    """Units × names held, the document of each unit and the planted group of each name.

    Args:
        purity: 0: no unit cares for a group; 1: each holds names of its own group only.
    """
    document, group = np.repeat(np.arange(documents), units), np.arange(names) % groups
    own = rng.integers(groups, size=len(document))[:, None] == group
    often = 0.05 * np.exp(rng.normal(0, 0.7, names))
    odds = rng.lognormal(0, 0.7, len(document))[:, None] * often * np.where(own, 1 + purity * (groups - 1), 1 - purity)
    return sparse.csr_array(rng.random(odds.shape) < odds / (1 + odds)), document, group


def false_alarms(spread: float, *, units: int = 600, names: int = 60, maps: int = 100, exactly: bool = False) -> list[str]:
    """Shares of pairs with p ≤ .05 by both margins and by Fisher's, the same of those expected to meet five times or more;
    and of maps that show any link with q ≤ .05: q over the links shown, over all pairs, over all pairs by Fisher's."""
    rng = np.random.default_rng(int(spread * 100))
    possible = names * (names - 1) // 2
    found: list[list[float]] = []
    for _ in range(maps):
        held = drawn(rng, units=units, names=names, spread=spread)
        if exactly:
            held = swapped(held, rng)
        together, first, second = pairs_of(held)
        totals, sizes = held.sum(axis=0), held.sum(axis=1)
        p, fisher = link_p(together, first, second, totals, sizes), fisher_p(held, together, first, second)
        often = totals[first] * totals[second] * (sizes * (sizes - 1)).sum() / sizes.sum() ** 2 >= 5
        on_map = shown(counts_of(sparse.csr_array(held))).toarray()[first, second] > 0
        alarms = [(one <= LEVEL).sum() / possible for one in (p, fisher)]
        alarms += [(one[often] <= LEVEL).mean() if often.any() else np.nan for one in (p, fisher)]
        of_maps = (benjamini_hochberg(p[on_map]), link_q(p, names)[on_map], link_q(fisher, names)[on_map])
        found.append([*alarms, *(float((q <= LEVEL).any()) for q in of_maps)])
    return [f"{value:.3f}" for value in np.nanmean(found, axis=0)]


def power(spread: float, lift: float, *, units: int = 600, names: int = 60, maps: int = 40) -> str:
    """Share of planted links with q ≤ .05 over all pairs: ten pairs of which one takes on the other in so many of its units."""
    rng = np.random.default_rng(int(100 * lift))
    hits = []
    for _ in range(maps):
        held = drawn(rng, units=units, names=names, spread=spread)
        held[:, 1:20:2] |= held[:, 0:20:2] & (rng.random((units, 10)) < lift)
        together, first, second = pairs_of(held)
        q = link_q(link_p(together, first, second, held.sum(axis=0), held.sum(axis=1)), names)
        planted = (second == first + 1) & (first % 2 == 0) & (first < 20)
        hits.append((q[planted] <= LEVEL).sum() / 10)
    return f"{np.mean(hits):.2f}"


def stabilities(purity: float, *, units: int, maps: int = 5) -> list[str]:
    """Adjusted Rand index with the planted groups; least, mean and largest stability of a cluster, and that of the whole."""
    rng = np.random.default_rng(int(100 * purity))
    found = []
    for seed in range(maps):
        held, document, group = corpus(rng, purity=purity, units=units)
        clusters = louvain(shown(counts_of(held)), seed=seed)
        alike, whole = again(held, document, clusters, samples=20, rng=rng)
        values = list(alike.values())
        found.append([adjusted_rand_score(group, clusters), min(values), np.mean(values), max(values), whole])
    low, high = np.min(found, axis=0), np.max(found, axis=0)
    truth, _, mean, _, whole = np.mean(found, axis=0)
    return [f"{value:.2f}" for value in (truth, low[1], mean, high[3], whole)]


def main() -> None:
    print(
        "spread of sizes | p ≤ .05 | Fisher's | expected 5 times: p ≤ .05 | Fisher's | maps with q ≤ .05, shown | all | Fisher's"
    )
    for spread in (0.0, 0.5, 1.0, 1.5):
        print(spread, *false_alarms(spread), sep=" | ")
    print("1.0, 5,000 units", *false_alarms(1.0, units=5000, maps=40), sep=" | ")
    print("1.5, both margins kept to the last", *false_alarms(1.5, maps=20, exactly=True), sep=" | ")
    print("\nplanted links found, by the share of units in which one takes on the other, spread 0 and 1.5")
    for lift in (0.1, 0.2, 0.4, 0.8):
        print(lift, power(0.0, lift), power(1.5, lift), sep=" | ")
    print("\npurity | units a document | planted groups found (ARI) | least stability | mean | largest | whole")
    for purity in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        for units in (10, 50):
            print(purity, units, *stabilities(purity, units=units), sep=" | ")


if __name__ == "__main__":
    main()

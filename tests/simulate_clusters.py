"""How often links are said to be beyond chance, and clusters to come out again, where nothing is, and where something is planted.

.venv/bin/python tests/simulate_clusters.py            # about two minutes; prints the tables of docs/quality.md
"""

import sys
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.stats import hypergeom

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pipeline.cooccur.measures import association_strength, strongest
from pipeline.cooccur.significance import link_p
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


def false_alarms(spread: float, *, units: int = 600, names: int = 60, maps: int = 40, exactly: bool = False) -> list[str]:
    """Shares of pairs with p ≤ .05, by the null of both margins and by Fisher's; and of maps with any link of q ≤ .05."""
    rng = np.random.default_rng(int(spread * 100))
    alarms: dict[str, list[float]] = {"ours": [], "fisher": [], "any shown": [], "any of all": [], "fisher any": []}
    for _ in range(maps):
        held = drawn(rng, units=units, names=names, spread=spread)
        if exactly:
            held = swapped(held, rng)
        together, first, second = pairs_of(held)
        p = link_p(together, first, second, held.sum(axis=0), held.sum(axis=1))
        fisher = fisher_p(held, together, first, second)
        possible = names * (names - 1) // 2
        alarms["ours"].append((p <= LEVEL).sum() / possible)
        alarms["fisher"].append((fisher <= LEVEL).sum() / possible)
        counts = sparse.csr_array((together, (first, second)), shape=(names, names))
        counts = (counts + counts.T).tocsr()
        shown = strongest(association_strength(counts, held.sum(axis=0), units, min_count=3), counts, 6).toarray() > 0
        drawn_ones = shown[first, second]
        alarms["any shown"].append((benjamini_hochberg(p[drawn_ones]) <= LEVEL).any())
        rest = np.ones(possible - len(p))
        alarms["any of all"].append((benjamini_hochberg(np.concatenate([p, rest]))[: len(p)][drawn_ones] <= LEVEL).any())
        alarms["fisher any"].append((benjamini_hochberg(np.concatenate([fisher, rest]))[: len(p)][drawn_ones] <= LEVEL).any())
    return [f"{np.mean(values):.3f}" for values in alarms.values()]


def main() -> None:
    print("spread of sizes | pairs p ≤ .05 | Fisher's | maps with any q ≤ .05, shown | of all pairs | Fisher's")
    for spread in (0.0, 0.5, 1.0, 1.5):
        print(spread, *false_alarms(spread), sep=" | ")
    print("both margins exactly kept, 1.5", *false_alarms(1.5, maps=20, exactly=True), sep=" | ")


if __name__ == "__main__":
    main()

"""How often planted topics and their number are found, and a number claimed where there are none: `python tests/simulate_topics.py`."""

import sys
from pathlib import Path

import numpy as np
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from threadpoolctl import threadpool_limits

from pipeline.config import TopicsSettings
from pipeline.topics import MODELS
from pipeline.topics.align import matched
from pipeline.topics.refits import Task, refit
from pipeline.topics.search import choose, tried

SETTINGS = TopicsSettings()


def planted(
    k: int, *, documents: int = 120, units: int = 10, words: int = 40, terms: int = 1500, seed: int = 0
) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
    """Counts of units drawn from k topics, the document of each unit, and the topics, (k, terms); k = 0: one list of words for all.

    Documents have one to three topics, units mostly one of theirs; word frequencies fall as Zipf has them.
    """
    rng = np.random.default_rng(seed)
    base = 1 / np.arange(1, terms + 1)
    topics = np.array([base[rng.permutation(terms)] * rng.gamma(0.3, size=terms) for _ in range(max(k, 1))])
    topics /= topics.sum(axis=1, keepdims=True)
    rows, columns, document = [], [], []
    for number in range(documents):
        own = rng.choice(max(k, 1), size=min(max(k, 1), int(rng.integers(1, 4))), replace=False)
        for _ in range(units):
            shares = np.full(max(k, 1), 0.02)
            shares[rng.choice(own)] += 1
            drawn = rng.choice(max(k, 1), size=words, p=shares / shares.sum())
            for topic in np.unique(drawn):
                columns += rng.choice(terms, size=int((drawn == topic).sum()), p=topics[topic]).tolist()
            rows += [len(document)] * words
            document.append(number)
    counts = sparse.coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(document), terms)).tocsr()
    counts.sum_duplicates()
    return counts, np.array(document), topics


def recovered(k: int, seed: int = 0) -> list[float]:
    """Cosine of each planted topic with the one found for it."""
    counts, _, topics = planted(k, seed=seed)
    found = MODELS["plsa"].topic_terms(MODELS["plsa"].fit(counts, k, seed=seed, settings=SETTINGS))
    return [alike for *_, alike in matched(topics, found)]


def searched(k: int, grid: range, seed: int = 0) -> tuple[int, str, list[str]]:
    """The number found, why there is no clear one, and what was found for each of the grid."""
    counts, document, _ = planted(k, seed=seed)
    task = Task(MODELS["plsa"], counts, document, None, SETTINGS, 0, seed, 0)
    fits = [[refit(Task(**{**vars(task), "k": of, "seed": seed + at, "sample": at})) for at in (1, 2, 3)] for of in grid]
    found = [tried(of) for of in fits]
    shown = [f"{one.k}: {one.npmi:.3f} ± {one.error:.3f}, stability {one.stability:.2f}" for one in found]
    return *choose(found), shown


def main() -> None:
    with threadpool_limits(1):
        print("planted | cosine of the worst topic, five corpora")
        for k in (4, 8, 16):
            print(k, *(f"{min(recovered(k, seed)):.3f}" for seed in range(5)), sep=" | ")
        print("planted | found, five corpora")
        for k in (0, 4, 8, 12):
            low = max(2, k - 4)
            told = [searched(k, range(low, low + 9), seed) for seed in range(5)]
            print(k, *(f"none ({reason[28:60]}…)" if reason else f"{of}" for of, reason, _ in told), sep=" | ", flush=True)
            print("   ", "; ".join(told[0][2]))


if __name__ == "__main__":
    main()

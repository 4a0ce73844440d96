"""How often intervals of the lift of a code in a topic hold the true one, and claim one that is not there: `python tests/simulate_lifts.py`."""

import sys
from pathlib import Path

import numpy as np
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pipeline.topics.matrix import Corpus
from pipeline.topics.reading import topic_codes

TOPICS = np.array([0.5, 0.5, 1.0])


def drawn(documents: int, rate: float, uneven: float, effect: float, rng: np.random.Generator) -> tuple[np.ndarray, Corpus]:
    """Shares of three topics in units, and units tagged with one code; both differ from document to document.

    Documents have some 15 units, the spread of whose logarithm is `uneven`; the odds of the code grow with `effect` times the
    share of the first topic.
    """
    units = 1 + rng.poisson(rng.lognormal(np.log(15), uneven, documents))
    document = np.repeat(np.arange(documents), units)
    mass = rng.gamma(6 * rng.dirichlet(TOPICS, documents)[document] + 1e-3) + 1e-12
    shares = mass / mass.sum(axis=1, keepdims=True)
    odds = np.log(rate / (1 - rate)) + rng.normal(0, 0.8, documents)[document] + effect * (shares[:, 0] - 0.25)
    tagged = (rng.random(len(document)) < 1 / (1 + np.exp(-odds))).astype(float)
    counts, tags = sparse.csr_array(np.ones((len(document), 1))), sparse.csr_array(tagged[:, None])
    names = [f"{at}" for at in range(documents)]
    return shares, Corpus(counts, ["x"], names, document, 1, [], ["c"], tags, np.zeros((len(document), 2), np.int64))


def held(documents: int, rate: float, uneven: float, effect: float, *, corpora: int, seed: int = 0) -> tuple[float, float, int]:
    """Share of intervals with the true lift in them, share without 1, and how many there were."""
    rng = np.random.default_rng(seed)
    shares, large = drawn(40_000, rate, 0.0, effect, rng)
    tagged = large.tags.toarray()[:, 0]
    true = shares.T @ tagged / shares.sum(axis=0) / tagged.mean() if effect else np.ones(3)
    rows = [row for _ in range(corpora) for row in topic_codes(*drawn(documents, rate, uneven, effect, rng), [0, 1, 2], rng)]
    ranges = [(true[row.topic], row.low, row.high) for row in rows if row.low is not None and row.high is not None]
    inside = [low <= value <= high for value, low, high in ranges]
    return float(np.mean(inside)), float(np.mean([not low <= 1 <= high for _, low, high in ranges])), len(ranges)


def main() -> None:
    print("documents | rate | uneven | held, no effect | claimed | held, an effect | claimed for its topic and the others")
    for documents in (12, 30, 100, 300):
        for rate, uneven in ((0.03, 0.5), (0.1, 0.5), (0.1, 1.3)):
            none, some = (held(documents, rate, uneven, effect, corpora=300, seed=documents) for effect in (0.0, 2.0))
            print(documents, rate, uneven, *(f"{value:.3f}" for value in (*none[:2], *some[:2])), none[2], sep=" | ", flush=True)


if __name__ == "__main__":
    main()

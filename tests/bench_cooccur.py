"""How long counting pairs takes on 1M sentences × 5,000 words: `python tests/bench_cooccur.py [SENTENCES]`.

Words are drawn by Zipf's law, 20 a sentence, all independent: the hardest case, since almost any two words of the vocabulary meet. Beside it
a Counter over the pairs of each sentence counts 200,000 of the sentences; it gets slower the more it has met. Each is a process of its own, so that the memory is its own,
and counts ten sentences first, so that loading libraries is not measured.
"""

import resource
import subprocess
import sys
import time
from collections import Counter
from itertools import combinations

import numpy as np

from pipeline.cooccur.pairs import pair_counts

WORDS, LENGTH, BY_COUNTER = 5000, 20, 200_000
MB = 1024 * (1024 if sys.platform == "darwin" else 1)


def sentences(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Sentence and word of each place, drawn in pieces so that the drawing needs no memory to speak of."""
    rng = np.random.default_rng(0)
    edges = np.cumsum(1 / np.arange(1, WORDS + 1)) / np.sum(1 / np.arange(1, WORDS + 1))
    shuffled = rng.permutation(WORDS).astype(np.int16)
    word = np.empty(count * LENGTH, np.int16)
    for start in range(0, len(word), 1_000_000):
        stop = min(start + 1_000_000, len(word))
        word[start:stop] = shuffled[np.searchsorted(edges, rng.random(stop - start))]
    return np.repeat(np.arange(count, dtype=np.int32), LENGTH), word


def by_arrays(count: int) -> tuple[int, float]:
    """Pairs met, each time they are met, and the seconds it takes."""
    unit, word = sentences(count)
    pair_counts(unit[: 10 * LENGTH], word[: 10 * LENGTH] % 100, 10, 100)
    start = time.perf_counter()
    counts = pair_counts(unit, word, count, WORDS)
    seconds = time.perf_counter() - start
    return int(counts.together.data.sum(dtype=np.int64)) // 2, seconds


def by_counter(count: int) -> tuple[int, float]:
    """The same by the everyday script."""
    texts = [[f"词{word}" for word in text] for text in sentences(count)[1].reshape(-1, LENGTH).tolist()]
    start = time.perf_counter()
    found: Counter[tuple[str, str]] = Counter()
    for text in texts:
        found.update(combinations(sorted(set(text)), 2))
    seconds = time.perf_counter() - start
    return sum(found.values()), seconds


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        pairs, seconds = {"arrays": by_arrays, "counter": by_counter}[sys.argv[2]](count)
        print(pairs, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB)
        return
    rates = {}
    for way, size in (("arrays", count), ("counter", min(count, BY_COUNTER))):
        command = [sys.executable, __file__, str(size), way]
        pairs, seconds, memory = map(float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
        rates[way] = pairs / seconds
        print(f"{way}: {size:,} sentences, {pairs:,.0f} pairs, {seconds:.2f} s, {rates[way]:,.0f} pairs/s, peak {memory:,.0f} MB")
    print(f"{rates['arrays'] / rates['counter']:.0f} times the pairs a second")


if __name__ == "__main__":
    main()

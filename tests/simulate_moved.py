"""How often `moved` calls new documents different: where they are not, and where they are. Prints the table of docs/quality.md.

Run: python tests/simulate_moved.py   (about two minutes)

Documents have very different lengths (lognormal, median 55 sentences) and rates of their own (beta, mean .1), as plans and notices do; 24 series.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.stats import benjamini_hochberg
from pipeline.trends.newcomers import exchanged

REPLICATES = 100
SERIES = 24
Figures = tuple[int, int, float, float, float, float, float]


def draw(rng: "np.random.Generator", new: int, old: int, times: float) -> tuple["np.ndarray", "np.ndarray"]:
    """Counts and sizes, (n_documents, n_series); in the new documents the first series has `times` the rate."""
    size = new + old
    below = np.tile(rng.lognormal(4, 1, (size, 1)).round() + 1, (1, SERIES))
    rate = rng.beta(1, 9, (size, SERIES))
    rate[:new, 0] = np.minimum(1, rate[:new, 0] * times)
    return rng.binomial(below.astype(int), rate).astype(float), below


def figures() -> Iterator[Figures]:
    """New, old, times, share of p below .05 in series without a difference, runs with a false line, share of true ones told, and of true ones that lead."""
    for new, old in ((5, 30), (10, 100), (40, 400)):
        for times in (1.0, 2.0, 3.0):
            rng = np.random.default_rng([new, old, int(times)])
            below_5, false, true, leads = [], [], [], []
            for _ in range(REPLICATES):
                above, below = draw(rng, new, old, times)
                z, p = exchanged(above, below, list(range(new)), list(range(new, new + old)), samples=1000, rng=rng)
                q = benjamini_hochberg(p)
                below_5.append((p[1:] < 0.05).mean())
                false.append(bool((q[1:] < 0.05).any()))
                true.append(bool(q[0] < 0.05))
                leads.append(min(range(SERIES), key=lambda at: (p[at], -abs(z[at]))) == 0)
            yield new, old, times, float(np.mean(below_5)), float(np.mean(false)), float(np.mean(true)), float(np.mean(leads))


if __name__ == "__main__":
    print(
        "| new | old | rate in the new ones | p < .05 without a difference | runs with a false line | the true one is told | and leads |"
    )
    print("|---|---|---|---|---|---|---|")
    for new, old, times, below_5, false, true, leads in figures():
        told = f"{true:.2f} | {leads:.2f}" if times > 1 else " | "
        print(f"| {new} | {old} | × {times:.0f} | {below_5:.3f} | {false:.3f} | {told} |")

"""How often bursts and changes of links are claimed that are not there, and how often they are found, on made-up counts.

.venv/bin/python tests/simulate_maps.py            # half a minute; prints the tables of docs/quality.md
"""

import sys
from pathlib import Path
from time import perf_counter

import numpy as np
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pipeline.cooccur.bursts import bursts, design_effects
from pipeline.cooccur.held import Held, recount
from pipeline.cooccur.measures import association_strength, strongest
from pipeline.cooccur.turnover import turnover
from pipeline.records import Burst, LinkChange


def held_of(units: sparse.csr_array, document: np.ndarray) -> Held:
    """What the units of one period hold, of names 000, 001 …"""
    names = [f"{number:03d}" for number in range(units.shape[1])]
    return Held("term", names, units, document, np.zeros(units.shape[0], np.int16), {})


def items_of(
    rng: np.random.Generator,
    *,
    items: int = 300,
    periods: int = 20,
    documents: int = 50,
    sentences: int = 1,
    alike: float = 0,
    lift: float = 1,
    length: int = 3,
) -> tuple[list[Held], np.ndarray]:
    """Units × items of each period, and the period in which each item's burst begins.

    Args:
        documents: of a period, in the mean; sentences: units of a document.
        alike: of the beta distribution of a document's rates: the lower, the more documents differ; 0: they do not.
        lift: rate within the burst over that outside, for `length` periods.
    """
    base, start = rng.uniform(0.01, 0.1, items), rng.integers(1, periods - length, items)
    found = []
    for period in range(periods):
        inside = (start <= period) & (period < start + length)
        rate = base * np.where(inside, lift, 1)
        n = rng.poisson(documents) + 1
        own = rng.beta(rate * alike, (1 - rate) * alike, (n, items)) if alike else np.broadcast_to(rate, (n, items))
        document = np.repeat(np.arange(n), sentences)
        found.append(held_of(sparse.csr_array(rng.random((len(document), items)) < own[document]), document))
    return found, start


def burst_table(rng: np.random.Generator, periods: int, *, adjusted: bool = True, **options: float) -> list[str]:
    """Share of items with any burst when nothing happens; then of planted ones found, at 2, 3 and 5 times the rate."""
    found = []
    for lift in (1, 2, 3, 5):
        held, start = items_of(rng, periods=periods, lift=lift, **options)  # type: ignore[arg-type]
        spread = design_effects(held) if adjusted else 1.0
        units = np.array([of.units.shape[0] for of in held])
        counts = np.stack([of.units.sum(axis=0) for of in held], axis=1)
        names = [str(number) for number in range(len(counts))]
        of_item: dict[str, list[Burst]] = {}
        for row in bursts("term", names, counts, units, [f"{number:03d}" for number in range(periods)], spread=spread):
            of_item.setdefault(row.item, []).append(row)
        if lift == 1:
            found.append(f"{len(of_item) / len(counts):.3f}")
            continue
        near = [any(abs(int(row.start) - start[int(item)]) <= 1 for row in rows) for item, rows in of_item.items()]
        found.append(f"{sum(near) / len(counts):.2f}")
    return found


def corpus(
    rng: np.random.Generator,
    *,
    periods: int = 4,
    documents: int = 60,
    sentences: int = 20,
    names: int = 60,
    alike: float = 0.7,
    lift: float = 1,
    planted: int = 10,
) -> dict[str, Held]:
    """Units × names of each period; documents differ in what they are about, and from the middle on some pairs meet more often.

    Args:
        alike: spread of the logarithm of a document's odds of each name; 0: documents do not differ.
        lift: chance of meeting of the `planted` pairs (0, 1), (2, 3) … in the later half over that in the earlier half.
    """
    often = rng.uniform(0.03, 0.12, names)
    found = {}
    for period in range(periods):
        n = rng.poisson(documents) + 1
        document = np.repeat(np.arange(n), rng.poisson(sentences, n) + 1)
        odds = often * np.exp(rng.normal(0, alike, (n, names)) - alike**2 / 2)
        held = rng.random((len(document), names)) < np.minimum(odds, 0.8)[document]
        together = 0.25 * (lift if period >= periods // 2 else 1)
        for a in range(0, 2 * planted, 2):  # the second goes with the first in so many of its units, and keeps its own number
            goes = held[:, a] & (rng.random(len(document)) < together)
            rest = np.clip((held[:, a + 1].sum() - goes.sum()) / max((~goes).sum(), 1), 0, 1)
            held[:, a + 1] = goes | (rng.random(len(document)) < rest)
        found[str(2000 + period)] = held_of(sparse.csr_array(held), document)
    return found


def links_of(of: Held) -> sparse.csr_array:
    """The backbone of one period, as the stage draws it by default."""
    counts = recount(of)
    return strongest(association_strength(counts.together, counts.totals, counts.n_units, min_count=3), counts.together, 6)


def changes(held: dict[str, Held], *, seed: int = 0, samples: int = 200) -> list[LinkChange]:
    names = next(iter(held.values())).names
    shown = {period: links_of(of) for period, of in held.items()}
    return turnover("term", names, list(held), held, shown, seed=seed, samples=samples)


def is_planted(row: LinkChange, periods: int, planted: int = 10) -> bool:
    a, b = int(row.a), int(row.b)
    return b == a + 1 and a % 2 == 0 and a < 2 * planted and int(row.after) == 2000 + periods // 2


def turnover_table(rng: np.random.Generator, corpora: int, **options: float) -> list[str]:
    """Corpora with any false discovery, p ≤ .05 and intervals without 0 among links of no change, and planted changes found."""
    any_false, small, found, shares = [], [], [], []
    lift = options.get("lift", 1)
    for seed in range(corpora):
        rows = changes(corpus(rng, **options), seed=seed)  # type: ignore[arg-type]
        tested = [row for row in rows if row.q is not None]
        real = [row for row in tested if lift != 1 and is_planted(row, int(options.get("periods", 4)))]
        false = [row for row in tested if row not in real]
        any_false.append(any(row.q <= 0.05 for row in false if row.q is not None))
        small += [row.low > 0 or row.high < 0 for row in false if row.low is not None and row.high is not None]
        hits = [row.q is not None and row.q <= 0.05 for row in real]
        found.append(sum(hits) / 10)
        wrong = sum(row.q is not None and row.q <= 0.05 for row in false)
        shares.append(wrong / max(wrong + sum(hits), 1))
    values = (np.mean(any_false), np.mean(small), np.mean(shares), np.mean(found))
    return [f"{value:.3f}" for value in values]


def main() -> None:
    rng = np.random.default_rng(7)
    print(
        "bursts | periods | items with a burst where nothing happens | planted ones found (start within a period): 2, 3, 5 times"
    )
    apart = {"documents": 50, "sentences": 20, "alike": 3}
    kinds: dict[str, dict[str, float]] = {
        "50 documents": {"documents": 50},
        "300 documents": {"documents": 300},
        "sentences of 50 alike documents": {"documents": 50, "sentences": 20},
        "sentences of 50 documents that differ": apart,
        "the same of 300": apart | {"documents": 300},
        "the same of 50, unadjusted": apart | {"adjusted": False},
    }
    for name, options in kinds.items():
        for periods in (10, 20, 40) if options.get("documents", 50) < 300 else (10, 20):
            print(name, periods, *burst_table(rng, periods, **options), sep=" | ", flush=True)  # type: ignore[arg-type]
    print("\nlinks | corpora with a false discovery | intervals without 0 | share of discoveries that are false | planted found")
    for name, options in {
        "nothing changes": {},
        "nothing changes, alike documents": {"alike": 0},
        "nothing changes, 15 documents": {"documents": 15},
        "nothing changes, 300 documents": {"documents": 300},
        "ten double": {"lift": 2},
        "ten double, 300 documents": {"documents": 300, "lift": 2},
        "ten double, 1,000 documents": {"documents": 1000, "lift": 2},
        "ten treble, 300 documents": {"documents": 300, "lift": 3},
    }.items():
        print(name, *turnover_table(rng, 60 if options.get("documents", 60) < 300 else 20, **options), sep=" | ", flush=True)
    held = corpus(rng, periods=20, documents=300, names=120)
    began = perf_counter()
    rows = changes(held)
    print(f"\n120 names, 20 periods of 6,000 units, 200 samples: {len(rows)} links, {perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()

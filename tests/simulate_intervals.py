"""How often the 95 % intervals of trends hold the true rate, on made-up clustered documents. Run it with

    .venv/bin/python tests/simulate_intervals.py            2,000 replicates, some two minutes
    .venv/bin/python tests/simulate_intervals.py 400

Documents are drawn from issuers whose sizes follow Zipf's law (60 issuers, shares as 1 / rank), so that most have one to three
documents in a cell. Lengths are lognormal from 5 to 800 sentences; the rate of a document is beta distributed around that of its
issuer, with a coefficient of variation `spread`; the rates of issuers differ by `between` on the logit scale. A cell counts as one replicate
when it has an interval. The truth is that of the issuers at hand (fixed) or of all issuers there could be (drawn).
"""

import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline.stats import ratio_intervals, resampled_ratios
from pipeline.trends.intervals import paragraph_interval

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = 100  # replicates drawn together, which share the sizes of issuers


@dataclass(frozen=True)
class World:
    """Where documents come from."""

    unit: str  # per_1000_sentences, mean_per_1000_sentences or share_of_documents
    rate: float  # of the typical issuer, as a share
    spread: float  # standard deviation of document rates within an issuer over their mean
    between: float  # standard deviation of the logits of issuers' rates
    lengths: float = 1.0  # standard deviation of the logarithm of lengths
    zipf: float = 1.0


def draw(world: World, documents: int, drawn: bool, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """What is divided and by what, (documents, COLUMNS) each, the issuer of each document, and the true rate."""
    share = 1 / np.arange(1, 61) ** world.zipf
    strata = np.repeat(np.arange(60), rng.multinomial(documents, share / share.sum()))
    issuers = _from_logit(_logit(world.rate) + world.between * rng.standard_normal((60, COLUMNS if drawn else 1)))
    mean = np.broadcast_to(issuers[strata], (documents, COLUMNS))
    all_issuers = _from_logit(_logit(world.rate) + world.between * np.random.default_rng(0).standard_normal(200_000))
    truth = float(all_issuers.mean() if drawn else issuers[strata].mean())
    if world.unit == "share_of_documents":
        return (rng.random(mean.shape) < mean).astype(float), np.ones(mean.shape), strata, truth
    sentences = np.clip(np.round(rng.lognormal(np.log(45), world.lengths, mean.shape)), 5, 800)
    alike = np.minimum(world.spread**2 * mean / (1 - mean), 0.6)  # correlation of two sentences of a document
    coded = rng.binomial(sentences.astype(int), rng.beta(mean * (1 / alike - 1), (1 - mean) * (1 / alike - 1)))
    if world.unit == "mean_per_1000_sentences":
        return coded / sentences, np.ones(mean.shape), strata, truth
    return coded.astype(float), sentences, strata, truth


def coverage(world: World, documents: int, *, replicates: int, drawn: bool = False, seed: int = 0) -> tuple[float, float]:
    """Share of intervals that hold the true rate, and share of cells that have one."""
    rng = np.random.default_rng(seed)
    held = has = 0
    for _ in range(replicates // COLUMNS):
        above, below, strata, truth = draw(world, documents, drawn, rng)
        ratios = resampled_ratios(above, below, strata, samples=1000, rng=rng)
        low, high = ratio_intervals(above, below, strata, ratios, limits=1)
        held += int(((low <= truth) & (truth <= high)).sum())
        has += int((~np.isnan(low)).sum())
    return held / max(has, 1), has / (replicates // COLUMNS * COLUMNS)


def paragraph_coverage(
    paragraphs: int, rate: float, persistence: float, *, replicates: int, seed: int = 0
) -> tuple[float, float, float]:
    """The same for one document whose paragraphs, of 1 to 8 sentences, speak of something now more, now less.

    Args:
        persistence: correlation of the logarithm of the rates of neighbouring paragraphs, whose standard deviation is 1.
    Returns: share of intervals that hold the true rate, share of documents with one, correlation of neighbouring paragraphs' shares.
    """
    rng = np.random.default_rng(seed)
    held = has = 0
    truth = 1000 * float(_chance(rate, np.random.default_rng(0).standard_normal(1_000_000)).mean())
    alike = []
    for _ in range(replicates // COLUMNS):
        x = rng.standard_normal((paragraphs, COLUMNS))
        for at in range(1, paragraphs):
            x[at] = persistence * x[at - 1] + np.sqrt(1 - persistence**2) * x[at]
        sentences = rng.integers(1, 9, paragraphs)
        coded = rng.binomial(sentences[:, None], _chance(rate, x))
        low, high = paragraph_interval(sentences, coded, samples=1000, rng=rng)
        held += int(((low <= truth) & (truth <= high)).sum())
        has += int((~np.isnan(low)).sum())
        away = coded / sentences[:, None] - rate
        alike.append((away[1:] * away[:-1]).mean() / (away**2).mean())
    return held / max(has, 1), has / (replicates // COLUMNS * COLUMNS), float(np.mean(alike))


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _from_logit(value: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-value))


def _chance(rate: float, x: np.ndarray) -> np.ndarray:
    return np.minimum(rate * np.exp(x - 0.5), 1)


def worlds() -> "Iterator[World]":
    """The settings of the table in docs/quality.md."""
    for rate, spread in product((0.002, 0.02, 0.2), (0.5, 1, 1.5)):
        yield World("per_1000_sentences", rate, spread, 0.5)
    for zipf, lengths in ((0.5, 1.0), (1.5, 1.0), (1.0, 1.3)):
        yield World("per_1000_sentences", 0.02, 1, 0.5, lengths, zipf)
    for rate, spread in product((0.002, 0.02, 0.2), (0.5, 1.5)):
        yield World("mean_per_1000_sentences", rate, spread, 0.5)
    for rate, between in product((0.05, 0.2, 0.5, 0.95), (0.5, 1)):
        yield World("share_of_documents", rate, 0, between)


def main(replicates: int) -> None:
    """Print the tables."""
    for drawn in (False, True):
        print(f"\nissuers {'drawn' if drawn else 'fixed'}: per cent of intervals that hold the truth (of cells that have one)")
        for world in worlds():
            cells = [coverage(world, documents, replicates=replicates, drawn=drawn) for documents in (10, 15, 30, 100)]
            shown = " | ".join(f"{100 * held:5.1f} ({100 * has:3.0f})" for held, has in cells)
            print(
                f"{world.unit:24} rate {world.rate:<6} spread {world.spread:<4} between {world.between:<4} "
                f"lengths {world.lengths} zipf {world.zipf} | {shown}"
            )
    print("\none document; correlation is that of neighbouring paragraphs as counted")
    for rate, persistence in product((0.02, 0.2), (0, 0.3, 0.6, 0.8)):
        for paragraphs in (30, 100, 300):
            held, has, alike = paragraph_coverage(paragraphs, rate, persistence, replicates=replicates)
            print(
                f"rate {rate:<5} persistence {persistence:<4} correlation {alike:5.2f} "
                f"paragraphs {paragraphs:<4} | {100 * held:5.1f} ({100 * has:3.0f})"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)

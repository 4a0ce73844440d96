"""How often couplings, leads and decompositions claim what is not there, and how often they find what is, on made-up counts.

.venv/bin/python tests/simulate_coupling.py            # about two minutes; prints the tables of docs/quality.md
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pipeline.config import Settings, read_settings
from pipeline.trends.coupling import chances, count_pairs
from pipeline.trends.decompose import decompose
from pipeline.trends.leads import lead_lag
from pipeline.trends.series import Paragraphs, Series

PERIODS = ("2019", "2020")


def paragraphs(
    rng: np.random.Generator, *, documents: int = 40, size: int = 30, run: float = 0, coupled: float = 0
) -> Paragraphs:
    """Two codes on sentences of paragraphs of 1 to some 12 sentences, each document with rates of its own.

    Args:
        run: share of paragraphs that are as much about a code as the one before.
        coupled: share of the paragraphs with the first code that get the second one too.
    """
    document = np.repeat(np.arange(documents), size)
    sentences = rng.geometric(0.35, len(document))
    rate = rng.beta(1.2, 6, (documents, 2))[document]
    about = rng.gamma(0.8, 1 / 0.8, (len(document), 2))
    for row in range(1, len(document)):  # each code goes on for a while, apart from the other
        goes_on = (rng.random(2) < run) & (document[row] == document[row - 1])
        about[row] = np.where(goes_on, about[row - 1], about[row])
    coded = rng.binomial(sentences[:, None], np.minimum(rate * about, 1))
    coded[:, 1] += (coded[:, 0] > 0) & (coded[:, 1] == 0) & (rng.random(len(document)) < coupled)
    return Paragraphs(document, sentences, coded.astype(np.int32), ["a", "b"])


def p_of(found: Paragraphs) -> float:
    """p of the only pair."""
    counts = count_pairs(found, int(found.document.max()) + 1, [(0, 1)])
    return float(chances(counts)[0])


def z_of(found: Paragraphs, *, documents: bool) -> float:
    """What the only pair is off by, in standard deviations of shuffles that do not mind lengths, nor documents if so asked."""
    ones = np.ones_like(found.sentences)
    found = replace(found, sentences=ones, document=found.document if documents else 0 * ones)
    counts = count_pairs(found, int(found.document.max()) + 1, [(0, 1)])
    return float((counts.found - counts.mean).sum() / np.sqrt(counts.variance.sum()))


def autoregressive(rng: np.random.Generator, periods: int, series: int, phi: float) -> np.ndarray:
    """Series that go back to their mean by 1 - phi a period, (periods, series)."""
    shocks = rng.normal(size=(periods + 50, series))
    values = np.zeros_like(shocks)
    for period in range(1, len(values)):
        values[period] = phi * values[period - 1] + shocks[period]
    return values[50:]


def led(rng: np.random.Generator, periods: int, phi: float, lag: int | None, *, series: int = 10) -> tuple[np.ndarray, ...]:
    """`lead_lag` of series of which the second follows the first by `lag` periods at r = .8, or not at all."""
    x = autoregressive(rng, periods + 5, series, phi)
    y = autoregressive(rng, periods + 5, series, phi)
    if lag is not None:
        y = 0.8 * np.roll(x, lag, axis=0) + 0.6 * y
    return lead_lag(x[5:], y[5:], max_lag=3, samples=500, rng=rng)


def texts(rng: np.random.Generator, rates: np.ndarray, numbers: np.ndarray, *, spread: float = 20) -> tuple[Series, Series]:
    """Documents of issuers and kinds in two periods with one code, and the same with exactly the rates they were drawn of.

    Args:
        rates: of the code, (2, n_issuers, n_kinds); numbers: of documents, same shape.
        spread: the lower, the more documents of one cell differ.
    """
    cells = [at for at in np.ndindex(numbers.shape) for _ in range(numbers[at])]
    sentences = rng.integers(40, 160, len(cells)).astype(float)
    own = np.array([rates[at] for at in cells])
    coded = rng.binomial(sentences.astype(int), rng.beta(own * spread, (1 - own) * spread))
    who = [(PERIODS[period], f"白沙第{issuer}局", f"kind{kind}") for period, issuer, kind in cells]
    return series_of(who, sentences, coded[:, None]), series_of(who, sentences, (own * sentences)[:, None])


def series_of(
    who: list[tuple[str, str, str]], sentences: np.ndarray, coded: np.ndarray, names: tuple[str, ...] = ("a",)
) -> Series:
    """A Series of documents given by period, issuer and kind, counted in sentences per 1,000."""
    none = np.zeros(0, int)
    return Series(
        names=list(names),
        units=["per_1000_sentences"] * len(names),
        above=1000 * coded,
        below=np.tile(sentences[:, None], len(names)),
        sentences=sentences,
        documents=[{"kind": kind} for _, _, kind in who],
        periods=[period for period, _, _ in who],
        strata=[issuer for _, issuer, _ in who],
        groups=[["all"] for _ in who],
        paragraphs=Paragraphs(none, none, np.zeros((0, len(names)), np.int32), list(names)),
        left_out=0,
    )


def within_held(rng: np.random.Generator, documents: float, change: bool, settings: Settings) -> tuple[bool, bool]:
    """Whether the interval of `within` of twelve issuers holds the true one, and whether it holds 0.

    Args:
        documents: of a cell of issuer, kind and period, in the mean; every issuer has at least one in each period.
        change: whether rates change; the mix always does.
    """
    numbers = rng.poisson(documents * rng.uniform(0.3, 1.7, (2, 12, 2)))
    numbers[:, :, 0] = np.maximum(numbers[:, :, 0], 1)
    factor = rng.uniform(0.8, 2, (2, 12, 2)) if change else 1
    rates = np.clip(rng.beta(2, 10, (1, 12, 2)) * factor, 0.02, 0.8) * np.ones((2, 1, 1))
    drawn, exact = texts(rng, rates, numbers)
    (row,), (true,) = decompose(drawn, settings=settings), decompose(exact, settings=settings)
    assert row.low is not None and row.high is not None
    return row.low <= true.within <= row.high, row.low <= 0 <= row.high


def main() -> None:
    rng = np.random.default_rng(8)
    print("p < .05 for two codes | naive | within documents | and lengths")
    for name, options in {
        "independent": {},
        "in runs": {"run": 0.7},
        "coupled .05": {"coupled": 0.05},
        "coupled .1": {"coupled": 0.1},
    }.items():
        for documents in (10, 40, 200):
            p = []
            for _ in range(400 if documents < 200 else 200):
                found = paragraphs(rng, documents=documents, **options)
                naive = [abs(z_of(found, documents=documents_too)) > 1.96 for documents_too in (False, True)]
                p.append([*naive, p_of(found) < 0.05])
            print(name, documents, *np.mean(p, axis=0).round(3))
    print("leads: band without 0 at any lag, independent | at lag 2 where it is 2 | best lag is 2")
    for phi in (0.0, 0.5, 0.8):
        for periods in (10, 20, 40):
            false, right, best = [], [], []
            for _ in range(100):
                _, _, low, high = led(rng, periods, phi, None)
                false += ((low > 0) | (high < 0)).any(axis=0).tolist()
                _, r, low, _ = led(rng, periods, phi, 2)
                right += (low[5] > 0).tolist()
                best += (np.abs(r).argmax(axis=0) == 5).tolist()
            print(phi, periods, *(round(float(np.mean(values)), 3) for values in (false, right, best)))
    print("decomposition: interval of `within` holds the true one | holds 0 where only the mix changes")
    settings = read_settings(None)
    for documents in (0.5, 1.5, 5, 15):
        changed = [within_held(rng, documents, True, settings)[0] for _ in range(400)]
        unchanged = [within_held(rng, documents, False, settings)[1] for _ in range(400)]
        print(documents, round(float(np.mean(changed)), 3), round(float(np.mean(unchanged)), 3))


if __name__ == "__main__":
    main()

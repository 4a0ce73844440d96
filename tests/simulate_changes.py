"""How often tests of change are wrong and how often they find what is there, on simulated series: the table of docs/quality.md.

Run `PYTHONPATH=. python tests/simulate_changes.py [series] [TABLE...]` with tables of trend, level, sampled, since, noise;
1,000 series (the default) take some five minutes, and `noise` makes half as many replicates.
"""

import sys

import numpy as np

from pipeline.records import Change
from pipeline.trends.change import changes
from pipeline.trends.series import Curve
from pipeline.trends.since import since

UNIT = "per_1000_sentences"
SEED = 0


def curve(values: np.ndarray, *, samples: np.ndarray | None = None, series: str = "a", group: str = "all") -> Curve:
    """A curve of years from 2000; without samples it is one of too few documents."""
    n = len(values)
    samples = np.full((50, n), np.nan) if samples is None else samples
    return Curve(series, group, UNIT, [str(2000 + at) for at in range(n)], np.asarray(values, float), samples, np.full(n, 10))


def similar_noise(count: int, n: int, autocorrelation: float, rng: np.random.Generator) -> np.ndarray:
    """Stationary AR(1) series of variance 1, (count, n)."""
    series = rng.standard_normal((count, n))
    for at in range(1, n):
        series[:, at] = autocorrelation * series[:, at - 1] + np.sqrt(1 - autocorrelation**2) * series[:, at]
    return series


def found(rows: list[Change], kind: str) -> list[Change]:
    return [row for row in rows if row.kind == kind]


def share_below(rows: list[Change], level: float = 0.05) -> float:
    return float(np.mean([row.p is not None and row.p < level for row in rows]))


def trend_table(count: int, rng: np.random.Generator) -> None:
    print("\ntrend: n, autocorrelation, false alarms at .05 and .01, found when it rises by 2 and by 3 SD over the whole span")
    for n in (8, 12, 20, 40):
        for autocorrelation in (0, 0.2, 0.4, 0.6):
            shares = []
            for rise in (0, 2, 3):
                values = similar_noise(count, n, autocorrelation, rng) + rise * np.linspace(0, 1, n)
                rows = found(changes([curve(row) for row in values], seed=SEED), "trend")
                shares += [share_below(rows), share_below(rows, 0.01)] if rise == 0 else [share_below(rows)]
            print(n, autocorrelation, *(f"{share:.3f}" for share in shares))


def level_table(count: int, rng: np.random.Generator, shares: tuple[float, ...] = (0,)) -> None:
    print("\nlevel: n, share of the variance from sampling, autocorrelation of the rest, series with a false alarm,")
    print("then of 1, 2, 3 SD: any found / within one period / its interval holds the effect")
    for n in (12, 20, 40):
        for share in shares:
            for autocorrelation in (0, 0.2, 0.4, 0.6):
                print(
                    n,
                    share,
                    autocorrelation,
                    *(_level_line(count, n, autocorrelation, share, step, rng) for step in (0, 1, 2, 3)),
                )


def _level_line(count: int, n: int, autocorrelation: float, share: float, step: float, rng: np.random.Generator) -> str:
    at = rng.integers(n // 4, n - n // 4 + 1, count)
    values = np.sqrt(1 - share) * similar_noise(count, n, autocorrelation, rng)
    values += np.sqrt(share) * rng.standard_normal((count, n)) + step * (np.arange(n) >= at[:, None])
    samples = [row + np.sqrt(share) * rng.standard_normal((50, n)) if share else None for row in values]
    curves = [
        curve(row, samples=drawn, series=str(number)) for number, (row, drawn) in enumerate(zip(values, samples, strict=True))
    ]
    rows = [row for row in found(changes(curves, seed=SEED), "level") if row.period]
    some = {row.series for row in rows}
    near = {row.series: row for row in rows if abs(int(str(row.period)) - 2000 - at[int(row.series)]) <= 1}
    if step == 0:
        return f"{len(some) / count:.3f}"
    held = np.mean([float(row.low or 0) <= step <= float(row.high or 0) for row in near.values()])
    return f"{len(some) / count:.2f}/{len(near) / count:.2f}/{held:.2f}"


def since_table(count: int, rng: np.random.Generator) -> None:
    print(
        "\nsince, a trend of 2 SD goes on: before + after, autocorrelation, false alarms level and slope, jump of 2, 3 SD found, slope .5 SD"
    )
    document = [{"doc_number": "松政发〔2021〕7号", "title": "", "date": "2021"}]
    for before, after in ((4, 4), (5, 5), (6, 6), (10, 5), (10, 10), (20, 20)):
        for autocorrelation in (0, 0.4, 0.6):
            n, shares = before + after, []
            time = np.arange(n) - before
            for jump, bend in ((0, 0), (2, 0), (3, 0), (0, 0.5)):
                values = similar_noise(count, n, autocorrelation, rng) + 2 * np.linspace(0, 1, n)
                values += (time >= 0) * (jump + bend * time)
                curves = [curve(row) for row in values]
                rows = since(curves, document, ["松政发〔2021〕7号"], periods=[str(2000 + before)], seed=SEED)
                kinds = ("since", "slope_since") if jump == bend == 0 else ("slope_since",) if bend else ("since",)
                shares += [share_below(found(rows, kind)) for kind in kinds]
            print(f"{before}+{after}", autocorrelation, *(f"{share:.3f}" for share in shares))


def noise_of_documents(rng: np.random.Generator, *, years: int = 15, documents: int = 900, groups: int = 20) -> list[Curve]:
    """Six codes in "all" and 19 groups of the same documents; how often a document has a code follows no year and no group.

    Documents are long and short, a code is common in one and absent from the next, and some codes are rare.
    """
    year, group = rng.integers(0, years, documents), rng.integers(1, groups, documents)
    sentences = rng.integers(10, 200, documents)
    rates = np.array([0.002, 0.005, 0.01, 0.02, 0.05, 0.1]) * rng.gamma(0.7, 1 / 0.7, (documents, 6))
    counts = rng.poisson(sentences[:, None] * rates)
    curves = []
    for number in range(groups):
        values, samples = np.full((6, years), np.nan), np.full((6, 50, years), np.nan)
        for at in range(years):
            members = np.flatnonzero((year == at) & ((group == number) | (number == 0)))
            if len(members):
                values[:, at] = 1000 * counts[members].sum(axis=0) / sentences[members].sum()
            if len(members) >= 5:
                weights = rng.multinomial(len(members), np.full(len(members), 1 / len(members)), size=50)
                samples[:, :, at] = (1000 * weights @ counts[members] / (weights @ sentences[members])[:, None]).T
        curves += [curve(values[k], samples=samples[k], series=f"code{k}", group=f"group{number}") for k in range(6)]
    return curves


def noise_table(count: int, rng: np.random.Generator) -> None:
    print(
        "\nnoise of documents, 6 codes × 20 groups: documents, share of replicates with any q < .05 = mean false discovery proportion"
    )
    print("(trend, level), share of single tests below .05 and .01 (trend, level), share tested")
    for documents in (300, 900, 3000):
        replicates = [changes(noise_of_documents(rng, documents=documents), seed=SEED) for _ in range(count // 2)]
        for kind in ("trend", "level"):
            any_found = np.mean([any(row.q is not None and row.q < 0.05 for row in found(rows, kind)) for rows in replicates])
            p = np.array([row.p for rows in replicates for row in found(rows, kind) if row.p is not None])
            tested = len(p) / sum(len(found(rows, kind)) for rows in replicates)
            print(documents, kind, f"{any_found:.3f} {(p < 0.05).mean():.4f} {(p < 0.01).mean():.4f} {tested:.2f}")


def main(count: int, tables: list[str]) -> None:
    rng = np.random.default_rng(1)
    if "trend" in tables:
        trend_table(count, rng)
    if "level" in tables:
        level_table(count, rng)
    if "sampled" in tables:
        level_table(count, rng, (0.2, 0.5, 1))
    if "since" in tables:
        since_table(count, rng)
    if "noise" in tables:
        noise_table(count, rng)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, sys.argv[2:] or ["trend", "level", "sampled", "since", "noise"])

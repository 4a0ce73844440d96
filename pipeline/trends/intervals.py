"""The rate of every series in one cell (a period and a group), with its interval."""

from dataclasses import replace
from math import inf, isnan
from typing import TYPE_CHECKING

from pipeline.config import Settings
from pipeline.records import TrendPoint
from pipeline.stats import rate, ratio_intervals, resampled_ratios, seeded
from pipeline.trends.series import OF_SENTENCES, PER_1000, Series

if TYPE_CHECKING:
    import numpy as np

Bounds = tuple[float | None, float | None]
NONE: Bounds = (None, None)

FEW = 15  # documents; below that the intervals hold the truth in 92 to 100 % of cases, not in 95 (docs/quality.md)
ROUGH = "few documents: the interval is rough"
OF_PARAGRAPHS = "interval over the paragraphs of one document"
ALIKE = "no document differs from the others of its issuer: no interval"
OF_DOCUMENTS = "share_of_documents"
LIMITS = {PER_1000: 1000, "mean_per_1000_sentences": 1000, "share_of_sentences": 1, OF_DOCUMENTS: 1, "mean_share": 1}
PARAGRAPHS, BLOCKS = 30, 5  # least number of paragraphs for an interval, and of how many blocks it is made


def cell(
    series: Series, members: list[int], period: str, group: str, settings: Settings
) -> tuple[list[TrendPoint], "np.ndarray | None"]:
    """One row a column of the series, and the rates under the bootstrap, (samples, n_columns); none with too few documents.

    Args:
        members: indices of the documents of the cell, in order.
    """
    above, below = series.above[members], series.below[members]
    values = rate(above.sum(axis=0), below.sum(axis=0)).tolist()
    counted = (below > 0).sum(axis=0).tolist()
    ratios, bounds = None, [NONE] * len(values)
    if max(counted, default=0) >= settings.trends.min_documents:
        ratios, bounds = _bounds(series, members, period, group, settings)
    n_segments = int(series.sentences[members].sum())
    rows = []
    for name, unit, value, n_documents, found in zip(series.names, series.units, values, counted, bounds, strict=True):
        (low, high), reason = _said(value, unit, n_documents, n_segments, found, settings.trends.min_documents)
        shown = None if isnan(value) else _rounded(value)
        rows.append(TrendPoint(period, name, group, shown, low, high, n_documents, n_segments, unit, False, reason))
    return rows, ratios


def gap(series: Series, period: str, group: str) -> list[TrendPoint]:
    """The rows of a period without documents."""
    named = zip(series.names, series.units, strict=True)
    return [TrendPoint(period, name, group, None, None, None, 0, 0, unit, False, "no documents") for name, unit in named]


def paragraph_interval(
    sentences: "np.ndarray", coded: "np.ndarray", *, samples: int, rng: "np.random.Generator"
) -> tuple["np.ndarray", "np.ndarray"]:
    """Intervals of rates per 1,000 sentences within one document, for a group that has but one document a period.

    The paragraphs are joined, in order, to five blocks of about as many sentences, and the blocks drawn like documents: neighbouring
    paragraphs are about the same thing, and within a block that does no harm. What it tells is how evenly the document
    speaks of something, not what another document of the same issuer would have said.

    Args:
        sentences: that count in each paragraph, in order, (n_paragraphs,).
        coded: of them, (n_paragraphs, n_columns).
    Returns: low and high, (n_columns,); NaN with fewer than 30 paragraphs that have sentences, and where nothing is coded.
    Source: Ibragimov & Müller 2010, t-statistic based correlation and heterogeneity robust inference, J. Business & Economic
    Statistics 28 (few large blocks).
    """
    import numpy as np

    if (sentences > 0).sum() < PARAGRAPHS:
        nothing = np.full(coded.shape[1], np.nan)
        return nothing, nothing
    middle = np.cumsum(sentences) - sentences / 2
    # the last is for paragraphs without sentences at the end of the text
    block = np.minimum(BLOCKS * middle // sentences.sum(), BLOCKS - 1).astype(int)
    above, below = np.zeros((BLOCKS, coded.shape[1])), np.zeros((BLOCKS, coded.shape[1]))
    np.add.at(above, block, 1000 * coded)
    np.add.at(below, block, sentences[:, None])
    one = np.zeros(BLOCKS, int)
    ratios = resampled_ratios(above, below, one, samples=samples, rng=rng)
    return ratio_intervals(above, below, one, ratios, limits=LIMITS[PER_1000])


def of_paragraphs(rows: list[TrendPoint], series: Series, document: int, settings: Settings) -> list[TrendPoint]:
    """The rows of a cell of one document with intervals over its paragraphs, where these tell one: rates of sentences with codes or words."""
    import numpy as np

    here = series.paragraphs.document == document
    own = series.paragraphs.sentences[here], series.paragraphs.coded[here]
    rng = seeded(settings.seed, "paragraphs", series.documents[document]["doc_id"])
    low, high = paragraph_interval(*own, samples=settings.trends.bootstraps, rng=rng)
    bounds = dict(zip(series.paragraphs.names, zip(low.tolist(), high.tolist(), strict=True), strict=True))
    scale = {PER_1000: 1.0, "share_of_sentences": 0.001}
    told = []
    for row in rows:
        a, b = (scale.get(row.unit, np.nan) * bound for bound in bounds.get(row.series, (np.nan, np.nan)))
        told.append(row if isnan(a) else replace(row, low=_rounded(a), high=_rounded(b), reason=OF_PARAGRAPHS))
    return told


def _bounds(series: Series, members: list[int], period: str, group: str, settings: Settings) -> tuple["np.ndarray", list[Bounds]]:
    """Samples, low and high of each column. A cell's random numbers follow from its own name, so that cells can come in any order."""
    import numpy as np

    _, strata = np.unique([series.strata[number] for number in members], return_inverse=True)
    above, below = series.above[members], series.below[members]
    limits = np.array([LIMITS.get(unit, np.inf) for unit in series.units], float)
    rng = seeded(settings.seed, period, group)
    ratios = resampled_ratios(above, below, strata, samples=settings.trends.bootstraps, rng=rng)
    low, high = ratio_intervals(above, below, strata, ratios, limits=limits)
    return ratios, [NONE if isnan(a) else (_rounded(a), _rounded(b)) for a, b in zip(low.tolist(), high.tolist(), strict=True)]


def _said(value: float, unit: str, n_documents: int, n_segments: int, found: Bounds, least: int) -> tuple[Bounds, str]:
    """The interval of a rate if it has one, and why it has none or what to keep in mind; "" when there is nothing to say."""
    if not n_documents:
        return NONE, "nothing to count in"
    if n_documents < least:
        return NONE, f"{n_documents} document{'s' if n_documents > 1 else ''}: no interval"
    if found != NONE:
        return found, ROUGH if n_documents < FEW else ""
    # every sample would say the same again, which is not the same as being sure of it
    if 0 < value < LIMITS.get(unit, inf):
        return NONE, ALIKE
    which = "all of" if value else "none in"
    if unit != OF_DOCUMENTS:
        what = f"{n_segments} sentences" if unit in OF_SENTENCES else f"{n_documents} documents"
        return NONE, f"{which} {what}: no interval"
    likely = _rounded(0.025 ** (1 / n_documents))  # were this the chance of each document, all would be so in one case of forty
    return (likely, 1.0) if value else (0.0, _rounded(1 - likely)), f"{which} {n_documents} documents: binomial interval"


def _rounded(value: float) -> float:
    return round(value, 6)

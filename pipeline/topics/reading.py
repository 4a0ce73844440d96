"""What helps to read topics: typical and borderline units, codes that go with them, topics that are near."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.records import TopicCode, TopicLink, TopicParagraph
from pipeline.stats import LEAST_FREEDOM, benjamini_hochberg
from pipeline.topics.align import cosines
from pipeline.topics.matrix import Corpus

if TYPE_CHECKING:
    import numpy as np

TYPICAL, BORDERLINE = 5, 3  # units a topic
BETWEEN = 0.3  # share that both topics of a borderline unit take at least
SAMPLES = 400
ENOUGH = 5  # documents that hold a code
SIGMA = 0.158655  # of a normal distribution lies more than one standard deviation below the mean


def paragraphs(shares: "np.ndarray", fit: "np.ndarray", corpus: Corpus, numbers: Sequence[int]) -> list[TopicParagraph]:
    """Units that a topic takes most of and rebuilds best, and units two topics share alike, each of another document.

    Args:
        shares: of topics in units, (n_units, k). fit: of units, from `model.fits`; units of few terms fit by chance and come last.
    """
    import numpy as np

    sizes = corpus.sizes
    weight = np.minimum(1, sizes / max(float(np.median(sizes)), 1))
    order = np.argsort(-shares, axis=1, kind="stable")
    rows = []
    for topic, number in enumerate(numbers):
        typical = shares[:, topic] * fit * weight
        rows += list(_chosen(topic, number, typical, shares, None, corpus, TYPICAL))
        if shares.shape[1] > 1:
            second = order[:, 1]
            other = np.where(order[:, 0] == topic, second, order[:, 0])
            beside = np.take_along_axis(shares, other[:, None], axis=1)[:, 0]
            between = (order[:, 0] == topic) & (beside >= BETWEEN)
            score = np.where(between, (1 - (shares[:, topic] - beside)) * fit * weight, 0)
            rows += list(_chosen(topic, number, score, shares, [numbers[at] for at in other.tolist()], corpus, BORDERLINE))
    return rows


def _chosen(
    topic: int, number: int, score: "np.ndarray", shares: "np.ndarray", other: list[int] | None, corpus: Corpus, most: int
) -> Iterator[TopicParagraph]:
    import numpy as np

    used: set[int] = set()
    for unit in np.argsort(-score.round(9), kind="stable").tolist():
        if score[unit] <= 0 or len(used) == most:
            return
        document = int(corpus.document[unit])
        if document in used:
            continue
        used.add(document)
        start, end = corpus.spans[unit].tolist()
        kind = "typical" if other is None else "borderline"
        share = round(float(shares[unit, topic]), 6)
        yield TopicParagraph(
            number, kind, len(used), corpus.documents[document], start, end, share, None if other is None else other[unit]
        )


def topic_codes(shares: "np.ndarray", corpus: Corpus, numbers: Sequence[int], rng: "np.random.Generator") -> list[TopicCode]:
    """How much more of a topic lies in units with a code than of all units do, for every topic and code that any unit has.

    With s_u the share of the topic in unit u and y_u whether it is tagged: rate Σ s y / Σ s, rate_all Σ y / n. The interval is
    that of ln(rate / rate_all): t times its spread over documents drawn with replacement. t has one degree of freedom less than
    the effective number of documents, (Σ b)² / Σ b² of their sums b of s or of y, whichever is less: with n - 1 of lopsided
    documents one interval in ten misses (docs/quality.md).

    Args:
        shares: of topics in units, (n_units, k).
    """
    import numpy as np
    from scipy.special import stdtr, stdtrit

    both, of_topic, of_code, units = _by_document(shares, corpus)
    rate, rate_all = (value[0] for value in _rates(np.ones((1, len(units))), both, of_topic, of_code, units))
    error = _spread(both, of_topic, of_code, units, rng)
    freedom = np.maximum(np.minimum(_effective(of_topic)[:, None], _effective(of_code)) - 1, LEAST_FREEDOM)
    holding = (of_code > 0).sum(axis=0)
    told = (holding >= ENOUGH) & np.isfinite(error)
    lift = rate / np.where(rate_all > 0, rate_all, 1)
    factor = np.exp(stdtrit(freedom, 0.975) * np.where(told, error, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stdtr(freedom, -np.abs(np.log(lift)) / np.maximum(error, 1e-9))
    q = benjamini_hochberg(np.where(told, p, np.nan).ravel()).reshape(lift.shape)
    found = np.stack([rate, np.broadcast_to(rate_all, rate.shape), lift], axis=2).round(6).tolist()
    tested = np.stack([lift / factor, lift * factor, q], axis=2).round(6).tolist()
    rows = []
    for topic, number in enumerate(numbers):
        for at in np.flatnonzero(holding).tolist():
            code, sure = corpus.codes[at], bool(told[topic, at])
            of, of_all, over = found[topic][at]
            low, high, chance = tested[topic][at] if sure else (None, None, None)
            rows.append(TopicCode(number, code, of, of_all, over, low, high, chance, _reason(code, int(holding[at]), sure)))
    return rows


def _by_document(shares: "np.ndarray", corpus: Corpus) -> tuple["np.ndarray", "np.ndarray", "np.ndarray", "np.ndarray"]:
    """Sums over the units of each document that has any: of topics by codes (n, k, codes), topics, codes, and units (n,)."""
    import numpy as np

    tagged = corpus.tags.astype(bool).astype(float)
    group = corpus.by_document()
    present = np.flatnonzero(np.diff(group.indptr))
    group = group[present]
    columns = [(group @ tagged.multiply(of[:, None]).tocsr()).toarray() for of in shares.T]
    both = np.stack(columns, axis=1) if columns else np.zeros((len(present), 0, len(corpus.codes)))
    return both, group @ shares, (group @ tagged).toarray(), np.diff(group.indptr).astype(float)


def _rates(
    weights: "np.ndarray", both: "np.ndarray", of_topic: "np.ndarray", of_code: "np.ndarray", units: "np.ndarray"
) -> tuple["np.ndarray", "np.ndarray"]:
    """Of weighted documents: share of a topic in units with a code (n_weights, k, codes), and of all units; 0 where there is none."""
    import numpy as np

    joint = np.tensordot(weights, both, 1)
    topic, size = weights @ of_topic, weights @ units
    rate = joint / np.where(topic > 0, topic, 1)[:, :, None]
    return rate, (weights @ of_code) / np.where(size > 0, size, 1)[:, None]


def _spread(
    both: "np.ndarray", of_topic: "np.ndarray", of_code: "np.ndarray", units: "np.ndarray", rng: "np.random.Generator"
) -> "np.ndarray":
    """Standard error of the logarithm of each lift, (k, codes): half of what the middle 68 % of the samples span.

    Samples that miss a topic or a code nearly, whose logarithms are far off, would be most of a standard deviation; where more
    than 16 % miss it altogether, the error is infinite.
    """
    import numpy as np

    size = len(units)
    if not size:
        return np.full(both.shape[1:], np.inf)
    times = rng.multinomial(size, np.full(size, 1 / size), SAMPLES).astype(float)
    rate, alone = _rates(times, both, of_topic, of_code, units)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(rate > 0, np.log(rate / alone[:, None, :]), -np.inf)
        low, high = np.sort(logs, axis=0)[[round(SAMPLES * SIGMA), SAMPLES - 1 - round(SAMPLES * SIGMA)]]
        # n drawn of n vary by (n - 1) / n of what they should
        return np.where(np.isfinite(low), (high - low) / 2 * np.sqrt(size / max(size - 1, 1)), np.inf)


def _effective(sums: "np.ndarray") -> "np.ndarray":
    """How many documents of equal sums would weigh as much as these, (n_columns,)."""
    import numpy as np

    squares = (sums**2).sum(axis=0)
    return sums.sum(axis=0) ** 2 / np.where(squares > 0, squares, 1)


def _reason(code: str, holding: int, told: bool) -> str:
    if holding < ENOUGH:
        return f"fewer than {ENOUGH} documents hold {code}: no interval"
    return "" if told else f"{code} and the topic meet in too few documents: no interval"


def topic_links(topic_terms: "np.ndarray", weights: "np.ndarray", numbers: Sequence[int]) -> list[TopicLink]:
    """How near each two topics are: by terms, and by the documents they share.

    Args:
        weights: shares of topics in documents, (n_documents, k).
    """
    import numpy as np

    alike = cosines(topic_terms, topic_terms)
    filled = weights[weights.sum(axis=1) > 0]
    together = np.full(alike.shape, np.nan)
    if len(filled) > 2:
        with np.errstate(divide="ignore", invalid="ignore"):
            together = np.atleast_2d(np.corrcoef(filled, rowvar=False))
    rows = []
    for a in range(len(numbers)):
        for b in range(a + 1, len(numbers)):
            meet = float(together[a, b])
            first, second = sorted((numbers[a], numbers[b]))
            rows.append(TopicLink(first, second, round(float(alike[a, b]), 6), None if meet != meet else round(meet, 6)))
    return sorted(rows, key=lambda row: (row.a, row.b))

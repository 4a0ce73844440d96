"""What helps to read topics: typical and borderline units, codes that go with them, topics that are near."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.records import TopicCode, TopicLink, TopicParagraph
from pipeline.stats import benjamini_hochberg
from pipeline.topics.align import cosines
from pipeline.topics.matrix import Corpus

if TYPE_CHECKING:
    import numpy as np

TYPICAL, BORDERLINE = 5, 3  # units a topic
BETWEEN = 0.3  # share that both topics of a borderline unit take at least
SAMPLES = 400
ENOUGH = 5  # documents that hold a code


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
    """How much more of a topic lies in units with a code than of all units do, for every topic and code.

    With s_u the share of the topic in unit u and y_u whether it is tagged: rate Σ s y / Σ s, rate_all Σ y / n. The interval is
    that of ln(rate / rate_all): t times its spread over documents drawn with replacement, t with one degree of freedom less
    than documents that hold the code.
    """
    import numpy as np
    from scipy.special import stdtr, stdtrit

    if not corpus.codes or not len(numbers):
        return []
    tagged = corpus.tags.astype(bool).astype(float)
    k, codes, size = shares.shape[1], len(corpus.codes), len(corpus.documents)
    group = corpus.by_document()
    of_both = np.hstack([(group @ tagged.multiply(shares[:, [topic]]).tocsr()).toarray() for topic in range(k)])
    of_topic, of_code = group @ shares, (group @ tagged).toarray()
    units = np.bincount(corpus.document, minlength=size).astype(float)
    present = np.flatnonzero(units)
    times = rng.multinomial(len(present), np.full(len(present), 1 / len(present)), SAMPLES).astype(float)

    def rates(weights: "np.ndarray") -> tuple["np.ndarray", "np.ndarray"]:
        with np.errstate(divide="ignore", invalid="ignore"):
            joint = (weights @ of_both[present]).reshape(-1, k, codes) / (weights @ of_topic[present])[:, :, None]
            return joint, ((weights @ of_code[present]) / (weights @ units[present])[:, None])[:, None, :]

    rate, whole = (value[0] for value in rates(np.ones((1, len(present)))))
    with np.errstate(divide="ignore", invalid="ignore"):
        joint, alone = rates(times)
        logs = np.log(joint / alone)
        spread = np.where(
            np.isfinite(logs).mean(axis=0) > 0.9, np.nanstd(np.where(np.isfinite(logs), logs, np.nan), axis=0), np.nan
        )
        lift = rate / whole
    holding = (of_code > 0).sum(axis=0)
    rows, chances = [], []
    for topic, number in enumerate(numbers):
        for at, code in enumerate(corpus.codes):
            value, error, freedom = float(lift[topic, at]), float(spread[topic, at]), max(int(holding[at]) - 1, 1)
            reason = f"fewer than {ENOUGH} documents hold {code}: no interval" if holding[at] < ENOUGH else ""
            low = high = None
            chance = float("nan")
            if not reason and value > 0 and error == error:
                half = float(stdtrit(freedom, 0.975)) * error
                low, high = round(value * np.exp(-half), 6), round(value * np.exp(half), 6)
                chance = float(2 * stdtr(freedom, -abs(np.log(value)) / max(error, 1e-9)))
            found = round(float(rate[topic, at]), 6), round(float(whole[0, at]), 6), round(value, 6)
            rows.append((number, code, *found, low, high, reason))
            chances.append(chance)
    q = benjamini_hochberg(np.array(chances)).round(6).tolist()
    return [TopicCode(*row[:7], None if value != value else value, row[7]) for row, value in zip(rows, q, strict=True)]


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

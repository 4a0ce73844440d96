"""Topics over time: words that rise and fall inside one, and what becomes of the topics of each period's own model."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.records import TopicFlow, TopicWord
from pipeline.stats import benjamini_hochberg
from pipeline.topics.align import cosines
from pipeline.topics.matrix import Corpus

if TYPE_CHECKING:
    import numpy as np

    Models = Mapping[str, np.ndarray]  # period → topic_terms, (k, n_terms)

LOOKED_AT = 60  # leading terms of a topic
TOLD = 10  # that rise, and that fall
SAMPLES = 300
ENOUGH = 5  # documents a side
HANDED_ON = 0.4  # cosine from which a topic goes on in another
LEAST_SHARE = 0.01


def topic_words(
    topic_terms: "np.ndarray",
    shares: "np.ndarray",
    corpus: Corpus,
    period: Sequence[str | None],
    numbers: Sequence[int],
    rng: "np.random.Generator",
) -> list[TopicWord]:
    """Leading terms whose share of a topic's words has changed from the earlier half of the documents to the later one.

    A word of a unit belongs to a topic as far as the unit does. With a_w of a words before and b_w of b after: ln((b_w + ½) / (b + ½))
    - ln((a_w + ½) / (a + ½)), its interval ± 1.96 times its spread over documents drawn with replacement on both sides.

    Args:
        period: of each document of the corpus; undated ones are left out. Halves end where periods end.
    """
    import numpy as np
    from scipy.special import ndtr

    sides = _halves(period)
    if sides is None:
        return []
    side = np.array([-1 if label is None else int(label >= sides[2]) for label in period])
    group = corpus.by_document()
    found: list[tuple[TopicWord, float]] = []
    chances: list[float] = []
    for topic, number in enumerate(numbers):
        terms = np.argsort(-topic_terms[topic], kind="stable")[:LOOKED_AT]
        weighed = corpus.counts[:, terms].multiply(shares[:, [topic]]).tocsr()
        of_terms, of_all = (group @ weighed).toarray(), group @ (corpus.sizes * shares[:, topic])
        logs, rates = [], []
        for at in (0, 1):
            mine = np.flatnonzero((side == at) & (of_all > 0))
            if len(mine) < ENOUGH:
                break
            times = np.vstack([np.ones(len(mine)), rng.multinomial(len(mine), np.full(len(mine), 1 / len(mine)), SAMPLES)])
            held, whole = times @ of_terms[mine], (times @ of_all[mine])[:, None]
            logs.append(np.log((held + 0.5) / (whole + 0.5)))
            rates.append(held[0] / whole[0])
        if len(logs) < 2:
            continue
        change = logs[1] - logs[0]
        error = np.maximum(change[1:].std(axis=0, ddof=1), 1e-9)
        for at, term in enumerate(terms.tolist()):
            value, half = float(change[0, at]), 1.96 * float(error[at])
            before, after = float(rates[0][at]), float(rates[1][at])
            row = TopicWord(
                number, corpus.terms[term], sides[0], sides[1], round(before, 6), round(after, 6), round(value, 6),
                round(value - half, 6), round(value + half, 6), 0.0,
            )  # fmt: skip
            found.append((row, value / float(error[at])))
            chances.append(float(2 * ndtr(-abs(value) / float(error[at]))))
    return _told(found, benjamini_hochberg(np.array(chances)).round(6).tolist() if chances else [])


def _halves(period: Sequence[str | None]) -> tuple[str, str, str] | None:
    """The earlier and the later half of the dated documents, and the first period of the later one; none with one period."""
    dated = sorted(label for label in period if label is not None)
    labels = sorted(set(dated))
    if len(labels) < 2:
        return None
    cut = min(labels[1:], key=lambda label: (abs(2 * sum(one < label for one in dated) - len(dated)), label))
    earlier, later = [label for label in labels if label < cut], [label for label in labels if label >= cut]
    return *(of[0] if len(of) == 1 else f"{of[0]}–{of[-1]}" for of in (earlier, later)), cut  # type: ignore[return-value]


def _told(found: list[tuple[TopicWord, float]], q: list[float]) -> list[TopicWord]:
    """The surest risers and fallers of each topic."""
    from dataclasses import replace

    rows: dict[tuple[int, bool], list[tuple[float, TopicWord]]] = {}
    for (row, z), value in zip(found, q, strict=True):
        rows.setdefault((row.topic, z > 0), []).append((-abs(z), replace(row, q=value)))
    told = [row for of in rows.values() for _, row in sorted(of, key=lambda one: (one[0], one[1].term))[:TOLD]]
    return sorted(told, key=lambda row: (row.topic, row.change < 0, row.q, row.term))


def topic_flow(models: "Models") -> list[TopicFlow]:
    """What becomes of the topics of each period: continued, split, merged, born or gone.

    Two topics of neighbouring periods are one handed on if the cosine of their terms is .4 or more and it is the best of one of them.

    Args:
        models: of the periods in order, over the same terms.
    """
    rows = []
    for (before, first), (after, second) in pairwise(models.items()):
        alike = cosines(first, second)
        links = [
            (a, b)
            for a in range(len(first))
            for b in range(len(second))
            if alike[a, b] >= HANDED_ON and (alike[a, b] == alike[a].max() or alike[a, b] == alike[:, b].max())
        ]
        heirs, parents = [a for a, _ in links], [b for _, b in links]
        for a, b in links:
            what = "split" if heirs.count(a) > 1 else "merged" if parents.count(b) > 1 else "continued"
            rows.append(TopicFlow(before, a, after, b, round(float(alike[a, b]), 6), what))
        rows += [TopicFlow(before, a, after, None, None, "gone") for a in range(len(first)) if a not in heirs]
        rows += [TopicFlow(before, None, after, b, None, "born") for b in range(len(second)) if b not in parents]
    return rows

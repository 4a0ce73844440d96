"""The same model fitted again on samples of the documents: whether its topics come out again, and how they do on what was not drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.config import TopicsSettings
from pipeline.stats import seeded
from pipeline.topics.align import matched, overlap
from pipeline.topics.model import Variant
from pipeline.topics.quality import JUDGED, OF_DIVERSITY, coherence, diversity, exclusivity, leading

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

COMPARED = 20  # leading terms of two topics
STABLE = 0.5  # of the overlap: less is said to be unstable
FEW = 10  # documents; of fewer, units are drawn


@dataclass(frozen=True)
class Task:
    """A fit to make: on the documents drawn by `sample`, from start `seed`."""

    variant: Variant
    counts: "csr_array"  # (n_units, n_terms)
    document: "np.ndarray"  # of each unit
    anchors: "csr_array | None"
    settings: TopicsSettings
    k: int
    seed: int
    sample: int


@dataclass(frozen=True)
class Refit:
    """What is kept of a fit."""

    k: int
    seed: int
    sample: int
    top: "np.ndarray"  # leading terms, (k, COMPARED)
    topic_terms: "np.ndarray"
    leader: "np.ndarray"  # the topic that takes most of each unit, drawn or not, (n_units,)
    npmi: "np.ndarray"  # of each topic on documents not drawn, (k,); on all of them when too few were left
    exclusivity: float
    diversity: float


def refit(task: Task) -> Refit:
    """Draw documents with replacement, fit, and judge the topics on the others."""
    from threadpoolctl import threadpool_limits

    counts = task.counts
    rng = seeded(task.seed, "topics", task.sample)
    drawn, rest = _drawn(task.document, rng)
    with threadpool_limits(1):
        anchors = None if task.anchors is None else task.anchors[drawn]
        arrays = task.variant.fit(counts[drawn], task.k, seed=task.seed, settings=task.settings, anchors=anchors)
        topic_terms = task.variant.topic_terms(arrays)
        mass = task.variant.apply(arrays, counts)
    top = leading(topic_terms, max(COMPARED, OF_DIVERSITY))
    judged = counts[rest] if len(rest) >= FEW else counts
    return Refit(
        task.k, task.seed, task.sample, top[:, :COMPARED], topic_terms, mass.argmax(axis=1),
        coherence(judged, top[:, :JUDGED]), float(exclusivity(topic_terms, top[:, :JUDGED]).mean()),
        diversity(top[:, :OF_DIVERSITY]),
    )  # fmt: skip


def steadiness(topic_terms: "np.ndarray", leader: "np.ndarray", refits: Sequence[Refit]) -> tuple["np.ndarray", list[float]]:
    """How alike each topic is to the one of each refit that it is matched with, and how alike units are sorted.

    Args:
        topic_terms: (k, n_terms), over the terms of the refits. leader: topic that takes most of each unit.
    Returns: rank-biased overlap of twenty leading terms, (n_refits, k), and the adjusted Rand index of each refit.
    Source: Greene, O'Callaghan & Cunningham 2014, ECML PKDD (matching terms over samples); Webber et al. 2010; Hubert & Arabie 1985.
    """
    import numpy as np
    from sklearn.metrics import adjusted_rand_score

    top = leading(topic_terms, COMPARED)
    found = np.zeros((len(refits), len(topic_terms)))
    for at, other in enumerate(refits):
        for a, b, _ in matched(topic_terms, other.topic_terms):
            found[at, a] = overlap(top[a].tolist(), other.top[b].tolist())
    return found, [float(adjusted_rand_score(leader, other.leader)) for other in refits]


def _drawn(document: "np.ndarray", rng: "np.random.Generator") -> tuple["np.ndarray", "np.ndarray"]:
    """Units of documents drawn with replacement, and units of those never drawn; of few documents, units are drawn."""
    import numpy as np

    names, number = np.unique(document, return_inverse=True)
    if len(names) < FEW:
        number = np.arange(len(document))
    size = int(number.max()) + 1
    times = np.bincount(rng.integers(size, size=size), minlength=size)[number]
    return np.repeat(np.arange(len(number)), times), np.flatnonzero(times == 0)

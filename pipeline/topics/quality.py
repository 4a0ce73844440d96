"""How good topics are, and what they are called."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.stats import npmi

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

JUDGED = 10  # leading terms that coherence looks at
OF_DIVERSITY = 25
WEIGHT = 0.5  # of exclusivity in FREX, as in stm


def leading(scores: "np.ndarray", count: int) -> "np.ndarray":
    """The columns with the highest scores of each row, best first, of equals the first: (n_rows, count)."""
    import numpy as np

    return np.argsort(-scores, axis=1, kind="stable")[:, :count]


def coherence(counts: "csr_array", top: "np.ndarray") -> "np.ndarray":
    """Mean NPMI of all pairs of each topic's leading terms, where "together" is in the same unit.

    Args:
        counts: of terms in units, (n_units, n_terms).
        top: columns of the leading terms, (k, n_top).
    Returns: (k,), -1 to 1.
    Source: Lau, Newman & Baldwin 2014, EACL (NPMI); Röder, Both & Hinneburg 2015, WSDM (one-set pairs, mean).
    """
    import numpy as np

    # a copy: the counts are still needed
    present = counts[:, np.unique(top)].astype(bool).astype(np.int64).tocsc()
    place = np.searchsorted(np.unique(top), top)
    joint = (present.T @ present).toarray()
    alone = joint.diagonal()
    first, second = np.triu_indices(top.shape[1], 1)
    values = [npmi(joint[row[first], row[second]], alone[row[first]], alone[row[second]], counts.shape[0]) for row in place]
    return np.array([value.mean() for value in values])


def diversity(top: "np.ndarray") -> float:
    """Share of distinct terms among the leading terms of all topics, 0 to 1. Source: Dieng, Ruiz & Blei 2020, TACL 8."""
    import numpy as np

    return len(np.unique(top)) / top.size


def exclusivity(topic_terms: "np.ndarray", top: "np.ndarray") -> "np.ndarray":
    """Mean share that a topic has of its leading terms: p(w|t) over its sum over all topics, (k,), 1/k to 1.

    Source: Bischof & Airoldi 2012, ICML; Roberts et al. 2014, AJPS 58(4).
    """
    import numpy as np

    share = topic_terms / np.maximum(topic_terms.sum(axis=0), 1e-12)
    return np.take_along_axis(share, top, axis=1).mean(axis=1)


def frex(topic_terms: "np.ndarray") -> "np.ndarray":
    """How frequent and how exclusive a term is in a topic: the harmonic mean of its ranks in both, (k, n_terms).

    With F the share of a topic's terms that are as frequent or less, E that of those as exclusive or less, of the terms that the
    topic has: 1 / (.5 / E + .5 / F); 0 for terms it does not have.
    Source: Bischof & Airoldi 2012, ICML; weights as in stm, Roberts et al. 2019.
    """
    import numpy as np
    from scipy.stats import rankdata

    share = topic_terms / np.maximum(topic_terms.sum(axis=0), 1e-12)
    found = np.zeros(topic_terms.shape)
    for topic, (terms, own) in enumerate(zip(topic_terms, share, strict=True)):
        held = np.flatnonzero(terms > 0)
        if len(held):
            frequent, exclusive = (rankdata(values[held].round(12), "max") / len(held) for values in (terms, own))
            found[topic, held] = 1 / (WEIGHT / exclusive + (1 - WEIGHT) / frequent)
    return found


def label(terms: Sequence[str], words: int = 3) -> str:
    """A name for a topic: its most telling terms, none of them part of another, joined by a middle dot."""
    chosen: list[str] = []
    for term in terms:
        if len(chosen) < words and not any(term in other or other in term for other in chosen):
            chosen.append(term)
    return "·".join(chosen)

"""How good topics are, and what they are called."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.stats import npmi

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

LAMBDA = 0.6  # of relevance, the optimum in Sievert & Shirley's user study


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


def relevance(topic_terms: "np.ndarray", prevalence: "np.ndarray") -> "np.ndarray":
    """How telling a term is of a topic: λ ln p(w|t) + (1 - λ) ln (p(w|t) / p(w)), with λ = 0.6 and p(w) as the model has it.

    Args:
        topic_terms: p(w|t), (k, n_terms).
        prevalence: p(t), (k,), adds up to 1.
    Returns: (k, n_terms); -inf for terms that a topic does not have.
    Source: Sievert & Shirley 2014, LDAvis, eq. 1.
    """
    import numpy as np

    overall = prevalence @ topic_terms
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log(topic_terms) - (1 - LAMBDA) * np.log(overall)
    return np.where(topic_terms > 0, value, -np.inf)


def label(terms: Sequence[str], words: int = 3) -> str:
    """A name for a topic: its most relevant terms, none of them part of another, joined by a middle dot."""
    chosen: list[str] = []
    for term in terms:
        if len(chosen) < words and not any(term in other or other in term for other in chosen):
            chosen.append(term)
    return "·".join(chosen)

"""Topics by non-negative matrix factorisation of tf-idf (scikit-learn)."""

from typing import TYPE_CHECKING, Any

from pipeline.config import TopicsSettings
from pipeline.topics.model import Arrays, Variant, rows_to_one, start_of

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

BATCHES_FROM = 4_000  # units; below, coordinate descent on the whole matrix is as fast and fits better
BATCH = 1024
AT_ONCE = 1 << 14  # units given their topics at a time


def fit(counts: "csr_array", k: int, *, seed: int, settings: TopicsSettings, anchors: Any = None) -> Arrays:
    """Factorise tf-idf (1 + ln count, smoothed idf, rows of length 1) into k non-negative topics.

    Args:
        counts: of terms in units, (n_units, n_terms).
    Source: Lee & Seung 1999, Nature 401; Lefèvre, Bach & Févotte 2011 (mini-batches); Boutsidis & Gallopoulos 2008 (start).
    """
    from sklearn.decomposition import NMF, MiniBatchNMF

    idf = inverse_frequency(counts)
    units = tfidf(counts, idf)
    if units.shape[0] < BATCHES_FROM:
        factor = NMF(k, init="nndsvda", tol=1e-3, max_iter=1000, random_state=start_of(seed))
    else:
        factor = MiniBatchNMF(k, init="nndsvda", batch_size=BATCH, max_iter=50, random_state=start_of(seed))
    factor.fit(units)
    return {"idf": idf, "components": factor.components_}


def apply(arrays: Arrays, counts: "csr_array") -> "np.ndarray":
    """The mass of a topic in a unit: the tf-idf that it rebuilds there when all topics together come nearest, (n_units, k)."""
    import numpy as np

    topics = arrays["components"]
    mass = topics.sum(axis=1)
    starts = range(0, counts.shape[0], AT_ONCE)
    parts = [_nearest(tfidf(counts[start : start + AT_ONCE], arrays["idf"]), topics) for start in starts]
    return np.vstack([np.zeros((0, len(topics))), *parts]) * mass


def inverse_frequency(counts: "csr_array") -> "np.ndarray":
    """Smoothed idf of each term: ln((1 + N) / (1 + df)) + 1, (n_terms,)."""
    import numpy as np

    return np.log((1 + counts.shape[0]) / (1 + np.bincount(counts.indices, minlength=counts.shape[1]))) + 1


def tfidf(counts: "csr_array", idf: "np.ndarray") -> "csr_array":
    """(1 + ln count) · idf, rows of length 1."""
    from sklearn.preprocessing import normalize

    weighed = counts.astype(float)
    weighed.data = (1 + _log(weighed.data)) * idf[weighed.indices]
    return normalize(weighed, copy=False)


def _log(values: "np.ndarray") -> "np.ndarray":
    import numpy as np

    return np.log(values)


def _nearest(units: "csr_array", topics: "np.ndarray") -> "np.ndarray":
    from sklearn.decomposition import non_negative_factorization

    if not units.shape[0]:
        import numpy as np

        return np.zeros((0, len(topics)))
    found: np.ndarray = non_negative_factorization(
        units, H=topics, n_components=len(topics), init="custom", update_H=False, tol=1e-4, max_iter=200
    )[0]
    return found


def topic_terms(arrays: Arrays) -> "np.ndarray":
    """Share of a topic's tf-idf that a term has."""
    return rows_to_one(arrays["components"])


NMF = Variant(fit, apply, topic_terms, "scikit-learn")

"""Topics anchored on the codes of the codebook, and free ones beside them."""

import warnings
from typing import TYPE_CHECKING

from pipeline.config import TopicsSettings
from pipeline.topics.model import Arrays, Variant
from pipeline.topics.nmf import BATCH, BATCHES_FROM, apply, inverse_frequency, tfidf, topic_terms

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

LEAST = 10  # units tagged with a code that anchors a topic


def fit(counts: "csr_array", k: int, *, seed: int, settings: TopicsSettings, anchors: "csr_array | None" = None) -> Arrays:
    """Factorise tf-idf and the codes of the units together: [X | λ Y] ≈ W [H | B].

    Y has the codes a unit is tagged with, rows of length 1, and λ is `topics.anchor`. The topic of a code starts as the mean of
    the units tagged with it and B as the code alone, so that it keeps what these units say beside the terms of the codebook;
    the other topics start as in nmf. A unit's topics are found by its words only, tagged or not.

    Args:
        counts: of terms in units, (n_units, n_terms).
        anchors: tags of each code in units, (n_units, n_codes); codes in fewer than ten units anchor none.
    Returns: idf, components, and the code of each topic, -1 for free ones.
    Source: Lee, Yoo & Choi 2010, Semi-supervised nonnegative matrix factorization, IEEE Signal Processing Letters 17(1).
    """
    import numpy as np
    from scipy import sparse
    from sklearn.decomposition import NMF, MiniBatchNMF
    from sklearn.preprocessing import normalize

    idf = inverse_frequency(counts)
    units = tfidf(counts, idf)
    tags = sparse.csr_array((counts.shape[0], 0)) if anchors is None else anchors.astype(bool).astype(float)
    codes = np.flatnonzero(np.asarray(tags.sum(axis=0)) >= LEAST)[:k]
    tags = normalize(tags[:, codes]) if len(codes) else sparse.csr_array((counts.shape[0], 0))
    both = sparse.hstack([units, settings.anchor * tags], format="csr")
    w, h = _start(units, tags, k, settings.anchor, seed)
    if units.shape[0] < BATCHES_FROM:
        factor = NMF(k, init="custom", tol=1e-3, max_iter=300, random_state=seed)
    else:
        factor = MiniBatchNMF(k, init="custom", batch_size=BATCH, max_iter=20, random_state=seed)
    factor.fit_transform(both, W=w, H=h)
    code = np.full(k, -1)
    code[: len(codes)] = codes
    return {"idf": idf, "components": np.ascontiguousarray(factor.components_[:, : counts.shape[1]]), "code": code}


def _start(units: "csr_array", tags: "csr_array", k: int, weight: float, seed: int) -> tuple["np.ndarray", "np.ndarray"]:
    """Where the factorisation starts: topics of codes from the units tagged with them, free ones as nmf does."""
    import numpy as np
    from sklearn.decomposition import MiniBatchNMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.preprocessing import normalize

    n_codes = tags.shape[1]
    small = 1e-3
    w, h = np.full((units.shape[0], k), small), np.full((k, units.shape[1] + n_codes), small)
    if k > n_codes:
        free = MiniBatchNMF(k - n_codes, init="nndsvda", batch_size=BATCH, max_iter=1, random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # it is only a start
            w[:, n_codes:] += free.fit_transform(units)
        h[n_codes:, : units.shape[1]] += free.components_
    if n_codes:
        w[:, :n_codes] += tags.toarray()
        means = (tags.T @ units).toarray()
        h[:n_codes, : units.shape[1]] = normalize(means) + small
        h[:n_codes, units.shape[1] :] += weight * np.eye(n_codes)
    return w, h


SEEDED = Variant(fit, apply, topic_terms, "scikit-learn")

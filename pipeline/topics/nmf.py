"""Topics by non-negative matrix factorisation of tf-idf (scikit-learn)."""

from typing import TYPE_CHECKING

from pipeline.config import TopicsSettings
from pipeline.topics.model import Model

if TYPE_CHECKING:
    from scipy.sparse import csr_array


BATCHES_FROM = 20_000  # units; below, coordinate descent on the whole matrix is as fast and fits better


def nmf(counts: "csr_array", k: int, *, seed: int, settings: TopicsSettings) -> Model:
    """Factorise tf-idf (1 + ln count, smoothed idf, rows of length 1) into k non-negative topics.

    Args:
        counts: of terms in units, (n_units, n_terms).
    Returns: the model; the mass of a topic in a unit is the tf-idf that it rebuilds there.
    Source: Lee & Seung 1999, Nature 401; Lefèvre, Bach & Févotte 2011 (mini-batches); Boutsidis & Gallopoulos 2008 (start).
    """
    import numpy as np
    from sklearn.decomposition import NMF, MiniBatchNMF
    from sklearn.feature_extraction.text import TfidfTransformer

    weighting = TfidfTransformer(sublinear_tf=True)
    tfidf = weighting.fit_transform(counts)
    if tfidf.shape[0] < BATCHES_FROM:
        factor = NMF(k, init="nndsvda", tol=1e-3, max_iter=1000, random_state=seed)
    else:
        factor = MiniBatchNMF(k, init="nndsvda", batch_size=1024, max_iter=50, random_state=seed)
    units = factor.fit_transform(tfidf)
    topics = factor.components_
    mass = topics.sum(axis=1)
    return Model(topics / np.maximum(mass, 1e-12)[:, None], units * mass, {"idf": weighting.idf_, "components": topics})

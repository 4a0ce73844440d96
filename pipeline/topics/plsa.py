"""Topics by smoothed probabilistic latent semantic analysis, started from a factorisation: coherent, apart, and the same again."""

import warnings
from typing import TYPE_CHECKING, Any

from pipeline.config import TopicsSettings
from pipeline.topics.model import Arrays, Variant, rows_to_one, start_of
from pipeline.topics.nmf import tfidf

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

ROUNDS = 60
ALPHA = 1.0  # words given to every topic of a unit beforehand
ETA = 0.01  # of a topic to every term
AT_ONCE = 4096  # units
ENOUGH = 20_000  # units for a start
INFERENCE = 15


def fit(counts: "csr_array", k: int, *, seed: int, settings: TopicsSettings, anchors: Any = None) -> Arrays:
    """Fit p(term | unit) = Σ_t θ_ut φ_tw by expectation-maximisation, θ and φ smoothed by Dirichlet priors.

    With r_uwt ∝ θ_ut φ_tw: θ_ut ∝ Σ_w n_uw r_uwt + α, φ_tw ∝ Σ_u n_uw r_uwt + η; α = 1, η = .01, 60 rounds. The start is a
    factorisation of 1 + ln n, rows of length 1, so that the topics depend on the seed and the sample far less than from
    random ones.

    Args:
        counts: of terms in units, (n_units, n_terms).
    Returns: components, (k, n_terms), rows add up to 1, and the priors.
    Source: Hofmann 2001, Machine Learning 42; Asuncion, Welling, Smyth & Teh 2009, On smoothing and inference for topic models,
    UAI (maximum a posteriori, eq. 6-8 with α + 1 and η + 1); start: Boutsidis & Gallopoulos 2008.
    """
    theta, components = start(counts, k, seed)
    return {"components": maximised(counts, theta, components, ROUNDS), **priors(k)}


def priors(k: int) -> Arrays:
    """What a topic has of a unit, and a term of a topic, before anything is counted."""
    import numpy as np

    return {"alpha": np.full(k, ALPHA, np.float32), "eta": np.array(ETA)}


def start(counts: "csr_array", k: int, seed: int) -> tuple["np.ndarray", "np.ndarray"]:
    """Shares of topics in units (n_units, k) and of terms in topics (k, n_terms) to start from.

    Of more than 20,000 units, as many at even distances are factorised, and all start with equal shares.
    """
    import numpy as np
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    n_units = counts.shape[0]
    some = counts if n_units <= ENOUGH else counts[np.linspace(0, n_units - 1, ENOUGH).astype(np.int64)]
    factor = NMF(k, init="nndsvda", tol=1e-3, max_iter=200, random_state=start_of(seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is only a start
        theta = factor.fit_transform(tfidf(some, np.ones(counts.shape[1]))) * factor.components_.sum(axis=1)
    components = rows_to_one(factor.components_ + 1e-9)
    if n_units > ENOUGH:
        return np.full((n_units, k), 1 / k, np.float32), components  # made once: this is what grows with the corpus
    return rows_to_one(theta + np.float32(1e-3)), components


def maximised(
    counts: "csr_array", theta: "np.ndarray", components: "np.ndarray", rounds: int, pinned: "np.ndarray | None" = None
) -> "np.ndarray":
    """The topics (k, n_terms) after so many rounds of expectation-maximisation.

    Args:
        theta, components: the start, (n_units, k) and (k, n_terms).
        pinned: probabilities of the last terms that are held as they are, (k, n_pinned).
    """
    import numpy as np

    theta, phi = theta.astype(np.float32, copy=False), components.T.astype(np.float32)
    for _ in range(rounds):
        given = np.zeros(phi.shape, np.float32)
        for low in range(0, counts.shape[0], AT_ONCE):
            rows = slice(low, low + AT_ONCE)
            ratio = _ratio(counts[rows], theta[rows], phi)
            given += ratio.T @ theta[rows]
            theta[rows] = rows_to_one(theta[rows] * (ratio @ phi) + ALPHA)
        phi = rows_to_one((phi * given + ETA).T).T
        if pinned is not None:
            phi[len(phi) - pinned.shape[1] :] = pinned.T
    return np.ascontiguousarray(phi.T).astype(float)


def apply(arrays: Arrays, counts: "csr_array") -> "np.ndarray":
    """Words of a unit that a topic is expected to have given, (n_units, k), the topics held."""
    import numpy as np

    phi = np.ascontiguousarray(arrays["components"].T).astype(np.float32)
    alpha = arrays.get("alpha", ALPHA)  # models stored before their priors were have none
    found = np.zeros((counts.shape[0], phi.shape[1]))
    for start in range(0, counts.shape[0], AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        part = counts[rows]
        theta = np.full((part.shape[0], phi.shape[1]), 1 / phi.shape[1], np.float32)
        given = np.zeros_like(theta)
        for _ in range(INFERENCE):
            given = theta * (_ratio(part, theta, phi) @ phi)
            theta = rows_to_one(given + alpha)
        found[rows] = given
    return found


def topic_terms(arrays: Arrays) -> "np.ndarray":
    """Probability of a term in a topic."""
    return arrays["components"]


def _ratio(counts: "csr_array", theta: "np.ndarray", phi: "np.ndarray") -> "csr_array":
    """n_uw / Σ_t θ_ut φ_tw where n_uw is not 0."""
    import numpy as np
    from scipy import sparse

    unit = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    expected = np.einsum("ij,ij->i", theta[unit], phi[counts.indices])
    data = (counts.data / np.maximum(expected, 1e-30)).astype(np.float32)
    return sparse.csr_array((data, counts.indices, counts.indptr), shape=counts.shape)


PLSA = Variant(fit, apply, topic_terms, "scikit-learn")

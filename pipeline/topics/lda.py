"""Topics by latent Dirichlet allocation (gensim, online variational Bayes)."""

from typing import TYPE_CHECKING, Any

from pipeline.config import TopicsSettings
from pipeline.topics.model import Arrays, Variant, rows_to_one, start_of

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array


def fit(counts: "csr_array", k: int, *, seed: int, settings: TopicsSettings, anchors: Any = None) -> Arrays:
    """Fit k topics with symmetric priors 1/k, on one core: several workers would not give the same topics twice.

    Args:
        counts: of terms in units, (n_units, n_terms).
    Source: Hoffman, Blei & Bach 2010, Online learning for latent Dirichlet allocation.
    """
    import numpy as np
    from gensim.models import LdaModel

    names = {number: str(number) for number in range(counts.shape[1])}
    given = {"chunksize": 2000, "passes": settings.passes, "eval_every": None, "dtype": np.float64}
    model = LdaModel(_listed(counts), k, names, random_state=start_of(seed), **given)
    return {"lambda": model.state.get_lambda(), "alpha": model.alpha, "eta": model.eta[0]}


def apply(arrays: Arrays, counts: "csr_array") -> "np.ndarray":
    """Words of a unit that a topic is expected to have given, (n_units, k), by variational inference with the topics held."""
    import numpy as np
    from gensim.matutils import dirichlet_expectation
    from gensim.models import LdaModel

    k, n_terms = arrays["lambda"].shape
    names = {number: str(number) for number in range(n_terms)}
    model = LdaModel(None, k, names, alpha=arrays["alpha"], random_state=0, dtype=np.float64)
    model.expElogbeta = np.exp(dirichlet_expectation(arrays["lambda"]))
    if not counts.shape[0]:
        return np.zeros((0, k))
    # what it infers is on top of the prior
    return np.maximum(model.inference(_listed(counts))[0] - arrays["alpha"], 0)


def _listed(counts: "csr_array") -> list[list[tuple[int, float]]]:
    from gensim.matutils import Sparse2Corpus

    return list(Sparse2Corpus(counts.T.tocsc()))


def topic_terms(arrays: Arrays) -> "np.ndarray":
    """Probability of a term in a topic."""
    return rows_to_one(arrays["lambda"])


LDA = Variant(fit, apply, topic_terms, "gensim")

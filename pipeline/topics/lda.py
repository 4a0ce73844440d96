"""Topics by latent Dirichlet allocation (gensim, online variational Bayes)."""

from typing import TYPE_CHECKING

from pipeline.config import TopicsSettings
from pipeline.topics.model import Model

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def lda(counts: "csr_array", k: int, *, seed: int, settings: TopicsSettings) -> Model:
    """Fit k topics with symmetric priors 1/k, on one core: several workers would not give the same topics twice.

    Args:
        counts: of terms in units, (n_units, n_terms).
    Source: Hoffman, Blei & Bach 2010, Online learning for latent Dirichlet allocation.
    """
    import numpy as np
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    units = list(Sparse2Corpus(counts.T.tocsc()))
    names = {number: str(number) for number in range(counts.shape[1])}
    model = LdaModel(
        units, k, names, chunksize=2000, passes=settings.passes, eval_every=None, random_state=seed, dtype=np.float64
    )
    shares, _ = model.inference(units)
    # gamma counts the words of a unit given to each topic, on top of the prior
    return Model(model.get_topics(), np.maximum(shares - model.alpha, 0), {"lambda": model.state.get_lambda()})

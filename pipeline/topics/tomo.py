"""Topics by latent Dirichlet allocation with Gibbs sampling (tomotopy, an extra)."""

from typing import TYPE_CHECKING, Any

from pipeline.config import TopicsSettings
from pipeline.errors import SettingsError
from pipeline.topics import lda
from pipeline.topics.model import Arrays, Variant, start_of

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ETA = 0.01  # prior of a term in a topic


def fit(counts: "csr_array", k: int, *, seed: int, settings: TopicsSettings, anchors: Any = None) -> Arrays:
    """Sample `topics.iterations` times over all words with one worker: several would not give the same topics twice.

    Args:
        counts: of terms in units, (n_units, n_terms).
    Raises SettingsError: the extra is not installed.
    Source: Griffiths & Steyvers 2004, PNAS 101; hyperparameters: Minka 2000.
    """
    import numpy as np

    try:
        import tomotopy
    except ImportError:
        raise SettingsError(
            "topics.model = tomotopy needs the extra: pip install 'wenmai[tomotopy]'; or choose plsa or lda"
        ) from None
    model = tomotopy.LDAModel(k=k, seed=start_of(seed), eta=ETA, alpha=0.1)
    for low, high in zip(counts.indptr[:-1], counts.indptr[1:], strict=True):
        words = np.repeat(counts.indices[low:high], counts.data[low:high].astype(int))
        model.add_doc([str(word) for word in words.tolist()])
    model.train(settings.iterations, workers=1)
    place = np.array([int(word) for word in model.used_vocabs], np.int64)
    found = np.full((k, counts.shape[1]), ETA)
    totals = np.array(model.get_count_by_topics(), float)
    for topic in range(k):  # what it gives back is (count + eta) / (total + eta · terms)
        found[topic, place] = np.array(model.get_topic_word_dist(topic)) * (totals[topic] + ETA * len(place))
    return {"lambda": found, "alpha": np.array(model.alpha, float), "eta": np.array(ETA)}


TOMOTOPY = Variant(fit, lda.apply, lda.topic_terms, "tomotopy")

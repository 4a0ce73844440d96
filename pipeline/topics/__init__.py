"""Topics: words of all segments become a matrix, the matrix a topic model, the model shares of documents."""

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.config import TopicsSettings
from pipeline.engine import Spread
from pipeline.records import DocTopic, TopicQuality, TopicTerm, to_table
from pipeline.store import Run
from pipeline.topics.lda import lda
from pipeline.topics.matrix import Corpus, build, distinct
from pipeline.topics.model import Model, document_shares, forget, ordered, save, unit_shares
from pipeline.topics.nmf import nmf
from pipeline.topics.quality import coherence, diversity, label, leading, relevance

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

__all__ = ["MODELS", "run"]

MODELS: dict[str, Callable[..., Model]] = {"nmf": nmf, "lda": lda}

FEWEST_UNITS = 30  # below these a factorisation only repeats single paragraphs
FEWEST_TERMS = 20
UNITS_PER_TOPIC = 10
JUDGED_TERMS = 10  # that coherence and diversity look at


def run(run: Run, spread: Spread, key: str) -> dict[str, Any]:
    """Fit the model the settings ask for on the whole corpus and write topics, doc_topics and topic_quality."""
    from threadpoolctl import threadpool_limits

    settings = run.settings.topics
    corpus = build(run, spread)
    counts, row = distinct(corpus.counts)
    n_units, n_terms = counts.shape
    facts = {"units": n_units, "terms": n_terms, "phrases": corpus.phrases, "min_documents": corpus.min_documents}
    if n_units < FEWEST_UNITS or n_terms < FEWEST_TERMS:
        forget(run.folder)
        _write(run, key, [], [], [])
        needed = f"topics need {FEWEST_UNITS} and {FEWEST_TERMS}"
        return facts | {"topics": 0, "reason": f"{n_units} different {settings.unit}s with {n_terms} terms: {needed}"}
    k = min(settings.k, n_units // UNITS_PER_TOPIC, n_terms // JUDGED_TERMS)
    with threadpool_limits(1):
        fitted = MODELS[settings.model](counts, k, seed=run.settings.seed, settings=settings)
        model = ordered(replace(fitted, unit_topics=fitted.unit_topics[row]), corpus.sizes)
        _store(run, key, corpus, model, counts)
    made = {"model": settings.model, "k": k, "seed": run.settings.seed, "terms": corpus.terms}
    save(run.folder, model, made | {"versions": {name: version(name) for name in ("scikit-learn", "gensim", "numpy")}})
    note = f"{settings.k} topics were asked for; {n_units} different {settings.unit}s with {n_terms} terms carry {k}"
    return facts | {"topics": k} | ({"note": note} if k < settings.k else {})


def _store(run: Run, key: str, corpus: Corpus, model: Model, distinct_counts: "csr_array") -> None:
    """Write the three tables of one fitted model."""
    import numpy as np

    shares = unit_shares(model)
    prevalence = corpus.sizes @ shares / corpus.sizes.sum()
    judged = leading(model.topic_terms, JUDGED_TERMS)
    quality = TopicQuality(
        k=len(prevalence),
        seed=run.settings.seed,
        npmi=round(float(coherence(distinct_counts, judged).mean()), 6),
        diversity=round(diversity(judged), 6),
        stability=None,
    )
    weights = document_shares(shares, corpus.sizes, corpus.document, len(corpus.documents)).round(6)
    rows = [
        DocTopic(corpus.documents[row], topic, weight)
        for row in np.flatnonzero(weights.sum(axis=1)).tolist()
        for topic, weight in enumerate(weights[row].tolist())
    ]
    _write(run, key, _topic_terms(model.topic_terms, prevalence, corpus.terms, run.settings.topics), rows, [quality])


def _topic_terms(
    topic_terms: "np.ndarray", prevalence: "np.ndarray", terms: list[str], settings: TopicsSettings
) -> list[TopicTerm]:
    """The leading terms of each topic with its label."""
    telling = leading(relevance(topic_terms, prevalence), settings.top_terms)
    rows = []
    for topic, columns in enumerate(leading(topic_terms, settings.top_terms).tolist()):
        name = label([terms[column] for column in telling[topic]])
        for rank, column in enumerate(columns, start=1):
            weight = round(float(topic_terms[topic, column]), 6)
            rows.append(TopicTerm("all", topic, rank, terms[column], weight, name))
    return rows


def _write(run: Run, key: str, terms: list[TopicTerm], documents: list[DocTopic], quality: list[TopicQuality]) -> None:
    store.write(run.folder, "topics", to_table(terms, TopicTerm), key=key)
    store.write_by_document(run.folder, "doc_topics", to_table(documents, DocTopic), run.parts(), key=key)
    store.write(run.folder, "topic_quality", to_table(quality, TopicQuality), key=key)

"""Topics: words of all segments become a matrix, the matrix a topic model, the model shares of documents."""

from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.engine import Spread
from pipeline.periods import period_of
from pipeline.records import TABLES, DocTopic, TopicSummary, TopicTerm, to_table
from pipeline.stats import seeded
from pipeline.store import Run
from pipeline.topics.anchored import SEEDED
from pipeline.topics.fitting import fitted
from pipeline.topics.identity import newcomers, numbered, stored
from pipeline.topics.lda import LDA
from pipeline.topics.matrix import Corpus, build, distinct
from pipeline.topics.model import Arrays, Variant, document_shares, fits, forget, load, save, unit_shares
from pipeline.topics.moves import topic_flow, topic_words
from pipeline.topics.nmf import NMF
from pipeline.topics.plsa import PLSA
from pipeline.topics.quality import JUDGED, exclusivity, frex, label, leading
from pipeline.topics.reading import paragraphs, topic_codes, topic_links
from pipeline.topics.refits import STABLE
from pipeline.topics.tomo import TOMOTOPY

if TYPE_CHECKING:
    import numpy as np

__all__ = ["MODELS", "run"]

MODELS: dict[str, Variant] = {"plsa": PLSA, "nmf": NMF, "lda": LDA, "seeded": SEEDED, "tomotopy": TOMOTOPY}

FEWEST_UNITS = 30  # below these a factorisation only repeats single paragraphs
FEWEST_TERMS = 20
OF_DOCUMENTS = ("doc_topics",)  # tables that are stored by document
MADE = ("topics", "topic_quality", "topic_summary", "topic_paragraphs", "topic_codes", "topic_links", "topic_words", "topic_flow")
Rows = dict[str, list[Any]]


def run(run: Run, spread: Spread, key: str) -> dict[str, Any]:
    """Give the documents to the topics of the stored model, or fit one if there is none with these settings; write all tables."""
    from threadpoolctl import threadpool_limits

    settings = run.settings.topics
    had = stored(run)
    known = (had[1]["terms"], [tuple(pair) for pair in had[1]["phrases"]]) if had else None
    corpus = build(run, spread, known)
    n_units, n_terms = corpus.distinct[0].shape
    counted = {"units": n_units, "terms": n_terms, "phrases": len(corpus.phrases), "min_documents": corpus.min_documents}
    if not had and (n_units < FEWEST_UNITS or n_terms < FEWEST_TERMS):
        forget(run.folder, "topics", "retired")
        _write(run, key, {})
        needed = f"topics need {FEWEST_UNITS} and {FEWEST_TERMS}"
        return counted | {"topics": 0, "reason": f"{n_units} different {settings.unit}s with {n_terms} terms: {needed}"}
    with threadpool_limits(1):
        arrays, facts = had or _new(run, spread, corpus)
        rows, fit = _tables(run, corpus, arrays, facts)
        if settings.by_period:
            rows |= _by_period(run, spread, corpus, facts["k"])
    _write(run, key, rows)
    notes = [facts["note"], newcomers(fit, corpus, facts["documents"]) if had else "", _gone(facts["gone"])]
    note = "; ".join(one for one in notes if one)
    return counted | {"topics": facts["k"]} | ({"note": note} if note else {})


def _new(run: Run, spread: Spread, corpus: Corpus) -> tuple[Arrays, dict[str, Any]]:
    """A model fitted on all documents, stored; numbered as the one laid aside, if there is one of the same kind."""
    name = run.settings.topics.model
    variant = MODELS[name]
    arrays, facts = fitted(run, spread, corpus, name, variant)
    old = load(run.folder, "retired")
    before = (variant.topic_terms(old[0]), old[1]) if old and old[1]["model"] == name else None
    numbers, likeness, gone = numbered(variant.topic_terms(arrays), corpus.terms, before)
    following = max([*numbers, before[1]["next"] - 1 if before else -1]) + 1  # no number is ever used again
    facts |= {"numbers": numbers, "likeness": likeness, "gone": gone, "next": following, "refit": before is not None}
    save(run.folder, arrays, facts)
    forget(run.folder, "retired")  # only now: a run that is cut off must not lose the old numbers
    return arrays, facts


def _tables(run: Run, corpus: Corpus, arrays: Arrays, facts: dict[str, Any]) -> tuple[Rows, "np.ndarray"]:
    """Rows of one model, and how well it fits each unit."""
    variant, numbers = MODELS[facts["model"]], facts["numbers"]
    counts, row = corpus.distinct
    topic_terms = variant.topic_terms(arrays)
    shares = unit_shares(variant.apply(arrays, counts))[row]
    fit = fits(topic_terms, shares, corpus.counts)
    sizes = corpus.sizes
    weights = document_shares(shares, sizes, corpus.document, len(corpus.documents)).round(6)
    prevalence = sizes @ shares / max(sizes.sum(), 1)
    rng = seeded(run.settings.seed, "topics", "tables")
    rows: Rows = {
        "topics": _terms("all", topic_terms, corpus.terms, numbers, run.settings.topics.top_terms),
        "doc_topics": [
            DocTopic(corpus.documents[at], numbers[topic], weight)
            for at in weights.sum(axis=1).nonzero()[0].tolist()
            for topic, weight in enumerate(weights[at].tolist())
        ],
        "topic_quality": [TABLES["topic_quality"](**one) for one in facts["quality"]],
        "topic_summary": _summary(topic_terms, prevalence, corpus.terms, arrays, facts),
        "topic_paragraphs": paragraphs(shares, fit, corpus, numbers),
        "topic_codes": topic_codes(shares, corpus, numbers, rng),
        "topic_links": topic_links(topic_terms, weights, numbers),
        "topic_words": topic_words(topic_terms, shares, corpus, _periods(run, corpus), numbers, rng),
    }
    return rows, fit


def _terms(period: str, topic_terms: "np.ndarray", terms: list[str], numbers: list[int], most: int) -> list[TopicTerm]:
    """The leading terms of each topic with its label."""
    names = _labels(topic_terms, terms)
    return [
        TopicTerm(period, number, rank, terms[column], round(float(topic_terms[topic, column]), 6), names[topic])
        for topic, number in enumerate(numbers)
        for rank, column in enumerate(leading(topic_terms, most)[topic].tolist(), start=1)
    ]


def _labels(topic_terms: "np.ndarray", terms: list[str]) -> list[str]:
    """A topic is called by its terms that are both frequent and its own."""
    return [label([terms[column] for column in row]) for row in leading(frex(topic_terms), 15).tolist()]


def _summary(
    topic_terms: "np.ndarray", prevalence: "np.ndarray", terms: list[str], arrays: Arrays, facts: dict[str, Any]
) -> list[TopicSummary]:
    import numpy as np
    from scipy.special import stdtrit

    own = exclusivity(topic_terms, leading(topic_terms, JUDGED)).round(6).tolist()
    steady = np.array(facts["steady"]).reshape(-1, len(topic_terms))
    rows = []
    for topic, (number, name) in enumerate(zip(facts["numbers"], _labels(topic_terms, terms), strict=True)):
        mean = low = high = None
        if len(steady) > 1:
            mean = round(float(steady[:, topic].mean()), 6)
            half = float(stdtrit(len(steady) - 1, 0.975) * steady[:, topic].std(ddof=1) / len(steady) ** 0.5)
            low, high = round(max(0.0, mean - half), 6), round(min(1.0, mean + half), 6)
        code = int(arrays["code"][topic]) if "code" in arrays else -1
        like = facts["likeness"][topic]
        status = "" if not facts["refit"] else "new" if like is None else "kept"
        reason = (
            ""
            if mean is None or mean >= STABLE
            else f"does not come out again: {int(100 * mean) / 100:.2f} alike in other samples of the documents"
        )
        anchor = facts["codes"][code] if code >= 0 else None
        share = round(float(prevalence[topic]), 6)
        rows.append(
            TopicSummary(number, name, share, anchor, facts["npmi"][topic], own[topic], mean, low, high, status, like, reason)
        )
    return sorted(rows, key=lambda row: row.topic)


def _periods(run: Run, corpus: Corpus) -> list[str | None]:
    """The period of each document of the corpus."""
    rows = run.table("documents", ["doc_id", "date", "date_precision"]).to_pylist()
    found = {row["doc_id"]: period_of(row["date"], row["date_precision"], run.settings) for row in rows}
    return [found[doc_id] for doc_id in corpus.documents]


def _by_period(run: Run, spread: Spread, corpus: Corpus, k: int) -> Rows:
    """A model of each period with enough units, all over the same terms: its leading terms, and what becomes of its topics."""
    import numpy as np

    of = np.array([label or "" for label in _periods(run, corpus)])[corpus.document]
    labels = [label for label in sorted(set(of.tolist()) - {""}) if (of == label).sum() >= FEWEST_UNITS]
    settings, seed = run.settings.topics, run.settings.seed
    tasks = [(settings, corpus.counts[of == label], min(k, max(2, int((of == label).sum()) // 10)), seed) for label in labels]
    models = dict(zip(labels, spread(_of_period, tasks, stage="topics"), strict=True))
    rows = [
        row
        for label, topics in models.items()
        for row in _terms(label, topics, corpus.terms, list(range(len(topics))), settings.top_terms)
    ]
    return {"topics_by_period": rows, "topic_flow": topic_flow(models)}


def _of_period(task: tuple[Any, Any, int, int]) -> "np.ndarray":
    from threadpoolctl import threadpool_limits

    settings, counts, k, seed = task
    with threadpool_limits(1):
        return PLSA.topic_terms(PLSA.fit(distinct(counts)[0], k, seed=seed, settings=settings))


def _gone(numbers: list[int]) -> str:
    return f"topics {', '.join(map(str, numbers))} are gone since the refit" if numbers else ""


def _write(run: Run, key: str, rows: Rows) -> None:
    rows = rows | {"topics": rows.get("topics", []) + rows.get("topics_by_period", [])}
    for name in MADE:
        store.write(run.folder, name, to_table(rows.get(name, []), TABLES[name]), key=key)
    store.write_by_document(run.folder, "doc_topics", to_table(rows.get("doc_topics", []), DocTopic), run.parts(), key=key)

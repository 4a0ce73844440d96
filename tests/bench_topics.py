"""Topic models beside others on a run: `python tests/bench_topics.py quality|time|seeds|grid|memory OUT [NUMBER]`.

quality: held-out NPMI, diversity and stability at 20 topics, three seeds each; the number of the split, 0 if none is given. time: 20,000 units drawn from those of the run, 40 topics.
seeds: topics seeded with one half of each code's terms against tags by the other half; how many deals, 3 if none are given.
memory: peak for so many times the corpus, once if none is given.
Other models are those that are installed: tomotopy and qhchina are not needed by wenmai.
"""

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.metrics import adjusted_rand_score, roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from threadpoolctl import threadpool_limits

from pipeline.config import EngineSettings, TopicsSettings
from pipeline.engine import workers
from pipeline.store import Run, open_run
from pipeline.topics import MODELS
from pipeline.topics.align import matched, overlap
from pipeline.topics.matrix import Corpus, build, distinct
from pipeline.topics.model import document_shares, rows_to_one, unit_shares
from pipeline.topics.quality import JUDGED, OF_DIVERSITY, coherence, diversity, leading
from pipeline.topics.refits import COMPARED, Task, refit

SEEDS = (0, 1, 2)
Found = tuple[np.ndarray, np.ndarray]  # topic_terms, the leading topic of each unit
Fit = Callable[[sparse.csr_array, int, int], Found]


def read(folder: Path) -> tuple[Run, Corpus]:
    run = open_run(folder)
    with workers(run.settings.engine) as spread:
        return run, build(run, spread)


def ours(name: str, **settings: Any) -> Fit:
    asked = TopicsSettings(**settings)

    def fit(counts: sparse.csr_array, k: int, seed: int) -> Found:
        arrays = MODELS[name].fit(counts, k, seed=seed, settings=asked)
        return MODELS[name].topic_terms(arrays), MODELS[name].apply(arrays, counts).argmax(axis=1)

    return fit


def scikit(counts: sparse.csr_array, k: int, seed: int) -> Found:
    from sklearn.decomposition import LatentDirichletAllocation

    model = LatentDirichletAllocation(k, learning_method="online", max_iter=10, random_state=seed)
    shares = model.fit_transform(counts)
    return rows_to_one(model.components_), shares.argmax(axis=1)


@contextmanager
def silent() -> Iterator[None]:
    with Path(os.devnull).open("w") as sink, redirect_stderr(sink), redirect_stdout(sink):
        yield


def qhchina(counts: sparse.csr_array, k: int, seed: int) -> Found:
    from qhchina.analytics.topicmodels import LDAGibbsSampler  # type: ignore[import-not-found]

    texts = [
        np.repeat(counts.indices[low:high], counts.data[low:high].astype(int))
        for low, high in zip(counts.indptr[:-1], counts.indptr[1:], strict=True)
    ]
    model = LDAGibbsSampler(n_topics=k, iterations=200, random_state=seed, min_word_count=1, min_word_length=1)
    with silent():
        model.fit([[str(word) for word in words.tolist()] for words in texts])
    place = np.array([int(model.id_to_word[at]) for at in range(len(model.id_to_word))])
    found = np.full((k, counts.shape[1]), 1e-9)
    found[:, place] = np.asarray(model.phi).reshape(k, -1)
    return rows_to_one(found), np.asarray(model.theta).argmax(axis=1)


RIVALS: dict[str, Fit] = {
    "wenmai plsa (default)": ours("plsa"),
    "wenmai nmf": ours("nmf"),
    "gensim LdaModel, 10 passes": ours("lda", passes=10),
    "scikit-learn LDA, online, 10": scikit,
    "tomotopy LDA, 200": ours("tomotopy", iterations=200),
    "qhchina LDA, 200": qhchina,
}


def quality(corpus: Corpus, split: int, k: int = 20) -> None:
    """NPMI on a third of the documents that the fit did not see; stability: overlap of topics and adjusted Rand index over pairs of seeds."""
    counts, row = distinct(corpus.counts)
    document = corpus.document[np.unique(row, return_index=True)[1]]
    held = np.random.default_rng(split).permutation(document.max() + 1)[: (document.max() + 1) // 3]
    out = np.isin(document, held)
    print(f"{(~out).sum():,} units to fit on, {out.sum():,} held out, {counts.shape[1]:,} terms, {k} topics")
    print("model | NPMI held out | diversity | NPMI × diversity | stability | Rand | s")
    for name, fit in RIVALS.items():
        try:
            start = time.perf_counter()
            found = [fit(counts[~out], k, seed) for seed in SEEDS]
            seconds = (time.perf_counter() - start) / len(SEEDS)
        except Exception as error:
            print(f"{name} | {type(error).__name__}: {str(error)[:80]}")
            continue
        tops = [leading(terms, OF_DIVERSITY) for terms, _ in found]
        npmi = np.mean([coherence(counts[out], top[:, :JUDGED]).mean() for top in tops])
        spread = np.mean([diversity(top) for top in tops])
        alike, rand = [], []
        for (one, first), (other, second) in combinations(found, 2):
            a, b = leading(one, COMPARED), leading(other, COMPARED)
            alike.append(np.mean([overlap(a[i].tolist(), b[j].tolist()) for i, j, _ in matched(one, other)]))
            rand.append(adjusted_rand_score(first, second))
        print(
            f"{name} | {npmi:.3f} | {spread:.3f} | {npmi * spread:.3f} | {np.mean(alike):.3f} | {np.mean(rand):.3f} | {seconds:.1f}",
            flush=True,
        )


def speed(corpus: Corpus, units: int = 20_000, k: int = 40) -> None:
    rng = np.random.default_rng(0)
    counts = corpus.counts[np.sort(rng.integers(corpus.counts.shape[0], size=units))]
    print(f"{units:,} units, {counts.shape[1]:,} terms, {k} topics, one core")
    for name in ("wenmai plsa (default)", "gensim LdaModel, 10 passes", "wenmai plsa (default)"):
        start = time.perf_counter()
        RIVALS[name](counts, k, 0)
        print(f"{name} | {time.perf_counter() - start:.1f} s", flush=True)


def seeds(run: Run, corpus: Corpus, deal: int) -> None:
    """Each code's terms dealt in two; topics anchored on tags by one half, ranked against tags by the other; units tagged by the first left out too."""
    rows = [
        row
        for row in run.table("tags", ["doc_id", "seg_id", "code", "term", "start", "negated"]).to_pylist()
        if not row["negated"]
    ]
    print("code | tags by the other half | AUC of documents | of units | of units without a seed")
    where = _units(corpus)
    codes = sorted({row["code"] for row in rows})
    tags = np.zeros((2, corpus.counts.shape[0], len(codes)))
    for at, code in enumerate(codes):
        terms = sorted({row["term"] for row in rows if row["code"] == code})
        half = dict(zip(terms, np.random.default_rng(deal).permutation(len(terms)) % 2, strict=True))
        for row in (row for row in rows if row["code"] == code):
            unit = where(row["doc_id"], row["start"])
            if unit is not None:
                tags[half[row["term"]], unit, at] += 1
    settings = TopicsSettings()
    k = len(codes) + 20
    arrays = MODELS["seeded"].fit(corpus.counts, k, seed=0, settings=settings, anchors=sparse.csr_array(tags[0]))
    shares = unit_shares(MODELS["seeded"].apply(arrays, corpus.counts))
    weights = document_shares(shares, corpus.sizes, corpus.document, len(corpus.documents))
    for topic, at in enumerate(arrays["code"].tolist()):
        if at < 0:
            continue
        truth = tags[1][:, at] > 0
        of_document = np.bincount(corpus.document, truth, minlength=len(corpus.documents)) > 0
        without = tags[0][:, at] == 0
        told = [_auc(of_document, weights[:, topic]), _auc(truth, shares[:, topic]), _auc(truth[without], shares[without, topic])]
        print(codes[at], int(tags[1][:, at].sum()), *(f"{value:.3f}" for value in told), sep=" | ")


def _auc(truth: np.ndarray, score: np.ndarray) -> float:
    return float(roc_auc_score(truth, score)) if 0 < truth.sum() < len(truth) else float("nan")


def _units(corpus: Corpus) -> Callable[[str, int], int | None]:
    place = {doc_id: at for at, doc_id in enumerate(corpus.documents)}
    edges = np.searchsorted(corpus.document, np.arange(len(corpus.documents) + 1))

    def unit(doc_id: str, start: int) -> int | None:
        if doc_id not in place:
            return None
        low, high = edges[place[doc_id]], edges[place[doc_id] + 1]
        at = low + int(np.searchsorted(corpus.spans[low:high, 0], start, "right")) - 1
        return at if at >= low and corpus.spans[at, 1] > start else None

    return unit


def grid(corpus: Corpus, units: int = 20_000) -> None:
    """The default grid with three fits each on as many processes as cores."""
    rng = np.random.default_rng(0)
    chosen = np.sort(rng.integers(corpus.counts.shape[0], size=units))
    settings = TopicsSettings()
    task = Task(MODELS["plsa"], corpus.counts[chosen], corpus.document[chosen], None, settings, 0, 0, 0)
    tasks = [replace(task, k=k, seed=at, sample=at) for k in settings.grid for at in SEEDS]
    start = time.perf_counter()
    with workers(EngineSettings()) as spread:
        found = list(spread(refit, tasks, stage="topics"))
    print(f"{len(found)} fits with {settings.grid} topics of {units:,} units: {time.perf_counter() - start:.0f} s")


def memory(corpus: Corpus, times: int) -> None:
    """Peak of a fit on so many copies of the corpus, in each of which words are left out at random."""
    rng = np.random.default_rng(0)
    one = corpus.counts
    data = np.concatenate([one.data * (rng.random(one.nnz) < 0.9) for _ in range(times)]).astype(np.float32)
    indices = np.concatenate([one.indices] * times)
    ends = np.concatenate([[0], np.cumsum(np.tile(np.diff(one.indptr), times))])
    counts = sparse.csr_array((data, indices, ends), shape=(times * one.shape[0], one.shape[1]))
    counts.eliminate_zeros()
    del data, indices
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    MODELS["plsa"].fit(counts, 20, seed=0, settings=TopicsSettings())
    print(
        f"{counts.shape[0]:,} units, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, before the fit {before:.0f} MB"
    )


def main() -> None:
    what, folder = sys.argv[1], Path(sys.argv[2])
    number = int(sys.argv[3]) if len(sys.argv) > 3 else None
    run, corpus = read(folder)
    with threadpool_limits(1):
        if what == "quality":
            quality(corpus, number or 0)
        elif what == "time":
            speed(corpus)
        elif what == "seeds":
            for deal in range(number or 3):
                seeds(run, corpus, deal)
        elif what == "grid":
            grid(corpus)
        else:
            memory(corpus, number or 1)


if __name__ == "__main__":
    main()

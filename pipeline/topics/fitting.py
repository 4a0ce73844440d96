"""A model fitted on a whole corpus: how many topics, whether they come out again, what is stored of it."""

from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from pipeline.engine import Spread
from pipeline.records import TopicQuality
from pipeline.store import Run
from pipeline.topics.anchored import anchoring, unanchored
from pipeline.topics.identity import corpus_hash, fingerprint
from pipeline.topics.matrix import Corpus
from pipeline.topics.model import Arrays, Variant, ordered, unit_shares
from pipeline.topics.quality import JUDGED, OF_DIVERSITY, coherence, diversity, exclusivity, leading
from pipeline.topics.refits import Refit, Task, refit, steadiness
from pipeline.topics.search import Tried, choose, rule_of_thumb, tried

if TYPE_CHECKING:
    import numpy as np

UNITS_PER_TOPIC = 10
SEARCHED = 3  # fits with each number of topics


def fitted(run: Run, spread: Spread, corpus: Corpus, name: str, variant: Variant) -> tuple[Arrays, dict[str, Any]]:
    """Fit the model the settings ask for, its topics by prevalence, and judge it on samples of the documents.

    Returns: arrays, and facts: what it takes to apply, judge and repeat the model; `note` says what was not as asked.
    """
    import numpy as np

    settings = run.settings.topics
    counts, row = corpus.distinct
    first = np.unique(row, return_index=True)[1]
    task = Task(variant, counts, corpus.document[first], corpus.tags[first], settings, 0, run.settings.seed, 0)
    k, quality, note = _number(run, spread, task)
    if name == "seeded":
        note = "; ".join(one for one in (note, unanchored(task.anchors, corpus.codes, k)) if one)
    arrays = variant.fit(counts, k, seed=run.settings.seed, settings=settings, anchors=task.anchors)
    shares = unit_shares(variant.apply(arrays, counts))[row]
    arrays = ordered(arrays, np.argsort(-(corpus.sizes @ shares).round(6), kind="stable"))
    topic_terms = variant.topic_terms(arrays)
    tasks = [replace(task, k=k, seed=run.settings.seed + at, sample=at) for at in range(1, settings.fits + 1)]
    refits: list[Refit] = list(spread(refit, tasks, stage="topics"))
    judged, steady = _judged(topic_terms, variant.apply(arrays, counts), counts, refits)
    own = TopicQuality(k=k, seed=run.settings.seed, fits=len(refits) or 1, chosen=True, **judged)
    rows = [own, *(one for one in quality if one.k != k)]  # of the number chosen, what the more numerous fits say
    facts = {
        "model": name, "k": k, "seed": run.settings.seed, "made_with": fingerprint(run), "corpus": corpus_hash(corpus),
        "priors": {name: arrays[name].astype(float).round(9).tolist() for name in ("alpha", "eta") if name in arrays},
        "note": note, "terms": corpus.terms,
        "phrases": corpus.phrases, "documents": corpus.documents, "codes": corpus.codes,
        "quality": [asdict(one) for one in sorted(rows, key=lambda one: one.k)],
        "npmi": _means([one.npmi for one in refits], topic_terms, refits),
        "steady": steady, "versions": {package: _version(package) for package in (variant.package, "numpy", "scipy")},
    }  # fmt: skip
    return arrays, facts


def _number(run: Run, spread: Spread, task: Task) -> tuple[int, list[TopicQuality], str]:
    """How many topics, what was found on the way, and a note."""
    settings = run.settings.topics
    n_units, n_terms = task.counts.shape
    most = max(2, min(n_units // UNITS_PER_TOPIC, n_terms // JUDGED))
    carried = f"{n_units} different {settings.unit}s with {n_terms} terms carry {most}"
    if settings.k is not None:
        return min(settings.k, most), [], f"{settings.k} topics were asked for; {carried}" if settings.k > most else ""
    fewest = max(2, _anchored(task))
    thumb = min(max(rule_of_thumb(n_units), fewest), most)
    if not settings.search:
        return thumb, [], f"the number of topics, {thumb}, was not searched for: wenmai topics OUT --search-k"
    grid = sorted({k for k in settings.grid if fewest <= k <= most}) or [thumb]
    tasks = [replace(task, k=k, seed=task.seed + at, sample=at) for k in grid for at in range(1, SEARCHED + 1)]
    fits: list[Refit] = list(spread(refit, tasks, stage="topics"))
    found = [tried(fits[at * SEARCHED : (at + 1) * SEARCHED]) for at in range(len(grid))]
    chosen, reason = choose(found)
    if reason:
        chosen = thumb
        reason = f"{reason}; {thumb} topics by the size of the corpus"
    return chosen, [_row(one, task.seed, one.k == chosen) for one in found], reason


def _anchored(task: Task) -> int:
    """Codes that would anchor a topic each: with fewer topics some would have none."""
    return len(anchoring(task.anchors)) if task.settings.model == "seeded" else 0


def _row(one: Tried, seed: int, chosen: bool) -> TopicQuality:
    numbers: dict[str, Any] = {
        name: None if value != value else round(value, 6) for name, value in asdict(one).items() if name != "k"
    }
    return TopicQuality(k=one.k, seed=seed, fits=SEARCHED, chosen=chosen, **numbers)


def _judged(
    topic_terms: "np.ndarray", mass: "np.ndarray", counts: Any, refits: list[Refit]
) -> tuple[dict[str, Any], list[list[float]]]:
    """Quality over the refits, and the overlap of each topic in each, (n_refits, k)."""
    import numpy as np

    top = leading(topic_terms, OF_DIVERSITY)
    overlaps, rand = steadiness(topic_terms, mass.argmax(axis=1), refits)
    npmi = [float(one.npmi.mean()) for one in refits] or [float(coherence(counts, top[:, :JUDGED]).mean())]
    several = len(npmi) > 1
    judged = {
        "npmi": round(float(np.mean(npmi)), 6),
        "error": round(float(np.std(npmi, ddof=1) / len(npmi) ** 0.5), 6) if several else None,
        "exclusivity": round(float(exclusivity(topic_terms, top[:, :JUDGED]).mean()), 6),
        "diversity": round(diversity(top), 6),
        "stability": round(float(overlaps.mean()), 6) if refits else None,
        "rand": round(float(np.mean(rand)), 6) if refits else None,
    }
    return judged, overlaps.round(6).tolist()


def _means(npmi: list["np.ndarray"], topic_terms: "np.ndarray", refits: list[Refit]) -> list[float | None]:
    """NPMI of each topic on documents not drawn: mean over its matches in the refits."""
    from pipeline.topics.align import matched

    found: list[list[float]] = [[] for _ in topic_terms]
    for values, other in zip(npmi, refits, strict=True):
        for a, b, _ in matched(topic_terms, other.topic_terms):
            found[a].append(float(values[b]))
    return [round(sum(of) / len(of), 6) if of else None for of in found]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""

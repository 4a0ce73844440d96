"""Which topics a run has had before: a stored model is kept until a refit is asked for, and a refit keeps its numbers."""

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.config import lexicon
from pipeline.store import Run
from pipeline.topics.align import matched, onto
from pipeline.topics.matrix import Corpus
from pipeline.topics.model import Arrays, load

if TYPE_CHECKING:
    import numpy as np

ALIKE = 0.5  # cosine from which a topic of a refit is the one before
FEWEST = 5  # new documents of which anything is said
LATER = ("top_terms", "by_period")  # settings that do not change a fitted model


def fingerprint(run: Run) -> str:
    """A hash of what a model is made with, beside the texts: how words are cut, settings of topics, seed, stop words, the codebook
    if it seeds."""
    words = [lexicon(name, "stopwords", ".txt").read_bytes() for name in run.settings.topics.stopwords]
    words += [lexicon(name, "words", ".txt").read_bytes() for name in run.settings.segment.words]
    if run.settings.topics.model == "seeded":
        words.append(lexicon(run.settings.codebook, "codebooks", ".yaml").read_bytes())
    asked = {name: value for name, value in run.settings.topics.model_dump(mode="json").items() if name not in LATER}
    text = json.dumps([asked, run.settings.segment.model_dump(mode="json"), run.settings.seed], sort_keys=True).encode()
    return hashlib.sha256(b"\0".join([text, *words])).hexdigest()[:16]


def corpus_hash(corpus: Corpus) -> str:
    """A hash of the counts a model is fitted on, and of their terms and documents."""
    counts = corpus.counts
    parts = [json.dumps([corpus.terms, corpus.documents], ensure_ascii=False).encode()]
    parts += [array.tobytes() for array in (counts.indptr, counts.indices, counts.data, corpus.document)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def stored(run: Run) -> tuple[Arrays, dict[str, Any]] | None:
    """The model of the run if it was made with these settings."""
    found = load(run.folder)
    return found if found and found[1].get("made_with") == fingerprint(run) else None


def numbered(
    topic_terms: "np.ndarray", terms: Sequence[str], before: tuple["np.ndarray", dict[str, Any]] | None
) -> tuple[list[int], list[float | None], list[int]]:
    """The numbers of new topics: that of the topic before that each is matched with, if they are alike; else one never used.

    Args:
        before: terms of the topics of the model before, (k, n_terms), and how it was made; none: numbers from 0.
    Returns: the number of each topic, its likeness with the one before, and the numbers that are gone.
    """
    if before is None:
        return list(range(len(topic_terms))), [None] * len(topic_terms), []
    old, facts = before
    union = sorted({*terms, *facts["terms"]})
    pairs = {new: (at, alike) for new, at, alike in matched(onto(topic_terms, terms, union), onto(old, facts["terms"], union))}
    free = facts["next"]
    numbers, likeness = [], []
    for topic in range(len(topic_terms)):
        at, alike = pairs.get(topic, (-1, 0.0))
        if alike >= ALIKE:
            numbers.append(facts["numbers"][at])
        else:
            numbers.append(free)
            free += 1
        likeness.append(round(alike, 6) if alike >= ALIKE else None)
    return numbers, likeness, sorted(set(facts["numbers"]) - set(numbers))


def newcomers(fit: "np.ndarray", corpus: Corpus, known: Sequence[str]) -> str:
    """What to say of documents that came after a model was fitted; "" if they fit as well, or are few.

    Args:
        fit: of each unit, from `model.fits`.
        known: the documents it was fitted on.
    """
    import numpy as np

    new = np.array([doc_id not in set(known) for doc_id in corpus.documents], bool)
    held = np.bincount(corpus.document, minlength=len(new))
    mean = np.bincount(corpus.document, fit, minlength=len(new))[held > 0] / held[held > 0]
    new = new[held > 0]
    if new.sum() < FEWEST or (~new).sum() < FEWEST:
        return ""
    own, others = mean[new], mean[~new]
    error = (own.var(ddof=1) / len(own) + others.var(ddof=1) / len(others)) ** 0.5
    if others.mean() - own.mean() <= 2 * error:
        return ""
    return f"{len(own)} new documents fit the topics less well ({own.mean():.2f} against {others.mean():.2f}): wenmai topics OUT --refit"

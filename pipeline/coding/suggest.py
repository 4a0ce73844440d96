"""Candidate terms for a code, from the user's own corpus: what stands where the code stands, and is used as its terms are used."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.codebook import Code, read_codebook
from pipeline.coding.candidates import Candidates, Corpus, find_candidates, read_corpus
from pipeline.config import lexicon
from pipeline.errors import NotReadyError, SettingsError
from pipeline.segment.words import segmenter
from pipeline.store import Run

if TYPE_CHECKING:
    import numpy as np

CONTEXTS = 3
MOST_NEAR = 5  # terms whose mean similarity counts: a code has several senses, a candidate need share one of them
MIN_Z = 2.0
MOST_OF = 0.7
LEAST_CODED = 30  # sentences a code must stand in: with fewer, whatever is rare looks associated
MOST_COMMON = 0.02  # of all sentences: what is more common decides nothing by itself
ALWAYS_RARE = 150  # sentences; in a small corpus every word is common
SURE_WORD = 0.25  # a short word alone must carry the code in so many of its sentences: 共享 may, 打破 may not


@dataclass(frozen=True)
class _Signals:
    """What speaks for each candidate, (n_candidates,) each."""

    sentences: "np.ndarray"  # holding it
    coded: "np.ndarray"  # of these with the code already
    z: "np.ndarray"  # log-odds of standing in sentences of the code, over its standard error
    similarity: "np.ndarray"  # cosine with the terms it is nearest to
    nearest: "np.ndarray"  # index of the nearest term
    share: "np.ndarray"  # of its sentences that carry the code, at least (lower end of Wilson's interval)


def suggest(run: Run, code: str | None = None, *, limit: int = 40, min_count: int = 5) -> list[dict[str, Any]]:
    """The best candidates for one code or each, not yet in the codebook, with what speaks for them and where they stand.

    Two signals must agree: association with the sentences coded (log-odds over its standard error), and similarity of use to the
    code's terms (cosine of word2vec vectors trained on this corpus). Runs of words must also hold together and be met in
    different surroundings (`candidates`). Ranked by the product of the ranks of both and of the share of its sentences that are
    coded. A code with fewer than 30 coded sentences gets none.

    Args:
        min_count: sentences a candidate must stand in, in three documents at least.
    Raises SettingsError: no such code. NotReadyError: the run is not coded, or too small.
    """
    book = read_codebook(lexicon(run.settings.codebook, "codebooks", ".yaml"))
    chosen = [one for one in book.codes if code in (None, one.id)]
    if not chosen:
        raise SettingsError(f"no code '{code}' in the codebook; there are {', '.join(one.id for one in book.codes)}")
    corpus = read_corpus(run)
    found = find_candidates(corpus, min_count)
    if not found.texts:
        raise NotReadyError(f"no word stands in {min_count} sentences of three documents; add documents, or lower --min-count")
    vectors = _vectors(corpus, run.settings.seed)
    known = {word for one in book.codes for word in _written(one)}
    rows = [row for one in chosen for row in _of_code(run, one, corpus, found, vectors, known)[:limit]]
    return _with_contexts(run, corpus, found, rows)


def _written(code: Code) -> Iterable[str]:
    """All words a code already has, in whatever place."""
    yield from (*code.terms, *code.excluded, *code.without)
    yield from (word for rule in code.rules if len(rule.parts) == 1 for word in rule.parts[0].words)


def _of_code(
    run: Run, code: Code, corpus: Corpus, found: Candidates, vectors: "np.ndarray", known: set[str]
) -> list[dict[str, Any]]:
    """Candidates of one code, the best first."""
    import numpy as np

    coded = _coded_sentences(run, code.id, corpus)
    terms = _term_vectors(run, code, corpus, vectors)
    if coded.sum() < LEAST_CODED or not terms:
        return []
    signals = _signals(corpus, found, coded, vectors, np.stack(list(terms.values())))
    names = list(terms)
    fits = (signals.z >= MIN_Z) & (signals.similarity > 0) & (signals.coded < signals.sentences)
    fits &= np.array([text not in known and not _inside(text, code.terms) for text in found.texts], bool)
    fits &= signals.sentences <= max(MOST_COMMON * len(coded), ALWAYS_RARE)
    several = np.array([len(parts) > 1 or len(text) > 2 for text, parts in zip(found.texts, found.parts, strict=True)], bool)
    fits &= several | (signals.share >= SURE_WORD)
    kept = np.flatnonzero(fits)
    values = (signals.z, signals.similarity, signals.share)
    ranks = [np.argsort(np.argsort(-one[kept], kind="stable"), kind="stable") + 1.0 for one in values]
    order = kept[np.argsort(ranks[0] * ranks[1] * ranks[2], kind="stable")]
    return [
        _row(code.id, at, found, signals, names[signals.nearest[at]])
        for at in _without_pieces(order.tolist(), found, signals.sentences)
    ]


def _inside(text: str, terms: Iterable[str]) -> bool:
    """Whether a candidate is a term with something around it: such sentences are coded already."""
    return any(term in text for term in terms)


def _without_pieces(order: list[int], found: Candidates, sentences: "np.ndarray") -> list[int]:
    """Of a candidate and a longer one that holds it, the longer where it is most of the shorter's sentences, else the better one."""
    kept: list[int] = []
    for at in order:
        text = found.texts[at]
        pieces = [other for other in kept if found.texts[other] in text]
        if any(text in found.texts[other] for other in kept) or any(sentences[at] < MOST_OF * sentences[one] for one in pieces):
            continue
        place = kept.index(pieces[0]) if pieces else len(kept)
        kept = (
            [other for other in kept[:place] if other not in pieces] + [at] + [one for one in kept[place:] if one not in pieces]
        )
    return kept


def _row(code: str, at: int, found: Candidates, signals: _Signals, nearest: str) -> dict[str, Any]:
    n, coded = int(signals.sentences[at]), int(signals.coded[at])
    reason = f"{coded} of its {n} sentences carry the code already; used like {nearest}"
    if len(found.parts[at]) > 1:
        reason += "; a phrase that holds together"
    return {
        "code": code,
        "candidate": found.texts[at],
        "accept": "",
        "sentences": n,
        "coded": coded,
        "z": round(float(signals.z[at]), 2),
        "similarity": round(float(signals.similarity[at]), 3),
        "nearest": nearest,
        "cohesion": round(float(found.cohesion[at]), 2),
        "reason": reason,
    }


def _signals(corpus: Corpus, found: Candidates, coded: "np.ndarray", vectors: "np.ndarray", terms: "np.ndarray") -> _Signals:
    import numpy as np

    size = len(found.texts)
    here = np.bincount(found.candidate, minlength=size)
    both = np.bincount(found.candidate[coded[found.sentence]], minlength=size)
    inside, total = int(coded.sum()), len(coded)
    # 1/2 added to each cell (Haldane 1956): a candidate that never stands elsewhere has no infinite odds
    cells = [both, here - both, inside - both, total - inside - (here - both)]
    a, b, c, d = (cell + 0.5 for cell in cells)
    z = np.log(a * d / (b * c)) / np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    own = np.stack([_unit(vectors[list(parts)].mean(axis=0)) for parts in found.parts])
    cosine = own @ terms.T
    most = min(MOST_NEAR, cosine.shape[1])
    similarity = -np.partition(-cosine, most - 1, axis=1)[:, :most].mean(axis=1)
    return _Signals(here, both, z, similarity, cosine.argmax(axis=1), _wilson_low(both, here))


def _wilson_low(count: "np.ndarray", of: "np.ndarray", z: float = 1.96) -> "np.ndarray":
    import numpy as np

    share = count / of
    middle, spread = share + z**2 / (2 * of), z * np.sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    return (middle - spread) / (1 + z**2 / of)


def _term_vectors(run: Run, code: Code, corpus: Corpus, vectors: "np.ndarray") -> dict[str, "np.ndarray"]:
    """The mean vector of the words of each term the corpus knows."""
    cut = segmenter(run.settings.segment)
    place = {word: number for number, word in enumerate(corpus.words)}
    found = {}
    for term in code.terms:
        parts = [place[word] for word in cut(term, 0)[0] if word in place]
        if parts and vectors[parts].any():
            found[term] = _unit(vectors[parts].mean(axis=0))
    return found


def _unit(vector: "np.ndarray") -> "np.ndarray":
    import numpy as np

    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


def _vectors(corpus: Corpus, seed: int) -> "np.ndarray":
    """A vector for each word, (n_words, 100); 0 for rare ones. One worker: the same corpus gives the same vectors."""
    import numpy as np
    from gensim.models import Word2Vec

    ends = np.flatnonzero(np.diff(corpus.sentence)) + 1
    names = [str(number) for number in range(len(corpus.words))]
    texts = [[names[word] for word in words.tolist()] for words in np.split(corpus.word, ends)]
    model = Word2Vec(texts, vector_size=100, window=5, min_count=5, sg=1, negative=5, epochs=8, workers=1, seed=seed)
    vectors = np.zeros((len(names), 100), np.float32)
    vectors[[int(name) for name in model.wv.index_to_key]] = model.wv.vectors
    return vectors


def _coded_sentences(run: Run, code: str, corpus: Corpus) -> "np.ndarray":
    """Whether each sentence carries the code, or one below it."""
    import numpy as np

    tags = run.table("tags", ["seg_id", "code", "negated"]).to_pylist()
    carrying = {row["seg_id"] for row in tags if not row["negated"] and (row["code"] + ".").startswith(code + ".")}
    return np.array([seg_id in carrying for seg_id in corpus.seg_ids], bool)


def _with_contexts(run: Run, corpus: Corpus, found: Candidates, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each row with the number of its documents and sentences that hold it, of different documents, those without the code first."""
    import numpy as np

    place = {text: number for number, text in enumerate(found.texts)}
    carrying = {row["code"]: _coded_sentences(run, row["code"], corpus) for row in rows}
    wanted: dict[str, list[int]] = {}
    for row in rows:
        here = np.unique(found.sentence[found.candidate == place[row["candidate"]]])
        here = here[np.argsort(carrying[row["code"]][here], kind="stable")]
        _, first = np.unique(corpus.document[here], return_index=True)
        row["documents"] = len(first)
        wanted[row["code"] + row["candidate"]] = here[np.sort(first)][:CONTEXTS].tolist()
    texts = _texts(run, {corpus.seg_ids[at] for places in wanted.values() for at in places})
    for row in rows:
        shown = [texts[corpus.seg_ids[at]] for at in wanted[row["code"] + row["candidate"]]]
        row |= {f"context_{number + 1}": shown[number] if number < len(shown) else "" for number in range(CONTEXTS)}
    return rows


def _texts(run: Run, seg_ids: set[str]) -> dict[str, str]:
    found = {}
    by_document = Counter(seg_id.rpartition("-")[0] for seg_id in seg_ids)
    for part in run.parts():
        if not any(doc_id.startswith(part) for doc_id in by_document):
            continue
        documents = {row["doc_id"]: row["text"] for row in run.table("documents", ["doc_id", "text"], part=part).to_pylist()}
        for row in run.table("segments", ["seg_id", "doc_id", "start", "end"], part=part).to_pylist():
            if row["seg_id"] in seg_ids:
                found[row["seg_id"]] = documents[row["doc_id"]][row["start"] : row["end"]].replace("\n", " ")
    return found

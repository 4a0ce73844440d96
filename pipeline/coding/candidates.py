"""Words and runs of words that could be terms: often enough, in several documents, holding together, in different surroundings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.config import lexicon
from pipeline.stats import npmi
from pipeline.store import Run
from pipeline.units import counted_documents

if TYPE_CHECKING:
    import numpy as np

LONGEST = 4  # words of a candidate
EDGES = ("n", "v", "a", "l", "i", "j", "x", "eng", "b")  # beginnings of the parts of speech a candidate begins and ends with
MIN_NPMI = 0.3  # of the weakest joint of a run of words
MIN_ENTROPY = 1.0  # nats, of what stands on either side: below it a run is a piece of something longer
MIN_DOCUMENTS = 3


@dataclass(frozen=True)
class Corpus:
    """The words of all sentences that count, one after another."""

    words: list[str]  # distinct
    word: "np.ndarray"  # index in `words`, (n_tokens,)
    edge: "np.ndarray"  # whether a candidate may begin or end with it, (n_tokens,)
    joined: "np.ndarray"  # whether the next word follows in the same sentence without a character between, (n_tokens,)
    sentence: "np.ndarray"  # (n_tokens,)
    document: "np.ndarray"  # of each sentence, (n_sentences,)
    seg_ids: list[str]  # of each sentence


@dataclass(frozen=True)
class Candidates:
    """Words and runs of words, and the sentences they stand in."""

    texts: list[str]
    parts: list[tuple[int, ...]]  # the words of each
    cohesion: "np.ndarray"  # NPMI of the weakest joint; 1 for a single word
    candidate: "np.ndarray"  # of each pair of candidate and sentence, distinct, (n_pairs,)
    sentence: "np.ndarray"


def read_corpus(run: Run) -> Corpus:
    """The sentences and items of all documents that are not duplicates."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    settings = run.settings.topics
    stops = {
        line.split("#")[0].strip()
        for name in settings.stopwords
        for line in lexicon(name, "stopwords", ".txt").read_text("utf-8-sig").splitlines()
    }
    tables = []
    for part in run.parts():
        rows = run.table("segments", ["seg_id", "doc_id", "kind", "tokens", "token_starts", "pos"], part=part)
        ids = counted_documents(run, part).column("doc_id").combine_chunks()
        tables.append(
            rows.filter(pc.and_(pc.is_in(rows.column("doc_id"), ids), pc.is_in(rows.column("kind"), pa.array(settings.kinds))))
        )
    table = pa.concat_tables(tables).combine_chunks()
    tokens = table.column("tokens").combine_chunks()
    sentence = np.repeat(np.arange(len(tokens)), pc.list_value_length(tokens).to_numpy(zero_copy_only=False))
    encoded = tokens.flatten().dictionary_encode()
    word, words = encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist()
    start = table.column("token_starts").combine_chunks().flatten().to_numpy()
    length = np.array([len(one) for one in words], np.int64)
    joined = np.append((sentence[1:] == sentence[:-1]) & (start[1:] == start[:-1] + length[word[:-1]]), False)[: len(word)]
    classes = table.column("pos").combine_chunks().flatten().dictionary_encode()
    allowed = np.array([one.startswith(EDGES) for one in classes.dictionary.to_pylist()], bool)
    content = np.array([one.lower() not in stops and any(map(str.isalpha, one)) for one in words], bool)
    edge = allowed[classes.indices.to_numpy()] & content[word]
    document = np.unique(np.array(table.column("doc_id").to_pylist(), object).astype(str), return_inverse=True)[1]
    return Corpus(words, word, edge, joined, sentence, document, table.column("seg_id").to_pylist())


def find_candidates(corpus: Corpus, min_count: int) -> Candidates:
    """Runs of one to four words that begin and end with a content word.

    Args:
        min_count: sentences a candidate must stand in, of three documents at least.
    Source: Bouma 2009 (NPMI of the weakest joint); the entropy of the words on either side is the sign of a whole expression.
    """
    import numpy as np

    n, begin, ids = len(corpus.word), np.arange(len(corpus.word)), corpus.word
    at: list[np.ndarray] = []  # of each length so far: the run that begins at each token, -1 where none does
    count: list[np.ndarray] = []  # of each length so far: how often each run stands
    parts: list[tuple[int, ...]] = []
    cohesion, pairs = [np.zeros(0)], [np.zeros((2, 0), np.int64)]
    for length in range(1, LONGEST + 1):
        _, first, run, counts = np.unique(ids, return_index=True, return_inverse=True, return_counts=True)
        first = begin[first]
        at.append(np.full(n + 1, -1))
        at[-1][begin] = run
        count.append(counts)
        held = _cohesion(at, count, first, n) if length > 1 else np.ones(len(counts))
        good = (counts >= min_count) & (held >= MIN_NPMI)
        if length > 1:
            good &= _entropy(corpus, begin, run, length) >= MIN_ENTROPY
        kept = good[run] & corpus.edge[begin] & corpus.edge[begin + length - 1]
        chosen, found = np.unique(run[kept], return_inverse=True)
        pairs.append(np.stack([found + len(parts), corpus.sentence[begin[kept]]]))
        parts += [tuple(corpus.word[one : one + length].tolist()) for one in first[chosen].tolist()]
        cohesion.append(held[chosen])
        longer = (counts >= min_count)[run] & corpus.joined[begin + length - 1]
        begin, ids = begin[longer], run[longer] * len(corpus.words) + corpus.word[begin[longer] + length]
    return _frequent(corpus, parts, np.concatenate(cohesion), np.unique(np.concatenate(pairs, axis=1), axis=1), min_count)


def _cohesion(at: list["np.ndarray"], count: list["np.ndarray"], first: "np.ndarray", total: int) -> "np.ndarray":
    """NPMI of each run's first word with the rest, or of its last one, whichever is less; `first`: a place of each run."""
    import numpy as np

    joint, shorter, single = count[-1], count[-2], count[0]
    last = first + len(at) - 1
    head = npmi(joint, single[at[0][first]], shorter[at[-2][first + 1]], total)
    tail = npmi(joint, shorter[at[-2][first]], single[at[0][last]], total)
    return np.minimum(head, tail)


def _entropy(corpus: Corpus, begin: "np.ndarray", run: "np.ndarray", length: int) -> "np.ndarray":
    """Entropy of what stands before each run or after it, whichever is less, in nats; every break counts as a word of its own."""
    import numpy as np

    size, n = len(corpus.words), len(corpus.word)
    broken = size + np.arange(len(begin))
    end = begin + length - 1
    before = np.where((begin > 0) & corpus.joined[begin - 1], corpus.word[begin - 1], broken)
    after = np.where(corpus.joined[end], corpus.word[np.minimum(end + 1, n - 1)], broken)
    return np.minimum(*(_entropy_of(run, beside) for beside in (before, after)))


def _entropy_of(run: "np.ndarray", beside: "np.ndarray") -> "np.ndarray":
    import numpy as np

    keys, counts = np.unique(np.stack([run, beside]), axis=1, return_counts=True)
    shares = counts / np.bincount(run)[keys[0]]
    return np.bincount(keys[0], -shares * np.log(shares))


def _frequent(
    corpus: Corpus, parts: list[tuple[int, ...]], cohesion: "np.ndarray", pairs: "np.ndarray", min_count: int
) -> Candidates:
    """Those in enough sentences and documents, of two characters or more."""
    import numpy as np

    texts = ["".join(corpus.words[one] for one in run) for run in parts]
    sentences = np.bincount(pairs[0], minlength=len(parts))
    documents = np.bincount(np.unique(np.stack([pairs[0], corpus.document[pairs[1]]]), axis=1)[0], minlength=len(parts))
    long_enough = np.array([len(text) > 1 for text in texts], bool)
    kept = (sentences >= min_count) & (documents >= MIN_DOCUMENTS) & long_enough
    number = np.cumsum(kept) - 1
    inside = kept[pairs[0]]
    chosen = np.flatnonzero(kept).tolist()
    return Candidates(
        [texts[one] for one in chosen], [parts[one] for one in chosen], cohesion[kept], number[pairs[0][inside]], pairs[1][inside]
    )

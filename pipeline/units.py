"""What topics, maps and trends count in: documents that count, units of text with their words, joined phrases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config import CooccurSettings, TopicsSettings, lexicon
from pipeline.stats import npmi
from pipeline.store import Run

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Counted = TopicsSettings | CooccurSettings  # the settings that say which words count


@dataclass(frozen=True)
class Units:
    """The units of text of one part: stretches in which words are counted."""

    documents: list[str]  # doc_ids that are not duplicates, in order
    of_segment: "np.ndarray"  # unit of each row of `segments`, (n_segments,)
    document: "np.ndarray"  # index in `documents` of each unit, (n_units,)
    segments: "pa.Table"  # rows of the kinds that are counted


@dataclass(frozen=True)
class Words:
    """The content words of one part in the order of the text; the arrays have one entry a word, (n_words,)."""

    vocabulary: list[str]  # distinct, sorted
    term: "np.ndarray"  # index in `vocabulary`
    unit: "np.ndarray"  # of `Units`
    adjacent: "np.ndarray"  # whether the next word follows without a character between them, in the same segment


def counted_documents(run: Run, part: str, columns: Sequence[str] = ()) -> "pa.Table":
    """The documents of a part that are not duplicates of others: doc_id and the columns asked for."""
    import pyarrow.compute as pc

    rows = run.table("documents", ["doc_id", "duplicate_of", *columns], part=part)
    return rows.filter(pc.is_null(rows.column("duplicate_of"))).drop_columns(["duplicate_of"])


def read_units(run: Run, part: str, settings: Counted, columns: Sequence[str] = ()) -> Units:
    """The units of a part, made of the segments of the kinds that count, with the columns of `segments` asked for."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    documents = counted_documents(run, part, ["blocks"])
    ids = documents.column("doc_id").combine_chunks()
    segments = run.table("segments", ["seg_id", "doc_id", "start", "kind", *columns], part=part)
    counts = pc.and_(pc.is_in(segments.column("doc_id"), ids), pc.is_in(segments.column("kind"), pa.array(settings.kinds)))
    segments = segments.filter(counts)
    of_document = pc.index_in(segments.column("doc_id"), ids).to_numpy().astype(np.int64)
    within = {
        "sentence": lambda: np.arange(len(of_document)),
        "paragraph": lambda: block_of(of_document, segments.column("start").to_numpy(), documents.column("blocks")),
        "section": lambda: block_of(of_document, segments.column("start").to_numpy(), documents.column("blocks"), ["heading"]),
        "document": lambda: np.zeros(len(of_document), np.int64),
    }[settings.unit]()
    found, of_segment = np.unique(np.stack([of_document, within]), axis=1, return_inverse=True)
    return Units(ids.to_pylist(), of_segment.reshape(-1), found[0], segments)


def read_words(run: Run, part: str, settings: Counted) -> tuple[Units, Words]:
    """The units of a part and their content words: of the parts of speech kept, two characters or more, no stop words."""
    import numpy as np
    import pyarrow.compute as pc

    units = read_units(run, part, settings, ["end", "tokens", "token_starts", "pos"])
    tokens, pos = (units.segments.column(name).combine_chunks() for name in ("tokens", "pos"))
    segment = np.repeat(np.arange(len(tokens)), pc.list_value_length(tokens).to_numpy(zero_copy_only=False))
    start = units.segments.column("token_starts").combine_chunks().flatten().to_numpy()
    token, surfaces = _encoded(tokens)
    tag, tags = _encoded(pos)
    stops = _stopwords(tuple(lexicon(name, "stopwords", ".txt") for name in settings.stopwords))
    content = np.array([len(word) > 1 and word.lower() not in stops and any(map(str.isalpha, word)) for word in surfaces], bool)
    kept = content[token] & np.isin(tags, settings.pos)[tag]
    token, segment, start = token[kept], segment[kept], start[kept]
    end = start + np.array([len(word) for word in surfaces], np.int64)[token]
    adjacent = np.append((segment[1:] == segment[:-1]) & (start[1:] == end[:-1]), False)[: len(token)]
    vocabulary, term = _vocabulary(surfaces, token)
    return units, Words(vocabulary, term, units.of_segment[segment], adjacent)


def count_adjacent(words: Words) -> tuple[list[str], "np.ndarray", "np.ndarray", "np.ndarray"]:
    """How often words stand side by side: vocabulary, count of each word, pairs (n_pairs, 2), count of each pair."""
    import numpy as np

    size = len(words.vocabulary)
    at = np.flatnonzero(words.adjacent)
    pairs, counts = np.unique(words.term[at] * size + words.term[at + 1], return_counts=True)
    return words.vocabulary, np.bincount(words.term, minlength=size), np.stack(np.divmod(pairs, max(size, 1)), axis=1), counts


def find_phrases(
    counted: Iterable[tuple[list[str], "np.ndarray", "np.ndarray", "np.ndarray"]], *, min_npmi: float, min_count: int
) -> list[tuple[str, str]]:
    """Pairs of words that stand side by side far more often than chance has it, sorted.

    Args:
        counted: of each part, from `count_adjacent`.
        min_npmi: which that of the pair exceeds: p12 is its share of all words, p1 and p2 are those of its words.
    Source: Bouma 2009, Normalized (pointwise) mutual information in collocation extraction.
    """
    import numpy as np

    vocabulary: dict[str, int] = {}
    singles: list[np.ndarray] = []
    doubles: list[np.ndarray] = []
    for words, counts, pairs, pair_counts in counted:
        ids = np.array([vocabulary.setdefault(word, len(vocabulary)) for word in words], np.int64)
        singles.append(np.stack([ids, counts]))
        doubles.append(np.stack([ids[pairs[:, 0]], ids[pairs[:, 1]], pair_counts]))
    if not vocabulary:
        return []
    (word, count), (first, second, together) = np.concatenate(singles, 1), np.concatenate(doubles, 1)
    totals = np.bincount(word, count, minlength=len(vocabulary))
    keys, at = np.unique(first * len(vocabulary) + second, return_inverse=True)
    joint = np.bincount(at, together, minlength=len(keys))
    left, right = np.divmod(keys, len(vocabulary))
    strong = (joint >= min_count) & (npmi(joint, totals[left], totals[right], totals.sum()) > min_npmi)
    names = list(vocabulary)
    return sorted((names[a], names[b]) for a, b in zip(left[strong], right[strong], strict=True))


def join_phrases(words: Words, phrases: Sequence[tuple[str, str]]) -> Words:
    """The words with every phrase joined into one term; where phrases overlap, the one further left wins."""
    import numpy as np

    size = len(words.vocabulary)
    ids = {word: number for number, word in enumerate(words.vocabulary)}
    known = {ids[a] * size + ids[b]: a + b for a, b in phrases if a in ids and b in ids}
    keys = np.array(sorted(known), np.int64)
    pair = np.append(words.term[:-1] * size + words.term[1:], -1)[: len(words.term)]
    opens = words.adjacent & np.isin(pair, keys)
    # in a run of overlapping phrases every second one stands
    number = np.arange(len(opens))
    run_start = np.maximum.accumulate(np.where(opens & ~np.append(False, opens)[:-1], number, 0))
    opens &= (number - run_start) % 2 == 0
    second = np.append(False, opens)[: len(opens)]
    term = np.where(opens, size + np.searchsorted(keys, pair), words.term)[~second]
    adjacent = np.where(opens, np.append(words.adjacent[1:], False)[: len(opens)], words.adjacent)[~second]
    vocabulary, term = _vocabulary([*words.vocabulary, *(known[key] for key in keys.tolist())], term)
    return Words(vocabulary, term, words.unit[~second], adjacent)


def block_of(
    document: "np.ndarray", start: "np.ndarray", blocks: "pa.ChunkedArray", kinds: Sequence[str] | None = None
) -> "np.ndarray":
    """The block of its document that each segment begins in; with `kinds`, the last block of these that began before it."""
    import numpy as np

    found = np.zeros(len(document), np.int64)
    edges = np.searchsorted(document, np.arange(len(blocks) + 1))
    for (low, high), rows in zip(pairwise(edges), blocks.to_pylist(), strict=True):
        starts = [row["start"] for row in rows if kinds is None or row["kind"] in kinds]
        found[low:high] = np.searchsorted(starts, start[low:high], side="right")
    return found


def _encoded(lists: "pa.ListArray") -> tuple["np.ndarray", list[str]]:
    """All strings of a list column: index of each, and the distinct ones."""
    import numpy as np

    encoded = lists.flatten().dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist()


def _vocabulary(names: list[str], index: "np.ndarray") -> tuple[list[str], "np.ndarray"]:
    """The names in use, distinct and sorted, and the index in them."""
    import numpy as np

    used, index = np.unique(index, return_inverse=True)
    wanted = [names[number] for number in used.tolist()]
    vocabulary = sorted(set(wanted))
    place = {name: number for number, name in enumerate(vocabulary)}
    return vocabulary, np.array([place[name] for name in wanted], np.int64)[index]


@cache
def _stopwords(paths: tuple[Path, ...]) -> frozenset[str]:
    lines: list[Any] = [line for path in paths for line in path.read_text("utf-8-sig").splitlines()]
    return frozenset(line.split("#")[0].strip() for line in lines) - {""}

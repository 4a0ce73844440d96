"""Shingles of characters and their MinHash: how alike two texts are, exactly, or guessed from a signature of each.

Source: Broder 1997, On the resemblance and containment of documents; bands after Leskovec, Rajaraman & Ullman, Mining of Massive
Datasets, ch. 3.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SHINGLE = 4  # characters
HASHES = 96
_ROWS = 3  # of a band: two texts of Jaccard .5 share one of 32 bands in 98.6 %, of .7 in all but 1e-6 of cases
CROWD = 32  # texts in one bucket of a band: above that it is a form letter, and each is only compared with its neighbours
_BATCH = 1 << 21  # characters hashed at a time
_SEED = 0x9E3779B97F4A7C15


def shingles(text: str) -> "np.ndarray":
    """The distinct shingles of a text as sorted hashes, (n,) uint64; spaces, punctuation and case do not count."""
    import numpy as np

    return np.unique(_hashes([text])[0])


def jaccard(a: "np.ndarray", b: "np.ndarray") -> float:
    """Shared shingles of two texts by all of them, 0 to 1; 0 when both have none."""
    shared = _shared(a, b)
    return shared / max(len(a) + len(b) - shared, 1)


def containment(a: "np.ndarray", b: "np.ndarray") -> float:
    """The share of the shingles of the smaller text that the other one has too, 0 to 1."""
    return _shared(a, b) / max(min(len(a), len(b)), 1)


def signatures(texts: Sequence[str]) -> "np.ndarray":
    """The least hash of each text under each of 96 hash functions, (n_texts, 96) uint32; all ones for a text without characters."""
    import numpy as np

    factors = np.random.Generator(np.random.PCG64(1)).integers(1, 1 << 63, HASHES, dtype=np.uint64) * 2 + 1
    rows = np.full((len(texts), HASHES), 0xFFFFFFFF, np.uint32)
    for first, batch in _batches(texts):
        hashes, starts = _hashes(batch)
        held = np.flatnonzero(np.diff(np.append(starts, len(hashes))))
        for number, factor in enumerate(factors if len(held) else ()):
            high = (hashes * factor >> np.uint64(32)).astype(np.uint32)
            rows[first + held, number] = np.minimum.reduceat(high, starts[held])
    return rows


def alike(signed: "np.ndarray", *, least: float) -> "np.ndarray":
    """Pairs of texts whose signatures agree so far that they may be alike, (n_pairs, 2), each once, the lower number first.

    Args:
        signed: (n_texts, 96), from `signatures`.
        least: share of equal places, an estimate of Jaccard with a standard error of .05.
    """
    import numpy as np

    filled = np.flatnonzero((signed != 0xFFFFFFFF).any(axis=1))
    found = [np.empty(0, np.int64)]
    bands = [slice(band, band + _ROWS) for band in range(0, HASHES, _ROWS)]
    for band in (*bands, slice(None)):  # the last one brings what is equal together in any crowd
        keys = _mixed(signed[filled, band])
        order = np.argsort(keys, kind="stable")
        found.append(_pairs(filled[order], keys[order]) @ np.array([len(signed), 1]))
    codes = np.unique(np.concatenate(found))
    pairs = np.stack(np.divmod(codes, max(len(signed), 1)), axis=1)
    return pairs[agreement(signed, pairs) >= least]


def agreement(signed: "np.ndarray", pairs: "np.ndarray") -> "np.ndarray":
    """The share of equal places in the signatures of each pair (n_pairs, 2), an estimate of Jaccard, (n_pairs,)."""
    import numpy as np

    found = [np.empty(0)]
    for at in range(0, len(pairs), 1 << 16):
        some = pairs[at : at + (1 << 16)]
        found.append((signed[some[:, 0]] == signed[some[:, 1]]).mean(axis=1))
    return np.concatenate(found)


def _pairs(members: "np.ndarray", keys: "np.ndarray") -> "np.ndarray":
    """Pairs of members with equal keys, which stand side by side; in a crowd only neighbours, and each with the first."""
    import numpy as np

    start = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.empty(0, np.int64)
    size = np.diff(np.append(start, len(keys)))
    first, number = np.repeat(start, size), np.arange(len(keys)) - np.repeat(start, size)
    crowded = np.repeat(size, size) > CROWD
    found = [np.empty((0, 2), np.int64)]
    for back in range(1, min(int(size.max(initial=1)), CROWD)):
        at = np.flatnonzero((number >= back) & (~crowded | (back == 1)))
        found.append(np.stack([members[at - back], members[at]], axis=1))
    at = np.flatnonzero(crowded & (number > 1))
    found.append(np.stack([members[first[at]], members[at]], axis=1))
    return np.sort(np.concatenate(found), axis=1)


def _mixed(rows: "np.ndarray") -> "np.ndarray":
    """One number for each row of a band."""
    import numpy as np

    keys = np.zeros(len(rows), np.uint64)
    for column in rows.T:
        keys = (keys ^ column) * np.uint64(_SEED)
        keys ^= keys >> np.uint64(29)
    return keys


def _hashes(texts: Sequence[str]) -> tuple["np.ndarray", "np.ndarray"]:
    """The hashed shingles of texts one after the other, (n,) uint64, and where those of each begin, (n_texts,)."""
    import numpy as np

    plain = [re.sub(r"[\W_]+", "", text.lower()) for text in texts]
    plain = [text.ljust(SHINGLE, "\0") if text else "" for text in plain]  # one shorter than a shingle is one
    lengths = np.array([len(text) for text in plain], np.int64)
    codes = np.frombuffer("".join(plain).encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    if len(codes) < SHINGLE:
        return np.empty(0, np.uint64), np.zeros(len(texts), np.int64)
    hashes = np.zeros(len(codes) - SHINGLE + 1, np.uint64)
    for at in range(SHINGLE):
        hashes = (hashes ^ codes[at : at + len(hashes)]) * np.uint64(_SEED)
        hashes ^= hashes >> np.uint64(32)
    ends = np.cumsum(lengths)
    within = np.ones(len(codes), bool)
    for back in range(1, SHINGLE):  # shingles that would reach into the next text
        within[(ends - back)[lengths >= SHINGLE]] = False
    counts = np.maximum(lengths - SHINGLE + 1, 0)
    return hashes[within[: len(hashes)]], np.cumsum(counts) - counts


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Texts in lots of some two million characters, with the number of the first."""
    batch: list[str] = []
    first = size = 0
    for number, text in enumerate(texts):
        if batch and size + len(text) > _BATCH:
            yield first, batch
            batch, first, size = [], number, 0
        batch.append(text)
        size += len(text)
    if batch:
        yield first, batch


def _shared(a: "np.ndarray", b: "np.ndarray") -> int:
    import numpy as np

    return len(np.intersect1d(a, b, assume_unique=True))

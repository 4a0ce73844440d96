"""Which terms of the codebook the segmenter cuts, how often, and where: terms are found on characters, so that nothing is lost by it."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from pipeline.store import Run

CONTEXT = 12  # characters shown on either side
EXAMPLES = 3


@dataclass
class _Found:
    """One term, in the course of counting."""

    codes: set[str] = field(default_factory=set)
    ways: Counter[str] = field(default_factory=Counter)  # how it is cut, 数据|共享, by places
    one_word: int = 0  # places
    across: int = 0  # places that begin or end inside a word
    contexts: list[str] = field(default_factory=list)


def audit(run: Run) -> list[dict[str, Any]]:
    """A row a term that stands in the run: places, how many are one word, several words, or cut a word; the ways, the contexts.

    What topics and maps count are words: a term that is several words is not one of theirs until it stands in a word list
    (`segment.words`). Sorted by places that are not one word.
    Raises NotReadyError: the run is not coded.
    """
    found: dict[str, _Found] = defaultdict(_Found)
    for part in run.parts():
        tokens = {
            row["seg_id"]: row for row in run.table("segments", ["seg_id", "tokens", "token_starts"], part=part).to_pylist()
        }
        texts = {row["doc_id"]: row["text"] for row in run.table("documents", ["doc_id", "text"], part=part).to_pylist()}
        for tag in run.table("tags", ["doc_id", "seg_id", "code", "term", "rule", "start", "end"], part=part).to_pylist():
            if tag["rule"] == "term" and tag["seg_id"] in tokens:
                _add(found[tag["term"]], tag, tokens[tag["seg_id"]], texts[tag["doc_id"]])
    rows = [_row(term, one) for term, one in found.items()]
    return sorted(rows, key=lambda row: (-(row["several"] + row["across"]), row["term"]))


def _add(found: _Found, tag: dict[str, Any], segment: dict[str, Any], text: str) -> None:
    starts, words = segment["token_starts"], segment["tokens"]
    start, end = tag["start"], tag["end"]
    first, last = max(bisect_right(starts, start) - 1, 0), bisect_left(starts, end)
    pieces = [(max(at, start), min(at + len(word), end)) for at, word in zip(starts[first:last], words[first:last], strict=True)]
    whole = bool(pieces) and starts[first] == start and starts[last - 1] + len(words[last - 1]) == end
    way = "|".join(text[low:high] for low, high in pieces if high > low)
    found.codes.add(tag["code"])
    found.ways[way] += 1
    found.one_word += whole and "|" not in way
    found.across += not whole
    if (not whole or "|" in way) and len(found.contexts) < EXAMPLES:
        before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
        context = f"{before}[{text[start:end]}]{after}".replace("\n", " ")
        if context not in found.contexts:
            found.contexts.append(context)


def _row(term: str, found: _Found) -> dict[str, Any]:
    places = found.ways.total()
    ways = sorted(found.ways.items(), key=lambda pair: (-pair[1], pair[0]))
    contexts = found.contexts + [""] * (EXAMPLES - len(found.contexts))
    return {
        "term": term,
        "codes": ";".join(sorted(found.codes)),
        "places": places,
        "one_word": found.one_word,
        "several": places - found.one_word - found.across,
        "across": found.across,
        "ways": "; ".join(f"{way} {n}" for way, n in ways[:EXAMPLES]),
    } | {f"context_{number}": text for number, text in enumerate(contexts, start=1)}

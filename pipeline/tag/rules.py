"""Rules of the codebook: parts that stand near each other in a clause, matched by spaCy on our own words.

Costly work is done only for clauses that hold a word of every part of some rule. There every word of a rule that was found on
characters becomes one token, however it was cut, so that distances count words and 信息/孤岛 is one part.
"""

import re
from collections.abc import Iterator
from functools import cache, reduce
from itertools import pairwise, permutations
from operator import and_
from typing import Any

from pipeline.codebook import Part, Rule
from pipeline.tag.passage import Passage
from pipeline.tag.terms import Hit, covered, exclusions
from pipeline.tag.words import Prepared, Word, lowered

_BORDER = re.compile("[，。；：！？,;:!?]")

Clause = tuple[int, int]


def rules(passage: Passage, number: int, words: list[Word], prepared: Prepared) -> list[Hit]:
    """Where rules hold in one segment."""
    hits: list[Hit] = []
    out = exclusions(words, prepared)
    inside = [word for word in words if prepared.uses[word[0]].parts or prepared.uses[word[0]].bars]
    if not inside:
        return hits
    for clause, here in _clauses(passage, number, inside):
        wanted = _candidates(here, out, prepared)
        if wanted:
            hits += _matches(passage, number, clause, here, wanted, prepared)
    return [hit for hit in hits if not covered(out.get(hit.code), hit.start, hit.end)]


def _clauses(passage: Passage, number: int, words: list[Word]) -> Iterator[tuple[Clause, list[Word]]]:
    """The clauses of a segment that hold words of rules."""
    low, end = passage.starts[number], passage.ends[number]
    borders = [found.start() for found in _BORDER.finditer(passage.text, low, end)]
    for high in [*borders, end]:
        here = [word for word in words if low <= word[1] and word[2] <= high]
        if here:
            yield (low, high), here
        low = high + 1


def _candidates(words: list[Word], out: dict[int, list[tuple[int, int]]], prepared: Prepared) -> list[int]:
    """The rules of which every part has a word here, in an order that can hold, and nothing that forbids them."""
    here, barred = list(prepared.open_parts), 0
    for word, _, _ in words:
        uses = prepared.uses[word]
        barred |= uses.bars
        for part, mask in uses.masks.items():
            here[part] |= mask
    possible = reduce(and_, here) & ~barred  # most clauses end here
    found: dict[int, dict[int, list[int]]] = {number: {} for number in _bits(possible)}
    for word, start, end in words if found else []:
        for rule, part in prepared.uses[word].parts:
            if rule in found and not covered(out.get(prepared.rules[rule][0]), start, end):
                found[rule].setdefault(part, []).append(start)
    return [rule for rule, places in found.items() if _may_hold(prepared.rules[rule][1], places)]


def _bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _may_hold(rule: Rule, found: dict[int, list[int]]) -> bool:
    """Whether every part with words was found, the first place of each before the last place of the next one."""
    if any(part.words and at not in found for at, part in enumerate(rule.parts)):
        return False
    places = [found[at] for at, part in enumerate(rule.parts) if part.words]
    return rule.order == "any" or all(min(one) < max(other) for one, other in pairwise(places))


def _matches(
    passage: Passage, number: int, clause: Clause, words: list[Word], wanted: list[int], prepared: Prepared
) -> Iterator[Hit]:
    from spacy.tokens import Doc

    vocab, matchers = _matchers(prepared)
    if all(part.words for rule in wanted for part in prepared.rules[rule][1].parts):  # then nothing outside can be part of it
        clause = min(start for _, start, _ in words), max(end for *_, end in words)
    starts, ends, pos = _retokenized(passage, number, clause, words)
    text = lowered(passage.text[clause[0] : clause[1]])
    tokens = [text[start - clause[0] : end - clause[0]] for start, end in zip(starts, ends, strict=True)]
    tagged = any(part.pos for rule in wanted for part in prepared.rules[rule][1].parts)
    doc = Doc(vocab, words=tokens, spaces=[False] * len(tokens), tags=pos if tagged else None)
    for rule in wanted:
        code, what = prepared.rules[rule]
        for _, first, last in matchers[rule](doc):
            yield Hit(code, starts[first], ends[last - 1], f"{tokens[first]}…{tokens[last - 1]}", what.name)


def _retokenized(passage: Passage, number: int, clause: Clause, words: list[Word]) -> tuple[list[int], list[int], list[str]]:
    """Starts, ends and parts of speech of the words of a clause, each rule word (the longest where they overlap) being one."""
    low, high = clause
    inner: set[int] = set()  # places where no word may begin
    marks: set[int] = set()
    for _, start, end in sorted(words, key=lambda word: (word[1] - word[2], word[1])):
        if start not in inner and end not in inner and not any(start < mark < end for mark in marks):
            inner.update(range(start + 1, end))
            marks |= {start, end}
    token_starts, classes = passage.tokens_of(number)
    pos_at = dict(zip(token_starts, classes, strict=True))
    marks |= {start for start in token_starts if low <= start < high and start not in inner} | {low}
    marks.discard(high)
    starts, ends, pos = [], [], []
    for start, end in pairwise([*sorted(marks), high]):
        end = start + len(passage.text[start:end].rstrip())
        if start < end:
            starts.append(start)
            ends.append(end)
            # a compound is what its end is
            pos.append(next((pos_at[place] for place in range(end - 1, start - 1, -1) if place in pos_at), "x"))
    return starts, ends, pos


@cache
def _matchers(prepared: Prepared) -> tuple[Any, list[Any]]:
    """A vocabulary and a matcher for each rule, of this process."""
    from spacy.matcher import Matcher
    from spacy.vocab import Vocab

    vocab = Vocab()  # without spaCy's Chinese tokenizer, which uses the global jieba
    known = {word for _, rule in prepared.rules for part in rule.parts for word in part.words}
    matchers = []
    for _, rule in prepared.rules:
        matcher = Matcher(vocab, validate=False)
        matcher.add(rule.name, _patterns(rule, known), greedy="LONGEST")
        matchers.append(matcher)
    return vocab, matchers


def _patterns(rule: Rule, known: set[str]) -> list[list[dict[str, Any]]]:
    gap = [{"OP": f"{{0,{rule.within}}}"}] if rule.within else []
    orders = permutations(rule.parts) if rule.order == "any" else [rule.parts]
    return [[step for part in parts for step in (*gap, _step(part, known))][len(gap) :] for parts in orders]


def _step(part: Part, known: set[str]) -> dict[str, Any]:
    """A part as spaCy takes it: a longer rule word that ends with one of the words stands for it, 数据平台 for 平台."""
    step: dict[str, Any] = {}
    if part.words:
        step["ORTH"] = {"IN": sorted({word.lower() for word in known if word.endswith(part.words)})}
    if part.pos:
        step["TAG"] = {"REGEX": f"^(?:{'|'.join(map(re.escape, part.pos))})"}
    return step

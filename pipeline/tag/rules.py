"""Rules of the codebook: parts that stand near each other in a clause of our own words.

Costly work is done only for clauses that hold a word of every part of some rule. There every word of a rule that was found on
characters becomes one token, however it was cut, so that distances count words and 信息/孤岛 is one part. spaCy's matcher says
which token may be which part (roles.py), join.py puts the parts together.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from pipeline.codebook import Rule
from pipeline.tag.join import joined
from pipeline.tag.passage import Passage, Tokens
from pipeline.tag.roles import roles_of
from pipeline.tag.terms import Hit, Spans, covered, exclusions
from pipeline.tag.words import Prepared, Word, lowered

_BORDER = re.compile("[，。；：！？,;:!?]")

Clause = tuple[int, int]
Clauses = list[tuple[Clause, list[Word], list[int]]]  # where, its words of rules, the rules that may hold


def rules(passage: Passage, number: int, words: list[Word], prepared: Prepared) -> list[Hit]:
    """Where rules hold in one segment."""
    rows = prepared.rows
    inside = [word for word in words if rows[word[0]]]
    if not inside:
        return []
    out = exclusions(words, prepared)
    clauses: Clauses = []
    for clause, here in _clauses(passage, number, inside):
        if wanted := _candidates(here, out, prepared):
            clauses.append((clause, here, wanted))
    if not clauses:
        return []
    cut = passage.tokens_of(number)
    hits = [hit for one in clauses for hit in _matches(passage, cut, *one, prepared)]
    return [hit for hit in hits if not covered(out.get(hit.code), hit.start, hit.end)]


def _clauses(passage: Passage, number: int, words: list[Word]) -> Iterator[tuple[Clause, list[Word]]]:
    """The clauses of a segment that hold words of rules."""
    low, end = passage.starts[number], passage.ends[number]
    borders = _BORDER.finditer(passage.text, low, end)
    high = -1
    here: list[Word] = []
    for word in words:  # in the order of their ends
        while high < word[2]:
            if here:
                yield (low, high), here
                here = []
            low = high + 1 if high >= 0 else low
            found = next(borders, None)
            high = found.start() if found else end
        if low <= word[1]:
            here.append(word)
    if here:
        yield (low, high), here


def _candidates(words: list[Word], out: dict[int, Spans], prepared: Prepared) -> list[int]:
    """The rules of which every part has a word here, in an order that can hold, and nothing that forbids them."""
    here, count, rows = prepared.open_rows, len(prepared.rules), prepared.rows
    for word, _, _ in words:
        here |= rows[word]
    possible = ~(here >> prepared.most_parts * count) & ~(-1 << count)
    for row in range(prepared.most_parts):
        possible &= here >> row * count
    if not possible:  # most clauses end here
        return []
    found: dict[int, dict[int, list[int]]] = {}
    for word, start, end in words:
        for rule, part in prepared.uses[word].parts:
            if possible >> rule & 1 and not covered(out.get(prepared.rules[rule][0]), start, end):
                found.setdefault(rule, {}).setdefault(part, []).append(start)
    return [rule for rule, places in sorted(found.items()) if _may_hold(prepared.rules[rule][1], places)]


def _may_hold(rule: Rule, found: dict[int, list[int]]) -> bool:
    """Whether every part with words was found, the first place of each before the last place of the next one."""
    if any(part.words and at not in found for at, part in enumerate(rule.parts)):
        return False
    places = [found[at] for at, part in enumerate(rule.parts) if part.words]
    return rule.order == "any" or all(min(one) < max(other) for one, other in pairwise(places))


def _matches(
    passage: Passage, cut: Tokens, clause: Clause, words: list[Word], wanted: list[int], prepared: Prepared
) -> Iterator[Hit]:
    if all(part.words for rule in wanted for part in prepared.rules[rule][1].parts):  # then nothing outside can be part of it
        clause = min(start for _, start, _ in words), max(end for *_, end in words)
    starts, ends = _retokenized(passage.text, cut, clause, words)
    text = lowered(passage.text[clause[0] : clause[1]])
    tokens = [text[start - clause[0] : end - clause[0]] for start, end in zip(starts, ends, strict=True)]
    roles = roles_of(tokens, lambda: [_class(cut, *place) for place in zip(starts, ends, strict=True)], prepared)
    for rule in wanted:
        code, what = prepared.rules[rule]
        places = [(at, role[rule]) for at, role in roles if rule in role]
        for first, last in joined(places, parts=len(what.parts), within=what.within, order=what.order):
            yield Hit(code, starts[first], ends[last], f"{tokens[first]}…{tokens[last]}", what.name)


def _retokenized(text: str, cut: Tokens, clause: Clause, words: list[Word]) -> tuple[list[int], list[int]]:
    """Starts and ends of the words of a clause, each rule word (the longest where they overlap) being one."""
    low, high = clause
    inner: set[int] = set()  # places where no word may begin
    marks = {low}
    for _, start, end in sorted(words, key=lambda word: (word[1] - word[2], word[1])):
        if start not in inner and end not in inner:
            inner.update(range(start + 1, end))
            marks |= {start, end}
    marks.update(cut[0][bisect_left(cut[0], low) : bisect_left(cut[0], high)])
    starts, ends = [], []
    for start, end in pairwise([*sorted(marks - inner - {high}), high]):
        end = start + len(text[start:end].rstrip())
        if start < end:
            starts.append(start)
            ends.append(end)
    return starts, ends


def _class(cut: Tokens, start: int, end: int) -> str:
    """The part of speech of a word made of others: a compound is what its end is."""
    at = bisect_left(cut[0], end) - 1
    return cut[1][at] if at >= 0 and cut[0][at] >= start else "x"

"""Rules of the codebook: parts that stand near each other in a clause of our own words.

Costly work is done only for clauses that hold a word of every part of some rule. There every word of a rule that was found on
characters becomes one token, however it was cut, so that distances count words and 信息/孤岛 is one part. spaCy's matcher says
which token may be which part (roles.py), join.py puts the parts together.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import compress, pairwise

from pipeline.codebook import Rule
from pipeline.tag.join import joined
from pipeline.tag.passage import Passage, Tokens
from pipeline.tag.roles import by_class, roles_of
from pipeline.tag.terms import Hit, Spans, covered, exclusions
from pipeline.tag.words import Prepared, Word, lowered

_BORDER = re.compile("[，。；：！？,;:!?]")

Clause = tuple[int, int]


def rules(passage: Passage, number: int, words: list[Word], prepared: Prepared) -> list[Hit]:
    """Where rules hold in one segment."""
    rows = prepared.rows
    inside = [word for word in words if rows[word[0]]]
    if not inside:
        return []
    allowed = _complete(_rows_of(inside, prepared), prepared)
    if not allowed or not (allowed := allowed & _allowed(words, prepared)):
        return []
    out, cut = exclusions(words, prepared), passage.tokens_of(number) if by_class(prepared) else ([], [])
    hits: list[Hit] = []
    for clause, here in _clauses(passage, number, inside):
        bits = _possible(here, prepared) & allowed
        if bits & prepared.single:
            hits += _singles(here, bits & prepared.single, prepared)
        if (several := bits & ~prepared.single) and (wanted := _candidates(here, several, out, prepared)):
            hits += _matches(passage, cut, clause, here, wanted, prepared)
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


def _rows_of(words: list[Word], prepared: Prepared) -> int:
    """What words do for rules, all together."""
    here, rows = prepared.open_rows, prepared.rows
    for word, _, _ in words:
        here |= rows[word]
    return here


def _possible(words: list[Word], prepared: Prepared) -> int:
    """The rules, as bits, of which every part has a word here, and nothing that forbids them: none in most clauses."""
    here = _rows_of(words, prepared)
    barred = here >> prepared.most_parts * len(prepared.rules)
    return _complete(here, prepared) & ~barred


def _complete(here: int, prepared: Prepared) -> int:
    """The rules, as bits, of which every row of parts is set."""
    count = len(prepared.rules)
    possible = ~(-1 << count)
    for _ in range(prepared.most_parts):
        possible &= here
        here >>= count
    return possible


def _allowed(words: list[Word], prepared: Prepared) -> int:
    """The rules, as bits, to which the rest of the sentence gives what they ask for and nothing that forbids them."""
    allowed, forbidden, sentence = prepared.free, 0, prepared.sentence
    for word, _, _ in words:
        if word in sentence:
            more, fewer = sentence[word]
            allowed |= more
            forbidden |= fewer
    return allowed & ~forbidden


def _candidates(words: list[Word], possible: int, out: dict[int, Spans], prepared: Prepared) -> list[int]:
    """Those of the possible rules whose parts stand in an order that can hold, outside of what does not count."""
    found: dict[int, dict[int, list[int]]] = {}
    for word, start, end in words:
        for rule, part in prepared.uses[word].parts:
            if possible >> rule & 1 and not (out and covered(out.get(prepared.rules[rule][0]), start, end)):
                found.setdefault(rule, {}).setdefault(part, []).append(start)
    return [rule for rule, places in sorted(found.items()) if _may_hold(prepared.rules[rule][1], places)]


def _may_hold(rule: Rule, found: dict[int, list[int]]) -> bool:
    """Whether every part with words was found, the first place of each before the last place of the next one."""
    if any(part.words and at not in found for at, part in enumerate(rule.parts)):
        return False
    places = [found[at] for at, part in enumerate(rule.parts) if part.words]
    return rule.order == "any" or all(min(one) < max(other) for one, other in pairwise(places))


def _singles(words: list[Word], possible: int, prepared: Prepared) -> Iterator[Hit]:
    """Where rules of one part hold: at each of its words."""
    for word, start, end in words:
        for rule, _ in prepared.uses[word].parts:
            if possible >> rule & 1:
                code, what = prepared.rules[rule]
                yield Hit(code, start, end, prepared.words[word], what.name)


def _matches(
    passage: Passage, cut: Tokens, clause: Clause, words: list[Word], wanted: list[int], prepared: Prepared
) -> Iterator[Hit]:
    if all(part.words for rule in wanted for part in prepared.rules[rule][1].parts):  # then nothing outside can be part of it
        clause = min(start for _, start, _ in words), max(end for *_, end in words)
    starts, tokens = _retokenized(passage, clause, words)
    classes = [_class(cut, start, len(token)) for start, token in zip(starts, tokens, strict=True)] if cut[0] else []
    roles = roles_of(tokens, classes, prepared)
    for rule in wanted:
        code, what = prepared.rules[rule]
        places = [(at, role[rule]) for at, role in roles if rule in role]
        for first, last in joined(places, parts=len(what.parts), within=what.within, order=what.order):
            yield Hit(code, starts[first], starts[last] + len(tokens[last]), f"{tokens[first]}…{tokens[last]}", what.name)


def _retokenized(passage: Passage, clause: Clause, words: list[Word]) -> tuple[list[int], list[str]]:
    """Starts and characters of the words of a clause, each rule word (the longest where they overlap) being one."""
    low, high = clause
    begins, inner = bytearray(passage.opens[low : high + 1]), bytearray(high + 1 - low)  # inner: where no word may begin
    for _, start, end in sorted(words, key=_by_length) if len(words) > 1 else words:
        if not inner[start - low] and not inner[end - low]:
            inside = end - start - 1
            inner[start - low + 1 : end - low] = b"\1" * inside
            begins[start - low : end - low + 1] = b"\1" + bytes(inside) + b"\1"
    begins[0], begins[-1] = 1, 1
    text = lowered(passage.text[low:high])
    found = [(low + start, text[start:end].rstrip()) for start, end in pairwise(compress(range(high + 1 - low), begins))]
    return [start for start, token in found if token], [token for _, token in found if token]


def _by_length(word: Word) -> tuple[int, int]:
    return word[1] - word[2], word[1]


def _class(cut: Tokens, start: int, length: int) -> str:
    """The part of speech of a word made of others: a compound is what its end is."""
    at = bisect_left(cut[0], start + length) - 1
    return cut[1][at] if at >= 0 and cut[0][at] >= start else "x"

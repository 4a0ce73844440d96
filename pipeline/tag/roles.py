"""Which token may be which part of a rule. spaCy's matcher is asked once for every kind of token, not for every token."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.codebook import Part
from pipeline.tag.words import Prepared

_OTHER = " "  # stands for a token that is no word of a rule; no word of a codebook is blank

Kind = tuple[str, str]  # a word of a rule or _OTHER, its part of speech where rules ask for one
Roles = dict[int, int]  # rule → the parts it may be as bits


@dataclass(frozen=True, eq=False)
class _Asked:
    """The matcher of a codebook in this process and what it answered."""

    vocab: Any
    matcher: Any
    names: dict[int, tuple[int, int]]  # number of a pattern → rule, part
    words: frozenset[str]  # of all rules
    by_class: bool  # whether any rule asks for parts of speech
    answers: dict[Kind, Roles]


def roles_of(tokens: list[str], classes: list[str], prepared: Prepared) -> list[tuple[int, Roles]]:
    """The numbers of the tokens that may be parts of rules, and of which.

    Args:
        tokens: in lower case.
        classes: their parts of speech; empty unless a rule asks for some.
    """
    asked = _asked(prepared)
    if asked.by_class:
        pairs = zip(tokens, classes, strict=True)
        kinds = [(at, (token if token in asked.words else _OTHER, tag)) for at, (token, tag) in enumerate(pairs)]
    else:
        kinds = [(at, (token, "")) for at, token in enumerate(tokens) if token in asked.words]
    answers = asked.answers
    if unknown := dict.fromkeys(kind for _, kind in kinds if kind not in answers):
        _ask(asked, list(unknown))
    return [(at, roles) for at, kind in kinds if (roles := answers[kind])]


def by_class(prepared: Prepared) -> bool:
    """Whether any rule asks for parts of speech."""
    return _asked(prepared).by_class


def _ask(asked: _Asked, kinds: list[Kind]) -> None:
    from spacy.tokens import Doc

    tags = [tag for _, tag in kinds] if asked.by_class else None
    doc = Doc(asked.vocab, words=[word for word, _ in kinds], spaces=[False] * len(kinds), tags=tags)
    asked.answers.update((kind, {}) for kind in kinds)
    for name, at, _ in asked.matcher(doc):
        rule, part = asked.names[name]
        roles = asked.answers[kinds[at]]
        roles[rule] = roles.get(rule, 0) | 1 << part


@cache
def _asked(prepared: Prepared) -> _Asked:
    from spacy.matcher import Matcher
    from spacy.vocab import Vocab

    vocab = Vocab()  # without spaCy's Chinese tokenizer, which uses the global jieba
    matcher = Matcher(vocab, validate=False)
    parts = [(rule, at, part) for rule, (_, what) in enumerate(prepared.rules) for at, part in enumerate(what.parts)]
    known = {word for *_, part in parts for word in part.words}
    names = {}
    for rule, at, part in parts:
        matcher.add(f"{rule}/{at}", [[_step(part, known)]])
        names[vocab.strings[f"{rule}/{at}"]] = rule, at
    words = frozenset(word.lower() for word in known)
    return _Asked(vocab, matcher, names, words, any(part.pos for *_, part in parts), {})


def _step(part: Part, known: set[str]) -> dict[str, Any]:
    """A part as spaCy takes it: a longer rule word that ends with one of the words stands for it, 数据平台 for 平台."""
    step: dict[str, Any] = {}
    if part.words:
        step["ORTH"] = {"IN": sorted({word.lower() for word in known if word.endswith(part.words)})}
    if part.pos:
        step["TAG"] = {"REGEX": f"^(?:{'|'.join(map(re.escape, part.pos))})"}
    return step

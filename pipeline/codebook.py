"""What a codebook is and how its YAML is read: strings stay strings, and all that is wrong is told at once, by line.

docs/quality.md shows how well the shipped one codes; its own comments show how one is written.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import SettingsError

WITHIN = 5  # words that may stand between two parts of a rule, when it does not say
_MOST_WITHIN = 30
_MOST_PARTS = 6  # each one more doubles the ways in which parts stand in any order
_DEPTH = 20  # a codebook nests six deep
_ID = re.compile(r"[\w-]+(\.[\w-]+)*")
_GROUP = re.compile(r"<([^<>]+)>")
_ORDERS = ("written", "any")
CUES = ("problem", "measure", "opening", "description", "remedy")  # of stance, in the order they are described


@dataclass(frozen=True)
class Wording:
    """The same in both languages."""

    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class Part:
    """One place of a rule: a word that is one of these, or any word of these parts of speech; with both, both must hold."""

    words: tuple[str, ...] = ()
    pos: tuple[str, ...] = ()  # beginnings of jieba's classes: v takes v, vn, vd


@dataclass(frozen=True)
class Rule:
    """Parts that stand near each other in one clause."""

    name: str
    parts: tuple[Part, ...]
    within: int = WITHIN  # words that may stand between two neighbouring parts
    order: str = "written"  # or any
    unless: tuple[str, ...] = ()  # words that must not stand in the clause
    needs: tuple[str, ...] = ()  # `with`: one of these must stand somewhere in the sentence
    without: tuple[str, ...] = ()  # words that must not stand anywhere in the sentence


@dataclass(frozen=True)
class Code:
    """One construct: what it means, and the terms and rules that find it."""

    id: str  # levels are parted by dots: silos.barrier
    zh: str
    en: str
    definition: Wording = Wording()
    inclusion: tuple[str, ...] = ()
    exclusion: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()  # `not`: longer expressions in which no word of this code counts
    without: tuple[str, ...] = ()  # words that must not stand anywhere in a sentence of this code
    denied: tuple[str, ...] = ()  # words right before a hit that turn it into its opposite
    rules: tuple[Rule, ...] = ()
    examples: tuple[str, ...] = ()  # must carry the code
    counterexamples: tuple[str, ...] = ()  # must not


@dataclass(frozen=True)
class Cues:
    """Words that show the stance of a sentence."""

    problem: tuple[str, ...] = ()
    measure: tuple[str, ...] = ()  # anywhere in the sentence
    opening: tuple[str, ...] = ()  # a measure when a clause begins with it
    description: tuple[str, ...] = ()  # reports or defines: what looks like a measure is none
    remedy: tuple[str, ...] = ()  # what is done about a problem named after it in the clause: it states none
    excluded: tuple[str, ...] = ()  # `not`: longer expressions in which no cue counts


@dataclass(frozen=True)
class Codebook:
    """A named list of codes with the cues they share."""

    name: str
    version: str
    zh: str
    en: str
    codes: tuple[Code, ...]
    stance: Cues = Cues()
    denied: tuple[str, ...] = ()  # words right before a hit of any code that deny it


def read_codebook(path: Path) -> Codebook:
    """A codebook from its YAML file.

    Raises SettingsError: all problems at once, each as `file:line: what is wrong; the choices`.
    """
    page = _Page(path)
    root = _compose(page)
    book = _book(page, root) if root is not None else None
    if page.problems or book is None:
        raise SettingsError(*page.problems)
    return book


@dataclass
class _Page:
    """The file that is read, and what was found wrong in it so far."""

    path: Path
    problems: list[str] = field(default_factory=list)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def wrong(self, node: yaml.Node | None, problem: str, line: int = 1) -> None:
        where = node.start_mark.line + 1 if node is not None else line
        self.problems.append(f"{self.path}:{where}: {problem}")


def _compose(page: _Page) -> yaml.Node | None:
    """The nodes of the file; none when it is not YAML, or uses what a codebook must not."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # 8 times as fast where libyaml is there
    try:
        text = page.path.read_text("utf-8-sig")
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                # a few nested aliases unfold to billions of nodes
                page.wrong(None, "anchors (&) and aliases (*) are not read; name words under groups: instead", _line(event))
            if depth > _DEPTH:
                page.wrong(None, f"nested more than {_DEPTH} deep", _line(event))
                break
        root = None if page.problems else yaml.compose(text, Loader=loader)
        if root is None and not page.problems:
            page.wrong(None, "empty; a codebook has at least name and codes")
        return root
    except OSError as error:
        page.problems.append(f"cannot read the codebook {page.path}: {error.strerror}")
    except UnicodeDecodeError:
        page.problems.append(f"{page.path}: not UTF-8; save it as UTF-8")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        page.wrong(None, f"not valid YAML: {getattr(error, 'problem', None) or error}", mark.line + 1 if mark else 1)
    return None


def _line(event: Any) -> int:
    return event.start_mark.line + 1


def _book(page: _Page, root: yaml.Node) -> Codebook:
    known = ("name", "version", "zh", "en", "groups", "stance", "denied", "codes")
    nodes = _mapping(page, root, known, needed=("name", "codes"), what="a codebook")
    if "groups" in nodes:  # first: lists anywhere may name them
        for name, node in _pairs(page, nodes["groups"], "groups"):
            page.groups[name] = _words(page, node)
    cues = {name: name for name in CUES} | {"not": "excluded"}
    stance = _mapping(page, nodes["stance"], tuple(cues), what="stance") if "stance" in nodes else {}
    codes = tuple(_code(page, node) for node in _items(page, nodes.get("codes"), "codes"))
    _check_ids(page, nodes.get("codes"), codes)
    texts = {name: _text(page, nodes[name]) for name in ("name", "version", "zh", "en") if name in nodes}
    return Codebook(
        name=texts.get("name", ""),
        version=texts.get("version", ""),
        zh=texts.get("zh", texts.get("name", "")),
        en=texts.get("en", texts.get("name", "")),
        codes=codes,
        stance=Cues(**{cues[name]: _words(page, node) for name, node in stance.items()}),
        denied=_words(page, nodes["denied"]) if "denied" in nodes else (),
    )


def _code(page: _Page, node: yaml.Node) -> Code:
    words = {"terms": "terms", "not": "excluded", "without": "without", "denied": "denied"}
    texts = ("inclusion", "exclusion", "examples", "counterexamples")
    known = ("id", "zh", "en", "definition", "inclusion", "exclusion", *words, "rules", "examples", "counterexamples")
    nodes = _mapping(page, node, known, needed=("id", "zh", "en"), what="a code")
    found: dict[str, Any] = {name: _text(page, nodes[name]) if name in nodes else "" for name in ("id", "zh", "en")}
    if "definition" in nodes:
        wording = _mapping(page, nodes["definition"], ("zh", "en"), what="a definition")
        found["definition"] = Wording(**{name: _text(page, part) for name, part in wording.items()})
    found |= {words[name]: _words(page, nodes[name]) for name in words if name in nodes}
    found |= {name: tuple(_text(page, one) for one in _items(page, nodes[name], name)) for name in texts if name in nodes}
    if "rules" in nodes:
        found["rules"] = tuple(_rule(page, one) for one in _items(page, nodes["rules"], "rules"))
        names = Counter(rule.name for rule in found["rules"])
        for name in [name for name, count in names.items() if count > 1 or name == "term"]:
            page.wrong(nodes["rules"], f"rules of one code need names of their own, other than 'term'; '{name}' is taken")
    if both := set(found.get("terms", ())) & set(found.get("excluded", ())):
        page.wrong(nodes["not"], f"{'、'.join(sorted(both))} stands under terms and under not; keep it under one of them")
    return Code(**found)


def _rule(page: _Page, node: yaml.Node) -> Rule:
    lists = {"unless": "unless", "with": "needs", "without": "without"}
    known = ("name", "pattern", "within", "order", *lists)
    nodes = _mapping(page, node, known, needed=("name", "pattern"), what="a rule")
    parts = tuple(_part(page, one) for one in _items(page, nodes.get("pattern"), "pattern"))
    if parts and not any(part.words for part in parts):
        page.wrong(nodes["pattern"], "a rule needs at least one part with words; parts of speech alone would match everywhere")
    if len(parts) > _MOST_PARTS:
        page.wrong(nodes["pattern"], f"a rule has at most {_MOST_PARTS} parts; this one has {len(parts)}")
    within, order = WITHIN, "written"
    if "within" in nodes:
        written = _text(page, nodes["within"])
        if written.isascii() and written.isdigit() and int(written) <= _MOST_WITHIN:
            within = int(written)
        else:
            page.wrong(nodes["within"], f"within: {written}: write a number of words from 0 to {_MOST_WITHIN}")
    if "order" in nodes and (order := _text(page, nodes["order"])) not in _ORDERS:
        page.wrong(nodes["order"], f"order: {order}: the choices are {', '.join(_ORDERS)}")
    words = {lists[name]: _words(page, nodes[name]) for name in lists if name in nodes}
    return Rule(_text(page, nodes["name"]) if "name" in nodes else "", parts, within, order, **words)


def _part(page: _Page, node: yaml.Node) -> Part:
    """One part of a pattern: a list of words, or a mapping of words and parts of speech."""
    if not isinstance(node, yaml.MappingNode):
        return Part(_words(page, node))
    nodes = _mapping(page, node, ("words", "pos"), what="a part of a pattern")
    if not nodes:
        page.wrong(node, "a part of a pattern has words, pos or both")
    pos = tuple(_text(page, one) for one in _items(page, nodes["pos"], "pos")) if "pos" in nodes else ()
    return Part(_words(page, nodes["words"]) if "words" in nodes else (), pos)


def _words(page: _Page, node: yaml.Node) -> tuple[str, ...]:
    """A list of words, each once; <name> stands for the words of a group."""
    found: dict[str, None] = {}
    written: set[str] = set()
    for one in _items(page, node, "words"):
        word = _text(page, one)
        group = _GROUP.fullmatch(word)
        if group and group[1] not in page.groups:
            choices = ", ".join(page.groups) or "none; write them under groups:"
            page.wrong(one, f"no group called '{group[1]}' above; there are {choices}")
        if word in written:
            page.wrong(one, f"'{word}' stands twice in this list")
        written.add(word)
        found |= dict.fromkeys(page.groups.get(group[1], ()) if group else [word])
    return tuple(found)


def _check_ids(page: _Page, node: yaml.Node | None, codes: Iterable[Code]) -> None:
    seen: set[str] = set()
    for code, one in zip(codes, _items(page, node, "codes") if node is not None else [], strict=False):
        if code.id and not _ID.fullmatch(code.id):
            page.wrong(one, f"id '{code.id}': use letters, digits, _ and -, with dots between levels, such as silos.barrier")
        if code.id in seen:
            page.wrong(one, f"there is another code with the id '{code.id}'")
        seen.add(code.id)


def _mapping(
    page: _Page, node: yaml.Node, known: tuple[str, ...], *, needed: tuple[str, ...] = (), what: str
) -> dict[str, yaml.Node]:
    """The values of a mapping by key; unknown and missing keys are told."""
    found = {}
    for name, value in _pairs(page, node, what):
        if name in known:
            found[name] = value
        else:
            page.wrong(value, f"{what} has no '{name}'; the choices are {', '.join(known)}")
    if isinstance(node, yaml.MappingNode):
        for name in [name for name in needed if name not in found]:
            page.wrong(node, f"{what} needs '{name}'")
    return found


def _pairs(page: _Page, node: yaml.Node, what: str) -> list[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        page.wrong(node, f"{what} is written as `key: value` lines")
        return []
    pairs = [(_text(page, key), value) for key, value in node.value]
    for name in [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]:
        page.wrong(node, f"'{name}' stands twice in {what}")
    return pairs


def _items(page: _Page, node: yaml.Node | None, what: str) -> list[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        if not node.value:
            page.wrong(node, f"{what} is empty; fill it or leave it out")
        return list(node.value)
    if node is not None:
        page.wrong(node, f"{what} is a list: [one, two], or a line beginning with - for each")
    return []


def _text(page: _Page, node: yaml.Node) -> str:
    """The characters as they are written: no, 012, 1.10 and 2024-01-01 stay what they are."""
    if not isinstance(node, yaml.ScalarNode):
        page.wrong(node, "one text is wanted here, not a list or a mapping")
        return "?"
    if not node.value.strip() or node.value != node.value.strip():
        page.wrong(node, "empty" if not node.value.strip() else f"'{node.value}' begins or ends with a space")
        return "?"
    return node.value

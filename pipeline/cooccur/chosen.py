"""Which names of a kind a map shows: writings of one name joined, the most frequent names kept."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.config import CooccurSettings

if TYPE_CHECKING:
    import numpy as np

OF_TEXT = ("term", "code", "issuer_code")  # kinds that meet in units of text; the others meet in documents
Writings = Counter[tuple[str, str]]  # units holding each (key, as shown)


@dataclass(frozen=True)
class Chosen:
    """The names of one kind."""

    names: list[str]  # sorted, distinct
    number: dict[str, int]  # key → the name it belongs to
    merged: dict[str, list[str]] = field(default_factory=dict)  # name → its other writings, most frequent names first
    side: "np.ndarray | None" = None  # of each name, when only names of different sides are linked


def choose(kind: str, writings: Writings, same: dict[str, str], settings: CooccurSettings) -> Chosen:
    """The most frequent names, and all codes; a name is shown as it is most often written.

    Args:
        same: key → the key it goes under, for keys of one cited work.
    """
    import numpy as np

    written: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for (key, shown), units in writings.items():
        written[same.get(key, key)].append((-units, shown))
    total = {key: -sum(units for units, _ in of) for key, of in written.items()}
    least = settings.min_count if kind in OF_TEXT else settings.min_documents
    ranked = sorted(total, key=lambda key: (-total[key], key))
    kept = [key for key in ranked if _is_code(kind, key)]
    kept += [key for key in ranked if total[key] >= least and not _is_code(kind, key)][: settings.terms]
    named = distinct((key, min(written[key])[1]) for key in kept)
    names = sorted(named.values())
    place = {name: number for number, name in enumerate(names)}
    number = {key: place[name] for key, name in named.items()}
    others = {name: sorted({shown for _, shown in written[key]} - {min(written[key])[1]}) for key, name in named.items()}
    side = None
    if kind == "issuer_code":
        side = np.zeros(len(names), np.int8)
        side[[at for key, at in number.items() if _is_code(kind, key)]] = 1
    number |= {key: number[by] for key, by in same.items() if by in number}
    return Chosen(names, number, {name: rest for name, rest in others.items() if rest}, side)


def distinct(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A name for each key; of equal names of different keys the second is called `name (2)`."""
    found: dict[str, str] = {}
    used: set[str] = set()
    for key, name in named:
        number, free = 1, name
        while free in used:
            number += 1
            free = f"{name} ({number})"
        used.add(free)
        found[key] = free
    return found


def one_work(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keys that mean the same cited work because they share another name of it: key → the first of those keys.

    Args:
        pairs: key and another name of the work: its DOI, or the document of the run it is.
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    keys = set()
    for key, other in sorted(set(pairs)):
        keys.add(key)
        first, second = sorted((root(key), root(other)))
        parent[second] = first
    groups: dict[str, list[str]] = defaultdict(list)
    for key in sorted(keys):
        groups[root(key)].append(key)
    return {key: group[0] for group in groups.values() for key in group[1:]}


def _is_code(kind: str, key: str) -> bool:
    return kind == "code" or (kind == "issuer_code" and key.startswith("code "))

"""The maps of a run as programs that draw networks take them: one a kind and period, with names that every format can hold."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline import store
from pipeline.errors import NotReadyError, SettingsError
from pipeline.records import TABLES, Cluster, Link, Node
from pipeline.store import Run

WHOLE = "all"  # the period that is all of them
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Map:
    """What is met together in one period, every link with both its ends."""

    kind: str  # as in nodes: term, code, keyword …
    period: str
    nodes: list[Node]
    links: list[Link]  # those that are drawn
    undrawn: list[Link]  # the others of the table
    clusters: dict[int, str]  # what each is called

    def path(self, folder: Path, ending: str) -> Path:
        """Where a file of this map goes: term-2021H1.net."""
        return folder / f"{self.kind}-{self.period.replace('–', '-')}{ending}"


def read_maps(run: Run, kind: str | None = None, period: str | None = None, *, all_links: bool = False) -> list[Map]:
    """The maps of the kinds that have links; that of the whole corpus comes before those of its periods.

    Args:
        kind, period: only these; none means every one.
        all_links: every link of the table, not only the backbone that the report shows.
    Raises: SettingsError when there is no such kind or period, NotReadyError when there are no links.
    """
    found = list(_maps(_rows(run, "nodes"), _rows(run, "links"), _rows(run, "clusters"), all_links))
    linked = {one.kind for one in found if one.links}
    found = [one for one in found if one.kind in linked]
    if not found:
        state = store.read_state(run.folder).get("stages", {}).get("cooccur", {})
        said = state.get("reason") or state.get("note")
        raise NotReadyError(
            f"no links in {run.folder}{f' ({said})' if said else ''}; run cooccur first, or with a lower min_count"
        )
    _check("kind", kind, [one.kind for one in found])
    found = [one for one in found if kind in (None, one.kind)]
    _check("period", period, [one.period for one in found])
    found = [one for one in found if period in (None, one.period)]
    if not any(one.links for one in found):
        raise NotReadyError(f"no links in {period}; run cooccur with a lower min_count or longer periods")
    return found


def printable(name: str) -> str:
    """A name without the characters that XML and people cannot read."""
    return _CONTROL.sub("", name)


def distinct(names: Iterable[str], shown: Callable[[str], str] = printable) -> dict[str, str]:
    """What each name is written as, no two alike and none empty."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        text = shown(name).strip() or "?"
        while text in taken:
            text += "′"
        taken.add(text)
        found[name] = text
    return found


def _rows(run: Run, name: str) -> list:
    """The rows of a table, in their order."""
    return [TABLES[name](**values) for values in run.table(name).to_pylist()]


def _maps(nodes: list[Node], links: list[Link], clusters: list[Cluster], all_links: bool) -> Iterable[Map]:
    held: dict[tuple[str, str], dict[str, Node]] = {}
    for node in nodes:
        held.setdefault((node.kind, node.period), {})[node.a] = node
    drawn: dict[tuple[str, str], list[Link]] = {}
    undrawn: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        cell = (link.kind, link.period)
        if held.get(cell, {}).keys() >= {link.a, link.b}:
            (drawn if all_links or link.backbone else undrawn).setdefault(cell, []).append(link)
    called: dict[tuple[str, str], dict[int, str]] = {}
    for cluster in clusters:
        called.setdefault((cluster.kind, cluster.period), {})[cluster.cluster] = cluster.label
    kinds = list(dict.fromkeys(kind for kind, _ in held))
    for cell in sorted(held, key=lambda cell: (kinds.index(cell[0]), cell[1] != WHOLE, cell[1])):
        yield Map(*cell, list(held[cell].values()), drawn.get(cell, []), undrawn.get(cell, []), called.get(cell, {}))


def _check(what: str, given: str | None, choices: list[str]) -> None:
    if given is not None and given not in choices:
        raise SettingsError(f"no map of {what} '{given}'; there are {', '.join(dict.fromkeys(choices))}")

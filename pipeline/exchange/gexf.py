"""Maps for Gephi: GEXF 1.3, one graph a kind, in which names and links live in the periods they are met in.

Source: GEXF 1.3 (gexf.net), schema and primer: intervals hold both their ends and do not overlap, links live while both their ends do.
"""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Sequence
from itertools import groupby, pairwise
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.errors import SettingsError
from pipeline.exchange.maps import WHOLE, Map, distinct, printable
from pipeline.records import Link, Node
from pipeline.report.data import COLOURS
from pipeline.store import Run

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

NS = "http://gexf.net/1.3"
VIZ = f"{NS}/viz"
GREY = "#9a9a9a"  # without a cluster
_PART = re.compile(r"(\d{4})(?:H([12])|Q([1-4])|-(\d\d))?")
Spell = tuple[str, str | None]  # first and last day; none where it is open
Lives = dict[Any, dict[str, Any]]  # name or pair → period → its row there


def write_gexf(run: Run, maps: Sequence[Map], folder: Path) -> list[Path]:
    """Write KIND.gexf for each kind: dynamic where there are maps of periods, else static.

    A name stands where it stands on the map of the whole corpus (of the one period, when only that is given). `weight` is how many
    units hold both ends of a link there; `count` and `strength` are those of each period.
    Returns: the files. Same maps: same bytes. Raises DiskError.
    """
    from lxml import etree

    written = []
    for _, of_kind in groupby(maps, key=lambda one: one.kind):
        base, *periods = of_kind
        if base.period != WHOLE:
            periods = [base, *periods]
        name = f"{base.kind}.gexf" if periods or base.period == WHOLE else base.path(folder, ".gexf").name
        root = etree.Element(f"{{{NS}}}gexf", {"version": "1.3"}, nsmap={None: NS, "viz": VIZ})
        _graph(root, base, periods)
        etree.indent(root, " ")
        store.write_bytes(folder / name, etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")
        written.append(folder / name)
    return written


def spells(periods: Sequence[str]) -> dict[str, Spell]:
    """First and last day of each period; where they overlap (sliding ones), each ends the day before the next begins.

    Args:
        periods: labels as in `pipeline.periods`, and those of several together: 2019–2021, 2019H1–2020H1.
    """
    days = {label: days_of(label) for label in sorted(periods, key=lambda label: (days_of(label)[0], label))}
    for one, following in pairwise(list(days)):
        first, last = days[one]
        before = (dt.date.fromisoformat(days[following][0]) - dt.timedelta(days=1)).isoformat()
        days[one] = (first, before if last is None else min(last, before))
    return days


def days_of(label: str) -> Spell:
    """The first and last day of a period: 2021H1 is 2021-01-01 to 2021-06-30; 2017-10– has no last one."""
    first, dash, last = label.partition("–")
    return _months(first)[0], None if dash and not last else _months(last or first)[1]


def _months(part: str) -> tuple[str, str]:
    """The first and last day of a year, half-year, quarter or month."""
    found = _PART.fullmatch(part)
    if not found:
        raise SettingsError(f"no period '{part}'; there are 2021, 2021H1, 2021Q2, 2021-06 and those from one to another")
    year, half, quarter, month = (int(one or 0) for one in found.groups())
    first, length = (month, 1) if month else (3 * quarter - 2, 3) if quarter else (6 * half - 5, 6) if half else (1, 12)
    last = first + length - 1
    return f"{year:04d}-{first:02d}-01", f"{year:04d}-{last:02d}-{monthrange(year, last)[1]:02d}"


def _graph(root: "Element", base: Map, periods: Sequence[Map]) -> None:
    days = spells([one.period for one in periods])
    about = _add(root, "meta")
    _add(about, "creator").text = "wenmai"
    _add(about, "description").text = f"{base.kind}: {', '.join(days) or base.period}"
    mode = "dynamic" if days else "static"
    timed = {"timeformat": "date", "timerepresentation": "interval"} if days else {}
    graph = _add(root, "graph", defaultedgetype="undirected", mode=mode, **timed)
    _attributes(graph, "node", "static", cluster="integer", theme="string", occurrences="integer")
    if days:
        _attributes(graph, "node", mode, count="integer")
    _attributes(graph, "edge", mode, count="integer", strength="double")
    shown = periods or [base]
    nodes: Lives = {node.a: {} for node in base.nodes}
    links: Lives = {(link.a, link.b): {} for one in [base, *shown] for link in one.links}
    for one in shown:
        for node in one.nodes:
            nodes.setdefault(node.a, {})[one.period] = node
        for link in one.links + one.undrawn:  # what is drawn in one period has its value in all
            if (link.a, link.b) in links:
                links[link.a, link.b][one.period] = link
    ids = distinct(nodes)
    _nodes(_add(graph, "nodes"), base, nodes, days, ids)
    _links(_add(graph, "edges"), base, nodes, links, days, ids)


def _nodes(parent: "Element", base: Map, lives: Lives, days: dict[str, Spell], ids: dict[str, str]) -> None:
    known = {node.a: node for node in base.nodes}
    themes = base.clusters
    most = max(node.count for node in base.nodes)
    for name, life in lives.items():
        # a name may be on the map of a period only
        node: Node = known.get(name) or next(iter(life.values()))
        cluster = node.cluster if name in known else -1
        made = _add(parent, "node", id=ids[name], label=ids[name])
        values = _add(made, "attvalues")
        for key, value in {"cluster": cluster, "theme": printable(themes.get(cluster, "")), "occurrences": node.count}.items():
            _add(values, "attvalue", **{"for": key, "value": str(value)})
        for period in days:
            if period in life:
                _value(values, "count", life[period].count, days[period])
        _spells(made, [days[period] for period in days if period in life])
        colour = COLOURS[cluster % len(COLOURS)] if cluster >= 0 else GREY
        red, green, blue = (str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
        _add(made, "color", VIZ, r=red, g=green, b=blue)
        _add(made, "position", VIZ, x=f"{1000 * node.x:.2f}", y=f"{1000 * node.y:.2f}", z="0")
        _add(made, "size", VIZ, value=f"{4 + 36 * sqrt(node.count / most):.2f}")


def _links(parent: "Element", base: Map, nodes: Lives, links: Lives, days: dict[str, Spell], ids: dict[str, str]) -> None:
    known = {(link.a, link.b): link for link in base.links + base.undrawn}
    number = 0
    for (a, b), life in links.items():
        # too rare in each period to be linked there, a link of the whole corpus lives while both its ends do
        alive = [period for period in days if period in life] or [
            period for period in days if all(period in nodes[end] or not nodes[end] for end in (a, b))
        ]
        if days and not alive and nodes[a] and nodes[b]:
            continue  # met in undated documents only
        link: Link = known.get((a, b)) or max(life.values(), key=lambda row: row.count)
        made = _add(parent, "edge", id=str(number), source=ids[a], target=ids[b], weight=str(link.count))
        number += 1
        values = _add(made, "attvalues")
        for key in ("count", "strength"):
            for period, row in life.items():
                _value(values, key, getattr(row, key), days.get(period))
        _spells(made, [days[period] for period in alive])


def _attributes(graph: "Element", of: str, mode: str, **types: str) -> None:
    group = _add(graph, "attributes", **{"class": of, "mode": mode})
    for title, kind in types.items():
        _add(group, "attribute", id=title, title=title, type=kind)


def _value(values: "Element", key: str, value: float, spell: Spell | None) -> None:
    """A value, as long as it holds."""
    _add(values, "attvalue", **{"for": key, "value": str(value)}, **_ends(spell))


def _spells(parent: "Element", lived: Sequence[Spell]) -> None:
    if lived:
        group = _add(parent, "spells")
        for spell in lived:
            _add(group, "spell", **_ends(spell))


def _ends(spell: Spell | None) -> dict[str, str]:
    return {} if spell is None else {"start": spell[0]} | ({"end": spell[1]} if spell[1] else {})


def _add(parent: "Element", name: str, space: str = NS, /, **attributes: str) -> "Element":
    from lxml import etree

    return etree.SubElement(parent, f"{{{space}}}{name}", attributes)

"""What maps show, and how their themes and links change: selected, joined and sorted from the tables, never computed."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from pipeline.report.data import table
from pipeline.report.moves import plain
from pipeline.report.series import short
from pipeline.store import Run

Row = dict[str, Any]
WHOLE = "all"  # the period that is all of them
MOST_BEHIND = 40  # documents listed for a node or link, the latest ones
MOST_CHANGES = 120
MOST_BURSTS = 60


def maps(run: Run, documents: list[Row], said: dict[str, int]) -> dict[str, Any]:
    """The maps that have links, by kind: nodes, links, clusters, and what becomes of them over time.

    Returns: kinds in the order of the settings; periods of the maps, which may slide; plain: those of the documents, that bursts
    begin and end in; of each kind
        nodes: name, x, y, cluster of the whole, {period: count}, {period: cluster where it differs};
        links: node, node, {period: [count, strength, q]};
        all: number of nodes that are linked; lone: of those that are not; clusters: {period: rows}; evolution, bursts, changes: rows.
    """
    nodes, links = _by_kind(run, "nodes"), _by_kind(run, "links")
    kinds = [kind for kind in run.settings.cooccur.nodes if any(row["backbone"] for row in links[kind])]
    periods = sorted({row["period"] for kind in kinds for row in nodes[kind]} - {WHOLE})
    plain = sorted({row["period"] for row in documents if row["period"]})
    others = {name: _by_kind(run, name) for name in ("clusters", "evolution", "bursts", "link_changes")}
    shown: dict[str, Row] = {kind: _map(nodes[kind], links[kind], run.settings.report.map_terms) for kind in kinds}
    for kind in kinds:
        shown[kind] |= {
            "clusters": _clusters(others["clusters"][kind], said),
            "evolution": [_plain(row, said) for row in others["evolution"][kind]],
            "bursts": _bursts(others["bursts"][kind], plain, said),
            "changes": _changes(others["link_changes"][kind], said),
        }
    return {"kinds": kinds, "periods": periods, "plain": plain, **shown}


def documents_behind(run: Run, shown: dict[str, Any], documents: list[Row]) -> dict[str, dict[str, list[list[str]]]]:
    """The documents that hold the nodes and both ends of the links of maps whose names meet in documents, the latest first.

    Of coupling a node is a document, and both stand behind a link.
    """
    dates = {row["doc_id"]: row["date"] or "" for row in documents if row["duplicate_of"] is None}
    holders: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in table(run, "node_documents").to_pylist():
        holders[row["kind"]][row["a"]].add(row["doc_id"])
    found = {}
    for kind in shown["kinds"]:
        if kind in holders:
            held = [holders[kind][node[0]] for node in shown[kind]["nodes"]]
            join = set.union if kind == "coupling" else set.intersection
            pairs = [join(held[a], held[b]) for a, b, _ in shown[kind]["links"]]
            found[kind] = {"nodes": [_latest(one, dates) for one in held], "links": [_latest(one, dates) for one in pairs]}
    return found


def _latest(held: set[str], dates: dict[str, str]) -> list[str]:
    known = [doc_id for doc_id in held if doc_id in dates]
    return sorted(sorted(known), key=lambda doc_id: dates[doc_id], reverse=True)[:MOST_BEHIND]


def _by_kind(run: Run, name: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in table(run, name).to_pylist():
        found[row["kind"]].append(row)
    return found


def _map(nodes: list[Row], links: list[Row], most: int) -> Row:
    """The most frequent nodes that are linked in any period, with their counts and clusters, and the backbone links among them."""
    linked = {row[end] for row in links if row["backbone"] for end in ("a", "b")}
    found = [row for row in nodes if row["period"] == WHOLE]
    whole = sorted((row for row in found if row["a"] in linked), key=lambda row: (-row["count"], row["a"]))
    kept = {row["a"]: at for at, row in enumerate(whole[:most])}
    x, y = _spread([row["x"] for row in whole[:most]]), _spread([row["y"] for row in whole[:most]])
    shown: list[list[Any]] = [
        [row["a"], x(row["x"]), y(row["y"]), row["cluster"], {WHOLE: row["count"]}, {}] for row in whole[:most]
    ]
    for row in nodes:
        if row["period"] != WHOLE and row["a"] in kept:
            node = shown[kept[row["a"]]]
            node[4][row["period"]] = row["count"]
            if row["cluster"] != node[3]:
                node[5][row["period"]] = row["cluster"]
    lines: dict[tuple[int, int], Row] = {}
    for row in links:
        if row["backbone"] and row["a"] in kept and row["b"] in kept:
            of_pair = lines.setdefault((kept[row["a"]], kept[row["b"]]), {})
            of_pair[row["period"]] = [row["count"], short(row["strength"]), short(row["q"])]
    return {
        "nodes": shown,
        "links": [[a, b, by_period] for (a, b), by_period in sorted(lines.items())],
        "all": len(whole),
        "lone": len(found) - len(whole),
    }


def _clusters(rows: list[Row], said: dict[str, int]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["period"]].append(_plain(row, said))
    return dict(found)


def _bursts(rows: list[Row], periods: list[str], said: dict[str, int]) -> list[Row]:
    """The bursts of the things that burst most, in the order in which they begin."""
    order = {period: at for at, period in enumerate(periods)}
    rows = [row for row in rows if {row["start"], row["end"]} <= order.keys()]  # tables may be of documents that have left
    weight: dict[str, float] = defaultdict(float)
    for row in rows:
        weight[row["item"]] += row["weight"]
    kept = set(sorted(weight, key=lambda item: (-round(weight[item], 6), item))[:MOST_BURSTS])
    begins: dict[str, tuple[int, str]] = {}
    for row in rows:
        begins[row["item"]] = min(begins.get(row["item"], (len(order), "")), (order.get(row["start"], 0), row["item"]))
    return [
        _plain(row, said)
        for row in sorted(rows, key=lambda row: (*begins[row["item"]], row["level"], row["start"]))
        if row["item"] in kept
    ]


def _changes(rows: list[Row], said: dict[str, int]) -> list[Row]:
    """Those that an interval tells from chance first, then by how often the two meet."""
    order = sorted(
        rows,
        key=lambda row: (
            row["q"] is None,
            row["q"] if row["q"] is not None else 0,
            -row["count_before"] - row["count_after"],
            row["a"],
            row["b"],
            row["before"],
        ),
    )
    return [_plain(row, said) for row in order[:MOST_CHANGES]]


def _plain(row: Row, said: dict[str, int]) -> Row:
    """A row without what its place says, its numbers cut short, its reason as a number of `said`."""
    numbers = tuple(name for name, value in row.items() if isinstance(value, float))
    shown = plain({"reason": "", **row}, numbers, said)
    return {name: value for name, value in shown.items() if name not in ("kind", "period") and (name in row)}


def _spread(values: list[float]) -> Callable[[float], float | None]:
    """Stretches values to -1 … 1, so that what is shown of a map fills its space."""
    low, high = min(values, default=0), max(values, default=0)
    return lambda value: short(2 * (value - low) / (high - low) - 1) if high > low else 0.0

"""Co-occurrence: terms and codes that meet in one unit become links, clusters and a map."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.cooccur.clusters import aligned, callon, louvain
from pipeline.cooccur.counts import WHOLE, Counts, count
from pipeline.cooccur.layout import positions
from pipeline.cooccur.measures import association_strength, backbone, equivalence_index
from pipeline.engine import Spread
from pipeline.records import Link, Node, to_table
from pipeline.store import Run

if TYPE_CHECKING:
    import numpy as np

__all__ = ["MEASURES", "run"]

MEASURES = {"association_strength": association_strength, "equivalence_index": equivalence_index}


def run(run: Run, spread: Spread, key: str) -> dict[str, Any]:
    """Count pairs of terms and of codes in the whole corpus and each period, and write nodes and links."""
    from threadpoolctl import threadpool_limits

    settings = run.settings.cooccur
    names, counts = count(run, spread)
    nodes: list[Node] = []
    links: list[Link] = []
    missing = []
    with threadpool_limits(1):
        for kind, of_kind in names.items():
            periods = {period: value for (period, of), value in sorted(counts.items()) if of == kind}
            found = _maps(run, spread, kind, of_kind, periods) if len(of_kind) > 1 else ([], [])
            nodes += found[0]
            links += found[1]
            if not found[1]:
                missing.append(f"no two of {len(of_kind)} {kind}s meet in {settings.min_count} {settings.unit}s or more")
    store.write(run.folder, "nodes", to_table(nodes, Node), key=key)
    store.write(run.folder, "links", to_table(links, Link), key=key)
    return {"nodes": len(nodes), "links": len(links)} | ({"note" if nodes else "reason": "; ".join(missing)} if missing else {})


def _maps(run: Run, spread: Spread, kind: str, names: list[str], periods: dict[str, Counts]) -> tuple[list[Node], list[Link]]:
    """The map of the whole corpus and those of the periods, which share its places and the numbers of its clusters."""
    settings = run.settings.cooccur
    order = [WHOLE, *(name for name in periods if name != WHOLE)]
    strengths = {period: _measured(settings.measure, periods[period], settings.min_count) for period in order}
    drawn = {
        period: backbone(strength, periods[period].together, settings.links_per_node)
        for period, strength in strengths.items()
        if strength.nnz
    }
    if WHOLE not in drawn:
        return [], []
    cluster = partial(louvain, seed=run.settings.seed, resolution=settings.resolution)
    tasks = [partial(positions, drawn[WHOLE]), *(partial(cluster, links) for links in drawn.values())]
    place, *found = spread(_on_one_thread, tasks, stage="cooccur")
    clusters = dict(zip(drawn, found, strict=True))
    nodes: list[Node] = []
    links: list[Link] = []
    fresh = int(clusters[WHOLE].max()) + 1
    for period, shown in drawn.items():
        counts = periods[period]
        own = clusters[period] if period == WHOLE else aligned(clusters[period], clusters[WHOLE], fresh=fresh)
        fresh = max(fresh, int(own.max()) + 1)
        themes = callon(_measured("equivalence_index", counts, settings.min_count), own)
        nodes += _nodes(period, kind, names, counts, own, place, themes)
        links += _links(period, kind, names, counts, own, strengths[period], shown)
    return nodes, links


def _measured(measure: str, counts: Counts, min_count: int) -> Any:
    return MEASURES[measure](counts.together, counts.totals, counts.n_units, min_count=min_count)


def _on_one_thread(task: Callable[[], "np.ndarray"]) -> "np.ndarray":
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return task()


def _nodes(
    period: str,
    kind: str,
    names: list[str],
    counts: Counts,
    clusters: "np.ndarray",
    place: "np.ndarray",
    themes: dict[int, tuple[float, float]],
) -> list[Node]:
    """A row for each name that occurs in the period."""
    rows = []
    for number, name in enumerate(names):
        if total := int(counts.totals[number]):
            cluster = int(clusters[number])
            centrality, density = (round(value, 6) for value in themes.get(cluster, (0.0, 0.0)))
            x, y = place[number].tolist()
            rows.append(Node(period, kind, name, total, cluster, x, y, centrality, density))
    return rows


def _links(
    period: str, kind: str, names: list[str], counts: Counts, clusters: "np.ndarray", strength: Any, shown: Any
) -> list[Link]:
    """A row for each pair that meets often enough, in the order of the names."""
    from scipy import sparse

    upper = sparse.triu(strength, format="coo")
    together = counts.together[upper.row, upper.col]
    drawn = set(zip(*(axis.tolist() for axis in shown.nonzero()), strict=True))
    rows = []
    columns = (upper.row.tolist(), upper.col.tolist(), upper.data.round(6).tolist(), together.tolist())
    for a, b, value, met in sorted(zip(*columns, strict=True)):
        cluster = int(clusters[a]) if clusters[a] == clusters[b] else -1
        rows.append(Link(period, kind, names[a], names[b], int(met), value, cluster, (a, b) in drawn))
    return rows

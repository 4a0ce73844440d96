"""The maps of one kind: of the whole corpus and of each period, in one layout, with clusters that keep their numbers."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.config import CooccurSettings, Settings
from pipeline.cooccur.bursts import bursts, design_effects
from pipeline.cooccur.chosen import OF_TEXT
from pipeline.cooccur.clusters import aligned, callon, louvain, stability
from pipeline.cooccur.evolution import evolution
from pipeline.cooccur.held import LEAST_DOCUMENTS, WHOLE, Held, periods_of, plain_periods, recount, resampled
from pipeline.cooccur.layout import positions
from pipeline.cooccur.measures import BACKBONES, MEASURES, equivalence_index
from pipeline.cooccur.pairs import Counts
from pipeline.cooccur.significance import link_p, link_q
from pipeline.cooccur.themes import themes
from pipeline.cooccur.turnover import turnover
from pipeline.engine import Spread
from pipeline.records import Burst, Cluster, Evolution, Link, LinkChange, Node, NodeDocument
from pipeline.stats import seeded

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

SAMPLES, OF_PERIOD = 50, 20  # of documents, that the clusters of the whole and of a period must stand


@dataclass
class Rows:
    """What is written of maps."""

    nodes: list[Node] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    node_documents: list[NodeDocument] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    evolution: list[Evolution] = field(default_factory=list)
    bursts: list[Burst] = field(default_factory=list)
    link_changes: list[LinkChange] = field(default_factory=list)

    def add(self, other: "Rows") -> None:
        for name, rows in vars(other).items():
            getattr(self, name).extend(rows)


@dataclass(frozen=True)
class _Map:
    """One map, before it is brought together with those of the other periods."""

    counts: Counts
    strength: "csr_array"
    shown: "csr_array"  # the backbone of it
    equivalence: "csr_array"
    clusters: "np.ndarray"  # of each name, -1 for none
    stability: dict[int, float]
    p: dict[tuple[int, int], tuple[float, float]]  # p and q of each pair that meets


def least(kind: str, settings: CooccurSettings) -> int:
    """Units in which two names of a kind must meet to be linked."""
    return settings.min_count if kind in OF_TEXT else settings.min_documents


def mapped(held: Held, settings: Settings, spread: Spread) -> Rows:
    """All rows of the maps of one kind; none if nothing is linked in the whole corpus."""
    periods = periods_of(held)
    tasks = [(of, settings, period) for period, of in periods.items()]
    maps = dict(zip(periods, spread(_drawn, tasks, stage="cooccur"), strict=True))
    if not maps[WHOLE].shown.nnz:
        return Rows()
    place = positions(maps[WHOLE].shown)
    rows = Rows(node_documents=[NodeDocument(held.kind, *pair) for pair in sorted(held.holders)])
    numbers = _numbered({period: one.clusters for period, one in maps.items()})
    for period, one in maps.items():
        own, counts = numbers[period], one.counts
        again = {int(own[one.clusters == number][0]): alike for number, alike in one.stability.items()}
        rows.clusters += themes(period, held.kind, held.names, counts.totals, one.shown, one.equivalence, own, again)
        rows.nodes += _nodes(period, held, one, own, place)
        rows.links += _links(period, held, one, own)
    if held.kind != "coupling":  # its names are documents, each of one period
        rows.add(_over_time(held, periods, maps, numbers, settings))
    return rows


def _drawn(task: tuple[Held, Settings, str]) -> _Map:
    """Links, clusters and what chance would do, of one period."""
    from threadpoolctl import threadpool_limits

    held, settings, period = task
    with threadpool_limits(1):
        counts = recount(held)
        strength, shown = _linked(counts, held.kind, settings.cooccur)
        clusters = louvain(shown, seed=settings.seed, resolution=settings.cooccur.resolution)
        rng, samples = seeded(settings.seed, "stability", held.kind, period), SAMPLES if period == WHOLE else OF_PERIOD
        drawn = (_linked(of, held.kind, settings.cooccur)[1] for of in resampled(held, samples, rng))
        alike, _ = stability(drawn, clusters, rng=rng, resolution=settings.cooccur.resolution)
        return _Map(
            counts, strength, shown, _equivalence(counts, held.kind, settings.cooccur), clusters, alike, _chances(held, counts)
        )


def _linked(counts: Counts, kind: str, settings: CooccurSettings) -> tuple["csr_array", "csr_array"]:
    """The strengths of all links, and those of the backbone."""
    measure, backbone = MEASURES[settings.measure], BACKBONES[settings.backbone]
    strength = measure(counts.together, counts.totals, counts.n_units, min_count=least(kind, settings))
    limit = {"strongest": settings.links_per_node, "disparity": settings.disparity, "min_strength": settings.min_strength}
    return strength, backbone(strength, counts.together, limit[settings.backbone])


def _equivalence(counts: Counts, kind: str, settings: CooccurSettings) -> "csr_array":
    return equivalence_index(counts.together, counts.totals, counts.n_units, min_count=least(kind, settings))


def _chances(held: Held, counts: Counts) -> dict[tuple[int, int], tuple[float, float]]:
    """p and q of each pair that meets; none where the null does not hold: within a window, and between issuers and codes,
    since an issuer stands in every unit of its documents.
    """
    import numpy as np
    from scipy import sparse

    if held.near is not None or held.side is not None:
        return {}
    upper = sparse.triu(counts.together, format="coo")
    p = link_p(upper.data, upper.row, upper.col, counts.totals, np.diff(held.units.indptr))
    q = link_q(p, int((counts.totals > 0).sum()))
    pairs = zip(upper.row.tolist(), upper.col.tolist(), strict=True)
    return dict(zip(pairs, zip(p.round(6).tolist(), q.round(6).tolist(), strict=True), strict=True))


def _numbered(clusters: "dict[str, np.ndarray]") -> "dict[str, np.ndarray]":
    """Clusters of periods under the numbers of those of the whole corpus, new ones after them."""
    whole = clusters[WHOLE]
    found, fresh = {WHOLE: whole}, int(whole.max()) + 1
    for period, own in clusters.items():
        if period != WHOLE:
            found[period] = aligned(own, whole, fresh=fresh)
            fresh = max(fresh, int(found[period].max()) + 1)
    return found


def _nodes(period: str, held: Held, one: _Map, clusters: "np.ndarray", place: "np.ndarray") -> list[Node]:
    """A row for each name that occurs in the period."""
    diagram = callon(one.equivalence, clusters)
    rows = []
    for number, name in enumerate(held.names):
        if total := int(one.counts.totals[number]):
            cluster = int(clusters[number])
            centrality, density = (round(value, 6) for value in diagram.get(cluster, (0.0, 0.0)))
            x, y = place[number].tolist()
            rows.append(Node(period, held.kind, name, total, cluster, x, y, centrality, density))
    return rows


def _links(period: str, held: Held, one: _Map, clusters: "np.ndarray") -> list[Link]:
    """A row for each pair that meets often enough, in the order of the names."""
    from scipy import sparse

    upper = sparse.triu(one.strength, format="coo")
    if not upper.nnz:
        return []
    together = one.counts.together[upper.row, upper.col]
    drawn = set(zip(*(axis.tolist() for axis in one.shown.nonzero()), strict=True))
    rows = []
    columns = (upper.row.tolist(), upper.col.tolist(), upper.data.round(6).tolist(), together.tolist())
    for a, b, value, met in sorted(zip(*columns, strict=True)):
        cluster = int(clusters[a]) if clusters[a] == clusters[b] else -1
        chance = one.p.get((a, b), (None, None))
        rows.append(Link(period, held.kind, held.names[a], held.names[b], int(met), value, cluster, (a, b) in drawn, *chance))
    return rows


def _over_time(
    held: Held, periods: dict[str, Held], maps: dict[str, _Map], numbers: "dict[str, np.ndarray]", settings: Settings
) -> Rows:
    """What themes hand on, which links come and go, what bursts."""
    import numpy as np

    order = [period for period in periods if period != WHOLE]
    plain = plain_periods(held)
    r = np.array([of.units.sum(axis=0) for of in plain.values()]).T.reshape(len(held.names), len(plain))
    d, documents = (np.array([size(of) for of in plain.values()]) for size in (lambda of: of.units.shape[0], _documents))
    shown = {period: maps[period].shown for period in order}
    totals = {period: maps[period].counts.totals for period in order}
    spread, enough = design_effects(plain.values()), documents >= LEAST_DOCUMENTS
    # an issuer stands in all units of its documents or in none
    names = [] if held.kind == "issuer_code" else held.names
    return Rows(
        evolution=evolution(held.kind, order, {period: numbers[period] for period in order}, totals),
        bursts=bursts(held.kind, names, r, d, list(plain), spread=spread, enough=enough),
        link_changes=turnover(
            held.kind,
            held.names,
            _apart(held, order),
            periods,
            shown,
            seed=settings.seed,
            min_count=least(held.kind, settings.cooccur),
        ),
    )


def _apart(held: Held, order: list[str]) -> list[str]:
    """Periods that share no document, from the last one back: sliding ones overlap."""
    found: list[str] = []
    for period in reversed(order):
        if not found or held.windows[period][1] < held.windows[found[-1]][0]:
            found.append(period)
    return found[::-1]


def _documents(held: Held) -> int:
    import numpy as np

    return len(np.unique(held.document))

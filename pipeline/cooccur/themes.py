"""Clusters of a map as themes: what they are called, where they stand in the strategic diagram, and how far to trust them."""

from math import isnan
from typing import TYPE_CHECKING

from pipeline.cooccur.clusters import callon
from pipeline.cooccur.held import LEAST_DOCUMENTS
from pipeline.records import Cluster

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

LABELLED = 3  # members in a label
TELLING = 0.5  # of the first one's score: less does not make a third member of the label
STABLE = 0.5  # Hennig: what comes out less alike is dissolved in the samples
BETWEEN = " · "
QUADRANTS = {(True, True): "motor", (True, False): "basic", (False, True): "niche", (False, False): "emerging_or_declining"}


def themes(
    period: str,
    kind: str,
    names: list[str],
    totals: "np.ndarray",
    links: "csr_array",
    equivalence: "csr_array",
    clusters: "np.ndarray",
    stability: dict[int, float],
) -> list[Cluster]:
    """A row for each cluster of one map, in the order of their numbers.

    Args:
        totals: units holding each name, (n_names,).
        links: strengths of the links shown, (n_names, n_names), symmetric.
        equivalence: from `equivalence_index`, of all links and not only those shown, of the same shape.
        clusters: cluster of each name, -1 for none, (n_names,).
        stability: of each cluster, from `clusters.stability`; NaN where it could not be told.
    """
    import numpy as np

    diagram = callon(equivalence, clusters)
    quadrant = quadrants(diagram)
    score = telling(totals, links, clusters)
    rows = []
    for number, (centrality, density) in diagram.items():
        members = np.flatnonzero(clusters == number).tolist()
        alike = stability.get(number, float("nan"))
        rows.append(
            Cluster(
                period, kind, number, label(members, names, score), len(members), int(totals[members].max()),
                round(centrality, 6), round(density, 6), quadrant[number],
                None if isnan(alike) else round(alike, 6), _reason(alike, len(diagram)),
            )
        )  # fmt: skip
    return rows


def quadrants(diagram: dict[int, tuple[float, float]]) -> dict[int, str]:
    """The quadrant of each cluster in the strategic diagram, which the medians of centrality and density cut in four.

    Motor themes are central and dense, basic ones central only, niche ones dense only. What lies on a median counts as above it,
    so that the middle one of three clusters is not called declining. A single cluster has none.

    Args:
        diagram: centrality and density of each cluster, from `callon`.
    Source: Callon, Courtial & Laville 1991, Scientometrics 22(1); medians as in SciMAT, Cobo et al. 2012, JASIST 63(8).
    """
    import numpy as np

    if len(diagram) < 2:
        return dict.fromkeys(diagram, "")
    values = np.array(list(diagram.values())).round(9)  # sums that differ in the last bit only are equals
    above = values >= np.median(values, axis=0)
    return {number: QUADRANTS[central, dense] for number, (central, dense) in zip(diagram, above.tolist(), strict=True)}


def telling(totals: "np.ndarray", links: "csr_array", clusters: "np.ndarray") -> "np.ndarray":
    """How much each name says of its cluster: units holding it × share of the strength of its links that stays inside, (n_names,)."""
    import numpy as np

    entries = links.tocoo()
    inside = np.where(clusters[entries.row] == clusters[entries.col], entries.data, 0.0)
    within, whole = (np.bincount(entries.row, weights, minlength=len(totals)) for weights in (inside, entries.data))
    return totals * np.divide(within, whole, out=np.zeros(len(totals)), where=whole > 0)


def label(members: list[int], names: list[str], score: "np.ndarray") -> str:
    """The two most telling members, and a third if it tells half as much as the first; of equals the first by code point."""
    best = sorted(members, key=lambda member: (-round(float(score[member]), 9), names[member]))[:LABELLED]
    if len(best) == LABELLED and score[best[-1]] < TELLING * score[best[0]]:
        best.pop()
    return BETWEEN.join(names[member] for member in best)


def _reason(alike: float, n_clusters: int) -> str:
    reasons = []
    if isnan(alike):
        reasons.append(f"fewer than {LEAST_DOCUMENTS} documents: no telling whether it comes out again")
    elif alike < STABLE:
        reasons.append(f"does not come out again: {int(100 * alike) / 100:.2f} alike in other samples of the documents")
    if n_clusters == 1:
        reasons.append("the only cluster: nothing to compare it with")
    return "; ".join(reasons)

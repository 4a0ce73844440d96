"""Clusters of a map, whether they come out again, how central and how dense they are, and their numbers in every period."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

STARTS = 5
NONE = -1  # the cluster of a term without any link


def louvain(links: "csr_array", *, seed: int, resolution: float = 1.0, starts: int = STARTS) -> "np.ndarray":
    """Clusters of a weighted graph: the best by modularity of several seeded starts.

    Args:
        links: weights, (n, n), symmetric.
        resolution: higher gives more and smaller clusters.
    Returns: cluster of each node from 0, the largest first (of equals, the one of the first node); -1 without a link; (n,).
    Source: Blondel et al. 2008, J. Stat. Mech. P10008; modularity with resolution: Reichardt & Bornholdt 2006.
    """
    import networkx as nx
    import numpy as np

    found = np.full(links.shape[0], NONE)
    linked = np.flatnonzero(np.diff(links.indptr))
    if not len(linked):
        return found
    # numbers as nodes: the order of a set of strings changes with the hash seed
    graph = nx.from_scipy_sparse_array(links[linked][:, linked])
    tried = [nx.community.louvain_communities(graph, resolution=resolution, seed=seed + start) for start in range(starts)]
    best = tried[0]
    if starts > 1:
        best = max(tried, key=lambda start: round(nx.community.modularity(graph, start, resolution=resolution), 9))
    for number, members in enumerate(sorted(best, key=lambda members: (-len(members), min(members)))):
        found[linked[list(members)]] = number
    return found


def stability(
    drawn: "Iterable[csr_array]", clusters: "np.ndarray", *, rng: "np.random.Generator", resolution: float = 1.0
) -> tuple[dict[int, float], float]:
    """How far clusters come out again, with another seed and from documents drawn with replacement.

    A cluster's is the mean over the samples of its Jaccard likeness with the cluster of the sample that is most like it; the
    whole partition's is the mean adjusted Rand index over the terms with a link. A term that has no link in a sample is in none
    of its clusters. Each sample takes one start of Louvain, so that a partition among several as good ones is told from a clear one.

    Args:
        drawn: the links of each sample, found by the measure and backbone on which `clusters` were found, from `held.resampled`.
        clusters: cluster of each term, -1 for none, (n_terms,).
    Returns: likeness of each cluster, 0 to 1, and the index, at most 1; NaN without a sample or without clusters.
    Source: Hennig 2007, Computational Statistics & Data Analysis 52; Hubert & Arabie 1985, J. Classification 2.
    """
    import numpy as np
    from sklearn.metrics import adjusted_rand_score

    numbers, own = np.unique(clusters[clusters >= 0], return_inverse=True)
    linked = np.flatnonzero(clusters >= 0)
    likeness, rand, samples = np.zeros(len(numbers)), 0.0, 0
    for links in drawn if len(linked) else ():
        found = louvain(links, seed=int(rng.integers(2**31)), resolution=resolution, starts=1)
        likeness += _nearest(own, len(numbers), found[linked], np.bincount(found[found >= 0]))
        lone = np.where(found < 0, len(found) + np.arange(len(found)), found)
        rand += adjusted_rand_score(own, lone[linked])
        samples += 1
    if not samples:
        return dict.fromkeys(numbers.tolist(), float("nan")), float("nan")
    return dict(zip(numbers.tolist(), (likeness / samples).round(6).tolist(), strict=True)), round(rand / samples, 6)


def _nearest(own: "np.ndarray", n_own: int, found: "np.ndarray", sizes: "np.ndarray") -> "np.ndarray":
    """Jaccard likeness of each own cluster with the cluster found that is most like it, whose sizes count terms of none too."""
    import numpy as np

    if not len(sizes):
        return np.zeros(n_own)
    shared = np.zeros((n_own, len(sizes)))
    np.add.at(shared, (own[found >= 0], found[found >= 0]), 1)
    either = np.bincount(own, minlength=n_own)[:, None] + sizes - shared
    return (shared / either).max(axis=1)


def aligned(clusters: "np.ndarray", reference: "np.ndarray", *, fresh: int) -> "np.ndarray":
    """The same clusters under the numbers of those reference clusters they share most members with; others are numbered from `fresh`.

    Args:
        clusters, reference: cluster of each node, -1 for none, (n,).
    Source: Kuhn 1955, The Hungarian method for the assignment problem.
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    shared = np.zeros((clusters.max() + 1, reference.max() + 1), np.int64)
    both = (clusters >= 0) & (reference >= 0)
    np.add.at(shared, (clusters[both], reference[both]), 1)
    rows, columns = linear_sum_assignment(shared, maximize=True)
    name = {row: column for row, column in zip(rows.tolist(), columns.tolist(), strict=True) if shared[row, column]}
    for row in range(len(shared)):
        if row not in name:
            name[row], fresh = fresh, fresh + 1
    return np.array([name.get(cluster, NONE) for cluster in clusters.tolist()], np.int64)


def callon(equivalence: "csr_array", clusters: "np.ndarray") -> dict[int, tuple[float, float]]:
    """Callon centrality and density of each cluster.

    Centrality is 10 · Σ e_kh over the links between members k and others h; a link between two clusters counts for both.
    Density is 100 · Σ e_ij / n over the links between its n members.

    Args:
        equivalence: from `equivalence_index`, (n, n), symmetric, zero diagonal.
        clusters: cluster of each node, -1 for none, (n,).
    Source: Callon, Courtial & Laville 1991, Scientometrics 22(1); factors as in SciMAT, Cobo et al. 2012, JASIST 63(8).
    """
    import numpy as np

    entries = equivalence.tocoo()
    first, second = clusters[entries.row], clusters[entries.col]
    found = {}
    for cluster in np.unique(clusters[clusters >= 0]).tolist():
        outward = entries.data[(first == cluster) & (second != cluster)].sum()
        inward = entries.data[(first == cluster) & (second == cluster)].sum() / 2
        found[cluster] = (float(10 * outward), float(100 * inward / (clusters == cluster).sum()))
    return found

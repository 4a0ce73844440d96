"""Which theme of one period hands its members on to which theme of the next."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.records import Evolution

if TYPE_CHECKING:
    import numpy as np


def evolution(
    kind: str, periods: Sequence[str], clusters: "Mapping[str, np.ndarray]", counts: "Mapping[str, np.ndarray]"
) -> list[Evolution]:
    """A row for each two clusters of neighbouring periods that share a member.

    Of clusters A before and B after, with c and c' the counts of both periods: inclusion |A ∩ B| / min(|A|, |B|), weighted
    inclusion Σ over A ∩ B of min(c, c') / min(Σ over A of c, Σ over B of c'), stability |A ∩ B| / |A ∪ B|; all 0 to 1.

    Args:
        periods: in order. A period without a map is left out, so that neighbours may lie apart: a row names both.
        clusters: of each name in each period, -1 for none, (n_names,).
        counts: units holding each name in each period, (n_names,).
    Source: Cobo et al. 2011, J. Informetrics 5(1); stability index: Small 1977, Social Studies of Science 7(2).
    """
    drawn = [period for period in periods if period in clusters and (clusters[period] >= 0).any()]
    return [
        Evolution(kind, before, a, after, b, shared, inclusion, weighted, stability)
        for before, after in pairwise(drawn)
        for a, b, shared, inclusion, weighted, stability in _shared(
            clusters[before], clusters[after], counts[before], counts[after]
        )
    ]


def _shared(
    before: "np.ndarray", after: "np.ndarray", counts_before: "np.ndarray", counts_after: "np.ndarray"
) -> Iterator[tuple[int, int, int, float, float, float]]:
    """Cluster before, cluster after, members of both, and the three indexes, of each two clusters that share a member."""
    import numpy as np

    both = (before >= 0) & (after >= 0)
    table = np.zeros((before.max() + 1, after.max() + 1), np.int64)
    weights = np.zeros(table.shape)
    np.add.at(table, (before[both], after[both]), 1)
    np.add.at(weights, (before[both], after[both]), np.minimum(counts_before, counts_after)[both])
    size, weight = _sums(before, counts_before)
    size_after, weight_after = _sums(after, counts_after)
    for a, b in np.argwhere(table).tolist():
        shared, least = int(table[a, b]), min(weight[a], weight_after[b])
        weighted = float(weights[a, b] / least) if least else 0.0
        either = size[a] + size_after[b] - shared
        yield a, b, shared, float(shared / min(size[a], size_after[b])), weighted, float(shared / either)


def _sums(clusters: "np.ndarray", counts: "np.ndarray") -> tuple["np.ndarray", "np.ndarray"]:
    """Members of each cluster and the sum of their counts, (n_clusters,)."""
    import numpy as np

    inside = clusters >= 0
    return np.bincount(clusters[inside]), np.bincount(clusters[inside], counts[inside])

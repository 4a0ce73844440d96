"""Which units hold which names of one kind of map, and the counts of it: of all, of a period, of documents drawn anew."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.cooccur.pairs import Counts, meetings, rows_of

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

WHOLE = "all"  # the period that is all of them, undated documents too
PLURAL = {
    "term": "terms",
    "code": "codes",
    "keyword": "keywords",
    "author": "authors",
    "institution": "institutions",
    "reference": "cited works",
    "coupling": "documents that cite",
    "issuer_code": "issuers and codes",
}
LEAST_DOCUMENTS = 5  # of a period: fewer are nearly the same in every sample
_EXAMPLES = 2  # of merged writings that a note tells


@dataclass(frozen=True)
class Held:
    """Units and the names of one kind they hold.

    For coupling the names are documents and the units are the works they cite; everything else meets in units of text or documents.
    """

    kind: str
    names: list[str]  # sorted
    units: "csr_array"  # bool, (n_units, n_names)
    document: (
        "np.ndarray"  # number of the document each unit is of: what is drawn anew by a bootstrap; of coupling the unit itself
    )
    period: "np.ndarray"  # number of the period of each unit, of coupling of each name; -1 undated
    windows: dict[str, tuple[int, int]]  # label of each period that is mapped → first and last number of `period` in it
    near: "np.ndarray | None" = None  # unit, name, name of each pair that meets within the window, (n, 3); none: in the unit
    side: "np.ndarray | None" = None  # of each name; only names of different sides are linked; none: any two
    merged: dict[str, list[str]] | None = None  # name → its other writings
    left_out: int = 0  # references that do not say which work they mean
    labels: tuple[str, ...] = ()  # of the numbers of `period`
    holders: tuple[tuple[str, str], ...] = ()  # name, doc_id: of names that meet in documents


def periods_of(held: Held) -> dict[str, Held]:
    """The whole, and each period that is mapped and has units of this kind."""
    found = {label: within(held, label) for label in held.windows}
    return {WHOLE: held} | {label: of for label, of in found.items() if of.units.shape[0]}


def plain_periods(held: Held) -> dict[str, Held]:
    """Every period from the first to the last, those without units too, whatever periods maps take in."""
    single = replace(held, windows={label: (at, at) for at, label in enumerate(held.labels)})
    return {label: within(single, label) for label in held.labels}


def resampled(held: Held, samples: int, rng: "np.random.Generator") -> Iterator[Counts]:
    """The counts of as many documents drawn with replacement, `samples` times; none of fewer than five documents."""
    import numpy as np

    documents, number = np.unique(held.document, return_inverse=True)
    size, held = len(documents), replace(held, document=number)
    for _ in range(samples if size >= LEAST_DOCUMENTS else 0):
        yield recount(held, np.bincount(rng.integers(size, size=size), minlength=size))


def holding_both(held: Held, first: "np.ndarray", second: "np.ndarray") -> "csr_array":
    """Which unit counts for which pair of names, (n_units, n_pairs)."""
    import numpy as np
    from scipy import sparse

    if held.near is None:
        columns = held.units.astype(np.int32).tocsc()
        return columns[:, first].multiply(columns[:, second]).tocsr()
    wanted, found = (low * len(held.names) + high for low, high in ((first, second), held.near[:, 1:].astype(np.int64).T))
    order = np.argsort(wanted)
    at = np.searchsorted(wanted[order], found).clip(max=max(len(wanted) - 1, 0))
    met = wanted[order][at] == found if len(wanted) else np.zeros(len(found), bool)
    places = held.near[met, 0], order[at[met]]
    return sparse.coo_array((np.ones(met.sum(), np.int32), places), shape=(held.units.shape[0], len(wanted))).tocsr()


def within(held: Held, label: str) -> Held:
    """The units of a period; for coupling the documents of it, and the works they cite."""
    import numpy as np
    from scipy import sparse

    first, last = held.windows[label]
    inside = (held.period >= first) & (held.period <= last)
    if held.kind == "coupling":
        kept = inside[held.units.indices]
        ends = np.concatenate([[0], np.cumsum(kept)])[held.units.indptr]
        units = sparse.csr_array((held.units.data[kept], held.units.indices[kept], ends), shape=held.units.shape)
        cited = np.diff(units.indptr) > 0
        return replace(held, units=units[cited], document=held.document[cited])
    near = held.near
    if near is not None:
        near = near[inside[near[:, 0]]]
        near = np.column_stack([(np.cumsum(inside) - 1)[near[:, 0]], near[:, 1:]])
    return replace(held, units=held.units[inside], document=held.document[inside], period=held.period[inside], near=near)


def recount(held: Held, times: "np.ndarray | None" = None) -> Counts:
    """The counts of these units.

    Args:
        times: how often each document was drawn, (documents,); none: each once.
    """
    import numpy as np
    from scipy import sparse

    units, n_names = held.units, len(held.names)
    weight = np.ones(units.shape[0], np.int64) if times is None else times[held.document]
    if not n_names or not units.shape[0]:
        return Counts(int(weight.sum()), np.zeros(n_names, np.int64), sparse.csr_array((n_names, n_names), dtype=np.int64))
    if times is None and held.near is None:
        counts = meetings(rows_of(units), np.bincount(units.indices, minlength=n_names))
    else:
        of_entry = np.repeat(weight, np.diff(units.indptr))
        totals = np.bincount(units.indices, of_entry, minlength=n_names).astype(np.int64)
        together = _weighted(units, of_entry) if held.near is None else _near(held.near, weight, n_names)
        counts = Counts(int(weight.sum()), totals, together)
    return counts if held.side is None else replace(counts, together=_across(counts.together, held.side))


def note(held: Held) -> str:
    """What was done to names before they were counted, in a sentence; "" when nothing was."""
    merged = held.merged or {}
    told = []
    if merged:
        examples = ", ".join(f"{name} = {merged[name][0]}" for name in list(merged)[:_EXAMPLES])
        writings = sum(len(others) + 1 for others in merged.values())
        told.append(f"{writings} writings of {PLURAL[held.kind]} are counted as {len(merged)}: {examples}")
    if held.left_out:
        told.append(f"{held.left_out} references do not say which work they mean and are left out")
    return "; ".join(told)


def windows(labels: list[str], present: set[str], size: int) -> dict[str, tuple[int, int]]:
    """The periods that are mapped: each, or so many in a row, as far as there are documents in them.

    Args:
        labels: all periods from the first to the last. present: those with documents.
    """
    size = min(size, len(labels)) if labels else 1
    found = {}
    for first in range(len(labels) - size + 1):
        of = labels[first : first + size]
        if not present.isdisjoint(of):
            label = of[0] if size == 1 else f"{of[0].split('–')[0]}–{of[-1].split('–')[-1]}"
            found[label] = (first, first + size - 1)
    return found


def near_pairs(unit: "np.ndarray", name: "np.ndarray", window: int, n_names: int) -> "np.ndarray":
    """Pairs of different names that stand at most so many words apart in a unit, each pair of a unit once.

    Args:
        unit, name: of each word in the order of the text; name is -1 for words that are on no map.
    Returns: unit, first and second name, (n, 3).
    """
    import numpy as np

    found = [np.zeros((3, 0), np.int64)]
    for step in range(1, window + 1):
        at = np.flatnonzero(
            (unit[:-step] == unit[step:]) & (name[:-step] >= 0) & (name[step:] >= 0) & (name[:-step] != name[step:])
        )
        ends = np.stack([name[at], name[at + step]])
        found.append(np.stack([unit[at], ends.min(axis=0), ends.max(axis=0)]))
    of, first, second = np.concatenate(found, axis=1)
    keys = np.unique((of * n_names + first) * n_names + second)
    rest, second = np.divmod(keys, max(n_names, 1))
    return np.column_stack([*np.divmod(rest, max(n_names, 1)), second]).astype(np.int32)


def _weighted(units: "csr_array", of_entry: "np.ndarray") -> "csr_array":
    """Units holding both names, each counted by its weight."""
    import numpy as np
    from scipy import sparse

    weighed = sparse.csr_array((of_entry, units.indices, units.indptr), shape=units.shape)
    both = (units.astype(np.int64).T @ weighed).tocoo()
    return _where(both, (both.row != both.col) & (both.data != 0))


def _near(near: "np.ndarray", weight: "np.ndarray", n_names: int) -> "csr_array":
    """Units in which both names meet within the window, each counted by its weight."""
    from scipy import sparse

    of_pair = weight[near[:, 0]]
    upper = sparse.coo_array((of_pair, (near[:, 1], near[:, 2])), shape=(n_names, n_names)).tocsr()
    both = (upper + upper.T).tocoo()
    return _where(both, both.data != 0)


def _across(together: "csr_array", side: "np.ndarray") -> "csr_array":
    both = together.tocoo()
    return _where(both, side[both.row] != side[both.col])


def _where(both: "csr_array", kept: "np.ndarray") -> "csr_array":
    from scipy import sparse

    return sparse.coo_array((both.data[kept], (both.row[kept], both.col[kept])), shape=both.shape).tocsr()

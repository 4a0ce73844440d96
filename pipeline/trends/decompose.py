"""Why a rate changed: the same issuers write otherwise, other issuers have the floor, or other kinds of documents do."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.config import Settings
from pipeline.records import Part
from pipeline.stats import seeded

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

    from pipeline.trends.series import Series

SAMPLES = 300  # bootstrap samples at most: there is an interval for each pair of periods


@dataclass(frozen=True)
class _Cells:
    """Issuers and kinds in two periods."""

    text: "np.ndarray"  # (2, n_cells)
    rates: "np.ndarray"  # (2, n_cells, n_series); where there is no text, of the other period
    issuers: "np.ndarray"  # of each cell, integers from 0, (n_cells,)
    both: "np.ndarray"  # whether there is text in both periods, (n_cells,)
    slots: "np.ndarray"  # place of each document in `text`, flattened, (n_documents,)


def decompose(series: "Series", *, settings: Settings) -> list[Part]:
    """The change of each code and each term of one's own, split exactly: from every period to the next that has text, and first to last.

    Cells are an issuer and a kind of document; the unit is the first of `trends.units`, and the text is what it divides by.
    See `parts` for the formula. Rounded parts still add up: `issuers` is what the others leave of the rounded rates.

    Returns: no row for a group with text in fewer than two periods.
    """
    import numpy as np

    columns = _columns(series, settings)
    if not columns:
        return []
    unit, names = settings.trends.units[0], [series.names[number] for number in columns]
    above, below = series.above[:, columns], series.below[:, columns[0]]  # one unit divides by one thing
    rows = []
    for group, before, after, members in _pairs(series, below > 0):
        late = np.array([series.periods[number] == after for number in members])
        who = [(series.strata[number], series.documents[number]["kind"]) for number in members]
        cells = _cells(above[members], below[members], who, late)
        whole = (cells.text / cells.text.sum(axis=1, keepdims=True))[:, None] @ cells.rates  # (2, 1, n_series)
        low, high, reason = _interval(above[members], below[members], cells, late, (before, after), group, settings)
        found = [whole[0, 0], whole[1, 0], *parts(cells.text, cells.rates, cells.issuers), low, high]
        for name, values in zip(names, np.array(found).round(6).T.tolist(), strict=True):
            rows.append(_row(name, group, unit, before, after, values, _shared(cells), reason))
    return rows


def parts(below: "np.ndarray", rates: "np.ndarray", issuers: "np.ndarray") -> tuple["np.ndarray", "np.ndarray", "np.ndarray"]:
    """What issuers writing otherwise, other issuers and other kinds add to the change of Σ s q r; the three sum to it exactly.

    s is the issuer's share of the text, q the kind's share of what the issuer wrote, r the rate in the cell. Each part is
    what changing its factor adds, averaged over the six orders in which the three can be changed, so none comes first.
    A cell met in one period only has no rate in the other. It is given the same rate there, and an issuer met in one period
    only the same kinds: such a cell says nothing about how anyone's writing changed, only that the mix did.

    Args:
        below: text of each cell in two periods, (..., 2, n_cells), cells of one issuer beside each other.
        rates: (..., 2, n_cells, n_series), with the rate of the other period where a cell is empty.
        issuers: of each cell, integers from 0, (n_cells,).
    Returns: within, issuers, kinds, (..., n_series) each.
    Source: Kitagawa 1955, JASA 50 (rate and composition); Das Gupta 1993, Census P23-186 (three factors, averaged over
        orders: the Shapley value); Melitz & Polanec 2015, RAND J. Econ. 46 (those who enter or leave are composition).
    """
    s, q = _factors(below, issuers)
    return _part(rates, s, q), _part(s, q, rates), _part(q, s, rates)


def _factors(below: "np.ndarray", issuers: "np.ndarray") -> tuple["np.ndarray", "np.ndarray"]:
    """s and q of each cell, (..., 2, n_cells, 1)."""
    import numpy as np

    share = below / below.sum(axis=-1, keepdims=True)
    of_issuer = np.add.reduceat(share, np.flatnonzero(np.diff(issuers, prepend=-1)), axis=-1)[..., issuers]
    with np.errstate(divide="ignore", invalid="ignore"):
        kind = share / of_issuer
    kind = np.nan_to_num(np.where(of_issuer > 0, kind, kind[..., ::-1, :]))
    return of_issuer[..., None], kind[..., None]


def _part(changed: "np.ndarray", a: "np.ndarray", b: "np.ndarray") -> "np.ndarray":
    """The change of one factor times the mean, over the orders of changing, of the product of the two others."""
    (a0, a1), (b0, b1), (c0, c1) = ((values[..., 0, :, :], values[..., 1, :, :]) for values in (a, b, changed))
    return ((c1 - c0) * ((a0 * b0 + a1 * b1) / 3 + (a0 * b1 + a1 * b0) / 6)).sum(axis=-2)


def _columns(series: "Series", settings: Settings) -> list[int]:
    """Of codes, without their stances and variants, and of terms of one's own, in the first unit."""
    own = {f"term:{term}" for term in settings.trends.terms}
    named = enumerate(zip(series.names, series.units, strict=True))
    return [n for n, (name, unit) in named if unit == settings.trends.units[0] and (name in own or not {*":/"} & {*name})]


def _pairs(series: "Series", has_text: "np.ndarray") -> Iterator[tuple[str, str, str, list[int]]]:
    """Group, two periods and the documents of both: each period with the next that has text, and the first with the last."""
    members: dict[str, dict[str, list[int]]] = {}
    for number, period in enumerate(series.periods):
        if period is None or not has_text[number]:
            continue
        for group in series.groups[number]:
            members.setdefault(group, {}).setdefault(period, []).append(number)
    for group, found in sorted(members.items()):
        present = sorted(found)  # labels sort as their time does
        ends = [(present[0], present[-1])] if len(present) > 2 else []
        for before, after in [*pairwise(present), *ends]:
            yield group, before, after, found[before] + found[after]


def _cells(above: "np.ndarray", below: "np.ndarray", who: list[tuple[str, str]], late: "np.ndarray") -> _Cells:
    """Sums of documents by issuer and kind; `who` of each document, sorted by issuer here."""
    import numpy as np

    names = sorted(set(who))
    place = {name: number for number, name in enumerate(names)}
    slots = np.array([place[name] for name in who]) + len(names) * late
    text = np.bincount(slots, below, 2 * len(names)).reshape(2, -1)
    rates = (_sums(slots, above, 2 * len(names)) @ np.ones(len(slots))).reshape(2, len(names), -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = rates / text[..., None]
    rates = np.where(text[..., None] > 0, rates, rates[::-1])
    _, issuers = np.unique([issuer for issuer, _ in names], return_inverse=True)
    return _Cells(text, rates, issuers, np.logical_and.reduce(text > 0), slots)


def _sums(slots: "np.ndarray", values: "np.ndarray", n_slots: int) -> "sparse.csr_matrix":
    """What sums values of documents by slot and column when it is multiplied by how often each counts, (n_slots * n_columns, n_documents)."""
    import numpy as np
    from scipy import sparse

    row, column = np.nonzero(values)
    place = slots[row] * values.shape[1] + column
    return sparse.csr_matrix((values[row, column], (place, row)), (n_slots * values.shape[1], len(values)))


def _shared(cells: _Cells) -> float:
    """Share of the text by cells of both periods, mean of the two."""
    return round(float((cells.text[:, cells.both].sum(axis=1) / cells.text.sum(axis=1)).mean()), 6)


def _interval(
    above: "np.ndarray",
    below: "np.ndarray",
    cells: _Cells,
    late: "np.ndarray",
    periods: tuple[str, str],
    group: str,
    settings: Settings,
) -> tuple["np.ndarray", "np.ndarray", str]:
    """Percentile interval of `within`, (n_series,) each, NaN with the reason where there is none."""
    import numpy as np

    none = np.full(above.shape[1], np.nan)
    if not cells.both.any():
        return none, none, "no issuer wrote one kind of document in both periods: all of it is mix"
    counted = late[cells.both[cells.slots % len(cells.both)]]
    few, period = min((int((counted == second).sum()), period) for second, period in enumerate(periods))
    if few < settings.trends.min_documents:
        return none, none, f"{few} document{'s' if few > 1 else ''} in {period} by issuers and kinds of both: no interval"
    rng = seeded(settings.seed, "decompose", *periods, group)
    times = _draws(cells, min(SAMPLES, settings.trends.bootstraps), rng)
    low, high = np.quantile(_within(above, below, cells, times), [0.025, 0.975], axis=0)
    return low, high, ""


def _draws(cells: _Cells, samples: int, rng: "np.random.Generator") -> "np.ndarray":
    """How often each document is in each sample, (samples, n_documents), of documents drawn within cell and period.

    One document alone would never vary: issuers with such a cell are drawn among each other instead, with all they wrote in
    both periods. Of n one less is drawn and counts n / (n - 1) times, or few would vary too little (Rao & Wu 1988, JASA 83).
    """
    import numpy as np

    counts = np.bincount(cells.slots, minlength=cells.text.size).reshape(2, -1)
    alone = (counts == 1).any(axis=0) & cells.both
    whole = np.bincount(cells.issuers, alone) > 0
    whole &= whole.sum() > 1  # there must be others to draw
    issuer = cells.issuers[cells.slots % len(cells.issuers)]
    units = np.where(whole[issuer], issuer, len(whole) + np.arange(len(issuer)))
    _, first, unit = np.unique(units, return_index=True, return_inverse=True)
    stratum = np.where(whole[issuer], -1, cells.slots)[first]
    order = np.argsort(stratum, kind="stable")
    _, start, size = np.unique(stratum[order], return_index=True, return_counts=True)
    draws = np.maximum(size - 1, 1)
    begin, width, weight = (np.repeat(values, draws) for values in (start, size, size / draws))
    drawn = order[begin + (rng.random((samples, len(begin))) * width).astype(int)]
    flat = (drawn + len(order) * np.arange(samples)[:, None]).ravel()
    times = np.bincount(flat, np.tile(weight, samples), samples * len(order)).reshape(samples, -1)
    return times[:, unit]


def _within(above: "np.ndarray", below: "np.ndarray", cells: _Cells, times: "np.ndarray") -> "np.ndarray":
    """`within` of documents counted as often as `times` says, (samples, n_series)."""
    import numpy as np

    shape = (len(times), *cells.rates.shape)
    text = (_sums(cells.slots, below[:, None], cells.text.size) @ times.T).T.reshape(shape[:-1])
    coded = (_sums(cells.slots, above, cells.text.size) @ times.T).T.reshape(shape)
    # cells of one period, and of issuers that a sample misses, say nothing
    met = ((text > 0) & cells.both)[..., None]
    rates = np.where(met, coded / np.maximum(text, 1e-300)[..., None], cells.rates)
    return _part(rates, *_factors(text, cells.issuers))


def _row(name: str, group: str, unit: str, before: str, after: str, values: list[float], shared: float, reason: str) -> Part:
    """A row of rounded values: both rates, within, issuers, kinds, low and high."""
    first, second, within, _, kinds, low, high = values
    issuers = round(second - first - within - kinds, 6) + 0.0
    if not reason and high == low:
        reason = "the same in every sample: no interval"
    if reason:
        return Part(name, group, unit, before, after, first, second, within, issuers, kinds, None, None, shared, reason)
    mind = "issuers and kinds of both periods have less than half of the text" if shared < 0.5 else ""
    return Part(name, group, unit, before, after, first, second, within, issuers, kinds, low, high, shared, mind)

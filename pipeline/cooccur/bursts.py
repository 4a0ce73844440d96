"""Stretches of periods in which something is met far more often than in the rest of the time."""

from collections.abc import Iterable, Sequence
from math import log
from typing import TYPE_CHECKING

from pipeline.cooccur.held import Held
from pipeline.cooccur.turnover import by_document
from pipeline.records import Burst

if TYPE_CHECKING:
    import numpy as np

SCALE = 2.0  # a state has so many times the rate of the one below
GAMMA = 1.0  # of the cost of climbing
LEVELS = 5  # above the base; 32 times its rate is a burst at any level
LEAST_PERIODS = 3  # with fewer there is no rest to stand out from
ENOUGH = 5  # units of a period in which a burst may start


def bursts(
    kind: str,
    names: Sequence[str],
    r: "np.ndarray",
    d: "np.ndarray",
    periods: Sequence[str],
    *,
    scale: float = SCALE,
    gamma: float = GAMMA,
    spread: "np.ndarray | float" = 1.0,
    enough: "np.ndarray | None" = None,
) -> list[Burst]:
    """A row for each burst of each item, those of higher levels within those of lower ones.

    A period is in state i = 0, 1, … with rate p_i = (Σ r / Σ d) · scale^i as long as that is below 1, at the cost
    -ln(p_i^r · (1 - p_i)^(d - r)); climbing costs gamma · ln n a state, n the number of periods, and coming down nothing; before
    the first period the state is 0. Of the cheapest sequence, a stretch in state i or above is a burst of level i, and its
    weight Σ (cost in state i - 1) - (cost in state i). Periods without units are passed over and not counted in n: `gaps`.
    An item met in half of all units or more has no state above the base.

    Units are taken to be drawn one by one. Sentences come in documents, and one document about an item would make a burst:
    with a `spread` of k, k units count as one, in the costs and so in the weight.

    Args:
        r: units holding each item in each period, (n_items, n_periods).
        d: units in each period, (n_periods,).
        spread: of each item, from `design_effects`, (n_items,); 1 where units are documents.
        enough: whether a burst may start in each period, (n_periods,); by default where there are five units.
    Source: Kleinberg 2002, Bursty and hierarchical structure in streams, KDD, section on batched arrivals; units that come in
    clusters: Rao & Scott 1992, Biometrics 48.
    """
    import numpy as np

    used = np.flatnonzero(d > 0)
    if len(used) < LEAST_PERIODS or not len(names):
        return []
    units, held = d[used].astype(float), r[:, used].astype(float)
    starts = units >= ENOUGH if enough is None else np.asarray(enough, bool)[used]
    cost = _costs(held, units, scale) / np.broadcast_to(np.maximum(spread, 1), len(names))[:, None, None]
    state = _cheapest(cost, gamma * log(len(used)), starts)
    labels = [periods[at] for at in used.tolist()]
    rows: list[tuple[int, Burst]] = []
    for level in range(1, cost.shape[2]):
        with np.errstate(invalid="ignore"):  # states an item does not have cost ∞
            gain = cost[:, :, level - 1] - cost[:, :, level]
        for item, first, last in _stretches(state >= level):
            inside = slice(first, last + 1)
            weight, count = round(float(gain[item, inside].sum()), 9), int(held[item, inside].sum())
            of = int(units[inside].sum())
            rows.append((item, Burst(kind, names[item], level, labels[first], labels[last], weight, count, of)))
    return [row for _, row in sorted(rows, key=lambda row: row[0])]


def design_effects(held: "Iterable[Held]") -> "np.ndarray":
    """How many times as much counts of units vary between the documents of a period as those of units drawn one by one.

    Of documents with n_k units, x_k of which hold an item: Σ (x_k - n_k p)² · K / (K - 1) over n p (1 - p), p being the rate of
    the period, both sums over all periods; at least 1. Periods of one document do not count.

    Args:
        held: what the units of each period hold.
    Returns: of each item, (n_names,); 1 if there is nothing to tell it from.
    Source: Rao & Scott 1992, A simple method for the analysis of clustered binary data, Biometrics 48.
    """
    import numpy as np

    above: np.ndarray | float = 0.0
    below: np.ndarray | float = 0.0
    for of in held:
        counts, size = by_document(of.units, of.document)
        documents, totals = len(size), counts.sum(axis=0)
        rate = totals / max(size.sum(), 1)
        squares = counts.multiply(counts).sum(axis=0) - 2 * rate * (counts.T @ size) + rate**2 * (size**2).sum()
        above = above + squares * documents / max(documents - 1, 1)
        below = below + totals * (1 - rate) * (documents > 1)
    return np.maximum(np.divide(above, below, out=np.ones(np.shape(above)), where=np.asarray(below) > 0), 1)


def gaps(d: "np.ndarray", periods: Sequence[str]) -> str:
    """What to say of periods without units, over which bursts go on; "" when there are none."""
    empty = [period for period, units in zip(periods, d.tolist(), strict=True) if not units]
    return f"bursts go on over periods without documents: {', '.join(empty)}" if empty else ""


def _costs(r: "np.ndarray", d: "np.ndarray", scale: float) -> "np.ndarray":
    """Of each period in each state, (n_items, n_periods, n_states); ∞ where a state would have a rate of 1 or more."""
    import numpy as np

    base = r.sum(axis=1) / d.sum()
    rate = base[:, None] * scale ** np.arange(LEVELS + 1)
    possible = (rate > 0) & (rate < 1 - 1e-12)
    rate = np.where(possible, rate, 0.5)
    cost = -(r[:, :, None] * np.log(rate)[:, None] + (d - r)[:, :, None] * np.log1p(-rate)[:, None])
    possible[:, 0] = True  # of what is met in no unit, or in all, there is nothing to tell: it stays in the base
    return np.where(possible[:, None], cost, np.inf)


def _cheapest(cost: "np.ndarray", climb: float, starts: "np.ndarray") -> "np.ndarray":
    """The cheapest sequence of states, of equals the lowest, (n_items, n_periods): Viterbi over all items at once."""
    import numpy as np

    n_items, n_periods, n_states = cost.shape
    steps = np.maximum(np.arange(n_states) - np.arange(n_states)[:, None], 0) * climb  # from, to
    barred = np.where(np.triu(np.ones((n_states, n_states), bool), 1), np.inf, 0)
    total = np.full((n_items, n_states), np.inf)
    total[:, 0] = 0
    origin = np.zeros((n_periods, n_items, n_states), np.int8)
    for at in range(n_periods):
        ways = total[:, :, None] + (steps if starts[at] else barred)
        origin[at] = ways.argmin(axis=1)
        total = ways.min(axis=1) + cost[:, at]
    state = np.zeros((n_items, n_periods), np.int64)
    last = total.argmin(axis=1)
    for at in range(n_periods - 1, -1, -1):
        state[:, at] = last
        last = origin[at][np.arange(n_items), last]
    return state


def _stretches(inside: "np.ndarray") -> list[tuple[int, int, int]]:
    """Item, first and last period of each unbroken stretch."""
    import numpy as np

    edges = np.diff(np.pad(inside.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    item, first = np.nonzero(edges == 1)
    return list(zip(item.tolist(), first.tolist(), (np.nonzero(edges == -1)[1] - 1).tolist(), strict=True))

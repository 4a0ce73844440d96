"""The best cut of series into stretches of constant mean, exactly, for many series at once."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SHORTEST = 2  # periods with a value in a stretch: one odd year is no level


def best_cuts(values: "np.ndarray", most: int) -> tuple["np.ndarray", "np.ndarray"]:
    """Least squares with 0, 1 … `most` change points, each stretch at least `SHORTEST` long, by dynamic programming.

    The least of `cost[k] + penalty · k` is the optimal partition that PELT finds with that penalty, model l2, jump 1.

    Args:
        values: (n_series, n), without gaps.
    Returns: cost, (n_series, most + 1), infinite where so many do not fit; for each end the start of its last stretch,
        (n_series, most + 1, n + 1), for `cuts`.
    Source: Jackson et al. 2005, IEEE Signal Processing Letters 12(2); Killick, Fearnhead & Eckley 2012, JASA 107(500).
    """
    import numpy as np

    count, n = values.shape
    square = _within(values)
    cost = np.full((count, most + 1), np.inf)
    start = np.zeros((count, most + 1, n + 1), np.int16)
    so_far, rows = square[:, 0, :], np.arange(count)
    cost[:, 0] = so_far[:, n]
    for k in range(1, most + 1):
        ended = np.full((count, n + 1), np.inf)
        for end in range((k + 1) * SHORTEST, n + 1):
            low, high = k * SHORTEST, end - SHORTEST + 1
            total = so_far[:, low:high] + square[:, low:high, end]
            best = total.argmin(axis=1)
            start[:, k, end] = low + best
            ended[:, end] = total[rows, best]
        so_far = ended
        cost[:, k] = so_far[:, n]
    return cost, start


def cuts(start: "np.ndarray", changes: "np.ndarray") -> "np.ndarray":
    """Whether a stretch begins at a period, (n_series, n), with as many change points as wanted of each series, (n_series,)."""
    import numpy as np

    count, most, n = start.shape[0], start.shape[1] - 1, start.shape[2] - 1
    begins = np.zeros((count, n), bool)
    end, row = np.full(count, n), np.arange(count)
    for k in range(most, 0, -1):
        here = changes >= k
        at = start[row, k, end]
        begins[row[here], at[here]] = True
        end = np.where(here, at, end)
    return begins


def means(values: "np.ndarray", begins: "np.ndarray") -> "np.ndarray":
    """The mean of the stretch that each value lies in, (n_series, n)."""
    import numpy as np

    begins = begins.copy()
    begins[:, 0] = True
    stretch = np.cumsum(begins.ravel()) - 1
    total = np.bincount(stretch, values.ravel()) / np.bincount(stretch)
    return total[stretch].reshape(values.shape)


def _within(values: "np.ndarray") -> "np.ndarray":
    """Squared deviations from their mean of values start … end - 1, (n_series, n + 1, n + 1); infinite where too short."""
    import numpy as np

    count, n = values.shape
    centred = values - values.mean(axis=1, keepdims=True)
    sums = np.concatenate([np.zeros((count, 1)), np.cumsum(centred, axis=1)], axis=1)
    squares = np.concatenate([np.zeros((count, 1)), np.cumsum(centred**2, axis=1)], axis=1)
    length = np.arange(n + 1)[None, :] - np.arange(n + 1)[:, None]
    long = length >= SHORTEST
    inside = squares[:, None, :] - squares[:, :, None]
    inside -= (sums[:, None, :] - sums[:, :, None]) ** 2 / np.where(long, length, 1)
    return np.where(long, np.maximum(inside, 0), np.inf)

"""Passages that two texts have in common, word for word or nearly so, found for all texts at once.

Texts are one long row of letters. Grams of neighbouring letters that stand in both are joined to runs, runs to passages; what is
made of nothing but grams that many texts have is a formula, no passage.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

GRAM = 5  # letters: the shortest stretch that is looked for
LENGTH = 12  # letters of a passage that are the same
ANCHOR = 10  # of them without a change between
RARE = 6  # grams of a passage that are no formula
WORN = 5  # texts: what stands in more is a formula
GAP = 10  # letters changed, put in or left out within a passage
_BITS = 26  # of a gram's hash that the first sieve looks at
_FACTOR = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Side:
    """Some grams: those of the texts that are copied from, or of those that copy."""

    at: "np.ndarray"  # first letter of each, (n,)
    key: "np.ndarray"  # its hash, (n,) uint64; grams with one key are the same


@dataclass(frozen=True)
class Runs:
    """Stretches that are the same in two texts, letter for letter, (n_runs,) each; those of one passage stand together."""

    low: "np.ndarray"  # first letter, in the text that copies
    high: "np.ndarray"  # and in the one copied from
    size: "np.ndarray"  # letters
    passage: "np.ndarray"  # number of the passage


def grams(letters: "np.ndarray", text: "np.ndarray") -> "np.ndarray":
    """A hash of the five letters from each one on, (n_letters,) uint64; 0 where they would reach into the next text.

    Args:
        letters: code points, (n_letters,).
        text: the text of each, rising.
    """
    import numpy as np

    hashes = np.zeros(len(letters), np.uint64)
    size = max(len(letters) - GRAM + 1, 0)
    inner = hashes[:size]
    for at in range(GRAM):
        inner *= np.uint64(0x100000001B3)
        inner += letters[at : at + size]
    inner *= np.uint64(_FACTOR)
    inner ^= inner >> np.uint64(29)
    inner *= np.uint64(_FACTOR)
    inner[text[:size] != text[len(letters) - size :]] = 0
    return hashes


def shared_grams(low: Side, high: Side, family: "np.ndarray", worn: "np.ndarray") -> "np.ndarray":
    """Pairs of places with the same gram, one of each side, (n_pairs, 2), without formulas, which are marked in `worn`.

    Args:
        family: of the text of each letter: texts of one family count once when a formula is told by how many have it.
        worn: which letters begin a formula, (n_letters,), changed in place.
    """
    import numpy as np

    # both in the order of their keys: looking up in any other order takes five times as long
    below, above = (_in_order(side) for side in _sieve(low, high))
    at, key = above.at, above.key
    opens = _opens(key)
    size = np.diff(np.append(opens, len(key)))
    held = _distinct(np.repeat(np.arange(len(opens)), size), family[at])
    place = np.searchsorted(key[opens], below.key)
    same = np.append(key[opens], np.uint64(0))[place] == below.key  # a plain 0 would make floats of all
    lower, place = below.at[same], place[same]
    worn[lower[held[place] > WORN]] = True
    lower, place = lower[~worn[lower]], place[~worn[lower]]
    number = size[place]
    within = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    return np.stack([np.repeat(lower, number), at[np.repeat(opens[place], number) + within]], axis=1)


def join_runs(letters: "np.ndarray", text: "np.ndarray", pairs: "np.ndarray") -> Runs:
    """The passages that pairs of equal grams make up: runs that go on side by side, with no more than ten other letters between them."""
    import numpy as np

    low, shift, rare = _side_by_side(text, pairs)
    start, end = _drawn_out(letters, text, *low, shift)
    # runs of the same two texts whose distance is about the same, then those that are near each other
    both = text[start].astype(np.int64) * (int(text.max(initial=0)) + 1) + text[start - shift]
    order = np.lexsort((start, shift, both))
    start, end, shift, rare, both = (column[order] for column in (start, end, shift, rare, both))
    track = np.cumsum(np.append(True, (np.diff(both) != 0) | (np.diff(shift) > GAP))[: len(start)])
    order = np.lexsort((-end, start, track))
    start, end, shift, rare, track = (column[order] for column in (start, end, shift, rare, track))
    reach = np.maximum.accumulate(end + track * (len(letters) + 1)) - track * (len(letters) + 1)
    before = np.append(0, reach[:-1])[: len(start)]
    fresh = np.append(True, (np.diff(track) != 0) | (start[1:] - before[1:] > GAP))[: len(start)]
    passage = np.cumsum(fresh) - 1
    gained = np.where(fresh, end - start, np.maximum(end - np.maximum(start, before), 0))
    longest = np.zeros(int(passage.max(initial=-1)) + 1, np.int64)
    np.maximum.at(longest, passage, end - start)
    long = (np.bincount(passage, gained) >= LENGTH) & (longest >= ANCHOR)
    # what only repeats letters that are copied already is left out: the same words once more in the higher text
    kept = (long & (np.bincount(passage, rare) >= RARE))[passage] & (gained > 0)
    return Runs(start[kept], (start - shift)[kept], (end - start)[kept], passage[kept])


def _sieve(low: Side, high: Side) -> tuple[Side, Side]:
    """The grams of both sides whose first bits occur on the other one: few of those that have no equal are left."""
    import numpy as np

    short = [(side.key >> np.uint64(64 - _BITS)).astype(np.int32) for side in (low, high)]
    seen = np.zeros(1 << _BITS, bool)
    seen[short[1]] = True
    below = seen[short[0]] & (low.key != 0)
    seen[:] = False
    seen[short[0][below]] = True
    above = seen[short[1]] & (high.key != 0)
    return Side(low.at[below], low.key[below]), Side(high.at[above], high.key[above])


def _in_order(side: Side) -> Side:
    import numpy as np

    order = np.argsort(side.key)
    return Side(side.at[order], side.key[order])


def _side_by_side(
    text: "np.ndarray", pairs: "np.ndarray"
) -> tuple[tuple["np.ndarray", "np.ndarray"], "np.ndarray", "np.ndarray"]:
    """Pairs that follow each other in both texts as runs: first and last letter, distance, number of pairs."""
    import numpy as np

    # by distance and place in one number, as sorting numbers is four times as fast as sorting two columns; both are below 2^31
    both = np.sort(((pairs[:, 0] - pairs[:, 1] + (1 << 31)) << 31) + pairs[:, 0])
    low, shift = both & ((1 << 31) - 1), (both >> 31) - (1 << 31)
    ends = (np.diff(shift) != 0) | (np.diff(low) > GRAM) | (np.diff(text[low]) != 0) | (np.diff(text[low - shift]) != 0)
    opens = np.flatnonzero(np.append(True, ends)[: len(low)])
    rare = np.diff(np.append(opens, len(low)))
    return (low[opens], low[opens + rare - 1] + GRAM), shift[opens], rare


def _drawn_out(
    letters: "np.ndarray", text: "np.ndarray", start: "np.ndarray", end: "np.ndarray", shift: "np.ndarray"
) -> tuple["np.ndarray", "np.ndarray"]:
    """Runs made longer on both sides while the letters are the same: formulas beside what is copied are copied too."""
    import numpy as np

    start, end = start.copy(), end.copy()
    for edge, step, ahead in ((start, -1, -1), (end, 1, 0)):
        home, other = text[start], text[start - shift]
        active = np.arange(len(start))
        while len(active):
            low = edge[active] + ahead
            high = low - shift[active]
            inside = (np.minimum(low, high) >= 0) & (np.maximum(low, high) < len(letters))
            active, low, high = active[inside], low[inside], high[inside]
            same = (letters[low] == letters[high]) & (text[low] == home[active]) & (text[high] == other[active])
            active = active[same]
            edge[active] += step
    return start, end


def _opens(key: "np.ndarray") -> "np.ndarray":
    """Where each new value of a sorted array begins."""
    import numpy as np

    return np.flatnonzero(np.append(True, np.diff(key) != 0)[: len(key)])


def _distinct(group: "np.ndarray", member: "np.ndarray") -> "np.ndarray":
    """How many different members each group has, (n_groups,)."""
    import numpy as np

    width = int(member.max(initial=0)) + 1
    pairs = np.sort(group * width + member)  # np.unique hashes, which takes three times as long
    return np.bincount(pairs[_opens(pairs)] // width, minlength=int(group.max(initial=-1)) + 1)

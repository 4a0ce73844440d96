"""Join the parts of a rule over the words of a clause, in a time that grows with the number of words and no faster.

A matcher that follows every way through a pattern with gaps has too many of them: 数据 sixty times in a row holds 数据…数据…数据
in tens of thousands of ways. Here the places where a part may stand are bits of a number, and all ways are followed at once.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from heapq import heapify, heappop, heappush

Place = tuple[int, int]  # number of a word, the parts it may be as bits
Find = tuple[int, int]  # number of the first word, of the last


def joined(places: Sequence[Place], *, parts: int, within: int, order: str) -> list[Find]:
    """Where all parts stand, each on a word of its own, neighbours with at most `within` words between them.

    Args:
        places: words that may be a part, in order.
        parts: how many parts there are.
        order: written or any.
    Returns: of finds that overlap the longest in words, then the first; in order.
    """
    return sorted(_longest(list(_ends(places, parts, within, order))))


def _ends(places: Sequence[Place], parts: int, within: int, order: str) -> Iterator[tuple[int, int]]:
    """Each word a find may begin with, and where finds end from there: bit 0 is the word itself."""
    reach = (parts - 1) * (within + 1) + 1  # the longest find, in words
    near = (1 << reach) - 1
    windows = [0] * parts  # for each part where it stands from here on
    seen = places[-1][0] if places else 0
    follow = _any_order if order == "any" else _as_written
    for number, roles in reversed(places):
        step, seen = min(seen - number, reach), number
        windows = [(window << step) & near | (roles >> part & 1) for part, window in enumerate(windows)]
        if ends := follow(windows, within):
            yield number, ends


def _as_written(windows: list[int], within: int) -> int:
    """Where finds end that begin here."""
    last = windows[0] & 1
    for window in windows[1:]:
        if not last:
            break
        last = _near(last, within) & window
    return last


def _any_order(windows: list[int], within: int) -> int:
    """Where finds end that begin here with any part."""
    # parts that are placed, as bits → where the last of them stands
    found = {1 << part: 1 for part, window in enumerate(windows) if window & 1}
    for _ in windows[1:]:
        longer: dict[int, int] = {}
        for done, last in found.items():
            near = _near(last, within)
            for part, window in enumerate(windows):
                if not done >> part & 1 and (here := near & window):
                    longer[done | 1 << part] = longer.get(done | 1 << part, 0) | here
        found = longer
    return next(iter(found.values()), 0)


@lru_cache(1 << 12)
def _near(bits: int, within: int) -> int:
    """The words after these, with at most `within` words between."""
    near, width = bits << 1, 1
    while width <= within:
        step = min(width, within + 1 - width)
        near |= near << step
        width += step
    return near


def _longest(found: list[tuple[int, int]]) -> Iterator[Find]:
    """Of all finds the longest, then the longest of those that do not overlap it …"""
    if len(found) < 2:
        yield from ((first, first + ends.bit_length() - 1) for first, ends in found)
        return
    low, high = found[-1][0], found[0][0] + max(ends.bit_length() for _, ends in found)
    taken = bytearray(high - low)
    queue = [(-ends.bit_length(), first, ends) for first, ends in found]
    heapify(queue)
    while queue:
        length, first, ends = heappop(queue)
        begin, end = first - low, first - low - length
        free = taken.find(1, begin, end)
        if free < 0:
            taken[begin:end] = b"\1" * -length
            yield first, first - length - 1
        elif ends := ends & ~(-1 << (free - begin)):  # what ends before the word that is taken
            heappush(queue, (-ends.bit_length(), first, ends))

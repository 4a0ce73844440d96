"""Two sides of a corpus: what `level=central,period=2021..2023` means, and which documents of both are alike."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pipeline.errors import SettingsError
from pipeline.trends.cells import STANCES, Cells

if TYPE_CHECKING:
    import numpy as np

DIMENSIONS = ("level", "province", "region", "issuer", "kind", "period", "stance")
REST = "rest"
SHOWN = 12  # choices named in an error
_HALF_WIDTH = str.maketrans("，＝｜", ",=|")
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True)
class Sides:
    """Which cells of the corpus are A, which B, and how much a document of B weighs."""

    a: "np.ndarray"  # whether a cell with sentences is on the side, (n_documents, n_stances)
    b: "np.ndarray"
    shared: bool  # whether both take sentences of the same documents, as sides of two stances do
    by_kind: bool  # whether like documents are of one kind: not when a side is itself a kind
    strata: "np.ndarray"  # within which documents can be permuted, (n_documents,)
    weights: "np.ndarray"  # of each document when it is on B, (n_documents,)


def read_sides(a: str, b: str, cells: Cells) -> tuple[Sides, list[str]]:
    """The two sides as they are asked for, and what to know about them. What is on both is left out of both.

    Args:
        a, b: conditions such as level=central or province=山东省|浙江省, joined by `,` when all must hold; `rest` for what is not
            on the other side.
    Raises SettingsError: a dimension or value there is none of, or a side that is left with nothing.
    """
    import numpy as np

    given = [_conditions(side) for side in (a, b)]
    if all(REST in conditions for conditions in given):
        raise SettingsError("both sides are the rest; name one: wenmai compare OUT level=central rest")
    has = cells.sentences > 0
    on_a, on_b = (has & _holding(conditions, cells) for conditions in given)
    on_a = on_a & ~on_b if REST in given[0] else on_a
    on_b = on_b & ~on_a if REST in given[1] else on_b
    both = on_a & on_b
    for side, other, mask in ((a, b, on_a), (b, a, on_b)):
        if not mask.any():
            raise SettingsError(f"nothing is on the side {side}: no document has all of it, with sentences that count")
        if not (mask & ~both).any():
            raise SettingsError(f"all of {side} is also {other}; compare {side} with rest, or make {other} narrower with `,`")
    on_a, on_b = on_a & ~both, on_b & ~both
    notes = []
    if n_both := int(both.any(axis=1).sum()):
        notes.append(f"{n_both} documents are on both sides and left out of both")
    undated = sum(row["period"] is None for row in cells.documents)
    if undated and any("period" in conditions for conditions in given):
        notes.append(f"{undated} of {len(cells.documents)} documents have no date precise enough for a period")
    size = len(cells.documents)
    shared = bool((on_a.any(axis=1) & on_b.any(axis=1)).any())
    by_kind = not any("kind" in conditions for conditions in given)
    return Sides(on_a, on_b, shared, by_kind, np.zeros(size, np.int64), np.ones(size)), notes


def match(sides: Sides, cells: Cells, *, least: int) -> tuple[Sides | None, str]:
    """The sides with documents that have their like on the other one, by coarsened exact matching; none, and why, when too few are left.

    Documents are alike that are of one kind and of one class of length: sentences up to 3, 9, 31, 99, 316 … (half powers of ten). A document
    of B weighs as much as makes the strata of B as large, in documents, as those of A. Sides that share documents are compared
    within each document: only those that are on both sides are left.

    Args:
        least: documents that must be left on each side.
    Source: Iacus, King & Porro 2012, Causal Inference without Balance Checking, Political Analysis 20(1), §3.
    """
    import numpy as np

    in_a, in_b = sides.a.any(axis=1), sides.b.any(axis=1)
    if sides.shared:
        strata = np.arange(len(cells.documents))
    else:
        length = (2 * np.log10(np.maximum(cells.sentences.sum(axis=1), 1))).astype(int).tolist()
        kinds = [row["kind"] if sides.by_kind else "" for row in cells.documents]
        strata = np.unique([f"{kind}|{size}" for kind, size in zip(kinds, length, strict=True)], return_inverse=True)[1]
    n_a, n_b = (np.bincount(strata[side], minlength=strata.max() + 1) for side in (in_a, in_b))
    alike = ((n_a > 0) & (n_b > 0))[strata]
    left_a, left_b = int((in_a & alike).sum()), int((in_b & alike).sum())
    how = "kind and length" if sides.by_kind else "length"
    left = f"{left_a} of {int(in_a.sum())} documents of A and {left_b} of {int(in_b.sum())} of B"
    said = f"{left} are on both sides" if sides.shared else f"{left} have their like in {how} on the other side"
    if min(left_a, left_b) < least:
        return None, f"not matched: {said}, and it takes {least} each"
    weights = np.where(alike, n_a[strata] / np.maximum(n_b[strata], 1) * (left_b / left_a), 1)
    said = f"compared within documents: {said}" if sides.shared else f"matched on {how}: {left} are left"
    return replace(sides, a=sides.a & alike[:, None], b=sides.b & alike[:, None], strata=strata, weights=weights), said


def _conditions(side: str) -> dict[str, list[str]]:
    """Dimension → values, any of which may hold. Raises SettingsError."""
    found: dict[str, list[str]] = {}
    for condition in side.translate(_HALF_WIDTH).split(","):
        name, mark, values = (part.strip() for part in condition.partition("="))
        if name == REST and not mark:
            found[REST] = []
        elif name not in DIMENSIONS or not values:
            there = ", ".join(f"{dimension}=…" for dimension in DIMENSIONS)
            raise SettingsError(f"no side called '{condition.strip()}'; there are {there} and {REST}")
        elif name in found:
            raise SettingsError(f"{name} stands twice in {side}; write one of several values as {name}=…|…")
        else:
            found[name] = [value.strip() for value in values.split("|")]
    return found


def _holding(conditions: dict[str, list[str]], cells: Cells) -> "np.ndarray":
    """Which cells meet all conditions, (n_documents, n_stances). Raises SettingsError: a value that nobody has."""
    import numpy as np

    mask = np.ones((len(cells.documents), len(STANCES)), bool)
    for name, values in conditions.items():
        if name == "stance":
            _check(name, values, STANCES, STANCES)
            mask &= np.isin(STANCES, values)[None, :]
        elif name == "period":
            mask &= _in_periods(values, cells)[:, None]
        elif name != REST:
            have = [_values(row, name) for row in cells.documents]
            count = Counter(value for one in have for value in one)
            _check(name, values, count, [value for value, _ in count.most_common()])
            mask &= np.array([not one.isdisjoint(values) for one in have], bool)[:, None]
    return mask


def _values(document: dict[str, Any], dimension: str) -> set[str]:
    """What a document has in a dimension; nothing where it is unknown."""
    value = document["issuers_today" if dimension == "issuer" else dimension]
    return {one for one in (value if isinstance(value, list) else [value]) if one and one != "none"}


def _check(name: str, values: Iterable[str], known: Iterable[str], choices: Iterable[str]) -> None:
    known, choices = set(known), list(choices)
    for value in values:
        if value not in known:
            raise SettingsError(f"no document has {name}={value}; {_named(choices, value)}")


def _named(choices: list[str], value: str) -> str:
    """The choices, those that are written alike first."""
    first = (get_close_matches(value, choices, n=5, cutoff=0.5) if value else []) or [
        one for one in choices if value and value in one
    ]
    shown = list(dict.fromkeys([*first, *choices]))
    more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return f"there are {', '.join(shown[:SHOWN])}{more}" if shown else "no document says"


def _periods(cells: Cells) -> list[str]:
    """The labels of the periods there are, in order of time."""
    first: dict[str, str] = {}
    for row in sorted(cells.documents, key=lambda row: row["date"] or ""):
        first.setdefault(row["period"] or "", row["date"])
    return [label for label in first if label]


def _in_periods(values: list[str], cells: Cells) -> "np.ndarray":
    """Which documents lie in one of some periods, ranges of periods or ranges of dates, (n_documents,)."""
    import numpy as np

    labels = _periods(cells)
    mask = np.zeros(len(cells.documents), bool)
    for value in values:
        low, dots, high = (part.strip() for part in value.partition(".."))
        high = high if dots else low
        ends = [end for end in (low, high) if end]
        if not ends or not all(end in labels or _DATE.fullmatch(end) for end in ends):
            raise SettingsError(f"no period called {value}; {_named(labels, '')}; or write dates: 2021-03..2022-10")
        found = [_in_period(row, low, high, labels) for row in cells.documents]
        if not any(found):
            raise SettingsError(f"no document in period={value}; {_named(labels, '')}")
        mask |= np.array(found, bool)
    return mask


def _in_period(document: dict[str, Any], low: str, high: str, labels: list[str]) -> bool:
    """Whether a document lies between two periods or dates, both included; where its date is not precise enough, it does not."""
    if low in labels and high in labels:
        return document["period"] in labels[labels.index(low) : labels.index(high) + 1]
    if document["date_precision"] == "none" or not document["date"]:
        return False
    first, last = (document["date"] + rest[len(document["date"]) :] for rest in ("0000-01-01", "0000-12-31"))
    return low <= first[: len(low)] and last[: len(high)] <= high

"""Why a rate differs between two remembered states: what was coded otherwise, and which documents came, went or changed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.config import Settings
from pipeline.periods import period_of
from pipeline.trends.counting import OWN, TERM
from pipeline.trends.history import State
from pipeline.trends.series import groups_of

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

CAUSES = ("coding", "added", "gone", "replaced", "redated", "chosen")
LAST_PERIODS = 2  # shown beside all periods together
_FACTS = ("date", "date_precision", "kind", "level", "region", "province", "issuers_today")  # decide where a document counts


@dataclass(frozen=True)
class Shift:
    """How one rate differs between two states, and why: before + coding + added + … + chosen = after, exactly."""

    series: str
    group: str
    period: str  # "all" or a period
    before: float | None  # none where nothing was counted
    after: float | None
    coding: float | None  # documents that are in both with the same text are coded or counted otherwise; none without a before
    added: float | None  # new documents
    gone: float | None  # documents that are no longer there
    replaced: float | None  # documents whose text is another one
    redated: float | None  # documents that belong to another period or group
    chosen: float | None  # documents that now count and did not, or the other way round: duplicates, versions
    documents_before: int  # that count in this cell
    documents_after: int
    recoded: int  # documents in both whose own count differs


@dataclass(frozen=True)
class Both:
    """Two states on the union of their documents, sorted by doc_id, and of their series."""

    names: list[str]
    before: list[dict[str, Any] | None]  # what each document was, none where it was not there
    now: list[dict[str, Any] | None]
    cause: list[str]  # why each document may move a rate: one of CAUSES, or "" for those that do not count
    above: tuple["np.ndarray", "np.ndarray"]  # before and now, (n_documents, n_names); 0 where a document does not count
    below: tuple["np.ndarray", "np.ndarray"]
    unknown: list[str]  # series of one of them that the other did not follow

    def members(self, cause: str) -> "np.ndarray":
        """Whether each document has this cause, (n_documents,)."""
        import numpy as np

        return np.array([name == cause for name in self.cause], bool)


def align(before: State, now: State) -> Both:
    """Two states side by side, each document with the cause it may move a rate by."""
    ids = sorted({row["doc_id"] for state in (before, now) for row in state.documents})
    place = {doc_id: number for number, doc_id in enumerate(ids)}
    rows: list[list[dict[str, Any] | None]] = []
    for state in (before, now):
        held = {row["doc_id"]: row for row in state.documents}
        rows.append([held.get(doc_id) for doc_id in ids])
    unknown = {name for name in set(before.names) ^ set(now.names) if not _is_nowhere(name, before, now)}
    names = sorted({*before.names, *now.names} - unknown)
    old, new = (_spread(state, names, place) for state in (before, now))
    causes = _causes(rows[0], rows[1])
    return Both(names, rows[0], rows[1], causes, (old[0], new[0]), (old[1], new[1]), sorted(unknown))


def shifts(both: Both, settings: Settings) -> list[Shift]:
    """How each rate differs in all periods and the last ones, in all documents and each group; what stays the same is left out."""
    cells = _cells(both, settings)
    held = [_membership(both, rows, cells, settings) for rows in (both.before, both.now)]
    counts = [matrix @ _counting(rows) for matrix, rows in zip(held, (both.before, both.now), strict=True)]
    totals, parts = _parts(both, held)
    recoded = both.members("coding") | both.members("redated")
    other = recoded[:, None] & ((both.above[0] != both.above[1]) | (both.below[0] != both.below[1]))
    n_recoded = held[0] @ other.astype(float)
    found = []
    for at, (group, period) in enumerate(cells):
        for column, name in enumerate(both.names):
            values = [_number(total[at, column]) for total in totals]
            causes: Any = {cause: _number(parts[cause][at, column]) for cause in CAUSES}
            if values[0] != values[1] or any(causes.values()):  # coding and documents may cancel out
                n = (int(counts[0][at]), int(counts[1][at]), int(n_recoded[at, column]))
                found.append(
                    Shift(
                        name,
                        group,
                        period,
                        values[0],
                        values[1],
                        **causes,
                        documents_before=n[0],
                        documents_after=n[1],
                        recoded=n[2],
                    )
                )
    return found


def period(row: dict[str, Any], settings: Settings) -> str | None:
    """The period of a document, as periods are cut now."""
    return period_of(row["date"], row["date_precision"], settings)


def _is_nowhere(name: str, before: State, now: State) -> bool:
    """Whether a series that one state does not have is one that was found nowhere, rather than one that was not looked for."""
    stances = before.about["settings"].get("trends.stances") == now.about["settings"].get("trends.stances")
    return not name.startswith(TERM) and not name.endswith(OWN) and ("/" not in name or stances)


def _causes(before: list[dict[str, Any] | None], now: list[dict[str, Any] | None]) -> list[str]:
    """Why each document may move a rate; files that were written anew at one place are `replaced`."""
    gone = {row["source"] for row, other in zip(before, now, strict=True) if row and not other and row["counts"]}
    come = {row["source"] for other, row in zip(before, now, strict=True) if row and not other and row["counts"]}
    return [_cause(old, new, gone & come) for old, new in zip(before, now, strict=True)]


def _cause(old: dict[str, Any] | None, new: dict[str, Any] | None, anew: set[bytes]) -> str:
    if not ((old and old["counts"]) or (new and new["counts"])):
        return ""
    if old is None or new is None:
        there = old or new or {}
        return "replaced" if there["source"] in anew else "added" if old is None else "gone"
    if old["counts"] != new["counts"]:
        return "chosen"
    if old["text"] != new["text"]:
        return "replaced"
    return "redated" if any(old[name] != new[name] for name in _FACTS) else "coding"


def _spread(state: State, names: list[str], place: dict[str, int]) -> tuple["np.ndarray", "np.ndarray"]:
    """What is counted in a state on all documents and series; a code it does not know was found nowhere."""
    import numpy as np

    rows = [place[row["doc_id"]] for row in state.documents]
    column = {name: number for number, name in enumerate(state.names)}
    above, below = np.zeros((2, len(place), len(names)))
    for at, name in enumerate(names):
        below[rows, at] = state.below[:, column[name]] if name in column else state.usual
        if name in column:
            above[rows, at] = state.above[:, column[name]]
    return above, below


def _cells(both: Both, settings: Settings) -> list[tuple[str, str]]:
    """Group and period of each rate that is looked at."""
    rows = [row for row in [*both.before, *both.now] if row and row["counts"]]
    groups = sorted({group for row in rows for group in groups_of(row, settings)})
    dated = sorted({name for row in both.now if row and row["counts"] and (name := period(row, settings))})
    return [(group, name) for group in groups for name in ("all", *dated[-LAST_PERIODS:])]


def _membership(both: Both, rows: list[dict[str, Any] | None], cells: list[tuple[str, str]], settings: Settings) -> "csr_matrix":
    """Whether each document belongs to each cell, (n_cells, n_documents)."""
    from scipy.sparse import csr_matrix

    place = {cell: number for number, cell in enumerate(cells)}
    pairs = [
        (place[group, name], number)
        for number, row in enumerate(rows)
        if row and row["counts"]
        for group in groups_of(row, settings)
        for name in ("all", str(period(row, settings)))
        if (group, name) in place
    ]
    where = ([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    return csr_matrix(([1.0] * len(pairs), where), shape=(len(cells), len(rows)))


def _counting(rows: list[dict[str, Any] | None]) -> "np.ndarray":
    import numpy as np

    return np.array([bool(row and row["counts"]) for row in rows], float)


def _parts(both: Both, held: list["csr_matrix"]) -> tuple[list["np.ndarray"], dict[str, "np.ndarray"]]:
    """Rates before and now and the part of each cause, (n_cells, n_names) each.

    With A over B before and A', B' after a step, A'/B' - A/B is the sum over documents of (their share of A' - A less A/B times
    theirs of B' - B) over B': so a step can be split by cause, in no order. Coding is the first step, on the documents of before
    in the cells of before; the documents are the second.
    """
    import numpy as np

    old, new = held
    stays = both.members("coding") | both.members("redated")
    recoded = [np.where(stays[:, None], now, then) for then, now in (both.above, both.below)]
    totals = [old @ both.above[0], old @ both.below[0], old @ recoded[0], old @ recoded[1]]
    above, below = new @ both.above[1], new @ both.below[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        before, middle, after = totals[0] / totals[1], totals[2] / totals[3], above / below
        parts = {"coding": (totals[2] - totals[0] - before * (totals[3] - totals[1])) / totals[3]}
        for cause in CAUSES[1:]:
            mine = np.flatnonzero(both.members(cause))
            more = [
                new[:, mine] @ now[mine] - old[:, mine] @ then[mine]
                for then, now in zip(recoded, (both.above[1], both.below[1]), strict=True)
            ]
            parts[cause] = (more[0] - middle * more[1]) / below
    known = np.isfinite(before) & np.isfinite(middle) & np.isfinite(after)
    return [before, after], {cause: np.where(known, part, np.nan) for cause, part in parts.items()}


def _number(value: float) -> float | None:
    return float(value) if value == value else None

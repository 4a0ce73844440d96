"""What moved and why, as the page and the figures show it: changes and decompositions; selected and named, never computed."""

from typing import Any

from pipeline.report.data import table
from pipeline.report.series import short
from pipeline.store import Run

SURE = 0.05  # of q: nothing is claimed from there on
MOST_ROWS = 3000  # of a table in the page; those with least q first
MOST_PARTS = 1500
_NUMBERS = ("effect", "low", "high", "before", "after", "p", "q", "support")
_PARTS = ("rate_before", "rate_after", "within", "issuers", "kinds", "low", "high", "shared")


def changes(run: Run, unit: str | None, said: dict[str, int]) -> list[dict[str, Any]]:
    """The changes in the unit that charts begin with (topics: their own), codes of all documents first; at most MOST_ROWS."""
    rows = [row for row in table(run, "changes").to_pylist() if row["unit"] in (unit, "mean_share")]
    rows.sort(key=lambda row: (row["group"] != "all", 1 if row["q"] is None else row["q"]))
    rows = sorted(
        rows[:MOST_ROWS], key=lambda row: (row["series"], row["group"], row["kind"], row["since"] or "", row["period"] or "")
    )
    return [plain(row, _NUMBERS, said) for row in rows]


def parts(run: Run, unit: str | None, said: dict[str, int]) -> list[dict[str, Any]]:
    """The decompositions in the unit that charts begin with, of all documents first; at most MOST_PARTS."""
    rows = [row for row in table(run, "decomposition").to_pylist() if row["unit"] in (unit, "mean_share")]
    rows.sort(key=lambda row: row["after"], reverse=True)  # the whole span comes before its steps
    rows.sort(key=lambda row: (row["group"] != "all", row["group"], row["series"], row["before"]))
    return [plain(row, _PARTS, said) for row in rows[:MOST_PARTS]]


def claimed(row: dict[str, Any]) -> bool:
    """Whether a test carries what a row says."""
    return row["q"] is not None and row["q"] < SURE


def plain(row: dict[str, Any], numbers: tuple[str, ...], said: dict[str, int]) -> dict[str, Any]:
    """A row with its numbers cut short and its reason as a number of `said`, none without."""
    reason = said.setdefault(row["reason"], len(said)) if row["reason"] else None
    return {**row, **{name: short(row[name]) for name in numbers}, "reason": reason}

"""What moved since an earlier state of the run: documents, codebook and settings kept apart, ranked by evidence."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pipeline.codebook import read_codebook
from pipeline.config import lexicon
from pipeline.errors import SettingsError
from pipeline.store import Run
from pipeline.trends import history
from pipeline.trends.attribution import Both, Shift, align, period, shifts
from pipeline.trends.circumstances import chosen_by, programs_changed, recoded_by, settings_changed, terms_changed
from pipeline.trends.counting import TERM
from pipeline.trends.firsts import First, firsts
from pipeline.trends.newcomers import Difference, differences
from pipeline.trends.quotes import Quote, quotes_of

LEADING = 10  # items of a kind that are shown with their sentences
MOST_OF_ONE = 2  # lines of one code among them
MOST_OF_KIND = 3  # first mentions of one kind
LISTED = 200  # documents
LIKELY = 0.05  # p or q below which a difference is not put down to chance
_DOCUMENTS = ("added", "gone", "replaced", "redated", "chosen")  # what may become of a document


@dataclass(frozen=True)
class Change:
    """A document that came, went or changed."""

    what: str  # added, gone, replaced, redated or chosen; a file written anew is `replaced` twice, the old one first
    doc_id: str
    title: str
    date: str | None
    issuer: str
    level: str
    counts: bool  # now


@dataclass(frozen=True)
class Line:
    """One of the leading differences between new and old documents, with what it does to the rate of all and its sentences."""

    difference: Difference
    shift: Shift | None  # of the same series and group over all periods
    verdict: str  # likely (q < .05), hint (p < .05), chance
    quotes: list[Quote]


@dataclass(frozen=True)
class Recoded:
    """One of the leading changes that are due to the codebook, the settings or the program: the documents are the same."""

    shift: Shift
    quotes: list[Quote]


@dataclass(frozen=True)
class Mention:
    """A first mention with a sentence or two."""

    first: First
    quotes: list[Quote]


@dataclass(frozen=True)
class Moved:
    """What moved from one state to another; every list is ranked."""

    status: str  # compared, first (no earlier state) or nothing_new (since the previous run)
    now: dict[str, Any]  # number, made, documents, unit, codebook of the last state; empty when there is none
    before: dict[str, Any] = field(default_factory=dict)  # the same of the one it is compared with
    run_again: str = ""  # when a run found nothing new since `now`
    names: dict[str, dict[str, str]] = field(default_factory=dict)  # codes in zh and en
    documents: dict[str, int] = field(default_factory=dict)  # how many were added, gone, replaced, redated, chosen
    issuers: list[tuple[str, int, bool]] = field(default_factory=list)  # of the new ones: name, documents, whether it is new
    dates: tuple[str | None, str | None, int] = (None, None, 0)  # first and last day of the new ones, how many have none
    changed: list[Change] = field(default_factory=list)
    new_counts: list[tuple[str, int, float]] = field(
        default_factory=list
    )  # code, new documents holding it, rate in new documents
    moved: list[Line] = field(default_factory=list)
    recoded: list[Recoded] = field(default_factory=list)
    recoded_by: list[str] = field(
        default_factory=list
    )  # codebook, settings, program, documents: why the same texts count otherwise
    chosen_by: str = ""  # settings or documents: why the same documents count now and did not, or the other way round
    terms_new: list[tuple[str, str, int]] = field(default_factory=list)  # code, term, sentences: codes now, nothing before
    terms_gone: list[tuple[str, str, int]] = field(default_factory=list)  # sentences before
    settings: list[tuple[str, Any, Any]] = field(default_factory=list)  # name, before, now
    programs: list[str] = field(default_factory=list)  # stages of another version, or with other libraries or word lists
    first: list[Mention] = field(default_factory=list)
    unsaid: dict[str, Any] = field(default_factory=dict)  # what cannot be said: few_new, unit, mixed, unknown, undated …
    differences: list[Difference] = field(default_factory=list)  # all, of which `moved` are the leading ones
    shifts: list[Shift] = field(default_factory=list)  # all


def moved(run: Run, since: str | None = None) -> Moved:
    """What moved up to the last state of a run.

    Args:
        since: the number of a state, or a day or month: the last state of then. The one before the last when left out.
    Raises SettingsError: there is no such state.
    """
    known = history.states(run.folder)
    if len(known) < 2 and since is None:
        return Moved("first", _shown(known[-1]) if known else {})
    again = history.last_run(run.folder)
    if since is None and again.get("number") == known[-1]["number"]:
        return Moved("nothing_new", _shown(known[-1]), _shown(known[-2]), again["made"])
    before, now = (history.load(run.folder, about) for about in (_earlier(known, since), known[-1]))
    return _compare(run, before, now)


def state_of(run: Run) -> list[dict[str, Any]]:
    """The states a run remembers, the latest last."""
    return [_shown(about) for about in history.states(run.folder)]


def _earlier(known: list[dict[str, Any]], since: str | None) -> dict[str, Any]:
    """The state asked for."""
    if since is None:
        return known[-2]
    of_number = [about for about in known[:-1] if str(about["number"]) == since.lstrip("0")]
    of_day = [about for about in known[:-1] if "-" in since and about["made"][: len(since)] <= since]
    if found := (of_number or of_day)[-1:]:
        return found[0]
    there = ", ".join(f"{about['number']} ({about['made'][:10]})" for about in known[:-1]) or "none"
    raise SettingsError(
        f"no state '{since}' before the last one; there are {there}; give a number, a day 2026-10-01 or a month 2026-10"
    )


def _shown(about: dict[str, Any]) -> dict[str, Any]:
    return {name: about[name] for name in ("number", "made", "documents", "unit", "codebook", "wenmai")}


def _compare(run: Run, before: history.State, now: history.State) -> Moved:
    both = align(before, now)
    changed = _changed(run, both)
    settings = settings_changed(before.about["settings"], now.about["settings"])
    programs = programs_changed(before.about, now.about, [row[0] for row in settings])
    by = recoded_by(before.about, now.about, [row[0] for row in settings], programs)
    comparable = before.about["unit"] == now.about["unit"]
    found = differences(both, run.settings)
    moves = shifts(both, run.settings) if comparable else []
    terms_new, terms_gone = terms_changed(before.about, now.about)
    leading, recoded, mentions = _leading(found), _recoded(moves), _mentions(firsts(run, both))
    quoted = quotes_of(run, both, leading, recoded, mentions, {term for _, term, _ in terms_new})
    whole = {(row.series, row.group): row for row in moves if row.period == "all"}
    counts = Counter(row.what for row in changed)
    new = [row for row, cause in zip(both.now, both.cause, strict=True) if row and cause == "added"]
    return Moved(
        status="compared",
        now=_shown(now.about),
        before=_shown(before.about),
        names=_names(run),
        documents={what: counts[what] for what in _DOCUMENTS} | {"replaced": _replaced(both)},
        issuers=_issuers(both, new),
        dates=_dates(new),
        changed=changed[:LISTED],
        new_counts=_new_counts(both),
        moved=[Line(row, whole.get((row.series, row.group)), _verdict(row), quoted[row]) for row in leading],
        recoded=[Recoded(row, quoted[row]) for row in recoded],
        recoded_by=by if any(row.coding for row in moves) else [],
        chosen_by=chosen_by([row[0] for row in settings]) if counts["chosen"] else "",
        terms_new=terms_new,
        terms_gone=terms_gone,
        settings=settings,
        programs=programs,
        first=[Mention(row, quoted[row]) for row in mentions],
        unsaid=_unsaid(run, both, new, comparable, by, [row[0] for row in settings]),
        differences=found,
        shifts=moves,
    )


def _changed(run: Run, both: Both) -> list[Change]:
    """The documents that are not what they were, by what became of them, the latest first."""
    titles = dict(zip(*run.table("documents", ["doc_id", "title"]).to_pydict().values(), strict=True))
    rows = []
    for old, new, cause in zip(both.before, both.now, both.cause, strict=True):
        row = new or old
        if row and cause in _DOCUMENTS:
            issuer = (row["issuers_today"] or [""])[0]
            rows.append(
                Change(
                    cause,
                    row["doc_id"],
                    titles.get(row["doc_id"], row["title"]),
                    row["date"],
                    issuer,
                    row["level"],
                    bool(new and new["counts"]),
                )
            )
    rows.sort(key=lambda row: (row.date or "", row.doc_id), reverse=True)
    return sorted(rows, key=lambda row: _DOCUMENTS.index(row.what))


def _replaced(both: Both) -> int:
    """Files that were written anew count once, not as an old and a new document."""
    return sum(cause == "replaced" and row is not None for row, cause in zip(both.now, both.cause, strict=True))


def _issuers(both: Both, new: list[dict[str, Any]]) -> list[tuple[str, int, bool]]:
    held = {issuer for row in both.before if row for issuer in row["issuers_today"]}
    counts = Counter(issuer for row in new for issuer in dict.fromkeys(row["issuers_today"]))
    return sorted(((name, count, name not in held) for name, count in counts.items()), key=lambda row: (-row[1], row[0]))


def _dates(new: list[dict[str, Any]]) -> tuple[str | None, str | None, int]:
    dates = sorted(row["date"] for row in new if row["date"])
    return (dates[0], dates[-1], len(new) - len(dates)) if dates else (None, None, len(new))


def _new_counts(both: Both) -> list[tuple[str, int, float]]:
    """How many new documents hold each code, and its rate in them."""
    mine = both.members("added")
    above, below = both.above[1][mine], both.below[1][mine]
    holding, totals = (above > 0).sum(axis=0), (above.sum(axis=0), below.sum(axis=0))
    found = [
        (name, int(holding[at]), round(float(totals[0][at] / totals[1][at]), 6))
        for at, name in enumerate(both.names)
        if holding[at] and _is_code(name)
    ]
    return sorted(found, key=lambda row: (-row[1], -row[2], row[0]))


def _is_code(name: str) -> bool:
    return ":" not in name and "/" not in name


def _leading(found: list[Difference]) -> list[Difference]:
    """The differences with most evidence behind them, not all of one code."""
    held: Counter[str] = Counter()
    chosen: list[Difference] = []
    for row in found:
        code = row.series.split("/")[0].split(".")[0]
        if held[code] < MOST_OF_ONE and len(chosen) < LEADING and not any(_is_part(row, other) for other in chosen):
            held[code] += 1
            chosen.append(row)
    return chosen


def _is_part(row: Difference, other: Difference) -> bool:
    """Whether one of two series counts what the other does: silos and silos.barrier in one group, by the same stance."""
    (a, _, stance), (b, _, other_stance) = row.series.partition("/"), other.series.partition("/")
    return row.group == other.group and stance == other_stance and (a.startswith(f"{b}.") or b.startswith(f"{a}."))


def _recoded(moves: Iterable[Shift]) -> list[Shift]:
    """Codes and terms that the same documents count otherwise, in all documents and periods."""
    rows = [row for row in moves if row.coding and (row.group, row.period) == ("all", "all")]
    rows = [row for row in rows if "/" not in row.series]
    return sorted(rows, key=lambda row: (-abs(row.coding or 0), row.series))[:LEADING]


def _verdict(row: Difference) -> str:
    return "likely" if row.q < LIKELY else "hint" if row.p < LIKELY else "chance"


def _mentions(found: list[First]) -> list[First]:
    """The leading first mentions of each kind, those in all documents apart from those in one province or by one issuer."""
    held: Counter[tuple[str, bool]] = Counter()
    chosen: list[First] = []
    for row in found:
        held[row.what, bool(row.dimension)] += 1
        if held[row.what, bool(row.dimension)] <= MOST_OF_KIND:
            chosen.append(row)
    return chosen


def _names(run: Run) -> dict[str, dict[str, str]]:
    try:
        book = read_codebook(lexicon(run.settings.codebook, "codebooks", ".yaml"))
    except SettingsError:  # it is no longer there: codes go by their ids
        return {}
    return {code.id: {"zh": code.zh, "en": code.en} for code in book.codes}


def _unsaid(
    run: Run, both: Both, new: list[dict[str, Any]], comparable: bool, by: list[str], changed: list[str]
) -> dict[str, Any]:
    """What cannot be said, each with the number or names that tell why."""
    told: dict[str, Any] = {}
    undated = sum(period(row, run.settings) is None for row in new)
    if 0 < len(new) < run.settings.trends.min_documents:
        told["few_new"] = run.settings.trends.min_documents
    if not comparable:
        told["unit"] = True
    if len(by) > 1:
        told["mixed"] = by
    if {"period", "breaks"} & set(changed):
        told["period"] = run.settings.period
    if undated:
        told["undated"] = undated
    own = {f"{TERM}{term}" for term in run.settings.trends.terms}
    if unknown := [name for name in both.unknown if name in own]:
        told["unknown"] = unknown
    return told

"""Which units of the corpus hold which names of each kind of map."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.cooccur import literature
from pipeline.cooccur.chosen import OF_TEXT, Chosen, Writings, choose, distinct, one_work
from pipeline.cooccur.held import Held, near_pairs, windows
from pipeline.cooccur.kinds import PLACES, Part, Phrases, Places
from pipeline.cooccur.pairs import held_by
from pipeline.engine import Spread
from pipeline.periods import period_of, periods_between
from pipeline.store import Run
from pipeline.units import count_adjacent, find_phrases, read_words

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class _Citing:
    """A document that cites."""

    doc_id: str
    shown: str
    period: str | None
    works: list[str]  # keys, distinct


@dataclass
class _Found:
    """What the parts hold of all kinds, before names are chosen."""

    writings: dict[str, Writings] = field(default_factory=dict)
    also: list[tuple[str, str]] = field(default_factory=list)  # keys of cited works and other names of the same work
    citing: list[_Citing] = field(default_factory=list)
    left_out: int = 0  # references without a key

    def add(self, other: "_Found") -> None:
        for kind, found in other.writings.items():
            self.writings.setdefault(kind, Counter()).update(found)
        self.also += other.also
        self.citing += other.citing
        self.left_out += other.left_out


@dataclass(frozen=True)
class _Rows:
    """What the units of one part hold of the names chosen."""

    document: "np.ndarray"  # of each unit
    units: "csr_array"
    near: "np.ndarray | None"


def gather(run: Run, spread: Spread) -> dict[str, Held]:
    """Choose the names of each kind of map that is set, and find the units that hold them, part by part in their order.

    The most frequent names of a kind are chosen, and every code. Writings that share a key are one name, shown as most often written.
    """
    parts, settings = run.parts(), run.settings.cooccur
    adjacent = spread(_adjacent, [(run, part) for part in parts], stage="cooccur")
    phrases = find_phrases(adjacent, min_npmi=settings.phrase_npmi, min_count=settings.phrase_count)
    found = _Found({kind: Counter() for kind in settings.nodes})
    for of_part in spread(_find, [(run, part, phrases) for part in parts], stage="cooccur"):
        found.add(of_part)
    same = one_work(found.also)
    cited = ("reference", "coupling")
    chosen = {kind: choose(kind, of, same if kind in cited else {}, settings) for kind, of in found.writings.items()}
    chosen.pop("coupling", None)
    numbers = {kind: (names.number, len(names.names)) for kind, names in chosen.items()}
    labels: list[str | None] = []
    documents: list[str] = []
    rows: dict[str, list[_Rows]] = {kind: [] for kind in chosen}
    for names, of_documents, of_part in spread(_hold, [(run, part, phrases, numbers) for part in parts], stage="cooccur"):
        for kind, held in of_part.items():
            rows[kind].append(replace(held, document=held.document + len(labels)))
        labels += of_documents
        documents += names
    order, mapped = _periods(run, labels)
    number: dict[str | None, int] = {None: -1} | {label: at for at, label in enumerate(order)}
    put = {
        kind: _put_together(kind, names, rows[kind], [number[label] for label in labels], mapped)
        for kind, names in chosen.items()
    }
    if "coupling" in settings.nodes:
        put["coupling"] = _coupled(run, found.citing, same, number, mapped)
    lost = dict.fromkeys(cited, found.left_out)
    return {
        kind: replace(put[kind], left_out=lost.get(kind, 0), labels=tuple(order), holders=_holders(put[kind], documents))
        for kind in dict.fromkeys(settings.nodes)
    }


def _adjacent(task: tuple[Run, str]) -> tuple[list[str], "np.ndarray", "np.ndarray", "np.ndarray"]:
    run, part = task
    return count_adjacent(read_words(run, part, run.settings.cooccur)[1])


def _find(task: tuple[Run, str, Phrases]) -> _Found:
    """Names of one part; of coupling its documents that cite most, since no more can be on the map."""
    part = Part(*task)
    settings = part.run.settings.cooccur
    found = _Found({kind: _writings(PLACES[kind](part)) for kind in settings.nodes if kind != "coupling"})
    if not {"reference", "coupling"}.isdisjoint(settings.nodes):
        found.also = [(row["key"], name) for row in part.references if row["key"] for name in row["also"]]
        found.left_out = sum(not row["key"] for row in part.references)
    if "coupling" in settings.nodes:
        works: dict[int, dict[str, None]] = {}
        for row in part.references:
            if row["key"]:
                works.setdefault(row["document"], {})[row["key"]] = None
        citing = [_citing(part, document, list(keys)) for document, keys in works.items()]
        found.citing = sorted(citing, key=lambda one: (-len(one.works), one.doc_id))[: settings.terms]
    return found


def _citing(part: Part, document: int, works: list[str]) -> _Citing:
    row = part.documents[document]
    period = period_of(row["date"], row["date_precision"], part.run.settings)
    return _Citing(row["doc_id"], literature.document_shown(row["title"], row["date"]), period, works)


def _writings(places: Places) -> Writings:
    """Units holding each name as it is written."""
    import numpy as np

    size = len(places.shown)
    held = np.unique(places.unit * size + places.name) % max(size, 1)
    return Counter(dict(zip(zip(places.key, places.shown, strict=True), np.bincount(held, minlength=size).tolist(), strict=True)))


def _hold(
    task: tuple[Run, str, Phrases, dict[str, tuple[dict[str, int], int]]],
) -> tuple[list[str], list[str | None], dict[str, _Rows]]:
    """The documents of one part, the period of each, and what its units hold."""
    import numpy as np

    run, name, phrases, numbers = task
    part, window = Part(run, name, phrases), run.settings.cooccur.window
    rows = {}
    for kind, (number, n_names) in numbers.items():
        places = PLACES[kind](part)
        at = np.array([number.get(key, -1) for key in places.key], np.int64)[places.name]
        near = near_pairs(places.unit, at, window, n_names) if window and kind == "term" else None
        held = held_by(places.unit[at >= 0], at[at >= 0], len(places.document), n_names)
        rows[kind] = _Rows(places.document, held, near)
    periods = [period_of(row["date"], row["date_precision"], run.settings) for row in part.documents]
    return [row["doc_id"] for row in part.documents], periods, rows


def _periods(run: Run, labels: list[str | None]) -> tuple[list[str], dict[str, tuple[int, int]]]:
    """All periods from the first to the last, and those that are mapped."""
    present = {label for label in labels if label}
    order = periods_between(min(present), max(present), run.settings) if present else []
    return order, windows(order, present, run.settings.cooccur.sliding)


def _put_together(kind: str, chosen: Chosen, rows: list[_Rows], period: list[int], mapped: dict[str, tuple[int, int]]) -> Held:
    """The units of all parts, one below the other."""
    import numpy as np
    from scipy import sparse

    units = [of.units for of in rows] or [sparse.csr_array((0, len(chosen.names)), dtype=bool)]
    document = np.concatenate([np.zeros(0, np.int32), *(of.document for of in rows)]).astype(np.int32)
    before = np.cumsum([0, *(of.shape[0] for of in units)])
    near = [
        np.column_stack([of.near[:, :1] + start, of.near[:, 1:]])
        for of, start in zip(rows, before, strict=False)
        if of.near is not None
    ]
    return Held(
        kind,
        chosen.names,
        sparse.vstack(units, format="csr"),
        document,
        np.array(period, np.int16)[document],
        mapped,
        np.concatenate(near).astype(np.int32) if near else None,
        chosen.side,
        chosen.merged,
    )


def _coupled(
    run: Run, citing: list[_Citing], same: dict[str, str], number: dict[str | None, int], mapped: dict[str, tuple[int, int]]
) -> Held:
    """The documents that cite most; what they share are works they both cite."""
    import numpy as np

    settings = run.settings.cooccur
    most = sorted(citing, key=lambda one: (-len(one.works), one.doc_id))[: settings.terms]
    most = [one for one in most if len(one.works) >= settings.min_documents]
    named = distinct((one.doc_id, one.shown) for one in most)
    most.sort(key=lambda one: named[one.doc_id])
    keys = [sorted({same.get(key, key) for key in one.works}) for one in most]
    works = {key: at for at, key in enumerate(sorted({key for of in keys for key in of}))}
    unit = np.array([works[key] for of in keys for key in of], np.int64)
    name = np.repeat(np.arange(len(most)), [len(of) for of in keys])
    period = np.array([number[one.period] for one in most], np.int16)
    units = held_by(unit, name, len(works), len(most))
    names, citing_ids = [named[one.doc_id] for one in most], [one.doc_id for one in most]
    holders = tuple(zip(names, citing_ids, strict=True))
    return Held("coupling", names, units, np.arange(len(works)), period, mapped, holders=holders)


def _holders(held: Held, documents: list[str]) -> tuple[tuple[str, str], ...]:
    """The documents that hold each name, of kinds that meet in documents."""
    if held.kind in OF_TEXT or held.kind == "coupling":
        return held.holders
    entries = held.units.tocoo()
    return tuple(
        (held.names[name], documents[int(held.document[unit])]) for unit, name in zip(entries.row, entries.col, strict=True)
    )

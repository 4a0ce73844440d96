"""Compare two sides of a corpus: which codes and words each of them has more of, and how sure that is."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.config import Settings
from pipeline.engine import Spread
from pipeline.errors import SettingsError
from pipeline.records import Comparison, Reuse, from_table
from pipeline.stats import benjamini_hochberg, ratio_intervals, resampled_ratios, seeded, signed_g2
from pipeline.store import Run
from pipeline.trends.cells import Cells, count
from pipeline.trends.keyness import dispersion, log_odds, log_ratio, mantel_haenszel_p, permutation_p
from pipeline.trends.reuse import copied_segments
from pipeline.trends.sides import Sides, match, read_sides

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

    from pipeline.trends.keyness import Draw

RATE = {"code": 1000, "word": 10_000}
PRIOR = {"code": 50, "word": 500}  # about what one document holds: sentences, words
BEYOND_CHANCE = 0.05  # q
IN_ONE = 10  # places from which on it is told that most stand in one document


@dataclass(frozen=True)
class Compared:
    """What a comparison found, and the sides it is of."""

    a: str
    b: str
    rows: list[Comparison]  # codes, then words, as they are; then the same matched, when enough documents have their like
    notes: list[str]  # what to know about the sides
    documents: list[dict[str, Any]]  # `cells.FACTS` of each
    sides: dict[bool, Sides]  # by whether they are matched


@dataclass(frozen=True)
class _Held:
    """The items of one kind on both sides, and in each document, which counts with the side it is on."""

    kind: str  # code or word
    items: list[str]
    a: "csr_array"  # (n_documents, n_items)
    b: "csr_array"
    size_a: "np.ndarray"  # sentences or words of each document on A, (n_documents,)
    size_b: "np.ndarray"


def compare(run: Run, spread: Spread, a: str, b: str, cells: Cells | None = None) -> Compared:
    """Compare two sides: every code, and every word of `trends.min_documents` documents or more.

    Args:
        a, b: sides, as in `sides.read_sides`.
        cells: from `cells.count`, when several pairs are compared.
    Raises SettingsError: a side that there is none of. NotReadyError: a table is missing.
    """
    cells = cells or count(run, spread, _copied(run))
    sides, notes = read_sides(a, b, cells)
    least = run.settings.trends.min_documents
    notes = [*(_described(name, side, cells) for name, side in ((f"A {a}", sides.a), (f"B {b}", sides.b))), *notes]
    alike, said = match(sides, cells, least=least)
    notes.append(said)
    versions = {False: sides} | ({True: alike} if alike else {})
    rows = [row for matched, version in versions.items() for row in _rows(a, b, version, matched, cells, run.settings)]
    return Compared(a, b, rows, notes, cells.documents, versions)


def _copied(run: Run) -> Collection[str]:
    """What is copied from documents of a higher level, where it is left out. Raises NotReadyError: trends has not looked for it."""
    leaves_out = "copied" in run.settings.trends.leave_out
    return copied_segments(from_table(run.table("reuse"), Reuse)) if leaves_out else ()


def compare_all(
    run: Run, spread: Spread, pairs: Iterable[Sequence[str]], copied: Collection[str] = ()
) -> tuple[list[Comparison], list[str]]:
    """The rows of several pairs of sides, and why others could not be compared; the corpus is counted once.

    Args:
        copied: seg_ids of sentences copied from documents of a higher level.
    """
    pairs = list(pairs)
    cells = count(run, spread, copied) if pairs else None
    rows: list[Comparison] = []
    reasons: list[str] = []
    for a, b in pairs:
        try:
            rows += compare(run, spread, a, b, cells).rows
        except SettingsError as error:
            reasons.append(f"{a} and {b} are not compared: {error}")
    return rows, reasons


def leading(rows: Iterable[Comparison], side: str, limit: int) -> list[Comparison]:
    """The words most typical of side a or b: those beyond chance (q < .05) first, then by z."""
    sign = 1 if side == "a" else -1
    typical = [row for row in rows if row.kind == "word" and sign * row.z > 0]
    typical.sort(key=lambda row: (row.q is None or row.q >= BEYOND_CHANCE, -sign * row.z, row.item))
    return typical[:limit]


def _described(name: str, side: "np.ndarray", cells: Cells) -> str:
    return f"{name}: {int(side.any(axis=1).sum()):,} documents, {int(cells.sentences[side].sum()):,} sentences"


def _rows(a: str, b: str, sides: Sides, matched: bool, cells: Cells, settings: Settings) -> list[Comparison]:
    rows: list[Comparison] = []
    for kind, names, counts, sizes in (
        ("code", cells.code_names, cells.codes, cells.sentences.reshape(-1)),
        ("word", cells.vocabulary, cells.words, cells.words.sum(axis=1)),
    ):
        held = _held(kind, names, counts, sizes, sides, least=1 if kind == "code" else settings.trends.min_documents)
        rows += _compared(a, b, matched, held, sides, cells, settings)
    return rows


def _held(kind: str, names: list[str], counts: "csr_array", sizes: "np.ndarray", sides: Sides, *, least: int) -> _Held:
    """What is counted on each side, of the items that stand in enough documents of both together."""
    import numpy as np
    from scipy import sparse

    size, stances = sides.a.shape
    summed = []
    for side in (sides.a, sides.b):
        cell = np.flatnonzero(side.reshape(-1))
        adding = sparse.csr_array((np.ones(len(cell)), (cell // stances, cell)), shape=(size, size * stances))
        summed.append((sparse.csr_array(adding @ counts), adding @ sizes))
    (of_a, size_a), (of_b, size_b) = summed
    spread = (of_a + of_b).astype(bool).sum(axis=0)
    kept = np.flatnonzero(spread >= least)
    return _Held(kind, [names[at] for at in kept.tolist()], of_a[:, kept], of_b[:, kept], size_a, size_b)


def _compared(a: str, b: str, matched: bool, held: _Held, sides: Sides, cells: Cells, settings: Settings) -> list[Comparison]:
    """The rows of all items of one kind."""
    import numpy as np

    weights = sides.weights
    y_a, y_b = held.a.sum(axis=0), weights @ held.b
    n_a, n_b = held.size_a.sum(), weights @ held.size_b
    if not (n_a and n_b and held.items):
        return []
    in_documents = [np.diff(side.tocsc().indptr) for side in (held.a, held.b)]
    least = settings.trends.min_documents
    few = {name: n for name, side in (("A", sides.a), ("B", sides.b)) if (n := int(side.any(axis=1).sum())) < least}
    tested = np.zeros(len(held.items), bool) if few else (held.a + held.b).astype(bool).sum(axis=0) >= least
    name = (settings.seed, "compare", a, b, matched, held.kind)
    p = np.full(len(held.items), np.nan)
    p[tested] = _p(held, tested, sides, seeded(*name, "p"))
    low, high = np.full((2, len(held.items)), np.nan)
    if held.kind == "code" and not few:
        low, high = _intervals(held, sides, cells, settings, seeded(*name, "interval"))
    for empty in (y_a == 0, y_b == 0):  # every sample would say 0 again, which is not the same as being sure of it
        low, high = np.where(empty, np.nan, low), np.where(empty, np.nan, high)
    delta, z = log_odds(y_a, y_b, n_a, n_b, prior=PRIOR[held.kind])
    columns = {
        "count_a": held.a.sum(axis=0).astype(int), "count_b": held.b.sum(axis=0).astype(int),
        "rate_a": RATE[held.kind] * y_a / n_a, "rate_b": RATE[held.kind] * y_b / n_b, "low": low, "high": high,
        "log_ratio": log_ratio(y_a, y_b, n_a, n_b), "log_odds": delta, "z": z, "g2": signed_g2(y_a, y_b, n_a, n_b),
        "documents_a": in_documents[0], "documents_b": in_documents[1],
        "dispersion_a": dispersion(held.a, held.size_a), "dispersion_b": dispersion(held.b, held.size_b),
        "p": p, "q": benjamini_hochberg(p), "reason": _reasons(held, few, tested, least),
    }  # fmt: skip
    values = zip(
        *(map(_plain, column) if isinstance(column, list) else map(_plain, column.tolist()) for column in columns.values()),
        strict=True,
    )
    return [
        Comparison(a=a, b=b, kind=held.kind, item=item, matched=matched, **dict(zip(columns, row, strict=True)))
        for item, row in zip(held.items, values, strict=True)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if value != value else round(value, 6)
    return value


def _reasons(held: _Held, few: dict[str, int], tested: "np.ndarray", least: int) -> list[str]:
    """Why an item has no p, or that most of it stands in one document; "" for others."""
    import numpy as np

    reasons = [[f"{n} documents on {name}: no test" for name, n in few.items()] for _ in held.items]
    for at in np.flatnonzero(~tested).tolist() if not few else ():
        reasons[at].append(f"in fewer than {least} documents: no test")
    for name, side in (("A", held.a), ("B", held.b)):
        for at in np.flatnonzero(side.sum(axis=0) == 0).tolist() if held.kind == "code" and not few else ():
            reasons[at].append(f"none on {name}: no interval")
        total, most = side.sum(axis=0), side.max(axis=0).toarray().reshape(-1)
        for at in np.flatnonzero((total >= IN_ONE) & (2 * most > total)).tolist():
            reasons[at].append(f"more than half of it on {name} stands in one document")
    return ["; ".join(one) for one in reasons]


def _p(held: _Held, tested: "np.ndarray", sides: Sides, rng: "np.random.Generator") -> "np.ndarray":
    """Of the items tested: permutation of documents between the sides, or, where the sides share documents, within each."""
    import numpy as np

    of_a, of_b = held.a[:, np.flatnonzero(tested)], held.b[:, np.flatnonzero(tested)]
    if sides.shared:
        return _within(of_a, of_b, held.size_a, held.size_b, rng)
    members = np.flatnonzero(held.size_a + held.size_b)
    weights, on_a = sides.weights[members], held.size_a[members] > 0
    counts, sizes = (of_a + of_b)[members], (held.size_a + held.size_b)[members]
    weighted = np.where(on_a, 1, weights)
    rates = weighted @ counts / (weighted @ sizes)
    observed = _coefficients(on_a[None, :], weights, sizes)[0]
    draw = _labels(on_a, sides.strata[members], weights, sizes)
    return permutation_p(counts, observed, draw, rng=rng, expected=(sizes, rates))


def _within(
    of_a: "csr_array", of_b: "csr_array", size_a: "np.ndarray", size_b: "np.ndarray", rng: "np.random.Generator"
) -> "np.ndarray":
    """Test within documents that are on both sides: exchanging the sides of a document turns the sign of y_a - n_a (y_a + y_b) / (n_a + n_b).

    These are far from symmetric where a side has a few sentences of each document and hardly any place is to be expected there, so that
    having none looks like agreement of all documents: p is no smaller than that of Mantel and Haenszel.
    """
    import numpy as np
    from scipy import sparse

    shared = np.flatnonzero((size_a > 0) & (size_b > 0))
    both, sizes = (of_a + of_b)[shared], (size_a + size_b)[shared]
    if not len(shared):
        return np.full(of_a.shape[1], np.nan)
    excess = sparse.csr_array(of_a[shared] - sparse.diags_array(size_a[shared] / sizes) @ both)
    p = permutation_p(excess, np.ones(len(shared)), _flips(len(shared)), rng=rng)
    return np.maximum(p, mantel_haenszel_p(of_a[shared], both, size_a[shared], sizes))


def _flips(size: int) -> "Draw":
    import numpy as np

    return lambda rng, samples: np.where(rng.random((samples, size)) < 0.5, -1.0, 1.0)


def _labels(on_a: "np.ndarray", strata: "np.ndarray", weights: "np.ndarray", sizes: "np.ndarray") -> "Draw":
    """Draws as many documents of each stratum for A as it has."""
    import numpy as np

    groups = [np.flatnonzero(strata == name) for name in np.unique(strata)]
    drawn = [int(on_a[members].sum()) for members in groups]

    def draw(rng: "np.random.Generator", samples: int) -> "np.ndarray":
        chosen = np.zeros((samples, len(on_a)), bool)
        for members, size in zip(groups, drawn, strict=True):
            if size:
                order = np.argpartition(rng.random((samples, len(members))), size - 1, axis=1)[:, :size]
                np.put_along_axis(chosen, members[order], True, axis=1)
        return _coefficients(chosen, weights, sizes)

    return draw


def _coefficients(on_a: "np.ndarray", weights: "np.ndarray", sizes: "np.ndarray") -> "np.ndarray":
    """What a place in each document adds to the rate of A less that of B, (n_samples, n_documents)."""
    import numpy as np

    n_a, n_b = on_a @ sizes, ~on_a @ (weights * sizes)
    return np.where(on_a, 1 / n_a[:, None], -weights / n_b[:, None])


def _intervals(
    held: _Held, sides: Sides, cells: Cells, settings: Settings, rng: "np.random.Generator"
) -> tuple["np.ndarray", "np.ndarray"]:
    """95 % interval of rate A less rate B, made of those of both sides by the square-and-add method, (n_items,) each.

    Those of a side are by bootstrap of documents within issuer. Sides that share documents are taken for independent, which makes it
    too wide where their rates go together.

    Source: Newcombe 1998, Statistics in Medicine 17; Zou & Donner 2008, the same 27.
    """
    import numpy as np

    issuers = np.array([(row["issuers_today"] or [""])[0] for row in cells.documents])
    found = []
    for counts, sizes, weights in ((held.a, held.size_a, np.ones(len(issuers))), (held.b, held.size_b, sides.weights)):
        on = np.flatnonzero(sizes > 0)
        above = RATE[held.kind] * weights[on, None] * counts[on].toarray()
        below = np.repeat((weights * sizes)[on, None], above.shape[1], axis=1)
        strata = np.unique(issuers[on], return_inverse=True)[1]
        ratios = resampled_ratios(above, below, strata, samples=settings.trends.bootstraps, rng=rng)
        low, high = ratio_intervals(above, below, strata, ratios, limits=RATE[held.kind])
        found.append((low, above.sum(axis=0) / below.sum(axis=0), high))
    (low_a, a, high_a), (low_b, b, high_b) = found
    return a - b - np.hypot(a - low_a, high_b - b), a - b + np.hypot(high_a - a, b - low_b)

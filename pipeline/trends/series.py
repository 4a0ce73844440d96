"""What is counted in each document: its sentences, those with each code and stance, its topic shares, and where it belongs."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Any

from pipeline.config import Settings
from pipeline.engine import Spread
from pipeline.store import Run
from pipeline.units import counted_documents, period_of

if TYPE_CHECKING:
    import numpy as np

PER_1000 = "per_1000_sentences"
MEAN_SHARE = "mean_share"


@dataclass(frozen=True)
class Series:
    """All documents that count, sorted by doc_id, and what is counted in each."""

    names: list[str]  # of the series
    units: list[str]  # unit of each series
    above: "np.ndarray"  # what is divided, (n_documents, n_series)
    below: "np.ndarray"  # by what, (n_documents, n_series)
    sentences: "np.ndarray"  # (n_documents,)
    periods: list[str | None]  # none when a document's date is not known precisely enough
    strata: list[str]  # first issuer as it is called today, "" when unknown
    groups: list[list[str]]  # "all" and the dimension=value that each document belongs to


@dataclass(frozen=True)
class _Counted:
    """The documents of one part."""

    documents: list[dict[str, Any]]
    sentences: list[int]
    coded: list[dict[str, int]]  # of each document: series → sentences
    shares: list[dict[str, float]]  # of each document: topic → weight


def count(run: Run, spread: Spread) -> Series:
    """Count all documents that are not duplicates, part by part."""
    import numpy as np

    counted = list(spread(_count, [(run, part) for part in run.parts()], stage="trends"))
    documents = [row for part in counted for row in part.documents]
    counts = _one_version(documents, run.settings)
    documents = list(compress(documents, counts))
    sentences = np.array(list(compress((number for part in counted for number in part.sentences), counts)), float)
    coded = list(compress((row for part in counted for row in part.coded), counts))
    shares = list(compress((row for part in counted for row in part.shares), counts))
    codes = sorted({name for row in coded for name in row})
    topics = sorted({name for row in shares for name in row}, key=lambda name: int(name.split(":")[1]))
    has_shares = np.array([bool(row) for row in shares], float)
    return Series(
        names=[*codes, *topics],
        units=[PER_1000] * len(codes) + [MEAN_SHARE] * len(topics),
        above=np.concatenate([1000 * _matrix(coded, codes), _matrix(shares, topics)], axis=1),
        below=np.concatenate([np.tile(sentences[:, None], len(codes)), np.tile(has_shares[:, None], len(topics))], axis=1),
        sentences=sentences,
        periods=[period_of(row["date"], row["date_precision"], run.settings.period) for row in documents],
        strata=[row["issuers_today"][0] if row["issuers_today"] else "" for row in documents],
        groups=[_groups(row, run.settings) for row in documents],
    )


def _one_version(documents: list[dict[str, Any]], settings: Settings) -> list[bool]:
    """Which documents count: of the versions of a law in one period the latest, unless all are to count."""
    latest: dict[tuple[str, str], int] = {}
    for number, row in sorted(enumerate(documents), key=lambda pair: (pair[1]["date"] or "", pair[0])):
        if period := row["version_of"] and period_of(row["date"], row["date_precision"], settings.period):
            latest[row["version_of"], period] = number
        else:
            latest[row["doc_id"], ""] = number
    chosen = set(latest.values())
    return [settings.trends.versions == "all" or number in chosen for number in range(len(documents))]


def series_of(code: str, stance: str, stances: bool) -> list[str]:
    """The series a coded sentence counts in: the code, the codes above it (silos for silos.barrier), each also by stance."""
    levels = code.split(".")
    codes = [".".join(levels[:depth]) for depth in range(1, len(levels) + 1)]
    return codes + ([f"{name}/{stance}" for name in codes] if stances else [])


def _count(task: tuple[Run, str]) -> _Counted:
    run, part = task
    documents = counted_documents(
        run, part, ["date", "date_precision", "issuers_today", "level", "region", "province", "kind", "version_of"]
    ).to_pylist()
    place = {row["doc_id"]: number for number, row in enumerate(documents)}
    sentences = [0] * len(documents)
    coded: list[dict[str, int]] = [{} for _ in documents]
    shares: list[dict[str, float]] = [{} for _ in documents]
    settings = run.settings.trends
    counts_here = set()
    for row in run.table("segments", ["seg_id", "doc_id", "kind"], part=part).to_pylist():
        if row["kind"] in settings.kinds and row["doc_id"] in place:
            sentences[place[row["doc_id"]]] += 1
            counts_here.add(row["seg_id"])
    # a sentence counts once in a series, however many terms it has
    found = {
        (row["doc_id"], row["seg_id"], name)
        for row in run.table("tags", ["doc_id", "seg_id", "code", "stance", "negated"], part=part).to_pylist()
        if row["seg_id"] in counts_here and not row["negated"]
        for name in series_of(row["code"], row["stance"], settings.stances)
    }
    for doc_id, _, name in found:
        here = coded[place[doc_id]]
        here[name] = here.get(name, 0) + 1
    for row in run.table("doc_topics", part=part).to_pylist():
        if row["doc_id"] in place:
            shares[place[row["doc_id"]]][f"topic:{row['topic']}"] = row["weight"]
    return _Counted(documents, sentences, coded, shares)


def _groups(document: dict[str, Any], settings: Settings) -> list[str]:
    """The groups of a document; what is unknown about it makes no group."""
    values = document | {"issuer": document["issuers_today"]}
    groups = ["all"]
    for dimension in settings.trends.groups:
        value = values[dimension]
        for name in dict.fromkeys(value if isinstance(value, list) else [value]):
            if name and name != "none":
                groups.append(f"{dimension}={name}")
    return groups


def _matrix(rows: Iterable[dict[str, Any]], names: list[str]) -> "np.ndarray":
    """Numbers of documents by name as an array (n_documents, n_names), 0 where there is none."""
    import numpy as np

    values = [[row.get(name, 0) for name in names] for row in rows]
    return np.array(values, float).reshape(len(values), len(names))

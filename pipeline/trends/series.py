"""All documents that count, with what is counted in each, in every unit: what rates, changes and couplings are made of."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING, Any

from pipeline.config import Settings, TrendsSettings
from pipeline.engine import Spread
from pipeline.periods import period_of
from pipeline.store import Run
from pipeline.trends.counting import OWN, TERM, Counted, count_part

if TYPE_CHECKING:
    import numpy as np

PER_1000 = "per_1000_sentences"
MEAN_SHARE = "mean_share"
OF_SENTENCES = (PER_1000, "mean_per_1000_sentences", "share_of_sentences")  # the units that sentences can be left out of


@dataclass(frozen=True)
class Paragraphs:
    """The paragraphs of the documents of a Series that have sentences that count, in order."""

    document: "np.ndarray"  # index of the document, (n_paragraphs,)
    sentences: "np.ndarray"  # that count in it, (n_paragraphs,)
    coded: "np.ndarray"  # sentences of it with each code or word, (n_paragraphs, n_names)
    names: list[str]  # codes, and words of the user's own as term:…


@dataclass(frozen=True)
class Series:
    """All documents that count, sorted by doc_id, and what is counted in each; a series has a column for each unit."""

    names: list[str]  # of the series of each column: code, code/stance, code/own, term:…, topic:N
    units: list[str]  # of each column
    above: "np.ndarray"  # what is divided, (n_documents, n_columns)
    below: (
        "np.ndarray"  # by what, (n_documents, n_columns); the rate of some documents is the sum of the one over that of the other
    )
    sentences: "np.ndarray"  # (n_documents,)
    documents: list[dict[str, Any]]  # `counting.FACTS` of each
    periods: list[str | None]  # none when a document's date is not known precisely enough
    strata: list[str]  # first issuer as it is called today, "" when unknown
    groups: list[list[str]]  # "all" and the dimension=value that each document belongs to
    paragraphs: Paragraphs
    left_out: int  # documents that are an older version of a law in the same period


@dataclass(frozen=True)
class Curve:
    """One column of a Series in one group over all its periods, gaps included."""

    series: str
    group: str
    unit: str
    periods: list[str]
    values: "np.ndarray"  # (n_periods,), NaN where nothing was counted
    samples: (
        "np.ndarray"  # the same under the bootstrap of documents, (n_samples, n_periods); NaN where a cell has too few documents
    )
    n_documents: "np.ndarray"  # (n_periods,)


def count(run: Run, spread: Spread, copied: Collection[str] = ()) -> Series:
    """Count all documents that are not duplicates, part by part.

    Args:
        copied: seg_ids of sentences copied from documents of a higher level.
    """
    parts = list(spread(count_part, [(run, part, _of_part(copied, part)) for part in run.parts()], stage="trends"))
    documents = [row for part in parts for row in part.documents]
    counts = one_version(documents, run.settings)
    names, coded, places = _matrices(parts, run.settings)
    sizes = {name: _summed(parts, name) for name in ("sentences", "own", "characters")}
    columns = [*_columns(names, coded, places, sizes, run.settings.trends), *_topics(parts, len(documents))]
    kept = list(compress(documents, counts))
    return Series(
        names=[column[0] for column in columns],
        units=[column[1] for column in columns],
        above=_stacked([column[2] for column in columns], counts),
        below=_stacked([column[3] for column in columns], counts),
        sentences=sizes["sentences"][counts],
        documents=kept,
        periods=[period_of(row["date"], row["date_precision"], run.settings) for row in kept],
        strata=[row["issuers_today"][0] if row["issuers_today"] else "" for row in kept],
        groups=[groups_of(row, run.settings) for row in kept],
        paragraphs=_paragraphs(parts, counts),
        left_out=len(documents) - len(kept),
    )


def select(series: Series, columns: "np.ndarray") -> Series:
    """The same documents with some of the columns only.

    Args:
        columns: whether each is kept, (n_columns,).
    """
    names, units = list(compress(series.names, columns)), list(compress(series.units, columns))
    return replace(series, names=names, units=units, above=series.above[:, columns], below=series.below[:, columns])


def is_followed(name: str, settings: TrendsSettings) -> bool:
    """Whether a series is followed in every unit and group; of the terms of the codebook there are hundreds."""
    return not name.startswith(TERM) or name.removeprefix(TERM) in settings.terms


def _of_part(copied: Collection[str], part: str) -> frozenset[str] | None:
    if not copied:
        return None
    return frozenset(seg_id for seg_id in copied if seg_id.startswith(part))


def one_version(documents: list[dict[str, Any]], settings: Settings) -> "np.ndarray":
    """Which documents count: of the versions of a law in one period the latest, unless all are to count."""
    import numpy as np

    latest: dict[tuple[str, str], int] = {}
    for number, row in sorted(enumerate(documents), key=lambda pair: (pair[1]["date"] or "", pair[0])):
        if period := row["version_of"] and period_of(row["date"], row["date_precision"], settings):
            latest[row["version_of"], period] = number
        else:
            latest[row["doc_id"], ""] = number
    chosen = set(latest.values())
    return np.array([settings.trends.versions == "all" or number in chosen for number in range(len(documents))], bool)


def _matrices(parts: list[Counted], settings: Settings) -> tuple[list[str], "np.ndarray", "np.ndarray"]:
    """The series that are followed, and in how many sentences and places of each document they stand, (n_documents, n_names)."""
    import numpy as np

    names = sorted({name for part in parts for name in part.names})
    place = {name: number for number, name in enumerate(names)}
    first = np.cumsum([0, *(len(part.documents) for part in parts)])
    coded, places = (np.zeros((int(first[-1]), len(names))) for _ in range(2))
    for offset, part in zip(first.tolist(), parts, strict=False):
        rows, columns = part.document + offset, np.array([place[name] for name in part.names], np.int64)[part.name]
        coded[rows, columns], places[rows, columns] = part.coded, part.places
    enough = coded.sum(axis=0) >= settings.trends.min_term_sentences
    kept = [bool(enough[at]) or is_followed(name, settings.trends) for at, name in enumerate(names)]
    return list(compress(names, kept)), coded[:, kept], places[:, kept]


def _columns(
    names: list[str], coded: "np.ndarray", places: "np.ndarray", sizes: dict[str, "np.ndarray"], settings: TrendsSettings
) -> list[tuple[str, str, "np.ndarray", "np.ndarray"]]:
    """Name, unit, what is divided and by what of each series in each unit; of terms of the codebook in the first unit only."""
    found: list[tuple[str, str, np.ndarray, np.ndarray]] = []
    for unit in settings.units:
        for at, name in enumerate(names):
            if (name.endswith(OWN) and unit not in OF_SENTENCES) or (
                unit != settings.units[0] and not is_followed(name, settings)
            ):
                continue
            sentences = sizes["own" if name.endswith(OWN) else "sentences"]
            found.append((name, unit, *_rate(unit, coded[:, at], places[:, at], sentences, sizes["characters"])))
    return found


def _rate(
    unit: str, coded: "np.ndarray", places: "np.ndarray", sentences: "np.ndarray", characters: "np.ndarray"
) -> tuple["np.ndarray", "np.ndarray"]:
    """What is divided and by what in each document, (n_documents,) each."""
    import numpy as np

    has = (sentences > 0).astype(float)
    if unit == "per_10000_characters":
        return 10_000 * places, characters
    if unit == "share_of_documents":
        return (coded > 0).astype(float), has
    if unit == "mean_per_1000_sentences":  # every document has the same weight, however long it is
        return 1000 * coded / np.maximum(sentences, 1), has
    return (1000 if unit == PER_1000 else 1) * coded, sentences


def _topics(parts: list[Counted], size: int) -> list[tuple[str, str, "np.ndarray", "np.ndarray"]]:
    """The share of each topic in each document, and whether a document has any."""
    import numpy as np

    topics = sorted({topic for part in parts for _, topic, _ in part.shares})
    weights, has, offset = np.zeros((size, len(topics))), np.zeros(size), 0
    place = {topic: number for number, topic in enumerate(topics)}
    for part in parts:
        for document, topic, weight in part.shares:
            weights[offset + document, place[topic]] = weight
            has[offset + document] = 1
        offset += len(part.documents)
    return [(f"topic:{topic}", MEAN_SHARE, weights[:, at], has) for at, topic in enumerate(topics)]


def _paragraphs(parts: list[Counted], counts: "np.ndarray") -> Paragraphs:
    import numpy as np

    names = sorted({name for part in parts for name in part.paragraph_names})
    number, offset = np.cumsum(counts) - 1, 0
    documents, sentences, coded = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros((0, len(names)), np.int32)]
    for part in parts:
        here = counts[part.paragraph + offset]
        wide = np.zeros((len(part.paragraph), len(names)), np.int32)
        wide[:, [names.index(name) for name in part.paragraph_names]] = part.paragraph_coded
        documents.append(number[part.paragraph + offset][here])
        sentences.append(part.paragraph_sentences[here])
        coded.append(wide[here])
        offset += len(part.documents)
    return Paragraphs(np.concatenate(documents), np.concatenate(sentences), np.concatenate(coded), names)


def groups_of(document: dict[str, Any], settings: Settings) -> list[str]:
    """The groups of a document; what is unknown about it makes no group."""
    values = document | {"issuer": document["issuers_today"]}
    groups = ["all"]
    for dimension in settings.trends.groups:
        value = values[dimension]
        for name in dict.fromkeys(value if isinstance(value, list) else [value]):
            if name and name != "none":
                groups.append(f"{dimension}={name}")
    return groups


def _summed(parts: list[Counted], name: str) -> "np.ndarray":
    """A count of each document over all parts."""
    import numpy as np

    return np.concatenate([np.zeros(0), *(getattr(part, name) for part in parts)])


def _stacked(columns: list["np.ndarray"], counts: "np.ndarray") -> "np.ndarray":
    """Columns side by side, rows that count only, (n_documents, n_columns)."""
    import numpy as np

    return np.stack(columns, axis=1)[counts].astype(float) if columns else np.zeros((int(counts.sum()), 0))

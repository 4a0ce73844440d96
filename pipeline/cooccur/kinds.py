"""Where the names of each kind of map stand in a part of the corpus."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipeline.cooccur import literature
from pipeline.errors import NotReadyError
from pipeline.store import Run
from pipeline.units import Units, Words, counted_documents, join_phrases, read_words

if TYPE_CHECKING:
    import numpy as np

Phrases = list[tuple[str, str]]
_COLUMNS = ["title", "date", "date_precision", "kind", "authors", "keywords", "affiliations", "issuers_today"]


@dataclass(frozen=True)
class Places:
    """Where names of one kind stand: one entry a place in `unit` and `name`, (n_places,)."""

    document: "np.ndarray"  # of the part, of each unit, (n_units,)
    unit: "np.ndarray"
    name: "np.ndarray"  # index in the two lists
    shown: list[str]  # as a map would show it
    key: list[str]  # equal for the writings that are one name


@dataclass(frozen=True)
class Part:
    """What of a part is read for several kinds, once."""

    run: Run
    name: str
    phrases: Phrases

    @cached_property
    def documents(self) -> list[dict[str, Any]]:
        """Those that are not duplicates, in order."""
        rows: list[dict[str, Any]] = counted_documents(self.run, self.name, _COLUMNS).to_pylist()
        return rows

    @cached_property
    def text(self) -> tuple[Units, Words]:
        """Units of text and their words, neighbouring ones joined into phrases."""
        units, words = read_words(self.run, self.name, self.run.settings.cooccur)
        return units, join_phrases(words, self.phrases)

    @cached_property
    def references(self) -> list[dict[str, Any]]:
        """Entries of lists of references: the document, how the work is shown, its key, further names of it (doi, document of the run)."""
        number = {row["doc_id"]: index for index, row in enumerate(self.documents)}
        columns = ["doc_id", "authors", "year", "title", "container", "doi", "cited"]
        try:
            rows = self.run.table("references", columns, part=self.name).to_pylist()
        except NotReadyError:  # a run made before references were read
            return []
        return [_reference(row, number[row["doc_id"]]) for row in rows if row["doc_id"] in number]


def _reference(row: dict[str, Any], document: int) -> dict[str, Any]:
    said = (row["authors"], row["year"], row["title"], row["container"])
    doi = (row["doi"] or "").lower().removeprefix("https://doi.org/").strip(" .")
    also = [f"doi {doi}"] * bool(doi) + [f"document {row['cited']}"] * bool(row["cited"])
    shown, key = literature.reference_shown(*said), literature.reference_key(*said)
    return {
        "document": document,
        "shown": shown or (f"doi:{doi}" if doi else ""),
        "key": key or (also[0] if doi else ""),
        "also": also,
    }


def _terms(part: Part) -> Places:
    units, words = part.text
    return Places(units.document, words.unit, words.term, words.vocabulary, words.vocabulary)


def _codes(part: Part) -> Places:
    """Codes that are tagged and not negated; quoted ones count."""
    import numpy as np
    import pyarrow.compute as pc

    units = part.text[0]
    tags = part.run.table("tags", ["seg_id", "code", "negated"], part=part.name)
    tags = tags.filter(pc.invert(tags.column("negated")))
    row = pc.index_in(tags.column("seg_id"), units.segments.column("seg_id").combine_chunks())
    inside = pc.is_valid(row)
    codes = tags.column("code").filter(inside).to_pylist()
    return _encoded(units.document, units.of_segment[row.filter(inside).to_numpy().astype(np.int64)].tolist(), codes, codes)


def _issuers_and_codes(part: Part) -> Places:
    """Codes in the units of documents whose issuer is known, and those issuers; their keys tell the two apart."""
    import numpy as np

    codes = _codes(part)
    named = np.array([bool(row["issuers_today"]) for row in part.documents], bool)
    kept = named[codes.document]
    number = np.cumsum(kept) - 1
    document = codes.document[kept]
    unit = [(at, issuer) for at, of in enumerate(document.tolist()) for issuer in part.documents[of]["issuers_today"]]
    stand = [(at, codes.shown[name]) for at, name in zip(codes.unit.tolist(), codes.name.tolist(), strict=True) if kept[at]]
    units = [at for at, _ in unit] + [int(number[at]) for at, _ in stand]
    shown = [name for _, name in unit] + [name for _, name in stand]
    key = [f"issuer {name}" for _, name in unit] + [f"code {name}" for _, name in stand]
    return _encoded(document, units, shown, key)


def _listed(part: Part, column: str, shown: Callable[[str], str], key: Callable[[str], str]) -> Places:
    """Names in a column of documents; only documents with one are units, since the others cannot say."""
    found = [
        (document, name)
        for document, row in enumerate(part.documents)
        if column != "affiliations" or row["kind"] not in ("policy", "law")
        for name in map(shown, row[column])
        if name and key(name)
    ]
    return _of_documents([document for document, _ in found], [name for _, name in found], [key(name) for _, name in found])


def _references(part: Part) -> Places:
    told = [row for row in part.references if row["key"]]
    return _of_documents([row["document"] for row in told], [row["shown"] for row in told], [row["key"] for row in told])


def _of_documents(document: list[int], shown: list[str], key: list[str]) -> Places:
    import numpy as np

    units, unit = np.unique(np.array(document, np.int64), return_inverse=True)
    return _encoded(units, unit.tolist(), shown, key)


def _encoded(document: "np.ndarray", unit: list[int], shown: list[str], key: list[str]) -> Places:
    import numpy as np

    number: dict[tuple[str, str], int] = {}
    name = [number.setdefault(pair, len(number)) for pair in zip(shown, key, strict=True)]
    pairs = list(number)
    places = np.array(unit, np.int64), np.array(name, np.int64)
    return Places(document, *places, [pair[0] for pair in pairs], [pair[1] for pair in pairs])


# of coupling the works cited are found here; the documents that cite them become its names
PLACES: dict[str, Callable[[Part], Places]] = {
    "term": _terms,
    "code": _codes,
    "keyword": lambda part: _listed(part, "keywords", literature.keyword_shown, literature.loose_key),
    "author": lambda part: _listed(part, "authors", literature.author_shown, literature.author_key),
    "institution": lambda part: _listed(part, "affiliations", literature.institution_shown, literature.loose_key),
    "reference": _references,
    "coupling": _references,
    "issuer_code": _issuers_and_codes,
}

"""Every setting, a section a stage, with its default. One TOML file, checked here and nowhere else."""

import codecs
import re
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from pipeline.errors import SettingsError

HOME = Path(__file__).resolve().parents[1]  # where lexicons/ and corpora/ stand, in a checkout and in a wheel
LEXICONS = HOME / "lexicons"
DEMO = HOME / "corpora" / "demo"

Period = Literal["year", "halfyear", "quarter", "month", "plan", "own"]
Kind = Literal["heading", "sentence", "item", "table", "reference"]
Unit = Literal["sentence", "paragraph", "section", "document"]
MapKind = Literal["term", "code", "keyword", "author", "institution", "reference", "coupling", "issuer_code"]
Column = Literal[
    "title",
    "text",
    "date",
    "written",
    "published",
    "year",
    "issuers",
    "doc_number",
    "level",
    "region",
    "addressees",
    "kind",
    "authors",
    "keywords",
    "abstract",
    "affiliations",
    "journal",
    "volume",
    "issue",
    "page_range",
    "doi",
    "funds",
]


class Section(BaseModel):
    """Settings of one stage; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)  # 20 is 20.0, as when read back


def _codec(name: str) -> str:
    """The name of an encoding of text. Raises LookupError: there is none, or it makes bytes of bytes, as base64 does."""
    found = codecs.lookup(name)
    if not found._is_text_encoding:
        raise LookupError
    return found.name


class IngestSettings(Section):
    """Reading files."""

    encoding: str | None = Field(None, description="encoding of text files; none: found for each file")
    encodings: dict[str, str] = Field(
        {}, description='encodings of some files: a pattern of source = encoding, as "old/*" = "big5"'
    )
    columns: dict[Column, str] = Field({}, description="columns of tables whose names do not tell, field = header")
    exclude: list[str] = Field([], description="files to leave out, as patterns of their sources: */README.md")
    places: str = Field("places", description="file of provinces, cities and counties, or a name in lexicons/")
    issuers: str = Field("issuers", description="file of issuing bodies, or a name in lexicons/")
    keep_duplicates: bool = Field(False, description="count near duplicates too; they are listed in relations all the same")
    thesaurus: list[str] = Field(
        [], description="files that merge keywords and author names: tab text with the header `label`, `replace by`"
    )
    max_file_mb: int = Field(500, ge=1, description="larger files are set aside as too_large")
    max_pages: int = Field(5000, ge=1, description="pages read of one PDF; the rest is left out and the status is partial")
    seconds_per_page: float = Field(20, gt=0, le=86_400, description="CPU seconds a page may take")
    seconds_per_ocr_page: float = Field(
        60, gt=0, le=86_400, description="CPU seconds a page read by OCR may take, beside those of the file"
    )
    seconds_per_file: float = Field(120, gt=0, le=86_400, description="CPU seconds a file, row or member may take")
    memory_mb: int = Field(1536, ge=256, le=1 << 20, description="memory of one parser process, without OCR")

    def of(self, source: str) -> "IngestSettings":
        """The settings for one source: with the encoding of the first pattern it matches."""
        found = (name for pattern, name in self.encodings.items() if fnmatchcase(source, pattern))
        return self.model_copy(update={"encoding": next(found, self.encoding)}) if self.encodings else self

    @field_validator("encoding", "encodings")
    @classmethod
    def _known(cls, given: str | dict[str, str] | None) -> str | dict[str, str] | None:
        try:
            if isinstance(given, dict):
                return {pattern: _codec(name) for pattern, name in given.items()}
            return _codec(given) if given else None
        except (LookupError, ValueError):
            raise ValueError("no such encoding; write one such as gb18030, big5hkscs, utf-8 or utf-16") from None


class SegmentSettings(Section):
    """Sentences and words."""

    engine: Literal["rjieba", "jieba"] = Field(
        "rjieba", description="segmenter; both use jieba's dictionary and agree without HMM"
    )
    hmm: bool = Field(False, description="guess words that are not in the dictionary; worse on SIGHAN 2005")
    fold_traditional: bool = Field(
        False, description="cut and code traditional characters as simplified ones, by the extra [opencc]; what is stored stays"
    )
    words: list[str] = Field(["policy"], description="word lists added to the dictionary: files, or names in lexicons/words/")


class TopicsSettings(Section):
    """Topic models."""

    model: Literal["plsa", "nmf", "lda", "seeded", "tomotopy"] = Field(
        "plsa",
        description="variant: plsa (smoothed, started from nmf), nmf (scikit-learn, on tf-idf), lda (gensim), seeded (anchored on the "
        "codes of the codebook) or tomotopy (an extra)",
    )
    k: int | None = Field(None, ge=2, le=500, description="number of topics; none: searched for, or by the size of the corpus")
    search: bool = Field(False, description="search for the number of topics, unless k says it")
    grid: list[int] = Field([5, 10, 15, 20, 30], description="numbers of topics that are tried")
    fits: int = Field(5, ge=0, le=100, description="fits on samples of the documents that topics must stand; 0: none")
    by_period: bool = Field(False, description="also fit a model to each period, and say what becomes of its topics")
    unit: Unit = Field("paragraph", description="what one row of the matrix is")
    kinds: list[Kind] = Field(["sentence", "item"], description="kinds of segments that are counted")
    min_documents: int = Field(3, ge=1, description="a term must stand in so many documents")
    max_share: float = Field(0.5, gt=0, le=1, description="and in at most this share of the units")
    pos: list[str] = Field(
        ["n", "nz", "nt", "nl", "ng", "v", "vn", "a", "an", "ad", "l", "i", "j", "eng", "x"],
        description="parts of speech kept, from jieba's dictionary; x are words it has no class for",
    )
    stopwords: list[str] = Field(["policy", "english"], description="stop-word lists: files, or names in lexicons/stopwords/")
    phrase_npmi: float = Field(
        0.5, ge=0, le=1, description="neighbouring words are joined into one term above this NPMI; 1 joins none"
    )
    phrase_count: int = Field(10, ge=2, description="and if they stand side by side so often")
    top_terms: int = Field(15, ge=5, le=100, description="leading terms stored for each topic")
    passes: int = Field(5, ge=1, description="passes of lda over the units")
    iterations: int = Field(200, ge=1, description="of tomotopy's sampler")
    anchor: float = Field(5.0, gt=0, le=100, description="of seeded: how many words a code of a unit counts as")


class CooccurSettings(Section):
    """Co-occurrence maps."""

    unit: Unit = Field("sentence", description="where two terms or codes must meet")
    kinds: list[Kind] = Field(["sentence", "item"], description="kinds of segments that are counted")
    nodes: list[MapKind] = Field(
        ["term", "code", "keyword", "author", "institution", "reference", "issuer_code"],
        description="what maps are made of; keywords, authors, institutions and references meet in documents",
    )
    window: int = Field(0, ge=0, le=100, description="words within which two terms must meet, inside a unit; 0: anywhere in it")
    sliding: int = Field(1, ge=1, le=20, description="periods a map takes in: 3 makes maps of 2019–2021, 2020–2022 …")
    measure: Literal["association_strength", "salton", "jaccard", "inclusion", "equivalence_index", "npmi", "log_likelihood"] = (
        Field("association_strength", description="how the strength of a link is measured")
    )
    terms: int = Field(120, ge=2, le=2000, description="most frequent terms on the map")
    pos: list[str] = Field(["n", "nz", "nt", "nl", "vn", "an", "l", "j", "eng"], description="parts of speech of terms")
    stopwords: list[str] = Field(["policy", "english"], description="stop-word lists: files, or names in lexicons/stopwords/")
    phrase_npmi: float = Field(
        0.5, ge=0, le=1, description="neighbouring words are joined into one term above this NPMI; 1 joins none"
    )
    phrase_count: int = Field(10, ge=2, description="and if they stand side by side so often")
    min_count: int = Field(3, ge=1, description="units in which two terms must meet to be linked")
    min_documents: int = Field(
        2, ge=1, description="documents in which two keywords, authors, institutions or references must meet"
    )
    backbone: Literal["strongest", "disparity", "min_strength"] = Field(
        "strongest",
        description="which links maps show: the strongest of each node, those beyond chance of its counts, or above a strength",
    )
    links_per_node: int = Field(6, ge=1, description="for backbone = strongest: links of each node that are kept")
    disparity: float = Field(
        0.05, gt=0, lt=1, description="for backbone = disparity: the chance of a count by which a link is kept"
    )
    min_strength: float = Field(1.0, ge=0, description="for backbone = min_strength")
    resolution: float = Field(1.0, gt=0, description="of the Louvain clusters: higher gives more and smaller ones")


class TrendsSettings(Section):
    """Emphasis over time."""

    groups: list[Literal["level", "province", "region", "issuer", "kind"]] = Field(
        ["level", "province", "kind"], description="what series are split by; province counts its cities in"
    )
    versions: Literal["one", "all"] = Field("one", description="of a law in several versions: the latest of a period, or all")
    units: list[
        Literal[
            "per_1000_sentences", "mean_per_1000_sentences", "share_of_sentences", "per_10000_characters", "share_of_documents"
        ]
    ] = Field(
        ["per_1000_sentences", "mean_per_1000_sentences", "per_10000_characters", "share_of_documents"],
        min_length=1,
        description="what rates are counted in; the first is the one charts, changes and decompositions are drawn of. "
        "mean_per_1000_sentences gives every document the same weight, however long it is",
    )
    terms: list[str] = Field([], description="words of your own to follow beside the codes: 数字政府")
    min_term_sentences: int = Field(20, ge=1, description="a term of the codebook that codes so many sentences is followed too")
    leave_out: list[Literal["quoted", "copied"]] = Field(
        [], description="sentences that do not count: quotations, or what is copied from documents of a higher level"
    )
    since: list[str] = Field(
        [], description="documents, by number or title, before and after which rates are compared: 国发〔2022〕14号"
    )
    compare: list[tuple[str, str]] = Field(
        [], description='pairs of sides compared in the report: [["level=central", "province=山东省"]]'
    )
    bootstraps: int = Field(1000, ge=50, le=100_000, description="bootstrap samples of documents within issuer")
    min_documents: int = Field(5, ge=2, description="fewer documents in a cell: no interval, and it says so")
    kinds: list[Kind] = Field(["sentence", "item"], description="kinds of segments that are counted")
    stances: bool = Field(True, description="also count each code by stance")


class ReportSettings(Section):
    """The report, figures and tables for people."""

    map_terms: int = Field(80, ge=10, le=500, description="terms shown on the map")
    dpi: int = Field(120, ge=50, le=600, description="of PNG figures")
    evidence: int = Field(12, ge=1, description="sentences shown behind a number")
    table_rows: int = Field(100_000, ge=1, description="rows of a sheet of tables.xlsx; what is cut is said in it")


class EngineSettings(Section):
    """Where the work is done. Never changes a result."""

    kind: Literal["local", "dask"] = Field("local", description="processes of this machine, or a Dask cluster")
    jobs: int = Field(0, ge=0, description="worker processes; 0: one a core")
    scheduler: str | None = Field(None, description="address of a Dask scheduler; none starts one on this machine")


class Settings(Section):
    """All settings of a run. The stages read their own section and the few shared ones at the top."""

    seed: int = Field(0, ge=0, description="of everything random")
    period: Period = Field("year", description="length of a period; plan: five-year plans; own: those that start at `breaks`")
    breaks: list[str] = Field(
        [], description='for period = "own": where they start, ["1978", "1992", "2012"] or in months, ["2012-11", "2017-10"]'
    )
    codebook: str = Field("framework", description="codebook file, or a name in lexicons/codebooks/")
    lang: Literal["zh", "en"] = Field("zh", description="language a report opens in")
    ingest: IngestSettings = IngestSettings()
    segment: SegmentSettings = SegmentSettings()
    topics: TopicsSettings = TopicsSettings()
    cooccur: CooccurSettings = CooccurSettings()
    trends: TrendsSettings = TrendsSettings()
    report: ReportSettings = ReportSettings()
    engine: EngineSettings = EngineSettings()

    @field_validator("breaks")
    @classmethod
    def _ascending(cls, given: list[str], others: ValidationInfo) -> list[str]:
        if not given and others.data.get("period") == "own":
            raise ValueError('say where your periods start: breaks = ["1978", "1992", "2012"]')
        if not all(re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", one) for one in given) or len({len(one) for one in given}) > 1:
            raise ValueError('write all as years or all as months: ["1978", "1992"] or ["2012-11", "2017-10"]')
        if given != sorted(set(given)):
            raise ValueError("write them from the earliest to the latest, each once")
        return given


def read_settings(path: Path | None = None, **overrides: Any) -> Settings:
    """Settings from a TOML file, with single values on top ("topics.k"=20); everything left out has its default.

    Paths in the file count from its folder. Raises SettingsError naming file, line and the choices, for all problems at once.
    """
    data = _read_toml(path) if path else {}
    if path:
        _anchor(data, path.parent)
    _put(data, overrides)
    return _validated(data, path)


def change_settings(settings: Settings, **changes: Any) -> Settings:
    """Settings with some values changed ("topics.k"=20). Raises SettingsError."""
    data = settings.model_dump()
    _put(data, changes)
    return _validated(data, None)


def _put(data: dict[str, Any], values: dict[str, Any]) -> None:
    """Set values by their dotted names."""
    for name, value in values.items():
        *sections, last = name.split(".")
        place = data
        for section in sections:
            place = place.setdefault(section, {})
        place[last] = value


def _validated(data: dict[str, Any], path: Path | None) -> Settings:
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        raise SettingsError(*(_explain(dict(one), path) for one in error.errors())) from None


def lexicon(name: str, folder: str, suffix: str) -> Path:
    """The file a lexicon setting means: a path, or the name of one that is shipped. Raises SettingsError with the choices."""
    shipped = LEXICONS / folder / f"{name}{suffix}"
    if shipped.is_file():
        return shipped
    if Path(name).is_file():
        return Path(name)
    names = ", ".join(sorted(path.stem for path in (LEXICONS / folder).glob(f"*{suffix}")))
    raise SettingsError(f"no file '{name}' and nothing of that name in lexicons/{folder}; there are {names}")


def _read_toml(path: Path) -> dict[str, Any]:
    if path.exists() and not path.is_file():  # a device may never end
        raise SettingsError(f"{path} is no file; give a settings file in TOML, or leave --config out to run with the defaults")
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(f"no settings file {path}; leave --config out to run with the defaults") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be opened ({error.strerror}); look at its permissions") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML in UTF-8: {error}") from None


def _anchor(data: dict[str, Any], folder: Path) -> None:
    """Turn names of files that stand beside the settings file into whole paths."""
    for section, key in (("", "codebook"), ("ingest", "places"), ("ingest", "issuers")):
        place = data.get(section) if section else data
        if isinstance(place, dict) and isinstance(place.get(key), str):
            place[key] = _beside(folder, place[key])
    for section, key in (("ingest", "thesaurus"), ("segment", "words"), ("topics", "stopwords"), ("cooccur", "stopwords")):
        place = data.get(section)
        if isinstance(place, dict) and isinstance(place.get(key), list):
            place[key] = [_beside(folder, name) if isinstance(name, str) else name for name in place[key]]


def _beside(folder: Path, name: str) -> str:
    return str((folder / name).resolve()) if (folder / name).is_file() else name


def _explain(error: dict[str, Any], path: Path | None) -> str:
    """One validation error as file:line, what is wrong, and the choices."""
    where = [str(part) for part in error["loc"] if part != "[key]"]
    name = ".".join(where)
    place = f"{path}:{_line_of(path, where)}: " if path else ""
    if error["loc"][-1] == "[key]":
        return f"{place}no '{where[-1]}' in {'.'.join(where[:-1])}; there are {', '.join(get_args(Column))}"
    if error["type"] == "extra_forbidden":
        return f"{place}no setting called '{name}'; there are {', '.join(_choices(where[:-1]))}"
    return f"{place}{name} = {error['input']!r}: {error['msg'][0].lower()}{error['msg'][1:]}"


def _choices(sections: list[str]) -> list[str]:
    model: type[BaseModel] = Settings
    for section in sections:
        inner = model.model_fields[section].annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            break
        model = inner
    return list(model.model_fields)


def _line_of(path: Path, where: list[str]) -> int:
    """The line a setting stands on; the line of its section when it is written in another form."""
    keys = [part for part in where if not part.isdigit()]
    section, found = "", 1
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), start=1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            section = header[1]
            if keys[: section.count(".") + 1] == section.split("."):
                found = number
        elif key := re.match(r"""\s*["']?([\w.\-]+)["']?\s*=""", line):
            full = f"{section}.{key[1]}" if section else key[1]
            if keys[: full.count(".") + 1] == full.split("."):
                return number
    return found

"""The rows that stages hand over, field by field. One dataclass a table; its Arrow schema follows from the annotations.

Offsets count Unicode code points from 0, the end is exclusive: `document.text[row.start:row.end]` are the row's characters.
"""

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Input:
    """A file, a row of a table or a member of an archive, as it was met."""

    source: str  # relative path beginning with the SOURCE folder's name, then `#row` or `!member`
    bytes_hash: str  # sha256 of the file, of the member or of the row's cells; "" when it could not be read
    size: int  # bytes; of a row: bytes of its cells as UTF-8
    status: str  # one of STATUSES
    reason: str  # "" when ok; otherwise what is wrong and what to do about it
    doc_id: str | None  # the document that came of it; none for containers and for what was set aside


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document's text that its layout shows as one thing."""

    start: int
    end: int
    kind: str  # heading, paragraph, table (one row of it) or reference


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one place says a field of a document's metadata is; a document lists all that was found."""

    field: str  # the column of Document
    values: list[str]  # one, or the items of a list
    origin: str  # the place: signature, red head, table, page, file name, `folder/metadata.csv#3`, `record <doc_id>` …
    confidence: float  # 0 to 1: how often this place is right where it was measured, more where another one agrees
    used: bool = False  # whether it is what the document's column holds
    repair: str = ""  # what was mended to read it; "" when it was read as it stands


@dataclass(frozen=True, slots=True)
class Document:
    """One document: what it says and what is known about it."""

    doc_id: str  # first 20 hex digits of the bytes_hash it came from, so that a better parser keeps the id
    source: str  # the first of its inputs in sort order
    format: str  # txt, md, html, docx, pdf, xlsx, csv, …, or the layout of a bibliographic export: refworks, ris, cnki …
    title: str
    date: str | None  # ISO: 2021, 2021-06 or 2021-06-05, as far as known
    date_precision: str  # day, month, year or none
    issuers: list[str]
    level: str  # central, province, city, county, other or none
    region: str | None  # full name of the province or city
    doc_number: str | None  # 国办发〔2021〕7号, brackets as 〔〕
    kind: str  # policy, law, report, paper, record or other
    authors: list[str]
    keywords: list[str]
    abstract: str | None
    language: str  # zh, zh-Hant, en or other
    text: str
    n_chars: int
    pages: list[int]  # start offset of each page in text; empty where the format has none
    status: str  # ok or partial
    duplicate_of: str | None
    similarity: float | None  # Jaccard of character shingles with that document, 0 to 1
    blocks: list[Block]  # in order, together covering the text but for line breaks
    notes: list[str]  # running heads, footnotes, page numbers: read, but not text
    province: str | None  # full name of the province that the region is or lies in
    ocr_pages: list[int] = field(default_factory=list)  # from 0: pages whose text is read from their picture and may be wrong
    written: str | None = None  # ISO: the day it is signed with, 成文日期; `date` is this one when it is known
    published: str | None = None  # ISO: the day it was made public, 发布日期
    issuers_today: list[str] = field(default_factory=list)  # the issuers under the names they or their successors have now
    addressees: list[str] = field(default_factory=list)  # 主送机关, as written
    affiliations: list[str] = field(default_factory=list)  # of the authors
    journal: str | None = None  # or the proceedings, the newspaper, the university of a thesis
    volume: str | None = None
    issue: str | None = None
    page_range: str | None = None  # 12-20, 12-15+33
    doi: str | None = None
    funds: list[str] = field(default_factory=list)  # grants, 基金项目
    version_of: str | None = None  # doc_id of the earliest version held of the same law, itself for that one; none for others
    provenance: list[Candidate] = field(default_factory=list)  # all that was found, field by field, the used one first


@dataclass(frozen=True, slots=True)
class Override:
    """What a row of a metadata table, or a section of corpus.toml, says about documents of the run."""

    source: str  # of the row, as in inputs
    names: str  # source of the documents it speaks of, or a pattern with * that matches them
    candidates: list[Candidate]
    doubt: str  # what of the row could not be read; "" when all of it was


@dataclass(frozen=True, slots=True)
class Signature:
    """What near duplicates are found by: a MinHash of a document's text."""

    doc_id: str
    minima: list[int]  # the least hash of its shingles of characters under each hash function


@dataclass(frozen=True, slots=True)
class Relation:
    """Two documents of a run that belong together."""

    doc_id: str
    other: str  # doc_id; of duplicates the one that is kept, of versions the earliest
    relation: str  # duplicate, reprint (the same with a foreword or cut), record (of the other) or version
    similarity: float  # Jaccard of character shingles, 0 to 1
    reason: str  # how it was found


@dataclass(frozen=True, slots=True)
class Citation:
    """A place where a document names another official document, by its number or title."""

    doc_id: str
    start: int
    end: int
    surface: str
    relation: str  # issues, forwards, basis, amends, repeals or cites
    title: str | None  # without 《》
    doc_number: str | None  # brackets as 〔〕
    cited: str | None  # doc_id, when the run holds it


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of a list of references."""

    doc_id: str
    order: int  # from 0
    start: int
    end: int
    raw: str
    authors: list[str]
    year: int | None
    title: str | None
    container: str | None  # journal, book, proceedings, university or publisher
    type: str | None  # letter of GB/T 7714: J, M, D, C, N, R, S, P, Z, EB/OL …
    doi: str | None
    cited: str | None  # doc_id, when the run holds it


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence or another smallest unit that is read, coded and counted."""

    seg_id: str  # doc_id-order
    doc_id: str
    order: int  # from 0 within the document
    start: int
    end: int
    kind: str  # heading, sentence, item, table (one row) or reference
    tokens: list[str]
    token_starts: list[int]  # offset of each token in the document's text
    pos: list[str]  # part of speech of each token from jieba's dictionary; x when unknown


@dataclass(frozen=True, slots=True)
class Tag:
    """One place where a segment carries a code, with the characters that show it."""

    doc_id: str
    seg_id: str
    code: str
    surface: str
    term: str | None  # of the codebook; none if learned or human
    start: int
    end: int
    rule: str  # "term", or the name of the codebook rule that matched
    stance: str  # problem, measure or description
    negated: bool
    quoted: bool
    origin: str  # rule, learned or human
    coder: str | None
    probability: float | None


@dataclass(frozen=True, slots=True)
class Context:
    """The stance of one segment, coded or not."""

    doc_id: str
    seg_id: str
    stance: str  # problem, measure or description
    quoted: bool


@dataclass(frozen=True, slots=True)
class TopicTerm:
    """One of the leading terms of a topic."""

    period: str  # "all", or the period the model was fitted on
    topic: int  # from 0
    rank: int  # from 1
    term: str
    weight: float  # share of the topic's mass, 0 to 1
    label: str  # of the topic


@dataclass(frozen=True, slots=True)
class DocTopic:
    """How much of a document a topic takes."""

    doc_id: str
    topic: int
    weight: float  # shares of one document add up to 1


@dataclass(frozen=True, slots=True)
class TopicQuality:
    """How good models with k topics are, over fits on samples of the documents."""

    k: int
    seed: int  # of the first fit; the others follow it
    fits: int
    npmi: float  # mean pairwise NPMI of ten leading terms on documents not drawn, mean over topics and fits, -1 to 1
    error: float | None  # standard error of it over the fits
    exclusivity: float  # mean share that topics have of their ten leading terms, 0 to 1
    diversity: float  # share of distinct terms among the 25 leading terms of all topics, 0 to 1
    stability: float | None  # rank-biased overlap of matched topics, mean over fits, 0 to 1
    rand: float | None  # adjusted Rand index of the units, mean over fits
    chosen: bool


@dataclass(frozen=True, slots=True)
class TopicSummary:
    """What is known of a topic."""

    topic: int
    label: str
    share: float  # of all words counted, 0 to 1
    code: str | None  # of the codebook, that anchors it
    npmi: float | None  # as in topic_quality
    exclusivity: float
    stability: float | None  # rank-biased overlap with its match in fits on samples of the documents, mean, 0 to 1
    low: float | None  # 95 % interval of it
    high: float | None
    status: str  # "", or after a refit: kept, new or gone
    likeness: float | None  # cosine with the topic that had its number before the refit
    reason: str


@dataclass(frozen=True, slots=True)
class TopicParagraph:
    """A unit that shows what a topic is, or one that stands between two."""

    topic: int
    kind: str  # typical or borderline
    rank: int  # from 1
    doc_id: str
    start: int  # in the text of the document
    end: int
    share: float  # of the topic in it
    other: int | None  # the topic that takes nearly as much of a borderline one


@dataclass(frozen=True, slots=True)
class TopicCode:
    """How far a code is met more often where a topic is."""

    topic: int
    code: str
    rate: float  # share of the topic that lies in units with the code
    rate_all: float  # share of all units with it
    lift: float  # rate / rate_all
    low: float | None  # 95 % interval, bootstrap of documents
    high: float | None
    q: float | None  # of a lift of 1, after Benjamini-Hochberg over all topics and codes
    reason: str


@dataclass(frozen=True, slots=True)
class TopicLink:
    """How near two topics are."""

    a: int  # a < b
    b: int
    terms: float  # cosine of their terms, 0 to 1
    documents: float | None  # correlation of their shares in documents, -1 to 1


@dataclass(frozen=True, slots=True)
class TopicWord:
    """A term that rises or falls inside a topic."""

    topic: int
    term: str
    before: str  # first and last period, 2018–2020
    after: str
    share_before: float  # of the topic's words then
    share_after: float
    change: float  # ln of their ratio
    low: float  # 95 % interval, bootstrap of documents
    high: float
    q: float


@dataclass(frozen=True, slots=True)
class TopicFlow:
    """What becomes of a topic of one period's own model in the next one's."""

    before: str
    topic_before: int | None  # numbers of the models of these periods; none: born
    after: str
    topic_after: int | None  # none: gone
    likeness: float | None  # cosine of their terms
    what: str  # continued, split, merged, born or gone


@dataclass(frozen=True, slots=True)
class Node:
    """Something on a map: how often, where it stands, to which cluster it belongs."""

    period: str  # "all" or a period
    kind: str  # term, code, keyword, author, institution, reference, coupling or issuer_code
    a: str
    count: int  # units holding it
    cluster: int  # from 0, the largest of the whole corpus first; -1 without a link
    x: float  # -1 to 1, shared by all periods
    y: float
    centrality: float  # Callon centrality of the cluster
    density: float  # Callon density of the cluster


@dataclass(frozen=True, slots=True)
class Link:
    """Two things on a map that meet in the same unit."""

    period: str
    kind: str
    a: str  # a < b by code point
    b: str
    count: int  # units holding both
    strength: float  # association strength, where 1 means "as often as chance", or the measure set
    cluster: int  # of both ends; -1 between clusters
    backbone: bool  # kept by the backbone filter: what maps show
    p: float | None  # of meeting so often by chance, were units as large and names as frequent as they are
    q: float | None  # p after Benjamini-Hochberg over all pairs of the map


@dataclass(frozen=True, slots=True)
class NodeDocument:
    """A document that holds a node of a map whose names meet in documents."""

    kind: str
    a: str
    doc_id: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of one map, as a theme."""

    period: str
    kind: str
    cluster: int
    label: str  # its most telling members
    size: int  # members
    count: int  # of its most frequent member
    centrality: float  # Callon
    density: float
    quadrant: str  # motor, niche, emerging_or_declining or basic, by the medians of the period; "" of a single cluster
    stability: float | None  # mean Jaccard likeness with the nearest cluster over other seeds and bootstraps of documents, 0 to 1
    reason: str


@dataclass(frozen=True, slots=True)
class Evolution:
    """What a theme of one period hands on to one of the next."""

    kind: str
    before: str  # period
    cluster_before: int
    after: str
    cluster_after: int
    shared: int  # members of both
    inclusion: float  # shared over the smaller, 0 to 1
    weighted_inclusion: float  # the same with members weighed by their counts
    stability: float  # shared over the members of either, 0 to 1


@dataclass(frozen=True, slots=True)
class Burst:
    """A stretch of periods in which something is met far more often than before and after."""

    kind: str
    item: str
    level: int  # from 1; higher ones lie within lower ones
    start: str  # period
    end: str
    weight: float  # how much less the stretch costs at this level than at the one below
    count: int  # units holding it in the stretch
    of: int  # units in the stretch


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A link that comes, goes, or grows stronger or weaker from one period to the next."""

    kind: str
    a: str
    b: str
    before: str  # period
    after: str
    change: str  # entry, exit, stronger or weaker
    count_before: int
    count_after: int
    strength_before: float | None
    strength_after: float | None
    low: float | None  # 95 % interval of ln(strength after / strength before), bootstrap of documents
    high: float | None
    q: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One rate of one series in one period and group; (period, series, group, unit) names it."""

    period: str
    series: str  # a code, code/stance, code/own (without what is copied from upstream), term:数字政府 or topic:0
    group: str  # "all", or dimension=value such as level=province
    value: float | None  # in `unit`; none where nothing was counted
    low: float | None  # 95 % interval; none when too few documents
    high: float | None
    n_documents: int  # that have something to count in
    n_segments: int
    unit: str  # one of UNITS
    corrected: bool  # for coding error
    reason: str  # why there is no interval, or what it is made of when not of documents; "" otherwise


@dataclass(frozen=True, slots=True)
class Change:
    """What is said of one series in one group: that it moves, where it jumps, or what came after a named document."""

    series: str
    group: str
    unit: str
    kind: str  # trend (monotonic), level (a change point), or since (a level after a named document), slope_since
    period: str | None  # of a level: the first period after it; of since: the period of the document
    since: str | None  # the document as it was named; none for others
    effect: float | None  # trend: Sen's slope a period; level and since: after less before; slope_since: slope after less before
    low: float | None  # 95 % interval
    high: float | None
    before: float | None  # mean of the stretch before a level or since; first fitted value of a trend
    after: float | None
    p: float | None  # none when too few points
    q: float | None  # p after Benjamini-Hochberg over all series × groups of this kind and unit
    support: float | None  # of a level: share of bootstrap samples in which it is found within one period
    n_periods: int  # with a value
    reason: str  # why nothing can be said, or what to keep in mind; "" otherwise


@dataclass(frozen=True, slots=True)
class Comparison:
    """A code or word on two sides of the corpus."""

    a: str  # the sides as they were asked for: level=central, period=2021..2023, stance=problem
    b: str
    kind: str  # code or word
    item: str
    matched: bool  # whether documents are weighted so that both sides have the same kinds and lengths
    count_a: int  # segments of a code, tokens of a word
    count_b: int
    rate_a: float  # per 1,000 sentences (code) or per 10,000 words (word)
    rate_b: float
    low: float | None  # 95 % interval of rate_a less rate_b, bootstrap of documents
    high: float | None
    log_ratio: float  # log2 of rate_a over rate_b, smoothed
    log_odds: float  # with an informative Dirichlet prior
    z: float  # log_odds over its standard error
    g2: float  # log-likelihood ratio, signed: above 0 where a has more
    documents_a: int  # holding it
    documents_b: int
    dispersion_a: float | None  # Gries' DP, 0 even to 1 in one document
    dispersion_b: float | None
    p: float | None  # permutation of documents between the sides; none when too few documents
    q: float | None  # p after Benjamini-Hochberg
    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """Why a rate changed from one period to another: the parts add up to the change exactly."""

    series: str
    group: str
    unit: str
    before: str  # period
    after: str
    rate_before: float
    rate_after: float
    within: float  # issuers write otherwise, in the same kinds of documents
    issuers: float  # other issuers have more of the text
    kinds: float  # other kinds of documents have more of the text
    low: float | None  # 95 % interval of `within`, bootstrap of documents
    high: float | None
    shared: float  # share of the text of both periods that issuers and kinds of both wrote, 0 to 1
    reason: str


@dataclass(frozen=True, slots=True)
class Reuse:
    """A segment whose words stand in an earlier document of a higher level."""

    doc_id: str
    seg_id: str
    start: int  # the copied stretch
    end: int
    upstream_doc: str
    upstream_seg: str
    upstream_start: int
    upstream_end: int
    share: float  # of the segment's characters that are copied, 0 to 1


@dataclass(frozen=True, slots=True)
class Adoption:
    """How soon what the centre wrote stands in the documents of those below."""

    item: str  # a code, term:…, or the doc_number or title of a document that is cited or copied
    kind: str  # code, term, cited or copied
    dimension: str  # province: who adopts
    origin: str  # day of the first upstream document that holds it; of a month or year the last
    first: str | None  # who adopts first
    first_days: int | None  # after the origin
    median_days: int | None  # Kaplan-Meier; none when fewer than half adopt before their last document
    low_days: int | None  # 95 % interval of the median
    high_days: int | None
    adopted: int  # of `units`
    before: int  # had it before the centre: left out of the lags
    units: int  # provinces with documents at or after the origin, without those before it
    reason: str


@dataclass(frozen=True, slots=True)
class Lead:
    """Which of two goes first: two levels in one series, or two codes in one group."""

    a: str  # group level=central, or a code
    b: str
    series: str  # the code both levels are compared in; "" when a and b are codes
    group: str  # the group two codes are compared in; "" when a and b are levels
    lag: int  # periods that b comes after a
    correlation: float | None  # of detrended rates
    low: float | None  # 95 % interval, moving-block bootstrap
    high: float | None
    n_periods: int
    reason: str


@dataclass(frozen=True, slots=True)
class Coupling:
    """How far paragraphs of one code also carry another, in one period and group."""

    period: str  # "all" or a period
    group: str
    a: str  # code
    b: str
    n_a: int  # paragraphs of a
    n_b: int
    both: int
    share: float | None  # of the paragraphs of a that carry b
    lift: float | None  # both over what a shuffle within documents gives; 1: as often as chance
    low: float | None  # 95 % interval of the lift, bootstrap of documents
    high: float | None
    p: float | None  # share of shuffles that give as much, or as little
    q: float | None
    n_documents: int
    reason: str


@dataclass(frozen=True, slots=True)
class Coordination:
    """The coupling-coordination degree of the constructs in one period and group, as Chinese journals compute it."""

    period: str
    group: str
    a: str  # construct
    b: str
    level_a: float  # its rate scaled to 0 … 1 over the periods
    level_b: float
    coupling: float  # C
    development: float  # T, with equal weights
    coordination: float  # D = sqrt(C T)
    low: float | None  # 95 % interval of D, bootstrap of documents
    high: float | None
    grade: str  # as in the literature: extreme_imbalance … excellent_coordination


UNITS = (
    "per_1000_sentences", "mean_per_1000_sentences", "share_of_sentences", "per_10000_characters", "share_of_documents", "mean_share",
)  # fmt: skip
STATUSES = (
    "ok", "partial", "duplicate", "empty", "encrypted", "corrupt", "too_large", "timeout", "crashed", "unsupported", "vanished",
)  # fmt: skip
SET_ASIDE = frozenset(STATUSES) - {"ok", "partial", "duplicate", "vanished"}  # what makes a run end with exit 3

TABLES: dict[str, type] = {
    "inputs": Input,
    "documents": Document,
    "overrides": Override,
    "signatures": Signature,
    "relations": Relation,
    "citations": Citation,
    "references": Reference,
    "segments": Segment,
    "tags": Tag,
    "contexts": Context,
    "topics": TopicTerm,
    "doc_topics": DocTopic,
    "topic_quality": TopicQuality,
    "topic_summary": TopicSummary,
    "topic_paragraphs": TopicParagraph,
    "topic_codes": TopicCode,
    "topic_links": TopicLink,
    "topic_words": TopicWord,
    "topic_flow": TopicFlow,
    "nodes": Node,
    "links": Link,
    "node_documents": NodeDocument,
    "clusters": Cluster,
    "evolution": Evolution,
    "bursts": Burst,
    "link_changes": LinkChange,
    "trends": TrendPoint,
    "changes": Change,
    "comparisons": Comparison,
    "decomposition": Part,
    "reuse": Reuse,
    "adoptions": Adoption,
    "leads": Lead,
    "couplings": Coupling,
    "coordination": Coordination,
}

_NESTED: dict[str, type] = {
    "blocks": Block,
    "provenance": Candidate,
    "candidates": Candidate,
}  # columns whose values are rows of their own


@cache
def schema(row_type: type) -> "pa.Schema":
    """The Arrow schema of a row type: one column a field, nullable where the annotation allows None."""
    import pyarrow as pa

    hints = get_type_hints(row_type)
    return pa.schema([_column(field.name, hints[field.name]) for field in fields(row_type)])


def to_table(rows: Sequence[Any], row_type: type) -> "pa.Table":
    """Rows of one type as an Arrow table (n_rows, n_fields)."""
    import pyarrow as pa

    wanted = schema(row_type)
    columns = [pa.array(_values(rows, name), type=wanted.field(name).type) for name in wanted.names]
    return pa.Table.from_arrays(columns, schema=wanted)


def from_table(table: "pa.Table", row_type: type) -> list[Any]:
    """The rows of an Arrow table; columns the row type does not know are left out."""
    wanted = [field.name for field in fields(row_type)]
    columns = [table.column(name).to_pylist() for name in wanted]
    build: Callable[..., Any] = row_type
    return [build(*values) for values in zip(*map(_built, wanted, columns), strict=True)]


def built(values: Mapping[str, Any], row_type: Callable[..., Any]) -> Any:
    """A row of one type of plain values, such as `dataclasses.asdict` makes."""
    return row_type(**{name: _built(name, [value])[0] for name, value in values.items()})


def _built(name: str, column: list[Any]) -> list[Any]:
    """The values of a column with their nested rows as what they are."""
    nested = _NESTED.get(name)
    return [[nested(**row) for row in rows] for rows in column] if nested else column


def _values(rows: Sequence[Any], name: str) -> list[Any]:
    """A column as pyarrow takes it: nested rows as dicts."""
    values = [getattr(row, name) for row in rows]
    if nested := _NESTED.get(name):
        names = [field.name for field in fields(nested)]
        return [value and [{of: getattr(row, of) for of in names} for row in value] for value in values]
    return values


def _column(name: str, hint: Any) -> "pa.Field":
    import pyarrow as pa

    nullable = get_origin(hint) in (Union, types.UnionType)
    if nullable:
        hint = next(part for part in get_args(hint) if part is not type(None))
    return pa.field(name, _arrow_type(hint), nullable=nullable)


def _arrow_type(hint: Any) -> "pa.DataType":
    import pyarrow as pa

    if get_origin(hint) is list:
        (inner,) = get_args(hint)
        return pa.list_(pa.struct(schema(inner)) if inner in _NESTED.values() else _arrow_type(inner))
    plain: dict[type, pa.DataType] = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    return plain[hint]

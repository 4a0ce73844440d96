"""The stages in order: what each needs and makes, and the walk through them that does only what is new."""

import hashlib
import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipeline import folding, store
from pipeline.config import Settings, lexicon
from pipeline.engine import Progress, quiet, workers
from pipeline.errors import NotReadyError, SettingsError
from pipeline.ingest import MAKES
from pipeline.ingest.gazetteer import files_of
from pipeline.records import STATUSES, TABLES
from pipeline.store import Run
from pipeline.trends import history


@dataclass(frozen=True)
class Stage:
    """One stage: `pipeline/<name>/__init__.py` holds its `run(run, spread, key)`, which returns counts for run.json."""

    name: str
    needs: tuple[str, ...]  # tables it reads
    makes: tuple[str, ...]  # tables it writes
    shared: tuple[str, ...] = ()  # settings at the top level that it reads beside its own section
    lexicons: Callable[[Settings], list[Path]] = lambda settings: []
    libraries: tuple[str, ...] = ()  # whose versions decide its results
    extras: tuple[str, ...] = ()  # the same of libraries that need not be there
    programs: tuple[str, ...] = ()  # of this machine that it calls: what they could not read is tried again when they change
    applied_anew: tuple[str, ...] = ()  # settings of its section that what it keeps from one time to the next does not depend on
    after: str | None = None  # the stage whose key is part of this one's, for stages that work document by document


STAGES = (
    Stage(
        "ingest",
        needs=(),
        makes=MAKES,
        lexicons=lambda s: files_of(lexicon(s.ingest.places, "", ".csv"), lexicon(s.ingest.issuers, "", ".csv")),
        libraries=("pypdfium2", "pdfplumber", "trafilatura", "lxml", "python-calamine", "markdown-it-py", "rjieba"),
        extras=("rapidocr", "onnxruntime"),
        programs=("soffice", "libreoffice", "antiword", "catdoc", "bsdtar"),
        applied_anew=("keep_duplicates", "thesaurus"),
    ),
    Stage(
        "segment",
        needs=("documents",),
        makes=("segments",),
        lexicons=lambda s: [*(lexicon(name, "words", ".txt") for name in s.segment.words), *folding.tables(s.segment)],
        libraries=("jieba", "rjieba"),
        after="ingest",
    ),
    Stage(
        "tag",
        needs=("documents", "segments"),
        makes=("tags", "contexts"),
        shared=("codebook",),
        lexicons=lambda s: [lexicon(s.codebook, "codebooks", ".yaml")],
        libraries=("ahocorasick-rs", "spacy"),
        after="segment",
    ),
    Stage(
        "topics",
        needs=("documents", "segments", "tags"),
        makes=(
            "topics",
            "doc_topics",
            "topic_quality",
            "topic_summary",
            "topic_paragraphs",
            "topic_codes",
            "topic_links",
            "topic_words",
            "topic_flow",
        ),
        shared=("seed", "period", "breaks"),
        lexicons=lambda s: [lexicon(name, "stopwords", ".txt") for name in s.topics.stopwords],
        libraries=("scikit-learn", "gensim", "numpy", "scipy"),
        extras=("tomotopy",),
    ),
    Stage(
        "cooccur",
        needs=("documents", "segments", "tags", "references"),
        makes=("nodes", "links", "node_documents", "clusters", "evolution", "bursts", "link_changes"),
        shared=("seed", "period", "breaks"),
        lexicons=lambda s: [lexicon(name, "stopwords", ".txt") for name in s.cooccur.stopwords],
        libraries=("networkx", "scikit-learn", "numpy", "scipy"),
    ),
    Stage(
        "trends",
        needs=("documents", "segments", "tags", "contexts", "doc_topics", "citations"),
        makes=(
            "trends",
            "changes",
            "comparisons",
            "decomposition",
            "reuse",
            "adoptions",
            "leads",
            "couplings",
            "coordination",
        ),
        shared=("seed", "period", "breaks", "topics"),  # topics: which words two sides are compared in
        lexicons=lambda s: [lexicon(name, "stopwords", ".txt") for name in s.topics.stopwords],
        libraries=("numpy", "scipy"),
    ),
    Stage(
        "report",
        needs=tuple(TABLES),
        makes=(),
        shared=("lang", "period", "breaks", "codebook"),
        lexicons=lambda s: [lexicon(s.codebook, "codebooks", ".yaml")],
        libraries=("matplotlib", "jinja2", "fonttools", "xlsxwriter"),
    ),
)
_METADATA = (
    "title", "date", "written", "published", "issuers", "level", "region", "doc_number", "addressees", "authors", "keywords",
    "abstract", "affiliations", "journal", "doi",
)  # fmt: skip
_SURE = 0.8  # a value with less confidence is doubtful
_LARGEST_PROGRAM = 50 << 20  # bytes
NAMES = tuple(stage.name for stage in STAGES)


def key_of(stage: Stage, settings: Settings) -> str:
    """A hash of all that decides a stage's results beside its input tables: code, library versions, settings, lexicons.

    Paths are not part of it, contents are. The engine is not: it never changes a result.
    """
    shared = {name: getattr(settings, name) for name in stage.shared if name != "codebook"}
    section = getattr(settings, stage.name, None)
    total = hashlib.sha256()
    own = section.model_dump(exclude=set(stage.applied_anew)) if section else {}
    total.update(json.dumps([shared, own], sort_keys=True, default=str).encode())
    for path in stage.lexicons(settings):
        total.update(path.read_bytes())
    home = Path(__file__).parent
    common = [home / f"{name}.py" for name in ("records", "stats", "units", "periods", "codebook", "folding")]
    for path in [*common, *sorted((home / stage.name).rglob("*.*"))]:
        if path.suffix != ".pyc":
            total.update(path.read_bytes())
    total.update(" ".join(version(name) for name in stage.libraries).encode())
    total.update(" ".join(f"{name} {version(name)}" for name in stage.extras if find_spec(name)).encode())
    for program in stage.programs:
        total.update(_program(program))
    if stage.after:
        total.update(key_of(_stage(stage.after), settings).encode())
    return total.hexdigest()[:20]


def _program(name: str) -> bytes:
    """What tells one version of a program from another without starting it; nothing where it is not installed."""
    found = shutil.which(name)
    if found is None:
        return b""
    path = Path(found).resolve()
    told = path.parent / "versionrc"  # LibreOffice: the program itself only starts another one
    parts = [file.read_bytes() for file in (path, told) if file.is_file() and file.stat().st_size < _LARGEST_PROGRAM]
    return name.encode() + hashlib.sha256(b"".join(parts)).digest()


def walk(
    run: Run,
    sources: Sequence[Path] = (),
    *,
    first: str = "ingest",
    last: str = "report",
    strict: bool = False,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """Run the stages from first to last, each only if something it depends on has changed, and write run.json.

    Returns: the state of each stage, as in run.json, under "set_aside" how many inputs were set aside that no finished run has
        told of, and under "skipped" the stages that had nothing new.
    Raises NotReadyError, SettingsError, DiskError, BusyError.
    """
    chosen = _chosen(first, last)
    _check_lexicons(chosen, run.settings)
    with store.locked(run.folder), workers(run.settings.engine, progress) as spread:
        state = {"stages": {}} | store.read_state(run.folder)
        state |= {"wenmai": version("wenmai"), "settings": run.settings.model_dump(mode="json")}
        skipped = []
        told = history.newest(run.folder) if "set_aside" not in state else None  # a run that was killed has told nobody
        for stage in chosen:
            if stage.name != "ingest" and _is_fresh(run, stage, state["stages"].get(stage.name)):
                skipped.append(stage.name)
                continue
            _check_needs(run, stage)
            if stage.name == "report":
                state["stale"] = stale(run, state["stages"])
                store.write_state(run.folder, state)
            key, before = key_of(stage, run.settings), store.digest(run.folder, stage.needs)
            started = time.perf_counter()
            work = import_module(f"pipeline.{stage.name}").run
            counts = work(run, spread, key, sources) if stage.name == "ingest" else work(run, spread, key)
            seconds = round(time.perf_counter() - started, 2)
            # kept until a run has ended: one that is killed before has told nobody
            state["set_aside"] = state.get("set_aside", 0) + counts.pop("set_aside_now", 0)
            made = store.digest(run.folder, stage.makes)
            state["stages"][stage.name] = {"key": key, "needs": before, "makes": made, "seconds": seconds, **counts}
            store.write_state(run.folder, state)
            if strict and counts.get("set_aside"):
                state["set_aside"] = state["set_aside"] or counts["set_aside"]
                break
        else:
            if first == "ingest" and NAMES.index(last) >= NAMES.index("trends") and history.newest(run.folder) == told:
                history.nothing_new(run.folder)
        set_aside = state.pop("set_aside", 0)
        store.write_state(run.folder, state)
    return state["stages"] | {"set_aside": set_aside, "skipped": skipped}


def stale(run: Run, states: dict[str, Any]) -> list[str]:
    """Stages before the report whose tables are of other settings, lexicons or inputs than those that stand now."""
    return [stage.name for stage in STAGES[:-1] if stage.name in states and not _is_fresh(run, stage, states[stage.name])]


def _check_lexicons(chosen: Sequence[Stage], settings: Settings) -> None:
    """Report every missing lexicon before any work."""
    problems: list[str] = []
    for stage in chosen:
        try:
            stage.lexicons(settings)
        except SettingsError as error:
            problems += error.problems
    if problems:
        raise SettingsError(*dict.fromkeys(problems))


def overview(run: Run) -> dict[str, list[dict[str, Any]]]:
    """What a run holds: the state of each stage, rows a table, inputs by status, metadata found."""
    states = store.read_state(run.folder).get("stages", {})
    tables = [{"table": name, "rows": run.rows(name)} for name in sorted(TABLES) if (run.folder / "tables" / name).is_dir()]
    shown = {"stages": [_state_row(run, stage, states.get(stage.name)) for stage in STAGES], "tables": tables}
    if run.rows("inputs"):
        statuses = Counter(run.table("inputs", ["status"]).column("status").to_pylist())
        shown["inputs"] = [{"status": status, "inputs": statuses[status]} for status in STATUSES if statuses[status]]
    if run.rows("documents"):
        shown["metadata"] = _coverage(run)
    return shown


def _state_row(run: Run, stage: Stage, state: dict[str, Any] | None) -> dict[str, Any]:
    if state is None:
        return {"stage": stage.name, "state": "not run", "seconds": None, "reason": ""}
    name = "done" if _is_fresh(run, stage, state) else "stale"
    said = state.get("reason") or state.get("note", "")
    return {"stage": stage.name, "state": name, "seconds": state["seconds"], "reason": said}


def _coverage(run: Run) -> list[dict[str, Any]]:
    """How many documents have each field of metadata, and how many of these values are doubtful: less sure than 0.8."""
    import pyarrow.compute as pc

    table = run.table("documents", [*_METADATA, "provenance"])
    origins = pc.list_flatten(table.column("provenance"))
    used, sure = pc.struct_field(origins, "used"), pc.struct_field(origins, "confidence")
    unsure = pc.struct_field(origins, "field").filter(pc.and_(used, pc.less(sure, _SURE)))
    doubtful = Counter(unsure.to_pylist())
    found = {field: sum(1 for value in table.column(field).to_pylist() if value and value != "none") for field in _METADATA}
    return [
        {"field": field, "found": n, "of": len(table), "share": f"{n / len(table):.0%}", "doubtful": doubtful[field]}
        for field, n in found.items()
    ]


def plan(run: Run, sources: Sequence[Path], *, first: str = "ingest", last: str = "report") -> list[dict[str, Any]]:
    """What a run would do, without doing it: files by what would become of them, and stages."""
    from pipeline.ingest import foresee

    states = store.read_state(run.folder).get("stages", {})
    rows: list[dict[str, Any]] = []
    fresh = True
    for stage in _chosen(first, last):
        if stage.name == "ingest":
            files = foresee(run, sources, key_of(stage, run.settings))
            rows += [{"what": f"files {what}", "count": n} for what, n in files.items()]
            fresh = not any(n for what, n in files.items() if what != "known")
        else:
            fresh = fresh and _is_fresh(run, stage, states.get(stage.name))
            rows.append({"what": stage.name, "count": "nothing to do" if fresh else "to do"})
    return rows


def _chosen(first: str, last: str) -> tuple[Stage, ...]:
    chosen = STAGES[NAMES.index(_stage(first).name) : NAMES.index(_stage(last).name) + 1]
    if not chosen:
        raise SettingsError(f"--from {first} comes after --to {last}; the order is {', '.join(NAMES)}")
    return chosen


def _is_fresh(run: Run, stage: Stage, state: dict[str, Any] | None) -> bool:
    """Whether nothing a stage depends on has changed since last time, and what it made then still stands."""
    if state is None or state.get("key") != key_of(stage, run.settings):
        return False
    if state.get("needs") != store.digest(run.folder, stage.needs):
        return False
    if stage.name == "topics" and (run.folder / "model" / "retired.json").is_file():
        return False  # a refit was asked for
    if stage.name == "report":
        return (run.folder / "report.html").is_file() and (run.folder / "tables.xlsx").is_file()
    return store.digest(run.folder, stage.makes) == state.get("makes")


def _check_needs(run: Run, stage: Stage) -> None:
    if stage.name == "report" and run.rows("inputs"):
        return  # it shows what there is
    makers = {table: other.name for other in STAGES for table in other.makes}
    for table in stage.needs:
        if not (run.folder / "tables" / table).is_dir():
            raise NotReadyError(f"no {table} table in {run.folder}; run {makers[table]} first")


def _stage(name: str) -> Stage:
    if name not in NAMES:
        raise SettingsError(f"no stage called '{name}'; there are {', '.join(NAMES)}")
    return STAGES[NAMES.index(name)]

"""What a run remembers of itself: after each run that brought something new, a state of its counts in OUT/history/.

A state is one Parquet file: a row a document with what it is and what was counted in it, and in its metadata what decided the
counts. It is enough to tell later what moved, and why, without the texts of that time. No run deletes a state but to keep `KEPT`.
"""

import hashlib
import json
import logging
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.codebook import read_codebook
from pipeline.config import Settings, lexicon
from pipeline.errors import SettingsError
from pipeline.store import Run
from pipeline.trends.series import Series, is_followed

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

KEPT = 24  # states, the latest ones
TERMS = 30  # of the codebook, the most frequent ones
LONG = 40  # characters of a title: to name a document that is gone
FACTS = ("title", "date", "date_precision", "kind", "level", "region", "province")  # and the issuers, as they are called today
_ABOUT = b"wenmai.state"
_FORMAT = 1  # of the file; states of another one are left alone


@dataclass(frozen=True)
class State:
    """All documents a run held at one time, sorted by doc_id, and what was counted in each, in the first of `trends.units`."""

    about: dict[str, Any]  # number, made, wenmai, unit, settings, codebook, keys, terms
    documents: list[dict[str, Any]]  # doc_id, text and source (hashes), counts (whether it does), issuers_today, FACTS
    names: list[str]  # of the series: no topics, the most frequent terms
    above: "np.ndarray"  # (n_documents, n_names)
    below: "np.ndarray"  # (n_documents, n_names)
    usual: "np.ndarray"  # what a series without an own place in `names` is divided by, (n_documents,)


def remember(run: Run, series: Series, *, key: str) -> bool:
    """Keep a state of a run whose tags are counted in `series`, unless it equals the last one. Returns whether it was kept.

    Args:
        key: of the trends stage.
    """
    columns = _columns(series, run.settings)
    rows = _rows(run, series, columns)
    about = {"format": _FORMAT, "unit": _unit(run.settings), "names": [series.names[at] for at in columns], **_decides(run, key)}
    text = json.dumps(about, ensure_ascii=False, sort_keys=True)
    content = hashlib.sha256(text.encode() + store.packed(rows, {})).hexdigest()[:20]
    if any(state["content"] == content for state in states(run.folder)[-1:]):
        return False
    number = newest(run.folder) + 1
    about |= {"number": number, "made": _this_moment(), "content": content, "documents": len(series.documents)}
    data = store.packed(rows, {_ABOUT: zlib.compress(json.dumps(about, ensure_ascii=False).encode())})
    store.write_bytes(_folder(run.folder) / f"{number:04d}.parquet", data)
    for path in sorted(_folder(run.folder).glob("*.parquet"), key=_number_of)[:-KEPT]:
        path.unlink()
    return True


def nothing_new(folder: Path) -> None:
    """Note that a run has ended with nothing new, so that what moved before is not told of as news."""
    last = states(folder)[-1:]
    if last:
        said = {"number": last[0]["number"], "made": _this_moment()}
        store.write_text(_folder(folder) / "again.json", json.dumps(said) + "\n")


def newest(folder: Path) -> int:
    """The number of the last state; 0 when there is none."""
    return max(map(_number_of, _folder(folder).glob("*.parquet")), default=0)


def last_run(folder: Path) -> dict[str, Any]:
    """The `number` of the last state and when (`made`) a run found nothing new since; empty when no run did."""
    path = _folder(folder) / "again.json"
    try:
        said = json.loads(path.read_text("utf-8"))
        return {"number": int(said["number"]), "made": str(said["made"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def states(folder: Path) -> list[dict[str, Any]]:
    """What is said about each state, the latest last; files that are damaged or of another format are left out."""
    found = [_about(path) for path in sorted(_folder(folder).glob("*.parquet"), key=_number_of)]
    return [about for about in found if about]


def load(folder: Path, about: dict[str, Any]) -> State:
    """The state that `states` tells about."""
    import numpy as np
    import pyarrow.parquet as pq

    table = pq.ParquetFile(_folder(folder) / f"{about['number']:04d}.parquet").read()
    names = about["names"]
    usual = table.column("below").to_numpy().astype(float)
    above = _dense(table, "columns", "values", np.zeros((len(usual), len(names))))
    below = _dense(table, "odd_columns", "odd_values", np.tile(usual[:, None], (1, len(names))))
    facts = table.select(["doc_id", "text", "source", "counts", "issuers_today", *FACTS])
    return State(about, facts.to_pylist(), names, above, below, usual)


def counted_tags(run: Run, part: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    """The tags of a part that are not denied and stand in kinds of segments that count."""
    import pyarrow as pa
    import pyarrow.compute as pc

    segments = run.table("segments", ["seg_id", "kind"], part=part)
    counts = segments.filter(pc.is_in(segments.column("kind"), pa.array(run.settings.trends.kinds))).column("seg_id")
    tags = run.table("tags", [*dict.fromkeys(["seg_id", "negated", *columns])], part=part)
    kept = pc.and_(pc.invert(tags.column("negated")), pc.is_in(tags.column("seg_id"), counts.combine_chunks()))
    return list(tags.filter(kept).to_pylist())


def _unit(settings: Settings) -> str:
    return str(settings.trends.units[0])


def _columns(series: Series, settings: Settings) -> list[int]:
    """The columns that are kept: all series in the first unit but, of the terms of the codebook, the most frequent ones only."""
    mine = [at for at, unit in enumerate(series.units) if unit == _unit(settings)]
    frequent = {at: float(series.above[:, at].sum()) for at in mine if not is_followed(series.names[at], settings.trends)}
    least = sorted(frequent, key=lambda at: (-frequent[at], series.names[at]))[TERMS:]
    return [at for at in mine if at not in least]


def _rows(run: Run, series: Series, columns: list[int]) -> "pa.Table":
    """A row a document; of what is counted in it only what is not 0, of what it is divided by only what is not the usual."""
    import numpy as np
    import pyarrow as pa

    above, below = (matrix[:, columns].astype(np.float32) for matrix in (series.above, series.below))
    usual = np.median(below, axis=1).astype(np.float32) if below.shape[1] else np.zeros(len(below), np.float32)
    place = {row["doc_id"]: number for number, row in enumerate(series.documents)}
    documents = [row for part in run.parts() for row in _facts(run, part)]
    at = [place.get(row["doc_id"]) for row in documents]
    rows: dict[str, list[Any]] = {name: [row[name] for row in documents] for name in _FIELDS}
    rows |= {"counts": [number is not None for number in at]}
    rows |= {"below": [0.0 if number is None else float(usual[number]) for number in at]}
    for prefix, matrix, plain in (("", above, np.zeros_like(usual)), ("odd_", below, usual)):
        listed: list[Any] = [[] if number is None else np.flatnonzero(matrix[number] != plain[number]) for number in at]
        rows[f"{prefix}columns"] = listed
        rows[f"{prefix}values"] = [[] if n is None else matrix[n, where] for n, where in zip(at, listed, strict=True)]
    return pa.table({name: pa.array(rows[name], kind) for name, kind in _types().items()})


_FIELDS = ("doc_id", "text", "source", "issuers_today", *FACTS)


def _types() -> dict[str, Any]:
    import pyarrow as pa

    lists = {"columns": pa.list_(pa.int16()), "values": pa.list_(pa.float32())}
    lists |= {f"odd_{name}": kind for name, kind in lists.items()}
    named = {"doc_id": pa.string(), "text": pa.binary(6), "source": pa.binary(6), "counts": pa.bool_()}
    return named | {"issuers_today": pa.list_(pa.string())} | dict.fromkeys(FACTS, pa.string()) | {"below": pa.float32()} | lists


def _facts(run: Run, part: str) -> list[dict[str, Any]]:
    rows = run.table("documents", ["doc_id", "text", "source", "issuers_today", *FACTS], part=part).to_pylist()
    return [row | {"title": row["title"][:LONG]} | {name: _hash(row[name]) for name in ("text", "source")} for row in rows]


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:6]


def _dense(table: "pa.Table", columns: str, values: str, matrix: "np.ndarray") -> "np.ndarray":
    """The matrix (n_documents, n_names) with what each row lists put in."""
    import numpy as np
    import pyarrow.compute as pc

    where = table.column(columns).combine_chunks()
    row = np.repeat(np.arange(len(where)), pc.list_value_length(where).to_numpy(zero_copy_only=False))
    matrix[row, where.flatten().to_numpy()] = table.column(values).combine_chunks().flatten().to_numpy()
    return matrix


def _decides(run: Run, key: str) -> dict[str, Any]:
    """All that decides what is counted beside the documents, and what each term of the codebook codes now."""
    stages = store.read_state(run.folder).get("stages", {})
    state = {name: stages.get(name, {}).get("key", "") for name in ("ingest", "segment", "tag")}
    return {
        "wenmai": store.read_state(run.folder).get("wenmai", ""),
        "settings": _settings(run.settings),
        "codebook": _codebook(run.settings),
        "keys": state | {"trends": key},
        "terms": _terms(run),
    }


def _codebook(settings: Settings) -> dict[str, str]:
    """Name, version and hash of the codebook; of one that is no longer there or cannot be read the name it was given by."""
    try:
        path = lexicon(settings.codebook, "codebooks", ".yaml")
        book = read_codebook(path)
        return {"name": book.name, "version": book.version, "hash": hashlib.sha256(path.read_bytes()).hexdigest()[:12]}
    except SettingsError:
        return {"name": settings.codebook, "version": "", "hash": ""}


def _settings(settings: Settings) -> dict[str, Any]:
    """The settings that decide rates, by their dotted names."""
    shown: dict[str, Any] = {name: getattr(settings, name) for name in ("seed", "period", "breaks")}
    for section in ("ingest", "segment", "tag", "trends"):
        if (held := getattr(settings, section, None)) is not None:
            shown |= {f"{section}.{name}": value for name, value in held.model_dump(mode="json").items()}
    return shown


def _terms(run: Run) -> list[list[Any]]:
    """How many sentences each term of the codebook codes: code, term, sentences."""
    counts: Counter[tuple[str, str]] = Counter()
    for part in run.parts():
        rows = counted_tags(run, part, ["seg_id", "code", "term"])
        places = {(row["code"], row["term"], row["seg_id"]) for row in rows if row["term"]}
        counts.update((code, term) for code, term, _ in places)
    return [[code, term, count] for (code, term), count in sorted(counts.items())]


def _about(path: Path) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        about = json.loads(zlib.decompress((pq.read_metadata(path).metadata or {})[_ABOUT]))
    except (pa.ArrowException, OSError, KeyError, ValueError, zlib.error):
        logging.getLogger("wenmai").warning("%s is damaged; it is left out of what moved", path)
        return {}
    return about if about.get("format") == _FORMAT else {}


def _folder(folder: Path) -> Path:
    return folder / "history"


def _number_of(path: Path) -> int:
    return int(path.stem) if path.stem.isdigit() else 0


def _this_moment() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")

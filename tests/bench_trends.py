"""How long the whole stage takes on 200,000 coded sentences: `python tests/bench_trends.py [SENTENCES]`.

Made of real runs: the corpora beside the project are read and coded once, then their documents are repeated with other dates and other
characters, until so many sentences carry a code; `trends` runs on that with 1,000 bootstrap samples, all its analyses together.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import store
from pipeline.records import TABLES, schema
from pipeline.store import open_run

HOME = Path(__file__).resolve().parents[1]
CORPORA = HOME.parent / "shared" / "corpora"
SETS = [
    "laws-md", "work-reports-national", "work-reports-provinces-2026", "policy-xlsx-smart-digital", "policy-txt-fabao", "policy-html-govcn",
]  # fmt: skip
COPIED = ("documents", "segments", "tags", "contexts", "doc_topics", "citations")
FIRST, LAST = 0x4E00, 0x9FA5  # the characters that are turned


def turned(text: str, steps: int) -> str:
    """The text with every Chinese character replaced by another one, so that no copy shares a phrase with its source."""
    size = LAST - FIRST + 1
    return "".join(chr((ord(one) - FIRST + steps) % size + FIRST) if FIRST <= ord(one) <= LAST else one for one in text)


def renamed(name: str | None, number: int) -> str | None:
    """The doc_id of a copy."""
    return name and hashlib.sha256(f"{name}{number}".encode()).hexdigest()[:20]


def later(date: str | None, years: int) -> str | None:
    """A date some years later, or earlier where that would be past 2025."""
    if not date:
        return date
    year = int(date[:4]) + years
    return f"{year if year <= 2025 else int(date[:4]) - years:04d}{date[4:]}"


def copy_of(table: pa.Table, number: int) -> pa.Table:
    """A table for the documents of one round."""
    rows: list[dict[str, Any]] = table.to_pylist()
    for row in rows:
        doc_id = renamed(row["doc_id"], number)
        if "seg_id" in row:
            row["seg_id"] = f"{doc_id}{row['seg_id'][20:]}"
        row["doc_id"] = doc_id
        for name in ("duplicate_of", "version_of", "cited"):
            if name in row:
                row[name] = renamed(row[name], number)
        if "text" in row:
            row["text"], row["date"] = turned(row["text"], 701 * number), later(row["date"], number)
    return pa.Table.from_pylist(rows, table.schema)


def enlarge(run: Path, sentences: int) -> tuple[int, int]:
    """Repeat the documents of a run until so many sentences carry a code. Returns documents and coded sentences."""
    tables = {name: store.read(run, name) for name in COPIED}
    coded = pc.count_distinct(tables["tags"].column("seg_id")).as_py()
    rounds = -(-sentences // coded)
    whole = {name: pa.concat_tables([table, *(copy_of(table, at) for at in range(1, rounds))]) for name, table in tables.items()}
    n_documents = whole["documents"].num_rows
    for name, table in whole.items():
        assert table.schema.equals(schema(TABLES[name]), check_metadata=False)
        shutil.rmtree(run / "tables" / name)
        if name == "citations":
            store.write(run, name, table)
        else:
            order = [("doc_id", "ascending"), *([("seg_id", "ascending")] if "seg_id" in table.column_names else [])]
            store.write_by_document(run, name, table.sort_by(order), store.layout(n_documents))
    return n_documents, coded * rounds


def main(arguments: list[str]) -> None:
    """Print what is counted and the seconds of the stage."""
    if not CORPORA.is_dir():
        sys.exit("the real corpora (../shared) are not beside the project: nothing to measure")
    wenmai = [sys.executable, str(HOME / "cli.py")]
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        sources = [str(CORPORA / name) for name in SETS]
        subprocess.run([*wenmai, "run", *sources, "--out", str(run), "--keep-duplicates", "--to", "topics", "-q"], check=False)
        documents, coded = enlarge(run, int(arguments[0]) if arguments else 200_000)
        subprocess.run([*wenmai, "trends", str(run), "-q"], check=True)
        state = store.read_state(run)["stages"]["trends"]
        rows = open_run(run).rows("segments")
        print(f"{documents} documents, {rows} segments, {coded} of them coded: {state['seconds']} s, {state['points']} points")


if __name__ == "__main__":
    main(sys.argv[1:])

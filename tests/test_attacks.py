"""Files made to break a reader, among good ones: what is good comes out as if it were alone, what is bad has a row and a reason."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import HOME, type_command
from samples.attack_files import alias_bomb, attack_files

from pipeline import open_run
from pipeline.store import Run

pytestmark = pytest.mark.long

CANARY = "CANARY-7391-of-another-file"
BUDGETS = "[ingest]\nseconds_per_file = 20\nseconds_per_page = 5\nmax_pages = 200\n"
PARENT_MB = 500
# what may become of a file, or of what is in it; pdfium ends its process where a page asks for more memory than there is
ENDS = {
    "self.pdf": {"crashed", "timeout", "empty"},
    "doubling.pdf": {"crashed", "timeout", "empty"},
    "stream.pdf": {"crashed", "timeout", "too_large"},
    "pages.pdf": {"partial"},
    "loop.pdf": {"corrupt"},
    "truncated.pdf": {"corrupt", "partial"},
    "encrypted.pdf": {"encrypted"},
    "bomb.docx": {"too_large"},
    "laughs.docx": {"corrupt"},
    "xxe.docx": {"corrupt"},
    "comment.docx": {"corrupt"},
    "deep.html": {"partial"},
    "laughs.html": {"ok"},
    "slip.zip": {"unsupported"},
    "bomb.zip": {"too_large"},
    "nested.zip": {"unsupported"},
    "link.zip": {"unsupported"},
    "bomb.xlsx": {"empty"},
    "deep.jsonl": {"corrupt"},
    "quotes.md": {"partial"},
    "line.txt": {"ok"},
}


def good_files() -> list[Path]:
    """Twenty documents of the shipped corpus, of every format."""
    kinds = (".txt", ".md", ".html", ".docx", ".pdf")
    found = sorted(path for path in (HOME / "corpora/demo/documents").rglob("*") if path.suffix in kinds)
    return [path for kind in kinds for path in [path for path in found if path.suffix == kind][:4]]


def lay_down(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def watched(folder: Path, *words: str, **environment: str) -> tuple[int, float]:
    """Run a command; its exit code, and the most memory its first process has used, in MB."""
    command = [sys.executable, str(HOME / "cli.py"), *words]
    most = 0.0
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said, env=os.environ | environment)
        while process.poll() is None:
            status = Path(f"/proc/{process.pid}/status")
            lines = status.read_text().splitlines() if status.exists() else []
            most = max([most, *(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))])
            time.sleep(0.1)
    return process.returncode, most


def rows_of(run: Run, table: str, ids: set[str]) -> list[dict[str, Any]]:
    return sorted((row for row in run.table(table).to_pylist() if row["doc_id"] in ids), key=repr)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A run over twenty good files and one over these and the bad ones; what the second has written and used."""
    root = tmp_path_factory.mktemp("attacks")
    good = {f"in/good/{path.name}": path.read_bytes() for path in good_files()}
    pdf = next(data for name, data in good.items() if name.endswith(".pdf"))
    lay_down(root / "secret", {"canary.txt": CANARY.encode()})
    bad = attack_files(root / "secret" / "canary.txt", pdf)
    lay_down(root / "alone", {**good, "budgets.toml": BUDGETS.encode()})
    lay_down(root / "mixed", {**good, **{f"in/bad/{name}": data for name, data in bad.items()}, "budgets.toml": BUDGETS.encode()})
    (root / "tmp").mkdir()
    words = ("run", "in", "--to", "tag", "--config", "budgets.toml", "--jobs", "2", "--keep-duplicates")
    assert type_command(root / "alone", *words).returncode == 0
    before = {path for path in root.rglob("*") if "outputs" not in path.parts}
    code, most = watched(root / "mixed", *words, TMPDIR=str(root / "tmp"))
    after = {path for path in root.rglob("*") if "outputs" not in path.parts}
    runs = {name: open_run(root / name / "outputs" / "in") for name in ("alone", "mixed")}
    return {"runs": runs, "bad": bad, "code": code, "most": most, "written": after - before - {root / "mixed" / "said.txt"}}


def test_the_run_ends_and_says_that_inputs_were_set_aside(place: dict[str, Any]) -> None:
    assert place["code"] == 3
    assert set(place["bad"]) == set(ENDS)


@pytest.mark.parametrize("table", ["documents", "segments", "tags", "contexts"])
def test_good_files_come_out_as_if_they_were_alone(place: dict[str, Any], table: str) -> None:
    alone, mixed = place["runs"]["alone"], place["runs"]["mixed"]
    ids = set(alone.table("documents").column("doc_id").to_pylist())
    assert len(ids) == 20
    assert rows_of(mixed, table, ids) == rows_of(alone, table, ids) != []


@pytest.mark.parametrize("name", ENDS)
def test_every_bad_file_has_a_row_and_a_reason(place: dict[str, Any], name: str) -> None:
    rows = [row for row in place["runs"]["mixed"].table("inputs").to_pylist() if row["source"].startswith(f"in/bad/{name}")]
    assert f"in/bad/{name}" in {row["source"] for row in rows}
    assert all(row["reason"] for row in rows if row["status"] != "ok")
    assert {row["status"] for row in rows if row["status"] != "ok"} - ENDS[name] == set()
    assert ENDS[name] & {row["status"] for row in rows}


def test_the_words_of_pages_that_laugh_or_are_deep_are_kept(place: dict[str, Any]) -> None:
    rows = place["runs"]["mixed"].table("documents", ["source", "text"]).to_pylist()
    texts = {row["source"].rpartition("/")[2]: row["text"] for row in rows}
    for name in ("deep.html", "laughs.html", "quotes.md", "line.txt"):
        assert "各部门应当打破信息孤岛，实现数据共享。" in texts[name]


def test_no_file_gets_at_another_one(place: dict[str, Any]) -> None:
    run = place["runs"]["mixed"]
    for name in ("documents", "segments", "tags", "inputs"):
        assert CANARY not in repr(run.table(name).to_pylist())
    files = [path for path in run.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]


def test_nothing_is_written_outside_the_run(place: dict[str, Any]) -> None:
    assert place["written"] == set()
    assert not Path("/tmp/slipped.txt").exists()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_the_first_process_stays_small(place: dict[str, Any]) -> None:
    assert 0 < place["most"] < PARENT_MB


def test_a_codebook_that_unfolds_without_end_is_refused(tmp_path: Path) -> None:
    lay_down(tmp_path, {"in/one.txt": "关于推进数据共享的通知\n".encode(), "bomb.yaml": alias_bomb()})
    done = type_command(tmp_path, "run", "in", "--codebook", "bomb.yaml", "--to", "tag", "--jobs", "1")
    assert done.returncode == 2 and "bomb.yaml" in done.stderr

"""Whole runs on real documents that nobody here wrote, when they stand beside the project (../shared/corpora)."""

import json
from pathlib import Path

import pytest
from conftest import HOME, type_command

from pipeline import open_run
from pipeline.records import STATUSES

CORPORA = HOME.parent / "shared" / "corpora"
SETS = [
    "seed-paper", "policy-xlsx-smart-digital", "work-reports-national", "work-reports-provinces-2026", "policy-txt-fabao",
    "policy-html-govcn", "laws-md", "papers-pdf", "reports-pdf", "nasty-formats",
]  # fmt: skip
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not CORPORA.is_dir(), reason="the real corpora (../shared/corpora) are not beside the project"),
]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.mark.parametrize("name", SETS)
def test_a_run_ends_with_everything_accounted_for(name: str, runs: Path) -> None:
    done = type_command(runs, "run", str(CORPORA / name))
    assert done.returncode in (0, 3), done.stderr
    assert "Traceback" not in done.stderr
    run = open_run(runs / "outputs" / name)
    inputs = run.table("inputs").to_pylist()
    files = {path.name for path in (CORPORA / name).rglob("*") if path.is_file() and not path.name.startswith(".")}
    assert files <= {row["source"].split("/")[-1] for row in inputs}, "every file is a row of inputs"
    assert {row["status"] for row in inputs} <= set(STATUSES)
    documents = run.table("documents", ["doc_id", "source", "text", "duplicate_of"]).to_pylist()
    assert {row["doc_id"] for row in documents} == {row["doc_id"] for row in inputs if row["doc_id"]}
    counted = [row for row in documents if row["duplicate_of"] is None]
    assert sum(row["status"] in ("ok", "partial") and row["doc_id"] is not None for row in inputs) == len(counted)
    copies = {(row["source"], row["doc_id"]) for row in documents if row["duplicate_of"]}
    assert copies <= {(row["source"], row["doc_id"]) for row in inputs if row["status"] == "duplicate"}
    assert (run.folder / "report.html").stat().st_size > 100_000
    texts = {row["doc_id"]: row["text"] for row in documents}
    for tag in run.table("tags", ["doc_id", "start", "end", "surface"]).to_pylist():
        assert texts[tag["doc_id"]][tag["start"] : tag["end"]] == tag["surface"]


def test_all_sets_at_once_hold_what_each_holds_alone(runs: Path) -> None:
    sources = [str(CORPORA / name) for name in SETS]
    done = type_command(runs, "run", *sources, "--out", "outputs/all", "--to", "tag")
    assert done.returncode == 3, done.stderr
    whole = open_run(runs / "outputs" / "all")
    alone = [row for name in SETS for row in open_run(runs / "outputs" / name).table("inputs").to_pylist()]
    met = {row["source"]: row["bytes_hash"] for row in whole.table("inputs").to_pylist()}
    assert met == {row["source"]: row["bytes_hash"] for row in alone}
    state = json.loads((whole.folder / "run.json").read_text("utf-8"))["stages"]["ingest"]
    assert sum(state.get(status, 0) for status in STATUSES) == state["inputs"] == len(met)


def test_the_seed_paper_is_read_whole(runs: Path) -> None:
    run = open_run(runs / "outputs" / "seed-paper")
    texts = {row["doc_id"]: row["text"] for row in run.table("documents", ["doc_id", "text"]).to_pylist()}
    sentences = [
        texts[row["doc_id"]][row["start"] : row["end"]]
        for row in run.table("segments", ["doc_id", "start", "end", "kind"]).to_pylist()
        if row["kind"] in ("sentence", "item")
    ]
    assert any("通过技术与制度" in sentence for sentence in sentences), "a sentence that a page has broken"
    assert not any("第一作者" in sentence or "作者简介" in sentence for sentence in sentences)
    assert not any("<sup>" in sentence for sentence in sentences)
    assert any(row["kind"] == "reference" for row in run.table("segments", ["kind"]).to_pylist())

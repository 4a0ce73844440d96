"""The run folder."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline import store
from pipeline.config import Settings
from pipeline.errors import BusyError, DiskError, NotReadyError
from pipeline.records import TABLES, Context, Document, Tag, schema, to_table
from pipeline.store import Run


def document(number: int) -> Document:
    doc_id = f"{number * 7919 % 65536:04x}{number:016x}"
    facts: dict[str, Any] = dict.fromkeys(["date", "region", "province", "doc_number", "abstract", "duplicate_of", "similarity"])
    lists: dict[str, Any] = {name: [] for name in ["issuers", "authors", "keywords", "pages", "blocks", "notes"]}
    text = f"第{number}号"
    return Document(
        doc_id=doc_id, source=f"s/{number}.txt", format="txt", title=text, date_precision="none", level="none", kind="other",
        language="zh", text=text, n_chars=len(text), status="ok", **facts, **lists,
    )  # fmt: skip


def store_documents(folder: Path, numbers: range) -> list[str]:
    """Documents as ingest would store them; the parts they are split into."""
    parts = store.layout(len(numbers))
    rows = to_table([document(number) for number in numbers], Document)
    store.write_by_document(folder, "documents", rows, parts, key="k")
    return parts


def contexts(documents: pa.Table) -> dict[str, pa.Table]:
    ids = documents.column("doc_id").to_pylist()
    return {"contexts": to_table([Context(doc_id, f"{doc_id}-00000", "description", False) for doc_id in ids], Context)}


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


@pytest.mark.parametrize(("documents", "parts"), [(0, 1), (16, 1), (17, 16), (2048, 16), (2049, 256), (32769, 4096)])
def test_the_number_of_parts_follows_from_the_number_of_documents(documents: int, parts: int) -> None:
    assert len(store.layout(documents)) == parts


def test_the_same_rows_and_key_give_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        store_documents(tmp_path / folder, range(40))
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")


def test_half_then_all_ends_in_the_same_bytes_as_all(tmp_path: Path) -> None:
    for name, steps in {"once": [40], "steps": [10, 40]}.items():
        for n in steps:
            run = Run(tmp_path / name, Settings())
            parts = store_documents(run.folder, range(n))
            for part in parts:
                store.refresh(run, part, key="k", makes=["contexts"], compute=contexts)
            store.prune(run.folder, "contexts", parts)
    assert bytes_of(tmp_path / "once") == bytes_of(tmp_path / "steps")


def test_only_documents_not_done_under_this_key_are_computed(tmp_path: Path) -> None:
    run = Run(tmp_path, Settings())
    store_documents(tmp_path, range(10))
    assert store.refresh(run, "", key="k", makes=["contexts"], compute=contexts) == 10
    assert store.refresh(run, "", key="k", makes=["contexts"], compute=contexts) == 0
    parts = store_documents(tmp_path, range(20))
    assert sum(store.refresh(run, part, key="k", makes=["contexts"], compute=contexts) for part in parts) == 10
    assert sum(store.refresh(run, part, key="other", makes=["contexts"], compute=contexts) for part in parts) == 20


def test_what_a_killed_run_had_written_of_a_document_is_not_there_twice(tmp_path: Path) -> None:
    run = Run(tmp_path, Settings())
    store_documents(tmp_path, range(4))
    makes = ["tags", "contexts"]

    def compute(documents: pa.Table) -> dict[str, pa.Table]:
        found = [
            Tag(doc_id, "s", "c", "岚国", None, 0, 2, "r", "none", False, False, "rule", "", 1.0)
            for doc_id in documents.column("doc_id").to_pylist()
        ]
        return {"tags": to_table(found, Tag), **contexts(documents)}

    store.refresh(run, "", key="k", makes=makes, compute=compute)
    store_documents(tmp_path, range(10))
    whole, killed = compute(run.table("documents"))["tags"], tmp_path / "tables/contexts/part-all.parquet"
    before = killed.read_bytes()
    store.refresh(run, "", key="k", makes=makes, compute=compute)
    killed.write_bytes(before)
    store.refresh(run, "", key="k", makes=makes, compute=compute)
    assert run.table("tags").num_rows == whole.num_rows == 10
    # and one that is gone or damaged, while the last table says that all is done, is made anew
    for harm in (lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:100])):
        harm(tmp_path / "tables/tags/part-all.parquet")
        store.refresh(run, "", key="k", makes=makes, compute=compute)
        assert run.table("tags").num_rows == 10


def test_a_table_split_otherwise_is_still_read_by_part(tmp_path: Path) -> None:
    store.write(tmp_path, "documents", to_table([document(number) for number in range(30)], Document))
    part = store.read(tmp_path, "documents", ["doc_id"], part="3")
    assert part.num_rows and all(doc_id.startswith("3") for doc_id in part.column("doc_id").to_pylist())


def test_a_missing_table_says_which_stage_makes_it(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="run cooccur first"):
        store.read(tmp_path, "links")


def test_a_folder_without_a_run_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="wenmai run SOURCE"):
        store.open_run(tmp_path)


def test_a_second_process_is_told_that_the_folder_is_busy(tmp_path: Path) -> None:
    with store.locked(tmp_path), pytest.raises(BusyError, match="another"), store.locked(tmp_path):
        pass


def test_a_file_that_cannot_be_written_is_a_disk_error_and_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    with pytest.raises(DiskError, match="choose another --out"):
        store.write_text(tmp_path / "file" / "below.txt", "new")
    assert (tmp_path / "file").read_text() == "old"
    assert not list(tmp_path.rglob(".writing-*"))


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_an_arrow_schema_that_survives_writing(name: str, tmp_path: Path) -> None:
    wanted = schema(TABLES[name])
    store.write(tmp_path, name, wanted.empty_table())
    assert store.read(tmp_path, name).schema.equals(wanted, check_metadata=False)


def test_a_column_that_an_older_version_did_not_write_is_empty(tmp_path: Path) -> None:
    old = schema(TABLES["documents"]).empty_table().drop_columns(["province"])
    store.write(tmp_path, "documents", old)
    assert store.read(tmp_path, "documents").schema.equals(schema(TABLES["documents"]), check_metadata=False)
    assert store.read(tmp_path, "documents", ["title", "province"]).column_names == ["title", "province"]
    store.write(tmp_path, "inputs", schema(TABLES["inputs"]).empty_table().drop_columns(["status"]))
    with pytest.raises(NotReadyError, match="older version; run ingest first"):
        store.read(tmp_path, "inputs")


@pytest.mark.parametrize("text", ["", '{"stages": {', "[]", '{"stages": []}', '{"stages": {"tag": 1}}', "\x00"])
def test_a_damaged_run_json_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    assert store.read_state(tmp_path) == {}
    with pytest.raises(NotReadyError, match="wenmai run SOURCE"):
        store.open_run(tmp_path)


def test_a_run_json_without_settings_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"stages": {}, "settings": {"sede": 1}}')
    with pytest.raises(NotReadyError, match="wenmai run SOURCE"):
        store.open_run(tmp_path)


def test_a_truncated_table_says_what_to_do_and_is_made_anew(tmp_path: Path) -> None:
    run = Run(tmp_path, Settings())
    store_documents(tmp_path, range(10))
    store.refresh(run, "", key="k", makes=["contexts"], compute=contexts)
    whole = bytes_of(tmp_path)
    path = tmp_path / "tables/contexts/part-all.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(NotReadyError, match=r"part-all.parquet is damaged .*run tag first"):
        run.table("contexts")
    with pytest.raises(NotReadyError, match="is damaged"):
        run.rows("contexts")
    assert store.refresh(run, "", key="k", makes=["contexts"], compute=contexts) == 10
    assert bytes_of(tmp_path) == whole

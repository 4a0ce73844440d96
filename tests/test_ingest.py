"""From sources to the tables inputs and documents: everything met has a row, in whatever order and number of steps it came."""

import csv
import io
import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import bytes_of

from pipeline import ingest, store
from pipeline.config import IngestSettings, read_settings
from pipeline.engine import workers
from pipeline.ingest.inputs import plan, settle
from pipeline.ingest.parser import read_file
from pipeline.ingest.scan import File
from pipeline.records import SET_ASIDE, Input
from pipeline.store import Run

NOTICE = "关于{0}的通知\n\n岚国国政院\n\n各部门应当推进{0}，打破信息孤岛，实现互联互通。\n\n2021年3月5日\n"


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def notices(folder: Path, *subjects: str) -> Path:
    for subject in subjects:
        write(folder / f"{subject}.txt", NOTICE.format(subject))
    return folder


def zipped(**members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, text in members.items():
            package.writestr(zipfile.ZipInfo(f"{name}.txt"), text)
    return packed.getvalue()


def take_in(out: Path, *sources: Path, key: str = "key", **changes: Any) -> dict[str, Any]:
    """Run the stage as the walk does, and remember what it returns."""
    run = Run(out, read_settings(None, **({"engine.jobs": 1} | changes)))
    with workers(run.settings.engine) as spread:
        counts = ingest.run(run, spread, key, list(sources))
    store.write_state(out, {"settings": run.settings.model_dump(mode="json"), "stages": {"ingest": {"key": key, **counts}}})
    return counts


def statuses(out: Path) -> dict[str, str]:
    return {row["source"]: row["status"] for row in rows(out, "inputs")}


def rows(out: Path, table: str) -> list[dict[str, Any]]:
    return store.read(out, table).to_pylist()


def stored(out: Path) -> dict[str, bytes]:
    return bytes_of(out, "inputs", "documents") | {"problems": (out / "problems.csv").read_bytes()}


def test_every_file_row_and_member_is_a_row_of_inputs(tmp_path: Path) -> None:
    folder = notices(tmp_path / "in", "数据共享", "电子证照")
    write(folder / "表.csv", "标题,正文,成文日期\n一号,推进标准化建设。,2020-01-02\n二号,,2020-01-03\n")
    write(folder / "包.zip", zipped(甲=NOTICE.format("数据标准"), 乙=""))
    write(folder / "坏.pdf", "%PDF-1.4 nothing")
    write(folder / "空.txt", "")
    counts = take_in(tmp_path / "out", folder)
    found = statuses(tmp_path / "out")
    assert found == {
        "in/数据共享.txt": "ok", "in/电子证照.txt": "ok", "in/表.csv": "ok", "in/表.csv#2": "ok", "in/表.csv#3": "empty",
        "in/包.zip": "ok", "in/包.zip!甲.txt": "ok", "in/包.zip!乙.txt": "empty", "in/坏.pdf": "corrupt", "in/空.txt": "empty",
    }  # fmt: skip
    assert counts["inputs"] == len(found) and counts["documents"] == 4 == len(rows(tmp_path / "out", "documents"))
    assert sum(counts[name] for name in ("ok", "empty", "corrupt")) == len(found)
    assert counts["set_aside_now"] == 4


def test_problems_name_every_input_that_was_set_aside_and_what_to_do(tmp_path: Path) -> None:
    folder = notices(tmp_path / "in", "数据共享")
    write(folder / "=1+2.pdf", "not a pdf")
    write(folder / "图.png", b"\x89PNG\r\n\x1a\n0000")
    take_in(tmp_path / "out", folder)
    table = list(csv.DictReader((tmp_path / "out/problems.csv").read_text("utf-8-sig").splitlines()))
    assert [row["source"] for row in table] == ["in/=1+2.pdf", "in/图.png"]
    assert all(row["set_aside"] == "yes" and ";" in row["reason"] for row in table)


def test_a_half_and_then_all_gives_the_same_bytes_as_all_at_once(tmp_path: Path) -> None:
    subjects = [f"第{number}号事项" for number in range(40)]
    notices(tmp_path / "in", *subjects[::2])
    write(tmp_path / "in/包.zip", zipped(甲=NOTICE.format(subjects[1])))
    take_in(tmp_path / "steps", tmp_path / "in")
    notices(tmp_path / "in", *subjects)
    write(tmp_path / "in/a/copy.txt", NOTICE.format(subjects[0]))
    take_in(tmp_path / "steps", tmp_path / "in")
    take_in(tmp_path / "once", tmp_path / "in", **{"engine.jobs": 2})
    assert stored(tmp_path / "steps") == stored(tmp_path / "once")


def test_only_new_files_are_read(tmp_path: Path) -> None:
    notices(tmp_path / "in", "数据共享", "电子证照")
    assert take_in(tmp_path / "out", tmp_path / "in")["files_read"] == 2
    notices(tmp_path / "in", "接口规范")
    assert take_in(tmp_path / "out", tmp_path / "in")["files_read"] == 1
    assert take_in(tmp_path / "out", tmp_path / "in", key="another version")["files_read"] == 3


def test_a_further_source_adds_to_the_run(tmp_path: Path) -> None:
    one, two = notices(tmp_path / "one", "数据共享"), notices(tmp_path / "two", "电子证照", "数据共享")
    take_in(tmp_path / "out", one)
    take_in(tmp_path / "out", two)
    take_in(tmp_path / "both", one, two)
    assert stored(tmp_path / "out") == stored(tmp_path / "both")
    assert statuses(tmp_path / "out")["two/数据共享.txt"] == "duplicate"


def test_of_equal_files_the_first_name_is_kept_even_if_it_comes_later(tmp_path: Path) -> None:
    notices(tmp_path / "in", "数据共享")
    take_in(tmp_path / "out", tmp_path / "in")
    shutil.copy(tmp_path / "in/数据共享.txt", tmp_path / "in/a.txt")
    take_in(tmp_path / "out", tmp_path / "in")
    assert statuses(tmp_path / "out") == {"in/a.txt": "ok", "in/数据共享.txt": "duplicate"}
    assert [row["source"] for row in rows(tmp_path / "out", "documents")] == ["in/a.txt"]


def test_a_file_that_is_gone_is_named_and_its_document_stays(tmp_path: Path) -> None:
    folder = notices(tmp_path / "in", "数据共享", "电子证照")
    take_in(tmp_path / "out", folder)
    (folder / "电子证照.txt").unlink()
    assert take_in(tmp_path / "out", folder)["set_aside_now"] == 0
    assert statuses(tmp_path / "out")["in/电子证照.txt"] == "vanished"
    assert len(rows(tmp_path / "out", "documents")) == 2
    notices(folder, "电子证照")
    take_in(tmp_path / "out", folder)
    assert set(statuses(tmp_path / "out").values()) == {"ok"}


def test_a_changed_file_replaces_what_was_read_of_it(tmp_path: Path) -> None:
    folder = notices(tmp_path / "in", "数据共享")
    take_in(tmp_path / "out", folder)
    write(folder / "数据共享.txt", NOTICE.format("另一件事"))
    take_in(tmp_path / "out", folder)
    (document,) = rows(tmp_path / "out", "documents")
    assert "另一件事" in document["text"]


def test_a_duplicate_takes_the_place_of_a_document_that_has_changed(tmp_path: Path) -> None:
    folder = notices(tmp_path / "in", "数据共享")
    write(folder / "z.zip", zipped(b=NOTICE.format("数据共享")))
    take_in(tmp_path / "out", folder)
    assert statuses(tmp_path / "out")["in/z.zip!b.txt"] == "ok"
    assert statuses(tmp_path / "out")["in/数据共享.txt"] == "duplicate"
    write(folder / "z.zip", zipped(b=NOTICE.format("别的事情")))
    take_in(tmp_path / "out", folder)
    take_in(tmp_path / "once", folder)
    assert stored(tmp_path / "out") == stored(tmp_path / "once")


def test_what_was_set_aside_before_is_not_new(tmp_path: Path) -> None:
    folder = notices(tmp_path / "in", "数据共享")
    write(folder / "坏.pdf", "%PDF-1.4 nothing")
    assert take_in(tmp_path / "out", folder)["set_aside_now"] == 1
    assert take_in(tmp_path / "out", folder)["set_aside_now"] == 0
    assert take_in(tmp_path / "out", folder, key="another version")["set_aside_now"] == 0


def test_text_metadata_and_offsets_survive_the_parser_process(tmp_path: Path) -> None:
    folder = notices(tmp_path / "in", "数据共享")
    take_in(tmp_path / "out", folder)
    (row,) = rows(tmp_path / "out", "documents")
    assert row["title"] == "关于数据共享的通知" and row["date"] == "2021-03-05" and row["language"] == "zh"
    assert [row["text"][block["start"] : block["end"]] for block in row["blocks"]] == row["text"].split("\n")


def test_rows_of_a_table_carry_what_their_columns_say(tmp_path: Path) -> None:
    lines = [
        {"题名": "论数据孤岛", "摘要": "本文讨论数据孤岛。", "作者": "甲某;乙某", "关键词": "孤岛;数据", "年份": "2020"},
        "no json",
    ]
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    write(tmp_path / "in/记录.jsonl", text)
    take_in(tmp_path / "out", tmp_path / "in")
    (row,) = rows(tmp_path / "out", "documents")
    assert row["title"] == "论数据孤岛" and row["authors"] == ["甲某", "乙某"] and row["keywords"] == ["孤岛", "数据"]
    assert row["date"] == "2020" and row["date_precision"] == "year" and row["kind"] == "record"
    assert statuses(tmp_path / "out") == {"in/记录.jsonl": "ok", "in/记录.jsonl#1": "ok", "in/记录.jsonl#2": "corrupt"}


def test_a_cell_that_excel_has_cut_is_partial(tmp_path: Path) -> None:
    long = "推进数据共享。" * 5000
    write(tmp_path / "in/表.csv", f"标题,正文\n长文,{long[:32_767]}\n")
    take_in(tmp_path / "out", tmp_path / "in")
    assert statuses(tmp_path / "out")["in/表.csv#2"] == "partial"


@pytest.mark.skipif(os.name == "nt", reason="the system limits no process there; only the clock on the wall does")
@pytest.mark.parametrize(("code", "status"), [("while True: pass", "timeout"), ("os.abort()", "crashed")])
def test_a_reader_that_hangs_or_aborts_costs_one_member_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, status: str
) -> None:
    # the parser process imports what stands here before it reads anything
    write(
        tmp_path / "sitecustomize.py",
        f"import os\ntry:\n import pipeline.ingest.readers as r\nexcept ImportError: r = None\n"
        f"if r:\n old = r.DOCUMENTS['txt']\n def read(data, *rest):\n  if b'STOP' in data:\n   {code}\n  return old(data, *rest)\n"
        f" r.DOCUMENTS['txt'] = read\n",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("pipeline.ingest.parser._running", [])
    path = write(tmp_path / "in.zip", zipped(a=NOTICE.format("数据共享"), b="STOP", c=NOTICE.format("电子证照")))
    found = read_file(File("in.zip", str(path), 1), IngestSettings(seconds_per_file=1))
    assert {here.source: here.status for here, _ in found} == {
        "in.zip!a.txt": "ok", "in.zip!b.txt": status, "in.zip!c.txt": "ok", "in.zip": "ok",
    }  # fmt: skip
    assert all(bool(document) == (here.status == "ok" and "!" in here.source) for here, document in found)


def test_a_file_that_takes_more_memory_than_allowed_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        tmp_path / "sitecustomize.py",
        "try:\n import pipeline.ingest.readers as r\n r.DOCUMENTS['txt'] = lambda *a: bytearray(1 << 40)\nexcept ImportError: pass\n",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("pipeline.ingest.parser._running", [])
    path = write(tmp_path / "a.txt", "推进数据共享。")
    ((here, document),) = read_file(File("a.txt", str(path), 1), IngestSettings())
    assert here.status == "too_large" and document is None


CONTENTS = st.dictionaries(st.sampled_from("abcde"), st.sampled_from(["x", "y", "z", "bad"]), max_size=5)


def pretend_to_read(file: File, content: str) -> list[Input]:
    return [Input(file.source, content, 1, *(("corrupt", "broken", None) if content == "bad" else ("ok", "", content)))]


@settings(max_examples=200, deadline=None)
@given(CONTENTS, CONTENTS)
def test_the_rows_do_not_depend_on_the_steps_in_which_files_came(before: dict[str, str], after: dict[str, str]) -> None:
    def step(contents: dict[str, str], old: list[Input]) -> list[Input]:
        files = {f"in/{name}": File(f"in/{name}", "", 1) for name in contents}
        hashes = {f"in/{name}": content for name, content in contents.items()}
        planned = plan(files, hashes, old, {"in"}, anew=False)
        return settle(planned, [row for file in planned.read for row in pretend_to_read(file, hashes[file.source])])[0]

    grown = {**before, **after}
    assert step(grown, step(before, [])) == step(grown, [])
    shrunk = step(after, step(before, []))
    assert {row.source for row in shrunk} == {f"in/{name}" for name in grown}
    assert [row for row in shrunk if row.status != "vanished"] == step(after, [])
    assert SET_ASIDE.isdisjoint(row.status for row in shrunk if row.source not in {f"in/{name}" for name in after})

"""From sources to the tables inputs and documents: everything met has a row, in whatever order and number of steps it came."""

import csv
import io
import json
import os
import shutil
import socket
import sys
import warnings
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
from pipeline.errors import SettingsError
from pipeline.ingest.inputs import plan, settle
from pipeline.ingest.parser import read_file
from pipeline.ingest.scan import File
from pipeline.records import SET_ASIDE, Input
from pipeline.report.words import reasoned
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
    state = {"key": key, "makes": store.digest(out, ingest.MAKES), **counts}
    store.write_state(out, {"settings": run.settings.model_dump(mode="json"), "stages": {"ingest": state}})
    return counts


def read_all(path: Path, settings: IngestSettings) -> dict[str, Input]:
    """The inputs of one file by source."""
    return {here.source: here for here, _ in read_file(File(path.name, str(path), 1), settings)}


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


def test_what_is_doubtful_about_a_table_is_said_once(tmp_path: Path) -> None:
    row = "推进跨部门数据共享，打破信息孤岛，实现互联互通和业务协同。"
    write(
        tmp_path / "in/表.csv",
        "序,话\n" + "".join(f"{number},第{number}条，{row}\n" for number in range(9)),
    )
    take_in(tmp_path / "out", tmp_path / "in")
    said = {here["source"]: here["reason"] for here in rows(tmp_path / "out", "inputs") if here["reason"]}
    assert list(said) == ["in/表.csv"] and "'话' was taken" in said["in/表.csv"]
    assert len(rows(tmp_path / "out", "documents")) == 9


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
    found = list(read_file(File("in.zip", str(path), 1), IngestSettings(seconds_per_file=1)))
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


def test_a_file_named_like_a_member_or_row_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write(folder / "a.zip", zipped(x=NOTICE.format("数据共享")))
    write(folder / "a.zip!x.txt", NOTICE.format("电子证照"))
    write(folder / "表.csv", "标题,正文\n一号,推进标准化建设。\n")
    write(folder / "表.csv#2.txt", NOTICE.format("接口规范"))
    write(folder / "a.zip\\x21x.txt", NOTICE.format("数据标准"))
    counts = take_in(tmp_path / "out", folder)
    assert counts["documents"] == 5 and counts["inputs"] == 7
    assert statuses(tmp_path / "out").keys() >= {"in/a.zip!x.txt", "in/a.zip\\x21x.txt", "in/表.csv#2", "in/表.csv\\x232.txt"}
    titles = {row["source"]: row["title"] for row in rows(tmp_path / "out", "documents")}
    assert titles["in/a.zip!x.txt"] == "关于数据共享的通知" and titles["in/a.zip\\x21x.txt"] == "关于电子证照的通知"


def test_names_in_an_archive_that_repeat_are_told_apart(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("x.txt", "x.txt", "x(2).txt", "b.zip!y.txt"):
            package.writestr(zipfile.ZipInfo(name), NOTICE.format(f"第{len(package.namelist())}号事项"))
        package.writestr(zipfile.ZipInfo("b.zip"), zipped(y=NOTICE.format("另一件事")))
    write(tmp_path / "in/a.zip", packed.getvalue())
    assert take_in(tmp_path / "out", tmp_path / "in")["documents"] == 5
    assert len(statuses(tmp_path / "out")) == 7


def test_a_file_is_not_vanished_because_one_with_the_beginning_of_its_name_is(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write(folder / "x", "")
    write(folder / "x#1.txt", NOTICE.format("数据共享"))
    take_in(tmp_path / "out", folder)
    (folder / "x").unlink()
    take_in(tmp_path / "out", folder)
    assert statuses(tmp_path / "out") == {"in/x": "vanished", "in/x\\x231.txt": "ok"}


@pytest.mark.skipif(os.name == "nt", reason="pipes and links are otherwise there")
def test_what_is_no_file_is_an_input_that_says_what_to_do(tmp_path: Path) -> None:
    folder = notices(tmp_path / "in", "数据共享")
    notices(tmp_path / "elsewhere", "电子证照")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
    links = {
        "loop": "loop",
        "dangling": "nothing",
        "out.txt": "../elsewhere/电子证照.txt",
        "folder": "../elsewhere",
        "in.txt": "数据共享.txt",
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    for _ in range(2):
        counts = take_in(tmp_path / "out", folder)
    found = {row["source"]: row for row in rows(tmp_path / "out", "inputs")}
    odd = {f"in/{name}" for name in ("pipe", "socket", "loop", "dangling", "out.txt", "folder")}
    assert {source for source, row in found.items() if row["status"] == "unsupported"} == odd
    assert all(reasoned(found[source]["reason"])["zh"] != found[source]["reason"] for source in odd)
    assert found["in/数据共享.txt"]["status"] == "duplicate" and found["in/in.txt"]["status"] == "ok"
    assert counts["set_aside_now"] == counts["files_read"] == 0


def test_a_folder_that_cannot_be_opened_and_a_file_that_goes_away_are_inputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = notices(tmp_path / "in", "数据共享")
    notices(folder / "closed", "电子证照")
    scandir = os.scandir

    def refuse(path: Path) -> Any:
        if path == folder / "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("os.scandir", refuse)
    monkeypatch.setattr(
        "pipeline.ingest._tasks", lambda files: [(folder / "数据共享.txt").unlink(missing_ok=True), list(files)][1:]
    )
    take_in(tmp_path / "out", folder)
    found = {row["source"]: (row["status"], row["reason"]) for row in rows(tmp_path / "out", "inputs")}
    assert found["in/closed"] == ("unsupported", "a folder that cannot be opened (Permission denied); look at its permissions")
    assert found["in/数据共享.txt"][0] == "corrupt" and "cannot be opened" in found["in/数据共享.txt"][1]


@pytest.mark.skipif(os.name == "nt", reason="there is no /dev/null")
def test_a_source_that_is_no_file_and_no_folder_says_so(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(SettingsError, match="neither a file nor a folder"):
            take_in(tmp_path / "out", path)


@pytest.mark.skipif(sys.platform != "linux", reason="names elsewhere are Unicode")
def test_names_that_are_no_utf8_are_kept_apart_and_remembered(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/in\xff"))
    write(folder / "\\xff.txt", NOTICE.format("数据共享"))
    write(folder / os.fsdecode(b"\xff.txt"), NOTICE.format("电子证照"))
    for _ in range(2):
        counts = take_in(tmp_path / "out", folder)
    assert statuses(tmp_path / "out") == {"in\\xff/\\xff.txt": "ok", "in\\xff/\\x5cxff.txt": "ok"}
    assert counts["files_read"] == 0 and store.read_state(tmp_path / "out")["stages"]["ingest"]["sources"] == {
        "in\\xff": str(folder)
    }


def test_a_source_of_the_same_name_from_elsewhere_is_refused(tmp_path: Path) -> None:
    one, two = notices(tmp_path / "one/in", "数据共享"), notices(tmp_path / "two/in", "电子证照")
    take_in(tmp_path / "out", one)
    with pytest.raises(SettingsError, match="both called in; rename"):
        take_in(tmp_path / "out", two)
    assert statuses(tmp_path / "out") == {"in/数据共享.txt": "ok"}
    shutil.rmtree(one)
    take_in(tmp_path / "out", two)
    assert statuses(tmp_path / "out") == {"in/数据共享.txt": "vanished", "in/电子证照.txt": "ok"}


def test_archives_in_an_archive_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        tmp_path / "sitecustomize.py",
        "try:\n import pipeline.ingest.parse as p\n p._FREE_BYTES, p.MAX_BYTES = 3000, 0\nexcept ImportError: pass\n",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("pipeline.ingest.parser._running", [])
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(20):
            package.writestr(zipfile.ZipInfo(f"{number:02}.zip"), zipped(a=NOTICE.format(f"第{number}号事项")))
    found = read_all(write(tmp_path / "in.zip", outer.getvalue()), IngestSettings())
    assert found["in.zip"].status == "too_large" and "unpacks to more than" in found["in.zip"].reason
    assert 1 < len(found) < 20 and sum(here.status == "ok" for here in found.values()) > 1


def test_all_that_is_in_a_file_shares_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.ingest.parser._WHOLE", -1)
    path = write(tmp_path / "in.zip", zipped(a=NOTICE.format("数据共享"), b=NOTICE.format("电子证照")))
    found = read_all(path, IngestSettings())
    assert list(found) == ["in.zip"] and "takes too long as a whole" in found["in.zip"].reason


@pytest.mark.parametrize(("below", "inputs"), [(31, 31), (1_000_000, 4)])
def test_empty_rows_at_the_end_of_a_sheet_are_no_rows(tmp_path: Path, below: int, inputs: int) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "表.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["标题", "正文"])
        sheet.write_row(below - 1, 0, ["一号", "推进标准化建设，打破信息孤岛。"])
        sheet.write(below + 40, 0, " ")
        sheet.write(below + 50, 5, "")
    found = read_all(tmp_path / "表.xlsx", IngestSettings())
    assert found.pop("表.xlsx").status == found.pop(f"表.xlsx#{below}").status == "ok"
    assert {here.status for here in found.values()} == {"empty"} and len(found) == inputs - 2 if below == 31 else len(found) == 1


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.parametrize(("kills", "status"), [(1, "ok"), (2, "crashed")])
def test_a_file_whose_reader_was_killed_from_outside_is_tried_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: int, status: str
) -> None:
    write(
        tmp_path / "sitecustomize.py",
        f"import os, pathlib\ntry:\n import pipeline.ingest.readers as r\nexcept ImportError: r = None\n"
        f"if r:\n old = r.DOCUMENTS['txt']\n left = pathlib.Path({str(tmp_path / 'killed')!r})\n def read(data, *rest):\n"
        f"  n = len(left.read_text()) if left.exists() else 0\n"
        f"  if b'STOP' in data and n < {kills}:\n   left.write_text('k' * (n + 1)); os.kill(os.getpid(), 9)\n"
        f"  return old(data, *rest)\n r.DOCUMENTS['txt'] = read\n",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("pipeline.ingest.parser._running", [])
    path = write(tmp_path / "in.zip", zipped(a=NOTICE.format("数据共享"), b="STOP 推进数据共享", c=NOTICE.format("电子证照")))
    found = read_all(path, IngestSettings())
    assert {source: here.status for source, here in found.items()} == {
        "in.zip!a.txt": "ok", "in.zip!b.txt": status, "in.zip!c.txt": "ok", "in.zip": "ok",
    }  # fmt: skip
    assert status == "ok" or "killed twice" in found["in.zip!b.txt"].reason


def test_documents_of_one_big_table_are_put_aside_as_they_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["pipeline.ingest.merge"], "_BATCH", 2000)
    lines = [f"第{number}号,推进第{number}项标准化建设。" for number in range(40)]
    write(tmp_path / "in/表.csv", "\n".join(["标题,正文", *lines]))
    take_in(tmp_path / "out", tmp_path / "in")
    monkeypatch.undo()
    take_in(tmp_path / "whole", tmp_path / "in")
    assert stored(tmp_path / "out") == stored(tmp_path / "whole")
    assert len(rows(tmp_path / "out", "documents")) == 40


def test_what_a_killed_run_was_reading_is_cleared_away(tmp_path: Path) -> None:
    write(tmp_path / "out/.reading-old/0.parquet", "half")
    take_in(tmp_path / "out", notices(tmp_path / "in", "数据共享"))
    assert not list((tmp_path / "out").glob(".reading*"))


@pytest.mark.parametrize("damage", ["truncated", "missing"])
@pytest.mark.parametrize("table", ["documents", "inputs"])
def test_a_table_that_is_damaged_or_missing_is_made_anew(tmp_path: Path, table: str, damage: str) -> None:
    folder = notices(tmp_path / "in", *[f"第{number}号事项" for number in range(20)])
    write(folder / "包.zip", zipped(甲=NOTICE.format("数据标准"), 乙=""))
    take_in(tmp_path / "out", folder)
    before = stored(tmp_path / "out")
    path = sorted((tmp_path / "out/tables" / table).iterdir())[0]
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:100])
    assert ingest.foresee(Run(tmp_path / "out", read_settings(None)), [folder], "key")["vanished"] == 0
    take_in(tmp_path / "out", folder)
    assert stored(tmp_path / "out") == before


def test_what_no_program_could_read_is_read_again_when_the_programs_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.stages import STAGES, key_of

    monkeypatch.setenv("PATH", str(tmp_path))
    keys = [key_of(STAGES[0], read_settings(None))]
    for version in ("1", "2", "2"):
        write(tmp_path / "antiword", f"#!/bin/sh\necho {version}\n").chmod(0o755)
        keys.append(key_of(STAGES[0], read_settings(None)))
    assert len(set(keys)) == 3 and keys[2] == keys[3]


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

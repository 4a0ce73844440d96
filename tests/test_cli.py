"""Commands as typed: what they print, where, and how they exit."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HOME, type_command


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_the_demo_ends_with_the_place_of_the_report(workplace: Path, demo_run: Path) -> None:
    done = type_command(workplace, "demo")
    assert done.stdout.splitlines()[-1] == f"report: {Path('outputs/demo/report.html')}"
    assert (demo_run / "report.html").is_file()


def test_the_same_command_again_does_nothing_new(workplace: Path, demo_run: Path) -> None:
    kept = [path for path in demo_run.rglob("*") if path.suffix in (".parquet", ".html", ".xlsx", ".svg", ".png")]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in kept if path.parent.name != "inputs"}
    assert before
    assert type_command(workplace, "demo").returncode == 0
    assert all((path.read_bytes(), path.stat().st_mtime_ns) == old for path, old in before.items()), "nothing is written again"


def test_help_is_shown_without_a_command_and_usage_errors_exit_2(tmp_path: Path) -> None:
    assert "wenmai" in type_command(tmp_path).stdout
    assert type_command(tmp_path, "runn").returncode == 2
    assert type_command(tmp_path, "run").returncode == 2


def test_wrong_settings_exit_2_and_name_everything_at_once(tmp_path: Path) -> None:
    config = write(tmp_path / "s.toml", "sede = 1\n[topics]\nk = 0\n")
    write(tmp_path / "in/a.txt", "推进数据共享。")
    done = type_command(tmp_path, "run", "in", "--config", str(config))
    assert done.returncode == 2
    assert "s.toml:1" in done.stderr and "s.toml:3" in done.stderr and "there are seed" in done.stderr
    assert not (tmp_path / "outputs").exists()


def test_an_unknown_codebook_exits_2_with_the_choices(tmp_path: Path) -> None:
    write(tmp_path / "in/a.txt", "推进数据共享。")
    done = type_command(tmp_path, "run", "in", "--codebook", "framwork")
    assert done.returncode == 2 and "framework" in done.stderr


def test_a_source_that_is_not_there_exits_2(tmp_path: Path) -> None:
    done = type_command(tmp_path, "run", "nowhere")
    assert done.returncode == 2 and "nowhere" in done.stderr and "Traceback" not in done.stderr


def test_an_unreadable_file_is_a_row_in_problems_and_exit_3(tmp_path: Path) -> None:
    write(tmp_path / "in/good.txt", "关于推进数据共享的通知\n各部门应当打破信息孤岛，实现互联互通。\n")
    write(tmp_path / "in/broken.pdf", "%PDF-1.4 not really")
    done = type_command(tmp_path, "run", "in", "--to", "tag", "--jobs", "1")
    assert done.returncode == 3
    problems = (tmp_path / "outputs/in/problems.csv").read_text("utf-8-sig")
    assert "in/broken.pdf" in problems
    again = type_command(tmp_path, "run", "in", "--to", "tag", "--jobs", "1")
    assert again.returncode == 0, "what was set aside before is not new"


def test_strict_stops_after_ingest(tmp_path: Path) -> None:
    write(tmp_path / "in/good.txt", "关于推进数据共享的通知\n各部门应当打破信息孤岛。\n")
    write(tmp_path / "in/empty.txt", "")
    done = type_command(tmp_path, "run", "in", "--strict", "--jobs", "1")
    assert done.returncode == 3
    assert not (tmp_path / "outputs/in/tables/segments").exists()


def test_one_document_gets_a_report_too(tmp_path: Path) -> None:
    write(tmp_path / "in/one.txt", "关于推进数据共享的通知\n各部门应当打破信息孤岛，实现互联互通。\n2021年3月5日\n")
    done = type_command(tmp_path, "run", "in", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "outputs/in/report.html").stat().st_size > 10_000


def test_a_dry_run_does_nothing(tmp_path: Path) -> None:
    write(tmp_path / "in/one.txt", "关于推进数据共享的通知\n")
    done = type_command(tmp_path, "run", "in", "--dry-run")
    assert done.returncode == 0 and "files new\t1" in done.stdout
    assert not (tmp_path / "outputs").exists()


def test_a_stage_alone_needs_what_comes_before_it(tmp_path: Path) -> None:
    write(tmp_path / "in/one.txt", "关于推进数据共享的通知\n各部门应当打破信息孤岛。\n")
    assert type_command(tmp_path, "run", "in", "--to", "ingest", "--jobs", "1").returncode == 0
    done = type_command(tmp_path, "trends", "outputs/in")
    assert done.returncode == 2 and "run segment first" in done.stderr


def test_a_stage_alone_with_too_little_to_work_on_exits_2(tmp_path: Path) -> None:
    write(tmp_path / "in/one.txt", "关于推进数据共享的通知\n各部门应当打破信息孤岛。\n")
    assert type_command(tmp_path, "run", "in", "--to", "tag", "--jobs", "1").returncode == 0
    done = type_command(tmp_path, "topics", "outputs/in")
    assert done.returncode == 2 and "too little" in done.stderr


def test_a_folder_without_a_run_exits_2(tmp_path: Path) -> None:
    done = type_command(tmp_path, "status", ".")
    assert done.returncode == 2 and "wenmai run SOURCE" in done.stderr


def test_a_busy_folder_exits_4(tmp_path: Path) -> None:
    from pipeline.store import locked

    write(tmp_path / "in/one.txt", "关于推进数据共享的通知\n")
    with locked(tmp_path / "outputs/in"):
        done = type_command(tmp_path, "run", "in")
    assert done.returncode == 4 and "another wenmai" in done.stderr


def test_a_folder_that_cannot_be_made_exits_5(tmp_path: Path) -> None:
    write(tmp_path / "in/one.txt", "关于推进数据共享的通知\n")
    write(tmp_path / "file", "")
    assert type_command(tmp_path, "run", "in", "--out", "file/below").returncode == 5


def test_kwic_finds_a_code_with_its_document_and_place(workplace: Path) -> None:
    done = type_command(workplace, "kwic", "outputs/demo", "standardization", "--limit", "3", "--json")
    lines = json.loads(done.stdout)
    assert len(lines) == 3
    assert all(line["keyword"] and line["source"].startswith("documents/") for line in lines)


def test_sql_answers_over_the_tables_and_explains_mistakes(workplace: Path) -> None:
    done = type_command(workplace, "sql", "outputs/demo", "SELECT count(*) AS n FROM documents", "--json")
    assert json.loads(done.stdout)[0]["n"] >= 60
    wrong = type_command(workplace, "sql", "outputs/demo", "SELECT nothing FROM nowhere")
    assert wrong.returncode == 2 and "nowhere" in wrong.stderr


def test_status_counts_add_up(workplace: Path) -> None:
    shown = json.loads(type_command(workplace, "status", "outputs/demo", "--json").stdout)
    assert {row["state"] for row in shown["stages"]} == {"done"}
    rows = {row["table"]: row["rows"] for row in shown["tables"]}
    assert sum(row["inputs"] for row in shown["inputs"]) == rows["inputs"]
    assert all(row["doubtful"] <= row["found"] <= row["of"] for row in shown["metadata"])
    assert {"written", "published", "addressees", "journal"} <= {row["field"] for row in shown["metadata"]}


@pytest.mark.parametrize("variable", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1"}])
def test_the_result_does_not_depend_on_the_environment_or_on_jobs(
    workplace: Path, tmp_path: Path, variable: dict[str, str]
) -> None:
    (tmp_path / "corpora").symlink_to(HOME / "corpora")
    done = type_command(tmp_path, "demo", "--jobs", "1", **variable)
    assert done.returncode == 0, done.stderr
    kept = [
        path
        for path in (workplace / "outputs/demo").rglob("*")
        if path.suffix in (".parquet", ".html", ".xlsx", ".svg", ".png", ".csv")
        and path.parent.name != "history"  # it has a date
    ]
    assert len(kept) > 20
    for path in kept:
        assert (tmp_path / path.relative_to(workplace)).read_bytes() == path.read_bytes(), path.name


@pytest.mark.skipif(os.name == "nt", reason="signals are otherwise there")
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_run_that_is_ended_takes_its_workers_and_parsers_along(tmp_path: Path, number: signal.Signals, jobs: str) -> None:
    # the parser says that it has begun, and is then busy for ever
    write(
        tmp_path / "sitecustomize.py",
        "import os, pathlib\ntry:\n import pipeline.ingest.readers as r\nexcept ImportError: r = None\n"
        f"def read(data, *rest):\n pathlib.Path({str(tmp_path)!r}, f'{{os.getpid()}}.busy').touch()\n while True: pass\n"
        "if r: r.DOCUMENTS['txt'] = read\n",
    )
    for name in "ab":
        write(tmp_path / f"in/{name}.txt", f"{name}推进数据共享。" * 200_000)
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, str(HOME / "cli.py"), "run", "in", "--to", "ingest", "--jobs", jobs]
    with subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path}
    ) as running:
        assert _becomes_true(lambda: len(list(tmp_path.glob("*.busy"))) == int(jobs))
        running.send_signal(number)
        said = running.communicate()[1]
    assert _becomes_true(lambda: not any(_is_running(int(path.stem)) for path in tmp_path.glob("*.busy")))
    if number != signal.SIGKILL:
        assert running.returncode == 130 and said == "interrupted; the same line again goes on where it stopped\n"


def _becomes_true(holds: Callable[[], bool]) -> bool:
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.1)
    return False


def _is_running(process: int) -> bool:
    """Whether a process is there and no zombie that nobody has waited for."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def test_damaged_tables_and_run_json_are_made_anew(tmp_path: Path) -> None:
    write(tmp_path / "in/one.txt", "关于推进数据共享的通知\n各部门应当打破信息孤岛，实现互联互通。\n2021年3月5日\n")
    line = ["run", "in", "--to", "tag", "--jobs", "1"]
    assert type_command(tmp_path, *line).returncode == 0
    out = tmp_path / "outputs/in"
    for table in ("documents", "segments", "tags"):
        (out / f"tables/{table}/part-all.parquet").write_bytes(b"PAR1")
    done = type_command(tmp_path, "kwic", "outputs/in", "数据")
    assert done.returncode == 2 and "is damaged" in done.stderr
    assert type_command(tmp_path, "status", "outputs/in").returncode == 2
    assert type_command(tmp_path, *line).returncode == 0
    (out / "run.json").write_text("[]")
    assert type_command(tmp_path, "status", "outputs/in").returncode == 2
    assert type_command(tmp_path, *line).returncode == 0
    assert type_command(tmp_path, "status", "outputs/in").returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="names elsewhere are Unicode")
def test_a_source_folder_whose_name_is_no_utf8_gets_a_report(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/in\xff"))
    write(folder / "one.txt", "关于推进数据共享的通知\n各部门应当打破信息孤岛，实现互联互通。\n2021年3月5日\n")
    done = type_command(tmp_path, "run", folder.name, "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "outputs" / "in\\xff" / "report.html").is_file()
    assert type_command(tmp_path, "run", folder.name, "--out", f"{folder.name} too").returncode == 5


def test_a_refit_keeps_the_topics_that_come_again(tmp_path: Path) -> None:
    demo = str(HOME / "corpora/demo/documents")
    assert type_command(tmp_path, "run", demo, "--to", "tag", "--out", "out").returncode == 0
    first = type_command(tmp_path, "topics", "out", "--k", "6")
    again = type_command(tmp_path, "topics", "out", "--refit")
    assert first.returncode == again.returncode == 0, first.stderr + again.stderr
    kept = type_command(tmp_path, "sql", "out", "select status, count(*) as n from topic_summary group by status", "--json")
    assert json.loads(kept.stdout) == [{"status": "kept", "n": 6}]

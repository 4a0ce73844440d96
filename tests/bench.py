"""How fast and how large, on real documents: `make bench` prints the tables of docs/benchmarks.md.

Needs the corpora and the everyday script beside the project (../shared). Seconds depend on the machine; the ratio at the end is of runs
that took turns on the same input.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bench_duplicates
import bench_pdf

HOME = Path(__file__).resolve().parents[1]
SHARED = HOME.parent / "shared"
SETS = [
    "seed-paper", "policy-xlsx-smart-digital", "work-reports-national", "work-reports-provinces-2026", "policy-txt-fabao",
    "policy-html-govcn", "laws-md", "papers-pdf", "reports-pdf", "nasty-formats",
]  # fmt: skip


def timed(command: list[str], log: Path) -> tuple[float, int, int]:
    """Wall seconds, peak memory of the largest process in MB, and exit code of a command."""
    started = time.perf_counter()
    with log.open("wb") as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
    return time.perf_counter() - started, usage.ru_maxrss // 1024, os.waitstatus_to_exitcode(status)


def wenmai(sources: list[Path], out: Path) -> tuple[float, int, int]:
    """One fresh run."""
    shutil.rmtree(out, ignore_errors=True)
    return timed([sys.executable, str(HOME / "cli.py"), "run", *map(str, sources), "--out", str(out)], out.with_suffix(".log"))


def sets_table(work: Path) -> None:
    """Every set alone, then all at once."""
    print("| set | inputs | documents | set aside | sentences | seconds | peak MB of the largest process | exit |")
    print("|---|---|---|---|---|---|---|---|")
    for name, folders in [*((name, [name]) for name in SETS), ("all of them", SETS)]:
        out = work / name.replace(" ", "-")
        seconds, peak, code = wenmai([SHARED / "corpora" / folder for folder in folders], out)
        state = json.loads((out / "run.json").read_text("utf-8"))["stages"]
        ingest, segments = state["ingest"], state.get("segment", {}).get("segments", 0)
        cells = [name, ingest["inputs"], ingest["documents"], ingest["set_aside"], segments, f"{seconds:.1f}", peak, code]
        print("|", " | ".join(map(str, cells)), "|", flush=True)


def beside_the_script(work: Path, rounds: int = 3) -> None:
    """wenmai and the everyday script in turns on the same documents."""
    sources = work / "same"
    sources.mkdir()
    for name in ("policy-xlsx-smart-digital", "work-reports-national"):
        shutil.copytree(SHARED / "corpora" / name, sources / name)
    script = [sys.executable, str(SHARED / "peers" / "scholar_script.py")]
    rows = []
    for number in range(rounds):
        ours = wenmai([sources / name for name in ("policy-xlsx-smart-digital", "work-reports-national")], work / "ours")
        seconds, peak, code = timed([*script, str(sources), str(work / "theirs")], work / "theirs.log")
        assert code == 0, (work / "theirs.log").read_text("utf-8")
        rows.append(ours[0] / seconds)
        print(f"round {number + 1}: wenmai {ours[0]:.1f} s {ours[1]} MB, script {seconds:.1f} s {peak} MB", flush=True)
    ratio = statistics.median(rows)
    print(f"\nwenmai / script, wall time, median of {rounds} pairs: {ratio:.2f}")


def main() -> None:
    """Print all tables."""
    if not SHARED.is_dir():
        sys.exit("the real corpora (../shared) are not beside the project: nothing to measure")
    with tempfile.TemporaryDirectory() as folder:
        sets_table(Path(folder))
        beside_the_script(Path(folder))
    print()
    bench_pdf.main([])
    print()
    bench_duplicates.main([])


if __name__ == "__main__":
    main()

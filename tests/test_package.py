"""The wheel, installed where nothing else is, runs the demo from another folder."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import HOME

pytestmark = pytest.mark.long


def test_the_wheel_runs_the_demo_in_an_empty_environment(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(HOME)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {"pipeline", "lexicons", "corpora", "cli.py"} <= tops and "tests" not in tops
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--require-hashes", "-r", str(HOME / "requirements.lock")], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    elsewhere = tmp_path / "另一个 文件夹"
    elsewhere.mkdir()
    done = subprocess.run(
        [str(python.with_name("wenmai")), "demo"], cwd=elsewhere, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert (elsewhere / "outputs/demo/report.html").is_file()

"""What several test files share: one run of the shipped corpus, made by the command as typed."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]
Shell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the demo corpus in it, where commands are typed as in the README, and a finished demo run."""
    folder = tmp_path_factory.mktemp("workplace")
    (folder / "corpora").symlink_to(HOME / "corpora")
    done = type_command(folder, "demo")
    assert done.returncode == 0, done.stderr
    yield folder


@pytest.fixture(scope="session")
def demo_run(workplace: Path) -> Path:
    """The run folder of the demo."""
    return workplace / "outputs" / "demo"


def type_command(folder: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `wenmai …` in a folder, as a person would."""
    command = [sys.executable, str(HOME / "cli.py"), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", env=os.environ | environment)

"""Which module may import which: cli → coding, exchange → stages → one stage → engine → store → codebook, config → records."""

import ast
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]
STAGES = ("ingest", "segment", "tag", "topics", "cooccur", "trends", "report")
RANK = (
    {
        "errors": 0,
        "records": 0,
        "config": 1,
        "stats": 2,
        "codebook": 2,
        "folding": 2,
        "periods": 2,
        "store": 3,
        "units": 4,
        "engine": 4,
    }
    | dict.fromkeys(STAGES, 5)
    | {"stages": 6, "doctor": 6, "coding": 7, "exchange": 7, "review": 8, "cli": 9}
)
MODULES = sorted([HOME / "cli.py", *(HOME / "pipeline").rglob("*.py")])


def unit_of(name: str) -> str | None:
    """The layer a dotted module name belongs to; none for outside packages and the package itself."""
    if name == "cli":
        return "cli"
    parts = name.split(".")
    return parts[1] if parts[0] == "pipeline" and len(parts) > 1 else None


def imported(path: Path) -> set[str]:
    """Units a file imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names if node.module == "pipeline")}
    return {unit for name in found if (unit := unit_of(name)) in RANK}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOME)))
def test_imports_point_downwards(path: Path) -> None:
    own = unit_of(".".join(path.relative_to(HOME).with_suffix("").parts))
    if own is None or own == "__init__":  # the package itself offers run and open_run
        return
    assert own in RANK, f"give {own} a place in the layers"
    for unit in imported(path) - {own}:
        assert RANK[unit] < RANK[own] or (own, unit) == ("codebook", "stats"), f"{own} imports {unit}"


def test_only_the_engine_names_dask() -> None:
    named = [path.name for path in MODULES if {"distributed", "dask"} & _outside(path)]
    assert named == ["engine.py"]


def test_records_and_errors_import_nothing_of_ours() -> None:
    assert imported(HOME / "pipeline/records.py") == imported(HOME / "pipeline/errors.py") == set()


def test_the_top_level_is_the_one_designed() -> None:
    usual = {
        "README.md",
        "README.zh-CN.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "requirements.lock",
        "docs",
    }
    designed = {"pipeline", "corpora", "lexicons", "outputs", "tests", "cli.py", "pyproject.toml"}
    shown = {
        path.name for path in HOME.iterdir() if not path.name.startswith((".", "__")) and not path.name.endswith(".egg-info")
    }
    assert shown - {"build", "dist", "uv.lock"} == designed | usual


def test_lexicons_and_corpora_hold_no_python() -> None:
    assert not [path for folder in ("lexicons", "corpora") for path in (HOME / folder).rglob("*.py")]


def test_help_needs_no_heavy_import() -> None:
    import subprocess

    code = "import sys, cli; print(*sorted(m.split('.')[0] for m in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=HOME, capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "pyarrow", "spacy", "sklearn", "gensim", "matplotlib", "scipy", "pandas", "lxml"} & set(loaded)


def _outside(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found

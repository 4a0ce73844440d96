"""Spreading work."""

import os
from pathlib import Path

import pytest
from small_runs import Text, bytes_of, make_run, run_stage

from pipeline import cooccur
from pipeline.config import EngineSettings
from pipeline.engine import workers
from pipeline.errors import SettingsError


def square(number: int) -> int:
    return number * number


def process(number: int) -> int:
    return os.getpid()


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_parts(jobs: int) -> None:
    with workers(EngineSettings(jobs=jobs)) as spread:
        assert list(spread(square, list(range(20)), stage="tag")) == [number**2 for number in range(20)]


def test_one_job_or_one_part_stays_in_this_process() -> None:
    with workers(EngineSettings(jobs=1)) as spread:
        assert set(spread(process, [1, 2, 3], stage="tag")) == {os.getpid()}
    with workers(EngineSettings(jobs=2)) as spread:
        assert list(spread(process, [1], stage="tag")) == [os.getpid()]


def test_progress_counts_to_the_end() -> None:
    seen: list[tuple[str, int, int]] = []
    with workers(EngineSettings(jobs=1), lambda *step: seen.append(step)) as spread:
        list(spread(square, [1, 2], stage="tag"))
    assert seen == [("tag", 0, 2), ("tag", 1, 2), ("tag", 2, 2)]


def test_dask_and_one_core_agree(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra [dask] is not installed")
    texts = [Text([["数据|共享|推进", "接口|规范|统一"], ["数据|标准"]]) for _ in range(20)]
    stored = []
    for kind in ("local", "dask"):
        run = make_run(tmp_path / kind, texts, **{"engine.kind": kind, "engine.jobs": 1 if kind == "local" else 2})
        run_stage(cooccur.run, run)
        stored.append(bytes_of(run.folder, "nodes", "links"))
    assert stored[0] == stored[1] and len(stored[0]) == 2


def test_a_scheduler_that_anyone_could_reach_is_refused() -> None:
    pytest.importorskip("distributed", reason="the extra [dask] is not installed")
    settings = EngineSettings(kind="dask", scheduler="tcp://10.0.0.5:8786")
    with workers(settings) as spread, pytest.raises(SettingsError, match="tls://"):
        list(spread(square, [1, 2], stage="tag"))

"""Spread work over parts: in this process, on all cores, or on a Dask cluster. Results come back in the order of the parts."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import wait
from typing import Any, Protocol
from urllib.parse import urlparse

from pipeline.config import EngineSettings
from pipeline.errors import SettingsError

Progress = Callable[[str, int, int], None]  # stage, parts done, parts in all


class Spread(Protocol):
    """Calls `work(part)` for every part; `work` is a function of an importable module, parts and results can be pickled."""

    def __call__(self, work: Callable[[Any], Any], parts: Sequence[Any], *, stage: str) -> Iterator[Any]: ...


def quiet(stage: str, done: int, total: int) -> None:
    """A progress callback that shows nothing."""


@contextmanager
def workers(settings: EngineSettings, progress: Progress = quiet) -> Iterator[Spread]:
    """Worker processes for as long as the block lasts, started when a stage first has more than one part to do.

    Raises SettingsError: a Dask scheduler is named that cannot be reached safely, or the extra is not installed.
    """
    with ExitStack() as stack:
        started: list[Callable[..., Any]] = []

        def spread(work: Callable[[Any], Any], parts: Sequence[Any], *, stage: str) -> Iterator[Any]:
            jobs = settings.jobs or os.cpu_count() or 1
            here = settings.kind == "local" and (jobs == 1 or len(parts) < 2)
            if not here and not started:
                started.append(stack.enter_context(_dask(settings) if settings.kind == "dask" else _processes(jobs)))
            progress(stage, 0, len(parts))
            results = map(work, parts) if here else started[0](work, parts)
            for done, result in enumerate(results, start=1):
                progress(stage, done, len(parts))
                yield result

        yield spread


@contextmanager
def _processes(jobs: int) -> Iterator[Callable[..., Any]]:
    # spawn everywhere: fork copies locks and threads of libraries, and Windows and macOS do not have it
    context = multiprocessing.get_context("spawn")
    with _silent_threads(), ProcessPoolExecutor(jobs, context, initializer=_begin) as pool:
        try:
            yield pool.map
        except BrokenProcessPool:
            raise RuntimeError(
                "a worker process was killed, most often for want of memory; run again, with --jobs 1 if it recurs"
            ) from None
        except BaseException:
            # files are written whole or not at all: nobody need wait for what is being computed
            threading.excepthook = _say_nothing
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise


@contextmanager
def _silent_threads() -> Iterator[None]:
    """Threads that fail are reported again after the block, in which that may have been turned off."""
    before = threading.excepthook
    try:
        yield
    finally:
        threading.excepthook = before


def _say_nothing(failure: threading.ExceptHookArgs) -> None:
    """When workers are ended, the pool's own thread finds futures that were cancelled: InvalidStateError, and no fault."""


def _begin() -> None:
    """A worker leaves interrupts and hang-ups to its parent, and ends when that one is gone."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _dask(settings: EngineSettings) -> Iterator[Callable[..., Any]]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise SettingsError("engine 'dask' needs an extra: pip install 'wenmai[dask]', or use --engine local") from None
    address = settings.scheduler
    if address and not address.startswith("tls://") and urlparse(address).hostname not in ("127.0.0.1", "::1", "localhost"):
        raise SettingsError(f"scheduler {address}: whoever reaches it can run code; use a tls:// address")
    with ExitStack() as stack:
        if address is None:
            jobs = settings.jobs or os.cpu_count() or 1
            # the dashboard would listen on every interface
            address = stack.enter_context(LocalCluster(jobs, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"))
        client = stack.enter_context(Client(address))

        def spread(work: Callable[[Any], Any], parts: Sequence[Any]) -> Iterator[Any]:
            yield from (future.result() for future in client.map(work, parts, pure=False))

        yield spread

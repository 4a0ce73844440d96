"""The worker's side of its parser process: files go out, what comes of them comes back, whatever happens in between."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.config import HOME, IngestSettings
from pipeline.ingest.scan import File
from pipeline.records import Document, Input, Override, built

Result = tuple[Input, Document | Override | None]

_TIME_UP = -getattr(signal, "SIGXCPU", 1 << 16)
_PATIENCE = 3  # a process that waits for the disk uses no CPU: it is killed after so many times its CPU seconds
_WHOLE = 20  # times its seconds_per_file is what all rows and members of a file may take together
_KILL = -getattr(signal, "SIGKILL", 1 << 16)
_KILLED = "its reader was killed twice, most often for want of memory; run again with fewer --jobs, or split it"
_MOST_DEATHS = 10  # a file that has ended so many processes is not opened again
_running: list["_Process"] = []  # the one parser process of this worker
_lock = threading.Lock()  # a Dask worker may run tasks in threads


@dataclass
class _Progress:
    """How far a file has been read, by one parser process after the other."""

    begun: int = 0  # rows or members
    at: Input | None = None  # the one begun last and not answered
    seconds: float = 0  # of CPU
    seen: set[str] = field(default_factory=set)  # sources answered
    killed: set[str] = field(default_factory=set)  # sources at which a process was killed from outside


def read_file(file: File, settings: IngestSettings) -> Iterator[Result]:
    """Everything that comes of a file, read by the parser process: its rows or members, and itself, as they come.

    A process that crashes or takes too long is replaced; the row or member it was at is set aside, the others are read.
    """
    if file.reason:
        yield Input(file.source, "", file.size, "unsupported", file.reason, None), None
        return
    with _lock:
        try:
            yield from _read(file, settings)
        except BaseException:
            # what it still answers must not be taken for answers about the next file
            for process in _running:
                process.popen.kill()
                process.end(settings)
            _running.clear()
            raise


def _read(file: File, settings: IngestSettings) -> Iterator[Result]:
    done = _Progress()
    for _ in range(_MOST_DEATHS):
        yield from _read_on(file, settings, done)
        if file.source in done.seen:
            return
        status, reason = _running.pop().end(settings)
        here = done.at or Input(file.source, "", file.size, status, reason, None)
        if reason == _KILLED and here.source not in done.killed:
            done.killed.add(here.source)
            done.begun -= 1 if done.at else 0
            continue
        done.seen.add(here.source)
        yield replace(here, status=status, reason=reason), None
        if file.source in done.seen:
            return
    yield Input(file.source, "", file.size, "crashed", "ends its reader again and again; split it", None), None


def _read_on(file: File, settings: IngestSettings, done: _Progress) -> Iterator[Result]:
    """What comes of a file until it or the process ends; `done` says how far it is."""
    before, done.at = done.seconds, None
    for answer in _process().ask(file, settings, done.begun, _WHOLE * settings.seconds_per_file - before):
        done.seconds = before + answer["spent"]
        if "begin" in answer:
            done.at = Input(**answer["begin"])
            done.begun += 1
        elif "input" in answer:
            done.at = None
            result = _result(answer)
            if result[0].source not in done.seen:
                done.seen.add(result[0].source)
                yield result


@dataclass
class _Process:
    """A running parser process."""

    popen: "subprocess.Popen[bytes]"
    late: bool = False  # killed by the clock on the wall

    def ask(self, file: File, settings: IngestSettings, skip: int, seconds: float) -> Iterator[dict[str, Any]]:
        """The answers about a file, until the last one or until the process ends."""
        assert self.popen.stdin
        request: dict[str, Any] = {
            "path": file.path,
            "source": file.source,
            "settings": settings.model_dump(mode="json"),
            "skip": skip,
        }
        request["seconds"] = seconds
        with suppress(OSError):  # a process that has ended gives no answer either
            self.popen.stdin.write(json.dumps(request).encode() + b"\n")
            self.popen.stdin.flush()
        while (line := self._line(settings)).endswith(b"\n"):
            answer = json.loads(line)
            if "slow" in answer:
                continue
            yield answer
            if "end" in answer:
                return

    def _line(self, settings: IngestSettings) -> bytes:
        assert self.popen.stdout
        clock = threading.Timer(_PATIENCE * max(settings.seconds_per_file, settings.seconds_per_ocr_page) + 60, self._kill)
        clock.start()
        try:
            return self.popen.stdout.readline()
        finally:
            clock.cancel()

    def _kill(self) -> None:
        self.late = True
        self.popen.kill()

    def end(self, settings: IngestSettings) -> tuple[str, str]:
        """End the process; status and reason for what it was reading."""
        with suppress(subprocess.TimeoutExpired):
            self.popen.wait(5)
        self.popen.kill()
        with self.popen:  # closes the pipes and waits
            pass
        if self.late or self.popen.returncode == _TIME_UP:
            seconds = f"{settings.seconds_per_file:g} s, or {settings.seconds_per_page:g} s a page"
            return "timeout", f"takes longer than {seconds}; raise ingest.seconds_per_file or seconds_per_page, or split it"
        if self.popen.returncode == _KILL:
            return "crashed", _KILLED
        limit = f"memory is limited to {settings.memory_mb} MB"
        return "crashed", f"has ended its reader (exit {self.popen.returncode}; {limit}); save it in another format"


def _process() -> _Process:
    if not _running or _running[0].popen.poll() is not None:
        # -P: a folder of documents may hold a file lxml.py
        command = [sys.executable, "-P", "-m", "pipeline.ingest.child"]
        paths = [str(HOME), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        pipe = subprocess.PIPE
        _running[:] = [_Process(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment))]
    return _running[0]


def _result(answer: dict[str, Any]) -> Result:
    kind = {"document": Document, "override": Override}
    made = next((built(answer[name], row_type) for name, row_type in kind.items() if answer.get(name)), None)
    return Input(**answer["input"]), made

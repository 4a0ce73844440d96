"""The worker's side of its parser process: files go out, what comes of them comes back, whatever happens in between."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from pipeline.config import HOME, IngestSettings
from pipeline.ingest.scan import File
from pipeline.records import Block, Document, Input

Result = tuple[Input, Document | None]

_TIME_UP = -getattr(signal, "SIGXCPU", 1 << 16)
_PATIENCE = 3  # a process that waits for the disk uses no CPU: it is killed after so many times its CPU seconds
_MOST_DEATHS = 10  # a file that has ended so many processes is not opened again
_running: list["_Process"] = []  # the one parser process of this worker
_lock = threading.Lock()  # a Dask worker may run tasks in threads


def read_file(file: File, settings: IngestSettings) -> list[Result]:
    """Everything that comes of a file, read by the parser process: its rows or members, and itself.

    A process that crashes or takes too long is replaced; the row or member it was at is set aside, the others are read.
    """
    found: dict[str, Result] = {}
    begun = 0
    with _lock:
        for _ in range(_MOST_DEATHS):
            at, begun, ended = _read_on(file, settings, begun, found)
            if ended:
                return list(found.values())
            status, reason = _running.pop().end(settings)
            here = at or Input(file.source, "", file.size, status, reason, None)
            found[here.source] = replace(here, status=status, reason=reason), None
            if file.source in found:
                return list(found.values())
    found[file.source] = Input(file.source, "", file.size, "crashed", "ends its reader again and again; split it", None), None
    return list(found.values())


def _read_on(file: File, settings: IngestSettings, begun: int, found: dict[str, Result]) -> tuple[Input | None, int, bool]:
    """Collect answers until the file or the process ends.

    Args:
        begun: how many rows or members earlier processes have begun.
    Returns: the row or member begun last and not answered, how many were begun in all, and whether the file is done.
    """
    at: Input | None = None
    for answer in _process().ask(file, settings, begun):
        if "end" in answer:
            return None, begun, True
        if "begin" in answer:
            at = Input(**answer["begin"])
            begun += 1
        else:
            result = _result(answer)
            found.setdefault(result[0].source, result)
            at = None
    return at, begun, False


@dataclass
class _Process:
    """A running parser process."""

    popen: "subprocess.Popen[bytes]"
    late: bool = False  # killed by the clock on the wall

    def ask(self, file: File, settings: IngestSettings, skip: int) -> Iterator[dict[str, Any]]:
        """The answers about a file, until the last one or until the process ends."""
        assert self.popen.stdin
        request = {"path": file.path, "source": file.source, "settings": settings.model_dump(mode="json"), "skip": skip}
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
    document = answer["document"]
    if document:
        document["blocks"] = [Block(**block) for block in document["blocks"]]
    return Input(**answer["input"]), Document(**document) if document else None

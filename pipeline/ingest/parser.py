"""The worker's side of its parser process: files go out, what comes of them comes back, whatever happens in between."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

from pipeline.config import HOME, IngestSettings
from pipeline.ingest.scan import File
from pipeline.records import Block, Document, Input

Result = tuple[Input, Document | None]

_TIME_UP = -getattr(signal, "SIGXCPU", 1 << 16)
_PATIENCE = 3.0  # a process that waits for the disk uses no CPU: so many times its CPU seconds pass before it is killed
_TRIES = 10  # a file that ends so many processes is not opened again
_running: list["_Process"] = []  # the one parser process of this worker
_lock = threading.Lock()  # a Dask worker may run tasks in threads


def read_file(file: File, settings: IngestSettings) -> list[Result]:
    """Everything that comes of a file, read by the parser process: its rows or members, and itself.

    A process that crashes or takes too long is replaced; the row or member it was at is set aside, the others are read.
    """
    with _lock:
        found: dict[str, Result] = {}
        begun = 0
        for _ in range(_TRIES):
            here = None
            process = _process()
            for answer in process.ask(file, settings, begun):
                if "end" in answer:
                    return list(found.values())
                if "begin" in answer:
                    here = Input(**answer["begin"])
                    begun += 1
                else:
                    result = _result(answer)
                    found.setdefault(result[0].source, result)
                    here = None
            status, reason = process.cause_of_death(settings)
            _running.clear()
            if here is not None:
                found[here.source] = Input(here.source, here.bytes_hash, here.size, status, reason, None), None
            if here is None or here.source == file.source:
                break
        if file.source not in found:
            found[file.source] = Input(file.source, "", file.size, status, reason, None), None
        return list(found.values())


class _Process:
    """A running parser process."""

    def __init__(self) -> None:
        # -P: a folder of documents may hold a file lxml.py
        command = [sys.executable, "-P", "-m", "pipeline.ingest.child"]
        paths = [str(HOME), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self.popen = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self.was_late = False

    def ask(self, file: File, settings: IngestSettings, skip: int) -> Iterator[dict[str, Any]]:
        """The answers about a file, until the last one or until the process ends."""
        request = {"path": file.path, "source": file.source, "settings": settings.model_dump(mode="json"), "skip": skip}
        assert self.popen.stdin and self.popen.stdout
        try:
            self.popen.stdin.write(json.dumps(request).encode() + b"\n")
            self.popen.stdin.flush()
        except OSError:
            return
        while line := self._line(settings):
            if not line.endswith(b"\n"):  # it died while it wrote
                return
            answer = json.loads(line)
            yield answer
            if "end" in answer:
                return

    def _line(self, settings: IngestSettings) -> bytes:
        assert self.popen.stdout
        clock = threading.Timer(_PATIENCE * settings.seconds_per_file + 60, self._too_late)
        clock.start()
        try:
            return self.popen.stdout.readline()
        finally:
            clock.cancel()

    def _too_late(self) -> None:
        self.was_late = True
        self.popen.kill()

    def cause_of_death(self, settings: IngestSettings) -> tuple[str, str]:
        """Status and reason for what a process that has ended was reading."""
        code = self.end()
        if self.was_late or code == _TIME_UP:
            seconds = f"{settings.seconds_per_file:g} s, or {settings.seconds_per_page:g} s a page"
            return "timeout", f"takes longer than {seconds}; raise ingest.seconds_per_file or seconds_per_page, or split it"
        return "crashed", f"ended its reader (exit {code}; memory is limited to {settings.memory_mb} MB); save it in another format"

    def end(self) -> int:
        """End the process and give its exit code."""
        assert self.popen.stdin and self.popen.stdout
        try:
            self.popen.stdin.close()
        except OSError:
            pass
        try:
            return self.popen.wait(5)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            return self.popen.wait()
        finally:
            self.popen.stdout.close()


def _process() -> _Process:
    if not _running or _running[0].popen.poll() is not None:
        _running[:] = [_Process()]
    return _running[0]


def _result(answer: dict[str, Any]) -> Result:
    document = answer["document"]
    if document:
        document["blocks"] = [Block(**block) for block in document["blocks"]]
    return Input(**answer["input"]), Document(**document) if document else None

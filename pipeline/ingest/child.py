"""The parser process: asked for files on standard input, it answers line by line in JSON. It may be killed at any time.

A request is {"path", "source", "settings", "skip", "seconds"}: `skip` is the number of rows or members that an earlier process
has answered, `seconds` of CPU are left for the whole file. Answers are {"begin": input} before each document is read,
{"input": input} with the "document" or "override" it gave after it, and {"end": true} after the last one, each with the seconds "spent".
"""

import json
import os
import signal
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.config import IngestSettings
from pipeline.ingest.readers.ocr import is_installed
from pipeline.records import Input

try:
    import resource
except ImportError:  # Windows: only the clock on the wall guards there
    resource = None  # type: ignore[assignment]

_OCR_MEMORY = 1536 << 20  # bytes: it takes 1.0 GB beside what a parser process has, 1.3 GB on the widest pages


def main() -> None:
    """Answer requests until standard input ends."""
    _end_with(os.getppid())
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not get between the answers
    for line in sys.stdin.buffer:
        _answer(json.loads(line), answers)


def _end_with(parent: int) -> None:
    """End this process when its parent does, also in the middle of a file and by whatever the parent ends."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _answer(request: dict[str, Any], answers: BinaryIO) -> None:
    from pipeline.ingest.parse import Total, parse

    settings = IngestSettings.model_validate(request["settings"])
    limits = _Limits(settings)

    total = Total(request["seconds"])

    def tick(seconds: float = 0) -> bool:
        if seconds:
            _say(answers, total.spent(), slow=seconds)  # the clock on the wall begins anew
        return limits.tick(seconds)

    waiting = request["skip"]

    def begin(here: Input) -> bool:
        nonlocal waiting
        limits.renew()
        waiting -= 1
        if waiting < 0:
            _say(answers, total.spent(), begin=asdict(here))
        return waiting < 0

    limits.renew()
    for here, made in parse(Path(request["path"]), request["source"], settings, begin, tick, total):
        limits.renew()  # the next member is unpacked on its own time
        _say(answers, total.spent(), input=asdict(here), **({type(made).__name__.lower(): asdict(made)} if made else {}))
    _say(answers, total.spent(), end=True)


def _say(answers: BinaryIO, spent: float, **answer: Any) -> None:
    answers.write(json.dumps(answer | {"spent": spent}, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    answers.flush()


class _Limits:
    """CPU time a file and a page may take, and memory; beyond them the system ends this process."""

    def __init__(self, settings: IngestSettings) -> None:
        self.settings = settings
        self.file_ends = 0.0
        if resource:
            memory = settings.memory_mb << 20
            self.most = memory + (_OCR_MEMORY if is_installed() else 0)
            resource.setrlimit(resource.RLIMIT_AS, (memory, self.most))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def renew(self) -> None:
        """The time of another file, row or member begins."""
        self.file_ends = time.process_time() + self.settings.seconds_per_file
        _allow(self.settings.seconds_per_file)

    def tick(self, seconds: float = 0) -> bool:
        """The time of another page begins; false when that of the file is used up.

        Args:
            seconds: what OCR of the page may take; it does not count for the file, and OCR may take its memory.
        """
        if seconds and resource:
            resource.setrlimit(resource.RLIMIT_AS, (self.most, self.most))
        self.file_ends += seconds
        _allow(self.settings.seconds_per_page + seconds)
        return time.process_time() < self.file_ends


def _allow(seconds: float) -> None:
    """Let this process have so many more seconds of CPU; the system counts whole ones."""
    if resource:
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + seconds) + 1, hard))


if __name__ == "__main__":
    main()

"""Old and foreign word processors (doc, wps, rtf, odt): LibreOffice makes a docx of them; antiword or catdoc reads a doc without it.

Each file has a folder of its own with a profile of its own, so that nothing is left behind and a program that runs for a person
is not disturbed.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from pipeline.config import IngestSettings
from pipeline.ingest.clean import clean, one_line
from pipeline.ingest.parsed import Parsed, Piece, SetAside
from pipeline.ingest.readers import docx

try:
    import resource
except ImportError:  # Windows: only the clock guards there
    resource = None  # type: ignore[assignment]

INSTALL = "install LibreOffice (apt-get install libreoffice-writer-nogui) and read it again, or save it as docx or PDF"
OFFICE = ("soffice", "libreoffice")
SMALL = {
    "antiword": ("antiword", "-m", "UTF-8.txt", "-w", "0"),
    "catdoc": ("catdoc", "-d", "utf-8", "-w"),
}
_LEAST_MB = 1024  # LibreOffice does not start with less; 700 were enough for short letters
_GRACE = 10  # seconds to start in; with twice its CPU seconds less than the parser process has
_LARGEST = 512 << 20  # bytes of a file it may write
_TIME_UP = (-getattr(signal, "SIGXCPU", 24), 128 + getattr(signal, "SIGXCPU", 24))
# no macros, no links followed, no update of fields, and a proxy that nobody listens at
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Field" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
</oor:items>
"""


def read(data: bytes, settings: IngestSettings, tick: object = None) -> Parsed:
    """A doc, wps, rtf or odt file, or one in the XML of Word 2003. Raises SetAside: damaged, or there is no program that reads it."""
    suffix, opened_as = _kind(data)
    office = next(filter(None, map(shutil.which, OFFICE)), None)
    with tempfile.TemporaryDirectory(prefix="wenmai-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source = folder / f"input.{suffix}"
        source.write_bytes(data)
        if office:
            found = docx.read(_as_docx(office, source, opened_as, settings), settings)
            return replace(found, format=suffix)
        for program, command in SMALL.items() if suffix == "doc" else ():
            if shutil.which(program) and (pieces := _lines(command, source, settings)):
                reason = f"read by {program}, which may leave out automatic numbers; {INSTALL}"
                return Parsed(suffix, pieces, status="partial", reason=reason)
    raise SetAside("unsupported", f"no program here reads {suffix} files; {INSTALL}")


def _kind(data: bytes) -> tuple[str, str]:
    """The suffix for the bytes of a file, and the name of what LibreOffice must open it as: left to itself it takes noise for text."""
    if data.lstrip().startswith(b"{\\rtf"):
        return "rtf", "Rich Text Format"
    if data.startswith(b"PK"):
        return "odt", "writer8"
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "xml", "MS Word 2007 XML" if b"pkg:package" in data[:2000] else "MS Word 2003 XML"
    old = any(data.startswith(b"\xdc\xa5", at) for at in range(512, len(data), 512))
    return "doc", "MS WinWord 6" if old else "MS Word 97"


def _as_docx(office: str, source: Path, opened_as: str, settings: IngestSettings) -> bytes:
    """A file as the docx that LibreOffice makes of it."""
    folder = source.parent
    (folder / "profile" / "user").mkdir(parents=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
    command = [office, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore", "--nolockcheck"]
    command += [
        "--nodefault",
        f"--infilter={opened_as}",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(folder / "out"),
    ]
    exit_code = _run([*command, str(source)], folder / "said", settings)
    try:
        return (folder / "out" / "input.docx").read_bytes()
    except OSError:
        if exit_code:
            raise SetAside(
                "crashed", f"LibreOffice failed on it (exit {exit_code}); open it in a word processor and save it as docx or PDF"
            ) from None
        raise SetAside("corrupt", "LibreOffice cannot open it; open it in a word processor and save it as docx or PDF") from None


def _lines(command: Sequence[str], source: Path, settings: IngestSettings) -> list[Piece]:
    """The paragraphs and rows of a doc file as a small program prints them; none if it cannot read it."""
    said = source.parent / "said"
    if _run([*command, str(source)], said, settings):
        return []
    lines = clean(said.read_bytes().decode("utf-8", "replace")).replace("[pic]", "").split("\n")
    found = []
    for line in lines:
        if line.startswith("|") and line.rstrip().endswith("|"):
            cells = filter(None, map(one_line, line.split("|")))
            found.append(Piece(" | ".join(cells), "table"))
        else:
            found.append(Piece(one_line(line), after_gap=True))
    return [piece for piece in found if piece.text.strip(" |")]


def _run(command: Sequence[str], said: Path, settings: IngestSettings) -> int:
    """Run a program on a file with limits of its own; what it prints goes into `said`. Returns its exit code.

    Raises SetAside: it takes too long.
    """
    folder = said.parent
    # one locale and a home of its own: the same text whoever runs it
    environment = os.environ | {"HOME": str(folder), "TMPDIR": str(folder), "LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
    with said.open("wb") as out, _guarded(folder) as group:
        program = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, cwd=folder, env=environment,
            process_group=group, preexec_fn=(lambda: _limit(settings)) if resource else None,
        )  # fmt: skip
        try:
            exit_code = program.wait(2 * settings.seconds_per_file + _GRACE)
        except subprocess.TimeoutExpired:
            exit_code = _TIME_UP[0]
        finally:
            _end(program, group)
    if exit_code in _TIME_UP:
        seconds = f"{settings.seconds_per_file:g} s"
        raise SetAside("timeout", f"takes longer than {seconds}; raise ingest.seconds_per_file or seconds_per_page, or split it")
    return exit_code


@contextmanager
def _guarded(folder: Path) -> Iterator[int | None]:
    """A process group for a program, which neither it nor the folder outlives this process: that may be killed at any time.

    Its leader is a shell, there before the program, that waits for the end of a pipe that only this process holds open.
    """
    if not resource:
        yield None
        return
    script = "trap '' TERM; read -r _; kill -TERM 0; rm -rf \"$1\"; kill -KILL 0"
    command, silent = ["/bin/sh", "-c", script, "sh", str(folder)], subprocess.DEVNULL
    guard = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=silent, stderr=silent, process_group=0)
    try:
        yield guard.pid
    finally:
        guard.kill()
        with guard:  # closes the pipe and waits
            pass


def _limit(settings: IngestSettings) -> None:
    """Set the limits of a program that was just started: those of this process were counted for itself."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(settings.seconds_per_file) + 1,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST, _LARGEST))
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    memory = max(settings.memory_mb, _LEAST_MB) << 20
    memory = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _end(program: "subprocess.Popen[bytes]", group: int | None) -> None:
    """End a program with all that it has started."""
    with suppress(OSError):
        if group is None:
            program.kill()
        else:
            os.killpg(group, signal.SIGKILL)
    program.wait()

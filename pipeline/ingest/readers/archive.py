"""Archives: members one by one, never unpacked onto a path, with limits checked before and while they are unpacked.

Zip, tar, gz, bz2 and xz are read by the standard library; 7z and rar by the program bsdtar, which hands them on as a tar.
"""

import bz2
import gzip
import io
import lzma
import os
import shutil
import stat
import struct
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, Any

from pipeline.config import IngestSettings
from pipeline.ingest.parsed import Member, SetAside

MAX_BYTES = 2 << 30  # of all members unpacked
MAX_RATIO = 200
MAX_MEMBERS = 100_000
_FREE = 50 << 20  # bytes: so much may come of few
INSTALL = "bsdtar (apt install libarchive-tools, or tar of Windows and macOS)"
_UNICODE = {"darwin": "en_US.UTF-8"}.get(sys.platform, "C.UTF-8")  # else, as under cron, Chinese names have no letters
_OLD_RAR = b"Rar!\x1a\x07\x00"
_SKIPPED = ("__MACOSX/",)


def members(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """The files of a zip archive in the order of their names. Raises SetAside: damaged, or unpacks to too much."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data), metadata_encoding=_name_encoding(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SetAside("corrupt", f"a damaged archive ({error}); get it again from where it came") from None
    with package:
        infos = sorted(
            (info for info in package.infolist() if not info.is_dir()),
            key=lambda info: (_name(info.filename), info.header_offset),
        )
        size = sum(info.file_size for info in infos)
        if size > _limit(data) or len(infos) > MAX_MEMBERS:
            raise SetAside("too_large", f"unpacks to {len(infos)} files of {size >> 20} MB; unpack it and give the folder")
        for info in infos:
            name = _member_name(info.filename)
            if name:
                yield _doubt(name, settings, info.file_size, stat.S_ISLNK(info.external_attr >> 16)) or _zipped(
                    package, info, name
                )


def packed_members(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """The files of a tar, packed or not, in its order; the one file of a gz, bz2 or xz. Raises SetAside as `members` does."""
    try:
        with _unpacked(data) as whole:
            stream = _Counted(whole, _limit(data))
            start = stream.read(tarfile.BLOCKSIZE)
            if start[257:262] == b"ustar" or _is_old_tar(start):
                yield from _of_tar(_Again(start, stream), settings)
            else:
                name = "!" + _inner_name(data)
                content = start + stream.read((settings.max_file_mb << 20) + 1)
                yield _doubt(name, settings, len(content), False) or Member(name, data=content)
    except (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error, tarfile.TarError) as error:
        raise SetAside("corrupt", f"a damaged archive ({error}); get it again from where it came") from None


def foreign_members(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """The files of a 7z or rar archive. Raises SetAside as `members` does, and when there is no bsdtar."""
    program = bsdtar()
    if not program:
        raise SetAside(
            "unsupported", f"7z and rar need the program {INSTALL}; install it, or unpack the archive and give the folder"
        )
    if _is_locked_rar(data):  # bsdtar would hand on what it cannot decrypt
        raise SetAside("encrypted", "needs a password to open; unpack it and give the folder")
    with tempfile.NamedTemporaryFile(prefix="wenmai-") as file, tempfile.TemporaryFile() as said:
        file.write(data)
        file.flush()
        # names as they are: pax would refuse those in the encoding of Chinese Windows
        command = [program, "-cf", "-", "--format=gnutar", f"@{file.name}"]
        environment = os.environ | {"LC_ALL": _UNICODE}
        ended: int | tarfile.TarError = 0
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=environment) as process:
            try:
                assert process.stdout
                stream = _Counted(process.stdout, _limit(data))
                yield from _of_tar(stream, settings)
                stream.read()  # what fills the last block
                ended = process.wait()
            except tarfile.TarError as error:
                ended = error
            finally:
                process.kill()
        said.seek(0)
        words = said.read(500).decode("utf-8", "replace").strip()
        if "assphrase" in words or "ncrypt" in words:
            raise SetAside("encrypted", "needs a password to open; unpack it and give the folder")
        if words or ended:
            why = words.splitlines()[0] if words else f"bsdtar ended with {ended}"
            raise SetAside("corrupt", f"a damaged archive ({why}); get it again from where it came")


def _is_locked_rar(data: bytes) -> bool:
    """Whether a file of a rar of the old kind, or the list of its files, is encrypted."""
    at = len(_OLD_RAR)
    while data.startswith(_OLD_RAR) and at + 11 <= len(data):
        kind, flags, size, more = struct.unpack_from("<BHHI", data, at + 2)
        if (kind == 0x73 and flags & 0x80) or (kind == 0x74 and flags & 0x04):
            return True
        if size < 7:
            break
        at += size + (more if flags & 0x8000 else 0)
    return False


def bsdtar() -> str | None:
    """The program, which Windows and macOS call tar."""
    for name in ("bsdtar", "tar"):
        path = shutil.which(name)
        if path and (name == "bsdtar" or b"bsdtar" in subprocess.run([path, "--version"], capture_output=True).stdout):
            return path
    return None


def _limit(data: bytes) -> int:
    """Bytes that may come of an archive."""
    return min(MAX_BYTES, max(_FREE, MAX_RATIO * len(data)))


class _Counted:
    """A stream that may give only so many bytes."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self.stream, self.limit, self.given = stream, limit, 0

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes. Raises SetAside when the limit is passed."""
        found = self.stream.read(size if size >= 0 else self.limit + 1)
        self.given += len(found)
        if self.given > self.limit:
            raise SetAside("too_large", f"unpacks to more than {self.limit >> 20} MB; unpack it and give the folder")
        return found


class _Again:
    """A stream whose first bytes have been read."""

    def __init__(self, start: bytes, rest: _Counted) -> None:
        self.start, self.rest = start, rest

    def read(self, size: int) -> bytes:
        """Up to `size` bytes."""
        found, self.start = self.start[:size], self.start[size:]
        return found + self.rest.read(size - len(found))


def _of_tar(stream: Any, settings: IngestSettings) -> Iterator[Member]:
    members = 0
    with tarfile.open(fileobj=stream, mode="r|", encoding="utf-8", errors="surrogateescape") as package:
        for info in package:
            name = _member_name(_readable(info.name)) if not info.isdir() else ""
            if not name:
                continue
            members += 1
            if members > MAX_MEMBERS:
                raise SetAside("too_large", f"holds more than {MAX_MEMBERS} files; unpack it and give the folder")
            doubt = _doubt(name, settings, info.size, not info.isfile())
            file = None if doubt else package.extractfile(info)
            yield doubt or Member(name, data=file.read() if file else b"")


def _readable(name: str) -> str:
    """A name that was no UTF-8 is from Chinese Windows."""
    raw = name.encode("utf-8", "surrogateescape")
    return raw.decode("gb18030", "replace") if any("\udc80" <= letter <= "\udcff" for letter in name) else name


def _is_old_tar(start: bytes) -> bool:
    """Whether a block without the mark of newer ones is the header of a tar: its sum is right."""
    try:
        tarfile.TarInfo.frombuf(start, "utf-8", "surrogateescape")
    except tarfile.TarError:
        return False
    return True


def _unpacked(data: bytes) -> Any:
    file = io.BytesIO(data)
    if data.startswith(b"\x1f\x8b"):
        return gzip.open(file)
    if data.startswith(b"BZh"):
        return bz2.open(file)
    if data.startswith(b"\xfd7zXZ"):
        return lzma.open(file)
    return file


def _inner_name(data: bytes) -> str:
    """The name of the one file in a gz, if it says so."""
    if not data.startswith(b"\x1f\x8b") or len(data) < 12 or not data[3] & 8:
        return "content"
    start = 12 + int.from_bytes(data[10:12], "little") if data[3] & 4 else 10
    raw = data[start : data.find(b"\0", start)][:255]
    return _name(_readable(raw.decode("utf-8", "surrogateescape"))) or "content"


def _member_name(raw: str) -> str:
    """How a member is called after the source; "" for what systems put beside files."""
    name = _name(raw)
    if name.startswith(_SKIPPED) or PurePosixPath(name).name.startswith((".", "~$")):
        return ""
    return f"!{name}"


def _doubt(name: str, settings: IngestSettings, size: int, is_link: bool) -> Member | None:
    """A member that is not read, with the reason."""
    path = PurePosixPath(name[1:])
    if path.is_absolute() or ".." in path.parts or "\x00" in name or name[2:3] == ":":
        return Member(name, status="unsupported", reason="its name leads out of the archive; not read for safety")
    if is_link:
        return Member(name, status="unsupported", reason="a link, not a file; put the file itself into the archive")
    if size > settings.max_file_mb << 20:
        return Member(name, status="too_large", reason="larger than ingest.max_file_mb; raise it to read this file")
    return None


def _zipped(package: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Member:
    if info.flag_bits & 1:
        return Member(name, status="encrypted", reason="needs a password to open; unpack the archive and give the folder")
    try:
        with package.open(info) as file:
            # what it says it unpacks to may be a lie
            content = file.read(info.file_size + 1)
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError, EOFError) as error:
        return Member(name, status="corrupt", reason=f"damaged in the archive ({error}); pack it again")
    except Exception as error:  # zlib and lzma raise errors of their own
        return Member(name, status="corrupt", reason=f"damaged in the archive ({type(error).__name__}); pack it again")
    return Member(name, data=content)


def _name(raw: str) -> str:
    return unicodedata.normalize("NFC", raw.replace("\\", "/"))


def _name_encoding(data: bytes) -> str:
    """Names without the UTF-8 flag are GBK from Chinese Windows, unless they are UTF-8 all the same."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        raw = [info.filename.encode("cp437") for info in package.infolist() if not info.flag_bits & 0x800]
    try:
        for name in raw:
            name.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"

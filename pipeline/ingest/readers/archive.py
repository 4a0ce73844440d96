"""Zip archives: members one by one, never unpacked onto a path, with limits checked before anything is read."""

import io
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from pipeline.config import IngestSettings
from pipeline.ingest.parsed import Member, SetAside

MAX_BYTES = 2 << 30  # of all members unpacked
MAX_RATIO = 200
MAX_MEMBERS = 100_000
_SKIPPED = ("__MACOSX/",)


def members(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """The files of a zip archive in the order of their names. Raises SetAside: damaged, or unpacks to too much."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data), metadata_encoding=_name_encoding(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SetAside("corrupt", f"a damaged archive ({error}); get it again from where it came") from None
    with package:
        infos = sorted(
            (info for info in package.infolist() if not info.is_dir()), key=lambda info: (_name(info), info.header_offset)
        )
        size = sum(info.file_size for info in infos)
        if size > MAX_BYTES or len(infos) > MAX_MEMBERS or (size > 50 << 20 and size > MAX_RATIO * len(data)):
            raise SetAside("too_large", f"unpacks to {len(infos)} files of {size >> 20} MB; unpack it and give the folder")
        for info in infos:
            name = _name(info)
            if name.startswith(_SKIPPED) or PurePosixPath(name).name.startswith((".", "~$")):
                continue
            yield _member(package, info, f"!{name}", settings)


def _member(package: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, settings: IngestSettings) -> Member:
    path = PurePosixPath(name[1:])
    if path.is_absolute() or ".." in path.parts or "\x00" in name or name[2:3] == ":":
        return Member(name, status="unsupported", reason="its name leads out of the archive; not read for safety")
    if stat.S_ISLNK(info.external_attr >> 16):
        return Member(name, status="unsupported", reason="a link, not a file; put the file itself into the archive")
    if info.flag_bits & 1:
        return Member(name, status="encrypted", reason="needs a password to open; unpack the archive and give the folder")
    if info.file_size > settings.max_file_mb << 20:
        return Member(name, status="too_large", reason="larger than ingest.max_file_mb; raise it to read this file")
    try:
        with package.open(info) as file:
            # what it says it unpacks to may be a lie
            content = file.read(info.file_size + 1)
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError, EOFError) as error:
        return Member(name, status="corrupt", reason=f"damaged in the archive ({error}); pack it again")
    except Exception as error:  # zlib and lzma raise errors of their own
        return Member(name, status="corrupt", reason=f"damaged in the archive ({type(error).__name__}); pack it again")
    return Member(name, data=content)


def _name(info: zipfile.ZipInfo) -> str:
    return unicodedata.normalize("NFC", info.filename.replace("\\", "/"))


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

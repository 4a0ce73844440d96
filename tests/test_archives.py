"""Archives: their members, and what they must not do."""

import gzip
import io
import os
import struct
import subprocess
import tarfile
import zlib
from pathlib import Path

import pytest
from reading import PROSE, members, status_of, zipped

from pipeline import doctor
from pipeline.ingest.parsed import SetAside
from pipeline.ingest.readers import archive, format_of

unpacks = pytest.mark.skipif(archive.bsdtar() is None, reason="no bsdtar here")


def test_names_from_chinese_windows_are_read() -> None:
    data = zipped({"AB.txt": b"a"}).replace(b"AB", "甲".encode("gbk"))
    assert [member.name for member in members("a.zip", data)] == ["!甲.txt"]


def test_an_archive_in_an_archive_is_a_member() -> None:
    found = members("a.zip", zipped({"b.zip": zipped({"c.txt": b"c"}), "__MACOSX/x": b"", "d/": b""}))
    assert [member.name for member in found] == ["!b.zip"]
    assert format_of("b.zip", found[0].data) == "zip"


def test_members_whose_names_lead_out_of_the_archive_are_not_read() -> None:
    found = members("a.zip", zipped({"../../a.txt": b"a", "/etc/b.txt": b"b", "C:\\c.txt": b"c", "d.txt": b"d"}))
    assert {member.name: (member.status, member.data) for member in found} == {
        "!../../a.txt": ("unsupported", b""), "!/etc/b.txt": ("unsupported", b""), "!C:/c.txt": ("unsupported", b""), "!d.txt": ("ok", b"d"),
    }  # fmt: skip


def tarred(files: dict[str, bytes], mode: str = "w") -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode) as package:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            package.addfile(info, io.BytesIO(content))
    return data.getvalue()


@pytest.mark.parametrize(("name", "mode"), [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar.xz", "w:xz")])
def test_the_files_of_a_tar_are_read_in_its_order(name: str, mode: str) -> None:
    found = members(name, tarred({"乙.txt": b"b", "../甲.txt": b"a"}, mode))
    assert [(member.name, member.status, member.data) for member in found] == [
        ("!乙.txt", "ok", b"b"),
        ("!../甲.txt", "unsupported", b""),
    ]


def test_the_one_file_of_a_gz_is_called_as_it_says() -> None:
    data = io.BytesIO()
    with gzip.GzipFile("办法.csv", "wb", fileobj=data) as file:
        file.write(b"a,b")
    assert [(member.name, member.data) for member in members("x.gz", data.getvalue())] == [("!content", b"a,b")]
    data = io.BytesIO()
    with gzip.GzipFile("rules.csv", "wb", fileobj=data) as file:
        file.write(b"a,b")
    assert [member.name for member in members("x.gz", data.getvalue())] == ["!rules.csv"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (gzip.compress(b"0" * (60 << 20)), "too_large"),
        (gzip.compress(PROSE.encode())[:40], "corrupt"),
        (tarred({"a.txt": PROSE.encode() * 50})[:700], "corrupt"),
        (tarred({"a.txt": b"0" * (60 << 20)}, "w:gz"), "too_large"),
    ],
)
def test_bombs_and_damaged_archives_are_set_aside(data: bytes, status: str) -> None:
    assert status_of("a.tar.gz", data) == status


def test_7z_and_rar_say_what_program_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "bsdtar", lambda: None)
    for name, start in (("a.7z", b"7z\xbc\xaf\x27\x1c"), ("a.rar", b"Rar!\x1a\x07")):
        with pytest.raises(SetAside, match="apt install libarchive-tools") as why:
            members(name, start)
        assert why.value.status == "unsupported"
    (row,) = (row for row in doctor.checks() if row["check"] == "7z, rar")
    assert row["state"] == "optional" and "libarchive-tools" in row["note"]


@unpacks
def test_a_7z_archive_is_read_by_bsdtar(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_bytes(b"a")
    environment = os.environ | {"LC_ALL": archive._UNICODE}
    command = [str(archive.bsdtar()), "-cf", "b.7z", "--format=7zip", "甲.txt"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    data = (tmp_path / "b.7z").read_bytes()
    assert [(member.name, member.data) for member in members("b.7z", data)] == [("!甲.txt", b"a")]
    assert status_of("b.7z", data[:40]) == "corrupt"


def rar4(files: dict[str, bytes], *, encoding: str = "utf-8", flags: int = 0) -> bytes:
    """A rar of the old kind, its files stored as they are, their names as UTF-8 or in the encoding of some Windows."""

    def block(kind: int, flags: int, rest: bytes, content: bytes = b"") -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + content

    found = b"Rar!\x1a\x07\x00" + block(0x73, 0, bytes(6))
    flags |= 0x8000 | (0x200 if encoding == "utf-8" else 0)
    for name, content in files.items():
        raw, size = name.encode(encoding), len(content)
        about = struct.pack("<IIBIIBBHI", size, size, 2, zlib.crc32(content), 0x5A215000, 20, 0x30, len(raw), 0x20)
        found += block(0x74, flags, about + raw, content)
    return found + block(0x7B, 0x4000, b"")


def rar5(files: dict[str, bytes]) -> bytes:
    """A rar of the new kind, its files stored as they are; no size is above 127, so that each is one byte."""

    def block(kind: int, flags: int, rest: bytes, content: bytes = b"") -> bytes:
        head = bytes([len(rest) + 2, kind, flags]) + rest
        return struct.pack("<I", zlib.crc32(head)) + head + content

    found = b"Rar!\x1a\x07\x01\x00" + block(1, 0, b"\0")
    for name, content in files.items():
        raw, size = name.encode(), bytes([len(content)])
        about = size + b"\x04" + size + b"\x20" + struct.pack("<I", zlib.crc32(content)) + b"\0\0" + bytes([len(raw)])
        found += block(2, 2, about + raw, content)
    return found + block(5, 0, b"\0")


RARS = {
    "old": rar4({"目录/甲.txt": b"a", "../b.txt": b"b"}),
    "Chinese Windows": rar4({"目录\\甲.txt": b"a", "..\\b.txt": b"b"}, encoding="gbk"),
    "new": rar5({"目录/甲.txt": b"a", "../b.txt": b"b"}),
}


@unpacks
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
@pytest.mark.parametrize("kind", RARS)
def test_a_rar_is_read_under_its_chinese_names_whatever_the_locale(
    kind: str, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert format_of("a.rar", RARS[kind]) == format_of("政策汇编.zip", RARS[kind]) == "7z"
    assert [(member.name, member.status, member.data) for member in members("a.rar", RARS[kind])] == [
        ("!目录/甲.txt", "ok", b"a"),
        ("!../b.txt", "unsupported", b""),
    ]


@unpacks
def test_damaged_and_encrypted_rars_are_set_aside() -> None:
    whole = rar4({"a.txt": PROSE.encode()})
    assert status_of("a.rar", whole[:60]) == "corrupt"
    assert status_of("a.rar", whole[:7] + b"\xff" * 300) == "corrupt"
    assert status_of("a.rar", rar4({"a.txt": PROSE.encode()}, flags=4)) == "encrypted"


def test_a_program_that_dies_on_an_archive_leaves_no_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "whole.tar").write_bytes(tarred({"a.txt": b"a"}))
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ncat '{tmp_path / 'whole.tar'}'\nkill -9 $$\n")
    program.chmod(0o755)
    monkeypatch.setattr(archive, "bsdtar", lambda: str(program))
    with pytest.raises(SetAside, match="bsdtar ended with -9"):
        members("a.rar", rar5({}))


def test_a_zip_bomb_is_not_unpacked() -> None:
    assert status_of("a.zip", zipped({"a.txt": b"0" * (60 << 20)})) == "too_large"

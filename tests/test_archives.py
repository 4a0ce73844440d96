"""Archives: their members, and what they must not do."""

import gzip
import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from reading import PROSE, members, status_of, zipped

from pipeline.ingest.parsed import SetAside
from pipeline.ingest.readers import archive, format_of


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
    monkeypatch.setattr(archive, "_bsdtar", lambda: None)
    for name, start in (("a.7z", b"7z\xbc\xaf\x27\x1c"), ("a.rar", b"Rar!\x1a\x07")):
        with pytest.raises(SetAside, match="bsdtar") as why:
            members(name, start)
        assert why.value.status == "unsupported"


@pytest.mark.skipif(archive._bsdtar() is None, reason="no bsdtar here")
def test_a_7z_archive_is_read_by_bsdtar(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_bytes(b"a")
    subprocess.run([str(archive._bsdtar()), "-cf", "b.7z", "--format=7zip", "甲.txt"], cwd=tmp_path, check=True)
    data = (tmp_path / "b.7z").read_bytes()
    assert [(member.name, member.data) for member in members("b.7z", data)] == [("!甲.txt", b"a")]
    assert status_of("b.7z", data[:40]) == "corrupt"


def test_a_zip_bomb_is_not_unpacked() -> None:
    assert status_of("a.zip", zipped({"a.txt": b"0" * (60 << 20)})) == "too_large"

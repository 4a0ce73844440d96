"""Thesaurus files: what replaces what, and what is wrong in them."""

from pathlib import Path

import pytest

from pipeline.config import read_settings
from pipeline.errors import SettingsError
from pipeline.ingest.thesaurus import merged, read_thesaurus


def thesaurus(folder: Path, *lines: str, name: str = "词表.txt") -> dict[str, str]:
    file = folder / name
    file.write_text("\n".join(["label\treplace by", *lines]) + "\n", "utf-8")
    return read_thesaurus([file])


def problems(folder: Path, *lines: str) -> list[str]:
    with pytest.raises(SettingsError) as why:
        thesaurus(folder, *lines)
    return why.value.problems


def test_synonyms_become_one_name_each_once_in_the_order_given(tmp_path: Path) -> None:
    known = thesaurus(tmp_path, "大资料\t大数据", "big data\t大数据", "Reed, M\tReed, Mara")
    assert merged(["渡口", "大资料", "Big Data", "大数据"], known) == ["渡口", "大数据"]
    assert merged(["Reed, M", "Oakes, Tom"], known) == ["Reed, Mara", "Oakes, Tom"]


@pytest.mark.parametrize(
    "written",
    [
        "big data", "Big Data", "BIG DATA", "ｂｉｇ ｄａｔａ", "big  data", "big\u3000data", "big-data", "Big–Data", "big‐data",
        "bigdata", "BigData", " big data ",
    ],
)  # fmt: skip
def test_twelve_ways_of_writing_a_keyword_are_one(written: str, tmp_path: Path) -> None:
    assert merged([written], thesaurus(tmp_path, "big data\t大数据")) == ["大数据"]


def test_other_hyphens_count_only_where_one_label_can_be_meant(tmp_path: Path) -> None:
    known = thesaurus(tmp_path, "re-form\t改组", "reform\t改革")
    assert merged(["re-form", "reform", "re form"], known) == ["改组", "改革", "re form"]


def test_what_others_are_replaced_by_has_one_spelling(tmp_path: Path) -> None:
    assert merged(["BIG DATA", "big-data", "大资料"], thesaurus(tmp_path, "大资料\tbig data")) == ["big data"]


def test_chains_are_followed_and_empty_replacements_leave_out(tmp_path: Path) -> None:
    known = thesaurus(tmp_path, "海量数据\t大资料", "大资料\t大数据", "研究\t", "大数据\t大数据")
    assert merged(["海量数据", "研究", "渡口"], known) == ["大数据", "渡口"]


def test_several_files_are_one_thesaurus(tmp_path: Path) -> None:
    thesaurus(tmp_path, "大资料\t大数据", name="a.txt")
    thesaurus(tmp_path, "渡船口\t渡口", name="b.txt")
    known = read_thesaurus([tmp_path / "a.txt", tmp_path / "b.txt"])
    assert merged(["大资料", "渡船口"], known) == ["大数据", "渡口"]


def test_without_a_thesaurus_nothing_changes() -> None:
    assert merged(["大资料", "big data", "Big Data"], read_thesaurus([])) == ["大资料", "big data", "Big Data"]


def test_all_that_is_wrong_is_told_with_file_and_line(tmp_path: Path) -> None:
    found = problems(tmp_path, "a\tb", "A\tc", "x\ty\tz", "\t无", "p\tq", "q\tr", "r\tp")
    assert [problem.partition(": ")[0].rpartition("/")[2] for problem in found] == [
        "词表.txt:3",
        "词表.txt:4",
        "词表.txt:5",
        "词表.txt:6",
    ]
    assert "'A' is replaced by 'b'" in found[0]
    assert "'p' is replaced by itself over 3 lines" in found[3]


def test_a_file_without_header_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("大资料\t大数据\n", "utf-8")
    with pytest.raises(SettingsError) as why:
        read_thesaurus([tmp_path / "a.txt", tmp_path / "absent.txt"])
    assert "'replace by'" in why.value.problems[0]
    assert "cannot be read" in why.value.problems[1]


def test_files_are_looked_for_beside_the_settings(tmp_path: Path) -> None:
    thesaurus(tmp_path, "大资料\t大数据")
    (tmp_path / "settings.toml").write_text('[ingest]\nthesaurus = ["词表.txt"]\n', "utf-8")
    assert read_settings(tmp_path / "settings.toml").ingest.thesaurus == [str(tmp_path / "词表.txt")]

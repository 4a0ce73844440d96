"""Spreadsheets of texts, coded row by row."""

import csv
import json
import re
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from pipeline.coding.label import label_file
from pipeline.config import DEMO, Settings, read_settings
from pipeline.errors import SettingsError

SETTINGS: Settings = read_settings()
ROWS = [("a7", "推进跨部门数据共享。"), ("a3", "天气晴好。"), ("a5", "=1+1，各县口径不统一"), ("a1", "")]


def label(file: Path, out: Path | None, text: str = "句子", id_column: str | None = "编号") -> int:
    return label_file(file, out, text=text, id_column=id_column, settings=SETTINGS)


def write_csv(
    path: Path, rows: list[tuple[str, ...]], headers: tuple[str, ...] = ("编号", "句子"), encoding: str = "utf-8"
) -> Path:
    lines = [",".join(f'"{cell}"' for cell in row) for row in (headers, *rows)]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def write_xlsx(path: Path) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([("编号", "句子"), *ROWS]):
            sheet.write_row(number, 0, row)
    return path


def write_jsonl(path: Path) -> Path:
    path.write_text("".join(json.dumps({"编号": a, "句子": b}, ensure_ascii=False) + "\n" for a, b in ROWS), "utf-8")
    return path


def read(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".csv":
        return list(csv.DictReader(path.read_text("utf-8").splitlines()))
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    headers, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return [dict(zip(headers, row, strict=True)) for row in rows]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl"])
@pytest.mark.parametrize("make", [write_csv, write_xlsx, write_jsonl])
def test_every_format_goes_in_and_comes_out(tmp_path: Path, make: object, suffix: str) -> None:
    names = {write_csv: "in.csv", write_xlsx: "in.xlsx", write_jsonl: "in.jsonl"}
    path = tmp_path / names[make]  # type: ignore[index]
    file = write_csv(path, ROWS) if make is write_csv else make(path)  # type: ignore[operator]
    out = tmp_path / "deep" / f"out.{suffix}"
    assert label(file, out) == 4
    rows = read(out)
    assert [(row["编号"], row["句子"]) for row in rows] == ROWS
    assert list(rows[0]) == ["编号", "句子", "codes", "stance", "evidence"]
    assert [row["codes"] for row in rows] == ["silos.bridging", "", "standardization", ""]
    assert [row["stance"] for row in rows] == ["measure", "description", "problem", ""]


def test_evidence_names_code_surface_and_offsets(tmp_path: Path) -> None:
    label(DEMO / "sentences.csv", tmp_path / "out.csv")
    rows = read(tmp_path / "out.csv")
    assert len(rows) >= 60 and sum(bool(row["codes"]) for row in rows) >= 30
    for row in rows:
        places = re.findall(r"(\S+): (.*?) @(\d+)–(\d+)(?:; |$)", row["evidence"])
        assert all(row["句子"][int(start) : int(end)] == surface for _, surface, start, end in places)
        assert {code for code, *_ in places} == set(filter(None, row["codes"].split(";")))


def test_several_sentences_take_the_strongest_stance(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "in.csv", [("1", "各局各自为政。推进数据共享。"), ("2", "去年下雨三天。各局各自为政。")])
    label(file, tmp_path / "out.csv")
    assert [row["stance"] for row in read(tmp_path / "out.csv")] == ["measure", "problem"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    label(write_csv(tmp_path / "in.csv", ROWS, encoding=encoding), tmp_path / "out.csv")
    assert [row["编号"] for row in read(tmp_path / "out.csv")] == ["a7", "a3", "a5", "a1"]


def test_without_out_csv_goes_to_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert label(write_csv(tmp_path / "in.csv", ROWS), None) == 4
    assert capsys.readouterr().out.splitlines()[0] == "编号,句子,codes,stance,evidence"


def test_text_never_becomes_a_formula(tmp_path: Path) -> None:
    label(write_csv(tmp_path / "in.csv", [("1", "=HYPERLINK(1)"), ("2", "http://a.example")]), tmp_path / "out.xlsx")
    assert [row["句子"] for row in read(tmp_path / "out.xlsx")] == ["=HYPERLINK(1)", "http://a.example"]


def test_columns_of_the_same_names_are_kept(tmp_path: Path) -> None:
    label(write_csv(tmp_path / "in.csv", [("1", "推进数据共享", "X")], ("编号", "句子", "codes")), tmp_path / "out.csv")
    (row,) = read(tmp_path / "out.csv")
    assert (row["codes_input"], row["codes"]) == ("X", "silos.bridging")


def test_a_missing_column_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no column called '文本' in .*; there are 编号, 句子"):
        label(write_csv(tmp_path / "in.csv", ROWS), None, text="文本")


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("in.pdf", b"", "no format '.pdf'; there are .csv"),
        ("in.csv", "编号,句子\n1,未加引号,的逗号\n".encode(), "row 2 has 3 cells, but there are 2 headers"),
        ("in.jsonl", b'{"a": 1}\nnot json\n', "in.jsonl:2: not JSON"),
        ("in.xlsx", b"not a workbook", "cannot read"),
        ("none.csv", None, "cannot read"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, data: bytes | None, problem: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(SettingsError, match=re.escape(problem)):
        label(tmp_path / name, tmp_path / "out.csv", id_column=None)
    assert not (tmp_path / "out.csv").exists()


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "in.csv", ROWS)
    for name in ("one.xlsx", "two.xlsx"):
        label(file, tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_no_column_of_the_input_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("句子,备注,备注,codes,codes_input\n推进标准化。,甲,乙,丙,丁\n", "utf-8")
    label_file(file, tmp_path / "b.csv", text="句子", id_column=None, settings=read_settings())
    (row,) = csv.DictReader((tmp_path / "b.csv").read_text("utf-8").splitlines())
    assert {"甲", "乙", "丙", "丁"} <= set(row.values()) and row["codes"] == "standardization"

"""What tests of the readers share: bytes to text, and small PDFs and archives."""

import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import IngestSettings
from pipeline.ingest.layout import Layout, lay_out
from pipeline.ingest.parsed import Member, Parsed, SetAside
from pipeline.ingest.readers import CONTAINERS, DOCUMENTS, format_of

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
real = pytest.mark.skipif(not CORPORA.is_dir(), reason="the real corpora are not beside the project")
PROSE = "窗口人员每天核对台账并把办件结果录入系统，遇到材料不齐的申请便逐项告知补正，随后再转交审批部门办理。"


def parsed(name: str, data: bytes, **settings: Any) -> Parsed:
    chosen = IngestSettings(**settings)
    return DOCUMENTS[format_of(name, data)](data, chosen, lambda *_: True)


def laid(name: str, data: bytes, **settings: Any) -> Layout:
    return lay_out(parsed(name, data, **settings))


def members(name: str, data: bytes, **settings: Any) -> list[Member]:
    return list(CONTAINERS[format_of(name, data)](data, IngestSettings(**settings)))


def status_of(name: str, data: bytes) -> str:
    with pytest.raises(SetAside) as why:
        found = format_of(name, data)
        list(CONTAINERS[found](data, IngestSettings())) if found in CONTAINERS else DOCUMENTS[found](
            data, IngestSettings(), lambda *_: True
        )
    assert len(str(why.value)) > 10
    return why.value.status


def zipped(files: dict[str, bytes | str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return data.getvalue()


@cache
def font() -> str:
    """A Chinese font for PDFs, which the PDF names but does not hold."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def pdf_of(draw: Callable[[Any], None], **options: Any) -> bytes:
    """A PDF drawn on an A4 canvas; points from the lower left corner."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data, pagesize=A4, **options)
    draw(canvas)
    canvas.save()
    return data.getvalue()


def put(canvas: Any, x: float, y: float, text: str, size: float = 10) -> None:
    canvas.setFont(font(), size)
    canvas.drawString(x, y, text)


def column(canvas: Any, x: float, top: float, text: str, width: int = 22, rows: int = 99, size: float = 10) -> str:
    """Draw a paragraph, indented by two characters unless it begins with …, and give back what did not fit."""
    rest, indent = text.removeprefix("…"), 0 if text.startswith("…") else 2
    for row in range(rows):
        length = width - (indent if row == 0 else 0)
        put(canvas, x + (indent * size if row == 0 else 0), top - 16 * row, rest[:length], size)
        rest = rest[length:]
        if not rest:
            return ""
    return "…" + rest


def two_columns(canvas: Any) -> None:
    for page in (1, 2):
        put(canvas, 220, 800, "岚国行政评论", 9)
        put(canvas, 290, 40, str(60 + page), 9)
        if page == 1:
            put(canvas, 200, 760, "窗口治理的三个难题", 18)
        start = "甲" + PROSE * 4 if page == 1 else two_columns.rest  # type: ignore[attr-defined]
        rest = column(canvas, 60, 700, start, rows=6)
        if page == 1:
            put(canvas, 60, 560, "*基金项目：岚国社会科学基金（编号：零零一）。", 8)
        two_columns.rest = column(canvas, 320, 700, rest or "乙" + PROSE * 3, rows=5)  # type: ignore[attr-defined]
        canvas.showPage()

"""Pages without a text layer, or with one that is rubbish: found page by page, and read by OCR where it is installed."""

import io
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from reading import PROSE, column, parsed, pdf_of, put

from pipeline.ingest.clean import HAN
from pipeline.ingest.layout import lay_out
from pipeline.ingest.parsed import SetAside
from pipeline.ingest.readers import format_of, ocr
from pipeline.ingest.readers.layers import is_rubbish
from pipeline.report.words import reasoned

TEXT = "\n".join(
    [
        "各级部门要把窗口受理的台账按月汇总上报，并及时核对差错，不得瞒报。",
        PROSE,
        "岚国政务院要求各县在年底前完成数据目录的编制和发布。",
    ]
    * 3
)
installed = pytest.mark.skipif(not ocr.is_installed(), reason="the extra [ocr] is not installed")


@pytest.fixture
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "is_installed", lambda: False)


def exchanged(text: str) -> str:
    """A text after a wrong table of glyphs: each character is always another one of the same text."""
    letters = sorted(set(re.findall(f"[{HAN}]", text)))
    others = letters[:]
    random.Random(1).shuffle(others)
    return text.translate(str.maketrans(dict(zip(letters, others, strict=True))))


@pytest.mark.parametrize(
    "text",
    [
        exchanged(TEXT),
        "".join(chr(ord(c) + 31) if re.match(f"[{HAN}]", c) else c for c in TEXT),
        TEXT.encode().decode("gb18030", "replace"),
        TEXT.encode("gb18030").decode("big5hkscs", "replace"),
        TEXT.encode("gb18030").decode("latin-1"),
        "(cid:17)(cid:3021)(cid:88) " * 20,
        "数据〓〓共享〓\ufffd部门" * 10,
    ],
    ids=["exchanged", "shifted", "UTF-8 as GBK", "GBK as Big5", "GBK as Latin-1", "cid", "missing"],
)
def test_a_text_that_is_none_is_rubbish(text: str) -> None:
    assert is_rubbish(text)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "\n".join(
            f"{name}議員、" * 5 for name in ("何俊仁", "涂謹申", "馮檢基", "梁家騮", "張國柱", "易志明", "陳婉嫻", "郭偉強")
        ),
        " ".join("王李张刘陈杨赵黄周吴"[i % 10] + "伟芳娜秀英敏静丽强磊军洋"[i % 12] + "明" for i in range(120)),
        "\n".join(f"{year} 12.5% 3.4 {year * 7}" for year in range(1990, 2020)),
        "The counters of this town have a long and well recorded history of their own. " * 5,
        "本會議討論市民服務窗口的資料共享問題，並要求各部門說明進度。" * 8,
        "これは行政サービスの窓口に関する研究の要約であり、地方自治体の事例を扱う。" * 5,
    ],
    ids=["policy", "traditional names", "names", "figures", "English", "traditional", "Japanese"],
)
def test_a_text_of_its_own_kind_is_no_rubbish(text: str) -> None:
    assert not is_rubbish(text)


def picture_of(text: str) -> Any:
    """A page of paper with a text on it, as a scanner sees it."""
    import pypdfium2 as pdfium

    data = pdf_of(lambda canvas: column(canvas, 60, 700, text, width=30, size=14))
    return pdfium.PdfDocument(data)[0].render(scale=2).to_pil()


def on(canvas: Any, picture: Any) -> None:
    from reportlab.lib.utils import ImageReader

    data = io.BytesIO()
    picture.save(data, "PNG")
    data.seek(0)
    canvas.drawImage(ImageReader(data), 0, 0, 595, 842)


def scan_after_text(canvas: Any) -> None:
    for _ in range(3):
        column(canvas, 60, 760, PROSE * 3, width=40)
        canvas.showPage()
    on(canvas, picture_of("登记事项应当在三日内办结。"))


def only_scans(canvas: Any) -> None:
    for number, topic in enumerate(("登记事项应当在三日内办结。", "年检台账由各县窗口保管。")):
        on(canvas, picture_of(topic))
        put(canvas, 60, 20, f"(C)1994-2021 China Academic Journal Electronic Publishing House. http://www.cnki.net {number}", 6)
        canvas.showPage()


def rubbish(canvas: Any) -> None:
    for _ in range(3):
        for row, line in enumerate(exchanged(TEXT).split("\n")):
            put(canvas, 40, 700 - 20 * row, line)
        canvas.showPage()


def test_a_scanned_page_among_others_is_left_out_and_said_so(without_ocr: None) -> None:
    found = parsed("a.pdf", pdf_of(scan_after_text))
    assert (found.status, found.ocr_pages) == ("partial", [])
    assert found.reason.startswith("1 of 4 pages are pictures of text and left out; pip install 'wenmai[ocr]'")
    assert reasoned(found.reason)["zh"].startswith("4 页中有 1 页是文字的图片，没有读；请 pip install")


@pytest.mark.parametrize(("draw", "status"), [(only_scans, "empty"), (rubbish, "corrupt")])
def test_a_file_without_text_names_the_extra(draw: Callable[[Any], None], status: str, without_ocr: None) -> None:
    with pytest.raises(SetAside, match=r"pip install 'wenmai\[ocr\]'") as why:
        parsed("a.pdf", pdf_of(draw))
    assert why.value.status == status
    assert reasoned(str(why.value))["zh"] != str(why.value)


def test_a_photograph_and_a_blank_page_ask_for_no_ocr(without_ocr: None) -> None:
    from PIL import Image

    def draw(canvas: Any) -> None:
        column(canvas, 60, 760, PROSE * 3, width=40)
        canvas.showPage()
        on(canvas, Image.effect_noise((300, 420), 90))
        canvas.showPage()
        canvas.showPage()
        column(canvas, 60, 760, PROSE * 3, width=40)

    assert parsed("a.pdf", pdf_of(draw)).status == "ok"


@installed
def test_scans_are_read_and_marked() -> None:
    found = parsed("a.pdf", pdf_of(scan_after_text))
    assert found.reason == "1 of 4 pages read by OCR; compare with the page before you quote them"
    assert (found.status, found.ocr_pages) == ("partial", [3])
    layout = lay_out(found)
    assert layout.text[layout.pages[3] :] == "登记事项应当在三日内办结。"


@installed
def test_a_layer_that_ocr_confirms_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.ingest.readers.pdf.is_rubbish", lambda text: True)
    found = parsed("a.pdf", pdf_of(lambda canvas: column(canvas, 60, 760, PROSE, width=40)))
    assert (found.status, found.ocr_pages) == ("ok", [])


@installed
def test_the_parser_process_has_the_memory_and_the_time_that_ocr_takes(tmp_path: Any) -> None:
    from pipeline.config import IngestSettings
    from pipeline.ingest.parser import read_file
    from pipeline.ingest.scan import File

    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(only_scans))
    [(row, document)] = read_file(
        File("a.pdf", str(path), path.stat().st_size), IngestSettings(memory_mb=700, seconds_per_file=1)
    )
    assert row.status == "partial", row.reason
    assert document and document.ocr_pages == [0, 1]


def test_a_pdf_inside_a_caj_file_is_read_and_a_real_one_gets_advice() -> None:
    data = pdf_of(lambda canvas: put(canvas, 60, 700, PROSE[:30]))
    for name, wrapped in (
        ("a.caj", b"\x00" * 5000 + data),
        ("a.pdf", b"junk" * 100 + data),
        ("a.caj", data[: data.rindex(b"xref")]),
    ):
        assert lay_out(parsed(name, wrapped)).text == PROSE[:30]
    for name, head in (("a.pdf", b"CAJ\x00"), ("a.nh", b"HN\x00\x00"), ("a.caj", b"KDH "), ("a.caj", b"\xc8\x00\x00\x00")):
        with pytest.raises(SetAside, match="CAJViewer") as why:
            format_of(name, head + b"\x01" * 600)
        assert why.value.status == "unsupported"


def test_a_pdf_that_only_its_owner_may_change_is_read() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    locked = StandardEncryption("", ownerPassword="owner", canPrint=0, canCopy=0)
    assert lay_out(parsed("a.pdf", pdf_of(lambda canvas: put(canvas, 60, 700, PROSE[:30]), encrypt=locked))).text == PROSE[:30]

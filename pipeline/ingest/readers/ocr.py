"""Pages read from their picture: the extra [ocr], RapidOCR with its models (PP-OCR, Apache-2.0), which needs no network."""

import re
from functools import cache
from importlib.util import find_spec
from statistics import median
from typing import Any

from pipeline.ingest.clean import HAN, clean
from pipeline.ingest.readers.columns import Line

_PIXELS = 2000  # of the longer side of a page: 170 dpi on A4; more does not read better
_DETECT = 1280  # pixels of the longer side in which lines are looked for: more takes memory, not fewer mistakes
_SURE = 0.5  # lines read with less confidence are specks and parts of pictures


@cache
def is_installed() -> bool:
    """Whether pages can be read by OCR here."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def advice() -> str:
    """What to do about pages that hold no text."""
    make = "make a text layer with OCR (ocrmypdf -l chi_sim) and give that file"
    return make if is_installed() else f"pip install 'wenmai[ocr]' and run again, or {make}"


def read_page(page: Any) -> list[Line]:
    """The lines that OCR finds on a pdfium page, in points from its lower left corner; none where it fails."""
    width, height = page.get_size()
    scale = _PIXELS / max(width, height)
    bitmap = page.render(scale=scale, rev_byteorder=False)
    try:
        found = _engine()(bitmap.to_numpy())
    except Exception:  # onnxruntime and OpenCV raise what they like, for want of memory too
        return []
    finally:
        bitmap.close()
    if found.boxes is None or not found.txts:
        return []
    lines = [
        _line(clean(text).strip(), box, scale, height)
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        if score > _SURE and text.strip()
    ]
    return _of_one_size(lines)


@cache
def _engine() -> Any:
    import cv2
    from rapidocr import RapidOCR

    cv2.setNumThreads(1)
    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    memory = {"EngineConfig.onnxruntime.enable_cpu_mem_arena": False, "Rec.rec_batch_num": 1}  # half of what it takes otherwise
    detect = {"Det.limit_type": "max", "Det.limit_side_len": _DETECT}
    return RapidOCR(params=threads | memory | detect | {"Global.use_cls": False, "Global.log_level": "critical"})


def _line(text: str, box: Any, scale: float, height: float) -> Line:
    """A line in its box; its size is the width of a character, since boxes are as high as they happen to be."""
    x, y = [float(corner[0]) / scale for corner in box], [height - float(corner[1]) / scale for corner in box]
    left, right, middle = min(x), max(x), (min(y) + max(y)) / 2
    high = max(y) - min(y)
    wide = len(re.findall(f"[{HAN}，。；：、“”（）《》]", text))
    size = (right - left) / (wide + 0.5 * (len(text) - wide)) if wide > 5 else 0.8 * high
    size = min(size, high)
    return Line(text, left, right, middle - size / 2, middle + size / 2, size)


def _of_one_size(lines: list[Line]) -> list[Line]:
    """Lines whose sizes differ by measuring only, as of one size."""
    usual = median(line.size for line in lines for _ in line.text) if lines else 0.0
    return [
        Line(line.text, line.left, line.right, line.bottom, line.top, usual) if 0.85 * usual < line.size < 1.15 * usual else line
        for line in lines
    ]

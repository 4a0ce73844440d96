"""Make the font of boxes that PDFs are measured by: `python tests/box_font.py` writes pipeline/ingest/readers/fonts/boxes.ttf.

Every Chinese character is one box, of the height and width that the ink of most has; letters and digits are a narrower one. To measure
the curves of a real font takes pdfium five times as long.
"""

import io
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

PLACE = Path(__file__).resolve().parents[1] / "pipeline" / "ingest" / "readers" / "fonts" / "boxes.ttf"
WIDE = (*range(0x2010, 0x2040), *range(0x2E80, 0xFFFE), *range(0x20000, 0x33480))  # code points
CHARSETS = (17, 18, 19, 20, 21)  # bits of OS/2: Japanese, simplified, Korean, traditional, Korean Johab


def box(width: int, low: int, high: int) -> object:
    pen = TTGlyphPen(None)
    left, right = width // 25, width - width // 25
    pen.moveTo((left, low))
    for corner in ((left, high), (right, high), (right, low)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def make() -> bytes:
    """The font, the same bytes each time."""
    glyphs = {".notdef": (1000, -80, 840), "wide": (1000, -80, 840), "half": (500, -13, 746)}
    build = FontBuilder(1000, isTTF=True)
    build.setupGlyphOrder(list(glyphs))
    build.setupGlyf({name: box(*shape) for name, shape in glyphs.items()})
    build.setupHorizontalMetrics({name: (width, 0) for name, (width, _, _) in glyphs.items()})
    build.setupHorizontalHeader(ascent=880, descent=-120)
    build.setupNameTable({"familyName": "Wenmai Boxes", "styleName": "Regular"})
    many = CmapSubtable.getSubtableClass(13)(13)  # many characters to one glyph
    many.platformID, many.platEncID, many.language = 3, 10, 0
    many.cmap = dict.fromkeys(range(0x20, 0x2E80), "half") | dict.fromkeys(WIDE, "wide")
    table = build.font["cmap"] = newTable("cmap")
    table.tableVersion, table.tables = 0, [many]
    build.setupOS2(sTypoAscender=880, sTypoDescender=-120, ulCodePageRange1=sum(1 << bit for bit in CHARSETS))
    build.setupPost()
    build.font.recalcTimestamp = False
    build.font["head"].created = build.font["head"].modified = 0
    data = io.BytesIO()
    build.font.save(data)
    return data.getvalue()


if __name__ == "__main__":
    PLACE.write_bytes(make())

"""Files made to break a reader: each generator gives the bytes of one, small in itself, that asks for far more when it is opened."""

import io
import json
import stat
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

_MB = b" " * (1 << 20)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WORDS = "各部门应当打破信息孤岛，实现数据共享。"


# ── PDF ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def pdf(objects: Iterable[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    data, places = b"%PDF-1.4\n", []
    parts = [data]
    at = len(data)
    for number, body in enumerate(objects, 1):
        places.append(at)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        at += len(parts[-1])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    end = b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, trailer, at)
    return b"".join([*parts, head, table, end])


def stream(content: bytes, keys: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (keys, len(content), content)


def one_page(content: bytes, *more: bytes, resources: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF of one page: object 4 is what it draws, those after it are numbered from 5."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<%s>>/Contents 4 0 R>>" % resources
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, content, *more], trailer)


def form(inner: bytes, named: int) -> bytes:
    keys = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</F %d 0 R>>>>" % named
    return stream(inner, keys)


def form_that_draws_itself() -> bytes:
    return one_page(stream(b"/F Do"), form(b"/F Do /F Do", 5), resources=b"/XObject<</F 5 0 R>>")


def doubling_forms(levels: int = 25) -> bytes:
    forms = [form(b"/F Do /F Do", 6 + level) for level in range(levels)]
    last = stream(b"0 0 1 1 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]")
    return one_page(stream(b"/F Do"), *forms, last, resources=b"/XObject<</F 5 0 R>>")


def content_bomb(megabytes: int = 200) -> bytes:
    packer = zlib.compressobj(1)
    line = b"BT /F 9 Tf 9 9 Td (a) Tj ET 0 0 1 1 re f\n" * 25_575  # 1 MB
    content = b"".join([*(packer.compress(line) for _ in range(megabytes)), packer.flush()])
    return one_page(
        stream(content, b"/Filter/FlateDecode"), resources=b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    )


def very_many_pages(number: int = 100_000) -> bytes:
    # the same line in the same place of all pages would be taken for a running head
    sentences = [f"Office {chr(97 + at % 26) * 3}{chr(97 + at // 26) * 3} shares its data." for at in range(200)]
    words = [stream(b"BT /F 12 Tf 72 %d Td (%s) Tj ET" % (300 + at, said.encode())) for at, said in enumerate(sentences)]
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    kids = b" ".join(b"%d 0 R" % at for at in range(204, 204 + number))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 203 0 R>>>>/Contents %d 0 R>>"
    pages = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, number)
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", pages, *words, font, *(page % (3 + at % 200) for at in range(number))])


def page_tree_loop() -> bytes:
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Parent 2 0 R/Count 9>>"])


def encrypted_pdf() -> bytes:
    """No password that is left empty gives what stands under /U."""
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (b"1f" * 32, b"2e" * 32)
    return one_page(stream(b"BT ET"), trailer=lock)


# ── Word and Excel ───────────────────────────────────────────────────────────────────────────────────────────────────────


def zipped(files: Iterable[tuple[str | zipfile.ZipInfo, Iterable[bytes]]]) -> bytes:
    """A zip archive; the content of each file in chunks."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, chunks in files:
            with package.open(name, "w", force_zip64=True) as file:
                for chunk in chunks:
                    file.write(chunk)
    return data.getvalue()


def docx(*document: bytes) -> bytes:
    return zipped([("[Content_Types].xml", [b"<Types/>"]), ("word/document.xml", document)])


def body(words: str, *, before: str = "") -> bytes:
    paragraph = f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"
    return f"<?xml version='1.0'?>{before}<w:document xmlns:w='{_W}'><w:body>{paragraph}</w:body></w:document>".encode()


def docx_bomb(megabytes: int = 500) -> bytes:
    start, end = body("|").split(b"|")
    return docx(start, *([b"a" * (1 << 20)] * megabytes), end)


def laughs(levels: int = 10) -> str:
    """A DOCTYPE whose last entity, &l10;, unfolds to ten thousand million letters."""
    lines = "".join(f"<!ENTITY l{level} '{f'&l{level - 1};' * 10}'>" for level in range(1, levels + 1))
    return f"<!DOCTYPE x [<!ENTITY l0 'ha'>{lines}]>"


def docx_laughs() -> bytes:
    return docx(body("&l10;", before=laughs()))


def docx_that_asks_for(file: Path, *, comment: int = 0) -> bytes:
    """Its text is what another file holds; its DOCTYPE may stand behind a long comment."""
    hidden = f"<!--{'x' * comment}-->" if comment else ""
    return docx(body(f"{_WORDS}&file;{_WORDS}", before=f"{hidden}<!DOCTYPE x [<!ENTITY file SYSTEM '{file.as_uri()}'>]>"))


def xlsx_bomb(cell: str = "A1048576") -> bytes:
    """Two cells, the second in the last row there can be."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    related = "http://schemas.openxmlformats.org/package/2006/relationships"
    rows = "".join(
        f"<row r='{name.lstrip('AXFD')}'><c r='{name}' t='inlineStr'><is><t>{words}</t></is></c></row>"
        for name, words in (("A1", "正文"), (cell, _WORDS))
    )
    link = f"<Relationships xmlns='{related}'><Relationship Id='r1' Type='{office}/%s' Target='%s'/></Relationships>"
    sheets = f"<workbook xmlns='{main}' xmlns:r='{office}'><sheets><sheet name='s' sheetId='1' r:id='r1'/></sheets></workbook>"
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": link % ("officeDocument", "xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": link % ("worksheet", "worksheets/sheet1.xml"),
        "xl/workbook.xml": sheets,
        "xl/worksheets/sheet1.xml": f"<worksheet xmlns='{main}'><sheetData>{rows}</sheetData></worksheet>",
    }
    return zipped((name, [part.encode()]) for name, part in parts.items())


# ── archives ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def zip_slip() -> bytes:
    names = ("../../slipped.txt", "/tmp/slipped.txt", "..\\slipped.txt", "C:\\slipped.txt")
    return zipped((name, [_WORDS.encode()]) for name in names)


def zip_bomb(megabytes: int = 300) -> bytes:
    return zipped([("a.txt", [_MB] * megabytes)])


def nested_bomb() -> bytes:
    inner = zip_bomb()
    for name in ("b.zip", "c.zip"):
        inner = zipped([(name, [inner])])
    return inner


def zip_with_link(target: Path) -> bytes:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped([(link, [str(target).encode()])])


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def deep_page(depth: int = 200_000) -> bytes:
    return ("<html><body>" + "<div>" * depth + f"<p>{_WORDS * 5}</p>" + "</div>" * depth).encode()


def html_laughs() -> bytes:
    return f"{laughs()}<html><head><meta charset='utf-8'></head><body><p>&l10;</p><p>{_WORDS * 5}</p></body></html>".encode()


def deep_json(depth: int = 100_000) -> bytes:
    good = json.dumps({"text": _WORDS * 3}, ensure_ascii=False)
    return f'{good}\n{{"text": {"[" * depth}{"]" * depth}}}\n'.encode()


def deep_quotes(depth: int = 100_000) -> bytes:
    return f"# 标题\n\n{_WORDS}\n\n{'>' * depth} {_WORDS}\n".encode()


def one_long_line(megabytes: int = 20) -> bytes:
    line = (_WORDS.encode() + b"\0") * 18_400  # 1 MB
    return line * megabytes


def alias_bomb(levels: int = 9) -> bytes:
    """A codebook of a few lines that unfolds to thousands of millions of terms."""
    lines = [f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 9)}]" for level in range(1, levels + 1)]
    return "\n".join(["l0: &l0 [数据]", *lines, ""]).encode()


def attack_files(canary: Path, good: bytes) -> dict[str, bytes]:
    """All of them: name → bytes.

    Args:
        canary: a file whose content must not get into any output.
        good: a PDF that is in order, to be cut off.
    """
    return {
        "self.pdf": form_that_draws_itself(),
        "doubling.pdf": doubling_forms(),
        "stream.pdf": content_bomb(),
        "pages.pdf": very_many_pages(),
        "loop.pdf": page_tree_loop(),
        "truncated.pdf": good[: len(good) // 3],
        "encrypted.pdf": encrypted_pdf(),
        "bomb.docx": docx_bomb(),
        "laughs.docx": docx_laughs(),
        "xxe.docx": docx_that_asks_for(canary),
        "comment.docx": docx_that_asks_for(canary, comment=3000),
        "deep.html": deep_page(),
        "laughs.html": html_laughs(),
        "slip.zip": zip_slip(),
        "bomb.zip": zip_bomb(),
        "nested.zip": nested_bomb(),
        "link.zip": zip_with_link(canary),
        "bomb.xlsx": xlsx_bomb(),
        "deep.jsonl": deep_json(),
        "quotes.md": deep_quotes(),
        "line.txt": one_long_line(),
    }

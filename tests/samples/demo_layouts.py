"""Write the documents of the demo corpus as txt, md, html, docx, pdf, xlsx and zip; the same bytes every time."""

from __future__ import annotations

import datetime as dt
import html
import io
import shutil
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

FIXED = dt.datetime(2025, 9, 1, 8, 0, 0)
FONT = "STSong-Light"  # a name every PDF reader knows: nothing is embedded
FOLDERS = {"C": "中央", "S": "松汀省", "K": "朔川省", "paper": "papers"}
BOOK, PACK = "文件表.xlsx", "来件.zip"


@dataclass(frozen=True)
class Block:
    """One piece of a document: title2 h1 h2 p p0 (not indented) sign note table abstract keywords ref."""

    kind: str
    text: str
    lead: str = ""
    rows: list[list[str]] = field(default_factory=list)


class Sentence(NamedTuple):
    """One sentence as it stands in a document, with the codes it was drawn for."""

    codes: tuple[str, ...]
    stance: str
    text: str


@dataclass
class Document:
    """What is written to one file, row or member, and what the generator knows about it."""

    key: str
    kind: str
    group: str
    style: str
    format: str
    theme: str
    title: str
    date: str
    issuers: list[str] = field(default_factory=list)
    level: str = "none"
    region: str = ""
    number: str = ""
    shown_number: str = ""
    opening: str = ""
    authors: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    journal: str = ""
    issue: str = ""
    school: str = ""
    blocks: list[Block] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    source: str = ""


def holds_tables(format: str) -> bool:
    return format.removeprefix("zip-") in ("docx", "html", "md")


def head_lines(document: Document) -> list[str]:
    """What stands above the body in plain text: title and number, or the head of a paper."""
    if document.kind == "policy":
        if "令" in document.shown_number:
            return [document.shown_number]
        return [document.title, document.shown_number]
    return [
        f"{document.journal}　{document.issue}　{month_line(document)}",
        document.title,
        "　".join(document.authors),
        f"（{document.school}，岚都 000200）",
    ]


def month_line(document: Document) -> str:
    year, month = document.date.split("-")[:2]
    return f"{year}年{int(month)}月"


def plain(block: Block) -> str:
    """A block as one line of text."""
    if block.kind == "table":
        return "\n".join("\t".join(row) for row in block.rows)
    return {"abstract": "摘　要：", "keywords": "关键词："}.get(block.kind, "") + block.text


def as_text(document: Document) -> str:
    """Plain text as offices type it: paragraphs begin with two wide spaces, the signature stands on the right."""
    lines = [*head_lines(document), ""]
    for block in document.blocks:
        if block.kind == "title2":
            lines += ["", block.text, ""]
        elif block.kind == "sign":
            lines.append("　" * 16 + block.text)
        elif block.kind in ("p0", "table", "ref"):
            lines.append(plain(block))
        elif block.kind in ("h1", "h2") and document.kind == "paper":
            lines += ["", block.text]
        else:
            lines.append("　　" + plain(block))
    return "\n".join(lines) + "\n"


# Odd encodings of some txt files, by key.
GB18030 = ("岚政发2014-9号", "朔运发2016-19号", "望民发2017-15号")
BOM = ("松政令2020-36号",)
CRLF = ("岚政办发2025-11号", "朔运发2016-19号")
WRAPPED = ("砚政发2015-52号",)


def write_txt(document: Document) -> bytes:
    text = as_text(document)
    if document.key in WRAPPED:
        text = "\n".join(textwrap.fill(line, 38, drop_whitespace=False) if line else "" for line in text.split("\n"))
    if document.key in CRLF:
        text = text.replace("\n", "\r\n")
    encoding = "gb18030" if document.key in GB18030 else "utf-8-sig" if document.key in BOM else "utf-8"
    return text.encode(encoding)


def write_md(document: Document) -> bytes:
    """Markdown: # for the title, ## and ### for headings, tables with pipes."""
    head = head_lines(document)
    title = head.index(document.title)
    lines = [*head[:title], f"# {document.title}", "", *[line + "  " for line in head[title + 1 :]], ""]
    for block in document.blocks:
        if block.kind == "table":
            rows = ["| " + " | ".join(row) + " |" for row in block.rows]
            lines += [rows[0], "|" + " --- |" * len(block.rows[0]), *rows[1:], ""]
        elif block.kind in ("title2", "h1", "h2"):
            lines += [{"title2": "# ", "h1": "## ", "h2": "### "}[block.kind] + block.text, ""]
        elif block.kind == "note":
            lines += ["---", "", block.text, ""]
        elif block.lead:
            lines += [f"**{block.lead}**" + block.text.removeprefix(block.lead), ""]
        else:
            lines += [plain(block), ""]
    return "\n".join(lines).encode()


PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>{title}_{site}</title>
<style>body{{max-width:60em;margin:auto}}nav a{{margin-right:1em}}.sign{{text-align:right}}</style>
<script>function big(){{document.body.style.fontSize="120%"}}</script>
</head>
<body>
<header><div class="logo">{site}</div>
<nav><a href="/">首页</a><a href="/news">要闻</a><a href="/open">政务公开</a>
<a href="/service">办事服务</a><a href="/talk">互动交流</a></nav>
<div class="crumb">当前位置：首页 &gt; {crumb} &gt; 正文</div></header>
<main>
{head}
<div class="tools"><a href="javascript:big()">【大】</a> <a href="javascript:print()">打印</a> 分享到：微博 朋友圈</div>
<article>
{body}
</article>
</main>
<aside><h4>相关链接</h4>
<ul><li><a href="/a1">上半年工作动态</a></li><li><a href="/a2">办公地址与电话</a></li></ul></aside>
<footer><p>主办单位：{owner}　承办单位：信息中心　网站标识码：LAN0{mark}</p>
<p>版权所有　未经许可不得转载　建议使用 1024×768 分辨率浏览</p></footer>
</body>
</html>
"""


def write_html(document: Document) -> bytes:
    """A whole page; in every second one the table of metadata that government sites show."""
    body = []
    for block in document.blocks:
        text = html.escape(plain(block))
        if block.kind == "table":
            rows = ["<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in block.rows]
            body.append('<table border="1">' + "".join(rows) + "</table>")
        elif block.kind in ("title2", "h1", "h2"):
            tag = {"title2": "h2", "h1": "h3", "h2": "h4"}[block.kind]
            body.append(f"<{tag}>{text}</{tag}>")
        elif block.kind == "sign":
            body.append(f'<p class="sign">{text}</p>')
        else:
            body.append(f"<p>{'' if block.kind in ('p0', 'ref') else '　　'}{text}</p>")
    owner = document.issuers[0] if document.issuers else document.journal + "编辑部"
    site = "岚国政务公开网" if document.kind == "policy" else document.journal
    page = PAGE.format(
        title=html.escape(document.title), site=site, crumb="政务公开 &gt; 文件" if document.issuers else "过刊浏览",
        head=html_head(document), body="\n".join(body), owner=owner, mark=sum(map(ord, document.key)) % 900 + 100,
    )  # fmt: skip
    return page.encode()


def html_head(document: Document) -> str:
    if document.kind == "paper":
        journal, title, authors, school = head_lines(document)
        return f'<p>{journal}</p>\n<h1>{title}</h1>\n<p class="authors">{authors}</p>\n<p>{school}</p>'
    posted = dt.date.fromisoformat(document.date) + dt.timedelta(days=6)
    title = f"<h1>{document.title}</h1>"
    if sum(map(ord, document.key)) % 2:
        info = f"发布时间：{posted} 来源：{document.issuers[0]} 浏览次数：1304"
        return f'{title}\n<p class="info">{info}</p>\n<p>{document.shown_number}</p>'
    made = dt.date.fromisoformat(document.date).strftime("%Y年%m月%d日")
    cells = [
        ("索 引 号", f"LAN{document.date.replace('-', '')}"), ("主题分类", "综合政务"),
        ("发文机关", " ".join(document.issuers)), ("成文日期", made),
        ("标　　题", document.title), ("发文字号", document.shown_number),
        ("发布日期", posted.strftime("%Y年%m月%d日")), ("有 效 性", "有效"),
    ]  # fmt: skip
    rows = [cells[at : at + 2] for at in range(0, len(cells), 2)]
    table = "\n".join("<tr>" + "".join(f"<td>{a}：</td><td>{b}</td>" for a, b in row) + "</tr>" for row in rows)
    return f'<table class="meta">\n{table}\n</table>\n{title}\n<p>{document.shown_number}</p>'


def write_docx(document: Document) -> bytes:
    """Word, with heading styles and tables; rewritten so that neither clock nor order shows."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    word = docx.Document()
    core = word.core_properties
    core.author, core.title, core.comments = "wenmai demo", document.title, ""
    core.created = core.modified = FIXED
    word.styles["Normal"].font.size = Pt(12)  # type: ignore[attr-defined]
    middle, right = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
    for line in head_lines(document):
        if line == document.title:
            word.add_heading(line, 0).alignment = middle
        else:
            word.add_paragraph(line).alignment = middle
    for block in document.blocks:
        if block.kind == "table":
            table = word.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
            for row in block.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        elif block.kind in ("title2", "h1", "h2"):
            made = word.add_heading(block.text, {"title2": 0, "h1": 1, "h2": 2}[block.kind])
            if block.kind == "title2":
                made.alignment = middle
        else:
            paragraph = word.add_paragraph()
            if block.lead:
                paragraph.add_run(block.lead).bold = True
            paragraph.add_run(plain(block).removeprefix(block.lead))
            if block.kind == "sign":
                paragraph.alignment = right
            elif block.kind not in ("p0", "ref"):
                paragraph.paragraph_format.first_line_indent = Pt(24)
    drop_thumbnail(word)
    raw = io.BytesIO()
    word.save(raw)
    with zipfile.ZipFile(raw) as packed:
        return zipped({name: packed.read(name) for name in sorted(packed.namelist(), key=lambda n: n != "[Content_Types].xml")})


def drop_thumbnail(word: Any) -> None:
    """The picture of python-docx's template is of no use here."""
    rels = word.part.package.rels
    for key in [key for key, rel in rels.items() if rel.reltype.endswith("/thumbnail")]:
        del rels[key]


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip with a fixed date."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, FIXED.timetuple()[:6])
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            packed.writestr(info, data)
    return raw.getvalue()


def write_pdf(document: Document) -> bytes:
    return pdf_paper(document) if document.kind == "paper" else pdf_policy(document)


def pdf_styles(size: float) -> Callable[..., Any]:
    """A function from text and options to a paragraph in the built-in Chinese font."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))

    def paragraph(
        text: str,
        *,
        scale: float = 1,
        align: Literal[0, 1, 2] = 0,
        indent: float = 0,
        before: float = 0,
        after: float = 0,
    ) -> Any:
        style = ParagraphStyle(
            "text", fontName=FONT, fontSize=size * scale, leading=size * scale * 1.6, wordWrap="CJK", alignment=align,
            firstLineIndent=indent * size * scale, spaceBefore=before, spaceAfter=after,
        )  # fmt: skip
        return Paragraph(html.escape(text, quote=False), style)

    return paragraph


def flow(document: Document, paragraph: Callable[..., Any]) -> list[Any]:
    """The blocks as paragraphs of a PDF."""
    story = []
    for block in document.blocks:
        text = plain(block)
        if block.kind == "title2":
            story.append(paragraph(text, scale=1.4, align=1, before=18, after=10))
        elif block.kind == "h1":
            story.append(paragraph(text, scale=1.15, before=8, after=3))
        elif block.kind == "h2":
            story.append(paragraph(text, scale=1.0, before=4, after=2))
        elif block.kind == "sign":
            story.append(paragraph(text, align=2, before=4))
        elif block.kind == "ref":
            story.append(paragraph(text, scale=0.85))
        elif block.kind in ("abstract", "keywords"):
            continue
        elif block.kind == "note":
            story.append(paragraph(text, scale=0.85, before=10))
        else:
            story.append(paragraph(text, indent=0 if block.kind == "p0" else 2))
    return story


def pdf_policy(document: Document) -> bytes:
    """One column on A4, the issuer above, the page number below between dashes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    raw = io.BytesIO()
    paragraph = pdf_styles(12)
    wide, high = A4

    def number(canvas: Any, doc: Any) -> None:
        canvas.setFont(FONT, 10)
        canvas.drawCentredString(wide / 2, 40, f"— {doc.page} —")

    frame = Frame(80, 70, wide - 160, high - 150, id="body")
    template = BaseDocTemplate(raw, pagesize=A4, invariant=1, title=document.title, author=document.issuers[0], lang="zh-CN")
    template.addPageTemplates([PageTemplate("page", [frame], onPage=number)])
    story = [paragraph(f"{'　'.join(document.issuers)}文件", scale=1.7, align=1, after=6)]
    story += [
        paragraph(document.shown_number, align=1, after=14),
        paragraph(document.title, scale=1.5, align=1, after=14),
    ]
    template.build([*story, *flow(document, paragraph)])
    return raw.getvalue()


def pdf_paper(document: Document) -> bytes:
    """Two columns under a wide head; running heads, page numbers, a note on the author at the first page's foot."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import BaseDocTemplate, Frame, FrameBreak, NextPageTemplate, PageTemplate

    raw = io.BytesIO()
    paragraph = pdf_styles(10)
    wide, high = A4
    column, gap, left = (wide - 120 - 22) / 2, 22, 60
    first = sum(map(ord, document.key)) % 80 + 11
    abstract, keywords = (plain(b) for b in document.blocks if b.kind in ("abstract", "keywords"))
    head = [
        paragraph(document.title, scale=1.7, align=1, before=6, after=8),
        paragraph("　".join(document.authors), scale=1.2, align=1, after=4),
        paragraph(f"（{document.school}，岚都 000200）", scale=0.9, align=1, after=8),
        paragraph(abstract, scale=0.9, after=3),
        paragraph(keywords, scale=0.9, after=6),
    ]
    space = sum(p.wrap(wide - 120, high)[1] + p.getSpaceBefore() + p.getSpaceAfter() for p in head) + 14
    top = high - 78
    received = f"{int(document.date[:4]) - 1}-10-{first % 19 + 10}"
    author = f"{document.authors[0]}，{document.school}研究人员，主要研究公共管理。"
    foot = paragraph(f"收稿日期：{received}　作者简介：{author}", scale=0.8)
    foot_high = foot.wrap(column, 100)[1]

    def first_page(canvas: Any, doc: Any) -> None:
        canvas.setFont(FONT, 9)
        canvas.drawString(left, high - 52, document.issue)
        canvas.drawCentredString(wide / 2, high - 52, document.journal)
        canvas.drawRightString(wide - left, high - 52, month_line(document))
        canvas.line(left, high - 58, wide - left, high - 58)
        canvas.line(left, 68 + foot_high, left + 90, 68 + foot_high)
        foot.drawOn(canvas, left, 62)
        canvas.drawCentredString(wide / 2, 40, str(first))

    def other_page(canvas: Any, doc: Any) -> None:
        canvas.setFont(FONT, 9)
        even = doc.page % 2 == 0
        canvas.drawCentredString(wide / 2, high - 52, document.journal if even else f"{document.authors[0]}：{document.title}")
        canvas.line(left, high - 58, wide - left, high - 58)
        canvas.drawCentredString(wide / 2, 40, str(first + doc.page - 1))

    def frame(x: float, y: float, w: float, h: float) -> Frame:
        return Frame(x, y, w, h, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)

    low = 76 + foot_high
    opening = [
        frame(left, top - space, wide - 120, space),
        frame(left, low, column, top - space - low),
        frame(left + column + gap, 66, column, top - space - 66),
    ]
    rest = [frame(left, 66, column, top - 66), frame(left + column + gap, 66, column, top - 66)]
    template = BaseDocTemplate(
        raw, pagesize=A4, invariant=1, title=document.title, author="、".join(document.authors), lang="zh-CN"
    )
    template.addPageTemplates([PageTemplate("first", opening, onPage=first_page), PageTemplate("rest", rest, onPage=other_page)])
    template.build([*head, NextPageTemplate("rest"), FrameBreak(), *flow(document, paragraph)])
    return raw.getvalue()


def write_xlsx(documents: list[Document]) -> bytes:
    """One row a document: 标题, 发文机关, 发文字号, 发布日期, 正文."""
    import xlsxwriter

    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw, {"in_memory": True})
    book.set_properties({"title": "文件表", "author": "wenmai demo", "created": FIXED})
    sheet = book.add_worksheet("文件")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_row(0, 0, ["标题", "发文机关", "发文字号", "发布日期", "正文"])
    for row, document in enumerate(documents, 1):
        body = as_text(document).split("\n\n", 1)[1] if "令" not in document.shown_number else as_text(document)
        sheet.write_row(row, 0, [document.title, "、".join(document.issuers), document.shown_number])
        sheet.write_datetime(row, 3, dt.datetime.fromisoformat(document.date), day)
        sheet.write_string(row, 4, body.strip(), wrapped)
        document.source = f"documents/{BOOK}#{row + 1}"
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 3, 18)
    sheet.set_column(4, 4, 90)
    book.close()
    return raw.getvalue()


WRITERS: dict[str, Callable[[Document], bytes]] = {
    "txt": write_txt, "md": write_md, "html": write_html, "docx": write_docx, "pdf": write_pdf,
}  # fmt: skip
COPIED = "松政发2016-29号"  # a second copy of this file lies beside it


def write_all(documents: list[Document], folder: Path) -> None:
    """Write every document below the folder, which is emptied first, and note its source."""
    shutil.rmtree(folder, ignore_errors=True)
    packed: dict[str, bytes] = {}
    rows = [d for d in documents if d.format == "xlsx"]
    for document in documents:
        if document.format == "xlsx":
            continue
        ending = document.format.removeprefix("zip-") if document.format != "zip" else "pdf"
        data = WRITERS[ending](document)
        if document.format.startswith("zip"):
            packed[f"{document.key}.{ending}"] = data
            document.source = f"documents/{PACK}!{document.key}.{ending}"
            continue
        path = folder / FOLDERS[document.group] / f"{document.key}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        document.source = f"documents/{path.relative_to(folder).as_posix()}"
        if document.key == COPIED:
            path.with_stem(path.stem + "（副本）").write_bytes(data)
    (folder / BOOK).write_bytes(write_xlsx(rows))
    (folder / PACK).write_bytes(zipped(packed))

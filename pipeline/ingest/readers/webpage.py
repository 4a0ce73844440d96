"""What web pages put around and between their words: layout tables, lists of links, numbers of lists; and why one has no text."""

import re
from datetime import datetime, timedelta, timezone
from typing import Any

from pipeline.ingest.clean import NEVER_SEEN, count_han, one_line
from pipeline.ingest.parsed import SetAside
from pipeline.ingest.readers.numerals import numeral

_FEW = 20  # visible characters; a page with fewer is looked at for what else it is made of
_SHORT = 600  # characters that what stands around an article has at most
_AROUND = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|menu|footer|foot|bottom|breadcrumb\w*|crumbs?|copyright|share|qr_?code\w*|qr|sidebar|toolbar|js_pc_qr_code)"
    r"(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_LISTS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_NUMBERED = re.compile(r"\s*(?:[（(]?(?:\d|[一二三四五六七八九十]{1,3}[、）)])|第[一二三四五六七八九十百\d]+[章节条]|[①-⑳])")
_CREATED = re.compile(r"""\bct\s*=\s*["']?(\d{10})\b|createTime\s*=\s*["'](\d{4}-\d\d-\d\d)""")
_CHINA = timezone(timedelta(hours=8))
_REFERENCE = re.compile(r"&(?:#(\d{1,8})|#[xX]([\da-fA-F]{1,6})|[lr]lm);")


def spell_out(page: str) -> str:
    """The source of a page with its references to control and bidirectional characters as the characters themselves.

    Else they would come up after the page was cleaned, in each stretch that is read of it, and be counted as often.
    """
    return _REFERENCE.sub(_spelt_out, page)


def _spelt_out(found: re.Match[str]) -> str:
    code = int(found[1]) if found[1] else int(found[2], 16) if found[2] else 0x200E
    character = chr(code) if code < 0x3000 else ""
    return character if NEVER_SEEN.fullmatch(character) else found[0]


def drop_surroundings(tree: Any) -> None:
    """Take out the short boxes whose class or id says that they are menus, footers or tools."""
    whole = count_han(tree.text_content())
    for box in list(tree.iter("div", "ul", "section", "table", "p", "td")):
        names = f"{box.get('class') or ''} {box.get('id') or ''}"
        if _AROUND.search(names) is None or box.getparent() is None or box.find(".//h1") is not None:
            continue
        text = box.text_content()
        if len(text) < _SHORT and count_han(text) < 0.4 * whole:
            box.drop_tree()


def drop_link_lists(tree: Any) -> None:
    """Take out lists and boxes of links: two or more, with hardly any words beside them."""
    for box in list(tree.iter("ul", "ol", "div", "p", "td")):
        links = [len(one_line(link.text_content())) for link in box.iter("a")]
        words = len(one_line(box.text_content())) if len(links) > 1 else 0
        if words and words < 500 and sum(links) > 0.7 * words and box.getparent() is not None:
            box.drop_tree()


def open_layout_tables(tree: Any) -> None:
    """Tables that only lay out the page become plain boxes: those of one column, and those with an article in a cell."""
    for table in list(tree.iter("table")):
        rows = [len([cell for cell in row if cell.tag in ("td", "th")]) for row in table.iter("tr")]
        if max(rows, default=0) <= 1 or any(map(_is_article, table.iter("td", "th"))):
            for part in [table, *table.iter("tbody", "tr", "td", "th")]:
                if part.tag == "table" and part is not table:
                    continue
                if next(part.iterancestors("table"), table) is table or part is table:
                    part.tag = "div"


def _is_article(cell: Any) -> bool:
    """Whether a cell holds what no table of figures does: a table, several paragraphs, or sentences with breaks between."""
    if cell.find(".//table") is not None or len(cell.findall(".//p")) > 3:
        return True
    text = cell.text_content()
    return text.count("。") > 2 and len(cell.findall(".//br")) + len(cell.findall(".//p")) > 1


def number_lists(tree: Any) -> None:
    """Write the numbers that a browser shows before the items of a list into the items."""
    for ordered in tree.iter("ol"):
        if "none" in (ordered.get("style") or ""):
            continue
        start = ordered.get("start") or ""
        number = int(start) if re.fullmatch(r"\d{1,4}", start, re.ASCII) else 1
        for item in ordered.iterchildren("li"):
            first = next(iter(item.iterchildren("p", "span", "div")), None) if not (item.text or "").strip() else None
            place = item if first is None else first
            if not _NUMBERED.match(item.text_content()):
                place.text = (
                    f"{numeral(number, _LISTS.get(ordered.get('type') or '1', 'decimal'))}. {(place.text or '').lstrip()}"
                )
            number += 1


def public_account(tree: Any) -> tuple[Any, dict[str, str]] | None:
    """The article of a public account (公众号) with its title, and when it was published; None on any other page."""
    box = tree.find(".//*[@id='js_content']")
    if box is None:
        return None
    facts = {}
    shown = tree.find(".//*[@id='publish_time']")
    scripts = " ".join(script.text or "" for script in tree.iter("script"))
    if shown is not None and (text := one_line(shown.text_content())):
        facts["published"] = text
    elif made := _CREATED.search(scripts):
        facts["published"] = made[2] or datetime.fromtimestamp(int(made[1]), _CHINA).date().isoformat()
    title = tree.find(".//*[@id='activity-name']")
    if title is not None:
        title.tag, title.tail = "h1", None
        box.insert(0, title)
        if box.text:  # what stood before the first element stays behind the title
            title.tail, box.text = box.text, None
    return box, facts


def check_text(tree: Any, text: str) -> None:
    """Refuse a page that has next to no text of its own.

    Raises SetAside: its text is in frames, put in by scripts, or in pictures.
    """
    if len(re.sub(r"[\W_]+", "", text)) >= _FEW:
        return
    if next(tree.iter("frame", "iframe"), None) is not None and tree.find(".//*[@id='js_content']") is None:
        raise SetAside(
            "empty", "its text is in frames, which are pages of their own; open the page and save the frame with the text"
        )
    pictures = next(tree.iter("img"), None) is not None
    if next(tree.iter("script"), None) is not None and not pictures:
        raise SetAside("empty", "its text is put in by a script; open it in a browser and save it as PDF")
    if pictures:
        raise SetAside("empty", "no text in it; a picture needs OCR: make a PDF with a text layer (ocrmypdf -l chi_sim)")

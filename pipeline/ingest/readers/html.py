"""Web pages: the table of facts above an official document, then the article inside the page."""

import copy
import html
import itertools
import re
from dataclasses import replace
from typing import Any

from pipeline.config import IngestSettings
from pipeline.ingest import encoding
from pipeline.ingest.clean import HAN, clean, count_han, one_line
from pipeline.ingest.fields import ON_PAGES
from pipeline.ingest.parsed import Parsed, Piece, SetAside
from pipeline.ingest.readers.text import lines_of
from pipeline.ingest.readers.webpage import (
    check_text,
    drop_link_lists,
    drop_surroundings,
    number_lists,
    open_layout_tables,
    public_account,
    spell_out,
)

MAX_DEPTH = 200  # libxml2 silently leaves out what is nested deeper than 256
_OPEN = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*+)([^<>]*+)>")
_TAG = re.compile(r"<(?:script|style)\b[^<]*+(?:<(?!/)[^<]*+)*+</[^<>]*+>|<[^<>]*+>", re.IGNORECASE)
_VOID = frozenset(b"br hr img input meta link col area base param source wbr embed p li td tr option".split())
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_META = {
    "title": ("ArticleTitle", "og:title", "citation_title", "DC.title"),
    "published": ("PubDate", "pubdate", "publishdate", "article:published_time", "citation_publication_date", "citation_date"),
    "issuers": ("ContentSource.Issuer",),
    "keywords": ("Keywords", "keywords", "citation_keywords"),
    "authors": ("citation_author",),
}
_BLOCKS = frozenset(
    "p div li section article blockquote dd dt pre center td th tr table tbody body ul ol dl form font figure main".split()
)
_CHROME = re.compile(
    r"扫一扫在手机打开当前页|[【\[]?(?:打印(?:本页)?|关闭(?:窗口|本页)?|收藏|纠错|我要纠错)[】\]]?|分享到?[:：]?(?:微[博信])?|字[体号][:：]?[大中小\s\[\]【】]*|(?:上|下)一[篇页条].{0,60}"
    r"|相关(?:链接|文章|阅读|新闻)[:：]?|返回(?:顶部|首页|列表)|[【\[]?[大中小][】\]]?|[Qq]{2}空间|微[博信]|新浪微博|朋友圈|(?:浏览|点击)(?:次数|量)[:：]?\s*\d*\s*次?|当前位置[:：].{0,80}"
    r"|.{0,40}(?:版权所有|ICP备\s*\d+|公网安备|网站标识码).{0,80}"
)
_BROKEN = re.compile(
    rf"(?<=[{HAN}，。、；：）]) *\v[ \v]*(?=[{HAN}])"
)  # \v: the source goes on in a new line, which is no blank in Chinese
_TOOL = re.compile(r"\s*[【\[（(]?\s*字[体号][:：]?\s*[大中小\s]+[】\]）)]?\s*$")  # at the end of the line of the date
_LONG_ROW = 60  # characters; a row of a table of facts that says no key has fewer
_HEAD = 12  # lines between the title of a page and its text
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_CHARSETS = frozenset("utf-8 gb18030 big5hkscs shift_jis euc-jp euc-kr".split())
_DROPPED = frozenset("script style noscript nav footer header aside iframe button select svg template textarea noframes".split())


def read(data: bytes, settings: IngestSettings, tick: object = None) -> Parsed:
    """A web page; one that is nested too deep for a parser is read without its layout. Raises SetAside: no web page."""
    import lxml.html

    text, _, broken = encoding.decode(data, settings.encoding or declared(data))
    if _depth(data) > MAX_DEPTH:
        reason = f"its tags are nested more than {MAX_DEPTH} deep, so navigation could not be told from text; look at it"
        return Parsed("html", _without_tags(text), status="partial", reason=reason)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", clean(spell_out(text)))  # lxml refuses text that declares an encoding
    try:
        tree = lxml.html.document_fromstring(
            text, parser=lxml.html.HTMLParser(huge_tree=False, no_network=True, remove_comments=True)
        )
    except (ValueError, SyntaxError) as error:
        raise SetAside("empty" if "empty" in str(error).lower() else "corrupt", f"no web page ({error})") from None
    facts = _meta(tree)
    facts |= _table_of_facts(tree)
    _drop_citations(tree)
    open_layout_tables(tree)
    status, reason = (
        ("partial", f"{broken} characters could not be decoded; set ingest.encoding if you know it") if broken else ("ok", "")
    )
    whole = copy.deepcopy(tree)  # reading an article takes the page apart
    if account := public_account(tree):
        facts |= account[1]
        pieces = _blocks(account[0])
    else:
        pieces = [replace(piece, text=_TOOL.sub("", piece.text)) for piece in _article(tree) if not _is_chrome(piece.text)]
    check_text(whole, "".join(piece.text for piece in pieces))
    return Parsed("html", pieces, facts=facts, status=status, reason=reason)


def _is_chrome(line: str) -> bool:
    """Whether a line only holds the tools of a page: print, share, size of letters."""
    return bool(_CHROME.fullmatch(line)) or (len(line) < 60 and all(map(_CHROME.fullmatch, line.split())))


def _depth(data: bytes) -> int:
    """How deep the tags are nested, counted without a parser; tags that may stay open are left out."""
    depth = deepest = 0
    for closing, name, rest in _OPEN.findall(data):
        if name.lower() in _VOID or rest.endswith(b"/"):
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _without_tags(text: str) -> list[Piece]:
    """What stands between tags, a stretch a paragraph."""
    lines = html.unescape(clean(_TAG.sub("\n", text))).split("\n")
    return [Piece(one_line(line), after_gap=True) for line in lines if one_line(line)]


def declared(data: bytes) -> str | None:
    """The encoding a page declares, if its bytes are valid in it; gb2312 means gb18030."""
    found = _CHARSET.search(data[:4096])
    if not found:
        return None
    name = found[1].decode("ascii").lower()
    name = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "utf8": "utf-8"}.get(name, name)
    # Python knows more, such as unicode_escape, that no browser does; and a page in which the word can be found is no utf-16
    if name not in _CHARSETS:
        return None
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return None
    return name


def _meta(tree: Any) -> dict[str, str]:
    """Facts from the head of the page."""
    given: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("name") or meta.get("property") or ""
        if name and meta.get("content"):
            given.setdefault(name.lower(), one_line(meta.get("content")))
    facts = {}
    for field, names in _META.items():
        value = next((given[name.lower()] for name in names if given.get(name.lower())), "")
        if value:
            facts[f"meta {field}"] = value
    if (title := tree.find(".//title")) is not None and title.text:
        facts["html title"] = one_line(title.text)
    return facts


def _table_of_facts(tree: Any) -> dict[str, str]:
    """Take the table that lists issuer, date, title and number out of the page and return what it says."""
    facts: dict[str, str] = {}
    for table in [table for table in tree.iter("table") if table.find(".//table") is None]:
        cells = [one_line(cell.text_content()) for cell in table.iter("td", "th")]
        pairs = {
            _key(left): right
            for left, right in itertools.pairwise(cells)
            if _key(left) in ON_PAGES and _key(right) not in ON_PAGES
        }
        known = [cell for cell in cells if _key(cell) in ON_PAGES]
        if len(known) < 2 and not (known and len(cells) <= 4):
            continue
        facts |= {ON_PAGES[key]: value for key, value in pairs.items() if ON_PAGES[key] and value and ON_PAGES[key] not in facts}
        rows = list(table.iter("tr"))
        below = [
            row for row in rows if len(one_line(row.text_content())) > _LONG_ROW and not any(map(_is_key, row.iter("td", "th")))
        ]
        for part in [row for row in rows if any(map(_is_key, row.iter("td", "th")))] if below else [table]:
            part.drop_tree()  # below the facts the same table may hold the article
    for item in [item for item in tree.iter("li", "p", "dd") if len(item) <= 3]:
        left, colon, right = one_line(item.text_content()).partition("：")
        if (
            colon
            and ON_PAGES.get(_key(left))
            and right
            and len(right) < 200
            and ON_PAGES[_key(left)] != "keywords"
            and item.tag == "li"
        ):
            facts.setdefault(ON_PAGES[_key(left)], right.strip())
            item.drop_tree()
    return facts


def _is_key(cell: Any) -> bool:
    return _key(one_line(cell.text_content())) in ON_PAGES


def _key(cell: str) -> str:
    return re.sub(r"[\s\u3000:：]", "", cell)


def _drop_citations(tree: Any) -> None:
    for raised in list(tree.iter("sup")):
        if re.fullmatch(r"[\[［〔(（]?\s*\d+(?:\s*[-–—,，、]\s*\d+)*\s*[\]］〕)）]?", raised.text_content().strip()):
            raised.drop_tree()


def _article(tree: Any) -> list[Piece]:
    """The article as trafilatura finds it, or all that is no navigation if it finds less than half of the Chinese text."""
    import trafilatura
    from lxml import etree

    for element in list(tree.iter(*_DROPPED)):
        if element.getparent() is not None:
            element.drop_tree()
    _drop_forms(tree)
    drop_link_lists(tree)
    drop_surroundings(tree)
    number_lists(tree)
    everything = _blocks(tree.find("body") if tree.find("body") is not None else tree)
    if _is_preformatted(tree, everything):
        return everything
    found = trafilatura.extract(
        tree, output_format="xml", include_tables=True, include_comments=False, favor_recall=True, deduplicate=False
    )
    if not found:
        return everything
    root = etree.fromstring(found.encode("utf-8"), etree.XMLParser(resolve_entities=False, no_network=True))
    article = _trafilatura_pieces(root.find("main") if root.find("main") is not None else root)
    enough = sum(count_han(piece.text) for piece in article) >= 0.5 * sum(count_han(piece.text) for piece in everything)
    # a page too short for it comes back as one paragraph, navigation and all
    return _with_head(article, everything) if enough and (len(article) > 1 or len(everything) < 3) else everything


def _drop_forms(tree: Any) -> None:
    """Take out forms, but of one that holds most of the page, as ASP.NET puts around it, only the tag."""
    whole = len(one_line(tree.text_content()))
    for form in list(tree.iter("form")):
        if form.getparent() is None:
            continue
        if len(one_line(form.text_content())) > 0.5 * whole:
            form.drop_tag()
        else:
            form.drop_tree()


def _is_preformatted(tree: Any, everything: list[Piece]) -> bool:
    """Whether most of the words stand in <pre>, whose lines trafilatura would run together."""
    inside = sum(count_han(pre.text_content()) for pre in tree.iter("pre"))
    return inside > 0.5 * sum(count_han(piece.text) for piece in everything)


def _with_head(article: list[Piece], everything: list[Piece]) -> list[Piece]:
    """The article with the heading above it and the lines between (number, author), which trafilatura takes for furniture."""
    opening = article[0].text if article else None
    first = next((at for at, piece in enumerate(everything) if piece.text == opening), len(everything))
    title = next((at for at in reversed(range(first)) if everything[at].kind == "title"), None)
    if first == len(everything) or title is None or first - title > _HEAD or any(piece.kind == "title" for piece in article):
        return article
    return [*everything[title:first], *article]


def _trafilatura_pieces(main: Any) -> list[Piece]:
    pieces = []
    for element in main.iter("head", "p", "item", "row", "quote", "code"):
        if any(parent.tag in ("row", "item", "p", "quote") for parent in element.iterancestors()):
            continue
        if element.tag == "row":
            cells = [one_line(" ".join(cell.itertext())) for cell in element.iter("cell")]
            pieces.append(Piece(" | ".join(cells), "table"))
            continue
        for lb in element.iter("lb"):
            lb.text = "\n"
        kind = "paragraph"
        if element.tag == "head":
            kind = "title" if element.get("rend") == "h1" else "heading"
        pieces += [Piece(one_line(line), kind, after_gap=True) for line in "".join(element.itertext()).split("\n")]
    return [piece for piece in pieces if piece.text.strip(" |")]


def _blocks(body: Any) -> list[Piece]:
    """Everything on the page, block by block; a row of a table is a piece."""
    from lxml import etree

    pieces: list[Piece] = []
    buffer: list[str] = []

    def flush(kind: str = "paragraph") -> None:
        text = _BROKEN.sub("", "".join(buffer)).replace("\v", " ")
        pieces.extend(Piece(one_line(line), kind, after_gap=True) for line in text.split("\n") if one_line(line))
        buffer.clear()

    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start" and name == "tr":
            flush()
            cells = [one_line(cell.text_content()) for cell in element.iter("td", "th")]
            pieces.append(Piece(" | ".join(cells), "table"))
            walk.skip_subtree()
        elif event == "start" and name == "pre":
            flush()
            for br in element.iter("br"):
                br.tail = "\n" + (br.tail or "")
            pieces.extend(lines_of(element.text_content()))
            walk.skip_subtree()
        elif event == "start":
            if name in _BLOCKS or name in _HEADINGS:
                flush()
            if name == "br":
                buffer.append("\n")
            buffer.append((element.text or "").replace("\n", "\v") if name else "")
        else:
            if name in _HEADINGS:
                flush("title" if name == "h1" else "heading")
            elif name in _BLOCKS:
                flush()
            buffer.append((element.tail or "").replace("\n", "\v"))
    flush()
    return [piece for piece in pieces if piece.text.strip(" |")]


def read_archive(data: bytes, settings: IngestSettings, tick: object = None) -> Parsed:
    """A web page saved as one file (mht), as browsers and Word do. Raises SetAside: there is no page in it."""
    import email
    import email.policy

    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html" and isinstance(page := part.get_payload(decode=True), bytes):
            return read(page, settings, tick)
    raise SetAside("corrupt", "no web page in it; open it in a browser and save it as PDF")

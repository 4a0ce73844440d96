"""Web pages as they are made: old layout tables, articles of public accounts, text in <pre> or between <br>; Markdown and text."""

import pytest

from pipeline.config import IngestSettings
from pipeline.ingest.layout import Layout, lay_out
from pipeline.ingest.parsed import Parsed, SetAside
from pipeline.ingest.readers import DOCUMENTS, format_of

FIRST = "第一，窗口人员每天核对台账并把办件结果录入系统，遇到材料不齐的申请便逐项告知补正。"
SECOND = "第二，各县应当按月公布办件数量，接受群众监督，对超期未办的事项逐件说明原因。"
THIRD = "第三，数据管理部门负责汇总各县报送的目录，每季度向岚国政务院报告一次进展。"
MENU = "".join(f"<a href='/{n}'>栏目{n}</a>|" for n in range(9))


def parsed(name: str, text: str | bytes) -> Parsed:
    data = text.encode() if isinstance(text, str) else text
    return DOCUMENTS[format_of(name, data)](data, IngestSettings(), lambda: True)


def laid(name: str, text: str | bytes) -> Layout:
    return lay_out(parsed(name, text))


def page(body: str, head: str = "<title>岚国政府网</title>") -> str:
    return f"<html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"


def test_an_article_in_nested_layout_tables_is_read_paragraph_by_paragraph() -> None:
    body = f"""<table width=980><tr><td colspan=2>{MENU}</td></tr><tr><td width=200><table><tr><td>{MENU}</td></tr></table></td>
    <td><table><tr><td align=center><b>关于公布办件数量的通知</b></td></tr><tr><td>发布时间：2019-03-02 来源：岚国政务院</td></tr>
    <tr><td>各县：<br><br>　　{FIRST}<br><br>　　{SECOND}<br>　　{THIRD}</td></tr></table></td></tr></table>"""
    lines = laid("a.htm", page(body)).text.split("\n")
    assert [line for line in lines if line in (FIRST, SECOND, THIRD)] == [FIRST, SECOND, THIRD]
    assert "关于公布办件数量的通知" in lines
    assert not any("栏目" in line for line in lines)


def test_a_table_that_holds_the_article_below_its_date_is_no_table_of_facts() -> None:
    body = f"""<table><tr><td>发布日期</td><td>2019-03-02</td><td>来源</td><td>岚国政务院</td></tr>
    <tr><td colspan=4><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></td></tr></table>"""
    found = parsed("a.htm", page(body))
    assert found.facts["published"] == "2019-03-02"
    assert lay_out(found).text.split("\n")[-3:] == [FIRST, SECOND, THIRD]


def test_a_table_of_figures_stays_a_table_with_its_breaks_in_one_cell() -> None:
    body = f"<h1>办件情况</h1><p>{FIRST}</p><table><tr><td>县名</td><td>件数<br>（件）</td></tr><tr><td>青渡县</td><td>12</td></tr></table><p>{SECOND}</p>"
    lines = laid("a.htm", page(body)).text.split("\n")
    assert "青渡县 | 12" in lines and any(line.startswith("县名 | 件数") for line in lines)


WECHAT = f"""<div id="js_article"><div id="img-content"><h1 class="rich_media_title" id="activity-name">窗口改革怎么看</h1>
<div id="meta_content"><span id="copyright_logo">原创</span><span id="js_name">岚国观察</span><em id="publish_time">2021年3月2日</em></div>
<div class="rich_media_content" id="js_content" style="visibility: hidden; opacity: 0;"><section><section><section><span>{FIRST[:12]}</span><span style="x"><strong>{FIRST[12:20]}</strong>
</span><span>{FIRST[20:]}</span></section></section></section><p><img data-src="https://example.org/a.png" class="rich_pages"/></p><section><p><span>{SECOND}</span></p>
<p><br/></p><p><span>{THIRD}</span></p></section></div></div><div id="js_pc_qr_code"><div class="qr_code_pc"><p>微信扫一扫<br>关注该公众号</p></div></div>
<div class="reward"><a>赞赏</a></div></div><script>var ct = "1614643200";</script>"""


def test_an_article_of_a_public_account_is_read_without_what_stands_around_it() -> None:
    found = parsed("a.html", page(WECHAT, "<meta property='og:title' content='窗口改革怎么看'>"))
    assert lay_out(found).text.split("\n") == ["窗口改革怎么看", FIRST, SECOND, THIRD]
    assert found.facts["published"] == "2021年3月2日"


def test_an_article_of_a_public_account_that_is_pictures_only_is_empty() -> None:
    pictures = "<p><img data-src='https://example.org/a.png'></p>" * 5
    with pytest.raises(SetAside, match="OCR") as why:
        parsed("a.html", page(f"<h1 id='activity-name'>一图读懂</h1><div id='js_content'>{pictures}</div>"))
    assert why.value.status == "empty"


def test_lines_in_pre_are_joined_where_only_the_width_broke_them() -> None:
    texts = ["　　" + FIRST + SECOND + THIRD, "　　再说" + THIRD + SECOND]
    broken = "\n\n".join("\n".join(text[at : at + 20] for at in range(0, len(text), 20)) for text in texts)
    lines = laid("a.htm", page(f"<div>{MENU}</div><pre>\n{broken}\n</pre>")).text.split("\n")
    assert lines == [text.strip("　") for text in texts]


def test_paragraphs_between_breaks_are_paragraphs() -> None:
    for between in ("<br><br>", "<br/>\n<br/>", "<br>　　"):
        body = f"<div>{MENU}</div><h1>关于公布办件数量的通知</h1><div class=con>{between.join((FIRST, SECOND, THIRD))}</div>"
        assert laid("a.htm", page(body)).text.split("\n")[-3:] == [FIRST, SECOND, THIRD]


def test_an_article_of_a_government_site_keeps_its_number_and_signature() -> None:
    body = f"""<div class="header">{MENU}</div><div class="BreadcrumbNav">当前位置：首页 &gt; 公开</div><div class="article"><h1>关于公布办件数量的通知</h1>
    <div class="pages-date">2019-03-02 10:00 <span>来源：岚国政务院</span> 【字体：大 中 小】</div>
    <div id="UCAP-CONTENT"><div class="TRS_Editor"><p style="text-align:center">岚政发〔2019〕8号</p><p>各县：</p><p>　　{FIRST}</p><p>　　{SECOND}</p>
    <p>　　{THIRD}</p><p style="text-align:right">岚国政务院</p><p style="text-align:right">2019年3月2日</p></div></div></div>
    <div class="footer">版权所有：岚国政务院 备案号：零零一</div>"""
    lines = laid("a.htm", page(body)).text.split("\n")
    assert [line for line in lines if line in (FIRST, SECOND, THIRD)] == [FIRST, SECOND, THIRD]
    assert all(words in lines for words in ("岚政发〔2019〕8号", "各县：", "岚国政务院", "2019年3月2日"))
    assert not any(word in "".join(lines) for word in ("栏目", "版权所有", "字体"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<frameset cols='20%,80%'><frame src='a.htm'><frame src='b.htm'></frameset>", "frame"),
        ("<iframe src='b.htm'></iframe>", "frame"),
        ("<div id='app'></div><script src='app.js'></script><noscript>请启用脚本</noscript>", "script"),
        ("<div><img src='a.png'></div>", "OCR"),
    ],
)
def test_a_page_without_text_of_its_own_is_empty_and_says_why(body: str, said: str) -> None:
    with pytest.raises(SetAside, match=said) as why:
        parsed("a.htm", page(body))
    assert why.value.status == "empty"


def test_numbers_of_lists_are_kept() -> None:
    items = "".join(f"<li>{words}</li>" for words in (FIRST, SECOND, THIRD))
    lines = laid("a.htm", page(f"<h1>通知</h1><p>{FIRST}</p><ol start=3>{items}</ol>")).text.split("\n")
    assert lines[-3:] == [f"3. {FIRST}", f"4. {SECOND}", f"5. {THIRD}"]
    assert laid("a.md", f"说明\n\n3. {FIRST}\n4. {SECOND}\n\n- 甲\n").text.split("\n") == [
        "说明",
        f"3. {FIRST}",
        f"4. {SECOND}",
        "甲",
    ]


def test_a_page_saved_as_one_file_or_under_the_name_of_a_word_document_is_read() -> None:
    whole = page(f"<p>{FIRST}</p><p>{SECOND}</p>")
    saved = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n"
    saved += b"Content-Transfer-Encoding: 8bit\r\n\r\n" + whole.encode() + b"\r\n--x--\r\n"
    for name, data in (("a.doc", whole.encode()), ("a.mht", saved), ("a.doc", saved)):
        assert laid(name, data).text == f"{FIRST}\n{SECOND}"
    with pytest.raises(SetAside, match="no web page in it"):
        parsed("a.mht", b"MIME-Version: 1.0\r\n\r\nhello")


def test_hard_lines_of_a_text_are_joined_and_its_lists_stay_lists() -> None:
    text = "　　" + FIRST + SECOND + THIRD
    lines = [text[at : at + 24] for at in range(0, len(text), 24)]
    found = laid("a.txt", "\n".join(["关于公布办件数量的通知", "", *lines, "一、报送目录", "二、公布数量", *lines])).text.split(
        "\n"
    )
    assert found == ["关于公布办件数量的通知", FIRST + SECOND + THIRD, "一、报送目录", "二、公布数量", FIRST + SECOND + THIRD]

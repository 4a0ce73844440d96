"""Web pages and Markdown."""

import pytest
from reading import PROSE, laid, members, parsed

from pipeline.ingest.layout import lay_out

PAGE = f"""<html><head><meta charset="gb2312"><title>岚国政府网</title></head><body>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/x">公开</a></li><li><a href="/y">互动</a></li></ul></div>
<table><tr><td>发文机关：</td><td>岚国政务院</td><td>成文日期：</td><td>2019年03月02日</td></tr>
<tr><td>标　　题：</td><td>关于规范窗口受理的通知</td><td>发文字号：</td><td>岚政发〔2019〕8号</td></tr></table>
<div><h1>关于规范窗口受理的通知</h1><p>各县：</p><p>{PROSE}</p><p>{PROSE[:20]}<sup>[1]</sup>等事项一并办理。</p>
<table><tr><td>事项</td><td>时限</td></tr><tr><td>登记</td><td>三日</td></tr></table><p>扫一扫在手机打开当前页</p></div>
<footer>版权所有</footer></body></html>"""


def test_a_web_page_gives_its_article_and_its_table_of_facts() -> None:
    found = parsed("a.html", PAGE.encode("gb18030"))
    text = lay_out(found).text
    assert PROSE in text
    assert "登记 | 三日" in text
    assert "等事项一并办理" in text
    assert not any(word in text for word in ("首页", "互动", "版权所有", "扫一扫", "[1]", "发文机关"))
    assert found.facts["doc_number"] == "岚政发〔2019〕8号"
    assert found.facts["issuers"] == "岚国政务院"


def test_what_stands_between_the_title_of_a_page_and_its_article_is_kept() -> None:
    text = "".join(f"<p>第{number}段说明各部门应当推进数据共享，按期报送目录。</p>" for number in range(6))
    head = "<h1>关于报送目录的通知</h1><p>岚数发〔2020〕63号</p><div><a href='#'>【大】</a> 打印 分享到：微博 朋友圈</div>"
    page = f"<html><body><nav>首页</nav><main>{head}<article>{text}</article></main></body></html>"
    lines = laid("a.html", page.encode()).text.split("\n")
    assert lines[:2] == ["关于报送目录的通知", "岚数发〔2020〕63号"] and lines[2].startswith("第0段")


def test_a_web_page_that_declares_the_wrong_encoding_is_read_all_the_same() -> None:
    assert PROSE in laid("a.html", PAGE.replace("gb2312", "utf-8").encode("gb18030")).text
    assert PROSE in laid("a.html", PAGE.encode("utf-8")).text


def test_a_form_around_the_whole_page_is_not_dropped() -> None:
    page = f"<html><body><form id='aspnetForm'><div><p>{PROSE}</p><p>{PROSE[::-1]}</p></div></form></body></html>"
    assert PROSE in laid("a.html", page.encode()).text
    searched = f"<html><body><p>{PROSE}</p><p>{PROSE[::-1]}</p><form>站内搜索</form></body></html>"
    assert "站内搜索" not in laid("a.html", searched.encode()).text


@pytest.mark.parametrize("charset", ["utf-16", "unicode_escape", "utf-7", "undefined", "punycode", "idna", "rot13"])
def test_a_charset_that_no_page_can_have_is_not_believed(charset: str) -> None:
    page = f"<html><head><meta charset='{charset}'></head><body><p>{PROSE}</p><p>{PROSE[::-1]}</p></body></html>"
    assert PROSE in laid("a.html", page.encode()).text


def test_a_web_table_that_is_called_xls_is_a_table_of_rows() -> None:
    rows = f"<tr><td>甲</td><td>{PROSE}<br>次行</td></tr><tr><td>乙</td><td>{PROSE}</td></tr>"
    page = f"<html><meta charset=gb2312><table><tr><th>标题</th><th><b>正文</b></th></tr>{rows}</table></html>"
    found = members("a.xls", page.encode("gb18030"))
    assert [member.name for member in found] == ["#2", "#3"]
    assert found[0].cells == {"标题": "甲", "正文": f"{PROSE}\n次行"}


def test_a_page_nested_too_deep_is_read_without_its_layout() -> None:
    deep = b"<html><body>" + b"<div>" * 100_000 + PROSE.encode() + b"</body></html>"
    found = parsed("a.html", deep)
    assert (found.status, [piece.text for piece in found.pieces]) == ("partial", [PROSE])


def test_markdown_gives_headings_lists_tables_and_front_matter() -> None:
    text = "---\ntitle: 窗口办法\n---\n# 窗口办法\n\n##一、总则\n\n各县**应当**共享<sup>[1]</sup>。\n\n- 甲\n- 乙\n\n|事项|时限|\n|-|-|\n|登记|三日|\n"
    found = parsed("a.md", text.encode())
    assert found.facts == {"title": "窗口办法"}
    assert [piece.text for piece in found.pieces] == [
        "窗口办法",
        "一、总则",
        "各县应当共享。",
        "甲",
        "乙",
        "事项 | 时限",
        "登记 | 三日",
    ]


def test_lists_and_quotes_are_read_however_deep() -> None:
    nested = "".join(f"{'  ' * level}- 第{level}层\n" for level in range(30))
    assert "第29层" in laid("a.md", nested.encode()).text
    quotes = parsed("a.md", f"前\n\n{'>' * 5000} 最深处\n\n后\n".encode())
    assert [piece.text for piece in quotes.pieces] == ["前", "最深处", "后"]
    assert quotes.status == "partial"


def test_marks_that_are_never_closed_take_no_time() -> None:
    for mark in ("<!--", "<sup>", "<a ", "[", "*a "):
        parsed("a.md", (mark * 20_000).encode())
    for mark in ("<", "<a", "<a ", "<style"):
        parsed("a.html", (mark * 20_000).encode())
    parsed("a.html", b"<" + b"a" * 300_000)

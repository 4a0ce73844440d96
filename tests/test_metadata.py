"""What is known about a document: title, date, issuers, number, level, region, kind, authors, keywords, abstract, language."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.config import DEMO, LEXICONS, IngestSettings
from pipeline.errors import SettingsError
from pipeline.ingest.candidates import columns_of, weighed
from pipeline.ingest.gazetteer import Gazetteer, place_at, read_gazetteer
from pipeline.ingest.layout import Layout, lay_out
from pipeline.ingest.metadata import describe
from pipeline.ingest.metadata.dates import read_date
from pipeline.ingest.metadata.language import language_of
from pipeline.ingest.metadata.numbers import number_from_cell
from pipeline.ingest.parsed import Parsed, Piece, SetAside
from pipeline.ingest.readers import CONTAINERS, DOCUMENTS, format_of
from pipeline.ingest.readers.text import lines_of

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
SETTINGS = IngestSettings()
LAN = read_gazetteer(DEMO / "places.csv", DEMO / "issuers.csv")
CHINA = read_gazetteer(LEXICONS / "places.csv", LEXICONS / "issuers.csv")
BODY = "各县要统筹推进有关工作，细化分工，压实责任，确保各项任务按期完成，并将进展情况及时报送。"


def found_in(layout: Layout, facts: dict[str, str], source: str, places: Gazetteer) -> SimpleNamespace:
    """The columns of a document, by their names."""
    return SimpleNamespace(**columns_of(describe(layout, facts, source, places)))


def known(text: str = "", source: str = "来件/文件.txt", places: Gazetteer = LAN, **facts: str) -> SimpleNamespace:
    """What is known about a text file; facts by the names of fields, _ for a blank."""
    return found_in(lay_out(Parsed("txt", lines_of(text))), _named(facts), source, places)


def candidates(field: str, text: str, source: str = "来件/文件.txt", **facts: str) -> list[tuple[str, str, float]]:
    """Every place that tells of a field, what it says and how sure that is."""
    found = describe(lay_out(Parsed("txt", lines_of(text))), _named(facts), source, LAN)
    return [(one.origin, "、".join(one.values), one.confidence) for one in found if one.field == field]


def _named(facts: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", " ") if name.startswith(("html", "docx", "meta")) else name: value for name, value in facts.items()}


def circular(*lines: str, body: str = BODY) -> str:
    return "\n".join([*lines[:-2], body, *lines[-2:]])


# --- document numbers


@pytest.mark.parametrize(
    "number",
    [
        "松政发〔2021〕7号",
        "松政发[2021]7号",
        "松政发（2021）7号",
        "松政发【2021】第7号",
        "松政发﹝2021﹞7号",
        "松政发 〔 2021 〕 7 号",
    ],
)
def test_a_number_has_one_form_whatever_its_brackets(number: str) -> None:
    text = circular("松汀省政府关于加强巡查的通知", number, "各市、县政府：", "松汀省政府", "2021年3月5日")
    assert known(text).doc_number == "松政发〔2021〕7号"
    assert number_from_cell(f"发文字号：{number}") == "松政发〔2021〕7号"


def test_orders_and_announcements_are_numbers_too() -> None:
    assert known("松汀省政府令\n（第 36 号）\n《松汀省渡口管理办法》已经审议通过，现予公布。").doc_number == "松汀省政府令第36号"
    assert known("数字事务部公告2021年第3号\n关于换发证照的公告\n" + BODY).doc_number == "数字事务部公告2021年第3号"


@pytest.mark.parametrize(
    ("below", "number"),
    [
        ("公告第3号", "公告第3号"),
        ("松汀省海务厅公告2021年第3号", "松汀省海务厅公告2021年第3号"),
        ("2021年第3号", "公告2021年第3号"),
    ],
)
def test_the_title_above_the_number_of_an_announcement_is_no_part_of_it(below: str, number: str) -> None:
    assert known(f"关于换发证照的公告\n{below}\n{BODY}").doc_number == number


def test_a_number_with_spaces_between_its_digits_is_read() -> None:
    head = "松政发〔 2 0 2 1 〕 7 号　　签发人：沈叙言"
    found = known(f"松汀省政府文件\n\n{head}\n\n松汀省政府关于加强巡查的通知\n\n各市、县政府：\n\n{BODY}")
    assert found.doc_number == "松政发〔2021〕7号" and found.title == "松汀省政府关于加强巡查的通知"


def test_numbers_cited_in_the_text_are_not_its_own() -> None:
    cited = "根据《松汀省政府关于加强巡查的通知》（松政发〔2019〕4号）和朔政发〔2020〕8号文件精神，现就有关事项通知如下。"
    assert (
        known(circular("白榆市政府关于秋季管护的通知", "松汀省各部门：", "白榆市政府", "2021年3月5日", body=cited)).doc_number
        is None
    )


def test_a_cell_without_a_number_gives_none() -> None:
    assert known("正文", doc_number="——").doc_number is None
    assert known("正文", doc_number="国令第707号").doc_number == "国令第707号"


def test_a_number_in_the_name_of_the_file_is_the_last_resort() -> None:
    assert known(BODY, source="来件/松政发[2021]7号.txt").doc_number == "松政发〔2021〕7号"


# --- dates


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("二〇二一年三月五日", "2021-03-05"), ("二○二一年十二月三十一日", "2021-12-31"), ("2021 年 3 月 5 日", "2021-03-05"),
        ("2021-03-05", "2021-03-05"), ("2021/3/5", "2021-03-05"), ("2021.03.05", "2021-03-05"), ("20210305", "2021-03-05"),
        ("2021-03-05 08:30:00", "2021-03-05"), ("44260", "2021-03-05"), ("2021年3月", "2021-03"), ("2021", "2021"), ("2021年2月30日", "2021"), ("2021年2月30日", "2021"),
        ("民国一百一十年三月五日", "2021-03-05"), ("Mar. 2021", "2021-03"), ("March 5, 2021", "2021-03-05"),
    ],
)  # fmt: skip
def test_dates_are_read_in_every_form(written: str, iso: str) -> None:
    date = read_date(written)
    assert date is not None and date.iso == iso


@pytest.mark.parametrize("written", ["", "无", "1066年3月5日", "5355年6月6日", "12345678", "99999"])
def test_implausible_dates_are_refused(written: str) -> None:
    assert read_date(written) is None


def test_the_day_of_signature_beats_the_day_of_publication() -> None:
    text = circular("松汀省政府关于加强巡查的通知", "发布时间：2021-04-01 来源：办公厅", "松汀省政府", "二〇二一年三月五日")
    assert (known(text).date, known(text).date_precision) == ("2021-03-05", "day")
    assert known(text, published="2021-04-01").date == "2021-03-05"
    assert known(BODY, published="2021-04-01").date == "2021-04-01"


def test_a_circular_is_dated_by_its_own_signature_not_by_what_it_circulates() -> None:
    text = "\n".join(
        [
            circular("松汀省政府关于印发巡查方案的通知", "各市政府：", "松汀省政府", "2021年3月5日"),
            "松汀省巡查方案",
            BODY,
            "2020年1月1日",
        ]
    )
    assert known(text).date == "2021-03-05"


def test_signature_and_date_may_share_a_line() -> None:
    assert known(circular("关于加强巡查的通知", "各市：", "抄送：各单位", "松汀省政府2021年3月5日")).date == "2021-03-05"


def test_years_in_titles_and_of_cited_laws_are_no_dates() -> None:
    text = circular(
        "松汀省政府2025年工作要点",
        "各市：",
        "松汀省政府",
        "2024年12月30日",
        body="依据2018年12月29日修正的法律，制定本要点。" + BODY,
    )
    assert known(text).date == "2024-12-30"


def test_a_law_is_of_the_day_of_its_last_change() -> None:
    text = "松汀省渡口条例\n（2012年5月3日松汀省第三届人民代表大会常务委员会第九次会议通过 2018年12月29日修正）\n第一条 为了安全，制定本条例。"
    assert known(text).date == "2018-12-29"
    assert known(text, source="法规/松汀省渡口条例(2019-07-25).md").date == "2019-07-25"
    assert known("第一条 为了安全，制定本条例。", source="法规/松汀省渡口条例(2019-07-25).md").date == "2019-07-25"


def test_a_work_report_without_a_day_has_its_year() -> None:
    report = known("各位代表：\n现在，我代表省政府报告工作。", source="报告/2019年松汀省政府工作报告.txt")
    assert (report.date, report.date_precision) == ("2019", "year")
    given = known("各位代表：\n" + BODY, year="2019", title="松汀省政府工作报告")
    assert (given.date, given.date_precision) == ("2019", "year")


def test_a_date_that_contradicts_the_year_of_the_table_is_not_taken() -> None:
    assert known("2003年1月5日\n" + BODY, year="2019", title="松汀省政府工作报告").date == "2019"


def test_both_the_day_of_writing_and_of_publication_are_kept() -> None:
    text = circular("松汀省政府关于加强巡查的通知", "2021-04-01 10:20 来源：松汀省政府网", "松汀省政府", "二〇二一年三月五日")
    assert (known(text).written, known(text).published, known(text).date) == ("2021-03-05", "2021-04-01", "2021-03-05")
    only = known("成文日期：2021年3月5日\n发布日期：2021年4月1日\n巡查要点\n" + BODY)
    assert (only.written, only.published, only.date) == ("2021-03-05", "2021-04-01", "2021-03-05")
    assert (known(BODY, date="2021-04-01").written, known(BODY, date="2021-04-01").date) == (None, "2021-04-01")


@pytest.mark.parametrize(
    "title",
    [
        "松汀省巡查行动计划（2021—2023年）",
        "松汀省2021-2025年巡查规划",
        "松汀省巡查规划和2035年远景目标纲要",
        "松汀省2030年前减排方案",
    ],
)
def test_spans_and_goals_in_titles_are_no_dates(title: str) -> None:
    assert known(f"{title}\n{BODY}").date is None
    assert known(f"松汀省2021年工作要点\n{BODY}").date == "2021"


# --- issuers, level, region


def test_bodies_are_taken_from_the_signature() -> None:
    facts = known(circular("关于做好春耕的通知", "各市：", "松汀省农牧厅 松汀省财税事务厅", "2021年3月5日"))
    assert (facts.issuers, facts.level, facts.region) == (["松汀省农牧厅", "松汀省财税事务厅"], "province", "松汀省")
    below = known(circular("关于做好春耕的通知", "各市：", "松汀省农牧厅\n松汀省财税事务厅", "2021年3月5日"))
    assert below.issuers == facts.issuers


def test_who_signed_an_order_does_not_hide_its_body() -> None:
    facts = known(
        "松汀省政府令\n第36号\n《松汀省渡口管理办法》已经审议通过，现予公布。\n省长 沈某某\n2020年3月30日\n松汀省渡口管理办法\n第一条 为了安全，制定本办法。"
    )
    assert (facts.title, facts.issuers, facts.date, facts.kind) == ("松汀省渡口管理办法", ["松汀省政府"], "2020-03-30", "policy")


def test_bodies_are_taken_from_the_title_and_the_red_head() -> None:
    assert known("学务部 数字事务部关于改进学籍管理的意见\n" + BODY).issuers == ["学务部", "数字事务部"]
    assert known("学务部等三部门关于改进学籍管理的意见\n" + BODY).issuers == ["学务部"]
    head = known("松汀省农牧厅文件\n松农发〔2021〕9号\n关于做好春耕的通知\n" + BODY)
    assert (head.title, head.issuers, head.doc_number) == ("关于做好春耕的通知", ["松汀省农牧厅"], "松农发〔2021〕9号")


def test_short_names_become_full_ones_and_unknown_bodies_stay() -> None:
    assert known(BODY, issuers="国政办；松汀数事厅").issuers == ["岚国国政院办公厅", "松汀省数字事务厅"]
    assert known(BODY, issuers="数事部、某某协会").issuers == ["数字事务部", "某某协会"]


def test_cited_bodies_in_a_sentence_are_no_issuers() -> None:
    assert known(f"巡查要点\n{BODY}\n会议听取了松汀省农牧厅、学务部的汇报。").issuers == []


@pytest.mark.parametrize(
    ("issuer", "level", "region"),
    [
        ("数字事务部", "central", None), ("数字事务部办公厅", "central", None), ("松汀省政府", "province", "松汀省"), ("鹤湾市学务局", "city", "鹤湾市"),
        ("松汀省鹤湾市政府", "city", "鹤湾市"), ("青渡县政府", "county", "松汀省"), ("松汀省某某县政府", "county", "松汀省"), ("某某协会", "other", None),
    ],
)  # fmt: skip
def test_level_and_region_follow_from_the_issuer(issuer: str, level: str, region: str | None) -> None:
    facts = known(BODY, issuers=issuer)
    assert (facts.level, facts.region) == (level, region)


def test_level_and_region_follow_from_title_table_folder_and_text() -> None:
    assert known("鹤湾市城区交通疏导方案\n" + BODY).region == "鹤湾市"
    assert known("交通疏导方案\n" + BODY, region="松汀").region == "松汀省"
    assert known("交通疏导方案\n" + BODY, source="来件/鹤湾市/方案.txt").level == "city"
    assert known("交通疏导方案\n一、我省现状\n松汀省地势平缓。松汀省水网密布。全省要抓好落实。").region == "松汀省"
    assert known("交通疏导方案\n" + BODY).level == "none"


def test_number_prefixes_tell_the_body_when_nothing_else_does() -> None:
    facts = known("关于加强巡查的通知\n鲁政办发〔2021〕7号\n" + BODY, places=CHINA)
    assert (facts.issuers, facts.level, facts.region) == (["山东省人民政府办公厅"], "province", "山东省")
    assert known("关于加强巡查的通知\n鲁教发〔2021〕7号\n" + BODY, places=CHINA).region == "山东省"
    assert known("关于加强巡查的通知\n国办发〔2021〕7号\n" + BODY, places=CHINA).issuers == ["国务院办公厅"]


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("国办", "国务院办公厅"), ("国家发改委", "国家发展和改革委员会"), ("中华人民共和国工业和信息化部", "工业和信息化部"), ("山东省政府", "山东省人民政府"),
        ("第十三届全国人民代表大会常务委员会", "全国人民代表大会常务委员会"), ("Ministry of Education of the People's Republic of China", "教育部"),
    ],
)  # fmt: skip
def test_the_shipped_lists_know_the_usual_names(name: str, full: str) -> None:
    assert known(BODY, issuers=name, places=CHINA).issuers == [full]


def test_places_of_one_name_count_below_their_parent_only() -> None:
    assert place_at("朝阳区人民政府", CHINA) is None
    found = place_at("北京市朝阳区人民政府", CHINA)
    assert found is not None and (found[0].name, found[0].parent) == ("朝阳区", "北京市")
    assert known(BODY, issuers="吉林市人民政府", places=CHINA).level == "city"


# --- kinds


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("松汀省政府关于加强巡查的通知", "policy"), ("松汀省渡口管理办法（试行）", "policy"), ("松汀省渡口条例", "law"), ("中岚国水法", "law"),
        ("松汀省政府工作报告", "report"), ("数字生活白皮书（2020年）", "report"), ("松汀省第三届人民代表大会关于政府工作报告的决议", "policy"),
        ("国政院转发水环部关于防汛工作报告的通知", "policy"), ("政府工作报告解读", "other"),
        ("松汀省第三届人民代表大会关于松汀省政府工作报告的决议（2021年3月5日松汀省第三届人民代表大会第四次会议通过，自通过之日起生效，并予以公布）", "policy"), ("渡口纪事", "other"), ("渡口工作法", "law"), ("渡口用法", "other"),
    ],
)  # fmt: skip
def test_the_last_word_of_a_title_tells_the_kind(title: str, kind: str) -> None:
    assert known(f"{title}\n{BODY}").kind == kind


def test_rules_are_law_in_a_folder_of_laws_or_when_a_legislature_adopted_them() -> None:
    rules = "渡口管理规定\n第一条 为了安全，制定本规定。"
    assert known(rules).kind == "policy"
    assert known(rules, source="地方性法规/渡口管理规定.txt").kind == "law"
    adopted = rules.replace("\n", "\n（2012年5月3日松汀省第三届人民代表大会常务委员会第九次会议通过）\n", 1)
    assert (known(adopted).kind, known(adopted).issuers) == ("law", ["松汀省人民代表大会常务委员会"])


def test_a_row_with_an_abstract_and_no_text_is_a_record() -> None:
    row = known(
        "本文考察渡口。", title="渡口研究", abstract="本文考察渡口。", authors="沈某; 祝某", keywords="渡口;航运", year="2019"
    )
    assert (row.kind, row.authors, row.keywords, row.date, row.level) == (
        "record",
        ["沈某", "祝某"],
        ["渡口", "航运"],
        "2019",
        "none",
    )

    facts = {
        "title": "渡口研究",
        "authors": "沈某",
        "keywords": "渡口;航运",
        "issuers": "某某学院",
        "text": "某某学院",
        "year": "2019",
    }
    given = found_in(lay_out(Parsed("csv", lines_of("某某学院"))), facts, "a.csv#2", LAN)
    assert (given.kind, given.issuers) == ("record", [])


# --- papers


PAPER = """治理与文本 第13卷 第5期 2015年9月
渡口如何变迁：一项关于航运的访谈研究
沈叙言1，祝采薇2*
（1. 岚都大学公共事务学院，岚都 000200；2. 松汀行政学院）
摘 要：渡口联系着两岸。本文依据访谈讨论其变迁。
关键词：渡口；航运；两岸
1 引言
渡口曾经遍布全省，如今只剩几处。
参考文献
[1] 甲某. 渡口史[M]. 岚都: 虚构出版社, 2010."""


def test_a_paper_has_title_authors_abstract_keywords_and_the_month_of_its_issue() -> None:
    paper = known(PAPER)
    assert paper.title == "渡口如何变迁：一项关于航运的访谈研究"
    assert (paper.kind, paper.authors, paper.keywords) == ("paper", ["沈叙言", "祝采薇"], ["渡口", "航运", "两岸"])
    assert (paper.abstract, paper.date, paper.date_precision) == ("渡口联系着两岸。本文依据访谈讨论其变迁。", "2015-09", "month")
    assert (paper.level, paper.issuers) == ("none", [])


@pytest.mark.parametrize(
    "words", ["渡口;航运;两岸", "渡口，航运，两岸", "渡口、航运、两岸", "渡口 航运 两岸", "渡口； 航运； 两岸。"]
)
def test_keywords_are_divided_by_what_divides_them(words: str) -> None:
    assert known(PAPER.replace("渡口；航运；两岸", words)).keywords == ["渡口", "航运", "两岸"]


def test_labels_on_a_line_of_their_own_and_english_ones_are_read() -> None:
    own = known(PAPER.replace("摘 要：", "【摘 要】\n").replace("关键词：", "关键词\n"))
    assert (own.keywords, own.abstract) == (["渡口", "航运", "两岸"], "渡口联系着两岸。本文依据访谈讨论其变迁。")
    english = known(
        "Ferries and banks\nJane Doe\nAbstract: Ferries join banks.\nKeywords: ferry; bank\n1 Introduction\nText of it."
    )
    assert (english.kind, english.keywords) == ("paper", ["ferry", "bank"])


def test_the_note_on_the_authors_helps_when_their_line_is_broken() -> None:
    layout = lay_out(Parsed("txt", lines_of(PAPER.replace("沈叙言1，祝采薇2*", "沈叙言 祝采"))))
    layout = Layout(
        layout.text, layout.blocks, [], ["作者简介：沈叙言（1980—），女，教授；祝采薇，女，讲师；", "骆行简，男，硕士生。"]
    )
    assert found_in(layout, {}, "x.pdf", LAN).authors == ["沈叙言", "祝采薇", "骆行简"]


def test_the_day_a_paper_was_received_is_better_than_no_date() -> None:
    layout = lay_out(Parsed("txt", lines_of(PAPER.split("\n", 1)[1])))
    assert found_in(Layout(layout.text, layout.blocks, [], ["收稿日期：2014-06-30"]), {}, "x.pdf", LAN).date == "2014-06-30"


# --- titles


def test_a_title_broken_over_lines_is_joined() -> None:
    text = "松汀省政府关于印发松汀省数据\n共享交换制度\n建设方案的通知\n松政发〔2021〕7号\n各市政府：\n" + BODY
    assert known(text).title == "松汀省政府关于印发松汀省数据共享交换制度建设方案的通知"
    assert known("松汀省政府\n关于加强巡查的通知\n" + BODY).title == "松汀省政府关于加强巡查的通知"


def test_furniture_numbers_and_labels_are_no_title() -> None:
    text = "首页\n字号：大 中 小\n来源：某网\n附件1\n松汀省巡查方案（试行）\n一、总则\n" + BODY
    assert known(text).title == "松汀省巡查方案（试行）"


def test_lines_of_a_table_of_contents_are_no_title() -> None:
    assert known("渡口的由来……………1\n渡口的变迁……………7\n渡口志\n" + BODY).title == "渡口志"


def test_names_left_out_of_a_body_come_from_the_red_head_or_the_number() -> None:
    text = "省政府办公厅关于加强巡查的通知\n鲁政办发〔2021〕7号\n各市人民政府：\n" + BODY
    assert known(text.replace("省政府", "省人民政府"), places=CHINA).issuers == ["山东省人民政府办公厅"]


def test_bodies_written_without_a_gap_are_told_apart() -> None:
    assert known("学务部财税部关于改进学籍管理的意见\n" + BODY).issuers == ["学务部", "财税事务部"]


def test_the_table_beats_the_text_which_beats_the_page_which_beats_the_name() -> None:
    text = "松汀省巡查方案\n" + BODY
    assert known(text, title="表中标题", html_title="网页标题_某网").title == "表中标题"
    assert known(text, html_title="网页标题_某网").title == "松汀省巡查方案"
    assert known(BODY, html_title="关于渡口的通知_某某政务网", source="a/渡口.html").title == "关于渡口的通知"
    assert known(BODY, docx_title="Microsoft Word - 文档1", source="a/1.渡口(副本).docx").title == "渡口"


def test_front_matter_is_read_by_any_usual_name() -> None:
    facts = found_in(
        lay_out(Parsed("md", [Piece(BODY)])), {"标题": "渡口方案", "发文机关": "学务部", "发布日期": "2021-04-01"}, "a.md", LAN
    )
    assert (facts.title, facts.issuers, facts.date) == ("渡口方案", ["学务部"], "2021-04-01")


# --- candidates


def test_every_place_that_tells_of_a_field_is_a_candidate_the_best_first() -> None:
    text = circular("松汀省政府关于加强巡查的通知", "松政发〔2021〕7号", "各市、县政府：", "松汀省政府", "2021年3月5日")
    issuers = candidates("issuers", text, issuers="松汀省政府")
    assert [(origin, values) for origin, values, _ in issuers[:3]] == [
        (place, "松汀省政府") for place in ("table", "signature", "title")
    ]
    assert candidates("title", text, html_title="松汀巡查通知_某网")[:2] == [
        ("text", "松汀省政府关于加强巡查的通知", pytest.approx(0.95 * (1 - 0.85 / 4), abs=0.001)),
        ("page", "松汀巡查通知", pytest.approx(0.85 * (1 - 0.95 / 4), abs=0.001)),
    ]


def test_a_value_is_surer_when_another_place_agrees_and_less_sure_when_one_does_not() -> None:
    (_, _, alone), *_ = candidates("written", BODY, written="2021-03-05")
    text = circular("巡查要点", "各市：", "松汀省政府", "2021年3月5日")
    (_, _, agreed), *_ = candidates("written", text, written="2021-03-05")
    (origin, value, against), *_ = candidates("written", text, written="2021-07-05")
    assert (alone, agreed, against) == (0.97, 0.99, round(0.97 * (1 - 0.95 / 4), 3))
    assert (origin, value) == ("table", "2021-07-05")


def test_what_says_less_neither_confirms_nor_contradicts() -> None:
    one, two = ("signature", ["学务部", "财税事务部"]), ("title", ["学务部"])
    assert [found.confidence for found in weighed("issuers", [one, two])] == [0.95, 0.95]
    assert weighed("date", [("page", ["2021-03-05"]), ("number", ["2020"])])[0].confidence == 0.9
    assert weighed("date", [("page", ["2021-03-05"]), ("number", ["2018"])])[0].confidence == round(0.9 * (1 - 0.9 / 4), 3)


def test_a_repair_is_told_with_the_fact_it_was_needed_for() -> None:
    facts = {
        "title": "渡口研究",
        "abstract": "本文考察渡口。",
        "authors": "Shen, A\nZhu, B",
        "issue": "3",
        "funds": "甲项目；乙项目",
    }
    found = describe(
        lay_out(Parsed("ris", lines_of("本文考察渡口。"))), facts, "a.ris#1", LAN, {"authors": "a name was on two lines"}
    )
    by_field = {one.field: one for one in found if one.used}
    assert (by_field["authors"].values, by_field["authors"].repair) == (["Shen, A", "Zhu, B"], "a name was on two lines")
    assert (by_field["issue"].values, by_field["issue"].origin, by_field["issue"].repair) == (["3"], "record", "")
    assert (by_field["funds"].values, by_field["kind"].values) == (["甲项目", "乙项目"], ["record"])


# --- who a document is sent to


@pytest.mark.parametrize(
    ("line", "units"),
    [
        ("各省、自治区、直辖市人民政府，国政院各部委、各直属机构：", ["各省、自治区、直辖市人民政府", "国政院各部委", "各直属机构"]),
        ("学务部、财税事务部：", ["学务部", "财税事务部"]), ("各县（市、区）政府，市直有关部门、单位：", ["各县（市、区）政府", "市直有关部门、单位"]),
        ("松汀省、朔川省政府：", ["松汀省、朔川省政府"]), ("各省学务厅（学委），部属各学校：", ["各省学务厅（学委）", "部属各学校"]), ("祝某某代表：", ["祝某某代表"]),
        ("现将有关事项通知如下：", []), ("各位代表：", []), ("具体要求：", []),
    ],
)  # fmt: skip
def test_the_line_with_a_colon_below_the_title_names_the_addressees(line: str, units: list[str]) -> None:
    text = circular("松汀省政府关于加强巡查的通知", "松政发〔2021〕7号", line, "松汀省政府", "2021年3月5日")
    assert known(text).addressees == units


def test_laws_and_lines_below_the_text_have_no_addressees() -> None:
    assert known(f"松汀省渡口条例\n各市、县政府：\n{BODY}").addressees == []
    assert known(f"松汀省政府关于加强巡查的通知\n{BODY * 2}\n各市、县政府：\n{BODY}").addressees == []


# --- languages


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (BODY, "zh"), ("為促進資訊流通，機關應於規定期間內辦理資料開放，並將結果報請備查。", "zh-Hant"), ("データを共有するための計画について", "other"),
        ("The purpose of this plan is to share data with the public in a safe way.", "en"), ("", "other"), ("Данные и планы", "other"),
    ],
)  # fmt: skip
def test_languages_are_told_by_their_characters(text: str, language: str) -> None:
    assert language_of(text) == language


# --- gazetteers


def test_everything_wrong_in_the_lists_is_said_at_once(tmp_path: Path) -> None:
    places, issuers = tmp_path / "places.csv", tmp_path / "issuers.csv"
    places.write_text("name,short,level,parent\n甲省,甲,province,\n乙市,乙,town,甲省\n丙市,丙,city,丁省\n,,city,甲省\n", "utf-8")
    issuers.write_text("name,short,level,region\n学务部,学,central,\n农务部,学,central,\n", "utf-8")
    with pytest.raises(SettingsError) as raised:
        read_gazetteer(places, issuers)
    assert [re.sub(r".*[/\\]", "", problem.split(": ")[0]) for problem in raised.value.problems] == [
        "places.csv:3", "places.csv:5", "places.csv:4", "issuers.csv:3",
    ]  # fmt: skip
    with pytest.raises(SettingsError, match="no file"):
        read_gazetteer(tmp_path / "none.csv", issuers)


def test_the_shipped_list_has_every_province_with_its_cities() -> None:
    with (LEXICONS / "places.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    levels = Counter(row["level"] for row in rows)
    assert levels["province"] == 34 and levels["city"] >= 340
    assert {row["parent"] for row in rows if row["level"] == "county"} >= {"北京市", "天津市", "上海市", "重庆市"}


# --- hostile and whole corpora


@pytest.mark.parametrize("unit", ["*", "（", "《a》", "国 ", "2021年", "二", " ", "关于", "某某委员会 ", "1"])
def test_no_text_takes_long(unit: str) -> None:
    lines = [unit * 30_000] + [unit * 40] * 3000
    describe(
        lay_out(Parsed("txt", [Piece(line) for line in lines])), {"title": lines[0], "issuers": lines[0]}, f"{unit}.txt", LAN
    )


def read_all(folder: Path) -> Iterator[tuple[str, Layout, dict[str, str]]]:
    """Every document below a folder with its source, text and facts."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in ("README.md", "metadata.csv"):
            yield from _read(f"{folder.name}/{path.relative_to(folder).as_posix()}", path.read_bytes())


def _read(source: str, data: bytes) -> Iterator[tuple[str, Layout, dict[str, str]]]:
    try:
        name = format_of(source, data)
        if name in DOCUMENTS:
            parsed = DOCUMENTS[name](data, SETTINGS, lambda: True)
            yield source, lay_out(parsed), parsed.facts
            return
    except SetAside:
        return
    for member in CONTAINERS[name](data, SETTINGS):
        if member.cells is None:
            yield from _read(source + member.name, member.data)
        else:
            facts = {field: member.cells[header] for field, header in member.columns.items() if member.cells.get(header)}
            pieces = [Piece(facts.get("title", ""), "title"), *lines_of(facts.get("text") or facts.get("abstract", ""))]
            yield source + member.name, lay_out(Parsed(name, [piece for piece in pieces if piece.text])), facts


def test_the_demo_documents_are_described_as_their_makers_say() -> None:
    with (DEMO / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        truth = {row["source"]: row for row in csv.DictReader(file)}
    right: Counter[str] = Counter()
    for source, layout, facts in read_all(DEMO / "documents"):
        if source not in truth:
            continue
        found = found_in(layout, facts, source, LAN)
        given = {
            name: ";".join(value) if isinstance(value := getattr(found, name), list) else value or ""
            for name in truth[source]
            if name != "source"
        }
        right.update(name for name, value in given.items() if value == truth[source][name])
        right["documents"] += 1
    assert right["documents"] == len(truth)
    assert {name: n for name, n in right.items() if n < 0.95 * len(truth)} == {}


def corpus(name: str) -> list[tuple[str, Layout, dict[str, str]]]:
    if not (CORPORA / name).is_dir():
        pytest.skip(f"needs the corpus {name} beside the project: ../shared/corpora/{name}")
    return list(read_all(CORPORA / name))


def test_state_council_pages_are_described_right() -> None:
    documents = corpus("policy-html-govcn")
    with (CORPORA / "policy-html-govcn" / "metadata.csv").open(encoding="utf-8-sig", newline="") as file:
        truth = {row["file"]: row for row in csv.DictReader(file)}
    right: Counter[str] = Counter()
    for source, layout, facts in documents:
        row, found = truth[source.rpartition("/")[2]], found_in(layout, facts, source, CHINA)
        right["title"] += found.title == row["title"]
        right["issuers"] += "、".join(found.issuers) == row["release_office"]
        right["number"] += found.doc_number == row["release_number"]
        right["central"] += found.level == "central" and found.region is None
        bare = found_in(layout, {}, source, CHINA)  # the same without the table of facts
        right["date from the text"] += bare.date == found.date
        right["issuers from the text"] += bare.issuers == found.issuers
    assert {name: n for name, n in right.items() if n < len(documents) - 1} == {}


def test_laws_have_the_date_level_and_kind_their_names_tell() -> None:
    documents = [one for one in corpus("laws-md") if "_index" not in one[0]]
    right: Counter[str] = Counter()
    for source, layout, facts in documents:
        found = found_in(layout, facts, source, CHINA)
        dated = re.search(r"\((\d{4}-\d\d-\d\d)\)", source)
        right["title"] += found.title == layout.text.split("\n")[0]
        right["date"] += not dated or found.date == dated[1]
        right["level"] += (found.level == "central") == ("DLC__" not in source)
        right["region"] += (found.region is not None) == ("DLC__" in source)
        right["kind"] += found.kind == "law"
    assert {name: n for name, n in right.items() if n < 0.98 * len(documents)} == {}


def test_work_reports_are_told_from_resolutions_about_them() -> None:
    found = [found_in(layout, facts, source, CHINA) for source, layout, facts in corpus("work-reports-national")]
    assert Counter(facts.kind for facts in found) == {"report": 52, "policy": 20}
    assert all(facts.level == "central" for facts in found)
    provinces = [
        (facts["region"], found_in(layout, facts, source, CHINA))
        for source, layout, facts in corpus("work-reports-provinces-2026")
    ]
    assert all(facts.region == region and facts.kind == "report" and facts.date for region, facts in provinces)

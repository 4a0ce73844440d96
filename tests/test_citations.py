"""Which official documents a document names, and in what relation it stands to them."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import DEMO
from pipeline.ingest.gazetteer import read_gazetteer
from pipeline.ingest.related.citations import citations_of, link, title_keys
from pipeline.records import Block, Citation

LAN = read_gazetteer(DEMO / "places.csv", DEMO / "issuers.csv")
TITLE, NUMBER = "松汀省政府关于印发《松汀省渡口管理办法》的通知", "松政发〔2021〕7号"


def blocks_of(text: str, kind: str = "paragraph") -> list[Block]:
    """A block a line."""
    found, at = [], 0
    for line in text.split("\n"):
        if line:
            found.append(Block(at, at + len(line), kind))
        at += len(line) + 1
    return found


def cited(text: str, title: str = TITLE, number: str | None = NUMBER, kind: str = "paragraph") -> list[Citation]:
    return citations_of("a" * 20, text, blocks_of(text, kind), title=title, doc_number=number, gazetteer=LAN)


def named(text: str, title: str = TITLE, number: str | None = NUMBER) -> list[tuple[str, str | None, str | None]]:
    """Relation, title and number of all that a text cites."""
    return [(one.relation, one.title, one.doc_number) for one in cited(text, title, number)]


# --- what is a citation


def test_a_title_and_the_number_behind_it_are_one_citation_at_its_offsets() -> None:
    text = "请对照《岚国国政院关于河道巡查的意见》（国政发[2020]5号）逐条自查。"
    (one,) = cited(text)
    assert one.surface == text[one.start : one.end] == "《岚国国政院关于河道巡查的意见》（国政发[2020]5号）"
    assert (one.title, one.doc_number, one.relation) == ("岚国国政院关于河道巡查的意见", "国政发〔2020〕5号", "cites")


def test_a_number_counts_without_a_title_and_without_what_is_glued_on_before_it() -> None:
    assert named("各县根据松政发〔2019〕12号文件精神，落实经费。") == [("basis", None, "松政发〔2019〕12号")]


def test_a_title_without_marks_counts_when_its_number_stands_by() -> None:
    text = "按照松汀省政府关于渡口巡查的通知（松政发〔2019〕12号）要求，各县要自查。关于渡口巡查的通知已经下发。"
    assert named(text) == [("basis", "松汀省政府关于渡口巡查的通知", "松政发〔2019〕12号")]


def test_orders_are_numbers() -> None:
    text = "《渡口安全条例》（岚国国政院令第36号）和1998年岚国国政院令第七号发布的《船员办法》仍然有效。"
    assert named(text) == [
        ("cites", "渡口安全条例", "岚国国政院令第36号"),
        ("cites", "船员办法", "岚国国政院令第七号"),
    ]
    assert named("学务部第12号令另有要求的除外。") == [("cites", None, "学务部令第12号")]
    assert named("违反学务部2017年第3号令的，处以罚款。") == [("cites", None, "学务部令2017年第3号")]
    assert named("见学务部、农牧部公告2019年第68号的说明。") == [("cites", None, "学务部、农牧部公告2019年第68号")]
    assert named("服从命令第3号，另见公告第4号。") == []


def test_the_own_title_and_number_are_no_citations() -> None:
    text = "松汀省政府关于印发\n《松汀省渡口管理办法》的通知\n松政发〔2021〕7号\n各市、县政府：\n请依照松政发〔2021〕7号执行。"
    assert named(text) == []
    assert named("《松汀省渡口管理办法》已经审议通过，现予公布。", "松汀省渡口管理办法") == []


def test_the_history_of_a_law_names_what_changed_it_but_not_its_own_orders() -> None:
    text = "渡口条例\n1994年1月28日岚国国政院令第14号公布\n根据2005年2月1日《国政院关于修改〈渡口条例〉的决定》第一次修订\n第一条 本条例适用于渡口。"
    assert named(text, "渡口条例", None) == [("basis", "国政院关于修改〈渡口条例〉的决定", None)]


def test_newspapers_books_journals_forms_and_licences_are_no_official_documents() -> None:
    text = "《松汀日报》报道，《渡口史话》一书和《城乡规划》杂志谈到《渡口经营许可证》，请填《登记表》，另见《山水画法》《行船方法》。"
    assert named(text) == []


def test_references_are_left_to_the_list_of_references() -> None:
    assert cited("[1] 松汀省政府. 《渡口条例》[Z]. 松政发〔2019〕12号.", kind="reference") == []


def test_a_short_form_leads_to_the_full_title() -> None:
    text = "要落实《岚国国政院关于河道巡查的意见》（以下简称《意见》）。《意见》提出三点要求。"
    assert named(text) == [("basis", "岚国国政院关于河道巡查的意见", None), ("cites", "岚国国政院关于河道巡查的意见", None)]
    text = "《松汀省渡口条例》（松汀省政府令第9号，以下简称《条例》）已经实施。《条例》规定严格。"
    assert [one.title for one in cited(text)] == ["松汀省渡口条例"] * 2
    assert named("《办法》对此有规定。") == []  # nothing tells which


# --- relations


def test_a_notice_issues_what_it_prints_and_forwards_what_it_passes_on() -> None:
    issued = [("issues", "松汀省渡口管理办法", None)]
    assert named("现将《松汀省渡口管理办法》印发给你们，请遵照执行。") == issued
    assert named("《松汀省渡口管理办法》已经省政府同意，现印发给你们，请遵照执行。") == issued
    passed = [("forwards", "学务部关于渡口的意见", None)]
    assert named("现将《学务部关于渡口的意见》转发给你们，请落实。") == passed
    assert named("国政院同意《学务部关于渡口的意见》，现转发给你们。") == passed


def test_a_list_stands_in_one_relation() -> None:
    text = "根据《渡口法》、《松汀省河道条例》第三条和《船员办法》，制定本办法。"
    assert [one.relation for one in cited(text)] == ["basis"] * 3
    text = "本办法自发布之日起施行，《渡口收费规定》（松政发〔2001〕3号）、2003年发布的《渡口费办法》同时废止。"
    assert [(one.relation, one.title) for one in cited(text)] == [("repeals", "渡口收费规定"), ("repeals", "渡口费办法")]


def test_what_a_heading_declares_repealed_is_repealed_item_by_item() -> None:
    text = "下列文件予以废止：\n1．《渡口收费规定》（松政发〔2001〕3号）\n2．松汀省政府关于船员的通知（松政发〔2002〕4号）\n请按《渡口法》办理。"
    assert named(text) == [
        ("repeals", "渡口收费规定", "松政发〔2001〕3号"),
        ("repeals", "松汀省政府关于船员的通知", "松政发〔2002〕4号"),
        ("basis", "渡口法", None),
    ]


def test_a_title_without_marks_is_read_from_rows_and_lines_of_what_is_repealed() -> None:
    title = "松汀省政府关于废止部分文件的决定"
    rows = "1 | 松汀省渡口收费办法 | 松政发〔1999〕3号 | 1999-3-3\n松政发〔2001〕6号 松汀省政府关于渔船的意见"
    expected = [
        ("repeals", "松汀省渡口收费办法", "松政发〔1999〕3号"),
        ("repeals", "松汀省政府关于渔船的意见", "松政发〔2001〕6号"),
    ]
    assert [(one.relation, one.title, one.doc_number) for one in cited(rows, title, None, "table")] == expected


def test_what_happens_before_a_repeal_repeals_nothing() -> None:
    assert named("《渡口条例》废止前已经立案的，按照原规定处理。") == [("cites", "渡口条例", None)]


def test_own_annexes_are_no_citations() -> None:
    assert named("附件：1.《渡口巡查方案》") == []
    assert named("请对照《渡口巡查方案》（附件2）自查。") == []


def test_what_is_changed_is_amended() -> None:
    assert named("现对《松汀省河道条例》作如下修改：") == [("amends", "松汀省河道条例", None)]
    assert named("将《松汀省河道条例》第三条修改为：“河道归省管。”") == [("amends", "松汀省河道条例", None)]
    assert named("目前没有计划修改《松汀省河道条例》。") == [("cites", "松汀省河道条例", None)]
    assert named("违反《松汀省河道条例》的，处以罚款。") == [("cites", "松汀省河道条例", None)]


def test_an_older_document_of_the_same_title_is_repealed() -> None:
    assert named("2003年发布的《渡口条例》同时废止。", "渡口条例", None) == [("repeals", "渡口条例", None)]


def test_what_is_only_done_about_a_document_is_not_based_on_it() -> None:
    assert named("可以根据实际情况对《渡口管制清单》进行调整。") == [("cites", "渡口管制清单", None)]
    assert named("根据条例制定的《船员规则》另有要求。") == [("cites", "船员规则", None)]


# --- to documents of the run


def test_citations_lead_to_documents_by_number_then_by_title_never_to_themselves() -> None:
    text = "根据《渡口法》、《河道条例》（松政发〔2019〕12号）和《船员办法》，制定本办法。"
    found = link(cited(text), {"松政发〔2019〕12号": "d" * 20}, {"渡口法": "a" * 20, "河道条例": "c" * 20, "船员办法": "b" * 20})
    assert [one.cited for one in found] == [None, "d" * 20, "b" * 20]


def test_a_notice_is_found_by_what_it_prints_too() -> None:
    assert title_keys(TITLE) == ["松汀省政府关于印发松汀省渡口管理办法的通知", "松汀省渡口管理办法"]
    assert title_keys("松汀省政府办公厅关于印发渡口管理办法（试行）的通知")[1] == "渡口管理办法"
    assert title_keys("渡口条例") == ["渡口条例"]


# --- any text

_PIECES = st.sampled_from([*"《》〈〉（）()〔〕，。、；：\n", "国政发", "〔2021〕7号", "令第3号", "第5号令", "关于渡口的通知", "以下简称", "废止", "现将", "根据", "条例", "和", "松汀省政府"])  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(_PIECES, max_size=40).map("".join) | st.text(max_size=60))
def test_every_citation_is_found_at_its_offsets_and_none_overlap(text: str) -> None:
    found = cited(text)
    assert all(one.surface == text[one.start : one.end] and one.surface for one in found)
    assert all(first.end <= second.start for first, second in pairwise(found))

"""From what a reader gives to the text of a document."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.clean import clean, close_up, glue, one_line
from pipeline.ingest.layout import Layout, lay_out
from pipeline.ingest.parsed import Parsed, Piece
from pipeline.ingest.readers.text import lines_of


def laid_out(*pieces: Piece, n_pages: int = 0) -> Layout:
    return lay_out(Parsed("txt", list(pieces), n_pages=n_pages))


def lines_in(*pieces: Piece) -> list[str]:
    return laid_out(*pieces).text.split("\n")


def test_a_paragraph_broken_by_a_page_is_whole() -> None:
    first = Piece("窗口人员白天受理申请，晚上核对台账，因为系统", page=0, after_gap=True)
    second = Piece("与系统之间没有接口。", page=1)
    layout = laid_out(first, second, n_pages=2)
    assert layout.text == "窗口人员白天受理申请，晚上核对台账，因为系统与系统之间没有接口。"
    assert layout.text[layout.pages[1] :].startswith("与系统之间")


def test_a_footnote_in_a_broken_paragraph_is_taken_out() -> None:
    before = Piece("由于两套系统各自为政，需要通过技术", after_gap=True)
    note = Piece("第一作者简介：某甲，研究人员，研究方向为窗口治理。", after_gap=True)
    after = Piece("与制度的配合，才能打通流程。", after_gap=True)
    layout = laid_out(before, note, after)
    assert layout.text == "由于两套系统各自为政，需要通过技术与制度的配合，才能打通流程。"
    assert layout.notes == [note.text]


def test_lives_of_authors_below_their_heading_are_notes() -> None:
    layout = laid_out(Piece("作者简介："), Piece("某甲，岚都大学教授，研究方向为窗口治理。"), Piece("一、问题的提出"))
    assert layout.text == "一、问题的提出"
    assert len(layout.notes) == 2


def test_a_finished_paragraph_and_a_heading_are_not_joined() -> None:
    assert lines_in(Piece("一、总体要求"), Piece("各部门应当共享数据。"), Piece("到年底全部完成。")) == [
        "一、总体要求",
        "各部门应当共享数据。",
        "到年底全部完成。",
    ]


def test_a_figure_in_a_broken_paragraph_stands_behind_it() -> None:
    before = Piece("从三个县的台账来看，热线工单在部门之间流转的平均时间逐年缩短，其中以", page=0, after_gap=True)
    figure = [Piece("退回次数", page=1, after_gap=True), Piece("图2 三县工单流转时间", page=1, after_gap=True)]
    after = Piece("青渡县最为明显，两年缩短一半。", page=1)
    assert lines_in(before, *figure, after) == [before.text + after.text, "退回次数", "图2 三县工单流转时间"]


def test_text_does_not_run_on_from_a_caption_or_keywords() -> None:
    assert lines_in(Piece("图1 分析框架"), Piece("市级平台先行试点。")) == ["图1 分析框架", "市级平台先行试点。"]
    assert lines_in(Piece("关键词：窗口治理；数据共享"), Piece("窗口是政府的门面。"))[0] == "关键词：窗口治理；数据共享"


def test_entries_below_the_heading_of_references_are_references_and_citations_are_gone() -> None:
    cited = Piece("已有研究[1,2]指出共享不足 [3]。", after_gap=True)
    entries = [Piece("[1] 某甲. 窗口治理[J]. 虚构学报, 2019(2): 1-9.", after_gap=True), Piece("[2] 某乙. 共享[M]. 岚都, 2020.")]
    layout = laid_out(cited, Piece("参考文献：", after_gap=True), *entries)
    assert layout.text.startswith("已有研究指出共享不足。")
    assert [block.kind for block in layout.blocks] == ["paragraph", "heading", "reference", "reference"]


def test_an_english_abstract_after_the_references_is_no_reference() -> None:
    pieces = [Piece("参考文献"), Piece("[1] 某甲. 窗口治理[M]. 岚都, 2020."), Piece("Abstract: Counters matter.", after_gap=True)]
    assert laid_out(*pieces).blocks[-1].kind == "paragraph"


def test_square_brackets_stay_where_there_are_no_references() -> None:
    assert laid_out(Piece("参见附表[1]。")).text == "参见附表[1]。"


def test_lines_of_a_table_of_contents_are_notes() -> None:
    contents = [Piece(f"第{n}章 某事............{n}") for n in "123"]
    prose = [Piece(f"第{n}段正文。", after_gap=True) for n in range(12)]
    layout = laid_out(Piece("目 录"), *contents, *prose)
    assert layout.text.startswith("第0段正文。")
    assert len(layout.notes) == 4


def test_a_text_broken_at_one_width_is_joined_and_one_that_is_not_stays() -> None:
    prose = "各级部门要把窗口受理的台账按月汇总上报并及时核对差错不得瞒报漏报" * 8
    hard = "\n".join(prose[at : at + 30] for at in range(0, len(prose), 30)) + "。"
    assert lines_in(*lines_of(hard)) == [prose + "。"]
    loose = "甲县\n乙县\n丙县人民政府\n丁\n戊己庚辛\n壬癸县人民政府办公室"
    assert lines_in(*lines_of(loose)) == loose.split("\n")


def test_hyphenated_and_plain_english_lines_are_glued() -> None:
    assert glue("govern-", "ment offices") == "government offices"
    assert glue("shared", "data") == "shared data"
    assert glue("共享", "数据") == "共享数据"


def test_letter_spaced_chinese_is_closed_up_but_names_stay_apart() -> None:
    assert close_up("总 则") == "总则"
    assert close_up("第一章 总 则") == "第一章 总则"
    assert close_up("某甲乙 某丙丁") == "某甲乙 某丙丁"


def test_clean_text_has_no_invisible_characters_and_ascii_letters() -> None:
    assert one_line("数\u200b据\u3000共享\ufeff") == "数据 共享"
    assert clean("ＡＢＣ１２３") == "ABC123"
    assert clean("\ud800") == "\ufffd"


@given(
    st.lists(
        st.tuples(
            st.text("数据共享。；，[1]一、（ab .图\n", max_size=30),
            st.sampled_from(["paragraph", "line", "heading", "table", "reference"]),
            st.booleans(),
        )
    )
)
def test_blocks_are_in_order_and_cover_the_text(given_pieces: list[tuple[str, str, bool]]) -> None:
    pieces = [Piece(one_line(text), kind, page=0, after_gap=gap) for text, kind, gap in given_pieces if one_line(text)]
    layout = laid_out(*pieces, n_pages=1)
    covered = "\n".join(layout.text[block.start : block.end] for block in layout.blocks)
    assert covered == layout.text
    assert all(0 <= start <= len(layout.text) for start in layout.pages)

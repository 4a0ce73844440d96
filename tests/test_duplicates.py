"""Which documents are one and which only look alike; every text is about made-up places."""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from pipeline.ingest.related.duplicates import Brief, find_duplicates
from pipeline.ingest.related.likeness import title_key
from pipeline.ingest.related.minhash import HASHES, alike, containment, jaccard, shingles, signatures
from pipeline.records import Relation

WORDS = (
    "岚国 朔川省 砚城 渡口 海务部 林务部 数据共享 公共平台 登记机关 目录清单 办理时限 窗口人员 信用记录 港区货运 山林巡护 汛期值守 学校食堂 "
    "设备更新 经费保障 年度考核 应当 不得 可以 及时报送 统一标准 分级负责 协同推进 公开透明 限期整改 备案审查"
).split()
_SYLLABLES = random.Random(0)
MADE_UP = ["".join(map(chr, _SYLLABLES.choices(range(0x4E00, 0x5E00), k=3))) for _ in range(3000)]


def prose(seed: int, n_words: int = 400) -> str:
    """A text of made-up sentences, always the same one for a seed."""
    rng = random.Random(seed)
    words = (rng.choice(WORDS) if rng.random() < 0.2 else rng.choice(MADE_UP) for _ in range(n_words))
    return "".join(word + rng.choice(("", "", "，", "。\n")) for word in words)


def noisy(text: str, share: float, seed: int = 7) -> str:
    rng = random.Random(seed)
    return "".join(chr(rng.randrange(0x4E00, 0x5E00)) if rng.random() < share else character for character in text)


def brief(doc_id: str, title: str, **known: object) -> Brief:
    plain = Brief(doc_id, f"来件/{doc_id}.txt", "ok", title, None, "policy", None, [], 2000)
    return replace(plain, **known)  # type: ignore[arg-type]


def related(documents: Sequence[tuple[Brief, str]]) -> list[Relation]:
    briefs = [replace(one, n_chars=len(text)) for one, text in documents]
    texts = {one.doc_id: text for one, text in documents}
    return find_duplicates(
        briefs,
        signatures([text for _, text in documents]),
        lambda doc_ids: ((doc_id, texts[doc_id]) for doc_id in sorted(doc_ids)),
    )


def told(documents: Sequence[tuple[Brief, str]]) -> list[tuple[str, str, str]]:
    return [(one.doc_id, one.relation, one.other) for one in related(documents)]


def test_jaccard_and_containment_of_a_worked_example() -> None:
    # 甲乙丙丁, 乙丙丁戊 | 乙丙丁戊, 丙丁戊己, 丁戊己庚: one of four in common; one of the smaller one's two
    left, right = shingles("甲乙丙丁戊"), shingles("乙丙丁戊己庚")
    assert (len(left), len(right)) == (2, 3)
    assert jaccard(left, right) == 1 / 4
    assert containment(left, right) == containment(right, left) == 1 / 2


def test_spaces_marks_and_case_do_not_count() -> None:
    assert jaccard(shingles("岚国 政务\n数据，Plan（一）"), shingles("岚国政务数据plan一")) == 1


def test_a_text_shorter_than_a_shingle_is_one_and_an_empty_one_has_none() -> None:
    assert len(shingles("岚国")) == 1 and jaccard(shingles("岚国"), shingles("岚 国")) == 1
    assert len(shingles(" 。")) == 0 and jaccard(shingles(""), shingles("")) == containment(shingles(""), shingles("岚国")) == 0


def test_a_signature_does_not_depend_on_what_it_is_made_with() -> None:
    texts = ["", prose(1), "岚国", prose(2, 50), "\ud800岚国政务"]
    assert (signatures(texts) == np.concatenate([signatures([text]) for text in texts])).all()
    assert signatures(texts).dtype == np.uint32 and signatures(texts).shape == (5, HASHES)


def test_signatures_agree_as_often_as_shingles_do() -> None:
    text, copy = prose(1), noisy(prose(1), 0.04)
    signed = signatures([text, copy])
    assert (signed[0] == signed[1]).mean() == pytest.approx(jaccard(shingles(text), shingles(copy)), abs=0.15)


def test_texts_without_characters_are_no_candidates() -> None:
    assert len(alike(signatures(["", "。", " "]), least=0)) == 0
    assert find_duplicates([], signatures([]), lambda doc_ids: []) == []


def test_a_form_letter_makes_no_square_of_pairs_and_equal_ones_are_still_found() -> None:
    form = prose(3, 60)
    letters = [f"{form}致{chr(0x4E00 + at)}{chr(0x5E00 + at)}镇" for at in range(600)]
    pairs = {(a, b) for a, b in alike(signatures([*letters, letters[300]]), least=0.4).tolist()}
    assert len(pairs) < 600 * 40
    assert (300, 600) in pairs


def test_of_copies_the_longest_is_kept_and_all_others_lead_to_it() -> None:
    text = prose(1)
    copies = [
        (brief("a", "岚国数据共享意见"), text[:-300]),
        (brief("b", "岚国数据共享意见"), text),
        (brief("c", "岚国数据共享意见"), text[200:]),
    ]
    assert told(copies) == [("a", "duplicate", "b"), ("c", "duplicate", "b")]


def test_of_equally_long_copies_a_file_with_its_own_text_is_kept() -> None:
    sources = ("来件/甲.pdf", "来件/乙.txt", "来件/丙.docx", "来件/表.xlsx#4")
    copies = [(brief(str(at), "岚国数据共享意见", source=source), prose(1)) for at, source in enumerate(sources)]
    assert {other for _, _, other in told(copies)} == {"2"}
    partial = [*copies[:2], (replace(copies[2][0], status="partial"), prose(1)), copies[3]]
    assert {other for _, _, other in told(partial)} == {"1"}


def test_the_order_in_which_documents_come_changes_nothing() -> None:
    rng = random.Random(5)
    documents = [
        (brief(f"{at}{part}", f"关于第{at}件事的意见"), prose(at)[: 900 + 40 * part]) for at in range(6) for part in range(8)
    ]
    found = told(documents)
    assert len(found) == 6 * 7
    for _ in range(3):
        rng.shuffle(documents)
        assert told(documents) == found


def test_small_differences_do_not_add_up() -> None:
    # each text keeps four fifths of the one before
    texts = [prose(at, 100) for at in range(12)]
    row = [(brief(f"{at}", "岚国年度文选"), "".join(texts[at : at + 9])) for at in range(4)]
    sides = [shingles(text) for _, text in row]
    assert jaccard(sides[0], sides[1]) > 0.7 > jaccard(sides[0], sides[3])
    for one in related(row):
        assert one.similarity >= 0.6


def test_a_notice_and_the_plan_it_forwards_are_reprints_of_one_text() -> None:
    plan = prose(1)
    notice = f"朔川省人民政府关于印发数据共享行动计划的通知\n{prose(2, 220)}\n{plan}"
    found = related(
        [(brief("a", "朔川省数据共享行动计划"), plan), (brief("b", "关于印发《朔川省数据共享行动计划》的通知"), notice)]
    )
    assert [(one.doc_id, one.relation, one.other) for one in found] == [("a", "reprint", "b")]
    assert 0.55 < found[0].similarity < 0.7 and found[0].reason == "100% of it in the other one"


def test_a_short_notice_quoted_in_a_long_report_is_no_reprint() -> None:
    notice = prose(1, 100)
    assert told([(brief("a", "关于汛期值守的通知"), notice), (brief("b", "砚城年度报告"), prose(2) + notice + prose(3))]) == []


def test_a_bad_copy_is_found_by_title_and_day() -> None:
    text, title = prose(1), "朔川省山林巡护管理意见"
    bad = noisy(text, 0.12)
    assert 0.2 < jaccard(shingles(text), shingles(bad)) < 0.6
    known = {"date": "2021-03-05"}
    for copied in (title, "朔川省山林巡护營理意见"):
        assert told([(brief("a", title, **known), text), (brief("b", copied, **known), bad)]) in (
            [("a", "duplicate", "b")],
            [("b", "duplicate", "a")],
        )
    assert told([(brief("a", title, **known), text), (brief("b", title, date="2022-03-05"), bad)]) == []
    assert told([(brief("a", title, **known), text), (brief("b", "砚城港区货运管理意见", **known), bad)]) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"title": "岚国关于同意设立白渡综合试验区的批复"}, {"title": "岚国关于同意设立黑屿综合试验区的批复"}),
        ({"title": "关于公布第一批示范渡口的通知"}, {"title": "关于公布第二批示范渡口的通知"}),
        ({"title": "岚国数据共享计划"}, {"title": "岚国数据共享计划（征求意见稿）"}),
        ({"doc_number": "岚政发〔2020〕3号"}, {"doc_number": "岚政发〔2020〕4号"}),
        ({"date": "2022-01-10"}, {"date": "2023-01-09"}),
        ({"issuers": ["岚国海务部", "岚国林务部"]}, {"issuers": ["砚城港务站"]}),
        ({"title": "砚城渡口收费规定"}, {"title": "朔川省木材来源核验和流通办法"}),
    ],
    ids=["names", "ordinals", "draft", "numbers", "years", "bodies", "two laws"],
)
def test_form_letters_and_yearly_notices_are_not_duplicates(one: dict[str, str], other: dict[str, str]) -> None:
    text = prose(1)
    changed = text.replace("渡口", "墨镇").replace("港区货运", "学区交通").replace("窗口人员", "值班教师")
    assert 0.8 < jaccard(shingles(text), shingles(changed)) < 0.98
    pair = [(brief("a", "关于汛期值守的通知"), text), (brief("b", "关于汛期值守的通知"), changed)]
    assert [relation for _, relation, _ in told(pair)] == ["duplicate"]
    assert told([(replace(pair[0][0], **one), text), (replace(pair[1][0], **other), changed)]) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"title": "关于同意岚南渡口规划的批复"}, {"title": "关于同意岚北渡口规划的批复"}),
        ({"doc_number": "岚函〔2021〕3号"}, {"doc_number": "岚函〔2021〕4号"}),
        ({"issuers": ["甲县港务站"]}, {"issuers": ["乙县港务站"]}),
    ],
    ids=["sides", "numbers", "bodies"],
)
def test_what_is_decided_on_one_day_about_several_places_is_no_bad_copy(one: dict[str, str], other: dict[str, str]) -> None:
    text = prose(1)
    plain = brief("a", "关于同意渡口规划的批复", date="2021-03-05")
    pair = [(replace(plain, **one), text), (replace(plain, doc_id="b", **other), noisy(text, 0.02))]  # type: ignore[arg-type]
    assert told(pair) == []
    assert told([(plain, text), (replace(plain, doc_id="b"), noisy(text, 0.02))]) != []


def test_undated_forms_filled_in_with_another_year_or_sum_are_two() -> None:
    form = prose(3)
    for one, other in (("2020年", "2021年"), ("三千元", "五千元"), ("1,200元", "1,300元")):
        title = "关于核发海务补贴的证明"
        assert told([(brief("a", title), f"{form}计{one}。"), (brief("b", title), f"{form}计{other}。")]) == []
        assert len(told([(brief("a", title), f"{form}计{one}。"), (brief("b", title), f"{form}计{one}，特此证明。")])) == 1


def test_a_plan_and_the_notice_that_asked_for_opinions_on_it_are_two() -> None:
    plan = prose(4)
    titles = "海务补贴办法", "关于公开征求意见的海务补贴办法"
    assert told([(brief("a", titles[0]), plan), (brief("b", titles[1]), f"现公开征求意见。{plan}")]) == []


def test_rows_of_one_table_with_two_dates_are_two_documents() -> None:
    text, other = prose(1), noisy(prose(1), 0.01)
    rows = [(brief("a", "准予许可决定书", date="2021-03-05"), text), (brief("b", "准予许可决定书", date="2021-03-09"), other)]
    assert [relation for _, relation, _ in told(rows)] == ["duplicate"]
    assert told([(replace(row, source=f"来件/许可.csv#{at}"), text) for at, (row, text) in enumerate(rows)]) == []


def test_a_body_written_without_its_place_is_the_same_body() -> None:
    pair = [
        (brief("a", "渡口通知", issuers=["朔川省海务厅"]), prose(1)),
        (brief("b", "渡口通知", issuers=["海务厅"]), prose(1)[:-9]),
    ]
    assert [relation for _, relation, _ in told(pair)] == ["duplicate"]


def test_chapters_under_the_doi_of_their_book_are_not_one() -> None:
    chapters = [
        (replace(paper("a", "record", ["柏砚秋"], title="渡口篇"), doi="10.1234/book"), prose(2, 40)),
        (replace(paper("b", "record", ["骆行简"], title="驿站篇"), doi="10.1234/book"), prose(3, 40)),
    ]
    assert told(chapters) == []


def test_signed_in_december_and_printed_in_january_is_one_document() -> None:
    pair = [
        (brief("a", "关于汛期值守的通知", date="2020-12-30"), prose(1)),
        (brief("b", "关于汛期值守的通知", date="2021-01-05"), prose(1)),
    ]
    assert told(pair) == [("b", "duplicate", "a")]


def test_versions_of_a_law_lead_to_the_earliest_however_much_has_changed() -> None:
    text = prose(1)
    law = {"kind": "law", "issuers": ["岚国议会"]}
    held = [
        (brief("a", "岚国渡口条例（2019年修正）", date="2019-03-02", **law), text.replace("砚城", "墨镇")),
        (brief("b", "岚国渡口条例", date="2012-03-01", **law), text),
        (brief("c", "岚国渡口条例", date="2024-05-06", **law), prose(9)),
        (brief("d", "岚国渡口条例", date="2012-03", **law), text[:-100]),
    ]
    assert told(held) == [("a", "version", "b"), ("c", "version", "b"), ("d", "duplicate", "b")]
    assert related(held)[0].similarity > 0.8 > 0.1 > related(held)[1].similarity


def test_laws_of_one_title_by_two_bodies_are_not_versions() -> None:
    rules = [
        (brief("a", "档案管理办法", kind="law", date="2012-03-01", issuers=["岚国海务部"]), prose(1)),
        (brief("b", "档案管理办法", kind="law", date="2015-03-01", issuers=["岚国林务部"]), prose(2)),
    ]
    assert told(rules) == []


def test_an_excerpt_of_a_law_is_no_version_of_it() -> None:
    text = prose(1)
    held = [
        (brief("a", "岚国渡口条例", kind="law", date="2012-03-01"), text[:200]),
        (brief("b", "岚国渡口条例", kind="law", date="2019-03-02"), text),
    ]
    assert told(held) == []


def test_measures_that_a_notice_issues_anew_are_a_version() -> None:
    text = prose(1)
    held = [
        (brief("a", "关于印发《砚城信用记录管理办法》的通知", date="2015-03-01", doc_number="砚政发〔2015〕2号"), text),
        (
            brief("b", "砚城关于印发《砚城信用记录管理办法（修订）》的通知", date="2020-03-01", doc_number="砚政发〔2020〕9号"),
            text[:-400] + prose(5, 90),
        ),
    ]
    assert told(held) == [("b", "version", "a")]


def paper(
    doc_id: str, kind: str, authors: Sequence[str], title: str = "渡口治理中的数据共享研究", date: str | None = "2020"
) -> Brief:
    return brief(doc_id, title, kind=kind, authors=authors, date=date)


def test_records_of_a_paper_lead_to_it_and_without_it_to_the_best_record() -> None:
    abstract = prose(2, 40)
    records = [
        (paper("a", "record", ["柏砚秋", "尹景"]), abstract[:60]),
        (paper("b", "record", ["尹景"], date="2020-03"), abstract),
    ]
    assert told(records) == [("a", "duplicate", "b")]
    text = (paper("c", "paper", ["柏砚秋", "尹景"]), prose(1))
    assert told([*records, text]) == [("a", "record", "c"), ("b", "record", "c")]


def test_names_are_the_same_in_whatever_order_their_parts_stand() -> None:
    records = [(paper("a", "record", ["Lan Guo"]), prose(2, 40)), (paper("b", "record", ["GUO, Lan"]), prose(2, 42))]
    assert told(records) == [("a", "duplicate", "b")]


@pytest.mark.parametrize(
    "other",
    [
        paper("b", "record", ["骆行简"]),
        paper("b", "record", ["柏砚秋"], title="林区治理中的数据共享研究"),
        paper("b", "record", ["柏砚秋"], date="2013"),
    ],
    ids=["another author", "another title", "another year"],
)
def test_records_of_other_papers_are_kept_apart(other: Brief) -> None:
    text = prose(2, 40)
    assert told([(paper("a", "record", ["柏砚秋"]), text), (other, text)]) == []


def test_a_column_that_has_one_title_in_every_issue_is_not_one_paper() -> None:
    issues = [
        (paper("a", "record", ["柏砚秋"], title="卷首语", date="2020-03"), prose(2, 60)),
        (paper("b", "record", ["柏砚秋"], title="卷首语", date="2020-05"), prose(3, 60)),
    ]
    assert told(issues) == []


def test_one_doi_is_one_paper_whatever_its_title() -> None:
    english = paper("a", "record", [], title="Sharing data at the ferries")
    text = (replace(paper("b", "paper", ["柏砚秋"]), doi="10.1234/LG.7"), prose(1))
    assert told([(replace(english, doi="10.1234/lg.7"), prose(2, 40)), text]) == [("a", "record", "b")]
    assert told([(replace(english, doi="10.1234/lg.8"), prose(2, 40)), text]) == []


def test_what_appears_in_two_journals_is_one_paper_only_if_the_abstract_says_so() -> None:
    first, second = paper("a", "record", ["柏砚秋"]), paper("b", "record", ["柏砚秋"])
    first, second = replace(first, journal="岚国史刊", issue="3"), replace(second, journal="砚城学报", issue="4")
    assert told([(first, first.title), (second, second.title)]) == []
    assert told([(first, prose(2, 60)), (second, prose(2, 60))]) == [("b", "duplicate", "a")]
    spelt = replace(second, journal="岚国 史刊", issue="03")
    assert told([(first, first.title), (spelt, spelt.title)]) == [("b", "duplicate", "a")]


def test_titles_are_compared_without_country_version_and_marks() -> None:
    assert title_key("中华人民共和国渡口法（2019年修正）") == title_key("渡口法") == "渡口法"
    assert title_key("《渡口 管理》办法(试行)") == title_key("渡口管理办法")


def test_copies_damaged_in_many_ways_are_found_among_look_alikes() -> None:
    documents = [
        (brief(f"{at:02}", f"关于{a}{b}工作的意见", date=f"20{10 + at % 10}-03-05"), prose(at))
        for at, (a, b) in enumerate(pairs())
    ]
    damages = [
        lambda text: noisy(text, 0.05),
        lambda text: noisy(text, 0.15),
        lambda text: text.replace("\n", "")[: len(text) * 4 // 5],
        lambda text: f"{prose(99, 60)}\n{text}",
        lambda text: "\n".join(text[at : at + 25] for at in range(0, len(text), 25)),
    ]
    copies = [
        (replace(one, doc_id=f"copy{at}", source=f"副本/{at}.txt"), damages[at % len(damages)](text))
        for at, (one, text) in enumerate(documents[:50])
    ]
    found = {frozenset((one.doc_id, one.other)) for one in related([*documents, *copies])}
    assert found == {frozenset((f"{at:02}", f"copy{at}")) for at in range(50)}


def pairs() -> list[tuple[str, str]]:
    return [(a, b) for a in WORDS[5:13] for b in WORDS[13:22]]

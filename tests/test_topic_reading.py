"""What helps to read topics: paragraphs, codes, neighbours, and how they change."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from small_runs import Text, make_run, run_stage
from test_topics import FIELDS, planted

from pipeline import topics
from pipeline.stats import seeded
from pipeline.store import Run
from pipeline.topics.anchored import anchoring, unanchored
from pipeline.topics.matrix import Corpus
from pipeline.topics.model import fits
from pipeline.topics.moves import _halves, topic_flow
from pipeline.topics.reading import _effective, _spread, topic_codes, topic_links


def made(folder: Path, texts: list[Text], **settings: Any) -> Run:
    run = make_run(folder, texts, **{"topics.k": 3, **settings})
    run_stage(topics.run, run)
    return run


def field_of(run: Run, topic: int) -> str:
    terms = {row["term"] for row in run.table("topics").to_pylist() if row["topic"] == topic and row["rank"] <= 5}
    return max(FIELDS, key=lambda field: len(terms & set(FIELDS[field])))


def test_fit_is_the_cosine_of_counts_and_what_topics_give() -> None:
    topic_terms = np.array([[0.8, 0.2, 0.0], [0.0, 0.0, 1.0]])
    counts = sparse.csr_array(np.array([[4.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]))
    shares = np.array([[1.0, 0.0], [0.5, 0.5], [0.5, 0.5]])
    # the second: (.4, .1, .5) against (1, 0, 1)
    assert fits(topic_terms, shares, counts).tolist() == pytest.approx([1, 0.9 / np.sqrt(0.42 * 2), 0], abs=1e-9)


def test_typical_paragraphs_are_of_the_topic_and_of_different_documents(tmp_path: Path) -> None:
    run = made(tmp_path, planted(30))
    texts = {row["doc_id"]: row["text"] for row in run.table("documents", ["doc_id", "text"]).to_pylist()}
    rows = [row for row in run.table("topic_paragraphs").to_pylist() if row["kind"] == "typical"]
    assert Counter(row["topic"] for row in rows) == {0: 5, 1: 5, 2: 5}
    for topic in range(3):
        assert len({row["doc_id"] for row in rows if row["topic"] == topic}) == 5
    for row in rows:
        shown = texts[row["doc_id"]][row["start"] : row["end"]]
        assert set(shown.replace("，", " ").split()) and any(term in shown for term in FIELDS[field_of(run, row["topic"])])
        assert row["share"] > 0.5


def test_borderline_paragraphs_stand_between_two_topics(tmp_path: Path) -> None:
    mixed = [Text([["数据|，|平台|，|算法|，|粮食|，|农田|，|水利"]]) for _ in range(4)]
    run = made(tmp_path, planted(30) + mixed)
    rows = [row for row in run.table("topic_paragraphs").to_pylist() if row["kind"] == "borderline"]
    assert rows and all(row["share"] < 0.7 for row in rows)
    fields = {frozenset((field_of(run, row["topic"]), field_of(run, row["other"]))) for row in rows}
    assert frozenset(("数据", "农业")) in fields


def test_a_code_goes_with_the_topic_it_is_tagged_in(tmp_path: Path) -> None:
    texts = planted(30)
    for text in texts:
        for at, paragraph in enumerate(text.paragraphs):
            if any(word in paragraph[0] for word in FIELDS["医疗"]):
                text.codes[at] = ["standardization"]
    run = made(tmp_path, texts)
    rows = {field_of(run, row["topic"]): row for row in run.table("topic_codes").to_pylist()}
    assert rows["医疗"]["lift"] > 2 and rows["医疗"]["low"] > 1 and rows["医疗"]["q"] < 0.05
    assert rows["数据"]["lift"] < 0.5 and rows["数据"]["high"] < 1
    assert rows["医疗"]["lift"] == pytest.approx(rows["医疗"]["rate"] / rows["医疗"]["rate_all"], abs=1e-4)


def of_units(document: list[int], tags: list[list[int]]) -> Corpus:
    """Units of these documents with these tags of codes a, b, …; their words do not matter."""
    from scipy import sparse

    counts, codes = sparse.csr_array(np.ones((len(document), 1))), [chr(97 + at) for at in range(len(tags[0]))]
    names = [f"{at}" for at in range(max(document) + 1)]
    return Corpus(counts, ["x"], names, np.array(document), 1, [], codes, sparse.csr_array(np.array(tags)), np.zeros((1, 2)))


def test_lift_of_a_worked_example() -> None:
    # four units, the first two tagged, one of them twice: Σ s y / Σ s is 1.5 / 2 and .5 / 2, Σ y / n is 2 / 4
    shares = np.array([[1, 0], [0.5, 0.5], [0.25, 0.75], [0.25, 0.75]])
    rows = topic_codes(shares, of_units([0, 0, 1, 1], [[1], [2], [0], [0]]), [3, 8], seeded(0))
    assert [(row.topic, row.code, row.rate, row.rate_all, row.lift) for row in rows] == [
        (3, "a", 0.75, 0.5, 1.5),
        (8, "a", 0.25, 0.5, 0.5),
    ]


def test_the_spread_of_a_lift_is_that_of_its_logarithm_over_documents() -> None:
    # documents of one unit each: half of them all of the first topic, of which three quarters are tagged, of the others a quarter
    n = 400
    topic = np.arange(n) % 2 == 0
    tagged = np.where(topic, np.arange(n) % 8 != 0, np.arange(n) % 8 == 1).astype(float)
    of_topic = np.stack([topic, ~topic], axis=1).astype(float)
    both = (of_topic * tagged[:, None])[:, :, None]
    error = _spread(both, of_topic, tagged[:, None], np.ones(n), seeded(0, "spread"))
    away = both[:, 0, 0] / 150 - topic / 200 - tagged / 200 + 1 / n  # what a document adds to the logarithm, to first order
    assert error[0, 0] == pytest.approx(np.sqrt(n / (n - 1) * (away**2).sum()), rel=0.1)


def test_effective_documents_of_a_worked_example() -> None:
    assert _effective(np.array([[2.0, 3.0, 0.0], [2.0, 1.0, 0.0], [2.0, 0.0, 0.0]])).tolist() == pytest.approx(
        [3, 16 / 10, 0], abs=1e-9
    )


def test_a_lopsided_corpus_claims_less_than_an_even_one() -> None:
    def width(units: list[int]) -> float:
        rng = np.random.default_rng(3)
        document = np.repeat(np.arange(len(units)), units)
        shares = rng.dirichlet([1, 1], len(document))
        tags = (rng.random((len(document), 1)) < 0.3).astype(int)
        row = topic_codes(shares, of_units(document.tolist(), tags.tolist()), [0, 1], seeded(0))[0]
        assert row.low and row.high and row.low < row.lift < row.high
        return float(np.log(row.high / row.low))

    assert width([200] + [10] * 20) > width([400 // 21] * 21)


def test_a_code_that_never_meets_a_topic_has_a_reason_and_one_in_no_unit_no_row() -> None:
    shares = np.repeat([[1.0, 0.0], [0.0, 1.0]], 10, axis=0)
    rows = topic_codes(shares, of_units(list(range(20)), [[1, 0]] * 10 + [[0, 0]] * 10), [0, 1], seeded(0))
    assert [(row.code, row.lift, row.low is None) for row in rows] == [("a", 2, False), ("a", 0, True)]
    assert rows[0].reason == "" and "meet in too few documents" in rows[1].reason and rows[1].q is None


def test_without_codes_or_topics_there_are_no_lifts() -> None:
    from scipy import sparse

    nothing = Corpus(sparse.csr_array((0, 1)), ["x"], [], np.zeros(0, int), 1, [], [], sparse.csr_array((0, 0)), np.zeros((0, 2)))
    assert topic_codes(np.zeros((0, 2)), nothing, [0, 1], seeded(0)) == []
    assert topic_codes(np.zeros((4, 0)), of_units([0, 0, 1, 1], [[1], [1], [0], [0]]), [], seeded(0)) == []


def test_links_of_a_worked_example() -> None:
    # cosine of (.6, .4, 0) and (0, .4, .6); shares that fall as the others rise; a document without shares is left out
    topic_terms, weights = np.array([[0.6, 0.4, 0.0], [0.0, 0.4, 0.6]]), np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8], [0, 0]])
    (row,) = topic_links(topic_terms, weights, [7, 2])
    assert (row.a, row.b, row.documents) == (2, 7, -1)
    assert row.terms == round(0.16 / 0.52, 6)


def test_a_code_of_few_documents_has_a_reason_and_no_interval(tmp_path: Path) -> None:
    texts = planted(30)
    texts[0].codes[0] = ["standardization"]
    row = made(tmp_path, texts).table("topic_codes").to_pylist()[0]
    assert row["low"] is row["q"] is None and "fewer than 5 documents hold standardization" in row["reason"]


def test_every_two_topics_have_a_likeness(tmp_path: Path) -> None:
    rows = made(tmp_path, planted(30)).table("topic_links").to_pylist()
    assert [(row["a"], row["b"]) for row in rows] == [(0, 1), (0, 2), (1, 2)]
    assert all(0 <= row["terms"] < 0.5 and row["documents"] < 0 for row in rows)


def test_words_that_rise_inside_a_topic_are_told(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    texts = []
    for at in range(60):
        words = list(FIELDS.values())[at % 3]
        own = [word for word in words if word != ("云端" if at < 30 else "接口")]
        texts.append(Text([["|，|".join(rng.choice(own, 8))] for _ in range(8)], date=f"{2018 + at // 15}-05-01"))
    run = made(tmp_path, texts)
    rows = {row["term"]: row for row in run.table("topic_words").to_pylist() if row["q"] < 0.05}
    assert rows["云端"]["change"] > 1 and rows["云端"]["low"] > 0 and rows["接口"]["high"] < 0
    assert (rows["云端"]["before"], rows["云端"]["after"]) == ("2018–2019", "2020–2021")


def test_halves_end_where_a_period_ends() -> None:
    assert _halves(["2018", "2019", "2019", "2019", None, "2020"]) == ("2018", "2019–2020", "2019")
    assert _halves(["2018", None]) is None


def test_topics_of_periods_go_on_split_merge_begin_and_end() -> None:
    one, two, three, four = np.eye(4)
    models = {
        "2018": np.array([one, two + three, four]),
        "2019": np.array([one, two, three]),
        "2020": np.array([one + two, three]),
    }
    told = {(row.before, row.topic_before, row.topic_after): row.what for row in topic_flow(models)}
    assert told == {
        ("2018", 0, 0): "continued", ("2018", 1, 1): "split", ("2018", 1, 2): "split", ("2018", 2, None): "gone",
        ("2019", 0, 0): "merged", ("2019", 1, 0): "merged", ("2019", 2, 1): "continued",
    }  # fmt: skip


def test_each_period_has_a_model_of_its_own_when_asked_for(tmp_path: Path) -> None:
    texts = [Text(text.paragraphs, date=f"{2018 + at // 15}-05-01") for at, text in enumerate(planted(30))]
    run = made(tmp_path, texts, **{"topics.by_period": True})
    assert {row["period"] for row in run.table("topics").to_pylist()} == {"all", "2018", "2019"}
    assert Counter(row["what"] for row in run.table("topic_flow").to_pylist()) == {"continued": 3}


def coded(words: dict[str, str], most: int = 1000) -> list[Text]:
    """Documents whose paragraphs with one of these words are tagged with its code, so many of each."""
    texts, given = planted(30), Counter[str]()
    for text in texts:
        for at, paragraph in enumerate(text.paragraphs):
            for code in [code for word, code in words.items() if word in paragraph[0] and given[code] < most]:
                text.codes.setdefault(at, []).append(code)
                given[code] += 1
    return texts


def test_seeded_topics_carry_the_name_of_their_code(tmp_path: Path) -> None:
    run = made(tmp_path, coded({"门诊": "standardization"}), **{"topics.model": "seeded"})  # one word of ten
    (row,) = [row for row in run.table("topic_summary").to_pylist() if row["code"]]
    assert row["code"] == "standardization" and field_of(run, row["topic"]) == "医疗"


@pytest.mark.parametrize(("one", "other", "free"), [("数据", "农业", "医疗"), ("数据", "医疗", "农业"), ("农业", "医疗", "数据")])
def test_two_fields_are_one_topic_where_they_have_one_code(tmp_path: Path, one: str, other: str, free: str) -> None:
    texts = coded({word: "silos.bridging" for field in (one, other) for word in FIELDS[field][:1]})
    run = made(tmp_path, texts, **{"topics.k": 2, "topics.model": "seeded", "topics.top_terms": 20})
    (topic,) = [row["topic"] for row in run.table("topic_summary").to_pylist() if row["code"]]
    terms = {row["term"] for row in run.table("topics").to_pylist() if row["topic"] == topic}
    assert terms == {*FIELDS[one], *FIELDS[other]}


@pytest.mark.parametrize(
    ("words", "most", "note"),
    [
        ({}, 0, "no unit is tagged with a code: all topics are free"),
        ({"门诊": "standardization"}, 9, "no topic for standardization: tagged in fewer than 10 units"),
        ({"门诊": "standardization"}, 10, ""),
    ],
)
def test_codes_without_a_topic_are_named(tmp_path: Path, words: dict[str, str], most: int, note: str) -> None:
    run = make_run(tmp_path, coded(words, most), **{"topics.k": 3, "topics.model": "seeded"})
    assert run_stage(topics.run, run).get("note", "") == note


def test_with_too_few_topics_the_codes_of_most_units_have_one() -> None:
    tags = sparse.csr_array(
        np.repeat(
            [[1, 1, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1]],
            [
                10,
                5,
                9,
            ],
            axis=0,
        )
    )
    assert anchoring(tags).tolist() == [3, 1, 0]  # of 24, 15 and 10 units; the third code has nine
    assert unanchored(tags, ["甲", "乙", "丙", "丁"], 2) == (
        "no topic for 丙: tagged in fewer than 10 units; no topic for 甲: 2 topics are too few"
    )


def test_sections_are_units_too(tmp_path: Path) -> None:
    from pipeline.topics.matrix import build

    run = make_run(tmp_path, planted(30), **{"topics.unit": "section"})
    # these texts have no headings: a section is a document
    assert build(run, lambda work, parts, stage: map(work, parts)).counts.shape[0] == 30

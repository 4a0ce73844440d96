"""Topic models, on texts whose topics are known."""

import io
import json
import sys
from importlib import import_module
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from small_runs import Text, bytes_of, make_run, run_stage

from pipeline import topics
from pipeline.config import read_settings
from pipeline.errors import SettingsError
from pipeline.store import Run
from pipeline.topics.matrix import build, distinct
from pipeline.topics.plsa import maximised
from pipeline.topics.quality import coherence, diversity, exclusivity, frex, label
from pipeline.units import count_adjacent, find_phrases, join_phrases, read_words

FIELDS = {
    "数据": ["数据", "平台", "算法", "网络", "云端", "接口", "系统", "终端", "芯片", "软件"],
    "农业": ["粮食", "农田", "水利", "种子", "农户", "收成", "畜牧", "果园", "渔业", "化肥"],
    "医疗": ["医院", "药品", "护士", "门诊", "医保", "疫苗", "病床", "诊所", "康复", "体检"],
}
TABLES = ("doc_topics", *topics.MADE)


def planted(documents: int = 24, seed: int = 0) -> list[Text]:
    """Documents of eight paragraphs, each paragraph on one field; a document's main field is its number modulo three."""
    rng = np.random.default_rng(seed)
    fields = list(FIELDS.values())
    texts = []
    for number in range(documents):
        chosen = [number % 3] * 6 + rng.integers(0, 3, 2).tolist()
        # a full stop between words: none of them stand side by side
        texts.append(Text([["|，|".join(rng.choice(fields[field], 8))] for field in chosen]))
    return texts


def corpus_of(run: Run) -> Any:
    from pipeline.engine import workers

    with workers(run.settings.engine) as spread:
        return build(run, spread)


def leading_terms(run: Run) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row in run.table("topics").to_pylist():
        found.setdefault(row["topic"], []).append(row["term"])
    return found


MODELS = [name for name in topics.MODELS if name != "tomotopy" or find_spec("tomotopy")]


@pytest.mark.parametrize("model", MODELS)
def test_planted_topics_are_found(tmp_path: Path, model: str) -> None:
    run = make_run(tmp_path, planted(), **{"topics.k": 3, "topics.model": model, "topics.top_terms": 8, "topics.passes": 20})
    assert run_stage(topics.run, run)["topics"] == 3
    found = [set(terms) for terms in leading_terms(run).values()]
    assert all(any(terms <= set(words) for terms in found) for words in FIELDS.values())


@pytest.mark.parametrize(
    ("model", "limit", "units"), [("nmf", "nmf.BATCHES_FROM", 1), ("plsa", "plsa.ENOUGH", 60), ("seeded", "plsa.ENOUGH", 60)]
)
def test_planted_topics_are_found_in_large_corpora_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, limit: str, units: int
) -> None:
    module, name = limit.split(".")
    monkeypatch.setattr(import_module(f"pipeline.topics.{module}"), name, units)  # far fewer than these have
    run = make_run(tmp_path, planted(), **{"topics.k": 3, "topics.top_terms": 8, "topics.model": model, "topics.fits": 0})
    run_stage(topics.run, run)
    found = [set(terms) for terms in leading_terms(run).values()]
    assert all(any(terms <= set(words) for terms in found) for words in FIELDS.values())


@pytest.mark.parametrize("model", MODELS)
def test_shares_of_a_document_add_up_and_name_its_field(tmp_path: Path, model: str) -> None:
    run = make_run(tmp_path, planted(), **{"topics.k": 3, "topics.model": model, "topics.passes": 20})
    run_stage(topics.run, run)
    shares: dict[str, list[float]] = {}
    for row in run.table("doc_topics").to_pylist():
        shares.setdefault(row["doc_id"], []).append(row["weight"])
    assert len(shares) == 24
    assert all(sum(row) == pytest.approx(1, abs=1e-5) and max(row) > 0.6 for row in shares.values())


def test_topics_come_by_prevalence_with_a_label_and_weights_that_fall(tmp_path: Path) -> None:
    run = make_run(tmp_path, planted(25), **{"topics.k": 3})
    run_stage(topics.run, run)
    totals = np.zeros(3)
    for row in run.table("doc_topics").to_pylist():
        totals[row["topic"]] += row["weight"]
    assert list(totals) == sorted(totals, reverse=True)
    rows = run.table("topics").to_pylist()
    assert all(row["label"].count("·") == 2 for row in rows)
    weights = [row["weight"] for row in rows if row["topic"] == 0]
    assert weights == sorted(weights, reverse=True) and sum(weights) <= 1 + 1e-9


@pytest.mark.parametrize("model", MODELS)
def test_one_core_and_two_make_the_same_tables(tmp_path: Path, model: str) -> None:
    for jobs in (1, 2):
        run = make_run(tmp_path / str(jobs), planted(), **{"topics.k": 3, "topics.model": model, "engine.jobs": jobs})
        run_stage(topics.run, run)
    assert bytes_of(tmp_path / "1", *TABLES) == bytes_of(tmp_path / "2", *TABLES)


def test_the_model_is_stored_without_pickle_and_twice_alike(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run_stage(topics.run, make_run(tmp_path / name, planted(), **{"topics.k": 3}))
    stored = (tmp_path / "a/model/topics.npz").read_bytes()
    assert stored == (tmp_path / "b/model/topics.npz").read_bytes()
    arrays = np.load(io.BytesIO(stored), allow_pickle=False)
    assert arrays["components"].shape == (3, 30)


@pytest.mark.parametrize("model", MODELS)
def test_a_model_is_stored_with_all_it_takes_to_fit_it_again(tmp_path: Path, model: str) -> None:
    run = make_run(tmp_path, planted(), **{"seed": 7, "topics.k": 3, "topics.model": model, "topics.fits": 0})
    run_stage(topics.run, run)
    facts = json.loads((tmp_path / "model/topics.json").read_text("utf-8"))
    assert (facts["model"], facts["seed"], facts["k"], len(facts["corpus"])) == (model, 7, 3, 16)
    assert all(facts["versions"].values()) and topics.MODELS[model].package in facts["versions"]
    eta = {"plsa": 0.01, "seeded": 0.01, "tomotopy": 0.01, "lda": pytest.approx(1 / 3)}
    priors = facts["priors"]
    assert (priors["eta"], len(priors["alpha"])) == (eta[model], 3) if model in eta else not priors


@pytest.mark.parametrize("model", MODELS)
def test_a_seed_of_more_than_32_bits_is_taken(tmp_path: Path, model: str) -> None:
    run = make_run(tmp_path, planted(), **{"seed": 2**32, "topics.k": 3, "topics.model": model, "topics.fits": 1})
    assert run_stage(topics.run, run)["topics"] == 3


def test_fewer_topics_than_asked_for_are_noted(tmp_path: Path) -> None:
    counts = run_stage(topics.run, make_run(tmp_path, planted(), **{"topics.k": 200}))
    assert counts["topics"] == 3
    assert "200 topics were asked for" in counts["note"] and "reason" not in counts


def test_too_little_text_gives_empty_tables_and_a_reason(tmp_path: Path) -> None:
    run_stage(topics.run, make_run(tmp_path, planted(), **{"topics.k": 3}))
    run = make_run(tmp_path, planted(2), **{"topics.k": 2})
    counts = run_stage(topics.run, run)
    assert "16 different paragraphs" in counts["reason"]
    assert not any(run.rows(name) for name in TABLES)
    assert not (tmp_path / "model/topics.npz").exists()


def test_no_document_at_all_is_too_little(tmp_path: Path) -> None:
    assert "reason" in run_stage(topics.run, make_run(tmp_path, []))


def test_one_long_document_has_topics(tmp_path: Path) -> None:
    paragraphs = [paragraph for text in planted() for paragraph in text.paragraphs]
    assert run_stage(topics.run, make_run(tmp_path, [Text(paragraphs)], **{"topics.k": 3}))["topics"] == 3


def test_duplicates_are_left_out(tmp_path: Path) -> None:
    copy = Text(planted(1)[0].paragraphs, facts={"duplicate_of": "0"})
    for name, texts in (("with", [*planted(15), copy]), ("without", planted(15))):
        run_stage(topics.run, make_run(tmp_path / name, texts, **{"topics.k": 3}))
    assert bytes_of(tmp_path / "with", "topics") == bytes_of(tmp_path / "without", "topics")


def test_counts_are_those_of_a_recount(tmp_path: Path) -> None:
    texts = planted(20)
    corpus = corpus_of(make_run(tmp_path, texts, **{"topics.min_documents": 1}))
    recount = sorted(
        tuple(sorted((word, words.count(word)) for word in set(words) - {"，"}))
        for text in texts
        for (sentence,) in text.paragraphs
        if (words := sentence.split("|"))
    )
    dense = corpus.counts.toarray()
    found = sorted(tuple(sorted((corpus.terms[at], int(row[at])) for at in np.flatnonzero(row))) for row in dense)
    assert found == recount


def test_a_notice_repeated_in_every_document_counts_once(tmp_path: Path) -> None:
    counts, row = distinct(sparse.csr_array(np.array([[1, 0], [0, 2], [1, 0], [2, 0]], float)))
    assert counts.toarray().tolist() == [[1, 0], [0, 2], [2, 0]]
    assert row.tolist() == [0, 1, 0, 2]
    notice = ["|，|".join(["版权", "声明", "免责", "条款"])]
    run = make_run(tmp_path, [Text([*text.paragraphs, notice]) for text in planted(60)], **{"topics.k": 3})
    run_stage(topics.run, run)
    assert not {"版权", "声明"} & {term for terms in leading_terms(run).values() for term in terms[:5]}


def test_words_that_say_little_do_not_count(tmp_path: Path) -> None:
    run = make_run(tmp_path, [Text([["进行|数据|的|共享|……"]])])
    assert read_words(run, "", run.settings.topics)[1].vocabulary == ["共享", "数据"]


def test_neighbours_become_phrases_and_a_full_stop_keeps_words_apart(tmp_path: Path) -> None:
    sentences = [["数字|政府|平台"], ["建设|数字|政府"], ["数字|，|政府"], ["医院|平台"]]
    run = make_run(tmp_path, [Text(sentences)])
    words = read_words(run, "", run.settings.topics)[1]
    phrases = find_phrases([count_adjacent(words)], min_npmi=0.3, min_count=2)
    assert phrases == [("数字", "政府")]
    joined = join_phrases(words, phrases)
    terms = [joined.vocabulary[term] for term in joined.term]
    assert terms == ["数字政府", "平台", "建设", "数字政府", "数字", "政府", "医院", "平台"]
    assert joined.unit.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_overlapping_phrases_are_joined_from_the_left(tmp_path: Path) -> None:
    run = make_run(tmp_path, [Text([["甲甲|乙乙|丙丙|丁丁|，|乙乙|丙丙"]])])
    words = read_words(run, "", run.settings.topics)[1]
    joined = join_phrases(words, [("乙乙", "丙丙"), ("甲甲", "乙乙"), ("丙丙", "丁丁")])
    assert [joined.vocabulary[term] for term in joined.term] == ["甲甲乙乙", "丙丙丁丁", "乙乙丙丙"]


@pytest.mark.parametrize(("unit", "rows"), [("sentence", 3), ("paragraph", 2), ("document", 1)])
def test_units_are_sentences_paragraphs_or_documents(tmp_path: Path, unit: str, rows: int) -> None:
    run = make_run(tmp_path, [Text([["数据|平台", "数据|算法"], ["网络|数据"]])], **{"topics.unit": unit})
    units, words = read_words(run, "", run.settings.topics)
    assert len(units.document) == rows
    assert words.unit.max() == rows - 1 and len(words.term) == 6


def test_a_round_of_plsa_by_hand() -> None:
    counts = sparse.csr_array(np.array([[2.0, 1.0, 0.0], [0.0, 1.0, 3.0]]))
    theta, phi = np.array([[0.75, 0.25], [0.5, 0.5]]), np.array([[0.5, 0.25, 0.25], [0.25, 0.25, 0.5]])
    # of the first unit topic 0 has 6/7 of each first word and 3/4 of each second; of the second 1/2 and 1/3
    given = np.array([[2 * 6 / 7, 3 / 4 + 1 / 2, 3 * 1 / 3], [2 * 1 / 7, 1 / 4 + 1 / 2, 3 * 2 / 3]]) + 0.01
    found = maximised(counts, theta, phi, 1)
    assert found == pytest.approx(given / given.sum(axis=1, keepdims=True), rel=1e-6)  # in single precision
    # and of the next round the shares start from 2 · 6/7 + 3/4 + 1 words against 2/7 + 1/4 + 1; 3/2 + 1 against 5/2 + 1
    shares = np.array([[12 / 7 + 7 / 4, 2 / 7 + 5 / 4], [5 / 2, 7 / 2]])
    shares /= shares.sum(axis=1, keepdims=True)
    assert maximised(counts, theta, phi, 2) == pytest.approx(maximised(counts, shares, found, 1), rel=1e-6)


def test_shares_in_a_unit_are_its_words_without_the_prior() -> None:
    # topics that have no word in common: each word is of one topic, whatever the prior
    arrays = {"components": np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]), "alpha": np.ones(2, np.float32)}
    found = topics.MODELS["plsa"].apply(arrays, sparse.csr_array(np.array([[2.0, 1.0, 1.0], [0.0, 0.0, 0.0]])))
    assert found == pytest.approx(np.array([[3, 1], [0, 0]]), abs=1e-6)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tomotopy", None)
    with pytest.raises(SettingsError, match=r"wenmai\[tomotopy\]"):
        topics.MODELS["tomotopy"].fit(sparse.csr_array(np.ones((2, 2))), 2, seed=0, settings=read_settings().topics)


def test_coherence_is_that_of_gensim() -> None:
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    rng = np.random.default_rng(0)
    present = rng.random((400, 12)) < rng.uniform(0.2, 0.6, 12)
    texts = [[f"w{column:02d}" for column in np.flatnonzero(row)] for row in present if row.any()]
    top = np.array([[0, 1, 2, 3], [4, 5, 6, 7]])
    dictionary = Dictionary([[f"w{column:02d}" for column in range(12)]])
    model = CoherenceModel(
        topics=[[f"w{column:02d}" for column in row] for row in top], texts=texts, dictionary=dictionary,
        coherence="c_npmi", window_size=100, processes=1,
    )  # fmt: skip
    ours = coherence(sparse.csr_array(present[present.any(axis=1)].astype(float)), top)
    assert ours == pytest.approx(model.get_coherence_per_topic(), abs=1e-9)


def test_coherence_of_a_worked_example() -> None:
    # three terms in four units: a and b always together, c never with them
    counts = sparse.csr_array(np.array([[2, 1, 0], [1, 3, 0], [0, 0, 1], [0, 0, 5]], float))
    pairs = {(0, 1): 1.0, (0, 2): -1.0, (1, 2): -1.0}
    assert set(combinations(range(3), 2)) == set(pairs)
    assert coherence(counts, np.array([[0, 1, 2]]))[0] == pytest.approx(sum(pairs.values()) / 3)


def test_diversity_is_the_share_of_distinct_terms() -> None:
    assert diversity(np.array([[0, 1], [1, 2]])) == 0.75


def test_frex_prefers_what_is_frequent_and_special_to_a_topic() -> None:
    topic_terms = np.array([[0.5, 0.4, 0.1], [0.5, 0.0, 0.5]])
    found = frex(topic_terms)
    # of the first topic: frequency ranks 3, 2, 1 of 3; shares 1/2, 1, 1/6, ranks 2, 3, 1 of 3
    harmonic = [1 / (0.5 / (2 / 3) + 0.5 / 1), 1 / (0.5 / 1 + 0.5 / (2 / 3)), 1 / 3]
    assert found[0] == pytest.approx(harmonic, abs=1e-9)
    # the second has two of them, as frequent as each other: 2 of 2 both; shares 1/2 and 5/6
    assert found[1] == pytest.approx([1 / (0.5 / 0.5 + 0.5), 0, 1], abs=1e-9)


def test_exclusivity_is_the_mean_share_of_leading_terms() -> None:
    topic_terms = np.array([[0.5, 0.4, 0.1], [0.5, 0.0, 0.5]])
    assert exclusivity(topic_terms, np.array([[0, 1], [0, 2]])).tolist() == pytest.approx(
        [(0.5 + 1) / 2, (0.5 + 0.5 / 0.6) / 2], abs=1e-9
    )


def test_a_label_does_not_say_a_word_twice() -> None:
    assert label(["数字政府", "数字", "数据共享", "政府", "平台"]) == "数字政府·数据共享·平台"

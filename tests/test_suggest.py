"""Candidate terms from the user's own documents. All sentences are made up."""

import random
from pathlib import Path

import numpy as np
import pytest
from small_runs import Text, make_run

from pipeline.coding.candidates import Corpus, find_candidates
from pipeline.coding.suggest import suggest
from pipeline.errors import NotReadyError, SettingsError
from pipeline.store import Run

PLACES = ["鹤湾|市", "松汀|省", "临溪|县", "朔川|省", "望海|区"]
SHARING = [
    "{}|推动|部门|数据|共享",
    "{}|开展|信息|互换|与|数据|共享",
    "{}|信息|互换|覆盖|全部|部门",
    "{}|依托|信息|互换|减少|材料",
]
OTHER = ["{}|修缮|灯塔|和|码头", "{}|清点|渔船|与|渔网", "{}|举办|帆船|比赛", "{}|检查|灯塔|与|航标", "{}|慰问|渔民|和|船工"]


def harbours(folder: Path, n_documents: int = 12) -> Run:
    """Documents in which 信息互换 stands beside what is coded, and is not in the codebook."""
    draw = random.Random(3)
    texts = []
    for number in range(n_documents):
        sentences, codes = [], {}
        for order in range(24):
            kind = SHARING if order % 2 else OTHER
            sentence = draw.choice(kind).format(draw.choice(PLACES))
            if "共享" in sentence or (kind is SHARING and draw.random() < 0.5):
                codes[order] = ["silos.bridging"]
            sentences.append(sentence)
        texts.append(Text([sentences], codes, date=f"{2015 + number % 8}"))
    return make_run(folder, texts)


def corpus_of(*sentences: str) -> Corpus:
    """Sentences cut by |, a document each."""
    tokens = [sentence.split("|") for sentence in sentences]
    words = sorted({token for sentence in tokens for token in sentence})
    flat = [words.index(token) for sentence in tokens for token in sentence]
    numbers = np.repeat(np.arange(len(tokens)), [len(sentence) for sentence in tokens])
    joined = np.append(numbers[1:] == numbers[:-1], False)
    ids = [f"{number}-0" for number in range(len(tokens))]
    return Corpus(words, np.array(flat), np.ones(len(flat), bool), joined, numbers, np.arange(len(tokens)), ids)


def test_a_run_of_words_is_a_candidate_when_it_holds_together_and_stands_in_different_surroundings() -> None:
    texts = [f"{before}|信息|互换|{after}" for before, after in zip("推促抓管建", "好快稳多强", strict=True)]
    found = find_candidates(corpus_of(*texts), 5)
    assert found.texts == ["互换", "信息", "信息互换"]
    assert found.cohesion.tolist()[:2] == [1, 1] and found.cohesion[2] > 0.9
    always = find_candidates(corpus_of(*["海上|信息|互换|中心"] * 4, "去|海上|信息|互换|中心|看"), 5)
    assert "信息互换" not in always.texts  # a piece of 海上信息互换中心


def test_a_word_of_one_document_is_none() -> None:
    assert find_candidates(corpus_of("灯塔|好", "灯塔|亮"), 2).texts == []


def test_what_stands_beside_a_codes_terms_is_suggested_with_its_sentences(tmp_path: Path) -> None:
    rows = suggest(harbours(tmp_path), "silos.bridging", min_count=5)
    assert "信息互换" in [row["candidate"] for row in rows[:3]]
    row = next(row for row in rows if row["candidate"] == "信息互换")
    assert row["coded"] < row["sentences"] and row["documents"] >= 3 and row["accept"] == ""
    assert "信息互换" in row["context_1"] and "carry the code already" in row["reason"]
    assert not {"灯塔", "渔船"} & {row["candidate"] for row in rows}


def test_the_same_run_gives_the_same_candidates(tmp_path: Path) -> None:
    assert suggest(harbours(tmp_path / "a"), "silos.bridging") == suggest(harbours(tmp_path / "b"), "silos.bridging")


def test_a_code_with_few_sentences_gets_none(tmp_path: Path) -> None:
    assert suggest(harbours(tmp_path), "silos.barrier") == []


def test_what_cannot_be_suggested_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no code 'lights' in the codebook; there are technology_empowerment"):
        suggest(harbours(tmp_path), "lights")
    with pytest.raises(NotReadyError, match="lower --min-count"):
        suggest(make_run(tmp_path / "small", [Text([["灯塔|好"]])]))

"""A stored model is kept for new documents; a refit keeps the numbers of topics that come again."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_runs import Text, bytes_of, make_run, run_stage
from test_topics import FIELDS, TABLES, planted

from pipeline import topics
from pipeline.store import Run
from pipeline.topics.identity import numbered
from pipeline.topics.model import load, retire

SETTINGS = {"topics.k": 3}


def leading(run: Run) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for row in run.table("topics").to_pylist():
        found.setdefault(row["topic"], set()).add(row["term"])
    return found


def field_of(terms: set[str]) -> str:
    return max(FIELDS, key=lambda field: len(terms & set(FIELDS[field])))


def run_of(folder: Path, texts: list[Text], **settings: Any) -> tuple[Run, dict[str, Any]]:
    run = make_run(folder, texts, **{**SETTINGS, **settings})
    return run, run_stage(topics.run, run)


def strange(documents: int) -> list[Text]:
    """Documents of one known word and many that no topic knows."""
    return [Text([["数据|，|戏台|，|锣鼓|，|花灯|，|舞龙"]] * 4) for _ in range(documents)]


def test_new_documents_go_to_the_topics_there_are(tmp_path: Path) -> None:
    before, _ = run_of(tmp_path, planted(24))
    stored = (tmp_path / "model/topics.npz").read_bytes()
    after, counts = run_of(tmp_path, planted(30))
    assert (tmp_path / "model/topics.npz").read_bytes() == stored
    assert leading(after) == leading(before) and counts["topics"] == 3
    assert len({row["doc_id"] for row in after.table("doc_topics").to_pylist()}) == 30


def test_the_same_documents_again_give_the_same_bytes(tmp_path: Path) -> None:
    run_of(tmp_path, planted(24))
    first = bytes_of(tmp_path, *TABLES)
    run_of(tmp_path, planted(24))
    assert bytes_of(tmp_path, *TABLES) == first


def test_new_documents_that_fit_less_well_are_told(tmp_path: Path) -> None:
    run_of(tmp_path, planted(24))
    _, counts = run_of(tmp_path, planted(24) + [Text([["数据|，|粮食|，|医院"]] * 4) for _ in range(6)])
    assert "6 new documents fit the topics less well" in counts["note"] and "--refit" in counts["note"]


def test_a_refit_keeps_the_numbers_of_topics_that_come_again(tmp_path: Path) -> None:
    before, _ = run_of(tmp_path, planted(25))
    named = {number: field_of(terms) for number, terms in leading(before).items()}
    assert retire(tmp_path)
    # the order of prevalence is another one now
    more = [text for at, text in enumerate(planted(60)) if at % 3 != 0 or at < 6]
    after, _ = run_of(tmp_path, more)
    assert {number: field_of(terms) for number, terms in leading(after).items()} == named
    assert {row["status"] for row in after.table("topic_summary").to_pylist()} == {"kept"}
    assert load(tmp_path, "retired") is None


def test_topics_that_do_not_come_again_are_gone_and_new_ones_get_new_numbers() -> None:
    old = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    facts = {"terms": ["甲", "乙", "丙"], "numbers": [4, 7], "next": 9}
    new = np.array([[0, 0, 1.0], [0, 0.9, 0.1]])
    numbers, likeness, gone = numbered(new, ["甲", "乙", "丙"], (old, facts))
    assert (numbers, gone) == ([9, 7], [4])
    assert likeness[0] is None and likeness[1] == pytest.approx(0.9 / np.sqrt(0.82), abs=1e-6)


def test_other_settings_begin_anew(tmp_path: Path) -> None:
    run_of(tmp_path, planted(24))
    after, _ = run_of(tmp_path, planted(24), **{"topics.k": 2})
    assert set(leading(after)) == {0, 1}
    assert {row["status"] for row in after.table("topic_summary").to_pylist()} == {""}


def test_a_changed_codebook_begins_seeded_topics_anew_and_no_others(tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    for model, kept in (("seeded", False), ("plsa", True)):
        texts = [Text(text.paragraphs, {at: ["standardization"] for at in range(3)}) for text in planted(24)]
        stored = []
        for content in ("name: one", "name: two"):
            book.write_text(content, "utf-8")
            run_of(tmp_path / model, texts, **{"topics.model": model, "codebook": str(book)})
            stored.append(json.loads((tmp_path / model / "model/topics.json").read_text("utf-8"))["made_with"])
        assert (stored[0] == stored[1]) == kept


def test_a_damaged_model_is_fitted_anew(tmp_path: Path) -> None:
    run_of(tmp_path, planted(24))
    (tmp_path / "model/topics.npz").write_bytes(b"nothing")
    _, counts = run_of(tmp_path, planted(24))
    assert counts["topics"] == 3


def test_words_cut_otherwise_begin_anew(tmp_path: Path) -> None:
    run_of(tmp_path, planted(24))
    stored = (tmp_path / "model/topics.json").read_bytes()
    run_of(tmp_path, planted(24), **{"segment.hmm": True})
    assert (tmp_path / "model/topics.json").read_bytes() != stored


def test_a_number_that_is_gone_is_never_used_again(tmp_path: Path) -> None:
    run_of(tmp_path, planted(24), **{"topics.k": 4})
    for documents in (27, 30):
        assert retire(tmp_path)
        run_of(tmp_path, planted(documents), **{"topics.k": 4})
    found = load(tmp_path)
    assert found is not None and found[1]["next"] > max(found[1]["numbers"])
    _, facts = found
    numbers, _, _ = numbered(np.eye(2), ["戏台", "锣鼓"], (np.ones((1, 1)), {**facts, "terms": ["甲"], "numbers": [0]}))
    assert numbers == [facts["next"], facts["next"] + 1]

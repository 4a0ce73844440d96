"""How the segmenter cuts the terms of a codebook. All sentences are made up."""

from dataclasses import replace
from pathlib import Path

from small_runs import Text, make_run

from pipeline import store
from pipeline.coding.audit import audit
from pipeline.records import Tag, from_table, to_table
from pipeline.store import Run


def run_with(folder: Path, sentences: list[str], spots: list[tuple[int, int, str]]) -> Run:
    """A run of one document with tags of these terms at these offsets."""
    run = make_run(folder, [Text([sentences], {number: ["silos.bridging"] for number in range(len(spots))})])
    tags = from_table(run.table("tags"), Tag)
    tags = [
        replace(tag, start=start, end=end, term=term, surface=term) for tag, (start, end, term) in zip(tags, spots, strict=True)
    ]
    store.write_by_document(folder, "tags", to_table(tags, Tag), store.layout(1))
    return run


def test_a_term_is_one_word_several_words_or_cuts_a_word(tmp_path: Path) -> None:
    sentences = ["推动|数据共享", "推动|数据|共享", "大数据|共享|平台"]  # of 6, 6 and 7 characters, with a stop between
    run = run_with(tmp_path, sentences, [(2, 6, "数据共享"), (9, 13, "数据共享"), (15, 19, "数据共享")])
    (row,) = audit(run)
    assert (row["places"], row["one_word"], row["several"], row["across"]) == (3, 1, 1, 1)
    assert row["ways"] == "数据|共享 2; 数据共享 1" and row["codes"] == "silos.bridging"
    assert (
        row["context_1"] == "推动数据共享。推动[数据共享]。大数据共享平台"
        and row["context_2"].startswith("推动数据共享。大[数据共享]") is False
    )
    assert "大[数据共享]平台" in row["context_2"] and row["context_3"] == ""


def test_terms_that_are_cut_most_come_first(tmp_path: Path) -> None:
    run = run_with(tmp_path, ["灯塔|好", "码|头|好"], [(0, 2, "灯塔"), (4, 6, "码头")])
    assert [row["term"] for row in audit(run)] == ["码头", "灯塔"]

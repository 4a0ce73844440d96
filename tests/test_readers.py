"""All readers on real documents, where these are at hand."""

from itertools import pairwise

import pytest
from reading import CORPORA, laid, parsed, real

from pipeline.ingest.clean import clean, glue
from pipeline.ingest.parsed import SetAside
from pipeline.segment.sentences import spans


@real
def test_the_sentence_of_the_seed_paper_that_a_page_breaks_is_whole() -> None:
    layout = laid("a.txt", next((CORPORA / "seed-paper").glob("*.txt")).read_bytes())
    assert "通过技术与制度" in layout.text
    assert any(note.startswith("第一作者简介") for note in layout.notes)
    assert sum(kind == "reference" for _, _, kind in spans(layout.text, layout.blocks)) == 14
    assert "<sup>" not in layout.text


@real
def test_every_nasty_file_ends_in_a_document_or_a_status() -> None:
    for path in sorted((CORPORA / "nasty-formats").iterdir()):
        data = path.read_bytes()
        try:
            layout = laid(path.name, data)
        except SetAside as why:
            assert why.status in ("empty", "encrypted", "corrupt", "unsupported"), path.name
            continue
        assert layout.text.strip(), path.name
        assert "\ufffd" not in layout.text, path.name


@real
def test_the_paper_whose_text_layer_is_rubbish_is_found_and_the_others_are_read() -> None:
    statuses = {}
    for path in (CORPORA / "papers-pdf").glob("*.[pc][da][fj]"):
        try:
            statuses[path.name] = parsed(path.name, path.read_bytes()).status
        except SetAside as why:
            statuses[path.name] = why.status
    assert {name for name, status in statuses.items() if status != "ok"} == {"知识库实体对齐技术综述.pdf"}


@real
def test_a_two_column_paper_has_its_sentences_across_columns_and_pages() -> None:
    layout = laid("a.pdf", next((CORPORA / "papers-pdf").glob("电子政务2022*.pdf")).read_bytes())
    assert all(words in layout.text for words in ("本文旨在介绍数字生态指数", "尚无能力驱动型城市，距离", "数字政府旨在"))
    found = spans(layout.text, layout.blocks)
    assert sum(kind == "reference" for _, _, kind in found) == 19
    assert all(a[1] <= b[0] for a, b in pairwise(found))


@real
def test_one_text_in_three_formats_gives_the_same_sentences() -> None:
    sentences = []
    for path in sorted((CORPORA / "policy-one-text-three-formats").iterdir()):
        if path.suffix in (".docx", ".pdf"):
            layout = laid(path.name, path.read_bytes())
            sentences.append(
                {
                    "".join(layout.text[a:b].split())
                    for a, b, kind in spans(layout.text, layout.blocks)
                    if kind in ("sentence", "item")
                }
            )
    assert len(sentences[0] & sentences[1]) > 0.9 * len(sentences[0])


def test_characters_of_a_font_of_its_own_are_marked_as_missing() -> None:
    assert clean("\uf0b7 推进\ue010共享\U000f1234") == "• 推进〓共享〓"


@pytest.mark.parametrize("hyphen", "-－‐鄄〓")
def test_a_word_broken_at_the_end_of_a_line_is_one_whatever_its_hyphen_looks_like(hyphen: str) -> None:
    assert glue(f"the informa{hyphen}", "tion of windows") == "the information of windows"
    assert glue(f"in 2019{hyphen}", "2020") == f"in 2019{hyphen}2020"
    assert glue(f"窗口{hyphen}", "台账") == f"窗口{hyphen}台账"

"""What maps are made of: keywords, authors, institutions, cited works, documents that cite alike, issuers with codes; and how all are counted."""

import hashlib
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import Text, make_run

from pipeline import store
from pipeline.cooccur import pairs
from pipeline.cooccur.chosen import choose, distinct, one_work
from pipeline.cooccur.counts import gather
from pipeline.cooccur.held import Held, near_pairs, note, periods_of, recount, windows, within
from pipeline.cooccur.pairs import Counts
from pipeline.engine import workers
from pipeline.records import Reference, to_table
from pipeline.store import Run

TWELVE = [
    "E-government", "e-government", "E-Government", "e‐government", "e government", "E GOVERNMENT", "ｅ－ｇｏｖｅｒｎｍｅｎｔ", "Ｅ-government",
    "egovernment", "e  government", "“e-government”", " e-government ",
]  # fmt: skip


def gathered(run: Run) -> dict[str, Held]:
    with workers(run.settings.engine) as spread:
        return gather(run, spread)


def paper(number: int = 0, *, date: str | None = "2021", **facts: Any) -> Text:
    return Text([["云泽|数据"]], date=date, facts={"kind": "paper", "title": f"云泽研究之{number}"} | facts)


def cite(run: Run, works: list[tuple[int, list[str], int | None, str | None, str | None]]) -> None:
    """Give a run a list of references: number of the citing text, authors, year, title and DOI."""
    rows = [
        Reference(
            hashlib.sha256(str(of).encode()).hexdigest()[:20], at, 0, 1, "", authors, year, title, "云泽学报", "J", doi, None
        )
        for at, (of, authors, year, title, doi) in enumerate(works)
    ]
    store.write_by_document(run.folder, "references", to_table(rows, Reference), run.parts())


def links_of(held: Held, period: str = "all") -> dict[tuple[str, str], int]:
    both = counted(held)[period].together.tocoo()
    places = zip(both.row.tolist(), both.col.tolist(), both.data.tolist(), strict=True)
    return {(held.names[a], held.names[b]): n for a, b, n in places if a < b}


def totals_of(held: Held, period: str = "all") -> dict[str, int]:
    return dict(zip(held.names, counted(held)[period].totals.tolist(), strict=True))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), max_size=9), min_size=1, max_size=14), st.randoms())
def test_frequent_and_seldom_names_in_chunks_are_counted_as_a_recount_has_it(units: list[list[int]], order: Any) -> None:
    places = [(number, name) for number, names in enumerate(units) for name in names]
    order.shuffle(places)
    unit, name = np.array(places, np.int64).reshape(-1, 2).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "CHUNK", 4)
        patch.setattr(pairs, "_FREQUENT", 3)
        counts = pairs.pair_counts(unit, name, len(units), 10)
    expected = Counter(pair for names in units for pair in combinations(sorted(set(names)), 2))
    found = counts.together.toarray()
    assert {pair: found[pair] for pair in combinations(range(10), 2) if found[pair]} == expected
    assert (found == found.T).all() and counts.n_units == len(units)
    assert counts.totals.tolist() == [sum(number in names for names in units) for number in range(10)]


def test_counting_leaves_the_places_as_they_were() -> None:
    unit, name = np.array([1, 0, 1, 0]), np.array([3, 2, 0, 1])
    pairs.pair_counts(unit, name, 2, 4)
    assert (unit.tolist(), name.tolist()) == ([1, 0, 1, 0], [3, 2, 0, 1])


def test_a_keyword_written_in_twelve_ways_is_one_and_that_is_told(tmp_path: Path) -> None:
    texts = [paper(keywords=[written, "平台"]) for written in [*TWELVE, *["E-government"] * 3]]
    held = gathered(make_run(tmp_path, texts))["keyword"]
    assert totals_of(held) == {"E-government": 15, "平台": 15}
    assert links_of(held) == {("E-government", "平台"): 15}
    assert "9 writings of keywords are counted as 1: E-government = " in note(held)


def test_traditional_and_simplified_keywords_stay_apart(tmp_path: Path) -> None:
    texts = [paper(keywords=["數據共享", "数据共享"]) for _ in range(2)]
    assert gathered(make_run(tmp_path, texts))["keyword"].names == ["数据共享", "數據共享"]


def test_documents_without_keywords_are_no_units_of_the_map(tmp_path: Path) -> None:
    texts = [paper(keywords=["数据", "平台"]), paper(keywords=["数据", "平台"]), paper(), paper(keywords=["算法"])]
    counts = counted(gathered(make_run(tmp_path, texts))["keyword"])["all"]
    assert counts.n_units == 3  # 算法 is in one document and on no map, but its document could have had the others


def test_keywords_met_in_fewer_documents_than_set_are_left_out(tmp_path: Path) -> None:
    texts = [paper(keywords=["数据"]), paper(keywords=["数据"]), paper(keywords=["算法"])]
    assert gathered(make_run(tmp_path / "a", texts))["keyword"].names == ["数据"]
    assert gathered(make_run(tmp_path / "b", texts, **{"cooccur.min_documents": 1}))["keyword"].names == ["数据", "算法"]


def test_no_more_names_than_set_are_kept_and_the_most_frequent_are() -> None:
    from pipeline.config import read_settings

    writings = Counter({("a", "甲"): 2, ("b", "乙"): 5, ("c", "丙"): 3})
    assert choose("keyword", writings, {}, read_settings(None, **{"cooccur.terms": 2}).cooccur).names == ["丙", "乙"]


def test_authors_of_one_paper_work_together(tmp_path: Path) -> None:
    texts = [paper(authors=["林一舟", "陆平"]), paper(authors=["陆平", "佚名", "林一舟"]), paper(authors=["Bern, S.", "Bern, S"])]
    held = gathered(make_run(tmp_path, texts, **{"cooccur.min_documents": 1}))["author"]
    assert links_of(held) == {("林一舟", "陆平"): 2}
    assert totals_of(held)["Bern, S"] == 1


def test_policy_documents_have_no_institutions(tmp_path: Path) -> None:
    texts = [paper(affiliations=["云泽大学.法学院"]), paper(affiliations=["云泽大学法学院"])]
    texts += [Text([["数据"]], facts={"affiliations": ["青石市数据局"]})] * 3
    assert totals_of(gathered(make_run(tmp_path, texts))["institution"]) == {"云泽大学.法学院".replace(".", ""): 2}


def test_works_cited_by_the_same_document_are_linked_under_one_name(tmp_path: Path) -> None:
    run = make_run(tmp_path, [paper(number) for number in range(4)])
    a, b = ["林一舟"], ["陆平"]
    cite(run, [
        (0, a, 2016, "云泽——的公文", None), (0, b, 2018, "青石", "10.1/x"), (1, ["[云]林一舟"], 2016, "云泽：的公文", None),
        (1, b, 2018, "青石（英文）", "https://doi.org/10.1/X"), (1, a, 2016, "云泽的公文", None), (2, a, None, "云泽的公文", None), (3, [], 2017, None, None),
    ])  # fmt: skip
    held = gathered(run)["reference"]
    assert totals_of(held) == {"林一舟, 2016, 云泽——的公文": 2, "陆平, 2018, 青石": 2}
    assert links_of(held) == {("林一舟, 2016, 云泽——的公文", "陆平, 2018, 青石"): 2}
    assert counted(held)["all"].n_units == 3
    assert "1 references do not say which work they mean" in note(held)


def test_keys_that_share_a_doi_go_under_the_first_of_them() -> None:
    found = one_work([("b", "doi 1"), ("a", "doi 1"), ("c", "doi 2"), ("b", "document 9"), ("d", "document 9"), ("d", "doi 3")])
    assert found == {"b": "a", "d": "a"}


def test_documents_are_coupled_by_the_works_they_both_cite(tmp_path: Path) -> None:
    run = make_run(tmp_path, [paper(0, date="2020"), paper(1), paper(2), paper(3)], **{"cooccur.nodes": ["coupling"]})
    works = {0: "甲乙丙", 1: "乙丙丁", 2: "丙丁", 3: "戊"}
    cite(run, [(of, ["林一舟"], 2010, f"论{title}之书", None) for of, titles in works.items() for title in titles])
    held = gathered(run)["coupling"]
    first, second, third = "云泽研究之0, 2020", "云泽研究之1, 2021", "云泽研究之2, 2021"
    assert totals_of(held) == {first: 3, second: 3, third: 2}
    assert links_of(held) == {(first, second): 2, (first, third): 1, (second, third): 2}
    assert links_of(held, "2021") == {(second, third): 2}
    assert counted(held)["2021"].n_units == 3  # 乙, 丙 and 丁


def test_issuers_are_linked_with_codes_and_with_nothing_else(tmp_path: Path) -> None:
    coded = {0: ["standardization", "silos.barrier"], 1: ["standardization", "-silos.barrier"]}
    both = Text(
        [["数据"], ["平台"], ["算法"]],
        coded,
        facts={"issuers": ["云泽国数据部", "青石市"], "issuers_today": ["云泽国数据部", "青石市"]},
    )
    one = Text([["数据"], ["平台"]], coded, facts={"issuers_today": ["云泽国数据部"]})
    nobody = Text([["数据"], ["平台"]], coded)
    held = gathered(make_run(tmp_path, [both, one, nobody], **{"cooccur.min_count": 1}))["issuer_code"]
    assert totals_of(held) == {"云泽国数据部": 5, "青石市": 3, "silos.barrier": 2, "standardization": 4}
    assert links_of(held) == {
        ("standardization", "云泽国数据部"): 4, ("standardization", "青石市"): 2, ("silos.barrier", "云泽国数据部"): 2, ("silos.barrier", "青石市"): 1,
    }  # fmt: skip
    assert counted(held)["all"].n_units == 5


def test_two_words_further_apart_than_the_window_do_not_meet(tmp_path: Path) -> None:
    text = Text([["数据|平台|算法|水利"]])
    for window, met in ((0, 6), (1, 3), (2, 5), (3, 6)):
        run = make_run(tmp_path / str(window), [text] * 3, **{"cooccur.window": window, "cooccur.phrase_npmi": 1})
        held = gathered(run)["term"]
        assert links_of(held) == dict.fromkeys(list(links_of(held)), 3) and len(links_of(held)) == met
        assert set(totals_of(held).values()) == {3}


def test_a_pair_that_meets_twice_in_a_unit_counts_once_and_words_off_the_map_keep_their_place() -> None:
    unit, name = np.array([0, 0, 0, 0, 1, 1, 1]), np.array([0, 1, 0, 2, 2, -1, 1])
    assert near_pairs(unit, name, 1, 3).tolist() == [[0, 0, 1], [0, 0, 2]]
    assert near_pairs(unit, name, 2, 3).tolist() == [[0, 0, 1], [0, 0, 2], [0, 1, 2], [1, 1, 2]]


def test_sliding_periods_take_in_their_neighbours(tmp_path: Path) -> None:
    texts = [paper(date=date, keywords=["数据", "平台"]) for date in ("2018", "2019", "2019", "2021", None)]
    held = gathered(make_run(tmp_path, texts, **{"cooccur.sliding": 3}))["keyword"]
    assert {label: counts.n_units for label, counts in counted(held).items()} == {"all": 5, "2018–2020": 3, "2019–2021": 3}
    assert links_of(held, "2018–2020") == {("平台", "数据"): 3} == links_of(held, "2019–2021")


def test_windows_are_named_by_their_first_and_last_period() -> None:
    assert windows(["2020H1", "2020H2", "2021H1"], {"2020H1"}, 2) == {"2020H1–2020H2": (0, 1)}
    assert windows(["2020", "2021"], {"2020"}, 5) == {"2020–2021": (0, 1)}
    assert list(windows(["2011–2015", "2016–2020"], {"2016–2020"}, 2)) == ["2011–2020"]
    assert windows([], set(), 3) == {}


@pytest.mark.parametrize("window", [0, 1])
def test_documents_drawn_twice_count_twice(tmp_path: Path, window: int) -> None:
    texts = [Text([["数据|平台|算法"], ["数据|水利"]]), Text([["水利|平台"], ["数据|平台"]]), Text([["算法|数据"]])]
    settings = {"cooccur.min_count": 1, "cooccur.window": window, "cooccur.phrase_npmi": 1}
    held = gathered(make_run(tmp_path / "once", texts, **settings))["term"]
    drawn = recount(held, drawn_times(tmp_path / "once", held, {0: 2, 1: 0, 2: 1}))
    again = gathered(make_run(tmp_path / "twice", [texts[0], texts[0], texts[2]], **settings))["term"]
    expected = recount(again)
    assert held.names == again.names and drawn.n_units == expected.n_units == 5
    assert drawn.totals.tolist() == expected.totals.tolist()
    assert (drawn.together.toarray() == expected.together.toarray()).all() and drawn.together.nnz == expected.together.nnz


def counted(held: Held) -> dict[str, Counts]:
    return {period: recount(of) for period, of in periods_of(held).items()}


def drawn_times(folder: Path, held: Held, times: dict[int, int]) -> np.ndarray:
    """How often each document of a run is drawn, by the number of its text; documents are sorted by id."""
    ids = sorted((hashlib.sha256(str(number).encode()).hexdigest()[:20], number) for number in range(len(times)))
    return np.array([times[number] for _, number in ids])


def test_a_period_holds_its_documents_and_their_pairs(tmp_path: Path) -> None:
    texts = [Text([["数据|平台"]], date="2020"), Text([["数据|平台"]], date="2021"), Text([["算法|平台"]], date="2021")]
    run = make_run(tmp_path, texts, **{"cooccur.window": 1, "cooccur.min_count": 1, "cooccur.phrase_npmi": 1})
    part = within(gathered(run)["term"], "2021")
    assert part.units.shape == (2, 3) and len(set(part.document.tolist())) == 2
    assert links_of(gathered(run)["term"], "2021") == {("平台", "数据"): 1, ("平台", "算法"): 1}


def test_equal_names_of_different_things_are_told_apart() -> None:
    assert distinct([("a", "论云"), ("b", "论云"), ("c", "论云 (2)")]) == {"a": "论云", "b": "论云 (2)", "c": "论云 (2) (2)"}


def test_what_is_held_takes_five_bytes_an_entry(tmp_path: Path) -> None:
    held = gathered(make_run(tmp_path, [Text([["数据|平台"]])] * 5))["term"]
    kept = (held.units.data, held.units.indices, held.document, held.period)
    assert [values.dtype.itemsize for values in kept] == [1, 4, 4, 2]


@pytest.mark.parametrize("sliding", [1, 3])
@pytest.mark.parametrize("texts", [[], [Text([["数据"]], date=None)], [paper()]])
def test_too_little_gives_empty_maps_of_every_kind(tmp_path: Path, texts: list[Text], sliding: int) -> None:
    nodes = ["term", "code", "keyword", "author", "institution", "reference", "coupling", "issuer_code"]
    run = make_run(tmp_path, texts, **{"cooccur.nodes": nodes, "cooccur.sliding": sliding, "cooccur.window": 2})
    with workers(run.settings.engine) as spread:
        held = gather(run, spread)
    assert list(held) == nodes and not any(of.names for of in held.values())
    assert all(value.together.nnz == 0 and len(value.totals) == 0 for of in held.values() for value in counted(of).values())


def test_one_core_and_two_hold_the_same(tmp_path: Path) -> None:
    texts = [paper(number, keywords=["数据", "平台"], authors=["林一舟", "陆平"]) for number in range(40)]
    found = []
    for jobs in (1, 2):
        run = make_run(tmp_path / str(jobs), texts, **{"engine.jobs": jobs})
        cite(run, [(of, ["林一舟"], 2016, f"第{of % 7}书", None) for of in range(40) for _ in range(2)])
        found.append(gathered(run))
    for kind in found[0]:
        assert found[0][kind].names == found[1][kind].names
        assert (found[0][kind].units != found[1][kind].units).nnz == 0
        assert (found[0][kind].document == found[1][kind].document).all()

"""How authors, institutions and cited works are written on maps."""

from typing import Any

import pytest

from pipeline.cooccur import literature


@pytest.mark.parametrize("nobody", ["佚名", "[匿名]", "本刊记者", "本报评论员", "Anonymous", "编辑部", ""])
def test_whoever_is_nobody_is_no_author(nobody: str) -> None:
    assert literature.author_shown(nobody) == ""


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[云]塞尔·柏恩", "塞尔·柏恩"),
        ("柏恩, S.", "柏恩, S"),
        ("林一舟等", "林一舟"),
        ("Bern, S. et al.", "Bern, S"),
        ("《云泽学刊》编辑部", "《云泽学刊》编辑部"),
    ],
)
def test_authors_are_shown_without_country_and_stop(written: str, shown: str) -> None:
    assert literature.author_shown(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("云泽大学.法学院", "云泽大学法学院"),
        ("云泽大学 法学院", "云泽大学法学院"),
        ("云泽大学法学院, 云泽 100000", "云泽大学法学院"),
        ("云泽大学法学院,云泽大学法学院 云泽青石 100000 ,云泽青石 100000", "云泽大学法学院"),
        ("100000 云泽大学图书馆", "云泽大学图书馆"),
        ("云泽大学图书馆(云泽100000)", "云泽大学图书馆"),
        ("云泽大学文学院 博士生导师", "云泽大学文学院"),
        ("云泽大学公共管理学院,青石市", "云泽大学公共管理学院"),
        (
            "Department of Maps, Yunze University, Qingshi, YZ 12345, Yunze. Electronic address: a@yunze.example.",
            "Yunze University",
        ),
        ("Yunze Univ, Sch Law, Qingshi 100000, Yunze.", "Yunze Univ"),
        ("Bureau of Maps, Qingshi.", "Bureau of Maps"),
        ("", ""),
    ],
)
def test_institutions_are_shown_without_post_code_town_and_position(written: str, shown: str) -> None:
    assert literature.institution_shown(written) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ((["林一舟", "陆平"], 2016, "云泽的公文", "云泽学报"), "林一舟, 2016, 云泽的公文"),
        ((["佚名"], None, "云泽的公文.", None), "云泽的公文"),
        ((["Bern, S. J."], 1997, "Maps of Yunze", None), "Bern SJ, 1997, Maps of Yunze"),
        ((["BERN S"], 1997, None, "J YUNZE MAPS"), "BERN S, 1997, J YUNZE MAPS"),
        (([], 2017, None, "云泽学报"), ""),
        ((["林一舟"], 2017, "24..", None), ""),
    ],
)
def test_a_cited_work_is_shown_as_indexes_show_it(said: Any, shown: str) -> None:
    assert literature.reference_shown(*said) == shown
    assert bool(literature.reference_key(*said)) == bool(shown)


@pytest.mark.parametrize("author", ["Teece, D. J.", "TEECE DJ", "David Teece", "Teece, David"])
def test_a_work_is_the_same_however_its_author_is_written(author: str) -> None:
    assert literature.reference_key([author], 1997, "Dynamic Maps: a View", None) == "teece|1997|dynamicmapsaview"


def test_long_titles_are_cut_by_their_width() -> None:
    assert literature.shortened("云" * 30) == "云" * 30
    assert literature.shortened("云" * 31) == "云" * 29 + "…"
    assert len(literature.shortened("maps " * 20)) <= 60

"""The sentences at the top of a report: only what tests and intervals carry."""

from typing import Any

from pipeline.report.findings import findings

Rate = tuple[float, float | None, float | None]


def findings_of(*points: Rate, changes: tuple[dict[str, Any], ...] = (), **others: list[Rate]) -> str:
    """What is said in English about code A with these values and intervals, a year each, about others, and of these changes."""
    codes = {"a": list(points), **others}
    series = {
        code: {"all": {"per_1000_sentences": [[at, value, low, high, 9, 90] for at, (value, low, high) in enumerate(rates)]}}
        for code, rates in codes.items()
        if rates
    }
    shown = {
        "read": {"years": [], "undated": 0},
        "counts": {"documents": 9, "sentences": 90, "coded": 9, "tags": 9, "set_aside": 0},
        "codes": [{"id": code, "name": {"zh": code, "en": code.upper()}} for code in codes],
        "trends": {"periods": ["2020", "2021", "2022"], "series": series, "units": ["per_1000_sentences"]},
        "changes": list(changes),
        "said": [{"zh": "时期不足", "en": "too few periods"}],
    }
    return " ".join(sentence["en"] for item in findings(shown) for sentence in item["text"])


def change(series: str, kind: str = "trend", **values: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("period", "since", "effect", "low", "high", "before", "after", "p", "q", "support", "reason"))
    return {**empty, "series": series, "group": "all", "kind": kind, "n_periods": 3, **values}


RISE = ((10, 8, 12), (15, 12, 18), (20, 16, 24))


def test_a_move_is_told_only_where_a_test_carries_it() -> None:
    sure = {"effect": 5.0, "low": 2.0, "high": 8.0, "before": 10.0, "after": 20.0, "q": 0.01}
    assert "“A” rises: +5.0 a period" in findings_of(*RISE, changes=(change("a", **sure),))
    assert "“A” falls: −5.0 a period" in findings_of(*RISE, changes=(change("a", **sure | {"effect": -5.0}),))
    said = findings_of(*RISE, changes=(change("a", **sure | {"q": 0.05}),))
    assert "rises" not in said and "No reliable move (q of .05 or more): “A”" in said


def test_a_new_level_and_what_came_after_a_document_are_told_with_their_evidence() -> None:
    level = change("a", "level", period="2021", effect=8.0, low=3.0, high=12.0, before=10.0, after=18.0, q=0.0004, support=0.9)
    since = change("a", "since", period="2022", since="岚发〔2022〕14号", effect=-3.0, low=-5.0, high=-1.0, q=0.02)
    said = findings_of(*RISE, changes=(since, level))
    assert "stands higher from 2021 on" in said and "q < .001" in said and "90%" in said
    assert "After 岚发〔2022〕14号 (2022) “A” stands −3.0 below" in said
    assert said.index("higher from 2021") < said.index("After 岚发")


def test_codes_that_cannot_be_tested_are_named_with_the_reason_and_a_run_without_tests_says_so() -> None:
    said = findings_of(*RISE, b=list(RISE), changes=(change("a", reason=0), change("b", reason=0)))
    assert said.count("Trend not tested: “A”, “B” (too few periods)") == 1 and "rises" not in said
    assert "There are no tests" in findings_of(*RISE)


def test_the_highest_code_is_taken_from_the_last_period_with_intervals() -> None:
    said = findings_of((10, 8, 12), (20, 15, 25), (500, None, None), b=[(1, 0, 2), (22, 16, 28)])
    assert "In 2021 the highest rate is that of “B”" in said and "order is not certain" in said and "Later periods" in said
    assert "highest" not in findings_of((10, None, None), (500, None, None))


def test_a_code_that_is_never_met_is_named() -> None:
    assert "Not met in any sentence that counts in the rates: “B”." in findings_of((10, 8, 12), b=[])

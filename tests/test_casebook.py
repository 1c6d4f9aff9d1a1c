"""Cases of the tiny world as rows: chosen, ordered and written, worked out by hand."""

import pytest

from sysgraph.advice.frame import Frame
from sysgraph.advice.said import load_frame
from sysgraph.casebook import Case, Cases
from sysgraph.errors import UnknownThing
from sysgraph.store.local import LocalStore


@pytest.fixture(scope="module")
def tiny(world: LocalStore) -> Cases:
    return Cases.of(world, load_frame(world))


def test_a_case_says_what_its_file_says(tiny: Cases) -> None:
    alpha = next(row for row in tiny.rows if row.id == "alpha")
    assert alpha.title == "Alpha"
    assert alpha.slugs("type") == ["facilitative"]
    assert alpha.slugs("aim") == ["coordinate"]
    assert (alpha.slugs("led"), alpha.slugs("working")) == (["contested"], ["yes"])
    assert alpha.slugs("independence") == ["unknown", "no"]
    assert alpha.slugs("sector") == ["health"]
    assert alpha.slugs("country") == ["GB"]


def test_filters_must_all_hold(tiny: Cases) -> None:
    both = {row.id for row in tiny.chosen({"type": "facilitative", "led": "contested"})}
    assert "alpha" in both
    assert "alpha" not in {row.id for row in tiny.chosen({"type": "organic", "led": "contested"})}
    assert tiny.chosen({"type": "nothing"}) == []


def test_what_can_be_chosen_is_what_some_case_has(tiny: Cases) -> None:
    for name, values in tiny.choices().items():
        assert all(tiny.chosen({name: slug}) for slug in values), name


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        # Gamma failed both; of alpha the leading is contested, beta did not work; delta is mixed.
        ({}, ["gamma", "alpha", "beta", "delta"]),
        ({"type": "facilitative"}, ["gamma", "alpha", "delta"]),
        ({"led": "yes"}, ["beta"]),
        ({"working": "mixed"}, ["delta"]),
        ({"sector": "HOUSING"}, ["beta", "delta"]),
        ({"country": "gb"}, ["gamma", "alpha", "delta"]),
        ({"country": "NL", "type": "facilitative"}, ["delta"]),
        ({"type": "facilitative", "led": "yes"}, []),
    ],
)
def test_cases_come_with_failures_first(
    filters: dict[str, str], found: list[str], tiny: Cases
) -> None:
    assert [row.id for row in tiny.chosen(tiny.named(filters))] == found


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({"type": "facilitativ"}, "did you mean 'facilitative'"),
        ({"led": "maybe"}, "judgement of the test 'led'"),
        ({"sector": "helth"}, "did you mean 'health'"),
        ({"country": "Britain"}, "by its two letters"),
        ({"sector": "\x00<>\n"}, "sector"),
    ],
)
def test_what_no_case_is_is_told_with_the_nearest(
    filters: dict[str, str], told: str, tiny: Cases
) -> None:
    with pytest.raises(UnknownThing, match=told):
        tiny.named(filters)


def made(name: str, year: str, *failures: str) -> Case:
    return Case(name, name, {"start": (year,)}, failures)


def test_orders_are_by_failures_by_title_and_by_year() -> None:
    rows = [made("a", "2003"), made("b", "2001", "led"), made("c", "2002", "led", "working")]
    cases = Cases(rows)
    assert [row.id for row in cases.chosen({})] == ["c", "b", "a"]
    assert [row.id for row in cases.chosen({}, "title")] == ["a", "b", "c"]
    assert [row.id for row in cases.chosen({}, "start")] == ["b", "c", "a"]


def test_failures_are_those_that_advice_counts(frame: Frame) -> None:
    assert ("contested", "led") in frame.failures
    assert ("mixed", "working") not in frame.failures

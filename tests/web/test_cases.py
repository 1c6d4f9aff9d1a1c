"""Cases of the tiny world as rows: chosen, ordered and written, worked out by hand."""

import pytest

from sysgraph.advice.frame import Frame
from sysgraph.advice.said import load_frame
from sysgraph.store.local import LocalStore
from sysgraph.web.cases import Case, Cases, cases_csv


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


def made(name: str, year: str, *failures: str) -> Case:
    return Case(name, name, {"start": (year,)}, failures)


def test_orders_are_by_failures_by_title_and_by_year() -> None:
    rows = [made("a", "2003"), made("b", "2001", "led"), made("c", "2002", "led", "working")]
    cases = Cases(rows)
    assert [row.id for row in cases.chosen({})] == ["c", "b", "a"]
    assert [row.id for row in cases.chosen({}, "title")] == ["a", "b", "c"]
    assert [row.id for row in cases.chosen({}, "start")] == ["b", "c", "a"]


def test_no_cell_is_a_formula() -> None:
    text = cases_csv([Case("x", "=1+1", {"sector": ("@a", "+b")})])
    assert "'=1+1" in text
    assert "'@a" in text


def test_failures_are_those_that_advice_counts(frame: Frame) -> None:
    assert ("contested", "led") in frame.failures
    assert ("mixed", "working") not in frame.failures

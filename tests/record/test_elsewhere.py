"""Base rates elsewhere: worked out by hand, equal to what was tabulated, and to the raw tables."""

import csv
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from sysgraph.advice.frame import Frame
from sysgraph.errors import SysgraphError
from sysgraph.pages.blocks import text_of
from sysgraph.pages.objects import backtest_data
from sysgraph.pages.record import backtest_blocks, backtest_markdown
from sysgraph.record.elsewhere import NOTHING, BaseRates, Cell, Forward, base_rates_of, read_cell
from sysgraph.record.run import Backtest, look_back
from sysgraph.store.local import LocalStore, Store

CELLS = ("one: 3/10 before, 1/2 since", "two: 7/10 before, 2/2 since")


def forward(*cells: str) -> Forward:
    read = tuple(map(read_cell, cells))
    return Forward("made", "made up", "a table", 1990, ("X",), (0.0, 0.0, 0.0), 0.0, 0.0, "", read)


def test_two_kinds_worked_out_by_hand() -> None:
    told = forward(*CELLS)
    assert (told.learnt, told.tried, told.base_before, told.base_since) == (20, 4, 1 / 2, 3 / 4)
    # Two more at 1/2: of kind one (3 + 1) / 12 = 1/3, of kind two (7 + 1) / 12 = 2/3.
    # One: right by 2/3, wrong by 1/3. Two: twice right by 1/3.
    assert told.brier == pytest.approx((4 / 9 + 1 / 9 + 2 / 9) / 4)
    assert told.base_brier == pytest.approx(1 / 4)
    assert told.later_brier == pytest.approx(3 / 4 * 1 / 4)
    assert told.skill == pytest.approx(2 / 9)
    assert told.skill_over_later == pytest.approx(-1 / 27)


def test_a_kind_that_is_new_gets_the_earlier_base_rate() -> None:
    assert forward("old: 1/2 before, 0/1 since", "new: 0/0 before, 1/1 since").brier == 1 / 4


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("one: 3 of 10 before, 1/2 since", "is no cell"),
        ("one: 3/10 before, 1/2 since, 4/4 later", "is no cell"),
        ("one: 11/10 before, 1/2 since", "count again"),
        ("one: 3/10 before, 3/2 since", "count again"),
    ],
)
def test_what_is_no_cell_is_refused(text: str, why: str) -> None:
    with pytest.raises(SysgraphError, match=why):
        read_cell(text)


@pytest.fixture(scope="module")
def shipped(library: Store) -> BaseRates:
    return base_rates_of(library)


def test_cells_come_to_the_tabulated_figures(shipped: BaseRates) -> None:
    assert shipped.tests
    for told in shipped.tests:
        worked_out = (round(told.skill, 3), round(told.brier, 4), round(told.base_brier, 4))
        assert worked_out == told.tabulated
        assert told.low <= told.skill <= told.high
        assert len({cell.kind for cell in told.cells}) == len(told.cells)


TURTLE = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sysg: <https://w3id.org/sysgraph/> .
<urn:t> rdfs:label "a table" .
<urn:made> a sysg:ForwardTest ; rdfs:label "made up" ; sysg:displayOrder 1 ; sysg:cutYear 1990 ;
  sysg:learntFrom "X" ; sysg:brier 0.1944 ; sysg:baseBrier 0.25 ; sysg:skill 0.222 ;
  sysg:skillLow 0.1 ; sysg:skillHigh 0.30 ; skos:scopeNote "Note." ; dcterms:source <urn:t> ;
  sysg:cell "one: 3/10 before, 1/2 since" , "two: 7/10 before, 2/2 since" .
"""


def of_turtle(text: str) -> BaseRates:
    store = ox.Store()
    store.load(text.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("urn:g"))
    return base_rates_of(LocalStore(store, "memory"))


def test_counts_are_read_from_a_store() -> None:
    (told,) = of_turtle(TURTLE).tests
    assert told.cells == (Cell("one", 3, 10, 1, 2), Cell("two", 7, 10, 2, 2))
    assert (told.id, told.table, told.learnt_from) == ("urn:made", "a table", ("X",))
    assert round(told.skill, 3) == told.tabulated[0]


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ("3/10", "4/10", False),
        ("0.30 ", "0.31 ", False),
        ("1990", "1991", False),
        ("0.30 ", "0.3 ", True),
        ("made up", "otherwise named", True),
        ("displayOrder 1", "displayOrder 2", True),
    ],
)
def test_the_digest_is_that_of_the_counts_and_of_no_wording(
    old: str, new: str, is_same: bool
) -> None:
    assert old in TURTLE
    digests = of_turtle(TURTLE).digest, of_turtle(TURTLE.replace(old, new)).digest
    assert (digests[0] == digests[1]) is is_same


@pytest.fixture(scope="module")
def done(library: Store, frame: Frame) -> Backtest:
    return look_back(library, frame, rounds=100, shuffles=0)


def test_every_form_has_the_block_and_both_digests(done: Backtest) -> None:
    data = json.loads(json.dumps(backtest_data(done)))["elsewhere"]
    for form in (text_of(backtest_blocks(done)), backtest_markdown(done)):
        words = " ".join(form.split())
        assert "(all one type), so this tests base rates, not advice." in words
        assert "the one cut that was tried" in words
        assert f"{done.elsewhere.digest} (outside counts)" in words
        assert f"{done.digest} (rules and cases)" in words
        for told in data["tests"]:
            assert told["label"] in words
            interval = f"({100 * told['low']:+.1f} to {100 * told['high']:+.1f})"
            assert f"{100 * told['skill']:+.1f}% {interval}" in words
    assert data["digest"] == done.elsewhere.digest != done.digest
    assert [told["id"] for told in data["tests"]] == [told.id for told in done.elsewhere.tests]


def test_an_older_library_has_nothing_elsewhere(done: Backtest) -> None:
    assert of_turtle("<urn:a> <urn:b> 1 .") == NOTHING
    older = replace(done, elsewhere=NOTHING)
    assert "This store holds no counts from the tables of others." in text_of(
        backtest_blocks(older)
    )
    assert "elsewhere" not in backtest_markdown(older)
    assert older.tries < done.tries


# --- the raw tables, where they are at hand -----------------------------------------------------

FOLDER = os.environ.get("SYSGRAPH_OUTSIDE_TABLES")
Row = tuple[tuple[str, ...], float, bool]
"""What parts the cases into kinds, the year, and whether it turned out well."""
SATISFIED = {"Highly Satisfactory", "Satisfactory", "Moderately Satisfactory"}
OTHERWISE = {"Moderately Unsatisfactory", "Unsatisfactory", "Highly Unsatisfactory"}


def table(name: str, separator: str = ",") -> list[dict[str, str]]:
    path = Path(str(FOLDER)) / name
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


def is_one(text: str) -> bool:
    return text != "" and float(text) == 1


def by_method() -> Iterator[Row]:
    return ((kind[:1], year, well) for kind, year, well in by_method_and_aim())


def by_method_and_aim() -> Iterator[Row]:
    aims = {"REGCHANGE": "regime", "FSELFDET": "self-determination", "SECESSION": "secession"}
    for row in table("navco-1.2/NAVCO 1.2 Updated.tab", "\t"):
        if row["CAMPAIGN"] and not is_one(row["ONGOING"]):
            method = "nonviolent" if is_one(row["NONVIOL"]) else "not nonviolent"
            aim = next((word for name, word in aims.items() if is_one(row[name])), "other")
            yield (method, aim), float(row["BYEAR"]), is_one(row["SUCCESS"])


def by_place() -> Iterator[Row]:
    names = ("campaigns", "campaigns_clean")
    told, coded = (table(f"gnad-north-america/{name}.csv") for name in names)
    for one, other in zip(told, coded, strict=True):
        score = re.search(r"([\d.]+) out of", one["success_goal"])
        year = re.search(r"1[6-9]\d\d|20\d\d", one["time_period"])
        if year and other["pcs_local"]:
            kind = "local" if is_one(other["pcs_local"]) else "not local"
            yield (kind,), float(year[0]), score is not None and float(score[1]) >= 5


def by_context() -> Iterator[Row]:
    name = "worldbank-ieg/ieg_world_bank_project_performance_ratings_01-17-2026.csv"
    rated = [row for row in table(name) if row["Outcome"] in SATISFIED | OTHERWISE]
    rated.sort(key=lambda row: float(row["Evaluation FY"] or "inf"))
    columns = ("WB Region", "Practice Group", "Lending Instrument Type")
    for row in {row["Project ID"]: row for row in rated}.values():  # the last evaluation of each
        kind = tuple(row[column] or "not said" for column in columns)
        yield kind, float(row["Approval FY"]), row["Outcome"] in SATISFIED


RAW: dict[str, Callable[[], Iterator[Row]]] = {
    "navco12-method": by_method,
    "navco12-method-aim": by_method_and_aim,
    "gnad-local": by_place,
    "ieg-context": by_context,
}


@pytest.mark.skipif(not FOLDER, reason="SYSGRAPH_OUTSIDE_TABLES names no folder with the tables")
@pytest.mark.parametrize("name", RAW)
def test_cells_are_those_of_the_raw_table(name: str, shipped: BaseRates) -> None:
    (told,) = (each for each in shipped.tests if each.id == name)
    counts: dict[str, list[int]] = {}
    for kind, year, well in RAW[name]():
        count = counts.setdefault("; ".join(kind), [0, 0, 0, 0])
        at = 0 if year < told.cut else 2
        count[at] += well
        count[at + 1] += 1
    assert set(told.cells) == {Cell(kind, *each) for kind, each in counts.items()}

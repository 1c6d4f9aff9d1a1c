"""The board of whole numbers: the laws of the front, and that it is the front of ``advise``."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards import readings, worlds
from shelf import SHARES
from shelf import readings as count_readings
from sysgraph.advice.board import Board, advise
from sysgraph.advice.frame import Consideration, Facet, FacetValue, Frame, LeadershipType
from sysgraph.advice.said import load_frame
from sysgraph.advice.situation import Situation
from sysgraph.store.local import Store


@pytest.mark.slow
@given(worlds())
@settings(max_examples=300, deadline=None)
def test_front_of_the_board_is_that_of_advice(world: tuple[Frame, dict[str, str]]) -> None:
    frame, facets = world
    assert Board.of(frame).front(facets) == set(advise(Situation("s", facets=facets), frame).front)


@pytest.mark.slow
@pytest.mark.parametrize("paths", SHARES)
def test_front_of_the_board_is_that_of_advice_for_every_reading(
    paths: list[Path], library: Store
) -> None:
    frame = load_frame(library)
    board = Board.of(frame)
    tried = 0
    for reading in readings(frame, paths):
        assert board.front(reading.facets) == set(advise(reading, frame).front)
        tried += 1
    assert tried == sum(count_readings()[path.stem] for path in paths)


@pytest.mark.slow
@given(worlds())
@settings(max_examples=300, deadline=None)
def test_adding_a_dominated_type_changes_nothing(world: tuple[Frame, dict[str, str]]) -> None:
    frame, facets = world
    board = Board.of(frame)
    before = board.front(facets)
    # Nothing speaks for the new type, and all that speaks against any speaks against it.
    added = replace(
        frame,
        types={**frame.types, "worst": LeadershipType("worst", "worst", 99, "")},
        considerations=[
            *(replace(c, undermines={*c.undermines, "worst"}) for c in frame.considerations),
            *(
                Consideration(f"w{iri}", iri, "", "reading", set(), {"worst"})
                for iri in frame.cases._facets
            ),
        ],
    )
    after = Board.of(added).front(facets)
    assert after - {"worst"} == before
    if "worst" in after:  # it stands level with another, which a gate may close
        points = advise(Situation("s", facets=facets), added).types
        mine = [s.value for s in points["worst"].standings.values()]
        ahead = board.ahead(facets)
        assert any([s.value for s in points[kind].standings.values()] == mine for kind in ahead)


@pytest.mark.slow
@given(worlds(), st.data())
@settings(max_examples=300, deadline=None)
def test_value_that_says_nothing_changes_nothing(
    world: tuple[Frame, dict[str, str]], data: st.DataObject
) -> None:
    frame, facets = world
    test = data.draw(st.sampled_from(list(frame.tests)))
    silent = Facet("silent", "silent", "silent", "", test, data.draw(st.integers(1, 3)))
    silent.values["x"] = FacetValue("silentx", "x", "x", "")
    added = replace(
        frame,
        facets={**frame.facets, "silent": silent},
        # What is enough to know is a share of all strengths, which the new facet would move.
        tests=dict.fromkeys(frame.tests, Fraction(0)),
    )
    level = replace(frame, tests=dict.fromkeys(frame.tests, Fraction(0)))
    before = Board.of(level).front(facets)
    if Board.of(level).is_known(test, facets):  # a test that comes to count may change much
        assert Board.of(added).front({**facets, "silent": "x"}) == before

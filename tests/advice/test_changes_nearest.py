"""The fewest facts that bring a type on are those that a search of all changes finds."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given

from boards import readings, worlds
from sysgraph.advice.board import Board
from sysgraph.advice.changes import Change, changes, nearest, why_not
from sysgraph.advice.frame import Consideration, Frame
from sysgraph.advice.situation import Situation


def told(found: Iterable[Change]) -> list[list[tuple[str, str]]]:
    """What changes make of facets; those of the same facets come in any order."""
    return sorted(sorted(change.facets.items()) for change in found)


def by_all(situation: Situation, frame: Frame, kind: str) -> tuple[Change, ...]:
    """What a search of the changes of every size finds for a type, the smallest alone."""
    found = changes(situation, frame, most=None).of(kind)
    return tuple(c for c in found if len(c.assignments) == len(found[0].assignments))


@given(worlds())
def test_nearest_are_the_smallest_of_all_changes(world: tuple[Frame, dict[str, str]]) -> None:
    frame, facets = world
    situation = Situation("s", facets=facets)
    for kind in set(frame.types) - Board.of(frame).front(facets):
        expected = by_all(situation, frame, kind)
        searched = nearest(situation, frame, kind)
        assert told(searched) == told(expected)
        assert [c.changeable for c in searched] == [c.changeable for c in expected]
        for most in (1, 2, 3):
            found = changes(situation, frame, most=most)
            assert told(nearest(situation, frame, kind, found)) == told(expected)


@pytest.mark.slow
def test_nearest_of_shipped_readings_are_those_of_the_changes(frame: Frame) -> None:
    for situation in list(readings(frame))[::16]:
        found = changes(situation, frame, most=2)
        for kind in set(frame.types) - set(found.front):
            if found.of(kind):
                expected = nearest(situation, frame, kind, found)
                assert told(nearest(situation, frame, kind)) == told(expected)


def with_another(frame: Frame, name: str) -> Frame:
    """The frame with one more type, of which no consideration speaks yet."""
    types = {**frame.types, name: next(iter(frame.types.values()))}
    return replace(frame, types=types, considerations=deepcopy(frame.considerations))


@pytest.mark.slow
@pytest.mark.parametrize("sign", ["supports", "undermines"])
def test_a_type_of_which_one_consideration_speaks_is_answered(frame: Frame, sign: str) -> None:
    """All changes of all sizes would be looked at for it, for minutes."""
    lonely = with_another(frame, "lonely")
    getattr(lonely.considerations[0], sign).add("lonely")
    board = Board.of(lonely)
    for situation in list(readings(frame))[::16]:
        for kind, answer in why_not(situation, lonely).items():
            assert answer.nearest  # where nothing speaks for the others, silence is enough
            for change in answer.nearest:
                assert kind in board.front({**situation.facets, **change.facets})


@pytest.mark.slow
def test_a_type_that_nothing_brings_on_has_no_nearest_change(frame: Frame) -> None:
    shadow = with_another(frame, "shadow")
    first = next(iter(frame.types))
    for each in shadow.considerations:  # what speaks for the first says nothing of it
        each.undermines |= {"shadow"} if first in each.undermines else set()
    for value in {v.iri for f in frame.facets.values() for v in f.values.values()}:
        shadow.considerations.append(
            Consideration(f"{value}-no", value, "", "stated", undermines={"shadow"})
        )
    for situation in list(readings(frame))[::16]:
        assert why_not(situation, shadow)["shadow"].nearest == ()

"""How far the front holds: exact ranges of strengths, and what it rests on."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

from boards import readings, worlds
from sysgraph.advice.board import Board
from sysgraph.advice.frame import Frame, Gate
from sysgraph.advice.robust import (
    CaseReading,
    Range,
    Robustness,
    Statement,
    robustness,
    strength_range,
)
from sysgraph.advice.said import load_frame
from sysgraph.advice.situation import Situation
from sysgraph.pages.blocks import text_of
from sysgraph.pages.objects import plain
from sysgraph.pages.search import robust_blocks
from sysgraph.store.local import LocalStore

TINY = Fraction(1, 10**6)
"""Smaller than the distance between any two strengths at which a front can change here."""

INSIDE_AND_BEYOND = [Fraction(at, 7) for at in range(0, 70, 4)] + [Fraction(at) for at in range(31)]


def front_at(board: Board, name: str, strength: Fraction, facets: Mapping[str, str]) -> set[str]:
    """Return the front with another strength, worked out anew by the board."""
    test = board.test_of[name]
    changed = {**board.facets, test: {**board.facets[test], name: strength}}
    return set(replace(board, facets=changed).front(facets))


def check_range(board: Board, facets: Mapping[str, str], name: str, found: Range) -> None:
    now = board.front(facets)

    def same(strength: Fraction) -> bool:
        return front_at(board, name, strength, facets) == now

    assert board.facets[board.test_of[name]][name] in found
    assert found.low >= 0
    assert same(found.low) == found.holds_low
    if found.low > 0 and found.holds_low:
        assert not same(found.low - TINY)
    if found.high is not None:
        assert same(found.high) == found.holds_high
        assert not found.holds_high or not same(found.high + TINY)
    ends = [found.low + TINY] + (
        [found.high - TINY] if found.high is not None else [Fraction(9999)]
    )
    for strength in [*ends, *INSIDE_AND_BEYOND]:
        assert strength not in found or same(strength)


@pytest.mark.thorough
def test_ranges_hold_inside_and_break_just_outside_on_all_shipped_readings(frame: Frame) -> None:
    board = Board.of(frame)
    for situation in readings(frame):
        for name in board.says:
            found = strength_range(board, situation.facets, name)
            check_range(board, situation.facets, name, found)


@pytest.mark.slow
@given(worlds())
@settings(max_examples=300, deadline=None)
def test_ranges_hold_inside_and_break_just_outside_on_random_boards(
    world: tuple[Frame, dict[str, str]],
) -> None:
    frame, facets = world
    result = robustness(Situation("s", facets=facets), frame)
    for name, found in result.ranges.items():
        check_range(Board.of(frame), facets, name, found)
    assert list(robust_blocks(result, frame))
    check_props(result, frame)


def check_props(result: Robustness, frame: Frame) -> None:
    """Take things away from the frame itself, and ask the board anew."""
    facets = result.situation.facets

    def front(kept: list[Statement]) -> set[str]:
        gates = [each for each in kept if isinstance(each, Gate)]
        others = [each for each in kept if not isinstance(each, Gate)]
        left = replace(frame, considerations=others, gates=gates)
        return set(Board.of(left).front(facets))

    every: list[Statement] = [*frame.considerations, *frame.gates]
    now = set(result.front)
    assert now == front(every)
    assert {each.iri for each, _ in result.statements} == {
        each.iri for each in every if front([other for other in every if other is not each]) != now
    }
    for ground, prop in result.without.items():
        assert set(prop.front) == front([each for each in every if each.ground != ground])
        assert set(prop.front) == (now - set(prop.leaves)) | set(prop.joins)
    for ground, prop in result.only.items():
        assert set(prop.front) == front([each for each in every if each.ground == ground])
    sources = {source.id for each in every for source in each.sources}
    assert {source.id for source, _ in result.sources} == {
        name
        for name in sources
        if front([each for each in every if {s.id for s in each.sources} != {name}]) != now
    }
    assert {facet.id for facet, _ in result.facets} == {
        name
        for name in facets
        if Board.of(frame).front({k: v for k, v in facets.items() if k != name}) != now
    }


@pytest.mark.thorough
def test_what_the_front_rests_on_on_all_shipped_readings(frame: Frame) -> None:
    for situation in list(readings(frame))[::4]:
        check_props(robustness(situation, frame), frame)


def test_robustness_worked_out_by_hand(world: LocalStore) -> None:
    # Purpose (led, 3) is stated to speak for facilitative and against externally driven; the aim
    # (working, 3) is attributed to speak for externally driven; who decides (led, 2) is unknown.
    frame = load_frame(world)
    facets = {"purpose-origin": "constituents", "change-aim": "coordinate"}
    result = robustness(Situation("s", facets=facets), frame)
    assert result.front == ("externally-driven", "facilitative")
    # At 0 purpose says nothing; led is known from 1/4 of it and the 2 of the other: 2/3.
    assert result.ranges["purpose-origin"] == Range(Fraction(2, 3), True, None, False)
    # Of led 3 are known: a quarter until the other facet weighs 9.
    assert result.ranges["authority-locus"] == Range(Fraction(0), True, Fraction(9), True)
    assert result.ranges["change-aim"] == Range(Fraction(0), False, None, False)
    assert [(each.iri.rpartition("/")[2], p.leaves) for each, p in result.statements] == [
        ("aim", ("externally-driven",)),
        ("inside", ("facilitative",)),
    ]
    assert [(source.id, prop.leaves) for source, prop in result.sources] == [
        ("ann", ("facilitative",)),
        ("bob", ("externally-driven",)),
    ]
    assert result.rests_on == ["attributed", "stated"]
    assert result.rests_alone_on == []
    assert [facet.id for facet, _ in result.facets] == ["purpose-origin", "change-aim"]


def test_it_is_said_that_the_front_rests_on_our_reading_alone(world: LocalStore) -> None:
    frame = replace(load_frame(world), gates=[])
    situation = Situation("s", facets={"purpose-origin": "external-sponsor"})
    origin = CaseReading("beta", "the sponsor", "Bert")
    result = robustness(situation, frame, origin=origin)
    text = " ".join(text_of(robust_blocks(result, frame)).split())
    assert (
        "This rests on our reading alone: without it, 3 facilitative would join the front." in text
    )
    assert "because the purpose is the sponsor's [our reading, drawing on: Us]" in text
    assert "It rests on no case" in text
    assert "one reading of the case 'beta', as seen by: the sponsor; contributed by Bert" in text
    assert "whose purpose: there would be no front" in text
    assert "where" not in text
    data = plain(result)
    assert data["rests_on"]["one_ground_alone"] == ["reading"]
    assert data["ranges"]["authority-locus"] == {
        "low": "0",
        "holds_low": True,
        "high": "9",
        "holds_high": True,
    }
    assert data["origin"]["contributor"] == "Bert"


def test_where_nothing_is_known_there_is_nothing_to_rest_on(world: LocalStore) -> None:
    frame = load_frame(world)
    result = robustness(Situation("s"), frame)
    text = text_of(robust_blocks(result, frame))
    assert "no front yet" in text
    assert "Any strength at all" in text
    assert plain(result)["origin"] is None


def test_a_range_knows_its_ends() -> None:
    half_open = Range(Fraction(1), False, Fraction(2), True)
    assert [each in half_open for each in (1, Fraction(3, 2), 2, 3)] == [False, True, True, False]
    assert 10**9 in Range(Fraction(0), True, None, False)
    assert -1 not in Range(Fraction(0), True, None, False)

"""What would change the answer: every smallest change, and nothing else."""

from collections.abc import Mapping
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given, settings

from boards import readings, worlds
from shelf import SHARES
from sysgraph.advice.board import Board
from sysgraph.advice.changes import Assignment, Change, changes
from sysgraph.advice.examine import Examiner
from sysgraph.advice.frame import Frame
from sysgraph.advice.said import load_frame
from sysgraph.advice.situation import Situation
from sysgraph.pages.blocks import text_of
from sysgraph.pages.objects import plain
from sysgraph.pages.search import change_text, changes_blocks
from sysgraph.pages.words import listing
from sysgraph.store.local import LocalStore

Made = frozenset[tuple[str, str]]


def made(change: Change) -> Made:
    return frozenset(change.facets.items())


def found(situation: Situation, frame: Frame, most: int | None) -> dict[tuple[str, Made], bool]:
    result = changes(situation, frame, most=most)
    listed = {(change.type, made(change)): change.joins for change in result.found}
    assert len(listed) == len(result.found)
    return listed


def by_brute_force(
    facets: Mapping[str, str], frame: Frame, most: int
) -> dict[tuple[str, Made], bool]:
    """Try all changes, the smallest first, and keep those with no part that does the same."""
    board = Board.of(frame)
    before = board.front(facets)
    kept: dict[tuple[str, Made], bool] = {}
    for size in range(1, most + 1):
        for names in combinations(board.says, size):
            others = [[v for v in board.says[name] if v != facets.get(name)] for name in names]
            for values in product(*others):
                change = dict(zip(names, values, strict=True))
                for kind in board.front({**facets, **change}) ^ before:
                    pairs = frozenset(change.items())
                    parts = (frozenset(p) for n in range(size) for p in combinations(pairs, n))
                    if not any((kind, part) in kept for part in parts):
                        kept[kind, pairs] = kind not in before
    return kept


def test_changes_worked_out_by_hand(world: LocalStore) -> None:
    # Two types; purpose (led, 3) and who decides (led, 2; it says nothing); aim (working, 3).
    frame = load_frame(world)
    situation = Situation("s", facets={"purpose-origin": "constituents", "change-aim": "improve"})
    # led: facilitative 3, externally driven -3; working: both 0. A sponsor's aim is imposed,
    # which a gate stands against unless many decide; whether anybody promised changes nothing.
    result = changes(situation, frame, most=None)
    assert result.front == ("facilitative",)
    assert [(c.type, c.joins, c.facets, c.changeable) for c in result.found] == [
        ("externally-driven", True, {"change-aim": "coordinate"}, "by-you"),
        ("facilitative", False, {"purpose-origin": "external-sponsor"}, "by-others"),
        (
            "externally-driven",
            True,
            {"purpose-origin": "external-sponsor", "authority-locus": "dispersed"},
            "by-others",
        ),
    ]
    assert result.complete
    assert [change.strength for change in result.found] == [3, 3, 5]


def test_an_answer_can_make_a_test_known(world: LocalStore) -> None:
    frame = load_frame(world)
    result = changes(Situation("s"), frame)
    assert result.front == ()
    # An answer that says nothing puts both on the front, and no answer takes one off.
    (first, *_) = result.of("facilitative")
    assert (first.joins, first.assignments[0].was) == (True, None)
    assert {"authority-locus": "external"} in [c.facets for c in result.of("facilitative")]
    assert {"purpose-origin": "external-sponsor"} not in [
        c.facets for c in result.of("facilitative")
    ]


def test_text_says_who_can_change_what(world: LocalStore) -> None:
    frame = load_frame(world)
    situation = Situation("s", facets={"purpose-origin": "constituents", "change-aim": "improve"})
    text = text_of(changes_blocks(changes(situation, frame, most=None), frame))
    assert "2 Externally driven would join the front" in text
    assert "if it came about that the aim is to coordinate (you can change this)" in text
    assert "3 Facilitative would leave the front" in text
    assert "sponsor's (others must change this)" in text
    assert "not looked for" not in text
    text = text_of(changes_blocks(changes(Situation("s"), frame, most=1), frame, shown=1))
    assert "if it turned out that the aim is to improve (not known yet)" in text
    assert "more ways" in text
    assert "Changes of more than one fact were not looked for." in text


def test_data_tells_all_of_each_change(world: LocalStore) -> None:
    frame = load_frame(world)
    situation = Situation("s", facets={"purpose-origin": "constituents", "change-aim": "improve"})
    data = plain(changes(situation, frame, most=None))
    assert data["complete"] is True
    assert data["changes"][0] == {
        "type": "externally-driven",
        "joins": True,
        "changeable": "by-you",
        "assignments": [
            {
                "facet": "change-aim",
                "was": "improve",
                "becomes": "coordinate",
                "changeable": "by-you",
                "clause": "the aim is to coordinate",
            }
        ],
    }


def test_a_short_answer_looks_at_single_facts_alone(frame: Frame) -> None:
    examination = Examiner(frame).examine(next(iter(readings(frame))))
    nearest, found = examination.nearest_changes, examination.changes.found
    single = tuple(change for change in found if len(change.assignments) == 1)
    assert 0 < len(single) < len(found)
    assert (nearest.most, nearest.found) == (1, single)


def test_hands_that_differ_are_named_each(frame: Frame) -> None:
    aim, trust, stakes = (
        frame.facets[name] for name in ("change-aim", "incumbent-legitimacy", "stakes")
    )
    parts = (
        Assignment(aim, "improve", "coordinate"),
        Assignment(trust, "qualified", "trusted"),
        Assignment(stakes, None, "safe-to-fail"),
    )
    change = Change("facilitative", True, parts)
    assert change.changeable == "fixed"
    assert change_text(change) == (
        "if it came about that the aim is to join up the work of existing bodies so that "
        "people meet one system, not many, and that those in charge are broadly trusted by "
        "those affected to lead this change, and it turned out that an attempt that goes "
        "wrong does little harm and can be undone (you can change this: aim of systems "
        "change; others must change this: how the affected see those in charge; the rest is "
        "not known yet)"
    )


def test_every_facet_says_who_can_change_it_and_every_value_has_a_clause(frame: Frame) -> None:
    assert {facet.changeable for facet in frame.facets.values()} == {
        "by-you",
        "by-others",
        "fixed",
    }
    clauses = [value.clause for facet in frame.facets.values() for value in facet.values.values()]
    assert len(set(clauses)) == len(clauses)
    assert listing(["x"]) == "x"


@pytest.mark.thorough
def test_every_change_of_the_shipped_readings_does_what_it_says(frame: Frame) -> None:
    board, tried = Board.of(frame), 0
    for situation in readings(frame):
        fronts: dict[Made, frozenset[str]] = {}
        for change in changes(situation, frame).found:
            pairs = sorted(made(change))
            for size in range(len(pairs) + 1):
                for part in map(frozenset, combinations(pairs, size)):
                    if part not in fronts:
                        fronts[part] = board.front({**situation.facets, **dict(part)})
                    turned = (change.type in fronts[part]) == change.joins
                    assert turned == (size == len(pairs))
            tried += 1
    assert tried > 50_000


@pytest.mark.slow
@pytest.mark.parametrize("paths", SHARES)
def test_no_change_of_one_or_two_facts_is_missed_on_the_shipped_readings(
    paths: list[Path], frame: Frame
) -> None:
    for situation in readings(frame, paths):
        assert found(situation, frame, 2) == by_brute_force(situation.facets, frame, 2)


@pytest.mark.slow
@given(worlds())
@settings(max_examples=300, deadline=None)
def test_all_changes_are_found_on_random_boards(world: tuple[Frame, dict[str, str]]) -> None:
    frame, facets = world
    situation = Situation("s", facets=facets)
    everything = by_brute_force(facets, frame, len(frame.facets))
    assert found(situation, frame, None) == everything
    small = {key: joins for key, joins in everything.items() if len(key[1]) <= 2}
    assert found(situation, frame, 2) == small
    result = changes(situation, frame, most=2)
    assert not result.complete or small == everything
    order = [len(change.assignments) for change in result.found]
    assert order == sorted(order)
    assert list(changes_blocks(result, frame))

"""Gates: what closes a type, whatever speaks for it, and what opens it again."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from boards import readings, worlds
from sysgraph.advice.board import Board, advise
from sysgraph.advice.dissent import discount, dissent
from sysgraph.advice.frame import UNDERCUTS, BoundaryQuestion, Critique, Frame, Target
from sysgraph.advice.situation import Situation, situation_of

DISCREDITED = {
    "purpose-origin": "incumbents",
    "authority-locus": "concentrated",
    "incumbent-legitimacy": "discredited",
    "change-aim": "improve",
}


@pytest.mark.slow
@given(worlds())
@settings(max_examples=300, deadline=None)
def test_what_is_not_known_closes_nothing_and_what_is_lifted_comes_back(
    world: tuple[Frame, dict[str, str]],
) -> None:
    frame, facets = world
    board = Board.of(frame)
    sums = Board.of(replace(frame, gates=[]))
    assert board.ahead(facets) == sums.front(facets)
    assert board.front(facets) == sums.front(facets) - board.closed(facets)
    for gate in frame.gates:
        for name in gate.condition.when:
            known = {key: value for key, value in facets.items() if key != name}
            assert not gate.condition.holds(known)
        for name, values in gate.condition.unless.items():
            for value in values:
                assert not gate.condition.holds({**facets, name: value})
    left = [gate for gate in frame.gates if not gate.condition.holds(facets)]
    assert Board.of(replace(frame, gates=left)).front(facets) == sums.front(facets)


def test_leaders_whom_nobody_accepts_come_first_by_the_sums_and_are_closed(frame: Frame) -> None:
    advice = advise(situation_of(DISCREDITED, frame), frame)
    assert (advice.ahead, advice.front) == (("better-leadership",), ())
    (gate,) = advice.types["better-leadership"].gates
    assert (gate.id, gate.test, gate.ground) == ("leaders-not-accepted", "led", "reading")
    accepted = {**DISCREDITED, "incumbent-legitimacy": "qualified"}
    assert advise(situation_of(accepted, frame), frame).front == ("better-leadership",)
    unknown = {k: v for k, v in DISCREDITED.items() if k != "incumbent-legitimacy"}
    assert not advise(situation_of(unknown, frame), frame).types["better-leadership"].gates


def test_critique_sets_a_gate_aside(frame: Frame) -> None:
    (gate,) = [each for each in frame.gates if each.id == "leaders-not-accepted"]
    critique = Critique(
        "urn:c",
        (Target(gate.iri, gate.label),),
        BoundaryQuestion("witness", "who bears it", "legitimacy"),
        "is",
        "a tenant",
        "They asked these leaders to go on.",
        UNDERCUTS,
    )
    spoken = replace(frame, critiques=[*frame.critiques, critique])
    left = discount(spoken, dissent(spoken))
    assert advise(situation_of(DISCREDITED, left), left).front == ("better-leadership",)


@pytest.mark.slow
def test_role_and_job_change_no_standing_and_no_order(frame: Frame) -> None:
    for reading in list(readings(frame))[::10]:
        plain = advise(reading, frame)
        opening = {"asker-role": "funder", "job": "emergency"}
        asked = advise(replace(reading, opening=opening), frame)
        assert (asked.ahead, asked.front) == (plain.ahead, plain.front)
        for kind, entry in plain.types.items():
            assert asked.types[kind].standings == entry.standings


def test_gates_that_hold_are_those_of_the_graph(frame: Frame) -> None:
    """A facet of which any of several values will do is met by each of them."""
    (gate,) = [each for each in frame.gates if each.id == "no-permission-to-learn"]
    assert gate.condition.when["authority-locus"] == {"concentrated", "shared-institutions"}
    for value in frame.facets["authority-locus"].values:
        facets = {"incumbent-readiness": "resistant", "authority-locus": value}
        found = advise(Situation("s", facets=facets), frame).types["complex-systems"].gates
        closes = value in ("concentrated", "shared-institutions")
        assert [each.id for each in found] == ["no-permission-to-learn"] * closes

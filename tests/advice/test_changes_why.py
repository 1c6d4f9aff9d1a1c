"""Why a type is not on the front: exactly one reason for each, and it holds."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings

from boards import readings, worlds
from sysgraph.advice.board import Advice, Board, advise
from sysgraph.advice.changes import Why, WhyNot, changes, why_not
from sysgraph.advice.frame import Frame
from sysgraph.advice.said import load_frame
from sysgraph.advice.situation import Situation
from sysgraph.pages.blocks import text_of
from sysgraph.pages.objects import plain
from sysgraph.pages.search import why_blocks
from sysgraph.store.local import LocalStore


def is_supported(kind: str, advice: Advice) -> bool:
    return bool(advice.types[kind].supports)


def check(situation: Situation, frame: Frame) -> dict[str, WhyNot]:
    """Hold every answer to what advice says of the situation."""
    advice, board = advise(situation, frame), Board.of(frame)
    answers = why_not(situation, frame)
    assert set(answers) == set(frame.types) - set(advice.front)
    for kind, answer in answers.items():
        entry = advice.types[kind]
        assert answer.type == kind
        assert set(answer.tests) == set(frame.tests) - set(advice.abstains)
        assert (answer.gates, answer.cautions) == (entry.gates, entry.cautions)
        assert bool(answer.dominators) == bool(advice.ahead and kind not in advice.ahead)
        for each in answer.dominators:
            assert each.type in advice.ahead
            other = advice.types[each.type]
            for test, ahead in each.ahead.items():
                mine, theirs = entry.standings[test].value, other.standings[test].value
                assert mine is not None
                assert theirs is not None
                assert ahead == theirs - mine >= 0
            assert any(each.ahead.values())
        if not advice.abstains or answer.why is not Why.TOO_LITTLE_KNOWN:
            assert (answer.why is Why.GATED) == bool(entry.gates)
            assert (answer.why is Why.CAUTIONED) == bool(entry.cautions and not entry.gates)
            if not (entry.cautions or entry.gates):
                assert (answer.why is Why.UNSUPPORTED) != is_supported(kind, advice)
        for change in answer.nearest:
            assert kind in board.front({**situation.facets, **change.facets})
        assert len({len(change.assignments) for change in answer.nearest}) <= 1
    assert all(list(why_blocks({kind: each}, frame)) for kind, each in answers.items())
    return answers


@pytest.mark.thorough
def test_every_type_of_every_shipped_reading_is_on_the_front_or_has_one_reason(
    frame: Frame,
) -> None:
    counted: Counter[Why] = Counter()
    for situation in readings(frame):
        for answer in check(situation, frame).values():
            counted[answer.why] += 1
            assert answer.nearest
    assert set(counted) >= {Why.GATED, Why.CAUTIONED, Why.UNSUPPORTED, Why.DOMINATED}


@pytest.mark.thorough
def test_every_shipped_reading_of_which_only_one_test_is_known_has_one_reason(frame: Frame) -> None:
    counted: Counter[Why] = Counter()
    for situation in list(readings(frame))[::8]:
        for test in frame.tests:
            facets = {k: v for k, v in situation.facets.items() if frame.facets[k].test == test}
            for answer in check(Situation("s", facets=facets), frame).values():
                counted[answer.why] += 1
    assert counted[Why.TOO_LITTLE_KNOWN] > 50


@pytest.mark.slow
@given(worlds())
@settings(max_examples=300, deadline=None)
def test_every_type_has_one_reason_on_random_boards(world: tuple[Frame, dict[str, str]]) -> None:
    frame, facets = world
    board = Board.of(frame)
    answers = check(Situation("s", facets=facets), frame)
    known = [test for test in board.tests if board.is_known(test, facets)]
    unknown = board.unknown(facets)
    completions = [
        {**facets, **dict(zip(unknown, values, strict=True))}
        for values in product(*(board.says[name] for name in unknown))
    ]
    for kind, answer in answers.items():
        still = any(kind in board.front(each) for each in completions)
        too_little = not known or (len(known) < len(board.tests) and still)
        assert (answer.why is Why.TOO_LITTLE_KNOWN) == too_little
        ways = changes(Situation("s", facets=facets), frame, most=None).of(kind)
        assert bool(answer.nearest) == bool(ways)


def test_reasons_worked_out_by_hand(world: LocalStore) -> None:
    # Purpose (led, 3) speaks for one of the two types and against the other; who decides (led, 2)
    # says nothing; the aim to coordinate (working, 3) speaks for externally driven.
    whole = load_frame(world)
    frame = replace(whole, gates=[])
    facets = {"purpose-origin": "external-sponsor", "change-aim": "improve"}
    (answer,) = why_not(Situation("s", facets=facets), frame).values()
    assert (answer.type, answer.why) == ("facilitative", Why.UNSUPPORTED)
    assert [(facet.id, values) for facet, values in answer.missing] == [
        ("purpose-origin", ("constituents",))
    ]
    assert [(d.type, d.ahead) for d in answer.dominators] == [
        ("externally-driven", {"led": Fraction(2), "working": Fraction(0)})
    ]
    assert [change.facets for change in answer.nearest] == [{"purpose-origin": "constituents"}]
    gated = why_not(Situation("s", facets=facets), whole)["externally-driven"]
    assert (gated.why, [gate.id for gate in gated.gates]) == (Why.GATED, ["imposed"])
    assert gated.dominators == ()
    assert [change.facets for change in gated.nearest] == [{"authority-locus": "dispersed"}]
    facets["authority-locus"] = "external"
    (answer,) = why_not(Situation("s", facets=facets), frame).values()
    assert (answer.why, answer.dominators[0].ahead["led"]) == (Why.CAUTIONED, Fraction(6, 5))
    del facets["change-aim"], facets["authority-locus"]
    # Of working nothing is known, yet no answer to it speaks for facilitative.
    (answer,) = why_not(Situation("s", facets=facets), frame).values()
    assert answer.why is Why.UNSUPPORTED
    answers = why_not(Situation("s", facets={"purpose-origin": "constituents"}), frame)
    assert {kind: each.why for kind, each in answers.items()} == {
        "externally-driven": Why.TOO_LITTLE_KNOWN
    }


def test_reasons_are_told_in_words(world: LocalStore) -> None:
    whole = load_frame(world)
    frame = replace(whole, gates=[])

    def told(**facets: str) -> str:
        known = {name.replace("_", "-"): value for name, value in facets.items()}
        return " ".join(
            text_of(why_blocks(why_not(Situation("s", "", "", known), frame), frame)).split()
        )

    text = told(purpose_origin="external-sponsor", change_aim="improve")
    assert text.startswith(
        "3 Facilitative: nothing that is known speaks for it, and 2 externally driven stands higher"
        " (ahead by 2.00 on 'led' and level on 'working'). It would have support if the purpose is"
        " their own. · it would join the front if it came about that the purpose is their own"
    )
    text = told(purpose_origin="external-sponsor", authority_locus="external")
    assert "the graph warns against it here. It cannot bind. (our reading) Besides, 2 ext" in text
    text = told(purpose_origin="constituents")
    assert "2 Externally driven: too little is known of 'working'. On 'led' alone 3 fac" in text
    assert "too little is known of any test to rank anything." in told()
    facets = {"purpose-origin": "constituents", "change-aim": "improve"}
    assert why_not(Situation("s", facets=facets), replace(frame, considerations=[])) == {}
    facets["purpose-origin"] = "external-sponsor"
    text = text_of(why_blocks(why_not(Situation("s", facets=facets), whole), whole))
    assert "It is imposed. (stated) The sums alone put it first." in " ".join(text.split())


def test_changes_that_were_found_already_are_used(frame: Frame) -> None:
    situation = next(readings(frame))
    found = changes(situation, frame)
    assert why_not(situation, frame, found=found) == why_not(situation, frame)
    data = plain(why_not(situation, frame, found=found))
    assert all(set(each) >= {"why", "dominated_by", "nearest"} for each in data.values())

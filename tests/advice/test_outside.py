"""What tables of others may say: the narrowest class that is known to fit, or none."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgraph.advice.frame import Frame
from sysgraph.advice.outside import ReferenceClass, elsewhere
from sysgraph.advice.situation import Situation, situation_of

MOVEMENT = {
    "purpose-origin": "movement",
    "agreement": "coercive",
    "change-aim": "win-justice",
    "incumbent-readiness": "resistant",
}


def found(frame: Frame, answers: dict[str, str], *types: str) -> str | None:
    situation = situation_of(answers, frame)
    one = elsewhere(situation, types or ("organic",), frame.outside).found
    return one.id if one else None


def test_nothing_speaks_where_its_scope_is_not_known(frame: Frame) -> None:
    assert found(frame, MOVEMENT) is None
    assert found(frame, {**MOVEMENT, "sweeping-aim": "no"}) is None
    assert found(frame, {"sweeping-aim": "yes", "nonviolent": "yes"}) is None
    for left_out in MOVEMENT:
        known = {name: value for name, value in MOVEMENT.items() if name != left_out}
        assert found(frame, {**known, "sweeping-aim": "yes", "nonviolent": "yes"}) is None


def test_the_narrowest_that_is_known_to_fit_speaks(frame: Frame) -> None:
    sweeping = {**MOVEMENT, "sweeping-aim": "yes", "nonviolent": "yes"}
    assert found(frame, sweeping) == "nonviolent-sweeping"
    assert found(frame, {**sweeping, "overthrow": "yes"}) == "nonviolent-regime-change"
    assert found(frame, {**sweeping, "overthrow": "no"}) == "nonviolent-sweeping"
    # A contrast speaks of both sides, so that either answer will do.
    for answer in ("yes", "no"):
        known = {**sweeping, "led-by-consensus": answer}
        assert found(frame, known) == "nonviolent-consensus"


def test_a_class_speaks_within_its_types_only(frame: Frame) -> None:
    known = {**MOVEMENT, "north-america": "yes"}
    assert found(frame, known, "organic", "facilitative") == "gnad-all"
    assert found(frame, known, "facilitative") is None


def test_what_is_known_only_afterwards_never_speaks(frame: Frame) -> None:
    after = [one for one in frame.outside.classes if one.known_afterwards]
    assert after
    for one in after:
        told = {name: min(values) for name, values in one.scope.items()}
        yes = dict.fromkeys((*one.needs_yes, *one.needs_answer), "yes")
        situation = Situation("x", facets=told, opening=yes)
        assert elsewhere(situation, one.types, frame.outside).found is not one


def test_the_next_question_is_the_one_that_lets_a_class_speak_first(frame: Frame) -> None:
    asked = elsewhere(situation_of(MOVEMENT, frame), ("organic",), frame.outside).questions
    assert "sweeping-aim" in [one.id for one in asked]
    assert "overthrow" not in [one.id for one in asked]  # that comes after the one before it
    known = situation_of({**MOVEMENT, "sweeping-aim": "yes", "nonviolent": "yes"}, frame)
    asked = elsewhere(known, ("organic",), frame.outside).questions
    assert "overthrow" in [one.id for one in asked]


@given(st.data())
def test_whatever_is_answered_no_class_speaks_that_is_not_known_to_fit(
    frame: Frame, data: st.DataObject
) -> None:
    facets = {
        name: data.draw(st.sampled_from(sorted(facet.values)))
        for name, facet in frame.facets.items()
        if data.draw(st.booleans())
    }
    names = st.sampled_from(sorted(frame.outside.questions))
    answers = data.draw(st.dictionaries(names, st.sampled_from(["yes", "no"])))
    types = data.draw(st.sets(st.sampled_from(sorted(frame.types)), min_size=1))
    told = elsewhere(Situation("x", facets=facets, opening=answers), types, frame.outside)
    fitting = [one for one in frame.outside.classes if fits(one, facets, answers, types)]
    assert (told.found in fitting) if fitting else told.found is None
    if told.found:
        assert told.found.narrowness == max(one.narrowness for one in fitting)
    assert not {one.id for one in told.questions} & answers.keys()


def fits(
    one: ReferenceClass, facets: dict[str, str], answers: dict[str, str], types: set[str]
) -> bool:
    """Tell by the letter of the rule whether a class may speak."""
    return (
        not one.known_afterwards
        and any(kind in one.types for kind in types)
        and all(facets.get(name, "?") in values for name, values in one.scope.items())
        and all(answers.get(name) == "yes" for name in one.needs_yes)
        and all(answers.get(name) in ("yes", "no") for name in one.needs_answer)
    )


def test_of_two_as_narrow_the_one_told_of_first_speaks(frame: Frame) -> None:
    one = next(each for each in frame.outside.classes if each.id == "gnad-all")
    twin = replace(one, id="twin", place=one.place + 1)
    outside = replace(frame.outside, classes=[twin, one])
    situation = situation_of({**MOVEMENT, "north-america": "yes"}, frame)
    assert elsewhere(situation, ("organic",), outside).found is one


def test_nothing_of_it_moves_a_standing(frame: Frame) -> None:
    """The board knows nothing of tables of others, nor do the answers that they need."""
    bare = situation_of(MOVEMENT, frame)
    told = situation_of(
        {**MOVEMENT, "sweeping-aim": "yes", "nonviolent": "yes", "overthrow": "yes"}, frame
    )
    assert told.facets == bare.facets
    assert not frame.outside.questions.keys() & frame.board.says.keys()


def test_grounds_carry_what_tests_them(frame: Frame) -> None:
    ready = next(c for c in frame.considerations if c.iri.endswith("/incumbent-readiness-leading"))
    (test,) = ready.tests
    assert (test.verdict, test.cases, test.stays) == (("supported", "supported"), 27, True)
    assert [float(end) for end in test.odds_interval or ()] == [1.82, 732.13]
    assert frame.risks["backlash"].tests[0].id == "repression"


def test_a_verdict_follows_from_its_interval(frame: Frame) -> None:
    """Supported leaves out 1, no effect shown keeps it in or points both ways."""
    for tests in frame.outside.findings.values():
        for one in tests:
            assert (one.cases == 0) == (one.odds is None) == (one.verdict[0] == "not-testable")
            if one.verdict[0] == "supported":
                assert one.odds_interval
                low, high = one.odds_interval
                assert low > 1 or high < 1


@pytest.mark.parametrize("needed", ["yes", "no"])
def test_every_class_can_be_shown_by_some_answers(needed: str, frame: Frame) -> None:
    shown = set()
    for one in frame.outside.classes:
        told = {name: min(values) for name, values in one.scope.items()}
        answers = {**dict.fromkeys(one.needs_answer, needed), **dict.fromkeys(one.needs_yes, "yes")}
        found = elsewhere(Situation("x", facets=told, opening=answers), one.types, frame.outside)
        shown |= {found.found.id} if found.found else set()
    never = {one.id for one in frame.outside.classes} - shown
    twins = {
        b.id
        for a, b in combinations(frame.outside.classes, 2)
        if (a.scope, a.needs_yes, a.needs_answer) == (b.scope, b.needs_yes, b.needs_answer)
    }
    hidden = {one.id for one in frame.outside.classes if one.known_afterwards}
    assert never <= hidden | twins

"""What to do, worked out by hand on a small frame, and laws of it over the shipped library."""

from collections import Counter
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgraph.advice.board import Advice, advise
from sysgraph.advice.cases import CaseStudies
from sysgraph.advice.certainty import named_first
from sysgraph.advice.doing import (
    METHODS,
    Leaning,
    WhatToDo,
    answer_to,
    boundary_questions,
    fit_on,
    looks_like,
    methods_for,
    move_for,
    other_job,
    what_to_do,
)
from sysgraph.advice.examine import Examiner
from sysgraph.advice.frame import (
    BoundaryQuestion,
    Condition,
    Consideration,
    Facet,
    FacetValue,
    Frame,
    Gate,
    LeadershipType,
    Method,
    Move,
    OpeningAnswer,
    OpeningQuestion,
    Relevance,
    Risk,
    values_of,
)
from sysgraph.advice.risks import watched_risks
from sysgraph.advice.situation import Situation, situations_of_case
from sysgraph.terms import PREFIXES

X, Y = f"{PREFIXES['type']}x", f"{PREFIXES['type']}y"


def small() -> Frame:
    """Types x and y; facets a (3), b, c, d (2) on one test, each with a 1 for x and a 2 for y."""
    frame = Frame(tests={"led": Fraction(1, 4)})
    for number, kind in enumerate("xy", 1):
        frame.types[kind] = LeadershipType(kind, f"way {kind}", number, "", f"Way {kind}", "")
    for name, strength in (("a", 3), ("b", 2), ("c", 2), ("d", 2)):
        facet = Facet(name, name, f"facet {name}", "", "led", strength)
        for value, kind, other in (("1", "x", "y"), ("2", "y", "x"), ("3", "", "")):
            facet.values[value] = FacetValue(f"{name}{value}", value, f"{name} at {value}", "")
            if kind:
                iri = f"{name}{value}"
                frame.considerations.append(Consideration(iri, iri, "", "reading", {kind}, {other}))
        frame.facets[name] = facet
    frame.opening["job"] = OpeningQuestion("job", "job", "job", "What is it?")
    for slug, looks in (("change", ""), ("not-sure", ""), ("repair", "3")):
        condition = Condition({"b": frozenset({looks})}) if looks else None
        answer = OpeningAnswer(f"job-{slug}", slug, slug, slug, "route", condition)
        frame.opening["job"].answers[slug] = answer
    role = OpeningQuestion("asker-role", "asker-role", "role", "Who are you?")
    role.answers["giver"] = OpeningAnswer("role-giver", "giver", "giver", "I give.")
    frame.opening["asker-role"] = role
    frame.cases = CaseStudies(None, values_of(frame))
    return frame


def method(name: str, calls: str = "", out: str = "") -> Method:
    called, ruled = (
        frozenset((each[0], each[1]) for each in text.split()) for text in (calls, out)
    )
    return Method(name, name, name, "x", ("go",), {}, "", "", "reading", called, ruled)


def move(about: str, role: str = "") -> Move:
    return Move(f"{about}-{role}", about, role, f"{about} {role}", ("step",), "reading")


def gate(kind: str) -> Gate:
    return Gate("g", "g", "g", kind, "led", "It holds.", "why", "It ends.", "reading",
                Condition({"a": frozenset({"1"})}))  # fmt: skip


def risk(name: str, *kinds: str) -> Risk:
    return Risk(name, name, name, "", "", "", "reading", set(kinds))


def relevance(name: str, place: int, weights: dict[str, int], never: str = "") -> Relevance:
    return Relevance(name, name, place, "", "reading", weights, frozenset(never.split()))


def at(opening: dict[str, str] | None = None, **facets: str) -> Situation:
    return Situation("s", facets=facets, opening=opening or {})


def to_do(situation: Situation, frame: Frame) -> WhatToDo:
    advice = advise(situation, frame)
    return what_to_do(advice, frame, advice.front)


def fit(frame: Frame, **facets: str) -> Leaning:
    advice = advise(Situation("s", facets=facets), frame)
    return fit_on("led", advice.types["x"], advice, frame).leaning


def test_method_that_a_known_fact_rules_out_is_left_out_and_the_most_called_for_is_first() -> None:
    frame = small()
    frame.methods = [
        method("p", "a1"),
        method("q", "a1 b1"),
        method("r", "a1 b1 c1", out="b1"),
        method("s", "a2"),
    ]
    found = methods_for("x", {"a": "1", "b": "1", "c": "1"}, frame)
    assert [each.method.id for each in found] == ["q", "p", "s"]
    assert [value.id for _, value in found[0].facts] == ["1", "1"]
    assert methods_for("y", {}, frame) == []


def test_move_is_that_of_the_role_and_else_that_of_anybody() -> None:
    frame = small()
    frame.moves = [move(X, "role-giver"), move("g"), move("g", "role-giver")]
    assert move_for(X, "role-giver", frame) is frame.moves[0]
    assert move_for(X, "", frame) is None
    assert move_for("g", "role-other", frame) is frame.moves[1]
    assert move_for("g", "role-giver", frame) is frame.moves[2]


def test_job_that_is_another_kind_is_told_and_no_way_with_it() -> None:
    frame = small()
    situation = at({"job": "repair"}, a="1", b="1")
    job = other_job(situation, frame)
    assert job is not None
    assert job.id == "repair"
    assert to_do(situation, frame) == WhatToDo(None, job, None, (), (), ())
    assert other_job(at({"job": "change"}), frame) is None


@pytest.mark.parametrize(
    ("given", "seen"), [("", True), ("not-sure", True), ("change", False), ("repair", False)]
)
def test_facts_may_look_like_another_job_where_nobody_has_said_which(
    given: str, *, seen: bool
) -> None:
    situation = at({"job": given} if given else {}, b="3")
    assert (looks_like(situation, small()) is not None) is seen
    assert looks_like(at(b="1"), small()) is None


def test_type_that_a_gate_closes_comes_with_the_gate_and_its_first_move() -> None:
    frame = small()
    frame.gates, frame.moves = [gate("x")], [move("g")]
    found = to_do(at(a="1", b="1", c="1"), frame)
    assert found.ways == ()
    (closed,) = found.closed
    assert (closed.type, closed.gates) == ("x", ((frame.gates[0], frame.moves[0]),))


def test_strong_fit_needs_three_facts_that_speak_two_of_them_not_of_the_purpose() -> None:
    frame = small()
    assert fit(frame, a="1") is Leaning.ONE_FACT
    assert fit(frame, a="1", b="1") is Leaning.TOWARDS
    assert fit(frame, a="1", b="1", c="3") is Leaning.TOWARDS  # c says nothing
    assert fit(frame, a="1", b="1", c="1") is Leaning.STRONG
    assert fit(frame, b="2", c="2", d="2") is Leaning.POOR
    assert fit(frame, b="1", c="2") is Leaning.EVEN
    assert fit(frame, a="2", b="1", c="1", d="3") is Leaning.TOWARDS  # (4 - 3) / 9
    assert fit(frame, d="3") is Leaning.UNKNOWN  # 2 of 9 are known
    frame.gates = [gate("x")]
    assert fit(frame, a="1", b="1", c="1") is Leaning.CLOSED


def test_risks_are_ordered_by_what_raises_them() -> None:
    frame = small()
    frame.risks = {name: risk(name, "x") for name in "klmnop"} | {"z": risk("z", "y")}
    weights = {
        "k": {X: 3},  # only comes with the type
        "l": {"a1": 1, "b1": 1},  # 2, of two facts
        "m": {"a1": 2},  # 2, of a greater weight
        "n": {"a1": 1, X: 1},  # 2, of one fact
        "o": {"role-giver": 2, "a1": 1, "c2": 3},  # 3 for a giver
    }
    frame.relevances = {
        name: relevance(name, place, each) for place, (name, each) in enumerate(weights.items())
    }
    situation = at({"asker-role": "giver"}, a="1", b="1")
    found = advise(situation, frame).types["x"].risks
    assert [(each.risk.id, each.score) for each in found] == [
        *(("o", 3), ("m", 2), ("l", 2), ("n", 2), ("k", 3)),
        ("p", 0),
    ]
    assert [(each.iri, each.label) for each in found[0].raised_by] == [
        ("role-giver", "giver"),
        ("a1", "a at 1"),
    ]
    frame.relevances["o"] = relevance("o", 4, weights["o"], never="b1")
    last = watched_risks("x", {"a1", "b1", "role-giver"}, frame)[-2:]
    assert {(each.risk.id, each.score, each.raised_by) for each in last} == {
        ("o", 0, ()),
        ("p", 0, ()),
    }


def test_second_way_shows_the_next_risk() -> None:
    frame = small()
    frame.risks = {"k": risk("k", "x", "y"), "l": risk("l", "x", "y")}
    frame.relevances = {"k": relevance("k", 1, {"a3": 2}), "l": relevance("l", 2, {"a3": 1})}
    found = to_do(at(a="3", b="3"), frame)
    told = [(way.type, way.risk.risk.id) for way in found.ways if way.risk]
    assert told == [("x", "k"), ("y", "l")]


def test_boundary_questions_go_by_the_strength_of_what_makes_them_bite() -> None:
    frame = small()
    frame.questions = [
        BoundaryQuestion("who", "who", "power", frozenset({("b", "1")})),
        BoundaryQuestion("what", "what", "motivation", frozenset({("a", "1"), ("a", "2")})),
        BoundaryQuestion("how", "how", "knowledge", frozenset({("c", "1")})),
    ]
    found = boundary_questions(at(a="2", b="1", c="2"), frame)
    assert [each.question.id for each in found] == ["what", "who"]


# Laws over the shipped library.


def random_facets(frame: Frame, draw: Random) -> dict[str, str]:
    return {
        name: draw.choice(list(facet.values))
        for name, facet in frame.facets.items()
        if not facet.is_optional or draw.random() < 0.5
    }


def first_ones(frame: Frame, count: int) -> list[Advice]:
    draw = Random(14)
    alone = [Situation("s", facets=random_facets(frame, draw)) for _ in range(count)]
    return [advise(each, frame) for each in alone]


@pytest.mark.slow
def test_type_that_comes_first_keeps_three_methods(frame: Frame) -> None:
    seen = [s.facets for case in frame.cases.values() for s in situations_of_case(case.id, frame)]
    draw, kept = Random(14), []
    for _ in range(500):
        facets = {
            name: draw.choice([each[name] for each in seen if name in each])
            for name, facet in frame.facets.items()
            if not facet.is_optional
        }
        # Of a type that has hardly any methods yet, few can be left.
        has = Counter(method.type for method in frame.methods)
        kinds = [kind for kind in frame.board.front(facets) if has[kind] > 2 * METHODS]
        found = (methods_for(kind, facets, frame) for kind in kinds)
        kept.append(all(len(each) >= METHODS for each in found))
    assert sum(kept) >= 0.99 * len(kept)


@pytest.mark.slow
def test_no_risk_is_told_twice_nor_for_its_type_alone_beside_one_that_a_fact_raises(
    frame: Frame,
) -> None:
    for advice in first_ones(frame, 100):
        found = what_to_do(advice, frame, advice.front)
        risks = [way.risk.risk.id for way in found.ways if way.risk]
        assert len(risks) == len(set(risks))
        for entry in advice.types.values():
            raised = [bool(each.raised_by) for each in entry.risks]
            assert raised == sorted(raised, reverse=True)


@given(data=st.data())
def test_role_changes_what_to_do_and_no_standing_and_no_order(
    data: st.DataObject, frame: Frame
) -> None:
    facets = random_facets(frame, Random(data.draw(st.integers(0, 10**6))))
    roles = list(frame.opening["asker-role"].answers)
    role = data.draw(st.sampled_from(roles))
    plain = advise(Situation("s", facets=facets), frame)
    asked = advise(Situation("s", facets=facets, opening={"asker-role": role}), frame)
    assert (asked.front, asked.ahead, asked.abstains) == (plain.front, plain.ahead, plain.abstains)
    for kind, entry in asked.types.items():
        assert entry.standings == plain.types[kind].standings
        assert entry.gates == plain.types[kind].gates
    for way in what_to_do(asked, frame, asked.front).ways:
        assert way.move is not None
        answer = answer_to("asker-role", asked.situation, frame)
        assert answer is not None
        assert way.move.role == answer.iri


@pytest.mark.slow
def test_case_that_is_told_is_like_the_situation_and_of_its_end(frame: Frame) -> None:
    examiner, told = Examiner(frame), 0
    for advice in first_ones(frame, 20):
        examination = examiner.examine(advice.situation)
        assert examination.named == named_first(frame.board, advice.situation.facets)
        for kind, found in examination.alike.items():
            for case in filter(None, (found.went_well, found.failed)):
                told += 1
                assert case.case.type == kind
                assert case.summary
                assert len(case.shared) >= max(4, len(case.differs))
                judged = {("led", case.case.led), ("working", case.case.working)}
                pairs = {(test, judgement) for judgement, test in frame.failures}
                assert bool(judged & pairs) is (case is found.failed)
    assert told

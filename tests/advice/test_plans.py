"""Plans: found by hand on a small frame, by brute force on random ones, and gone through anew."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards import conditions, gates
from shelf import readings as count_readings
from sysgraph.advice import replay as module
from sysgraph.advice.board import Advice, advise, held_values, holding_cautions
from sysgraph.advice.cases import CaseStudies
from sysgraph.advice.dissent import bearing, discount, dissent
from sysgraph.advice.frame import (
    UNDERCUTS,
    BoundaryQuestion,
    Caution,
    Condition,
    Consideration,
    Critique,
    Effect,
    Facet,
    FacetValue,
    Frame,
    Gate,
    LeadershipType,
    Move,
    OpeningAnswer,
    OpeningQuestion,
    Relevance,
    Risk,
    Source,
    Target,
    values_of,
)
from sysgraph.advice.plans import (
    Ending,
    Goal,
    Plan,
    Plans,
    Step,
    TypeGoal,
    ValueGoal,
    goal_of,
    plans,
    plans_for_types,
)
from sysgraph.advice.replay import replay
from sysgraph.advice.risks import watched_risks
from sysgraph.advice.said import load_frame
from sysgraph.advice.shipped import load_shipped_frame
from sysgraph.advice.situation import Situation, situations_of_case
from sysgraph.errors import BrokenPlan, UnknownThing
from sysgraph.pages.blocks import text_of
from sysgraph.pages.objects import plain
from sysgraph.pages.together import plans_blocks
from sysgraph.store.local import LocalStore
from sysgraph.terms import PREFIXES

OURS = Source("sysgraph", "us", "read")


@pytest.fixture(scope="module")
def readings(frame: Frame) -> list[Situation]:
    return [s for case in frame.cases.values() for s in situations_of_case(case.id, frame)]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Advise once on each state, whichever plans go through it."""
    given: dict[tuple[tuple[str, str], ...], Advice] = {}

    def once(situation: Situation, frame: Frame) -> Advice:
        key = tuple(sorted(situation.facets.items()))
        if key not in given:
            given[key] = advise(
                situation, replace(frame, cases=CaseStudies(None, values_of(frame)))
            )
        return given[key]

    monkeypatch.setattr(module, "advise", once)


def small(
    effects: Iterable[Effect],
    cautions: Iterable[Caution] = (),
    gates: Iterable[Gate] = (),
    against: Mapping[str, str] | None = None,
) -> Frame:
    """A frame with types x, y and z, facets a, b (led) and c (working), of values 1 to 4.

    Value 1 of any facet speaks for x, value 2 for y, value 3 for z, and value 4 says nothing.
    ``against`` tells which values speak against which type.
    """
    frame = Frame(tests={"led": Fraction(1, 4), "working": Fraction(1, 4)})
    for number, kind in enumerate("xyz", 1):
        frame.types[kind] = LeadershipType(kind, f"way {kind}", number, "")
    for name, test, strength in (("a", "led", 2), ("b", "led", 1), ("c", "working", 1)):
        facet = Facet(name, name, f"facet {name}", "", test, strength)
        for value in "1234":
            iri = f"{name}{value}"
            facet.values[value] = FacetValue(
                iri, value, f"{name} at {value}", "", f"{name} is {value}"
            )
        for value, kind in zip("123", "xyz", strict=True):
            iri = f"{name}{value}"
            frame.considerations.append(Consideration(iri, iri, "", "reading", {kind}))
        frame.facets[name] = facet
    for value, kind in (against or {}).items():
        name = f"{value}-{kind}"
        frame.considerations.append(Consideration(name, value, "", "reading", set(), {kind}))
    frame.effects, frame.cautions, frame.gates = list(effects), list(cautions), list(gates)
    frame.cases = CaseStudies(None, values_of(frame))
    return frame


def effect(
    name: str,
    kind: str,
    start: str,
    end: str,
    requires: Iterable[str] = (),
    ground: str = "reading",
) -> Effect:
    starts, needs = set(start.split()), set(requires)
    return Effect(name, name, name, kind, end, f"{name}!", ground, starts, needs, [], [OURS])


def choice(name: str, kind: str, start: str, end: str) -> Effect:
    return replace(effect(name, kind, start, end), is_choice=True)


def gate(name: str, kind: str, value: str) -> Gate:
    condition = Condition({value[0]: frozenset(value[1])})
    return Gate(name, name, name, kind, "led", f"{name}!", "", f"not {name}", "stated", condition)


def at(**facets: str) -> Situation:
    return Situation("s", facets=facets)


START = at(a="1", b="1", c="1")


def names(result: Plans) -> list[str] | None:
    """The effects of the steps of the plan that was found, which is gone through again."""
    return [step.effect.id for step in result.found.steps] if result.found else None


def found(effects: Iterable[Effect], goal: Goal, start: Situation = START) -> list[str] | None:
    frame = small(effects)
    result = plans(start, frame, goal)
    if result.found:
        replay(result.found, start, frame)
    return names(result)


def text(results: list[Plans], frame: Frame) -> str:
    return " ".join(text_of(plans_blocks(results, frame)).split())


# At a1 b1 c1 all speaks for x, which alone comes first; nobody is below zero.
CHAIN = [
    effect("one", "x", "a1", "a2"),
    effect("two", "y", "c1", "c3", ["a2"]),
    effect("never", "z", "a1 a2", "a3", ["b3"]),
]


def test_plan_worked_out_by_hand() -> None:
    # Led 2a + b, working c. With a2 the led test says y 2, x 1: x (1, 1) and y (2, 0) come first.
    # With c3 as well, working says z: y (2, 0) and z (0, 1) come first. The first step does nothing
    # for z, and the second, which raises it from 0 to 1 on working, needs it.
    frame = small(CHAIN)
    result = plans(START, frame, TypeGoal("z"))
    assert names(result) == ["one", "two"]
    assert result.ending is Ending.FOUND
    assert result.found
    replay(result.found, START, frame)
    first, second = result.found.steps
    assert (first.type, first.front_before, first.front_after) == ("x", ("x",), ("x", "y"))
    assert (second.type, second.front_before, second.front_after) == ("y", ("x", "y"), ("y", "z"))
    assert second.before == {"a": "2", "b": "1", "c": "1"}
    assert second.after == {"a": "2", "b": "1", "c": "3"}
    assert first.supports == ("a", "b", "c")
    assert second.supports == ("a",)


def test_goal_that_is_reached_needs_no_step() -> None:
    frame = small(CHAIN)
    assert names(plans(START, frame, TypeGoal("x"))) == []
    reached = plans(START, frame, ValueGoal("b", "1"))
    assert names(reached) == []
    assert text([reached], frame) == "· 'b at 1' (facet b) is there already."


def test_absence_is_proved_by_looking_at_all_that_can_be_reached() -> None:
    # Reached are the start, a2, and a2 with c3.
    frame = small(CHAIN)
    result = plans(START, frame, ValueGoal("b", "3"))
    assert (result.found, result.ending, result.states) == (None, Ending.EXHAUSTED, 3)
    said = "· To 'b at 3' (facet b): we know no path there from here."
    assert text([result], frame) == said


def test_search_that_stops_at_its_longest_step_says_so() -> None:
    frame = small(CHAIN)
    result = plans(START, frame, TypeGoal("z"), longest=1)
    assert (result.found, result.ending) == (None, Ending.LONGEST)
    assert "no path there from here of at most 1 step. Longer ones" in text([result], frame)
    exact = plans(START, frame, ValueGoal("b", "3"), longest=2)
    assert exact.ending is Ending.EXHAUSTED


def test_where_no_test_is_known_no_first_step_can_be_named() -> None:
    frame = small(CHAIN)
    result = plans(at(), frame, TypeGoal("z"))
    assert (result.front, result.found, result.states) == ((), None, 1)
    assert "too little is known to say who could lead" in text([result], frame)


def test_a_step_may_be_led_by_a_type_that_does_not_come_first() -> None:
    led_by_z = [effect("one", "z", "b1", "b3"), effect("two", "z", "a1", "a3", ["b3"])]
    assert found(led_by_z, TypeGoal("z")) == ["one", "two"]


def test_nobody_leads_who_is_below_zero_on_a_test() -> None:
    # At c1 working says -1 of z, which may not lead; with c4 it says 0.
    frame = small([effect("one", "z", "a1", "a3")], against={"c1": "z"})
    assert plans(START, frame, ValueGoal("a", "3")).states == 1
    lifted = replace(frame, effects=[*frame.effects, effect("lift", "x", "c1", "c4")])
    assert names(plans(START, lifted, ValueGoal("a", "3"))) == ["lift", "one"]
    # Of a test of which nothing is known nothing is below zero.
    assert names(plans(at(a="1"), frame, ValueGoal("a", "3"))) == ["one"]


def test_nobody_leads_whom_a_gate_closes_unless_it_repairs_what_the_gate_is_about() -> None:
    closed = [gate("shut", "x", "a1")]
    frame = small([effect("mend", "x", "a1", "a2")], gates=closed)
    assert names(plans(START, frame, TypeGoal("y"))) is None
    mending = replace(frame.effects[0], is_led_anyway=True)
    result = plans(START, replace(frame, effects=[mending]), TypeGoal("y"))
    assert names(result) == ["mend"]
    assert result.found
    (step,) = result.found.steps
    assert (step.gates, step.gates_ended, step.gates_begun) == (tuple(closed), tuple(closed), ())
    replay(result.found, START, replace(frame, effects=[mending]))
    told = text([result], frame)
    assert "Closed until this is done: 1 way x. shut! (stated) The step mends that" in told
    assert "No longer closed: 1 way x." in told


def test_a_type_that_a_gate_closes_is_not_reached() -> None:
    effects = [effect("one", "x", "a1", "a2"), effect("open", "x", "b1", "b4")]
    frame = small(effects, gates=[gate("shut", "y", "b1")])
    # With a2 the sums put y first, and b1 closes it; without b1 as well it is open.
    assert names(plans(START, replace(frame, effects=effects[:1]), TypeGoal("y"))) is None
    # That the gate ends raises no sum of y, and no later step needs it: the rule is not looser.
    assert names(plans(START, frame, TypeGoal("y"))) is None
    raising = replace(frame, effects=[effects[0], effect("open", "x", "b1", "b2")])
    assert names(plans(START, raising, TypeGoal("y"))) == ["one", "open"]


def test_a_plan_never_only_pushes_others_down() -> None:
    # At a1 b3 c2 x (2, 0) is above z (1, 0). With a4 z comes first, though nothing is done for it.
    down = [effect("down", "y", "a1", "a4")]
    start = at(a="1", b="3", c="2")
    assert found(down, TypeGoal("z"), start) is None
    assert found([effect("up", "y", "a1", "a3")], TypeGoal("z"), start) == ["up"]


def test_no_step_lowers_what_is_wanted() -> None:
    # z has 1 on led by b3. "spend" takes that away, and "gain" would bring it 2 by a3.
    start = at(a="1", b="3", c="1")
    spending = [effect("spend", "x", "b3", "b4"), effect("gain", "x", "a1", "a3", ["b4"])]
    assert found(spending, TypeGoal("z"), start) is None
    assert found(spending, ValueGoal("a", "3"), start) == ["spend", "gain"]


def test_a_choice_follows_a_step_that_is_no_choice() -> None:
    chosen = choice("chosen", "x", "c1", "c3")
    needing = replace(chosen, requires={"a2"})
    work = effect("work", "x", "a1", "a2")
    assert found([chosen], TypeGoal("z")) is None
    assert found([needing, work], TypeGoal("z")) == ["work", "chosen"]
    # Where nothing that comes later needs it, work is not done for the sake of a choice.
    assert found([chosen, work], TypeGoal("z")) is None
    # Nor does one choice lead to another.
    first = replace(choice("first", "x", "b1", "b4"), requires={"a2"})
    second = replace(chosen, requires={"b4"})
    assert found([work, first, second], TypeGoal("z")) is None


def test_a_choice_is_told_as_one() -> None:
    needs = replace(choice("chosen", "x", "c1", "c3"), requires={"a2"}, sign="it is asked for")
    frame = small([effect("work", "x", "a1", "a2"), needs])
    result = plans(START, frame, TypeGoal("z"))
    assert names(result) == ["work", "chosen"]
    told = text([result], frame)
    assert (
        "2. Then, led as 1 way x: a choice, once that is done: c is 3, where so far c is 1." in told
    )
    assert "It is time when it is asked for." in told


def test_one_value_of_each_facet_that_is_needed_must_hold() -> None:
    either = [effect("one", "x", "a1", "a2", ["b1", "b2", "c1"])]
    assert found(either, ValueGoal("a", "2")) == ["one"]
    assert found(either, ValueGoal("a", "2"), at(a="1", b="3", c="1")) is None
    assert found(either, ValueGoal("a", "2"), at(a="1", b="2", c="2")) is None


def test_what_is_needed_and_not_known_is_assumed_and_said() -> None:
    frame = small([effect("one", "x", "a1", "a3", ["c1"])])
    result = plans(at(a="1", b="1"), frame, TypeGoal("z"))
    assert result.found
    (step,) = result.found.steps
    assert (step.assumed, step.before) == ({"c": "1"}, {"a": "1", "b": "1", "c": "1"})
    replay(result.found, at(a="1", b="1"), frame)
    assert "1. First, if it is so that c is 1, led as 1 way x: it tends to" in text([result], frame)
    # What a step starts at is not assumed: nobody mends what may not be broken.
    assert names(plans(at(b="1", c="1"), frame, TypeGoal("z"))) is None


def test_a_plan_with_fewer_ifs_goes_before_another_as_long() -> None:
    sure, unsure = effect("sure", "y", "a1", "a3"), effect("one", "x", "a1", "a3", ["c1"])
    assert found([unsure, sure], ValueGoal("a", "3"), at(a="1", b="1")) == ["sure"]


def test_what_would_do_without_any_step_is_no_plan() -> None:
    # With c3 alone z (0, 1) comes first beside x: the step is not what brings that about.
    frame = small([effect("one", "x", "b1", "b3", ["c3"])])
    assert names(plans(at(a="1", b="1"), frame, TypeGoal("z"))) is None
    assert names(plans(at(a="1", b="1"), frame, ValueGoal("c", "3"))) is None


def test_nothing_is_done_while_it_must_not_be() -> None:
    careful = replace(effect("one", "x", "a1", "a2"), never={"b1"})
    assert found([careful], ValueGoal("a", "2")) is None
    assert found([careful], ValueGoal("a", "2"), at(a="1", b="2", c="1")) == ["one"]
    frame = small([careful])
    result = plans(at(a="1", c="1"), frame, ValueGoal("a", "2"))
    assert "Stop, and ask anew, if no such sign comes or if it is so that b is 1." in text(
        [result], frame
    )


def test_no_step_brings_back_what_an_earlier_one_changed() -> None:
    there_and_back = [
        effect("there", "x", "a1", "a2"),
        effect("back", "x", "a2", "a1", ["c1"]),
        effect("then", "x", "c1", "c2", ["a2"]),
        effect("last", "x", "b1", "b2", ["c2"]),
    ]
    assert found(there_and_back, ValueGoal("b", "2")) == ["there", "then", "last"]
    again = effect("home", "x", "a2", "a1")
    needs_home = effect("last", "x", "b1", "b2", ["a1", "c2"])
    assert (
        found([*there_and_back[:1], there_and_back[2], again, needs_home], ValueGoal("b", "2"))
        is None
    )


def test_cautions_are_shown_and_keep_nobody_from_leading() -> None:
    warned = [Caution("w", "x", "Not so.", "reading", Condition({"b": frozenset("1")}))]
    frame = small(CHAIN, warned)
    result = plans(START, frame, TypeGoal("z"))
    assert names(result) == ["one", "two"]
    assert result.found
    assert [step.cautions for step in result.found.steps] == [tuple(warned), ()]
    assert "At this step: a caution against 1 way x. Not so. (our reading)" in text([result], frame)
    reached = text([plans(START, frame, TypeGoal("x"))], frame)
    assert reached == (
        "· 1 way x comes first already. ! There is a caution against 1 way x. Not so. (our reading)"
    )


def test_step_tells_which_gates_and_cautions_it_brings_and_lifts() -> None:
    warned = [
        Caution("begins", "x", "Now.", "reading", Condition({"a": frozenset("2")})),
        Caution("ends", "y", "Before.", "stated", Condition({"a": frozenset("1")})),
        Caution("stays", "z", "Always.", "reading", Condition({"b": frozenset("1")})),
    ]
    closing = [gate("shuts", "x", "a2"), gate("opens", "y", "a1"), gate("bars", "z", "b1")]
    frame = small([effect("one", "x", "a1", "a2")], warned, closing)
    result = plans(START, frame, TypeGoal("y"))
    assert result.found
    (step,) = result.found.steps
    assert ([c.iri for c in step.begun], [c.iri for c in step.ended]) == (["begins"], ["ends"])
    assert ([g.id for g in step.gates_begun], [g.id for g in step.gates_ended]) == (
        ["shuts"],
        ["opens"],
    )
    told = text([result], frame)
    assert "From here on: a caution against 1 way x. Now. (our reading)" in told
    assert "No longer: a caution against 2 way y. Before. (stated)" in told
    assert "From here on closed: 1 way x. shuts! (stated) What would open it: not shuts" in told
    assert "No longer closed: 2 way y. opens! (stated)" in told


def test_of_plans_as_short_the_lead_changes_least_and_then_names_decide() -> None:
    two = [effect("b", "x", "a1", "a3"), effect("a", "y", "a1", "a3")]
    # Towards z either has another take over once; by name a is first.
    assert found(two, TypeGoal("z")) == ["a"]
    assert found([*two, effect("c", "z", "a1", "a3")], TypeGoal("z")) == ["c"]


def test_what_a_plan_rests_on_is_said() -> None:
    ours = small(CHAIN)
    assert "This rests on our reading alone." in text([plans(START, ours, TypeGoal("z"))], ours)
    mixed = small([replace(CHAIN[0], ground="stated"), *CHAIN[1:]])
    told = text([plans(START, mixed, TypeGoal("z"))], mixed)
    assert "What the steps rest on: our reading and stated." in told
    assert "reading alone" not in told


def test_text_reads_as_a_person_would_say_it() -> None:
    first = replace(
        CHAIN[0], examples=["The case k: so it was."], sign="it is said aloud", takes="months"
    )
    frame = small([first, *CHAIN[1:]])
    frame.types["z"] = replace(frame.types["z"], plain_name="Third way")
    frame.types["x"] = replace(frame.types["x"], one_line="Some lead.")
    frame.risks = {
        "r": Risk("r", "r", "a risk", "", "", "", "reading", {"x"}),
        "s": Risk("s", "s", "another", "", "", "", "reading", {"x", "y"}),
    }
    frame.relevances = {"s": Relevance("s", "s", 1, "", "reading", {"a2": 2}, frozenset())}
    told = text([plans(START, frame, TypeGoal("z")), plans(START, frame, TypeGoal("y"))], frame)
    assert (
        "To come to 'Third way', in 2 steps: 1. First, led as 1 way x: it tends to come about that"
        " a is 2, where now a is 1. one! [our reading] · Some lead. About how long: months. It has"
        " worked when it is said aloud. Stop, and ask anew, if no such sign comes."
        " ! Watch at this step: another; a risk. · The case k: so it was."
        " 2. Then, led as 2 way y: it tends to come about that c is 3"
    ) in told
    assert (
        "How long is not known. Ask those affected whether it is so that c is 3. Stop, and ask"
        " anew, if no such sign comes or if it is no longer so that a is 2."
    ) in told
    assert "Watch at this step: another (greater here: a at 2)." in told
    assert "Then 'Third way' comes first." in told
    assert told.count("one!") == told.count("so it was") == 1
    assert "Why: see above." in told
    assert told.endswith("no plan here was tried as a whole.")


def test_whoever_asks_is_told_their_part_in_each_step() -> None:
    frame = small(CHAIN)
    frame.types["x"] = replace(frame.types["x"], one_line="Some lead.")
    answer = OpeningAnswer("funder", "funder", "", "")
    frame.opening = {"asker-role": OpeningQuestion("", "asker-role", "", "")}
    frame.opening["asker-role"].answers = {"funder": answer}
    frame.moves = [
        Move("m", f"{PREFIXES['type']}x", "funder", "Make it easier.", (), "reading"),
        Move("n", f"{PREFIXES['type']}x", "leader", "Lead it.", (), "reading"),
    ]
    funder = Situation("s", facets=START.facets, opening={"asker-role": "funder"})
    told = text([plans(funder, frame, TypeGoal("z"))], frame)
    assert "· Some lead. For you: Make it easier. How long is not known." in told
    assert "For you" not in text([plans(START, frame, TypeGoal("z"))], frame)


def test_goal_is_read_from_text(frame: Frame) -> None:
    assert goal_of("organic", frame) == TypeGoal("organic")
    number = str(frame.types["organic"].number)
    assert goal_of(number, frame) == TypeGoal("organic")
    goal = goal_of("incumbent-legitimacy=trusted", frame)
    assert goal == ValueGoal("incumbent-legitimacy", "trusted")
    with pytest.raises(
        UnknownThing, match="'organi' is no leadership type; did you mean 'organic'"
    ):
        goal_of("organi", frame)
    with pytest.raises(UnknownThing, match="no facet"):
        goal_of("legitimacy=trusted", frame)
    with pytest.raises(UnknownThing, match="no value of agreement"):
        goal_of("agreement=trusted", frame)


def refused(
    said: str, steps: tuple[Step, ...], frame: Frame, goal: Goal, start: Situation = START
) -> None:
    with pytest.raises(BrokenPlan, match=said):
        replay(Plan(goal, steps), start, frame)


def test_plan_that_was_tampered_with_is_refused() -> None:
    frame, goal = small(CHAIN), TypeGoal("z")
    plan = plans(START, frame, goal).found
    assert plan
    replay(plan, START, frame)
    one, two = plan.steps
    another = "step 1 of the plan: it starts from another situation"
    refused(another, (two,), frame, goal)
    refused(another, (replace(one, before={**one.before, "c": "2"}), two), frame, goal)
    refused(another, (replace(one, front_before=()), two), frame, goal)
    refused(another, (replace(one, assumed={"a": "1"}), two), frame, goal)
    refused("it serves nothing", (one,), frame, goal)
    new = effect("new", "x", "a1", "a2")
    refused("knows no effect 'new'", (replace(one, effect=new), two), frame, goal)
    refused("does not lead to what the plan says", (replace(one, after={}), two), frame, goal)
    refused("the front is not what", (replace(one, front_after=()), two), frame, goal)
    gone, stuck = effect("gone", "x", "a1", "z9"), effect("stuck", "x", "a1", "a2", ["b2"])
    more = replace(frame, effects=[*frame.effects, gone, stuck])
    refused("leads to nothing that the graph", (replace(one, effect=gone), two), more, goal)
    refused("'stuck' cannot follow", (replace(one, effect=stuck), two), more, goal)
    refused("the goal is not reached", (), frame, ValueGoal("c", "3"))
    replay(Plan(ValueGoal("c", "3"), plan.steps), START, frame)


def taken(effects: list[Effect], frame: Frame, start: Situation = START) -> tuple[Step, ...]:
    """Steps by some effects, whether the rules allow them or not."""
    facets, steps = dict(start.facets), []
    for each in effects:
        facet, value = frame.values[each.changes_to]
        after = {**facets, facet.id: value.id}
        before, later = (advise(Situation("s", facets=f), frame).front for f in (facets, after))
        steps.append(
            Step(each, dict(facets), after, {}, before, later, (), (), (), (), (), (), (), ())
        )
        facets = after
    return tuple(steps)


def test_steps_that_the_rules_forbid_are_refused() -> None:
    shut = small(CHAIN, gates=[gate("g", "x", "a1")])
    refused("a gate closes x", taken(CHAIN[:2], shut), shut, TypeGoal("z"))
    lone = choice("lone", "x", "c1", "c3")
    frame = small([lone])
    refused("a choice that no step comes before", taken([lone], frame), frame, TypeGoal("z"))
    against = {f"{name}1": "y" for name in "abc"}
    low = effect("low", "y", "c1", "c3")
    frame = small([low], against=against)
    refused("y is below zero", taken([low], frame), frame, TypeGoal("z"))
    down = effect("down", "y", "a1", "a4")
    frame, start = small([down]), at(a="1", b="3", c="2")
    refused("it serves nothing", taken([down], frame, start), frame, TypeGoal("z"), start)
    lower = effect("lower", "x", "b3", "b4")
    frame = small([lower])
    refused("it lowers z", taken([lower], frame, start), frame, TypeGoal("z"), start)
    back = [effect("go", "x", "a1", "a2"), effect("back", "x", "a2", "a1")]
    frame = small(back)
    refused("it brings back what", taken(back, frame), frame, TypeGoal("x"))


@st.composite
def boards(draw: st.DrawFn) -> tuple[Frame, Situation]:
    value = st.sampled_from("1234")
    facet = st.sampled_from("abc")
    effects = []
    for number in range(draw(st.integers(0, 6))):
        changed = draw(facet)
        end = draw(value)
        starts = draw(st.sets(st.sampled_from([v for v in "1234" if v != end]), min_size=1))
        needed = draw(st.sets(st.sampled_from([f for f in "abc" if f != changed]), max_size=1))
        requires = [f + v for f in needed for v in draw(st.sets(value, min_size=1, max_size=2))]
        kind = draw(st.sampled_from("xyz"))
        start = " ".join(changed + v for v in sorted(starts))
        each = effect(f"e{number}", kind, start, changed + end, requires)
        each.is_choice, each.is_led_anyway = draw(st.booleans()), draw(st.booleans())
        each.never = draw(st.sets(st.sampled_from(["a1", "b2", "c3"]), max_size=1))
        effects.append(each)
    says = dict.fromkeys("abc", "1234")
    cautions = [
        Caution(f"w{n}", draw(st.sampled_from("xyz")), "", "reading", draw(conditions(says)))
        for n in range(draw(st.integers(0, 1)))
    ]
    against = draw(st.dictionaries(st.sampled_from(["a1", "b3", "c2"]), st.sampled_from("xyz")))
    facets = draw(st.dictionaries(facet, value, min_size=1))
    frame = small(effects, cautions, draw(gates("xyz", says)), against)
    return frame, Situation("s", facets=facets)


class Force:
    """Every sequence of effects tried, and held to the rules one by one."""

    def __init__(self, frame: Frame, goal: Goal) -> None:
        self.frame, self.goal = frame, goal
        self.advised: dict[tuple[tuple[str, str], ...], Advice] = {}

    def advice(self, facets: dict[str, str]) -> Advice:
        key = tuple(sorted(facets.items()))
        if key not in self.advised:
            self.advised[key] = advise(Situation("s", facets=facets), self.frame)
        return self.advised[key]

    def there(self, facets: dict[str, str]) -> bool:
        if isinstance(self.goal, ValueGoal):
            return facets.get(self.goal.facet) == self.goal.value
        return self.goal.type in self.advice(facets).front

    def worth(self, facets: dict[str, str]) -> tuple[int, ...]:
        if isinstance(self.goal, ValueGoal):
            return (int(facets.get(self.goal.facet) == self.goal.value),)
        board = self.frame.board
        at = board.types.index(self.goal.type)
        return tuple(int(board.point(test, facets)[at]) for test in board.tests)

    def can(self, each: Effect, facets: dict[str, str]) -> bool:
        held = {name + value for name, value in facets.items()}
        entry = self.advice(facets).types[each.type]
        values = [s.value for s in entry.standings.values() if s.value is not None]
        leads = not entry.gates and bool(values) and min(values) >= 0
        return (
            bool(held & each.changes_from)
            and all({n for n in each.requires if n[0] == f[0]} & held for f in each.requires)
            and not held & each.never
            and (leads or each.is_led_anyway)
        )

    def ways(self, each: Effect, facets: dict[str, str]) -> list[dict[str, str]]:
        """All that may be assumed of what is not known and is needed."""
        open_ = sorted({v[0] for v in each.requires} - facets.keys())
        allowed = [[(f, v[1]) for v in sorted(each.requires) if v[0] == f] for f in open_]
        return [dict(one) for one in product(*allowed)]

    def serves(self, path: list[tuple[Effect, dict[str, str]]], start: dict[str, str]) -> bool:
        facets, kept = dict(start), []
        left: set[tuple[str, str]] = set()
        for number, (each, assumed) in enumerate(path):
            facets |= assumed
            after = {**facets, each.changes_to[0]: each.changes_to[1]}
            before_choice = number and not path[number - 1][0].is_choice
            if not self.can(each, facets) or (each.is_choice and not before_choice):
                return False
            left |= facets.items() - after.items()
            if left & after.items():
                return False
            was, now = self.worth(facets), self.worth(after)
            if any(n < w for n, w in zip(now, was, strict=True)):
                return False
            kept.append((dict(facets), now != was))
            facets = after
        everything = dict(start)
        for _, assumed in path:
            everything |= assumed
        if any(assumed for _, assumed in path) and self.there(everything):
            return False
        return self.there(facets) and all(
            raised or self.fails(path[number + 1 :], before)
            for number, (before, raised) in enumerate(kept)
        )

    def fails(self, later: list[tuple[Effect, dict[str, str]]], facets: dict[str, str]) -> bool:
        for each, assumed in later:
            facets = {**assumed, **facets}
            if not self.can(each, facets):
                return True
            facets = {**facets, each.changes_to[0]: each.changes_to[1]}
        return False

    def best(self, start: dict[str, str], longest: int) -> list[str] | None:
        layer: list[tuple[list[tuple[Effect, dict[str, str]]], dict[str, str]]] = [([], start)]
        for _ in range(longest + 1):
            serving = [path for path, _ in layer if self.serves(path, start)]
            if serving:
                return [each.id for each, _ in min(serving, key=self.rank)]
            layer = [
                ([*path, (each, way)], {**facets, **way, each.changes_to[0]: each.changes_to[1]})
                for path, facets in layer
                for each in self.frame.effects
                for way in self.ways(each, facets)
                if self.can(each, {**facets, **way})
            ]
        return None

    def rank(self, path: list[tuple[Effect, dict[str, str]]]) -> tuple[object, ...]:
        leads = [each.type for each, _ in path]
        if isinstance(self.goal, TypeGoal):
            leads.append(self.goal.type)
        turns = sum(one != other for one, other in pairwise(leads))
        ifs = sum(len(assumed) for _, assumed in path)
        return ifs, turns, [(each.id, sorted(assumed.items())) for each, assumed in path]


goals = st.one_of(
    st.builds(TypeGoal, st.sampled_from("xyz")),
    st.builds(ValueGoal, st.sampled_from("abc"), st.sampled_from("1234")),
)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(boards(), goals)
def test_search_finds_what_brute_force_finds(board: tuple[Frame, Situation], goal: Goal) -> None:
    frame, situation = board
    result = plans(situation, frame, goal, longest=3)
    assert names(result) == Force(frame, goal).best(dict(situation.facets), 3)
    assert bool(result.found) == (result.ending is Ending.FOUND)
    if result.ending is Ending.EXHAUSTED:
        assert names(plans(situation, frame, goal, longest=8)) is None
    if result.found:
        replay(result.found, situation, frame)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(boards(), goals)
def test_one_more_effect_never_makes_the_shortest_plan_longer(
    board: tuple[Frame, Situation], goal: Goal
) -> None:
    frame, situation = board
    full = plans(situation, frame, goal)
    for left_out in frame.effects:
        fewer = replace(frame, effects=[e for e in frame.effects if e is not left_out])
        less = plans(situation, fewer, goal)
        if less.found:
            assert full.found
            assert len(full.found.steps) <= len(less.found.steps)


@pytest.mark.thorough
@pytest.mark.usefixtures("quick")
def test_every_plan_for_shipped_readings_and_every_goal_replays(
    frame: Frame, readings: list[Situation]
) -> None:
    aims = [TypeGoal(kind) for kind in frame.types]
    aims += [ValueGoal(f.id, v) for f in frame.facets.values() for v in f.values]  # type: ignore[misc]
    gone_through = steps = 0
    for situation, goal in product(readings[::8], aims):
        result = plans(situation, frame, goal)
        assert bool(result.found) == (result.ending is Ending.FOUND)
        if result.found:
            replay(result.found, situation, frame)
            gone_through += 1
            steps += len(result.found.steps)
    assert len(readings) == sum(count_readings().values())
    assert steps > gone_through / 2 > len(readings[::8])


@pytest.mark.slow
def test_goals_of_all_types_share_one_search(frame: Frame, readings: list[Situation]) -> None:
    for situation in readings[:20]:
        together = plans_for_types(situation, frame)
        for kind, result in together.items():
            assert result == plans(situation, frame, TypeGoal(kind))


@pytest.mark.thorough
def test_shipped_effects_never_lengthen_a_plan(frame: Frame, readings: list[Situation]) -> None:
    for situation in readings[::40]:
        full = plans_for_types(situation, frame)
        for left_out in frame.effects:
            fewer = replace(frame, effects=[e for e in frame.effects if e is not left_out])
            for kind, less in plans_for_types(situation, fewer).items():
                if less.found:
                    plan = full[kind].found
                    assert plan
                    assert len(plan.steps) <= len(less.found.steps)


@pytest.mark.slow
def test_risks_and_cautions_of_a_state_are_those_of_advice(
    frame: Frame, readings: list[Situation]
) -> None:
    for situation in readings:
        advice = advise(situation, frame)
        held = held_values(situation, frame)
        cautions = holding_cautions(situation.facets, frame)
        for kind, entry in advice.types.items():
            assert entry.risks == watched_risks(kind, held, frame)
            assert entry.cautions == tuple(c for c in cautions if c.type == kind)


def test_legitimacy_is_won_first_and_then_there_is_innovation(
    frame: Frame, readings: list[Situation]
) -> None:
    (wigan,) = (reading for reading in readings if reading.id == "wigan-deal/2")
    result = plans(wigan, frame, TypeGoal("systems-innovation"))
    assert result.found
    assert "systems-innovation" not in result.front
    assert "systems-innovation" in result.found.steps[-1].front_after
    assert result.found.steps[-1].after["purpose-origin"] == "pioneers"


def test_an_effect_that_stands_attacked_leads_nowhere() -> None:
    frame, goal = small(CHAIN), TypeGoal("z")
    plan = plans(START, frame, goal).found
    assert plan
    attacked = Target("one")
    objection = Critique("c", (attacked,), BoundaryQuestion("", ""), "is", "", "", UNDERCUTS)
    criticised = replace(frame, critiques=[objection])
    objected = dissent(criticised)
    counted = discount(criticised, objected)
    assert plans(START, counted, goal).found is None
    with pytest.raises(BrokenPlan, match="knows no effect 'one'"):
        replay(plan, START, counted)
    assert [claim.target for claim in bearing(objected, START, frame)] == [attacked]
    assert bearing(objected, at(b="1"), frame) == ()


@pytest.mark.slow
def test_every_text_and_all_data_can_be_made(frame: Frame, readings: list[Situation]) -> None:
    for situation in readings[::4]:
        results = list(plans_for_types(situation, frame).values())
        lines = text_of(plans_blocks(results, frame)).splitlines()
        assert all(len(line) <= 100 for line in lines)
        for result in results:
            data = json.loads(json.dumps(plain(result)))
            assert data["goal"] == {"type": result.goal.type}  # type: ignore[union-attr]
            assert bool(data["plan"]) == bool(result.found)


def test_data_names_what_each_step_changes() -> None:
    frame = small(CHAIN)
    data = plain(plans(START, frame, ValueGoal("a", "2")))
    assert data["goal"] == {"facet": "a", "value": "2"}
    (step,) = data["plan"]["steps"]
    assert step["changes"] == {"a": {"from": "1", "to": "2"}}
    assert (step["type"], step["ground"], step["sources"][0]["id"]) == ("x", "reading", "sysgraph")


def test_shipped_effects_are_of_known_types_and_tell_of_real_cases(frame: Frame) -> None:
    assert {e.type for e in frame.effects} <= set(frame.types)
    facets = {v.iri: f.id for f in frame.facets.values() for v in f.values.values()}
    assert all(facets[e.changes_to] != "time-horizon" for e in frame.effects)
    assert all(e.is_choice for e in frame.effects if facets[e.changes_to] == "change-aim")
    ids = {case.id for case in frame.cases.values()}
    for each in frame.effects:
        for example in each.examples:
            assert example.partition("he case ")[2].partition(":")[0] in ids
    assert all(e.sources for e in frame.effects)


def test_shipped_frame_and_store_hold_the_same_effects(frame: Frame, world: LocalStore) -> None:
    hand_over, win_say = load_frame(world).effects
    assert (hand_over.id, hand_over.type, len(hand_over.requires)) == (
        "hand-over",
        "externally-driven",
        1,
    )
    assert hand_over.examples == ["The case alpha: made up."]
    assert (win_say.requires, win_say.ground, win_say.sources[0].id) == (set(), "attributed", "bob")
    assert frame.effects == load_shipped_frame().effects

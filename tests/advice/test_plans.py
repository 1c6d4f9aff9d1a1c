"""Plans: found by hand on a small frame, by brute force on random ones, and gone through anew."""

import json
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards import conditions
from shelf import readings as count_readings
from sysgraph.advice import plans as module
from sysgraph.advice.board import Advice, advise, held_values, holding_cautions, watched_risks
from sysgraph.advice.cases import Cases
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
    LeadershipType,
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
    TypeGoal,
    ValueGoal,
    goal_of,
    plans,
    plans_for_types,
    replay,
)
from sysgraph.advice.said import load_frame
from sysgraph.advice.shipped import load_shipped_frame
from sysgraph.advice.situation import Situation, situations_of_case
from sysgraph.errors import BrokenPlan, UnknownThing
from sysgraph.pages.blocks import text_of
from sysgraph.pages.objects import plain
from sysgraph.pages.together import plans_blocks
from sysgraph.store.local import LocalStore

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
            given[key] = advise(situation, replace(frame, cases=Cases(None, values_of(frame))))
        return given[key]

    monkeypatch.setattr(module, "advise", once)


def small(effects: Iterable[Effect], cautions: Iterable[Caution] = ()) -> Frame:
    """A frame with types x, y and z, facets a, b (led) and c (working), of values 1, 2 and 3.

    Value 1 of any facet speaks for x, value 2 for y and value 3 for z.
    """
    frame = Frame(tests={"led": Fraction(1, 4), "working": Fraction(1, 4)})
    for number, kind in enumerate("xyz", 1):
        frame.types[kind] = LeadershipType(kind, f"way {kind}", number, "")
    for name, test, strength in (("a", "led", 2), ("b", "led", 1), ("c", "working", 1)):
        facet = Facet(name, name, f"facet {name}", "", test, strength)
        for value, kind in zip("123", "xyz", strict=True):
            iri = f"{name}{value}"
            facet.values[value] = FacetValue(iri, value, f"{name} at {value}", "")
            frame.considerations.append(Consideration(iri, iri, "", "reading", {kind}))
        frame.facets[name] = facet
    frame.effects, frame.cautions = list(effects), list(cautions)
    frame.cases = Cases(None, values_of(frame))
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


def at(**facets: str) -> Situation:
    return Situation("s", facets=facets)


def names(result: Plans) -> list[list[str]]:
    return [[step.effect.id for step in plan.steps] for plan in result.found]


def text(results: list[Plans], frame: Frame) -> str:
    return " ".join(text_of(plans_blocks(results, frame)).split())


# x leads at the start; a at 2 brings y on (2 to 1 on led; working still says x).
CHAIN = [
    effect("one", "x", "a1", "a2"),
    effect("two", "y", "c1", "c3", ["a2"]),
    effect("never", "z", "a1 a2", "a3", ["b3"]),
]


def test_plan_worked_out_by_hand() -> None:
    # Led 2a + b, working c. At a1 b1 c1 all speaks for x, which alone is on the front. With a2 the
    # led test says y 2, x 1: x and y on the front. With c3 as well, working says z: then y (2, 0),
    # x (1, 0) and z (0, 1), so that y and z are on the front.
    frame = small(CHAIN)
    result = plans(at(a="1", b="1", c="1"), frame, TypeGoal("z"))
    assert names(result) == [["one", "two"]]
    assert result.ending is Ending.FOUND
    first, second = result.found[0].steps
    assert (first.type, first.front_before, first.front_after) == ("x", ("x",), ("x", "y"))
    assert (second.type, second.front_before, second.front_after) == ("y", ("x", "y"), ("y", "z"))
    assert second.before == {"a": "2", "b": "1", "c": "1"}
    assert second.after == {"a": "2", "b": "1", "c": "3"}
    assert first.supports == ("a", "b", "c")
    assert second.supports == ("a",)


def test_goal_that_is_reached_needs_no_step() -> None:
    frame = small(CHAIN)
    assert names(plans(at(a="1", b="1", c="1"), frame, TypeGoal("x"))) == [[]]
    reached = plans(at(a="1", b="1", c="1"), frame, ValueGoal("b", "1"))
    assert names(reached) == [[]]
    assert text([reached], frame) == "· 'b at 1' (facet b) is there already."


def test_absence_is_proved_by_looking_at_all_that_can_be_reached() -> None:
    frame = small(CHAIN)
    result = plans(at(a="1", b="1", c="1"), frame, ValueGoal("b", "3"))
    assert (result.found, result.ending, result.states) == ((), Ending.EXHAUSTED, 3)
    assert "No plan for 'b at 3' (facet b): no path is known to the graph. All 3 states" in text(
        [result], frame
    )


def test_search_that_stops_at_its_longest_step_says_so() -> None:
    frame = small(CHAIN)
    result = plans(at(a="1", b="1", c="1"), frame, TypeGoal("z"), longest=1)
    assert (result.found, result.ending) == ((), Ending.LONGEST)
    assert "no path of at most 1 steps is known to the graph; longer" in text([result], frame)
    exact = plans(at(a="1", b="1", c="1"), frame, ValueGoal("b", "3"), longest=2)
    assert exact.ending is Ending.EXHAUSTED


def test_unknown_facet_starts_nothing_and_is_never_filled() -> None:
    frame = small(CHAIN)
    assert plans(at(b="1", c="1"), frame, TypeGoal("z")).ending is Ending.EXHAUSTED
    # The second step needs a at 2, and c may be unknown to no effect on it.
    assert plans(at(a="1", b="1"), frame, TypeGoal("z")).found == ()


def test_without_a_front_no_first_step_can_be_named() -> None:
    frame = small(CHAIN)
    result = plans(at(), frame, TypeGoal("z"))
    assert (result.front, result.found, result.states) == ((), (), 1)
    assert "too little is known to say which type fits" in text([result], frame)


def test_type_with_a_caution_does_not_lead_and_is_no_goal() -> None:
    warned = [Caution("w", "x", "Not so.", "reading", Condition({"b": frozenset("1")}))]
    frame = small(CHAIN, warned)
    start = at(a="1", b="1", c="1")
    assert plans(start, frame, TypeGoal("z")).states == 1
    result = plans(start, frame, TypeGoal("x"))
    assert result.found == ()
    assert text([result], frame).startswith(
        "· 1 way x is on the front, but a caution holds against it there. · No plan for 1 way x:"
        " no path is known to the graph. None of the effects"
    )


def test_step_tells_which_cautions_it_brings_and_lifts() -> None:
    warned = [
        Caution("begins", "x", "Now.", "reading", Condition({"a": frozenset("2")})),
        Caution("ends", "y", "Before.", "stated", Condition({"a": frozenset("1")})),
        Caution("stays", "z", "Always.", "reading", Condition({"b": frozenset("1")})),
    ]
    frame = small([effect("one", "x", "a1", "a2")], warned)
    result = plans(at(a="1", b="1", c="1"), frame, TypeGoal("y"))
    (step,) = result.found[0].steps
    assert ([c.iri for c in step.begun], [c.iri for c in step.ended]) == (["begins"], ["ends"])
    told = text([result], frame)
    assert "From here on: a caution against 1 way x. Now. (our reading)" in told
    assert "No longer: a caution against 2 way y. Before. (stated)" in told


def test_all_shortest_plans_are_found_and_orders_are_told_apart() -> None:
    found = [
        effect("p", "x", "a1", "a3"),
        effect("q", "x", "b1", "b3"),
        effect("r", "x", "b1", "b3"),
    ]
    frame = small(found)
    frame.considerations.append(Consideration("always", "c1", "", "reading", {"x", "z"}))
    # x and z are even on working; led goes x 3, then with a3 z 2 and x 1, and so on.
    result = plans(at(a="1", b="1", c="1"), frame, ValueGoal("b", "3"))
    assert names(result) == [["q"], ["r"]]
    assert "Or: 1 way x (r)." in text([result], frame)


def test_more_ways_than_are_told_are_counted() -> None:
    frame = small([effect(f"e{n}", "x", "a1", "a2") for n in range(6)])
    result = plans(at(a="1", b="1", c="1"), frame, TypeGoal("y"))
    assert len(result.found) == 6
    assert "and 2 more ways of as many steps" in text([result], frame)


@pytest.mark.parametrize(("count", "said"), [(2, "one other order"), (3, "5 other orders")])
def test_other_orders_are_counted(count: int, said: str) -> None:
    frame = small(
        [effect(f"on-{f}", "x", f"{f}1", f"{f}3") for f in "dbc"[:count]]
        + [effect("last", "x", "a1", "a2", [f"{f}3" for f in "dbc"[:count]])]
    )
    facet = Facet("d", "d", "facet d", "", "working", 1)
    facet.values = {v: FacetValue(f"d{v}", v, f"d at {v}", "") for v in "123"}
    frame.facets["d"] = facet
    frame.cases = Cases(None, values_of(frame))
    frame.tests = {"led": Fraction(1, 4), "working": Fraction(1)}
    frame.considerations = [Consideration("a", "a1", "", "reading", {"x"})]
    result = plans(at(a="1", b="1", c="1", d="1"), frame, ValueGoal("a", "2"))
    assert f"These steps also hold in {said}." in text([result], frame)
    for plan in result.found:
        replay(plan, at(a="1", b="1", c="1", d="1"), frame)


def test_what_a_plan_rests_on_is_said() -> None:
    start = at(a="1", b="1", c="1")
    ours = small(CHAIN)
    assert "This rests on our reading alone." in text([plans(start, ours, TypeGoal("z"))], ours)
    mixed = small([replace(CHAIN[0], ground="stated"), *CHAIN[1:]])
    told = text([plans(start, mixed, TypeGoal("z"))], mixed)
    assert "What the steps rest on: our reading and stated." in told
    assert "reading alone" not in told


def test_text_reads_as_a_person_would_say_it() -> None:
    frame = small([replace(CHAIN[0], examples=["The case k: so it was."]), *CHAIN[1:]])
    frame.risks = {
        "r": Risk("r", "r", "a risk", "", "", "", "reading", {"x"}),
        "s": Risk("s", "s", "another", "", "", "", "reading", {"x", "y"}),
    }
    frame.relevances = {"s": Relevance("s", "s", 1, "", "reading", {"a2": 2}, frozenset())}
    result = plans(at(a="1", b="1", c="1"), frame, TypeGoal("z"))
    told = text([result, plans(at(a="1", b="1", c="1"), frame, TypeGoal("y"))], frame)
    assert (
        "To bring 3 way z onto the front, in 2 steps, and in no fewer: 1. First lead as 1 way x (it"
        " fits now: 'a at 1' and 'b at 1' speak for it), because it tends to turn 'a at 1' into"
        " 'a at 2' (facet a). one! [our reading] ! Watch at this step: a risk; another."
        " · The case k: so it was. 2. Then lead as 2 way y (it fits now: 'a at 2' speaks for it)"
    ) in told
    assert "Watch at this step: another (greater here: a at 2)." in told
    assert "Then 3 way z comes onto the front, with no caution against it." in told
    assert told.count("one!") == told.count("so it was") == 1
    assert "Why: see above." in told
    assert told.endswith("only looks at what the graph knows.")


def test_type_may_fit_though_nothing_speaks_for_it() -> None:
    frame = small([effect("one", "x", "a1", "a2")])
    frame.considerations = []
    told = text([plans(at(a="1", b="1", c="1"), frame, ValueGoal("a", "2"))], frame)
    assert "First lead as 1 way x (it is on the front now), because" in told
    assert "Then 'a at 2' (facet a) is reached." in told


def test_goal_is_read_from_text(frame: Frame) -> None:
    assert goal_of("organic", frame) == TypeGoal("organic")
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


def test_plan_that_was_tampered_with_is_refused() -> None:
    frame = small(CHAIN)
    start = at(a="1", b="1", c="1")
    (plan,) = plans(start, frame, TypeGoal("z")).found
    replay(plan, start, frame)
    one, two = plan.steps

    def refused(steps: tuple[module.Step, ...], said: str, frame: Frame = frame) -> None:
        with pytest.raises(BrokenPlan, match=said):
            replay(Plan(plan.goal, steps), start, frame)

    refused((two,), "step 1 of the plan: it starts from another situation")
    another = "step 1 of the plan: it starts from another situation"
    refused((replace(one, before={**one.before, "c": "2"}), two), another)
    refused((replace(one, front_before=()), two), another)
    refused((one,), "the goal is not reached")
    refused((replace(one, effect=effect("new", "x", "a1", "a2")), two), "knows no effect 'new'")
    refused((replace(one, after={}), two), "does not lead to what the plan says")
    refused((replace(one, front_after=()), two), "the front is not what the plan says")
    other = [*frame.effects, effect("off", "y", "a1", "a2"), effect("gone", "x", "a1", "z9")]
    more = replace(frame, effects=[*other, effect("stuck", "x", "a1", "a2", ["b2"])])
    off, gone, stuck = more.effects[3:]
    refused((replace(one, effect=off),), "y is not on the front", more)
    refused((replace(one, effect=gone),), "leads to nothing that the graph knows", more)
    refused((replace(one, effect=stuck),), "'stuck' cannot follow", more)
    warned = replace(
        frame, cautions=[Caution("w", "x", "", "reading", Condition({"a": frozenset("1")}))]
    )
    refused((one, two), "a caution holds against x", warned)
    aim = ValueGoal("c", "3")
    replay(Plan(aim, plan.steps), start, frame)
    with pytest.raises(BrokenPlan, match="the goal is not reached"):
        replay(Plan(aim, ()), start, frame)


@st.composite
def boards(draw: st.DrawFn) -> tuple[Frame, Situation]:
    value = st.sampled_from("123")
    facet = st.sampled_from("abc")
    effects = []
    for number in range(draw(st.integers(0, 6))):
        changed = draw(facet)
        end = draw(value)
        starts = draw(st.sets(st.sampled_from([v for v in "123" if v != end]), min_size=1))
        needed = draw(st.sets(st.sampled_from([f for f in "abc" if f != changed]), max_size=1))
        kind = draw(st.sampled_from("xyz"))
        start = " ".join(changed + v for v in starts)
        requires = [f + draw(value) for f in needed]
        effects.append(effect(f"e{number}", kind, start, changed + end, requires))
    cautions = [
        Caution(
            f"w{n}",
            draw(st.sampled_from("xyz")),
            "",
            "reading",
            draw(conditions(dict.fromkeys("abc", "123"))),
        )
        for n in range(draw(st.integers(0, 2)))
    ]
    facets = draw(st.dictionaries(facet, value, min_size=1))
    return small(effects, cautions), Situation("s", facets=facets)


def there(goal: Goal, facets: dict[str, str], frame: Frame) -> bool:
    if isinstance(goal, ValueGoal):
        return facets.get(goal.facet) == goal.value
    return fits(goal.type, facets, frame)


def fits(kind: str, facets: dict[str, str], frame: Frame) -> bool:
    advice = advise(Situation("s", facets=facets), frame)
    return kind in advice.front and not advice.types[kind].cautions


def by_force(
    situation: Situation, frame: Frame, goal: Goal, longest: int
) -> tuple[set[tuple[str, ...]], bool]:
    """Return all shortest legal sequences of effects, tried one by one, and whether more remain."""
    layer: list[tuple[tuple[str, ...], dict[str, str]]] = [((), dict(situation.facets))]
    places = {v.iri: (f.id, v.id) for f in frame.facets.values() for v in f.values.values()}
    seen = [dict(situation.facets)]
    for _ in range(longest + 1):
        reached = {path for path, facets in layer if there(goal, facets, frame)}
        if reached:
            return reached, True
        following = []
        for (path, facets), each in product(layer, frame.effects):
            held = {frame.facets[f].values[v].iri for f, v in facets.items()}
            facet, value = places[each.changes_to]
            after = {**facets, facet: value}
            can = each.changes_from & held and each.requires <= held
            if can and after not in seen and fits(each.type, facets, frame):
                following.append(((*path, each.id), after))
        layer = following
        seen += [after for _, after in layer]
    return set(), bool(layer)


goals = st.one_of(
    st.builds(TypeGoal, st.sampled_from("xyz")),
    st.builds(ValueGoal, st.sampled_from("abc"), st.sampled_from("123")),
)


@pytest.mark.unmeasured
@settings(max_examples=400, deadline=None)
@given(boards(), goals)
def test_search_finds_what_brute_force_finds(board: tuple[Frame, Situation], goal: Goal) -> None:
    frame, situation = board
    result = plans(situation, frame, goal, longest=3)
    expected, more = by_force(situation, frame, goal, 3)
    assert {tuple(path) for path in names(result)} == expected
    assert len(result.found) == len(expected)
    if not expected:
        assert result.ending is (Ending.LONGEST if more else Ending.EXHAUSTED)
    for plan in result.found:
        replay(plan, situation, frame)


@pytest.mark.unmeasured
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
            assert len(full.found[0].steps) <= len(less.found[0].steps)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_every_plan_for_every_shipped_reading_and_goal_replays(
    frame: Frame, readings: list[Situation]
) -> None:
    aims = [TypeGoal(kind) for kind in frame.types]
    aims += [ValueGoal(f.id, v) for f in frame.facets.values() for v in f.values]  # type: ignore[misc]
    gone_through = steps = 0
    for situation, goal in product(readings, aims):
        result = plans(situation, frame, goal)
        assert bool(result.found) == (result.ending is Ending.FOUND)
        assert len({len(plan.steps) for plan in result.found}) <= 1
        for plan in result.found:
            replay(plan, situation, frame)
            states = [situation.facets, *(step.after for step in plan.steps)]
            assert all(one not in states[n + 1 :] for n, one in enumerate(states))
            gone_through += 1
            steps += len(plan.steps)
    assert len(readings) == sum(count_readings().values())
    assert gone_through > 1500
    assert steps > 500


def test_goals_of_all_types_share_one_search(frame: Frame, readings: list[Situation]) -> None:
    for situation in readings[:20]:
        together = plans_for_types(situation, frame)
        for kind, result in together.items():
            assert result == plans(situation, frame, TypeGoal(kind))


@pytest.mark.slow
def test_shipped_effects_never_lengthen_a_plan(frame: Frame, readings: list[Situation]) -> None:
    for situation in readings[::8]:
        full = plans_for_types(situation, frame)
        for left_out in frame.effects:
            fewer = replace(frame, effects=[e for e in frame.effects if e is not left_out])
            for kind, less in plans_for_types(situation, fewer).items():
                if less.found:
                    assert len(full[kind].found[0].steps) <= len(less.found[0].steps)


def test_risks_and_cautions_of_a_state_are_those_of_advice(
    frame: Frame, readings: list[Situation]
) -> None:
    for situation in readings:
        advice = advise(situation, frame)
        held = held_values(situation, frame)
        cautions = holding_cautions(held, frame)
        for kind, entry in advice.types.items():
            assert entry.risks == watched_risks(kind, held, frame)
            assert entry.cautions == tuple(c for c in cautions if c.type == kind)


def test_legitimacy_is_won_first_and_then_there_is_innovation(
    frame: Frame, readings: list[Situation]
) -> None:
    (wigan,) = (reading for reading in readings if reading.id == "wigan-deal/2")
    result = plans(wigan, frame, TypeGoal("systems-innovation"))
    assert names(result) == [["conduct-earns-trust", "leaders-shelter-pioneers"]]
    first, second = result.found[0].steps
    assert first.after == {**first.before, "incumbent-legitimacy": "trusted"}
    assert second.after == {**first.after, "purpose-origin": "pioneers"}
    assert "systems-innovation" not in second.front_before


def test_an_effect_that_stands_attacked_leads_nowhere(
    frame: Frame, readings: list[Situation]
) -> None:
    (wigan,) = (reading for reading in readings if reading.id == "wigan-deal/2")
    goal = TypeGoal("systems-innovation")
    (plan,) = plans(wigan, frame, goal).found
    attacked = Target(plan.steps[0].effect.iri)
    objection = Critique("c", (attacked,), BoundaryQuestion("", ""), "is", "", "", UNDERCUTS)
    criticised = replace(frame, critiques=[objection])
    found = dissent(criticised)
    counted = discount(criticised, found)
    assert plans(wigan, counted, goal).found == ()
    with pytest.raises(BrokenPlan, match="knows no effect 'conduct-earns-trust'"):
        replay(plan, wigan, counted)
    assert [claim.target for claim in bearing(found, wigan, frame)] == [attacked]
    trusted = Situation("s", facets={"incumbent-legitimacy": "trusted"})
    assert bearing(found, trusted, frame) == ()


@pytest.mark.unmeasured
def test_every_text_and_all_data_can_be_made(frame: Frame, readings: list[Situation]) -> None:
    for situation in readings:
        results = list(plans_for_types(situation, frame).values())
        lines = text_of(plans_blocks(results, frame)).splitlines()
        assert all(len(line) <= 100 for line in lines)
        for result in results:
            data = json.loads(json.dumps(plain(result)))
            assert data["goal"] == {"type": result.goal.type}  # type: ignore[union-attr]
            assert len(data["plans"]) == len(result.found)


def test_data_names_what_each_step_changes() -> None:
    frame = small(CHAIN)
    data = plain(plans(at(a="1", b="1", c="1"), frame, ValueGoal("a", "2")))
    assert data["goal"] == {"facet": "a", "value": "2"}
    (step,) = data["plans"][0]["steps"]
    assert step["changes"] == {"a": {"from": "1", "to": "2"}}
    assert (step["type"], step["ground"], step["sources"][0]["id"]) == ("x", "reading", "sysgraph")


def test_shipped_effects_are_of_known_types_and_tell_of_real_cases(frame: Frame) -> None:
    assert {e.type for e in frame.effects} <= set(frame.types)
    facets = {v.iri: f.id for f in frame.facets.values() for v in f.values.values()}
    changed = {facets[e.changes_to] for e in frame.effects}
    assert changed == set(frame.facets) - {"change-aim", "predictability", "stakes", "time-horizon"}
    ids = {case.id for case in frame.cases.values()}
    for each in frame.effects:
        for example in each.examples:
            assert example.partition("he case ")[2].partition(":")[0] in ids
    ours = [e for e in frame.effects if e.ground == "reading"]
    assert len(ours) > len(frame.effects) * 3 // 4
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

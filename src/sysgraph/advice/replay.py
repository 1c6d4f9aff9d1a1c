"""A plan gone through again by plain advice, sharing nothing with the search that found it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sysgraph.advice.board import Advice, advise
from sysgraph.advice.frame import Effect, Frame
from sysgraph.advice.plans import Goal, Plan, Step, ValueGoal
from sysgraph.advice.situation import Situation
from sysgraph.errors import BrokenPlan

__all__ = ["replay"]

Facets = Mapping[str, str]


def replay(plan: Plan, situation: Situation, frame: Frame) -> None:
    """Go through a plan from the start by ``advise`` alone.

    Raises:
        BrokenPlan: a step cannot be made or serves nothing, or the goal is not reached; says
            which and why.
    """
    facets: Facets = situation.facets
    assumed: dict[str, str] = {}
    was: set[tuple[str, str]] = set()
    for number, step in enumerate(plan.steps, 1):
        earlier = plan.steps[number - 2] if number > 1 else None
        _check(number, _fault(step, earlier, facets, frame))
        was |= facets.items() - step.after.items()
        facets = step.after
        assumed |= step.assumed
        if was & facets.items():
            _check(number, "it brings back what an earlier step changed")
        if _advice(facets, frame).front != step.front_after:
            _check(number, "afterwards the front is not what the plan says")
    for number in range(1, len(plan.steps) + 1):
        _check(number, _idle(number, plan, frame))
    if not _reached(plan.goal, facets, frame):
        _check(len(plan.steps), "the goal is not reached")
    if assumed and _reached(plan.goal, {**situation.facets, **assumed}, frame):
        _check(len(plan.steps), "what it assumes would do without it")


def _check(number: int, fault: str) -> None:
    if fault:
        raise BrokenPlan(number, fault)


def _advice(facets: Facets, frame: Frame) -> Advice:
    return advise(Situation("replay", facets=dict(facets)), frame)


def _fault(step: Step, earlier: Step | None, facets: Facets, frame: Frame) -> str:
    """Return what is wrong with a step that is made where these facets are known, or nothing."""
    if (
        step.assumed.keys() & facets.keys()
        or step.before != {**facets, **step.assumed}
        or step.front_before != _advice(step.before, frame).front
    ):
        return "it starts from another situation than the plan says"
    if step.effect not in frame.effects:
        return f"the graph knows no effect '{step.effect.id}'"
    if step.effect.is_choice and (earlier is None or earlier.effect.is_choice):
        return f"'{step.effect.label}' is a choice that no step comes before"
    if step.effect.changes_to not in frame.values:
        return f"'{step.effect.label}' leads to nothing that the graph knows"
    if _led_to(step.effect, step.before, frame) != step.after:
        return "it does not lead to what the plan says"
    return _cannot(step.effect, step.before, frame)


def _cannot(effect: Effect, facets: Facets, frame: Frame) -> str:
    """Return why an effect cannot be brought about where these facets are known, or nothing."""
    advice = _advice(facets, frame).types[effect.type]
    standings = [each.value for each in advice.standings.values() if each.value is not None]
    if not effect.is_led_anyway:
        if advice.gates:
            return f"a gate closes {effect.type} there"
        if not standings or min(standings) < 0:
            return f"{effect.type} is below zero there"
    held = {frame.facets[name].values[value].iri for name, value in facets.items()}
    needed = {frame.values[iri][0].id for iri in effect.requires}
    met = {frame.values[iri][0].id for iri in effect.requires & held}
    if held.isdisjoint(effect.changes_from) or needed != met or effect.never & held:
        return f"'{effect.label}' cannot follow there"
    return ""


def _led_to(effect: Effect, facets: Facets, frame: Frame) -> dict[str, str]:
    facet, value = frame.values[effect.changes_to]
    return {**facets, facet.id: value.id}


def _reached(goal: Goal, facets: Facets, frame: Frame) -> bool:
    if isinstance(goal, ValueGoal):
        return facets.get(goal.facet) == goal.value
    return goal.type in _advice(facets, frame).front


def _idle(number: int, plan: Plan, frame: Frame) -> str:
    """Return that a step harms the goal or serves nothing, or nothing."""
    step, later = plan.steps[number - 1], plan.steps[number:]
    if isinstance(plan.goal, ValueGoal):
        raised = int(step.after.get(plan.goal.facet) == plan.goal.value)
        raised -= int(step.before.get(plan.goal.facet) == plan.goal.value)
    else:
        before, after = (
            _balance(plan.goal.type, each, frame) for each in (step.before, step.after)
        )
        if any(after[test] < before[test] for test in frame.tests):
            return f"it lowers {plan.goal.type}"
        raised = int(after != before)
    return "" if raised > 0 or _is_needed(step, later, frame) else "it serves nothing"


def _balance(kind: str, facets: Facets, frame: Frame) -> dict[str, int]:
    """Return what speaks for a type less what speaks against it, on each test."""
    advice = _advice(facets, frame).types[kind]
    for_it, against = ({r.facet.id for r in each} for each in (advice.supports, advice.undermines))
    return {
        test: sum(f.strength for f in frame.facets.values() if f.test == test and f.id in for_it)
        - sum(f.strength for f in frame.facets.values() if f.test == test and f.id in against)
        for test in frame.tests
    }


def _is_needed(step: Step, later: Sequence[Step], frame: Frame) -> bool:
    """Tell whether one of the later steps could not be made without a step."""
    facets = dict(step.before)
    for following in later:
        facets |= {n: v for n, v in following.assumed.items() if n not in facets}
        if _cannot(following.effect, facets, frame):
            return True
        facets = _led_to(following.effect, facets, frame)
    return False

"""Plans in words and as data: what to lead as first, why, and what to watch at each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sysgraph.advice.frame import Caution, Frame
from sysgraph.advice.plans import Ending, Goal, Plan, Plans, Step, TypeGoal
from sysgraph.advice.watch import WatchedRisk
from sysgraph.render.words import GROUNDS, bullet, clean, credit, paragraph, sentence

__all__ = ["plans_data", "plans_lines"]

_RISKS = 3
_OTHERS = 3

_CARE = (
    "A step names what tends to follow where a type leads, and not what will follow: at each step"
    " look again at what has in fact changed, and ask anew. A plan says nothing of how long a step"
    " takes, and only looks at what the graph knows."
)


def plans_lines(results: Sequence[Plans], frame: Frame) -> Iterator[str]:
    """Yield the lines that tell of the plans for several goals: reached, found, and not found.

    Why an effect tends to follow, and of which cases, is told where it is first met.
    """
    there = [result for result in results if result.found and not result.found[0].steps]
    found = [result for result in results if result.found and result.found[0].steps]
    told: set[str] = set()
    for result in there:
        yield bullet(f"{_reached(result.goal, frame)} already.")
    for result in found:
        yield from _plan_lines(result, frame, told)
    yield from _no_plans([result for result in results if not result.found], frame)
    if found:
        yield paragraph(_CARE)


def _plan_lines(result: Plans, frame: Frame, told: set[str]) -> Iterator[str]:
    plan = result.found[0]
    count = len(plan.steps)
    steps = "one step" if count == 1 else f"{count} steps, and in no fewer"
    yield bullet(f"{_aim(result.goal, frame)}, in {steps}:")
    for number, step in enumerate(plan.steps, 1):
        known = step.effect.iri in told
        told.add(step.effect.iri)
        yield bullet(_step_text(number, step, frame, known=known), f"{number}.", 4)
        yield from (bullet(text, "!", 7) for text in _warnings(step, frame))
        yield from (bullet(text, "·", 7) for text in step.effect.examples if not known)
    yield paragraph(f"Then {_comes(result.goal, frame)}. {_rests(plan)}", 4)
    yield from _others(result, frame)


def _step_text(number: int, step: Step, frame: Frame, *, known: bool) -> str:
    effect = step.effect
    facet, was, becomes = _change(step, frame)
    fits = [f"'{_label(name, step.before, frame)}'" for name in step.supports[:2]]
    speak = " and ".join(fits) + (" speaks for it" if len(fits) == 1 else " speak for it")
    why = f"it fits now: {speak}" if fits else "it is on the front now"
    reason = f" {effect.why} [{credit(effect.ground, effect.sources)}]"
    return (
        f"{'First lead' if number == 1 else 'Then lead'} as {_name(step.type, frame)} ({why}),"
        f" because it tends to turn '{was}' into '{becomes}' ({facet})."
        f"{' Why: see above.' if known else reason}"
    )


def _change(step: Step, frame: Frame) -> tuple[str, str, str]:
    """Return in words which facet a step changes, from what and to what."""
    (name,) = (n for n, value in step.after.items() if step.before.get(n) != value)
    facet = frame.facets[name]
    return clean(facet.label), _label(name, step.before, frame), _label(name, step.after, frame)


def _label(facet: str, values: Mapping[str, str], frame: Frame) -> str:
    return clean(frame.facets[facet].values[values[facet]].label)


def _warnings(step: Step, frame: Frame) -> Iterator[str]:
    """Yield what to watch at a step: the risks that are greater there, and the cautions."""
    greater = [watched for watched in step.risks if watched.heightened_by]
    shown = (greater or list(step.risks))[:_RISKS]
    if shown:
        yield f"Watch at this step: {'; '.join(_risk(watched) for watched in shown)}."
    for caution in step.begun:
        yield f"From here on: {_caution(caution, frame)}"
    for caution in step.ended:
        yield f"No longer: {_caution(caution, frame)}"


def _risk(watched: WatchedRisk) -> str:
    here = watched.heightened_by
    return clean(watched.risk.label) + (f" (greater here: {', '.join(here)})" if here else "")


def _caution(caution: Caution, frame: Frame) -> str:
    ground = GROUNDS.get(caution.ground, caution.ground)
    return f"a caution against {_name(caution.type, frame)}. {caution.message} ({ground})"


def _rests(plan: Plan) -> str:
    if plan.grounds == ("reading",):
        return "This rests on our reading alone."
    rests = " and ".join(f"{GROUNDS.get(ground, ground)}" for ground in plan.grounds)
    return f"What the steps rest on: {rests}."


def _others(result: Plans, frame: Frame) -> Iterator[str]:
    """Yield the other plans in a line each, those of the same steps in another order once."""
    first = frozenset(step.effect.iri for step in result.found[0].steps)
    kinds: dict[frozenset[str], list[Plan]] = {}
    for plan in result.found:
        kinds.setdefault(frozenset(step.effect.iri for step in plan.steps), []).append(plan)
    orders = len(kinds.pop(first)) - 1
    if orders:
        also = "one other order" if orders == 1 else f"{orders} other orders"
        yield paragraph(f"These steps also hold in {also}.", 4)
    others = list(kinds.values())
    for plans in others[:_OTHERS]:
        steps = "; then ".join(
            f"{_name(step.type, frame)} ({clean(step.effect.label)})" for step in plans[0].steps
        )
        yield bullet(f"Or: {steps}.", "·", 4)
    if len(others) > _OTHERS:
        yield bullet(f"and {len(others) - _OTHERS} more ways of as many steps", "+", 4)


def _no_plans(results: Sequence[Plans], frame: Frame) -> Iterator[str]:
    """Yield why there is no plan, once for all goals of which the same is to be said."""
    whys: dict[str, list[str]] = {}
    for result in results:
        whys.setdefault(_no_plan(result), []).append(_named(result.goal, frame))
        if isinstance(result.goal, TypeGoal) and result.goal.type in result.front:
            name = _name(result.goal.type, frame)
            yield bullet(f"{name} is on the front, but a caution holds against it there.")
    for why, goals in whys.items():
        yield bullet(f"No plan for {', '.join(goals)}: {why}")


def _no_plan(result: Plans) -> str:
    if not result.front:
        return "too little is known to say which type fits, so no first step can be named."
    if result.ending is Ending.LONGEST:
        return (
            f"no path of at most {result.longest} steps is known to the graph; longer ones were"
            " not looked for."
        )
    if result.states == 1:
        return (
            "no path is known to the graph. None of the effects that it knows can start from what"
            " is known here, led by a type that is on the front with no caution against it."
        )
    return (
        f"no path is known to the graph. All {result.states} states that can be reached from here"
        " were looked at, and it is so in none of them."
    )


def _name(kind: str, frame: Frame) -> str:
    entry = frame.types[kind]
    return f"{entry.number} {clean(entry.label)}"


def _named(goal: Goal, frame: Frame) -> str:
    if isinstance(goal, TypeGoal):
        return _name(goal.type, frame)
    facet = frame.facets[goal.facet]
    return f"'{clean(facet.values[goal.value].label)}' ({clean(facet.label)})"


def _aim(goal: Goal, frame: Frame) -> str:
    onto = " onto the front" if isinstance(goal, TypeGoal) else ""
    return f"To {'bring' if onto else 'come to'} {_named(goal, frame)}{onto}"


def _reached(goal: Goal, frame: Frame) -> str:
    if isinstance(goal, TypeGoal):
        return f"{_name(goal.type, frame)} is on the front, with no caution against it,"
    return f"{sentence(_named(goal, frame))} is there"


def _comes(goal: Goal, frame: Frame) -> str:
    if isinstance(goal, TypeGoal):
        return f"{_name(goal.type, frame)} comes onto the front, with no caution against it"
    return f"{_named(goal, frame)} is reached"


def plans_data(result: Plans) -> dict[str, Any]:
    """Return plans as JSON-ready data; each changed value stands in ``changes``."""
    goal = result.goal
    return {
        "goal": {"type": goal.type}
        if isinstance(goal, TypeGoal)
        else {"facet": goal.facet, "value": goal.value},
        "ending": result.ending.value,
        "longest": result.longest,
        "states": result.states,
        "plans": [
            {"grounds": list(plan.grounds), "steps": [_step_data(step) for step in plan.steps]}
            for plan in result.found
        ],
    }


def _step_data(step: Step) -> dict[str, Any]:
    effect = step.effect
    changes = {
        name: {"from": step.before.get(name), "to": value}
        for name, value in step.after.items()
        if step.before.get(name) != value
    }
    return {
        "type": step.type,
        "effect": effect.iri,
        "label": effect.label,
        "why": effect.why,
        "ground": effect.ground,
        "sources": [
            {"id": s.id, "citation": s.citation, "checking": s.checking, "url": s.url}
            for s in effect.sources
        ],
        "examples": list(effect.examples),
        "changes": changes,
        "supports": list(step.supports),
        "front_before": list(step.front_before),
        "front_after": list(step.front_after),
        "risks": [
            {"id": watched.risk.id, "heightened_by": list(watched.heightened_by)}
            for watched in step.risks
        ],
        "cautions_begun": [caution.iri for caution in step.begun],
        "cautions_ended": [caution.iri for caution in step.ended],
    }

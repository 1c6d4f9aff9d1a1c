"""What to lead as together with another type, or after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sysgraph.advice.board import Evidence, WatchedRisk
from sysgraph.advice.frame import Caution, Frame
from sysgraph.advice.plans import Ending, Goal, Plans, Step, TypeGoal
from sysgraph.advice.robust import Combination
from sysgraph.pages.blocks import Block, Item, Paragraph
from sysgraph.pages.words import credit, ground_name, grouped, label_of, sentence, type_name

__all__ = ["combinations_blocks", "plans_blocks"]

_CASES = 3
_RISKS = 3
_PLANS = 3
_CARE_WITH_PAIRS = (
    "The types overlap, and one practice may be led in the ways of several. What one brings where"
    " the other lacks is told facet by facet and never added up; that two were led together does"
    " not tell that this is why it turned out as it did."
)
_CARE_WITH_PLANS = (
    "A step names what tends to follow where a type leads, and not what will follow: at each step"
    " look again at what has in fact changed, and ask anew. A plan says nothing of how long a step"
    " takes, and only looks at what the graph knows."
)


def combinations_blocks(found: Sequence[Combination], frame: Frame) -> Iterator[Block]:
    """Yield those pairs of which one lacks what the other brings, or that have cases.

    The rest are named at the end, so that nobody takes silence for an answer.
    """
    told = [each for each in found if each.complements or each.case_count]
    for each in told:
        yield from _pair_blocks(each, frame)
    silent = [_pair(each, frame) for each in found if each not in told]
    if silent:
        yield Item(f"The graph holds nothing on these as pairs: {'; '.join(silent)}.")
    if told:
        yield Paragraph(_CARE_WITH_PAIRS)


def _pair(each: Combination, frame: Frame) -> str:
    return " with ".join(type_name(kind, frame) for kind in each.types)


def _pair_blocks(each: Combination, frame: Frame) -> Iterator[Block]:
    fronts = " and ".join(type_name(kind, frame) for kind in each.on_front)
    yield Item(f"{_pair(each, frame)} (on the front: {fronts})")
    for test in frame.tests:
        for complement in each.complements:
            facet = complement.facet
            if facet.test == test:
                yield Item(
                    f"On '{facet.test}': '{label_of(facet, complement.value)}' ({facet.label})"
                    f" speaks against {type_name(complement.lacks, frame)} and for"
                    f" {type_name(complement.brings, frame)}.",
                    depth=2,
                )
    for caution in each.cautions:
        yield Item(sentence(_caution(caution, ":", frame)), "!", 2)
    greater = [watched for watched in each.risks if watched.heightened_by][:_RISKS]
    if greater:
        told = "; ".join(_risk(watched, "") for watched in greater)
        yield Item(f"Risks that both bring and that are greater here: {told}.", "!", 2)
    yield from _cases(each, frame)


def _cases(each: Combination, frame: Frame) -> Iterator[Block]:
    if not each.case_count:
        yield Item("No case is recorded as led in both ways.", depth=2)
        return
    cases = "One case is" if each.case_count == 1 else f"{each.case_count} cases are"
    failed = f"{each.failure_count or 'none'} of them (x) not well led, contested or not working"
    yield Item(f"{cases} coded as both; {failed}:", depth=2)
    for evidence in each.cases[:_CASES]:
        yield Item(_case(evidence, frame), "x" if evidence.failed else "·", 3)
    if each.case_count > _CASES:
        yield Item(f"and {each.case_count - _CASES} more", "+", 3)


def _case(evidence: Evidence, frame: Frame) -> str:
    case = evidence.case
    checked = "" if case.checked else "; citations unchecked"
    return (
        f"{case.title} [{case.id}], mainly {type_name(case.type, frame)}: led {case.led}, working"
        f" {case.working}; shares {evidence.shared} of the {evidence.compared} facets known of"
        f" both{checked}"
    )


def plans_blocks(results: Sequence[Plans], frame: Frame) -> Iterator[Block]:
    """Yield what is to tell of the plans for several goals: reached, found, and not found.

    Why an effect tends to follow, and of which cases, is told where it is first met.
    """
    told: set[str] = set()
    for result in results:
        if result.found and not result.found[0].steps:
            yield Item(f"{_goal(result.goal, frame)[1]} already.")
    found = [result for result in results if result.found and result.found[0].steps]
    for result in found:
        yield from _plan_blocks(result, frame, told)
    yield from _no_plans([result for result in results if not result.found], frame)
    if found:
        yield Paragraph(_CARE_WITH_PLANS)


def _plan_blocks(result: Plans, frame: Frame, told: set[str]) -> Iterator[Block]:
    plan = result.found[0]
    aim, _, comes = _goal(result.goal, frame)
    count = len(plan.steps)
    steps = "one step" if count == 1 else f"{count} steps, and in no fewer"
    yield Item(f"{aim}, in {steps}:")
    for place, step in enumerate(plan.steps, 1):
        known = step.effect.iri in told
        told.add(step.effect.iri)
        yield Item(_step_text(place, step, frame, known=known), f"{place}.", 2)
        yield from (Item(text, "!", 3) for text in _warnings(step, frame))
        yield from (Item(text, depth=3) for text in step.effect.examples if not known)
    rests = f"What the steps rest on: {' and '.join(map(ground_name, plan.grounds))}."
    if plan.grounds == ("reading",):
        rests = "This rests on our reading alone."
    yield Paragraph(f"Then {comes}. {rests}", 2)
    yield from _others(result, frame)


def _step_text(number: int, step: Step, frame: Frame, *, known: bool) -> str:
    effect = step.effect
    (facet,) = (frame.facets[n] for n, v in step.after.items() if step.before.get(n) != v)
    was, becomes = (label_of(facet, at[facet.id]) for at in (step.before, step.after))
    fits = [f"'{label_of(frame.facets[n], step.before[n])}'" for n in step.supports[:2]]
    speak = " and ".join(fits) + (" speaks for it" if len(fits) == 1 else " speak for it")
    why = f"it fits now: {speak}" if fits else "it is on the front now"
    reason = f" {effect.why} [{credit(effect.ground, effect.sources)}]"
    return (
        f"{'First lead' if number == 1 else 'Then lead'} as {type_name(step.type, frame)} ({why}),"
        f" because it tends to turn '{was}' into '{becomes}' ({facet.label})."
        f"{' Why: see above.' if known else reason}"
    )


def _warnings(step: Step, frame: Frame) -> Iterator[str]:
    """Yield what to watch at a step: the risks that are greater there, and the cautions."""
    greater = [watched for watched in step.risks if watched.heightened_by]
    shown = (greater or list(step.risks))[:_RISKS]
    if shown:
        yield f"Watch at this step: {'; '.join(_risk(watched) for watched in shown)}."
    for since, cautions in (("From here on", step.begun), ("No longer", step.ended)):
        yield from (f"{since}: a {_caution(caution, '.', frame)}" for caution in cautions)


def _risk(watched: WatchedRisk, greater: str = "greater here: ") -> str:
    here = watched.heightened_by
    return watched.risk.label + (f" ({greater}{', '.join(here)})" if here else "")


def _caution(caution: Caution, sign: str, frame: Frame) -> str:
    against = f"caution against {type_name(caution.type, frame)}"
    return f"{against}{sign} {caution.message} ({ground_name(caution.ground)})"


def _others(result: Plans, frame: Frame) -> Iterator[Block]:
    """Yield the other plans in a line each, those of the same steps in another order once."""
    same, *others = grouped(
        result.found, lambda plan: frozenset(step.effect.iri for step in plan.steps)
    ).values()
    orders = len(same) - 1
    if orders:
        more = "one other order" if orders == 1 else f"{orders} other orders"
        yield Paragraph(f"These steps also hold in {more}.", 2)
    for plan, *_ in others[:_PLANS]:
        steps = "; then ".join(
            f"{type_name(step.type, frame)} ({step.effect.label})" for step in plan.steps
        )
        yield Item(f"Or: {steps}.", depth=2)
    if len(others) > _PLANS:
        yield Item(f"and {len(others) - _PLANS} more ways of as many steps", "+", 2)


def _no_plans(results: Sequence[Plans], frame: Frame) -> Iterator[Block]:
    """Yield why there is no plan, once for all goals of which the same is to be said."""
    for result in results:
        if isinstance(result.goal, TypeGoal) and result.goal.type in result.front:
            name = type_name(result.goal.type, frame)
            yield Item(f"{name} is on the front, but a caution holds against it there.")
    for why, alike in grouped(results, _no_plan).items():
        goals = ", ".join(_named(result.goal, frame) for result in alike)
        yield Item(f"No plan for {goals}: {why}")


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


def _named(goal: Goal, frame: Frame) -> str:
    if isinstance(goal, TypeGoal):
        return type_name(goal.type, frame)
    facet = frame.facets[goal.facet]
    return f"'{label_of(facet, goal.value)}' ({facet.label})"


def _goal(goal: Goal, frame: Frame) -> tuple[str, str, str]:
    """Return a goal as something to do, as reached already, and as what then comes about."""
    named = _named(goal, frame)
    if not isinstance(goal, TypeGoal):
        return f"To come to {named}", f"{sentence(named)} is there", f"{named} is reached"
    front = "the front, with no caution against it"
    comes = f"{named} comes onto {front}"
    return f"To bring {named} onto the front", f"{named} is on {front},", comes

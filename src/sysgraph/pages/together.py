"""What to lead as together with another type, or after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sysgraph.advice.board import Evidence
from sysgraph.advice.doing import ROLE, answer_to, move_for
from sysgraph.advice.frame import Caution, Frame, Gate
from sysgraph.advice.plans import Ending, Goal, Plan, Plans, Step, TypeGoal
from sysgraph.advice.risks import WatchedRisk
from sysgraph.advice.robust import Combination
from sysgraph.advice.situation import Situation
from sysgraph.pages.blocks import Block, Item, Paragraph
from sysgraph.pages.words import (
    clause,
    counted,
    credit,
    ground_name,
    grouped,
    label_of,
    listing,
    sentence,
    type_name,
)
from sysgraph.terms import PREFIXES

__all__ = ["combinations_blocks", "plans_blocks"]

_CASES = 3
_RISKS = 3
_CARE_WITH_PAIRS = (
    "The types overlap, and one practice may be led in the ways of several. What one brings where"
    " the other lacks is told facet by facet and never added up; that two were led together does"
    " not tell that this is why it turned out as it did."
)
_CARE_WITH_PLANS = (
    "A step names what tends to follow, and not what will: at each step look again at what has in"
    " fact changed, and ask anew. Who leads a step is often not whoever asks. How long a step takes"
    " is a rough reading of ours, and no plan here was tried as a whole."
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
    found = [(result.found, result.situation) for result in results if result.found]
    for plan, _ in found:
        if not plan.steps:
            yield Item(f"{_goal(plan.goal, frame)[1]} already.")
            yield from (Item(text, "!", 2) for text in _kept(plan, frame))
    ahead = [(plan, situation) for plan, situation in found if plan.steps]
    for plan, situation in ahead:
        yield from _plan_blocks(plan, situation, frame, told)
    yield from _no_plans([result for result in results if not result.found], frame)
    if ahead:
        yield Paragraph(_CARE_WITH_PLANS)


def _plan_blocks(plan: Plan, situation: Situation, frame: Frame, told: set[str]) -> Iterator[Block]:
    aim, _, comes = _goal(plan.goal, frame)
    yield Item(f"{aim}, in {counted(len(plan.steps), 'step')}:")
    for place, step in enumerate(plan.steps, 1):
        known = step.effect.iri in told
        told.add(step.effect.iri)
        yield Item(_step_text(place, step, frame, known=known), f"{place}.", 2)
        yield Item(f"{_leads(step.type, situation, frame)}{_measure(step, frame)}", depth=3)
        yield from (Item(text, "!", 3) for text in _warnings(step, frame))
        yield from (Item(text, depth=3) for text in step.effect.examples if not known)
    rests = f"What the steps rest on: {listing(map(ground_name, plan.grounds))}."
    if plan.grounds == ("reading",):
        rests = "This rests on our reading alone."
    yield Paragraph(f"Then {comes}. {rests}", 2)
    yield from (Item(text, "!", 2) for text in _kept(plan, frame))


def _step_text(number: int, step: Step, frame: Frame, *, known: bool) -> str:
    effect = step.effect
    facet, _ = frame.values[effect.changes_to]
    was, becomes = (clause(facet, at[facet.id]) for at in (step.before, step.after))
    given = [clause(frame.facets[name], value) for name, value in step.assumed.items()]
    provided = f", if it is so that {listing(given)}" if given else ""
    begin = f"{'First' if number == 1 else 'Then'}{provided}, "
    if effect.is_choice:
        does = f"a choice, once that is done: {becomes}, where so far {was}."
    else:
        does = f"it tends to come about that {becomes}, where now {was}."
    reason = f" {effect.why} [{credit(effect.ground, effect.sources)}]"
    return (
        f"{begin}led as {_way(step.type, frame)}: {does}{' Why: see above.' if known else reason}"
    )


def _leads(kind: str, situation: Situation, frame: Frame) -> str:
    """Return who leads in the way of a type, and what part is that of whoever asks, if told."""
    role = answer_to(ROLE, situation, frame)
    move = move_for(f"{PREFIXES['type']}{kind}", role.iri, frame) if role else None
    part = f"For you: {move.stance}" if move and move.stance else ""
    return " ".join((*filter(None, (frame.types[kind].one_line, part)), ""))


def _measure(step: Step, frame: Frame) -> str:
    """Return how long a step takes, by what it is seen to work, and when to stop."""
    effect = step.effect
    facet, value = frame.values[effect.changes_to]
    sign = f"{'It is time' if effect.is_choice else 'It has worked'} when {effect.sign}."
    if not effect.sign:
        sign = f"Ask those affected whether it is so that {clause(facet, value.id)}."
    time = f"About how long: {effect.takes}." if effect.takes else "How long is not known."
    parts = ["" if effect.is_choice else time, sign, _end(step, frame)]
    return " ".join(filter(None, parts))


def _end(step: Step, frame: Frame) -> str:
    """Return when to stop a step: no sign, or what it needs has ended."""
    pairs = ((facet, value) for facet, value in frame.values.values())
    needs, never = [], []
    for facet, value in pairs:
        if value.iri in step.effect.requires and step.before.get(facet.id) == value.id:
            needs.append(clause(facet, value.id))
        if value.iri in step.effect.never:
            never.append(clause(facet, value.id))
    ends = [f"if it is no longer so that {listing(needs)}"] * bool(needs)
    ends += [f"if it is so that {listing(never, 'or')}"] * bool(never)
    return f"Stop, and ask anew, {listing(['if no such sign comes', *ends], 'or')}."


def _warnings(step: Step, frame: Frame) -> Iterator[str]:
    """Yield what to watch at a step: the risks that are greater there, gates and cautions."""
    greater = [watched for watched in step.risks if watched.heightened_by]
    shown = (greater or list(step.risks))[:_RISKS]
    if shown:
        yield f"Watch at this step: {'; '.join(_risk(watched) for watched in shown)}."
    for gate in step.gates:
        yield f"Closed until this is done: {_gate(gate, frame)} The step mends that, and only that."
    for caution in step.cautions:
        yield f"At this step: a {_caution(caution, '.', frame)}"
    for gate in step.gates_begun:
        yield f"From here on closed: {_gate(gate, frame)} What would open it: {gate.lift}"
    for gate in step.gates_ended:
        again = _way(gate.type, frame) + "." if gate in step.gates else _gate(gate, frame)
        yield f"No longer closed: {again}"
    for since, cautions in (("From here on", step.begun), ("No longer", step.ended)):
        yield from (f"{since}: a {_caution(caution, '.', frame)}" for caution in cautions)


def _kept(plan: Plan, frame: Frame) -> Iterator[str]:
    """Yield the cautions against what a plan leads to."""
    yield from (f"There is a {_caution(caution, '.', frame)}" for caution in plan.cautions)


def _risk(watched: WatchedRisk, greater: str = "greater here: ") -> str:
    here = watched.heightened_by
    return watched.risk.label + (f" ({greater}{', '.join(here)})" if here else "")


def _gate(gate: Gate, frame: Frame) -> str:
    return f"{_way(gate.type, frame)}. {gate.message} ({ground_name(gate.ground)})"


def _caution(caution: Caution, sign: str, frame: Frame) -> str:
    against = f"caution against {_way(caution.type, frame)}"
    return f"{against}{sign} {caution.message} ({ground_name(caution.ground)})"


def _no_plans(results: Sequence[Plans], frame: Frame) -> Iterator[Block]:
    """Yield why there is no plan, once for all goals of which the same is to be said."""
    for why, alike in grouped(results, lambda result: _no_plan(result, frame)).items():
        goals = listing((_named(result.goal, frame) for result in alike), "or")
        yield Item(f"To {goals}: {why}")


def _no_plan(result: Plans, frame: Frame) -> str:
    if not frame.board.counted(result.situation.facets):
        return "too little is known to say who could lead a first step."
    if result.ending is Ending.LONGEST:
        return (
            f"we know no path there from here of at most {counted(result.longest, 'step')}. Longer"
            " ones were not looked for."
        )
    return "we know no path there from here."


def _way(kind: str, frame: Frame) -> str:
    """Return what we call a type, in quotes, or its number and label where it has no such name."""
    plain = frame.types[kind].plain_name
    return f"'{plain}'" if plain else type_name(kind, frame)


def _named(goal: Goal, frame: Frame) -> str:
    if isinstance(goal, TypeGoal):
        return _way(goal.type, frame)
    facet = frame.facets[goal.facet]
    return f"'{label_of(facet, goal.value)}' ({facet.label})"


def _goal(goal: Goal, frame: Frame) -> tuple[str, str, str]:
    """Return a goal as something to do, as reached already, and as what then comes about."""
    named = _named(goal, frame)
    if not isinstance(goal, TypeGoal):
        return f"To come to {named}", f"{sentence(named)} is there", f"{named} is reached"
    return f"To come to {named}", f"{sentence(named)} comes first", f"{named} comes first"

"""What would change the answer, in words and for a machine.

What holds whatever the unknown turns out to be, and what to ask next, in words.
How far the front holds and what it rests on, in words and for a machine.
Pairs of types in words and as data: what each brings the other, and what came of it.
Plans in words and as data: what to lead as first, why, and what to watch at each step.
Why each type is not on the front, in words and for a machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sysgraph.advice.board import Evidence, WatchedRisk
from sysgraph.advice.certainty import Certainty, Question, count_open
from sysgraph.advice.changes import Assignment, Change, Changes, Dominator, Why, WhyNot
from sysgraph.advice.frame import Caution, Consideration, Facet, Frame
from sysgraph.advice.plans import Ending, Goal, Plan, Plans, Step, TypeGoal
from sysgraph.advice.robust import Combination, Complement, Prop, Range, Robustness
from sysgraph.errors import clean
from sysgraph.pages.words import GROUNDS, bullet, cite, credit, listing, number, paragraph, sentence

__all__ = [
    "certainty_lines",
    "change_text",
    "changes_data",
    "changes_lines",
    "clause",
    "combinations_data",
    "combinations_lines",
    "ground_lines",
    "name_types",
    "plans_data",
    "plans_lines",
    "question_data",
    "question_lines",
    "robust_data",
    "robust_lines",
    "why_data",
    "why_lines",
]

_WHO = {
    "by-you": "you can change this",
    "by-others": "others must change this",
    "fixed": "nobody can choose this",
}


def changes_lines(result: Changes, frame: Frame, *, shown: int = 3) -> Iterator[str]:
    """Yield what would bring each type onto the front or push it off, the smallest first."""
    for kind, entry in frame.types.items():
        found = result.of(kind)
        if not found:
            continue
        does = "would join the front" if found[0].joins else "would leave the front"
        yield paragraph(f"{entry.number} {sentence(entry.label)} {does}")
        yield from way_lines(found, shown)
    still = [f"{e.number} {e.label}" for kind, e in frame.types.items() if not result.of(kind)]
    limit = "" if result.complete else f" of up to {_count(result.most or 0)}"
    if still:
        yield paragraph(f"No change{limit} would move {listing(still, 'or')}.")
    if not result.complete:
        yield paragraph(f"Changes of more than {_count(result.most or 0)} were not looked for.")
    yield paragraph(
        "By whom something can be changed is our reading, and may differ where you are."
    )


def way_lines(found: Sequence[Change], shown: int, lead: str = "") -> Iterator[str]:
    """Yield the first ways, of those that change the same facets one with a count of the rest."""
    ways: dict[tuple[str, ...], list[Change]] = {}
    for change in found:
        ways.setdefault(tuple(change.facets), []).append(change)
    for first, *others in list(ways.values())[:shown]:
        more = len(others)
        also = f"; {more} other answer{'s' * (more > 1)} would do as well" if more else ""
        yield bullet(f"{lead}{change_text(first)}{also}")
    rest = sum(len(way) for way in list(ways.values())[shown:])
    if rest:
        yield bullet(f"and {rest} more way{'s' * (rest > 1)}", "+")


def _count(number: int) -> str:
    return "one fact" if number == 1 else f"{number} facts at once"


def change_text(change: Change) -> str:
    """Return a change as the condition of a sentence, with who can make it."""
    found = [each for each in change.assignments if each.was is None]
    made = [each for each in change.assignments if each.was is not None]
    parts = []
    if made:
        parts.append(f"it came about that {_clauses(made)}")
    if found:
        parts.append(f"it turned out that {_clauses(found)}")
    return f"if {', and '.join(parts)} ({'; '.join(_who(made, found))})"


def _clauses(assignments: Sequence[Assignment]) -> str:
    return ", and that ".join(clause(each.facet, each.becomes) for each in assignments)


def _who(made: Sequence[Assignment], found: Sequence[Assignment]) -> Iterator[str]:
    """Yield who can make the changes of known facts, and that unknown ones are to be found out."""
    kinds = dict.fromkeys(each.changeable for each in made)
    if len(kinds) == 1:
        (kind,) = kinds
        if kind in _WHO:
            yield _WHO[kind] if len(made) == 1 else _WHO[kind].replace("this", "these")
    else:
        for kind in kinds:
            labels = [each.facet.label for each in made if each.changeable == kind]
            yield f"{_WHO.get(kind, kind)}: {listing(labels)}"
    if found:
        yield "not known yet" if not made else "the rest is not known yet"


def clause(facet: Facet, value: str) -> str:
    """Return that a facet has a value, in words that can follow "if"."""
    entry = facet.values[value]
    return clean(entry.clause or f"'{facet.label}' is '{entry.label}'")


def changes_data(result: Changes) -> dict[str, Any]:
    """Return all changes for a machine."""
    return {
        "most": result.most,
        "complete": result.complete,
        "changes": [change_data(change) for change in result.found],
    }


def change_data(change: Change) -> dict[str, Any]:
    """Return one change for a machine. ``was`` is null where the facet was not known."""
    return {
        "type": change.type,
        "joins": change.joins,
        "changeable": change.changeable,
        "assignments": [
            {
                "facet": each.facet.id,
                "was": each.was,
                "becomes": each.becomes,
                "changeable": each.changeable,
                "clause": clause(each.facet, each.becomes),
            }
            for each in change.assignments
        ],
    }


_WORDS = {
    Certainty.CERTAIN: "Worth considering first, whatever the answers",
    Certainty.POSSIBLE: "Worth considering first for some answers and not for others",
    Certainty.NOT: "Not worth considering first, whatever the answers",
}


def name_types(kinds: Iterator[str] | list[str], frame: Frame) -> str:
    """Return types by number and label, in the order of their numbers."""
    named = sorted((frame.types[kind] for kind in kinds), key=lambda each: each.number)
    return listing(f"{each.number} {clean(each.label)}" for each in named)


def certainty_lines(standing: Mapping[str, Certainty], unknown: int, frame: Frame) -> Iterator[str]:
    """Yield which types are certainly, possibly or not on the front, over all completions."""
    if not unknown:
        yield paragraph("Every question about the situation is answered, so nothing is left open.")
        return
    questions = "the one question" if unknown == 1 else f"the {unknown} questions"
    yield paragraph(f"Over all the answers that {questions} still open could have:")
    for certainty, words in _WORDS.items():
        kinds = [kind for kind, each in standing.items() if each is certainty]
        if kinds:
            yield bullet(f"{words}: {name_types(kinds, frame)}.")
    if not count_open(standing):
        yield paragraph("So no answer could change what is worth considering first.")


def question_lines(question: Question | None, frame: Frame) -> Iterator[str]:
    """Yield the question that settles most, with what each answer to it would do."""
    if question is None:
        return
    facet = frame.facets[question.facet]
    yield paragraph(
        f"Ask next ({facet.id}): {clean(facet.label)}, that is, {clean(facet.definition)}."
        f" Now {question.open_now} types are open; an answer leaves"
        f" {float(question.open_after):.1f} open on average."
    )
    for value, standing in question.answers.items():
        yield bullet(
            f"{sentence(facet.values[value].label)}: {_certainty_effect(standing, frame)}."
        )


def _certainty_effect(standing: Mapping[str, Certainty], frame: Frame) -> str:
    parts = []
    for certainty, words in (
        (Certainty.CERTAIN, "first for certain"),
        (Certainty.NOT, "out"),
        (Certainty.POSSIBLE, "still open"),
    ):
        kinds = [kind for kind, each in standing.items() if each is certainty]
        if kinds:
            parts.append(f"{words}: {name_types(kinds, frame)}")
    return "; ".join(parts)


def certainty_data(standing: Mapping[str, Certainty]) -> dict[str, str]:
    """Return "certainly", "possibly" or "not" by type."""
    return {kind: each.value for kind, each in standing.items()}


def question_data(question: Question | None) -> dict[str, Any] | None:
    """Return the next question with what each of its answers would make of each type."""
    if question is None:
        return None
    return {
        "facet": question.facet,
        "open_now": question.open_now,
        "open_after": float(question.open_after),
        "answers": {v: certainty_data(standing) for v, standing in question.answers.items()},
    }


_TOLD = {
    "stated": "what a source states",
    "attributed": "what is attributed to a source",
    "reading": "our reading",
}


def robust_lines(result: Robustness, frame: Frame) -> Iterator[str]:
    """Yield what the front rests on, and how far each strength may move before it changes."""
    yield from ground_lines(result, frame)
    yield from _single_lines(result, frame)
    yield from _range_lines(result, frame)
    yield paragraph("It rests on no case: cases are shown beside it and do not move it.")
    if result.origin:
        yield paragraph(
            f"The situation itself is one reading of the case '{result.origin.case}', as seen by:"
            f" {result.origin.standpoint}; contributed by {result.origin.contributor}."
            " Whoever reads it otherwise may get another answer."
        )


def ground_lines(result: Robustness, frame: Frame) -> Iterator[str]:
    """Yield on which ground the front rests: what is stated, attributed, or our reading."""
    if not result.front:
        yield paragraph("There is no front yet, and so nothing that it could rest on.")
        return
    for ground in result.rests_on:
        told = _TOLD.get(ground, ground)
        alone = ground in result.rests_alone_on
        how = f"{told} alone" if alone else f"{told}, though not alone"
        yield paragraph(
            f"This rests on {how}: without it, {_effect(result.without[ground], frame)}."
        )
    if not result.rests_on:
        told = listing([_TOLD.get(ground, ground) for ground in result.without], "or")
        what = f"leave out {told}" if told else "leave out what you will"
        yield paragraph(f"This rests on no single ground: {what}, and the front is the same.")


def _effect(prop: Prop, frame: Frame) -> str:
    """Return what becomes of the front."""
    if not prop.front:
        return "there would be no front"
    moves = [
        f"{listing([f'{frame.types[kind].number} {frame.types[kind].label}' for kind in kinds])}"
        f" would {verb} the front"
        for kinds, verb in ((prop.leaves, "leave"), (prop.joins, "join"))
        if kinds
    ]
    return listing(moves)


def _single_lines(result: Robustness, frame: Frame) -> Iterator[str]:
    if result.considerations:
        yield paragraph("Take away one of these, and the front is another")
        for each, prop in result.considerations:
            told = f"because {_because(each, frame)} [{credit(each.ground, each.sources)}]"
            yield bullet(f"{told}: without this, {_effect(prop, frame)}")
    elif result.front:
        yield paragraph("It rests on no single consideration.")
    if result.sources:
        yield paragraph("Take away all that rests on one source alone, and the front is another")
        for source, prop in result.sources:
            told = cite([source]) if source.id != "sysgraph" else "sysgraph's own reading"
            yield bullet(f"{told}: without it, {_effect(prop, frame)}")
    elif result.front:
        yield paragraph("It rests on no single source.")
    if result.facets:
        yield paragraph("If one of these were not known, the front would be another")
        for facet, prop in result.facets:
            yield bullet(f"{facet.label}: {_effect(prop, frame)}")
    elif result.front:
        yield paragraph("It rests on no single fact of the situation.")


def _because(consideration: Consideration, frame: Frame) -> str:
    return next(
        clause(facet, value.id)
        for facet in frame.facets.values()
        for value in facet.values.values()
        if value.iri == consideration.value
    )


def _range_lines(result: Robustness, frame: Frame) -> Iterator[str]:
    bounded = [name for name, each in result.ranges.items() if not _is_everything(each)]
    free = [frame.facets[name].label for name in result.ranges if name not in bounded]
    if bounded:
        yield paragraph(
            "How strongly each facet counts, from 1 to 3, is our reading. The front stays as it"
            " is, if one strength is moved and the others are not, with"
        )
        for name in bounded:
            facet = frame.facets[name]
            yield bullet(f"{facet.label}: {range_text(result.ranges[name])} (now {facet.strength})")
    if free:
        yield paragraph(f"Any strength at all of these would leave it as it is: {listing(free)}.")


def _is_everything(each: Range) -> bool:
    return each.low == 0 and each.holds_low and each.high is None


def range_text(each: Range) -> str:
    """Return an interval in words.

    >>> from fractions import Fraction
    >>> range_text(Range(Fraction(1), False, Fraction(5, 2), True))
    'above 1 and up to 5/2'
    >>> range_text(Range(Fraction(0), True, Fraction(3), False)), range_text(
    ...     Range(Fraction(2), True, Fraction(2), True))
    ('below 3', 'at 2 only')
    """
    if each.low == each.high:
        return f"at {each.low} only"
    parts = []
    if each.low > 0 or not each.holds_low:
        parts.append(f"from {each.low}" if each.holds_low else f"above {each.low}")
    if each.high is not None:
        parts.append(f"up to {each.high}" if each.holds_high else f"below {each.high}")
    return " and ".join(parts) or "at any strength"


def robust_data(result: Robustness) -> dict[str, Any]:
    """Return the same for a machine. Strengths are exact, as text such as ``5/2``."""
    return {
        "front": list(result.front),
        "ranges": {
            name: {
                "low": str(each.low),
                "holds_low": each.holds_low,
                "high": None if each.high is None else str(each.high),
                "holds_high": each.holds_high,
            }
            for name, each in result.ranges.items()
        },
        "rests_on": {
            "considerations": _props([prop for _, prop in result.considerations]),
            "sources": _props([prop for _, prop in result.sources]),
            "facets": _props([prop for _, prop in result.facets]),
            "grounds": result.rests_on,
            "one_ground_alone": result.rests_alone_on,
            "cases": [],
        },
        "without_ground": {ground: list(prop.front) for ground, prop in result.without.items()},
        "only_ground": {ground: list(prop.front) for ground, prop in result.only.items()},
        "origin": result.origin
        and {
            "case": result.origin.case,
            "standpoint": result.origin.standpoint,
            "contributor": result.origin.contributor,
        },
    }


def _props(props: Sequence[Prop]) -> list[dict[str, Any]]:
    return [
        {"id": prop.name, "joins": list(prop.joins), "leaves": list(prop.leaves)} for prop in props
    ]


_CASES = 3
_RISKS = 3

_CARE = (
    "The types overlap, and one practice may be led in the ways of several. What one brings where"
    " the other lacks is told facet by facet and never added up; that two were led together does"
    " not tell that this is why it turned out as it did."
)


def combinations_lines(found: Sequence[Combination], frame: Frame) -> Iterator[str]:
    """Yield the lines on those pairs of which one lacks what the other brings, or that have cases.

    The rest are named at the end, so that nobody takes silence for an answer.
    """
    told = [each for each in found if each.complements or each.case_count]
    for each in told:
        yield from _pair_lines(each, frame)
    silent = [_pair(each, frame) for each in found if each not in told]
    if silent:
        yield bullet(f"The graph holds nothing on these as pairs: {'; '.join(silent)}.")
    if told:
        yield paragraph(_CARE)


def _pair_lines(each: Combination, frame: Frame) -> Iterator[str]:
    fronts = " and ".join(_two(kind, frame) for kind in each.on_front)
    yield bullet(f"{_pair(each, frame)} (on the front: {fronts})")
    for test in frame.tests:
        for complement in each.complements:
            if complement.test == test:
                yield bullet(_complement(complement, frame), "·", 4)
    for caution in each.cautions:
        ground = GROUNDS.get(caution.ground, caution.ground)
        against = _two(caution.type, frame)
        yield bullet(f"Caution against {against}: {caution.message} ({ground})", "!", 4)
    greater = [watched for watched in each.risks if watched.heightened_by][:_RISKS]
    if greater:
        told = "; ".join(
            f"{clean(watched.risk.label)} ({', '.join(watched.heightened_by)})"
            for watched in greater
        )
        yield bullet(f"Risks that both bring and that are greater here: {told}.", "!", 4)
    yield from _case_lines(each, frame)


def _complement(complement: Complement, frame: Frame) -> str:
    facet = complement.facet
    return (
        f"On '{facet.test}': '{clean(facet.values[complement.value].label)}'"
        f" ({clean(facet.label)}) speaks against {_two(complement.lacks, frame)} and for"
        f" {_two(complement.brings, frame)}."
    )


def _case_lines(each: Combination, frame: Frame) -> Iterator[str]:
    if not each.case_count:
        yield bullet("No case is recorded as led in both ways.", "·", 4)
        return
    cases = "One case is" if each.case_count == 1 else f"{each.case_count} cases are"
    failed = f"{each.failure_count or 'none'} of them (x) not well led, contested or not working"
    yield bullet(f"{cases} coded as both; {failed}:", "·", 4)
    for evidence in each.cases[:_CASES]:
        yield bullet(_case(evidence, frame), "x" if evidence.failed else "·", 6)
    if each.case_count > _CASES:
        yield bullet(f"and {each.case_count - _CASES} more", "+", 6)


def _case(evidence: Evidence, frame: Frame) -> str:
    case = evidence.case
    checked = "" if case.checked else "; citations unchecked"
    return (
        f"{case.title} [{case.id}], mainly {_two(case.type, frame)}: led {case.led}, working"
        f" {case.working}; shares {evidence.shared} of the {evidence.compared} facets known of"
        f" both{checked}"
    )


def _pair(each: Combination, frame: Frame) -> str:
    return " with ".join(_two(kind, frame) for kind in each.types)


def _two(kind: str, frame: Frame) -> str:
    entry = frame.types.get(kind)
    return f"{entry.number} {clean(entry.label)}" if entry else clean(kind)


def combinations_data(found: Sequence[Combination]) -> list[dict[str, Any]]:
    """Return pairs of types as JSON-ready data."""
    return [
        {
            "types": list(each.types),
            "on_front": list(each.on_front),
            "complements": [
                {
                    "facet": c.facet.id,
                    "value": c.value,
                    "test": c.test,
                    "lacks": c.lacks,
                    "brings": c.brings,
                }
                for c in each.complements
            ],
            "risks": [
                {"id": watched.risk.id, "heightened_by": list(watched.heightened_by)}
                for watched in each.risks
            ],
            "cautions": [caution.iri for caution in each.cautions],
            "cases": [_case_data(evidence) for evidence in each.cases],
            "case_count": each.case_count,
            "failure_count": each.failure_count,
        }
        for each in found
    ]


def _case_data(evidence: Evidence) -> dict[str, Any]:
    case = evidence.case
    return {
        "id": case.id,
        "title": case.title,
        "primary": case.type,
        "led": case.led,
        "working": case.working,
        "shared": evidence.shared,
        "compared": evidence.compared,
        "failed": evidence.failed,
        "citation_read": case.checked,
    }


_OTHERS = 3

_CARE_OF_PLANS = (
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
        yield paragraph(_CARE_OF_PLANS)


def _plan_lines(result: Plans, frame: Frame, told: set[str]) -> Iterator[str]:
    plan = result.found[0]
    count = len(plan.steps)
    steps = "one step" if count == 1 else f"{count} steps, and in no fewer"
    yield bullet(f"{_aim(result.goal, frame)}, in {steps}:")
    for place, step in enumerate(plan.steps, 1):
        known = step.effect.iri in told
        told.add(step.effect.iri)
        yield bullet(_step_text(place, step, frame, known=known), f"{place}.", 4)
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


def why_lines(answers: Mapping[str, WhyNot], frame: Frame, *, shown: int = 2) -> Iterator[str]:
    """Yield, for each type off the front, why, and the nearest facts that would bring it on."""
    for kind, answer in answers.items():
        entry = frame.types[kind]
        yield paragraph(f"{entry.number} {sentence(entry.label)}: {_reason(answer, frame)}")
        yield from _nearest_lines(answer, shown)


def _reason(answer: WhyNot, frame: Frame) -> str:
    if answer.why is Why.TOO_LITTLE_KNOWN:
        return _too_little(answer, frame)
    outdone = _outdone(answer, frame)
    if answer.why is Why.CAUTIONED:
        told = " ".join(f"{c.message} ({GROUNDS.get(c.ground, c.ground)})" for c in answer.cautions)
        return f"the graph warns against it here. {told} Besides, {outdone}."
    if answer.why is Why.UNSUPPORTED:
        return f"nothing that is known speaks for it, and {outdone}. {_missing(answer)}"
    return f"{outdone}."


def _too_little(answer: WhyNot, frame: Frame) -> str:
    if not answer.tests:
        return "too little is known of any test to rank anything."
    open_tests = listing([f"'{test}'" for test in frame.tests if test not in answer.tests])
    drawn = listing([f"'{test}'" for test in answer.tests])
    return (
        f"too little is known of {open_tests}. On {drawn} alone {_outdone(answer, frame)}, but what"
        " is not known yet could still bring it on."
    )


def _outdone(answer: WhyNot, frame: Frame) -> str:
    """Return which types of the front do better, and by how much on each test."""
    return listing([_told(each, frame) for each in answer.dominators])


def _told(dominator: Dominator, frame: Frame) -> str:
    entry = frame.types[dominator.type]
    parts = [
        f"ahead by {number(gap).lstrip('+')} on '{test}'" if gap else f"level on '{test}'"
        for test, gap in dominator.ahead.items()
    ]
    return f"{entry.number} {entry.label} does better ({listing(parts)})"


def _missing(answer: WhyNot) -> str:
    """Return what would speak for a type, the strongest facets first."""
    if not answer.missing:
        return "The graph holds no fact that would."
    ordered = sorted(answer.missing, key=lambda pair: -pair[0].strength)
    told = [clause(facet, value) for facet, values in ordered[:2] for value in values[:1]]
    more = sum(len(values) for _, values in answer.missing) - len(told)
    also = f" ({more} other facts would too)" if more else ""
    return f"It would have support if {', or if '.join(told)}{also}."


def _nearest_lines(answer: WhyNot, shown: int) -> Iterator[str]:
    if not answer.nearest:
        yield bullet("no change of the facts would bring it on")
        return
    yield from way_lines(answer.nearest, shown, "it would join the front ")


def why_data(answers: Mapping[str, WhyNot]) -> dict[str, Any]:
    """Return the same for a machine, by type. Differences are between standings."""
    return {
        kind: {
            "why": str(answer.why),
            "dominated_by": [
                {"type": each.type, "ahead": {t: float(gap) for t, gap in each.ahead.items()}}
                for each in answer.dominators
            ],
            "cautions": [
                {"id": c.iri, "message": c.message, "ground": c.ground} for c in answer.cautions
            ],
            "missing": {facet.id: list(values) for facet, values in answer.missing},
            "nearest": [change_data(change) for change in answer.nearest],
        }
        for kind, answer in answers.items()
    }

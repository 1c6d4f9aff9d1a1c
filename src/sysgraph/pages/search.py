"""What would change an answer, what it rests on, and what to lead as with or after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from sysgraph.advice.board import Evidence, WatchedRisk
from sysgraph.advice.certainty import Certainty, Question, count_open
from sysgraph.advice.changes import Assignment, Change, Changes, Why, WhyNot
from sysgraph.advice.frame import Caution, Consideration, Frame
from sysgraph.advice.plans import Ending, Goal, Plans, Step, TypeGoal
from sysgraph.advice.robust import Combination, Prop, Range, Robustness
from sysgraph.pages.blocks import Block, Item, Paragraph
from sysgraph.pages.words import (
    also,
    cite,
    clause,
    credit,
    ground_name,
    grouped,
    label_of,
    listing,
    number,
    sentence,
    type_name,
    type_names,
    type_title,
)

__all__ = [
    "certainty_blocks",
    "change_text",
    "changes_blocks",
    "combinations_blocks",
    "ground_texts",
    "plans_blocks",
    "question_blocks",
    "robust_blocks",
    "why_blocks",
]

_WHO = {
    "by-you": "you can change this",
    "by-others": "others must change this",
    "fixed": "nobody can choose this",
}


_GROUNDS = {
    "stated": "what a source states",
    "attributed": "what is attributed to a source",
    "reading": "our reading",
}
_OURS = "sysgraph's own reading"
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


def changes_blocks(result: Changes, frame: Frame, *, shown: int = 3) -> Iterator[Block]:
    """Yield what would bring each type onto the front or push it off, the smallest first."""
    for kind in frame.types:
        found = result.of(kind)
        if found:
            does = "would join the front" if found[0].joins else "would leave the front"
            yield Paragraph(f"{type_title(kind, frame)} {does}")
            yield from _ways(found, shown)
    most = "one fact" if result.most == 1 else f"{result.most or 0} facts at once"
    still = [type_name(kind, frame) for kind in frame.types if not result.of(kind)]
    if still:
        limit = "" if result.complete else f" of up to {most}"
        yield Paragraph(f"No change{limit} would move {listing(still, 'or')}.")
    if not result.complete:
        yield Paragraph(f"Changes of more than {most} were not looked for.")
    yield Paragraph(
        "By whom something can be changed is our reading, and may differ where you are."
    )


def _ways(found: Sequence[Change], shown: int, lead: str = "") -> Iterator[Block]:
    """Yield the first ways, of those that change the same facets one with a count of the rest."""
    ways = list(grouped(found, lambda change: tuple(change.facets)).values())
    for first, *others in ways[:shown]:
        yield Item(f"{lead}{change_text(first)}{also(others)}")
    rest = sum(map(len, ways[shown:]))
    if rest:
        yield Item(f"and {rest} more way{'s' * (rest > 1)}", "+")


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


def certainty_blocks(
    standing: Mapping[str, Certainty], unknown: int, frame: Frame
) -> Iterator[Block]:
    """Yield which types are certainly, possibly or not on the front, over all completions."""
    if not unknown:
        yield Paragraph("Every question about the situation is answered, so nothing is left open.")
        return
    questions = "the one question" if unknown == 1 else f"the {unknown} questions"
    yield Paragraph(f"Over all the answers that {questions} still open could have:")
    words = {
        Certainty.CERTAIN: "Worth considering first, whatever the answers",
        Certainty.POSSIBLE: "Worth considering first for some answers and not for others",
        Certainty.NOT: "Not worth considering first, whatever the answers",
    }
    yield from (Item(f"{told}.") for told in _by_certainty(standing, words, frame))
    if not count_open(standing):
        yield Paragraph("So no answer could change what is worth considering first.")


def _by_certainty(
    standing: Mapping[str, Certainty], words: Mapping[Certainty, str], frame: Frame
) -> Iterator[str]:
    kinds = grouped(standing, standing.__getitem__)
    for certainty, said in words.items():
        if certainty in kinds:
            yield f"{said}: {type_names(kinds[certainty], frame)}"


def question_blocks(question: Question | None, frame: Frame) -> Iterator[Block]:
    """Yield the question that settles most, with what each answer to it would do."""
    if question is None:
        return
    facet = frame.facets[question.facet]
    yield Paragraph(
        f"Ask next ({facet.id}): {facet.label}, that is, {facet.definition}."
        f" Now {question.open_now} types are open; an answer leaves"
        f" {float(question.open_after):.1f} open on average."
    )
    words = {
        Certainty.CERTAIN: "first for certain",
        Certainty.NOT: "out",
        Certainty.POSSIBLE: "still open",
    }
    for value, standing in question.answers.items():
        told = "; ".join(_by_certainty(standing, words, frame))
        yield Item(f"{sentence(facet.values[value].label)}: {told}.")


def robust_blocks(result: Robustness, frame: Frame) -> Iterator[Block]:
    """Yield what the front rests on, and how far each strength may move before it changes."""
    yield from map(Paragraph, ground_texts(result, frame))
    yield from _props(result, frame)
    yield from _ranges(result, frame)
    yield Paragraph("It rests on no case: cases are shown beside it and do not move it.")
    if result.origin:
        yield Paragraph(
            f"The situation itself is one reading of the case '{result.origin.case}', as seen by:"
            f" {result.origin.standpoint}; contributed by {result.origin.contributor}."
            " Whoever reads it otherwise may get another answer."
        )


def ground_texts(result: Robustness, frame: Frame) -> Iterator[str]:
    """Yield on which ground the front rests: what is stated, attributed, or our reading."""
    if not result.front:
        yield "There is no front yet, and so nothing that it could rest on."
        return
    for ground in result.rests_on:
        how = " alone" if ground in result.rests_alone_on else ", though not alone"
        yield (
            f"This rests on {_GROUNDS.get(ground, ground)}{how}: without it,"
            f" {_effect(result.without[ground], frame)}."
        )
    if not result.rests_on:
        told = listing([_GROUNDS.get(ground, ground) for ground in result.without], "or")
        what = f"leave out {told or 'what you will'}"
        yield f"This rests on no single ground: {what}, and the front is the same."


def _effect(prop: Prop, frame: Frame) -> str:
    """Return what becomes of the front."""
    if not prop.front:
        return "there would be no front"
    moves = ((prop.leaves, "leave"), (prop.joins, "join"))
    return listing(
        f"{type_names(kinds, frame)} would {verb} the front" for kinds, verb in moves if kinds
    )


def _props(result: Robustness, frame: Frame) -> Iterator[Block]:
    parts = (
        (
            "Take away one of these, and the front is another",
            [
                f"because {_because(each, frame)} [{credit(each.ground, each.sources)}]:"
                f" without this, {_effect(prop, frame)}"
                for each, prop in result.considerations
            ],
            "consideration",
        ),
        (
            "Take away all that rests on one source alone, and the front is another",
            [
                f"{cite([source]) if source.id != 'sysgraph' else _OURS}: without it,"
                f" {_effect(prop, frame)}"
                for source, prop in result.sources
            ],
            "source",
        ),
        (
            "If one of these were not known, the front would be another",
            [f"{facet.label}: {_effect(prop, frame)}" for facet, prop in result.facets],
            "fact of the situation",
        ),
    )
    for heading, told, what in parts:
        if told:
            yield Paragraph(heading)
            yield from map(Item, told)
        elif result.front:
            yield Paragraph(f"It rests on no single {what}.")


def _because(consideration: Consideration, frame: Frame) -> str:
    return next(
        clause(facet, value.id)
        for facet in frame.facets.values()
        for value in facet.values.values()
        if value.iri == consideration.value
    )


def _ranges(result: Robustness, frame: Frame) -> Iterator[Block]:
    everything = Range(Fraction(0), True, None, False)
    bounded = [name for name, each in result.ranges.items() if each != everything]
    free = [frame.facets[name].label for name in result.ranges if name not in bounded]
    if bounded:
        yield Paragraph(
            "How strongly each facet counts, from 1 to 3, is our reading. The front stays as it"
            " is, if one strength is moved and the others are not, with"
        )
        for name in bounded:
            facet = frame.facets[name]
            yield Item(f"{facet.label}: {range_text(result.ranges[name])} (now {facet.strength})")
    if free:
        yield Paragraph(f"Any strength at all of these would leave it as it is: {listing(free)}.")


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
            if complement.test == test:
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
    for caution in step.begun:
        yield f"From here on: a {_caution(caution, '.', frame)}"
    for caution in step.ended:
        yield f"No longer: a {_caution(caution, '.', frame)}"


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


def why_blocks(answers: Mapping[str, WhyNot], frame: Frame, *, shown: int = 2) -> Iterator[Block]:
    """Yield, for each type off the front, why, and the nearest facts that would bring it on."""
    for kind, answer in answers.items():
        yield Paragraph(f"{type_title(kind, frame)}: {_reason(answer, frame)}")
        if answer.nearest:
            yield from _ways(answer.nearest, shown, "it would join the front ")
        else:
            yield Item("no change of the facts would bring it on")


def _reason(answer: WhyNot, frame: Frame) -> str:
    if answer.why is Why.TOO_LITTLE_KNOWN:
        return _too_little(answer, frame)
    outdone = _outdone(answer, frame)
    if answer.why is Why.CAUTIONED:
        told = " ".join(f"{c.message} ({ground_name(c.ground)})" for c in answer.cautions)
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
    told = []
    for each in answer.dominators:
        gaps = listing(
            f"ahead by {number(gap).lstrip('+')} on '{test}'" if gap else f"level on '{test}'"
            for test, gap in each.ahead.items()
        )
        told.append(f"{type_name(each.type, frame)} does better ({gaps})")
    return listing(told)


def _missing(answer: WhyNot) -> str:
    """Return what would speak for a type, the strongest facets first."""
    if not answer.missing:
        return "The graph holds no fact that would."
    ordered = sorted(answer.missing, key=lambda pair: -pair[0].strength)
    told = [clause(facet, value) for facet, values in ordered[:2] for value in values[:1]]
    more = sum(len(values) for _, values in answer.missing) - len(told)
    also = f" ({more} other facts would too)" if more else ""
    return f"It would have support if {', or if '.join(told)}{also}."

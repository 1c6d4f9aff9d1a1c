"""What would change an answer, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from sysgraph.advice.certainty import Certainty, Question, count_open
from sysgraph.advice.changes import Assignment, Change, Changes, Why, WhyNot
from sysgraph.advice.frame import Frame, Gate
from sysgraph.advice.robust import Prop, Range, Robustness, Statement
from sysgraph.pages.blocks import Block, Item, Paragraph
from sysgraph.pages.words import (
    also,
    cite,
    clause,
    credit,
    ground_name,
    grouped,
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
    "ground_texts",
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
    kinds = dict.fromkeys(each.facet.changeable for each in made)
    if len(kinds) == 1:
        (kind,) = kinds
        if kind in _WHO:
            yield _WHO[kind] if len(made) == 1 else _WHO[kind].replace("this", "these")
    else:
        for kind in kinds:
            labels = [each.facet.label for each in made if each.facet.changeable == kind]
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
                for each, prop in result.statements
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


def _because(each: Statement, frame: Frame) -> str:
    if isinstance(each, Gate):
        return f"of the gate '{each.label}'"
    facet, value = frame.values[each.value]
    return clause(facet, value.id)


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


def why_blocks(answers: Mapping[str, WhyNot], frame: Frame) -> Iterator[Block]:
    """Yield, for each type off the front, why, and the nearest facts that would bring it on."""
    for kind, answer in answers.items():
        yield Paragraph(f"{type_title(kind, frame)}: {_reason(answer, frame)}")
        if answer.nearest:
            yield from _ways(answer.nearest, 2, "it would join the front ")
        else:
            yield Item("no change of the facts would bring it on")


def _reason(answer: WhyNot, frame: Frame) -> str:
    if answer.why is Why.TOO_LITTLE_KNOWN:
        return _too_little(answer, frame)
    outdone = _outdone(answer, frame)
    if answer.why is Why.GATED:
        told = " ".join(f"{g.message} ({ground_name(g.ground)})" for g in answer.gates)
        beside = f"Besides, {outdone}." if answer.dominators else "The sums alone put it first."
        return f"it fails a test, whatever else speaks for it. {told} {beside}"
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
        told.append(f"{type_name(each.type, frame)} stands higher ({gaps})")
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

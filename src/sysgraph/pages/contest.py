"""Where people see one situation differently, and what to talk about first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import itemgetter

from sysgraph.advice.board import holding_gates
from sysgraph.advice.contest import Contest, Difference, Reach, ReadingFront, Settled, Settlement
from sysgraph.advice.doing import ROLE, other_job, types_named
from sysgraph.advice.frame import Facet, Frame
from sysgraph.advice.situation import UNKNOWN
from sysgraph.errors import clean
from sysgraph.language import noted, say
from sysgraph.pages.asking import question_of, words_of
from sysgraph.pages.blocks import GAP, Block, Heading, Item, Paragraph
from sysgraph.pages.words import (
    counted,
    grouped,
    label_of,
    listing,
    lowered,
    sentence,
    type_names,
)

__all__ = ["contested_blocks"]

_REACHES = {
    Reach.EVERY: "Whichever it is, the readings then lead to the same advice.",
    Reach.GIVEN: "Whoever is right about it, the readings then lead to the same advice.",
    Reach.SOME: "Only some answers to it bring the readings to the same advice.",
}
_SHOWN = 8
_TALKED = 3
"""How many facts people are asked to talk about first, at most."""


def contested_blocks(contest: Contest, frame: Frame, *, full: bool = False) -> Iterator[Block]:
    """Yield how many things people see differently, what that changes, and what to talk about.

    With ``full`` comes everything behind it: each difference, and what settling would lead to.
    """
    names = [reading.standpoint for reading in contest.readings]
    if not contest.differences:
        said = say("There is one reading of this situation.")
        if len(names) > 1:
            said = say("{people} see the situation alike.", people=sentence(listing(names)))
        yield Paragraph(said)
        yield from _apart(contest, frame)
        return
    things = counted(len(contest.differences), "thing")
    named = [types_named(reading.situation, frame) for reading in contest.readings]
    firsts = zip(contest.readings, named, strict=True)
    told = grouped(firsts, lambda pair: _first(*pair, frame))
    change = _change(contest, set(named), len(told) > 1, frame)
    parts = {"people": sentence(listing(names)), "things": things, "change": change}
    if any(len(each.said.keys() - {UNKNOWN}) > 1 for each in contest.differences):
        yield Paragraph(say("{people} see {things} differently. {change}", **parts))
    else:
        line = say("{people} do not contradict each other; not all tell of {things}.", **parts)
        yield Paragraph(f"{line} {change}")
    yield from _apart(contest, frame)
    for first, alike in told.items():
        who = listing(one.standpoint for one, _ in alike) if len(told) > 1 else say("all of you")
        yield Item(say("As seen by {people}: {first}", people=who, first=first))
    yield from _closed(contest, frame)
    yield from _talk(contest)
    for kind in contest.cautions_part:
        who = listing(one.standpoint for one in contest.readings if kind in one.cautioned)
        parts = {"way": _way(kind, frame), "people": who}
        yield Item(say("{way} comes with a warning only as seen by {people}.", **parts), "!")
    if full:
        yield from _detail(contest, frame)


def _apart(contest: Contest, frame: Frame) -> Iterator[Block]:
    """Yield on which opening questions people differ, other than on where they stand."""
    said = [reading.situation.opening for reading in contest.readings]
    differ = [
        question.label
        for name, question in frame.opening.items()
        if name != ROLE and len({each[name].casefold() for each in said if each.get(name)}) > 1
    ]
    if differ:
        told = {"topics": listing(differ)}
        yield Item(say("You may not speak of the same thing: you differ on {topics}.", **told), "!")


def _change(
    contest: Contest, named: Collection[tuple[str, ...]], is_told_apart: bool, frame: Frame
) -> str:
    """Return whether it changes what is named first, given all that is, and if more differs."""
    if all(other_job(reading.situation, frame) for reading in contest.readings):
        return say("What any of you tells of needs no way of leading.")
    if len(named) > 1:
        return say("It changes what comes first.")
    if is_told_apart and any(named):
        return say("All put the same first; what may come beside it differs.")
    if is_told_apart:
        return say("Nothing can be named first yet; what is in the running differs.")
    if not any(named) and not contest.always:
        return say("It does not change what comes first: nothing does yet for any of you.")
    may, does_not = (
        noted("It may change what comes first."),
        noted("It does not change what comes first."),
    )
    return say(may if contest.is_parted else does_not)


def _way(kind: str, frame: Frame) -> str:
    entry = frame.types[kind]
    return say("“{name}”", name=clean(entry.plain_name or entry.label))


def _ways(kinds: Iterable[str], frame: Frame) -> str:
    return listing(_way(kind, frame) for kind in kinds)


def _first(reading: ReadingFront, named: Sequence[str], frame: Frame) -> str:
    """Return what comes first as one sees it, and what perhaps does, as its own page says."""
    job = other_job(reading.situation, frame)
    if job is not None:
        return say("no way of leading is needed: {job}", job=lowered(job.answer))
    others = [kind for kind in reading.front if kind not in named]
    if named and others:
        parts = {"ways": _ways(named, frame), "others": _ways(others, frame)}
        return say("{ways} first, perhaps {others}.", **parts)
    if named:
        return say("{ways} first.", ways=_ways(named, frame))
    if others:
        return say("too little to go on; perhaps {ways}.", ways=_ways(others, frame))
    if reading.gated:
        return say("what fits best is closed for now.")
    return say("too little is known to say.")


def _closed(contest: Contest, frame: Frame) -> Iterator[Block]:
    """Yield the ways that would come first for some but for a gate, and what that hangs on."""
    for gate in frame.gates:
        held = [
            one
            for one in contest.readings
            if gate.type in one.gated
            and holding_gates(one.situation.facets, [gate])
            and other_job(one.situation, frame) is None
        ]
        if not 0 < len(held) < len(contest.readings):
            continue
        who = listing(one.standpoint for one in held)
        facets = [frame.facets[name] for name in (*gate.condition.when, *gate.condition.unless)]
        differ = {each.facet.id for each in contest.differences}
        asked = listing(question_of(facet) for facet in facets if facet.id in differ)
        told = say(
            "{way} would come first for {people}, but is closed: {gate}",
            way=_way(gate.type, frame),
            people=who,
            gate=clean(gate.message),
        )
        hangs = f" {say('It hangs on: {questions}', questions=asked)}" if asked else ""
        yield Item(f"{told}{hangs}", "!")


def _talk(contest: Contest) -> Iterator[Block]:
    """Yield the facts to talk about first, as questions for the room, and who says what."""
    facets = _to_settle(contest)
    yield GAP
    yield Paragraph(_invitation(contest, facets))
    said = {each.facet.id: each for each in contest.differences}
    for facet in facets[:_TALKED]:
        yield Item(question_of(facet))
        words = words_of(facet)
        for value, who in said[facet.id].said.items():
            answer = words.get(value) or say("Nothing said.")
            yield Item(f"{sentence(listing(who))}: {answer}", depth=2)
    if contest.is_parted:
        yield Paragraph(_promise(contest, facets))


def _invitation(contest: Contest, facets: Sequence[Facet]) -> str:
    if not contest.is_parted:
        return say("Worth talking about:")
    return say("Talk about this first:") if len(facets) == 1 else say("Talk about these first:")


def _to_settle(contest: Contest) -> list[Facet]:
    best = contest.questions[0] if contest.questions else None
    if best is not None and best.reach is not Reach.SOME:
        return list(best.facets)
    if contest.smallest is not None:
        return sorted(contest.smallest.facets, key=lambda facet: -facet.strength)
    return [one.facet for one in sorted(contest.differences, key=_weight)][:_TALKED]


def _weight(difference: Difference) -> tuple[bool, int]:
    """Return what puts those first who contradict each other, and the strong before the weak."""
    return len({*difference.said} - {UNKNOWN}) < 2, -difference.facet.strength


def _promise(contest: Contest, facets: Sequence[Facet]) -> str:
    if contest.is_cut:
        return say(
            "That may not be enough: to settle all {n} is, and whether fewer would do takes too"
            " long to find out here.",
            n=len(facets),
        )
    if len(facets) > _TALKED:
        return say(
            "That may not be enough: to be sure that the same fits for all of you, settle"
            " {n} of them.",
            n=len(facets),
        )
    if len(facets) > 1:
        return say("Once you agree on all of these, the same fits for all of you.")
    if contest.questions and contest.questions[0].reach is Reach.EVERY:
        return say("Once you agree on it, whatever the answer, the same fits for all of you.")
    return say("Whoever is right about it, the same then fits for all of you.")


def _detail(contest: Contest, frame: Frame) -> Iterator[Block]:
    yield GAP
    yield Heading("Everything that is seen differently", 3)
    yield from map(Item, map(_difference, contest.differences))
    if not contest.is_parted:
        return
    shares = (
        ("Under every reading", contest.always),
        ("Under some only", contest.sometimes),
        ("Under none", contest.never),
    )
    told = (f"{said}: {type_names(kinds, frame)}." for said, kinds in shares if kinds)
    yield Paragraph(" ".join(told))
    yield from (Item(_reading(reading, frame)) for reading in contest.readings)
    yield from _settlement(contest, frame)


def _value(facet: Facet, value: str) -> str:
    return "not known" if value == UNKNOWN else f"“{label_of(facet, value)}”"


def _difference(difference: Difference) -> str:
    facet = difference.facet
    parts = [
        f"{listing(who)}: {'nothing said' if value == UNKNOWN else _value(facet, value)}"
        for value, who in difference.said.items()
    ]
    return f"{sentence(facet.label)} ({facet.test}, strength {facet.strength}). {'; '.join(parts)}."


def _reading(reading: ReadingFront, frame: Frame) -> str:
    if not reading.front:
        return f"{reading.standpoint}: too little is known on both tests to say."
    drawn = [f" (too little is known of the test '{test}')" for test in reading.abstains[:1]]
    return f"{reading.standpoint}: {type_names(reading.front, frame)}{''.join(drawn)}."


def _settlement(contest: Contest, frame: Frame) -> Iterator[Block]:
    best = contest.questions[0] if contest.questions else None
    if best is not None:
        yield from _question(best, contest, frame)
    else:
        yield Paragraph("No single facet reconciles them, whichever account of it is taken.")
    if contest.smallest is not None and (best is None or best.reach is Reach.SOME):
        yield from _together(contest.smallest, contest, frame)


def _question(question: Settlement, contest: Contest, frame: Frame) -> Iterator[Block]:
    (facet,) = question.facets
    yield Paragraph(f"Settle this first: {facet.label}, that is, {facet.definition}.")
    said = next(one.said for one in contest.differences if one.facet.id == facet.id)
    for outcome in question.outcomes:
        value = outcome.values[facet.id]
        if value in said:
            seen = f"if {_value(facet, value)}, as seen by {listing(said[value])}"
            yield Item(f"{seen}: {_fronts(outcome, contest, frame)}")
    unsaid = [one for one in question.outcomes if one.values[facet.id] not in said]
    for agreed, told in ((True, "the same advice"), (False, "still different advice")):
        values = [_value(facet, one.values[facet.id]) for one in unsaid if one.is_agreed is agreed]
        if values:
            yield Item(f"if it is what nobody says, {told} with {listing(values)}.")
    others = [one for one in contest.questions[1:] if one.reach is contest.questions[0].reach]
    names = listing(one.facets[0].label for one in others)
    instead = f" As much is settled by: {names}." if others else ""
    yield Paragraph(_REACHES[question.reach] + instead)


def _fronts(outcome: Settled, contest: Contest, frame: Frame) -> str:
    if outcome.is_agreed:
        (front,) = set(outcome.fronts)
        return f"{type_names(front, frame)}, for all." if front else "too little is known, for all."
    told = []
    pairs = zip(contest.readings, outcome.fronts, strict=True)
    for front, alike in grouped(pairs, itemgetter(1)).items():
        who = listing(reading.standpoint for reading, _ in alike)
        told.append(f"{type_names(front, frame) or 'too little known'} ({who})")
    return f"still parted, {'; '.join(told)}."


def _together(settlement: Settlement, contest: Contest, frame: Frame) -> Iterator[Block]:
    names = listing(facet.label for facet in settlement.facets)
    if len(settlement.facets) < len(contest.differences):
        others = f" {len(contest.others)} other sets of as many do too." if contest.others else ""
        told = f"To be sure of the same advice, settle {names}. Nothing less is sure.{others}"
    else:
        told = f"To be sure of the same advice, settle all of it: {names}."
    yield Paragraph(told)
    for outcome in settlement.outcomes[:_SHOWN]:
        values = [_value(facet, outcome.values[facet.id]) for facet in settlement.facets]
        yield Item(f"if {listing(values)}: {_fronts(outcome, contest, frame)}")
    if settlement.combinations > _SHOWN:
        yield Paragraph("The other combinations are in the JSON.")

"""Where readings of one situation differ, and what to settle first."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from sysgraph.advice.contest import Contest, Difference, Reach, ReadingFront, Settled, Settlement
from sysgraph.advice.frame import Facet, Frame
from sysgraph.advice.situation import UNKNOWN
from sysgraph.pages.blocks import Block, Item, Paragraph
from sysgraph.pages.words import grouped, label_of, listing, sentence, type_name, type_names

__all__ = ["contested_blocks"]

_REACHES = {
    Reach.EVERY: "Whichever it is, the readings then lead to the same advice.",
    Reach.GIVEN: "Whoever is right about it, the readings then lead to the same advice.",
    Reach.SOME: "Only some answers to it bring the readings to the same advice.",
}
_SHOWN = 8


def contested_blocks(contest: Contest, frame: Frame) -> Iterator[Block]:
    """Yield what readings differ on, what that does to the advice, and what to settle first."""
    names = [reading.standpoint for reading in contest.readings]
    if not contest.differences:
        said = f"{sentence(listing(names))} see the situation alike."
        yield Paragraph(said if len(names) > 1 else "There is one reading of this situation.")
        return
    count = len(contest.differences)
    facets = "one facet" if count == 1 else f"{count} facets"
    yield Paragraph(f"{sentence(listing(names))} differ on {facets}:")
    yield from map(Item, map(_difference, contest.differences))
    if contest.is_parted:
        yield Paragraph("It changes the advice. Worth considering first:")
        yield from (Item(_reading(reading, frame)) for reading in contest.readings)
        shares = (
            ("Under every reading", contest.always),
            ("Under some only", contest.sometimes),
            ("Under none", contest.never),
        )
        told = (f"{said}: {type_names(kinds, frame)}." for said, kinds in shares if kinds)
        yield Paragraph(" ".join(told))
        yield from _settlement(contest, frame)
    elif contest.always:
        yield Paragraph(
            "They differ in their answers, and it does not change the advice. Worth considering"
            f" first under each reading: {type_names(contest.always, frame)}."
        )
    else:
        yield Paragraph(
            "It does not change the advice: under each reading too little is known on both tests"
            " to say which type fits."
        )
    for kind in contest.cautions_part:
        who = listing(one.standpoint for one in contest.readings if kind in one.cautioned)
        carries = "carries a caution only as seen by"
        yield Item(f"{type_name(kind, frame)} {carries} {who}.", "!")


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
    shown = settlement.outcomes[:_SHOWN]
    for outcome in shown:
        values = [_value(facet, outcome.values[facet.id]) for facet in settlement.facets]
        yield Item(f"if {listing(values)}: {_fronts(outcome, contest, frame)}")
    if len(shown) < settlement.combinations:
        yield Item(f"and {settlement.combinations - len(shown)} more combinations", "+")

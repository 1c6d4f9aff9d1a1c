"""Contested readings in words and as data: who says what, what it changes, what to settle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sysgraph.advice.contested import (
    Contest,
    Difference,
    Outcome,
    Reach,
    ReadingFront,
    Settlement,
)
from sysgraph.advice.frame import Facet, Frame
from sysgraph.advice.said import UNKNOWN
from sysgraph.render.words import bullet, clean, listing, paragraph, sentence

__all__ = ["contested_data", "contested_lines"]

_SHOWN = 8


def contested_lines(contest: Contest, frame: Frame) -> Iterator[str]:
    """Yield what readings differ on, what that does to the advice, and what to settle first."""
    names = [reading.standpoint for reading in contest.readings]
    if not contest.differences:
        said = f"{sentence(listing(names))} see the situation alike."
        yield paragraph(said if len(names) > 1 else "There is one reading of this situation.")
        return
    count = len(contest.differences)
    facets = "one facet" if count == 1 else f"{count} facets"
    yield paragraph(f"{sentence(listing(names))} differ on {facets}:")
    yield from (bullet(_difference(difference)) for difference in contest.differences)
    if contest.is_parted:
        yield paragraph("It changes the advice. Worth considering first:")
        yield from (bullet(_reading(reading, frame)) for reading in contest.readings)
        yield paragraph(_shares(contest, frame))
        yield from _settlement(contest, frame)
    else:
        yield paragraph(_same(contest, frame))
    yield from (bullet(said, "!") for said in _cautions(contest, frame))


def _types(kinds: Sequence[str], frame: Frame) -> str:
    return listing(f"{frame.types[kind].number} {frame.types[kind].label}" for kind in kinds)


def _value(facet: Facet, value: str) -> str:
    return "not known" if value == UNKNOWN else f"“{clean(facet.values[value].label)}”"


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
    drawn = ""
    if reading.abstains:
        drawn = f" (too little is known of the test '{reading.abstains[0]}')"
    return f"{reading.standpoint}: {_types(reading.front, frame)}{drawn}."


def _shares(contest: Contest, frame: Frame) -> str:
    parts = [
        f"{said} {_types(kinds, frame)}."
        for said, kinds in (
            ("Under every reading:", contest.always),
            ("Under some only:", contest.sometimes),
            ("Under none:", contest.never),
        )
        if kinds
    ]
    return " ".join(parts)


def _same(contest: Contest, frame: Frame) -> str:
    if not contest.always:
        return (
            "It does not change the advice: under each reading too little is known on both tests"
            " to say which type fits."
        )
    return (
        "They differ in their answers, and it does not change the advice. Worth considering first"
        f" under each reading: {_types(contest.always, frame)}."
    )


def _settlement(contest: Contest, frame: Frame) -> Iterator[str]:
    best = contest.questions[0] if contest.questions else None
    if best is not None:
        yield from _question(best, contest, frame)
    else:
        yield paragraph("No single facet reconciles them, whichever account of it is taken.")
    if contest.smallest is not None and (best is None or best.reach is Reach.SOME):
        yield from _together(contest.smallest, contest, frame)


def _question(question: Settlement, contest: Contest, frame: Frame) -> Iterator[str]:
    (facet,) = question.facets
    yield paragraph(f"Settle this first: {clean(facet.label)}, that is, {clean(facet.definition)}.")
    said = next(one.said for one in contest.differences if one.facet.id == facet.id)
    for outcome in question.outcomes:
        value = outcome.values[facet.id]
        if value in said:
            seen = f"if {_value(facet, value)}, as seen by {listing(said[value])}"
            yield bullet(f"{seen}: {_fronts(outcome, contest, frame)}")
    unsaid = [one for one in question.outcomes if one.values[facet.id] not in said]
    for agreed, told in ((True, "the same advice"), (False, "still different advice")):
        values = [_value(facet, one.values[facet.id]) for one in unsaid if one.is_agreed is agreed]
        if values:
            yield bullet(f"if it is what nobody says, {told} with {listing(values)}.")
    yield paragraph(_REACHES[question.reach] + _instead(contest))


_REACHES = {
    Reach.EVERY: "Whichever it is, the readings then lead to the same advice.",
    Reach.GIVEN: "Whoever is right about it, the readings then lead to the same advice.",
    Reach.SOME: "Only some answers to it bring the readings to the same advice.",
}


def _instead(contest: Contest) -> str:
    best, *rest = contest.questions
    names = [clean(one.facets[0].label) for one in rest if one.reach is best.reach]
    return f" As much is settled by: {listing(names)}." if names else ""


def _fronts(outcome: Outcome, contest: Contest, frame: Frame) -> str:
    if outcome.is_agreed:
        (front,) = set(outcome.fronts)
        return f"{_types(front, frame)}, for all." if front else "too little is known, for all."
    seen: dict[tuple[str, ...], list[str]] = {}
    for reading, front in zip(contest.readings, outcome.fronts, strict=True):
        seen.setdefault(front, []).append(reading.standpoint)
    told = [
        f"{_types(front, frame) if front else 'too little known'} ({listing(who)})"
        for front, who in seen.items()
    ]
    return f"still parted, {'; '.join(told)}."


def _together(settlement: Settlement, contest: Contest, frame: Frame) -> Iterator[str]:
    names = listing(clean(facet.label) for facet in settlement.facets)
    if len(settlement.facets) < len(contest.differences):
        others = f" {len(contest.others)} other sets of as many do too." if contest.others else ""
        told = f"To be sure of the same advice, settle {names}. Nothing less is sure.{others}"
    else:
        told = f"To be sure of the same advice, settle all of it: {names}."
    yield paragraph(told)
    shown = settlement.outcomes[:_SHOWN]
    for outcome in shown:
        values = [_value(facet, outcome.values[facet.id]) for facet in settlement.facets]
        yield bullet(f"if {listing(values)}: {_fronts(outcome, contest, frame)}")
    if len(shown) < settlement.combinations:
        yield bullet(f"and {settlement.combinations - len(shown)} more combinations", "+")


def _cautions(contest: Contest, frame: Frame) -> Iterator[str]:
    for kind in contest.cautions_part:
        warned = [one.standpoint for one in contest.readings if kind in one.cautioned]
        yield f"{_types([kind], frame)} carries a caution only as seen by {listing(warned)}."


def contested_data(contest: Contest) -> dict[str, Any]:
    """Return a contest as plain data: slugs of facets, values and types."""
    return {
        "parted": contest.is_parted,
        "readings": [
            {
                "standpoint": reading.standpoint,
                "facets": dict(reading.situation.facets),
                "front": list(reading.front),
                "abstains": list(reading.abstains),
                "cautioned": sorted(reading.cautioned),
            }
            for reading in contest.readings
        ],
        "differences": [
            {"facet": one.facet.id, "said": {v: list(who) for v, who in one.said.items()}}
            for one in contest.differences
        ],
        "always": list(contest.always),
        "sometimes": list(contest.sometimes),
        "never": list(contest.never),
        "cautions_part": list(contest.cautions_part),
        "questions": [_settlement_data(one) for one in contest.questions],
        "smallest": contest.smallest and _settlement_data(contest.smallest),
        "others": [[facet.id for facet in facets] for facets in contest.others],
    }


def _settlement_data(settlement: Settlement) -> dict[str, Any]:
    return {
        "facets": [facet.id for facet in settlement.facets],
        "reach": settlement.reach.value,
        "outcomes": [
            {
                "values": dict(outcome.values),
                "agreed": outcome.is_agreed,
                "fronts": [list(front) for front in outcome.fronts],
            }
            for outcome in settlement.outcomes
        ],
        "combinations": settlement.combinations,
    }

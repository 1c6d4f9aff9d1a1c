"""How far the front holds and what it rests on, in words and for a machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sysgraph.advice.frame import Consideration, Frame
from sysgraph.advice.robust import Prop, Range, Robustness
from sysgraph.render.changes import clause
from sysgraph.render.words import bullet, cite, credit, listing, paragraph

__all__ = ["ground_lines", "range_text", "robust_data", "robust_lines"]

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

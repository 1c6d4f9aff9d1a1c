"""Why each type is not on the front, in words and for a machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sysgraph.advice.frame import Frame
from sysgraph.advice.why import Dominator, Why, WhyNot
from sysgraph.render.changes import change_data, clause, way_lines
from sysgraph.render.words import GROUNDS, bullet, listing, number, paragraph, sentence

__all__ = ["why_data", "why_lines"]


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

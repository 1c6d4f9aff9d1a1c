"""Why a type is not on the front: one reason each, and the nearest facts that would bring it on.

A type may be off the front for several reasons at once; the first of these that holds is given:

1. *too little known*: no test is known enough to rank on, or the front is drawn on some of the
   tests only and some answers to what is unknown would still bring the type on. To say more of it
   would be to judge before the evidence.
2. *cautioned*: the graph warns against the type in just this situation. Whatever its standing,
   that is what the reader must hear first.
3. *unsupported*: nothing that is known speaks for it, so that no comparison is needed.
4. *dominated*: it has support, and a type on the front does at least as well on every test that is
   known enough, and better on one.

Off a front that there is, a type is always dominated as well, so that one of the four always holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sysgraph.advice.board import Board, Facets, undominated
from sysgraph.advice.certainty import Certainty, Outlook
from sysgraph.advice.changes import Change, Changes, nearest
from sysgraph.advice.frame import Caution, Facet, Frame
from sysgraph.advice.situation import Situation

__all__ = ["Dominator", "Why", "WhyNot", "why_not"]


class Why(StrEnum):
    """The reasons why a type can be off the front, the first that holds being given."""

    TOO_LITTLE_KNOWN = "too-little-known"
    CAUTIONED = "cautioned"
    UNSUPPORTED = "unsupported"
    DOMINATED = "dominated"


@dataclass(frozen=True, slots=True)
class Dominator:
    """A type on the front, and how far it stands above on each test that is known enough.

    The differences are between standings, which go from -1 to 1: none is below 0, one is above.
    """

    type: str
    ahead: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a type is off the front.

    ``why`` is the one reason given; the rest is what holds whether or not it is the reason.
    ``dominators`` are all types of the front that outdo it, and ``cautions`` all that hold
    against it here. ``missing`` lists, where nothing speaks for the type, the values of each
    facet that would. ``nearest`` are the smallest changes that would bring it on, all of one
    size; none if no change whatever does. ``tests`` are those that the front is drawn on.
    """

    type: str
    why: Why
    dominators: tuple[Dominator, ...]
    cautions: tuple[Caution, ...]
    missing: tuple[tuple[Facet, tuple[str, ...]], ...]
    nearest: tuple[Change, ...]
    tests: tuple[str, ...]


def why_not(
    situation: Situation, frame: Frame, *, found: Changes | None = None
) -> dict[str, WhyNot]:
    """Return, for every type that is off the front, why.

    ``found`` may hold the changes of the situation, if they were looked for already.
    """
    board = Board.of(frame)
    facets = situation.facets
    front = board.front(facets)
    off = [kind for kind in board.types if kind not in front]
    tests = tuple(test for test in board.tests if board.is_known(test, facets))
    held = {frame.facets[name].values[value].iri for name, value in facets.items()}
    open_still = _open_still(board, facets, tests)
    answers = {}
    for kind in off:
        cautions = tuple(c for c in frame.cautions if c.type == kind and c.conditions <= held)
        speaking = _speaking_for(kind, frame)
        is_supported = any(facets.get(facet.id) in values for facet, values in speaking)
        answers[kind] = WhyNot(
            kind,
            _first(kind in open_still, bool(cautions), is_supported),
            tuple(_dominators(kind, board, facets, tests)),
            cautions,
            () if is_supported else speaking,
            nearest(situation, frame, kind, found),
            tests,
        )
    return answers


def _first(is_open: bool, is_cautioned: bool, is_supported: bool) -> Why:
    if is_open:
        return Why.TOO_LITTLE_KNOWN
    if is_cautioned:
        return Why.CAUTIONED
    return Why.DOMINATED if is_supported else Why.UNSUPPORTED


def _open_still(board: Board, facets: Facets, tests: tuple[str, ...]) -> set[str]:
    """Return the types of which too little is known to say that they are off the front."""
    if not tests:
        return set(board.types)
    if len(tests) == len(board.tests):
        return set()
    certain = Outlook(board).certainty(facets)
    return {kind for kind, each in certain.items() if each is not Certainty.NOT}


def _speaking_for(kind: str, frame: Frame) -> tuple[tuple[Facet, tuple[str, ...]], ...]:
    """Return the facets and their values that some consideration says support a type."""
    supporting = {each.value for each in frame.considerations if kind in each.supports}
    found = (
        (facet, tuple(value.id for value in facet.values.values() if value.iri in supporting))
        for facet in frame.facets.values()
    )
    return tuple((facet, values) for facet, values in found if values)


def _dominators(
    kind: str, board: Board, facets: Facets, tests: tuple[str, ...]
) -> Iterator[Dominator]:
    """Yield the types of the front that do at least as well on every test and better on one."""
    points = {test: board.point(test, facets) for test in tests}
    at = board.types.index(kind)
    for other in undominated(list(points.values())) if points else ():
        ahead = {
            test: Fraction(point[other] - point[at]) / board.known(test, facets)
            for test, point in points.items()
        }
        if min(ahead.values()) >= 0 and any(ahead.values()):
            yield Dominator(board.types[other], ahead)

"""The fewest facts that bring one type onto the front: all changes of the smallest size.

Each size is searched by branch and bound, so that a type that many facts must change for, or that
none brings on, costs little more than one that is near.

What would change the answer: every smallest change that brings a type on or pushes it off.
Why a type is not on the front: one reason each, and the nearest facts that would bring it on.

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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from operator import add, sub

from sysgraph.advice.board import Board, Facets, Point, undominated
from sysgraph.advice.certainty import Certainty, Outlook, bits, halves, is_any_above, smallest
from sysgraph.advice.frame import Caution, Facet, Frame
from sysgraph.advice.situation import Situation

__all__ = [
    "Assignment",
    "Change",
    "Changes",
    "Dominator",
    "Why",
    "WhyNot",
    "changes",
    "nearest",
    "why_not",
]

Made = dict[str, str]
"""Facets, and what they become."""


def smallest_joining(board: Board, facets: Facets, kind: str, least: int = 1) -> list[Made]:
    """Return all the changes of the smallest size that bring a type onto the front; or none.

    ``least`` is the size to begin with, where it is known that no smaller change does.
    """
    now = [test for test in board.tests if board.is_known(test, facets)]
    rest = [test for test in board.tests if test not in now]
    # No test becomes unknown, and to change facets of one that does not count is to no purpose.
    counted = [[*now, *more] for n in range(len(rest) + 1) for more in combinations(rest, n)]
    searches = [
        _Search(board, facets, board.types.index(kind), tests) for tests in counted if tests
    ]
    for size in range(least, len(board.says) + 1):
        found = [made for search in searches for made in search.of(size)]
        if found:
            return found
    return []


@dataclass(frozen=True, slots=True)
class _Step:
    """A facet: the gaps as it stands, and with each other value that it could take."""

    name: str
    stays: Point
    others: tuple[tuple[str, Point], ...]


class _Search:
    """The changes that bring a type on where some of the tests count, and no others."""

    def __init__(self, board: Board, facets: Facets, at: int, tests: Sequence[str]) -> None:
        self._board, self._facets, self._tests = board, facets, tests
        self._types = len(board.types)
        self._nothing: Point = (0,) * self._types * len(tests)
        # The list is worked off from its end, where the strongest facets are.
        self._steps = [
            self._step(name, test, at)
            for test in tests
            for name in sorted(board.facets[test], key=lambda name: board.facets[test][name])
        ]
        self._lowest = self._bounds()

    def _step(self, name: str, test: str, at: int) -> _Step:
        was, strength = self._facets.get(name), self._board.facets[test][name]
        gaps: dict[str | None, Point] = {None: self._nothing}
        for value, signs in self._board.says[name].items():
            mine = tuple(strength * (sign - signs[at]) for sign in signs)
            none = (0,) * self._types
            gaps[value] = sum((mine if one == test else none for one in self._tests), ())
        others = ((value, gap) for value, gap in gaps.items() if value not in (was, None))
        return _Step(name, gaps[was], tuple((str(value), gap) for value, gap in others))

    def _bounds(self) -> list[list[Point]]:
        """Return the lowest gaps that the first steps can bring, by how many of them change."""
        stay, won = self._nothing, [list[int | Fraction]() for _ in self._nothing]
        found = [[stay]]
        for step in self._steps:
            stay = _added(stay, step.stays)
            best = map(min, zip(step.stays, *(gap for _, gap in step.others), strict=True))
            for each, gain in zip(won, map(sub, best, step.stays), strict=True):
                each.append(gain)
                each.sort()
            found.append(
                [
                    _added(stay, tuple(sum(each[:size]) for each in won))
                    for size in range(len(found) + 1)
                ]
            )
        return found

    def of(self, size: int) -> Iterator[Made]:
        """Yield the changes of just so many facets that bring the type on."""
        yield from self._of(len(self._steps), size, self._nothing, {})

    def _of(self, count: int, size: int, here: Point, made: Made) -> Iterator[Made]:
        if size > count or is_any_above(_added(here, self._lowest[count][size]), self._types):
            return
        if count == 0:
            after = {**self._facets, **made}
            if all(self._board.is_known(test, after) for test in self._tests):
                yield made
            return
        step = self._steps[count - 1]
        yield from self._of(count - 1, size, _added(here, step.stays), made)
        if size:
            for value, gap in step.others:
                yield from self._of(
                    count - 1, size - 1, _added(here, gap), {**made, step.name: value}
                )


def _added(one: Point, other: Point) -> Point:
    return tuple(map(add, one, other))


_HARDER = ("by-you", "by-others", "fixed")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A facet set to another value. ``was`` is None where the facet was not known."""

    facet: Facet
    was: str | None
    becomes: str

    @property
    def changeable(self) -> str:
        """Return who can change what the facet asks about: by-you, by-others or fixed."""
        return self.facet.changeable


@dataclass(frozen=True, slots=True)
class Change:
    """A smallest change of a situation that makes a type join the front, or leave it.

    None of its proper parts does the same.
    """

    type: str
    joins: bool
    assignments: tuple[Assignment, ...]

    @property
    def changeable(self) -> str:
        """Return who can make the whole change: what is hardest of its assignments.

        It is by-you if all of them are, fixed if any is, and by-others in between.
        """
        return max((each.changeable for each in self.assignments), key=_hardness)

    @property
    def strength(self) -> int:
        """Return the strength of the facets together, which only orders changes."""
        return sum(each.facet.strength for each in self.assignments)

    @property
    def facets(self) -> dict[str, str]:
        """Return the facets and what they become, to lay over those of the situation."""
        return {each.facet.id: each.becomes for each in self.assignments}


@dataclass(frozen=True, slots=True)
class Changes:
    """All smallest changes of a situation of up to ``most`` facets, the smallest first.

    Of the same size, those that you can make come first, and of these those of least strength.
    Where ``complete`` is False, there may be larger ones too.
    """

    situation: Situation
    front: tuple[str, ...]
    most: int | None
    complete: bool
    found: tuple[Change, ...]

    def of(self, kind: str) -> list[Change]:
        """Return the changes that make one type join or leave."""
        return [change for change in self.found if change.type == kind]


def changes(situation: Situation, frame: Frame, *, most: int | None = 3) -> Changes:
    """Return every smallest change that brings a type onto the front or pushes one off.

    Looked for are changes of up to ``most`` facets, or of any number with None. A known facet
    may take another value, and an unknown one any value, by which a test may become known
    enough to count. No facet becomes unknown.
    """
    board = Board.of(frame)
    front = board.front(situation.facets)
    pair = halves(board, situation.facets, most)
    named = [
        [
            Assignment(frame.facets[name], situation.facets.get(name), value)
            for name, value in half.options
        ]
        for half in pair
    ]
    place = _places(frame)
    found = []
    for at, kind in enumerate(board.types):
        for masks in smallest(pair, at, most):
            made = [
                names[bit] for mask, names in zip(masks, named, strict=True) for bit in bits(mask)
            ]
            found.append(Change(kind, kind not in front, _in_order(made, place)))
    found.sort(key=lambda change: _order(change, place))
    movable = len({name for half in pair for name, _ in half.options})
    return Changes(
        situation,
        tuple(kind for kind in board.types if kind in front),
        most,
        most is None or most >= movable,
        tuple(found),
    )


def nearest(
    situation: Situation, frame: Frame, kind: str, found: Changes | None = None
) -> tuple[Change, ...]:
    """Return all the changes of the smallest size that bring a type onto the front.

    They are in the order of ``changes``, and none if no change whatever does. ``found`` may hold
    changes that were looked for already.
    """
    known = found.of(kind) if found else []
    if known or (found and found.complete):
        return tuple(c for c in known if len(c.assignments) == len(known[0].assignments))
    least = found.most + 1 if found and found.most is not None else 1
    facets, place = situation.facets, _places(frame)
    made = []
    for each in smallest_joining(Board.of(frame), facets, kind, least):
        named = [Assignment(frame.facets[name], facets.get(name), each[name]) for name in each]
        made.append(Change(kind, True, _in_order(named, place)))
    return tuple(sorted(made, key=lambda change: _order(change, place)))


def _places(frame: Frame) -> dict[str, int]:
    return {name: at for at, name in enumerate(frame.facets)}


def _in_order(made: Iterable[Assignment], place: Mapping[str, int]) -> tuple[Assignment, ...]:
    return tuple(sorted(made, key=lambda each: place[each.facet.id]))


def _hardness(changeable: str) -> int:
    return _HARDER.index(changeable) if changeable in _HARDER else len(_HARDER)


def _order(change: Change, place: Mapping[str, int]) -> tuple[int, int, int, list[int]]:
    where = [place[each.facet.id] for each in change.assignments]
    return len(where), _hardness(change.changeable), change.strength, where


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

"""What would change the answer, and why a type is not on the front.

A change sets facets to other values. It is smallest if none of its proper parts turns the same type
on or off the front. What it does to a type hangs, for each test, only on which of the other types
stand above it and which level with it, its *rivalry*: far fewer than there are situations.

A type may be off the front for several reasons at once; the first of these that holds is given:

1. *too little known*: no test is known enough to rank on, or the front is drawn on some of the
   tests only and some answers to what is unknown would still bring the type on. To say more of it
   would be to judge before the evidence.
2. *gated*: a gate closes the type in just this situation. Whatever its standing, it fails a test.
3. *cautioned*: the graph warns against the type here, which the reader must hear first.
4. *unsupported*: nothing that is known speaks for it, so that no comparison is needed.
5. *dominated*: it has support, and a type ahead does at least as well on every test that is
   known enough, and better on one.

A type that no gate closes and that is not ahead is always dominated as well, so that one of the
five always holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from itertools import combinations, product

from sysgraph.advice.board import (
    Board,
    Facets,
    Marks,
    Ranks,
    holding_cautions,
    holding_gates,
)
from sysgraph.advice.certainty import Certainty, FrontSearch, certainty
from sysgraph.advice.frame import Caution, Facet, Frame, Gate
from sysgraph.advice.situation import Situation

__all__ = ["Assignment", "Change", "Changes", "Why", "WhyNot", "changes", "nearest", "why_not"]

_HARDER = ("by-you", "by-others", "fixed")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A facet set to another value. ``was`` is None where the facet was not known."""

    facet: Facet
    was: str | None
    becomes: str


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
        return max((each.facet.changeable for each in self.assignments), key=_hardness)

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
    board, facets = frame.board, situation.facets
    front = board.front(facets)
    found = [
        _change(kind, kind not in front, made, situation, frame)
        for kind, made in _smallest(board, facets, most)
    ]
    movable = sum(len({*values, facets.get(name)}) > 1 for name, values in board.says.items())
    complete = most is None or most >= movable
    return Changes(situation, board.in_order(front), most, complete, _sorted(found, frame))


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
    made = _smallest_joining(frame.board, situation.facets, kind, least)
    return _sorted([_change(kind, True, each, situation, frame) for each in made], frame)


def _change(
    kind: str, joins: bool, made: Mapping[str, str], situation: Situation, frame: Frame
) -> Change:
    return Change(
        kind,
        joins,
        tuple(
            Assignment(facet, situation.facets.get(name), made[name])
            for name, facet in frame.facets.items()
            if name in made
        ),
    )


def _hardness(changeable: str) -> int:
    return _HARDER.index(changeable) if changeable in _HARDER else len(_HARDER)


def _sorted(found: Iterable[Change], frame: Frame) -> tuple[Change, ...]:
    place = {name: at for at, name in enumerate(frame.facets)}

    def order(change: Change) -> tuple[int, int, int, list[int]]:
        where = [place[each.facet.id] for each in change.assignments]
        return len(where), _hardness(change.changeable), change.strength, where

    return tuple(sorted(found, key=order))


def _smallest_joining(board: Board, facets: Facets, kind: str, least: int) -> list[dict[str, str]]:
    """Return all the changes of the smallest size that bring a type onto the front; or none.

    ``least`` is the size to begin with, where it is known that no smaller change does.
    """
    now = board.counted(facets)
    rest = [test for test in board.tests if test not in now]
    # No test becomes unknown, and to change facets of one that does not count is to no purpose.
    counted = [[*now, *more] for n in range(len(rest) + 1) for more in combinations(rest, n)]
    searches = [_search(board, facets, kind, tests) for tests in counted if tests]
    for size in range(least, len(board.says) + 1):
        # What opens a gate may also let another test count, so that each is looked at as it is.
        found = {
            tuple(sorted(made.items())): made
            for search in searches
            for made in search.unbeaten(size)
            if kind in board.front({**facets, **made})
        }
        if found:
            return list(found.values())
    return []


def _search(board: Board, facets: Facets, kind: str, tests: list[str]) -> FrontSearch:
    names = [name for each in board.facets.values() for name in sorted(each, key=board.strength)]
    options = {
        name: {facets.get(name): 0, **{v: 1 for v in board.says[name] if v != facets.get(name)}}
        for name in names
    }
    return FrontSearch(board, kind, options, tests)


_Made = tuple[tuple[str, str], ...]
"""Facets, in order, and what they become."""

_Rivalry = tuple[bool, int, int, Marks]
"""What facets make of a type: whether a test is known, as bits the types that are as high on all
such and higher on one, and what becomes of the gates on its way."""

_After = tuple[tuple[Ranks, ...], Marks]
"""The ranks on each known test after a change, and what becomes of all gates."""

_Groups = dict[tuple[int, int, int], list[_Made]]
"""Changes by what they lead to, what their proper parts do (both as bits), and their size."""


def _smallest(
    board: Board, facets: Facets, most: int | None
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each type with the smallest changes, of so many facets, that turn it on or off.

    Changes of the last test and of the others are gone through apart, grouped by what they do to
    a type, and put together by their groups: with pairs of changes themselves, to look at
    changes of any size would take hours.
    """
    tests = list(board.tests)
    tables = [_table(board, part, facets, most) for part in (tests[:-1], tests[-1:])]
    for at, kind in enumerate(board.types):
        gates = sum(1 << n for n, gate in enumerate(board.gates) if gate.type == kind)
        halves = [_grouped(table, at, len(board.types), gates) for table in tables]
        for mine, yours in _pairs(*halves[0], *halves[1], most):
            yield kind, dict((*mine, *yours))


def _table(
    board: Board, tests: Sequence[str], facets: Facets, most: int | None
) -> dict[_Made, _After]:
    """Return what all changes of up to so many facets of some tests lead to."""
    names = [name for test in tests for name in board.facets[test]]
    table: dict[_Made, _After] = {}
    level: list[tuple[_Made, int]] = [((), 0)]
    while level:
        for made, _ in level:
            after = {**facets, **dict(made)}
            ranked = tuple(each for test in tests if (each := board.ranks(test, after)))
            table[made] = ranked, board.marks(after, names)
        level = [
            ((*made, (name, value)), following)
            for made, first in level
            if most is None or len(made) < most
            for following, name in enumerate(names[first:], first + 1)
            for value in board.says[name]
            if value != facets.get(name)
        ]
    return table


def _grouped(
    table: Mapping[_Made, _After], at: int, size: int, gates: int
) -> tuple[list[_Rivalry], _Groups]:
    """Return the rivalries of a type, that without any change first, and changes by these.

    Left out are those whose rivalry one of their parts leads to already, which are never needed:
    with that part in their place, less is changed and the type stands the same.
    """
    places: dict[_Rivalry, int] = {}
    place_of = {
        after: 1 << places.setdefault(_rivalry(*after, at, size, gates), len(places))
        for after in dict.fromkeys(table.values())
    }
    seen: dict[_Made, tuple[int, int]] = {}
    groups: _Groups = {}
    for made, after in table.items():
        own, below = place_of[after], 0
        for n in range(len(made)):
            part, lower = seen[made[:n] + made[n + 1 :]]
            below |= part | lower
        seen[made] = own, below
        if not own & below:
            groups.setdefault((own, below, len(made)), []).append(made)
    return list(places), groups


def _rivalry(ranks: Iterable[Ranks], marks: Marks, at: int, size: int, gates: int) -> _Rivalry:
    known, level, above = False, -1, 0
    for as_high, higher in ranks:
        known, level, above = True, level & as_high, above | higher
    row = (1 << size) - 1
    met, lifted = marks
    return known, level >> at * size & row, above >> at * size & row, (met & gates, lifted & gates)


def _pairs(
    left: list[_Rivalry], ours: _Groups, right: list[_Rivalry], theirs: _Groups, most: int | None
) -> Iterator[tuple[_Made, _Made]]:
    """Yield the pairs of changes that turn a type, where none does that is less on either side."""

    def is_front(one: _Rivalry, other: _Rivalry) -> bool:
        if one[1] & other[1] & (one[2] | other[2]) or not (one[0] or other[0]):
            return False
        return not one[3][0] & other[3][0] & ~(one[3][1] | other[3][1])

    now = is_front(left[0], right[0])
    turning = [
        sum(1 << n for n, other in enumerate(right) if is_front(one, other) != now) for one in left
    ]

    @cache
    def fitting(turned: int, barred: int) -> list[tuple[int, list[_Made]]]:
        # The whole turns the type, and nothing does that is less on either side.
        return [
            (size, made)
            for (own, below, size), made in theirs.items()
            if own & turned and not below & turned and not (own | below) & barred
        ]

    for (own, below, size), made in ours.items():
        barred = 0
        for n, each in enumerate(turning):
            barred |= each if below >> n & 1 else 0
        for more, others in fitting(turning[own.bit_length() - 1], barred):
            if most is None or size + more <= most:
                yield from product(made, others)


class Why(StrEnum):
    """The reasons why a type can be off the front, the first that holds being given."""

    TOO_LITTLE_KNOWN = "too-little-known"
    GATED = "gated"
    CAUTIONED = "cautioned"
    UNSUPPORTED = "unsupported"
    DOMINATED = "dominated"


@dataclass(frozen=True, slots=True)
class Dominator:
    """A type ahead, and how far it stands above on each test that is known enough.

    The differences are between standings, which go from -1 to 1: none is below 0, one is above.
    """

    type: str
    ahead: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a type is off the front.

    ``why`` is the one reason given; the rest is what holds whether or not it is the reason.
    ``dominators`` are all types ahead that outdo it, ``gates`` and ``cautions`` all that hold
    against it here. ``missing`` lists, where nothing speaks for the type, the values of each
    facet that would. ``nearest`` are the smallest changes that would bring it on, all of one
    size; none if no change whatever does. ``tests`` are those that the front is drawn on.
    """

    type: str
    why: Why
    dominators: tuple[Dominator, ...]
    gates: tuple[Gate, ...]
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
    board, facets = frame.board, situation.facets
    tests = tuple(board.counted(facets))
    open_still = _open_still(board, facets, tests)
    answers = {}
    for kind in board.types:
        if kind in board.front(facets):
            continue
        gates = tuple(g for g in holding_gates(facets, frame.gates) if g.type == kind)
        cautions = tuple(c for c in holding_cautions(facets, frame) if c.type == kind)
        speaking = _speaking_for(kind, frame)
        is_supported = any(facets.get(facet.id) in values for facet, values in speaking)
        reasons = (
            (Why.TOO_LITTLE_KNOWN, kind in open_still),
            (Why.GATED, gates),
            (Why.CAUTIONED, cautions),
            (Why.UNSUPPORTED, not is_supported),
            (Why.DOMINATED, True),
        )
        answers[kind] = WhyNot(
            kind,
            next(why for why, holds in reasons if holds),
            tuple(_dominators(kind, board, facets, tests)),
            gates,
            cautions,
            () if is_supported else speaking,
            nearest(situation, frame, kind, found),
            tests,
        )
    return answers


def _open_still(board: Board, facets: Facets, tests: tuple[str, ...]) -> set[str]:
    """Return the types of which too little is known to say that they are off the front."""
    if not tests:
        return set(board.types)
    if len(tests) == len(board.tests):
        return set()
    return {kind for kind, each in certainty(board, facets).items() if each is not Certainty.NOT}


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
    """Yield the types ahead that do at least as well on every test and better on one."""
    points = {test: board.point(test, facets) for test in tests}
    at = board.types.index(kind)
    for other in board.in_order(board.ahead(facets)):
        place = board.types.index(other)
        ahead = {
            test: Fraction(point[place] - point[at]) / board.known(test, facets)
            for test, point in points.items()
        }
        if min(ahead.values()) >= 0 and any(ahead.values()):
            yield Dominator(other, ahead)

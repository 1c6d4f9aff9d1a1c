"""The fewest facts that bring one type onto the front: all changes of the smallest size.

Each size is searched by branch and bound, so that a type that many facts must change for, or that
none brings on, costs little more than one that is near.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from operator import add, sub

from sysgraph.advice.board import Board, Facets, Point
from sysgraph.advice.certainty import is_any_above

__all__ = ["smallest_joining"]

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

"""What holds whatever the unknown facets turn out to be, and which question settles most.

A *completion* of a situation gives every unknown facet one of its values. A type is certainly on
the front if it is there in every completion, possibly if in some, and otherwise not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from operator import add, sub

from sysgraph.advice.board import Board, Facets, Number, Point

__all__ = ["Certainty", "Question", "Search", "certainty", "count_open", "next_question"]

Options = Mapping[str, Mapping[str | None, int]]
"""The values that facets may take, None for unknown, each with 1 if it is a change, or else 0."""


class Certainty(StrEnum):
    """Whether a type is on the front in all, some or no completions of a situation."""

    CERTAIN = "certainly"
    POSSIBLE = "possibly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Question:
    """An unknown facet, and what each answer to it would make of every type.

    ``open_now`` is how many types are now only possibly on the front.
    """

    facet: str
    answers: Mapping[str, Mapping[str, Certainty]]
    open_now: int

    @property
    def open_after(self) -> Fraction:
        """Return how many types an answer leaves open, the mean over the answers."""
        return Fraction(sum(map(count_open, self.answers.values())), len(self.answers))


def count_open(standing: Mapping[str, Certainty]) -> int:
    """Return how many types are neither certainly on the front nor certainly off it."""
    return sum(each is Certainty.POSSIBLE for each in standing.values())


def certainty(
    board: Board, facets: Facets, unanswerable: Collection[str] = ()
) -> dict[str, Certainty]:
    """Return for every type whether it is certainly, possibly or not on the front.

    Facets that are ``unanswerable`` are taken to stay unknown, and then say nothing.
    """
    open_still = {name: "" for name in board.says if name not in {*facets, *unanswerable}}
    counted = board.counted({**facets, **open_still})
    if not counted:
        return dict.fromkeys(board.types, Certainty.NOT)
    options: Options = {
        name: {facets[name]: 0} if name in facets else dict.fromkeys(board.says[name], 0)
        for name in sorted({**open_still, **facets}, key=board.strength)
        if board.test_of[name] in counted
    }
    return {kind: Search(board, kind, options).certainty() for kind in board.types}


def next_question(
    board: Board, facets: Facets, unanswerable: Collection[str] = ()
) -> Question | None:
    """Return the question that settles most, or None where the front is settled.

    It leaves the fewest types open, on average over its answers; of several, it is the one
    whose answers pull the open types furthest from the others, and then the first in order.
    """
    now = certainty(board, facets, unanswerable)
    count = count_open(now)
    if not count:
        return None
    undecided = [kind for kind, each in now.items() if each is Certainty.POSSIBLE]
    asked = []
    for facet in board.unknown(facets):
        if facet not in unanswerable:
            answers = {
                value: certainty(board, {**facets, facet: value}, unanswerable)
                for value in board.says[facet]
            }
            asked.append(Question(facet, answers, count))
    return min(asked, key=lambda q: (q.open_after, -_pull(board, q.facet, undecided)))


def _pull(board: Board, facet: str, undecided: Sequence[str]) -> float:
    """Return how much the answers vary in what they do to the open types: a variance."""
    total = 0.0
    for kind in undecided:
        for gaps in zip(*board.gaps(kind, facet).values(), strict=True):
            mean = float(sum(gaps)) / len(gaps)
            total += sum((float(gap) - mean) ** 2 for gap in gaps) / len(gaps)
    return total


class Search:
    """All that the values of facets may make of one type: branch and bound over its gaps.

    Trying everything would take minutes where nothing is known, or for a type that many facts
    must change for.
    """

    def __init__(self, board: Board, kind: str, options: Options) -> None:
        """Take each facet that counts with its options, of which one must be free of change."""
        self._types = len(board.types)
        self._nothing: Point = (0,) * self._types * len(board.tests)
        # The list is worked off from its end, where the strongest facets of a test are.
        self._steps = []
        for name, costs in options.items():
            gaps = board.gaps(kind, name)
            listed = [(v, gaps[v] if v else self._nothing, cost) for v, cost in costs.items()]
            self._steps.append((name, listed))

    def certainty(self) -> Certainty:
        """Return whether the type has no other above it for all options, for some or for none."""
        widest = self._nothing
        for _, options in self._steps:
            widest = _added(widest, _each(max, (gaps for _, gaps, _ in options)))
        # One type at a time, since one that can stand above is enough.
        if not _is_any_above(widest, self._types):
            return Certainty.CERTAIN
        return Certainty.POSSIBLE if any(True for _ in self.unbeaten()) else Certainty.NOT

    def unbeaten(self, size: int = 0) -> Iterator[dict[str, str]]:
        """Yield the options with so many changes by which no other type stands above."""
        yield from self._unbeaten(len(self._steps), size, self._nothing)

    def _unbeaten(self, count: int, size: int, here: Point) -> Iterator[dict[str, str]]:
        bounds = self._bounds[count]
        if size >= len(bounds) or _is_any_above(_added(here, bounds[size]), self._types):
            return
        if not count:
            yield {}
            return
        name, options = self._steps[count - 1]
        for value, gaps, cost in options:
            if cost <= size:
                for made in self._unbeaten(count - 1, size - cost, _added(here, gaps)):
                    yield {**made, name: str(value)} if cost else made

    @cached_property
    def _bounds(self) -> list[list[Point]]:
        """Return the lowest gaps that the first steps can bring, by how many of them change."""
        stay, won = self._nothing, [list[Number]() for _ in self._nothing]
        found = [[stay]]
        for _, options in self._steps:
            free = _each(min, (gaps for _, gaps, cost in options if not cost))
            stay = _added(stay, free)
            if len(options) > 1 and any(cost for _, _, cost in options):
                best = _each(min, (gaps for _, gaps, _ in options))
                for each, gain in zip(won, map(sub, best, free), strict=True):
                    each.append(gain)
                    each.sort()
            sizes = range(len(won[0]) + 1)
            found.append([_added(stay, tuple(sum(each[:n]) for each in won)) for n in sizes])
        return found


def _each(pick: Callable[[Point], Number], listed: Iterable[Point]) -> Point:
    return tuple(map(pick, zip(*listed, strict=True)))


def _added(one: Point, other: Point) -> Point:
    return tuple(map(add, one, other))


def _is_any_above(gaps: Point, types: int) -> bool:
    """Tell whether any type stands at least as high on all tests and higher on one."""
    parts = [gaps[at : at + types] for at in range(0, len(gaps), types)]
    return any(min(each) >= 0 and max(each) > 0 for each in zip(*parts, strict=True))

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
from operator import sub

from sysgraph.advice.board import Board, Facets, Number, Point, added

__all__ = ["Certainty", "FrontSearch", "Question", "certainty", "count_open", "next_question"]

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
    searches = _searches(board, facets, unanswerable)
    return {kind: searches[kind].certainty() if searches else Certainty.NOT for kind in board.types}


def _searches(
    board: Board, facets: Facets, unanswerable: Collection[str]
) -> dict[str, FrontSearch]:
    """Return the search over all completions for each type, or none where no test will count."""
    open_still = {name: "" for name in board.says if name not in {*facets, *unanswerable}}
    counted = board.counted({**facets, **open_still})
    options: Options = {
        name: {facets[name]: 0} if name in facets else dict.fromkeys(board.says[name], 0)
        for name in sorted({**open_still, **facets}, key=board.strength)
        if board.test_of[name] in counted
    }
    return {kind: FrontSearch.of(board, kind, options) for kind in board.types} if counted else {}


def next_question(
    board: Board, facets: Facets, unanswerable: Collection[str] = ()
) -> Question | None:
    """Return the question that settles most, or None where the front is settled.

    It leaves the fewest types open, on average over its answers; of several, it is the one
    whose answers pull the open types furthest from the others, and then the first in order.
    """
    searches = _searches(board, facets, unanswerable)
    now = {kind: search.certainty() for kind, search in searches.items()}
    undecided = [kind for kind, each in now.items() if each is Certainty.POSSIBLE]
    if not undecided:
        return None
    asked = []
    for facet in board.unknown(facets):
        if facet not in unanswerable:
            # What is decided stays so, whatever the answer.
            answers = {
                value: now | {k: searches[k].settled(facet, value).certainty() for k in undecided}
                for value in board.says[facet]
            }
            asked.append(Question(facet, answers, len(undecided)))
    return min(asked, key=lambda q: (q.open_after, -_pull(board, q.facet, undecided)))


def _pull(board: Board, facet: str, undecided: Sequence[str]) -> float:
    """Return how much the answers vary in what they do to the open types: a variance."""
    total = 0.0
    for kind in undecided:
        for gaps in zip(*board.gaps(kind, facet).values(), strict=True):
            mean = float(sum(gaps)) / len(gaps)
            total += sum((float(gap) - mean) ** 2 for gap in gaps) / len(gaps)
    return total


class _Step:
    """What each option of a facet does to one type: its value, its gaps, and whether it costs."""

    def __init__(self, options: Sequence[tuple[str | None, Point, int]]) -> None:
        self.options = options
        self.may_change = len({cost for _, _, cost in options}) > 1

    @cached_property
    def lowest_free(self) -> Point:
        return _each(min, (gaps for _, gaps, cost in self.options if not cost))

    @cached_property
    def lowest(self) -> Point:
        return _each(min, (gaps for _, gaps, _ in self.options))

    @cached_property
    def highest(self) -> Point:
        return _each(max, (gaps for _, gaps, _ in self.options))


class FrontSearch:
    """All that the values of facets may make of one type: branch and bound over its gaps.

    Trying everything would take minutes where nothing is known, or for a type that many facts
    must change for.
    """

    def __init__(self, steps: Mapping[str, _Step], nothing: Point, types: int) -> None:
        self._steps, self._nothing, self._types = steps, nothing, types
        # The list is worked off from its end, where the strongest facets of a test are.
        self._names = list(steps)

    @staticmethod
    def of(board: Board, kind: str, options: Options) -> FrontSearch:
        """Take each facet that counts with its options, of which one must be free of change."""
        nothing: Point = (0,) * len(board.types) * len(board.tests)
        steps = {}
        for name, costs in options.items():
            gaps = board.gaps(kind, name)
            steps[name] = _Step([(v, gaps[v] if v else nothing, cost) for v, cost in costs.items()])
        return FrontSearch(steps, nothing, len(board.types))

    def settled(self, facet: str, value: str) -> FrontSearch:
        """Return the search with one option of a facet, if it counts at all."""
        if facet not in self._steps:
            return self
        left = _Step([option for option in self._steps[facet].options if option[0] == value])
        return FrontSearch({**self._steps, facet: left}, self._nothing, self._types)

    def certainty(self) -> Certainty:
        """Return whether the type has no other above it for all options, for some or for none."""
        highest = zip(*(step.highest for step in self._steps.values()), strict=True)
        widest = tuple(map(sum, highest))
        # One type at a time, since one that can stand above is enough.
        if not _is_any_above(widest, self._types):
            return Certainty.CERTAIN
        return Certainty.POSSIBLE if any(True for _ in self.unbeaten()) else Certainty.NOT

    def unbeaten(self, size: int = 0) -> Iterator[dict[str, str]]:
        """Yield the options with so many changes by which no other type stands above."""
        yield from self._unbeaten(len(self._steps), size, self._nothing)

    def _unbeaten(self, count: int, size: int, here: Point) -> Iterator[dict[str, str]]:
        bounds = self._bounds[count]
        if size >= len(bounds) or _is_any_above(added(here, bounds[size]), self._types):
            return
        if not count:
            yield {}
            return
        name = self._names[count - 1]
        for value, gaps, cost in self._steps[name].options:
            if cost <= size:
                for made in self._unbeaten(count - 1, size - cost, added(here, gaps)):
                    yield {**made, name: str(value)} if cost else made

    @cached_property
    def _bounds(self) -> list[list[Point]]:
        """Return the lowest gaps that the first steps can bring, by how many of them change."""
        stay, won = self._nothing, [list[Number]() for _ in self._nothing]
        gains = list[Point]()
        found = [[stay]]
        for step in self._steps.values():
            stay = added(stay, step.lowest_free)
            if step.may_change:
                for each, gain in zip(won, map(sub, step.lowest, step.lowest_free), strict=True):
                    each.append(gain)
                    each.sort()
                sizes = range(1, len(won[0]) + 1)
                gains = [tuple(sum(each[:n]) for each in won) for n in sizes]
            found.append([stay, *(added(stay, gain) for gain in gains)])
        return found


def _each(pick: Callable[[Point], Number], listed: Iterable[Point]) -> Point:
    return tuple(map(pick, zip(*listed, strict=True)))


def _is_any_above(gaps: Point, types: int) -> bool:
    """Tell whether any type stands at least as high on all tests and higher on one."""
    parts = [gaps[at : at + types] for at in range(0, len(gaps), types)]
    return any(min(each) >= 0 and max(each) > 0 for each in zip(*parts, strict=True))

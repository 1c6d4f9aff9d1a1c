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
from itertools import product
from math import prod
from operator import sub
from random import Random

from sysgraph.advice.board import Board, Facets, Number, Point, added
from sysgraph.advice.frame import Condition

__all__ = [
    "ENOUGH",
    "Certainty",
    "FrontSearch",
    "Question",
    "certainty",
    "count_open",
    "named_first",
    "next_question",
    "shares_first",
]

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


ENOUGH = Fraction(7, 10)
"""The share of completions in which a type must come first for advice to name it.

Chosen by ``benchmarks/eagerness.py`` on half of the cases so that what is named on some of the
facts is, in 9 of 10 answers, named on all of them; docs/how-advice-is-made.md has the table.
"""

_TRIED, _SEEN = 200, 128


def shares_first(board: Board, facets: Facets) -> dict[str, Fraction]:
    """Return in what share of the completions each type comes first and is open.

    All answers to a question count alike, and optional facets stay as they are. Up to 200
    completions are all looked at; of more, 200 are drawn, for the same facets always the same.
    """
    unknown = [name for name in board.unknown(facets) if name not in board.optional]
    answers = [list(board.says[name]) for name in unknown]
    if prod(map(len, answers)) <= _TRIED:
        tried: Iterable[Sequence[str]] = list(product(*answers))
    else:
        draw = Random(0).choice
        tried = [[draw(values) for values in answers] for _ in range(_TRIED)]
    fronts = [board.front({**facets, **dict(zip(unknown, each, strict=True))}) for each in tried]
    return {k: Fraction(sum(k in front for front in fronts), len(fronts)) for k in board.types}


def named_first(board: Board, facets: Facets) -> tuple[str, ...]:
    """Return the types to name first: on the front, and likely to stay whatever else is so.

    Source: measured; see ``ENOUGH``.
    """
    front = board.front(facets)
    shares = shares_first(board, facets) if front else {}
    return board.in_order([kind for kind in front if shares[kind] >= ENOUGH])


def _searches(
    board: Board, facets: Facets, unanswerable: Collection[str]
) -> dict[str, FrontSearch]:
    """Return the search over all completions for each type, or none where no test will count."""
    open_still = {name: "" for name in board.says if name not in {*facets, *unanswerable}}
    counted = board.counted({**facets, **open_still})
    options: Options = {
        name: {facets[name]: 0} if name in facets else dict.fromkeys(board.says[name], 0)
        for name in sorted({**open_still, **facets}, key=board.strength)
    }
    if not counted:
        return {}
    return {kind: FrontSearch(board, kind, options, counted) for kind in board.types}


def next_question(
    board: Board, facets: Facets, unanswerable: Collection[str] = ()
) -> Question | None:
    """Return the question that settles most, or None where the front is settled.

    It leaves the fewest types open, on average over its answers; of several, it is the one
    whose answers pull the open types furthest from the others, and then the first in order. What is
    optional waits while too little is known of its test, which it cannot help.
    """
    searches = _searches(board, facets, unanswerable)
    now = {kind: search.certainty() for kind, search in searches.items()}
    undecided = [kind for kind, each in now.items() if each is Certainty.POSSIBLE]
    if not undecided:
        return None
    left = [name for name in board.unknown(facets) if name not in unanswerable]
    drawn = _drawn(board, facets, left)
    asked = []
    for facet in left:
        answers = {}
        for value in board.says[facet]:
            fronts = [front for each, front in drawn if each[facet] == value]
            # What is decided stays so, whatever the answer; what was seen both ways is open.
            answers[value] = now | {
                kind: Certainty.POSSIBLE
                if {True, False} == {kind in front for front in fronts}
                else searches[kind].settled(facet, value).certainty()
                for kind in undecided
            }
        asked.append(Question(facet, answers, len(undecided)))
    waiting = {name for test in board.abstains(facets) for name in board.facets[test]}
    waiting &= board.optional
    return min(
        asked,
        key=lambda q: (q.facet in waiting, q.open_after, -_pull(board, q.facet, undecided)),
    )


def _drawn(
    board: Board, facets: Facets, left: Sequence[str]
) -> list[tuple[dict[str, str], frozenset[str]]]:
    """Return some completions with what comes first in each, for the same facets the same ones.

    Most types are seen both first and not first for most answers, which spares a search for each.
    """
    draw, values = Random(0).choice, {name: list(board.says[name]) for name in left}
    tried = [{**facets, **{n: draw(some) for n, some in values.items()}} for _ in range(_SEEN)]
    return [(each, board.front(each)) for each in tried]


def _pull(board: Board, facet: str, undecided: Sequence[str]) -> float:
    """Return how much the answers vary in what they do to the open types: a variance."""
    total = 0.0
    for kind in undecided:
        for gaps in zip(*board.gaps(kind, facet).values(), strict=True):
            mean = float(sum(gaps)) / len(gaps)
            total += sum((float(gap) - mean) ** 2 for gap in gaps) / len(gaps)
    return total


class FrontSearch:
    """All that the values of facets may make of one type, gates that may close it among them.

    The options are parted so that in each part no gate can close the type; in each, the gaps
    alone settle whether it comes first.
    """

    def __init__(self, board: Board, kind: str, options: Options, tests: Collection[str]) -> None:
        """Take each facet with its options, and the tests that count."""
        self._board, self._kind, self._options, self._tests = board, kind, options, tests
        self._gates = [gate.condition for gate in board.gates if gate.type == kind]

    def settled(self, facet: str, value: str) -> FrontSearch:
        """Return the search with one option of a facet, if it counts at all."""
        if facet not in self._options:
            return self
        options = dict(self._options)
        options[facet] = {value: options[facet][value]}
        return FrontSearch(self._board, self._kind, options, self._tests)

    def certainty(self) -> Certainty:
        """Return whether the type comes first for all options, for some or for none."""
        can_close = any(self._may_hold(each) for each in self._gates)
        if not can_close and self._gaps(self._options).is_never_below:
            return Certainty.CERTAIN
        return Certainty.POSSIBLE if any(True for _ in self.unbeaten()) else Certainty.NOT

    def unbeaten(self, size: int = 0) -> Iterator[dict[str, str]]:
        """Yield the options with so many changes by which it comes first, some more than once."""
        for part in self._parts():
            yield from self._gaps(part).unbeaten(size)

    def _may_hold(self, gate: Condition) -> bool:
        options = self._options
        return all(
            not values.isdisjoint(options.get(name, ())) for name, values in gate.when.items()
        ) and not any(
            name in options and values.issuperset(options[name])
            for name, values in gate.unless.items()
        )

    def _parts(self) -> list[Options]:
        """Return parts of the options, which may overlap, in which no gate closes the type."""
        parts: list[Options] = [self._options]
        for gate in filter(self._may_hold, self._gates):
            ways = [(name, values, False) for name, values in gate.when.items()]
            ways += [(name, values, True) for name, values in gate.unless.items()]
            parts = [
                {**part, name: left}
                for part in parts
                for name, values, wanted in ways
                if (
                    left := {v: c for v, c in part.get(name, {}).items() if (v in values) is wanted}
                )
            ]
        return parts

    def _gaps(self, options: Options) -> _GapSearch:
        """Return the search of the gaps that options lead to on the tests that count."""
        board, nothing = self._board, (0,) * len(self._board.types) * len(self._board.tests)
        bound = {name for gate in self._gates for name in (*gate.when, *gate.unless)}
        steps = {}
        for name, costs in options.items():
            if board.test_of[name] in self._tests:
                gaps = board.gaps(self._kind, name)
                listed = [(v, gaps[v] if v else nothing, cost) for v, cost in costs.items()]
                steps[name] = _Step(listed)
            elif name in bound:
                steps[name] = _Step([(v, nothing, cost) for v, cost in costs.items()])
        return _GapSearch(steps, nothing, len(board.types))


class _Step:
    """What each option of a facet does to one type: its value, its gaps, and whether it costs."""

    def __init__(self, options: Sequence[tuple[str | None, Point, int]]) -> None:
        self.options = options
        self.may_change = any(cost for _, _, cost in options)

    @cached_property
    def lowest_free(self) -> Point:
        # Where every option costs, the bound is lower than need be, and still a bound.
        free = [gaps for _, gaps, cost in self.options if not cost]
        return _each(min, free) if free else self.lowest

    @cached_property
    def lowest(self) -> Point:
        return _each(min, (gaps for _, gaps, _ in self.options))

    @cached_property
    def highest(self) -> Point:
        return _each(max, (gaps for _, gaps, _ in self.options))


class _GapSearch:
    """Whether any type stands above one: branch and bound over the gaps to the others.

    Trying everything would take minutes where nothing is known, or for a type that many facts
    must change for.
    """

    def __init__(self, steps: Mapping[str, _Step], nothing: Point, types: int) -> None:
        self._steps, self._nothing, self._types = steps, nothing, types
        # The list is worked off from its end, where the strongest facets of a test are.
        self._names = list(steps)

    @property
    def is_never_below(self) -> bool:
        """Tell whether, one type at a time, none can stand above, whatever the options."""
        highest = zip(*(step.highest for step in self._steps.values()), strict=True)
        return not _is_any_above(tuple(map(sum, highest)), self._types)

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

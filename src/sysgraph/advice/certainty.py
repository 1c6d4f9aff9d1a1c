"""What holds whatever the unknown facets turn out to be, and which question settles most.

A *completion* of a situation gives every unknown facet one of its values. A type is certainly on
the front if it is there in every completion, possibly if in some, and otherwise not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sysgraph.advice.board import Board, Facets

__all__ = ["Certainty", "Outlook", "Question", "count_open"]

_Gap = tuple[int | Fraction, ...]
"""How far each type stands above the one in question; for that one itself it is 0."""

_Position = tuple[_Gap, ...]
"""The gaps on every test."""


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


class Outlook:
    """A board prepared for questions about what is unknown."""

    def __init__(self, board: Board) -> None:
        """Work out, for every type, what each value does to the gap between it and the others."""
        self.board = board
        self._gaps = {
            (facet, value, at): tuple(strength * (sign - signs[at]) for sign in signs)
            for facets in board.facets.values()
            for facet, strength in facets.items()
            for value, signs in board.says[facet].items()
            for at in range(len(board.types))
        }
        self._widest = {key: _largest(self._of(*key)) for key in self._keys()}
        # A gap that is nowhere smaller than another never helps a type onto the front.
        self._smallest = {key: _least(self._of(*key)) for key in self._keys()}

    def _keys(self) -> Iterable[tuple[str, int]]:
        return ((facet, at) for facet in self.board.says for at in range(len(self.board.types)))

    def _of(self, facet: str, at: int) -> list[_Gap]:
        return [self._gaps[facet, value, at] for value in self.board.says[facet]]

    def certainty(self, facets: Facets, unanswerable: Collection[str] = ()) -> dict[str, Certainty]:
        """Return for every type whether it is certainly, possibly or not on the front.

        Exact, in about a millisecond: for certainty one other type at a time, since one that can
        stand above is enough; for possibility by branch and bound. Facets that are
        ``unanswerable`` are taken to stay unknown, and then say nothing.
        """
        closed = {*facets, *unanswerable}
        answered = {**facets, **{name: "" for name in self.board.says if name not in closed}}
        tests = [test for test in self.board.tests if self.board.is_known(test, answered)]
        if not tests:
            return dict.fromkeys(self.board.types, Certainty.NOT)
        # The strongest are tried first, since the list is worked off from its end.
        unknown = [
            (at, facet)
            for at, test in enumerate(tests)
            for facet in sorted(self.board.facets[test], key=self.board.facets[test].__getitem__)
            if facet not in closed
        ]
        return {
            kind: self._judge(self._position(at, tests, facets), at, unknown)
            for at, kind in enumerate(self.board.types)
        }

    def _position(self, at: int, tests: Sequence[str], facets: Facets) -> _Position:
        nothing = (0,) * len(self.board.types)
        return tuple(
            _total(
                nothing,
                (self._gaps[f, facets[f], at] for f in self.board.facets[test] if f in facets),
            )
            for test in tests
        )

    def _judge(self, here: _Position, at: int, unknown: Sequence[tuple[int, str]]) -> Certainty:
        widest = here
        for test, facet in unknown:
            widest = _moved(widest, test, self._widest[facet, at])
        if not any(_is_above(gaps) for gaps in zip(*widest, strict=True)):
            return Certainty.CERTAIN
        choices = [(test, self._smallest[facet, at]) for test, facet in unknown]
        return Certainty.POSSIBLE if _escapes(here, choices) else Certainty.NOT

    def next_question(self, facets: Facets, unanswerable: Collection[str] = ()) -> Question | None:
        """Return the question that settles most, or None where the front is settled.

        It leaves the fewest types open, on average over its answers; of several, it is the one
        whose answers pull the open types furthest from the others, and then the first in order.
        """
        now = self.certainty(facets, unanswerable)
        count = count_open(now)
        if not count:
            return None
        undecided = [at for at, each in enumerate(now.values()) if each is Certainty.POSSIBLE]
        asked = [
            Question(facet, self._answers(facet, facets, unanswerable), count)
            for facet in self.board.unknown(facets)
            if facet not in unanswerable
        ]
        return min(asked, key=lambda q: (q.open_after, -self._pull(q.facet, undecided)))

    def _answers(
        self, facet: str, facets: Facets, unanswerable: Collection[str]
    ) -> dict[str, dict[str, Certainty]]:
        return {
            value: self.certainty({**facets, facet: value}, unanswerable)
            for value in self.board.says[facet]
        }

    def _pull(self, facet: str, undecided: Sequence[int]) -> Fraction:
        """Return how much the answers vary in what they do to the open types: a variance."""
        total = Fraction(0)
        for at in undecided:
            for gaps in zip(*self._of(facet, at), strict=True):
                mean = Fraction(sum(gaps)) / len(gaps)
                total += sum((gap - mean) ** 2 for gap in gaps) / len(gaps)
        return total


def _escapes(here: _Position, choices: Sequence[tuple[int, Sequence[_Gap]]]) -> bool:
    """Tell whether some choice of a gap for each leaves no type above."""
    floor = here
    for test, gaps in choices:
        floor = _moved(floor, test, _lowest(gaps))
    if any(_is_above(gaps) for gaps in zip(*floor, strict=True)):
        return False
    if not choices:
        return True
    *rest, (test, gaps) = choices
    return any(_escapes(_moved(here, test, gap), rest) for gap in sorted(gaps, key=sum))


def _is_above(gaps: Sequence[int | Fraction]) -> bool:
    """Tell whether a type with these gaps, one for each test, keeps the one below off the front."""
    return min(gaps) >= 0 and max(gaps) > 0


def _moved(position: _Position, test: int, gap: _Gap) -> _Position:
    moved = tuple(map(sum, zip(position[test], gap, strict=True)))
    return (*position[:test], moved, *position[test + 1 :])


def _total(start: _Gap, gaps: Iterable[_Gap]) -> _Gap:
    return tuple(map(sum, zip(start, *gaps, strict=True)))


def _largest(gaps: Iterable[_Gap]) -> _Gap:
    return tuple(map(max, zip(*gaps, strict=True)))


def _lowest(gaps: Iterable[_Gap]) -> _Gap:
    return tuple(map(min, zip(*gaps, strict=True)))


def _least(gaps: Iterable[_Gap]) -> list[_Gap]:
    """Return the gaps than which no other is as small everywhere."""
    distinct = set(gaps)
    return [
        gap
        for gap in distinct
        if not any(
            other != gap and all(a <= b for a, b in zip(other, gap, strict=True))
            for other in distinct
        )
    ]

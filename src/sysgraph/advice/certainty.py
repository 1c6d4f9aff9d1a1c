"""What holds whatever the unknown facets turn out to be, and which question settles most.

A *completion* of a situation gives every unknown facet one of its values. A type is certainly on
the front if it is there in every completion, possibly if in some, and otherwise not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from operator import add, itemgetter

from sysgraph.advice.board import Board, Facets

__all__ = ["Certainty", "Outlook", "Question", "count_open", "is_any_above"]

_Gaps = tuple[int | Fraction, ...]
"""How far each type stands above the one in question, test after test; itself by 0."""


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
        keys = [(facet, at) for facet in board.says for at in range(len(board.types))]
        self._all = {key: {v: self._gaps(*key, v) for v in board.says[key[0]]} for key in keys}
        self._widest = {
            key: tuple(map(max, zip(*each.values(), strict=True)))
            for key, each in self._all.items()
        }
        # A gap that is nowhere smaller than another never helps a type onto the front.
        self._least = {key: _least(each.values()) for key, each in self._all.items()}
        self._lowest = {
            key: tuple(map(min, zip(*each, strict=True))) for key, each in self._least.items()
        }

    def _gaps(self, facet: str, at: int, value: str) -> _Gaps:
        signs, here = self.board.says[facet][value], self.board.test_of[facet]
        strength = self.board.facets[here][facet]
        gaps = tuple(strength * (sign - signs[at]) for sign in signs)
        nothing = (0,) * len(signs)
        return sum((gaps if test == here else nothing for test in self.board.tests), ())

    def certainty(self, facets: Facets, unanswerable: Collection[str] = ()) -> dict[str, Certainty]:
        """Return for every type whether it is certainly, possibly or not on the front.

        Exact, in about a millisecond: for certainty one other type at a time, since one that can
        stand above is enough; for possibility by branch and bound. Facets that are
        ``unanswerable`` are taken to stay unknown, and then say nothing.
        """
        closed = {*facets, *unanswerable}
        answered = {**facets, **{name: "" for name in self.board.says if name not in closed}}
        counted = [test for test in self.board.tests if self.board.is_known(test, answered)]
        if not counted:
            return dict.fromkeys(self.board.types, Certainty.NOT)
        known = [f for f in facets if self.board.test_of[f] in counted]
        unknown = [
            name
            for test in counted
            for name, _ in sorted(self.board.facets[test].items(), key=itemgetter(1))
            if name not in closed
        ]
        return {
            kind: self._judge(at, {f: facets[f] for f in known}, unknown)
            for at, kind in enumerate(self.board.types)
        }

    def _judge(self, at: int, facets: Facets, unknown: Sequence[str]) -> Certainty:
        types = len(self.board.types)
        nothing: _Gaps = (0,) * types * len(self.board.tests)
        here = _sum(nothing, (self._all[f, at][value] for f, value in facets.items()))
        widest = _sum(here, (self._widest[f, at] for f in unknown))
        if not is_any_above(widest, types):
            return Certainty.CERTAIN
        choices, lowest = [], nothing
        # The list is worked off from its end, where the strongest facets are.
        for facet in unknown:
            lowest = _added(lowest, self._lowest[facet, at])
            choices.append((lowest, self._least[facet, at]))
        return Certainty.POSSIBLE if _escapes(here, choices, types) else Certainty.NOT

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

    def _pull(self, facet: str, undecided: Sequence[int]) -> float:
        """Return how much the answers vary in what they do to the open types: a variance."""
        total = 0.0
        for at in undecided:
            for gaps in zip(*self._all[facet, at].values(), strict=True):
                mean = float(sum(gaps)) / len(gaps)
                total += sum((float(gap) - mean) ** 2 for gap in gaps) / len(gaps)
        return total


def _escapes(here: _Gaps, choices: Sequence[tuple[_Gaps, Sequence[_Gaps]]], types: int) -> bool:
    """Tell whether some choice for each facet leaves no type above.

    Each choice comes with the lowest gaps that it and those before it could still bring.
    """
    if not choices:
        return not is_any_above(here, types)
    *rest, (lowest, gaps) = choices
    if is_any_above(_added(here, lowest), types):
        return False
    return any(_escapes(_added(here, gap), rest, types) for gap in gaps)


def is_any_above(gaps: _Gaps, types: int) -> bool:
    """Tell whether any type stands at least as high on all tests and higher on one."""
    if len(gaps) == types:
        return max(gaps) > 0
    return any(
        min(each) >= 0 and max(each) > 0
        for each in zip(*(gaps[at : at + types] for at in range(0, len(gaps), types)), strict=True)
    )


def _added(gaps: _Gaps, more: _Gaps) -> _Gaps:
    return tuple(map(add, gaps, more))


def _sum(start: _Gaps, listed: Iterable[_Gaps]) -> _Gaps:
    return tuple(map(sum, zip(start, *listed, strict=True)))


def _least(listed: Iterable[_Gaps]) -> list[_Gaps]:
    """Return the gaps than which no others are as small everywhere, the smallest first."""
    distinct = set(listed)
    kept = [
        gaps
        for gaps in distinct
        if not any(
            other != gaps and all(a <= b for a, b in zip(other, gaps, strict=True))
            for other in distinct
        )
    ]
    return sorted(kept, key=lambda gaps: (sum(gaps), gaps))

"""What would change the answer: every smallest change that brings a type on or pushes it off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sysgraph.advice.board import Board
from sysgraph.advice.frame import Facet, Frame
from sysgraph.advice.nearest import smallest_joining
from sysgraph.advice.rivalry import bits, halves, smallest
from sysgraph.advice.situation import Situation

__all__ = ["Assignment", "Change", "Changes", "changes", "nearest"]

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

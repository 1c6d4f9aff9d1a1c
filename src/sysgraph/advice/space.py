"""The states that a situation can be led to, level by level, one effect at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sysgraph.advice.board import Board
from sysgraph.advice.effects import Effect
from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import Situation

__all__ = ["Move", "Space", "State"]

State = tuple[str, ...]
"""The slugs of the values, in the order of the graph's facets; empty where it is unknown."""


@dataclass(frozen=True, slots=True)
class Move:
    """An effect by places: which facet it changes, from what, to what, and what must hold."""

    effect: Effect
    at: int
    starts: frozenset[str]
    to: str
    requires: tuple[tuple[int, str], ...]

    def fits(self, state: State) -> bool:
        """Tell whether the effect may start here, as far as values go."""
        return state[self.at] in self.starts and all(state[at] == v for at, v in self.requires)


class Space:
    """What can be reached from a situation, where each step is led by a type that fits there.

    A type fits where it is on the front and no caution holds against it. ``levels[n]`` holds the
    states that n steps reach and no fewer; ``parents`` tells from which state of the level
    before, and by which moves, each is reached. An unknown facet stays unknown.
    """

    def __init__(self, situation: Situation, frame: Frame) -> None:
        """Begin at a situation, with nothing reached but itself."""
        self.names = tuple(frame.facets)
        self._board = Board.of(frame)
        self._moves = [_move(effect, frame) for effect in frame.effects]
        self._cautions = _cautions(frame)
        self._fronts: dict[State, frozenset[str]] = {}
        self.start: State = tuple(situation.facets.get(name, "") for name in self.names)
        self.levels: list[list[State]] = [[self.start]]
        self.parents: dict[State, list[tuple[State, Move]]] = {self.start: []}

    def level(self, number: int) -> list[State]:
        """Return the states that so many steps reach and no fewer."""
        while len(self.levels) <= number:
            self.levels.append(self._next())
        return self.levels[number]

    def _next(self) -> list[State]:
        found: dict[State, list[tuple[State, Move]]] = {}
        for state in self.levels[-1]:
            for move, after in self.moves(state):
                if after not in self.parents:
                    found.setdefault(after, []).append((state, move))
        self.parents.update(found)
        return list(found)

    def moves(self, state: State) -> Iterator[tuple[Move, State]]:
        """Yield the moves that can be made from a state, with the states that they lead to."""
        for move in self._moves:
            if move.fits(state) and self.leads(move.effect.type, state):
                yield move, (*state[: move.at], move.to, *state[move.at + 1 :])

    def leads(self, kind: str, state: State) -> bool:
        """Tell whether a type is on the front of a state and no caution holds against it."""
        return kind in self.front(state) and not any(
            all(state[at] == value for at, value in conditions)
            for conditions in self._cautions.get(kind, ())
        )

    def supports(self, kind: str, state: State) -> list[str]:
        """Return the facets whose values speak for a type here, the strongest first."""
        at = self._board.types.index(kind)
        strength = {name: s for facets in self._board.facets.values() for name, s in facets.items()}
        found = [n for n, value in self.facets(state).items() if self._board.says[n][value][at] > 0]
        return sorted(found, key=lambda name: -strength[name])

    def front(self, state: State) -> frozenset[str]:
        """Return the types on the front of a state."""
        if state not in self._fronts:
            self._fronts[state] = self._board.front(self.facets(state))
        return self._fronts[state]

    def facets(self, state: State) -> dict[str, str]:
        """Return what is known in a state, by facet."""
        return {name: value for name, value in zip(self.names, state, strict=True) if value}


_Places = Mapping[str, tuple[int, str]]


def _places(frame: Frame) -> _Places:
    """Return, by the IRI of each value, the place of its facet and its slug."""
    return {
        value.iri: (at, value.id)
        for at, facet in enumerate(frame.facets.values())
        for value in facet.values.values()
    }


def _move(effect: Effect, frame: Frame) -> Move:
    places = _places(frame)
    at, to = places[effect.changes_to]
    starts = frozenset(places[value][1] for value in effect.changes_from)
    requires = tuple(sorted(places[value] for value in effect.requires))
    return Move(effect, at, starts, to, requires)


def _cautions(frame: Frame) -> dict[str, list[tuple[tuple[int, str], ...]]]:
    places = _places(frame)
    found: dict[str, list[tuple[tuple[int, str], ...]]] = {}
    for caution in frame.cautions:
        conditions = tuple(places[value] for value in caution.conditions)
        found.setdefault(caution.type, []).append(conditions)
    return found

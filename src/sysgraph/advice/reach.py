"""What can be reached from a situation, where each step is led by a type that may lead there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from sysgraph.advice.frame import Effect, Frame
from sysgraph.advice.situation import Situation

__all__ = ["Edge", "Facts", "Node", "Space", "State", "Trial", "with_facts"]

State = tuple[str | None, ...]
"""The slug of the value of each facet, in the order of the graph; None where it is not known."""

Fact = tuple[int, str]
"""The place of a facet, and the slug of one of its values."""

Facts = tuple[Fact, ...]


class Node(NamedTuple):
    """Where some steps have led: what is known, and what limits the steps that follow.

    ``left`` holds what was so and was changed; no step brings it back. ``chosen`` tells that the
    step before was a choice.
    """

    state: State
    left: frozenset[Fact] = frozenset()
    chosen: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """An effect with its facets by their places, ready to be tried on many states."""

    effect: Effect
    at: int
    starts: frozenset[str]
    becomes: str
    needs: tuple[tuple[int, tuple[str, ...]], ...]
    never: frozenset[Fact]

    @staticmethod
    def of(effect: Effect, frame: Frame) -> Trial:
        """Return an effect made ready; all its values must be known to the graph."""
        places = {name: at for at, name in enumerate(frame.facets)}
        facts = {iri: (places[facet.id], value.id) for iri, (facet, value) in frame.values.items()}
        at, becomes = facts[effect.changes_to]
        needs: dict[int, list[str]] = defaultdict(list)
        for place, value in sorted(facts[iri] for iri in effect.requires):
            needs[place].append(value)
        return Trial(
            effect,
            at,
            frozenset(facts[iri][1] for iri in effect.changes_from),
            becomes,
            tuple((place, tuple(values)) for place, values in needs.items()),
            frozenset(facts[iri] for iri in effect.never),
        )

    def assumptions(self, state: State) -> Iterator[Facts]:
        """Yield each way in which a state may be one that it can start in.

        That is: what has to be assumed of facets that are not known; nothing, where all is known.
        """
        if state[self.at] in self.starts:
            wanted = []
            for place, values in self.needs:
                if state[place] is None:
                    wanted.append([(place, value) for value in values])
                elif state[place] not in values:
                    return
            yield from product(*wanted)

    def can_start(self, state: State) -> bool:
        """Tell whether it can start with nothing assumed."""
        return (
            state[self.at] in self.starts
            and all(state[place] in values for place, values in self.needs)
            and not any(state[place] == value for place, value in self.never)
        )

    def after(self, state: State) -> State:
        """Return what it leads to."""
        return (*state[: self.at], self.becomes, *state[self.at + 1 :])


class Edge(NamedTuple):
    """A step between two nodes, and what has to be assumed for it to be made.

    ``state`` is the state that it starts in, with what is assumed in it.
    """

    start: Node
    assumed: Facts
    state: State
    turn: Trial
    end: Node


class Space:
    """What steps can reach, level by level.

    A type may lead where no gate closes it and it is not below zero on any test that is known
    enough, one at least. A choice follows a step that is no choice, and no step brings back what
    an earlier one changed. ``levels[n]`` holds the nodes that n steps reach, each with the steps
    that lead to it.
    """

    def __init__(self, situation: Situation, frame: Frame) -> None:
        self.frame = frame
        self.names = tuple(frame.facets)
        self.turns: dict[Fact, list[Trial]] = defaultdict(list)
        for turn in (Trial.of(effect, frame) for effect in frame.effects):
            for value in turn.starts:
                self.turns[turn.at, value].append(turn)
        self.start = Node(tuple(situation.facets.get(name) for name in self.names))
        self.levels: list[dict[Node, list[Edge]]] = [{self.start: []}]
        self._leading: dict[State, frozenset[str]] = {}
        self._front: dict[State, frozenset[str]] = {}
        self._closed: dict[State, frozenset[str]] = {}

    def level(self, number: int) -> dict[Node, list[Edge]]:
        """Return the nodes that so many steps reach, each with its last steps."""
        while len(self.levels) <= number:
            found: dict[Node, list[Edge]] = {}
            for node in self.levels[-1]:
                for edge in self.edges(node):
                    found.setdefault(edge.end, []).append(edge)
            self.levels.append(found)
        return self.levels[number]

    def goes_on(self, number: int) -> bool:
        """Tell whether anything can be reached in one step more than so many."""
        return any(True for node in self.level(number) for _ in self.edges(node))

    def edges(self, node: Node) -> Iterator[Edge]:
        """Yield the steps that can be made from a node."""
        facts = ((at, value) for at, value in enumerate(node.state) if value is not None)
        for fact in facts:
            for turn in self.turns.get(fact, ()):
                if self._may_follow(turn, node):
                    left = node.left | {fact}
                    for assumed in turn.assumptions(node.state):
                        state = with_facts(node.state, assumed)
                        if self.can(turn, state):
                            end = Node(turn.after(state), left, turn.effect.is_choice)
                            yield Edge(node, assumed, state, turn, end)

    def _may_follow(self, turn: Trial, node: Node) -> bool:
        """Tell whether what went before allows a step."""
        if turn.effect.is_choice and (node.chosen or node == self.start):
            return False
        return (turn.at, turn.becomes) not in node.left

    def can(self, turn: Trial, state: State) -> bool:
        """Tell whether a step can be made in a state, with nothing assumed."""
        return turn.can_start(state) and (
            turn.effect.is_led_anyway or turn.effect.type in self.leading(state)
        )

    def leading(self, state: State) -> frozenset[str]:
        """Return the types that may lead in a state."""
        if state not in self._leading:
            board, facets = self.frame.board, self.facets(state)
            points = [board.point(test, facets) for test in board.counted(facets)]
            high = frozenset(
                kind
                for at, kind in enumerate(board.types)
                if points and all(point[at] >= 0 for point in points)
            )
            self._leading[state] = high - self.closed(state)
        return self._leading[state]

    def front(self, state: State) -> frozenset[str]:
        """Return the types that come first in a state and that no gate closes."""
        if state not in self._front:
            ahead = self.frame.board.ahead(self.facets(state))
            self._front[state] = ahead - self.closed(state)
        return self._front[state]

    def closed(self, state: State) -> frozenset[str]:
        """Return the types that a gate closes in a state."""
        if state not in self._closed:
            self._closed[state] = self.frame.board.closed(self.facets(state))
        return self._closed[state]

    def facets(self, state: State) -> dict[str, str]:
        """Return what is known in a state, by facet."""
        return {n: value for n, value in zip(self.names, state, strict=True) if value is not None}


def with_facts(state: State, facts: Facts) -> State:
    """Return a state in which some facts hold as well."""
    if not facts:
        return state
    known = dict(facts)
    return tuple(known.get(at, value) for at, value in enumerate(state))

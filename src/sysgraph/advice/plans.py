"""The states that a situation can be led to, level by level, one effect at a time.

Plans: which type to lead as first so that another comes to fit, found by exact search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from sysgraph.advice.board import (
    Board,
    WatchedRisk,
    advise,
    held_values,
    holding_cautions,
    watched_risks,
)
from sysgraph.advice.frame import Caution, Effect, Frame
from sysgraph.advice.situation import Situation
from sysgraph.errors import BrokenPlan, UnknownThing
from sysgraph.near import nearest

__all__ = [
    "Ending",
    "Goal",
    "Plan",
    "Plans",
    "Step",
    "TypeGoal",
    "ValueGoal",
    "goal_of",
    "plans",
    "plans_for_types",
    "replay",
]

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


LONGEST = 4
"""The most steps that are looked ahead, unless somebody asks for more."""


@dataclass(frozen=True, slots=True)
class TypeGoal:
    """To bring a type onto the front, with no caution against it."""

    type: str


@dataclass(frozen=True, slots=True)
class ValueGoal:
    """To bring a facet to a value, both by their slugs."""

    facet: str
    value: str


Goal = TypeGoal | ValueGoal


class Ending(StrEnum):
    """How a search ended: with plans, at its longest allowed step, or with nothing left to try."""

    FOUND = "found"
    LONGEST = "longest"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True)
class Step:
    """To lead as the type of ``effect`` until what tends to follow has followed.

    ``before`` and ``after`` are the known facets; ``supports`` names those that speak for the
    type before the step, the strongest first. ``risks`` are those of the type, as ``before``
    makes them. ``begun`` and ``ended`` are cautions against any type that the step brings or
    lifts.
    """

    effect: Effect
    before: Mapping[str, str]
    after: Mapping[str, str]
    front_before: tuple[str, ...]
    front_after: tuple[str, ...]
    supports: tuple[str, ...]
    risks: tuple[WatchedRisk, ...]
    begun: tuple[Caution, ...]
    ended: tuple[Caution, ...]

    @property
    def type(self) -> str:
        """Return the slug of the type that leads."""
        return self.effect.type


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps that tend to lead from a situation to a goal; none where the goal is reached."""

    goal: Goal
    steps: tuple[Step, ...]

    @property
    def grounds(self) -> tuple[str, ...]:
        """Return the grounds that the effects of the steps rest on, sorted."""
        return tuple(sorted({step.effect.ground for step in self.steps}))


@dataclass(frozen=True, slots=True)
class Plans:
    """All shortest plans for a goal, those that change least often who leads first.

    Where none was found, ``ending`` tells whether the search stopped after ``longest`` steps or
    had looked at all ``states`` that can be reached. ``front`` is that of the situation.
    """

    situation: Situation
    goal: Goal
    found: tuple[Plan, ...]
    ending: Ending
    longest: int
    states: int
    front: tuple[str, ...]


def goal_of(text: str, frame: Frame) -> Goal:
    """Return the goal that a text names: the slug of a type, or ``facet=value``.

    Raises:
        UnknownThing: there is no such type, facet or value; carries the nearest names.
    """
    name, equals, value = text.partition("=")
    if not equals:
        return TypeGoal(_known(name, frame.types, "leadership type"))
    facet = frame.facets[_known(name, frame.facets, "facet")]
    return ValueGoal(facet.id, _known(value, facet.values, f"value of {facet.id}"))


def _known(name: str, among: Mapping[str, object], kind: str) -> str:
    if name in among:
        return name
    raise UnknownThing(name, kind, nearest(name, among))


def plans(situation: Situation, frame: Frame, goal: Goal, *, longest: int = LONGEST) -> Plans:
    """Return all shortest plans for a goal, of at most ``longest`` steps.

    A step can be made where its type is on the front with no caution against it, and where the
    values that its effect starts at and requires are known to hold. Takes some milliseconds.
    """
    return _search(Space(situation, frame), situation, frame, goal, longest)


def plans_for_types(
    situation: Situation, frame: Frame, *, longest: int = LONGEST
) -> dict[str, Plans]:
    """Return, for each type, all shortest plans to bring it onto the front."""
    space = Space(situation, frame)
    return {kind: _search(space, situation, frame, TypeGoal(kind), longest) for kind in frame.types}


def _search(space: Space, situation: Situation, frame: Frame, goal: Goal, longest: int) -> Plans:
    seen = 0
    found: list[Plan] = []
    ending = Ending.EXHAUSTED
    for number in range(longest + 1):
        level = space.level(number)
        seen += len(level)
        reached = [state for state in level if _holds(goal, state, space)]
        if reached:
            found = _plans(goal, reached, space, frame)
            ending = Ending.FOUND
            break
    else:
        # Whether anything lies beyond the longest step is settled by taking one more.
        if space.level(longest + 1):
            ending = Ending.LONGEST
    front = _ordered(space.front(space.start), frame)
    return Plans(situation, goal, tuple(found), ending, longest, seen, front)


def _holds(goal: Goal, state: State, space: Space) -> bool:
    if isinstance(goal, TypeGoal):
        return space.leads(goal.type, state)
    return state[space.names.index(goal.facet)] == goal.value


def _plans(goal: Goal, reached: list[State], space: Space, frame: Frame) -> list[Plan]:
    steps: dict[tuple[State, State, str], Step] = {}

    def step(before: State, move: Move, after: State) -> Step:
        key = (before, after, move.effect.iri)
        if key not in steps:
            steps[key] = _step(before, move, after, space, frame)
        return steps[key]

    found = [
        Plan(goal, tuple(step(*leg) for leg in path))
        for state in reached
        for path in _paths(state, space)
    ]
    order = {effect.iri: at for at, effect in enumerate(frame.effects)}
    return sorted(found, key=lambda plan: (_turns(plan), [order[s.effect.iri] for s in plan.steps]))


def _turns(plan: Plan) -> int:
    """Return how often another type takes over, the goal's own among them."""
    leads = [step.type for step in plan.steps]
    if isinstance(plan.goal, TypeGoal):
        leads.append(plan.goal.type)
    return sum(one != other for one, other in pairwise(leads))


def _paths(state: State, space: Space) -> Iterator[list[tuple[State, Move, State]]]:
    if state == space.start:
        yield []
    for before, move in space.parents[state]:
        for path in _paths(before, space):
            yield [*path, (before, move, state)]


def _step(before: State, move: Move, after: State, space: Space, frame: Frame) -> Step:
    known, then = space.facets(before), space.facets(after)
    held, holds = (held_values(Situation("", facets=facets), frame) for facets in (known, then))
    cautions, later = holding_cautions(held, frame), holding_cautions(holds, frame)
    kind = move.effect.type
    return Step(
        move.effect,
        known,
        then,
        _ordered(space.front(before), frame),
        _ordered(space.front(after), frame),
        tuple(space.supports(kind, before)),
        watched_risks(kind, held, frame),
        tuple(caution for caution in later if caution not in cautions),
        tuple(caution for caution in cautions if caution not in later),
    )


def _ordered(front: frozenset[str], frame: Frame) -> tuple[str, ...]:
    return tuple(kind for kind in frame.types if kind in front)


def replay(plan: Plan, situation: Situation, frame: Frame) -> None:
    """Go through a plan from the start by ``advise`` alone, sharing nothing with the search.

    Raises:
        BrokenPlan: a step cannot be made, or the goal is not reached; says which and why.
    """
    facets = dict(situation.facets)
    for number, step in enumerate(plan.steps, 1):
        after = _replay_step(number, step, facets, frame)
        if after != step.after:
            raise BrokenPlan(number, "it does not lead to what the plan says")
        facets = after
        front = advise(Situation("replay", facets=facets), frame).front
        if front != step.front_after:
            raise BrokenPlan(number, "afterwards the front is not what the plan says")
    _replay_goal(plan, facets, frame)


def _replay_step(number: int, step: Step, facets: dict[str, str], frame: Frame) -> dict[str, str]:
    advice = advise(Situation("replay", facets=facets), frame)
    if step.before != facets or step.front_before != advice.front:
        raise BrokenPlan(number, "it starts from another situation than the plan says")
    if step.effect not in frame.effects:
        raise BrokenPlan(number, f"the graph knows no effect '{step.effect.id}'")
    if step.type not in advice.front:
        raise BrokenPlan(number, f"{step.type} is not on the front there")
    if advice.types[step.type].cautions:
        raise BrokenPlan(number, f"a caution holds against {step.type} there")
    held = {frame.facets[name].values[value].iri for name, value in facets.items()}
    if held.isdisjoint(step.effect.changes_from) or not step.effect.requires <= held:
        raise BrokenPlan(number, f"'{step.effect.label}' cannot follow there")
    for facet in frame.facets.values():
        for value in facet.values.values():
            if value.iri == step.effect.changes_to:
                return {**facets, facet.id: value.id}
    raise BrokenPlan(number, f"'{step.effect.label}' leads to nothing that the graph knows")


def _replay_goal(plan: Plan, facets: dict[str, str], frame: Frame) -> None:
    goal = plan.goal
    if isinstance(goal, ValueGoal):
        reached = facets.get(goal.facet) == goal.value
    else:
        advice = advise(Situation("replay", facets=facets), frame)
        reached = goal.type in advice.front and not advice.types[goal.type].cautions
    if not reached:
        raise BrokenPlan(len(plan.steps), "the goal is not reached")

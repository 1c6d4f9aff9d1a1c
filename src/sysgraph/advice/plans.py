"""Plans: which type to lead as first so that another comes to fit, found by exact search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from sysgraph.advice.board import WatchedRisk, advise, held_values, holding_cautions, watched_risks
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

State = frozenset[str]
"""The IRIs of the values that are known to hold."""


class Space:
    """What can be reached from a situation, where each step is led by a type that fits there.

    A type fits where it is on the front and no caution holds against it. ``levels[n]`` holds the
    states that n steps reach and no fewer; ``parents`` tells from which state of the level
    before, and by which effects, each is reached. An unknown facet stays unknown.
    """

    def __init__(self, situation: Situation, frame: Frame) -> None:
        self.frame = frame
        self.start: State = held_values(situation, frame)
        self.levels: list[list[State]] = [[self.start]]
        self.parents: dict[State, list[tuple[State, Effect]]] = {self.start: []}

    def level(self, number: int) -> list[State]:
        """Return the states that so many steps reach and no fewer."""
        while len(self.levels) <= number:
            found: dict[State, list[tuple[State, Effect]]] = {}
            for state in self.levels[-1]:
                for effect in self.frame.effects:
                    after = self.after(effect, state)
                    if after is not None and after not in self.parents:
                        found.setdefault(after, []).append((state, effect))
            self.parents.update(found)
            self.levels.append(list(found))
        return self.levels[number]

    def after(self, effect: Effect, state: State) -> State | None:
        """Return what an effect leads to, or None where it cannot be brought about."""
        fits = not state.isdisjoint(effect.changes_from) and state >= effect.requires
        if not fits or not self.leads(effect.type, state):
            return None
        facet, _ = self.frame.values[effect.changes_to]
        return state - {value.iri for value in facet.values.values()} | {effect.changes_to}

    def leads(self, kind: str, state: State) -> bool:
        """Tell whether a type is on the front of a state and no caution holds against it."""
        against = (caution.type for caution in holding_cautions(self.facets(state), self.frame))
        return kind in self.front(state) and kind not in against

    def supports(self, kind: str, state: State) -> list[str]:
        """Return the facets whose values speak for a type here, the strongest first."""
        board = self.frame.board
        found = [n for n, value in self.facets(state).items() if board.sign(kind, n, value) > 0]
        return sorted(found, key=board.strength, reverse=True)

    def front(self, state: State) -> tuple[str, ...]:
        """Return the types on the front of a state."""
        return self.frame.board.in_order(self.frame.board.front(self.facets(state)))

    def facets(self, state: State) -> dict[str, str]:
        """Return what is known in a state, by facet."""
        pairs = self.frame.values.items()
        return {facet.id: value.id for iri, (facet, value) in pairs if iri in state}


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
    return _search(Space(situation, frame), situation, goal, longest)


def plans_for_types(situation: Situation, frame: Frame) -> dict[str, Plans]:
    """Return, for each type, all shortest plans to bring it onto the front."""
    space = Space(situation, frame)
    return {kind: _search(space, situation, TypeGoal(kind), LONGEST) for kind in frame.types}


def _search(space: Space, situation: Situation, goal: Goal, longest: int) -> Plans:
    seen = 0
    found: list[Plan] = []
    ending = Ending.EXHAUSTED
    for number in range(longest + 1):
        level = space.level(number)
        seen += len(level)
        reached = [state for state in level if _holds(goal, state, space)]
        if reached:
            found = _plans(goal, reached, space)
            ending = Ending.FOUND
            break
    else:
        # Whether anything lies beyond the longest step is settled by taking one more.
        if space.level(longest + 1):
            ending = Ending.LONGEST
    return Plans(situation, goal, tuple(found), ending, longest, seen, space.front(space.start))


def _holds(goal: Goal, state: State, space: Space) -> bool:
    if isinstance(goal, TypeGoal):
        return space.leads(goal.type, state)
    return space.frame.facets[goal.facet].values[goal.value].iri in state


def _plans(goal: Goal, reached: list[State], space: Space) -> list[Plan]:
    steps: dict[tuple[State, State, str], Step] = {}

    def step(before: State, effect: Effect, after: State) -> Step:
        key = (before, after, effect.iri)
        if key not in steps:
            steps[key] = _step(before, effect, after, space)
        return steps[key]

    found = [
        Plan(goal, tuple(step(*leg) for leg in path))
        for state in reached
        for path in _paths(state, space)
    ]
    order = {effect.iri: at for at, effect in enumerate(space.frame.effects)}
    return sorted(found, key=lambda plan: (_turns(plan), [order[s.effect.iri] for s in plan.steps]))


def _turns(plan: Plan) -> int:
    """Return how often another type takes over, the goal's own among them."""
    leads = [step.type for step in plan.steps]
    if isinstance(plan.goal, TypeGoal):
        leads.append(plan.goal.type)
    return sum(one != other for one, other in pairwise(leads))


def _paths(state: State, space: Space) -> Iterator[list[tuple[State, Effect, State]]]:
    if state == space.start:
        yield []
    for before, effect in space.parents[state]:
        for path in _paths(before, space):
            yield [*path, (before, effect, state)]


def _step(before: State, effect: Effect, after: State, space: Space) -> Step:
    frame = space.frame
    states = map(space.facets, (before, after))
    cautions, later = (holding_cautions(facets, frame) for facets in states)
    return Step(
        effect,
        space.facets(before),
        space.facets(after),
        space.front(before),
        space.front(after),
        tuple(space.supports(effect.type, before)),
        watched_risks(effect.type, before, frame),
        tuple(caution for caution in later if caution not in cautions),
        tuple(caution for caution in cautions if caution not in later),
    )


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
    advice, goal = advise(Situation("replay", facets=facets), frame), plan.goal
    if isinstance(goal, ValueGoal):
        reached = facets.get(goal.facet) == goal.value
    else:
        reached = goal.type in advice.front and not advice.types[goal.type].cautions
    if not reached:
        raise BrokenPlan(len(plan.steps), "the goal is not reached")


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
    if step.effect.changes_to not in frame.values:
        raise BrokenPlan(number, f"'{step.effect.label}' leads to nothing that the graph knows")
    facet, value = frame.values[step.effect.changes_to]
    return {**facets, facet.id: value.id}

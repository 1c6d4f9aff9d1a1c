"""Plans: which type to lead as first so that another comes to fit, found by exact search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from sysgraph.advice.board import holding_cautions, holding_gates
from sysgraph.advice.frame import Caution, Effect, Frame, Gate
from sysgraph.advice.reach import Edge, Facts, Node, Space, State, with_facts
from sysgraph.advice.risks import WatchedRisk, watched_risks
from sysgraph.advice.situation import Situation, type_of
from sysgraph.errors import UnknownThing
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
]

LONGEST = 4
"""The most steps that are looked ahead, unless somebody asks for more."""


@dataclass(frozen=True, slots=True)
class TypeGoal:
    """To bring a type to come first, with no gate that closes it."""

    type: str


@dataclass(frozen=True, slots=True)
class ValueGoal:
    """To bring a facet to a value, both by their slugs."""

    facet: str
    value: str


Goal = TypeGoal | ValueGoal


class Ending(StrEnum):
    """How a search ended: with a plan, at its longest allowed step, or with nothing left to try."""

    FOUND = "found"
    LONGEST = "longest"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True)
class Step:
    """To lead as the type of ``effect`` until what tends to follow has followed.

    ``before`` and ``after`` are the facets that are known or assumed. The step is conditional
    where something is ``assumed``: facets that are not known, with the values that the step
    needs. ``supports`` names the facets that speak for the type before the step, the strongest
    first. ``risks`` are those of the type, as ``before`` makes them; ``gates`` and ``cautions``
    hold against it there. ``gates_begun`` and the like are those against any type that the step
    brings or lifts.
    """

    effect: Effect
    before: Mapping[str, str]
    after: Mapping[str, str]
    assumed: Mapping[str, str]
    front_before: tuple[str, ...]
    front_after: tuple[str, ...]
    supports: tuple[str, ...]
    risks: tuple[WatchedRisk, ...]
    gates: tuple[Gate, ...]
    cautions: tuple[Caution, ...]
    gates_begun: tuple[Gate, ...]
    gates_ended: tuple[Gate, ...]
    begun: tuple[Caution, ...]
    ended: tuple[Caution, ...]

    @property
    def type(self) -> str:
        """Return the slug of the type that leads."""
        return self.effect.type


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps that tend to lead from a situation to a goal; none where the goal is reached.

    ``cautions`` hold against the type that is wanted, once it is there.
    """

    goal: Goal
    steps: tuple[Step, ...]
    cautions: tuple[Caution, ...] = ()

    @property
    def grounds(self) -> tuple[str, ...]:
        """Return the grounds that the effects of the steps rest on, sorted."""
        return tuple(sorted({step.effect.ground for step in self.steps}))


@dataclass(frozen=True, slots=True)
class Plans:
    """The plan for a goal, if there is one.

    It is the shortest that serves the goal; of several as short, the one that assumes least, then
    the one in which another type takes over least often, then by the names of the effects. Where
    none was ``found``, ``ending`` tells whether the search stopped after ``longest`` steps or had
    looked at all ``states`` that can be reached. ``front`` is that of the situation.
    """

    situation: Situation
    goal: Goal
    found: Plan | None
    ending: Ending
    longest: int
    states: int
    front: tuple[str, ...]


def goal_of(text: str, frame: Frame) -> Goal:
    """Return the goal that a text names: a type by slug or number, or ``facet=value``.

    Raises:
        UnknownThing: there is no such type, facet or value; carries the nearest names.
    """
    name, equals, value = text.partition("=")
    if not equals:
        return TypeGoal(type_of(name, frame))
    facet = frame.facets[_known(name, frame.facets, "facet")]
    return ValueGoal(facet.id, _known(value, facet.values, f"value of {facet.id}"))


def _known(name: str, among: Mapping[str, object], kind: str) -> str:
    if name in among:
        return name
    raise UnknownThing(name, kind, nearest(name, among))


def plans(situation: Situation, frame: Frame, goal: Goal, *, longest: int = LONGEST) -> Plans:
    """Return the plan for a goal, of at most ``longest`` steps, or how the search for it ended.

    A plan serves its goal: no step lowers the type that is wanted on a test, and each raises it
    or is needed by a later step. What a step needs and is not known is assumed, and said.
    """
    return _search(Space(situation, frame), situation, goal, longest)


def plans_for_types(situation: Situation, frame: Frame) -> dict[str, Plans]:
    """Return, for each type, the plan to bring it to come first."""
    space = Space(situation, frame)
    return {kind: _search(space, situation, TypeGoal(kind), LONGEST) for kind in frame.types}


def _search(space: Space, situation: Situation, goal: Goal, longest: int) -> Plans:
    seen: set[State] = set()
    found = None
    for number in range(longest + 1):
        level = space.level(number)
        seen.update(node.state for node in level)
        paths = [
            path
            for node in level
            if _holds(goal, node.state, space)
            for path in _paths(node, number, goal, (), space)
            if not path or not _is_assumed(goal, path, space)
        ]
        if paths:
            found = _plan(goal, min(paths, key=lambda path: _rank(path, goal, space)), space)
            break
    ending = Ending.FOUND if found else Ending.EXHAUSTED
    if not found and space.goes_on(longest):
        ending = Ending.LONGEST
    front = space.frame.board.in_order(space.front(space.start.state))
    return Plans(situation, goal, found, ending, longest, len(seen), front)


def _holds(goal: Goal, state: State, space: Space) -> bool:
    if isinstance(goal, TypeGoal):
        return goal.type in space.front(state)
    return state[space.names.index(goal.facet)] == goal.value


Path = tuple[Edge, ...]


def _paths(node: Node, number: int, goal: Goal, later: Path, space: Space) -> Iterator[Path]:
    """Yield the paths of so many steps to a node of which each step serves the goal.

    They are followed from their end, so that it is known what a step leads on to.
    """
    if not number:
        yield later
        return
    for edge in space.levels[number][node]:
        raised = _raised(goal, edge, space)
        if raised > 0 or (raised == 0 and _is_needed(edge, later, space)):
            yield from _paths(edge.start, number - 1, goal, (edge, *later), space)


def _raised(goal: Goal, edge: Edge, space: Space) -> int:
    """Tell what a step does for a goal: above zero where it serves it, below where it harms it."""
    name, was, becomes = space.names[edge.turn.at], edge.state[edge.turn.at], edge.turn.becomes
    if isinstance(goal, TypeGoal):
        board = space.frame.board
        return board.sign(goal.type, name, becomes) - board.sign(goal.type, name, was or "")
    return int((name, becomes) == (goal.facet, goal.value))


def _is_needed(edge: Edge, later: Path, space: Space) -> bool:
    """Tell whether a later step could not be made without a step."""
    state = edge.state
    for following in later:
        state = with_facts(state, following.assumed)
        if not space.can(following.turn, state):
            return True
        state = following.turn.after(state)
    return False


def _is_assumed(goal: Goal, path: Path, space: Space) -> bool:
    """Tell whether what a path assumes would do without its steps."""
    assumed = tuple(fact for edge in path for fact in edge.assumed)
    return bool(assumed) and _holds(goal, with_facts(space.start.state, assumed), space)


def _rank(path: Path, goal: Goal, space: Space) -> tuple[int, int, list[tuple[str, Facts]]]:
    """Return what puts one path before another of as many steps."""
    leads = [edge.turn.effect.type for edge in path]
    if isinstance(goal, TypeGoal):
        leads.append(goal.type)
    return (
        sum(len(edge.assumed) for edge in path),
        sum(one != other for one, other in pairwise(leads)),
        [(edge.turn.effect.iri, edge.assumed) for edge in path],
    )


def _plan(goal: Goal, path: Path, space: Space) -> Plan:
    end = path[-1].end.state if path else space.start.state
    holding = holding_cautions(space.facets(end), space.frame)
    wanted = goal.type if isinstance(goal, TypeGoal) else None
    return Plan(
        goal,
        tuple(_step(edge, space) for edge in path),
        tuple(caution for caution in holding if caution.type == wanted),
    )


def _step(edge: Edge, space: Space) -> Step:
    frame, effect = space.frame, edge.turn.effect
    before, after = states = space.facets(edge.state), space.facets(edge.end.state)
    gates, later_gates = (holding_gates(facets, frame.gates) for facets in states)
    cautions, later = (holding_cautions(facets, frame) for facets in states)
    held = [frame.facets[name].values[value].iri for name, value in before.items()]
    return Step(
        effect,
        before,
        after,
        {space.names[at]: value for at, value in edge.assumed},
        frame.board.in_order(space.front(edge.state)),
        frame.board.in_order(space.front(edge.end.state)),
        tuple(_supports(effect.type, before, frame)),
        watched_risks(effect.type, held, frame),
        tuple(gate for gate in gates if gate.type == effect.type),
        tuple(caution for caution in cautions if caution.type == effect.type),
        tuple(gate for gate in later_gates if gate not in gates),
        tuple(gate for gate in gates if gate not in later_gates),
        tuple(caution for caution in later if caution not in cautions),
        tuple(caution for caution in cautions if caution not in later),
    )


def _supports(kind: str, facets: Mapping[str, str], frame: Frame) -> list[str]:
    """Return the facets whose values speak for a type here, the strongest first."""
    board = frame.board
    found = [name for name, value in facets.items() if board.sign(kind, name, value) > 0]
    return sorted(found, key=board.strength, reverse=True)

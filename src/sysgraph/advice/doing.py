"""What to do: whether it is such a job at all, first moves, methods, and what to ask before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sysgraph.advice.board import Advice, Reason, TypeAdvice
from sysgraph.advice.certainty import named_first
from sysgraph.advice.frame import (
    BoundaryQuestion,
    Caution,
    Facet,
    FacetValue,
    Frame,
    Gate,
    Method,
    Move,
    OpeningAnswer,
)
from sysgraph.advice.risks import WatchedRisk
from sysgraph.advice.robust import Combination
from sysgraph.advice.situation import Situation
from sysgraph.terms import PREFIXES

__all__ = [
    "JOB",
    "ROLE",
    "Chosen",
    "ClosedWay",
    "Fit",
    "Leaning",
    "ToAsk",
    "Way",
    "WhatToDo",
    "answer_to",
    "boundary_questions",
    "fit_on",
    "looks_like",
    "methods_for",
    "move_for",
    "other_job",
    "types_named",
    "what_to_do",
    "who_leads",
]

JOB, ROLE = "job", "asker-role"
"""The opening questions that advice goes by: the kind of job, and where whoever asks stands."""

UNDECIDED = "not-sure"
"""The answer to the first that leaves it to the facts to say what it looks like."""

METHODS = 3
"""The most methods that are offered for a type."""

LEAST_STRONG, LEAST_BESIDE = 3, 2
"""A strong fit needs so many facts that speak on its test, so many of them not of the purpose."""

_PURPOSE = 3
"""The strength of the facets that are of the purpose: whose it is, and what it is."""


class Leaning(StrEnum):
    """Where what is known leans on one test."""

    CLOSED = "closed"
    UNKNOWN = "too little is known"
    ONE_FACT = "one fact only"
    STRONG = "strong"
    TOWARDS = "towards"
    EVEN = "even"
    AWAY = "away"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class Fit:
    """How a type fits on a test: ``speaking`` of the ``known`` facts there speak for it."""

    test: str
    leaning: Leaning
    speaking: int
    known: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """A method that no known fact rules out, with the known facts that call for it."""

    method: Method
    facts: tuple[tuple[Facet, FacetValue], ...]


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A boundary question, with the known facts with which it is one to ask first."""

    question: BoundaryQuestion
    facts: tuple[tuple[Facet, FacetValue], ...]


@dataclass(frozen=True, slots=True)
class ClosedWay:
    """A type that would come first and that gates close, each with the first move against it."""

    type: str
    gates: tuple[tuple[Gate, Move | None], ...]


@dataclass(frozen=True, slots=True)
class Way:
    """What to do about a type that comes first.

    ``risk`` is the first that no type before it has; ``against`` is what speaks most against the
    type, and ``careful`` are the cautions on it with what to do first about each.
    """

    type: str
    fits: tuple[Fit, ...]
    move: Move | None
    methods: tuple[Chosen, ...]
    risk: WatchedRisk | None
    against: Reason | None
    careful: tuple[tuple[Caution, Move | None], ...]


@dataclass(frozen=True, slots=True)
class WhatToDo:
    """What to do in a situation, for whoever asks.

    ``job`` is given where the answer to what kind of job it is settles what to do before any
    type is looked at, and ``looks_like`` where the facts look so and nobody has said otherwise.
    ``ways`` are the types to name first, ``closed`` those ahead that a gate closes.
    """

    role: OpeningAnswer | None
    job: OpeningAnswer | None
    looks_like: OpeningAnswer | None
    ways: tuple[Way, ...]
    closed: tuple[ClosedWay, ...]
    ask: tuple[ToAsk, ...]


def what_to_do(advice: Advice, frame: Frame, named: Sequence[str]) -> WhatToDo:
    """Return what to do about the types that are named first, for the role of whoever asks."""
    situation = advice.situation
    role, job = answer_to(ROLE, situation, frame), other_job(situation, frame)
    as_whom = role.iri if role else ""
    if job is not None:
        return WhatToDo(role, job, None, (), (), ())
    closed = tuple(
        ClosedWay(
            kind,
            tuple((g, move_for(g.iri, as_whom, frame)) for g in advice.types[kind].gates),
        )
        for kind in advice.ahead
        if kind not in advice.front
    )
    ask = tuple(boundary_questions(situation, frame))
    ways = tuple(_ways(advice, frame, named, as_whom))
    return WhatToDo(role, None, looks_like(situation, frame), ways, closed, ask)


def _ways(advice: Advice, frame: Frame, named: Sequence[str], role: str) -> Iterator[Way]:
    told: set[str] = set()
    for kind in named:
        entry = advice.types[kind]
        risk = _first_risk(entry.risks, told)
        told |= {risk.risk.id} if risk else set()
        yield Way(
            kind,
            tuple(fit_on(test, entry, advice, frame) for test in entry.standings),
            move_for(f"{PREFIXES['type']}{kind}", role, frame),
            tuple(methods_for(kind, advice.situation.facets, frame)[:METHODS]),
            risk,
            next(iter(entry.undermines), None),
            tuple((each, move_for(each.iri, role, frame)) for each in entry.cautions),
        )


def _first_risk(risks: Sequence[WatchedRisk], told: set[str]) -> WatchedRisk | None:
    """Return the first risk that was not told of and that anything makes one to watch."""
    return next((each for each in risks if each.score and each.risk.id not in told), None)


def answer_to(question: str, situation: Situation, frame: Frame) -> OpeningAnswer | None:
    """Return what was answered to an opening question, or None."""
    asked = frame.opening.get(question)
    return asked.answers.get(situation.opening.get(question, "")) if asked else None


def other_job(situation: Situation, frame: Frame) -> OpeningAnswer | None:
    """Return the answer by which this is another kind of job, such as a repair, or None.

    Of the answers these are the ones that known facts can look like.
    """
    answer = answer_to(JOB, situation, frame)
    return answer if answer and answer.suggested else None


def types_named(situation: Situation, frame: Frame) -> tuple[str, ...]:
    """Return the types to name first: none where this is another kind of job."""
    if other_job(situation, frame) is not None:
        return ()
    return named_first(frame.board, situation.facets)


def looks_like(situation: Situation, frame: Frame) -> OpeningAnswer | None:
    """Return what other kind of job the known facts look like, where nobody has said which."""
    given = answer_to(JOB, situation, frame)
    if JOB not in frame.opening or (given is not None and given.id != UNDECIDED):
        return None
    for answer in frame.opening[JOB].answers.values():
        if answer.suggested and answer.suggested.holds(situation.facets):
            return answer
    return None


def move_for(about: str, role: str, frame: Frame) -> Move | None:
    """Return what to do first about a type, gate or caution, by its IRI, in a role.

    Where there is nothing for the role, it is what anybody can do, if there is such a thing.
    """
    moves = {move.role: move for move in frame.moves if move.about == about}
    return moves.get(role) or moves.get("")


def methods_for(kind: str, facets: Mapping[str, str], frame: Frame) -> list[Chosen]:
    """Return the methods of a type that no known fact rules out, those most called for first."""
    known = set(facets.items())
    found = [
        Chosen(method, _facts(method.calls_for, facets, frame))
        for method in frame.methods
        if method.type == kind and method.ruled_out_by.isdisjoint(known)
    ]
    return sorted(found, key=lambda each: -len(each.facts))


def boundary_questions(situation: Situation, frame: Frame) -> list[ToAsk]:
    """Return the boundary questions that known facts call for, first those most called for.

    Facts count by the strength of their facet.
    """
    found = [ToAsk(each, _facts(each.bites, situation.facets, frame)) for each in frame.questions]
    weights = {each.question.id: sum(facet.strength for facet, _ in each.facts) for each in found}
    biting = [each for each in found if each.facts]
    return sorted(biting, key=lambda each: -weights[each.question.id])


def _facts(
    wanted: frozenset[tuple[str, str]], facets: Mapping[str, str], frame: Frame
) -> tuple[tuple[Facet, FacetValue], ...]:
    """Return which of some facts are known, those of the strongest facets first."""
    found = [
        (facet, facet.values[facets[name]])
        for name, facet in frame.facets.items()
        if name in facets and (name, facets[name]) in wanted
    ]
    return tuple(sorted(found, key=lambda pair: -pair[0].strength))


def fit_on(test: str, entry: TypeAdvice, advice: Advice, frame: Frame) -> Fit:
    """Return how a type fits on a test, and on how many facts that rests."""
    kind, facets = entry.type.id, advice.situation.facets
    known = [facet for facet in advice.known if facet.test == test]
    signs = [frame.board.sign(kind, facet.id, facets[facet.id]) for facet in known]
    value = entry.standings[test].value
    if any(gate.test == test for gate in entry.gates):
        leaning = Leaning.CLOSED
    elif value is None:
        leaning = Leaning.UNKNOWN
    elif len(known) == 1:
        leaning = Leaning.ONE_FACT
    else:
        speaking = [facet for facet, sign in zip(known, signs, strict=True) if sign]
        leaning = _leaning(value, speaking)
    return Fit(test, leaning, sum(sign > 0 for sign in signs), len(known))


def _leaning(value: Fraction, speaking: Sequence[Facet]) -> Leaning:
    if value == 0:
        return Leaning.EVEN
    beside = [facet for facet in speaking if facet.strength < _PURPOSE]
    if abs(value) * 2 < 1 or len(speaking) < LEAST_STRONG or len(beside) < LEAST_BESIDE:
        return Leaning.TOWARDS if value > 0 else Leaning.AWAY
    return Leaning.STRONG if value > 0 else Leaning.POOR


def who_leads(found: Sequence[Combination], front: Sequence[str]) -> list[Combination]:
    """Return of pairs of types those that both come first and complete each other."""
    return [each for each in found if set(each.types) <= set(front) and each.complements]

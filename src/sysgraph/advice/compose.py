"""Advice on a situation: the front, the reasons, the cautions, the risks and the cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sysgraph.advice.cases import Case
from sysgraph.advice.frame import Caution, Consideration, Facet, Frame, LeadershipType
from sysgraph.advice.situation import Situation
from sysgraph.advice.standing import Standing, front, sign, signs, stand
from sysgraph.advice.watch import WatchedRisk, held_values, watched_risks
from sysgraph.index.likeness import Near

__all__ = ["LISTED", "Advice", "Evidence", "Reason", "TypeAdvice", "advise"]

LISTED = 20
"""The most cases that are listed for a type; beyond these, cases are only counted."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A known facet value that speaks for or against a type, with why it does.

    ``direction`` is 1 for and -1 against; ``strength`` is that of the facet.
    """

    facet: Facet
    value: str
    direction: int
    consideration: Consideration

    @property
    def strength(self) -> int:
        """Return how much the reason weighs on its test."""
        return self.facet.strength


@dataclass(frozen=True, slots=True)
class Evidence:
    """A case led in the way of a type, and how much of the situation it shares.

    ``shared`` counts the facets on which the nearest reading of the case agrees with the
    situation, out of ``compared`` that both know. ``failed`` tells that its judgement on one of
    the tests is shown as a failure.
    """

    case: Case
    shared: int
    compared: int
    failed: bool


@dataclass(frozen=True, slots=True)
class TypeAdvice:
    """What there is to say about one type in a situation. ``standings`` goes by test.

    ``cases`` holds the 20 most similar at most, of ``case_count`` in all, ``failure_count`` of
    which are failures; ``nearest_failure`` is the most similar of these.
    """

    type: LeadershipType
    standings: Mapping[str, Standing]
    reasons: tuple[Reason, ...]
    cautions: tuple[Caution, ...]
    risks: tuple[WatchedRisk, ...]
    cases: tuple[Evidence, ...]
    case_count: int
    failure_count: int
    nearest_failure: Evidence | None

    @property
    def supports(self) -> list[Reason]:
        """Return what speaks for the type."""
        return [reason for reason in self.reasons if reason.direction > 0]

    @property
    def undermines(self) -> list[Reason]:
        """Return what speaks against the type."""
        return [reason for reason in self.reasons if reason.direction < 0]


@dataclass(frozen=True, slots=True)
class Advice:
    """The answer for one situation. ``abstains`` lists the tests on which too little is known.

    ``front`` holds the types that no other is at least as good as on both tests and better on
    one; it is drawn on the tests that are known enough, and empty where none is.
    """

    situation: Situation
    front: tuple[str, ...]
    abstains: tuple[str, ...]
    types: Mapping[str, TypeAdvice]
    known: tuple[Facet, ...]
    unknown: tuple[Facet, ...]
    disclosures: tuple[str, ...]


def advise(situation: Situation, frame: Frame) -> Advice:
    """Return what the graph has to say about leading change in a situation.

    The two tests are never added up, and no type is hidden.
    """
    known_signs = signs(frame)
    standings = {
        kind: {test: stand(situation, kind, test, frame, known_signs) for test in frame.tests}
        for kind in frame.types
    }
    values = {kind: {test: s.value for test, s in row.items()} for kind, row in standings.items()}
    held = held_values(situation, frame)
    evidence = _evidence(held, frame, situation.case)
    return Advice(
        situation,
        tuple(front(values)),
        tuple(test for test in frame.tests if any(row[test] is None for row in values.values())),
        {
            kind: TypeAdvice(
                entry,
                standings[kind],
                _reasons(situation, kind, frame, known_signs),
                tuple(c for c in frame.cautions if c.type == kind and c.conditions <= held),
                watched_risks(kind, held, frame),
                *evidence[kind],
            )
            for kind, entry in frame.types.items()
        },
        tuple(facet for facet in frame.facets.values() if facet.id in situation.facets),
        tuple(facet for facet in frame.facets.values() if facet.id not in situation.facets),
        tuple(frame.disclosures),
    )


def _reasons(
    situation: Situation,
    kind: str,
    frame: Frame,
    known_signs: Mapping[tuple[str, str], int],
) -> tuple[Reason, ...]:
    found = []
    for facet in frame.facets.values():
        value = situation.facets.get(facet.id)
        if value is None:
            continue
        for consideration in frame.considerations:
            if consideration.value != facet.values[value].iri:
                continue
            if kind in consideration.supports:
                found.append(Reason(facet, value, 1, consideration))
            if kind in consideration.undermines:
                found.append(Reason(facet, value, -1, consideration))
    # A value with reasons both ways counts for nothing, and its reasons still stand.
    return tuple(
        sorted(
            found,
            key=lambda r: (abs(sign(r.facet, r.value, kind, known_signs)), r.strength),
            reverse=True,
        )
    )


_Found = tuple[tuple[Evidence, ...], int, int, Evidence | None]


def _evidence(held: Collection[str], frame: Frame, own: str) -> dict[str, _Found]:
    """Return, for each type, the most similar cases, the counts, and the most similar failure."""
    lookup = frame.cases.lookup(held, own)
    failed = lookup.judged(frame.failures)
    found = {}
    for kind in frame.types:
        rows = lookup.of_type(kind)
        found[kind] = (
            lookup.nearest(rows, LISTED),
            lookup.count(rows),
            lookup.count(rows & failed),
            lookup.nearest(rows & failed, 1),
        )
    return {
        kind: (
            tuple(_tell(near, kind, frame) for near in listed),
            count,
            failures,
            _tell(failure[0], kind, frame) if failure else None,
        )
        for kind, (listed, count, failures, failure) in found.items()
    }


def _tell(near: Near, kind: str, frame: Frame) -> Evidence:
    case = Case(near.case_id, near.title, kind, near.led, near.working, near.checked)
    failed = not frame.failures.isdisjoint({(near.led, "led"), (near.working, "working")})
    return Evidence(case, near.shared, near.compared, failed)

"""Pairs of types that might be led together: what each brings the other, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations as pairs_of

from sysgraph.advice.cases import Case, Lookup
from sysgraph.advice.compose import Advice, Evidence, TypeAdvice
from sysgraph.advice.frame import Caution, Facet, Frame
from sysgraph.advice.standing import sign, signs
from sysgraph.advice.watch import WatchedRisk, held_values
from sysgraph.index import Index, Near

__all__ = ["MOST_CASES", "Combination", "Complement", "combinations"]

MOST_CASES = 10
"""The most cases that are listed for a pair of types; beyond these, cases are only counted."""


@dataclass(frozen=True, slots=True)
class Complement:
    """A known facet that speaks against one type of a pair and for the other."""

    facet: Facet
    value: str
    lacks: str
    brings: str

    @property
    def test(self) -> str:
        """Return the test that the facet bears on."""
        return self.facet.test


@dataclass(frozen=True, slots=True)
class Combination:
    """Two types, by their slugs, at least one of which is on the front.

    ``complements`` are never added up. ``risks`` come with both types, those that the situation
    makes greatest first; ``cautions`` hold against one or the other. ``cases`` are coded as both
    types, one of them or a third being the primary one: failures first, then the most similar;
    ``case_count`` and ``failure_count`` count all of them.
    """

    types: tuple[str, str]
    on_front: tuple[str, ...]
    complements: tuple[Complement, ...]
    risks: tuple[WatchedRisk, ...]
    cautions: tuple[Caution, ...]
    cases: tuple[Evidence, ...]
    case_count: int
    failure_count: int


def combinations(advice: Advice, frame: Frame) -> tuple[Combination, ...]:
    """Return what the graph holds on each pair of types that has one on the front.

    It only tells what stands in the graph: that two types were led together says nothing of
    whether that is why it turned out as it did. Takes some milliseconds over 100,000 cases.
    """
    lookup = frame.cases.lookup(held_values(advice.situation, frame), advice.situation.case)
    failed = lookup.judged(frame.failures)
    known = signs(frame)
    return tuple(
        _combine(pair, advice, frame, lookup, failed, known)
        for pair in pairs_of(frame.types, 2)
        if not set(advice.front).isdisjoint(pair)
    )


def _combine(
    pair: tuple[str, str],
    advice: Advice,
    frame: Frame,
    lookup: Lookup,
    failed: int,
    known: Mapping[tuple[str, str], int],
) -> Combination:
    one, other = (advice.types[kind] for kind in pair)
    rows = lookup.of_both(*pair)
    return Combination(
        pair,
        tuple(kind for kind in advice.front if kind in pair),
        tuple(_complements(pair, advice, known)),
        _shared_risks(one, other),
        (*one.cautions, *other.cautions),
        tuple(_evidence(rows, failed, lookup, frame.cases.index())),
        lookup.count(rows),
        lookup.count(rows & failed),
    )


def _complements(
    pair: tuple[str, str], advice: Advice, known: Mapping[tuple[str, str], int]
) -> Iterator[Complement]:
    for facet in advice.known:
        value = advice.situation.facets[facet.id]
        one, other = (sign(facet, value, kind, known) for kind in pair)
        if one < 0 < other:
            yield Complement(facet, value, pair[0], pair[1])
        if other < 0 < one:
            yield Complement(facet, value, pair[1], pair[0])


def _shared_risks(one: TypeAdvice, other: TypeAdvice) -> tuple[WatchedRisk, ...]:
    theirs = {watched.risk.id for watched in other.risks}
    return tuple(watched for watched in one.risks if watched.risk.id in theirs)


def _evidence(rows: int, failed: int, lookup: Lookup, index: Index) -> Iterator[Evidence]:
    """Yield the cases of these rows, failures first and then the most similar."""
    listed = 0
    for part, is_failure in ((rows & failed, True), (rows & ~failed, False)):
        near = lookup.nearest(part, MOST_CASES - listed) if listed < MOST_CASES else []
        listed += len(near)
        for each in near:
            yield Evidence(_case(each, index), each.shared, each.compared, is_failure)


def _case(near: Near, index: Index) -> Case:
    rows = index.rows_of_case(near.case_id)
    kind = next(kind for kind, theirs in index.holding("type=") if theirs & rows)
    return Case(near.case_id, near.title, kind, near.led, near.working, near.checked)

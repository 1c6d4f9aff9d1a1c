"""What the cases show: what they share with a situation, what came of them, how sure it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sysgraph.advice.cases import Case, Lookup, StoredCase
from sysgraph.advice.frame import Facet, FacetValue, Frame
from sysgraph.advice.situation import Situation
from sysgraph.advice.tally import Tally
from sysgraph.index.likeness import Near
from sysgraph.terms import PREFIXES

__all__ = [
    "SHOWN",
    "Difference",
    "Grade",
    "Likened",
    "Shared",
    "TypeEvidence",
    "weigh_evidence",
]

SHOWN = 4
"""The most similar cases of a type that are looked at facet by facet."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A facet on which a case and the situation agree."""

    facet: Facet
    value: FacetValue


@dataclass(frozen=True, slots=True)
class Difference:
    """A facet on which a case and the situation differ."""

    facet: Facet
    here: FacetValue
    there: FacetValue


@dataclass(frozen=True, slots=True)
class Grade:
    """How good a case is as evidence.

    ``checked`` tells that one of its citations was read. ``disputed`` are the facets known of
    both, by which it is likened, on which its readings differ; ``readings`` is how many there
    are. ``confidence`` is that of the case as a whole, or empty.
    """

    checked: bool
    readings: int
    disputed: tuple[Facet, ...]
    confidence: str


@dataclass(frozen=True, slots=True)
class Likened:
    """A case beside the situation, by the reading of it that is nearest, seen from ``standpoint``.

    ``unknown`` are the facets known of the situation and not of the case. ``failed`` are the
    tests that it is a failure on, and ``unheeded`` those on which its judgement stands attacked;
    ``why`` gives by test the reason for the judgement.
    """

    case: Case
    standpoint: str
    shared: tuple[Shared, ...]
    differs: tuple[Difference, ...]
    unknown: tuple[Facet, ...]
    failed: tuple[str, ...]
    unheeded: tuple[str, ...]
    why: Mapping[str, str]
    grade: Grade


@dataclass(frozen=True, slots=True)
class TypeEvidence:
    """What the cases led in the way of one type show.

    ``cases`` are the most similar of the ``count`` that count, failures first, and each kind by
    nearness; the most similar failure is among them if there is one. ``tallies`` goes by test
    and is over all that count; ``alike`` is over the ``alike_count`` that share at least half of
    what is known of the situation. ``attacked`` are the first of the ``attacked_count`` that
    stand attacked: they are told and never counted.
    """

    kind: str
    cases: tuple[Likened, ...]
    count: int
    tallies: Mapping[str, Tally]
    alike_count: int
    alike: Mapping[str, Tally]
    attacked_count: int
    attacked: tuple[Case, ...]


def weigh_evidence(
    situation: Situation,
    frame: Frame,
    *,
    kinds: Collection[str] | None = None,
    shown: int = SHOWN,
    without: Collection[str] = (),
    unclassified: Collection[tuple[str, str]] = (),
    unjudged: Collection[tuple[str, str]] = (),
) -> dict[str, TypeEvidence]:
    """Return what the cases show for each type, or for ``kinds`` alone.

    Not counted are the cases ``without`` (ids), the pairs of case and type ``unclassified``,
    and, on their test, the pairs of case and test ``unjudged``. Each of the ``shown`` cases of a
    type is fetched, at about a millisecond each; everything else is counted at once. Nothing is
    said of the case that the situation was taken from.
    """
    held = [frame.facets[facet].values[value].iri for facet, value in situation.facets.items()]
    lookup = frame.cases.lookup(held, situation.case)
    weighing = _Weighing(situation, frame, lookup, frozenset(unjudged))
    gone = _rows(lookup, without)
    found = {}
    for kind in frame.types if kinds is None else kinds:
        rows = lookup.of_type(kind)
        attacked = rows & (gone | _rows(lookup, (case for case, of in unclassified if of == kind)))
        found[kind] = weighing.of_type(kind, rows & ~attacked, attacked, shown)
    return found


def _rows(lookup: Lookup, ids: Collection[str] | Iterator[str]) -> int:
    rows = 0
    for case_id in ids:
        rows |= lookup.index.rows_of_case(case_id)
    return rows


@dataclass(frozen=True, slots=True)
class _Weighing:
    """One situation beside all cases."""

    situation: Situation
    frame: Frame
    lookup: Lookup
    unjudged: frozenset[tuple[str, str]]

    def of_type(self, kind: str, rows: int, attacked: int, shown: int) -> TypeEvidence:
        """Return the evidence from the rows that count, and those that stand attacked."""
        lookup = self.lookup
        known = len(self.situation.facets)
        alike = lookup.sharing((known + 1) // 2) & rows if known else 0
        return TypeEvidence(
            kind,
            tuple(self._likened(kind, rows, shown)),
            lookup.count(rows),
            {test: self._tally(test, rows) for test in self.frame.tests},
            lookup.index.lifted(alike).bit_count(),
            {test: self._tally(test, alike) for test in self.frame.tests},
            lookup.count(attacked),
            tuple(self._attacked(kind, attacked, max(shown, SHOWN))),
        )

    def _tally(self, test: str, rows: int) -> Tally:
        index, frame = self.lookup.index, self.frame
        heads = index.lifted(rows) & ~self._ignored(test)
        counts = {name: (held & heads).bit_count() for name, held in index.holding(f"{test}=")}
        kinds = (frame.failures, frame.partial, frame.successes)
        said: dict[str, int] = {}
        sums = []
        for pairs in kinds:  # failures are told first
            of_kind = {j: count for j, count in counts.items() if count and (j, test) in pairs}
            said |= of_kind
            sums.append(sum(of_kind.values()))
        said |= {judgement: count for judgement, count in counts.items() if count}
        failed, partly, met = sums
        return Tally(test, met, partly, failed, index.lifted(rows).bit_count() - sum(sums), said)

    def _likened(self, kind: str, rows: int, shown: int) -> Iterator[Likened]:
        if not shown:
            return
        near = self.lookup.nearest(rows, shown)
        if not any(self._failed(each) for each in near):
            # A reader must not leave with successes only.
            near += self.lookup.nearest(rows & self._failures(), 1)
        for each in sorted(near, key=lambda each: not self._failed(each)):
            yield self._liken(each, kind)

    def _failures(self) -> int:
        """Return the rows of the cases that are failures on a test whose judgement counts."""
        rows = 0
        for judgement, test in self.frame.failures:
            judged = self.lookup.index.rows_of(f"{test}={judgement}")
            rows |= judged & ~self._ignored(test)
        return rows

    def _ignored(self, test: str) -> int:
        return _rows(self.lookup, (case for case, of in self.unjudged if of == test))

    def _failed(self, near: Near) -> tuple[str, ...]:
        judged = {"led": near.led, "working": near.working}
        return tuple(
            test
            for test in self.frame.tests
            if (judged[test], test) in self.frame.failures
            and (near.case_id, test) not in self.unjudged
        )

    def _liken(self, near: Near, kind: str) -> Likened:
        stored = self.frame.cases[f"{PREFIXES['case']}{near.case_id}"]
        reading = self._nearest_reading(stored)
        theirs = stored.readings.get(reading, {})
        shared, differs, unknown = [], [], []
        for facet in self._known_facets():
            here = facet.values[self.situation.facets[facet.id]]
            there = _value_of(facet, theirs.get(facet.id))
            if there is None:
                unknown.append(facet)
            elif there.id == here.id:
                shared.append(Shared(facet, here))
            else:
                differs.append(Difference(facet, here, there))
        compared = [*(each.facet for each in shared), *(each.facet for each in differs)]
        return Likened(
            Case(near.case_id, near.title, kind, near.led, near.working, near.checked),
            stored.standpoints.get(reading, ""),
            tuple(shared),
            tuple(differs),
            tuple(unknown),
            self._failed(near),
            tuple(test for test in self.frame.tests if (near.case_id, test) in self.unjudged),
            stored.why,
            Grade(
                near.checked,
                len(stored.readings),
                tuple(facet for facet in compared if _is_disputed(facet, stored)),
                stored.confidence,
            ),
        )

    def _known_facets(self) -> list[Facet]:
        facets = self.frame.facets.values()
        return [facet for facet in facets if facet.id in self.situation.facets]

    def _nearest_reading(self, stored: StoredCase) -> str:
        """Return the reading that shares most, and of those alike that which knows most."""

        def likeness(reading: str) -> tuple[int, int]:
            theirs = stored.readings[reading]
            pairs = [
                (facet.values[self.situation.facets[facet.id]].iri, theirs[facet.id])
                for facet in self._known_facets()
                if facet.id in theirs
            ]
            return sum(here == there for here, there in pairs), len(pairs)

        return max(stored.readings, key=likeness, default="")

    def _attacked(self, kind: str, rows: int, limit: int) -> Iterator[Case]:
        for near in self.lookup.nearest(rows, limit):
            yield Case(near.case_id, near.title, kind, near.led, near.working, near.checked)


def _value_of(facet: Facet, iri: str | None) -> FacetValue | None:
    return next((value for value in facet.values.values() if value.iri == iri), None)


def _is_disputed(facet: Facet, stored: StoredCase) -> bool:
    """Tell whether two readings that know a facet see different values."""
    return len({values[facet.id] for values in stored.readings.values() if facet.id in values}) > 1

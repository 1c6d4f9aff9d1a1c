"""What some cases tell of a share: an interval that admits how few they are.

What came of some cases on one test, counted, and what the counts can tell.
What the cases show: what they share with a situation, what came of them, how sure it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import exp, lgamma, log, log1p, sqrt

from sysgraph.advice.cases import Case, Lookup, Near, StoredCase
from sysgraph.advice.frame import Facet, FacetValue, Frame
from sysgraph.advice.situation import Situation
from sysgraph.terms import PREFIXES

__all__ = [
    "EXACT",
    "LEAST",
    "SHOWN",
    "Interval",
    "Likened",
    "Tally",
    "TypeEvidence",
    "Verdict",
    "interval",
    "is_most",
    "weigh_evidence",
]

_TAIL = 0.025
_Z = 1.959963984540054
EXACT = 1000
"""Up to this many cases the interval is exact; beyond it is Wilson's, which is quick to compute."""

LEAST = 6
"""With fewer cases nothing can be said: had all of them gone one way, chance could do it too.

The exact 95 % interval of 5 out of 5 goes down to 48 %, that of 6 out of 6 to 54 %.
"""

_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Interval:
    """What a share lies between, from 0 to 1, with a confidence of 95 %."""

    low: float
    high: float


@lru_cache(maxsize=4096)
def interval(count: int, of: int) -> Interval:
    """Return the 95 % interval of a share of which ``count`` out of ``of`` were seen.

    It is exact: at least 95 % of the time it holds the true share. It takes a tenth of a
    millisecond, and is remembered. Where nothing was seen it is all from 0 to 1.

    Source: Clopper & Pearson 1934, Biometrika 26(4), and beyond 1,000 cases Wilson 1927, Journal
    of the American Statistical Association 22(158).
    """
    if not of:
        return Interval(0.0, 1.0)
    if of > EXACT:
        return _wilson(count, of)
    return Interval(_lowest(count, of), 1 - _lowest(of - count, of))


def _wilson(count: int, of: int) -> Interval:
    share, square = count / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = _Z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return Interval(max(0.0, middle - reach), min(1.0, middle + reach))


def _lowest(count: int, of: int) -> float:
    """Return the share at which as many as these, or more, are seen 2.5 % of the time.

    Newton's method from Wilson's bound, kept between what is too low and what is too high.
    """
    if not count:
        return 0.0
    a, b = count, of - count + 1
    low, high = 0.0, 1.0
    share = max(_wilson(count, of).low, 1e-9)
    for _ in range(100):
        excess = _tail(count, of, share) - _TAIL
        if excess > 0:
            high = share
        else:
            low = share
        slope = exp((a - 1) * log(share) + (b - 1) * log1p(-share) - _log_beta(a, b))
        step = excess / slope if slope else 0.0
        following = share - step
        if not slope or not low < following < high:
            following = (low + high) / 2
        if abs(following - share) < 1e-13:
            return following
        share = following
    return share


def is_most(count: int, of: int) -> bool:
    """Tell whether more than half meet something, with the same confidence as the interval."""
    return of > 0 and count * 2 > of and _tail(count, of, 0.5) < _TAIL


def _tail(count: int, of: int, share: float) -> float:
    """Return how likely it is to see as many as these or more, at least one.

    It is an incomplete beta function.

    Source: NIST Digital Library of Mathematical Functions, 8.17.5 and the continued fraction
    8.17.22, by Lentz's method.
    """
    a, b = float(count), float(of - count + 1)
    front = exp(a * log(share) + b * log1p(-share) - _log_beta(a, b))
    if share > (a + 1) / (a + b + 2):
        return 1.0 - front * _fraction(b, a, 1 - share) / b
    return front * _fraction(a, b, share) / a


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 1000):
        twice = a + 2 * m
        for term in (
            m * (b - m) * x / ((twice - 1) * twice),
            -(a + m) * (a + b + m) * x / (twice * (twice + 1)),
        ):
            d = 1 / _off_zero(1 + term * d)
            c = _off_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


class Verdict(StrEnum):
    """What cases can tell of how a test goes."""

    TOO_FEW = "too few to say"
    MOST_MEET = "more than half meet it"
    MOST_FAIL = "more than half fail it"
    OPEN = "it may go either way"


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of some cases on one test.

    ``met``, ``partly`` and ``failed`` are counts of cases by what their judgement means for the
    test, ``open`` of those that say nothing of it or whose judgement stands attacked.
    ``judgements`` counts the cases by judgement.
    """

    test: str
    met: int
    partly: int
    failed: int
    open: int
    judgements: Mapping[str, int]

    @property
    def known(self) -> int:
        """Return how many cases say something of the test."""
        return self.met + self.partly + self.failed

    @property
    def meeting(self) -> Interval:
        """Return what share of such cases meets the test, among those that say something."""
        return interval(self.met, self.known)

    @property
    def failing(self) -> Interval:
        """Return what share of such cases fails the test, among those that say something."""
        return interval(self.failed, self.known)

    @property
    def verdict(self) -> Verdict:
        """Return what the cases can tell.

        They are too few when even all of them together could not exclude an even chance.
        """
        if self.known < LEAST:
            return Verdict.TOO_FEW
        if is_most(self.met, self.known):
            return Verdict.MOST_MEET
        return Verdict.MOST_FAIL if is_most(self.failed, self.known) else Verdict.OPEN

    @property
    def to_overturn(self) -> int:
        """Return how many unseen failures would make failures more than successes.

        That is the least number which, added to the failures, makes them more than the cases
        that meet the test in full; 0 where they are so already.
        """
        return max(0, self.met - self.failed + 1)

    @property
    def to_doubt(self) -> int | None:
        """Return how many unseen failures would leave it open whether more than half meet it.

        None where the cases do not tell that more than half do.
        """
        if self.verdict is not Verdict.MOST_MEET:
            return None
        low, high = 0, self.met  # with as many failures more, half at most meet it
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if is_most(self.met, self.known + middle) else (low, middle)
        return high


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

"""What the cases show of a situation: what came of those like it, and how sure so few can be."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import exp, lgamma, log, log1p, sqrt

from sysgraph.advice.cases import CaseStudy, JudgementGround, Lookup, Near, StoredCase
from sysgraph.advice.frame import Facet, FacetValue, Frame
from sysgraph.advice.situation import Situation
from sysgraph.store.index import INDEPENDENT
from sysgraph.terms import PREFIXES

__all__ = [
    "EXACT",
    "LEAST",
    "LIKE",
    "SHOWN",
    "Alike",
    "Interval",
    "Likened",
    "OutcomeTally",
    "OutcomeVerdict",
    "TypeEvidence",
    "interval",
    "is_most",
    "most_alike",
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
    millisecond, and is remembered.

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
        low, high = (low, share) if excess > 0 else (share, high)
        slope = exp((a - 1) * log(share) + (b - 1) * log1p(-share) - _log_beta(a, b))
        following = share - excess / slope
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - share) < 1e-13:
            return following
        share = following
    return share


def is_most(count: int, of: int) -> bool:
    """Tell whether more than half meet something, with the same confidence as the interval."""
    return count * 2 > of and _tail(count, of, 0.5) < _TAIL


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


class OutcomeVerdict(StrEnum):
    """What cases can tell of how a test goes."""

    TOO_FEW = "too few to say"
    MOST_MEET = "more than half meet it"
    MOST_FAIL = "more than half fail it"
    OPEN = "it may go either way"


@dataclass(frozen=True, slots=True)
class OutcomeTally:
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
    def verdict(self) -> OutcomeVerdict:
        """Return what the cases can tell.

        They are too few when even all of them together could not exclude an even chance.
        """
        if self.known < LEAST:
            return OutcomeVerdict.TOO_FEW
        if is_most(self.met, self.known):
            return OutcomeVerdict.MOST_MEET
        failing = is_most(self.failed, self.known)
        return OutcomeVerdict.MOST_FAIL if failing else OutcomeVerdict.OPEN

    @property
    def to_overturn(self) -> int:
        """Return how many unseen failures would be more than the cases that meet it in full."""
        return max(0, self.met - self.failed + 1)

    @property
    def to_doubt(self) -> int | None:
        """Return how many unseen failures would leave it open whether more than half meet it.

        None where the cases do not tell that more than half do.
        """
        if self.verdict is not OutcomeVerdict.MOST_MEET:
            return None
        # With as many failures more as there are successes, half at most meet it.
        more = range(self.met)
        return bisect(more, False, key=lambda each: not is_most(self.met, self.known + each))


SHOWN = 4
"""The most similar cases of a type that are looked at facet by facet."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A facet known of both the situation and a case, with its value in each."""

    facet: Facet
    here: FacetValue
    there: FacetValue


@dataclass(frozen=True, slots=True)
class Likened:
    """A case beside the situation, by the reading of it that is nearest, seen from ``standpoint``.

    ``unknown`` are the facets known of the situation and not of the case. ``failed`` are the
    tests that it is a failure on, and ``unheeded`` those on which its judgement stands attacked;
    ``why`` gives by test the reason for the judgement, and ``grounds`` how old it is and whose.
    A selected case was looked for because of what came of it. How good it is as evidence tell
    the number of its ``readings``, on which of the compared facets they differ (``disputed``),
    and the ``confidence`` of the case as a whole, which may be empty. ``summary`` tells what was
    done.
    """

    case: CaseStudy
    standpoint: str
    shared: tuple[Compared, ...]
    differs: tuple[Compared, ...]
    unknown: tuple[Facet, ...]
    failed: tuple[str, ...]
    unheeded: tuple[str, ...]
    why: Mapping[str, str]
    grounds: Mapping[str, JudgementGround]
    is_selected: bool
    readings: int
    disputed: tuple[Facet, ...]
    confidence: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class TypeEvidence:
    """What the cases led in the way of one type show.

    ``cases`` are the most similar of the ``count`` that count, failures first, and each kind by
    nearness; the most similar failure is among them if there is one. ``tallies`` goes by test
    and is over all that count but the ``selected_count`` that were looked for because of what
    came of them: these are shown, and tell nothing of how often that comes. ``alike`` is over
    the ``alike_count`` of the tallied that share at least half of what is known of the
    situation. ``attacked`` are the first of the ``attacked_count`` that stand attacked: they are
    told and never counted.
    """

    cases: tuple[Likened, ...]
    count: int
    selected_count: int
    tallies: Mapping[str, OutcomeTally]
    alike_count: int
    alike: Mapping[str, OutcomeTally]
    attacked_count: int
    attacked: tuple[CaseStudy, ...]


LIKE = 4
"""A case is like a situation if it shares as many facts, and at least half of those compared."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Of the cases of a type that are like a situation, the most similar of each end.

    What ``went_well`` met one test and failed none; what ``failed`` is a failure on one. None
    where no case is similar enough.
    """

    went_well: Likened | None
    failed: Likened | None


def weigh_evidence(
    situation: Situation,
    frame: Frame,
    *,
    shown: int = SHOWN,
    without: Collection[str] = (),
    unclassified: Collection[tuple[str, str]] = (),
    unjudged: Collection[tuple[str, str]] = (),
    only_independent: bool = False,
) -> dict[str, TypeEvidence]:
    """Return what the cases show for each type.

    Not counted are the cases ``without`` (ids), the pairs of case and type ``unclassified``,
    and, on their test, the pairs of case and test ``unjudged``; with ``only_independent``, nor
    what is not known to have been judged by others than those who led. Each of the ``shown``
    cases of a type is fetched, at about a millisecond each; everything else is counted at once.
    Nothing is said of the case that the situation was taken from.
    """
    weighing = _weigh(situation, frame, unjudged, only_independent=only_independent)
    return {
        kind: weighing.of_type(kind, weighing.gone(kind, without, unclassified), shown)
        for kind in frame.types
    }


def most_alike(
    situation: Situation,
    frame: Frame,
    kinds: Collection[str],
    *,
    without: Collection[str] = (),
    unclassified: Collection[tuple[str, str]] = (),
    unjudged: Collection[tuple[str, str]] = (),
    only_independent: bool = False,
) -> dict[str, Alike]:
    """Return for types the case most like the situation that went well, and the one that did not.

    What is left out is left out as in ``weigh_evidence``. At most two cases a type are fetched.
    """
    weighing = _weigh(situation, frame, unjudged, only_independent=only_independent)
    return {
        kind: weighing.alike(kind, weighing.gone(kind, without, unclassified)) for kind in kinds
    }


def _weigh(
    situation: Situation,
    frame: Frame,
    unjudged: Collection[tuple[str, str]],
    *,
    only_independent: bool,
) -> _Weighing:
    held = [
        (facet, facet.values[situation.facets[facet.id]])
        for facet in frame.facets.values()
        if facet.id in situation.facets
    ]
    lookup = frame.cases.lookup([value.iri for _, value in held], situation.case)
    ignored = {
        test: lookup.rows_of_cases(case for case, of in unjudged if of == test)
        for test in frame.tests
    }
    if only_independent:
        every = (1 << lookup.index.rows) - 1
        for test in frame.tests:
            ignored[test] |= every & ~lookup.index.rows_of(f"{INDEPENDENT}{test}")
    return _Weighing(held, frame, lookup, frozenset(unjudged), ignored)


@dataclass(frozen=True, slots=True)
class _Weighing:
    """What is ``held`` of one situation beside all cases.

    ``ignored`` has by test the rows of the cases whose judgement on it does not count.
    """

    held: list[tuple[Facet, FacetValue]]
    frame: Frame
    lookup: Lookup
    unjudged: frozenset[tuple[str, str]]
    ignored: Mapping[str, int]

    def of_type(self, kind: str, gone: int, shown: int) -> TypeEvidence:
        """Return the evidence for a type, but for the rows that stand attacked."""
        lookup, tests = self.lookup, self.frame.tests
        every = lookup.of_type(kind)
        rows, attacked = every & ~gone, every & gone
        known, tallied = len(self.held), lookup.telling(rows)
        alike = lookup.index.lifted(lookup.sharing((known + 1) // 2) & tallied) if known else 0
        heads = lookup.index.lifted(tallied)
        return TypeEvidence(
            tuple(self._liken(near.case) for near in self._nearest(rows, shown)),
            lookup.count(rows),
            lookup.count(rows & ~tallied),
            {test: self._tally(test, heads) for test in tests},
            alike.bit_count(),
            {test: self._tally(test, alike) for test in tests},
            lookup.count(attacked),
            tuple(near.case for near in lookup.nearest(attacked, max(shown, SHOWN))),
        )

    def gone(
        self, kind: str, without: Collection[str], unclassified: Collection[tuple[str, str]]
    ) -> int:
        """Return the rows of the cases that do not count as led in the way of a type."""
        parted = (case for case, of in unclassified if of == kind)
        return self.lookup.rows_of_cases((*without, *parted))

    def alike(self, kind: str, gone: int) -> Alike:
        """Return the most similar case that went well and the most similar that failed."""
        rows = self.lookup.of_type(kind) & ~gone
        failed = self._judged(self.frame.failures)
        well = self._judged(self.frame.successes) & ~failed
        return Alike(self._most_like(rows & well), self._most_like(rows & failed))

    def _judged(self, pairs: Collection[tuple[str, str]]) -> int:
        """Return the rows of the cases with one of these judgements that counts."""
        found = 0
        for pair in pairs:
            found |= self.lookup.judged([pair]) & ~self.ignored[pair[1]]
        return found

    def _most_like(self, rows: int) -> Likened | None:
        for case, shared, compared in self.lookup.nearest(rows, LIKE):
            if shared >= LIKE and shared * 2 >= compared:
                return self._liken(case)
        return None

    def _tally(self, test: str, heads: int) -> OutcomeTally:
        """Return what came of the cases that have these first rows."""
        counted = heads & ~self.ignored[test]
        held = self.lookup.index.holding(f"{test}=")
        counts = {name: (rows & counted).bit_count() for name, rows in held}
        said: dict[str, int] = {}
        sums = []
        for pairs in (self.frame.failures, self.frame.partial, self.frame.successes):
            of_kind = {j: count for j, count in counts.items() if count and (j, test) in pairs}
            said |= of_kind
            sums.append(sum(of_kind.values()))
        said |= {judgement: count for judgement, count in counts.items() if count}
        failed, partly, met = sums
        return OutcomeTally(test, met, partly, failed, heads.bit_count() - sum(sums), said)

    def _nearest(self, rows: int, shown: int) -> list[Near]:
        """Return the most similar cases, failures first."""
        if not shown:
            return []
        near = self.lookup.nearest(rows, shown)
        if not any(self._failed(each.case) for each in near):
            # A reader must not leave with successes only.
            near += self.lookup.nearest(rows & self._judged(self.frame.failures), 1)
        return sorted(near, key=lambda each: not self._failed(each.case))

    def _failed(self, case: CaseStudy) -> tuple[str, ...]:
        judged = {"led": case.led, "working": case.working}
        return tuple(
            test
            for test in self.frame.tests
            if (judged[test], test) in self.frame.failures
            and not self.ignored[test] & self.lookup.index.rows_of_case(case.id)
        )

    def _liken(self, case: CaseStudy) -> Likened:
        stored = self.frame.cases[f"{PREFIXES['case']}{case.id}"]
        reading = self._nearest_reading(stored)
        theirs = stored.readings.get(reading, {})
        compared = [
            Compared(facet, here, self.frame.values[theirs[facet.id]][1])
            for facet, here in self.held
            if facet.id in theirs
        ]
        shared = tuple(each for each in compared if each.here is each.there)
        differs = tuple(each for each in compared if each.here is not each.there)
        return Likened(
            case,
            stored.standpoints.get(reading, ""),
            shared,
            differs,
            tuple(facet for facet, _ in self.held if facet.id not in theirs),
            self._failed(case),
            tuple(test for test in self.frame.tests if (case.id, test) in self.unjudged),
            stored.why,
            stored.grounds,
            stored.is_selected,
            len(stored.readings),
            tuple(e.facet for e in (*shared, *differs) if _is_disputed(e.facet, stored)),
            stored.confidence,
            stored.summary,
        )

    def _nearest_reading(self, stored: StoredCase) -> str:
        """Return the reading that shares most, and of those alike that which knows most."""

        def likeness(reading: str) -> tuple[int, int]:
            theirs = stored.readings[reading]
            shared = [theirs[f.id] == value.iri for f, value in self.held if f.id in theirs]
            return sum(shared), len(shared)

        return max(stored.readings, key=likeness, default="")


def _is_disputed(facet: Facet, stored: StoredCase) -> bool:
    """Tell whether two readings that know a facet see different values."""
    return len({values[facet.id] for values in stored.readings.values() if facet.id in values}) > 1

"""Did what advice says foretell how cases turned out, on each test by itself?

Forecasts are set beside the base rate, with how sure that is, and whether chance is as good.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import fsum
from random import Random
from typing import TYPE_CHECKING, TypeVar

from sysgraph.advice.cases import BETTER, NO_BETTER, UNTOLD, WORSE
from sysgraph.advice.evidence import LEAST
from sysgraph.record.past import PastCase, PastReading

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame

__all__ = [
    "Draws",
    "Foretold",
    "Judged",
    "Lots",
    "OutcomeRecord",
    "Skill",
    "by_case",
    "middle",
    "outcome_records",
    "skill_of",
]

_Value = TypeVar("_Value")
_Key = TypeVar("_Key", bound=Hashable)
Draws = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Lots:
    """All that is left to chance, the same whenever the seed is.

    ``rounds`` says how often cases are drawn anew for an interval, ``shuffles`` how often what
    came of them is dealt out by lot.
    """

    seed: int
    rounds: int
    shuffles: int

    def draws(self, count: int) -> Draws:
        """Return for each round as many cases, by number and with replacement."""
        random = Random(self.seed)
        return [random.choices(range(count), k=count) if count else [] for _ in range(self.rounds)]

    def orders(self, things: Sequence[_Value], count: int) -> list[list[_Value]]:
        """Return for each shuffle so many of some things, by lot."""
        random = Random(self.seed)
        return [random.sample(things, count) for _ in range(self.shuffles)]


def middle(values: Iterable[float]) -> tuple[float, float]:
    """Return what the middle 95 % of some values lie between."""
    spread = sorted(values)
    cut = len(spread) // 40
    return spread[cut], spread[-cut - 1]


@dataclass(frozen=True, slots=True)
class Skill:
    """Forecasts beside the base rate: 1 is perfect, 0 as good as it, below 0 worse.

    ``brier`` and ``base`` are mean Brier scores over ``cases`` cases, lower is better.
    ``low`` to ``high`` is the 95 % interval of ``skill``, by drawing cases anew. ``shuffled`` is
    the mean skill once outcomes are shuffled, and ``at_least`` the share of shuffles with at
    least this skill, counting the real order as one. What cannot be told is None.
    """

    cases: int
    brier: float
    base: float
    skill: float | None
    low: float | None
    high: float | None
    shuffled: float | None = None
    at_least: float | None = None

    @property
    def verdict(self) -> str:
        """Return in words whether the interval of the skill excludes zero, and on which side."""
        if self.cases < LEAST or self.low is None or self.high is None:
            return UNTOLD
        return BETTER if self.low > 0 else WORSE if self.high < 0 else NO_BETTER


def skill_of(
    scores: Sequence[float], base: Sequence[float], draws: Draws, shuffled: Sequence[float] = ()
) -> Skill:
    """Return the skill of forecasts by their Brier scores and those of the base rate, by case.

    ``shuffled`` holds the summed scores of the forecasts for each shuffle of the outcomes, under
    which the sum of the base rate does not change.
    """
    total, against, count = fsum(scores), fsum(base), len(scores)
    if not against:
        return Skill(count, total / count if count else 0.0, 0.0, None, None, None)
    pairs = ((sum([scores[i] for i in d]), sum([base[i] for i in d])) for d in draws)
    spread = [1 - mine / theirs for mine, theirs in pairs if theirs]
    low, high = middle(spread) if spread else (None, None)
    better = sum(1 for each in shuffled if each <= total + 1e-9)
    return Skill(
        count,
        total / count,
        against / count,
        1 - total / against,
        low,
        high,
        1 - fsum(shuffled) / len(shuffled) / against if shuffled else None,
        (1 + better) / (1 + len(shuffled)) if shuffled else None,
    )


def by_case(readings: Iterable[PastReading], values: Iterable[float]) -> dict[int, float]:
    """Return for each case, by its number, the mean of a value over its readings."""
    found: dict[int, float] = {}
    for reading, value in zip(readings, values, strict=True):
        found[reading.case] = found.get(reading.case, 0.0) + reading.weight * value
    return found


BINS = 5
"""Forecasts are gathered into this many bins of equal width to see whether they are calibrated."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts from ``start`` up to the next bin: their number, mean, and what came of them.

    A case with two readings counts half for each.
    """

    start: float
    cases: float
    forecast: float
    happened: float


def bins_of(forecasts: Iterable[tuple[float, float, bool]]) -> tuple[Bin, ...]:
    """Return forecasts, each with its weight and whether it came true, gathered into bins."""
    gathered: dict[int, list[tuple[float, float, bool]]] = {}
    for told in forecasts:
        gathered.setdefault(min(int(told[0] * BINS), BINS - 1), []).append(told)
    found = []
    for at, held in sorted(gathered.items()):
        cases = fsum(weight for _, weight, _ in held)
        mean = fsum(forecast * weight for forecast, weight, _ in held) / cases
        came_true = fsum(weight for _, weight, true in held if true) / cases
        found.append(Bin(at / BINS, cases, mean, came_true))
    return tuple(found)


ALIKE = 5
"""How many of the most similar other cases are looked at; all that share as much as the last."""

_PRIOR = 2
"""As many further cases, at the base rate, are thought into what a forecast learns from."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The readings of the cases whose outcome on a test is known, each a bit by its place.

    ``own`` holds for each of the cases, by number, the bits of its readings.
    """

    test: str
    readings: Sequence[PastReading]
    own: Mapping[int, int]

    @staticmethod
    def on(
        test: str, cases: Sequence[PastCase], readings: Sequence[PastReading], frame: Frame
    ) -> Judged:
        """Return the cases in which the test is met, partly met or failed."""
        judged = frame.successes | frame.partial | frame.failures
        kept = [r for r in readings if (cases[r.case].judgements.get(test), test) in judged]
        return Judged(test, kept, _places(reading.case for reading in kept))

    def bits(self, cases: Iterable[int]) -> int:
        """Return the bits of the readings of some cases."""
        return sum([self.own[case] for case in cases])

    def learned(self) -> dict[str, list[int]]:
        """Return for each way of forecasting, and each reading, what it learns from, as bits.

        No reading learns from its own case.
        """
        every = (1 << len(self.readings)) - 1
        rows = [(reading, every & ~self.own[reading.case]) for reading in self.readings]
        held = _places(reading.standings[self.test] for reading in self.readings)
        front = _places(reading.is_on_front for reading in self.readings)
        kinds = _places(reading.practised for reading in self.readings)
        near = {mine: _by_distance(mine, held) for mine in held}
        return {
            "standing": [_third(near[r.standings[self.test]], left) for r, left in rows],
            "front": [front[reading.is_on_front] & left for reading, left in rows],
            "similar": [self._similar(reading.code, left) for reading, left in rows],
            "type": [kinds[reading.practised] & left for reading, left in rows],
        }

    def _similar(self, code: int, left: int) -> int:
        """Return the most similar other cases, each by the reading that shares most facets."""
        best: dict[int, tuple[int, int]] = {}
        for at, other in enumerate(self.readings):
            if left >> at & 1:
                shared = (code & other.code).bit_count()
                if shared > best.get(other.case, (-1, 0))[0]:
                    best[other.case] = (shared, 1 << at)
        levels: dict[int, int] = {}
        for shared, bit in best.values():
            levels[shared] = levels.get(shared, 0) | bit
        return _until(ALIKE, (level for _, level in sorted(levels.items(), reverse=True)))

    def foretell(self, learned: Sequence[int], true: int) -> list[float]:
        """Return the chance of an event for every reading, from the other cases alone.

        ``learned`` holds what each learns from, ``true`` the readings of the cases in which the
        event came true, as bits. The forecast is the share of what it learns from in which it
        did, with two further cases at the base rate of all other cases thought into it.
        """
        count = max(len(self.own) - 1, 1)
        total = sum([1 for bits in self.own.values() if bits & true])
        # Of the two base rates, the second is for a case in which it came true: it is not counted.
        prior = (_PRIOR * total / count, _PRIOR * (total - 1) / count)
        return [
            ((group & true).bit_count() + prior[true >> at & 1]) / (group.bit_count() + _PRIOR)
            for at, group in enumerate(learned)
        ]

    def errors(self, forecasts: Iterable[float], true: int) -> list[float]:
        """Return the Brier score of the forecast for every reading."""
        return [(each - (true >> at & 1)) ** 2 for at, each in enumerate(forecasts)]


def _places(values: Iterable[_Key]) -> dict[_Key, int]:
    """Return at which places each value stands, as bits."""
    found: dict[_Key, int] = {}
    for at, value in enumerate(values):
        found[value] = found.get(value, 0) | 1 << at
    return found


def _by_distance(mine: Fraction | None, held: Mapping[Fraction | None, int]) -> list[int]:
    """Return the readings whose standings are known, level by level, the nearest first."""
    levels: dict[Fraction, int] = {}
    for value, bits in held.items():
        if mine is not None and value is not None:
            distance = abs(value - mine)
            levels[distance] = levels.get(distance, 0) | bits
    return [level for _, level in sorted(levels.items())]


def _third(levels: Iterable[int], left: int) -> int:
    """Return the third of those left that comes first, with all that are as near as the last."""
    others = [level & left for level in levels]
    return _until(sum(map(int.bit_count, others)) / 3, others)


def _until(enough: float, levels: Iterable[int]) -> int:
    """Return one level after the other together, until there are enough."""
    found = 0
    for level in levels:
        if found.bit_count() >= enough:
            break
        found |= level
    return found


@dataclass(frozen=True, slots=True)
class Foretold:
    """One way of forecasting: its skill, its calibration, and the Brier score of each case."""

    skill: Skill
    bins: tuple[Bin, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """How well an event was foretold on one test.

    An event is that the test is met, or that it is not failed, which also holds in part.
    ``cases`` are the ids of those in which the test is judged, ``happened`` of those in which
    the event came true; ``open`` more leave the test open, and are left out. ``base`` has the
    Brier score of the base rate for each case. ``forecasts`` goes by what they are made from:
    the standing of the practised type, whether it was on the front, the most similar cases, and
    the cases of the same type.
    """

    test: str
    event: str
    cases: tuple[str, ...]
    happened: frozenset[str]
    open: int
    base: tuple[float, ...]
    forecasts: Mapping[str, Foretold]

    def within(self, ids: Collection[str], lots: Lots) -> OutcomeRecord:
        """Return the record of some cases alone, each still judged by all others."""
        places = [at for at, case in enumerate(self.cases) if case in ids]
        draws = lots.draws(len(places))
        base = tuple(self.base[at] for at in places)
        forecasts = {}
        for name, told in self.forecasts.items():
            scores = tuple(told.scores[at] for at in places)
            forecasts[name] = Foretold(skill_of(scores, base, draws), (), scores)
        return replace(
            self,
            cases=tuple(self.cases[at] for at in places),
            happened=self.happened.intersection(ids),
            open=len(ids) - len(places),
            base=base,
            forecasts=forecasts,
        )


def outcome_records(
    cases: Sequence[PastCase], readings: Sequence[PastReading], frame: Frame, lots: Lots
) -> list[OutcomeRecord]:
    """Return how well each event on each test was foretold, each case by the other cases."""
    found = []
    for test in frame.tests:
        judged = Judged.on(test, cases, readings, frame)
        learned = judged.learned()
        draws = lots.draws(len(judged.own))
        said = {case: (cases[case].judgements[test], test) for case in judged.own}
        events = {
            "met": [case for case in judged.own if said[case] in frame.successes],
            "not failed": [case for case in judged.own if said[case] not in frame.failures],
        }
        for event, came_true in events.items():
            orders = [judged.bits(o) for o in lots.orders(list(judged.own), len(came_true))]
            true = judged.bits(came_true)
            base = _scores(judged, judged.foretell([0] * len(judged.readings), true), true)
            forecasts = {
                name: _foretold(groups, true, judged, base, draws, orders)
                for name, groups in learned.items()
            }
            found.append(
                OutcomeRecord(
                    test,
                    event,
                    tuple(cases[case].case_id for case in judged.own),
                    frozenset(cases[case].case_id for case in came_true),
                    len(cases) - len(judged.own),
                    base,
                    forecasts,
                )
            )
    return found


def _scores(judged: Judged, forecasts: Sequence[float], true: int) -> tuple[float, ...]:
    return tuple(by_case(judged.readings, judged.errors(forecasts, true)).values())


def _foretold(
    learned: Sequence[int],
    true: int,
    judged: Judged,
    base: Sequence[float],
    draws: Draws,
    orders: Sequence[int],
) -> Foretold:
    weights = [reading.weight for reading in judged.readings]
    sums = []
    for order in orders:
        errors = judged.errors(judged.foretell(learned, order), order)
        sums.append(sum([weight * error for weight, error in zip(weights, errors, strict=True)]))
    forecasts = judged.foretell(learned, true)
    scores = _scores(judged, forecasts, true)
    came_true = [bool(true >> at & 1) for at in range(len(weights))]
    bins = bins_of(zip(forecasts, weights, came_true, strict=True))
    return Foretold(skill_of(scores, base, draws, sums), bins, scores)

"""The readings of all trials as rows: how the practised type stood, and who is like whom.

How good forecasts were beside the base rate, how sure that is, and whether chance is as good.
Did what advice says foretell how cases turned out, on each test by itself?
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum
from random import Random
from typing import TYPE_CHECKING, TypeVar

from sysgraph.advice.board import Board, Facets, Point, undominated
from sysgraph.advice.cases import BETTER, NO_BETTER, UNTOLD, WORSE
from sysgraph.advice.evidence import LEAST
from sysgraph.record.trials import Trial

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame

__all__ = [
    "Draws",
    "Judged",
    "OutcomeRecord",
    "Row",
    "Skill",
    "draws_of",
    "foretell",
    "layers_of",
    "neighbours",
    "outcome_records",
    "rows_of",
    "share_interval",
    "skill_of",
]

_Value = TypeVar("_Value")

ALIKE = 5
"""How many of the most similar other cases are looked at; all that share as much as the last."""


@dataclass(frozen=True, slots=True)
class Row:
    """One reading of one trial. ``weight`` is 1 over the number of readings of the trial.

    ``layers`` holds for each type whether it is on the front (0), or would be once the front,
    and so on, is taken away (1, 2, ...). ``standings`` are those of the practised type, by test.
    ``code`` has a bit for each facet value that is known.
    """

    trial: int
    weight: float
    layers: tuple[int, ...]
    practised: int
    standings: dict[str, Fraction | None]
    code: int

    @property
    def is_on_front(self) -> bool:
        """Tell whether the practised type was on the front."""
        return not self.layers[self.practised]


def rows_of(trials: Sequence[Trial], board: Board, hidden: Sequence[str] = ()) -> list[Row]:
    """Return the readings of all trials; ``hidden`` facets are taken as unknown."""
    bits = {
        (facet, value): 1 << at
        for at, (facet, value) in enumerate(
            (f, v) for f, values in board.says.items() for v in values
        )
    }
    found = []
    for number, trial in enumerate(trials):
        practised = board.types.index(trial.type)
        for reading in trial.readings:
            facets = {name: value for name, value in reading.items() if name not in hidden}
            found.append(
                Row(
                    number,
                    1 / len(trial.readings),
                    layers_of(facets, board),
                    practised,
                    {test: _standing(test, practised, facets, board) for test in board.tests},
                    sum(bits[pair] for pair in facets.items()),
                )
            )
    return found


def _standing(test: str, practised: int, facets: Facets, board: Board) -> Fraction | None:
    if not board.is_known(test, facets):
        return None
    known = sum(strength for name, strength in board.facets[test].items() if name in facets)
    return Fraction(board.point(test, facets)[practised]) / known


def layers_of(facets: Facets, board: Board) -> tuple[int, ...]:
    """Return for each type how many fronts have to be taken away before it is on the front.

    Where too little is known on both tests all types are alike, and the front says nothing.
    """
    points: list[Point] = [board.point(t, facets) for t in board.tests if board.is_known(t, facets)]
    layers = [0] * len(board.types)
    left = list(range(len(board.types)))
    depth = 0
    while points and left:
        here = {left[at] for at in undominated([tuple(p[kind] for kind in left) for p in points])}
        for kind in here:
            layers[kind] = depth
        left = [kind for kind in left if kind not in here]
        depth += 1
    return tuple(layers)


def neighbours(rows: Sequence[Row], known: int, test: str) -> dict[str, list[int]]:
    """Return for each way of forecasting, and each row, the rows that it learns from, as bits.

    ``known`` has the rows whose outcome on the test is known. No row learns from its own case.
    """
    own = [0] * (rows[-1].trial + 1 if rows else 0)
    for at, row in enumerate(rows):
        own[row.trial] |= 1 << at
    others = [known & ~own[row.trial] for row in rows]
    front = _where(rows, [row.is_on_front for row in rows])
    kinds = _where(rows, [row.practised for row in rows])
    return {
        "standing": list(_standing_alike(rows, others, test)),
        "front": [front[row.is_on_front] & left for row, left in zip(rows, others, strict=True)],
        "similar": list(_similar(rows, others)),
        "type": [kinds[row.practised] & left for row, left in zip(rows, others, strict=True)],
    }


def _where(rows: Sequence[Row], values: Sequence[_Value]) -> dict[_Value, int]:
    found: dict[_Value, int] = {}
    for at, value in enumerate(values):
        found[value] = found.get(value, 0) | 1 << at
    return found


def _standing_alike(rows: Sequence[Row], others: Sequence[int], test: str) -> Iterator[int]:
    """Yield the third of the others whose standing is nearest, with all as near as the last."""
    held = _where(rows, [row.standings[test] for row in rows])
    values = [value for value in held if value is not None]
    for row, left in zip(rows, others, strict=True):
        mine, found = row.standings[test], 0
        if mine is not None:
            third = sum((held[value] & left).bit_count() for value in values) / 3
            distances: dict[Fraction, int] = {}
            for value in values:
                distance = abs(value - mine)
                distances[distance] = distances.get(distance, 0) | held[value] & left
            for _, near in sorted(distances.items()):
                if found.bit_count() >= third:
                    break
                found |= near
        yield found


def _similar(rows: Sequence[Row], others: Sequence[int]) -> Iterator[int]:
    """Yield the most similar other cases, each by the reading that shares most facets."""
    for row, left in zip(rows, others, strict=True):
        best: dict[int, tuple[int, int]] = {}
        for at, other in enumerate(rows):
            if left >> at & 1:
                shared = (row.code & other.code).bit_count()
                if shared > best.get(other.trial, (-1, 0))[0]:
                    best[other.trial] = (shared, at)
        levels: dict[int, int] = {}
        for shared, at in best.values():
            levels[shared] = levels.get(shared, 0) | 1 << at
        found = 0
        for _, level in sorted(levels.items(), reverse=True):
            if found.bit_count() >= ALIKE:
                break
            found |= level
        yield found


BINS = 5
"""Forecasts are gathered into this many bins of equal width to see whether they are calibrated."""

Draws = Sequence[Sequence[int]]


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


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts from ``start`` up to the next bin: their number, mean, and what came of them.

    A case with two readings counts half for each.
    """

    start: float
    cases: float
    forecast: float
    happened: float


def draws_of(count: int, rounds: int, seed: int) -> Draws:
    """Return as many draws of ``count`` cases, with replacement, as there are rounds."""
    random = Random(seed)
    return [random.choices(range(count), k=count) if count else [] for _ in range(rounds)]


def skill_of(
    scores: Sequence[float],
    base: Sequence[float],
    draws: Draws,
    shuffled: Sequence[float] = (),
) -> Skill:
    """Return the skill of forecasts by their Brier scores and those of the base rate, by case.

    ``shuffled`` holds the summed scores of the forecasts for each shuffle of the outcomes, under
    which the sum of the base rate does not change.
    """
    total, against, count = fsum(scores), fsum(base), len(scores)
    if not count or not against:
        return Skill(count, _mean(scores), _mean(base), None, None, None)
    pairs = ((sum([scores[i] for i in d]), sum([base[i] for i in d])) for d in draws)
    spread = sorted(1 - mine / theirs for mine, theirs in pairs if theirs)
    low, high = _middle(spread)
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


def share_interval(values: Sequence[float], draws: Draws) -> tuple[float, float]:
    """Return the 95 % interval of the mean of some values, by drawing cases anew."""
    if not values:
        return 0.0, 1.0
    low, high = _middle(sorted(sum([values[i] for i in d]) / len(values) for d in draws))
    assert low is not None  # there are draws
    assert high is not None
    return low, high


def _middle(spread: Sequence[float]) -> tuple[float | None, float | None]:
    """Return what the middle 95 % of sorted values lie between."""
    cut = len(spread) // 40
    return (spread[cut], spread[-cut - 1]) if spread else (None, None)


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values) if values else 0.0


def bins_of(forecasts: Iterable[tuple[float, float, bool]]) -> tuple[Bin, ...]:
    """Return forecasts, each with its weight and whether it came true, gathered into bins."""
    gathered: dict[int, list[tuple[float, float, bool]]] = {}
    for forecast, weight, happened in forecasts:
        at = min(int(forecast * BINS), BINS - 1)
        gathered.setdefault(at, []).append((forecast, weight, happened))
    found = []
    for at, held in sorted(gathered.items()):
        cases = fsum(weight for _, weight, _ in held)
        mean = fsum(forecast * weight for forecast, weight, _ in held) / cases
        came_true = fsum(weight for _, weight, true in held if true) / cases
        found.append(Bin(at / BINS, cases, mean, came_true))
    return tuple(found)


EVENTS = ("met", "not failed")
"""What is forecast: that the test is met, and that it is not failed, which also holds in part."""

_PRIOR = 2
"""As many further cases, at the base rate, are thought into what a forecast learns from."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """One way of forecasting: its skill, its calibration, and the Brier score of each case."""

    skill: Skill
    bins: tuple[Bin, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """How well an event was foretold on one test.

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


@dataclass(frozen=True, slots=True)
class Judged:
    """The cases whose outcome on a test is known, by number, and their rows.

    ``own`` holds for each of the cases the bits of its rows; ``known`` is all of them.
    """

    cases: Sequence[int]
    rows: Sequence[tuple[int, Row]]
    own: Mapping[int, int]
    known: int

    @staticmethod
    def on(test: str, trials: Sequence[Trial], rows: Sequence[Row], frame: Frame) -> Judged:
        """Return the cases in which the test is met, partly met or failed."""
        judged = frame.successes | frame.partial | frame.failures
        own = {
            at: 0 for at, trial in enumerate(trials) if (trial.judgements.get(test), test) in judged
        }
        for at, row in enumerate(rows):
            if row.trial in own:
                own[row.trial] |= 1 << at
        kept = [(at, row) for at, row in enumerate(rows) if row.trial in own]
        return Judged(list(own), kept, own, sum(own.values()))

    def rows_in(self, cases: Iterable[int]) -> int:
        """Return the bits of the rows of some cases."""
        return sum([self.own[case] for case in cases])


def foretell(groups: Sequence[int], true: int, judged: Judged) -> list[float]:
    """Return the chance of an event for every row, from the other cases alone.

    ``groups`` holds the rows that each row learns from, ``true`` the rows of the cases in which
    the event came true, as bits. The forecast is the share of the group in which it did, with
    two further cases at the base rate of all other cases thought into it.
    """
    count = max(len(judged.cases) - 1, 1)
    total = sum([1 for rows in judged.own.values() if rows & true])
    # Of the two base rates, the second is for a case in which it came true: it is not counted.
    prior = (_PRIOR * total / count, _PRIOR * (total - 1) / count)
    return [
        ((groups[at] & true).bit_count() + prior[true >> at & 1])
        / (groups[at].bit_count() + _PRIOR)
        for at, _ in judged.rows
    ]


def scores_of(forecasts: Sequence[float], true: int, judged: Judged) -> list[float]:
    """Return the Brier score of every case, the mean over its readings."""
    found = dict.fromkeys(judged.cases, 0.0)
    for (at, row), forecast in zip(judged.rows, forecasts, strict=True):
        found[row.trial] += row.weight * (forecast - (true >> at & 1)) ** 2
    return list(found.values())


def outcome_records(
    trials: Sequence[Trial],
    rows: Sequence[Row],
    frame: Frame,
    rounds: int,
    seed: int,
    *,
    shuffles: int,
) -> list[OutcomeRecord]:
    """Return how well each event on each test was foretold, each case by the other cases."""
    found = []
    for test in frame.tests:
        judged = Judged.on(test, trials, rows, frame)
        groups = neighbours(rows, judged.known, test)
        draws = draws_of(len(judged.cases), rounds, seed)
        for event in EVENTS:
            cases = [case for case in judged.cases if _came_true(event, test, trials[case], frame)]
            orders = _shuffled(judged, len(cases), shuffles, seed)
            true = judged.rows_in(cases)
            base = scores_of(foretell([0] * len(rows), true, judged), true, judged)
            forecasts = {
                name: _foretold(learned, true, judged, base, draws, orders)
                for name, learned in groups.items()
            }
            found.append(
                OutcomeRecord(
                    test,
                    event,
                    tuple(trials[case].case_id for case in judged.cases),
                    frozenset(trials[case].case_id for case in cases),
                    len(trials) - len(judged.cases),
                    tuple(base),
                    forecasts,
                )
            )
    return found


def _came_true(event: str, test: str, trial: Trial, frame: Frame) -> bool:
    said = (trial.judgements[test], test)
    return said in frame.successes if event == "met" else said not in frame.failures


def _foretold(
    learned: Sequence[int],
    true: int,
    judged: Judged,
    base: Sequence[float],
    draws: Draws,
    orders: Sequence[int],
) -> Foretold:
    forecasts = foretell(learned, true, judged)
    told = [
        (forecast, row.weight, bool(true >> at & 1))
        for (at, row), forecast in zip(judged.rows, forecasts, strict=True)
    ]
    sums = [_total(foretell(learned, order, judged), order, judged) for order in orders]
    scores = scores_of(forecasts, true, judged)
    return Foretold(skill_of(scores, base, draws, sums), bins_of(told), tuple(scores))


def _total(forecasts: Sequence[float], true: int, judged: Judged) -> float:
    """Return the sum of the Brier scores of all cases."""
    pairs = zip(judged.rows, forecasts, strict=True)
    return sum([row.weight * (f - (true >> at & 1)) ** 2 for (at, row), f in pairs])


def _shuffled(judged: Judged, count: int, shuffles: int, seed: int) -> list[int]:
    """Return as many orders of the outcomes: in each, as many cases come true, by lot."""
    random = Random(seed)
    return [judged.rows_in(random.sample(judged.cases, count)) for _ in range(shuffles)]

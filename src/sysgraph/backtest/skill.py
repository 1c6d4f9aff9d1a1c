"""How good forecasts were beside the base rate, how sure that is, and whether chance is as good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum
from random import Random

from sysgraph.advice.interval import LEAST
from sysgraph.advice.record import BETTER, NO_BETTER, UNTOLD, WORSE

__all__ = [
    "BINS",
    "LEAST",
    "Bin",
    "Draws",
    "Skill",
    "bins_of",
    "draws_of",
    "share_interval",
    "skill_of",
]

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

"""Did what advice says foretell how cases turned out, on each test by itself?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from sysgraph.backtest.rows import Row, neighbours
from sysgraph.backtest.skill import Bin, Draws, Skill, bins_of, draws_of, skill_of
from sysgraph.backtest.trials import Trial

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame

__all__ = [
    "EVENTS",
    "Foretold",
    "Judged",
    "OutcomeRecord",
    "foretell",
    "outcome_records",
    "scores_of",
]

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

"""Does the front hold the type that was practised, and how sharply does it point to it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import fsum
from operator import attrgetter
from random import Random

from sysgraph.backtest.rows import Row
from sysgraph.backtest.skill import Draws, Skill, draws_of, share_interval, skill_of

__all__ = ["TypeRecord", "hits_of", "type_record"]

Forecast = Sequence[float]
"""The chance of each type, in the order of the board; they add up to 1."""


@dataclass(frozen=True, slots=True)
class TypeRecord:
    """How well the advice recovers the type that was practised.

    ``hits`` is the share of cases whose practised type was on the front, ``low`` to ``high`` its
    95 % interval; ``chance`` is the mean share of the types that are on the front, which a front
    drawn by lot would hit. ``at_least`` is the share of shuffles of the practised types with at
    least as many hits. ``silent`` readings knew too little for a front and count as all types.

    ``forecasts`` are ``front`` (as likely for each type on it, and none other), ``graded`` (as
    often as the practised types of other cases were on the front, on the next once it is taken
    away, and so on, each layer counted once more), ``frequent`` (the most frequent type of the
    other cases) and ``uniform``, each beside the base rate of the types in the other cases.
    ``by_case`` has the hits and the chance of each case, by id.
    """

    cases: int
    hits: float
    low: float
    high: float
    chance: float
    at_least: float | None
    silent: int
    hidden: tuple[str, ...]
    forecasts: Mapping[str, Skill]
    by_case: tuple[tuple[float, float], ...]


def type_record(
    rows: Sequence[Row],
    rounds: int,
    seed: int,
    *,
    shuffles: int,
    hidden: tuple[str, ...] = (),
) -> TypeRecord:
    """Return how well the practised type of each case is recovered, each by the other cases."""
    practised = _practised(rows)
    draws = draws_of(len(practised), rounds, seed)
    hits, chances = hits_of(rows, practised)
    random = Random(seed)
    orders = [random.sample(practised, len(practised)) for _ in range(shuffles)]
    reached = fsum(hits) - 1e-9
    lucky = sum(1 for order in orders if fsum(hits_of(rows, order)[0]) >= reached)
    count = max(len(practised), 1)
    return TypeRecord(
        len(practised),
        fsum(hits) / count,
        *share_interval(hits, draws),
        fsum(chances) / count,
        (1 + lucky) / (1 + shuffles) if shuffles else None,
        sum(1 for row in rows if not any(row.layers)),
        hidden,
        _skills(rows, practised, orders, draws),
        tuple(zip(hits, chances, strict=True)),
    )


def _practised(rows: Sequence[Row]) -> list[int]:
    return list({row.trial: row.practised for row in rows}.values())


def hits_of(rows: Sequence[Row], practised: Sequence[int]) -> tuple[list[float], list[float]]:
    """Return for each case the share of readings with its type on the front, and by chance."""
    hits, chances = [0.0] * len(practised), [0.0] * len(practised)
    for row in rows:
        hits[row.trial] += row.weight * (row.layers[practised[row.trial]] == 0)
        chances[row.trial] += row.weight * row.layers.count(0) / len(row.layers)
    return hits, chances


def _skills(
    rows: Sequence[Row], practised: Sequence[int], orders: Sequence[Sequence[int]], draws: Draws
) -> dict[str, Skill]:
    base = _scores(rows, practised, _base)
    ways = {"front": _front, "graded": _graded, "frequent": _frequent, "uniform": _uniform}
    found = {}
    for name, way in ways.items():
        # Shuffling tells something of the two that look at the situation.
        tried = orders if name in ("front", "graded") else ()
        sums = [sum(_scores(rows, order, way)) for order in tried]
        found[name] = skill_of(_scores(rows, practised, way), base, draws, sums)
    return found


class Others:
    """What is known of the other cases: how often each type, and how often each layer."""

    __slots__ = ("layers", "types")

    def __init__(self, types: list[int], layers: list[float]) -> None:
        """Count how often each type and each layer was practised."""
        self.types, self.layers = types, layers


Way = Callable[[Row, Others], Forecast]


def _scores(rows: Sequence[Row], practised: Sequence[int], way: Way) -> list[float]:
    """Return the Brier score of each case over all types, the mean over its readings: 0 to 2."""
    found = [0.0] * len(practised)
    if not rows:
        return found
    size = len(rows[0].layers)
    counts = Counter(practised)
    others = Others([counts[kind] for kind in range(size)], [0.0] * size)
    for row in rows:
        others.layers[row.layers[practised[row.trial]]] += row.weight
    for trial, of_trial in groupby(rows, key=attrgetter("trial")):
        mine, readings = practised[trial], list(of_trial)
        # A case is judged by the others alone, and so is not counted while its turn lasts.
        others.types[mine] -= 1
        for row in readings:
            others.layers[row.layers[mine]] -= row.weight
        for row in readings:
            forecast = way(row, others)
            squares = sum([chance * chance for chance in forecast])
            found[trial] += row.weight * (squares - 2 * forecast[mine] + 1)
        others.types[mine] += 1
        for row in readings:
            others.layers[row.layers[mine]] += row.weight
    return found


def _front(row: Row, _: Others) -> Forecast:
    share = 1 / row.layers.count(0)
    return [0.0 if layer else share for layer in row.layers]


def _graded(row: Row, others: Others) -> Forecast:
    layers, seen = row.layers, others.layers
    depth = max(layers) + 1
    total = sum(seen[:depth]) + depth
    shares = [(seen[at] + 1) / total / layers.count(at) for at in range(depth)]
    return [shares[layer] for layer in layers]


def _base(row: Row, others: Others) -> Forecast:
    total = sum(others.types)
    return [seen / total for seen in others.types] if total else _uniform(row, others)


def _frequent(_: Row, others: Others) -> Forecast:
    most = max(others.types)
    return [(seen == most) / others.types.count(most) for seen in others.types]


def _uniform(row: Row, _: Others) -> Forecast:
    return [1 / len(row.layers)] * len(row.layers)

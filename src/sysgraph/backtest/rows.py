"""The readings of all trials as rows: how the practised type stood, and who is like whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from sysgraph.advice.board import Board, Facets, Point, undominated
from sysgraph.backtest.trials import Trial

__all__ = ["ALIKE", "Row", "layers_of", "neighbours", "rows_of"]

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

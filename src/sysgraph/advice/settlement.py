"""Which facets must be settled for several readings to lead to the same front, exactly.

To settle a facet is to give all readings the same value of it. A set of facets *reconciles* the
readings if their fronts agree whichever of the values given by one of them each facet is settled
to. More facets do not always reconcile where fewer do, so that all sets of a size are tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product

from sysgraph.advice.board import Board, Facets, Point

__all__ = ["Readings", "differing"]

_Order = tuple[int, int, bool]
"""Which types stand at least as high as each, which higher, and whether the test is known.

The first two are sets of pairs as bits: bit ``k * n + j`` is on for type k if type j does so.
"""

_Joint = tuple[_Order, ...]
"""The order on one test under each reading."""


def differing(readings: Sequence[Facets], facets: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the facets on which readings differ, each with the values that one of them gives.

    To say nothing is to differ from all who say something.
    """
    said = {name: [reading.get(name) for reading in readings] for name in facets}
    return {
        name: tuple(dict.fromkeys(value for value in values if value is not None))
        for name, values in said.items()
        if len(set(values)) > 1
    }


@dataclass(frozen=True)
class Readings:
    """Several readings of one situation, for searching what reconciles them.

    ``held`` maps each facet on which they differ to the values that one of them gives.
    """

    board: Board
    readings: tuple[Facets, ...]
    held: Mapping[str, tuple[str, ...]]

    @staticmethod
    def of(board: Board, readings: Iterable[Facets]) -> Readings:
        """Return the distinct ones among some readings, and where they differ."""
        distinct = {tuple(sorted(reading.items())): reading for reading in readings}
        kept = tuple(distinct.values())
        return Readings(board, kept, differing(kept, board.says))

    def agree(self, settled: Facets) -> bool:
        """Tell whether the fronts are the same once these facets are settled."""
        return len({self.board.front({**reading, **settled}) for reading in self.readings}) == 1

    def reconciles(self, chosen: Sequence[str]) -> bool:
        """Tell whether settling these facets reconciles, whichever given values they get."""
        parts = [
            (test, frozenset(chosen).intersection(self.board.facets[test]))
            for test in self.board.tests
        ]
        # Taking each reading's own values first refutes most sets at little cost.
        own = zip(*(self._own(*part) for part in parts), strict=True)
        return all(self._is_one_front(joint) for joint in own) and all(
            self._is_one_front(joint) for joint in product(*(self._any(*part) for part in parts))
        )

    def smallest(self) -> list[tuple[str, ...]]:
        """Return all sets of facets of the smallest size that reconciles; empty if all agree.

        To settle every facet on which the readings differ always reconciles.
        """
        if self.agree({}):
            return []
        names = tuple(self.held)
        for size in range(1, len(names)):
            found = [chosen for chosen in combinations(names, size) if self.reconciles(chosen)]
            if found:
                return found
        return [names]

    def _is_one_front(self, joint: Sequence[_Joint]) -> bool:
        return len({self._front(orders) for orders in zip(*joint, strict=True)}) == 1

    def _front(self, orders: tuple[_Order, ...]) -> frozenset[int]:
        if orders not in self._fronts:
            known = [(level, higher) for level, higher, is_known in orders if is_known]
            not_lower, some_higher = (1 << len(self.board.types) ** 2) - 1, 0
            for level, higher in known:
                not_lower &= level
                some_higher |= higher
            dominated = not_lower & some_higher
            self._fronts[orders] = frozenset(
                at for at, row in enumerate(self._rows) if known and not dominated & row
            )
        return self._fronts[orders]

    @cached_property
    def _fronts(self) -> dict[tuple[_Order, ...], frozenset[int]]:
        return {}

    @cached_property
    def _rows(self) -> list[int]:
        size = len(self.board.types)
        return [((1 << size) - 1) << at * size for at in range(size)]

    @cached_property
    def _kept(self) -> dict[tuple[str, frozenset[str], bool], list[_Joint]]:
        return {}

    def _own(self, test: str, here: frozenset[str]) -> list[_Joint]:
        """Return how the types stand on a test under all readings, for each one's own values."""
        key = (test, here, True)
        if key not in self._kept:
            settled = (
                {name: reading.get(name, self.held[name][0]) for name in here}
                for reading in self.readings
            )
            points = (self.board.point(test, facets) for facets in settled)
            self._kept[key] = list(self._joints(test, here, points))
        return self._kept[key]

    def _any(self, test: str, here: frozenset[str]) -> list[_Joint]:
        """Return how the types stand on a test under all readings, for all given values."""
        key = (test, here, False)
        if key not in self._kept:
            given = self._given(test, here)
            self._kept[key] = list(dict.fromkeys(self._joints(test, here, given)))
        return self._kept[key]

    def _joints(self, test: str, here: frozenset[str], points: Iterable[Point]) -> Iterator[_Joint]:
        """Yield, for each point that the settled facets lead to, the order under all readings."""
        bases = []
        for reading in self.readings:
            rest = {name: value for name, value in reading.items() if name not in here}
            # Whether enough is known hangs on which facets are known, not on their values.
            known = self.board.is_known(test, rest | dict.fromkeys(here, ""))
            bases.append((self.board.point(test, rest), known))
        for settled in points:
            yield tuple(_order(_sum(base, settled), known) for base, known in bases)

    def _given(self, test: str, here: frozenset[str]) -> set[Point]:
        """Return the points that the settled facets alone lead to, for all given values."""
        sums: set[Point] = {(0,) * len(self.board.types)}
        for name in here:
            added = {self.board.point(test, {name: value}) for value in self.held[name]}
            sums = {_sum(one, other) for one in sums for other in added}
        return sums


def _sum(one: Point, other: Point) -> Point:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _order(point: Point, is_known: bool) -> _Order:
    level = higher = 0
    bit = 1
    mine: int | Fraction
    for mine in point:
        for theirs in point:
            if theirs >= mine:
                level |= bit
                if theirs > mine:
                    higher |= bit
            bit <<= 1
    return level, higher, is_known

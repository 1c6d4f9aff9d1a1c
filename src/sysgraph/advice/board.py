"""The considerations as whole numbers, so that very many situations can be compared exactly.

All types are measured on a test over the same known facets, so that whether one stands above
another is settled by sums of whole numbers, with no division.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from sysgraph.advice.frame import Frame
from sysgraph.advice.standing import signs

__all__ = ["Board", "Facets", "Point", "undominated"]

Facets = Mapping[str, str]
"""What is known of a situation: slugs of facets with slugs of values."""

Point = tuple[int | Fraction, ...]
"""The balance of every type on one test, in the order of ``Board.types``."""


@dataclass(frozen=True)
class Board:
    """What each facet value does to each type.

    ``tests`` maps each test to the share of its strength that must be known. ``facets`` maps
    each test to its facets, with their strengths; ``says`` maps facet and value to the sign
    (1, 0 or -1) for every type, in the order of ``types``.
    """

    types: tuple[str, ...]
    tests: Mapping[str, Fraction]
    facets: Mapping[str, Mapping[str, int | Fraction]]
    says: Mapping[str, Mapping[str, tuple[int, ...]]]

    @staticmethod
    def of(frame: Frame) -> Board:
        """Return the board of what a graph knows."""
        known = signs(frame)
        types = tuple(frame.types)
        return Board(
            types,
            dict(frame.tests),
            {
                test: {f.id: f.strength for f in frame.facets.values() if f.test == test}
                for test in frame.tests
            },
            {
                facet.id: {
                    value.id: tuple(known.get((value.iri, kind), 0) for kind in types)
                    for value in facet.values.values()
                }
                for facet in frame.facets.values()
            },
        )

    @cached_property
    def totals(self) -> dict[str, int | Fraction]:
        """Return the strength of all facets of each test."""
        return {test: sum(facets.values()) for test, facets in self.facets.items()}

    @cached_property
    def test_of(self) -> dict[str, str]:
        """Return the test that each facet bears on."""
        return {facet: test for test, facets in self.facets.items() for facet in facets}

    def is_known(self, test: str, facets: Facets) -> bool:
        """Tell whether enough of a test's strength is known to give standings on it."""
        return self.is_enough(test, self.known(test, facets))

    def known(self, test: str, facets: Facets) -> int | Fraction:
        """Return how much of a test's strength is known."""
        return sum(strength for name, strength in self.facets[test].items() if name in facets)

    def is_enough(self, test: str, known: int | Fraction) -> bool:
        """Tell whether this much of a test's strength is enough to give standings on it."""
        return known > 0 and known >= self.tests[test] * self.totals[test]

    def point(self, test: str, facets: Facets) -> Point:
        """Return the balance of every type on a test: strengths for it less those against."""
        balance: list[int | Fraction] = [0] * len(self.types)
        for name, strength in self.facets[test].items():
            value = facets.get(name)
            if value is not None:
                for at, sign in enumerate(self.says[name][value]):
                    balance[at] += strength * sign
        return tuple(balance)

    def front(self, facets: Facets) -> frozenset[str]:
        """Return the types on the front, as ``advise`` would; none where no test is known."""
        points = [self.point(test, facets) for test in self.tests if self.is_known(test, facets)]
        return frozenset(self.types[at] for at in undominated(points)) if points else frozenset()

    def unknown(self, facets: Facets) -> list[str]:
        """Return the facets that are not known, in the order of the graph."""
        return [name for name in self.says if name not in facets]


def undominated(points: Sequence[Point]) -> Iterable[int]:
    """Yield the positions at which none is at least as high in all points and higher in one."""
    columns = list(zip(*points, strict=True))
    for at, mine in enumerate(columns):
        if not any(
            theirs != mine and all(a >= b for a, b in zip(theirs, mine, strict=True))
            for theirs in columns
        ):
            yield at

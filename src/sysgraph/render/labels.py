"""Where labels stand beside the points of a picture, so that all can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Box", "place"]

_MARK = 10.0
_LINE = 15.0
"""How much further away a label may stand for covering one line less."""
_STEPS = (14.0, 22.0, 34.0, 50.0, 70.0, 95.0, 125.0, 160.0)
_ROWS = 9
_WAYS = (
    (0.7, -0.7),
    (0.7, 0.7),
    (-0.7, -0.7),
    (-0.7, 0.7),
    (0.0, -1.0),
    (0.0, 1.0),
    (0.9, -0.4),
    (0.9, 0.4),
    (-0.9, -0.4),
    (-0.9, 0.4),
)


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Tell whether two rectangles share more than a border."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def lies_in(self, other: Box) -> bool:
        """Tell whether the rectangle is wholly within another."""
        return (
            self.x >= other.x
            and self.y >= other.y
            and self.x + self.width <= other.x + other.width
            and self.y + self.height <= other.y + other.height
        )

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """Return the point of the rectangle that is nearest to one given."""
        return (
            min(max(x, self.x), self.x + self.width),
            min(max(y, self.y), self.y + self.height),
        )


def place(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    bounds: Box,
    lines: Sequence[Box],
    order: Sequence[int],
) -> list[Box]:
    """Return a box for the label of each point, the same one every time.

    Labels are placed one by one in the order given, each where it covers the fewest labels, of
    such places where it covers the fewest points, and of these where it is near and covers few
    lines. Where nothing within the bounds is free, labels may overlap.
    """
    marks = [Box(x - _MARK, y - _MARK, 2 * _MARK, 2 * _MARK) for x, y in points]
    found: dict[int, Box] = {}
    for at in order:

        def cost(place: tuple[Box, float]) -> tuple[int, int, float]:
            box, distance = place
            return (
                sum(box.meets(other) for other in found.values()),
                sum(box.meets(mark) for mark in marks),
                sum(box.meets(line) for line in lines) * _LINE + distance,
            )

        inside = [each for each in _places(points[at], sizes[at]) if each[0].lies_in(bounds)]
        default = (Box(bounds.x, bounds.y, *sizes[at]), 0.0)
        # Of several that cost the same, the first.
        found[at] = min(inside, key=cost, default=default)[0]
    return [found[at] for at in range(len(points))]


def _places(point: tuple[float, float], size: tuple[float, float]) -> Iterator[tuple[Box, float]]:
    """Yield places around a point with their distance, the nearest first."""
    (x, y), (width, height) = point, size
    # Rows to the right and to the left, for many names of one point.
    for row in range(_ROWS):
        for rows in (-row, row):
            top = y + rows * (height + 1) - height / 2
            for left in (x + _STEPS[0], x - _STEPS[0] - width):
                yield Box(left, top, width, height), _STEPS[0] + row * height
    for step in _STEPS:
        for across, down in _WAYS:
            left = x + across * step - (width if across < 0 else 0 if across > 0 else width / 2)
            yield Box(left, y + down * step - height / 2, width, height), step

"""Small turns of phrase that every kind of answer shares.

Where labels stand beside the points of a picture, so that all can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from textwrap import fill

from sysgraph.advice.frame import Source
from sysgraph.errors import clean

__all__ = [
    "GROUNDS",
    "JOINER",
    "Box",
    "bullet",
    "cite",
    "credit",
    "escape",
    "filled",
    "listing",
    "number",
    "paragraph",
    "place",
    "sentence",
]

WIDTH = 100
_HYPHEN = "\ue000"

JOINER = "\u2060"
"""Is not seen, and breaks what GitHub would take for a person or an issue."""

# Without "|", which would end the cell of a table even within code.
_ADDRESS = re.compile(r"((?:(?:https?|ftp)://|www\.)[^\s`|]+)", re.IGNORECASE)

GROUNDS = {
    "stated": "stated",
    "attributed": "attributed",
    "reading": "our reading",
}


def sentence(text: str) -> str:
    """Return a text that begins with a capital.

    >>> sentence("better leadership")
    'Better leadership'
    """
    text = clean(text)
    return text[:1].upper() + text[1:]


def number(value: Fraction | None) -> str:
    """Return a standing with its sign and two digits.

    >>> number(Fraction(9, 10)), number(Fraction(0)), number(None)
    ('+0.90', '0.00', '?')
    """
    if value is None:
        return "?"
    return f"{float(value):+.2f}" if round(float(value), 2) else "0.00"


def cite(sources: Iterable[Source]) -> str:
    """Return who said so, with a mark on those whose text was not read."""
    marks = {"read": "", "read-in-part": " (read in part)", "unchecked": " (unchecked)"}
    return "; ".join(
        clean(source.citation) + marks.get(source.checking, f" ({source.checking})")
        for source in sources
    )


def credit(ground: str, sources: Iterable[Source]) -> str:
    """Return on what a statement rests and on whom, never our words as theirs."""
    joins = {
        "stated": "stated by",
        "attributed": "attributed to",
        "reading": "our reading, drawing on",
    }
    cited = [source for source in sources if source.id != "sysgraph"]
    if not cited:
        return GROUNDS.get(ground, ground)
    unread = [source for source in cited if source.checking == "unchecked"]
    if ground == "stated" and unread and len(unread) < len(cited):
        # Only a text that was read can be said to state something.
        read = [source for source in cited if source not in unread]
        return f"{joins[ground]}: {cite(read)}; cited beside it: {cite(unread)}"
    return f"{joins.get(ground, ground)}: {cite(cited)}"


def listing(words: Iterable[str], last: str = "and") -> str:
    """Return words as a sentence lists them.

    >>> listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    *most, end = tuple(words) or ("",)
    return f"{', '.join(most)} {last} {end}" if most else end


def filled(text: str, indent: int = 0, mark: str = "", note: str = "") -> str:
    """Return a text as lines of at most 100 characters, further lines below its first word."""
    pad = " " * indent
    said = f"{clean(text)}  {clean(note)}" if note else clean(text)
    # An address must not be cut at its hyphens, or nobody can follow it.
    held = re.sub(r"\S+://\S+", lambda found: found.group().replace("-", _HYPHEN), said)
    lines = fill(
        held,
        max(WIDTH, indent + 40),
        initial_indent=f"{pad}{mark} " if mark else pad,
        subsequent_indent=f"{pad}{' ' * (len(mark) + 1)}" if mark else pad,
    )
    return lines.replace(_HYPHEN, "-")


def paragraph(text: str, indent: int = 0) -> str:
    """Return a text as lines of at most 100 characters."""
    return filled(text, indent)


def bullet(text: str, mark: str = "·", indent: int = 2) -> str:
    """Return a text as an item of a list, its further lines indented below the first."""
    return filled(text, indent, mark)


def escape(text: str) -> str:
    r"""Return a text that Markdown shows as it stands, and that calls nobody and closes nothing.

    Addresses are shown as code, so that nothing is linked or fetched; and after ``@`` and ``#``
    stands an invisible character, so that neither people nor issues are meant.

    >>> escape("*bold* <b>")
    '\\*bold\\* \\<b\\>'
    >>> escape("see https://example.org/a_b.")
    'see `https://example.org/a_b.`'
    """
    parts = _ADDRESS.split(clean(text))
    return "".join(
        f"`{part}`" if number % 2 else _escaped(part) for number, part in enumerate(parts)
    )


def _escaped(text: str) -> str:
    text = re.sub(r"([\\`*_{}\[\]<>#|$~&!])", r"\\\1", text)
    return re.sub(r"(@|#|\bGH-)", rf"\1{JOINER}", text)


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

"""The picture of the two tests: a plane where both are known, a strip where one is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sysgraph.advice.board import Advice, Standing, TypeAdvice
from sysgraph.pages.blocks import Html, shown
from sysgraph.pages.words import number, reach, tests_of

__all__ = [
    "PICTURE_STYLE",
    "Box",
    "describe",
    "draw_cross",
    "draw_group",
    "draw_line",
    "draw_point",
    "draw_text",
    "draw_whisker",
    "place",
    "svg",
]

_WIDTH = 720
_LEFT, _TOP, _SIZE = 78, 30, 440
_STRIP_LEFT, _STRIP_SIZE, _ROW = 250, 440, 34
_LETTER = 7.4
"""The width of a letter at the size of a label, in units of the picture, on the safe side."""
_LONGEST = 32
_GAP = 3.5
_NEAR = 24.0
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
_TICKS = (Fraction(-1), Fraction(-1, 2), Fraction(0), Fraction(1, 2), Fraction(1))
PICTURE_STYLE = """
.sg{--ink:#1c1f23;--soft:#595f66;--line:#c9ced4;--paper:#fff;--mark:#0b4f8a;
font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
.sg text{fill:var(--ink)}.sg .soft{fill:var(--soft)}.sg .bold{font-weight:700}
.sg .label{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.sg .paper{fill:var(--paper)}.sg .grid{stroke:var(--line);stroke-width:1}
.sg .zero{stroke:var(--soft);stroke-width:1}
.sg .reach{stroke:var(--soft);stroke-width:1.4;stroke-dasharray:4 3;fill:none}
.sg .first .reach{stroke:var(--mark);stroke-width:2.2;stroke-dasharray:none}
.sg .cap{stroke:var(--soft);stroke-width:1.4;fill:none}
.sg .first .cap{stroke:var(--mark);stroke-width:2.2}
.sg .shut{stroke:var(--ink);stroke-width:2;fill:none}
.sg .lead{stroke:var(--soft);stroke-width:.8}
.sg .point{fill:var(--paper);stroke:var(--soft);stroke-width:2}
.sg .first .point{fill:var(--mark);stroke:var(--paper);stroke-width:1.5}
.sg .first .label{fill:var(--mark)}
@media (prefers-color-scheme:dark){.sg{--ink:#e9e7e3;--soft:#aab2ba;--line:#3c444d;
--paper:#15191e;--mark:#8cc4ff}}
@media print{.sg{--ink:#1c1f23;--soft:#595f66;--line:#c9ced4;--paper:#fff;--mark:#0b4f8a}}
"""


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
        return (min(max(x, self.x), self.x + self.width), min(max(y, self.y), self.y + self.height))


_ZERO = (Box(_LEFT, _TOP + _SIZE / 2 - 1, _SIZE, 2), Box(_LEFT + _SIZE / 2 - 1, _TOP, 2, _SIZE))


def svg(advice: Advice) -> Html:
    """Return the picture of an answer, to stand in a page or in a file of its own.

    Widths and heights are in units of the picture, of which it is 720 wide. It holds no script,
    asks for nothing else, and the same answer always gives the same picture.
    """
    tests = list(tests_of(advice))
    is_plane = len(tests) == 2 and not advice.abstains
    height, body = _plane(advice, tests) if is_plane else _strips(advice, tests)
    title = shown(f"The {len(tests)} tests: {advice.situation.title or 'your situation'}")
    return Html(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sg" role="img"'
        f' viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}">'
        f"<title>{title}</title><desc>{shown(describe(advice))}</desc><style>{PICTURE_STYLE}</style>"
        f'<rect class="paper" width="{_WIDTH}" height="{height}"/>{"".join(body)}</svg>'
    )


def describe(advice: Advice) -> str:
    """Return in words what the picture shows."""
    told = []
    for kind, entry in advice.types.items():
        where = " and ".join(f"{t} {_in_words(s)}" for t, s in entry.standings.items())
        first = ", worth considering first" if kind in advice.front else ""
        told.append(f"{entry.type.name}: {where}{first}{_closed(entry)}.")
    return " ".join(told)


def _closed(entry: TypeAdvice) -> str:
    """Return that a type is closed, and by what; nothing where it is open."""
    names = " and ".join(f"'{gate.label}'" for gate in entry.gates)
    return f", closed by {names}" if names else ""


def _in_words(standing: Standing) -> str:
    between = reach(standing.low, standing.high)
    if standing.value is None:
        return f"not ranked, from {between}"
    told = number(standing.value)
    return told if standing.low == standing.high else f"{told}, from {between}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


def _tick(value: Fraction) -> str:
    return f"{float(value):+g}" if value else "0"


def draw_line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Return a line."""
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def draw_text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    """Return a text at a place."""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{shown(text)}</text>'
    )


def draw_cross(x: float, y: float) -> str:
    """Return the mark of a type that is closed."""
    return f'<path class="shut" d="M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10"/>'


def draw_point(x: float, y: float, *, is_first: bool) -> str:
    """Return the mark of where a type stands."""
    if is_first:
        return f'<path class="point" d="M{x:.1f} {y - 9:.1f}l9 9l-9 9l-9 -9z"/>'
    return f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="5.5"/>'


# The plane, where both tests are ranked.


def _across(value: Fraction) -> float:
    return _LEFT + float((value + 1) / 2) * _SIZE


def _up(value: Fraction) -> float:
    return _TOP + float((1 - value) / 2) * _SIZE


def _plane(advice: Advice, tests: Sequence[str]) -> tuple[int, list[str]]:
    # The front is drawn last, above the others, and its labels are placed before theirs.
    order = sorted(advice.types, key=lambda kind: kind in advice.front)
    shown_types = [advice.types[kind] for kind in order]
    firsts = [kind in advice.front for kind in order]
    points = [_at(entry, tests) for entry in shown_types]
    crosses = list(_crosses(shown_types, tests, points))
    names = [_short(entry.type.name) for entry in shown_types]
    bounds = Box(_LEFT + 4, _TOP + 4, _WIDTH - _LEFT - 10, _SIZE - 8)
    labels = place(
        points,
        [(len(name) * _LETTER, 17.0) for name in names],
        bounds,
        [*_ZERO, *(box for pair in crosses for box in pair)],
        list(reversed(range(len(order)))),
    )
    body = [*_frame(tests)]
    for pair, is_first in zip(crosses, firsts, strict=True):
        body += draw_group(_drawn(pair), is_first=is_first)
    for point, name, box, is_first in zip(points, names, labels, firsts, strict=True):
        body += draw_group(_labelled(point, name, box, is_first=is_first), is_first=is_first)
    body += (
        draw_cross(*point) for point, each in zip(points, shown_types, strict=True) if each.gates
    )
    return _TOP + _SIZE + 114, [*body, *_legend(_LEFT, _TOP + _SIZE + 74)]


def draw_group(parts: Iterable[str], *, is_first: bool) -> Iterator[str]:
    """Yield marks as one group, set off where it is of what comes first."""
    yield f'<g class="{"first" if is_first else "other"}">'
    yield from parts
    yield "</g>"


def _labelled(point: tuple[float, float], name: str, box: Box, *, is_first: bool) -> Iterator[str]:
    x, y = point
    foot = box.nearest(x, y)
    if (foot[0] - x) ** 2 + (foot[1] - y) ** 2 > _NEAR**2:
        yield draw_line(x, y, *foot, "lead")
    yield draw_point(x, y, is_first=is_first)
    kind = "label bold" if is_first else "label"
    right = box.x + box.width
    # A name stands flush with the side towards its point, however wide its letters come out.
    if box.x >= x:
        yield draw_text(box.x + 2, box.y + 13, name, kind)
    elif right <= x:
        yield draw_text(right - 2, box.y + 13, name, kind, "end")
    else:
        yield draw_text((box.x + right) / 2, box.y + 13, name, kind, "middle")


def _frame(tests: Sequence[str]) -> Iterator[str]:
    right, foot = _LEFT + _SIZE, _TOP + _SIZE
    for tick in _TICKS:
        kind = "grid" if tick else "zero"
        yield draw_line(_across(tick), _TOP, _across(tick), foot, kind)
        yield draw_line(_LEFT, _up(tick), right, _up(tick), kind)
        yield draw_text(_across(tick), foot + 18, _tick(tick), "soft", "middle")
        yield draw_text(_LEFT - 8, _up(tick) + 4, _tick(tick), "soft", "end")
    yield from _ends(tests[0], _LEFT, right, foot + 40)
    yield f'<g transform="translate(22 {foot}) rotate(-90)">'
    yield from _ends(tests[1], 0, _SIZE, 0)
    yield "</g>"


def _ends(test: str, left: float, right: float, y: float) -> Iterator[str]:
    """Yield the name of a test below its line, with what either end of it means."""
    yield draw_text(left, y, "← against it", "soft")
    yield draw_text((left + right) / 2, y, _short(test), "bold", "middle")
    yield draw_text(right, y, "for it →", "soft", "end")


def _at(entry: TypeAdvice, tests: Sequence[str]) -> tuple[float, float]:
    one, other = (entry.standings[test].value or Fraction(0) for test in tests)
    return _across(one), _up(other)


def _crosses(
    entries: Sequence[TypeAdvice], tests: Sequence[str], points: Sequence[tuple[float, float]]
) -> Iterator[tuple[Box, Box]]:
    """Yield the intervals of each type, as thin boxes across and up.

    Those that would lie one upon the other stand a little apart, so that each end can be told.
    """
    reaches = [[entry.standings[test] for test in tests] for entry in entries]
    sideways = _aside(
        [(x, up.low, up.high) for (x, _), (_, up) in zip(points, reaches, strict=True)]
    )
    down = _aside([(y, on.low, on.high) for (_, y), (on, _) in zip(points, reaches, strict=True)])
    for at, ((x, y), (one, other)) in enumerate(zip(points, reaches, strict=True)):
        left, top = _across(one.low), _up(other.high)
        yield (
            Box(left, y + down[at] - 1, _across(one.high) - left, 2),
            Box(x + sideways[at] - 1, top, 2, _up(other.low) - top),
        )


def _aside(reaches: Sequence[tuple[float, Fraction, Fraction]]) -> list[float]:
    """Return how far to move lines at these places, with these ends, so that they lie apart."""
    moved = []
    for at, *ends in reaches:
        drawn = [other for other in reaches if other[1] < other[2]]
        near = list(dict.fromkeys(other for other in drawn if abs(other[0] - at) < _GAP))
        mine = (at, *ends)
        moved.append((near.index(mine) - (len(near) - 1) / 2) * _GAP if mine in near else 0.0)
    return moved


def _drawn(pair: tuple[Box, Box]) -> Iterator[str]:
    across, up = pair
    if across.width:
        yield from draw_whisker(across.x, across.x + across.width, across.y + 1)
    if up.height:
        x, top, foot = up.x + 1, up.y, up.y + up.height
        yield f'<path class="reach" d="M{x:.1f} {top:.1f}V{foot:.1f}"/>'
        yield f'<path class="cap" d="M{x - 5:.1f} {top:.1f}h10M{x - 5:.1f} {foot:.1f}h10"/>'


def draw_whisker(low: float, high: float, y: float) -> Iterator[str]:
    """Yield the mark of what is still unknown could make of a standing."""
    yield f'<path class="reach" d="M{low:.1f} {y:.1f}H{high:.1f}"/>'
    yield f'<path class="cap" d="M{low:.1f} {y - 5:.1f}v10M{high:.1f} {y - 5:.1f}v10"/>'


def _legend(x: float, y: float) -> Iterator[str]:
    yield from draw_group([draw_point(x + 8, y - 4, is_first=True)], is_first=True)
    yield draw_text(x + 24, y, "worth considering first")
    yield from draw_group([draw_point(x + 200, y - 4, is_first=False)], is_first=False)
    yield draw_text(x + 214, y, "the others")
    yield from draw_group(draw_whisker(x + 304, x + 344, y - 4), is_first=False)
    yield draw_text(x + 354, y, "what is still unknown could make of it")
    yield draw_cross(x + 8, y + 18)
    yield draw_text(x + 24, y + 22, "closed by what is known")


# Strips, where a test is not ranked.


def _strips(advice: Advice, tests: Sequence[str]) -> tuple[int, list[str]]:
    body: list[str] = []
    top = 12
    for test in tests:
        body += _strip(advice, test, top)
        top += 92 + _ROW * len(advice.types)
    return top + 52, [*body, *_legend(32, top + 6)]


def _strip(advice: Advice, test: str, top: int) -> Iterator[str]:
    def across(value: Fraction) -> float:
        return _STRIP_LEFT + float((value + 1) / 2) * _STRIP_SIZE

    ranked = test not in advice.abstains
    said = f"{test}: {float(tests_of(advice)[test]):.0%} of its strength is known"
    said += "" if ranked else ", too little to rank the types on it"
    yield draw_text(32, top + 16, said, "bold")
    first, foot = top + 32, top + 32 + _ROW * len(advice.types)
    for tick in _TICKS:
        yield draw_line(across(tick), first, across(tick), foot, "grid" if tick else "zero")
        yield draw_text(across(tick), foot + 16, _tick(tick), "soft", "middle")
    yield from _ends(test, _STRIP_LEFT, _STRIP_LEFT + _STRIP_SIZE, foot + 36)
    for at, (kind, entry) in enumerate(advice.types.items()):
        y = first + _ROW * (at + 0.5)
        is_first = ranked and kind in advice.front
        standing = entry.standings[test]
        bold = " bold" if is_first else ""
        parts = [draw_text(_STRIP_LEFT - 14, y + 4, _short(entry.type.name), f"label{bold}", "end")]
        if standing.low < standing.high:
            parts += draw_whisker(across(standing.low), across(standing.high), y)
        if ranked and standing.value is not None:
            parts.append(draw_point(across(standing.value), y, is_first=is_first))
        if entry.gates:
            parts.append(draw_cross(_STRIP_LEFT - 7, y))
        yield from draw_group(parts, is_first=is_first)


# Where labels stand beside the points, so that all can be read.


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

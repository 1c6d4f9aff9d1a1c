"""What holds whatever the unknown facets turn out to be, and which question settles most.

A *completion* of a situation gives every unknown facet one of its values. A type is certainly on
the front if it is there in every completion, possibly if in some, and otherwise not.

How types stand beside one another on some of the tests, and what changes make of it.

Whether a type is on the front hangs, for each test, only on which of the other types stand above it
and which level with it. There are far fewer of these rivalries than there are situations, so that
changes to the facets of different tests are searched apart and put together by rivalries.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from operator import add, itemgetter

from sysgraph.advice.board import Board, Facets, Point

__all__ = [
    "Certainty",
    "Outlook",
    "Question",
    "bits",
    "count_open",
    "halves",
    "is_any_above",
    "smallest",
]

_Gaps = tuple[int | Fraction, ...]
"""How far each type stands above the one in question, test after test; itself by 0."""


class Certainty(StrEnum):
    """Whether a type is on the front in all, some or no completions of a situation."""

    CERTAIN = "certainly"
    POSSIBLE = "possibly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Question:
    """An unknown facet, and what each answer to it would make of every type.

    ``open_now`` is how many types are now only possibly on the front.
    """

    facet: str
    answers: Mapping[str, Mapping[str, Certainty]]
    open_now: int

    @property
    def open_after(self) -> Fraction:
        """Return how many types an answer leaves open, the mean over the answers."""
        return Fraction(sum(map(count_open, self.answers.values())), len(self.answers))


def count_open(standing: Mapping[str, Certainty]) -> int:
    """Return how many types are neither certainly on the front nor certainly off it."""
    return sum(each is Certainty.POSSIBLE for each in standing.values())


class Outlook:
    """A board prepared for questions about what is unknown."""

    def __init__(self, board: Board) -> None:
        """Work out, for every type, what each value does to the gap between it and the others."""
        self.board = board
        keys = [(facet, at) for facet in board.says for at in range(len(board.types))]
        self._all = {key: {v: self._gaps(*key, v) for v in board.says[key[0]]} for key in keys}
        self._widest = {
            key: tuple(map(max, zip(*each.values(), strict=True)))
            for key, each in self._all.items()
        }
        # A gap that is nowhere smaller than another never helps a type onto the front.
        self._least = {key: _least(each.values()) for key, each in self._all.items()}
        self._lowest = {
            key: tuple(map(min, zip(*each, strict=True))) for key, each in self._least.items()
        }

    def _gaps(self, facet: str, at: int, value: str) -> _Gaps:
        signs, here = self.board.says[facet][value], self.board.test_of[facet]
        strength = self.board.facets[here][facet]
        gaps = tuple(strength * (sign - signs[at]) for sign in signs)
        nothing = (0,) * len(signs)
        return sum((gaps if test == here else nothing for test in self.board.tests), ())

    def certainty(self, facets: Facets, unanswerable: Collection[str] = ()) -> dict[str, Certainty]:
        """Return for every type whether it is certainly, possibly or not on the front.

        Exact, in about a millisecond: for certainty one other type at a time, since one that can
        stand above is enough; for possibility by branch and bound. Facets that are
        ``unanswerable`` are taken to stay unknown, and then say nothing.
        """
        closed = {*facets, *unanswerable}
        answered = {**facets, **{name: "" for name in self.board.says if name not in closed}}
        counted = [test for test in self.board.tests if self.board.is_known(test, answered)]
        if not counted:
            return dict.fromkeys(self.board.types, Certainty.NOT)
        known = [f for f in facets if self.board.test_of[f] in counted]
        unknown = [
            name
            for test in counted
            for name, _ in sorted(self.board.facets[test].items(), key=itemgetter(1))
            if name not in closed
        ]
        return {
            kind: self._judge(at, {f: facets[f] for f in known}, unknown)
            for at, kind in enumerate(self.board.types)
        }

    def _judge(self, at: int, facets: Facets, unknown: Sequence[str]) -> Certainty:
        types = len(self.board.types)
        nothing: _Gaps = (0,) * types * len(self.board.tests)
        here = _sum(nothing, (self._all[f, at][value] for f, value in facets.items()))
        widest = _sum(here, (self._widest[f, at] for f in unknown))
        if not is_any_above(widest, types):
            return Certainty.CERTAIN
        choices, lowest = [], nothing
        # The list is worked off from its end, where the strongest facets are.
        for facet in unknown:
            lowest = _added(lowest, self._lowest[facet, at])
            choices.append((lowest, self._least[facet, at]))
        return Certainty.POSSIBLE if _escapes(here, choices, types) else Certainty.NOT

    def next_question(self, facets: Facets, unanswerable: Collection[str] = ()) -> Question | None:
        """Return the question that settles most, or None where the front is settled.

        It leaves the fewest types open, on average over its answers; of several, it is the one
        whose answers pull the open types furthest from the others, and then the first in order.
        """
        now = self.certainty(facets, unanswerable)
        count = count_open(now)
        if not count:
            return None
        undecided = [at for at, each in enumerate(now.values()) if each is Certainty.POSSIBLE]
        asked = [
            Question(facet, self._answers(facet, facets, unanswerable), count)
            for facet in self.board.unknown(facets)
            if facet not in unanswerable
        ]
        return min(asked, key=lambda q: (q.open_after, -self._pull(q.facet, undecided)))

    def _answers(
        self, facet: str, facets: Facets, unanswerable: Collection[str]
    ) -> dict[str, dict[str, Certainty]]:
        return {
            value: self.certainty({**facets, facet: value}, unanswerable)
            for value in self.board.says[facet]
        }

    def _pull(self, facet: str, undecided: Sequence[int]) -> float:
        """Return how much the answers vary in what they do to the open types: a variance."""
        total = 0.0
        for at in undecided:
            for gaps in zip(*self._all[facet, at].values(), strict=True):
                mean = float(sum(gaps)) / len(gaps)
                total += sum((float(gap) - mean) ** 2 for gap in gaps) / len(gaps)
        return total


def _escapes(here: _Gaps, choices: Sequence[tuple[_Gaps, Sequence[_Gaps]]], types: int) -> bool:
    """Tell whether some choice for each facet leaves no type above.

    Each choice comes with the lowest gaps that it and those before it could still bring.
    """
    if not choices:
        return not is_any_above(here, types)
    *rest, (lowest, gaps) = choices
    if is_any_above(_added(here, lowest), types):
        return False
    return any(_escapes(_added(here, gap), rest, types) for gap in gaps)


def is_any_above(gaps: _Gaps, types: int) -> bool:
    """Tell whether any type stands at least as high on all tests and higher on one."""
    if len(gaps) == types:
        return max(gaps) > 0
    return any(
        min(each) >= 0 and max(each) > 0
        for each in zip(*(gaps[at : at + types] for at in range(0, len(gaps), types)), strict=True)
    )


def _added(gaps: _Gaps, more: _Gaps) -> _Gaps:
    return tuple(map(add, gaps, more))


def _sum(start: _Gaps, listed: Iterable[_Gaps]) -> _Gaps:
    return tuple(map(sum, zip(start, *listed, strict=True)))


def _least(listed: Iterable[_Gaps]) -> list[_Gaps]:
    """Return the gaps than which no others are as small everywhere, the smallest first."""
    distinct = set(listed)
    kept = [
        gaps
        for gaps in distinct
        if not any(
            other != gaps and all(a <= b for a, b in zip(other, gaps, strict=True))
            for other in distinct
        )
    ]
    return sorted(kept, key=lambda gaps: (sum(gaps), gaps))


@dataclass(frozen=True, slots=True)
class Rivalry:
    """How the other types stand beside one type, on those tests of a half that are known.

    ``kind`` is the place of the type on the board. ``level`` marks the types, by places as well,
    that are at least as high on every known test, and ``above`` those that are higher on one.
    """

    kind: int
    known: bool
    level: int
    above: int

    def is_front(self, other: Rivalry) -> bool:
        """Tell whether the type is on the front, given its rivalry on the other half."""
        beaten = self.level & other.level & (self.above | other.above)
        return (self.known or other.known) and not beaten


@dataclass(slots=True)
class Half:
    """The facets of some of the tests, and the rivalries that changes of them lead to.

    ``options`` are the other values that facets could take. ``parts`` maps each change, as a
    mask over the options, to two masks over ``rivalries``: what the change leads to, with one
    rivalry for each type, and all that its proper parts lead to.
    """

    options: list[tuple[str, str]] = field(default_factory=list)
    rivalries: list[Rivalry] = field(default_factory=list)
    parts: dict[int, tuple[int, int]] = field(default_factory=dict)

    def grouped(self, kind: int) -> dict[tuple[int, int, int], list[int]]:
        """Return the changes that may matter to a type, by own rivalry, those below, and size.

        Left out are those whose rivalry one of their parts leads to already, which are never
        needed: with that part in their place, less is changed and the type stands the same.
        """
        mine = sum(1 << at for at, rivalry in enumerate(self.rivalries) if rivalry.kind == kind)
        found: dict[tuple[int, int, int], list[int]] = {}
        for mask, (own, below) in self.parts.items():
            if own & mine & ~below:
                key = (own & mine, below & mine, mask.bit_count())
                found.setdefault(key, []).append(mask)
        return found


def halves(board: Board, facets: Facets, most: int | None) -> tuple[Half, Half]:
    """Return the last test and the others, each with all its changes of up to ``most`` facets."""
    tests = list(board.tests)
    return _half(board, tests[:-1], facets, most), _half(board, tests[-1:], facets, most)


def bits(mask: int) -> Iterator[int]:
    """Yield the places of the ones of a whole number, the lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def smallest(pair: tuple[Half, Half], kind: int, most: int | None) -> Iterator[tuple[int, int]]:
    """Yield the smallest changes, one mask for each half, that turn a type on or off the front.

    Each turns it, and none of its proper parts does.
    """
    left, right = pair
    turning = _turning(left, right, kind)
    rights = right.grouped(kind)
    fitting: dict[tuple[int, int], list[tuple[int, list[int]]]] = {}
    for (own, below, size), ours in left.grouped(kind).items():
        turned, barred = turning[own.bit_length() - 1], 0
        for at in bits(below):
            barred |= turning[at]
        if (turned, barred) not in fitting:
            # The whole turns the type, and nothing does that is less on either side.
            fitting[turned, barred] = [
                (more, others)
                for (other, lower, more), others in rights.items()
                if other & turned and not lower & turned and not (other | lower) & barred
            ]
        for more, others in fitting[turned, barred]:
            if most is None or size + more <= most:
                yield from ((mine, yours) for mine in ours for yours in others)


def _turning(left: Half, right: Half, kind: int) -> dict[int, int]:
    """Return, for each rivalry on the left, those on the right with which the type is turned."""
    now = _own(left, kind).is_front(_own(right, kind))
    theirs = [(at, rivalry) for at, rivalry in enumerate(right.rivalries) if rivalry.kind == kind]
    return {
        at: sum(1 << other for other, yours in theirs if mine.is_front(yours) != now)
        for at, mine in enumerate(left.rivalries)
        if mine.kind == kind
    }


def _own(half: Half, kind: int) -> Rivalry:
    """Return the rivalry of a type before any change."""
    return next(
        half.rivalries[at] for at in bits(half.parts[0][0]) if half.rivalries[at].kind == kind
    )


def _half(board: Board, tests: Sequence[str], facets: Facets, most: int | None) -> Half:
    half = Half()
    look = _Look(board, tests, half.rivalries)
    moves = [
        _moves(board, tests, name, facets, half.options)
        for test in tests
        for name in board.facets[test]
    ]
    start = look.start(facets)
    half.parts[0] = (look(start), 0)
    level = [(0, start, 0)]
    size = 0
    while level and (most is None or size < most):
        size += 1
        level = [
            (mask | bit, tuple(map(add, point, by)), following)
            for mask, point, first in level
            for following, choices in enumerate(moves[first:], first + 1)
            for bit, by in choices
        ]
        for mask, point, _ in level:
            half.parts[mask] = (look(point), _below(half, mask))
    return half


def _below(half: Half, mask: int) -> int:
    """Return the rivalries of all proper parts of a change."""
    below, rest = 0, mask
    while rest:
        bit = rest & -rest
        rest ^= bit
        own, lower = half.parts[mask ^ bit]
        below |= own | lower
    return below


def _moves(
    board: Board,
    tests: Sequence[str],
    name: str,
    facets: Facets,
    options: list[tuple[str, str]],
) -> list[tuple[int, Point]]:
    """Return, for each other value of a facet, its mask and what it adds to the numbers."""
    test, was = board.test_of[name], facets.get(name)
    strength, values = board.facets[test][name], board.says[name]
    nothing = (0,) * (len(board.types) + 1)
    now = (0,) * len(board.types) if was is None else values[was]
    found = []
    for value, signs in values.items():
        if value != was:
            learnt = strength if was is None else 0
            by = (*(strength * (a - b) for a, b in zip(signs, now, strict=True)), learnt)
            found.append(
                (1 << len(options), sum((by if t == test else nothing for t in tests), ()))
            )
            options.append((name, value))
    return found


class _Look:
    """Gives the rivalries that numbers lead to, each set of numbers looked at once.

    The numbers are, test by test, the balance of every type and the strength that is known.
    """

    def __init__(self, board: Board, tests: Sequence[str], rivalries: list[Rivalry]) -> None:
        self._board = board
        self._tests = tests
        self._rivalries = rivalries
        self._places: dict[tuple[int, bool, int, int], int] = {}
        self._enough: dict[tuple[str, int | Fraction], bool] = {}
        self._seen: dict[Point, int] = {}

    def start(self, facets: Facets) -> Point:
        """Return the numbers of a situation."""
        return tuple(
            number
            for test in self._tests
            for number in (*self._board.point(test, facets), self._board.known(test, facets))
        )

    def __call__(self, numbers: Point) -> int:
        """Return the mask of the rivalries of all types."""
        found = self._seen.get(numbers)
        if found is None:
            found = self._seen[numbers] = self._look(numbers)
        return found

    def _look(self, numbers: Point) -> int:
        width = len(self._board.types) + 1
        tables = [
            _compare(numbers[at * width : (at + 1) * width - 1])
            for at, test in enumerate(self._tests)
            if self._is_enough(test, numbers[(at + 1) * width - 1])
        ]
        mask = 0
        for kind in range(width - 1):
            level, above = (1 << width) - 1, 0
            for table in tables:
                level &= table[kind][0]
                above |= table[kind][1]
            mask |= 1 << self._place(kind, bool(tables), level, above)
        return mask

    def _is_enough(self, test: str, known: int | Fraction) -> bool:
        if (test, known) not in self._enough:
            self._enough[test, known] = self._board.is_enough(test, known)
        return self._enough[test, known]

    def _place(self, kind: int, known: bool, level: int, above: int) -> int:
        """Return where an rivalry stands, which is added if it is new."""
        key = (kind, known, level, above)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self._rivalries)
            self._rivalries.append(Rivalry(kind, known, level, above))
        return place


def _compare(point: Point) -> list[tuple[int, int]]:
    """Return, for each type, the types that are at least as high, and those that are higher."""
    alike: dict[int | Fraction, int] = {}
    for at, number in enumerate(point):
        alike[number] = alike.get(number, 0) | 1 << at
    higher, found = 0, {}
    for number in sorted(alike, reverse=True):
        found[number] = (higher | alike[number], higher)
        higher |= alike[number]
    return [found[number] for number in point]

"""How far the front holds: the strengths within which it stands, and what it rests on.

A strength moves all balances of its test along straight lines, so that the order of the types can
change only where two lines cross, and the test's being known enough only at one point. Between
these points nothing changes; the points themselves and the stretches between them are tried one by
one, outward from the strength as it is. All numbers are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from sysgraph.advice.board import Board, Facets, Point, undominated
from sysgraph.advice.frame import Consideration, Facet, Frame, Source
from sysgraph.advice.situation import Situation

__all__ = ["Origin", "Prop", "Range", "Robustness", "robustness", "strength_range"]


@dataclass(frozen=True, slots=True)
class Range:
    """An interval of strengths. ``high`` is None where it has no upper end."""

    low: Fraction
    holds_low: bool
    high: Fraction | None
    holds_high: bool

    def __contains__(self, strength: Fraction | int) -> bool:
        """Tell whether a strength lies in the range."""
        if strength < self.low or (strength == self.low and not self.holds_low):
            return False
        if self.high is None or strength < self.high:
            return True
        return strength == self.high and self.holds_high


@dataclass(frozen=True, slots=True)
class Prop:
    """Something taken away, and the front that is left without it.

    ``joins`` and ``leaves`` are the types that come onto the front and go off it.
    """

    name: str
    front: tuple[str, ...]
    joins: tuple[str, ...]
    leaves: tuple[str, ...]

    @property
    def bears(self) -> bool:
        """Tell whether the front rests on it, which is to say that it changes without it."""
        return bool(self.joins or self.leaves)


@dataclass(frozen=True, slots=True)
class Origin:
    """The reading of a case that a situation was taken from, and who contributed it."""

    case: str
    standpoint: str
    contributor: str


@dataclass(frozen=True, slots=True)
class Robustness:
    """How far the front of a situation holds.

    ``ranges`` gives for each facet the strengths, all others as they are, with which the front
    is the same. Of what is taken away one by one, ``considerations``, ``sources`` and ``facets``
    hold what the front rests on; of a source goes what nothing else is cited for. ``without``
    and ``only`` tell, for each ground, what the front is without all that rests on it, and on
    that alone. ``origin`` is given where the situation is one reading of a case.
    """

    situation: Situation
    front: tuple[str, ...]
    ranges: Mapping[str, Range]
    considerations: tuple[tuple[Consideration, Prop], ...]
    sources: tuple[tuple[Source, Prop], ...]
    facets: tuple[tuple[Facet, Prop], ...]
    without: Mapping[str, Prop]
    only: Mapping[str, Prop]
    origin: Origin | None = None

    @property
    def rests_on(self) -> list[str]:
        """Return the grounds without which the front would be another."""
        return [ground for ground, prop in self.without.items() if prop.bears]

    @property
    def rests_alone_on(self) -> list[str]:
        """Return the grounds that are needed for the front and need no other."""
        return [ground for ground in self.rests_on if not self.only[ground].bears]


def robustness(situation: Situation, frame: Frame, *, origin: Origin | None = None) -> Robustness:
    """Return how far the front of a situation holds, and what it rests on.

    Cases move no front, and so it rests on none of them; but a situation that was read off a
    case rests on that reading, which ``origin`` names.
    """
    board = Board.of(frame)
    bench = _Bench(frame, board, situation.facets, board.front(situation.facets))
    applying = _applying(situation, frame)
    alone = [
        (each, bench.keep(each.iri, [other for other in applying if other is not each]))
        for each in applying
    ]
    cited = {source.id: source for each in applying for source in each.sources}
    sources = [
        (source, bench.keep(name, [each for each in applying if not _is_only(each, name)]))
        for name, source in sorted(cited.items())
    ]
    facets = [(frame.facets[name], bench.forget(name)) for name in situation.facets]
    grounds = dict.fromkeys(each.ground for each in applying)
    return Robustness(
        situation,
        bench.named(bench.front),
        {name: strength_range(board, situation.facets, name) for name in frame.facets},
        tuple((each, prop) for each, prop in alone if prop.bears),
        tuple((source, prop) for source, prop in sources if prop.bears),
        tuple((facet, prop) for facet, prop in facets if prop.bears),
        {g: bench.keep(g, [each for each in applying if each.ground != g]) for g in grounds},
        {g: bench.keep(g, [each for each in applying if each.ground == g]) for g in grounds},
        origin,
    )


def _applying(situation: Situation, frame: Frame) -> list[Consideration]:
    """Return the considerations that the facts of a situation bring into play."""
    held = {frame.facets[name].values[value].iri for name, value in situation.facets.items()}
    return [each for each in frame.considerations if each.value in held]


def _is_only(consideration: Consideration, source: str) -> bool:
    return all(each.id == source for each in consideration.sources) and bool(consideration.sources)


@dataclass(frozen=True, slots=True)
class _Bench:
    """A situation and its front, to try what is left of it without this or that."""

    frame: Frame
    board: Board
    facets: Facets
    front: frozenset[str]

    def keep(self, name: str, kept: Iterable[Consideration]) -> Prop:
        """Return the front that these considerations make alone, all facts being known still."""
        supports: dict[str, set[str]] = {}
        undermines: dict[str, set[str]] = {}
        for each in kept:
            supports.setdefault(each.value, set()).update(each.supports)
            undermines.setdefault(each.value, set()).update(each.undermines)
        says = {}
        for facet, value in self.facets.items():
            iri = self.frame.facets[facet].values[value].iri
            up, down = supports.get(iri, set()), undermines.get(iri, set())
            signs = tuple((kind in up) - (kind in down) for kind in self.board.types)
            says[facet] = {value: signs}
        return self._prop(name, replace(self.board, says=says).front(self.facets))

    def forget(self, facet: str) -> Prop:
        """Return the front that is left when one facet is not known."""
        rest = {name: value for name, value in self.facets.items() if name != facet}
        return self._prop(facet, self.board.front(rest))

    def named(self, front: Iterable[str]) -> tuple[str, ...]:
        """Return types in their order."""
        held = set(front)
        return tuple(kind for kind in self.board.types if kind in held)

    def _prop(self, name: str, front: frozenset[str]) -> Prop:
        joins, leaves = self.named(front - self.front), self.named(self.front - front)
        return Prop(name, self.named(front), joins, leaves)


def strength_range(board: Board, facets: Facets, name: str) -> Range:
    """Return the strengths of one facet, all others as they are, that leave the front as it is.

    It is the unbroken stretch around the strength that the facet has; far beyond it the same
    front may come about again.
    """
    line = _Line.of(board, facets, name)
    now: int | Fraction = board.facets[board.test_of[name]][name]
    front = line.front(now)

    def same(strength: int | Fraction) -> bool:
        return line.front(strength) == front

    breaks = sorted(set(line.breaks()))
    low, holds_low = _reach(now, [each for each in reversed(breaks) if each < now], same)
    above = [each for each in breaks if each > now]
    high, holds_high = _reach(now, above, same)
    if high == (above[-1] if above else now) and holds_high and same(high + 1):
        return Range(Fraction(low), holds_low, None, False)
    return Range(Fraction(low), holds_low, Fraction(high), holds_high)


def _reach(
    start: int | Fraction, breaks: Iterable[int | Fraction], same: Callable[[int | Fraction], bool]
) -> tuple[int | Fraction, bool]:
    """Return how far one can go from break to break, and whether the end itself still holds."""
    here = start
    for each in breaks:
        if not same(Fraction(here + each) / 2):
            return here, True
        if not same(each):
            return each, False
        here = each
    return here, True


@dataclass(frozen=True, slots=True)
class _Line:
    """The balances on one test as the strength of one of its facets goes from 0 upwards.

    ``base`` is the balances at strength 0 and ``slope`` what each unit adds. ``known`` and
    ``total`` are the strengths of the test without the facet, of which ``needed`` is the share
    that must be known. ``others`` are the balances on the other tests that are known enough.
    """

    base: Point
    slope: Point
    is_known: bool
    known: int | Fraction
    total: int | Fraction
    needed: Fraction
    others: list[Point]

    @staticmethod
    def of(board: Board, facets: Facets, name: str) -> _Line:
        """Return the line that a facet moves its test along."""
        test = board.test_of[name]
        strength = board.facets[test][name]
        rest = {other: value for other, value in facets.items() if other != name}
        known = name in facets
        return _Line(
            board.point(test, rest),
            board.says[name][facets[name]] if known else (0,) * len(board.types),
            known,
            board.known(test, rest),
            board.totals[test] - strength,
            board.tests[test],
            [
                board.point(other, facets)
                for other in board.tests
                if other != test and board.is_known(other, facets)
            ],
        )

    def front(self, strength: int | Fraction) -> frozenset[int]:
        """Return the places of the types on the front at a strength; none if no test is known."""
        known = self.known + strength * self.is_known
        points = list(self.others)
        if known > 0 and known >= self.needed * (self.total + strength):
            points.append(
                tuple(at + strength * by for at, by in zip(self.base, self.slope, strict=True))
            )
        return frozenset(undominated(points)) if points else frozenset()

    def breaks(self) -> Iterator[Fraction]:
        """Yield every strength at which the front could change, 0 among them."""
        yield Fraction(0)
        lines = [*set(zip(self.base, self.slope, strict=True))]
        # Where the test comes to be known enough, or stops being so: one more crossing.
        short = self.needed * self.total - self.known
        crossings: list[tuple[int | Fraction, int | Fraction]] = [
            (short, self.is_known - self.needed)
        ]
        crossings += [(b - d, t - s) for (d, t), (b, s) in combinations(lines, 2)]
        for gap, turn in crossings:
            at = Fraction(gap) / turn if turn else Fraction(-1)
            if at > 0:
                yield at

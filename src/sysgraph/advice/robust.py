"""How far the front holds, and what pairs of types that might be led together bring each other.

A strength moves all balances of its test along straight lines, so that the order of the types can
change only where two lines cross, and the test's being known enough only at one point. Between
these points nothing changes; the points themselves and the stretches between them are tried one by
one, outward from the strength as it is. All numbers are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations as pairs_of

from sysgraph.advice.board import (
    Advice,
    Board,
    Evidence,
    Facets,
    Number,
    held_values,
    holding_gates,
)
from sysgraph.advice.cases import Lookup
from sysgraph.advice.frame import Caution, Consideration, Facet, Frame, Gate, Source
from sysgraph.advice.risks import WatchedRisk
from sysgraph.advice.situation import Situation

__all__ = [
    "MOST_CASES",
    "CaseReading",
    "Combination",
    "Complement",
    "Prop",
    "Range",
    "Robustness",
    "combinations",
    "robustness",
    "strength_range",
    "without_ground",
]


Statement = Consideration | Gate
"""What an answer rests on: a reason for or against a type, or a gate that closes it."""


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
class CaseReading:
    """The reading of a case that a situation was taken from, and who contributed it."""

    case: str
    standpoint: str
    contributor: str


@dataclass(frozen=True, slots=True)
class Robustness:
    """How far the front of a situation holds.

    ``ranges`` gives for each facet the strengths, all others as they are, with which the front
    is the same. Of what is taken away one by one, ``statements``, ``sources`` and ``facets``
    hold what the front rests on; of a source goes what nothing else is cited for. ``without``
    and ``only`` tell, for each ground, what the front is without all that rests on it, and on
    that alone. ``origin`` is given where the situation is one reading of a case.
    """

    situation: Situation
    front: tuple[str, ...]
    ranges: Mapping[str, Range]
    statements: tuple[tuple[Statement, Prop], ...]
    sources: tuple[tuple[Source, Prop], ...]
    facets: tuple[tuple[Facet, Prop], ...]
    without: Mapping[str, Prop]
    only: Mapping[str, Prop]
    origin: CaseReading | None = None

    @property
    def rests_on(self) -> list[str]:
        """Return the grounds without which the front would be another."""
        return [ground for ground, prop in self.without.items() if prop.bears]

    @property
    def rests_alone_on(self) -> list[str]:
        """Return the grounds that are needed for the front and need no other."""
        return [ground for ground in self.rests_on if not self.only[ground].bears]


class _Taken:
    """The front of a situation, what applies to it, and what is left where some is taken away."""

    def __init__(self, situation: Situation, frame: Frame) -> None:
        self._frame, self._facets = frame, situation.facets
        self.front = frame.board.front(situation.facets)
        held = held_values(situation, frame)
        self.applying: list[Statement] = [c for c in frame.considerations if c.value in held]
        self.applying += holding_gates(situation.facets, frame.gates)

    def left(self, name: str, front: frozenset[str]) -> Prop:
        in_order = self._frame.board.in_order
        joins, leaves = in_order(front - self.front), in_order(self.front - front)
        return Prop(name, in_order(front), joins, leaves)

    def keep(self, name: str, kept: Iterable[Statement]) -> Prop:
        considerations, gates = list[Consideration](), list[Gate]()
        for each in kept:
            if isinstance(each, Gate):
                gates.append(each)
            else:
                considerations.append(each)
        frame = replace(self._frame, considerations=considerations, gates=gates)
        return self.left(name, Board.of(frame).front(self._facets))


def without_ground(situation: Situation, frame: Frame, ground: str) -> Prop | None:
    """Return what the front is without all that rests on a ground, or None where nothing does."""
    taken = _Taken(situation, frame)
    kept = [each for each in taken.applying if each.ground != ground]
    is_any = taken.front and len(kept) < len(taken.applying)
    return taken.keep(ground, kept) if is_any else None


def robustness(
    situation: Situation, frame: Frame, *, origin: CaseReading | None = None
) -> Robustness:
    """Return how far the front of a situation holds, and what it rests on.

    Cases move no front, and so it rests on none of them; but a situation that was read off a
    case rests on that reading, which ``origin`` names.
    """
    board, facets = frame.board, situation.facets
    taken = _Taken(situation, frame)
    applying, keep = taken.applying, taken.keep
    cited = {source.id: source for each in applying for source in each.sources}
    alone = [
        (each, keep(each.iri, [other for other in applying if other is not each]))
        for each in applying
    ]
    sources = [
        (source, keep(name, [c for c in applying if {each.id for each in c.sources} != {name}]))
        for name, source in sorted(cited.items())
    ]
    forgotten = [
        (
            frame.facets[name],
            taken.left(name, board.front({k: facets[k] for k in facets if k != name})),
        )
        for name in facets
    ]
    grounds = dict.fromkeys(each.ground for each in applying)
    return Robustness(
        situation,
        board.in_order(taken.front),
        {name: strength_range(board, facets, name) for name in frame.facets},
        tuple((each, prop) for each, prop in alone if prop.bears),
        tuple((source, prop) for source, prop in sources if prop.bears),
        tuple((facet, prop) for facet, prop in forgotten if prop.bears),
        {g: keep(g, [each for each in applying if each.ground != g]) for g in grounds},
        {g: keep(g, [each for each in applying if each.ground == g]) for g in grounds},
        origin,
    )


def strength_range(board: Board, facets: Facets, name: str) -> Range:
    """Return the strengths of one facet, all others as they are, that leave the front as it is.

    It is the unbroken stretch around the strength that the facet has; far beyond it the same
    front may come about again.
    """
    test = board.test_of[name]
    now, front = board.strength(name), board.front(facets)

    def same(strength: Number) -> bool:
        changed = {**board.facets, test: {**board.facets[test], name: strength}}
        return replace(board, facets=changed).front(facets) == front

    breaks = sorted(set(_breaks(board, facets, name)))
    low, holds_low = _reach(now, [each for each in reversed(breaks) if each < now], same)
    above = [each for each in breaks if each > now]
    high, holds_high = _reach(now, above, same)
    if high == (above[-1] if above else now) and holds_high and same(high + 1):
        return Range(Fraction(low), holds_low, None, False)
    return Range(Fraction(low), holds_low, Fraction(high), holds_high)


def _reach(
    start: Number, breaks: Iterable[Number], same: Callable[[Number], bool]
) -> tuple[Number, bool]:
    """Return how far one can go from break to break, and whether the end itself still holds."""
    here = start
    for each in breaks:
        if not same(Fraction(here + each) / 2):
            return here, True
        if not same(each):
            return each, False
        here = each
    return here, True


def _breaks(board: Board, facets: Facets, name: str) -> Iterator[Number]:
    """Yield every strength of a facet at which the front could change, 0 among them."""
    yield 0
    test, is_known = board.test_of[name], name in facets
    rest = {other: value for other, value in facets.items() if other != name}
    needed, total = board.tests[test], board.needed(test, board.facets[test].keys() - {name})
    slope = board.says[name][facets[name]] if is_known else (0,) * len(board.types)
    lines = set(zip(board.point(test, rest), slope, strict=True))
    # Where the test comes to be known enough, or stops being so: one more crossing.
    crossings: list[tuple[Number, Number]] = []
    if name not in board.optional:
        crossings = [(needed * total - board.needed(test, rest), is_known - needed)]
    crossings += [(b - d, t - s) for (d, t), (b, s) in pairs_of(lines, 2)]
    for gap, turn in crossings:
        if turn and Fraction(gap) / turn > 0:
            yield Fraction(gap) / turn


MOST_CASES = 10
"""The most cases that are listed for a pair of types; beyond these, cases are only counted."""


@dataclass(frozen=True, slots=True)
class Complement:
    """A known facet that speaks against one type of a pair and for the other."""

    facet: Facet
    value: str
    lacks: str
    brings: str


@dataclass(frozen=True, slots=True)
class Combination:
    """Two types, by their slugs, at least one of which is on the front.

    ``complements`` are never added up. ``risks`` come with both types, those that the situation
    makes greatest first; ``cautions`` hold against one or the other. ``cases`` are coded as both
    types, one of them or a third being the primary one: failures first, then the most similar;
    ``case_count`` and ``failure_count`` count all of them.
    """

    types: tuple[str, str]
    on_front: tuple[str, ...]
    complements: tuple[Complement, ...]
    risks: tuple[WatchedRisk, ...]
    cautions: tuple[Caution, ...]
    cases: tuple[Evidence, ...]
    case_count: int
    failure_count: int


def combinations(advice: Advice, frame: Frame) -> tuple[Combination, ...]:
    """Return what the graph holds on each pair of types that has one on the front.

    It only tells what stands in the graph: that two types were led together says nothing of
    whether that is why it turned out as it did. Takes some milliseconds over 100,000 cases.
    """
    lookup = frame.cases.lookup(held_values(advice.situation, frame), advice.situation.case)
    failed = lookup.judged(frame.failures)
    return tuple(
        _combine(pair, advice, frame, lookup, failed)
        for pair in pairs_of(frame.types, 2)
        if not set(advice.front).isdisjoint(pair)
    )


def _combine(
    pair: tuple[str, str], advice: Advice, frame: Frame, lookup: Lookup, failed: int
) -> Combination:
    one, other = (advice.types[kind] for kind in pair)
    theirs = {watched.risk.id for watched in other.risks}
    rows = lookup.of_both(*pair)
    return Combination(
        pair,
        tuple(kind for kind in advice.front if kind in pair),
        tuple(_complements(pair, advice, frame.board)),
        tuple(watched for watched in one.risks if watched.risk.id in theirs),
        (*one.cautions, *other.cautions),
        tuple(_evidence(rows, failed, lookup)),
        lookup.count(lookup.telling(rows)),
        lookup.count(lookup.telling(rows & failed)),
    )


def _complements(pair: tuple[str, str], advice: Advice, board: Board) -> Iterator[Complement]:
    for facet in advice.known:
        value = advice.situation.facets[facet.id]
        one, other = (board.sign(kind, facet.id, value) for kind in pair)
        if one < 0 < other:
            yield Complement(facet, value, pair[0], pair[1])
        if other < 0 < one:
            yield Complement(facet, value, pair[1], pair[0])


def _evidence(rows: int, failed: int, lookup: Lookup) -> Iterator[Evidence]:
    """Yield the cases of these rows, failures first and then the most similar."""
    listed = 0
    for part, is_failure in ((rows & failed, True), (rows & ~failed, False)):
        near = lookup.nearest(part, MOST_CASES - listed) if listed < MOST_CASES else []
        listed += len(near)
        yield from (Evidence(*each, is_failure) for each in near)

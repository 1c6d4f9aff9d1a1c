"""The board: what each facet value does to each type, how types stand, and the front.

Advice on a situation: the standings, the front, the reasons, the cautions, the risks, the cases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from operator import add
from typing import TYPE_CHECKING

from sysgraph.advice.risks import WatchedRisk, watched_risks

if TYPE_CHECKING:
    from sysgraph.advice.cases import CaseStudy, Lookup, Near
    from sysgraph.advice.frame import (
        Caution,
        Consideration,
        Facet,
        Frame,
        Gate,
        LeadershipType,
    )
    from sysgraph.advice.situation import Situation

__all__ = [
    "Advice",
    "Board",
    "Evidence",
    "Facets",
    "Marks",
    "Number",
    "Point",
    "Ranks",
    "Reason",
    "Standing",
    "TypeAdvice",
    "added",
    "advise",
    "held_values",
    "holding_cautions",
    "holding_gates",
    "known_facts",
    "ranks",
    "unbeaten",
    "undominated",
]

Facets = Mapping[str, str]
"""What is known of a situation: slugs of facets with slugs of values."""

Number = int | Fraction

Point = tuple[Number, ...]
"""The balance of every type on one test, in the order of ``Board.types``."""

Ranks = tuple[int, int]
"""Which types stand at least as high as each, and which higher: sets of pairs, as bits.

Of n types, bit ``k * n + j`` is on for type k if type j does so.
"""

Marks = tuple[int, int]
"""Of some facets, which gates they do not keep from holding, and which they lift, as bits."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A type on a test, from -1 (all that is known speaks against it) to 1 (all for it).

    ``value`` is the standing over the known facets, or None where too little is known to rank.
    ``low`` and ``high`` are the lowest and highest standing that answers to some or all of the
    unknown facets could give, so that the interval only narrows as more becomes known.
    ``known_share`` is the share of the test's strength that is known, from 0 to 1, in which
    optional facets do not count. A gate that holds has the type fail, whatever this says.
    """

    low: Fraction
    value: Fraction | None
    high: Fraction
    known_share: Fraction


@dataclass(frozen=True)
class Board:
    """What each facet value does to each type, in whole numbers.

    ``tests`` maps each test to the share of its strength that must be known. ``facets`` maps
    each test to its facets, with their strengths; ``says`` maps facet and value to the sign
    (1, 0 or -1) for every type, in the order of ``types``. All types are measured on a test over
    the same known facets, so that sums of whole numbers settle which stands above which. A type
    that one of the ``gates`` closes never comes first. ``optional`` facets do not count in the
    share that must be known.
    """

    types: tuple[str, ...]
    tests: Mapping[str, Fraction]
    facets: Mapping[str, Mapping[str, Number]]
    says: Mapping[str, Mapping[str, tuple[int, ...]]]
    gates: tuple[Gate, ...] = ()
    optional: frozenset[str] = frozenset()
    _gaps: dict[tuple[str, str], dict[str, Point]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    # All changes of three facets lead to ten thousand fronts, and to few ranks on each test.
    _seen: dict[tuple[str, tuple[str | None, ...]], Ranks | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @staticmethod
    def of(frame: Frame) -> Board:
        """Return the board of what a graph knows; ``Frame.board`` is the same, made once.

        A value with reasons both for and against a type counts as one that says nothing.
        """
        supported = {(c.value, kind) for c in frame.considerations for kind in c.supports}
        undermined = {(c.value, kind) for c in frame.considerations for kind in c.undermines}
        facets = frame.facets.values()
        return Board(
            tuple(frame.types),
            dict(frame.tests),
            {test: {f.id: f.strength for f in facets if f.test == test} for test in frame.tests},
            {
                facet.id: {
                    value.id: tuple(
                        ((value.iri, kind) in supported) - ((value.iri, kind) in undermined)
                        for kind in frame.types
                    )
                    for value in facet.values.values()
                }
                for facet in facets
            },
            tuple(frame.gates),
            frozenset(facet.id for facet in facets if facet.is_optional),
        )

    @cached_property
    def totals(self) -> dict[str, Number]:
        """Return the strength of all facets of each test that are not optional."""
        return {test: self.needed(test, facets) for test, facets in self.facets.items()}

    @cached_property
    def test_of(self) -> dict[str, str]:
        """Return the test that each facet bears on."""
        return {facet: test for test, facets in self.facets.items() for facet in facets}

    def strength(self, facet: str) -> Number:
        """Return how much a facet weighs on its test."""
        return self.facets[self.test_of[facet]][facet]

    def sign(self, kind: str, facet: str, value: str) -> int:
        """Return what a value of a facet says about a type: 1, 0 or -1."""
        return self.says[facet][value][self.types.index(kind)]

    def gaps(self, kind: str, facet: str) -> Mapping[str, Point]:
        """Return how far each value of a facet sets each type above one, test after test."""
        if (kind, facet) not in self._gaps:
            at, size, strength = self.types.index(kind), len(self.types), self.strength(facet)
            place = list(self.tests).index(self.test_of[facet])
            before, after = (0,) * size * place, (0,) * size * (len(self.tests) - 1 - place)
            self._gaps[kind, facet] = {
                value: (*before, *(strength * (sign - signs[at]) for sign in signs), *after)
                for value, signs in self.says[facet].items()
            }
        return self._gaps[kind, facet]

    def known(self, test: str, facets: Facets) -> Number:
        """Return how much of a test's strength is known."""
        return sum(strength for name, strength in self.facets[test].items() if name in facets)

    def needed(self, test: str, facets: Collection[str]) -> Number:
        """Return the strength of those facets of a test that are known and not optional."""
        counted = self.facets[test].items()
        return sum(s for name, s in counted if name in facets and name not in self.optional)

    def is_known(self, test: str, facets: Facets) -> bool:
        """Tell whether enough of a test's strength is known to give standings on it."""
        known = self.needed(test, facets)
        return known > 0 and known >= self.tests[test] * self.totals[test]

    def counted(self, facets: Facets) -> list[str]:
        """Return the tests that the front is drawn on: those that are known enough."""
        return [test for test in self.tests if self.is_known(test, facets)]

    def abstains(self, facets: Facets) -> tuple[str, ...]:
        """Return the tests of which too little is known."""
        return tuple(test for test in self.tests if not self.is_known(test, facets))

    def unknown(self, facets: Facets) -> list[str]:
        """Return the facets that are not known, in the order of the graph."""
        return [name for name in self.says if name not in facets]

    def point(self, test: str, facets: Facets) -> Point:
        """Return the balance of every type on a test: strengths for it less those against."""
        balance: list[Number] = [0] * len(self.types)
        for name, strength in self.facets[test].items():
            value = facets.get(name)
            if value is not None:
                for at, sign in enumerate(self.says[name][value]):
                    balance[at] += strength * sign
        return tuple(balance)

    def standing(self, kind: str, test: str, facets: Facets) -> Standing:
        """Return how a type stands on a test."""
        at = self.types.index(kind)
        balance, known = self.point(test, facets)[at], self.known(test, facets)
        total = self.totals[test]
        possible = [
            (strength, [signs[at] for signs in self.says[name].values()])
            for name, strength in self.facets[test].items()
            if name not in facets
        ]
        return Standing(
            -_reach(-balance, known, ((-min(signs), strength) for strength, signs in possible)),
            Fraction(balance) / known if self.is_known(test, facets) else None,
            _reach(balance, known, ((max(signs), strength) for strength, signs in possible)),
            Fraction(self.needed(test, facets)) / total if total else Fraction(0),
        )

    def ranks(self, test: str, facets: Facets) -> Ranks | None:
        """Return how the types stand beside each other on a test; None where it is not known."""
        key = (test, tuple(map(facets.get, self.facets[test])))
        if key not in self._seen:
            is_known = self.is_known(test, facets)
            self._seen[key] = ranks(self.point(test, facets)) if is_known else None
        return self._seen[key]

    def front(self, facets: Facets) -> frozenset[str]:
        """Return the types that come first and that no gate closes.

        Where a gate closes all that are ahead, there are none: the next best is not put in
        their place.
        """
        return self.ahead(facets) - self.closed(facets)

    def closed(self, facets: Facets) -> frozenset[str]:
        """Return the types that a gate closes."""
        return frozenset(gate.type for gate in holding_gates(facets, self.gates))

    def marks(self, facets: Facets, names: Collection[str]) -> Marks:
        """Return what some of the facets do to each gate, for putting together with others.

        A gate holds where no part keeps it from holding and none lifts it.
        """
        met = lifted = 0
        for at, condition in enumerate(gate.condition for gate in self.gates):
            here = {name: values for name, values in condition.when.items() if name in names}
            if all(facets.get(name) in values for name, values in here.items()):
                met |= 1 << at
            if any(facets.get(n) in values for n, values in condition.unless.items() if n in names):
                lifted |= 1 << at
        return met, lifted

    def shut(self, marks: Iterable[Marks]) -> frozenset[str]:
        """Return the types that are closed by what parts of the facets come to together."""
        met, lifted = -1, 0
        for own, off in marks:
            met, lifted = met & own, lifted | off
        holding = met & ~lifted
        return frozenset(gate.type for at, gate in enumerate(self.gates) if holding >> at & 1)

    def ahead(self, facets: Facets) -> frozenset[str]:
        """Return the types than which no other is as good on all known tests and better on one.

        This goes by the sums alone; gates are not looked at. Where no test is known enough,
        there are none.
        """
        found = [each for test in self.tests if (each := self.ranks(test, facets))]
        places = unbeaten(found, len(self.types)) if found else ()
        return frozenset([self.types[at] for at in places])

    def in_order(self, kinds: Collection[str]) -> tuple[str, ...]:
        """Return types in their order."""
        return tuple(kind for kind in self.types if kind in kinds)


def added(one: Point, other: Point) -> Point:
    """Return the balance of every type over what two points are over."""
    return tuple(map(add, one, other))


def _reach(balance: Number, known: Number, possible: Iterable[tuple[int, Number]]) -> Fraction:
    """Return the highest standing that some of the possible answers could lead to.

    An answer raises an average exactly when it lies above it, so that taking the best answers
    first, for as long as they raise it, reaches the highest.
    """
    highest = Fraction(balance) / known if known else None
    for answer, strength in sorted(possible, reverse=True):
        if highest is not None and answer <= highest:
            break
        balance += answer * strength
        known += strength
        highest = Fraction(balance) / known
    return highest if highest is not None else Fraction(0)


def ranks(point: Sequence[Number]) -> Ranks:
    """Return which of some types stand at least as high as each on a test, and which higher."""
    level = above = 0
    bit = 1
    for mine in point:
        for theirs in point:
            if theirs >= mine:
                level |= bit
                if theirs > mine:
                    above |= bit
            bit <<= 1
    return level, above


def unbeaten(found: Iterable[Ranks], size: int) -> list[int]:
    """Return those of so many types with none at least as high on all tests and higher on one."""
    level, above = -1, 0
    for as_high, higher in found:
        level &= as_high
        above |= higher
    beaten, row = level & above, (1 << size) - 1
    return [at for at in range(size) if not beaten >> at * size & row]


def undominated(points: Sequence[Point]) -> list[int]:
    """Return the places at which none is at least as high in all points and higher in one."""
    return unbeaten(map(ranks, points), len(points[0]))


def held_values(situation: Situation, frame: Frame) -> frozenset[str]:
    """Return the IRIs of the facet values that are known to hold."""
    return frozenset(
        frame.facets[facet].values[value].iri for facet, value in situation.facets.items()
    )


def known_facts(situation: Situation, frame: Frame) -> frozenset[str]:
    """Return the IRIs of all answers: facet values, and answers to opening questions."""
    given = (
        frame.opening[name].answers.get(said)
        for name, said in situation.opening.items()
        if name in frame.opening
    )
    return held_values(situation, frame) | {answer.iri for answer in given if answer}


def holding_cautions(facets: Facets, frame: Frame) -> tuple[Caution, ...]:
    """Return the cautions that hold, against whichever types."""
    return tuple(caution for caution in frame.cautions if caution.condition.holds(facets))


def holding_gates(facets: Facets, gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """Return the gates that hold, whichever types they close."""
    return tuple(gate for gate in gates if gate.condition.holds(facets))


LISTED = 20
"""The most cases that are listed for a type; beyond these, cases are only counted."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A known facet value that speaks for or against a type, with why it does.

    ``direction`` is 1 for and -1 against.
    """

    facet: Facet
    value: str
    direction: int
    consideration: Consideration


@dataclass(frozen=True, slots=True)
class Evidence:
    """A case led in the way of a type, and how much of the situation it shares.

    ``shared`` counts the facets on which the nearest reading of the case agrees with the
    situation, out of ``compared`` that both know. ``failed`` tells that its judgement on one of
    the tests is shown as a failure.
    """

    case: CaseStudy
    shared: int
    compared: int
    failed: bool


@dataclass(frozen=True, slots=True)
class TypeAdvice:
    """What there is to say about one type in a situation. ``standings`` goes by test.

    Where one of the ``gates`` holds, the type fails its test, whatever its standing.
    ``cases`` holds the 20 most similar at most, of ``case_count`` in all, ``failure_count`` of
    which are failures; ``nearest_failure`` is the most similar of these.
    """

    type: LeadershipType
    standings: Mapping[str, Standing]
    reasons: tuple[Reason, ...]
    gates: tuple[Gate, ...]
    cautions: tuple[Caution, ...]
    risks: tuple[WatchedRisk, ...]
    cases: tuple[Evidence, ...]
    case_count: int
    failure_count: int
    nearest_failure: Evidence | None

    @property
    def supports(self) -> list[Reason]:
        """Return what speaks for the type."""
        return [reason for reason in self.reasons if reason.direction > 0]

    @property
    def undermines(self) -> list[Reason]:
        """Return what speaks against the type."""
        return [reason for reason in self.reasons if reason.direction < 0]


@dataclass(frozen=True, slots=True)
class Advice:
    """The answer for one situation. ``abstains`` lists the tests on which too little is known.

    ``ahead`` holds the types that no other is at least as good as on both tests and better on
    one; it is drawn on the tests that are known enough, and empty where none is. ``front`` holds
    those of them that no gate closes; where it is empty and they are not, all of them are closed.
    """

    situation: Situation
    front: tuple[str, ...]
    ahead: tuple[str, ...]
    abstains: tuple[str, ...]
    types: Mapping[str, TypeAdvice]
    known: tuple[Facet, ...]
    unknown: tuple[Facet, ...]
    disclosures: tuple[str, ...]


def advise(situation: Situation, frame: Frame) -> Advice:
    """Return what the graph has to say about leading change in a situation.

    The two tests are never added up, and no type is hidden.
    """
    board, facets = frame.board, situation.facets
    held, known = held_values(situation, frame), known_facts(situation, frame)
    lookup = frame.cases.lookup(held, situation.case)
    gates, cautions = holding_gates(facets, frame.gates), holding_cautions(facets, frame)
    return Advice(
        situation,
        board.in_order(board.front(facets)),
        board.in_order(board.ahead(facets)),
        board.abstains(facets),
        {
            kind: TypeAdvice(
                entry,
                {test: board.standing(kind, test, facets) for test in board.tests},
                _reasons(situation, kind, frame),
                tuple(gate for gate in gates if gate.type == kind),
                tuple(caution for caution in cautions if caution.type == kind),
                watched_risks(kind, known, frame),
                *_evidence(kind, lookup, frame),
            )
            for kind, entry in frame.types.items()
        },
        tuple(facet for facet in frame.facets.values() if facet.id in facets),
        tuple(facet for facet in frame.facets.values() if facet.id not in facets),
        tuple(frame.disclosures),
    )


def _reasons(situation: Situation, kind: str, frame: Frame) -> tuple[Reason, ...]:
    found = []
    for facet in frame.facets.values():
        value = situation.facets.get(facet.id, "")
        for each in frame.considerations if value else ():
            if each.value == facet.values[value].iri:
                for direction, kinds in ((1, each.supports), (-1, each.undermines)):
                    if kind in kinds:
                        found.append(Reason(facet, value, direction, each))

    def weight(reason: Reason) -> tuple[int, int]:
        # A value with reasons both ways counts for nothing, and its reasons still stand.
        sign = frame.board.sign(kind, reason.facet.id, reason.value)
        return abs(sign), reason.facet.strength

    return tuple(sorted(found, key=weight, reverse=True))


def _evidence(
    kind: str, lookup: Lookup, frame: Frame
) -> tuple[tuple[Evidence, ...], int, int, Evidence | None]:
    """Return the most similar cases of a type, the counts, and the most similar failure."""
    rows = lookup.of_type(kind)
    failures = rows & lookup.judged(frame.failures)
    nearest = (lookup.nearest(rows, LISTED), lookup.nearest(failures, 1))
    listed, worst = (tuple(_tell(near, frame) for near in each) for each in nearest)
    of, failed = (lookup.count(lookup.telling(each)) for each in (rows, failures))
    return listed, of, failed, next(iter(worst), None)


def _tell(near: Near, frame: Frame) -> Evidence:
    judged = {(near.case.led, "led"), (near.case.working, "working")}
    return Evidence(*near, not frame.failures.isdisjoint(judged))

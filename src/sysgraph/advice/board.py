"""How a type stands on a test: exact numbers from what is known, and what the unknown could do.

The considerations as whole numbers, so that very many situations can be compared exactly.

All types are measured on a test over the same known facets, so that whether one stands above
another is settled by sums of whole numbers, with no division.
What to watch when a type leads: its risks, and what a situation does to them.
Advice on a situation: the front, the reasons, the cautions, the risks and the cases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from sysgraph.advice.cases import Case
from sysgraph.advice.frame import Caution, Consideration, Facet, Frame, LeadershipType, Risk
from sysgraph.advice.situation import Situation
from sysgraph.store.nearest import Near

__all__ = [
    "Advice",
    "Board",
    "Evidence",
    "Facets",
    "Point",
    "Reason",
    "Standing",
    "TypeAdvice",
    "WatchedRisk",
    "advise",
    "front",
    "held_values",
    "holding_cautions",
    "sign",
    "signs",
    "stand",
    "undominated",
    "watched_risks",
]


@dataclass(frozen=True, slots=True)
class Standing:
    """A type on a test, from -1 (all that is known speaks against it) to 1 (all for it).

    ``value`` is the standing over the known facets, or None where too little is known to rank.
    ``low`` and ``high`` are the lowest and highest standing that answers to some or all of the
    unknown facets could give, so that the interval only narrows as more becomes known.
    ``known_share`` is the share of the test's strength that is known, from 0 to 1.
    """

    low: Fraction
    value: Fraction | None
    high: Fraction
    known_share: Fraction


def signs(frame: Frame) -> dict[tuple[str, str], int]:
    """Return, per value IRI and type, 1 for supports, -1 for undermines, and 0 for both.

    What is absent says nothing, which counts as 0 too.
    """
    supported = {(c.value, kind) for c in frame.considerations for kind in c.supports}
    undermined = {(c.value, kind) for c in frame.considerations for kind in c.undermines}
    return {pair: (pair in supported) - (pair in undermined) for pair in supported | undermined}


def sign(facet: Facet, value: str, kind: str, known: Mapping[tuple[str, str], int]) -> int:
    """Return what a value of a facet says about a type: 1, 0 or -1."""
    return known.get((facet.values[value].iri, kind), 0)


def stand(
    situation: Situation,
    kind: str,
    test: str,
    frame: Frame,
    known_signs: Mapping[tuple[str, str], int],
) -> Standing:
    """Return how a type stands on a test in a situation."""
    balance = known = total = 0
    best: list[tuple[int, int]] = []
    worst: list[tuple[int, int]] = []
    for facet in frame.facets.values():
        if facet.test != test:
            continue
        total += facet.strength
        if facet.id in situation.facets:
            known += facet.strength
            value = situation.facets[facet.id]
            balance += facet.strength * sign(facet, value, kind, known_signs)
        else:
            possible = [sign(facet, value, kind, known_signs) for value in facet.values]
            best.append((max(possible), facet.strength))
            worst.append((-min(possible), facet.strength))
    share = Fraction(known, total) if total else Fraction(0)
    enough = known > 0 and share >= frame.tests[test]
    return Standing(
        -_reach(-balance, known, worst),
        Fraction(balance, known) if enough else None,
        _reach(balance, known, best),
        share,
    )


def _reach(balance: int, known: int, possible: Iterable[tuple[int, int]]) -> Fraction:
    """Return the highest standing that some of the possible answers could lead to.

    An answer raises an average exactly when it lies above it, so that taking the best answers
    first, for as long as they raise it, reaches the highest.
    """
    highest = Fraction(balance, known) if known else None
    for answer, strength in sorted(possible, reverse=True):
        if highest is not None and answer <= highest:
            break
        balance += answer * strength
        known += strength
        highest = Fraction(balance, known)
    return highest if highest is not None else Fraction(0)


def front(standings: Mapping[str, Mapping[str, Fraction | None]]) -> list[str]:
    """Return the types that no other is at least as good as on all tests and better on one.

    ``standings`` maps type to test to standing. A test on which a standing is None is left out
    for every type; if none is left, there is no front.
    """
    tests = {test for per_test in standings.values() for test in per_test}
    used = sorted(
        test for test in tests if all(standings[kind][test] is not None for kind in standings)
    )
    if not used:
        return []
    points = {
        kind: tuple(per_test[test] or Fraction(0) for test in used)
        for kind, per_test in standings.items()
    }
    return [kind for kind in points if not _is_dominated(kind, points)]


def _is_dominated(kind: str, points: Mapping[str, tuple[Fraction, ...]]) -> bool:
    mine = points[kind]
    return any(
        other != mine and all(theirs >= own for theirs, own in zip(other, mine, strict=True))
        for other in points.values()
    )


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


@dataclass(frozen=True, slots=True)
class WatchedRisk:
    """A risk of a type, and the features of the situation that make it greater."""

    risk: Risk
    heightened_by: tuple[str, ...]


def held_values(situation: Situation, frame: Frame) -> frozenset[str]:
    """Return the IRIs of the facet values that are known to hold."""
    return frozenset(
        frame.facets[facet].values[value].iri for facet, value in situation.facets.items()
    )


def holding_cautions(held: Collection[str], frame: Frame) -> tuple[Caution, ...]:
    """Return the cautions whose conditions all hold, against whichever types."""
    return tuple(c for c in frame.cautions if all(value in held for value in c.conditions))


def watched_risks(kind: str, held: Collection[str], frame: Frame) -> tuple[WatchedRisk, ...]:
    """Return the risks of a type, those that most features of the situation make greater first."""
    found = []
    for risk in frame.risks.values():
        if kind in risk.types:
            features = {
                label
                for value in held
                for label in frame.aggravated.get(value, {}).get(risk.id, ())
            }
            found.append(WatchedRisk(risk, tuple(sorted(features))))
    return tuple(sorted(found, key=lambda watched: (-len(watched.heightened_by), watched.risk.id)))


LISTED = 20
"""The most cases that are listed for a type; beyond these, cases are only counted."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A known facet value that speaks for or against a type, with why it does.

    ``direction`` is 1 for and -1 against; ``strength`` is that of the facet.
    """

    facet: Facet
    value: str
    direction: int
    consideration: Consideration

    @property
    def strength(self) -> int:
        """Return how much the reason weighs on its test."""
        return self.facet.strength


@dataclass(frozen=True, slots=True)
class Evidence:
    """A case led in the way of a type, and how much of the situation it shares.

    ``shared`` counts the facets on which the nearest reading of the case agrees with the
    situation, out of ``compared`` that both know. ``failed`` tells that its judgement on one of
    the tests is shown as a failure.
    """

    case: Case
    shared: int
    compared: int
    failed: bool


@dataclass(frozen=True, slots=True)
class TypeAdvice:
    """What there is to say about one type in a situation. ``standings`` goes by test.

    ``cases`` holds the 20 most similar at most, of ``case_count`` in all, ``failure_count`` of
    which are failures; ``nearest_failure`` is the most similar of these.
    """

    type: LeadershipType
    standings: Mapping[str, Standing]
    reasons: tuple[Reason, ...]
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

    ``front`` holds the types that no other is at least as good as on both tests and better on
    one; it is drawn on the tests that are known enough, and empty where none is.
    """

    situation: Situation
    front: tuple[str, ...]
    abstains: tuple[str, ...]
    types: Mapping[str, TypeAdvice]
    known: tuple[Facet, ...]
    unknown: tuple[Facet, ...]
    disclosures: tuple[str, ...]


def advise(situation: Situation, frame: Frame) -> Advice:
    """Return what the graph has to say about leading change in a situation.

    The two tests are never added up, and no type is hidden.
    """
    known_signs = signs(frame)
    standings = {
        kind: {test: stand(situation, kind, test, frame, known_signs) for test in frame.tests}
        for kind in frame.types
    }
    values = {kind: {test: s.value for test, s in row.items()} for kind, row in standings.items()}
    held = held_values(situation, frame)
    evidence = _evidence(held, frame, situation.case)
    return Advice(
        situation,
        tuple(front(values)),
        tuple(test for test in frame.tests if any(row[test] is None for row in values.values())),
        {
            kind: TypeAdvice(
                entry,
                standings[kind],
                _reasons(situation, kind, frame, known_signs),
                tuple(c for c in frame.cautions if c.type == kind and c.conditions <= held),
                watched_risks(kind, held, frame),
                *evidence[kind],
            )
            for kind, entry in frame.types.items()
        },
        tuple(facet for facet in frame.facets.values() if facet.id in situation.facets),
        tuple(facet for facet in frame.facets.values() if facet.id not in situation.facets),
        tuple(frame.disclosures),
    )


def _reasons(
    situation: Situation,
    kind: str,
    frame: Frame,
    known_signs: Mapping[tuple[str, str], int],
) -> tuple[Reason, ...]:
    found = []
    for facet in frame.facets.values():
        value = situation.facets.get(facet.id)
        if value is None:
            continue
        for consideration in frame.considerations:
            if consideration.value != facet.values[value].iri:
                continue
            if kind in consideration.supports:
                found.append(Reason(facet, value, 1, consideration))
            if kind in consideration.undermines:
                found.append(Reason(facet, value, -1, consideration))
    # A value with reasons both ways counts for nothing, and its reasons still stand.
    return tuple(
        sorted(
            found,
            key=lambda r: (abs(sign(r.facet, r.value, kind, known_signs)), r.strength),
            reverse=True,
        )
    )


_Found = tuple[tuple[Evidence, ...], int, int, Evidence | None]


def _evidence(held: Collection[str], frame: Frame, own: str) -> dict[str, _Found]:
    """Return, for each type, the most similar cases, the counts, and the most similar failure."""
    lookup = frame.cases.lookup(held, own)
    failed = lookup.judged(frame.failures)
    found = {}
    for kind in frame.types:
        rows = lookup.of_type(kind)
        found[kind] = (
            lookup.nearest(rows, LISTED),
            lookup.count(rows),
            lookup.count(rows & failed),
            lookup.nearest(rows & failed, 1),
        )
    return {
        kind: (
            tuple(_tell(near, kind, frame) for near in listed),
            count,
            failures,
            _tell(failure[0], kind, frame) if failure else None,
        )
        for kind, (listed, count, failures, failure) in found.items()
    }


def _tell(near: Near, kind: str, frame: Frame) -> Evidence:
    case = Case(near.case_id, near.title, kind, near.led, near.working, near.checked)
    failed = not frame.failures.isdisjoint({(near.led, "led"), (near.working, "working")})
    return Evidence(case, near.shared, near.compared, failed)

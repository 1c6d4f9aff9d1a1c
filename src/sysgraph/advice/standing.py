"""How a type stands on a test: exact numbers from what is known, and what the unknown could do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sysgraph.advice.frame import Facet, Frame
from sysgraph.advice.situation import Situation

__all__ = ["Standing", "front", "sign", "signs", "stand"]


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

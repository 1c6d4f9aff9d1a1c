"""The order in which a rule looks for its premises, once one of them has become known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sysgraph.reason.rule import is_variable
from sysgraph.terms import Triple

__all__ = ["CHECK", "EITHER", "OBJECTS", "SUBJECTS", "Plan", "plan_for"]

CHECK, OBJECTS, SUBJECTS, EITHER = range(4)
"""What is bound when a step is reached: both ends, the subject, the object, or neither."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A search that begins with one premise. Terms are kept in numbered slots.

    ``slots`` holds the constants, and an empty text for each variable. ``start`` are the slots
    of the premise that is known. ``steps`` are the others: what is bound then, the slot of the
    subject, the predicate, the slot of the object. ``head`` is slot, predicate and slot of the
    conclusion, and ``settled`` the step by which it is known. ``needs`` are predicates and
    objects without which there is no use in looking; ``different`` are slots that must differ.
    """

    join: int
    slots: tuple[str, ...]
    names: tuple[str, ...]
    start: tuple[int, int]
    steps: tuple[tuple[int, int, str, int], ...]
    head: tuple[int, str, int] | None
    settled: int
    needs: frozenset[tuple[str, str]]
    different: tuple[tuple[int, int], ...]


def plan_for(
    join: int,
    patterns: Sequence[Triple],
    at: int,
    head: Triple | None,
    different: Sequence[tuple[str, str]],
) -> Plan:
    """Return the search for the other patterns that begins with the one at a place."""
    names: dict[str, int] = {}

    def slot(term: str) -> int:
        return names.setdefault(term, len(names))

    first = patterns[at]
    bound = {first[0], first[2]}
    ordered = _order(patterns, at)
    ends = {head[0], head[2]} if head else set()
    settled = 0
    steps = []
    for number, (subject, predicate, value) in enumerate(ordered, 1):
        has_subject = subject in bound or not is_variable(subject)
        has_object = value in bound or not is_variable(value)
        kind = (EITHER, SUBJECTS, OBJECTS, CHECK)[2 * has_subject + has_object]
        if any(is_variable(end) and end not in bound for end in ends):
            settled = number
        bound |= {subject, value}
        steps.append((kind, slot(subject), predicate, slot(value)))
    start = (slot(first[0]), slot(first[2]))
    where = (slot(head[0]), head[1], slot(head[2])) if head else None
    apart = tuple((slot(one), slot(other)) for one, other in different)
    return Plan(
        join,
        tuple("" if is_variable(term) else term for term in names),
        tuple(names),
        start,
        tuple(steps),
        where,
        settled,
        frozenset((p, o) for _, p, o in patterns if not is_variable(o)),
        apart,
    )


def _order(patterns: Sequence[Triple], at: int) -> list[Triple]:
    """Return the other patterns so that each begins from what is bound already, if it can."""
    bound = {term for term in (patterns[at][0], patterns[at][2]) if is_variable(term)}
    rest = [*patterns[:at], *patterns[at + 1 :]]
    found: list[Triple] = []
    while rest:
        best = max(rest, key=lambda p: (p[0] in bound, p[2] in bound, not is_variable(p[2])))
        rest.remove(best)
        found.append(best)
        bound |= {term for term in (best[0], best[2]) if is_variable(term)}
    return found

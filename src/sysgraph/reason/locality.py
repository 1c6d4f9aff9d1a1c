"""Proof that no rule joins two cases, so that a case can be reasoned over by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from sysgraph.errors import NotCaseLocal
from sysgraph.reason.facts import Facts, bindings
from sysgraph.reason.rule import TYPE, Rule, is_variable
from sysgraph.terms import Triple

__all__ = ["Key", "Profile", "Reach", "key_of", "prove_locality"]

Key = tuple[str, str]
Sorts = tuple[bool, bool]
Reach = dict[Key, set[Sorts]]
"""What a case can come to state: a predicate (with the class, for rdf:type), and whether its
subject and its object are parts of the case."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a case may state, as N-Triples IRIs: properties, and classes of its parts.

    ``parts`` are the properties that lead from a part of a case to another of the same case.
    """

    predicates: frozenset[str]
    classes: frozenset[str]
    parts: frozenset[str]


def key_of(pattern: Triple) -> Key:
    """Return what a pattern is filed under."""
    _, predicate, value = pattern
    return predicate, value if predicate == TYPE and not is_variable(value) else ""


def prove_locality(rules: Sequence[Rule], schema: Facts, profile: Profile) -> Reach:
    """Return all that a case can come to state, once it is sure that no rule joins two cases.

    Whatever a rule takes from cases must hang together by links between parts of one case. The
    proof runs the rules over kinds of statements in place of statements, to a fixpoint. What a
    case would conclude of something outside itself is left out: it is refused unless the
    ontology says so already (``Conclusions.outward``).

    Raises:
        NotCaseLocal: a rule could take one premise from one case and another from a second.
    """
    reach: Reach = defaultdict(set)
    for predicate in profile.predicates:
        reach[predicate, ""].add((True, predicate in profile.parts))
    for kind in profile.classes:
        reach[TYPE, kind].add((True, False))
    grown = True
    while grown:
        grown = False
        for rule in rules:
            for key, sorts in _conclusions(rule, schema, reach):
                if sorts not in reach[key]:
                    reach[key].add(sorts)
                    grown = True
    return dict(reach)


def _conclusions(rule: Rule, schema: Facts, reach: Reach) -> Iterator[tuple[Key, Sorts]]:
    body = [*rule.body, *(demand for _, demand in rule.every)]
    choices = [[None, *_sorts(pattern, reach)] for pattern in body]
    for chosen in product(*choices):
        taken = [(p, sorts) for p, sorts in zip(body, chosen, strict=True) if sorts is not None]
        own = _own_variables(body, chosen)
        if not taken or own is None:
            continue
        rest = [p for p, sorts in zip(body, chosen, strict=True) if sorts is None]
        if next(bindings(rest, schema), None) is None:
            continue
        if not _hangs_together([pattern for pattern, _ in taken], own):
            raise NotCaseLocal(rule.name, " . ".join(" ".join(pattern) for pattern in rule.body))
        if rule.head is not None:
            subject, _, value = rule.head
            if subject in own:
                yield key_of(rule.head), (True, value in own)


def _sorts(pattern: Triple, reach: Reach) -> list[Sorts]:
    predicate, kind = key_of(pattern)
    if predicate == TYPE and not kind:
        return sorted({s for (p, _), sorts in reach.items() if p == TYPE for s in sorts})
    return sorted(reach.get((predicate, kind), ()))


def _own_variables(body: Sequence[Triple], chosen: Iterable[Sorts | None]) -> set[str] | None:
    """Return the variables that stand for parts of a case; None if some would stand for both."""
    own: dict[str, bool] = {}
    for pattern, sorts in zip(body, chosen, strict=True):
        for term, is_own in zip((pattern[0], pattern[2]), sorts or (False, False), strict=True):
            if not is_variable(term):
                if is_own:
                    return None
            elif own.setdefault(term, is_own) != is_own:
                return None
    return {term for term, is_own in own.items() if is_own}


def _hangs_together(patterns: Sequence[Triple], own: set[str]) -> bool:
    groups = [own & {pattern[0], pattern[2]} for pattern in patterns]
    linked, rest = groups[0], groups[1:]
    while rest:
        near = [group for group in rest if group & linked]
        if not near:
            return False
        linked = linked.union(*near)
        rest = [group for group in rest if not group & linked]
    return True

"""Proof that no rule joins two cases, so that a case can be reasoned over by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from sysgraph.errors import NotCaseLocal, UnsupportedAxiom
from sysgraph.reason.facts import Facts, bindings
from sysgraph.reason.rule import TYPE, Rule, is_variable
from sysgraph.reason.statements import name_of
from sysgraph.terms import Triple

__all__ = ["Key", "Profile", "Reach", "key_of", "prove_locality"]

Key = tuple[str, str]
Reach = dict[Key, set[str]]
"""What a case can come to state of its parts: a predicate (with the class, for rdf:type), and
what the object may be, a part of the same case, something outside all cases, or anything."""

_OWN, _OUT, _ANY = "own", "out", "any"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a case may state, as N-Triples IRIs: properties, and classes of its parts.

    ``parts`` are the properties that lead from a part of a case to another of the same case, and
    ``mentions`` those that may lead to anything, another case included. All others lead to
    things of the ontology or to literals.
    """

    predicates: frozenset[str]
    classes: frozenset[str]
    parts: frozenset[str]
    mentions: frozenset[str] = frozenset()


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
        UnsupportedAxiom: a rule speaks of the absence of something that a case can come to state.
    """
    reach: Reach = defaultdict(set)
    for predicate in profile.predicates:
        kind = _OWN if predicate in profile.parts else _OUT
        reach[predicate, ""].add(_ANY if predicate in profile.mentions else kind)
    for name in profile.classes:
        reach[TYPE, name].add(_OUT)
    grown = True
    while grown:
        grown = False
        for rule in rules:
            for key, kind in _conclusions(rule, schema, reach):
                if kind not in reach[key]:
                    reach[key].add(kind)
                    grown = True
    for rule in rules:
        for pattern in (*(p for group in rule.absent for p in group), *(c for c, _ in rule.every)):
            if key_of(pattern) in reach:
                what = f"the absence of {name_of(pattern[1])}, which a case may state"
                raise UnsupportedAxiom(what, f"rule {rule.name}")
    return dict(reach)


def _conclusions(rule: Rule, schema: Facts, reach: Reach) -> Iterator[tuple[Key, str]]:
    body = [*rule.body, *(demand for _, demand in rule.every)]
    for chosen in product(*([None, *_objects(pattern, reach)] for pattern in body)):
        taken = [p for p, kind in zip(body, chosen, strict=True) if kind is not None]
        rest = [p for p, kind in zip(body, chosen, strict=True) if kind is None]
        kinds = _kinds(body, chosen)
        if not taken or kinds is None or next(bindings(rest, schema), None) is None:
            continue
        own = {term for term, kind in kinds.items() if kind == _OWN}
        if _MEETING in kinds or not _hangs_together(taken, own):
            raise NotCaseLocal(rule.name, " . ".join(" ".join(pattern) for pattern in rule.body))
        # A thing of the ontology may be put into a class without a name.
        if rule.head is not None and (rule.head[0] in own or rule.head[2].startswith("_")):
            yield key_of(rule.head), kinds.get(rule.head[2], _OUT)


def _objects(pattern: Triple, reach: Reach) -> list[str]:
    key = key_of(pattern)
    if key == (TYPE, ""):
        return [_OUT]
    return sorted(reach.get(key, ()))


_MEETING = "*"
"""Marks that the object of one statement may be the subject of another case's."""


def _kinds(body: Sequence[Triple], chosen: Iterable[str | None]) -> dict[str, str] | None:
    """Return what each variable stands for; None if one would have to stand for two things."""
    kinds: dict[str, str] = {}
    for pattern, kind in zip(body, chosen, strict=True):
        ends = ((pattern[0], _OUT if kind is None else _OWN), (pattern[2], kind or _OUT))
        for term, new in ends:
            if not is_variable(term):
                if new == _OWN:
                    return None
                continue
            pair = {kinds.get(term, new), new}
            if pair == {_OWN, _OUT}:
                return None
            if pair == {_OWN, _ANY}:
                kinds[_MEETING] = _OWN
            kinds[term] = new if len(pair) == 1 else (pair - {_ANY}).pop()
    return kinds


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

"""Facts that patterns are matched against, and rules run over them to the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sysgraph.reason.rule import Binding, Rule, differ, fill, is_variable
from sysgraph.terms import Triple

__all__ = ["Facts", "bindings", "close_facts", "instances", "unify"]

Instance = tuple[tuple[Triple, ...], Triple | None]
"""The premises of one application of a rule, axioms first, and its conclusion."""


class Facts:
    """A set of triples that can be asked for those of a pattern."""

    def __init__(self, triples: Iterable[Triple] = ()) -> None:
        """Begin with some triples."""
        self.all: set[Triple] = set()
        self._by_subject: dict[tuple[str, str], list[Triple]] = defaultdict(list)
        self._by_object: dict[tuple[str, str], list[Triple]] = defaultdict(list)
        self._by_predicate: dict[str, list[Triple]] = defaultdict(list)
        for triple in triples:
            self.add(triple)

    def __contains__(self, triple: object) -> bool:
        return triple in self.all

    def add(self, triple: Triple) -> bool:
        """Add a triple, and tell whether it was new."""
        if triple in self.all:
            return False
        self.all.add(triple)
        subject, predicate, value = triple
        self._by_subject[subject, predicate].append(triple)
        self._by_object[predicate, value].append(triple)
        self._by_predicate[predicate].append(triple)
        return True

    def of(self, pattern: Triple) -> Sequence[Triple]:
        """Return the triples that a pattern may match; its predicate is never a variable."""
        subject, predicate, value = pattern
        if not is_variable(subject):
            if not is_variable(value):
                return (pattern,) if pattern in self.all else ()
            return self._by_subject.get((subject, predicate), ())
        if not is_variable(value):
            return self._by_object.get((predicate, value), ())
        return self._by_predicate.get(predicate, ())


def unify(pattern: Triple, triple: Triple, binding: Binding) -> dict[str, str] | None:
    """Return a binding under which a pattern is a triple, or None if there is none."""
    found = dict(binding)
    for wanted, term in zip(pattern, triple, strict=True):
        if is_variable(wanted):
            if found.setdefault(wanted, term) != term:
                return None
        elif wanted != term:
            return None
    return found


def bindings(
    patterns: Sequence[Triple], facts: Facts, binding: Binding | None = None
) -> Iterator[dict[str, str]]:
    """Yield each binding under which all patterns are facts."""
    known = dict(binding or {})
    if not patterns:
        yield known
        return
    # The pattern with the fewest candidates first; lists of facts may grow while they are read.
    wanted = [fill(pattern, known) for pattern in patterns]
    at = min(range(len(wanted)), key=lambda number: len(facts.of(wanted[number])))
    rest = [*patterns[:at], *patterns[at + 1 :]]
    for triple in tuple(facts.of(wanted[at])):
        found = unify(wanted[at], triple, known)
        if found is not None:
            yield from bindings(rest, facts, found)


def instances(
    rule: Rule, facts: Facts, stated: Facts, binding: Binding | None = None
) -> Iterator[Instance]:
    """Yield each application of a rule to facts; ``stated`` are those of the ontology itself."""
    for found in bindings(rule.body, facts, binding):
        if not all(differ(found[one], found[other]) for one, other in rule.different):
            continue
        if any(next(bindings(group, stated, found), None) is not None for group in rule.absent):
            continue
        premises = [fill(pattern, found) for pattern in rule.body]
        holds = True
        for condition, demand in rule.every:
            for case in bindings([condition], stated, found):
                premises.append(fill(demand, case))
                holds = holds and premises[-1] in facts
        if holds:
            head = fill(rule.head, found) if rule.head else None
            if head is None or head[0][0] != '"':  # no literal is a subject
                yield tuple(dict.fromkeys((*rule.axioms, *premises))), head


def close_facts(rules: Sequence[Rule], facts: Facts, stated: Facts) -> list[Instance]:
    """Add to facts all that follows from them, and return the contradictions.

    Semi-naive: a rule is tried again only where one of its patterns meets a new fact.
    """
    waiting: list[Triple] = []
    triggers: dict[str, list[tuple[Rule, int]]] = defaultdict(list)
    clashes: dict[Instance, None] = {}

    def conclude(rule: Rule, binding: Binding) -> None:
        for instance in instances(rule, facts, stated, binding):
            head = instance[1]
            if head is None:
                clashes[instance] = None
            elif facts.add(head):
                waiting.append(head)

    for rule in rules:
        for at, pattern in enumerate(rule.body):
            triggers[pattern[1]].append((rule, at))
        conclude(rule, {})
    while waiting:
        triple = waiting.pop()
        for rule, at in triggers.get(triple[1], ()):
            found = unify(rule.body[at], triple, {})
            if found is not None:
                conclude(rule, found)
    return list(clashes)

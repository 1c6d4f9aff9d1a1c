"""The checker of proofs: each leaf asserted, each step an instance of its rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from sysgraph.errors import BadSparql
from sysgraph.proof import Proof
from sysgraph.terms import Triple
from sysgraph.verify.rules import Reading, read_rule
from sysgraph.verify.table import bind, follows_by_table, solve
from sysgraph.verify.values import are_two, is_statement

__all__ = ["Checker"]


class Checker:
    """Checks proofs against what is asserted, and against the text of the rules."""

    def __init__(self, asserted: Iterable[Triple], rules: Mapping[str, str]) -> None:
        """Take the asserted graph, and the SPARQL of each rule of ``ontology/rules``."""
        self._asserted = set(asserted)
        self._rules = rules
        self._readings: dict[str, Reading] = {}
        self._by_predicate: dict[str, list[Triple]] = defaultdict(list)
        for triple in self._asserted:
            self._by_predicate[triple[1]].append(triple)

    def problems(self, proof: Proof) -> list[str]:
        """Return what is wrong with a proof, a line each; nothing if it is sound."""
        found: list[str] = []
        waiting: list[tuple[Proof, frozenset[Triple | None]]] = [(proof, frozenset())]
        while waiting:
            step, above = waiting.pop()
            wrong = self._wrong(step, above)
            if wrong:
                found.append(f"{_name(step)}: {wrong}")
            else:
                waiting += [(p, above | {step.conclusion}) for p in step.premises]
        return found

    def _wrong(self, step: Proof, above: frozenset[Triple | None]) -> str:
        if step.conclusion is not None and not is_statement(step.conclusion):
            return "it is no statement"
        if step.conclusion in above:
            return "it rests on itself"
        if not step.rule:
            is_leaf = not step.premises and step.conclusion in self._asserted
            return "" if is_leaf else "it is not asserted"
        given = [premise.conclusion for premise in step.premises]
        premises = [triple for triple in given if is_statement(triple) and triple is not None]
        if len(set(premises)) != len(given):
            return "a premise is no statement, or stands there twice"
        try:
            follows = self._follows(step.rule, premises, step.conclusion)
        except BadSparql as error:
            return f"it cannot be checked: {error}"
        return "" if follows else f"it does not follow by {step.rule}"

    def _follows(self, rule: str, given: list[Triple], wanted: Triple | None) -> bool:
        if rule not in self._rules:
            return follows_by_table(rule, given, wanted)
        if rule not in self._readings:
            self._readings[rule] = read_rule(self._rules[rule], rule)
        return wanted is not None and self._follows_by_rule(rule, given, wanted)

    def _follows_by_rule(self, rule: str, given: list[Triple], wanted: Triple) -> bool:
        """Tell whether a rule concludes something from premises, all of them used.

        Only what is said to be absent, and of what something is said of every one, is looked up
        in what is asserted; all that is demanded is looked for among the premises. A SPARQL
        engine, which has a reading of its own, must say the same.
        """
        reading = self._readings[rule]
        start = bind(reading.head, wanted, {})
        for binding, used in solve(reading.body, given, start) if start is not None else ():
            if not all(are_two(binding[one], binding[other]) for one, other in reading.different):
                continue
            if any(any(self._stated(group, binding)) for group in reading.absent):
                continue
            demands = {
                _fill(demand, case)
                for condition, demand in reading.every
                for case in self._stated((condition,), binding)
            }
            if used | demands == set(given):
                return wanted in self._by_engine(rule, given)
        return False

    def _stated(
        self, group: tuple[Triple, ...], binding: dict[str, str]
    ) -> Iterator[dict[str, str]]:
        """Yield each binding under which a group is asserted."""
        if not group:
            yield binding
            return
        for triple in self._by_predicate[group[0][1]]:
            found = bind(group[0], triple, binding)
            if found is not None:
                yield from self._stated(group[1:], found)

    def _by_engine(self, rule: str, given: list[Triple]) -> set[Triple]:
        reading = self._readings[rule]
        groups = [*reading.absent, *((condition,) for condition, _ in reading.every)]
        names = {pattern[1] for group in groups for pattern in group}
        beside = [triple for name in sorted(names) for triple in self._by_predicate[name]]
        return _run(self._rules[rule], [*given, *beside])


def _name(step: Proof) -> str:
    if step.conclusion is None:
        return "a contradiction"
    is_readable = isinstance(step.conclusion, tuple)
    return " ".join(map(str, step.conclusion)) if is_readable else str(step.conclusion)


def _fill(pattern: Triple, binding: dict[str, str]) -> Triple:
    subject, predicate, value = (binding.get(term, term) for term in pattern)
    return subject, predicate, value


def _run(text: str, triples: list[Triple]) -> set[Triple]:
    store = ox.Store()
    data = "".join(f"{s} {p} {o} .\n" for s, p, o in triples)
    store.load(data.encode(), format=ox.RdfFormat.N_TRIPLES)
    found = store.query(text)
    assert isinstance(found, ox.QueryTriples)  # a rule is a CONSTRUCT
    return {(str(t.subject), str(t.predicate), str(t.object)) for t in found}

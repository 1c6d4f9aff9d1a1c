"""The checker of proofs: each leaf asserted, each step an instance of its rule.

It has the rows of the W3C's tables as text, and shares no code with the engine.

Source: OWL 2 Profiles, section 4.3, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import pyoxigraph as ox

from sysgraph.errors import BadSparql
from sysgraph.proof import Proof
from sysgraph.terms import PREFIXES, Triple
from sysgraph.verify.rules import Reading, are_two, count_of, is_statement, read_rule

__all__ = ["Checker"]

# Of a list ?l any member is ?m, and any two are ?m and ?n. Names are unique in sysgraph: where OWL
# concludes that two things are the same, there is a contradiction.
_TABLE = """
prp-dom     ?p rdfs:domain ?c . ?x ?p ?y -> ?x a ?c
prp-rng     ?p rdfs:range ?c . ?x ?p ?y -> ?y a ?c
prp-spo1    ?p rdfs:subPropertyOf ?q . ?x ?p ?y -> ?x ?q ?y
prp-eqp1    ?p owl:equivalentProperty ?q . ?x ?p ?y -> ?x ?q ?y
prp-eqp2    ?p owl:equivalentProperty ?q . ?x ?q ?y -> ?x ?p ?y
prp-inv1    ?p owl:inverseOf ?q . ?x ?p ?y -> ?y ?q ?x
prp-inv2    ?p owl:inverseOf ?q . ?x ?q ?y -> ?y ?p ?x
prp-symp    ?p a owl:SymmetricProperty . ?x ?p ?y -> ?y ?p ?x
prp-trp     ?p a owl:TransitiveProperty . ?x ?p ?y . ?y ?p ?z -> ?x ?p ?z
cax-sco     ?c rdfs:subClassOf ?d . ?x a ?c -> ?x a ?d
cax-eqc1    ?c owl:equivalentClass ?d . ?x a ?c -> ?x a ?d
cax-eqc2    ?c owl:equivalentClass ?d . ?x a ?d -> ?x a ?c
cls-svf1    ?r owl:someValuesFrom ?c . ?r owl:onProperty ?p . ?x ?p ?y . ?y a ?c -> ?x a ?r
cls-svf2    ?r owl:someValuesFrom owl:Thing . ?r owl:onProperty ?p . ?x ?p ?y -> ?x a ?r
cls-avf     ?r owl:allValuesFrom ?c . ?r owl:onProperty ?p . ?x a ?r . ?x ?p ?y -> ?y a ?c
cls-hv1     ?r owl:hasValue ?v . ?r owl:onProperty ?p . ?x a ?r -> ?x ?p ?v
cls-hv2     ?r owl:hasValue ?v . ?r owl:onProperty ?p . ?x ?p ?v -> ?x a ?r
scm-sco     ?c rdfs:subClassOf ?d . ?d rdfs:subClassOf ?e -> ?c rdfs:subClassOf ?e
scm-spo     ?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?r -> ?p rdfs:subPropertyOf ?r
scm-eqc1    ?c owl:equivalentClass ?d -> ?c rdfs:subClassOf ?d
scm-eqc1    ?c owl:equivalentClass ?d -> ?d rdfs:subClassOf ?c
scm-eqp1    ?p owl:equivalentProperty ?q -> ?p rdfs:subPropertyOf ?q
scm-eqp1    ?p owl:equivalentProperty ?q -> ?q rdfs:subPropertyOf ?p
prp-fp      ?p a owl:FunctionalProperty . ?x ?p ?y . ?x ?p ?z -> ?y owl:sameAs ?z
prp-ifp     ?p a owl:InverseFunctionalProperty . ?y ?p ?x . ?z ?p ?x -> ?y owl:sameAs ?z
prp-irp     ?p a owl:IrreflexiveProperty . ?x ?p ?x -> false
prp-asyp    ?p a owl:AsymmetricProperty . ?x ?p ?y . ?y ?p ?x -> false
prp-pdw     ?p owl:propertyDisjointWith ?q . ?x ?p ?y . ?x ?q ?y -> false
cax-dw      ?c owl:disjointWith ?d . ?x a ?c . ?x a ?d -> false
cls-com     ?c owl:complementOf ?d . ?x a ?c . ?x a ?d -> false
cls-nothing2 ?x a owl:Nothing -> false
cls-maxc1   ?r owl:maxCardinality 0 . ?r owl:onProperty ?p . ?x a ?r . ?x ?p ?y -> false
cls-maxc2   ?r owl:maxCardinality 1 . ?r owl:onProperty ?p . ?x a ?r . ?x ?p ?y . ?x ?p ?z \
-> ?y owl:sameAs ?z
cls-int2    ?c owl:intersectionOf ?l . ?x a ?c -> ?x a ?m
scm-int     ?c owl:intersectionOf ?l -> ?c rdfs:subClassOf ?m
cls-uni     ?c owl:unionOf ?l . ?x a ?m -> ?x a ?c
scm-uni     ?c owl:unionOf ?l -> ?m rdfs:subClassOf ?c
cls-oo      ?c owl:oneOf ?l -> ?m a ?c
cax-adc     ?g owl:members ?l . ?g a owl:AllDisjointClasses . ?x a ?m . ?x a ?n -> false
prp-adp     ?g owl:members ?l . ?g a owl:AllDisjointProperties . ?x ?m ?y . ?x ?n ?y -> false
"""
_WHOLE_LISTS = {"prp-spo2": "owl:propertyChainAxiom", "cls-int1": "owl:intersectionOf"}
"""Rows in which each member of the list makes a premise."""


class _Form(NamedTuple):
    """What a row of the tables demands and concludes; with ``two`` given, that these are two."""

    body: list[Triple]
    head: Triple | None
    two: tuple[str, str] | None = None


def _term(word: str) -> str:
    if word.startswith("?"):
        return word
    if word.isdigit():
        return f"={word}"
    prefix, _, name = ("rdf:type" if word == "a" else word).partition(":")
    return f"<{PREFIXES[prefix]}{name}>"


def _triples(text: str) -> list[Triple]:
    found = [tuple(_term(word) for word in part.split()) for part in text.split(" . ")]
    return [(s, p, o) for s, p, o in found]


def _read_table() -> dict[str, list[_Form]]:
    table: dict[str, list[_Form]] = defaultdict(list)
    for line in _TABLE.strip().splitlines():
        name, _, rest = line.partition(" ")
        body, _, said = rest.partition(" -> ")
        head = None if said == "false" else _triples(said)[0]
        if head is not None and head[1] == _term("owl:sameAs"):
            form = _Form(_triples(body), None, (head[0], head[2]))
        else:
            form = _Form(_triples(body), head)
        table[name].append(form)
    return dict(table)


_RULES = _read_table()


def follows_by_table(rule: str, given: list[Triple], wanted: Triple | None) -> bool:
    """Tell whether a conclusion follows by a row of the tables from premises, all of them used."""
    return any(_matches(form, given, wanted) for form in _forms_of(rule, given))


def _forms_of(rule: str, given: list[Triple]) -> Iterator[_Form]:
    """Yield what a row comes to, with its list as given where it holds one."""
    if rule in _WHOLE_LISTS:
        for axiom, members, links in _lists(_term(_WHOLE_LISTS[rule]), given):
            a, last, owner = _term("a"), f"?{len(members)}", axiom[0]
            if rule == "cls-int1":
                body, head = [("?x", a, member) for member in members], ("?x", a, owner)
            else:
                body = [(f"?{at}", link, f"?{at + 1}") for at, link in enumerate(members)]
                head = ("?0", owner, last)
            yield _Form([axiom, *links, *body], head)
    for form in _RULES.get(rule, ()):
        (owner, predicate, value), *rest = form.body
        if value != "?l":
            yield form
            continue
        count = 2 if any("?n" in triple for triple in rest) else 1
        for axiom, members, links in _lists(predicate, given):
            for chosen in combinations(members, count):
                names = {owner: axiom[0], **dict(zip(("?m", "?n"), chosen, strict=False))}
                body = [axiom, *links, *(_fill(pattern, names) for pattern in rest)]
                yield _Form(body, _fill(form.head, names) if form.head else None)


def _lists(predicate: str, given: list[Triple]) -> Iterator[tuple[Triple, list[str], list[Triple]]]:
    """Yield each axiom about a list that is given whole, with its members and its links."""
    for axiom in given:
        listed = _walk(axiom[2], given) if axiom[1] == predicate else None
        if listed is not None:
            yield axiom, *listed


def _walk(head: str, given: list[Triple]) -> tuple[list[str], list[Triple]] | None:
    members: list[str] = []
    links: list[Triple] = []
    while head != _term("rdf:nil"):
        first = [t for t in given if t[0] == head and t[1] == _term("rdf:first")]
        rest = [t for t in given if t[0] == head and t[1] == _term("rdf:rest")]
        if len(first) != 1 or len(rest) != 1 or first[0] in links:
            return None
        members.append(first[0][2])
        links += [first[0], rest[0]]
        head = rest[0][2]
    return members, links


def _matches(form: _Form, given: list[Triple], wanted: Triple | None) -> bool:
    """Tell whether premises and conclusion are an instance of a rule, with nothing left over."""
    body, head, two = form
    if (head is None) != (wanted is None):
        return False
    start = bind(head, wanted, {}) if head and wanted else {}
    if start is None:
        return False
    return any(
        used == set(given) and (two is None or are_two(binding[two[0]], binding[two[1]]))
        for binding, used in solve(body, given, start)
    )


def solve(
    body: Sequence[Triple], given: Sequence[Triple], binding: dict[str, str]
) -> Iterator[tuple[dict[str, str], set[Triple]]]:
    """Yield each way of finding a body among what is given, with what of it was used."""
    if not body:
        yield binding, set()
        return
    for premise in given:
        found = bind(body[0], premise, binding)
        if found is not None:
            for final, used in solve(body[1:], given, found):
                yield final, used | {premise}


def bind(pattern: Triple, triple: Triple, binding: dict[str, str]) -> dict[str, str] | None:
    """Return a binding under which a pattern is a triple, or None if there is none."""
    found = dict(binding)
    for wanted, term in zip(pattern, triple, strict=True):
        if wanted.startswith("?"):
            if found.setdefault(wanted, term) != term:
                return None
        elif wanted.startswith("="):
            if count_of(term) != wanted[1:]:
                return None
        elif wanted != term:
            return None
    return found


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
    is_triple = isinstance(step.conclusion, tuple)  # what is checked may be anything
    return " ".join(map(str, step.conclusion)) if is_triple else str(step.conclusion)


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

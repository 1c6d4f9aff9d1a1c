"""The rows of the W3C's OWL 2 RL tables as text, and whether a step is an instance of one.

Source: OWL 2 Profiles, section 4.3, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL

The checker of proofs: each leaf asserted, each step an instance of its rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import pyoxigraph as ox

from sysgraph.errors import BadSparql
from sysgraph.proof import Proof
from sysgraph.terms import PREFIXES, Triple
from sysgraph.verify.rules import Reading, are_two, count_of, is_statement, read_rule

__all__ = ["Checker"]

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
prp-fp      ?p a owl:FunctionalProperty . ?x ?p ?y . ?x ?p ?z -> false
prp-ifp     ?p a owl:InverseFunctionalProperty . ?y ?p ?x . ?z ?p ?x -> false
prp-irp     ?p a owl:IrreflexiveProperty . ?x ?p ?x -> false
prp-asyp    ?p a owl:AsymmetricProperty . ?x ?p ?y . ?y ?p ?x -> false
prp-pdw     ?p owl:propertyDisjointWith ?q . ?x ?p ?y . ?x ?q ?y -> false
cax-dw      ?c owl:disjointWith ?d . ?x a ?c . ?x a ?d -> false
cls-com     ?c owl:complementOf ?d . ?x a ?c . ?x a ?d -> false
cls-nothing2 ?x a owl:Nothing -> false
cls-maxc1   ?r owl:maxCardinality 0 . ?r owl:onProperty ?p . ?x a ?r . ?x ?p ?y -> false
cls-maxc2   ?r owl:maxCardinality 1 . ?r owl:onProperty ?p . ?x a ?r . ?x ?p ?y . ?x ?p ?z -> false
"""
# Names are unique in sysgraph: two of them stand for two things.
_TWO = {"prp-fp": ("?y", "?z"), "prp-ifp": ("?y", "?z"), "cls-maxc2": ("?y", "?z")}
_LISTS = {
    "prp-spo2": "owl:propertyChainAxiom",
    "cls-int1": "owl:intersectionOf",
    "cls-int2": "owl:intersectionOf",
    "scm-int": "owl:intersectionOf",
    "cls-uni": "owl:unionOf",
    "scm-uni": "owl:unionOf",
    "cls-oo": "owl:oneOf",
    "cax-adc": "owl:members",
    "prp-adp": "owl:members",
}
_Form = tuple[list[Triple], Triple | None]


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
        body, _, head = rest.partition(" -> ")
        table[name].append((_triples(body), None if head == "false" else _triples(head)[0]))
    return dict(table)


_RULES = _read_table()


def follows_by_table(rule: str, given: list[Triple], wanted: Triple | None) -> bool:
    """Tell whether a conclusion follows by a row of the tables from premises, all of them used."""
    forms = _list_forms(rule, given) if rule in _LISTS else _RULES.get(rule, ())
    return any(_matches(body, head, given, wanted, _TWO.get(rule)) for body, head in forms)


def _list_forms(rule: str, given: list[Triple]) -> Iterator[_Form]:
    """Yield what a rule of the tables that holds a list comes to with the list as given."""
    for axiom in given:
        listed = _walk(axiom[2], given) if axiom[1] == _term(_LISTS[rule]) else None
        if listed is not None:
            members, links = listed
            for body, head in _forms_of(rule, axiom[0], members):
                yield [axiom, *links, *body], head


def _forms_of(rule: str, owner: str, members: list[str]) -> Iterator[_Form]:
    a, below = _term("a"), _term("rdfs:subClassOf")
    if rule == "prp-spo2":
        chain = [(f"?{at}", link, f"?{at + 1}") for at, link in enumerate(members)]
        yield chain, ("?0", owner, f"?{len(members)}")
    elif rule == "cls-int1":
        yield [("?x", a, member) for member in members], ("?x", a, owner)
    elif rule == "cax-adc":
        kind = (owner, a, _term("owl:AllDisjointClasses"))
        for one, other in combinations(members, 2):
            yield [kind, ("?x", a, one), ("?x", a, other)], None
    elif rule == "prp-adp":
        kind = (owner, a, _term("owl:AllDisjointProperties"))
        for one, other in combinations(members, 2):
            yield [kind, ("?x", one, "?y"), ("?x", other, "?y")], None
    for member in members:
        forms: dict[str, _Form] = {
            "cls-int2": ([("?x", a, owner)], ("?x", a, member)),
            "cls-uni": ([("?x", a, member)], ("?x", a, owner)),
            "cls-oo": ([], (member, a, owner)),
            "scm-int": ([], (owner, below, member)),
            "scm-uni": ([], (member, below, owner)),
        }
        if rule in forms:
            yield forms[rule]


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


def _matches(
    body: list[Triple],
    head: Triple | None,
    given: list[Triple],
    wanted: Triple | None,
    two: tuple[str, str] | None,
) -> bool:
    """Tell whether premises and conclusion are an instance of a rule, with nothing left over."""
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

"""An independent checker of proofs: it shares no code with the engine that finds them.

A proof is sound if each leaf is asserted, and each step is an instance of a row of the W3C's
OWL 2 RL tables (written out below) or of a rule of ``ontology/rules``, which a SPARQL engine
runs over the premises alone. To be checked are also that no premise is missing or idle.

Source: OWL 2 Profiles, section 4.3, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

import pyoxigraph as ox

from sysgraph.proof import Proof
from sysgraph.terms import PREFIXES, Triple

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
}
_Form = tuple[list[Triple], Triple | None]


def _term(word: str) -> str:
    if word.startswith("?"):
        return word
    if word.isdigit():
        return f'"{word}"^^<{PREFIXES["xsd"]}nonNegativeInteger>'
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


class Checker:
    """Checks proofs against what is asserted, and against the text of the rules."""

    def __init__(self, asserted: Iterable[Triple], rules: Mapping[str, str]) -> None:
        """Take the asserted graph, and the SPARQL of each rule of ``ontology/rules``."""
        self._asserted = set(asserted)
        self._rules = rules
        self._by_predicate: dict[str, list[Triple]] = defaultdict(list)
        for triple in self._asserted:
            self._by_predicate[triple[1]].append(triple)

    def problems(self, proof: Proof) -> list[str]:
        """Return what is wrong with a proof, a line each; nothing if it is sound."""
        found: list[str] = []
        waiting: list[tuple[Proof, frozenset[Triple | None]]] = [(proof, frozenset())]
        while waiting:
            step, above = waiting.pop()
            name = " ".join(step.conclusion) if step.conclusion else "a contradiction"
            if step.conclusion in above:
                found.append(f"{name}: it rests on itself")
            elif not step.rule:
                if step.premises or step.conclusion not in self._asserted:
                    found.append(f"{name}: it is not asserted")
            elif not self._follows(step):
                found.append(f"{name}: it does not follow by {step.rule}")
            else:
                waiting += [(p, above | {step.conclusion}) for p in step.premises]
        return found

    def _follows(self, step: Proof) -> bool:
        premises = [premise.conclusion for premise in step.premises]
        if len(set(premises)) != len(premises):
            return False
        given = [premise for premise in premises if premise is not None]
        if len(given) != len(premises):
            return False
        if step.rule in self._rules:
            return self._follows_by_query(step.rule, given, step.conclusion)
        forms = _list_forms(step.rule, given) if step.rule in _LISTS else _RULES.get(step.rule, ())
        return any(
            _matches(body, head, given, step.conclusion, _TWO.get(step.rule))
            for body, head in forms
        )

    def _follows_by_query(self, rule: str, given: list[Triple], wanted: Triple | None) -> bool:
        # Only what the ontology states can be said to be absent, so that this can be checked.
        text = self._rules[rule]
        absent = text.partition("NOT EXISTS")[2]
        names = {_term(word) for word in re.findall(r"\b[a-z]+:\w+", absent)}
        names |= {_term("a")} if re.search(r"\ba\b", absent) else set()
        beside = [triple for name in names for triple in self._by_predicate[name]]

        def holds(premises: list[Triple]) -> bool:
            alone, whole = _run(text, premises), _run(text, [*premises, *beside])
            return wanted in alone and wanted in whole

        return holds(given) and not any(
            holds([other for other in given if other != premise]) for premise in given
        )


def _run(text: str, triples: list[Triple]) -> set[Triple]:
    store = ox.Store()
    data = "".join(f"{s} {p} {o} .\n" for s, p, o in triples)
    store.load(data.encode(), format=ox.RdfFormat.N_TRIPLES)
    found = store.query(text)
    assert isinstance(found, ox.QueryTriples)  # a rule is a CONSTRUCT
    return {(str(t.subject), str(t.predicate), str(t.object)) for t in found}


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
    start = _bind(head, wanted, {}) if head and wanted else {}
    if start is None:
        return False
    return any(
        used == set(given) and (two is None or binding[two[0]] != binding[two[1]])
        for binding, used in _solve(body, given, start)
    )


def _solve(
    body: list[Triple], given: list[Triple], binding: dict[str, str]
) -> Iterator[tuple[dict[str, str], set[Triple]]]:
    if not body:
        yield binding, set()
        return
    for premise in given:
        found = _bind(body[0], premise, binding)
        if found is not None:
            for final, used in _solve(body[1:], given, found):
                yield final, used | {premise}


def _bind(pattern: Triple, triple: Triple, binding: dict[str, str]) -> dict[str, str] | None:
    found = dict(binding)
    for wanted, term in zip(pattern, triple, strict=True):
        if wanted.startswith("?"):
            if found.setdefault(wanted, term) != term:
                return None
        elif wanted != term:
            return None
    return found

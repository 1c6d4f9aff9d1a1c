"""The ontology's OWL 2 RL axioms as rules, each one row of the W3C's tables.

Source: OWL 2 Profiles, section 4.3, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from sysgraph.reason.classes import class_rules
from sysgraph.reason.rule import SUB_CLASS, SUB_PROPERTY, THING, TYPE, Rule
from sysgraph.reason.statements import Axioms, iri, is_datatype
from sysgraph.terms import PREFIXES, Triple

__all__ = ["COVERED", "compile_axioms"]

COVERED = (
    "prp-dom prp-rng prp-fp prp-ifp prp-irp prp-symp prp-asyp prp-trp prp-spo1 prp-spo2"
    " prp-eqp1 prp-eqp2 prp-pdw prp-adp prp-inv1 prp-inv2"
    " cls-nothing2 cls-int1 cls-int2 cls-uni cls-com cls-svf1 cls-svf2 cls-avf cls-hv1 cls-hv2"
    " cls-maxc1 cls-maxc2 cls-oo"
    " cax-sco cax-eqc1 cax-eqc2 cax-dw cax-adc"
    " scm-sco scm-eqc1 scm-spo scm-eqp1 scm-int scm-uni"
)
"""The rows of the tables that are covered, separated by spaces. Names are unique here: where
OWL would conclude that two names stand for one thing (prp-fp, prp-ifp, cls-maxc2), the graph
contradicts itself."""

_NOTHING = f"<{PREFIXES['owl']}Nothing>"
_PAIRS: dict[str, tuple[tuple[str, Triple, Triple | None], ...]] = {
    "rdfs:domain": (("prp-dom", ("?x", "A", "?y"), ("?x", TYPE, "B")),),
    "rdfs:range": (("prp-rng", ("?x", "A", "?y"), ("?y", TYPE, "B")),),
    "rdfs:subPropertyOf": (("prp-spo1", ("?x", "A", "?y"), ("?x", "B", "?y")),),
    "owl:equivalentProperty": (
        ("prp-eqp1", ("?x", "A", "?y"), ("?x", "B", "?y")),
        ("prp-eqp2", ("?x", "B", "?y"), ("?x", "A", "?y")),
        ("scm-eqp1", ("", "", ""), ("A", SUB_PROPERTY, "B")),
        ("scm-eqp1", ("", "", ""), ("B", SUB_PROPERTY, "A")),
    ),
    "owl:inverseOf": (
        ("prp-inv1", ("?x", "A", "?y"), ("?y", "B", "?x")),
        ("prp-inv2", ("?x", "B", "?y"), ("?y", "A", "?x")),
    ),
    "rdfs:subClassOf": (("cax-sco", ("?x", TYPE, "A"), ("?x", TYPE, "B")),),
    "owl:equivalentClass": (
        ("cax-eqc1", ("?x", TYPE, "A"), ("?x", TYPE, "B")),
        ("cax-eqc2", ("?x", TYPE, "B"), ("?x", TYPE, "A")),
        ("scm-eqc1", ("", "", ""), ("A", SUB_CLASS, "B")),
        ("scm-eqc1", ("", "", ""), ("B", SUB_CLASS, "A")),
    ),
}
"""What an axiom "A predicate B" says: rule name, body (none where empty) and head."""


def compile_axioms(triples: Iterable[Triple]) -> tuple[Rule, ...]:
    """Return the rules that the axioms of an ontology amount to; ``COVERED`` lists their names.

    A rule that speaks of an anonymous class keeps it, so that each application is one of the
    W3C's table and can be checked as such.

    Raises:
        UnsupportedAxiom: the ontology holds an axiom outside these, which is never ignored, or
            a hierarchy deeper than 64. Of several the first by name is told.
    """
    axioms = Axioms(triples)
    axioms.refuse_unknown()
    for predicate in (SUB_CLASS, SUB_PROPERTY):
        axioms.refuse_deep(predicate)
    rules = [*_pair_rules(axioms), *_kind_rules(axioms), *_list_rules(axioms)]
    rules += class_rules(axioms)
    rules += [
        Rule("scm-sco", _chained(SUB_CLASS), ("?x", SUB_CLASS, "?z")),
        Rule("scm-spo", _chained(SUB_PROPERTY), ("?x", SUB_PROPERTY, "?z")),
        Rule("cls-nothing2", (("?x", TYPE, _NOTHING),), None),
    ]
    axioms.raise_refused()
    return tuple(dict.fromkeys(rule for rule in rules if not _is_idle(rule)))


def _chained(predicate: str) -> tuple[Triple, ...]:
    return ("?x", predicate, "?y"), ("?y", predicate, "?z")


def _is_idle(rule: Rule) -> bool:
    # That everything is a thing is not worth saying.
    return rule.head is not None and (rule.head[2] == THING or rule.head in rule.body)


def _pair_rules(axioms: Axioms) -> Iterator[Rule]:
    for predicate, forms in _PAIRS.items():
        for axiom in axioms.pairs(predicate):
            one, _, other = axiom
            if predicate == "rdfs:range" and is_datatype(other):
                continue
            names = {"A": one, "B": other}
            for name, body, head in forms:
                patterns = (_named(body, names),) if body[1] else ()
                yield Rule(name, patterns, _named(head, names) if head else None, (axiom,))


def _named(pattern: Triple, names: dict[str, str]) -> Triple:
    subject, predicate, value = (names.get(term, term) for term in pattern)
    return subject, predicate, value


def _kind_rules(axioms: Axioms) -> Iterator[Rule]:
    """Yield the rules of the kinds of property, and of what excludes what."""
    forms: dict[str, Callable[[str, Triple], Rule]] = {
        "owl:TransitiveProperty": lambda p, a: Rule("prp-trp", _chained(p), ("?x", p, "?z"), (a,)),
        "owl:SymmetricProperty": lambda p, a: Rule(
            "prp-symp", (("?x", p, "?y"),), ("?y", p, "?x"), (a,)
        ),
        "owl:AsymmetricProperty": lambda p, a: Rule(
            "prp-asyp", (("?x", p, "?y"), ("?y", p, "?x")), None, (a,)
        ),
        "owl:IrreflexiveProperty": lambda p, a: Rule("prp-irp", (("?x", p, "?x"),), None, (a,)),
        "owl:FunctionalProperty": lambda p, a: Rule(
            "prp-fp", (("?x", p, "?y"), ("?x", p, "?z")), None, (a,), (("?y", "?z"),)
        ),
        "owl:InverseFunctionalProperty": lambda p, a: Rule(
            "prp-ifp", (("?x", p, "?y"), ("?z", p, "?y")), None, (a,), (("?x", "?z"),)
        ),
    }
    for kind, form in forms.items():
        for axiom in axioms.facts.of(("?s", TYPE, iri(kind))):
            yield form(axiom[0], axiom)
    for axiom in axioms.pairs("owl:propertyDisjointWith"):
        yield _apart("prp-pdw", ("?x", axiom[0], "?y"), ("?x", axiom[2], "?y"), (axiom,))
    for name, predicate in (("cls-com", "owl:complementOf"), ("cax-dw", "owl:disjointWith")):
        for axiom in axioms.pairs(predicate):
            yield _apart(name, ("?x", TYPE, axiom[0]), ("?x", TYPE, axiom[2]), (axiom,))


def _apart(name: str, one: Triple, other: Triple, axioms: tuple[Triple, ...]) -> Rule:
    # What excludes itself can hold of nothing at all.
    return Rule(name, tuple(dict.fromkeys((one, other))), None, axioms)


def _list_rules(axioms: Axioms) -> Iterator[Rule]:
    for axiom in axioms.pairs("owl:propertyChainAxiom"):
        links, made = axioms.members(axiom[2])
        if not links:
            axioms.refuse("a property chain without links", axiom[0])
            continue
        body = tuple((f"?x{at}", link, f"?x{at + 1}") for at, link in enumerate(links))
        yield Rule("prp-spo2", body, ("?x0", axiom[0], f"?x{len(links)}"), (axiom, *made))
    for classes, made in axioms.groups("owl:AllDisjointClasses"):
        for one, other in combinations(classes, 2):
            yield _apart("cax-adc", ("?x", TYPE, one), ("?x", TYPE, other), made)
    for properties, made in axioms.groups("owl:AllDisjointProperties"):
        for one, other in combinations(properties, 2):
            yield _apart("prp-adp", ("?x", one, "?y"), ("?x", other, "?y"), made)

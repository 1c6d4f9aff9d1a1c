"""What follows, and beside each conclusion the rule that made it and what it was made from.

Source: sh:sourceRule, SHACL 1.2 Inference Rules, https://www.w3.org/TR/shacl12-inference-rules/;
statements about statements, RDF Schema 1.1, section 5.3, https://www.w3.org/TR/rdf-schema/
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.ontology import Ontology
from sysgraph.publish.parts import Part, What, named_graphs
from sysgraph.rdf import RDF_TYPE, Format, parse_header, quads_of, triples_of
from sysgraph.reason.axioms import HEADER
from sysgraph.reason.shipped import reasoner
from sysgraph.reason.tracer import Tracer
from sysgraph.terms import NAMESPACE, PREFIXES, Triple, contribution_of, graph_of, iri_of

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = ["export_proved", "statement_of"]

_TABLES = "https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules"
_GENID = f"{NAMESPACE}.well-known/genid/"
_TYPE = f"<{RDF_TYPE.value}>"


def _name(prefix: str, local: str) -> str:
    return f"<{PREFIXES[prefix]}{local}>"


_AGENT = f"<{NAMESPACE}reasoner>"
_DERIVED, _MADE = _name("prov", "wasDerivedFrom"), _name("prov", "wasGeneratedBy")
_RULE = _name("sh", "sourceRule")
_LABEL, _PARTS = _name("rdfs", "label"), ("subject", "predicate", "object")


def export_proved(store: Store, syntax: Format, cases: Collection[str] = ()) -> Iterator[bytes]:
    """Yield what follows from the ontology and the cases, and how, case by case.

    Each conclusion is described as a statement, with one proof of it: the rule that is applied
    last, and its premises. These are described too, down to what is asserted. What the ontology
    of today does not prove, as in a store that an earlier one filled, is told without a rule.

    Raises:
        SysgraphError: one of the ``cases`` is not there.
    """
    from sysgraph.turtle import stream

    graphs = named_graphs(store, Part(What.INFERRED, frozenset(cases)))
    return stream(_units(store, graphs), syntax)


def _units(store: Store, graphs: list[str]) -> Iterator[dict[str, list[ox.Quad]]]:
    told: set[str] = set()  # what many cases rest on is described once
    for name, together in groupby(graphs, key=contribution_of):
        tracer = _tracer(store, name)
        unit: dict[str, list[ox.Quad]] = {}
        for graph in together:
            unit[graph] = store.quads(graph)
            proofs = f"{graph}/proofs"
            lines = _proofs(sorted(triples_of(unit[graph])), tracer, told)
            unit[proofs] = quads_of(lines, proofs)
        yield unit


def _tracer(store: Store, name: str) -> Tracer:
    """Return what finds the proofs of a contribution, or of the ontology where none is named."""
    by = reasoner()
    if not name:
        return Tracer(by)
    return Tracer(by, by.infer(triples_of(store.quads(graph_of(name))), iri_of(name)))


def _proofs(conclusions: list[Triple], tracer: Tracer, told: set[str]) -> Iterator[Triple]:
    waiting = conclusions[::-1]
    while waiting:
        triple = waiting.pop()
        node = statement_of(triple)
        if node in told:
            continue
        told.add(node)
        yield (node, _TYPE, _name("rdf", "Statement"))
        for word, term in zip(_PARTS, triple, strict=True):
            yield (node, _name("rdf", word), _named(term))
        found = tracer.proofs(triple, 1).found
        for proof in (one for one in found if one.rule):
            premises = sorted({p.conclusion for p in proof.premises if p.conclusion}, reverse=True)
            yield from ((node, _DERIVED, statement_of(premise)) for premise in premises)
            yield (node, _RULE, rule_of(proof.rule))
            yield (node, _MADE, _application(proof.rule))
            yield from _described(proof.rule, told)
            waiting += premises


def statement_of(triple: Triple) -> str:
    """Return the name of a statement: a digest of it, the same wherever it is made."""
    text = " ".join(map(_named, triple))
    return f"<{PREFIXES['statement']}{sha256(text.encode()).hexdigest()[:24]}>"


def _named(term: str) -> str:
    """Return a term with a name for what has none, as RDF 1.1 lets blank nodes be named."""
    return f"<{_GENID}{term[2:]}>" if term.startswith("_:") else term


def rule_of(name: str) -> str:
    """Return the IRI of a rule: of one of the W3C's tables, or of ``ontology/rules``."""
    return f"<{PREFIXES['rule']}{name}>"


def _application(name: str) -> str:
    return f"<{PREFIXES['rule']}{name}/application>"


def _described(name: str, told: set[str]) -> Iterator[Triple]:
    """Yield what a rule is, and that the reasoner applied it."""
    if name in told:
        return
    told.add(name)
    rule, deed, bond = rule_of(name), _application(name), f"<{PREFIXES['rule']}{name}/association>"
    text = Ontology.load().rules.get(name)
    yield (rule, _TYPE, _name("prov", "Plan"))
    yield (rule, _LABEL, f'"{name}"')
    if text is None:
        yield (rule, _name("dcterms", "source"), f"<{_TABLES}>")
    else:
        summary = str(parse_header(text, name, HEADER)["summary"])
        yield (rule, _name("dcterms", "description"), str(ox.Literal(summary, language="en")))
    yield (deed, _TYPE, _name("prov", "Activity"))
    yield (deed, _name("prov", "qualifiedAssociation"), bond)
    yield (bond, _TYPE, _name("prov", "Association"))
    yield (bond, _name("prov", "agent"), _AGENT)
    yield (bond, _name("prov", "hadPlan"), rule)
    if _AGENT not in told:
        told.add(_AGENT)
        yield (_AGENT, _TYPE, _name("prov", "SoftwareAgent"))
        yield (_AGENT, _LABEL, '"the reasoner of sysgraph"@en')

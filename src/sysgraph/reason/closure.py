"""The ontology and its vocabulary closed: by the rules, and by owlrl to hold them against."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.errors import Inconsistent, UnsupportedAxiom
from sysgraph.graph import copy_to_rdflib
from sysgraph.reason.facts import Facts, close_facts
from sysgraph.reason.rule import Rule
from sysgraph.reason.statements import RESERVED, name_of
from sysgraph.terms import NAMESPACE, PREFIXES, Triple

if TYPE_CHECKING:
    import rdflib

__all__ = ["close", "close_by_owlrl", "knowledge"]

_KEPT = (f"<{NAMESPACE}", f"<{PREFIXES['rdfs']}sub", f"<{PREFIXES['rdf']}type>")
_THINGS = (f"<{NAMESPACE}", f"<{PREFIXES['prov']}", '"')


def close(rules: Sequence[Rule], stated: Iterable[Triple]) -> Facts:
    """Return an ontology with all that follows from it, anonymous classes included.

    Raises:
        Inconsistent: the ontology contradicts itself.
        UnsupportedAxiom: a rule speaks of the absence of something that is concluded.
    """
    known = Facts(stated)
    facts = Facts(known.all)
    clashes = close_facts(rules, facts, known)
    if clashes:
        shown = sorted(" . ".join(" ".join(t) for t in premises) for premises, _ in clashes)
        raise Inconsistent(shown)
    for rule in rules:
        if rule.text and rule.head is not None and rule.head[1] in RESERVED:
            raise UnsupportedAxiom(f"a conclusion in {name_of(rule.head[1])}", f"rule {rule.name}")
        for pattern in (*(p for group in rule.absent for p in group), *(c for c, _ in rule.every)):
            if any(t not in known for t in facts.of(("?s", pattern[1], "?o"))):
                what = f"the absence of {name_of(pattern[1])}, which other rules conclude"
                raise UnsupportedAxiom(what, f"rule {rule.name}")
    return facts


def knowledge(facts: Facts, stated: Facts) -> Iterator[Triple]:
    """Yield what was concluded in sysgraph's own terms: no blank nodes and no OWL machinery."""
    for triple in facts.all:
        subject, predicate, value = triple
        if subject.startswith(_KEPT[0]) and predicate.startswith(_KEPT):
            if value.startswith(_THINGS) and triple not in stated:
                yield triple


def close_by_owlrl(quads: Iterable[ox.Quad]) -> Facts:
    """Return an ontology closed by owlrl, literals left out, which takes some seconds.

    Left out too is what owlrl adds for its own working: a thing being the same as itself, or
    a class below itself.

    Raises:
        Inconsistent: the ontology contradicts itself.

    Source: OWL 2 Profiles, section 4.3, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL
    """
    import owlrl

    graph = copy_to_rdflib(quad for quad in quads if not isinstance(quad.object, ox.Literal))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # owlrl's own use of rdflib's old names
        # Its own datatypes would stay in rdflib and change what pySHACL says ever after.
        closure = owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, improved_datatypes=False)
        closure.expand(graph)
    clashes = sorted(str(said) for _, predicate, said in graph if str(predicate).endswith("#error"))
    if clashes:
        raise Inconsistent(clashes)
    return Facts(_named(graph))


def _named(graph: rdflib.Graph) -> Iterator[Triple]:
    from rdflib.term import URIRef

    for subject, predicate, value in graph:
        if isinstance(subject, URIRef) and isinstance(value, URIRef) and subject != value:
            yield subject.n3(), predicate.n3(), value.n3()

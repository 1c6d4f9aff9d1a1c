"""The ontology and its vocabulary closed by owlrl, with what is no knowledge left out."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.errors import Inconsistent
from sysgraph.graph import copy_to_rdflib
from sysgraph.terms import NAMESPACE, PREFIXES

if TYPE_CHECKING:
    import rdflib

__all__ = ["close"]

_ERRORS = "http://www.daml.org/2002/03/agents/agent-ont#"
_KEPT = (NAMESPACE, f"{PREFIXES['rdfs']}sub", f"{PREFIXES['rdf']}type")


def close(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return what OWL 2 RL adds to an ontology with its vocabulary, in sysgraph's own terms.

    Left out is what owlrl adds for its own working: literals as subjects, axiomatic triples, a
    thing being the same as itself, a class below itself, and membership of owl:Thing. The
    shipped ontology of about 3,000 triples takes some seconds on one core.

    Raises:
        Inconsistent: the ontology contradicts itself.

    Source: OWL 2 Profiles, section 4.3, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL
    """
    import owlrl

    asserted = list(quads)
    graph = copy_to_rdflib(quad for quad in asserted if not isinstance(quad.object, ox.Literal))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # owlrl's own use of rdflib's old names
        closure = owlrl.DeductiveClosure(owlrl.OWLRL_Semantics)
        closure.expand(graph)
    clashes = _clashes(graph)
    if clashes:
        raise Inconsistent(clashes)
    stated = {quad.triple for quad in asserted}
    return [quad for quad in _knowledge(graph) if quad.triple not in stated]


def _clashes(graph: rdflib.Graph) -> list[str]:
    return sorted(
        str(message) for _, predicate, message in graph if str(predicate).endswith("#error")
    )


def _knowledge(graph: rdflib.Graph) -> Iterable[ox.Quad]:
    from rdflib.term import URIRef

    for subject, predicate, value in graph:
        if not (isinstance(subject, URIRef) and isinstance(value, URIRef)):
            continue
        if subject == value or not str(subject).startswith(NAMESPACE):
            continue
        if str(predicate).startswith(_KEPT) and str(value).startswith(
            (NAMESPACE, PREFIXES["prov"])
        ):
            yield ox.Quad(
                ox.NamedNode(str(subject)), ox.NamedNode(str(predicate)), ox.NamedNode(str(value))
            )

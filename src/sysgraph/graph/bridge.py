"""From pyoxigraph's terms to rdflib's, and to the plain text that rules are run over."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.terms import Triple

if TYPE_CHECKING:
    import rdflib

__all__ = ["copy_to_rdflib", "quads_of", "triples_of"]


def triples_of(quads: Iterable[ox.Quad]) -> list[Triple]:
    """Return the triples of quads as N-Triples text, which is what rules are run over."""
    return [(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads]


def quads_of(triples: Iterable[Triple], graph: str = "") -> list[ox.Quad]:
    """Return triples that are N-Triples text as quads, in a named graph where one is given."""
    end = f"<{graph}> ." if graph else "."
    text = "\n".join(f"{s} {p} {o} {end}" for s, p, o in triples)
    return list(ox.parse(text, format=ox.RdfFormat.N_QUADS))


def copy_to_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """Return the triples of the quads, graph names aside, as an rdflib graph."""
    import rdflib

    graph = rdflib.Graph(bind_namespaces="none")
    with _quiet():
        for triple in _rdflib_triples(quads):
            graph.add(triple)
    return graph


@contextmanager
def _quiet() -> Iterator[None]:
    # rdflib logs a traceback for each literal that is no date or number; we find these ourselves.
    log = logging.getLogger("rdflib.term")
    before, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        log.disabled = before


def _rdflib_triples(
    quads: Iterable[ox.Quad],
) -> Iterator[tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node]]:
    from rdflib.term import BNode, Literal, Node, URIRef

    def copy(term: object) -> Node:
        if isinstance(term, ox.NamedNode):
            return URIRef(term.value)
        if isinstance(term, ox.BlankNode):
            return BNode(term.value)
        assert isinstance(term, ox.Literal)  # RDF 1.2 triple terms are refused on the way in
        if term.language:
            return Literal(term.value, lang=term.language)
        if term.datatype.value == "http://www.w3.org/2001/XMLSchema#string":
            return Literal(term.value)
        # Not normalised: what was written is what gets judged.
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)

    for quad in quads:
        yield copy(quad.subject), copy(quad.predicate), copy(quad.object)

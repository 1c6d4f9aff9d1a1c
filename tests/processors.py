"""JSON-LD as the processors of others read it, to hold ours to."""

import json
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
import rdflib
from pyld import jsonld

from sysgraph.rdf import Format, parse

Document = dict[str, Any]


def of_pyoxigraph(document: Document) -> list[ox.Quad]:
    return parse(json.dumps(document).encode(), Format.JSONLD, "x")


def of_pyld(document: Document) -> list[ox.Quad]:
    return of_lines(jsonld.to_rdf(document, {"format": "application/n-quads"}))


def of_rdflib(document: Document) -> list[ox.Quad]:
    found = rdflib.Dataset().parse(data=json.dumps(document), format="json-ld")
    return of_lines(found.serialize(format="nquads"))


IN_PYTHON = {"pyoxigraph": of_pyoxigraph, "PyLD": of_pyld, "rdflib": of_rdflib}


def of_lines(text: str) -> list[ox.Quad]:
    return parse(text.encode(), Format.NQUADS, "x")


def in_its_form(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Quads whose blank nodes are named by their place, so that two graphs can be compared."""
    found = ox.Dataset(quads)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(found)


def with_nameless_parts(quads: Iterable[ox.Quad], iri: str) -> set[ox.Quad]:
    """A case as a processor reads it that gives no name to its parts."""
    names: dict[Any, ox.BlankNode] = {}

    def nameless(term: Any) -> Any:
        is_part = isinstance(term, ox.NamedNode) and term.value.startswith(f"{iri}/")
        return names.setdefault(term, ox.BlankNode()) if is_part else term

    return in_its_form(
        ox.Quad(nameless(quad.subject), quad.predicate, nameless(quad.object)) for quad in quads
    )

"""RDF in and out: strict parsing, deterministic writing, and the bridge to rdflib."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.errors import BadFile
from sysgraph.paths import display
from sysgraph.terms import PREFIXES

if TYPE_CHECKING:
    import rdflib

__all__ = [
    "RDF_TYPE",
    "Format",
    "Term",
    "copy_to_rdflib",
    "merge",
    "parse",
    "read_turtle",
    "serialize",
    "text_of",
    "triples_of",
]

Term = ox.NamedNode | ox.BlankNode | ox.Literal
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

_MAX_DEPTH = 64
_OPENING = re.compile(rb"[(\[{]|<<")
_BRACKETS = re.compile(rb"<<|>>|[()\[\]{}]")


def text_of(term: object) -> str:
    """Return what a term says, without datatype or language; nothing for the default graph."""
    if isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal):
        return term.value
    return ""


def triples_of(quads: Iterable[ox.Quad]) -> Iterator[tuple[str, str, str]]:
    """Yield the triples of quads as N-Triples terms."""
    for quad in quads:
        yield str(quad.subject), str(quad.predicate), str(quad.object)


class Format(StrEnum):
    """A syntax that graphs are exported in."""

    TURTLE = "turtle"
    TRIG = "trig"
    NQUADS = "nquads"
    JSONLD = "jsonld"
    XML = "xml"


_OXIGRAPH = {
    Format.TURTLE: ox.RdfFormat.TURTLE,
    Format.TRIG: ox.RdfFormat.TRIG,
    Format.NQUADS: ox.RdfFormat.N_QUADS,
    Format.JSONLD: ox.RdfFormat.JSON_LD,
    Format.XML: ox.RdfFormat.RDF_XML,
}


def parse(data: bytes, syntax: Format, where: str) -> list[ox.Quad]:
    """Return the quads of a document, read strictly and without the network.

    Blank nodes get fresh names, so that documents can be put together.

    Raises:
        BadFile: it is not well-formed, or nests deeper than 64 brackets; carries the line.
    """
    _refuse_deep_nesting(data, where)
    try:
        quads = list(ox.parse(data, format=_OXIGRAPH[syntax], rename_blank_nodes=True))
    except SyntaxError as error:
        reason = _reason(error, syntax)
        raise BadFile(where, reason, error.lineno, error.offset) from error
    if any(isinstance(term, ox.Triple) for quad in quads for term in (quad.subject, quad.object)):
        raise BadFile(where, "it holds statements about statements (<<( )>>), which are refused")
    return quads


def read_turtle(files: Iterable[Path]) -> list[ox.Quad]:
    """Return the quads of sysgraph's own Turtle files, one file after the other.

    Raises:
        BadFile: a file is not well-formed.
    """
    return [
        quad for file in files for quad in parse(file.read_bytes(), Format.TURTLE, display(file))
    ]


def _reason(error: SyntaxError, syntax: Format) -> str:
    text = str(error.msg)
    if "LoadDocumentCallback" in text:
        return "it names a context on the network, which is never fetched; write the context out"
    text = re.sub(r"^Parser error (at|between) .*?: ", "", text)
    return f"this is not well-formed {syntax}: {text.strip()}"


def _refuse_deep_nesting(data: bytes, where: str) -> None:
    # The parser recurses, and a deeply nested document would end the process.
    if len(_OPENING.findall(data)) <= _MAX_DEPTH:
        return
    depth = 0
    for match in _BRACKETS.finditer(data):
        depth += 1 if match.group() in (b"(", b"[", b"{", b"<<") else -1
        depth = max(depth, 0)
        if depth > _MAX_DEPTH:
            line = data.count(b"\n", 0, match.start()) + 1
            raise BadFile(where, f"brackets nest deeper than {_MAX_DEPTH}; write it flatter", line)


def _sort_key(quad: ox.Quad) -> tuple[str, str, bool, str, str]:
    return (
        str(quad.graph_name),
        str(quad.subject),
        quad.predicate != RDF_TYPE,
        str(quad.predicate),
        str(quad.object),
    )


def merge(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the quads without their graph names, each triple once."""
    return list({ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads})


def serialize(quads: Iterable[ox.Quad], syntax: Format) -> bytes:
    """Return a document that is the same, byte for byte, for the same quads.

    Turtle and RDF/XML have no named graphs: there the graphs are merged.
    """
    listed = list(quads)
    if syntax in (Format.TURTLE, Format.XML):
        listed = merge(listed)
    if any(isinstance(term, ox.BlankNode) for quad in listed for term in (quad[0], quad[2])):
        listed = _canonicalize(listed)
        if syntax is Format.TURTLE:
            return _nested_turtle(listed)
    listed.sort(key=_sort_key)
    prefixes = _used_prefixes(listed) if syntax in (Format.TURTLE, Format.TRIG) else {}
    data = ox.serialize(listed, format=_OXIGRAPH[syntax], prefixes=prefixes)
    assert data is not None  # no output was given, so the bytes come back
    return data


def _canonicalize(quads: list[ox.Quad]) -> list[ox.Quad]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return list(dataset)


def _used_prefixes(quads: list[ox.Quad]) -> dict[str, str]:
    iris = {term.value for quad in quads for term in quad if isinstance(term, ox.NamedNode)}
    iris |= {quad.object.datatype.value for quad in quads if isinstance(quad.object, ox.Literal)}
    text = "\n".join(sorted(iris))
    return {
        prefix: base
        for prefix, base in sorted(PREFIXES.items())
        if re.search(f"^{re.escape(base)}[A-Za-z0-9_-]+$", text, re.MULTILINE)
    }


def _nested_turtle(quads: list[ox.Quad]) -> bytes:
    # Only rdflib writes anonymous nodes where they stand, as people write restrictions.
    graph = copy_to_rdflib(quads)
    for prefix, base in _used_prefixes(quads).items():
        graph.bind(prefix, base, replace=True)
    return graph.serialize(format="turtle").encode()


def copy_to_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """Return the triples of the quads, graph names aside, as an rdflib graph."""
    import rdflib

    graph = rdflib.Graph(bind_namespaces="none")
    for triple in _rdflib_triples(quads):
        graph.add(triple)
    return graph


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

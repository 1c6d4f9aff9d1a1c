"""RDF in: strict parsing, without the network, and within limits."""

import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import pyoxigraph as ox

from sysgraph.errors import BadFile
from sysgraph.paths import display

__all__ = [
    "RDF_TYPE",
    "SYNTAXES",
    "Format",
    "Term",
    "merge",
    "parse",
    "read_turtle",
    "text_of",
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


class Format(StrEnum):
    """A syntax that graphs are read and exported in."""

    TURTLE = "turtle"
    TRIG = "trig"
    NQUADS = "nquads"
    NTRIPLES = "ntriples"
    JSONLD = "jsonld"
    XML = "xml"


SYNTAXES = {
    Format.TURTLE: ox.RdfFormat.TURTLE,
    Format.TRIG: ox.RdfFormat.TRIG,
    Format.NQUADS: ox.RdfFormat.N_QUADS,
    Format.NTRIPLES: ox.RdfFormat.N_TRIPLES,
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
        quads = list(ox.parse(data, format=SYNTAXES[syntax], rename_blank_nodes=True))
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


def merge(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the quads without their graph names, each triple once."""
    return list({ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads})

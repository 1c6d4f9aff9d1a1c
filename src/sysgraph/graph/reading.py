"""RDF in: strict parsing, without the network, and within limits."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

import pyoxigraph as ox

from sysgraph.errors import BadFile
from sysgraph.graph.nesting import QUOTED, refuse_tricks, refuse_xml_tricks

__all__ = [
    "RDF_TYPE",
    "SYNTAXES",
    "Format",
    "Term",
    "merge",
    "parse",
    "scan",
    "text_of",
]

Term = ox.NamedNode | ox.BlankNode | ox.Literal
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


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
        BadFile: it is not well-formed, nests deeper than 64 brackets or elements, declares
            entities, or has a word of more than 16 MB; carries the line.
    """
    return list(scan(data, syntax, where))


def scan(data: bytes, syntax: Format, where: str) -> Iterator[ox.Quad]:
    """Yield what ``parse`` returns one by one, for those who count as they read.

    Raises:
        BadFile: as ``parse`` does, when the place is reached.
    """
    if syntax is Format.XML:
        refuse_xml_tricks(data, where)
    else:
        refuse_tricks(data, where, json=syntax is Format.JSONLD)
    try:
        for quad in ox.parse(data, format=SYNTAXES[syntax], rename_blank_nodes=True):
            if isinstance(quad.object, ox.Triple):
                raise BadFile(where, QUOTED)  # RDF 1.2 has ways to quote without <<( )>>
            yield quad
    except SyntaxError as error:
        reason = not_well_formed(error, syntax)
        raise BadFile(where, reason, *_place(error, data)) from error
    except MemoryError as error:  # the parser's own bound, long before there is no memory
        raise BadFile(where, "it has a text or a name of more than 16 MB") from error


def _place(error: SyntaxError, data: bytes) -> tuple[int | None, int | None]:
    """Return line and column of an error; what is missing is missing at the end of a line."""
    line, column = error.lineno, error.offset
    if line is None or column is None or "expected" not in str(error.msg):
        return line, column
    rows = data.split(b"\n", line)[:line]
    if rows[-1][: column - 1].strip():
        return line, column
    while len(rows) > 1 and not rows[-2].strip():
        rows.pop()
    return (len(rows) - 1, len(rows[-2].rstrip()) + 1) if len(rows) > 1 else (line, column)


def not_well_formed(error: SyntaxError, syntax: Format) -> str:
    """Return in words what a parser refuses."""
    text = str(error.msg)
    if "LoadDocumentCallback" in text:
        return "it names a context on the network, which is never fetched; write the context out"
    text = re.sub(r"^Parser error (at|between) .*?: ", "", text)
    return f"this is not well-formed {syntax}: {text.strip()}"


def merge(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the quads without their graph names, each triple once."""
    return list({ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads})

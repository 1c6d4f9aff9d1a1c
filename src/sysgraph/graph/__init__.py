"""RDF in and out: strict parsing, deterministic writing, and the bridge to rdflib."""

from sysgraph.graph.bridge import copy_to_rdflib, quads_of, triples_of
from sysgraph.graph.files import find_lines, lines_of, read_turtle
from sysgraph.graph.reading import (
    RDF_TYPE,
    Format,
    Term,
    merge,
    not_well_formed,
    parse,
    scan,
    text_of,
)
from sysgraph.graph.writing import serialize, stream

__all__ = [
    "RDF_TYPE",
    "Format",
    "Term",
    "copy_to_rdflib",
    "find_lines",
    "lines_of",
    "merge",
    "not_well_formed",
    "parse",
    "quads_of",
    "read_turtle",
    "scan",
    "serialize",
    "stream",
    "text_of",
    "triples_of",
]

"""RDF in and out: strict parsing, deterministic writing, and the bridge to rdflib."""

from sysgraph.graph.bridge import copy_to_rdflib
from sysgraph.graph.reading import (
    RDF_TYPE,
    Format,
    Term,
    merge,
    parse,
    read_turtle,
    scan,
    text_of,
)
from sysgraph.graph.writing import serialize, stream

__all__ = [
    "RDF_TYPE",
    "Format",
    "Term",
    "copy_to_rdflib",
    "merge",
    "parse",
    "read_turtle",
    "scan",
    "serialize",
    "stream",
    "text_of",
]

"""Which syntax of RDF a file is in, by the ending of its name."""

from sysgraph.graph import Format

__all__ = ["RDF"]

RDF = {
    ".ttl": Format.TURTLE,
    ".trig": Format.TRIG,
    ".jsonld": Format.JSONLD,
    ".nq": Format.NQUADS,
    ".nt": Format.NTRIPLES,
    ".rdf": Format.XML,
    ".xml": Format.XML,
}

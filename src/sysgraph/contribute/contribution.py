"""A contributed case as triples, with its origin and what was found wrong on the way."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from sysgraph.findings import Finding
from sysgraph.graph import RDF_TYPE, text_of
from sysgraph.terms import CRITIQUE, NAMESPACE, PREFIXES, graph_of

__all__ = ["Contribution", "describe_origin"]

Statement = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]

_CASE = f"{NAMESPACE}case/"
_PROV = PREFIXES["prov"]


@dataclass(slots=True)
class Contribution:
    """One case or critique from one file.

    ``case_id`` is the id of a case; of a critique that stands by itself it is ``critique/`` and
    its id. ``marks`` gives line and column of each node, where known, and ``fields`` the
    place of each key of a node: (IRI of the node, key) to line and column. ``row`` is that of
    the table that it came in, if it came in one.
    """

    case_id: str
    file: str
    digest: str
    quads: list[ox.Quad] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    marks: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    fields: dict[tuple[str, str], tuple[str, int | None, int | None]] = field(default_factory=dict)
    row: int | None = None

    @property
    def iri(self) -> str:
        """Return the IRI of the case, or of the critique."""
        return f"{NAMESPACE if self.is_critique else _CASE}{self.case_id}"

    @property
    def is_critique(self) -> bool:
        """Tell whether this is a critique that stands by itself."""
        return self.case_id.startswith(CRITIQUE)

    @property
    def title(self) -> str:
        """Return what it is, and its id."""
        return self.case_id.replace("/", " ") if self.is_critique else f"case {self.case_id}"


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return sha256(data).hexdigest()


def describe_origin(contribution: Contribution, moment: str | None) -> list[ox.Quad]:
    """Return the provenance of a graph: who, from which file with which hash, and when.

    ``moment`` is the time of loading in ISO 8601, or None for the shipped library, whose cases
    carry the date they were contributed on.

    Source: PROV-O, https://www.w3.org/TR/prov-o/
    """
    name = ox.NamedNode(graph_of(contribution.case_id, "provenance"))
    graph = ox.NamedNode(graph_of(contribution.case_id))
    file = ox.NamedNode(f"{contribution.iri}/file")
    entity = ox.NamedNode(f"{_PROV}Entity")
    found: list[Statement] = [
        (graph, RDF_TYPE, entity),
        (graph, ox.NamedNode(f"{_PROV}wasDerivedFrom"), file),
        (file, RDF_TYPE, entity),
        (file, ox.NamedNode(f"{PREFIXES['schema']}name"), ox.Literal(Path(contribution.file).name)),
        (file, ox.NamedNode(f"{NAMESPACE}sha256"), ox.Literal(contribution.digest)),
    ]
    credit = {
        f"{PREFIXES['dcterms']}contributor": f"{_PROV}wasAttributedTo",
        f"{PREFIXES['dcterms']}license": f"{PREFIXES['dcterms']}license",
    }
    for quad in contribution.quads:
        if text_of(quad.subject) == contribution.iri and quad.predicate.value in credit:
            found.append((graph, ox.NamedNode(credit[quad.predicate.value]), quad.object))
        created = f"{PREFIXES['dcterms']}created"
        if moment is None and text_of(quad.subject) == contribution.iri:
            if quad.predicate.value == created:
                found.append((graph, ox.NamedNode(f"{_PROV}generatedAtTime"), quad.object))
    if moment is not None:
        stamp = ox.Literal(moment, datatype=ox.NamedNode(f"{PREFIXES['xsd']}dateTime"))
        found.append((graph, ox.NamedNode(f"{_PROV}generatedAtTime"), stamp))
    return [ox.Quad(*triple, name) for triple in found]

"""A contributed case as triples, with its origin and what was found wrong on the way."""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from sysgraph.contribute.editions import Editions, editions
from sysgraph.findings import Finding
from sysgraph.graph import RDF_TYPE, text_of
from sysgraph.terms import CRITIQUE, NAMESPACE, PREFIXES, graph_of

__all__ = ["ID", "Contribution", "describe_origin"]

Statement = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]

ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
"""What the id of a case or critique looks like."""
_CASE = f"{NAMESPACE}case/"
_PROV = PREFIXES["prov"]


@dataclass(slots=True)
class Contribution:
    """One case or critique from one file.

    ``case_id`` is the id of a case; of a critique that stands by itself it is ``critique/`` and
    its id. ``marks`` gives line and column of each node, where known, and ``fields`` the
    place of each key of a node: (IRI of the node, key) to line and column; ``values`` has the
    place of each of several values: (IRI of the node, key, what is written). ``row`` is that of
    the table that it came in, if it came in one.
    """

    case_id: str
    file: str
    digest: str
    quads: list[ox.Quad] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    marks: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    fields: dict[tuple[str, str], tuple[str, int | None, int | None]] = field(default_factory=dict)
    values: dict[tuple[str, str, str], tuple[int | None, int | None]] = field(default_factory=dict)
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


def describe_origin(
    contribution: Contribution, moment: str | None, checked_by: Editions | None = None
) -> list[ox.Quad]:
    """Return the provenance of a graph: who, when, from which file, and what it was checked by.

    ``moment`` is the time of loading in ISO 8601, or None for the shipped library, whose cases
    carry the date they were contributed on. ``checked_by`` is today's ontology and shapes,
    unless others are named.

    Source: PROV-O, https://www.w3.org/TR/prov-o/
    """
    name = ox.NamedNode(graph_of(contribution.case_id, "provenance"))
    graph = ox.NamedNode(graph_of(contribution.case_id))
    file = ox.NamedNode(f"{contribution.iri}/file")
    loading = ox.NamedNode(f"{contribution.iri}/loading")
    found: list[Statement] = [
        (graph, RDF_TYPE, _ENTITY),
        (graph, _prov("wasDerivedFrom"), file),
        (graph, _prov("wasGeneratedBy"), loading),
        (file, RDF_TYPE, _ENTITY),
        (file, ox.NamedNode(f"{PREFIXES['schema']}name"), ox.Literal(Path(contribution.file).name)),
        (file, _SHA256, ox.Literal(contribution.digest)),
        (loading, RDF_TYPE, _prov("Activity")),
        (loading, _prov("used"), file),
        *_checked(loading, checked_by or editions()),
        *_credits(contribution, graph, dated=moment is None),
    ]
    if moment is not None:
        stamp = ox.Literal(moment, datatype=ox.NamedNode(f"{PREFIXES['xsd']}dateTime"))
        found.append((graph, _prov("generatedAtTime"), stamp))
    return [ox.Quad(*triple, name) for triple in found]


def _prov(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{_PROV}{name}")


_ENTITY = _prov("Entity")
_SHA256 = ox.NamedNode(f"{NAMESPACE}sha256")


def _checked(loading: ox.NamedNode, by: Editions) -> list[Statement]:
    """Return which editions of ontology and shapes a contribution was checked by."""
    # Named by their content, so that the same edition is the same thing wherever it is used. What
    # they are is said of the loading, for what many graphs say of one thing is found many times.
    return [
        (loading, _prov("used"), ox.NamedNode(f"{NAMESPACE}edition/ontology-{by.ontology[:16]}")),
        (loading, _prov("used"), ox.NamedNode(f"{NAMESPACE}edition/shapes-{by.shapes[:16]}")),
        (loading, ox.NamedNode(f"{PREFIXES['owl']}versionInfo"), ox.Literal(by.version)),
        (loading, ox.NamedNode(f"{NAMESPACE}ontologySha256"), ox.Literal(by.ontology)),
        (loading, ox.NamedNode(f"{NAMESPACE}shapesSha256"), ox.Literal(by.shapes)),
    ]


def _credits(contribution: Contribution, graph: ox.NamedNode, *, dated: bool) -> list[Statement]:
    """Return who answers for a contribution and under which licence, as it says itself."""
    terms = PREFIXES["dcterms"]
    credit = {
        f"{terms}contributor": _prov("wasAttributedTo"),
        f"{terms}license": ox.NamedNode(f"{terms}license"),
    }
    if dated:
        credit[f"{terms}created"] = _prov("generatedAtTime")
    return [
        (graph, credit[quad.predicate.value], quad.object)
        for quad in contribution.quads
        if quad.predicate.value in credit and text_of(quad.subject) == contribution.iri
    ]

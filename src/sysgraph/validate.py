"""SHACL by pySHACL over contributed cases, with findings in words and in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.findings import Finding, Raw, Severity
from sysgraph.graph import Format, copy_to_rdflib, read_turtle, serialize
from sysgraph.paths import data, term_files
from sysgraph.terms import NAMESPACE, PREFIXES, local_name

if TYPE_CHECKING:
    import rdflib

__all__ = ["Raw", "check_shapes", "report_graph", "stub"]

_SH = PREFIXES["sh"]
_OWN_CHECK = f"{NAMESPACE}ClosedVocabularyConstraintComponent"
_STUB = {
    f"{PREFIXES['rdf']}type",
    f"{PREFIXES['rdfs']}subClassOf",
    f"{NAMESPACE}isValueOf",
}


def check_shapes(quads: Iterable[ox.Quad]) -> list[Raw]:
    """Return what SHACL finds wrong with asserted triples, nothing being inferred before.

    The types of the ontology's own individuals are added, so that a value can be told from an
    aim. A case of 300 triples takes some 50 milliseconds on one core.

    Source: SHACL, https://www.w3.org/TR/shacl/
    """
    import pyshacl

    graph = copy_to_rdflib(quads)
    graph += stub()
    _, results, _ = pyshacl.validate(graph, shacl_graph=_shapes(), inference="none")
    return sorted(_read(results), key=lambda raw: (raw.focus, raw.path or "", raw.shape))


@cache
def _shapes() -> rdflib.Graph:
    import rdflib

    graph = rdflib.Graph(bind_namespaces="none")
    for path in sorted((data() / "ontology" / "shapes").glob("*.ttl")):
        if path.stem not in ("style", "vocabulary"):  # these judge the ontology itself
            graph.parse(path, format="turtle")
    return graph


@cache
def stub() -> rdflib.Graph:
    """Return the kinds of the ontology's own individuals, and which value answers which facet."""
    return copy_to_rdflib(
        quad
        for quad in read_turtle(term_files(data() / "ontology"))
        if quad.predicate.value in _STUB
        and isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.NamedNode)
    )


def _read(results: object) -> Iterable[Raw]:
    from rdflib import Graph, URIRef

    assert isinstance(results, Graph)  # pySHACL gives anything else only when it is asked to
    for _, _, result in results.triples((None, URIRef(f"{_SH}result"), None)):
        said = {str(p): o for _, p, o in results.triples((result, None, None))}
        warning = str(said[f"{_SH}resultSeverity"]) != f"{_SH}Violation"
        path = said.get(f"{_SH}resultPath")
        yield Raw(
            str(said[f"{_SH}focusNode"]),
            str(path) if isinstance(path, URIRef) else None,
            str(said[f"{_SH}sourceShape"]),
            str(said[f"{_SH}value"]) if f"{_SH}value" in said else None,
            Severity.WARNING if warning else Severity.VIOLATION,
            str(said.get(f"{_SH}resultMessage", "this does not conform")),
            str(said[f"{_SH}sourceConstraintComponent"]),
        )


def report_graph(findings: Sequence[Finding]) -> bytes:
    """Return the findings as a standard SHACL validation report in Turtle.

    Source: SHACL, section 3.6, https://www.w3.org/TR/shacl/#validation-report
    """
    rdf_type = ox.NamedNode(f"{PREFIXES['rdf']}type")
    report = ox.BlankNode("report")
    conforms = not any(finding.severity is Severity.VIOLATION for finding in findings)

    def term(name: str) -> ox.NamedNode:
        return ox.NamedNode(f"{_SH}{name}")

    quads = [
        ox.Quad(report, rdf_type, term("ValidationReport")),
        ox.Quad(report, term("conforms"), ox.Literal(conforms)),
    ]
    for number, finding in enumerate(findings):
        result = ox.BlankNode(f"result{number}")
        severity = "Warning" if finding.severity is Severity.WARNING else "Violation"
        facts: list[tuple[str, ox.NamedNode | ox.Literal]] = [
            ("resultSeverity", term(severity)),
            ("resultMessage", ox.Literal(str(finding))),
            ("sourceConstraintComponent", ox.NamedNode(finding.component or _OWN_CHECK)),
        ]
        if finding.demand.startswith("shape:"):
            shape = f"{PREFIXES['shape']}{local_name(finding.demand.removeprefix('shape:'))}"
            facts.append(("sourceShape", ox.NamedNode(shape)))
        if finding.focus:
            facts.append(("focusNode", ox.NamedNode(finding.focus)))
        if finding.path:
            facts.append(("resultPath", ox.NamedNode(finding.path)))
        if finding.value is not None:
            facts.append(("value", ox.Literal(finding.value)))
        quads += [
            ox.Quad(report, term("result"), result),
            ox.Quad(result, rdf_type, term("ValidationResult")),
            *(ox.Quad(result, term(name), value) for name, value in facts),
        ]
    return serialize(quads, Format.TURTLE)

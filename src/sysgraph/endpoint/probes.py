"""Questions with known answers, by which an engine shows what it gets wrong."""

from __future__ import annotations

from sysgraph.endpoint.answers import Asker
from sysgraph.errors import BadSparql, EndpointFailed
from sysgraph.graph import text_of
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = ["gets_wrong"]

_KNOWN = f"<{NAMESPACE}>"
_TYPE = f"<{PREFIXES['rdf']}type>"
_DATE_TIME = f"<{PREFIXES['xsd']}dateTime>"

# Each with what it tries, and the rows that SPARQL 1.1 prescribes. The ontology is there wherever
# the library is; all else brings its data along.
_PROBES: tuple[tuple[str, str, list[list[str]]], ...] = (
    (
        "the default graph shows the named ones",
        f"SELECT (COUNT(*) AS ?n) WHERE {{ {_KNOWN} {_TYPE} <{PREFIXES['owl']}Ontology> }}",
        [["1"]],
    ),
    (
        "groups with counts",
        "SELECT ?k (COUNT(?v) AS ?n) WHERE { VALUES (?k ?v) { (1 1) (1 2) (2 3) } }"
        " GROUP BY ?k ORDER BY ?k",
        [["1", "2"], ["2", "1"]],
    ),
    (
        "a path within NOT EXISTS",
        f"SELECT (COUNT(*) AS ?n) WHERE {{ VALUES ?x {{ {_KNOWN} }}"
        f" FILTER NOT EXISTS {{ ?x {_TYPE}/^{_TYPE} ?x }} }}",
        [["0"]],
    ),
    (
        "a path within EXISTS",
        f"SELECT (COUNT(*) AS ?n) WHERE {{ VALUES ?x {{ {_KNOWN} }}"
        f" FILTER EXISTS {{ ?x {_TYPE}/^{_TYPE} ?x }} }}",
        [["1"]],
    ),
    (
        "a path of any length",
        f"SELECT (COUNT(*) AS ?n) WHERE {{ VALUES ?x {{ {_KNOWN} }}"
        f" ?x <{PREFIXES['rdfs']}subClassOf>* ?x }}",
        [["1"]],
    ),
    (
        "rows in order, page by page",
        'SELECT ?v WHERE { { SELECT ?v WHERE { VALUES ?v { "c" "a" "b" } } ORDER BY ?v } }'
        " LIMIT 1 OFFSET 1",
        [["b"]],
    ),
    (
        "what is not bound",
        "SELECT (COUNT(?b) AS ?n) WHERE { VALUES (?a ?b) { (1 UNDEF) (2 2) } }",
        [["1"]],
    ),
    (
        "types of values",
        "SELECT (COUNT(*) AS ?n) WHERE {"
        f' VALUES ?t {{ "2026-01-01T00:00:00Z"^^{_DATE_TIME} "2026" }}'
        f" FILTER (DATATYPE(?t) = {_DATE_TIME}) }}",
        [["1"]],
    ),
)


def gets_wrong(asker: Asker) -> list[str]:
    """Return what an engine does not answer as SPARQL 1.1 prescribes; mostly nothing."""
    return [tried for tried, query, wanted in _PROBES if _answer(asker, query) != wanted]


def _answer(asker: Asker, query: str) -> list[list[str]] | None:
    try:
        rows = asker.select(query).rows
    except (BadSparql, EndpointFailed):
        return None
    return [[text_of(term) if term else "" for term in row] for row in rows]

"""The namespace of sysgraph and the one table of prefixes that every file agrees with."""

import re
from functools import lru_cache
from urllib.parse import quote

__all__ = [
    "ALIGNMENTS_GRAPH",
    "CATALOGUE_GRAPH",
    "CRITIQUE",
    "DATASET",
    "INFERRED_GRAPH",
    "NAMESPACE",
    "ONTOLOGY_GRAPH",
    "PREFIXES",
    "QUESTIONS_GRAPH",
    "REVISION",
    "STORE_GRAPH",
    "STORE_MARKS",
    "Triple",
    "case_id_of",
    "compact",
    "contribution_of",
    "graph_of",
    "iri_of",
    "kind_of",
    "literal_text",
    "local_name",
    "unescape",
]

NAMESPACE = "https://w3id.org/sysgraph/"

Triple = tuple[str, str, str]
"""Subject, predicate and object as N-Triples text, such as ``'<https://…/x>'`` or ``'"a"@en'``."""

_KINDS = (
    "aim answer approach case caution changeability checking claim coder-kind confidence"
    " consideration country critique effect facet feature figure finding forward gate graph ground"
    " independence judgement mapping method move opening outside part place placement query"
    " question reference relevance risk rule scale scheme scope sector selection shape source"
    " standpoint statement table test type value verdict voice"
)
"""The kinds of thing that have names of their own below the namespace."""

PREFIXES = {
    "bcio": "http://humanbehaviourchange.org/ontology/BCIO_",
    "bibo": "http://purl.org/ontology/bibo/",
    "cito": "http://purl.org/spar/cito/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "eco": "http://purl.obolibrary.org/obo/ECO_",
    "fabio": "http://purl.org/spar/fabio/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "np": "http://www.nanopub.org/nschema#",
    "npx": "http://purl.org/nanopub/x/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sdg": "http://metadata.un.org/sdg/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "sysg": NAMESPACE,
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "wd": "http://www.wikidata.org/entity/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{kind: f"{NAMESPACE}{kind}/" for kind in _KINDS.split()},
}


ONTOLOGY_GRAPH = f"{NAMESPACE}graph/ontology"
INFERRED_GRAPH = f"{NAMESPACE}graph/ontology/inferred"
ALIGNMENTS_GRAPH = f"{NAMESPACE}graph/alignments"
CATALOGUE_GRAPH = f"{NAMESPACE}graph/catalogue"
QUESTIONS_GRAPH = f"{NAMESPACE}graph/questions"
DATASET = f"{NAMESPACE}dataset"
STORE_GRAPH = f"{NAMESPACE}graph/store"
"""What a store says of itself: that it is one, and which library it holds."""

STORE_MARKS = (f"{NAMESPACE}sha256", f"{PREFIXES['rdf']}type")
"""The predicates by which it says so, beside those that change with every transaction."""

CRITIQUE = "critique/"
"""What the name of a critique that stands by itself begins with; that of a case is its id."""

REVISION = f"{NAMESPACE}revision"
"""Says at which revision a store is: another one after every transaction."""


@lru_cache(maxsize=4_096)  # the same few hundred are asked for again and again
def compact(iri: str) -> str:
    """Return an IRI with its longest known prefix, or the IRI itself.

    >>> compact("https://w3id.org/sysgraph/type/organic")
    'type:organic'
    """
    fitting = [(len(base), prefix) for prefix, base in PREFIXES.items() if iri.startswith(base)]
    if not fitting:
        return iri
    length, prefix = max(fitting)
    return f"{prefix}:{iri[length:]}"


def local_name(iri: str) -> str:
    """Return what follows the last slash or hash of an IRI.

    >>> local_name("https://w3id.org/sysgraph/type/organic")
    'organic'
    """
    return iri.rstrip("/").replace("#", "/").rsplit("/", 1)[-1]


def iri_of(name: str) -> str:
    """Return the IRI of a contribution: ``wigan-deal`` is a case, ``critique/x`` a critique."""
    return f"{NAMESPACE}{name}" if name.startswith(CRITIQUE) else f"{NAMESPACE}case/{name}"


def kind_of(name: str) -> str:
    """Return what people call a contribution of that name."""
    return "critique" if name.startswith(CRITIQUE) else "case"


def graph_of(name: str, part: str = "") -> str:
    """Return the name of a contribution's graph, or of its ``inferred`` or ``provenance`` graph.

    A case goes by its id, and a critique that stands by itself by ``critique/`` and its id.

    >>> graph_of("wigan-deal", "inferred")
    'https://w3id.org/sysgraph/graph/case/wigan-deal/inferred'
    >>> graph_of("critique/of-ours")
    'https://w3id.org/sysgraph/graph/critique/of-ours'

    Whatever a person types for a name, what comes out is an IRI, and nothing else in a query.

    >>> graph_of("x> { }")
    'https://w3id.org/sysgraph/graph/case/x%3E%20%7B%20%7D'
    """
    whole = quote(name if name.startswith(CRITIQUE) else f"case/{name}", errors="replace")
    return f"{NAMESPACE}graph/{whole}" + (f"/{part}" if part else "")


def contribution_of(graph: str) -> str:
    """Return the name of the contribution that a graph is part of, or nothing for other graphs.

    >>> contribution_of("https://w3id.org/sysgraph/graph/critique/of-ours/provenance")
    'critique/of-ours'
    """
    for start, kept in ((graph_of(""), ""), (graph_of(CRITIQUE), CRITIQUE)):
        if graph.startswith(start):
            return kept + graph.removeprefix(start).partition("/")[0]
    return ""


def case_id_of(graph: str) -> str | None:
    """Return the id of the case whose asserted triples a graph holds, or None for other graphs.

    >>> case_id_of("https://w3id.org/sysgraph/graph/case/wigan-deal")
    'wigan-deal'
    """
    start = graph_of("")
    name = graph.removeprefix(start)
    return name if graph.startswith(start) and name and "/" not in name else None


_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def unescape(text: str) -> str:
    r"""Return a text with the escapes of N-Triples resolved.

    >>> unescape(r"one\ttab, one \u00e9, one \\ alone")
    'one\ttab, one é, one \\ alone'
    """
    if "\\" not in text:
        return text
    return re.sub(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", _escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = match.group(1)
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPES.get(code, code)


def literal_text(literal: str) -> str:
    """Return what an N-Triples literal says, without its language or datatype."""
    return unescape(literal[1 : literal.rindex('"')])

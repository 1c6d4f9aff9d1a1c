"""The questions to take away: as linked data, and as a folder that grlc serves as a web API.

As linked data they follow the SPARQL examples of the Swiss Institute of Bioinformatics
(https://github.com/sib-swiss/sparql-examples): SHACL for the text and its prefixes, schema.org for
keywords and the endpoint. Parameters are ``sh:Parameter``, whose name is the last part of its
``sh:path`` (https://www.w3.org/TR/shacl/#constraint-components-parameters).

What grlc reads is at https://github.com/CLARIAH/grlc.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import yaml

from sysgraph.errors import SysgraphError
from sysgraph.files import is_url, replacing
from sysgraph.query import TYPES, Parameter, Query, catalogue, slot, things_of
from sysgraph.store.local import Store
from sysgraph.terms import NAMESPACE, PREFIXES, QUESTIONS_GRAPH

__all__ = ["describe_questions", "write_grlc"]

WHOLE = PREFIXES["query"]
"""The questions together, which declare the prefixes of all of them."""
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
TITLE = "Questions to the sysgraph knowledge graph"
ABOUT = "Each is asked of all graphs together that 'sysgraph export --what all' writes."

_PREFIX = re.compile(r"^PREFIX ([\w-]+): <([^>]*)>$", re.MULTILINE)
_HEADER = re.compile(r"^#\+.*\n", re.MULTILINE)

_Said = tuple[str, str, ox.NamedNode | ox.Literal]
"""A subject, a predicate by its prefix, and an object."""


def describe_questions(store: Store) -> list[ox.Quad]:
    """Return every question as linked data, in a graph of its own.

    Where the store is an endpoint, each names it as the place to be asked.
    """
    queries = list(catalogue().values())
    graph, target = ox.NamedNode(QUESTIONS_GRAPH), _endpoint(store)
    said = [*_whole(queries)]
    for query in queries:
        said += _question(query, target)
    return [ox.Quad(ox.NamedNode(s), _term(p), o, graph) for s, p, o in dict.fromkeys(said)]


def _endpoint(store: Store) -> str:
    return store.place if is_url(store.place) else ""


def _term(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def _words(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _whole(queries: Iterable[Query]) -> Iterator[_Said]:
    yield WHOLE, "rdf:type", _term("owl:Ontology")
    yield WHOLE, "rdfs:label", _words("questions of sysgraph")
    yield WHOLE, "dcterms:title", _words(TITLE)
    yield WHOLE, "dcterms:description", _words(ABOUT)
    yield WHOLE, "dcterms:license", ox.NamedNode(LICENCE)
    yield WHOLE, "dcterms:isPartOf", ox.NamedNode(NAMESPACE)
    for prefix, base in sorted({pair for query in queries for pair in _PREFIX.findall(query.text)}):
        declared = f"{WHOLE}prefix/{prefix}"
        yield WHOLE, "sh:declare", ox.NamedNode(declared)
        yield declared, "rdf:type", _term("sh:PrefixDeclaration")
        yield declared, "rdfs:label", _words(f"prefix {prefix}")
        yield declared, "sh:prefix", ox.Literal(prefix)
        yield declared, "sh:namespace", ox.Literal(base, datatype=_term("xsd:anyURI"))


def _question(query: Query, target: str) -> Iterator[_Said]:
    iri = WHOLE + query.name
    for kind in ("SPARQLExecutable", "SPARQLSelectExecutable", "Parameterizable"):
        if kind != "Parameterizable" or query.parameters:
            yield iri, "rdf:type", _term(f"sh:{kind}")
    yield iri, "rdfs:label", _words(query.name.replace("-", " "))
    yield iri, "rdfs:comment", _words(query.summary)
    if query.description:
        yield iri, "dcterms:description", _words(query.description)
    for tag in query.tags:
        yield iri, "schema:keywords", ox.Literal(tag)
    yield iri, "rdfs:isDefinedBy", ox.NamedNode(WHOLE)
    yield iri, "dcterms:license", ox.NamedNode(LICENCE)
    yield iri, "sh:prefixes", ox.NamedNode(WHOLE)
    yield iri, "sh:select", ox.Literal(_HEADER.sub("", query.text))
    if target:
        yield iri, "schema:target", ox.NamedNode(target)
    for parameter in query.parameters:
        yield from _parameter(query, parameter)


def _parameter(query: Query, parameter: Parameter) -> Iterator[_Said]:
    iri, path = f"{WHOLE}{query.name}/{parameter.name}", f"{WHOLE}parameter/{parameter.name}"
    yield WHOLE + query.name, "sh:parameter", ox.NamedNode(iri)
    yield iri, "rdf:type", _term("sh:Parameter")
    yield iri, "rdfs:label", _words(f"{parameter.name} of {query.name.replace('-', ' ')}")
    yield iri, "sh:name", _words(parameter.label)
    yield iri, "sh:path", ox.NamedNode(path)
    yield iri, "sh:optional", ox.Literal(True)
    if parameter.of:
        yield iri, "sh:class", ox.NamedNode(parameter.of)
    else:
        yield iri, "sh:datatype", _term(f"xsd:{TYPES[parameter.type]}")
    yield path, "rdf:type", _term("rdf:Property")
    yield path, "rdfs:label", _words(f"parameter {parameter.name}")
    for each in (iri, path):
        yield each, "rdfs:isDefinedBy", ox.NamedNode(WHOLE)


CONFIG = "local-api-config.ini"


def write_grlc(store: Store, folder: Path) -> None:
    """Write a folder from which grlc makes a web API, an operation a question.

    Parameters that name a thing list what the store has of its kind. Where the store is an
    endpoint, it is the one that is asked.

    Raises:
        SysgraphError: the folder holds something else.
    """
    _refuse_others(folder)
    files = {f"{query.name}.rq": _grlc(query, store) for query in catalogue().values()}
    said = {"repo_title": TITLE, "api_description": ABOUT, "licence_url": LICENCE}
    files[CONFIG] = "[repo_info]\n" + "".join(f"{key} = {text}\n" for key, text in said.items())
    if _endpoint(store):
        files["endpoint.txt"] = f"{_endpoint(store)}\n"
    with replacing(folder) as fresh:
        fresh.mkdir()
        for name, text in files.items():
            (fresh / name).write_text(text, encoding="utf-8")


def _refuse_others(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise SysgraphError(f"{folder}: this is a file; name a folder for the questions")
    ours = {CONFIG, "endpoint.txt", *(f"{name}.rq" for name in catalogue())}
    names = {each.name: each.is_file() for each in folder.iterdir()} if folder.exists() else {}
    others = sorted(name for name, is_file in names.items() if name not in ours or not is_file)
    if names and not others and not _is_ours(folder / CONFIG):
        others = sorted(names)
    if others:
        reason = f"it holds {others[0]}, which would be lost"
        raise SysgraphError(f"{folder}: {reason}; name a new folder, or an empty one")


def _is_ours(config: Path) -> bool:
    return config.is_file() and TITLE.encode() in config.read_bytes()


def _grlc(query: Query, store: Store) -> str:
    """Return a question as grlc reads it: decorators, and parameters as variables of its own.

    In place of a value there is a variable that nothing binds, and so BIND leaves the parameter
    open as ``UNDEF`` does; grlc writes what it is given in its stead.
    """
    told: dict[str, object] = {"summary": query.summary}
    if query.description:
        told["description"] = query.description
    told |= {"tags": list(query.tags), "method": "GET"}
    if _endpoint(store):
        told["endpoint"] = _endpoint(store)
    listed = [
        {each.name: sorted(things_of(each.of, store).values()) if each.of else list(each.words)}
        for each in query.parameters
        if each.of or each.words
    ]
    if any(things for one in listed for things in one.values()):
        told["enumerate"] = listed
    text = _HEADER.sub("", query.text)
    for each in query.parameters:
        text = text.replace(slot(each.name), f"BIND ({_variable(each)} AS ?{each.name})")
    lines = yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=110).splitlines()
    return "".join(f"#+ {line}".rstrip() + "\n" for line in lines) + text


def _variable(parameter: Parameter) -> str:
    """Return how grlc names a parameter that may be left out: with its type behind it."""
    kind = {"iri": "_iri", "string": "", "integer": "_integer"}.get(parameter.type)
    return f"?__{parameter.name}" + (f"_xsd_{TYPES[parameter.type]}" if kind is None else kind)

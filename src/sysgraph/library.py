"""The shipped library, loaded, reasoned over, and kept ready in a cache."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from gzip import decompress
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.cache import digest, found, library_place, made
from sysgraph.errors import BadFiles, BadStore, SysgraphError
from sysgraph.files import replacing
from sysgraph.rdf import in_graph, quads_of, text_of, triples_of
from sysgraph.store.local import SHIPPED, LocalStore, create, memory, open_directory
from sysgraph.terms import (
    ALIGNMENTS_GRAPH,
    CATALOGUE_GRAPH,
    INFERRED_GRAPH,
    ONTOLOGY_GRAPH,
    PREFIXES,
    STORE_GRAPH,
    STORE_MARKS,
    contribution_of,
    graph_of,
    iri_of,
    local_name,
)

if TYPE_CHECKING:
    from sysgraph.case.contribution import Contribution
    from sysgraph.ontology import Ontology
    from sysgraph.reason.engine import Reasoner

__all__ = [
    "LIBRARY",
    "build",
    "digest",
    "infer_cases",
    "load",
    "marks",
    "shipped_names",
    "texts_of",
]


LIBRARY = ("library.nq.gz",)
"""Under which name the wheel brings it along."""


def load() -> LocalStore:
    """Return the shipped library, asserted and inferred, ready to be asked; read only.

    The first call after a change of the ontology or the cases reasons over them, which takes
    some ten seconds and is said on stderr; later calls, in any process, open what was kept in
    the cache (the folder in SYSGRAPH_CACHE, else the user's own) in some milliseconds.

    Raises:
        DataNotFound: the package has no data.
        BadFiles: the ontology or a case is broken.
    """
    place = library_place()
    if place is None:
        return memory(_brought() or build(), SHIPPED)
    if not (place / "CURRENT").is_file():
        quads = _brought()
        if not quads:
            print("Reasoning over the library once; this takes some seconds.", file=sys.stderr)
            quads = build()
        try:
            _fill(place, quads)
        except (OSError, RuntimeError, BadStore):  # a full or busy cache is worth no error
            return memory(quads, SHIPPED)
    try:
        store = open_directory(place)
    except BadStore:
        shutil.rmtree(place, ignore_errors=True)  # a damaged cache is worth no error
        store = memory(build())
    store.place = SHIPPED
    return store


def _brought() -> list[ox.Quad]:
    """Return the library as the wheel brings it, or nothing."""
    held = found(*LIBRARY)
    return list(ox.parse(decompress(held), ox.RdfFormat.N_QUADS)) if held else []


def _fill(place: Path, quads: Sequence[ox.Quad]) -> None:
    with replacing(place) as built:
        if not (place / "CURRENT").is_file():  # else another process was faster
            create(built, quads)
            built.chmod(0o700)


def build() -> list[ox.Quad]:
    """Return the whole shipped library, asserted and inferred, each part in its named graph.

    Raises:
        BadFiles: cases are broken; ``problems`` holds them all.
        Inconsistent: the ontology contradicts itself.
    """
    from sysgraph.alignments import read_alignments
    from sysgraph.case.contribution import describe_origin
    from sysgraph.ontology import Nodes, Ontology
    from sysgraph.reason.axioms import knowledge
    from sysgraph.reason.shipped import compile_ontology

    ontology, by = Ontology.load(), compile_ontology()
    program = by.program
    cases = _read_cases(ontology)
    found = in_graph(ontology.terms, ONTOLOGY_GRAPH)
    found += quads_of(knowledge(program.schema, program.stated), INFERRED_GRAPH)
    told = Nodes(q for case in cases for q in case.quads if text_of(q.subject) == case.iri)
    found += in_graph(read_alignments(ontology, told), ALIGNMENTS_GRAPH)
    found += in_graph(ontology.quads(ontology.folder / "dataset.ttl"), CATALOGUE_GRAPH)
    inferred = infer_cases({case.case_id: case.quads for case in cases}, by)
    for case in cases:
        found += in_graph(case.quads, graph_of(case.case_id))
        found += in_graph(inferred[case.case_id], graph_of(case.case_id, "inferred"))
        found += describe_origin(case, None)
    return [*found, *marks()]


def marks() -> list[ox.Quad]:
    """Return what a store says of itself that holds this version of the library."""
    store = ox.NamedNode(STORE_GRAPH)
    by_digest, by_kind = map(ox.NamedNode, STORE_MARKS)
    return [
        ox.Quad(store, by_digest, ox.Literal(digest()), store),
        ox.Quad(store, by_kind, ox.NamedNode(f"{PREFIXES['void']}Dataset"), store),
    ]


@cache
def shipped_names() -> frozenset[str]:
    """Return the names of the cases and critiques of the shipped library."""
    shipped = load()
    found = frozenset(filter(None, map(contribution_of, shipped.graphs())))
    shipped.close()
    return found


@cache
def texts_of(predicate: str) -> frozenset[str]:
    """Return the texts that the shipped cases have for a predicate; read once, and then kept.

    Raises:
        BadFiles: cases are broken.
    """

    def read_all() -> bytes:
        from sysgraph.ontology import Ontology

        found = {
            text_of(quad.object)
            for case in _read_cases(Ontology.load())
            for quad in case.quads
            if quad.predicate.value == predicate
        }
        return json.dumps(sorted(found)).encode()

    return frozenset(json.loads(made(read_all, f"{local_name(predicate)}.json")))


def _read_cases(ontology: Ontology) -> list[Contribution]:
    from sysgraph.case.read import read

    folder = ontology.folder
    found: list[Contribution] = []
    problems: list[SysgraphError] = []
    # Of critiques that stand by themselves there need be no folder.
    paths = sorted([*(folder / "cases").glob("*.yaml"), *(folder / "critiques").glob("*.yaml")])
    for path in paths:
        try:
            found += read(path, ontology.vocabulary, critiques=path.parent.name == "critiques")
        except SysgraphError as error:
            problems.append(error)
    problems += [SysgraphError(str(finding)) for case in found for finding in case.findings]
    if problems:
        raise BadFiles(problems)
    return found


def infer_cases(
    stated: Mapping[str, Iterable[ox.Quad]], by: Reasoner | None = None
) -> dict[str, list[ox.Quad]]:
    """Return what follows from each contribution, by its name.

    No rule joins two cases, so that each is reasoned over by itself.
    """
    from sysgraph.reason.shipped import reasoner

    found = {}
    for name, quads in stated.items():
        conclusions = (by or reasoner()).infer(triples_of(quads), iri_of(name))
        found[name] = quads_of(conclusions.triples())
    return found

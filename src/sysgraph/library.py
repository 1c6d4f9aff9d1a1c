"""The shipped library, loaded, reasoned over, and kept ready in a cache."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from sysgraph.cache import cache_folder, digest, keep, kept, library_place
from sysgraph.case.contribution import Contribution, describe_origin
from sysgraph.case.read import read
from sysgraph.errors import BadFiles, BadStore, SysgraphError
from sysgraph.files import data, replacing, term_files
from sysgraph.ontology import load_vocabulary
from sysgraph.rdf import quads_of, read_turtle, text_of, triples_of
from sysgraph.reason.axioms import knowledge
from sysgraph.reason.engine import Reasoner
from sysgraph.reason.shipped import compile_ontology, reasoner
from sysgraph.store.local import LocalStore, create, memory, open_directory
from sysgraph.terms import (
    ALIGNMENTS_GRAPH,
    INFERRED_GRAPH,
    ONTOLOGY_GRAPH,
    PREFIXES,
    STORE_GRAPH,
    STORE_MARKS,
    contribution_of,
    graph_of,
    local_name,
)

__all__ = [
    "build",
    "digest",
    "infer_cases",
    "load",
    "marks",
    "shipped_names",
    "texts_of",
]


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
        return LocalStore(memory(build()).store, "the shipped library")
    if not (place / "CURRENT").is_file():
        print("Reasoning over the library once; this takes some seconds.", file=sys.stderr)
        quads = build()
        try:
            _fill(place, quads)
        except (OSError, RuntimeError, BadStore):  # a full or busy cache is worth no error
            return LocalStore(memory(quads).store, "the shipped library")
    try:
        store = open_directory(place)
    except BadStore:
        shutil.rmtree(place, ignore_errors=True)  # a damaged cache is worth no error
        store = memory(build())
    store.place = "the shipped library"
    return store


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
    folder = data() / "ontology"
    ontology = compile_ontology()
    program = ontology.program
    cases = _read_cases(folder)
    found = [*_named(read_turtle(term_files(folder)), ONTOLOGY_GRAPH)]
    found += quads_of(knowledge(program.schema, program.stated), INFERRED_GRAPH)
    beside = read_turtle([folder / "alignments.ttl", folder / "dataset.ttl"])
    found += _named(beside, ALIGNMENTS_GRAPH)
    for case, conclusions in infer_cases(cases, ontology):
        found += _named(case.quads, graph_of(case.case_id))
        found += _named(conclusions, graph_of(case.case_id, "inferred"))
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
    folder = cache_folder()
    place = folder / f"{local_name(predicate)}-{digest()[:24]}.json" if folder else None
    held = kept(place) if place is not None else None
    if held is not None:
        return frozenset(json.loads(held))
    found = {
        text_of(quad.object)
        for case in _read_cases(data() / "ontology")
        for quad in case.quads
        if quad.predicate.value == predicate
    }
    if place is not None:
        keep(place, json.dumps(sorted(found)).encode())
    return frozenset(found)


def _read_cases(folder: Path) -> list[Contribution]:
    vocabulary = load_vocabulary(folder)
    found: list[Contribution] = []
    problems: list[SysgraphError] = []
    # Of critiques that stand by themselves there need be no folder.
    paths = sorted([*(folder / "cases").glob("*.yaml"), *(folder / "critiques").glob("*.yaml")])
    for path in paths:
        try:
            found += read(path, vocabulary, critiques=path.parent.name == "critiques")
        except SysgraphError as error:
            problems.append(error)
    problems += [SysgraphError(str(finding)) for case in found for finding in case.findings]
    if problems:
        raise BadFiles(problems)
    return found


def _named(quads: Iterable[ox.Quad], graph: str) -> list[ox.Quad]:
    name = ox.NamedNode(graph)
    return [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in quads]


def infer_cases(
    cases: Sequence[Contribution], by: Reasoner | None = None
) -> list[tuple[Contribution, list[ox.Quad]]]:
    """Return each case with what follows from it.

    No rule joins two cases, so that each is reasoned over by itself.
    """
    found = []
    for case in cases:
        conclusions = (by or reasoner()).infer(triples_of(case.quads), case.iri)
        found.append((case, quads_of(conclusions.triples())))
    return found

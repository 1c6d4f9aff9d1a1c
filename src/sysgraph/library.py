"""The shipped library, loaded, reasoned over, and kept ready in a cache."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from sysgraph.cache import digest, library_place
from sysgraph.contribute import Contribution, describe_origin, load_vocabulary, read
from sysgraph.errors import BadFiles, BadStore, SysgraphError
from sysgraph.graph import read_turtle, text_of
from sysgraph.paths import data, term_files
from sysgraph.reason import Rule, close, compile_axioms, infer, read_rules
from sysgraph.store import LocalStore, create, memory, open_directory
from sysgraph.terms import (
    ALIGNMENTS_GRAPH,
    INFERRED_GRAPH,
    NAMESPACE,
    ONTOLOGY_GRAPH,
    STORE_GRAPH,
    graph_of,
)

__all__ = ["build", "case_ids", "digest", "infer_cases", "knowledge", "load", "rules_of"]


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
        _fill(place)
    try:
        store = open_directory(place)
    except BadStore:
        shutil.rmtree(place, ignore_errors=True)  # a damaged cache is worth no error
        store = memory(build())
    store.place = "the shipped library"
    return store


def _fill(place: Path) -> None:
    print("Reasoning over the library once; this takes some seconds.", file=sys.stderr)
    quads = build()
    with tempfile.TemporaryDirectory(dir=place.parent, prefix="building-") as name:
        built = Path(name) / "library"
        create(built, quads)
        try:
            built.rename(place)
        except OSError:
            if not (place / "CURRENT").is_file():  # else another process was faster
                raise


def build() -> list[ox.Quad]:
    """Return the whole shipped library, asserted and inferred, each part in its named graph.

    Raises:
        BadFiles: cases are broken; ``problems`` holds them all.
        Inconsistent: the ontology contradicts itself.
    """
    folder = data() / "ontology"
    terms = read_turtle(term_files(folder))
    rules = rules_of(terms)
    closed = close(terms)
    closed += infer(rules, [*terms, *closed])
    cases = _read_cases(folder)
    found = [*_named(terms, ONTOLOGY_GRAPH), *_named(closed, INFERRED_GRAPH)]
    beside = read_turtle([folder / "alignments.ttl", folder / "dataset.ttl"])
    found += _named(beside, ALIGNMENTS_GRAPH)
    for case, conclusions in infer_cases(cases, rules, [*terms, *closed]):
        found += _named(case.quads, graph_of(case.case_id))
        found += _named(conclusions, graph_of(case.case_id, "inferred"))
        found += describe_origin(case, None)
    mark = ox.Quad(
        ox.NamedNode(STORE_GRAPH), ox.NamedNode(f"{NAMESPACE}sha256"), ox.Literal(digest())
    )
    return [*found, *_named([mark], STORE_GRAPH)]


@cache
def case_ids() -> frozenset[str]:
    """Return the ids of the cases of the shipped library."""
    shipped = load()
    found = frozenset(shipped.index().ids)
    shipped.close()
    return found


def rules_of(terms: Iterable[ox.Quad]) -> tuple[Rule, ...]:
    """Return the rules of an ontology: those of its axioms, and those of ``ontology/rules``."""
    return (*compile_axioms(terms), *read_rules(data() / "ontology" / "rules"))


def knowledge(shipped: LocalStore) -> tuple[list[ox.Quad], tuple[Rule, ...]]:
    """Return the closed ontology of a library, and the rules that it makes for cases."""
    terms = shipped.quads(ONTOLOGY_GRAPH)
    return [*terms, *shipped.quads(INFERRED_GRAPH)], rules_of(terms)


def _read_cases(folder: Path) -> list[Contribution]:
    vocabulary = load_vocabulary(folder)
    found: list[Contribution] = []
    problems: list[SysgraphError] = []
    for path in sorted((folder / "cases").glob("*.yaml")):
        try:
            found += read(path, vocabulary)
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
    cases: Sequence[Contribution], rules: Sequence[Rule], known: Sequence[ox.Quad]
) -> list[tuple[Contribution, list[ox.Quad]]]:
    """Return each case with what follows from it; ``known`` is the closed ontology.

    No rule joins two cases, so that what follows is part of the case it speaks of.
    """
    data_quads = [quad for case in cases for quad in case.quads]
    parts: dict[str, list[ox.Quad]] = {case.iri: [] for case in cases}
    for quad in infer(rules, known, data_quads):
        owner = "/".join(text_of(quad.subject).split("/")[:6])
        if owner in parts:
            parts[owner].append(quad)
    return [(case, parts[case.iri]) for case in cases]

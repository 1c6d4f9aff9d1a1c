"""The shipped library, loaded, reasoned over, and kept ready in a cache."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from sysgraph.cache import cache_folder, digest, library_place
from sysgraph.contribute import (
    Contribution,
    Vocabulary,
    describe_origin,
    load_vocabulary,
    read,
)
from sysgraph.errors import BadFiles, BadStore, SysgraphError, UnsupportedAxiom
from sysgraph.graph import quads_of, read_turtle, triples_of
from sysgraph.paths import data, term_files
from sysgraph.reason import (
    Facts,
    Profile,
    Reasoner,
    Rule,
    close,
    close_by_owlrl,
    compile_axioms,
    freeze,
    knowledge,
    prove_locality,
    read_rules,
    specialise,
    thaw,
)
from sysgraph.store import LocalStore, create, memory, open_directory
from sysgraph.terms import (
    ALIGNMENTS_GRAPH,
    INFERRED_GRAPH,
    ONTOLOGY_GRAPH,
    PREFIXES,
    STORE_GRAPH,
    STORE_MARKS,
    Triple,
    compact,
    contribution_of,
    graph_of,
)
from sysgraph.write import write_file

__all__ = [
    "build",
    "compile_ontology",
    "digest",
    "infer_cases",
    "load",
    "marks",
    "profile_of",
    "reasoner",
    "rules_of",
    "shipped_names",
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
def reasoner() -> Reasoner:
    """Return what reasons over cases by the shipped ontology; compiled once, and then kept.

    Raises:
        DataNotFound: the package has no data.
        Inconsistent: the ontology contradicts itself.
        UnsupportedAxiom, NotCaseLocal: it says something that is not covered.
    """
    folder = cache_folder()
    place = folder / f"program-{digest()[:24]}.json" if folder else None
    if place is not None and place.is_file():
        try:
            return Reasoner(thaw(place.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError):
            pass  # a damaged cache is worth no error
    made = compile_ontology()
    if place is not None:
        write_file(place, freeze(made.program))
    return made


def compile_ontology() -> Reasoner:
    """Return what reasons over cases by the shipped ontology, compiled anew.

    owlrl closes the ontology as well, and must not find anything that the rules do not.

    Raises:
        BadFile: a file of the ontology is broken.
        Inconsistent: the ontology contradicts itself.
        UnsupportedAxiom, NotCaseLocal: it says something that is not covered.
    """
    folder = data() / "ontology"
    terms = read_turtle(term_files(folder))
    stated = Facts(triples_of(terms))
    rules = rules_of(stated.all)
    schema = close(rules, stated.all)
    missed = sorted(set(knowledge(close_by_owlrl(terms), stated)) - schema.all)
    if missed:
        shown = " ".join(compact(term.strip("<>")) for term in missed[0])
        raise UnsupportedAxiom("what leads owlrl to conclude this", shown)
    reach = prove_locality(rules, schema, profile_of(load_vocabulary(folder)))
    return Reasoner(specialise(rules, schema, stated, reach))


def profile_of(vocabulary: Vocabulary) -> Profile:
    """Return what a contributed case or critique may state, as the proof of locality wants it."""

    def nodes(iris: Iterable[str]) -> frozenset[str]:
        return frozenset(f"<{iri}>" for iri in iris)

    own = vocabulary.critiques or vocabulary
    return Profile(
        nodes(vocabulary.predicates | own.predicates),
        nodes(vocabulary.classes | own.classes),
        nodes(vocabulary.parts | own.parts),
    )


def rules_of(stated: Iterable[Triple]) -> tuple[Rule, ...]:
    """Return the rules of an ontology: those of its axioms, and those of ``ontology/rules``."""
    return (*compile_axioms(stated), *read_rules(data() / "ontology" / "rules"))


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
    by = by or reasoner()
    return [
        (case, quads_of(by.infer(triples_of(case.quads), case.iri).triples())) for case in cases
    ]

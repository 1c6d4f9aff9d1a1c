"""What is written of one thing: that of the export, of texts their things, of nothing nothing."""

import rdflib

from sysgraph.publish.things import Described, contribution_at, text_named, users_of
from sysgraph.rdf import Format
from sysgraph.store.local import LocalStore, Store
from sysgraph.terms import NAMESPACE


def graph_of(document: bytes) -> rdflib.Graph:
    return rdflib.Graph().parse(data=document, format="turtle")


def test_the_namespace_is_answered_with_the_whole_ontology(library: Store) -> None:
    graph = graph_of(Described(library).document(NAMESPACE, Format.TURTLE))
    terms = {str(one) for one in graph.subjects()}
    assert {NAMESPACE, f"{NAMESPACE}CaseStudy", f"{NAMESPACE}type/organic"} <= terms


def test_a_sector_is_named_by_a_text_of_cases(world: LocalStore) -> None:
    iri = f"{NAMESPACE}sector/health"
    assert text_named(iri)[0] == "health"
    assert "alpha" in users_of(iri, world)
    graph = graph_of(Described(world).document(iri, Format.TURTLE))
    assert {str(one) for one in graph.subjects()} == {iri}
    assert (None, rdflib.RDFS.label, rdflib.Literal("health", lang="en")) in graph


def test_what_nobody_speaks_of_is_an_empty_graph(world: LocalStore) -> None:
    described = Described(world)
    for name in ("sector/none-of-it", "case/none", "case/alpha/none", "none", "sector/a%22b%5C"):
        assert len(graph_of(described.document(NAMESPACE + name, Format.TURTLE))) == 0


def test_parts_are_told_from_cases() -> None:
    assert contribution_at(f"{NAMESPACE}case/") == ("", "")
    assert contribution_at(f"{NAMESPACE}case/a/b/c") == ("a", "b/c")
    assert contribution_at(f"{NAMESPACE}critique/a/b") == ("critique/a", "b")

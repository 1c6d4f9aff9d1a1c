"""A store as a catalogue: what it says is what whoever counts again comes to."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import DCAT, DCTERMS, RDF, VOID, Graph, URIRef

from sysgraph.browse import is_told
from sysgraph.ontology import Nodes
from sysgraph.publish.catalogue import catalogue
from sysgraph.publish.cited import Cited
from sysgraph.publish.files import export
from sysgraph.publish.parts import Plainly, What
from sysgraph.rdf import Format
from sysgraph.store.local import Store, memory, open_directory
from sysgraph.terms import CATALOGUE_GRAPH, DATASET, NAMESPACE, PREFIXES, compact

COUNTS = {
    "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "entities": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o"
    f" FILTER STRSTARTS(STR(?s), '{NAMESPACE}') }}",
    "classes": f"SELECT (COUNT(DISTINCT ?o) AS ?n) {{ ?s <{RDF.type}> ?o }}",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
}
PARTITIONS = {
    ("class", "entities"): f"SELECT ?of (COUNT(DISTINCT ?s) AS ?n) {{ ?s <{RDF.type}> ?of }}",
    ("property", "triples"): "SELECT ?of (COUNT(*) AS ?n) { ?s ?of ?o }",
}


@pytest.fixture(scope="module")
def told(library: Store) -> Nodes:
    return Nodes(catalogue(library))


def exported(store: Store, what: What) -> ox.Store:
    found = ox.Store()
    found.load(export(store, Format.NTRIPLES, what), ox.RdfFormat.N_TRIPLES)
    return found


def rows(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    answer = store.query(query)
    assert isinstance(answer, ox.QuerySolutions)
    return [tuple(term.value for term in row) for row in answer]


@pytest.mark.slow
@pytest.mark.parametrize(
    "what", [What.ALL, What.ONTOLOGY, What.CASES, What.INFERRED, What.ALIGNMENTS]
)
def test_counts_are_those_of_sparql_over_the_export(
    library: Store, told: Nodes, what: What
) -> None:
    void, name = str(VOID), DATASET if what is What.ALL else f"{DATASET}/{what}"
    graph = exported(library, what)
    for count, query in COUNTS.items():
        assert [(told.said(name, f"{void}{count}"),)] == rows(graph, query), count
    for (of, count), query in PARTITIONS.items():
        parts = told.all(name, f"{void}{of}Partition")
        said = [tuple(told.said(part, f"{void}{one}") for one in (of, count)) for part in parts]
        assert sorted(said) == sorted(rows(graph, f"{query} GROUP BY ?of"))


@pytest.mark.slow
def test_critiques_are_a_part_where_there_are_any(library: Store, told: Nodes) -> None:
    names = library.graphs()
    there = any("/graph/critique/" in name for name in names)
    assert (f"{DATASET}/critiques" in told.all(DATASET, f"{VOID}subset")) is there


def test_linksets_count_each_mapping_once(library: Store, told: Nodes) -> None:
    graph = exported(library, What.ALIGNMENTS)
    links = [name for name in told.about if f"{VOID}Linkset" in told.all(name, str(RDF.type))]
    assert links
    for name in links:
        by = told.said(name, f"{VOID}linkPredicate")
        target = told.said(name, f"{VOID}objectsTarget")
        space = told.said(target, f"{VOID}uriSpace")
        query = (
            f"SELECT (COUNT(*) AS ?n) {{ ?m <{PREFIXES['owl']}annotatedProperty> <{by}> ;"
            f" <{PREFIXES['owl']}annotatedTarget> ?o FILTER REGEX(STR(?o), '^{space}[^/]*$') }}"
        )
        assert [(told.said(name, f"{VOID}triples"),)] == rows(graph, query)


def test_each_form_that_is_written_is_a_distribution_with_its_media_type(told: Nodes) -> None:
    forms = {
        DATASET: {*Format},
        f"{DATASET}/cases": {*Format, *Plainly, *Cited},
        f"{DATASET}/alignments": {*Format, "sssom"},
    }
    for name, expected in forms.items():
        found = told.all(name, str(DCAT.distribution))
        assert {one.removeprefix(f"{name}#") for one in found} == {str(one) for one in expected}
        for one in found:
            media = told.said(one, str(DCAT.mediaType))
            if one.endswith(f"#{Cited.BIBTEX}"):  # IANA has none for it
                assert not media
                continue
            assert re.fullmatch(r"https://www\.iana\.org/assignments/media-types/[a-z]+/\S+", media)
            assert told.said(one, str(DCTERMS.license))


def test_what_is_pointed_to_is_there_and_has_a_type(told: Nodes) -> None:
    own = {
        value
        for about in told.about.values()
        for predicate, values in about.items()
        for value in values
        if value.startswith((f"{DATASET}/", f"{DATASET}#"))
        and "void" not in predicate.rpartition("/")[2]
    }
    assert [one for one in sorted(own) if not told.all(one, str(RDF.type))] == []


def test_each_name_is_found_at_a_page(library: Store, told: Nodes) -> None:
    names = {name for name in told.about if name.startswith(DATASET)}
    assert any("#" in name for name in names)
    pages = {name.partition("#")[0] for name in names}
    assert [name for name in sorted(pages) if not is_told(name, library)] == []


def test_a_part_that_holds_nothing_is_left_out() -> None:
    found = Nodes(catalogue(memory()))
    assert found.said(DATASET, f"{VOID}triples") == "0"
    assert found.all(DATASET, f"{VOID}subset") == []
    assert f"{DATASET}/cases" not in found.about
    assert found.all(DATASET, f"{VOID}exampleResource") == []


def test_years_and_places_are_those_of_the_cases(library: Store, told: Nodes) -> None:
    years = {
        row["year"]
        for row in library.select(
            f"SELECT ?year {{ ?case a <{NAMESPACE}CaseStudy> ; ?p ?year"
            f" FILTER (?p IN (<{NAMESPACE}startYear>, <{NAMESPACE}endYear>)) }}"
        ).texts()
    }
    period = told.said(DATASET, str(DCTERMS.temporal))
    assert told.said(period, str(DCAT.startDate)) == min(years)
    assert told.said(period, str(DCAT.endDate)) == max(years)
    assert f"{PREFIXES['country']}BR" in told.all(DATASET, str(DCTERMS.spatial))


@pytest.mark.slow
def test_the_catalogue_is_written_alike_every_time_and_read_by_rdflib(few_place: Path) -> None:
    store = open_directory(few_place)
    first = export(store, Format.TRIG, What.CATALOGUE)
    assert first == export(store, Format.TRIG, What.CATALOGUE)
    assert f"{compact(CATALOGUE_GRAPH)} {{".encode() in first
    graph = Graph().parse(data=export(store, Format.TURTLE, What.CATALOGUE), format="turtle")
    assert graph.value(URIRef(f"{NAMESPACE}catalogue"), RDF.type) == DCAT.Catalog

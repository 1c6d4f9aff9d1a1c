"""What can be measured of the cases of a store, worked out by hand."""

from decimal import Decimal

from sysgraph.publish.quality import measure, measure_shares
from sysgraph.rdf import Format, parse
from sysgraph.store.local import LocalStore, Store, memory
from sysgraph.terms import ONTOLOGY_GRAPH, graph_of

HEAD = """\
@prefix c: <https://w3id.org/sysgraph/case/> .
@prefix cito: <http://purl.org/spar/cito/> .
@prefix sysg: <https://w3id.org/sysgraph/> .
@prefix facet: <https://w3id.org/sysgraph/facet/> .
@prefix value: <https://w3id.org/sysgraph/value/> .
"""
TERMS = """\
facet:a a sysg:Facet . facet:b a sysg:Facet . facet:c a sysg:Facet ; sysg:isOptional true .
value:a1 sysg:isValueOf facet:a . value:b1 sysg:isValueOf facet:b .
value:c1 sysg:isValueOf facet:c .
"""
# Of two readings and two facets that must be known, three pairs are; the optional one counts not.
CASE = """\
c:x a sysg:CaseStudy ; sysg:hasReading c:r1 , c:r2 ; cito:citesAsEvidence c:c1 , c:c2 , c:c3 .
c:r1 sysg:hasObservation c:o1 , c:o2 , c:o3 . c:r2 sysg:hasObservation c:o4 .
c:o1 sysg:observesValue value:a1 . c:o2 sysg:observesValue value:b1 .
c:o3 sysg:observesValue value:c1 . c:o4 sysg:observesValue value:a1 .
c:c1 sysg:pageRead true . c:c2 sysg:pageRead false . c:c3 sysg:pageRead true .
"""


def small() -> LocalStore:
    store = memory()
    for name, text in ((ONTOLOGY_GRAPH, TERMS), (graph_of("x"), CASE)):
        store.replace({name: parse((HEAD + text).encode(), Format.TURTLE, name)})
    return store


def test_shares_of_facets_known_and_of_citations_read() -> None:
    found = {told.metric: told for told in measure_shares(small())}
    assert found["facets-known"].value == Decimal("0.75")
    assert found["facets-known"].words.startswith("3 of 4 pairs")
    assert found["citations-read"].value == Decimal("0.667")
    assert found["citations-read"].words.startswith("2 of 3 citations")
    assert set(found) == {"facets-known", "citations-read"}


def test_agreement_and_record_come_with_interval_and_count(library: Store) -> None:
    found = {told.metric: told for told in measure(library)}
    for name in ("coders-agree", "practised-on-front"):
        assert "95 % interval" in found[name].words
        assert " over " in found[name].words
        assert 0 < found[name].value < 1


def test_nothing_is_measured_where_there_are_no_cases() -> None:
    assert list(measure(memory())) == []

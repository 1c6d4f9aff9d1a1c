"""Any graph as JSON-LD: what a person reads, and the same quads to whoever else reads it."""

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.compare import to_isomorphic

from processors import IN_PYTHON, in_its_form
from sysgraph.publish.files import export
from sysgraph.publish.parts import Part, What
from sysgraph.rdf import Format, parse
from sysgraph.store.local import Store, open_directory
from sysgraph.turtle import serialize

GIVEN = """
@prefix aim: <https://w3id.org/sysgraph/aim/> .
@prefix bcio: <http://humanbehaviourchange.org/ontology/BCIO_> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sysg: <https://w3id.org/sysgraph/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

aim:improve a sysg:Aim , sysg:FacetValue ;
    skos:exactMatch bcio:01 ;
    sysg:displayOrder 7 ;
    sysg:isDraft true ;
    sysg:startYear "1994"^^xsd:gYear ;
    rdfs:label "up"@en , "auf"@de ;
    sysg:asked "is" .
<urn:graph> {
    sysg:aggravates owl:propertyChainAxiom ( sysg:rollsUpTo [ owl:inverseOf sysg:aggravates ] ) .
}
"""
# Written by hand: labels first, values sorted, and a property a line.
WRITTEN = """{
  "@context": {
    "aim": "https://w3id.org/sysgraph/aim/",
    "bcio": {
      "@id": "http://humanbehaviourchange.org/ontology/BCIO_",
      "@prefix": true
    },
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sysg": "https://w3id.org/sysgraph/",
    "xsd": "http://www.w3.org/2001/XMLSchema#"
  },
  "@graph": [
    {
      "@id": "aim:improve",
      "@type": ["sysg:Aim", "sysg:FacetValue"],
      "rdfs:label": [{"@value": "auf", "@language": "de"}, {"@value": "up", "@language": "en"}],
      "skos:exactMatch": {"@id": "bcio:01"},
      "sysg:asked": "is",
      "sysg:displayOrder": 7,
      "sysg:isDraft": true,
      "sysg:startYear": {"@value": "1994", "@type": "xsd:gYear"}
    },
    {
      "@id": "urn:graph",
      "@graph": [
        {
          "@id": "sysg:aggravates",
          "owl:propertyChainAxiom": {"@list": [{"@id": "sysg:rollsUpTo"}, {
            "owl:inverseOf": {"@id": "sysg:aggravates"}
          }]}
        }
      ]
    }
  ]
}
"""


def test_a_property_stands_on_a_line_under_a_short_name() -> None:
    assert serialize(parse(GIVEN.encode(), Format.TRIG, "x"), Format.JSONLD).decode() == WRITTEN


@pytest.mark.slow
@pytest.mark.parametrize("name", IN_PYTHON)
@pytest.mark.parametrize("what", [What.ONTOLOGY, pytest.param(What.ALL, marks=pytest.mark.slow)])
def test_the_library_is_the_same_to_others(name: str, what: What, library: Store) -> None:
    plain = Format.NQUADS if what is What.ALL else Format.NTRIPLES
    stated = parse(export(library, plain, Part(what)), plain, "x")
    written = json.loads(export(library, Format.JSONLD, Part(what)))
    assert in_its_form(IN_PYTHON[name](written)) == in_its_form(stated)


@pytest.mark.parametrize(
    "what",
    [
        What.ALIGNMENTS,
        *(
            pytest.param(one, marks=pytest.mark.slow)
            for one in (What.ONTOLOGY, What.CASES, What.INFERRED, What.QUESTIONS, What.CATALOGUE)
        ),
    ],
)
def test_who_reads_one_graph_finds_what_turtle_has(what: What, few_place: Path) -> None:
    few = open_directory(few_place)
    turtle = rdflib.Graph().parse(data=export(few, Format.TURTLE, what), format="turtle")
    linked = rdflib.Graph().parse(data=export(few, Format.JSONLD, what), format="json-ld")
    assert turtle
    assert to_isomorphic(linked) == to_isomorphic(turtle)


# What JSON-LD might take for a short name, or for one of its own words.
odd = st.sampled_from(
    [
        "risk:x",
        "type:y",
        "https://schema.org///x",
        "https://w3id.org/sysgraph/type/",
        "https://w3id.org/sysgraph/risk/a:b",
        "http://humanbehaviourchange.org/ontology/BCIO_1",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil",
        "urn:a",
    ]
).map(ox.NamedNode)
texts = st.sampled_from(["", "@id", "risk:x", '"', "\\", "a\nb", "\u2028", "true", "-0"])
literals = texts.map(ox.Literal) | texts.map(lambda text: ox.Literal(text, language="en-gb"))
numbers = st.sampled_from(
    [
        ox.Literal(text, datatype=ox.NamedNode(f"http://www.w3.org/2001/XMLSchema#{kind}"))
        for text in ("true", "1", "0", "007", "-3", "123456789012345678901234567890", "1.0")
        for kind in ("boolean", "integer", "decimal")
    ]
)
statements = st.builds(
    ox.Quad, odd, odd, odd | literals | numbers, odd | st.just(ox.DefaultGraph())
)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pyoxigraph", "PyLD"])
@given(stated=st.lists(statements, max_size=8))
@settings(max_examples=100, deadline=None)
def test_what_looks_like_something_else_is_what_it_is(name: str, stated: list[ox.Quad]) -> None:
    written = json.loads(serialize(stated, Format.JSONLD))
    assert set(IN_PYTHON[name](written)) == set(stated)


def test_a_whole_name_that_looks_short_takes_the_short_one_back() -> None:
    risk = ox.NamedNode("https://w3id.org/sysgraph/risk/x")
    text = serialize([ox.Quad(risk, risk, ox.NamedNode("risk:x"))], Format.JSONLD).decode()
    assert '"@context": {"risk": null}' in text
    assert '"https://w3id.org/sysgraph/risk/x": {"@id": "risk:x"}' in text

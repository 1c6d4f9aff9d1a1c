"""What an export describes a contribution by, and that reading takes it out again."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from sysgraph.case.read import read
from sysgraph.described import describe, label_rest
from sysgraph.publish.files import export
from sysgraph.publish.parts import What
from sysgraph.rdf import Format, in_graph, parse
from sysgraph.store.local import memory
from sysgraph.turtle import serialize
from sysgraph.vocabulary import Vocabulary

CASE = """
case:ab a sysg:CaseStudy ;
    dcterms:title "A case"@en ;
    dcterms:contributor <case/ab/contributor> ;
    sysg:inCountry country:GB , country:IE ;
    sysg:place "The border_land"@en ;
    sysg:scale "local" ;
    sysg:sector "R & D" ;
    sysg:hasReading <case/ab/readings/1> ;
    sysg:hasLedOutcome <case/ab/outcome/led> .

<case/ab/contributor> schema:name "Ann" .

<case/ab/readings/1> sysg:hasObservation <case/ab/readings/1/facets/time-horizon> ;
    sysg:standpoint "those affected" .
"""

# Worked out by hand, beside the case above.
DESCRIBED = """
case:ab rdfs:label "A case"@en ;
    void:inDataset sysg:dataset ;
    sysg:atScale scale:local ;
    sysg:inPlace <https://w3id.org/sysgraph/place/GB+IE/The_border%5Fland> ;
    sysg:inSector <https://w3id.org/sysgraph/sector/R_%26_D> .

<case/ab/contributor> a sysg:Contributor ; rdfs:label "Ann" ; dcterms:isPartOf case:ab .

<case/ab/readings/1> a sysg:SituationReading ;
    rdfs:label "A case: situation reading 1"@en ;
    dcterms:isPartOf case:ab ;
    sysg:fromStandpoint standpoint:those_affected .

<case/ab/readings/1/facets/time-horizon> a sysg:Observation ;
    rdfs:label "A case: situation reading 1, observation of time horizon"@en ;
    dcterms:isPartOf case:ab .

<case/ab/outcome/led> a sysg:LedOutcome ;
    rdfs:label "A case: outcome on being led"@en ;
    dcterms:isPartOf case:ab .

<https://w3id.org/sysgraph/place/GB+IE/The_border%5Fland> a sysg:Place ;
    rdfs:label "The border_land"@en ;
    schema:name "The border_land"@en ;
    schema:containedInPlace country:GB , country:IE .

scale:local a sysg:Scale , skos:Concept ; rdfs:label "local"@en ; skos:prefLabel "local"@en ;
    skos:inScheme scheme:scale ; skos:topConceptOf scheme:scale .

<https://w3id.org/sysgraph/sector/R_%26_D> a sysg:Sector , skos:Concept ;
    rdfs:label "R & D"@en ; skos:prefLabel "R & D"@en ;
    skos:inScheme scheme:sector ; skos:topConceptOf scheme:sector .

standpoint:those_affected a sysg:Standpoint , skos:Concept ;
    rdfs:label "those affected"@en ; skos:prefLabel "those affected"@en ;
    skos:inScheme scheme:standpoint ; skos:topConceptOf scheme:standpoint .
"""
PREFIXES = """@base <https://w3id.org/sysgraph/> .
@prefix case: <https://w3id.org/sysgraph/case/> .
@prefix country: <https://w3id.org/sysgraph/country/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix scale: <https://w3id.org/sysgraph/scale/> .
@prefix schema: <https://schema.org/> .
@prefix scheme: <https://w3id.org/sysgraph/scheme/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix standpoint: <https://w3id.org/sysgraph/standpoint/> .
@prefix sysg: <https://w3id.org/sysgraph/> .
@prefix void: <http://rdfs.org/ns/void#> .
"""


def quads(text: str) -> list[ox.Quad]:
    return parse((PREFIXES + text).encode(), Format.TURTLE, "x")


def test_every_part_has_a_class_a_label_and_its_case(vocabulary: Vocabulary) -> None:
    made = describe(quads(CASE), "ab", vocabulary)
    assert set(made) == {quad.triple for quad in quads(DESCRIBED)}
    assert len(made) == len(set(made))


def test_two_texts_are_two_things(vocabulary: Vocabulary) -> None:
    texts = ["a b", "a_b", "a%5Fb", "A b", "a  b", "ä/b"]
    said = [f'case:ab sysg:sector "{text}" .' for text in texts]
    made = describe(quads("\n".join(said)), "ab", vocabulary)
    leads = {one.object for one in made if one.predicate.value.endswith("inSector")}
    assert len(leads) == len(texts)


def test_a_critique_is_described_too(vocabulary: Vocabulary) -> None:
    said = '<critique/of-b> sysg:standpoint "a nurse" ; dcterms:contributor <critique/of-b/who> .'
    made = describe(quads(said), "critique/of-b", vocabulary.of_critiques)
    told = {(one.subject.value[26:], one.predicate.value, one.object) for one in made}  # type: ignore[union-attr]
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    assert ("critique/of-b", label, ox.Literal("critique of-b", language="en")) in told
    assert ("critique/of-b/who", label) in {one[:2] for one in told}


ENDINGS = {Format.TURTLE: "ttl", Format.JSONLD: "jsonld", Format.XML: "rdf"}


@pytest.mark.parametrize("syntax", ENDINGS)
def test_what_describes_a_case_is_not_read(
    syntax: Format, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    path = (
        tmp_path
        / f"a.{ {Format.TURTLE: 'ttl', Format.JSONLD: 'jsonld', Format.XML: 'rdf'}[syntax] }"
    )
    header = 'sysg:dataset dcterms:title "The library"@en .'
    path.write_bytes(serialize(quads(CASE + DESCRIBED + header), syntax))
    (case,) = read(path, vocabulary)
    assert {quad.triple for quad in case.quads} == {quad.triple for quad in quads(CASE)}
    assert case.findings == []


@pytest.mark.parametrize(
    ("was", "says"),
    [
        ('rdfs:label "Ann"', "rdfs:label"),
        ("a sysg:SituationReading", "Practice"),
        ("void:inDataset sysg:dataset", "void:inDataset"),
        ("sysg:atScale scale:local", "sysg:atScale"),
    ],
)
def test_what_describes_it_otherwise_is_refused(
    was: str, says: str, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    assert was in DESCRIBED
    other = {"a sysg:SituationReading": "a sysg:Practice", 'rdfs:label "Ann"': 'rdfs:label "Bo"'}
    wrong = other.get(was, was.rsplit(" ", 1)[0] + " sysg:other")
    path = tmp_path / "a.ttl"
    path.write_text(PREFIXES + CASE + DESCRIBED.replace(was, wrong, 1))
    (case,) = read(path, vocabulary)
    assert any(says in one.message for one in case.findings), case.findings
    assert any("an export" in one.message for one in case.findings) is (says != "Practice")


def test_what_has_no_label_is_called_by_its_title_or_its_name() -> None:
    said = quads(
        'sysg:dataset void:uriSpace "x" ; dcterms:title "The library"@en ; void:feature "y" .\n'
        '<graph/case/ab> void:uriSpace "x" . <graph/case/ab/x> rdfs:label "Named" .\n'
        '<urn:other> void:uriSpace "x" .'
    )
    assert [(one.subject.value[26:], one.object.value) for one in label_rest(said)] == [  # type: ignore[union-attr]
        ("dataset", "The library"),
        ("graph/case/ab", "graph case ab"),
    ]


def test_parts_in_a_circle_or_reached_in_many_ways_are_described_once(
    vocabulary: Vocabulary,
) -> None:
    links = ["case:ab sysg:hasPractice <case/ab/p0> .", "<case/ab/p0> sysg:hasPractice case:ab ."]
    for number in range(60):
        for by in ("hasPractice", "hasReading"):
            links.append(f"<case/ab/p{number}> sysg:{by} <case/ab/p{number + 1}> .")
    links += [f"<case/ab/q{n}> sysg:hasReading <case/ab/q{n + 1}> ." for n in range(3_000)]
    links.append("case:ab sysg:hasReading <case/ab/q0> .")
    made = describe(quads("\n".join(links)), "ab", vocabulary)
    parts = [one.subject for one in made if one.predicate.value.endswith("isPartOf")]
    assert len(parts) == len(set(parts)) == 61 + 3_001


def test_names_stay_short_and_are_names_whatever_the_texts_are(vocabulary: Vocabulary) -> None:
    said = f'case:ab sysg:place "{"é" * 40_000}" ; sysg:inCountry "a b>" , <urn:x/a%20b> .'
    made = describe(quads(said), "ab", vocabulary)
    (place,) = {one.object for one in made if one.predicate.value.endswith("inPlace")}
    assert isinstance(place, ox.NamedNode)
    assert len(place.value) < 200


def test_only_what_stands_where_an_export_puts_it_is_taken_out(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    path = tmp_path / "a.trig"
    label = 'case:ab rdfs:label "A case"@en .'
    for graph, is_refused in (
        ("<graph/case/ab>", False),
        ("<graph/case/ab/described>", False),
        ("<urn:foreign>", True),
        ("<graph/case/xy/described>", True),
    ):
        path.write_text(f"{PREFIXES}{CASE}{graph} {{ {label} }}")
        (case,) = read(path, vocabulary)
        assert any("rdfs:label" in one.message for one in case.findings) is is_refused, graph


def test_what_is_told_of_a_thing_that_texts_name_is_of_no_case(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    path = tmp_path / "a.ttl"
    told = 'sector:other a sysg:Sector ; rdfs:label "other"@en .'
    sector = "@prefix sector: <https://w3id.org/sysgraph/sector/> .\n"
    path.write_text(PREFIXES + sector + told + CASE)
    (case,) = read(path, vocabulary)
    assert case.findings == []
    assert {quad.triple for quad in case.quads} == {quad.triple for quad in quads(CASE)}
    path.write_text(PREFIXES + sector + "sector:other skos:broader sector:more ." + CASE)
    (case,) = read(path, vocabulary)
    assert case.findings


def test_a_part_that_nothing_leads_to_goes_out_and_comes_back(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    graph = "https://w3id.org/sysgraph/graph/case/ab"
    stated = quads(CASE + '<case/ab/note> sysg:why "an orphan"@en .')
    store = memory(in_graph(stated, graph))
    for syntax in (Format.TURTLE, Format.NQUADS):
        path = tmp_path / ("a.ttl" if syntax is Format.TURTLE else "a.nq")
        path.write_bytes(export(store, syntax, What.CASES))
        (case,) = read(path, vocabulary)
        assert case.findings == []
        assert {quad.triple for quad in case.quads} == {quad.triple for quad in stated}

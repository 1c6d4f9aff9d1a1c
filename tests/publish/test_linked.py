"""Cases as JSON-LD: trees in our keys, in which nothing is lost, the same to all who read them."""

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from processors import IN_PYTHON
from shelf import CASES, SHARES
from sysgraph.case.read import read
from sysgraph.errors import SysgraphError
from sysgraph.publish.files import export
from sysgraph.publish.linked import linked, write_linked
from sysgraph.publish.parts import Part, What
from sysgraph.rdf import Format, in_graph, parse
from sysgraph.store.local import Store
from sysgraph.terms import PREFIXES, graph_of
from sysgraph.vocabulary import Vocabulary

CASE = "https://w3id.org/sysgraph/case/ab"
GRAPH = graph_of("ab")
STATED = """
case:ab a sysg:CaseStudy ; dcterms:title "A"@en , "Aa"@fi ; sysg:startYear "1994"^^xsd:gYear ;
    sysg:sector "homes" ; sysg:hasReading <https://w3id.org/sysgraph/case/ab/readings/1> .
<https://w3id.org/sysgraph/case/ab/readings/1> sysg:standpoint "general" ;
    sysg:hasObservation <https://w3id.org/sysgraph/case/ab/readings/1/seen> .
<https://w3id.org/sysgraph/case/ab/readings/1/seen> sysg:observesValue value:stakes-safe-to-fail .
<urn:other> dcterms:title "Other" .
"""
ABOUT = """
case:ab rdfs:label "A"@en ; sysg:inSector <https://w3id.org/sysgraph/sector/homes> .
<https://w3id.org/sysgraph/case/ab/readings/1> a sysg:SituationReading ; rdfs:label "reading"@en .
<https://w3id.org/sysgraph/sector/homes> a skos:Concept .
"""
# Written by hand.
TREE: dict[str, Any] = {
    "id": CASE,
    "type": "CaseStudy",
    "rdfs:label": {"@value": "A", "@language": "en"},
    "sysg:inSector": {"id": "https://w3id.org/sysgraph/sector/homes"},
    "title": "A",
    "start": "1994",
    "sectors": ["homes"],
    "readings": [
        {
            "id": f"{CASE}/readings/1",
            "type": "sysg:SituationReading",
            "rdfs:label": {"@value": "reading", "@language": "en"},
            "standpoint": "general",
            "facets": {"stakes": {"id": f"{CASE}/readings/1/seen", "value": "safe-to-fail"}},
        }
    ],
    "dcterms:title": {"@value": "Aa", "@language": "fi"},
}
OTHERS = [
    {"id": "https://w3id.org/sysgraph/sector/homes", "type": "skos:Concept"},
    {"id": "urn:other", "dcterms:title": "Other"},
]


def quads(text: str, graph: str = GRAPH) -> list[ox.Quad]:
    names = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    return in_graph(parse((names + text).encode(), Format.TURTLE, "x"), graph)


def document(nodes: list[list[dict[str, Any]]], vocabulary: Vocabulary) -> bytes:
    return b"".join(write_linked(nodes, vocabulary))


def test_a_case_is_a_tree_that_begins_with_what_describes_it(vocabulary: Vocabulary) -> None:
    graphs = {GRAPH: quads(STATED), f"{GRAPH}/described": quads(ABOUT)}
    nodes: list[Any] = linked(graphs, vocabulary)
    assert nodes == [TREE, *OTHERS]
    assert list(nodes[0]) == list(TREE)
    assert [list(one) for one in nodes[0]["readings"]] == [list(TREE["readings"][0])]


@pytest.mark.parametrize("name", IN_PYTHON)
def test_what_has_no_key_is_never_lost(name: str, vocabulary: Vocabulary) -> None:
    text = """
case:ab a sysg:CaseStudy , sysg:Odd ; dcterms:title "A" , <urn:a> ; sysg:startYear "1994" ;
    sysg:hasReading "none" , case:ab ; sysg:inCountry country:GB , <urn:b> ;
    dcterms:replaces <https://w3id.org/sysgraph/case/a/b> ; dcterms:type true , 1 , "1" ;
    sysg:hasPractice _:p .
_:p sysg:why "so"@en .
"""
    stated = quads(text)
    written = json.loads(document([linked({GRAPH: stated}, vocabulary)], vocabulary))
    again = ox.Dataset(IN_PYTHON[name](written))
    before = ox.Dataset(ox.Quad(*quad.triple) for quad in stated)
    for one in (again, before):
        one.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert set(again) == set(before)


def test_a_name_that_would_be_read_as_another_is_refused(vocabulary: Vocabulary) -> None:
    stated = quads("case:ab a sysg:CaseStudy ; dcterms:license <schema:x> .")
    with pytest.raises(SysgraphError, match=r"case/ab: <schema:x>: .*write it as Turtle"):
        linked({GRAPH: stated}, vocabulary)


def test_one_alone_is_the_document_and_several_stand_in_a_graph(vocabulary: Vocabulary) -> None:
    one, other = [{"id": "urn:a", "type": "CaseStudy"}], [{"id": "urn:b"}]
    found = [json.loads(document(nodes, vocabulary)) for nodes in ([], [one], [one, other])]
    bodies = [{key: said for key, said in each.items() if key != "@context"} for each in found]
    assert bodies == [{"@graph": []}, one[0], {"@graph": [*one, *other]}]
    assert all("@base" not in each["@context"] for each in found)
    assert document([one], vocabulary).endswith(b'  "id": "urn:a",\n  "type": "CaseStudy"\n}\n')


@pytest.mark.slow
@pytest.mark.parametrize("paths", SHARES)
def test_cases_are_the_same_to_all_and_are_read_again(
    paths: list[Path], library: Store, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    chosen = Part(What.CASES, frozenset(path.stem for path in paths))
    text = export(library, Format.JSONLD, chosen)
    stated = set(parse(export(library, Format.NTRIPLES, chosen), Format.NTRIPLES, "x"))
    for name, reader in IN_PYTHON.items():
        assert set(reader(json.loads(text))) == stated, name
    file = tmp_path / "cases.jsonld"
    file.write_bytes(text)
    again = {case.case_id: case for case in read(file, vocabulary)}
    assert again.keys() == chosen.cases
    for path in paths:
        (case,) = read(path, vocabulary)
        assert set(again[path.stem].quads) == set(case.quads)
        assert again[path.stem].findings == []


def test_every_node_of_a_case_has_a_name_and_a_type(library: Store) -> None:
    chosen = Part(What.CASES, frozenset({CASES[0].stem}))
    found = json.loads(export(library, Format.JSONLD, chosen))
    groups = {"facets", "outcome"}

    def nodes(value: Any, key: str = "") -> list[dict[str, Any]]:
        if isinstance(value, list):
            return [one for each in value for one in nodes(each, key)]
        if not isinstance(value, dict) or "@value" in value:
            return []
        inner = [one for name, each in value.items() for one in nodes(each, name)]
        return inner if key in groups else [value, *inner]

    told = [node for node in nodes(found["@graph"]) if node.keys() != {"id"}]
    assert len(told) > 30
    assert [node for node in told if not node.keys() >= {"id", "type", "rdfs:label"}] == []

"""What an export adds to the terms and cases of a store, and what it leaves out on request."""

import json
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from sysgraph.errors import BadHeader, BadSparql, SysgraphError
from sysgraph.ontology import Ontology
from sysgraph.publish.described import describe_ontology
from sysgraph.publish.files import export
from sysgraph.publish.parts import Part, What
from sysgraph.rdf import RDF_TYPE, Format, parse
from sysgraph.store.local import LocalStore, memory
from sysgraph.terms import NAMESPACE, PREFIXES, graph_of

SKOS = PREFIXES["skos"]
RDFS = PREFIXES["rdfs"]
GROWN = """@prefix sysg: <https://w3id.org/sysgraph/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
sysg:Hue a <http://www.w3.org/2002/07/owl#Class> ;
    rdfs:subClassOf skos:Concept ; rdfs:label "hue"@en ; skos:definition "what eyes tell apart"@en .
<https://w3id.org/sysgraph/hue/red> a sysg:Hue ; rdfs:label "red"@en .
<https://w3id.org/sysgraph/facet/warmth> a sysg:Facet ; rdfs:label "warmth"@en .
<https://w3id.org/sysgraph/value/warmth-cold> a sysg:FacetValue ; rdfs:label "cold"@en ;
    sysg:isValueOf <https://w3id.org/sysgraph/facet/warmth> .
sysg:FacetValue rdfs:subClassOf skos:Concept .
<https://w3id.org/sysgraph/feature/weather> a sysg:Feature ; rdfs:label "weather"@en ;
    sysg:gathers <https://w3id.org/sysgraph/value/warmth-cold> .
"""


def described(library: LocalStore, part: Part) -> list[ox.Quad]:
    return parse(export(library, Format.NQUADS, part), Format.NQUADS, "x")


def folder(tmp_path: Path, labels: str = "") -> Ontology:
    (tmp_path / "publish").symlink_to(Ontology.load().folder / "publish")
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "fr.ttl").write_text(labels)
    return Ontology(tmp_path)


def test_a_term_that_is_added_is_described_by_rule(tmp_path: Path) -> None:
    made = describe_ontology(parse(GROWN.encode(), Format.TURTLE, "x"), folder(tmp_path))
    told = {
        (
            one.subject.value.removeprefix(NAMESPACE),  # type: ignore[union-attr]
            one.predicate.value.removeprefix(SKOS),
            getattr(one.object, "value", "").removeprefix(NAMESPACE),
        )
        for one in made
    }
    assert {
        ("hue/red", RDF_TYPE.value, f"{SKOS}Concept"),
        ("hue/red", "prefLabel", "red"),
        ("hue/red", "topConceptOf", "scheme/hue"),
        ("scheme/hue", "hasTopConcept", "hue/red"),
        ("scheme/hue", "prefLabel", "all of this kind: hue"),
        ("scheme/hue", "definition", "each of these is this: what eyes tell apart"),
        ("facet/warmth", RDF_TYPE.value, f"{SKOS}ConceptScheme"),
        ("value/warmth-cold", "inScheme", "facet/warmth"),
        ("value/warmth-cold", "broader", "feature/weather"),
        ("hue/red", f"{RDFS}isDefinedBy", ""),
    } <= told


def test_a_label_in_another_language_is_a_preferred_one_too(tmp_path: Path) -> None:
    french = f'<{NAMESPACE}hue/red> <{RDFS}label> "rouge"@fr .\n<urn:x> <{RDFS}label> "x"@fr .'
    made = describe_ontology(parse(GROWN.encode(), Format.TURTLE, "x"), folder(tmp_path, french))
    red = ox.NamedNode(f"{NAMESPACE}hue/red")
    preferred = {one.object for one in made if one.predicate.value == f"{SKOS}prefLabel"}
    assert ox.Triple(red, ox.NamedNode(f"{RDFS}label"), ox.Literal("rouge", language="fr")) in made
    assert {ox.Literal("rouge", language="fr"), ox.Literal("red", language="en")} <= preferred
    assert ox.NamedNode("urn:x") not in {one.subject for one in made}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("SELECT * WHERE { ?s ?p ?o }", BadHeader),
        ("#+ summary: x\nSELECT * WHERE { ?s ?p ?o }", BadSparql),
        ("#+ summary: x\nCONSTRUCT {", BadSparql),
    ],
)
def test_a_rule_that_is_none_is_named(text: str, error: type[Exception], tmp_path: Path) -> None:
    (tmp_path / "publish").mkdir()
    (tmp_path / "publish" / "odd.rq").write_text(text)
    with pytest.raises(error, match=r"odd\.rq"):
        describe_ontology([], Ontology(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("what", [What.ALL, What.ONTOLOGY, What.CASES])
def test_no_node_of_ours_is_without_class_and_label(what: What, library: LocalStore) -> None:
    quads = described(library, Part(what))
    subjects = {q.subject for q in quads if isinstance(q.subject, ox.NamedNode)}
    ours = {one for one in subjects if one.value.startswith(NAMESPACE)}
    typed = {q.subject for q in quads if q.predicate == RDF_TYPE}
    labelled = {q.subject for q in quads if q.predicate.value == f"{RDFS}label"}
    assert ours
    assert sorted(map(str, ours - typed)) == []
    assert sorted(map(str, ours - labelled)) == []


@pytest.mark.slow
def test_the_concepts_are_sound(library: LocalStore) -> None:
    quads = described(library, Part())
    said: dict[str, set[tuple[object, object]]] = {}
    for quad in quads:
        said.setdefault(quad.predicate.value.removeprefix(SKOS), set()).add(
            (quad.subject, quad.object)
        )
    concepts = {one for one, kind in said[RDF_TYPE.value] if kind == ox.NamedNode(f"{SKOS}Concept")}
    schemes = {
        one for one, kind in said[RDF_TYPE.value] if kind == ox.NamedNode(f"{SKOS}ConceptScheme")
    }
    # Source: SKOS Reference, S9, S13, S14 and S27, https://www.w3.org/TR/skos-reference/
    assert not concepts & schemes
    labels = [(one, label.language) for one, label in said["prefLabel"]]  # type: ignore[attr-defined]
    assert max(Counter(labels).values()) == 1
    assert concepts <= {one for one, _ in said["prefLabel"]}
    assert concepts <= {one for one, _ in said["inScheme"]}
    assert {scheme for _, scheme in said["inScheme"]} <= schemes
    assert said["hasTopConcept"] <= {(b, a) for a, b in said["topConceptOf"]}
    assert {(b, a) for a, b in said["broader"]} == said["narrower"]
    in_scheme = Counter(
        (scheme, label)
        for one, scheme in said["topConceptOf"]
        for other, label in said["prefLabel"]
        if one == other
    )
    assert max(in_scheme.values()) == 1  # no two concepts of a scheme are called the same


def test_what_is_stated_what_follows_and_what_describes_are_apart(library: LocalStore) -> None:
    name = "wigan-deal"
    graphs = {graph_of(name, part) for part in ("", "inferred", "described")}
    only = frozenset([name])
    whole = described(library, Part(What.CASES, only, inferred=True))
    by = {graph: {q.triple for q in whole if q.graph_name.value == graph} for graph in graphs}  # type: ignore[union-attr]
    assert all(by.values())
    assert sum(map(len, by.values())) == len(set().union(*by.values()))
    assert by[graph_of(name)] == {quad.triple for quad in library.quads(graph_of(name))}
    bare = described(library, Part(What.CASES, only, bare=True))
    assert {quad.triple for quad in bare} == by[graph_of(name)]
    follows = described(library, Part(What.INFERRED, only))
    assert {quad.triple for quad in follows} == by[graph_of(name, "inferred")]


def test_a_case_that_is_not_there_is_told_with_those_that_are(library: LocalStore) -> None:
    with pytest.raises(SysgraphError, match=r"no case 'wigna-deal'; did you mean 'wigan-deal'"):
        export(library, Format.TURTLE, Part(What.CASES, frozenset(["wigna-deal"])))
    with pytest.raises(SysgraphError, match="'ontology' is of no case"):
        Part(What.ONTOLOGY, frozenset(["wigan-deal"]))
    with pytest.raises(SysgraphError, match="no case 'wigan-deal'"):
        export(library, Format.TURTLE, Part(What.CRITIQUES, frozenset(["wigan-deal"])))


def test_what_many_cases_name_is_told_once_where_there_are_no_graphs(library: LocalStore) -> None:
    lines = export(library, Format.NTRIPLES, Part(What.CASES)).decode().splitlines()
    assert len(lines) == len(set(lines))
    quads = described(library, Part(What.CASES))
    assert {str(one.triple) + " ." for one in quads} == set(lines)


@pytest.mark.slow
def test_what_a_server_was_filled_with_is_not_described_twice(library: LocalStore) -> None:
    once = export(library, Format.NQUADS)
    filled = memory(parse(once, Format.NQUADS, "x"))
    assert export(filled, Format.NQUADS) == once
    assert json.dumps(sorted(filled.graphs())).count("described") > 1

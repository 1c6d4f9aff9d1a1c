"""The alignments: a table that people write, and the graph that it stands for."""

import csv
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import yaml
from rdflib import Graph

from sysgraph.alignments import ALIGNMENTS, NAMED, SET, read_alignments
from sysgraph.errors import BadFile
from sysgraph.files import data
from sysgraph.ontology import Nodes, Ontology
from sysgraph.rdf import Format, copy_to_rdflib, parse
from sysgraph.store.local import Store
from sysgraph.terms import ALIGNMENTS_GRAPH, INFERRED_GRAPH, PREFIXES

HEAD = """\
# mapping_set_title: made up
# mapping_set_description: For a test.
# creator_label: [Anna, Bo]
# license: https://creativecommons.org/licenses/by/4.0/
"""
COLUMNS = (*NAMED, "object_label", "object_type", "mapping_date", "see_also", "comment")
ROW = {
    "subject_id": "country:BR",
    "predicate_id": "skos:exactMatch",
    "object_id": "wd:Q155",
    "mapping_justification": "semapv:ManualMappingCuration",
    "object_label": "Brazil",
    "object_type": "skos concept",
    "mapping_date": "2026-11-29",
    "see_also": "https://a.example/x|https://b.example/y",
    "comment": "Exact: both stand for the state.",
}
TERMS = """\
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
<https://w3id.org/sysgraph/> owl:versionInfo "9.8.7" .
<https://w3id.org/sysgraph/country/BR> a <https://w3id.org/sysgraph/Country> ;
    rdfs:label "Brasil"@en .
<https://w3id.org/sysgraph/Aim> a owl:Class .
<https://w3id.org/sysgraph/hasAim> a owl:FunctionalProperty , owl:ObjectProperty .
<https://w3id.org/sysgraph/year> a owl:FunctionalProperty , owl:DatatypeProperty .
"""
THEN = """\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix mapping: <https://w3id.org/sysgraph/mapping/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sssom: <https://w3id.org/sssom/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/sysgraph/alignments> a sssom:MappingSet ;
    dcterms:title "made up" ;
    dcterms:description "For a test." ;
    sssom:creator_label "Anna" , "Bo" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    owl:versionInfo "9.8.7" ;
    sssom:mappings mapping:country-BR--wd-Q155 .

<https://w3id.org/sysgraph/country/BR> skos:exactMatch <http://www.wikidata.org/entity/Q155> .

mapping:country-BR--wd-Q155 a owl:Axiom ;
    rdfs:label "country:BR skos:exactMatch wd:Q155" ;
    owl:annotatedSource <https://w3id.org/sysgraph/country/BR> ;
    owl:annotatedProperty skos:exactMatch ;
    owl:annotatedTarget <http://www.wikidata.org/entity/Q155> ;
    sssom:subject_label "Brasil" ;
    sssom:object_label "Brazil" ;
    sssom:subject_type skos:Concept ;
    sssom:object_type skos:Concept ;
    sssom:mapping_justification <https://w3id.org/semapv/vocab/ManualMappingCuration> ;
    dcterms:created "2026-11-29"^^xsd:date ;
    rdfs:seeAlso <https://a.example/x> , <https://b.example/y> ;
    rdfs:comment "Exact: both stand for the state." .
"""
SHIPPED = data() / "ontology" / ALIGNMENTS


def folder(place: Path, table: str) -> Ontology:
    (place / "sysgraph.ttl").write_text(TERMS)
    (place / "context.jsonld").write_text('{"@context": {}}')
    (place / ALIGNMENTS).write_text(table)
    return Ontology(place)


def table(*rows: dict[str, str], head: str = HEAD, columns: tuple[str, ...] = COLUMNS) -> str:
    cells = ["\t".join(row[name] for name in columns) for row in rows]
    return head + "\n".join(["\t".join(columns), *cells]) + "\n"


def test_a_row_is_a_triple_and_a_mapping_with_its_reason(tmp_path: Path) -> None:
    found = read_alignments(folder(tmp_path, table(ROW)), Nodes([]))
    assert set(found) == set(parse(THEN.encode(), Format.TURTLE, "then"))


def test_a_case_is_called_by_its_title(tmp_path: Path) -> None:
    case = f"<{PREFIXES['case']}x>"
    title = f'{case} a <{PREFIXES["sysg"]}CaseStudy> ; <{PREFIXES["dcterms"]}title> "The X"@en .'
    row = ROW | {"subject_id": "case:x", "predicate_id": "schema:about"}
    nodes = Nodes(parse(title.encode(), Format.TURTLE, "case"))
    found = Nodes(read_alignments(folder(tmp_path, table(row)), nodes))
    mapping = f"{PREFIXES['mapping']}case-x--wd-Q155"
    assert found.said(mapping, f"{PREFIXES['sssom']}subject_label") == "The X"
    kind = found.said(mapping, f"{PREFIXES['sssom']}subject_type")
    assert kind == f"{PREFIXES['owl']}NamedIndividual"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("country:BR", "skos/core#Concept"),
        ("sysg:Aim", "owl#Class"),
        ("sysg:hasAim", "owl#ObjectProperty"),
        ("sysg:year", "rdf-syntax-ns#Property"),
    ],
)
def test_a_subject_is_what_the_schema_declares(tmp_path: Path, name: str, kind: str) -> None:
    row = ROW | {"subject_id": name}
    found = Nodes(read_alignments(folder(tmp_path, table(row)), Nodes([])))
    mapping = f"{PREFIXES['mapping']}{name.replace(':', '-')}--wd-Q155"
    assert found.said(mapping, f"{PREFIXES['sssom']}subject_type").endswith(kind)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (table(ROW | {"subject_id": "country:XX"}), "line 6: there is no country:XX"),
        (table(ROW, ROW | {"object_id": "Q155"}), "line 7: 'Q155' is no name"),
        (table(ROW | {"object_id": "wikidata:Q155"}), "line 6: 'wikidata:Q155' is no name"),
        (table(ROW | {"object_type": "thing"}), "line 6: 'thing' is none of skos concept"),
        (table(ROW | {"comment": " "}), "line 6: 'comment' is empty"),
        (table(ROW, columns=COLUMNS[1:]), "line 5: there is no column 'subject_id'"),
        (table(ROW) + "country:BR\n", "line 7: 1 cells, where the head of the table has 9"),
        (table(ROW, head="# mapping_set_title: x\n"), "line 1: begin with lines '# key: value'"),
        (table(ROW, head="# a: [\n"), "the lines that begin with # are no YAML"),
        (table(ROW | {"object_id": "wd:Q 1"}), "line 6: it cannot be read: Invalid IRI"),
        (table(ROW | {"see_also": "foo"}), "line 6: it cannot be read: "),
        (table(ROW | {"mapping_date": "yesterday"}), "line 6: it cannot be read: "),
        (table(ROW, ROW), "line 7: these two things are mapped further up"),
        (table(ROW | {"comment": '"no end'}, ROW), "a quotation mark has no end"),
    ],
)
def test_a_table_that_is_none_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadFile) as caught:
        read_alignments(folder(tmp_path, text), Nodes([]))
    assert said in str(caught.value).replace(f"{ALIGNMENTS}:", "line ").replace("\n", " ")


def shipped_rows() -> list[dict[str, str]]:
    lines = [line for line in SHIPPED.read_text().splitlines() if line[:1] != "#"]
    return list(csv.DictReader(lines, delimiter="\t"))


def test_the_table_has_the_prefixes_of_the_one_table_and_no_others() -> None:
    head = [line[1:] for line in SHIPPED.read_text().splitlines() if line[:1] == "#"]
    said = yaml.safe_load("\n".join(head))
    used = {row[slot].partition(":")[0] for row in shipped_rows() for slot in NAMED}
    assert said["curie_map"] == {prefix: PREFIXES[prefix] for prefix in used}
    assert said["mapping_set_id"] == SET


def test_every_row_is_a_mapping_of_its_own(library: Store) -> None:
    quads = library.quads(ALIGNMENTS_GRAPH)
    inside = f"{PREFIXES['sssom']}mappings"
    assert len([quad for quad in quads if quad.predicate.value == inside]) == len(shipped_rows())


@pytest.mark.slow
def test_shipped_alignments_meet_every_demand(library: Store) -> None:
    shapes = Graph().parse(data() / "ontology" / "shapes" / "alignments.ttl")
    graph = copy_to_rdflib(library.quads(ALIGNMENTS_GRAPH))
    conforms, _, text = pyshacl.validate(graph, shacl_graph=shapes)
    assert conforms, text


def test_nothing_is_concluded_from_alignments(library: Store) -> None:
    outside = {row["object_id"] for row in shipped_rows() if row["predicate_id"][:4] == "rdfs"}
    graphs = [name for name in library.graphs() if name.endswith("/inferred")]
    assert INFERRED_GRAPH in graphs
    found = {quad.object for name in graphs for quad in library.quads(name)}
    for name in outside - {"skos:Concept"}:
        prefix, _, rest = name.partition(":")
        assert ox.NamedNode(f"{PREFIXES[prefix]}{rest}") not in found

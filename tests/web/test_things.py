"""A page for each thing at its path; what programs get there, held to the export by rdflib."""

import re
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import to_isomorphic
from starlette.testclient import TestClient

from sysgraph.ontology import Ontology
from sysgraph.publish.files import export
from sysgraph.publish.parts import Part, What
from sysgraph.rdf import Format
from sysgraph.store.local import LocalStore, Store, memory
from sysgraph.terms import INFERRED_GRAPH, NAMESPACE, PREFIXES
from sysgraph.web.site import Site
from visiting import read_page, visitor

KINDS = [
    "/type/facilitative",
    "/case/wigan-deal",
    "/facet/agreement",
    "/source/i2",
    "/value/agreement-coercive",
    "/gate/driver-refused",
    "/risk/tokenism",
    "/method/mutual-aid",
    "/question/witness",
    "/CaseStudy",
    "/closes",
    "/country/GB",
    "/sector/public_health",
    "/place/GB/Wigan",
]
RDFLIB = {"text/turtle": "turtle", "application/ld+json": "json-ld", "application/n-triples": "nt"}


@pytest.fixture(scope="module")
def exported(library: Store) -> rdflib.Graph:
    """What the whole export says, but for what is inferred of no case."""
    found = rdflib.Dataset()
    found.parse(data=export(library, Format.NQUADS), format="nquads")
    graph = rdflib.Graph()
    for subject, predicate, value, name in found.quads():
        if str(name) != INFERRED_GRAPH:
            graph.add((subject, predicate, value))
    return graph


def said_of(graph: rdflib.Graph, iri: str) -> rdflib.Graph:
    """Return what a graph says of a thing, with the blank nodes that this leads to."""
    found = rdflib.Graph()
    waiting: list[rdflib.term.Node] = [rdflib.URIRef(iri)]
    while waiting:
        for triple in graph.triples((waiting.pop(), None, None)):
            found.add(triple)
            if isinstance(triple[2], rdflib.BNode):
                waiting.append(triple[2])
    return found


@pytest.mark.parametrize("path", KINDS)
def test_each_kind_of_thing_has_a_page(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    page = read_page(answer.text)
    assert answer.status_code == 200
    assert len(page.ids) == len({*page.ids})
    assert NAMESPACE + path[1:] in page.text
    assert "dict object" not in answer.text


@pytest.mark.parametrize("media", RDFLIB)
@pytest.mark.parametrize("path", [one for one in KINDS if not one.startswith("/case/")])
def test_programs_get_what_the_export_says(
    client: TestClient, exported: rdflib.Graph, path: str, media: str
) -> None:
    answer = client.get(path, headers={"Accept": media})
    assert answer.headers["content-type"].startswith(media)
    found = rdflib.Graph().parse(data=answer.text, format=RDFLIB[media])
    iri = NAMESPACE + path[1:]
    assert len(found) > 1
    assert to_isomorphic(found) == to_isomorphic(said_of(exported, iri))


@pytest.mark.parametrize("suffix", [".ttl", ".jsonld", ".nt"])
def test_a_case_is_given_whole(client: TestClient, library: Store, suffix: str) -> None:
    syntax = {".ttl": Format.TURTLE, ".jsonld": Format.JSONLD, ".nt": Format.NTRIPLES}[suffix]
    part = Part(What.CASES, cases=frozenset(["wigan-deal"]))
    answer = client.get(f"/case/wigan-deal{suffix}")
    assert answer.content == export(library, syntax, part)


def test_a_part_of_a_case_leads_to_its_place(client: TestClient) -> None:
    path = "/case/wigan-deal/outcome/led"
    answer = client.get(path, headers={"Accept": "text/html"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/case/wigan-deal#outcome-led")
    assert "outcome-led" in read_page(client.get("/case/wigan-deal").text).ids
    graph = rdflib.Graph().parse(data=client.get(f"{path}.ttl").text, format="turtle")
    assert {str(one) for one in graph.subjects()} == {f"{NAMESPACE}case/wigan-deal/outcome/led"}


def test_all_parts_of_a_case_stand_on_its_page(client: TestClient, library: Store) -> None:
    ids = read_page(client.get("/case/wigan-deal").text).ids
    rows = library.select(
        f"SELECT DISTINCT ?s WHERE {{ GRAPH <{NAMESPACE}graph/case/wigan-deal> {{ ?s ?p ?o }} }}"
    )
    start = f"{NAMESPACE}case/wigan-deal/"
    parts = [row["s"].removeprefix(start) for row in rows.texts() if row["s"].startswith(start)]
    assert len(parts) > 10
    assert {part.replace("/", "-") for part in parts} <= {*ids}


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/turtle, application/rdf+xml;q=0.8, */*;q=0.1", "text/turtle"),
        ("text/html;q=0.5, application/ld+json", "application/ld+json"),
        ("application/rdf+xml, application/n-triples;q=0.2", "application/n-triples"),
        ("text/*;q=0.4, text/html;q=0", "text/turtle"),
        ("nonsense", "text/html"),
    ],
)
def test_what_is_liked_best_is_given(client: TestClient, accept: str, media: str) -> None:
    answer = client.get("/type/organic", headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == media
    assert answer.headers["vary"].startswith("Accept")


def test_what_is_not_offered_is_told_with_what_is(client: TestClient) -> None:
    answer = client.get("/type/organic", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "/type/organic.ttl" in read_page(answer.text).links


def test_links_say_what_else_there_is(client: TestClient) -> None:
    links = client.get("/type/organic", headers={"Accept": "text/turtle"}).headers["link"]
    assert '</type/organic.jsonld>; rel="alternate"; type="application/ld+json"' in links
    assert f'<{NAMESPACE}type/organic>; rel="cite-as"' in links
    html = client.get("/type/organic").text
    assert re.search(r'<link rel="alternate" type="text/turtle" href="/type/organic.ttl">', html)


def test_the_name_of_the_version_leads_to_the_ontology(client: TestClient) -> None:
    path = f"/{Ontology.load().editions.version}"
    for address, accept in ((path, "text/turtle"), (f"{path}.ttl", "text/html")):
        answer = client.get(address, headers={"Accept": accept})
        assert answer.status_code == 200
        graph = rdflib.Graph().parse(data=answer.text, format="turtle")
        versions = graph.objects(rdflib.URIRef(NAMESPACE), rdflib.OWL.versionIRI)
        assert [str(one) for one in versions] == [NAMESPACE + path[1:]]
    page = client.get(path, headers={"Accept": "text/html"})
    assert (page.status_code, page.url.path) == (200, "/browse")


def test_linked_data_of_all_is_read_into_one_graph(client: TestClient) -> None:
    answer = client.get("/", headers={"Accept": "application/ld+json"})
    graph = rdflib.Graph().parse(data=answer.text, format="json-ld")
    assert (rdflib.URIRef(NAMESPACE), rdflib.RDF.type, rdflib.OWL.Ontology) in graph


def test_what_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    for accept in ("text/html", "text/turtle"):
        first = client.get("/gate/driver-refused", headers={"Accept": accept})
        again = {"Accept": accept, "If-None-Match": first.headers["etag"]}
        second = client.get("/gate/driver-refused", headers=again)
        assert (second.status_code, second.content) == (304, b"")
        assert second.headers["etag"] == first.headers["etag"]


def test_head_says_the_same_without_the_text(client: TestClient) -> None:
    head, got = client.head("/gate/driver-refused"), client.get("/gate/driver-refused")
    assert head.status_code == 200
    assert head.headers["etag"] == got.headers["etag"]


def test_what_is_not_there_is_answered_with_what_comes_near(client: TestClient) -> None:
    answer = client.get("/risk/tokenims")
    assert answer.status_code == 404
    assert "/risk/tokenism" in read_page(answer.text).links


@pytest.mark.parametrize(
    "path",
    [
        "/type/<script>alert(1)</script>",
        "/type/%3E%20%7B%20%7D%20UNION",
        "/type/organic%3E%20?p%20?o%20}#",
        "/case/../../etc/passwd",
        "/" + "x" * 5000,
        "/%ff%fe",
        "/type/organic%00",
    ],
)
def test_hostile_paths_find_nothing(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    read_page(answer.text)
    assert "<script>alert" not in answer.text


def test_what_speaks_of_a_thing_is_bounded_with_more(client: TestClient) -> None:
    page = read_page(client.get("/value/agreement-plural").text)
    more = [link for link in page.links if "by=" in link and "observesValue" in link]
    assert more
    answer = client.get(more[0])
    links = read_page(answer.text).links
    assert sum(link.startswith("/case/") for link in links) > 20
    assert client.get("/value/agreement-plural?by=http://x/").status_code == 404


def test_pages_lead_both_ways(client: TestClient) -> None:
    gate = read_page(client.get("/gate/driver-refused").text)
    assert "/type/externally-driven" in gate.links
    assert "/gate/driver-refused" in read_page(client.get("/type/externally-driven").text).links
    case = read_page(client.get("/case/wigan-deal").text)
    assert "/risk/responsibility-dumping" in case.links
    risk = read_page(client.get("/risk/responsibility-dumping").text)
    assert "/case/wigan-deal" in risk.links


def test_what_is_inferred_stands_apart(client: TestClient) -> None:
    text = client.get("/value/agreement-coercive").text
    stated, _, inferred = text.partition("What follows from that")
    assert "speaks against" not in stated
    assert "speaks against" in inferred


def test_the_name_of_the_ontology_is_the_start_page_and_the_ontology(client: TestClient) -> None:
    assert "text/html" in client.get("/").headers["content-type"]
    answer = client.get("/", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=answer.text, format="turtle")
    assert (rdflib.URIRef(NAMESPACE), rdflib.RDF.type, rdflib.OWL.Ontology) in graph
    assert (rdflib.URIRef(f"{NAMESPACE}CaseStudy"), rdflib.RDF.type, rdflib.OWL.Class) in graph


EVIL = '<script>alert(1)</script><img src=x onerror=alert(1)>\u202e" onclick="alert(1)'


@pytest.fixture(scope="module")
def hostile(library: LocalStore) -> Iterator[TestClient]:
    """A visitor of a library that holds hostile labels, texts and addresses."""

    def quad(subject: str, by: str, value: ox.NamedNode | ox.Literal, graph: str) -> ox.Quad:
        name = ox.NamedNode(f"{NAMESPACE}graph/{graph}")
        return ox.Quad(ox.NamedNode(NAMESPACE + subject), ox.NamedNode(by), value, name)

    text, kind = ox.Literal(EVIL), f"{PREFIXES['rdf']}type"
    script, case = ox.NamedNode("javascript:alert(1)"), "case/evil"
    site = Site()
    site.__dict__["store"] = memory(
        [
            *library.store,
            quad("risk/evil", kind, ox.NamedNode(f"{NAMESPACE}Risk"), "ontology"),
            quad("risk/evil", f"{PREFIXES['rdfs']}label", text, "ontology"),
            quad("risk/evil", f"{PREFIXES['skos']}definition", text, "ontology"),
            quad("risk/evil", f"{PREFIXES['rdfs']}seeAlso", script, "ontology"),
            quad("source/evil", kind, ox.NamedNode(f"{NAMESPACE}Source"), "ontology"),
            quad("source/evil", f"{PREFIXES['schema']}url", script, "ontology"),
            quad(case, kind, ox.NamedNode(f"{NAMESPACE}CaseStudy"), case),
            quad(case, f"{PREFIXES['dcterms']}title", text, case),
            quad(case, f"{PREFIXES['dcterms']}abstract", text, case),
            quad(case, f"{NAMESPACE}sector", text, case),
            quad(
                case,
                f"{PREFIXES['cito']}citesAsEvidence",
                ox.NamedNode(f"{NAMESPACE}{case}/c"),
                case,
            ),
            quad(f"{case}/c", f"{PREFIXES['dcterms']}title", text, case),
            quad(f"{case}/c", f"{PREFIXES['schema']}url", script, case),
        ]
    )
    with visitor(site) as found:
        yield found


@pytest.mark.parametrize(
    "path",
    [
        "/risk/evil",
        "/source/evil",
        "/case/evil",
        "/Risk",
        "/CaseStudy",
        "/browse/cases",
        "/search?q=script",
        "/query/cases-in-sector",
    ],
)
def test_hostile_labels_and_addresses_are_inert(hostile: TestClient, path: str) -> None:
    answer = hostile.get(path)
    page = read_page(answer.text)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text
    assert "\u202e" not in page.text  # a value of a form is sent as it was
    assert not [link for link in page.links if not link.startswith(("/", "#", "?", "http"))]


def called_at(html: str, path: str) -> set[str]:
    """What the links to a path are called."""
    return set(re.findall(rf'<a [^>]*href="{path}"[^>]*>([^<]*)</a>', html))


def test_a_type_is_called_alike_wherever_a_page_names_it(client: TestClient, site: Site) -> None:
    entry = site.frame.types["organic"]
    own = client.get("/type/organic").text
    (case,) = re.findall(r'<th scope="row"><a href="(/case/[^"]*)"', own)[:1]
    assert own.partition("<title>")[2].startswith(f"{entry.plain_name} – ")
    assert f"<h1>{entry.plain_name}</h1>" in own
    pages = (case, "/browse/cases", "/facet/agreement", "/LeadershipType", "/value/stakes-routine")
    for path in (*pages, "/query/outcomes-by-type?run=1", "/query/cases-of-type?run=1"):
        names = called_at(client.get(path).text, "/type/organic")
        assert names <= {entry.plain_name}, path
        assert names or path.startswith("/value/"), path


def test_a_list_of_terms_is_told_in_plain_words(client: TestClient) -> None:
    page = read_page(client.get("/scheme/risk").text)
    assert page.headings[0] == "all of this kind: risk"
    told = page.text.partition("Its name")[0]
    assert "list of terms" in told
    assert "skos:" not in told
    assert "concepts" not in told


def test_who_judged_is_told_once(client: TestClient) -> None:
    told = read_page(client.get("/case/wigan-deal").text).text
    assert "judged by" in told
    assert "judged by others than" not in told

"""SPARQL over HTTP, asked as programs ask, and the page with the editor."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import rdflib
from rdflib.compare import to_isomorphic
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from rdflib.query import Result
from starlette.testclient import TestClient

from sysgraph.budget import Budget
from sysgraph.store.local import Store
from sysgraph.stores import prepare_store
from sysgraph.terms import NAMESPACE
from sysgraph.web import protocol
from sysgraph.web.site import Site
from visiting import read_page, serving, visitor

GATES = f"SELECT ?gate ?type {{ ?gate a <{NAMESPACE}Gate> ; <{NAMESPACE}closes> ?type }}"
JSON, FORM = "application/sparql-results+json", "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"


def rows_of(text: str, form: str) -> set[tuple[str, ...]]:
    found = Result.parse(io.BytesIO(text.encode()), format=form)
    assert found.vars is not None
    return {tuple(str(row[name]) for name in found.vars) for row in found.bindings}


@pytest.fixture(scope="module")
def gates(library: Store) -> set[tuple[str, ...]]:
    return {(row["gate"], row["type"]) for row in library.select(GATES).texts()}


@pytest.mark.parametrize(
    ("media", "form"),
    [
        (JSON, "json"),
        ("application/sparql-results+xml", "xml"),
        ("text/csv", "csv"),
        ("text/tab-separated-values", "tsv"),
    ],
)
def test_rows_come_in_each_form(
    client: TestClient, gates: set[tuple[str, ...]], media: str, form: str
) -> None:
    answer = client.get("/sparql", params={"query": GATES}, headers={"Accept": media})
    assert answer.headers["content-type"].partition(";")[0] == media
    assert rows_of(answer.text, form) == gates


def test_a_query_may_be_sent_in_three_ways(client: TestClient, gates: set[tuple[str, ...]]) -> None:
    headers = {"Accept": JSON}
    direct = client.post("/sparql", content=GATES, headers={**headers, "Content-Type": DIRECT})
    form = client.post("/sparql", data={"query": GATES}, headers=headers)
    got = client.get("/sparql", params={"query": GATES}, headers=headers)
    for answer in (direct, form, got):
        assert rows_of(answer.text, "json") == gates


@pytest.mark.parametrize(
    ("media", "form"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
    ],
)
def test_graphs_come_in_each_form(
    client: TestClient, library: Store, media: str, form: str
) -> None:
    query = f"CONSTRUCT WHERE {{ ?gate <{NAMESPACE}closes> ?type }}"
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": media})
    wanted = rdflib.Graph()
    for quad in library.construct(query):
        wanted.parse(data=f"{quad.triple} .", format="nt")
    assert len(wanted) > 5
    assert to_isomorphic(rdflib.Graph().parse(data=answer.text, format=form)) == to_isomorphic(
        wanted
    )


def test_the_client_of_rdflib_is_understood(site: Site, gates: set[tuple[str, ...]]) -> None:
    with serving(site) as address:
        for method in ("GET", "POST", "POST_FORM"):
            store = SPARQLStore(f"{address}/sparql", returnFormat="json", method=method)
            found = store.query(GATES)
            assert {tuple(map(str, row)) for row in found if not isinstance(row, bool)} == gates


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DELETE WHERE { ?s ?p ?o }", "would change data"),
        ("SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }", "asks another server"),
        ("LOAD <http://x.example/>", "loads a document"),
        ("SELECT * { ?s ?p", "never closed"),
        ("SELECT * { ?s nope:x ?o }", "'nope:' is not declared"),
    ],
)
def test_what_is_no_question_is_refused(client: TestClient, query: str, said: str) -> None:
    text = client.get("/sparql", params={"query": query}, headers={"Accept": JSON})
    assert (text.status_code, said in text.text) == (400, True)
    page = client.get("/sparql", params={"query": query}, headers={"Accept": "text/html"})
    assert page.status_code == 400
    assert said.replace("'", "’") in read_page(page.text).text.replace("'", "’")


def test_nothing_can_be_changed(client: TestClient) -> None:
    update = {"Content-Type": "application/sparql-update"}
    assert client.post("/sparql", content="CLEAR ALL", headers=update).status_code == 415
    assert client.post("/sparql", data={"update": "CLEAR ALL"}).status_code == 400
    assert client.put("/sparql", content="x").status_code == 405


@pytest.mark.parametrize(
    "query",
    [
        f"query={GATES}&query={GATES}",
        f"query={GATES}&default-graph-uri=http://x/",
        "query=" + "x" * 100_001,
    ],
)
def test_what_cannot_be_told_is_refused(client: TestClient, query: str) -> None:
    answer = client.post("/sparql", content=query, headers={"Content-Type": FORM, "Accept": JSON})
    assert answer.status_code in (400, 413)
    assert answer.text.strip()


def test_forms_that_are_not_there_are_told(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": GATES}, headers={"Accept": "text/turtle"})
    assert answer.status_code == 406
    assert JSON in answer.text


@pytest.mark.slow
def test_a_query_that_takes_too_much_is_ended(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BUDGET", Budget(1, 1024))
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": JSON})
    assert answer.status_code == 503
    assert "took more than 1 s" in answer.text
    assert "--timeout" not in answer.text


@pytest.mark.slow
def test_no_more_than_two_run_at_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "BUDGET", Budget(4, 1024))
    monkeypatch.setattr(protocol, "PATIENCE", 1)
    import urllib.error
    import urllib.parse
    import urllib.request

    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

    def status(address: str) -> int:
        try:
            url = f"{address}/sparql?{urllib.parse.urlencode({'query': query})}"
            with urllib.request.urlopen(url) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    with serving(Site()) as address, ThreadPoolExecutor(3) as pool:
        found = sorted(pool.map(status, [address] * 3))
    assert found == [429, 503, 503]


def test_the_page_shows_rows_with_links(client: TestClient) -> None:
    asked = {"query": GATES}
    page = read_page(client.get("/sparql", params=asked, headers={"Accept": "text/html"}).text)
    assert "/gate/driver-refused" in page.links
    assert any("format=csv" in link for link in page.links)


def test_the_page_holds_a_query_as_text(client: TestClient) -> None:
    hostile = "</textarea><script>alert(1)</script> SELECT"
    answer = client.get("/sparql", params={"query": hostile}, headers={"Accept": "text/html"})
    read_page(answer.text)
    assert "<script>alert" not in answer.text


def test_answers_with_hostile_addresses_lead_nowhere(client: TestClient) -> None:
    query = 'SELECT (IRI("javascript:alert(1)") AS ?x) ("<b>x</b>" AS ?y) {}'
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": "text/html"})
    page = read_page(answer.text)
    assert "javascript:alert(1)" in page.text
    assert not any(link.startswith("javascript") for link in page.links)
    assert "<b>x</b>" not in answer.text


def test_the_editor_is_loaded_on_its_page_alone(client: TestClient) -> None:
    assert "yasqe.js" in client.get("/sparql", headers={"Accept": "text/html"}).text
    assert "yasqe" not in client.get("/questions").text


def test_programs_are_told_what_the_endpoint_is(client: TestClient) -> None:
    answer = client.get("/sparql", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=answer.text, format="turtle")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    (service,) = graph.subjects(rdflib.RDF.type, sd.Service)
    assert (service, sd.endpoint, rdflib.URIRef("http://127.0.0.1/sparql")) in graph
    assert (service, sd.supportedLanguage, sd.SPARQL11Query) in graph


def test_a_store_of_ones_own_is_asked(tmp_path: Path) -> None:
    place = str(tmp_path / "store")
    prepare_store(place).close()
    with visitor(Site(place)) as client:
        answer = client.get("/sparql", params={"query": GATES}, headers={"Accept": JSON})
        assert f"{NAMESPACE}gate/driver-refused" in answer.text
        assert client.get("/case/wigan-deal").status_code == 200
        assert client.get("/query/gates-of-type.json").json()

"""What goes to an endpoint, what is believed of what comes back, and what is never said aloud."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

import hostile
from hostile import Hostile, Mode, Request, after, first, serving, updates, well
from shelf import copied
from sysgraph.advice.said import load_frame
from sysgraph.check import check_files
from sysgraph.errors import BadStore, EndpointFailed, TooLarge
from sysgraph.history.deeds import history
from sysgraph.intake import load
from sysgraph.library import marks
from sysgraph.publish.files import export
from sysgraph.publish.parts import What
from sysgraph.rdf import RDF_TYPE, Format
from sysgraph.store import wire, writing
from sysgraph.store.endpoint import EndpointStore
from sysgraph.store.local import LocalStore, Store, memory
from sysgraph.store.wire import addresses
from sysgraph.stores import change_store, describe_store, open_store, prepare_store
from sysgraph.terms import ONTOLOGY_GRAPH, REVISION, STORE_GRAPH, graph_of

A, B = graph_of("a-case"), graph_of("b-case")


pytestmark = pytest.mark.usefixtures("few")


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PAUSES", (0.01, 0.01, 0.01))
    for name in ("DEADLINE", "TOKEN", "USER", "PASSWORD"):
        monkeypatch.delenv(f"SYSGRAPH_{name}", raising=False)


@pytest.fixture(params=[True, False], ids=["union", "separate"])
def server(request: pytest.FixtureRequest) -> Iterator[Hostile]:
    with serving(ox.Store(), shows_graphs=request.param) as made:
        yield made


@pytest.fixture
def plain() -> Iterator[Hostile]:
    with serving(ox.Store()) as made:
        yield made


@cache
def prepared(*, shows_graphs: bool) -> bytes:
    """What a server holds once it has been prepared, as N-Quads."""
    with serving(ox.Store(), shows_graphs=shows_graphs) as made:
        prepare_store(made.url)
        return made.store.dump(format=ox.RdfFormat.N_QUADS) or b""


def prepare(server: Hostile) -> Store:
    """Prepare a server, as another one was that shows as much."""
    content = prepared(shows_graphs=server.shows_graphs)
    server.store.bulk_load(content, format=ox.RdfFormat.N_QUADS)
    return prepare_store(server.url)


def quads(graph: str, *numbers: int) -> list[ox.Quad]:
    subject, predicate = ox.NamedNode("https://e.org/s"), ox.NamedNode("https://e.org/p")
    name = ox.NamedNode(graph)
    return [ox.Quad(subject, predicate, ox.Literal(f"{graph}{n}"), name) for n in numbers]


def opened(server: Hostile) -> EndpointStore:
    store = EndpointStore(server.url)
    store.open_for_writing()
    return store


@pytest.mark.parametrize(
    ("url", "query", "update"),
    [
        ("http://h:7878", "http://h:7878/query", "http://h:7878/update"),
        ("http://h:7878/", "http://h:7878/", "http://h:7878/"),
        ("http://h/ds/query", "http://h/ds/query", "http://h/ds/update"),
        ("https://h/sparql", "https://h/sparql", "https://h/sparql"),
        ("http://[::1]:80/a%20b", "http://[::1]:80/a%20b", "http://[::1]:80/a%20b"),
        ("http://h/q?key=word", "http://h/q?…", "http://h/q?…"),
        ("http://h/\xe4?key=word\xe4", "http://h/%C3%A4?…", "http://h/%C3%A4?…"),
    ],
)
def test_addresses_are_as_written(url: str, query: str, update: str) -> None:
    first_address, second = addresses(url)
    assert (first_address.shown, second.shown) == (query, update)
    assert ("key=word" in first_address.url) == ("?" in url)
    assert first_address.url.isascii()


def test_updates_go_where_it_is_said() -> None:
    assert addresses("http://h/sparql", "http://i/x")[1].url == "http://i/x"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://[::1", "no address"),
        ("http://", "no address"),
        ("http://h:99999999/", "no address"),
        ("http://h/a b", "no address"),
        ("http://h/\x1b[2J", "no address"),
        ("http://me:s3cret-word@h/query", "holds a login"),
        ("http://s3cret-word@h/", "holds a login"),
        ("http://h\xe4user.org/", "ASCII"),
        ("http://h..org/", "no address.*label"),
        (f"http://{'h' * 64}.org/", "no address.*label"),
    ],
)
def test_what_is_no_address_is_told_in_words(url: str, why: str) -> None:
    for words in ((url, None), ("http://h/query", url)):
        with pytest.raises(EndpointFailed, match=why) as caught:
            EndpointStore(*words)
        assert "s3cret-word" not in str(caught.value)
        assert str(caught.value).isprintable()


LOGINS: dict[str, tuple[Mode, dict[str, str]]] = {
    "basic": (hostile.basic, {"USER": hostile.USER, "PASSWORD": hostile.PASSWORD}),
    "digest": (hostile.digest, {"USER": hostile.USER, "PASSWORD": hostile.PASSWORD}),
    "bearer": (hostile.bearer, {"TOKEN": hostile.TOKEN}),
}


@pytest.mark.parametrize("scheme", LOGINS)
def test_logs_in_by_the_scheme_that_is_asked_for(
    scheme: str, plain: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain.mode, login = LOGINS[scheme]
    with pytest.raises(EndpointFailed, match=rf"(?i)wants a login \({scheme}\).*SYSGRAPH_USER"):
        opened(plain)
    for name, word in login.items():
        monkeypatch.setenv(f"SYSGRAPH_{name}", word)
    store = opened(plain)
    store.replace({A: quads(A, 1)})
    assert store.quads(A) == quads(A, 1)
    for name in login:
        monkeypatch.setenv(f"SYSGRAPH_{name}", "wr0ng-word")
    with pytest.raises(EndpointFailed, match="does not take the login") as caught:
        opened(plain)
    assert "wr0ng-word" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "word"),
    [("TOKEN", "s3cret\nword"), ("TOKEN", "s3cret-w\xf6rd"), ("PASSWORD", "s3cret\rword")],
)
def test_what_cannot_be_sent_is_named_and_not_shown(
    name: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYSGRAPH_USER", "me")
    monkeypatch.setenv("SYSGRAPH_PASSWORD", "x")
    monkeypatch.setenv(f"SYSGRAPH_{name}", word)
    with pytest.raises(EndpointFailed, match=f"SYSGRAPH_{name} cannot be sent") as caught:
        EndpointStore("http://127.0.0.1:9")
    assert "s3cret" not in str(caught.value)


def test_a_user_without_a_password_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYSGRAPH_USER", "me")
    with pytest.raises(EndpointFailed, match="both"):
        EndpointStore("http://127.0.0.1:9")


def test_letters_that_a_login_cannot_carry_are_not_shown(
    plain: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain.mode = hostile.digest
    monkeypatch.setenv("SYSGRAPH_USER", "me")
    monkeypatch.setenv("SYSGRAPH_PASSWORD", "gehe\u0456m")
    with pytest.raises(EndpointFailed) as caught:
        opened(plain)
    assert "\u0456" not in str(caught.value)


def test_errors_name_the_address_that_was_asked_and_the_reason(plain: Hostile) -> None:
    store = opened(plain)
    plain.mode = updates(hostile.ill(500))
    with pytest.raises(EndpointFailed, match=r"/update: it answers HTTP 500 .*out \[2J of order"):
        store.replace({A: quads(A, 1)})
    plain.mode = hostile.ill(403)
    with pytest.raises(EndpointFailed, match=r"/query: it answers HTTP 403 .*of order"):
        store.graphs()


def test_a_redirect_shows_no_login(plain: Hostile) -> None:
    plain.mode = hostile.moved
    with pytest.raises(
        EndpointFailed, match=r"redirects to http://…@127\.0\.0\.1:9/there"
    ) as caught:
        EndpointStore(plain.url).graphs()
    assert hostile.PASSWORD not in str(caught.value)
    assert hostile.TOKEN not in str(caught.value)


def test_what_passes_is_tried_again_and_no_longer_than_the_deadline(
    plain: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bad in (hostile.ill(503, Retry_After="0"), hostile.ill(429), hostile.reset_before):
        plain.mode = first(0, bad)
        assert EndpointStore(plain.url).graphs() == []
    asked = plain.asked
    plain.mode = hostile.ill(503, Retry_After="3600")
    with pytest.raises(EndpointFailed, match="HTTP 503"):
        EndpointStore(plain.url).graphs()
    assert plain.asked == asked + 1
    plain.mode = hostile.ill(500)
    with pytest.raises(EndpointFailed, match="HTTP 500"):
        EndpointStore(plain.url).graphs()
    assert plain.asked == asked + 2
    plain.mode = hostile.drip
    monkeypatch.setenv("SYSGRAPH_DEADLINE", "0.3")
    with pytest.raises(EndpointFailed, match=r"longer than 0\.3 seconds"):
        EndpointStore(plain.url).graphs()
    monkeypatch.setenv("SYSGRAPH_DEADLINE", "soon")
    with pytest.raises(EndpointFailed, match="no number of seconds"):
        EndpointStore(plain.url).graphs()


@pytest.mark.parametrize("rows", [99, 100, 137, 250, 1_000])
def test_rows_that_are_kept_back_are_fetched_or_told(rows: int, plain: Hostile) -> None:
    store = opened(plain)
    wanted = quads(A, *range(300))
    store.replace({A: wanted})
    plain.mode = hostile.cap(rows)
    question = "SELECT DISTINCT ?o WHERE { ?s <https://e.org/p> ?o } ORDER BY DESC(?o) # all"
    if rows < 100:
        for ask in (lambda: store.quads(A), lambda: store.select(question)):
            with pytest.raises(EndpointFailed, match=f"hands out {rows} of 300 rows"):
                ask()
        return
    assert {*store.quads(A)} == {*wanted}
    told = [row[0].value for row in store.select(question).rows if row[0]]
    assert told == sorted((f"{A}{n}" for n in range(300)), reverse=True)
    if rows < 300:
        with pytest.raises(EndpointFailed, match=f"hands out {rows} of 299 rows"):
            store.select("SELECT ?o WHERE { ?s <https://e.org/p> ?o } LIMIT 299")
        with pytest.raises(EndpointFailed, match="rows"):  # the same row twice proves nothing
            store.select("SELECT ?s WHERE { ?s <https://e.org/p> ?o }")


@pytest.mark.parametrize("cap", [1, 10, 137, 299])
def test_rows_that_are_not_even_counted_are_told(cap: int, plain: Hostile) -> None:
    store = opened(plain)
    store.replace({A: quads(A, *range(300))})

    def counts_what_it_gives(request: Request) -> None:
        kind, body = request.work()
        if kind == hostile.JSON and b"bindings" in body:
            found = json.loads(body)
            rows = found["results"]["bindings"] = found["results"]["bindings"][:cap]
            for count in (row["sysgraphRows"] for row in rows if "sysgraphRows" in row):
                count["value"] = str(min(cap, int(count["value"])))
            body = json.dumps(found).encode()
        request.say(200 if kind else 204, kind, body)

    plain.mode = counts_what_it_gives
    ordered = "SELECT ?o { ?s <https://e.org/p> ?o } ORDER BY ?o # all"
    for ask in (lambda: store.quads(A), lambda: store.select(ordered)):
        with pytest.raises(EndpointFailed, match=f"hands out {cap} rows, and counts as many"):
            ask()
    plain.mode = well
    assert len(store.select(f"{ordered}\nLIMIT {cap}").rows) == cap
    assert len(store.select("SELECT ?o { ?s ?p ?o } VALUES ?p { <https://e.org/p> }").rows) == 300


@pytest.mark.parametrize(
    "answer",
    [
        b'{"head":{},"boolean":true}',
        b'{"head":{"vars":["o","n"]},"results":{"bindings":'
        b'[{"o":{"type":"literal","value":"x"},"n":{"type":"literal","value":"1"}}]}}',
        b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"1"}}]}}',
    ],
    ids=["boolean", "columns in another order", "a column is missing"],
)
def test_an_answer_to_another_question_is_none(answer: bytes, plain: Hostile) -> None:
    store = opened(plain)
    plain.mode = lambda request: request.say(200, hostile.JSON, answer)
    with pytest.raises(EndpointFailed, match=r"not what SPARQL 1\.1 prescribes"):
        store.select("SELECT (STR(?s) AS ?n) ?o FROM <https://e.org/g> { ?s ?p ?o }")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [('"one', '"One'), ("@en-gb", "@en"), ("XMLSchema#date>", "XMLSchema#string>"), ("%41", "A")],
)
def test_what_is_changed_on_the_way_is_told_and_undone(
    sent: str, kept: str, plain: Hostile
) -> None:
    store = opened(plain)
    store.replace({A: quads(A, 1)})

    def changes(request: Request) -> None:
        request.work(request.form["update"].replace(sent, kept))
        request.say(204)

    subject, predicate, name = (
        ox.NamedNode(n) for n in ("https://e.org/%41", "https://e.org/p", A)
    )
    values = (
        ox.Literal("one"),
        ox.Literal("two", language="en-GB"),
        ox.Literal("2026-11-28", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")),
    )
    new = [ox.Quad(subject, predicate, value, name) for value in values]
    plain.mode = hostile.updates(changes)
    with pytest.raises(EndpointFailed, match="says otherwise what was sent"):
        store.replace({A: new})
    assert store.quads(A) == quads(A, 1)
    plain.mode = well
    store.replace({A: new})
    assert {*store.quads(A)} == {*new}


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_no_proxy_stands_between_a_machine_and_itself(
    name: str, plain: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://me:s3cret-word@127.0.0.1:9")
    assert EndpointStore(plain.url.replace("127.0.0.1", name)).graphs() == []
    with pytest.raises(EndpointFailed, match=r"proxy 127\.0\.0\.1:9, it cannot") as told:
        EndpointStore("http://store.example/").graphs()
    assert "s3cret" not in str(told.value)


CONSTRUCTS = {
    "template": "CONSTRUCT { ?o <https://e.org/of> ?s . ?s <https://e.org/q> '{' } WHERE"
    " { ?s <https://e.org/p> ?o FILTER (?o != '}') }",
    "short": "PREFIX e: <https://e.org/>\nCONSTRUCT WHERE { ?s e:p ?o }",
    "blank": "CONSTRUCT { [] <https://e.org/has> ?o } WHERE { ?s <https://e.org/p> ?o }",
    "ground": "construct { <a:b> <a:b> <a:b> } where { }",
    "unbound": "CONSTRUCT { ?s <https://e.org/q> ?x } WHERE"
    " { ?s <https://e.org/p> ?o OPTIONAL { ?o a ?x } }",
    "last": "CONSTRUCT { ?s <https://e.org/p> ?o } # all\nWHERE { ?s ?p ?o }"
    " ORDER BY DESC(?o) LIMIT 7",
    "describe": "DESCRIBE <https://e.org/s>",
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_constructs_give_what_the_server_itself_would(name: str, plain: Hostile) -> None:
    opened(plain).replace({A: [*quads(A, *range(120))]})
    plain.store.update("INSERT DATA { GRAPH <https://e.org/g> { _:b <https://e.org/p> 1 } }")
    own = ox.Dataset(ox.Quad(*triple) for triple in memory(plain.store).construct(CONSTRUCTS[name]))
    found = ox.Dataset(EndpointStore(plain.url).construct(CONSTRUCTS[name]))
    for each in (own, found):
        each.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert found == own
    plain.mode = hostile.cap(50)
    if len(own) > 50 and name != "describe":
        with pytest.raises(EndpointFailed, match="hands out 50 of 121 rows"):
            EndpointStore(plain.url).construct(CONSTRUCTS[name])


@pytest.mark.parametrize("cap", [None, 50])
def test_graphs_after_from_are_counted_and_paged_as_well(cap: int | None, plain: Hostile) -> None:
    opened(plain).replace({A: [*quads(A, *range(120))], B: [*quads(B, 7)]})
    plain.mode = hostile.cap(cap) if cap else well
    store = EndpointStore(plain.url)
    query = f"PREFIX g: <{A.removesuffix('a-case')}> SELECT ?o FROM g:b-case WHERE {{ ?s ?p ?o }}"
    assert [row["o"] for row in store.select(query).texts()] == [f"{B}7"]
    if cap:
        with pytest.raises(EndpointFailed, match="hands out 50 of 120 rows"):
            store.select(f"SELECT ?o FROM <{A}> {{ ?s ?p ?o }}")
    else:
        assert len(store.construct(f"CONSTRUCT {{ ?o a ?s }} FROM <{A}> {{ ?s ?p ?o }}")) == 0
        assert len(store.construct(f"CONSTRUCT FROM <{A}> WHERE {{ ?s ?p ?o }}")) == 120


def virtuoso(request: Request) -> None:
    """Answer as Virtuoso does: an ASK with a row or none, and booleans as numbers."""
    kind, body = request.work()
    if b'"boolean":' in body:
        row = b'{"__ASK_RETVAL":{"type":"literal","value":"1"}}' if b"true" in body else b""
        head = b'{"head":{"vars":["__ASK_RETVAL"]},"results":{"bindings":['
        body = head + row + b"]}}"
    body = body.replace(b'"value":"true"', b'"value":"1"').replace(b'"false"', b'"0"')
    request.say(200 if kind else 204, kind, body)


@pytest.mark.slow
def test_virtuoso_is_understood(plain: Hostile) -> None:
    plain.mode = virtuoso
    prepare_store(plain.url)
    store, whole = open_store(plain.url), open_store()
    assert store.select("ASK { ?s ?p ?o }").rows == ((ox.Literal(True),),)
    assert store.select("ASK { <a:b> ?p ?o }").rows == ((ox.Literal(False),),)
    for graph in (graph_of("wigan-deal"), graph_of("wigan-deal", "inferred")):
        assert {*store.quads(graph)} == {*whole.quads(graph)}
        assert b"boolean" in b"".join(str(q).encode() for q in whole.quads(graph_of("wigan-deal")))


@pytest.mark.parametrize("path", ["", "/query?key=1"])
def test_texts_arrive_as_they_were(path: str, plain: Hostile) -> None:
    said = "%41 a+b &= \\u0041 \u00e4 \U0001f600 \\ \" ' \t\n{ } ;\n# ?x $y"
    text = ox.Quad(quads(A, 1)[0].subject, quads(A, 1)[0].predicate, ox.Literal(said))
    store = EndpointStore(plain.url + path, plain.url)
    store.open_for_writing()
    store.replace({A: [text]})
    assert [quad.object for quad in store.quads(A)] == [ox.Literal(said)]
    rows = store.select(f"SELECT ?s WHERE {{ ?s ?p {ox.Literal(said)} }}").rows
    assert len(rows) == 1


@pytest.mark.slow
def test_updates_are_small_flat_and_without_blank_nodes(server: Hostile) -> None:
    seen: list[str] = []

    def noted(request: Request) -> None:
        seen.append(request.form.get("update", ""))
        assert request.size < 500_000
        well(request)

    server.mode = noted
    store = prepare_store(server.url)
    assert max(len(text.split(" ;\n")) for text in seen) <= writing.MAX_STEPS
    assert not any("_:" in line.split('"')[0] for text in seen for line in text.splitlines())
    whole = open_store()
    for graph in (ONTOLOGY_GRAPH, graph_of("wigan-deal")):
        mine, theirs = (ox.Dataset(each.quads(graph)) for each in (store, whole))
        for dataset in (mine, theirs):
            dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        assert mine == theirs
    assert {graph: size for graph, size in store.sizes().items() if graph != STORE_GRAPH} == {
        graph: size for graph, size in whole.sizes().items() if graph != STORE_GRAPH
    }
    assert "<https://w3id.org/sysgraph/graph/store/was" not in str(
        list(server.store.named_graphs())
    )


def test_a_graph_store_that_is_named_takes_what_is_written(
    plain: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def noted(request: Request) -> None:
        seen.append(f"{request.headers['Content-Type']} {request.path}")
        well(request)

    monkeypatch.setenv("SYSGRAPH_GRAPH_STORE", f"{plain.url}/store")
    plain.mode = noted
    store = opened(plain)
    store.replace({A: quads(A, *range(2_000)), B: quads(B, 1)})
    assert {*store.quads(A)} == {*quads(A, *range(2_000))}
    added = [line for line in seen if line.startswith("application/n-triples /store?graph=")]
    assert len(added) > 3
    assert not any("INSERT DATA" in line and A in line for line in seen)
    plain.mode = updates(lambda request: request.say(200, "text/html", hostile.PAGE))
    with pytest.raises(EndpointFailed, match="a web page, where a login may be asked for"):
        store.replace({A: quads(A, 3)})
    monkeypatch.setenv("SYSGRAPH_GRAPH_STORE", "http://me:word@host/store")
    with pytest.raises(EndpointFailed, match="the address holds a login") as refused:
        opened(plain)
    assert "word" not in str(refused.value)


def test_a_part_that_is_too_large_is_halved(plain: Hostile) -> None:
    store = opened(plain)
    plain.mode = hostile.too_large(2_000)
    store.replace({A: quads(A, *range(100)), B: quads(B, 1)})
    assert len(store.quads(A)) == 100
    plain.mode = hostile.too_large(900)
    small = quads(A, 1)[0]
    huge = ox.Quad(small.subject, small.predicate, ox.Literal("x" * 5_000), small.graph_name)
    with pytest.raises(TooLarge, match=r"no request of 5,\d+ bytes.*have it take 1 MB"):
        store.replace({A: [huge]})
    assert len(store.quads(A)) == 100  # it answered, and was put back at once
    open_state = EndpointStore(plain.url)
    open_state.open_for_asking()


def test_who_asks_hears_of_a_write_that_broke_off_and_who_writes_undoes_it(
    server: Hostile,
) -> None:
    store = opened(server)
    store.replace({A: quads(A, 1, 2), B: []})
    server.mode = updates(after(6, hostile.reset_before))
    with pytest.raises(EndpointFailed):
        store.replace({A: quads(A, 3), B: quads(B, *range(2_000))})
    server.mode = well
    with pytest.raises(BadStore, match="broke off"):
        EndpointStore(server.url).open_for_asking()
    again = opened(server)
    assert again.sizes() == {A: 2, STORE_GRAPH: 1}
    shown = {q.object for q in server.store if isinstance(q.graph_name, ox.DefaultGraph)}
    assert shown == (set() if server.shows_graphs else {q.object for q in quads(A, 1, 2)})


def test_two_who_write_at_a_time_do_not_both_think_they_did(plain: Hostile) -> None:
    store = opened(plain)
    other = f'<{STORE_GRAPH}> <https://w3id.org/sysgraph/beingWritten> "other"'
    turns = 0

    def meddled(request: Request) -> None:
        nonlocal turns
        if request.is_update and turns == 2:
            plain.store.update(f"INSERT DATA {{ GRAPH <{STORE_GRAPH}> {{ {other} }} }}")
        turns += request.is_update
        well(request)

    plain.mode = meddled
    with pytest.raises(EndpointFailed, match="at the same time"):
        store.replace({A: quads(A, 1)})


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "my-case.yaml"
    path.write_text(copied("my-case"))
    return path


@pytest.mark.parametrize("part", ["provenance", "inferred"])
def test_unchanged_is_only_what_is_whole(part: str, case: Path, plain: Hostile) -> None:
    contributions, _ = check_files([case])
    store = prepare(plain)
    load(contributions, store)
    before = store.quads(graph_of("my-case", part))
    assert load(contributions, store).unchanged == ("my-case",)
    plain.store.update(f"DROP GRAPH <{graph_of('my-case', part)}>")
    assert load(contributions, store).replaced == ("my-case",)
    assert len(store.quads(graph_of("my-case", part))) == len(before)
    assert load(contributions, store).unchanged == ("my-case",)
    assert len(history("my-case", store)) == 1


@pytest.mark.slow
def test_nothing_goes_because_a_listing_lacks_it(case: Path, plain: Hostile) -> None:
    contributions, _ = check_files([case])
    store = prepare(plain)
    load(contributions, store)
    before = store.sizes()
    plain.store.update(
        f"DELETE WHERE {{ GRAPH <{STORE_GRAPH}> {{ ?s <https://w3id.org/sysgraph/sha256> ?o }} }}"
    )
    listing = "generatedAtTime> ?moment"

    def lacking(request: Request) -> None:
        if listing not in request.form.get("query", ""):
            well(request)
        elif "sysgraphRows" in request.form["query"]:  # and it miscounts to match
            said = b'{"n":{"type":"literal","value":"0"}}'
            request.say(
                200,
                hostile.JSON,
                b'{"head":{"vars":["n"]},"results":{"bindings":[' + said + b"]}}",
            )
        else:
            request.say(200, hostile.JSON, b'{"head":{"vars":["graph"]},"results":{"bindings":[]}}')

    plain.mode = lacking
    prepare_store(plain.url)
    plain.mode = well
    after_all = open_store(plain.url)
    assert after_all.sizes() == before
    assert describe_store(after_all)["contributed_cases"] == ["my-case"]


@pytest.mark.slow
def test_what_was_exported_can_be_served_and_asked(server: Hostile) -> None:
    document = export(open_store(), Format.NQUADS)
    assert REVISION.encode() not in document
    server.store.bulk_load(document, format=ox.RdfFormat.N_QUADS)
    store = open_store(server.url)
    assert describe_store(store)["library"] == "this version's"
    assert describe_store(store)["gets_wrong"] == []
    assert load_frame(store).considerations == load_frame(open_store()).considerations
    assert store.index() == open_store().index()
    assert export(store, Format.NQUADS) == document
    written = prepare_store(server.url)
    written.replace({A: quads(A, 1)})
    assert written.select("SELECT ?o WHERE { ?s <https://e.org/p> ?o }").rows


def test_a_default_graph_filled_in_part_is_filled_up() -> None:
    with serving(ox.Store(), shows_graphs=False) as server:
        server.store.bulk_load(export(open_store(), Format.NQUADS), format=ox.RdfFormat.N_QUADS)
        server.mode = updates(after(3, hostile.reset_before))
        with pytest.raises(EndpointFailed):
            change_store(server.url)
        server.mode = well
        with pytest.raises(BadStore, match="broke off"):
            open_store(server.url)
        change_store(server.url)
        assert describe_store(open_store(server.url))["gets_wrong"] == []
        named = {quad.triple for quad in server.store if str(quad.graph_name) != f"<{STORE_GRAPH}>"}
        shown = {q.triple for q in server.store if isinstance(q.graph_name, ox.DefaultGraph)}
        assert shown == named


@pytest.mark.slow
def test_a_default_graph_that_shows_nothing_is_told() -> None:
    def deaf(request: Request) -> None:
        request.graphs = []
        well(request)

    with serving(ox.Store(), shows_graphs=False) as server:
        server.store.bulk_load(export(open_store(), Format.NQUADS), format=ox.RdfFormat.N_QUADS)
        server.mode = deaf
        with pytest.raises(BadStore, match="does not show its named graphs"):
            open_store(server.url)


@pytest.mark.slow
def test_only_what_is_ours_leaves_a_shared_server(server: Hostile) -> None:
    prepare(server)
    server.store.extend(quads("https://e.org/graph", 1))
    moment = '"2026-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
    said = f"<https://e.org/graph> <http://www.w3.org/ns/prov#generatedAtTime> {moment}"
    server.store.update(f"INSERT DATA {{ GRAPH <https://e.org/graph> {{ {said} }} }}")
    store = open_store(server.url)
    for what in What:
        assert b"https://e.org/" not in export(store, Format.NQUADS, what)
    facts, own = describe_store(store), describe_store(open_store())
    assert facts["contributed_cases"] == []
    assert facts["cases"] == own["cases"]


def test_status_says_what_an_engine_gets_wrong(plain: Hostile) -> None:
    prepare(plain)

    def wrong(request: Request) -> None:
        if f"NOT EXISTS {{ ?x {RDF_TYPE}/" in request.form.get("query", ""):
            request.say(500, "text/plain", b"internal: path in subquery")
        else:
            well(request)

    plain.mode = wrong
    assert describe_store(open_store(plain.url))["gets_wrong"] == ["a path within NOT EXISTS"]


def test_a_store_without_the_library_is_told(server: Hostile) -> None:
    for way in (open_store, change_store):
        with pytest.raises(BadStore, match="no sysgraph library"):
            way(server.url)


def test_marks_are_what_a_directory_has() -> None:
    store = open_store()
    assert isinstance(store, LocalStore)
    assert {*store.quads(STORE_GRAPH)} == {*memory(marks()).quads(STORE_GRAPH)}

"""Stores: in memory, in a directory, and behind a real SPARQL server on loopback."""

import http.server
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from shelf import CASES, copied, just_before
from sysgraph import stores
from sysgraph.advice.said import load_frame
from sysgraph.check import check_files
from sysgraph.errors import BadSparql, BadStore, EndpointFailed, SysgraphError
from sysgraph.history.deeds import history, restore, retract, store_as_of
from sysgraph.intake import load, remove
from sysgraph.publish.files import export
from sysgraph.publish.parts import What
from sysgraph.query import find, run
from sysgraph.rdf import Format
from sysgraph.store.endpoint import EndpointStore
from sysgraph.store.local import open_directory
from sysgraph.stores import (
    change_store,
    contributed_ids,
    describe_store,
    open_as_of,
    open_store,
    prepare_store,
)
from sysgraph.terms import STORE_GRAPH, graph_of


@pytest.mark.parametrize("moment", ["2999-01-01", "2999-01-01T00:00Z"])
def test_nobody_is_told_how_cases_will_stand(moment: str) -> None:
    with pytest.raises(SysgraphError, match=f"'{moment}' is to come"):
        open_as_of(None, moment)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "my-case.yaml"
    path.write_text(copied("my-case"))
    return path


def put(place: str, *paths: Path) -> tuple[tuple[str, ...], ...]:
    contributions, _ = check_files(list(paths))
    store = prepare_store(place)
    done = load(contributions, store)
    store.close()
    return done.added, done.replaced, done.unchanged


@pytest.fixture(params=["separate", "union"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A real SPARQL server, whose default graph shows the named ones or does not."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = shutil.which("oxigraph") or str(Path(sys.executable).parent / "oxigraph")
    options = ["--union-default-graph"] if request.param == "union" else []
    process = subprocess.Popen(
        [
            program,
            "serve",
            "--location",
            str(tmp_path / "ox"),
            "--bind",
            f"127.0.0.1:{port}",
            *options,
        ],
        stderr=subprocess.DEVNULL,
    )
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


def test_directory_holds_library_and_contribution(case: Path, tmp_path: Path) -> None:
    place = str(tmp_path / "store")
    assert put(place, case) == (("my-case",), (), ())
    assert put(place, case) == ((), (), ("my-case",))
    case.write_text(case.read_text().replace("title: Bristol Pound", "title: Renamed", 1))
    assert put(place, case) == ((), ("my-case",), ())
    store = open_store(place)
    facts = describe_store(store)
    assert (facts["cases"], facts["contributed_cases"]) == (len(CASES) + 1, ["my-case"])
    assert facts["library"] == "this version's"
    assert run(find("definitions-met"), store, {"case": "my-case"}).rows
    provenance = store.quads(graph_of("my-case", "provenance"))
    assert any("sha256" in str(quad.predicate) for quad in provenance)
    assert len(load_frame(store).cases) == len(CASES) + 1


def test_what_goes_into_a_new_store_stays_out_of_all_others(tmp_path: Path) -> None:
    """The files of a new store are those that the cache keeps, which are never written to."""
    before = open_store().sizes()
    one, other = (prepare_store(str(tmp_path / name)) for name in ("one", "other"))
    assert one.sizes() == other.sizes() == before
    assert one.index() == other.index() == open_store().index()
    gone = graph_of("wigan-deal")
    one.replace({gone: []})
    one.close()
    assert open_store(str(tmp_path / "one")).sizes().keys() == before.keys() - {gone}
    assert other.sizes() == open_store().sizes() == before
    assert "wigan-deal" in other.index()
    assert "wigan-deal" not in open_store(str(tmp_path / "one")).index()
    other.close()


def test_asserted_and_inferred_stay_apart(case: Path, tmp_path: Path) -> None:
    place = str(tmp_path / "store")
    put(place, case)
    store = open_store(place)
    stated = {quad.triple for quad in store.quads(graph_of("my-case"))}
    inferred = {quad.triple for quad in store.quads(graph_of("my-case", "inferred"))}
    assert inferred
    assert not stated & inferred


@pytest.mark.slow
@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("together", [2, 1_000])
def test_library_of_another_version_is_brought_up_to_date(
    together: int, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "TOGETHER", together)
    place, names = tmp_path / "store", ["my-case", "second", "third"]
    files = [case, *(case.with_name(f"{name}.yaml") for name in names[1:])]
    for name, file in zip(names, files, strict=True):
        file.write_text(copied(name))
    put(str(place), *files)
    store = open_directory(place, write=True)
    before = {name: len(store.quads(name)) for name in store.graphs()}
    store.store.update(f"DELETE WHERE {{ GRAPH <{STORE_GRAPH}> {{ ?s ?p ?o }} }}")
    store.store.update(
        f"INSERT DATA {{ GRAPH <{STORE_GRAPH}>"
        f" {{ <{STORE_GRAPH}> <https://w3id.org/sysgraph/sha256> 'old' }} ."
        f" GRAPH <{graph_of('gone')}> {{ <a:b> <a:b> <a:b> }} ."
        f" GRAPH <{graph_of('gone', 'provenance')}> {{ <a:b> <a:b> <a:b> }} }}"
    )
    for name in (graph_of("wigan-deal"), *(graph_of(one, "inferred") for one in names)):
        store.store.update(f"DROP GRAPH <{name}>")
    store.close()
    assert "another version" in str(describe_store(open_store(str(place)))["library"])
    put(str(place), case)
    after = open_store(str(place))
    counts = {name: len(after.quads(name)) for name in after.graphs()}
    # What another version of the library had is kept in the history, and nowhere else.
    assert counts.pop(graph_of("gone", "history"))
    assert {k: v for k, v in counts.items() if k != STORE_GRAPH} == {
        k: v for k, v in before.items() if k != STORE_GRAPH
    }
    assert contributed_ids(after) == names


def test_store_errors_are_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(BadStore, match="no such store"):
        open_store(str(tmp_path / "none"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadStore, match="not a store"):
        open_store(str(tmp_path / "empty"))
    ox.Store(str(tmp_path / "other")).flush()
    with pytest.raises(BadStore, match="no sysgraph library"):
        open_store(str(tmp_path / "other"))
    with pytest.raises(BadStore, match="not a sysgraph store"):
        prepare_store(str(tmp_path / "other"))
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadStore):
        prepare_store(str(tmp_path / "file" / "below"))


@pytest.mark.parametrize("place", ["htp://127.0.0.1:7878/", "http:/127.0.0.1", "file:///tmp/st"])
def test_what_looks_like_an_address_makes_no_directory(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadStore, match="looks like an address, and is none"):
        prepare_store(place)
    assert list(tmp_path.iterdir()) == []


def test_the_root_is_no_store_and_a_directory_has_no_address_for_updates(tmp_path: Path) -> None:
    for open_it in (open_store, change_store):
        with pytest.raises(BadStore, match="this is not a store"):
            open_it("/")
    with pytest.raises(BadStore, match="--update-url is for an endpoint"):
        change_store(str(tmp_path), "http://127.0.0.1/update")


def test_busy_store_says_so(case: Path, tmp_path: Path) -> None:
    place = tmp_path / "store"
    put(str(place), case)
    code = (
        f"import pyoxigraph, sys; s = pyoxigraph.Store({str(place)!r});"
        " print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        for write in (False, True):
            with pytest.raises(BadStore, match="busy"):
                open_directory(place, write=write)
        writer.communicate(b"")
    open_directory(place).close()


@pytest.mark.slow
@pytest.mark.usefixtures("few")
def test_endpoint_and_directory_answer_alike(server: str, case: Path, tmp_path: Path) -> None:
    place = str(tmp_path / "store")
    with pytest.raises(BadStore, match="no sysgraph library"):
        open_store(server)
    assert put(server, case) == put(place, case) == (("my-case",), (), ())
    assert put(server, case) == ((), (), ("my-case",))
    remote, local = open_store(server), open_store(place)
    for name in ("cases-of-type", "type-by-aim", "contributions", "considerations-for-type"):
        assert run(find(name), remote) == run(find(name), local)
    arguments = {"situation": "my-case/readings/1"}
    assert run(find("which-approach-fits"), remote, arguments) == run(
        find("which-approach-fits"), local, arguments
    )
    for what in (What.CASES, What.ONTOLOGY, What.INFERRED):
        assert export(remote, Format.TRIG, what) == export(local, Format.TRIG, what)
    near, far = describe_store(local), describe_store(remote)
    assert [near[k] for k in ("cases", "contributed_cases", "inferred_triples")] == [
        far[k] for k in ("cases", "contributed_cases", "inferred_triples")
    ]
    case.write_text(case.read_text().replace("scale: city", "scale: local", 1))
    assert put(server, case) == ((), ("my-case",), ())
    rows = remote.select(
        "SELECT ?o WHERE { <https://w3id.org/sysgraph/case/my-case>"
        " <https://w3id.org/sysgraph/scale> ?o }"
    )
    assert [row[0].value for row in rows.rows if row[0]] == ["local"]
    assert remote.select("ASK { ?s ?p ?o }").rows[0][0] == ox.Literal(True)
    assert len(remote.index()) == len(open_store().index()) + 1
    assert remote.index() == local.index()
    assert remove(["my-case"], remote, with_history=True).removed == ("my-case",)
    assert remote.index() == open_store().index()
    assert remote.graphs() == open_store().graphs()
    with pytest.raises(BadSparql, match="refuses"):
        remote.select("SELECT ?s {")


@pytest.mark.slow
@pytest.mark.usefixtures("few")
def test_endpoint_keeps_the_past_as_a_directory_does(
    server: str, case: Path, tmp_path: Path
) -> None:
    place, before = str(tmp_path / "store"), just_before()
    for where in (server, place):
        put(where, case)
        store = change_store(where)
        assert retract(["my-case", "wigan-deal"], store, reason="wrong", by="Me").stopped
        store.close()
    remote, local = open_store(server), open_store(place)
    assert remote.index() == local.index()
    assert len(remote.index()) == len(open_store().index()) - 1
    told = [describe_store(store)["retracted"] for store in (remote, local)]
    assert told == [["my-case", "wigan-deal"]] * 2
    for store in (remote, local):
        first, second = history("my-case", store)
        assert (first.status, first.reason, second.status) == ("counts", "wrong", "retracted")
        assert store_as_of(store, before).index() == open_store().index()
    remote = change_store(server)
    assert restore(["wigan-deal"], remote).counting == ("wigan-deal",)
    assert remote.index() == open_store().index()
    quads = remote.quads(graph_of("wigan-deal", "inferred"))
    assert {*quads} == {*open_store().quads(graph_of("wigan-deal", "inferred"))}


class Crooked(http.server.BaseHTTPRequestHandler):
    """A server that answers, and not as SPARQL says."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()
            return
        if self.path == "/ill":
            self.send_error(503)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>hello</html>")

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.mark.parametrize(
    ("path", "said"),
    [("page", "not what SPARQL"), ("moved", "redirects to"), ("ill", "HTTP 503")],
)
def test_crooked_endpoint_is_one_clear_line(path: str, said: str) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Crooked) as crooked:
        threading.Thread(target=crooked.serve_forever, daemon=True).start()
        store = EndpointStore(f"http://127.0.0.1:{crooked.server_port}/{path}")
        with pytest.raises(EndpointFailed, match=said):
            store.select("SELECT * WHERE { ?s ?p ?o }")
        with pytest.raises(EndpointFailed, match=said):
            store.construct("CONSTRUCT WHERE { ?s ?p ?o }")
        crooked.shutdown()


def test_endpoint_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(EndpointFailed, match="cannot be reached"):
        EndpointStore("http://127.0.0.1:9/query").select("ASK {}")

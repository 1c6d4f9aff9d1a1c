"""Real servers beside a directory: the same commands, the same answers."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from servers.asking import (
    after,
    before,
    call,
    contributions,
    difference,
    plain,
    questions,
    reading,
)
from servers.running import Server, oxigraph, rdflib_endpoint, virtuoso
from sysgraph.store.local import Rows
from sysgraph.stores import open_store, prepare_store
from sysgraph.terms import STORE_GRAPH

pytestmark = pytest.mark.servers

Start = Callable[[Path, Path], AbstractContextManager[Server]]
"""Starts a server in a folder; rdflib-endpoint with a file, which it is otherwise slow to take."""

SERVERS: dict[str, Start] = {
    "oxigraph": lambda folder, _: oxigraph(folder, union=False),
    "oxigraph, union": lambda folder, _: oxigraph(folder, union=True),
    "virtuoso": lambda folder, _: virtuoso(folder),
    "rdflib-endpoint": rdflib_endpoint,
}
EACH = [
    pytest.param(name, marks=[] if name in ("oxigraph", "virtuoso") else [pytest.mark.thorough])
    for name in SERVERS
]
"""The second step has one whose default graph is empty, and one whose is the union of all."""
TOO_LONG = {("rdflib-endpoint", name) for name in ("similar-cases", "which-approach-fits")}
"""What takes rdflib half a minute of everything at once, and our client asks three times.

Of one thing it is asked here; plain rdflib is asked both in ``tests/others``.
"""


@dataclass
class Side:
    """A store: what each command said of it, and what it answered to each question."""

    place: str
    said: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Rows] = field(default_factory=dict)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    return contributions(tmp_path_factory.mktemp("given") / "files")


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of the shipped library in one file."""
    file = tmp_path_factory.mktemp("exported") / "all.trig"
    code, said = call(["export", "--format", "trig", "-o", file], {})
    assert code == 0, said
    return file


@pytest.fixture(scope="session")
def directory(files: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Side:
    """What a directory says, which the other tests hold to be right."""
    place = tmp_path_factory.mktemp("directory") / "store"
    writing = ["--store", str(place)]
    side = Side(str(place))
    for step, words in [*before(files, writing), *reading(files, str(place))]:
        side.said[step] = call(words, {})
    with closing(open_store(str(place))) as store:
        side.asked |= questions(store)
        side.answers |= {name: store.select(text) for name, text in side.asked.items()}
    for step, words in after(writing):
        side.said[step] = call(words, {})
    return side


def test_steps_are_real(directory: Side) -> None:
    """What is compared below is worth comparing: no step failed that should not have."""
    refused = {step for step, (code, _) in directory.said.items() if code}
    assert refused == {"sparql, a wrong query", "diff", "retract again", "remove again"}
    assert all(rows.columns for rows in directory.answers.values())


@pytest.mark.parametrize("name", EACH)
def test_server_and_directory_say_the_same(
    name: str,
    directory: Side,
    files: Mapping[str, Path],
    exported: Path,
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    with SERVERS[name](tmp_path, exported) as server, pytest.MonkeyPatch.context() as patch:
        for variable, value in server.environment.items():
            patch.setenv(variable, value)

        def compare(steps: Iterator[tuple[str, list[object]]]) -> None:
            for step, words in steps:
                with subtests.test(step):
                    code, said = call(words, server.environment)
                    wanted = directory.said[step]
                    assert code == wanted[0], said
                    assert plain(said, server.url) == plain(wanted[1], directory.place)

        compare(before(files, server.options))
        compare(reading(files, server.url))
        store = open_store(server.url)
        for question, text in directory.asked.items():
            if (name, question) not in TOO_LONG:
                with subtests.test(question):
                    assert not difference(directory.answers[question], store.select(text))
        compare(after(server.options))


@pytest.mark.parametrize("name", EACH)
def test_server_filled_from_an_export_is_a_store(
    name: str, exported: Path, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    """A10: by the server's own loader."""
    facets = ["-f", "purpose-origin=movement", "-f", "agreement=coercive"]
    # More rows than Virtuoso hands out at a time.
    every = tmp_path / "every.rq"
    ours = 'isIRI(?o) && STRSTARTS(STR(?s), "https://w3id.org/sysgraph/")'
    kept = '!STRENDS(STR(?g), "/described")'  # which an export adds
    every.write_text(
        "SELECT DISTINCT ?s ?p ?o WHERE"
        f" {{ GRAPH ?g {{ ?s ?p ?o }} FILTER ({ours} && {kept}) }} ORDER BY ?s ?p ?o"
    )
    commands: dict[str, list[object]] = {
        "status": ["status", "--format", "json"],
        "query": ["query", "considerations-for-type", "-p", "type=organic", "--format", "csv"],
        "sparql, over 10,000 rows": ["sparql", every, "--format", "csv", "--timeout", "240"],
        "advise": ["advise", *facets, "--format", "json"],
        "advise on a case": ["advise", "--case", "wigan-deal", "--format", "json"],
        "export": ["export", "--what", "cases", "--format", "trig"],
    }
    with SERVERS[name](tmp_path, exported) as server:
        server.take(exported)
        for step, words in commands.items():
            with subtests.test(step):
                found = call([*words, "--store", server.url], server.environment)
                wanted = call(words, {})
                assert found[0] == 0, found[1]
                assert plain(found[1], server.url) == plain(wanted[1], "the shipped library")


@pytest.mark.parametrize(
    ("name", "path"), [("oxigraph, union", "/store"), ("virtuoso", "/sparql-graph-crud-auth")]
)
def test_a_graph_store_takes_the_library(
    name: str, path: str, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SERVERS[name](tmp_path, exported) as server:
        for variable, value in server.environment.items():
            monkeypatch.setenv(variable, value)
        base = server.url.rpartition("/")[0]
        monkeypatch.setenv("SYSGRAPH_GRAPH_STORE", base + path)
        with closing(prepare_store(server.url, server.update_url)) as store:
            found, wanted = store.sizes(), open_store().sizes()
    assert found.pop(STORE_GRAPH) > wanted.pop(STORE_GRAPH)  # a revision beside the marks
    assert found == wanted

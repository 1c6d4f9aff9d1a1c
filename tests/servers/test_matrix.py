"""Real servers beside a directory: the same commands, the same answers."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
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
from sysgraph import Query, Rows, open_store, run

pytestmark = pytest.mark.servers

SERVERS: dict[str, Callable[[Path], AbstractContextManager[Server]]] = {
    "oxigraph": lambda folder: oxigraph(folder, union=False),
    "oxigraph, union": lambda folder: oxigraph(folder, union=True),
    "virtuoso": virtuoso,
    "rdflib-endpoint": rdflib_endpoint,
}
TOO_SLOW = {("rdflib-endpoint", "which-approach-fits"), ("rdflib-endpoint", "reasons-in-situation")}
"""What takes a server half a minute over all situations at once; of one situation it is asked."""


@dataclass
class Side:
    """A store, what each command said of it, and what it answered to each question."""

    place: str
    said: dict[str, tuple[int, str]]
    asked: list[tuple[str, Query, dict[str, str]]]
    answers: dict[str, Rows]


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    return contributions(tmp_path_factory.mktemp("given") / "files")


@pytest.fixture(scope="session")
def directory(files: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Side:
    """What a directory says, which the other tests hold to be right."""
    place = str(tmp_path_factory.mktemp("directory") / "store")
    side = Side(place, {}, [], {})
    steps = [*before(files, ["--store", place]), *reading(files, place)]
    for step, words in steps:
        side.said[step] = call(words, {})
    with closing(open_store(place)) as store:
        side.asked += questions(store)
        for asked, query, arguments in side.asked:
            side.answers[asked] = run(query, store, arguments)
    for step, words in after(["--store", place]):
        side.said[step] = call(words, {})
    return side


def test_steps_are_real(directory: Side) -> None:
    """What is compared below is worth comparing: no step failed that should not have."""
    refused = {step for step, (code, _) in directory.said.items() if code}
    assert refused == {"sparql, a wrong query", "diff", "retract again", "remove again"}
    assert all(rows.columns for rows in directory.answers.values())


@pytest.mark.parametrize("name", SERVERS)
def test_server_and_directory_say_the_same(
    name: str,
    directory: Side,
    files: Mapping[str, Path],
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    with SERVERS[name](tmp_path) as server, pytest.MonkeyPatch.context() as patch:
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
        for question, query, arguments in directory.asked:
            if not arguments and (name, query.name) in TOO_SLOW:
                continue
            with subtests.test(question):
                found = run(query, store, arguments)
                assert not difference(directory.answers[question], found)
        compare(after(server.options))

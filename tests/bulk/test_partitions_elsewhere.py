"""Partitions read by the bulk loaders of others: the same quads and the same answers."""

import gzip
import json
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox
import pytest

from servers.asking import call
from servers.running import program, virtuoso
from shelf import content, many
from sysgraph.bulk import slices
from sysgraph.stores import open_store
from sysgraph.terms import STORE_GRAPH, graph_of

pytestmark = pytest.mark.servers

_QUESTIONS = (
    ["query", "cases-of-type", "-p", "type=facilitative", "--format", "csv"],
    ["query", "similar-cases", "-p", "case=made-0003", "--format", "csv"],
    ["advise", "--case", "made-0001", "--format", "json"],
)


@dataclass(frozen=True)
class Made:
    """The same cases, as partitions and in a store directory."""

    parts: Path
    store: Path

    @property
    def quads(self) -> int:
        """How many quads the manifest promises."""
        return int(json.loads((self.parts / "manifest.json").read_text())["quads"])

    def answers(self) -> list[tuple[int, str]]:
        """What the store directory answers to the questions."""
        return asked(str(self.store))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Partitions and a store directory of the same file, made by the command."""
    folder = tmp_path_factory.mktemp("made")
    found = Made(folder / "parts", folder / "store")
    path = many(folder, 12)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "_SLICE_BYTES", 100_000)
        for words in (["--partitions", found.parts], ["--store", found.store]):
            code, said = call(["load", path, *words], {})
            assert code == 0, said
    assert len(list(found.parts.glob("part-*.nq.gz"))) > 2
    return found


def asked(place: str) -> list[tuple[int, str]]:
    answers = [call([*words, "--store", place], {}) for words in _QUESTIONS]
    assert all(code == 0 for code, _ in answers), answers
    assert all(len(said.splitlines()) > 1 for _, said in answers)
    return [(code, said.replace(place, "STORE")) for code, said in answers]


def by_pyoxigraph(parts: Path, place: Path) -> None:
    store = ox.Store(place)
    for file in parts.glob("*.nq.gz"):
        with gzip.open(file) as packed:
            store.bulk_load(input=cast("IO[bytes]", packed), format=ox.RdfFormat.N_QUADS)
    store.flush()


def by_oxigraph(parts: Path, place: Path) -> None:
    files = map(str, parts.glob("*.nq.gz"))
    command = [program("oxigraph"), "load", "--location", str(place), "--file", *files]
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.parametrize("load", [by_pyoxigraph, by_oxigraph])
def test_oxigraph_holds_what_a_store_directory_holds(
    load: Callable[[Path, Path], None], made: Made, tmp_path: Path
) -> None:
    place = tmp_path / "store"
    load(made.parts, place)
    found, wanted = content(place), content(made.store)
    # Blank nodes go by other names in each store.
    assert {quad for quad in found ^ wanted if "_:" not in quad} == set()
    assert len(found) == len(wanted)
    assert len(ox.Store.read_only(str(place))) == made.quads
    assert asked(str(place)) == made.answers()


def test_virtuoso_holds_and_answers_what_a_store_directory_does(made: Made, tmp_path: Path) -> None:
    # Its loader reads only from folders that its configuration names.
    given = Path(shutil.copytree(made.parts, tmp_path / "given"))
    with (
        virtuoso(tmp_path) as server,
        closing(open_store(str(made.store))) as directory,
    ):
        server.gather(given)
        with closing(open_store(server.url)) as store:
            found, wanted = store.sizes(), directory.sizes()
            assert sum(found.values()) == made.quads
            revision = 1  # which a store gets when it is written to by us
            assert found[STORE_GRAPH] + revision == wanted[STORE_GRAPH]
            assert found | {STORE_GRAPH: 0} == wanted | {STORE_GRAPH: 0}
            for part in ("", "inferred"):
                name = graph_of("made-0007", part)
                assert {*map(str, store.quads(name))} == {*map(str, directory.quads(name))}
        assert asked(server.url) == made.answers()

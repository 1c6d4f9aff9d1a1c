"""The data of a store of many cases, made by other processes: the same files, and none left."""

from collections.abc import Iterator
from contextlib import closing
from multiprocessing import active_children
from pathlib import Path

import pyoxigraph as ox
import pytest

from sysgraph.errors import SysgraphError
from sysgraph.library import marks
from sysgraph.publish.catalogue import COUNTED
from sysgraph.release import making
from sysgraph.release.dumps import Data
from sysgraph.release.making import data_of
from sysgraph.release.written import Writing, writing
from sysgraph.store.local import LocalStore, Store, create
from sysgraph.stores import open_store
from sysgraph.terms import graph_of, iri_of


@pytest.fixture
def many(
    world: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Store, str]]:
    """The tiny world in a directory, as a store that is taken to hold many cases."""
    monkeypatch.setattr(making, "MANY", 2)
    quads = [quad for graph in world.graphs() for quad in world.quads(graph)]
    create(tmp_path / "store", [*quads, *marks()])
    with closing(open_store(str(tmp_path / "store"))) as store:
        yield store, str(tmp_path / "store")


def written_by(data: Data, written: Writing) -> dict[str, bytes]:
    names = [written.put_made(dump.file, data.write(dump)) for dump in data.dumps]
    return {name: written.read(name) for name in names}


def written_by_killed(data: Data, written: Writing) -> None:
    for one in active_children():
        one.kill()
    written_by(data, written)


def test_other_processes_write_and_count_the_same(many: tuple[Store, str], tmp_path: Path) -> None:
    store, place = many
    with writing(tmp_path / "here") as written:
        here = Data.here(store, written)
        expected = written_by(here, written), {what: here.count(what) for what in COUNTED}
    with writing(tmp_path / "there") as written, data_of(store, place, written, 2, 2) as data:
        assert active_children()
        found = written_by(data, written), {what: data.count(what) for what in COUNTED}
    assert found == expected
    assert not active_children()


def test_what_fails_meanwhile_is_told_at_once_and_leaves_no_process(
    many: tuple[Store, str], tmp_path: Path
) -> None:
    store, place = many
    with (
        pytest.raises(SysgraphError, match="no such page"),
        writing(tmp_path / "site") as written,
        data_of(store, place, written, 2, 1),
    ):
        raise SysgraphError("no such page")
    assert not active_children()


def test_a_process_that_is_killed_is_told_of(many: tuple[Store, str], tmp_path: Path) -> None:
    store, place = many
    with (
        pytest.raises(SysgraphError, match="was killed"),
        writing(tmp_path / "site") as written,
        data_of(store, place, written, 2, 1) as data,
    ):
        written_by_killed(data, written)
    assert not active_children()


def test_a_file_that_cannot_be_made_is_told_of(
    world: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MANY", 2)
    place = tmp_path / "store"
    said = ox.Quad(
        ox.NamedNode(iri_of("alpha")),
        ox.NamedNode("https://example.org/likes"),
        ox.NamedNode("skos:Concept"),
        ox.NamedNode(graph_of("alpha")),
    )
    quads = [quad for graph in world.graphs() for quad in world.quads(graph)]
    create(place, [*quads, *marks(), said])
    with (
        pytest.raises(SysgraphError, match="JSON-LD would take it"),
        closing(open_store(str(place))) as store,
        writing(tmp_path / "site") as written,
        data_of(store, str(place), written, 2, 2) as data,
    ):
        written_by(data, written)
    assert not active_children()

"""A bulk load that is refused says that it did nothing, and takes nobody else's store away."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from shelf import copied
from sysgraph.bulk import load
from sysgraph.bulk.load import load_bulk
from sysgraph.case.read import read
from sysgraph.errors import BadStore
from sysgraph.ontology import Ontology
from sysgraph.rdf import Format
from sysgraph.stores import open_store, prepare_store
from sysgraph.turtle import serialize


def lines(folder: Path, name: str, *changes: tuple[str, str]) -> bytes:
    """The case of Nuka under another id as N-Quads, some of its words changed."""
    text = copied(name, "nuka")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    (one,) = read(path, Ontology.load().vocabulary)
    return serialize(one.quads, Format.NQUADS)


def test_what_is_refused_is_not_said_to_be_replaced(tmp_path: Path) -> None:
    path, store = tmp_path / "cases.nq", tmp_path / "store"
    path.write_bytes(lines(tmp_path, "one") + lines(tmp_path, "two"))
    assert load_bulk([path], store, workers=1).added == ("one", "two")
    before = sorted(open_store(str(store)).graphs())
    # Only pySHACL, which is asked last, says that the second one is refused.
    path.write_bytes(
        lines(tmp_path, "one", ("title: ", "title: New, "))
        + lines(tmp_path, "two", ("place: ", "place: '' # "))
        + lines(tmp_path, "three")
    )
    done = load_bulk([path], store, workers=1)
    assert done.violations
    assert (done.added, done.replaced, done.unchanged) == ((), (), ())
    assert sorted(open_store(str(store)).graphs()) == before


def test_a_store_that_comes_into_being_meanwhile_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, store = tmp_path / "cases.nq", tmp_path / "store"
    path.write_bytes(lines(tmp_path, "one"))
    keep = load._kept_from_writers

    @contextmanager
    def and_then_made(place: Path) -> Iterator[None]:
        kept: AbstractContextManager[None] = keep(place)
        with kept:
            prepare_store(str(place)).close()
            yield

    monkeypatch.setattr(load, "_kept_from_writers", and_then_made)
    with pytest.raises(BadStore, match="has just made it; try again"):
        load_bulk([path], store, workers=1)
    assert not open_store(str(store)).quads("https://w3id.org/sysgraph/graph/case/one")
    monkeypatch.undo()
    assert load_bulk([path], store, workers=1).added == ("one",)

"""A site of a small store: made, made again, and brought up to date."""

import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from shelf import ROOT
from sysgraph.case.contribution import describe_origin
from sysgraph.case.read import read
from sysgraph.errors import BadFile, SysgraphError
from sysgraph.history.states import State, history_quads
from sysgraph.library import infer_cases, marks
from sysgraph.rdf import in_graph, text_of
from sysgraph.release import site as made
from sysgraph.release.site import publish
from sysgraph.store.local import LocalStore, create, open_directory
from sysgraph.terms import graph_of, iri_of
from sysgraph.vocabulary import Vocabulary

pytestmark = pytest.mark.slow
"""Each build draws all pictures and asks all questions."""


def held(place: Path) -> dict[str, tuple[bytes, int]]:
    files = (one for one in place.rglob("*") if one.is_file())
    return {
        one.relative_to(place).as_posix(): (one.read_bytes(), one.stat().st_mtime_ns)
        for one in files
    }


def contents(place: Path) -> dict[str, bytes]:
    return {name: content for name, (content, _) in held(place).items()}


def quads_of_world(world: LocalStore) -> list[ox.Quad]:
    return [quad for graph in world.graphs() for quad in world.quads(graph)]


def lives() -> list[ox.Quad]:
    """The histories of a draft, and of a case that counted and was taken back."""
    first, second = "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"
    title = f'<{iri_of("my-sketch")}> <http://purl.org/dc/terms/title> "My sketch" .\n'
    past = [
        State("counts", first, "", "", second, "retracted", "Not so."),
        State("retracted", second, "", ""),
    ]
    draft = State("draft", first, title, "")
    return [*history_quads("my-sketch", [draft]), *history_quads("taken-back", past)]


def change_title(store: Path, vocabulary: Vocabulary, name: str, title: str) -> None:
    """Load a case of the world again, with another title and so another digest."""
    (case,) = read(ROOT / "tests" / "world" / f"{name}.yaml", vocabulary)
    by = "http://purl.org/dc/terms/title"
    case.quads = [
        ox.Quad(q.subject, q.predicate, ox.Literal(title, language="en"), q.graph_name)
        if q.predicate.value == by and text_of(q.subject) == case.iri
        else q
        for q in case.quads
    ]
    case.digest = "1" * 64
    graph = graph_of(name)
    opened = open_directory(store, write=True)
    opened.replace(
        {
            graph: in_graph(case.quads, graph),
            graph_of(name, "inferred"): in_graph(
                infer_cases({name: case.quads})[name], graph_of(name, "inferred")
            ),
            graph_of(name, "provenance"): describe_origin(case, "2026-02-01T00:00:00Z"),
        }
    )
    opened.close()


def test_a_site_is_made_again_only_where_a_case_has_changed(
    world: LocalStore, vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, place = tmp_path / "store", tmp_path / "site"
    create(store, [*quads_of_world(world), *marks(), *lives()])
    first = publish(place, str(store))
    assert first.written == first.files > 100
    before = held(place)
    told = [
        name for name, (content, _) in before.items() if b"my-sketch" in content + name.encode()
    ]
    assert told == []  # of a draft not even that it is there
    assert b"Not so." in before["case/taken-back.html"][0]
    assert b"taken-back" in before["data/questions/case-states.csv"][0]

    again = publish(place, str(store))
    assert (again.files, again.written, again.removed) == (first.files, 0, 0)
    assert held(place) == before

    change_title(store, vocabulary, "alpha", "Another title of alpha")
    monkeypatch.setattr(made, "write_beside", _full)
    with pytest.raises(SysgraphError, match="no room"):
        publish(place, str(store))
    assert held(place) == before
    monkeypatch.undo()

    publish(place, str(store))
    after = held(place)
    changed = {name for name in after if after[name] != before.get(name)}
    assert {"case/alpha.html", "case/alpha.ttl", "search.json", "browse/cases.html"} <= changed
    others = {"case/gamma.html", "case/gamma.nt", "CaseStudy.ttl", "hasReading.html"}
    assert others & changed == set()
    assert b"Another title of alpha" in after["case/alpha.html"][0]

    fresh = tmp_path / "elsewhere" / "fresh"
    fresh.parent.mkdir()
    command = [sys.executable, "-m", "sysgraph", "publish", str(fresh), "--store", str(store)]
    seeded = {**os.environ, "PYTHONHASHSEED": "11"}
    subprocess.run(command, check=True, env=seeded, cwd=tmp_path, capture_output=True)
    assert contents(fresh) == contents(place)


def _full(*_: object) -> None:
    raise SysgraphError("there is no room")


def test_a_place_of_others_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(BadFile, match="something else than a site"):
        publish(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]

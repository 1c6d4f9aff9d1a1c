"""A release as an RO-Crate: every file is there, and is what is said of it."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from calling import Call
from sysgraph.case.read import read_all
from sysgraph.errors import BadFile
from sysgraph.publish.crate import METADATA, write_crate
from sysgraph.query import catalogue
from sysgraph.rdf import Format, in_graph, parse, triples_of
from sysgraph.store.local import LocalStore, memory
from sysgraph.terms import CATALOGUE_GRAPH, DATASET, NAMESPACE, ONTOLOGY_GRAPH, PREFIXES, graph_of
from sysgraph.vocabulary import Vocabulary

SAID = f"""
@prefix dcterms: <{PREFIXES["dcterms"]}> .
@prefix xsd: <{PREFIXES["xsd"]}> .
<{DATASET}> dcterms:title "A library"@en ; dcterms:description "Of cases."@en ;
    dcterms:creator "Those who made it" ; dcterms:created "2026-01-02"^^xsd:date ;
    dcterms:license <https://creativecommons.org/licenses/by-sa/3.0/> .
"""
VERSION = f"""
<{NAMESPACE}> <{PREFIXES["owl"]}versionInfo> "7.8" ;
    <{PREFIXES["dcterms"]}modified> "2026-02-03"^^<{PREFIXES["xsd"]}date> .
"""


@pytest.fixture(scope="module")
def store(world: LocalStore) -> LocalStore:
    own = world.store.quads_for_pattern(None, None, None, None)
    said = {CATALOGUE_GRAPH: SAID, ONTOLOGY_GRAPH: VERSION}
    more: list[ox.Quad] = []
    for graph, text in said.items():
        more += in_graph(parse(text.encode(), Format.TURTLE, "said"), graph)
    return memory([*own, *more])


@pytest.fixture(scope="module")
def crate(store: LocalStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("release") / "crate"
    write_crate(store, place)
    return place


def entities(crate: Path) -> dict[str, dict[str, Any]]:
    document = json.loads((crate / METADATA).read_text("utf-8"))
    assert document["@context"] == "https://w3id.org/ro/crate/1.2/context"
    return {one["@id"]: one for one in document["@graph"]}


def test_each_file_is_there_and_nothing_else(crate: Path) -> None:
    known = entities(crate)
    files = {name: about for name, about in known.items() if about["@type"] == "File"}
    there = {path.relative_to(crate).as_posix() for path in crate.rglob("*") if path.is_file()}
    assert there == {*files, METADATA}
    assert [part["@id"] for part in known["./"]["hasPart"]] == list(files)
    for name, about in files.items():
        data = (crate / name).read_bytes()
        assert about["contentSize"] == str(len(data))
        assert about["sha256"] == sha256(data).hexdigest()
    assert {Path(name).suffix: about["encodingFormat"] for name, about in files.items()} == {
        ".trig": "application/trig",
        ".ttl": "text/turtle",
        ".yaml": "application/yaml",
        ".csv": "text/csv",
        ".rq": "application/sparql-query",
    }
    assert sum(name.startswith("questions/") for name in files) == len(catalogue())


def test_the_root_says_what_the_library_says_of_itself(crate: Path) -> None:
    known = entities(crate)
    root = known["./"]
    licence = "https://creativecommons.org/licenses/by-sa/3.0/"
    assert (root["name"], root["description"]) == ("A library", "Of cases.")
    assert (root["version"], root["datePublished"]) == ("7.8", "2026-02-03")
    assert root["license"] == {"@id": licence}
    assert known[licence]["name"] == "CC BY-SA 3.0"
    assert known[root["creator"]["@id"]]["name"] == "Those who made it"
    assert known[METADATA]["about"] == {"@id": "./"}
    assert known[METADATA]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}


@pytest.mark.parametrize("name", ["cases.yaml", "cases.csv"])
def test_the_cases_are_read_again(
    name: str, crate: Path, store: LocalStore, vocabulary: Vocabulary
) -> None:
    found = read_all(crate / name, vocabulary)
    assert {one.case_id for one in found} >= {"alpha", "beta", "gamma", "delta"}
    for one in found:
        stated = set(triples_of(store.quads(graph_of(one.case_id))))
        assert set(triples_of(one.quads)) == stated


def test_the_same_store_gives_the_same_folder(crate: Path, store: LocalStore) -> None:
    again = crate.parent / "again"
    for _ in range(2):  # and it takes its own place
        write_crate(store, again)
        for path in crate.rglob("*"):
            if path.is_file():
                assert (again / path.relative_to(crate)).read_bytes() == path.read_bytes()


def test_what_is_no_such_folder_is_left_alone(store: LocalStore, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine")
    with pytest.raises(BadFile, match="no RO-Crate that could be replaced"):
        write_crate(store, tmp_path)
    with pytest.raises(BadFile, match="no RO-Crate that could be replaced"):
        write_crate(store, mine)
    assert mine.read_text() == "mine"


def test_a_crate_with_a_file_of_somebody_else_is_left_alone(
    store: LocalStore, tmp_path: Path
) -> None:
    place = tmp_path / "crate"
    write_crate(store, place)
    write_crate(store, place)
    mine = place / "questions" / "mine.txt"
    mine.write_text("mine")
    with pytest.raises(BadFile, match="no RO-Crate that could be replaced"):
        write_crate(store, place)
    assert mine.read_text() == "mine"
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / METADATA).write_text("{}")
    with pytest.raises(BadFile, match="no RO-Crate that could be replaced"):
        write_crate(store, theirs)


def test_a_crate_is_a_folder_of_all_there_is(call: Call, tmp_path: Path) -> None:
    for words, told in (
        ((), "name it with -o"),
        (("-o", tmp_path / "x", "--case", "nuka"), "always of all"),
        (("-o", tmp_path / "x", "--what", "cases"), "always of all"),
    ):
        done = call("export", "--format", "ro-crate", *words)
        assert (done.code, told in done.err) == (2, True)
    assert not (tmp_path / "x").exists()

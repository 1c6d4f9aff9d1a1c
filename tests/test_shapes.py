"""Each demand on data is broken by its own fixture and by nothing else."""

from functools import cache
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from rdflib import RDF, SH, Graph, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.term import Node

from sysgraph.check import stub
from sysgraph.files import data
from sysgraph.terms import PREFIXES

FIXTURES = Path(__file__).parent / "shapes"
SHAPES = sorted((data() / "ontology" / "shapes").glob("*.ttl"))
VALID = sorted(FIXTURES.glob("*/valid.ttl"))
INVALID = sorted(FIXTURES.glob("*/*.invalid.ttl"))


@cache
def shapes() -> Graph:
    graph = Graph()
    for path in SHAPES:
        graph.parse(path)
    return graph


@cache
def known_individuals() -> Graph:
    return stub()


@cache
def known_names() -> set[Node]:
    return {*known_individuals().subjects()}


@cache
def question(text: str) -> Query:
    return prepareQuery(text)


class Asked(Graph):
    """A graph that reads a question once, for pySHACL asks the same of every fixture."""

    def query(self, query_object: Any, *more: Any, **named: Any) -> Any:
        return super().query(question(query_object), *more, **named)


def broken(path: Path) -> set[str]:
    """Return the names of the shapes that a fixture breaks, at any severity."""
    graph = Asked().parse(path)
    # What stands in the fixture is judged, and not the individuals that it refers to.
    own = {node for s, _, o in graph for node in (s, o) if isinstance(node, URIRef)}
    focus = sorted(str(node) for node in own if node not in known_names())
    if path.parent.name != "Style":  # style judges all that is a class, also in the stub
        for triple in known_individuals():
            graph.add(triple)
    _, results, _ = pyshacl.validate(graph, shacl_graph=shapes(), focus_nodes=focus)
    assert isinstance(results, Graph)
    names = (str(name) for name in results.objects(None, SH.sourceShape))
    return {name.removeprefix(PREFIXES["shape"]) for name in names}


def demand(path: Path) -> str:
    name = path.name.removesuffix(".invalid.ttl").partition("--")[0]
    return path.parent.name if name == "closed" else f"{path.parent.name}-{name}"


def named_shapes() -> set[str]:
    """Return the names of all demands: property shapes; nodes that ask, deny or are closed."""
    graph = shapes()
    found = {
        str(shape)
        for shape in graph.subjects(RDF.type, SH.PropertyShape)
        if graph.value(shape, SH.message)
    }
    found |= {str(shape) for shape in graph.subjects(SH.closed, None)}
    found |= {
        str(shape)
        for shape in graph.subjects(RDF.type, SH.NodeShape)
        if (shape, SH.sparql, None) in graph or (shape, SH["not"], None) in graph
    }
    return {name.removeprefix(PREFIXES["shape"]) for name in found}


def test_fixtures_are_found() -> None:
    assert len(VALID) + len(INVALID) == len(list(FIXTURES.rglob("*.ttl"))) > 0
    assert {path.parent.name for path in INVALID} == {path.parent.name for path in VALID}


@pytest.mark.slow
@pytest.mark.parametrize("path", VALID, ids=lambda path: path.parent.name)
def test_valid_fixture_breaks_nothing(path: Path) -> None:
    assert broken(path) == set()


@pytest.mark.slow
@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_invalid_fixture_breaks_the_demand_in_its_name(path: Path) -> None:
    assert broken(path) == {demand(path)}


@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_invalid_fixture_differs_little_and_says_why(path: Path) -> None:
    valid, invalid = (
        [line for line in file.read_text().splitlines() if not line.startswith("@prefix")]
        for file in (path.parent / "valid.ttl", path)
    )
    assert any(line.startswith("# Wrong: ") for line in invalid)
    assert len(set(valid) - set(invalid)) <= 2


def test_every_demand_has_a_fixture_and_every_fixture_a_demand() -> None:
    assert {demand(path) for path in INVALID} == named_shapes()


@pytest.mark.parametrize("name", sorted(named_shapes()))
def test_every_demand_says_what_to_write(name: str) -> None:
    shape = URIRef(PREFIXES["shape"] + name)
    message = str(shapes().value(shape, SH.message))
    assert message.endswith(".")
    assert message.count(".") >= 2 or "Write" in message
    assert shapes().value(shape, SH.severity) in (SH.Violation, SH.Warning)


def test_shapes_never_use_the_empty_prefix() -> None:
    assert not any("@prefix :" in path.read_text() for path in SHAPES)

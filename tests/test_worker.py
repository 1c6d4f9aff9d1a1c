"""A query of a person's own that finds nothing: whether it names what there is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from calling import Call, Said

Ask = Callable[..., Said]

PREFIXED = "PREFIX s: <https://w3id.org/sysgraph/> "


@pytest.fixture
def sparql(call: Call, tmp_path: Path) -> Ask:
    def ask(query: object, *options: object) -> Said:
        file = tmp_path / "query.rq"
        file.write_text(str(query))
        return call("sparql", file, *options)

    return ask


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT ?x { ?x a sysg:Case }", "sysg:Case here; did you mean 'sysg:CaseStudy'?"),
        (
            "SELECT ?x { ?x sysg:hasPrimeryType ?y }",
            "sysg:hasPrimeryType here; did you mean 'sysg:hasPrimaryType'?",
        ),
        (PREFIXED + "SELECT ?x { ?x a s:Rsk }", "sysg:Rsk here; did you mean 'sysg:Risk'?"),
        (
            "SELECT ?x { ?x a <https://w3id.org/sysgraph/Rsk> }",
            "sysg:Rsk here; did you mean 'sysg:Risk'?",
        ),
        ("SELECT ?x { risk:tokenims ?y ?x }", "risk:tokenims here; did you mean 'risk:tokenism'?"),
        ("SELECT ?x { ?x sysg:xyzzy ?y }", "sysg:xyzzy here."),
    ],
)
def test_a_name_of_ours_that_nothing_has_is_told_with_the_nearest(
    query: str, told: str, sparql: Ask
) -> None:
    found = sparql(query, "--format", "csv")
    assert (found.code, found.out.strip()) == (0, query.partition("?")[2].partition(" ")[0])
    assert found.err == f"Nothing is called {told}\n"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { ?x a sysg:CaseStudy ; dcterms:title 'no such title' }",
        "SELECT ?x { GRAPH sysg:graph\\/ontology { ?x dcterms:title 'no such title' } }",
        "PREFIX e: <https://example.org/> SELECT ?x { ?x a e:Case }",
        "SELECT ?x { { ?x a sysg:Case } UNION { ?x a sysg:Risk } } LIMIT 1",
    ],
    ids=["no row", "a graph", "of others", "a row"],
)
def test_nothing_is_told_where_all_is_there_or_rows_are(query: str, sparql: Ask) -> None:
    found = sparql(query)
    assert (found.code, found.err) == (0, "")

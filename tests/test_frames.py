"""Rows and graphs for analysts, held to what is written, to each other, and to rdflib."""

import math
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import networkx as nx
import pandas as pd
import polars as pl
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.compare import isomorphic

from sysgraph.errors import SysgraphError
from sysgraph.frames import to_networkx, to_pandas, to_polars, to_rdflib
from sysgraph.publish.files import export
from sysgraph.publish.parts import Part, What
from sysgraph.query import bind, find, run
from sysgraph.rdf import Format, Term
from sysgraph.store.local import LocalStore, Rows, memory
from sysgraph.terms import PREFIXES, graph_of

CASE, RDFS = PREFIXES["case"], PREFIXES["rdfs"]


def literal(text: str, kind: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(PREFIXES["xsd"] + kind))


def column(*terms: Term | None) -> Rows:
    return Rows(("x",), tuple((term,) for term in terms))


def of_pandas(rows: Rows) -> tuple[str, list[Any]]:
    """The dtype of the one column, and its values with None where one is missing."""
    series = to_pandas(rows)["x"]
    values = [None if missing else value for value, missing in zip(series, series.isna())]  # noqa: B905
    return str(series.dtype), [plain(value) for value in values]


def of_polars(rows: Rows) -> tuple[str, list[Any]]:
    series = to_polars(rows)["x"]
    return str(series.dtype), [plain(value) for value in series.to_list()]


def plain(value: Any) -> Any:
    """A value as Python has it; what is no number as a word, for it equals nothing."""
    value = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
    return "not a number" if isinstance(value, float) and math.isnan(value) else value


MOMENT = datetime(2026, 1, 5, 12, 30)
IRI = ox.NamedNode("https://example.org/a")


@pytest.mark.parametrize(
    ("terms", "in_pandas", "in_polars", "values"),
    [
        ((literal("7", "integer"), None), "Int64", "Int64", [7, None]),
        ((literal("1998", "gYear"), literal("+7", "int")), "Int64", "Int64", [1998, 7]),
        ((literal("0.5", "decimal"), None), "Float64", "Float64", [0.5, None]),
        ((literal("2", "integer"), literal("0.5", "decimal")), "Float64", "Float64", [2.0, 0.5]),
        (
            (literal("NaN", "double"), literal("-INF", "double"), None),
            "Float64",
            "Float64",
            ["not a number", -math.inf, None],
        ),
        (
            (literal("1", "boolean"), literal("false", "boolean")),
            "boolean",
            "Boolean",
            [True, False],
        ),
        (
            (literal("2026-01-05", "date"), None),
            "datetime64[s]",
            "Date",
            [date(2026, 1, 5), None],
        ),
        (
            (literal("2026-01-05T12:30:00", "dateTime"), None),
            "datetime64[us]",
            "Datetime(time_unit='us', time_zone=None)",
            [MOMENT, None],
        ),
        (
            (literal("2026-01-05T14:30:00+02:00", "dateTime"), None),
            "datetime64[us, UTC]",
            "Datetime(time_unit='us', time_zone='UTC')",
            [MOMENT.replace(tzinfo=UTC), None],
        ),
        ((ox.Literal("a", language="en"), None), "str", "String", ["a", None]),
        ((IRI, IRI), "category", "Categorical", [IRI.value, IRI.value]),
        ((IRI, ox.BlankNode("b"), None), "str", "String", [IRI.value, "_:b", None]),
        ((None, None), "str", "String", [None, None]),
        ((), "str", "String", []),
    ],
)
def test_a_column_has_the_dtype_that_its_terms_ask_for(
    terms: tuple[Term | None, ...], in_pandas: str, in_polars: str, values: list[Any]
) -> None:
    rows = column(*terms)
    # pandas has no type of its own for a day, which is its first moment there.
    days = [datetime(d.year, d.month, d.day) if type(d) is date else d for d in values]
    assert of_pandas(rows) == (in_pandas, days)
    assert of_polars(rows) == (in_polars, values)


@pytest.mark.parametrize(
    "terms",
    [
        (literal("7", "integer"), ox.Literal("seven")),
        (literal("seven", "integer"), literal("7", "integer")),
        (literal("1_0", "integer"), literal("8", "integer")),
        (literal(str(2**63), "integer"), literal("8", "integer")),
        (literal("20260105", "date"), literal("2026-01-05", "date")),
        (literal("2026-02-30", "date"), literal("2026-01-05", "date")),
        (literal("2026-01-05T00:00:00", "dateTime"), literal("2026-01-05T00:00:00Z", "dateTime")),
        (literal("0001-01-01T00:00:00+14:00", "dateTime"),),
        (literal("yes", "boolean"), literal("true", "boolean")),
        (IRI, literal("7", "integer")),
    ],
)
def test_what_is_mixed_or_broken_stays_as_it_is_written(terms: tuple[Term, ...]) -> None:
    written = [term.value for term in terms]
    assert of_pandas(column(*terms)) == ("str", written)
    assert of_polars(column(*terms)) == ("String", written)


@pytest.mark.parametrize(("different", "is_category"), [(1, True), (2, True), (3, False)])
def test_texts_are_categories_where_half_of_them_are_the_same(
    different: int, is_category: bool
) -> None:
    rows = column(None, *(ox.Literal(f"t{number % different}") for number in range(4)))
    assert (of_pandas(rows)[0] == "category") == is_category
    assert (of_polars(rows)[0] == "Categorical") == is_category


KINDS = "integer gYear decimal double boolean date dateTime string"
TEXTS = st.one_of(
    st.sampled_from(["1", "0", "-7", "+3", ".5", "1e3", "INF", "NaN", "true", "2026-01-05", "x"]),
    st.integers().map(str),
    st.floats().map(repr),
    st.dates().map(str),
    st.datetimes(timezones=st.sampled_from([None, UTC])).map(lambda moment: moment.isoformat()),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
)
LITERALS = st.builds(literal, TEXTS, st.sampled_from(KINDS.split()))


@given(st.lists(st.one_of(st.none(), LITERALS), max_size=5))
def test_pandas_and_polars_hold_the_same(terms: list[Term | None]) -> None:
    rows = column(*terms)
    days = [datetime(d.year, d.month, d.day) if type(d) is date else d for d in of_polars(rows)[1]]
    assert of_pandas(rows)[1] == days


@given(LITERALS)
def test_a_value_is_what_rdflib_reads(term: ox.Literal) -> None:
    kind, (value,) = of_polars(column(term))
    if kind != "String" and not isinstance(value, datetime) and "gYear" not in str(term):
        read = rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value)).toPython()
        assert value == (plain(float(read)) if kind == "Float64" else read)


def test_a_question_comes_as_a_frame(world: LocalStore) -> None:
    rows = run(find("type-by-aim"), world)
    frame = to_pandas(rows)
    assert list(frame.columns) == list(rows.columns)
    assert frame.groupby("aim", observed=True)["cases"].sum().to_dict() == {"coordinate": 4}
    led = to_polars(rows).filter(pl.col("ledYes") > 0)
    assert led["type"].to_list() == ["externally-driven"]


@pytest.mark.parametrize("what", [What.ALL, What.CASES, What.INFERRED])
def test_the_graph_in_rdflib_is_what_is_exported(
    what: What, world: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)  # as it is written
    expected = rdflib.Dataset(default_union=True)
    expected.parse(data=export(world, Format.NQUADS, what), format="nquads")
    found = to_rdflib(world, what)
    names = {str(graph.identifier) for graph in expected.graphs()}
    assert {str(graph.identifier) for graph in found.graphs()} == names
    assert all(
        isomorphic(found.graph(rdflib.URIRef(name)), expected.graph(rdflib.URIRef(name)))
        for name in names - {"urn:x-rdflib:default"}
    )


def test_rdflib_is_asked_across_the_graphs(world: LocalStore) -> None:
    query = find("cases-of-type")
    found = to_rdflib(world).query(bind(query, world, {}))
    assert len(list(found)) == len(run(query, world).rows)


def quad(subject: str, predicate: str, value: str | ox.Literal, graph: str) -> ox.Quad:
    end = value if isinstance(value, ox.Literal) else ox.NamedNode(value)
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), end, ox.NamedNode(graph))


def test_things_are_nodes_and_what_joins_them_edges() -> None:
    own, inferred = graph_of("a"), graph_of("a", "inferred")
    a, b, knows, likes = (f"https://example.org/{name}" for name in ("a", "b", "knows", "likes"))
    store = memory(
        [
            quad(a, knows, b, own),
            quad(a, knows, b, inferred),
            quad(a, likes, b, inferred),
            quad(a, f"{RDFS}label", ox.Literal("A", language="en"), own),
            quad(a, "https://w3id.org/sysgraph/sector", ox.Literal("water"), own),
            quad(a, "https://w3id.org/sysgraph/sector", ox.Literal("health"), own),
            quad(b, "https://w3id.org/sysgraph/startYear", literal("1998", "gYear"), own),
        ]
    )
    graph = to_networkx(store, Part(What.ALL, bare=True))
    assert dict(graph.nodes) == {
        a: {"rdfs:label": "A", "sysg:sector": "health; water"},
        b: {"sysg:startYear": 1998},
    }
    assert {(start, end, key): dict(told) for start, end, key, told in edges(graph)} == {
        (a, b, knows): {"name": knows, "is_inferred": False},
        (a, b, likes): {"name": likes, "is_inferred": True},
    }


def edges(graph: "nx.MultiDiGraph[str]") -> list[tuple[str, str, str, dict[str, Any]]]:
    return list(graph.edges(keys=True, data=True))


def test_networkx_joins_what_the_graph_does_and_can_be_written(world: LocalStore) -> None:
    graph = to_networkx(world)
    triples = to_rdflib(world).triples((None, None, None))
    joined = {
        tuple(f"_:{one}" if isinstance(one, rdflib.BNode) else str(one) for one in (s, o, p))
        for s, p, o in triples
        if not isinstance(o, rdflib.Literal)
    }
    assert {(start, end, key) for start, end, key, _ in edges(graph)} == joined
    stream = BytesIO()
    nx.write_graphml(graph, stream)
    again = nx.read_graphml(BytesIO(stream.getvalue()), force_multigraph=True)
    assert again.number_of_edges() == len(joined)
    assert again.nodes[f"{CASE}alpha"] == graph.nodes[f"{CASE}alpha"]


def test_one_case_can_be_taken_alone(world: LocalStore) -> None:
    graph = to_networkx(world, Part(What.CASES, frozenset(["alpha"]), bare=True))
    assert f"{CASE}alpha" in graph
    assert graph.nodes[f"{CASE}alpha"]["dcterms:title"] == "Alpha"
    assert f"{CASE}beta" not in graph


@pytest.mark.parametrize(
    ("package", "ask"),
    [
        ("pandas", lambda store: to_pandas(column())),
        ("polars", lambda store: to_polars(column())),
        ("networkx", to_networkx),
    ],
)
def test_a_missing_package_says_what_to_install(
    package: str,
    ask: Callable[[LocalStore], object],
    world: LocalStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SysgraphError, match=rf"{package}; .* '\.\[analysis\]'"):
        ask(world)

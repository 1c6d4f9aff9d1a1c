"""The order of rows that we put in order, against that of the engine."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgraph.query import bind, catalogue
from sysgraph.sparql.order import in_order, without_order
from sysgraph.store.local import LocalStore, memory
from sysgraph.stores import open_store
from sysgraph.terms import PREFIXES

XSD = PREFIXES["xsd"]


def engine_rows(store: LocalStore, query: str) -> ox.QuerySolutions:
    answer = store.store.query(query, use_default_graph_as_union=True)
    assert isinstance(answer, ox.QuerySolutions)
    return answer


@pytest.mark.parametrize("name", catalogue())
def test_the_rows_of_each_question_come_as_the_engine_orders_them(name: str) -> None:
    store = open_store(None)
    assert isinstance(store, LocalStore)
    query = bind(catalogue()[name], store, {})
    assert list(store.select(query).rows) == [tuple(row) for row in engine_rows(store, query)]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
NAMES = st.text("abZé", max_size=2).map(lambda text: ox.NamedNode(f"https://example.org/{text}"))
KINDS = [
    TEXTS.map(ox.Literal),
    TEXTS.map(lambda text: ox.Literal(text, language="en")),
    st.integers(-30, 30).map(ox.Literal),
    st.booleans().map(ox.Literal),
    st.sampled_from(["1", "true", "0", "false"]).map(
        lambda text: ox.Literal(text, datatype=ox.NamedNode(f"{XSD}boolean"))
    ),
    st.sampled_from(["01", "1", "+1", "-2", "9", "10"]).map(
        lambda text: ox.Literal(text, datatype=ox.NamedNode(f"{XSD}integer"))
    ),
]
COLUMNS = st.one_of([st.lists(st.none() | NAMES | kind, min_size=6, max_size=6) for kind in KINDS])


@given(COLUMNS, COLUMNS, st.booleans())
def test_rows_come_as_the_engine_orders_them(
    first: list[ox.Literal | None], second: list[ox.Literal | None], is_last_first: bool
) -> None:
    rows = tuple(zip(first, second, map(ox.Literal, range(6)), strict=True))
    values = " ".join(
        f"({' '.join('UNDEF' if term is None else str(term) for term in row)})" for row in rows
    )
    ways = f"{'DESC' if is_last_first else ''}(?a) ?b ?n"
    query = f"SELECT ?a ?b ?n {{ VALUES (?a ?b ?n) {{ {values} }} }} ORDER BY {ways}"
    store = memory()
    assert list(store.select(query).rows) == [tuple(row) for row in engine_rows(store, query)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?a { ?a ?b ?c } ORDER BY LCASE(?a)",
        "SELECT ?a { ?a ?b ?c } ORDER BY ?a LIMIT 2",
        "SELECT ?a { { SELECT ?a { ?a ?b ?c } ORDER BY ?a } }",
        "SELECT ?a { ?a ?b ?c } # ORDER BY ?a",
        'SELECT ?a { ?a ?b """ORDER BY ?a""" }',
    ],
)
def test_what_is_no_plain_order_at_the_end_stays_with_the_engine(query: str) -> None:
    assert without_order(query) == (query, [])


@pytest.mark.parametrize(
    "terms",
    [
        [ox.BlankNode(), ox.BlankNode()],
        [ox.Literal("a", language="en"), ox.Literal("a", language="es")],
        [ox.Literal("a"), ox.Literal(1)],
        [ox.Literal("2001", datatype=ox.NamedNode(f"{XSD}gYear"))],
    ],
)
def test_terms_without_an_order_of_their_own_are_left_to_the_engine(
    terms: list[ox.Literal],
) -> None:
    assert in_order(("a",), tuple((term,) for term in terms), [("a", False)]) is None


def test_a_variable_that_is_no_column_is_left_to_the_engine() -> None:
    text = "SELECT ?s { VALUES (?s ?n) { ('b' 1) ('a' 2) ('c' 0) } } ORDER BY ?n"
    rows = memory().select(text).rows
    assert [str(row[0]) for row in rows] == ['"c"', '"b"', '"a"']

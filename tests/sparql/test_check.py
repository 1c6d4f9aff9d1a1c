"""What is said of a query before an engine reads it, and of one that the engine refuses."""

import re
import string

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgraph.errors import BadSparql
from sysgraph.query import catalogue
from sysgraph.sparql.check import check, first_fault, parse, tokens_of
from sysgraph.store.local import memory
from sysgraph.terms import PREFIXES


def said(query: str) -> str:
    """What a person is told of a query, or nothing where there is nothing to tell."""
    try:
        check(query, "q")
        parse(query, "q")
    except BadSparql as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("query", "told"),
    [
        # Line and column were counted by hand.
        ("SELECT ?s\nWHERE { ?s rfds:label ?l }", "q:2:12: the prefix 'rfds:'.*mean 'rdfs:'"),
        ("ASK { ?s ?p ?o .\n  ?s zork:a ?o }", "q:2:6: the prefix 'zork:' is not declared; write"),
        ("SELCT ?s { ?s ?p ?o }", "q:1:1: 'SELCT' cannot stand here; did you mean 'SELECT'"),
        ("SELECT ?s WHERE { ?s ?p }", "q:1:25: '}' cannot stand here"),
        ("ASK {\n  ?s ?p ?o\n  FILTER (?o > )\n}", r"q:3:16: '\)' cannot stand here"),
        ("SELECT ?s { ?s ?p ?o } ORDER ?s", "q:1:30: '\\?s' cannot stand here; what can: 'BY'"),
        ("SELECT ?s { ?s ?p ?o } LIMIT x", "q:1:30: 'x' cannot stand here; what can: a number"),
        ("ASK { ?s ?p ?o . FILTRE(?o) }", "q:1:18: 'FILTRE' cannot.*mean 'FILTER'"),
        ("ASK { ?s ?p ?o\n", "q:1:5: the '{' that opens here is never closed"),
        ("ASK { ?s ?p (1 2 }", r"q:1:18: this '}' cannot close the '\(' of 1:13"),
        ("ASK { ?s ?p ?o } }", "q:1:18: this '}' closes nothing"),
        ("ASK { ?s ?p 'é\n }", "q:1:13: the text that begins here has no end"),
        ("ASK { ?s <near> ?o }", "q:1:10: '<near>' is no whole address"),
        ("SELECT ?s ?s", "q:1:13: the query ends too early"),
        ("SELECT ?x (COUNT(?o) AS ?n) { ?s ?p ?o }", "q:1:41: The SELECT contains a variable"),
        ("ASK { BIND (1 AS ?x) BIND (2 AS ?x) }", "perhaps a variable is given twice"),
        ("# nothing but a comment", "q: it is no SELECT"),
        ("SELECT\xa0* { ?s ?p ?o }", "q:1:7: '\xa0' cannot stand here"),
    ],
)
def test_cause_line_and_column_are_told_in_words(query: str, told: str) -> None:
    found = said(query)
    assert re.search(told, found), found
    assert "expected" not in found
    assert "\n" not in found


def test_prefixes_are_known_unless_declared_otherwise() -> None:
    label, own = PREFIXES["rdfs"] + "label", "https://example.org/own/label"
    quads = [ox.Quad(ox.NamedNode("x:s"), ox.NamedNode(p), ox.Literal("a")) for p in (label, own)]
    asked = "SELECT ?p { ?s ?p ?o . ?s rdfs:label ?o . FILTER (?p = rdfs:label) }"
    store = memory(quads)
    for query, found in (
        (asked, label),
        (f"PREFIX rdfs: <https://example.org/own/> {asked}", own),
        (f"prefix rdfs:<https://example.org/own/>{asked}", own),
    ):
        rows = store.select(check(query, "q").text).rows
        assert [row[0].value for row in rows if row[0]] == [found]


LONG = 5_000


@pytest.mark.parametrize(
    "query",
    [
        f"ASK {{ ?s ?p ?o FILTER ({'!' * LONG}?o) }}",
        f"ASK {{ ?s ?p ?o FILTER ({'- ' * LONG}?o) }}",
        f"ASK {{ ?s ?p ?o FILTER (?o{'+?o' * LONG}) }}",
        f"ASK {{ ?s ?p ?o FILTER (?o{' -1' * LONG}) }}",
        f"ASK {{ ?s ?p ?o FILTER (?o{' || ?o' * LONG}) }}",
        f"ASK {{ ?s ?p ?o FILTER (?o{' && ?o' * LONG}) }}",
        f"ASK {{ ?s <a:b>{'/<a:b>' * LONG} ?o }}",
        f"ASK {{ ?s <a:b>{'|^<a:b>' * LONG} ?o }}",
        f"ASK {{ ?s {'^ ' * LONG}<a:b> ?o }}",
        f"ASK {{ ?s ?p ?o {'OPTIONAL { ?s ?p ?o } ' * LONG} }}",
        f"ASK {{ {{ ?s ?p ?o }} {'UNION { ?s ?p ?o } ' * LONG} }}",
        f"ASK {{ ?s ?p ?o {'MINUS { ?s ?p ?o } ' * LONG} }}",
        f"ASK {{ ?s ?p ?o {'VALUES ?s { <a:b> } ' * LONG} }}",
        f"SELECT {'(1 AS ?x) ' * LONG} {{ }}",
        f"SELECT * {{ ?s ?p ?o }} HAVING {'(?o) ' * LONG}",
        f"DESCRIBE {'<a:b> ' * LONG}",
        f"ASK {{ ?s ?p {'<<( ?s ?p ' * LONG} ?o }}",
    ],
    ids=lambda query: query[:40],
)
def test_chains_that_would_end_the_process_are_refused(query: str) -> None:
    """D2: the engine is never called; a crash of it would end this test's process."""
    with pytest.raises(BadSparql, match=r"q:1:\d+: it has more than 500"):
        check(query, "q")


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * {{ VALUES ?x {{ {'<a:b> ' * LONG} }} }}",
        f"SELECT * {{ VALUES (?x ?y) {{ {'(<a:b> -1) ' * LONG} }} }}",
        f"ASK {{ ?s ?p ?o FILTER (?o IN ({', '.join(map(str, range(LONG)))})) }}",
        f"ASK {{ ?s ?p '{'((!!||' * LONG}' }} # {'{' * LONG}",
    ],
    ids=lambda query: query[:40],
)
def test_long_lists_are_no_chains(query: str) -> None:
    check(query, "q")
    assert memory().select(query).columns


def test_a_rule_of_the_grammar_is_never_broken_by_our_own_questions() -> None:
    for query in catalogue().values():
        assert first_fault([*tokens_of(query.text, query.name)]) is None


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX ex: <http://127.0.0.1:9/> ASK { ?x ?y ?z.SERVICE ex:a { ?s ?p ?o } }",
        "PREFIX ex: <http://127.0.0.1:9/> ASK { ?x ?y true.SERVICE ex:a { ?s ?p ?o } }",
        "PREFIX ex: <http://127.0.0.1:9/> ASK { ?x ?y trueSERVICE ex:a { ?s ?p ?o } }",
        "PREFIX ex: <http://127.0.0.1:9/> ASK { ?x ?y 'x'@en.SERVICE ex:a { ?s ?p ?o } }",
        "PREFIX ex: <http://127.0.0.1:9/> ASK { ?x ?y 'x'^^<a:b>SERVICE ex:a { ?s ?p ?o } }",
        "PREFIX ex: <http://127.0.0.1:9/> ASK { serviceSILENT ex:a { ?s ?p ?o } }",
        "PREFIX : <http://127.0.0.1:9/> PREFIX SERVICE: <a:> ASK { SERVICE:a { ?s ?p ?o } }",
        "PREFIX ex: <http://127.0.0.1:9/> PREFIX Serviceex: <a:> ASK { Serviceex:a{ ?s ?p ?o } }",
    ],
)
def test_no_other_server_is_asked_however_it_is_spelt(query: str) -> None:
    """The engine wants no space around SERVICE, so that it hides in what looks like a name."""
    with pytest.raises(BadSparql, match="SERVICE asks another server"):
        check(query, "q")


QUERIES = [[token.text for token in tokens_of(q.text, q.name)] for q in catalogue().values()]


@given(st.sampled_from(QUERIES), st.integers(0, 10**6), st.integers(0, 3), st.integers(0, 3))
def test_what_the_engine_takes_has_no_fault_by_the_grammar(
    pieces: list[str], at: int, left_out: int, again: int
) -> None:
    """Some pieces are left out and some stand twice, which now and then is SPARQL as well."""
    at %= len(pieces)
    changed = [*pieces[:at], *pieces[at : at + again], *pieces[at + left_out :]]
    query = " ".join(changed)
    fault = first_fault([*tokens_of(query, "q")])
    try:
        ox.Store().query(query, prefixes=PREFIXES)
    except (SyntaxError, RuntimeError):  # the latter for a function that is none
        assert said(query)
    else:
        assert fault is None, (fault, query)


@given(st.text(st.sampled_from(string.printable + "é𝒳")))
def test_any_text_is_judged_without_a_crash(text: str) -> None:
    said(text)


def from_clause(clause: str) -> list[str]:
    graphs = [ox.NamedNode(f"https://example.org/{name}") for name in "xyz"]
    node = ox.NamedNode("a:b")
    store = memory(ox.Quad(node, node, ox.Literal(graph.value[-1]), graph) for graph in graphs)
    rows = store.select(f"PREFIX ex: <https://example.org/> SELECT ?o {clause} ORDER BY ?o").rows
    return [row[0].value for row in rows if row[0]]


@pytest.mark.parametrize(
    ("clause", "found"),
    [
        ("{ ?s ?p ?o }", "xyz"),
        ("FROM ex:x { ?s ?p ?o }", "x"),
        ("FROM ex:x FROM <https://example.org/z> WHERE { ?s ?p ?o }", "xz"),
        ("FROM NAMED ex:y { GRAPH ?g { ?s ?p ?o } }", "y"),
        ("FROM NAMED ex:y { ?s ?p ?o }", ""),
        ("FROM ex:x FROM NAMED ex:y { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", "xy"),
        ("{ ?s ?p ?o . FILTER (?o != 'FROM') } # FROM ex:x\n", "xyz"),
    ],
)
def test_from_is_honoured(clause: str, found: str) -> None:
    """D1: what a query names is what it is asked of."""
    assert from_clause(clause) == [*found]

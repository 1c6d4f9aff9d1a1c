"""Every canned question: exact answers on the tiny world, and some answer on the real library."""

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph

from answers import CASES, called, number, table
from sysgraph.errors import BadHeader, BadParameter, BadSparql, UnknownQuery
from sysgraph.pages.rows import rows_csv, rows_text
from sysgraph.query import Query, bind, catalogue, find, gather, run, shelf, why_nothing
from sysgraph.rdf import copy_to_rdflib
from sysgraph.rdf import parse_header as parse
from sysgraph.sparql.check import check
from sysgraph.store.local import SHIPPED, LocalStore, Rows, Store, memory

QUERIES = list(catalogue().values())


def test_every_question_has_expected_rows_unbound_and_bound() -> None:
    assert {path.stem for path in CASES if "@" not in path.stem} == set(catalogue())
    bound = {(called(path)[0].name, key) for path in CASES for key in called(path)[1]}
    assert bound == {(query.name, p.name) for query in QUERIES for p in query.parameters}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_answer_on_the_tiny_world(path: Path, world: LocalStore) -> None:
    query, arguments = called(path)
    assert table(rows_csv(run(query, world, arguments))) == table(path.read_text())


@pytest.fixture(scope="module")
def world_in_rdflib(world: LocalStore) -> Graph:
    return copy_to_rdflib(world.store)


@pytest.mark.slow
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_rdflib_gives_the_same_answer(
    path: Path, world: LocalStore, world_in_rdflib: Graph
) -> None:
    query, arguments = called(path)
    found = world_in_rdflib.query(bind(query, world, arguments))
    rows = [
        ["" if cell is None else number(str(cell)) for cell in row]  # type: ignore[union-attr]
        for row in found
    ]
    assert rows == table(path.read_text())[1:]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_real_library_answers_or_says_why_not(query: Query, library: Store) -> None:
    assert run(query, library).rows or query.empty


@pytest.mark.parametrize(
    ("place", "arguments", "said"),
    [
        (SHIPPED, {}, "No case of the shipped library"),
        (SHIPPED, {"status": "draft"}, "Nothing in the shipped library answers this."),
        ("my-store", {}, "Nothing in my-store answers this."),
        (f"{SHIPPED} as of 2026-01-01", {}, f"Nothing in {SHIPPED} as of 2026-01-01 answers"),
    ],
)
def test_why_there_are_no_rows_is_said_of_what_was_asked(
    place: str, arguments: dict[str, str], said: str
) -> None:
    told = why_nothing(find("case-states"), memory(place=place), arguments)
    assert told.startswith(said)


def test_claims_facilitative_enacts_externally_driven(library: Store) -> None:
    arguments = {"said": "facilitative", "enacted": "externally-driven"}
    rows = list(run(find("claimed-and-enacted"), library, arguments).texts())
    bhavishya = [row for row in rows if row["case"].endswith("bhavishya")]
    assert {row["saidBy"] for row in bhavishya} == {"the contributor", "those who lead"}
    assert {row["standpoint"] for row in bhavishya} == {"general", "those affected"}


def test_off_diagonal_cases_of_the_notes_are_found(library: Store) -> None:
    def found(name: str) -> set[str]:
        return {row["case"].rpartition("/")[2] for row in run(find(name), library).texts()}

    assert found("working-but-leadership-contested") >= {"medellin-social-urbanism"}
    assert found("well-led-but-not-working") >= {"bristol-pound", "standing-rock"}
    assert found("neither-led-nor-working") >= {
        "agra",
        "dutch-energy-transition",
        "iceland-constitution",
        "npfit",
    }


def test_one_question_is_found_without_opening_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "voices.rq").write_text(find("voices").text, encoding="utf-8")
    (tmp_path / "queries" / "other.rq").mkdir()  # which nobody can read
    monkeypatch.setattr("sysgraph.query.data", lambda: tmp_path)
    assert find("voices").name == "voices"


def test_unknown_query_suggests_the_nearest_name() -> None:
    with pytest.raises(UnknownQuery, match="did you mean 'cases-of-type'"):
        find("case-of-type")


def test_unknown_parameter_and_argument_suggest_the_nearest(world: LocalStore) -> None:
    query = find("cases-of-type")
    with pytest.raises(BadParameter, match="did you mean 'type'"):
        run(query, world, {"typ": "facilitative"})
    with pytest.raises(BadParameter, match="did you mean 'facilitative'"):
        run(query, world, {"type": "facilitativ"})
    with pytest.raises(BadParameter, match="it is one of externally-driven, facilitative"):
        run(query, world, {"type": "zzz"})
    for name in ("said", "enacted"):
        with pytest.raises(BadParameter, match="did you mean 'facilitative'"):
            run(find("claimed-and-enacted"), world, {name: "facilitatve"})
    with pytest.raises(BadParameter, match=r"none of draft, .*; did you mean 'draft'"):
        run(find("case-states"), world, {"status": "drafts"})


def test_of_many_cases_a_question_on_pairs_is_asked_with_a_parameter(world: LocalStore) -> None:
    query, few = find("similar-cases"), replace(find("similar-cases"), most_cases=1)
    assert run(query, world).rows
    with pytest.raises(BadParameter, match=r"'case': give one; all [0-9]+ cases at once"):
        run(few, world)
    assert run(few, world, {"case": "alpha"}) == run(query, world, {"case": "alpha"})


@pytest.mark.parametrize("name", ["facilitative", "type:facilitative"])
def test_a_thing_is_named_by_slug_or_prefix_or_iri(name: str, world: LocalStore) -> None:
    iri = "https://w3id.org/sysgraph/type/facilitative"
    query = find("cases-of-type")
    assert run(query, world, {"type": name}) == run(query, world, {"type": iri})


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_argument_can_add_to_a_query(text: str) -> None:
    query = find("cases-in-place")
    filled = bind(query, memory(), {"text": text})
    assert memory().select(filled).rows == ()
    assert filled.count("SELECT") >= 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "SERVICE"),
        ("LOAD <http://127.0.0.1/>", "LOAD"),
        ("SELECT * WHERE { \\u0053ERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "escapes"),
        ("SELECT * WHERE { # x\rSERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "SERVICE"),
        ("INSERT DATA { <a:b> <a:b> <a:b> }", "change data"),
        ("SELECT * WHERE " + "{" * 65, "deeper"),
        ("PREFIX a: <b:>", "no SELECT"),
    ],
)
def test_dangerous_queries_are_refused(text: str, said: str) -> None:
    with pytest.raises(BadSparql, match=said):
        check(text, "a query")


@pytest.mark.parametrize(
    "text",
    [
        'SELECT ?service WHERE { ?service ?p "LOAD" . ?s <http://x/#SERVICE> ?o }',
        "SELECT * WHERE { ?s ?p ?o . FILTER (?o < 3 && ?s != <a:b>) } # INSERT",
        "PREFIX load: <x:> ASK { load:SERVICE ?p '''DROP ' it''' }",
    ],
)
def test_harmless_queries_that_look_dangerous_pass(text: str) -> None:
    assert check(text, "a query").kind in ("SELECT", "ASK")


def test_header_names_the_wrong_key_and_its_line() -> None:
    with pytest.raises(BadHeader, match=r"x\.rq:2: unknown header key 'tag'; did you mean 'tags'"):
        parse("#+ summary: Who?\n#+ tag: [a]\n", "x.rq", ("summary", "tags"))
    with pytest.raises(BadHeader, match="no header"):
        parse("SELECT", "x.rq", ())


def test_a_broken_question_breaks_only_itself(tmp_path: Path, library: Store) -> None:
    """C13: one malformed file must not take the others with it."""
    sound = next(query for query in QUERIES if query.name == "voices")
    (tmp_path / "voices.rq").write_text(sound.text, encoding="utf-8")
    (tmp_path / "headless.rq").write_text("SELECT * WHERE { ?s ?p ?o }", encoding="utf-8")
    (tmp_path / "latin.rq").write_bytes("#+ summary: Où?\nSELECT".encode("latin-1"))
    (tmp_path / "cut.rq").write_text("#+ summary: Who?\n#+ params: {a: b\n", encoding="utf-8")
    (tmp_path / "writes.rq").write_text("#+ summary: Who?\nDELETE WHERE {?s ?p ?o}", "utf-8")
    found, broken = shelf(tmp_path)
    assert list(found) == ["voices"]
    assert list(broken) == ["cut", "headless", "latin", "writes"]
    assert all(str(error).startswith(str(tmp_path / name)) for name, error in broken.items())
    assert run(found["voices"], library).rows
    with pytest.raises(BadHeader):
        catalogue(tmp_path)


def test_a_broken_question_is_told_where_it_is_asked_or_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from sysgraph.cli.app import build

    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "voices.rq").write_text(find("voices").text, encoding="utf-8")
    (tmp_path / "queries" / "bad.rq").write_text("SELECT", encoding="utf-8")
    monkeypatch.setattr("sysgraph.query.data", lambda: tmp_path)
    with pytest.raises(BadHeader, match=r"bad\.rq"):
        find("bad")
    assert find("voices").name == "voices"
    listed = CliRunner().invoke(build(["query"]), ["query"])
    assert listed.exit_code == 0
    assert "voices" in listed.stdout
    assert "Left out: " in listed.stderr
    assert "bad.rq" in listed.stderr


def rows_of(*rows: str, columns: str) -> Rows:
    """Rows of texts, written with blanks between; a dash is nothing."""
    return Rows(
        tuple(columns.split()),
        tuple(
            tuple(None if text == "-" else ox.Literal(text) for text in row.split()) for row in rows
        ),
    )


def test_a_row_is_a_thing_with_its_sources_gathered() -> None:
    """D12: a risk with two tests and two sources is one row and not four."""
    query = replace(find("voices"), gather=(("test",), ("source", "read")))
    given = rows_of(
        "a led S1 yes",
        "a led S2 no",
        "a working S1 yes",
        "a working S2 no",
        "b led S2 no",
        "c - - -",
        columns="risk test source read",
    )
    expected = rows_of("b led S2 no", "c - - -", columns="risk test source read").rows
    first, *others = gather(query, given).rows
    assert [term.value for term in first if term] == ["a", "led; working", "S1; S2", "yes; no"]
    assert tuple(others) == expected
    assert gather(find("cases-of-aim"), given) == given


def test_no_question_gathers_what_it_does_not_ask(tmp_path: Path, library: Store) -> None:
    (tmp_path / "y.rq").write_text("#+ summary: Who?\n#+ most-cases: 5\nSELECT ?x {}", "utf-8")
    assert "needs a parameter" in str(shelf(tmp_path)[1]["y"])
    (tmp_path / "x.rq").write_text("#+ summary: Who?\n#+ gather: [y]\nSELECT ?x {}", "utf-8")
    assert "there is no column ?y" in str(shelf(tmp_path)[1]["x"])
    rows = gather(find("risks-of-type"), run(find("risks-of-type"), library))
    things = [(row["typeLabel"], row["risk"]) for row in rows.texts()]
    assert len(things) == len(set(things))
    stated = "SELECT DISTINCT ?t ?r { ?t <https://w3id.org/sysgraph/exposesTo> ?r }"
    assert len(things) == len(library.select(stated).rows)


def test_ids_stand_whole_in_a_table() -> None:
    """D12: what is copied out of a table must be a name that can be asked for."""
    iri = f"https://w3id.org/sysgraph/case/{'a-very-long-name-of-a-case-' * 2}x"
    text = "word " * 80
    row = (ox.NamedNode(iri), ox.Literal(text), ox.Literal("short-id"), ox.Literal(text))
    drawn = rows_text(Rows(("case", "why", "id", "more"), (row,)), "table", 160)
    assert f"case:{'a-very-long-name-of-a-case-' * 2}x" in drawn
    assert "short-id" in drawn
    assert max(map(len, drawn.splitlines())) <= 160
    many = tuple(ox.NamedNode(f"{iri}{number}") for number in range(4))
    wide = rows_text(Rows(("a", "b", "c", "d"), (many,)), "table", 160)
    assert all(f"x{number}" in wide.splitlines()[2] for number in range(4))

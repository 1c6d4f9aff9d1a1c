"""Canned questions from a form, their rows to take away, and the record."""

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import rdflib
from starlette.testclient import TestClient

from sysgraph.history.states import State, history_quads
from sysgraph.library import marks
from sysgraph.query import catalogue, find, run
from sysgraph.store.local import LocalStore, Store, create
from sysgraph.terms import NAMESPACE
from sysgraph.web.site import Site
from visiting import read_page, visitor


def test_every_question_is_listed_and_has_a_form(client: TestClient) -> None:
    links = read_page(client.get("/questions").text).links
    assert {f"/query/{name}" for name in catalogue()} <= {*links}
    form = read_page(client.get("/query/cases-of-type").text).form_to("/query/cases-of-type")
    assert {"facilitative", "organic"} <= {*form.choices["type"]}


def test_questions_are_chosen_by_what_they_are_about(client: TestClient) -> None:
    links = read_page(client.get("/questions?tag=gap").text).links
    wanted = {f"/query/{name}" for name, one in catalogue().items() if "gap" in one.tags}
    assert {link for link in links if link.startswith("/query/")} == wanted


def test_rows_are_those_of_the_command_line(client: TestClient, library: Store) -> None:
    rows = list(run(find("cases-of-type"), library, {"type": "facilitative"}).texts())
    got = json.loads(client.get("/query/cases-of-type.json?type=facilitative").text)
    assert got == rows
    assert rows
    text = client.get("/query/cases-of-type.csv?type=facilitative").text
    assert [row["case"] for row in csv.DictReader(io.StringIO(text))] == [r["case"] for r in rows]
    page = read_page(client.get("/query/cases-of-type?type=facilitative").text)
    cases = {row["case"].removeprefix(NAMESPACE[:-1]) for row in rows}
    assert cases <= {*page.links}


def test_a_table_is_headed_and_filled_with_words_for_people(
    client: TestClient, library: Store
) -> None:
    html = client.get("/query/cases-in-country?country=BR").text
    headings = re.findall(r'<th scope="col">([^<]*)', html)
    assert headings == ["Country", "Case", "Title", "Type", "Led", "Working"]
    rows = list(run(find("cases-in-country"), library, {"country": "BR"}).texts())
    assert rows
    links = read_page(html).links
    for row in rows:  # the type is a slug in the rows, and a link with its name on the page
        assert f"/type/{row['type']}" in links
    html = client.get("/query/risks-of-type?type=organic").text
    headings = re.findall(r'<th scope="col">([^<]*)', html)
    assert headings[:4] == ["Leadership type", "Risk", "Risk label", "Endangers"]
    several = read_page(client.get("/query/gates-of-type?type=externally-driven").text).text
    assert "capacity among those affected; where the purpose of change comes from" in several


def test_files_of_rows_tell_of_no_draft_and_of_what_was_taken_back(
    world: LocalStore, tmp_path: Path
) -> None:
    first, second = "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"
    over = State("counts", first, "", "", second, "retracted", "Not so.")
    quads = [quad for graph in world.graphs() for quad in world.quads(graph)]
    quads += history_quads("my-sketch", [State("draft", first, "", "")])
    quads += history_quads("taken-back", [over, State("retracted", second, "", "")])
    create(tmp_path / "store", [*quads, *marks()])
    found: dict[bool, str] = {}
    for is_published in (False, True):
        with visitor(Site(str(tmp_path / "store"), is_published=is_published)) as one:
            found[is_published] = one.get("/query/case-states.csv").text
    assert "my-sketch" in found[False]
    assert "my-sketch" not in found[True]
    assert "taken-back" in found[True]


@pytest.mark.parametrize(("is_published", "status"), [(False, 400), (True, 200)])
def test_a_question_that_is_too_long_for_all_cases_is_told_and_has_no_files(
    is_published: bool,
    status: int,
    world: LocalStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quads = [quad for graph in world.graphs() for quad in world.quads(graph)]
    create(tmp_path / "store", [*quads, *marks()])
    few = replace(find("similar-cases"), most_cases=1)
    monkeypatch.setattr("sysgraph.web.asked.find", lambda _: few)
    with visitor(Site(str(tmp_path / "store"), is_published=is_published)) as one:
        answer = one.get("/query/similar-cases?run=1")
    assert answer.status_code == status
    assert "'case': give one" in read_page(answer.text).text
    assert "/query/similar-cases.csv" not in read_page(answer.text).links


def test_a_question_runs_only_when_it_is_asked(client: TestClient) -> None:
    assert "Rows:" not in read_page(client.get("/query/gates-of-type").text).text
    assert "Rows:" in read_page(client.get("/query/gates-of-type?run=1").text).text


@pytest.mark.parametrize("argument", ["facilitativ", '"><script>alert(1)</script>', "x> } #"])
def test_what_is_none_is_told_beside_the_form(client: TestClient, argument: str) -> None:
    answer = client.get("/query/cases-of-type", params={"type": argument})
    page = read_page(answer.text)
    assert answer.status_code == 400
    assert "is no leadership type" in page.text
    assert page.form_to("/query/cases-of-type")
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("end", ["", ".csv", ".json"])
def test_a_parameter_that_is_none_is_refused_and_gives_no_rows(
    client: TestClient, end: str
) -> None:
    answer = client.get(f"/query/cases-of-type{end}?typ=organic")
    told = read_page(answer.text).text
    assert answer.status_code == 400
    assert "there is no such parameter" in told
    assert "did you mean 'type'?" in told
    assert "Rows:" not in told
    assert client.get(f"/query/cases-of-type{end}?type=organic&lang=es&run=1").status_code == 200


def test_a_question_that_is_not_there_is_answered_with_what_is(client: TestClient) -> None:
    answer = client.get("/query/case-of-type")
    assert answer.status_code == 404


def test_a_question_is_linked_data_too(client: TestClient) -> None:
    answer = client.get("/query/cases-of-type", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=answer.text, format="turtle")
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    assert (rdflib.URIRef(f"{NAMESPACE}query/cases-of-type"), sh.select, None) in graph


@pytest.mark.slow
def test_the_record_says_what_the_commands_say(client: TestClient) -> None:
    page = read_page(client.get("/record").text)
    assert "Is the type that was practised on the front?" in page.headings
    assert "Read this with care" in page.headings
    again = client.get("/record")
    assert (
        client.get("/record", headers={"If-None-Match": again.headers["etag"]}).status_code == 304
    )

"""The way in: kinds, cases to filter and take away, and search."""

import csv
import io

import pytest
from starlette.testclient import TestClient

from sysgraph.casebook import Case
from sysgraph.store.local import Store
from sysgraph.terms import NAMESPACE
from sysgraph.web.browse import cases_csv
from visiting import read_page


def cases_where(library: Store, pattern: str) -> set[str]:
    query = (
        f"PREFIX sysg: <{NAMESPACE}> SELECT DISTINCT ?case {{ ?case a sysg:CaseStudy . {pattern} }}"
    )
    return {row["case"].rpartition("/")[2] for row in library.select(query).texts()}


def listed(client: TestClient, query: str) -> list[dict[str, str]]:
    text = client.get(f"/browse/cases.csv?{query}").text
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("query", "pattern"),
    [
        ("", ""),
        ("aim=win-justice", f"?case sysg:servesAim <{NAMESPACE}aim/win-justice>"),
        ("country=GB", f"?case sysg:inCountry <{NAMESPACE}country/GB>"),
        (
            "led=contested&type=organic",
            f"?case sysg:hasLedOutcome/sysg:hasJudgement <{NAMESPACE}judgement/contested> ;"
            f" sysg:hasPractice/sysg:hasPrimaryType <{NAMESPACE}type/organic>",
        ),
        (
            "sector=public+health",
            'FILTER EXISTS { ?case sysg:sector ?s FILTER(STR(?s) = "public health") }',
        ),
        ("working=nonsense", "FILTER (false)"),
        ("working=%22%3E%3Cscript%3E", "FILTER (false)"),
    ],
)
def test_cases_are_chosen_by_all_that_is_asked(
    client: TestClient, library: Store, query: str, pattern: str
) -> None:
    wanted = cases_where(library, pattern)
    assert {row["case"] for row in listed(client, query)} == wanted
    page = read_page(client.get(f"/browse/cases?{query}").text)
    assert f"{len(wanted)} of" in page.text


@pytest.mark.parametrize("path", ["/browse/cases", "/browse/cases.csv"])
def test_what_cases_are_not_chosen_by_is_refused(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}?typ=organic&order=title")
    assert answer.status_code == 400
    told = read_page(answer.text).text
    assert "cases are not chosen by 'typ', but by type, aim," in told
    assert "did you mean 'type'?" in told


def test_what_is_of_the_page_itself_chooses_no_cases(client: TestClient, library: Store) -> None:
    rows = listed(client, "order=title&from=0&lang=es")
    assert {row["case"] for row in rows} == cases_where(library, "")


def test_failures_come_first(client: TestClient) -> None:
    def failures(row: dict[str, str]) -> int:
        return (row["led"] in ("no", "contested")) + (row["working"] == "no")

    counts = [failures(row) for row in listed(client, "order=failures")]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]
    titles = [row["title"].casefold() for row in listed(client, "order=title")]
    assert titles[0] < titles[-1]


def test_the_way_in_leads_to_kinds_and_cases(client: TestClient) -> None:
    links = read_page(client.get("/browse").text).links
    assert {"/browse/cases", "/LeadershipType", "/Gate", "/Source"} <= {*links}
    assert "/type/organic" in read_page(client.get("/LeadershipType").text).links


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("wigan", "/case/wigan-deal"),
        ("people organising", "/type/organic"),
        ("tokenism", "/risk/tokenism"),
        ("zones of driver", ""),
        ("facilitat", "/type/facilitative"),
        ("case study", "/CaseStudy"),
    ],
)
def test_search_finds_by_names_and_beginnings(client: TestClient, words: str, path: str) -> None:
    page = read_page(client.get("/search", params={"q": words}).text)
    assert (path in page.links) == bool(path)


def test_what_is_called_so_comes_first(client: TestClient) -> None:
    links = read_page(client.get("/search?q=tokenism").text).links
    found = [link for link in links if link.count("/") == 2]
    assert found[0] == "/risk/tokenism"


@pytest.mark.parametrize(
    "asked", ["<img src=x onerror=alert(1)>", '" autofocus x="', "𝔰" * 900, ""]
)
def test_hostile_searches_are_shown_as_text(client: TestClient, asked: str) -> None:
    answer = client.get("/search", params={"q": asked})
    assert answer.status_code == 200
    read_page(answer.text)
    assert "<img" not in answer.text


def test_no_cell_is_a_formula() -> None:
    text = cases_csv([Case("x", "=1+1", {"sector": ("@a", "+b")})])
    assert "'=1+1" in text
    assert "'@a" in text


def test_whoever_looks_for_cases_finds_them(client: TestClient) -> None:
    answer = client.get("/case", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/browse/cases")

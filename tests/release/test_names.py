"""Names of files: what a web server finds at an address, and nothing outside the folder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgraph.release.names import address_of, file_of, link_to


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/?lang=es", "more/index/lang-es.html"),
        ("/type/organic?lang=es", "type/organic.html"),
        ("/0.1.0", "0.1.0.html"),
        ("/sector/caf%C3%A9_society", "sector/café_society.html"),
        ("/query/cases-of-type.csv?run=1", "data/questions/cases-of-type.csv"),
        ("/browse/cases.csv?order=failures", "browse/cases.csv"),
        ("/static/site.css", "static/site.css"),
        (
            "/aim/x?by=http%3A%2F%2Fpurl.org%2Fdc%2Fterms%2Fsource",
            "more/aim/x/by-dcterms-source.html",
        ),
    ],
)
def test_each_address_has_the_file_that_a_server_looks_for(address: str, file: str) -> None:
    assert file_of(address) == file


def test_what_is_chosen_is_told_apart_even_where_its_words_look_alike() -> None:
    said = {file_of(f"/questions?tag={tag}") for tag in ("a-b", "a%20b", "a%2Fb")}
    assert len(said) == 3


def test_what_holds_anyway_is_left_out_of_an_address() -> None:
    assert address_of("/browse/cases?order=failures&from=0") == "/browse/cases"
    assert address_of("/browse/cases?order=title") == "/browse/cases?order=title"


@given(st.text(min_size=1).map(lambda text: "/" + text.replace("?", "%3F").replace("%", "%25")))
def test_no_name_leads_out_of_the_folder(address: str) -> None:
    steps = file_of(address).split("/")
    assert not {"", ".", ".."} & set(steps)
    assert all(len(step.encode()) < 255 for step in steps)


@pytest.mark.parametrize("name", ["..%2F..%2Fetc", "%2Fetc", "..", "a%00b", "x%2F%2Fy"])
def test_a_hostile_name_stays_within(name: str) -> None:
    steps = file_of(f"/sector/{name}").split("/")
    assert steps[0] == "sector"
    assert not {"", ".", ".."} & set(steps)
    assert "\0" not in steps[-1]


def test_links_are_relative_and_escaped() -> None:
    assert link_to("a b/c%d.html", "x/y/z.html") == "../../a%20b/c%25d.html"
    assert link_to("a:b.html", "index.html") == "a%3Ab.html"

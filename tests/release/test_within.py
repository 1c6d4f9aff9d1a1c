"""Addresses of the pages that a browser makes, as files of a site."""

import pytest

from sysgraph.release.within import linked, shown_at


@pytest.mark.parametrize(
    ("link", "at", "there"),
    [
        ("/type/organic", "answer.html", "type/organic.html"),
        ("/type/organic", "ask/next.html#?stakes=unknown", "../type/organic.html"),
        ("/case/x#outcome-led", "answer.html", "case/x.html#outcome-led"),
        ("/", "ask/next.html", "../index.html"),
        ("/ask/next?stakes=unknown", "ask/next.html", "next.html#?stakes=unknown"),
        ("/answer/why/organic?a=b", "ask/next.html", "../answer.html#/answer/why/organic?a=b"),
        ("/static/site.css", "ask/next.html", "../static/site.css"),
        ("/browser/asking.js", "ask/next.html", "../browser/asking.js"),
        ("https://example.org/", "ask.html", "https://example.org/"),
        ("#text", "ask.html", "#text"),
    ],
)
def test_links_lead_to_files(link: str, at: str, there: str) -> None:
    assert linked(f'<a href="{link}">x</a>', at) == f'<a href="{there}">x</a>'


def test_a_picture_that_the_browser_makes_keeps_its_address() -> None:
    page = '<img src="/answer.svg?a=b">'
    assert linked(page, "answer.html") == page


def test_what_was_answered_never_stands_before_the_mark_that_is_not_sent() -> None:
    for path in ("/ask", "/ask/next", "/ask/file", "/answer", "/answer/all", "/answer.yaml"):
        assert "stakes" not in shown_at(f"{path}?stakes=unknown").partition("#")[0]

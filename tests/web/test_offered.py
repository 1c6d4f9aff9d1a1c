"""What is liked best by Accept, and answers that are kept ready."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from sysgraph.web.offered import HTML, Kept, Page, accepted, links_of

TURTLE, JSONLD = "text/turtle", "application/ld+json"
OFFERS = [HTML, TURTLE, JSONLD]


def asked(**headers: str) -> Request:
    pairs = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": pairs})


@pytest.mark.parametrize(
    ("header", "liked"),
    [
        ("", HTML),
        ("text/turtle", TURTLE),
        ("TEXT/Turtle ; Q=0.3", TURTLE),
        ("text/html;q=0.2, text/turtle;q=0.3, application/ld+json;q=0.1", TURTLE),
        ("application/*;q=0.9, text/*;q=0.1", JSONLD),
        ("*/*;q=0.1, text/turtle;q=0", HTML),
        ("text/turtle;charset=utf-8;q=0.4, text/html;q=0.3", TURTLE),
        ("image/png", ""),
        ("text/html;q=0", ""),
        ("text/turtle;q=7", HTML),
        ("text/turtle;q=x", HTML),
        (",,;;/", HTML),
    ],
)
def test_the_narrowest_range_and_the_greatest_liking_decide(header: str, liked: str) -> None:
    assert accepted(header, OFFERS) == liked


@given(st.text())
def test_any_header_is_answered_with_an_offer_or_none(header: str) -> None:
    assert accepted(header, OFFERS) in {*OFFERS, ""}


def test_links_are_those_of_the_web() -> None:
    links = links_of("/type/organic", "https://w3id.org/sysgraph/type/organic").split(", ")
    assert '</type/organic>; rel="canonical"' in links
    assert '</type/organic.ttl>; rel="describedby"; type="text/turtle"' in links
    assert sum('rel="alternate"' in link for link in links) == 4


def answered(kept: Kept, text: bytes, **headers: str) -> Response:
    return kept.answer(asked(**headers), ("a",), lambda: Page.of(text, HTML))


def test_an_answer_is_made_once_for_a_state_of_the_store() -> None:
    state = "1"
    kept = Kept(lambda: state)
    assert answered(kept, b"first").body == b"first"
    assert answered(kept, b"second").body == b"first"
    state = "2"
    assert answered(kept, b"third").body == b"third"


def test_where_the_state_is_not_known_nothing_is_kept() -> None:
    kept = Kept(lambda: "")
    assert [answered(kept, text).body for text in (b"1", b"2")] == [b"1", b"2"]


def test_the_least_used_is_given_up() -> None:
    kept = Kept(lambda: "1", most=10)
    for name in "abc":
        kept.put((name,), Page.of(name.encode() * 5, HTML))
        kept.find(("a",))
    assert [kept.find((name,)) is not None for name in "abc"] == [True, False, True]


def test_what_is_held_already_is_not_sent() -> None:
    page = Page.of(b"text", HTML)
    for tag in (page.tag, page.tag.removeprefix("W/"), f'"x", {page.tag}', "*"):
        assert page.answer(asked(if_none_match=tag)).status_code == 304
    assert page.answer(asked(if_none_match='"other"')).status_code == 200
    assert Page.of(b"other", HTML).tag != page.tag

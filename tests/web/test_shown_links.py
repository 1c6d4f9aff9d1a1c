"""Names, and where they lead: never anywhere unsafe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgraph.browse import Named
from sysgraph.terms import NAMESPACE
from sysgraph.web.shown import Link, anchor_of, href_of, link_of, part_words

CASE = f"{NAMESPACE}case/x"


@pytest.mark.parametrize(
    ("iri", "href"),
    [
        (f"{NAMESPACE}type/organic", "/type/organic"),
        (NAMESPACE, "/"),
        (CASE, "/case/x"),
        (f"{CASE}/readings/1", "/case/x#readings-1"),
        ("https://example.org/a", "https://example.org/a"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("//evil.example/", ""),
        ("", ""),
    ],
)
def test_links_lead_to_pages_of_ours_or_to_the_web(iri: str, href: str) -> None:
    assert href_of(iri) == href


@given(st.text())
def test_nothing_else_is_ever_a_link(text: str) -> None:
    assert href_of(text).startswith(("/", "http://", "https://")) or not href_of(text)


def test_a_part_is_called_by_its_case() -> None:
    named = Named("case x outcome led", f"{CASE}/outcome/led")
    assert link_of(named, {"x": "The Case"}) == Link("The Case: outcome led", "/case/x#outcome-led")
    assert part_words("readings/1/facets/change-aim") == "readings 1, facets change aim"
    assert anchor_of("readings/1/facets/change-aim") == "readings-1-facets-change-aim"


def test_texts_lead_nowhere_and_are_bounded() -> None:
    assert link_of(Named("https://example.org/"), {}).href == ""
    assert len(link_of(Named("x" * 9000), {}).text) < 3000

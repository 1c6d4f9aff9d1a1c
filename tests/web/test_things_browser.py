"""Pages of things, lists, questions and SPARQL in a real browser: without fault, at any width."""

from typing import Literal
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from browsing import faults_of, needs_browser, opened

expect.set_options(timeout=60_000)
pytestmark = [pytest.mark.browser, needs_browser]

QUERY = """# What closes a type, and "why".
SELECT ?gate (COUNT(*) AS ?n) {
  ?gate sysg:closes type:organic ; a <https://w3id.org/sysgraph/Gate> .
  FILTER (REGEX(STR(?gate), "a", 'i') && 1 < 2.5 && true)
}
GROUP BY ?gate"""
PAGES = [
    "/browse",
    "/browse/cases?type=organic",
    "/search?q=power",
    "/type/organic",
    "/case/wigan-deal",
    "/facet/agreement",
    "/source/i2",
    "/value/agreement-coercive",
    "/Gate",
    "/CaseStudy",
    "/value/agreement-plural?by=https%3A%2F%2Fw3id.org%2Fsysgraph%2FobservesValue",
    "/questions",
    "/map",
    "/query/gates-of-type?run=1",
    f"/sparql?query={quote(QUERY)}",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_fault(
    browser: Browser, base: str, path: str, scheme: Literal["light", "dark"]
) -> None:
    with opened(browser, base, color_scheme=scheme) as page:
        page.goto(path)
        assert faults_of(page) == []
        page.set_viewport_size({"width": 320, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_query_is_written_in_the_editor_and_run(browser: Browser, base: str) -> None:
    with opened(browser, base) as page:
        page.goto("/sparql")
        page.locator(".yasqe .CodeMirror").click()
        page.keyboard.press("Control+a")
        page.keyboard.type("SELECT ?gate { ?gate sysg:closes type:organic }")
        page.get_by_role("button", name="Run").click()
        expect(page.locator("table.answers")).to_contain_text("gate:")


def test_a_case_is_found_by_filters_and_read(browser: Browser, base: str) -> None:
    with opened(browser, base) as page:
        page.goto("/browse")
        page.get_by_role("link", name="Cases", exact=True).click()
        page.get_by_label("Country").select_option("GB")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("link", name="The Wigan Deal").click()
        expect(page.locator("h1")).to_have_text("The Wigan Deal")
        page.get_by_role("link", name="responsibility without resources").click()
        expect(page.locator("main")).to_contain_text("The Wigan Deal")

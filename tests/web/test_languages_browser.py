"""The pages in another language, in a real browser: read aloud, printed, changed over."""

import re

import pytest
from playwright.sync_api import Browser, expect

from browsing import faults_of, needs_browser, opened

expect.set_options(timeout=60_000)
pytestmark = [pytest.mark.browser, needs_browser]

ASKED = "?purpose-origin=movement&agreement=coercive&change-aim=win-justice&asker-role=leader"
DIFFER = "?agreement=coercive@beneficiary&agreement=unitary@decision-maker&stakes=safe-to-fail"
PAGES = [
    "/?lang=es",
    "/ask?lang=es",
    f"/ask/next{ASKED}&lang=es",
    "/ask/next?about=stakes&differ=stakes&lang=es",
    "/ask/assistant?lang=es",
    f"/answer{ASKED}&lang=es",
    f"/answer{DIFFER}&lang=es",
    f"/answer/all{ASKED}&lang=es",
    f"/answer/why/organic{ASKED}&lang=es",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_another_language(
    browser: Browser, base: str, path: str, scheme: str
) -> None:
    with opened(browser, base, color_scheme=scheme) as page:
        page.goto(path)
        assert page.evaluate("document.documentElement.lang") == "es"
        assert not faults_of(page)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_in_another_language(browser: Browser, base: str, path: str) -> None:
    with opened(browser, base, viewport={"width": 320, "height": 700}) as page:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_it_prints_on_two_sheets_in_another_language(browser: Browser, base: str) -> None:
    with opened(browser, base) as page:
        page.goto(f"/answer{ASKED}&lang=es")
        sheets = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) <= 2


def test_a_browser_is_answered_in_its_own_language_and_words_stay(
    browser: Browser, base: str
) -> None:
    with opened(browser, base, locale="es-AR") as page:
        page.goto("/")
        page.get_by_role("button", name="Preguntar sobre mi cambio").click()
        page.locator("#who-affected").fill("los inquilinos")
        page.get_by_role("button", name="Continuar").click()
        page.locator("input[value='systems-change']").check()
        page.get_by_role("button", name="Siguiente pregunta").click()
        page.get_by_role("button", name="Mostrar la respuesta hasta ahora").click()
        sheet = page.locator(".sheet").first
        expect(sheet).to_contain_text("Quiénes viven con ello: los inquilinos.")
        page.locator("footer").get_by_role("link", name="English").click()
        expect(page.locator(".sheet").first).to_contain_text("Who lives with it: los inquilinos.")
        assert "inquilinos" not in page.url
        # What was chosen stays chosen, though the browser would have it otherwise.
        page.get_by_role("link", name="Ask", exact=True).click()
        expect(page.locator("h1")).to_have_text("In your own words")

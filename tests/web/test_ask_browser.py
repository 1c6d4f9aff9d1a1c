"""The pages in a real browser: asked from the first to the last, left, taken up, printed."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from browsing import faults_of, needs_browser, opened
from sysgraph.advice.situation import situation_of
from sysgraph.pages.brief import headline
from sysgraph.web.site import Site

expect.set_options(timeout=60_000)
pytestmark = [pytest.mark.browser, needs_browser]

SITUATIONS = yaml.safe_load((Path(__file__).parent / "situations.yaml").read_text())
ASKED = "?purpose-origin=movement&agreement=coercive&change-aim=win-justice&asker-role=leader"
DIFFER = "?agreement=coercive@beneficiary&agreement=unitary@decision-maker&stakes=safe-to-fail"
PAGES = [
    "/",
    "/ask",
    "/ask/next",
    "/ask/next?about=stakes&differ=stakes",
    f"/ask/next{ASKED}",
    "/ask/file",
    "/ask/assistant",
    f"/answer{ASKED}",
    f"/answer{DIFFER}",
    f"/answer/all{ASKED}",
    f"/answer/why/organic{ASKED}",
    "/nowhere",
]


def begin(page: Page, **words: str) -> None:
    page.goto("/")
    page.get_by_role("button", name="Ask about my change").click()
    for name, text in words.items():
        page.locator(f"#{name.replace('_', '-')}").fill(text)
    page.get_by_role("button", name="Go on").click()


def answer_all(page: Page, known: dict[str, str]) -> list[str]:
    """Answer what is known until the answer stands there; return what was asked."""
    asked = []
    while "/ask/next" in page.url:
        name = page.locator("form.question input[type=radio]").first.get_attribute("name") or ""
        asked.append(name)
        page.locator(f"input[value='{known.get(name, 'unknown')}'][name='{name}']").check()
        page.get_by_role("button", name="Next question").click()
    return asked


@pytest.mark.parametrize("told", SITUATIONS, ids=lambda told: told["id"])
def test_a_worked_situation_from_the_first_page_to_the_last(
    browser: Browser, base: str, site: Site, told: dict[str, object]
) -> None:
    facets = told["facets"]
    assert isinstance(facets, dict)
    with opened(browser, base) as page:
        begin(page)
        asked = answer_all(page, {"job": "systems-change", **facets})
        given = dict(parse_qsl(urlsplit(page.url).query))
        known = {name: value for name, value in facets.items() if name in given}
        examination = site.examiner.examine(
            situation_of({**known, "job": "systems-change"}, site.frame)
        )
        expect(page.locator(".where-to-start")).to_contain_text(headline(examination)[:60])
    numbers = {site.frame.types[kind].number for kind in examination.named}
    assert told["expected_top"] in numbers
    assert not numbers & {*map(int, told["must_not_top"])}  # type: ignore[call-overload]
    assert len(asked) == len({*asked})


def test_leave_and_come_back(browser: Browser, base: str) -> None:
    with opened(browser, base) as page:
        begin(page, who_affected="the tenants", who_in_charge="the mayor")
        page.locator("input[value='systems-change']").check()
        page.get_by_role("button", name="Next question").click()
        left = page.locator("h1").inner_text()
        page.goto("about:blank")
        page.goto("/")
        page.get_by_role("button", name="Go on where I stopped").click()
        assert page.locator("h1").inner_text() == left
        page.goto("/ask")
        assert page.locator("#who-affected").input_value() == "the tenants"


def test_words_are_shown_and_stand_in_no_address(browser: Browser, base: str) -> None:
    with opened(browser, base) as page:
        seen: list[str] = []
        page.on("request", lambda request: seen.append(request.url))
        begin(page, who_affected="the tenants of Hill Street")
        page.goto(f"/answer{ASKED}")
        expect(page.locator(".sheet").first).to_contain_text("the tenants of Hill Street")
        assert not any("Hill" in url for url in seen)


def test_an_answer_is_changed_in_place(browser: Browser, base: str) -> None:
    with opened(browser, base) as page:
        page.goto(f"/answer{ASKED}")
        page.get_by_text("Change an answer and see what moves").click()
        page.get_by_label("Whose idea is this change").select_option("incumbents")
        page.wait_for_url(re.compile("purpose-origin=incumbents"))
        expect(page.locator(".notice")).to_contain_text("This change")


def test_a_question_is_answered_by_the_keyboard_alone(browser: Browser, base: str) -> None:
    with opened(browser, base) as page:
        page.goto("/ask/next?job=systems-change&asker-role=leader")
        before = page.locator("h1").inner_text()
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.type") == "radio":
                break
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("&.*&"))
        assert page.locator("h1").inner_text() != before


def test_all_works_without_a_script(browser: Browser, base: str) -> None:
    with opened(browser, base, java_script_enabled=False) as page:
        begin(page, who_affected="the tenants")
        for _ in range(3):
            page.locator("input[type=radio]").first.check()
            page.get_by_role("button", name="Next question").click()
        page.get_by_role("button", name="Show the answer so far").click()
        expect(page.locator(".sheet").first).to_contain_text("the tenants")
        assert "tenants" not in page.url


@pytest.mark.parametrize("query", [ASKED, DIFFER], ids=["one", "differ"])
def test_it_prints_on_two_sheets(browser: Browser, base: str, query: str) -> None:
    with opened(browser, base) as page:
        page.goto(f"/answer{query}")
        sheets = page.pdf(format="A4", prefer_css_page_size=True)
    count = len(re.findall(rb"/Type\s*/Page\b", sheets))
    assert count <= (2 if query == ASKED else 4)  # two for each reading


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, base: str, path: str, scheme: str) -> None:
    with browser.new_context(base_url=base, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(path)
        assert not faults_of(page)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_on_a_narrow_screen_or_at_twice_the_size(
    browser: Browser, base: str, path: str
) -> None:
    for width, scale in ((320, 1), (640, 2)):
        size = {"width": width, "height": 700}
        with opened(browser, base, viewport=size, device_scale_factor=scale) as page:
            if path == "/nowhere":
                continue  # a browser complains of the page itself
            page.goto(path)
            if scale == 2:
                page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_page_is_light(browser: Browser, base: str) -> None:
    sizes: list[int] = []
    with opened(browser, base) as page:
        page.on("response", lambda reply: sizes.append(reply.request.sizes()["responseBodySize"]))
        page.goto("/")
        page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) < 150_000

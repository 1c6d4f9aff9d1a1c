"""Contributing in a real browser: checked as one types, mended twice, taken away."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browsing import faults_of, needs_browser, opened
from calling import Call
from contributed import filled_case
from sysgraph.web.accept import Login, Shelf
from sysgraph.web.site import Site
from visiting import serving

expect.set_options(timeout=60_000)
pytestmark = [pytest.mark.browser, needs_browser]

FORMS = ["/contribute/case", "/contribute/critique", "/contribute/case?from=wigan-deal"]
PAGES = ["/contribute", *FORMS]
PASSWORD = "seven tall trees"


def fill(page: Page, **changed: str) -> None:
    """Fill the form in with a case, by hand."""
    for name, (value,) in filled_case(**changed).items():
        at = page.locator(f'[name="{name}"]')
        if at.count() == 0:
            again = f'button[value="more:{name.partition(".")[0]}"]'
            page.locator(again).click()
            at = page.locator(f'[name="{name}"]')
        folded = page.locator(f'details:not([open]):has([name="{name}"]) > summary')
        if folded.count():
            folded.click()
        kind = at.first.evaluate("one => one.type || one.tagName")
        if kind == "checkbox":
            box = page.locator(f'[name="{name}"][value="{value}"]')
            box.check() if box.count() else None
        elif kind.startswith("select"):
            at.first.select_option(value)
        else:
            at.fill(value)


def take_away(page: Page, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Take the file away").click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_two_faults_are_mended_and_the_file_is_sound(
    browser: Browser, base: str, tmp_path: Path, call: Call, script: bool
) -> None:
    with opened(browser, base, java_script_enabled=script) as page:
        page.goto("/contribute/case")
        fill(page, start="2001 AD", summary="")
        page.locator(".do").get_by_role("button", name="Check").click()
        expect(page.locator("#found .count")).to_have_text("2 to mend")
        expect(page.locator('[id="f-start"]')).to_have_attribute("aria-invalid", "true")
        page.get_by_role("button", name="Write instead: 2001").click()
        expect(page.locator('[id="f-start"]')).to_have_value("2001")
        expect(page.locator("#found .count")).to_have_text("1 to mend")
        page.locator("#found").get_by_role("link", name="Summary").click()
        page.locator('[id="f-summary"]').fill("Neighbours made a park of a car park.")
        if not script:
            page.locator(".do").get_by_role("button", name="Check").click()
        expect(page.locator("#found .count")).to_have_text("Nothing is wrong with it.")
        expect(page.locator('[id="f-summary"]')).not_to_have_attribute("aria-invalid", "true")
        file = take_away(page, tmp_path)
    assert file.name == "the-park.yaml"
    assert call("validate", file).code == 0


def test_a_field_is_checked_as_one_types_and_others_are_left_in_peace(
    browser: Browser, base: str
) -> None:
    with opened(browser, base) as page:
        page.goto("/contribute/case")
        page.locator('[id="f-start"]').fill("about 1990")
        expect(page.locator('[id="at-start"]')).to_contain_text("write a year in four digits")
        expect(page.locator('[id="f-start"]')).to_be_focused()
        assert page.locator('[aria-invalid="true"]').count() == 1
        page.locator('[id="f-start"]').fill("1990")
        expect(page.locator('[id="at-start"]')).to_be_empty()
        assert page.locator('[aria-invalid="true"]').count() == 0
        assert "1990" not in page.url


def test_a_link_in_the_summary_opens_what_is_folded(browser: Browser, base: str) -> None:
    with opened(browser, base) as page:
        page.goto("/contribute/case?from=wigan-deal")
        page.locator("details.facet > summary").first.click()
        page.locator('[id="f-readings.1.facets.purpose-origin.value"]').select_option("")
        page.locator(".do").get_by_role("button", name="Check").click()
        expect(page.locator("#found .count")).to_have_text("1 to mend")
        page.locator("#found a").first.click()
        expect(page.locator('[id="f-readings.1.facets.purpose-origin.value"]')).to_be_visible()


def test_what_it_would_change_is_shown(browser: Browser, base: str) -> None:
    with opened(browser, base) as page:
        page.goto("/contribute/case?from=wigan-deal")
        page.locator('[id="f-outcome.led.judgement"]').select_option("no")
        page.get_by_role("button", name="Show what it would change").click()
        expect(page.locator("#changes h2")).to_have_text("What it would change")
        expect(page.locator("#changes")).to_contain_text("judged no on 'led'")
        assert not faults_of(page)


def test_an_answer_is_followed_up(browser: Browser, base: str, tmp_path: Path) -> None:
    with opened(browser, base) as page:
        page.goto("/answer?agreement=coercive&stakes=safe-to-fail&change-aim=win-justice")
        page.get_by_role("button", name="Keep this to tell what happened next").click()
        page.locator('[id="f-id"]').fill("our-park")
        file = take_away(page, tmp_path)
        page.goto("/contribute")
        page.get_by_label("The file").set_input_files(file)
        page.get_by_role("button", name="Read it").click()
        expect(page.locator('[id="f-id"]')).to_have_value("our-park")
        expect(page.locator("main")).to_contain_text("Others filled this in")


def test_a_draft_is_loaded_and_let_count(browser: Browser, tmp_path: Path) -> None:
    place = str(tmp_path / "store")
    site = Site(place, shelf=Shelf(place, Login("anna", PASSWORD)))
    with serving(site) as base, opened(browser, base) as page:
        page.goto("/drafts")
        page.get_by_label("Name").fill("anna")
        page.get_by_label("Password").fill(PASSWORD)
        assert not faults_of(page)
        page.get_by_role("button", name="Log in").click()
        page.goto("/contribute/case")
        fill(page)
        page.get_by_role("button", name="Load it as a draft").click()
        expect(page.locator("main")).to_contain_text("The park")
        assert not faults_of(page)
        page.get_by_role("button", name="Let it count").click()
        expect(page).to_have_url(re.compile("/case/the-park$"))
        expect(page.locator("h1")).to_have_text("The park")


def test_a_choice_is_made_and_sent_by_the_keyboard_alone(browser: Browser, base: str) -> None:
    with opened(browser, base) as page:
        page.goto("/contribute/critique")
        page.locator('[id="f-id"]').focus()
        page.keyboard.type("my-critique")
        page.keyboard.press("Enter")
        expect(page.locator("#found .count")).to_contain_text("to mend")
        page.locator('[id="f-asked"]').focus()
        page.keyboard.press("ArrowDown")
        assert page.locator('[id="f-asked"]').input_value()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, base: str, path: str, scheme: str) -> None:
    with browser.new_context(base_url=base, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(path)
        if path in FORMS:
            page.locator('[name="id"]').fill("No id")
            page.locator(".do").get_by_role("button", name="Check").click()
            expect(page.locator("#found .count")).to_contain_text("to mend")
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert not faults_of(page)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_on_a_narrow_screen_or_at_twice_the_size(
    browser: Browser, base: str, path: str
) -> None:
    for width, scale in ((320, 1), (640, 2)):
        size = {"width": width, "height": 700}
        with opened(browser, base, viewport=size, device_scale_factor=scale) as page:
            page.goto(path)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            if scale == 2:
                page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert page.evaluate("document.documentElement.scrollWidth") <= width

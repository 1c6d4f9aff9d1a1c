"""A room in real browsers: five phones, and whoever convenes."""

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
import segno
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from starlette.types import Receive, Scope, Send

from sysgraph.web.app import make_app
from sysgraph.web.kept import Rooms
from sysgraph.web.site import Site

CHROMIUM = shutil.which("chromium")
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]


SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")

REFERRERS: list[bytes] = []
"""What any browser told the server of the page that it came from."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    rooms = Rooms(tmp_path_factory.mktemp("rooms") / "rooms.sqlite")
    site = Site(rooms=rooms)
    app = make_app(site)

    async def listening(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            REFERRERS.extend(value for name, value in scope["headers"] if name == b"referer")
        await app(scope, receive, send)

    config = uvicorn.Config(listening, port=0, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)
    rooms.end()


def opened(browser: Browser, address: str, title: str = "Schools in the valley") -> Page:
    """Open a room in a new window, and return the page of whoever convenes it."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{address}/")
    page.get_by_role("link", name="A room for a group").first.click()
    page.get_by_label("What is it about?").fill(title)
    page.get_by_role("button", name="Open a room").click()
    page.wait_for_url("**/convene/*")
    return page


def answer(
    browser: Browser, link: str, voice: int, which: int, most: int = 99, **context: Any
) -> Page:
    """Let somebody answer the questions on a phone of their own, each by the answer at a place."""
    page = browser.new_context(**{**PHONE, **context}).new_page()
    page.goto(link)
    page.locator("input[name=voice]").nth(voice).check()
    with page.expect_navigation():
        page.get_by_role("button", name="Begin").click()
    for _ in range(most):
        if not page.get_by_role("button", name="Next question").count():
            break
        choices = page.locator("input[type=radio]")
        # The first question asks for the kind of job; its first answer is that of a system.
        is_first = "Question 1 " in page.inner_text(".progress-words")
        choices.nth(0 if is_first else min(which, choices.count() - 1)).check()
        with page.expect_navigation():
            page.get_by_role("button", name="Next question").click()
    if page.get_by_role("button", name="I have answered enough").count():
        page.get_by_role("button", name="I have answered enough").click()
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/mine")
    return page


def test_five_phones_answer_and_the_room_sees_where_they_differ(
    browser: Browser, address: str
) -> None:
    convenor = opened(browser, address)
    link = convenor.locator("#link").input_value()
    pages = [answer(browser, link, 0, which) for which in (0, 0, 1)]
    pages.append(answer(browser, link, 1, 1, java_script_enabled=False))
    pages.append(answer(browser, link, 1, 1))
    # The page renews itself.
    convenor.get_by_text("Handed in so far: 5").wait_for(timeout=15_000)
    assert convenor.locator("#heard ul.voices").first.locator("li").count() == 1
    # One of them changes the voice, so that nobody speaks as the first with three people.
    pages[0].get_by_role("button", name="Change something").click()
    pages[0].get_by_label("Show my answers under my voice").check()
    pages[0].get_by_role("button", name="Hand in").click()
    pages[0].get_by_text("You agreed to be shown").wait_for()
    convenor.get_by_label("Close it all the same").check()  # no voice of three was heard
    convenor.get_by_role("button", name="Close, and show what was said").click()
    convenor.get_by_role("heading", name="What was said").wait_for()
    groups = convenor.locator("ul.groups li")
    assert groups.count() == 1
    assert "3 people" in groups.first.inner_text()
    assert convenor.get_by_role("heading", name="Where people of one voice differ").count() == 1
    pages[4].reload()
    pages[4].get_by_text("This room is closed").wait_for()
    convenor.get_by_label("Yes, delete everything").check()
    convenor.get_by_role("button", name="Delete it all").click()
    convenor.get_by_role("heading", name="The room is deleted").wait_for()


def test_nothing_is_loaded_from_elsewhere_and_no_referrer_is_sent(
    browser: Browser, address: str
) -> None:
    convenor = opened(browser, address)
    asked: list[str] = []
    page = browser.new_context(**PHONE).new_page()  # type: ignore[arg-type]
    page.on("request", lambda request: asked.append(request.url))
    page.goto(convenor.locator("#link").input_value())
    page.locator("input[name=voice]").first.check()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Next question").wait_for()
    assert len(asked) > 2
    assert not [url for url in asked if not url.startswith(address)]
    assert REFERRERS == []


def test_axe_finds_nothing_and_nothing_is_wider_than_a_small_phone(
    browser: Browser, address: str
) -> None:
    convenor = opened(browser, address, "A long word: " + "x" * 100)
    convenor.set_viewport_size({"width": 320, "height": 640})
    link, checked = convenor.locator("#link").input_value(), []

    def check(page: Page) -> None:
        for scheme in SCHEMES:
            # A colour on its way to another is neither.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_timeout(300)
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
        checked.append(page.url)

    for _ in range(3):
        mine = answer(browser, link, 0, 0, most=3)
    for _ in range(3):
        answer(browser, link, 1, 1, most=3)
    check(mine)
    mine.get_by_role("button", name="Change something").click()
    check(mine)
    mine.get_by_role("link", name="change").first.click()
    check(mine)
    fresh = browser.new_context(**PHONE).new_page()  # type: ignore[arg-type]
    for path in (link, f"{address}/room"):
        fresh.goto(path)
        check(fresh)
    check(convenor)
    convenor.get_by_label("Close it all the same").check()  # no voice of three was heard
    convenor.get_by_role("button", name="Close, and show what was said").click()
    convenor.get_by_role("heading", name="What was said").wait_for()
    check(convenor)
    assert len(checked) == 7


def test_a_code_is_read_as_the_link_to_share(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    convenor = opened(browser, address)
    link = convenor.locator("#link").input_value()
    assert convenor.locator("a.code img").evaluate("one => one.complete && one.naturalWidth") > 0
    told = convenor.evaluate(
        "async () => (await fetch(document.querySelector('a.code img').src)).text()"
    )
    path = tmp_path / "code.svg"
    segno.make(link, micro=False, error="m").save(
        str(path), light="#fff", xmldecl=False, omitsize=True
    )
    drawn = path.read_text().strip()
    assert told.strip() == drawn

"""Advice in the browser, in Chromium: asked, answered, left, taken up, and without a network."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from browsing import faults_of, needs_browser, opened
from readings import answers
from still import Files, needs_pyodide, served, still_site
from sysgraph.advice.situation import situation_of
from sysgraph.pages.brief import headline
from sysgraph.web.site import Site

expect.set_options(timeout=60_000)
pytestmark = [pytest.mark.browser, needs_browser, needs_pyodide]

HERE = Path(__file__).parent
KNOWN = {"purpose-origin": "movement", "agreement": "coercive", "change-aim": "win-justice"}
FOLLOW = """(address) => {
    const link = document.createElement("a");
    link.href = new URL(address, document.querySelector("header a").href);
    document.querySelector("main").append(link);
    link.click();
}"""
UNTIL_RENEWED = """async () => {
    for (;;) {
        const kept = (await caches.keys()).filter((one) => one.startsWith("sysgraph /"));
        if (kept.length === 1 && kept[0].endsWith(" later")) return;
        await new Promise((done) => setTimeout(done, 50));
    }
}"""
UNTIL_COMPILED = """async () => {
    for (;;) {
        const name = (await caches.keys()).find((one) => one.startsWith("sysgraph-compiled "));
        if (name && (await (await caches.open(name)).keys()).length === 1) return;
        await new Promise((done) => setTimeout(done, 50));
    }
}"""
ASKED = "?" + "&".join(f"{name}={value}" for name, value in KNOWN.items())


@pytest.fixture(scope="module")
def files(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """What a release holds of it."""
    return Files(still_site(site, tmp_path_factory.mktemp("sites") / "here"))


@pytest.fixture(scope="module")
def place(files: Files) -> Iterator[str]:
    """Where it is served."""
    with served(files) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser: Browser, place: str) -> Iterator[Page]:
    """A visitor of it, to whom Python has come."""
    with opened(browser, place) as found:
        found.goto("ask.html")
        wait_for_python(found)
        yield found


def wait_for_python(page: Page) -> None:
    expect(page.locator("#loading")).to_have_attribute("data-offline", "yes")


def lead(page: Page, address: str) -> None:
    """Follow a link, as one that stands in the page; Python stays where it is."""
    page.evaluate(FOLLOW, address)
    page.wait_for_url(f"**/{address}")
    expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")


def begin(page: Page, **words: str) -> None:
    if page.url == "about:blank":
        page.goto("ask.html")
    else:
        lead(page, "ask.html")
    for name, text in words.items():
        page.locator(f"#{name.replace('_', '-')}").fill(text)
    page.get_by_role("button", name="Go on").click()


def answer_one(page: Page, value: str) -> None:
    before = page.url
    page.locator(f"form.question input[type=radio][value='{value}']").check()
    page.get_by_role("button", name="Next question").click()
    page.wait_for_url(lambda url: url != before)


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def test_all_readings_are_answered_as_they_are_here(
    page: Page, files: Files, site: Site, place: str
) -> None:
    shutil.copy(HERE / "readings.mjs", files.folder / "browser")
    program = f"""
import sys
sys.path.insert(0, "/advice")
{(HERE.parent / "readings.py").read_text()}
import json
from hashlib import sha256
from pathlib import Path
from sysgraph.web.carried import CarriedSite
examiner = CarriedSite(Path("/advice/carried")).examiner
cases = examiner.frame.cases.index().ids
json.dumps([[name, *(sha256(one.encode()).hexdigest() for one in told)]
    for name, *told in answers(examiner, cases)])
"""
    told = page.evaluate(
        """([place, program]) => new Promise((resolve) => {
            const worker = new Worker(`${place}browser/readings.mjs`, { type: "module" });
            worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
            worker.postMessage(program);
        })""",
        [place, program],
    )
    assert "told" in told, told
    cases = site.frame.cases.index().ids
    here = [
        [name, *(sha256(one.encode()).hexdigest() for one in said)]
        for name, *said in answers(site.examiner, cases)
    ]
    assert {name.partition("/")[0] for name, *_ in here} == {*cases}
    assert json.loads(told["told"]) == here


def test_it_asks_before_python_is_there_and_no_word_leaves(
    browser: Browser, files: Files, place: str, site: Site
) -> None:
    files.held = "python_stdlib.zip"
    known = {"job": "systems-change", "asker-role": "leader", **KNOWN}
    with opened(browser, place) as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))
        begin(page, who_affected="the tenants of Hill Street")
        answer_one(page, known["job"])
        answer_one(page, known["asker-role"])
        third = heading(page)
        expect(page.locator("#loading [role=status]")).to_contain_text("You can begin")
        choose(page, known, waits=False)
        expect(page.locator("main")).to_have_attribute("aria-busy", "true")
        assert heading(page) == third
        files.held = ""
        files.let_go.set()
        expect(page.locator("h1")).not_to_have_text(third)
        expect(page.locator("#loading [role=status]")).to_be_empty()
        while "/ask/next" in page.url:
            choose(page, known)
        given = dict(parse_qsl(urlsplit(page.url).fragment.lstrip("?")))
        facets = {name: said for name, said in given.items() if said != "unknown"}
        found = site.examiner.examine(situation_of(facets, site.frame))
        expect(page.locator(".where-to-start")).to_contain_text(headline(found)[:40])
        expect(page.locator(".sheet")).to_contain_text("the tenants of Hill Street")
        assert "Hill" not in page.url
    assert sent
    assert not [one for one in sent if "Hill" in one or ("?" in one and "data:" not in one)]


def choose(page: Page, known: dict[str, str], *, waits: bool = True) -> None:
    """Answer the question that is there, as far as that is known, and wait for what comes."""
    before = page.url
    choices = page.locator("form.question input[type=radio]")
    name = choices.first.get_attribute("name") or ""
    choices.and_(page.locator(f"[value='{known.get(name, 'unknown')}']")).check()
    page.get_by_role("button", name="Next question").click()
    if waits:
        page.wait_for_url(lambda url: url != before)


def test_the_answer_is_the_page_of_serve(page: Page, base: str, browser: Browser) -> None:
    with opened(browser, base) as other:
        other.goto(f"/answer{ASKED}")
        served_text = other.locator(".answer > .sheet").inner_text()
        other.goto(f"/answer/all{ASKED}")
        all_text = other.locator("main").inner_text()
    begin(page)  # without words
    lead(page, f"answer.html#{ASKED}")
    expect(page.locator("figure img")).to_have_js_property("naturalWidth", 720)
    assert page.locator(".answer > .sheet").inner_text() == served_text
    page.get_by_text("The researcher's page").click()
    expect(page.locator("h1")).to_have_text("Everything behind the answer")
    assert page.locator("main").inner_text() == all_text


def test_a_link_that_serve_gave_keeps_its_answers(page: Page, place: str) -> None:
    page.goto(f"answer.html{ASKED}")  # as the rules of a server lead it there
    expect(page.locator(".where-to-start")).to_contain_text("Start here: people organising")
    assert page.url.startswith(f"{place}answer.html#?")
    assert dict(parse_qsl(urlsplit(page.url).fragment.lstrip("?"))) == KNOWN
    page.reload()
    expect(page.locator(".where-to-start")).to_contain_text("Start here: people organising")


def test_back_and_forward_lead_through_what_was_asked(page: Page) -> None:
    begin(page)
    first = heading(page)
    answer_one(page, "systems-change")
    second = heading(page)
    assert page.evaluate("document.activeElement.tagName") == "H1"
    page.go_back()
    expect(page.locator("h1")).to_have_text(first)
    assert page.evaluate("document.activeElement.tagName") == "H1"
    page.go_forward()
    expect(page.locator("h1")).to_have_text(second)
    page.reload()
    expect(page.locator("h1")).to_have_text(second)
    page.get_by_role("link", name="Go to the text").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    assert "job=systems-change" in page.url


def test_by_the_keyboard_alone(page: Page) -> None:
    lead(page, "ask/next.html")
    first = heading(page)
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).not_to_have_text(first)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "radio"


def test_what_is_answered_is_changed_and_told_of(page: Page) -> None:
    lead(page, f"answer.html#{ASKED}")
    page.get_by_text("Change an answer and see what moves").click()
    page.get_by_label("Whose idea is this change").select_option("incumbents")
    expect(page.locator(".notice[role=status]")).to_contain_text("This change")
    assert "purpose-origin=incumbents" in page.url


def test_answers_are_taken_away_and_taken_up_again(page: Page, tmp_path: Path) -> None:
    begin(page, who_affected="the tenants")
    answer_one(page, "systems-change")
    page.get_by_text("Show the answer so far").click()
    with page.expect_download() as begun:
        page.get_by_text("Take the answers away as a file").click()
    begun.value.save_as(tmp_path / "answers.yaml")
    assert "the tenants" in (tmp_path / "answers.yaml").read_text()
    begin(page)
    lead(page, "ask/next.html#/ask/file")
    page.locator("#file").set_input_files(tmp_path / "answers.yaml")
    page.locator("main form button").click()
    page.wait_for_url(re.compile("job=systems-change"))
    assert page.evaluate("JSON.parse(localStorage['sysgraph-words'])['who-affected']")
    lead(page, "ask/next.html#/ask/file")
    (tmp_path / "broken.yaml").write_text("facets: {no-such-thing: 1}")
    page.locator("#file").set_input_files(tmp_path / "broken.yaml")
    page.locator("main form button").click()
    expect(page.locator("main")).to_contain_text("no-such-thing")


def test_reasons_are_told_and_other_pages_are_led_to(page: Page, place: str) -> None:
    lead(page, f"answer.html#{ASKED}")
    link = page.locator(".more a").first
    assert (link.get_attribute("href") or "").startswith("type/")
    page.get_by_text("step by step, down to the sources").first.click()
    expect(page.locator("main")).to_contain_text("sysgraph serve")
    home = page.locator("header a").first
    assert home.evaluate("one => one.href") == f"{place}index.html"


def test_another_language_is_spoken(page: Page) -> None:
    lead(page, f"answer.html#{ASKED}")
    expect(page.locator(".sheet")).to_be_visible()
    page.get_by_role("link", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator("h1")).to_have_text("La respuesta")
    page.get_by_role("link", name="English").first.click()
    expect(page.locator("h1")).to_have_text("The answer")


@pytest.mark.parametrize(
    "address",
    [
        "ask.html",
        "ask/next.html",
        f"answer.html#{ASKED}",
        f"answer.html#/answer/why/organic{ASKED}",
    ],
)
def test_axe_finds_nothing_and_nothing_is_cut(page: Page, address: str) -> None:
    lead(page, address)
    expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#loading [role=status]")).to_be_empty()
    assert not faults_of(page)
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 720})


def test_once_loaded_it_needs_no_network(browser: Browser, files: Files) -> None:
    with ExitStack() as stack:
        place = stack.enter_context(served(files))
        with opened(browser, place) as page:
            page.goto("ask.html")
            wait_for_python(page)
            page.evaluate(UNTIL_COMPILED)  # from now on it begins with that
            stack.close()  # the server is gone
            page.goto("about:blank")
            page.goto(f"answer.html#{ASKED}")
            expect(page.locator(".sheet")).to_contain_text("Start here")


def test_a_new_release_takes_the_place_of_the_former(
    browser: Browser, files: Files, tmp_path: Path
) -> None:
    later = Files(tmp_path / files.folder.name)
    shutil.copytree(files.folder, later.folder)
    with served(later) as place, opened(browser, place) as page:
        page.goto("ask.html")
        wait_for_python(page)
        renew(later.folder, "ask.html", b"In your own words", b"In words of your own")
        page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
        page.evaluate(UNTIL_RENEWED)
        page.context.set_offline(True)
        page.goto("about:blank")
        page.goto("ask.html")
        assert heading(page) == "In words of your own"


def renew(folder: Path, name: str, old: bytes, new: bytes) -> None:
    """Change a file, as a later release has it, and what tells of it."""
    before = (folder / name).read_bytes()
    after = before.replace(old, new)
    assert before != after
    (folder / name).write_bytes(after)
    script = (folder / "offline.js").read_text()
    digests = [sha256(one).hexdigest() for one in (before, after)]
    assert digests[0] in script
    script = re.sub(
        'RELEASE = "[^"]+"', 'RELEASE = "later"', script.replace(digests[0], digests[1])
    )
    (folder / "offline.js").write_text(script)


@pytest.mark.parametrize("lacks", ["WebAssembly", "the worker"])
def test_who_cannot_run_it_is_told_what_to_do(browser: Browser, place: str, lacks: str) -> None:
    with browser.new_context(base_url=place) as context:
        page = context.new_page()
        if lacks == "WebAssembly":
            page.add_init_script("delete globalThis.WebAssembly")
        else:
            page.route("**/advice.zip", lambda route: route.abort())
        page.goto("ask.html")
        expect(page.locator("#instead")).to_contain_text("sysgraph serve")
        expect(page.locator("#loading [role=status]")).to_contain_text("could not be loaded")


def test_without_a_script_the_page_says_what_to_do(browser: Browser, place: str) -> None:
    with browser.new_context(base_url=place, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("ask.html")
        expect(page.locator("noscript .notice")).to_contain_text("sysgraph serve")

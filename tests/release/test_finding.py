"""Searching a site of files finds what the server finds, in its order."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sysgraph.store.local import Store
from sysgraph.web.search import SearchIndex

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ASKED = ("organic", "ORGANIC", "Côte d’Ivoire", "cote", "wigan deal", "lea", "a", "(UK)", "zzzz")


def test_a_script_finds_what_the_server_finds(
    published: Path, library: Store, browser: "Browser"
) -> None:
    handler = partial(SimpleHTTPRequestHandler, directory=str(published))
    search = SearchIndex.of(library)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        for asked in ASKED:
            page.goto(f"http://127.0.0.1:{server.server_port}/browse.html")
            page.fill("main input[type=search]", asked)
            page.click("main form.search button")
            page.wait_for_function("document.getElementById('found').textContent")
            wanted = search.find(asked)
            shown = [one.text_content() for one in page.query_selector_all("#things dt a")]
            assert shown == [one.name for one in wanted[:100]], asked
            told = page.text_content("#found") or ""
            assert (f"Found: {len(wanted)}." in told) == bool(wanted)
        page.goto(f"http://127.0.0.1:{server.server_port}/search.html?q=organic")
        page.wait_for_selector("#things a")
        page.click("#things a")
        page.wait_for_selector("article.thing")
        assert page.text_content("main code") == search.find("organic")[0].iri
        server.shutdown()

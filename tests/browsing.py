"""A real browser, without a network but to this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

__all__ = ["faults_of", "needs_browser", "opened", "started"]

needs_browser = pytest.mark.skipif(not shutil.which("chromium"), reason="needs Debian's chromium")


@contextmanager
def started() -> Iterator[Browser]:
    """Start Debian's Chromium, and end it with the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, base: str, **options: Any) -> Iterator[Page]:
    """Open a page of a browser with nothing in it; what it complains of fails.

    It may ask nobody but the server at ``base``.
    """
    context = browser.new_context(base_url=base, **options)
    said: list[str] = []
    asked: list[str] = []
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    try:
        yield page
        assert not said, said
        elsewhere = [url for url in asked if not url.startswith((base, "data:", "blob:"))]
        assert not elsewhere, elsewhere
    finally:
        context.close()


def faults_of(page: Page) -> list[str]:
    """Return what axe finds wrong with a page, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]

"""Pages as a browser without a script sees them: asked for, read, and their forms sent."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

import uvicorn
from starlette.testclient import TestClient

from sysgraph.web.app import make_app
from sysgraph.web.site import Site

__all__ = ["Form", "Page", "read_page", "serving", "visitor"]


@dataclass
class Form:
    """A form: where it goes, how, and its fields with the values they have."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Page:
    """What a page says, where its links lead, and its forms."""

    text: str = ""
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def form_to(self, action: str) -> Form:
        """Return the first form whose address begins so."""
        return next(form for form in self.forms if form.action.startswith(action))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._open: list[str] = []
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        assert not any(name.startswith("on") for name in told), f"a handler in {tag}: {told}"
        assert "style" not in told, f"a style in {tag}"
        if "id" in told:
            self.page.ids.append(told["id"])
        if tag in ("script", "style"):
            assert told.get("src", "").startswith("/static/"), "a script that stands in the page"
        if tag in ("h1", "h2"):
            self.page.headings.append("")
        if tag == "a":
            self.page.links.append(told.get("href", ""))
        elif tag == "form":
            self._form = Form(told.get("action", ""), told.get("method", "get"))
            self.page.forms.append(self._form)
        elif self._form is not None and told.get("name"):
            self._field(tag, told)
        elif tag == "option" and self._form is not None and self._select:
            self._form.choices.setdefault(self._select, []).append(told["value"])
            if "selected" in told:
                self._form.fields.append((self._select, told["value"]))
        if tag not in ("input", "meta", "link", "img", "br"):
            self._open.append(tag)

    def _field(self, tag: str, told: dict[str, str]) -> None:
        assert self._form is not None
        name, value = told["name"], told.get("value", "")
        if tag == "select":
            self._select = name
        elif told.get("type") in ("radio", "checkbox"):
            self._form.choices.setdefault(name, []).append(value)
        elif told.get("type") != "file":
            self._form.fields.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "script" not in self._open:
            self.page.text += data
        if {"h1", "h2"} & {*self._open}:
            self.page.headings[-1] += data


def read_page(html: str) -> Page:
    """Return what a page says; a script, style or handler that stands in it fails."""
    reader = _Reader()
    reader.feed(html)
    reader.page.text = " ".join(reader.page.text.split())
    return reader.page


@contextmanager
def visitor(site: Site) -> Iterator[TestClient]:
    """Yield a client of the pages of a site."""
    with TestClient(make_app(site), base_url="http://127.0.0.1", follow_redirects=True) as client:
        yield client


@contextmanager
def serving(site: Site) -> Iterator[str]:
    """Serve the pages of a site on loopback while the block runs, and yield the address."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        config = uvicorn.Config(make_app(site), log_level="error", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)

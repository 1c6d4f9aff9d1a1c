"""The pages that ask and answer as the site shows them, made in its reader's browser.

Addresses of the pages become names of files, and what was answered stands behind a ``#``, which
no browser sends: so a web server learns what page is read, and not what was said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sysgraph.release.links import rewrite
from sysgraph.release.names import file_of, link_to
from sysgraph.web.carried import CarriedSite, respond

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FOLDER", "PAGES", "ShownPage", "is_within", "screen", "shown_at"]

PAGES = {"/ask": "ask.html", "/ask/next": "ask/next.html", "/answer": "answer.html"}
"""The pages that are made in a browser and have a file, in which all others of them are shown."""
FOLDER = "browser"
"""Where all that runs in a browser lies, but for the pages and what keeps them."""
_HTML = "text/html"


def is_within(address: str) -> bool:
    """Tell whether what stands at an address is made in the browser.

    >>> is_within("/answer/why/organic?stakes=unknown"), is_within("/answers"), is_within("/type/x")
    (True, False, False)
    """
    path = address.partition("?")[0]
    return path.startswith(("/ask/", "/answer/", "/answer.")) or path in PAGES


def shown_at(address: str) -> str:
    """Return the file of the site in which an address is shown, with what tells it the rest.

    >>> shown_at("/ask"), shown_at("/answer?stakes=unknown"), shown_at("/ask/file?lang=es")
    ('ask.html', 'answer.html#?stakes=unknown', 'ask/next.html#/ask/file?lang=es')
    """
    path, mark, query = address.partition("?")
    if path in PAGES:
        return f"{PAGES[path]}#?{query}" if query else PAGES[path]
    return f"{PAGES['/ask/next' if path.startswith('/ask') else '/answer']}#{path}{mark}{query}"


@dataclass(frozen=True, slots=True)
class ShownPage:
    """What is shown: at which file of the site, with which status, and its content.

    ``leads`` is the address that is to be asked instead; ``saved_as`` names a file to take away.
    """

    at: str
    status: int
    media: str
    body: bytes
    leads: str = ""
    saved_as: str = ""


def screen(
    site: CarriedSite, method: str, address: str, headers: Mapping[str, str], body: bytes = b""
) -> ShownPage:
    """Return what stands at an address, with links that lead to files of the site."""
    found = respond(site, method, address, headers, body)
    at, media = shown_at(address), found.headers.get("content-type", "").partition(";")[0]
    page = linked(found.body.decode(), at).encode() if media == _HTML else found.body
    saved = found.headers.get("content-disposition", "").partition('filename="')[2].rstrip('"')
    return ShownPage(at, found.status, media, page, found.headers.get("location", ""), saved)


def linked(html: str, at: str) -> str:
    """Return a page whose links lead to files, as seen from the file in which it is shown.

    Pictures that are made in the browser keep their address, for there is no file of them.
    """
    here = at.partition("#")[0]

    def turn(name: str, value: str) -> str | None:
        if not value.startswith("/") or (name == "src" and is_within(value)):
            return value
        if is_within(value):
            file, _, rest = shown_at(value).partition("#")
            return f"{link_to(file, here)}#{rest}" if rest else link_to(file, here)
        whole, mark, part = value.partition("#")
        file = whole[1:] if whole.startswith(f"/{FOLDER}/") else file_of(whole)
        return f"{link_to(file, here)}{mark}{part}"

    return rewrite(html, turn)

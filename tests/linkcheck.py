"""Every link of a site that lies in a folder, held to what is there: files, and places in pages.

Source: https://html.spec.whatwg.org/multipage/links.html, and RFC 3986, section 5 (resolving).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

__all__ = ["Links", "broken_links", "links_of"]

_LEADING = {"href", "src", "action", "formaction", "poster", "data", "cite", "data-index"}
_TOP = "https://top.invalid/"
"""Stands for the folder of the site, which may lie anywhere."""
_TAG = re.compile(r"""<([a-zA-Z][^\s/>]*)(?:[^>"']|"[^"]*"|'[^']*')*>""")
_TELLING = re.compile(rf"\s(?:{'|'.join(_LEADING)}|srcset|id|name)\s*=", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?:https?|mailto|data|tel):", re.IGNORECASE)


@dataclass
class Links:
    """Where a page leads, and what places it has."""

    targets: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links = Links()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.links.targets += [
            value for name, value in attrs if name in _LEADING and value is not None
        ]
        for one in (told.get("srcset") or "").split(","):
            self.links.targets += one.split()[:1]
        for name in ("id", "name") if tag == "a" else ("id",):
            if told.get(name):
                self.links.places.add(str(told[name]))


def links_of(html: str) -> Links:
    """Return where a page leads, and what places it has."""
    reader = _Reader()
    # The parser takes seconds for a site; most tags lead nowhere, and it need not see them.
    for found in _TAG.finditer(html):
        if _TELLING.search(found[0]):
            reader.feed(f"{found[0]}</{found[1]}>")  # else all after a script would be of it
    reader.close()
    return reader.links


def broken_links(site: Path) -> tuple[int, list[str]]:
    """Return how many links within a site were followed, and which of them lead to nothing.

    A link that begins with a stroke is broken, for a site may lie below the top of its server.
    """
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    pages = {
        name: links_of((site / name).read_text("utf-8"))
        for name in sorted(files)
        if name.endswith(".html")
    }
    followed, broken = 0, []
    for page, links in pages.items():
        own = f"{_TOP}{quote(page)}"
        for target in dict.fromkeys(links.targets):
            if _ELSEWHERE.match(target):
                continue
            followed += 1
            reason = _fault(own, target, files, pages)
            if reason:
                broken.append(f"{page}: {target}: {reason}")
    return followed, broken


def _fault(own: str, target: str, files: set[str], pages: dict[str, Links]) -> str:
    """Return why a link is broken, or nothing."""
    if target.startswith("/"):
        return "it begins with a stroke"
    whole = urljoin(own, target)
    parts = urlsplit(whole)
    steps = target.partition("?")[0].partition("#")[0].split("/")
    depth = own.removeprefix(_TOP).count("/")
    if steps.count("..") > depth:
        return "it leads out of the site"
    file = unquote(parts.path.removeprefix("/"))
    if file not in files:
        return "there is no such file"
    place = unquote(parts.fragment)
    if place.startswith(("?", "/")):  # what was answered, which stands behind the mark alone
        place = ""
    if place and place != "top" and file in pages and place not in pages[file].places:
        return "that page has no such place"
    return ""

"""Each page of a site as a file: asked for once, its links led to files, and what it leads to next.

A page is written anew only where what it is made of has changed. What it leads to and is not
there leads nowhere in the file.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from sysgraph.errors import SysgraphError
from sysgraph.release.links import anchors_of, rewrite
from sysgraph.release.names import address_of, file_of, link_to

if TYPE_CHECKING:
    from sysgraph.release.pages import Pages, Served
    from sysgraph.release.written import Writing

__all__ = ["LISTS", "Crawl", "Told", "is_list", "path_of_thing"]

LISTS = ("/", "/browse", "/browse/cases", "/questions", "/record", "/map")
"""The pages that are of no single thing."""
_BELOW = ("/map/", "/query/", "/browse/")
_MADE = ("/ask", "/ask/next", "/answer", "/search", "/search.json", "/data", "/terms")
"""The pages that no server makes for the site; of some of them a script reads the address."""
_SUFFIXES = (".ttl", ".jsonld", ".nt", ".csv", ".json", ".svg")
_PAGES = (200, 410)
"""With what a page is answered: also that what it is about is gone, and why."""
_DIRECT = ("/static/", "/data/")

Told = Callable[[str, int, int], None]


def path_of_thing(address: str) -> str:
    """Return the path of the thing that an address says something of.

    >>> path_of_thing("/type/organic.ttl"), path_of_thing("/type/organic?by=x")
    ('/type/organic', '/type/organic')
    """
    path = address.partition("?")[0]
    suffix = next((one for one in _SUFFIXES if path.endswith(one)), "")
    return path.removesuffix(suffix)


def is_list(address: str) -> bool:
    """Tell whether a page is made of many things, so that it changes when any of them does."""
    path = path_of_thing(address)
    is_answer = path.startswith("/query/") and address.endswith((".ttl", ".jsonld", ".nt"))
    return path in LISTS or (path.startswith(_BELOW) and not is_answer)


class Crawl:
    """What leads from page to page. ``stale`` are the things whose pages change, None if all do.

    ``beside`` names pages that are made elsewhere. ``later`` are those that there will be for
    certain: they are not asked for before their turn, so that what they are made of is at hand
    for the files that go with them.
    """

    def __init__(
        self,
        pages: Pages,
        written: Writing,
        stale: Collection[str] | None,
        beside: Collection[str],
        later: Collection[str] = (),
    ) -> None:
        self._pages, self._written, self._stale = pages, written, stale
        self._later = dict.fromkeys(later)
        self._beside = {*_MADE, *beside}
        self._answers: dict[str, Served] = {}
        self._waiting: deque[str] = deque()
        self._anchors: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.alive: dict[str, str] = {}
        """The file of each address that has one."""
        self._dead: set[str] = set()

    def run(self, addresses: Iterable[str], told: Told) -> None:
        """Write the pages at some addresses, and all that they lead to.

        Raises:
            SysgraphError: a page cannot be made; says which, and why.
        """
        self._waiting.extend([*addresses, *self._later])
        done = 0
        while self._waiting:
            address = self._waiting.popleft()
            if address not in self.alive and address not in self._dead:
                self._make(address)
                done += 1
                if done % 100 == 0:
                    told("pages", done, done + len(self._waiting))
        self._mend()

    def _stays(self, address: str) -> bool:
        former = self._written.former
        is_stale = self._stale is None or path_of_thing(address) in self._stale
        file = former.pages.get(address, "")
        return not is_stale and not is_list(address) and file in former.files

    def _make(self, address: str) -> None:
        file = file_of(address)
        if self._stays(address):
            self.alive[address] = file
            self._written.keep(file)
            return
        answer = self._answers.pop(address, None) or self._ask(address)
        if answer.status not in _PAGES:
            self._dead.add(address)
            return
        self.alive[address] = file
        body = answer.body
        if file.endswith(".html"):
            body = self.page(body, address, file)
        self._written.put(file, body)

    def _ask(self, address: str) -> Served:
        answer = self._pages.get(address)
        if answer.status >= 400 and answer.status not in (404, *_PAGES):
            said = " ".join(answer.reason.split())
            raise SysgraphError(f"the page {address} cannot be made: {said}")
        return answer

    def page(self, body: bytes, address: str, file: str) -> bytes:
        """Return a page with its links led to files."""

        def turn(name: str, value: str) -> str | None:
            return self._turned(value, address, file)

        return rewrite(body.decode(), turn).encode()

    def _turned(self, value: str, address: str, file: str) -> str | None:
        if not value or value.startswith(("#", "http:", "https:", "mailto:", "data:")):
            return value
        whole, hash_, part = (
            urljoin(f"http://x{address}", value).removeprefix("http://x").partition("#")
        )
        path, mark, query = whole.partition("?")
        if path.startswith(_DIRECT):
            return link_to(path[1:], file)
        if address_of(whole) in self._beside:
            return link_to(file_of(whole), file)
        if path in self._beside:
            return link_to(file_of(path), file) + (f"?{query}" if mark and path in _MADE else "")
        target = self._there(address_of(whole))
        if target is None:
            return None
        if hash_:
            self._anchors[file].add((target, part))
        return f"{link_to(target, file)}{hash_}{part}"

    def _there(self, address: str) -> str | None:
        """Return the file of an address, once it is known that there will be one."""
        if address in self._dead:
            return None
        if address in self.alive:
            return self.alive[address]
        if address in self._later:
            return file_of(address)
        if address not in self._answers and not self._stays(address):
            answer = self._ask(address)
            if answer.leads:
                return self._there(address_of(answer.leads))
            if answer.status not in _PAGES:
                self._dead.add(address)
                return None
            self._answers[address] = answer
        self._waiting.appendleft(address)
        return file_of(address)

    def _mend(self) -> None:
        """Let links to parts that their pages do not show lead to the pages."""
        known: dict[str, set[str]] = {}
        for file, leading in sorted(self._anchors.items()):
            gone = set()
            for target, part in leading:
                if target not in known:
                    known[target] = anchors_of(self._written.read(target).decode())
                if unquote(part) not in known[target]:
                    gone.add(f"{link_to(target, file)}#{part}")
            if gone:
                html = self._written.read(file).decode()
                self._written.put(file, _without_parts(html, gone).encode())


def _without_parts(html: str, gone: Collection[str]) -> str:
    """Return a page whose links to parts that are not there lead to the pages of these."""

    def turn(name: str, value: str) -> str:
        return value.partition("#")[0] if value in gone else value

    return rewrite(html, turn)

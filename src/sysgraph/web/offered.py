"""What a thing is offered as, by what a reader accepts; and answers that are kept ready."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response

from sysgraph.rdf import Format

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["HTML", "SUFFIXES", "Kept", "Page", "accepted", "links_of", "plain_path", "suffix_liked"]

HTML = "text/html"

SUFFIXES = {
    ".ttl": ("text/turtle", Format.TURTLE),
    ".jsonld": ("application/ld+json", Format.JSONLD),
    ".nt": ("application/n-triples", Format.NTRIPLES),
}
"""The syntaxes that each thing is offered in, by what its address then ends with."""

_MOST_RANGES = 50
_KEPT = 32_000_000
"""How many bytes of answers are kept ready."""


def accepted(header: str, offers: Iterable[str]) -> str:
    """Return the media type that a reader likes best of some, or nothing if it takes none.

    What is liked alike is told apart by the order of the offers, so that who takes anything gets
    the first. A header that cannot be read is none.

    Source: RFC 9110, section 12.5.1, https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1

    >>> accepted("text/turtle, text/html;q=0.9", [HTML, "text/turtle"])
    'text/turtle'
    >>> accepted("text/*;q=0.2, text/turtle;q=0", ["text/turtle", HTML]), accepted("a/b", [HTML])
    ('text/html', '')
    """
    offered = list(offers)
    ranges = [found for one in header.split(",")[:_MOST_RANGES] if (found := _range(one))]
    if not ranges:
        return offered[0]
    rated = [(_liking(each, ranges), -at, each) for at, each in enumerate(offered)]
    liking, _, best = max(rated)
    return best if liking > 0 else ""


def _range(text: str) -> tuple[str, float] | None:
    """Return a range of media types, without its parameters, and how much it is liked."""
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    kind, slash, sub = name.partition("/")
    if not (kind and slash and sub):
        return None
    liking = 1.0
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                liking = float(parameter[2:])
            except ValueError:
                return None
    return (name, liking) if 0 <= liking <= 1 else None


def _liking(offer: str, ranges: Iterable[tuple[str, float]]) -> float:
    """Return how much an offer is liked: by the narrowest range that holds it."""
    found = dict(ranges)
    for name in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        if name in found:
            return found[name]
    return 0.0


def suffix_liked(request: Request) -> str:
    """Return the suffix of the syntax that a reader likes better than a page, if any."""
    offers = {HTML: "", **{media: suffix for suffix, (media, _) in SUFFIXES.items()}}
    return offers.get(accepted(request.headers.get("accept", ""), offers), "")


def plain_path(request: Request) -> str:
    """Return the path that was asked for as it was written, which is how names are written."""
    raw = request.scope.get("raw_path")
    if isinstance(raw, bytes):
        return raw.decode("ascii", "replace").partition("?")[0]
    return quote(request.url.path, safe="/:@!$&'()*+,;=-._~")


def links_of(path: str, iri: str) -> str:
    """Return the ``Link`` header of a thing: what it is, and what else it is offered as.

    Source: RFC 8288; RFC 8574 (cite-as); the relations of IANA (alternate, describedby).
    """
    found = [f'<{path}>; rel="canonical"', f'<{iri}>; rel="cite-as"']
    for suffix, (media, _) in SUFFIXES.items():
        found.append(f'<{path}{suffix}>; rel="alternate"; type="{media}"')
    found.append(f'<{path}.ttl>; rel="describedby"; type="text/turtle"')
    return ", ".join([*found, f'<{path}>; rel="alternate"; type="{HTML}"'])


@dataclass(frozen=True, slots=True)
class Page:
    """An answer that is kept: what it says, its media type, and what else is said with it."""

    body: bytes
    media: str
    headers: Mapping[str, str]
    tag: str

    @staticmethod
    def of(body: bytes, media: str, headers: Mapping[str, str] | None = None) -> Page:
        """Return an answer with a tag that tells it from any other."""
        # A weak one, for the same text may be sent packed.
        tag = f'W/"{sha256(body).hexdigest()[:24]}"'
        return Page(body, media, headers or {}, tag)

    def answer(self, request: Request) -> Response:
        """Return the answer to a request, or that nothing has changed since it was last asked."""
        headers = {**self.headers, "ETag": self.tag}
        asked = request.headers.get("if-none-match", "")
        tags = {one.strip().removeprefix("W/") for one in asked.split(",")}
        if self.tag.removeprefix("W/") in tags or asked.strip() == "*":
            return Response(None, 304, headers)
        return Response(self.body, 200, headers, media_type=self.media)


class Kept:
    """Answers that were made once, the least used given up first.

    ``edition`` tells which state of the store an answer was made from; where that is not known,
    each is made anew.
    """

    def __init__(self, edition: Callable[[], str], most: int = _KEPT) -> None:
        self._edition = edition
        self._most = most
        self._pages: OrderedDict[tuple[str, ...], Page] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def answer(self, request: Request, key: tuple[str, ...], make: Callable[[], Page]) -> Response:
        """Return the answer that goes by a key, made now if it was not made before."""
        page = self.find(key)
        if page is None:
            page = make()
            self.put(key, page)
        return page.answer(request)

    def find(self, key: tuple[str, ...]) -> Page | None:
        """Return the answer that was made before, from what the store holds now."""
        edition = self._edition()
        with self._lock:
            page = self._pages.get((edition, *key)) if edition else None
            if page is not None:
                self._pages.move_to_end((edition, *key))
        return page

    def put(self, key: tuple[str, ...], page: Page) -> None:
        """Keep an answer, if it is known what state of the store it was made from."""
        edition = self._edition()
        if edition:
            self._put((edition, *key), page)

    def _put(self, key: tuple[str, ...], page: Page) -> None:
        with self._lock:
            before = self._pages.pop(key, None)
            self._size += len(page.body) - (len(before.body) if before else 0)
            self._pages[key] = page
            while self._size > self._most and self._pages:
                self._size -= len(self._pages.popitem(last=False)[1].body)

"""The pages of a site, asked of its own application in this process, without a server."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from html import unescape
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.requests import Request

from sysgraph.language import speaking
from sysgraph.terms import NAMESPACE
from sysgraph.web.app import make_app
from sysgraph.web.offered import SUFFIXES
from sysgraph.web.things import Library

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from sysgraph.rdf import Format
    from sysgraph.web.site import Site

__all__ = ["Pages", "Served"]

_SYNTAXES = [syntax for _, syntax in SUFFIXES.values()]
_LOCAL = ("127.0.0.1", 80)


@dataclass(frozen=True, slots=True)
class Served:
    """What the application answers: a status and the bytes, or where else it stands."""

    status: int
    body: bytes
    leads: str = ""

    @property
    def reason(self) -> str:
        """What a page says of why there is no other, without its markup."""
        text = self.body.decode("utf-8", "replace").partition("<main")[2].partition("</main>")[0]
        return unescape(re.sub(r"<[^>]*>", " ", text.partition(">")[2]))


class Pages:
    """The application of a site, to be asked one address after another."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._app = make_app(site)
        self._runner = asyncio.Runner()
        self._path = ""
        self._documents: dict[Format, bytes] = {}

    def __enter__(self) -> Pages:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._runner.close()

    def get(self, address: str) -> Served:
        """Return what stands at an address, as a browser that speaks English is answered.

        What is said of a thing as linked data is gathered once for all syntaxes, and not asked
        of the application, which would look at the whole page each time.
        """
        path, dot, ending = address.rpartition(".")
        if f"{dot}{ending}" in SUFFIXES and "?" not in address:
            if path != self._path:
                self._path, iri = path, f"{NAMESPACE}{path.removeprefix('/')}"
                self._documents = Library.of(self._site).described.documents(iri, _SYNTAXES)
            return Served(200, self._documents[SUFFIXES[f".{ending}"][1]])
        return self._runner.run(self._get(address))

    def made(self, path: str, template: str, language: str | None = None, **context: Any) -> bytes:
        """Return a page that no server has, made by a template as if it stood at a path.

        With a language, such as ``es`` or nothing for English, it leads to the others.
        """
        scope = _scope(path)
        scope["state"] = {} if language is None else {"asked": language}
        with speaking(self._site.languages.by_code.get(language or "")):
            return bytes(self._site.page(Request(scope), template, **context).body)

    async def _get(self, address: str) -> Served:
        started: dict[str, Any] = {}
        pieces: list[bytes] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
            else:
                pieces.append(message.get("body", b""))

        await self._app(_scope(address), receive, send)
        leads = dict(started["headers"]).get(b"location", b"").decode()
        return Served(started["status"], b"".join(pieces), leads)


def _scope(address: str) -> dict[str, Any]:
    path, _, query = address.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"accept", b"text/html")],
        "client": _LOCAL,
        "server": _LOCAL,
        "state": {},
    }

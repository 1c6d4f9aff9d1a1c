"""The application: its routes, what every answer carries, and what is refused."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from sysgraph.errors import SysgraphError
from sysgraph.language import speaking
from sysgraph.web import (
    accept,
    answer,
    ask,
    asked,
    browse,
    contribute,
    pictures,
    protocol,
    rooms,
    things,
)
from sysgraph.web.rates import Rate, Rates
from sysgraph.web.site import Site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["make_app"]

_MOST = 1_000_000
"""How many bytes may be sent with one request."""

_ROOMS = (ask, answer, rooms, accept, contribute, browse, asked, pictures, protocol, things)
"""What makes the pages; the last takes each path that no other has."""

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
EACH = Rate(1200, 40)
"""What one address may ask for: a hall of 200 people may share one."""
OPENING = Rate(20, 20 / 3600)
"""How many rooms one address may open."""
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def make_app(site: Site) -> ASGIApp:
    """Return the application that serves the pages of a site."""
    static = StaticFiles(directory=Path(__file__).parent / "static")
    routes: list[BaseRoute] = [Mount("/static", static, name="static")]
    routes += [route for room in _ROOMS for route in room.routes(site)]

    async def refused(request: Request, error: Exception) -> Response:
        with speaking(getattr(request.state, "language", None)):
            return await run_in_threadpool(site.refusal, request, error)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(lambda: site.examiner)
        yield

    kinds = (HTTPException, SysgraphError, Exception)
    app = Starlette(
        routes=routes,
        middleware=[Middleware(GZipMiddleware, minimum_size=1000)],
        exception_handlers=dict.fromkeys(kinds, refused),
        lifespan=lifespan,
        max_body_size=_MOST,
    )
    # Around all, so that what goes wrong is guarded too.
    return _Guard(app, site.public_url, lambda one: refused(one, HTTPException(413)))


def _is_name_of(host: str, own: str) -> bool:
    """Tell whether a server may go by a name: its public one, this machine's, or a bare number.

    A page elsewhere could give its own name the address of a server in this house, and read it.
    """
    name = host.rpartition(":")[0] if re.search(r":\d*$", host) else host
    here = {"localhost", "testserver", "", gethostname(), f"{gethostname()}.local"}
    with suppress(ValueError):
        ip_address(name.strip("[]"))
        return True
    return host == own or name.lower() in {*map(str.lower, here), own.partition(":")[0].lower()}


def _is_here(address: str) -> bool:
    return address in ("127.0.0.1", "::1", "testclient")


def _size(scope: Scope) -> int:
    """Return how many bytes a request says that it has."""
    told = dict(scope["headers"]).get(b"content-length", b"")
    return int(told) if told.isdigit() and len(told) < 20 else 0


class _Guard:
    """Adds what every answer carries, and refuses forms that another site sends."""

    def __init__(
        self,
        app: ASGIApp,
        public_url: str,
        too_large: Callable[[Request], Awaitable[Response]],
    ) -> None:
        self._app, self._too_large = app, too_large
        self._own = urlsplit(public_url).netloc
        self._rates, self._openings = Rates(EACH), Rates(OPENING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        refusal = self._refusal(scope)
        # Starlette would answer with three words, whatever page we made.
        if refusal is None and _size(scope) > _MOST:
            refusal = await self._too_large(Request(scope))
        await (refusal or self._app)(scope, receive, told)

    def _refusal(self, scope: Scope) -> Response | None:
        """Return what to answer to what is not let in."""
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        if not _is_name_of(host, self._own):
            text = (
                "This server does not go by that name; whoever runs it names it by --public-url.\n"
            )
            return PlainTextResponse(text, 400)
        address = (scope.get("client") or ("",))[0]
        is_form = scope["method"] not in ("GET", "HEAD", "OPTIONS")
        is_opening = is_form and scope["path"] == "/room"
        rates = self._openings if is_opening else self._rates
        # Whoever sits at the machine keeps nobody else waiting.
        if not _is_here(address) and not rates.takes(address):
            text = "Too much was asked from your address; wait a minute, and try again.\n"
            return PlainTextResponse(text, 429, {"Retry-After": "60"})
        if is_form and self._is_foreign(scope):
            return PlainTextResponse("This form was sent from another site.\n", 403)
        return None

    def _is_foreign(self, scope: Scope) -> bool:
        """Tell whether a browser says that a request comes from another site than this one.

        Programs that are no browsers say nothing of it, and hold nobody's login. Without HTTPS a
        browser that sends no referrer names neither origin nor site, as phones in one house do.
        """
        said = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        site = said.get("sec-fetch-site")
        if site is not None:  # where no referrer is sent, the origin of our own forms is "null"
            return site not in ("none", "same-origin")
        origin = said.get("origin")
        if origin in (None, "null"):  # what changes anything here bears a secret of its own
            return False
        try:
            place = urlsplit(origin).netloc
        except ValueError:
            return True
        return place not in {said.get("host", ""), self._own} - {""}

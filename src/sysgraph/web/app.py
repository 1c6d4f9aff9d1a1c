"""The application: its routes, what every answer carries, and what is refused."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from sysgraph.errors import SysgraphError
from sysgraph.web import answer, ask
from sysgraph.web.site import Site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["make_app"]

_MOST = 1_000_000
"""How many bytes may be sent with one request."""

_ROOMS = (ask, answer)

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def make_app(site: Site) -> Starlette:
    """Return the application that serves the pages of a site."""
    routes: list[BaseRoute] = [route for room in _ROOMS for route in room.routes(site)]
    static = StaticFiles(directory=Path(__file__).parent / "static")
    routes.append(Mount("/static", static, name="static"))

    async def refused(request: Request, error: Exception) -> Response:
        return await run_in_threadpool(_refused, site, request, error)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(lambda: site.examiner)
        yield

    kinds = (HTTPException, SysgraphError, Exception)
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(_Guard, public_url=site.public_url),
            Middleware(GZipMiddleware, minimum_size=1000),
        ],
        exception_handlers=dict.fromkeys(kinds, refused),
        lifespan=lifespan,
        max_body_size=_MOST,
    )


def _refused(site: Site, request: Request, error: Exception) -> Response:
    """Return the page that says what could not be done, and what to do."""
    if isinstance(error, HTTPException):
        status, told = error.status_code, error.detail
    elif isinstance(error, SysgraphError):
        status, told = 400, str(error)
    else:
        status, told = 500, ""
    kinds = site.words["en"]["errors"]
    kind = kinds.get(str(status), kinds["400" if status < 500 else "500"])
    said = told if isinstance(error, SysgraphError) else ""
    return site.page(request, "error.html", status=status, kind=kind, told=said.splitlines())


class _Guard:
    """Adds what every answer carries, and refuses forms that another site sends."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._own = urlsplit(public_url).netloc

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

        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and self._is_foreign(scope):
            from starlette.responses import PlainTextResponse

            refusal = PlainTextResponse("This form was sent from another site.\n", 403)
            await refusal(scope, receive, told)
            return
        await self._app(scope, receive, told)

    def _is_foreign(self, scope: Scope) -> bool:
        """Tell whether a browser says that a request comes from another site than this one.

        Programs that are no browsers say nothing of it, and hold nobody's login.
        """
        said = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        site = said.get("sec-fetch-site")
        if site is not None:  # where no referrer is sent, the origin of our own forms is "null"
            return site not in ("none", "same-origin")
        origin = said.get("origin")
        if origin is None:
            return False
        return urlsplit(origin).netloc not in {said.get("host", ""), self._own} - {""}

"""How the door is reached: bounded lines of standard input, and HTTP on this machine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOBase
from typing import TYPE_CHECKING, BinaryIO

from mcp.server.transport_security import TransportSecuritySettings
from starlette.responses import PlainTextResponse

from sysgraph.listening import listen
from sysgraph.mcp.bounds import MESSAGE

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import ASGIApp, Receive, Scope, Send

    from sysgraph.mcp.server import DoorServer

__all__ = ["BoundedLines", "http_app", "serve_http"]

_HERE = ("127.0.0.1", "localhost", "[::1]")
_AT_ONCE = 64
"""How many connections there may be at once."""


class BoundedLines(TextIOBase):
    """The lines of a stream, of which those that are too long are left out, with a word on it."""

    def __init__(self, stream: BinaryIO, most: int = MESSAGE) -> None:
        self._stream, self._most = stream, most

    def readline(self, _: int | None = -1, /) -> str:  # type: ignore[override]
        """Return the next line that is not too long, or nothing at the end."""
        while line := self._stream.readline(self._most + 1):
            if len(line) <= self._most:
                return line.decode("utf-8", "replace")
            while line and not line.endswith(b"\n"):
                line = self._stream.readline(self._most)
            told = f"sysgraph mcp: a message of more than {self._most:,} bytes was left out"
            print(told, file=sys.stderr)  # noqa: T201
        return ""


class _PostOnly:
    """Refuses all but POST, so that nobody holds a connection that nothing will come by."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] != "POST":
            refusal = PlainTextResponse("Ask by POST.\n", 405, {"Allow": "POST"})
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def http_app(server: DoorServer, host: str, names: Sequence[str] = ()) -> Starlette:
    """Return the application that answers at ``/mcp``, asked by its own names alone.

    A page of another site cannot reach it through the browser of somebody: the names that it is
    asked by, and the site that asks, are held to this machine, ``host`` and ``names``. It keeps no
    sessions, and has nothing to tell unasked, so that it takes POST alone.
    """
    allowed = dict.fromkeys((*_HERE, f"[{host}]" if ":" in host else host, *names))
    app = server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        max_request_body_size=MESSAGE,
        transport_security=TransportSecuritySettings(
            allowed_hosts=[*allowed, *(f"{name}:*" for name in allowed)],
            allowed_origins=[
                f"{scheme}://{name}{port}"
                for name in allowed
                for scheme in ("http", "https")
                for port in ("", ":*")
            ],
        ),
    )
    app.add_middleware(_PostOnly)
    return app


def serve_http(server: DoorServer, host: str, port: int, names: Sequence[str] = ()) -> None:
    """Serve over HTTP until it is stopped; nothing of what is asked is logged.

    Raises:
        SysgraphError: it cannot listen there.
    """
    import uvicorn

    bound = listen(host, port)
    at = bound.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    print(f"Answering at http://{shown}:{at}/mcp; Ctrl-C ends it.", file=sys.stderr)  # noqa: T201
    config = uvicorn.Config(
        http_app(server, host, names),
        access_log=False,
        log_config=None,
        limit_concurrency=_AT_ONCE,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[bound])

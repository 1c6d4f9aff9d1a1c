"""The door over standard input and output, and over HTTP on this machine."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from io import TextIOBase
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

import anyio
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings

from sysgraph.errors import SysgraphError
from sysgraph.mcp.bounds import MESSAGE

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from sysgraph.mcp.server import DoorServer

__all__ = ["BoundedLines", "http_app", "listen", "serve_http", "serve_stdio"]

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


def serve_stdio(server: DoorServer) -> None:
    """Serve over standard input and output until the input ends."""

    async def serve() -> None:
        lines = anyio.wrap_file(cast(TextIO, BoundedLines(sys.stdin.buffer)))
        lowlevel = server._lowlevel_server
        async with stdio_server(stdin=lines) as (incoming, outgoing):
            await lowlevel.run(incoming, outgoing, lowlevel.create_initialization_options())

    anyio.run(serve)


def http_app(server: DoorServer, host: str, names: Sequence[str] = ()) -> Starlette:
    """Return the application that answers at ``/mcp``, asked by its own names alone.

    A page of another site cannot reach it through the browser of somebody: the names that it is
    asked by, and the site that asks, are held to this machine, ``host`` and ``names``. It keeps no
    sessions.
    """
    allowed = dict.fromkeys((*_HERE, f"[{host}]" if ":" in host else host, *names))
    return server.streamable_http_app(
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


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there.

    Raises:
        SysgraphError: it cannot; another program has the port, or there is no such host.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        told = error.strerror or str(error)
        raise SysgraphError(
            f"{host}:{port}: it cannot listen there ({told}); choose another --port or --host"
        ) from error


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

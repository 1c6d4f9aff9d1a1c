"""Serving a site: a socket, a line that says where it is, and an end without noise."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import webbrowser
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sysgraph.errors import SysgraphError
from sysgraph.files import read_bytes
from sysgraph.listening import listen
from sysgraph.web.accept import Login, Shelf
from sysgraph.web.app import make_app
from sysgraph.web.kept import Rooms, default_file
from sysgraph.web.site import Site

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["Prompt", "configured", "run_site"]

PASSWORD = "SYSGRAPH_PASSWORD"
_MOST_AT_ONCE = 400
_MOST_WAITED_FOR = 300
"""How many connections may be open of which a request, or the rest of one, has not come.

Of 200 people in a hall each keeps one for the next page.
"""
_LONGEST_HEAD = 15
"""In how many seconds the head of the first request has to be whole."""
_LONGEST_PAUSE = 20
"""In how many seconds after an answer the head of the next has to be."""
_LONGEST_BODY = 60
"""In how many seconds after it all that is sent with a request has to be there."""


def run_site(
    place: str | None,
    host: str,
    port: int,
    public_url: str,
    *,
    told: Callable[[str], None],
    warned: Callable[[str], None],
    rooms: Path | None = None,
    is_opened: bool = False,
    issues: str = "",
    accept: str = "",
    password_file: Path | None = None,
) -> None:
    """Serve the pages of a store until it is stopped; ``told`` gets the address when it is open.

    No address that is asked for is logged, for answers stand in it.

    Raises:
        SysgraphError: the port is taken, the public address is none, or rooms cannot be kept.
        BadStore, EndpointFailed: the store cannot be opened.
    """
    if public_url and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", public_url):
        raise SysgraphError(f"--public-url {public_url}: write it as https://advice.example.org")
    if issues and not re.fullmatch(r"https://[^\s/?#]+/[^\s?#]+", issues):
        raise SysgraphError(f"--issues {issues}: write it as https://github.com/OWNER/NAME")
    if password_file is not None and not accept:
        raise SysgraphError("--password-file goes with --accept; say who logs in: --accept NAME")
    shelf = _shelf(place, accept, password_file, (host, public_url)) if accept else None
    site = Site(place, public_url, _kept(rooms, warned), issues, shelf)
    bound = listen(host, port)
    # Opened before anybody is told of the page, so that what is wrong is said here and at once.
    assert site.frame is not None
    shown = host if ":" not in host else f"[{host}]"
    address = f"http://{shown}:{bound.getsockname()[1]}"
    told(address)
    if is_opened:
        Timer(0.5, webbrowser.open, [address]).start()
    server = uvicorn.Server(configured(make_app(site), is_behind_proxy=bool(public_url)))
    for asked in (signal.SIGINT, signal.SIGTERM):  # so that what was opened is closed
        signal.signal(asked, signal.default_int_handler)
    try:
        server.run(sockets=[bound])
    except KeyboardInterrupt:
        pass
    finally:
        bound.close()
        if shelf is not None:
            shelf.close()


def configured(app: ASGIApp, *, is_behind_proxy: bool) -> uvicorn.Config:
    """Return how an application is served; what a proxy says of an address only behind one."""
    return uvicorn.Config(
        app,
        http=Prompt,
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=_LONGEST_PAUSE,
        limit_concurrency=_MOST_AT_ONCE,
        proxy_headers=is_behind_proxy,
    )


class Prompt(H11Protocol):
    """A connection that is closed where the next part of a request is long in coming.

    Whoever sends nothing, or a letter now and then, would else hold for ever what others need.
    When too many are waited for, the one that has been so longest is closed.
    """

    _end: asyncio.TimerHandle | None = None
    _since = 0.0
    _state: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._watch()

    def handle_events(self) -> None:
        """Go on, and wait for what has not come."""
        super().handle_events()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._forget()
        super().connection_lost(exc)

    def _watch(self) -> None:
        state = self.conn.their_state
        if state is self._state:  # the same part of it, of which only some more has come
            return
        self._forget()
        self._state = state
        head = _LONGEST_HEAD if self.cycle is None else _LONGEST_PAUSE
        seconds = {h11.IDLE: head, h11.SEND_BODY: _LONGEST_BODY}.get(state)
        if seconds is None:
            return
        self._end = self.loop.call_later(seconds, self.transport.close)
        self._since = self.loop.time()
        waited_for = [one for one in self.connections if isinstance(one, Prompt) and one._end]
        if len(waited_for) > _MOST_WAITED_FOR:
            longest = min(waited_for, key=lambda one: one._since)
            longest._forget()
            longest.transport.close()

    def _forget(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None


def _shelf(
    place: str | None, name: str, password_file: Path | None, reached: tuple[str, str]
) -> Shelf:
    """Return where drafts are taken in; ``reached`` are the host and the public address.

    Raises:
        SysgraphError: the password would be sent in the clear, or it cannot be taken in.
    """
    host, public_url = reached
    if host not in ("127.0.0.1", "::1", "localhost") and not public_url.startswith("https:"):
        reason = "a password must not be sent in the clear; name an https --public-url"
        raise SysgraphError(f"--accept with --host {host}: {reason}")
    return Shelf(place, Login(name, _password(password_file)))


def _password(file: Path | None) -> str:
    """Return the password, from a file or the environment: others see arguments.

    Raises:
        SysgraphError: there is none.
    """
    if file is not None:
        return read_bytes(file).decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
    said = os.environ.pop(PASSWORD, "")  # which no process begun from here then sees
    if not said:
        reason = f"set the password in {PASSWORD}, or name a file that holds it by --password-file"
        raise SysgraphError(f"--accept: {reason}")
    return said


def _kept(file: Path | None, warned: Callable[[str], None]) -> Rooms | None:
    """Return the rooms of a file, or of the user's own; where that cannot be written, none.

    Raises:
        SysgraphError: the file that was named cannot be written.
    """
    if file is not None:
        return Rooms(file)
    try:
        return Rooms(default_file())
    except SysgraphError as error:
        warned(f"without rooms: {error}")
        return None

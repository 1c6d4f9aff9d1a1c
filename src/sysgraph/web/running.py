"""Serving a site: a socket, a line that says where it is, and an end without noise."""

from __future__ import annotations

import os
import re
import signal
import webbrowser
from collections.abc import Callable
from pathlib import Path
from threading import Timer

import uvicorn

from sysgraph.errors import SysgraphError
from sysgraph.files import read_bytes
from sysgraph.listening import listen
from sysgraph.web.accept import Login, Shelf
from sysgraph.web.app import make_app
from sysgraph.web.kept import Rooms, default_file
from sysgraph.web.site import Site

__all__ = ["run_site"]

PASSWORD = "SYSGRAPH_PASSWORD"
_MOST_AT_ONCE = 400


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
    config = uvicorn.Config(
        make_app(site),
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=20,
        limit_concurrency=_MOST_AT_ONCE,
        proxy_headers=True,
    )
    server = uvicorn.Server(config)
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

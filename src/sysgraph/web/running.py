"""Serving a site: a socket, a line that says where it is, and an end without noise."""

from __future__ import annotations

import re
import signal
import webbrowser
from collections.abc import Callable
from pathlib import Path
from threading import Timer

import uvicorn

from sysgraph.errors import SysgraphError
from sysgraph.listening import listen
from sysgraph.web.app import make_app
from sysgraph.web.kept import Rooms, default_file
from sysgraph.web.site import Site

__all__ = ["run_site"]

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
) -> None:
    """Serve the pages of a store until it is stopped; ``told`` gets the address when it is open.

    No address that is asked for is logged, for answers stand in it.

    Raises:
        SysgraphError: the port is taken, the public address is none, or rooms cannot be kept.
        BadStore, EndpointFailed: the store cannot be opened.
    """
    if public_url and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", public_url):
        raise SysgraphError(f"--public-url {public_url}: write it as https://advice.example.org")
    site = Site(place, public_url, _kept(rooms, warned))
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
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        server.run(sockets=[bound])
    except KeyboardInterrupt:
        pass
    finally:
        bound.close()


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

"""A socket that a face of sysgraph is asked at."""

import socket

from sysgraph.errors import SysgraphError, visible

__all__ = ["listen"]


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; port 0 takes a free one.

    Raises:
        SysgraphError: it cannot; another program has the port, or there is no such host.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # TCP is named, for by it asyncio knows that small answers need not wait for each other.
        found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(socket.SOMAXCONN)
    except (OSError, TypeError, UnicodeError, ValueError) as error:
        told = getattr(error, "strerror", None) or "there is no such host"
        raise SysgraphError(
            f"{visible(host)}:{port}: it cannot listen there ({told});"
            " choose another --port or --host"
        ) from error
    return found

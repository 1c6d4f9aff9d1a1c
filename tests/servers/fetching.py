"""Many requests to a web server in little time: sent one after another, answers read as they come.

Source: RFC 9112, sections 9.3.2 (pipelining), 6 (how long a body is)
"""

import socket
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

__all__ = ["Answer", "fetch_all", "fetch_one"]

_AT_ONCE = 50


@dataclass(frozen=True)
class Answer:
    """What a server answered; the names of headers are in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media(self) -> str:
        """The media type alone."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def target(self) -> str:
        """The path that it points to, with what stands behind it."""
        parts = urlsplit(self.headers.get("location", ""))
        return parts._replace(scheme="", netloc="").geturl()


def fetch_one(base: str, path: str, accept: str | None = None) -> Answer:
    """Return what is answered to one request, whose path is sent as it is."""
    (found,) = fetch_all(base, [(path, accept)])
    return found


def fetch_all(
    base: str, asked: Iterable[tuple[str, str | None]], authority: Path | None = None
) -> Iterator[Answer]:
    """Yield the answers to requests, each a path and what is accepted, in their order.

    All hosts are on loopback. Where there is an authority it is asked over TLS, and vouches.
    """
    coming_next = iter(asked)
    while waiting := list(islice(coming_next, _AT_ONCE)):
        while waiting:  # a server may close after any answer; the rest is asked again
            with _opened(base, authority) as sending, sending.makefile("rb") as coming:
                sending.sendall(b"".join(_request(base, *one) for one in waiting))
                for answer in _answers(coming, len(waiting)):
                    waiting.pop(0)
                    yield answer


def _opened(base: str, authority: Path | None) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", urlsplit(base).port), 60)
    if authority is None:
        return plain
    trusting = ssl.create_default_context(cafile=authority)
    return trusting.wrap_socket(plain, server_hostname=urlsplit(base).hostname)


def _request(base: str, path: str, accept: str | None) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: {urlsplit(base).netloc}"]
    if accept is not None:
        lines.append(f"Accept: {accept}")
    return "\r\n".join([*lines, "", ""]).encode()


def _answers(coming: IO[bytes], number: int) -> Iterator[Answer]:
    for _ in range(number):
        first = coming.readline()
        status = int(first.split()[1])
        headers: dict[str, str] = {}
        while line := coming.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        yield Answer(status, headers, _body(coming, headers))
        if headers.get("connection", "").lower() == "close":
            return


def _body(coming: IO[bytes], headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        length = headers.get("content-length")
        return coming.read(int(length)) if length else b""
    body = b""
    while size := int(coming.readline(), 16):
        body += coming.read(size)
        coming.readline()
    coming.readline()
    return body

"""Connections: whose address is believed, and how long a server waits for a request."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from sysgraph.web import running
from sysgraph.web.running import configured

ASKED = b"GET / HTTP/1.1\r\nHost: a.example\r\n"
SENDING = b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\n"


async def say_who(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the address that a request is said to come from, and what was sent with it."""
    request = Request(scope, receive)
    assert request.client is not None
    said = f"{request.client.host} {(await request.body()).decode()}"
    await PlainTextResponse(said)(scope, receive, send)


@contextmanager
def served(*, is_behind_proxy: bool = False) -> Iterator[int]:
    """Serve it while the block runs, and yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        config = configured(say_who, is_behind_proxy=is_behind_proxy)
        config.lifespan = "off"
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(10)


def connected(port: int, sent: bytes = b"") -> socket.socket:
    """Return a connection over which so much was sent."""
    found = socket.create_connection(("127.0.0.1", port), timeout=20)
    found.sendall(sent)
    return found


def told(one: socket.socket) -> bytes:
    """Return all that comes until the other side closes."""
    return b"".join(iter(lambda: one.recv(4096), b""))


@pytest.mark.parametrize("is_behind_proxy", [True, False])
def test_what_a_proxy_says_of_an_address_is_believed_behind_one_alone(
    is_behind_proxy: bool,
) -> None:
    head = b"X-Forwarded-For: 192.0.2.7\r\nConnection: close\r\n\r\n"
    with served(is_behind_proxy=is_behind_proxy) as port, connected(port, ASKED + head) as one:
        said = told(one)
    assert (b"192.0.2.7" in said) is is_behind_proxy
    assert (b"127.0.0.1" in said) is not is_behind_proxy


@pytest.mark.parametrize(
    "sent", [b"", b"GET", ASKED, SENDING, SENDING + b"part", ASKED + b"\r\n", ASKED + b"\r\nGET /"]
)
def test_who_sends_no_whole_request_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(running, "_LONGEST_HEAD", 0.3)
    monkeypatch.setattr(running, "_LONGEST_BODY", 0.3)
    monkeypatch.setattr(running, "_LONGEST_PAUSE", 0.3)
    with served() as port, connected(port, sent) as one:
        told(one)  # or it times out
        with connected(port, ASKED + b"Connection: close\r\n\r\n") as other:
            assert told(other).startswith(b"HTTP/1.1 200")


def test_a_letter_now_and_then_makes_nobody_wait_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_LONGEST_HEAD", 1)
    sent = 0
    with served() as port, connected(port) as one, suppress(ConnectionError):
        while sent < 100:
            one.sendall(b"x")
            sent += 1
            time.sleep(0.1)
    assert sent < 100


def test_who_sends_in_parts_is_answered_and_may_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_LONGEST_HEAD", 5)
    with served() as port, connected(port) as one:
        for part in (ASKED[:20], ASKED[20:], b"\r\n"):
            one.sendall(part)
            time.sleep(0.05)
        assert one.recv(4096).startswith(b"HTTP/1.1 200")
        one.sendall(SENDING.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + b"four")
        time.sleep(0.05)
        one.sendall(b" more")
        assert told(one).endswith(b"127.0.0.1 four more")


def test_who_is_idle_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_MOST_AT_ONCE", 20)
    monkeypatch.setattr(running, "_MOST_WAITED_FOR", 10)
    with served() as port:
        idle = [connected(port, sent) for sent in (b"", b"GET /", ASKED, SENDING) * 6]
        try:
            for _ in range(3):
                with connected(port, ASKED + b"Connection: close\r\n\r\n") as one:
                    assert told(one).startswith(b"HTTP/1.1 200")
        finally:
            for each in idle:
                each.close()

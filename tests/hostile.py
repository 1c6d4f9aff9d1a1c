"""A SPARQL server on loopback that answers well until it is told to answer badly."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import itertools
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from sysgraph.sparql.check import names_graphs

PAGE = b"<html><head><title>Sign in</title></head><body>Please <b>log in</b></body></html>"
JSON, TURTLE = "application/sparql-results+json", "text/turtle"
USER, PASSWORD, TOKEN = "someone", "s3cret-word", "t0ken-word"
CAPS = (1, 2, 10, 99, 100, 250, 500, 1_000, 2_000, 5_000)


class Request(http.server.BaseHTTPRequestHandler):
    """One request: what it asks, and how to answer it."""

    protocol_version = "HTTP/1.1"
    server: Hostile

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.size = len(body)
        kind = self.headers["Content-Type"].removeprefix("application/sparql-")
        direct = kind in ("query", "update")
        said = {kind: [body.decode()]} if direct else parse_qs(body.decode())
        if kind == "application/n-triples":  # the Graph Store Protocol
            (graph,) = parse_qs(urlsplit(self.path).query)["graph"]
            said = {"update": [f"INSERT DATA {{ GRAPH <{graph}> {{ {body.decode()} }} }}"]}
        self.form = {name: texts[0] for name, texts in said.items()}
        self.graphs: list[ox.NamedNode | ox.BlankNode] = [
            ox.NamedNode(name) for name in said.get("default-graph-uri", ())
        ]
        self.is_update = "update" in self.form
        self.server.asked += 1
        self.close_connection = True
        with suppress(OSError):  # who asked may have had enough
            self.server.mode(self)

    def work(self, update: str | None = None) -> tuple[str, bytes]:
        """Do what is asked, and return the kind of the answer and the answer."""
        store = self.server.store
        with self.server.lock:
            if self.is_update:
                store.update(self.form["update"] if update is None else update)
                return "", b""
            from_named = self.graphs or names_graphs(self.form["query"])
            union = self.server.shows_graphs and not from_named
            found = store.query(
                self.form["query"],
                use_default_graph_as_union=union,
                default_graph=[*self.graphs] or None,
                named_graphs=self.graphs or None,
            )
            if isinstance(found, ox.QueryTriples):
                return TURTLE, found.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
            return JSON, found.serialize(format=ox.QueryResultsFormat.JSON) or b""

    def say(
        self,
        status: int,
        kind: str = "",
        body: bytes = b"",
        length: int | None = None,
        **headers: str,
    ) -> None:
        """Answer; ``length`` is what is announced, if not that of the body."""
        self.head(
            status, kind, **headers, content_length=str(len(body) if length is None else length)
        )
        self.wfile.write(body)

    def head(self, status: int, kind: str = "", **headers: str) -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()

    def reset(self) -> None:
        """Break the connection off at once."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.wfile, self.rfile = io.BytesIO(), io.BytesIO()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


Mode = Callable[[Request], None]


def well(request: Request) -> None:
    """Answer as SPARQL says."""
    try:
        kind, body = request.work()
    except SyntaxError as error:
        request.say(400, "text/plain", str(error).encode())
        return
    request.say(200 if kind else 204, kind, body)


def queries(bad: Mode) -> Mode:
    """Treat queries badly, and updates well."""
    return lambda request: well(request) if request.is_update else bad(request)


def updates(bad: Mode) -> Mode:
    """Treat updates badly, and queries well."""
    return lambda request: bad(request) if request.is_update else well(request)


def first(count: int, bad: Mode) -> Mode:
    """Treat so many requests well, one badly, and all others well."""
    numbers = itertools.count()

    def mode(request: Request) -> None:
        chosen = bad if next(numbers) == count else well
        chosen(request)

    return mode


def after(count: int, bad: Mode) -> Mode:
    """Treat so many requests well, and all others badly."""
    numbers = itertools.count()

    def mode(request: Request) -> None:
        chosen = bad if next(numbers) >= count else well
        chosen(request)

    return mode


def page(request: Request) -> None:
    request.say(200, "text/html", PAGE)


def accepted(request: Request) -> None:
    request.say(202)


def lie(request: Request) -> None:
    request.say(200, JSON, b'{"head":{"vars":[]},"results":{"bindings":[]}}')


def cut_at_statement(request: Request) -> None:
    _, body = request.work()
    ends = [match.end() for match in re.finditer(rb"\}\},| \.\n", body)]
    end = ends[len(ends) // 2] if ends else 0
    request.say(200, JSON if body.startswith(b"{") else TURTLE, body[:end], length=len(body))


def cut_anywhere(request: Request) -> None:
    kind, body = request.work()
    request.say(200, kind, body[: len(body) * 3 // 7], length=len(body))


def cut_chunk(request: Request) -> None:
    kind, body = request.work()
    request.head(200, kind, Transfer_Encoding="chunked")
    part = body[: len(body) // 2]
    request.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if part else b"")


def cut_unframed(request: Request) -> None:
    kind, body = request.work()
    request.head(200, kind)
    request.wfile.write(body[: len(body) // 2])


def cap(rows: int, header: str = "") -> Mode:
    """Hand out no more than so many rows, and say so in a header, or do not."""

    def capped(request: Request) -> None:
        kind, body = request.work()
        if kind == JSON and b'"bindings":[' in body:
            head, _, rest = body.partition(b'"bindings":[')
            found = rest.removesuffix(b"]}}").split(b"},{")
            if len(found) > rows:
                cut = b"},{".join(found[:rows]) + b"}"
                said = {header: str(rows)} if header else {}
                request.say(200, kind, head + b'"bindings":[' + cut + b"]}}", None, **said)
                return
        request.say(200 if kind else 204, kind, body)

    return capped


def partly(request: Request) -> None:
    kind, body = request.work()
    request.say(206, kind, body)


def anytime(request: Request) -> None:
    kind, body = request.work()
    request.say(200, kind, body, X_SQL_State="S1TAT")


def half(request: Request) -> None:
    """Carry out half of an update, and break the connection off."""
    text = request.form["update"]
    steps = text.split(" ;\n")
    if len(steps) > 1:
        text = " ;\n".join(steps[: len(steps) // 2])
    else:
        lines = [line for line in text.splitlines(keepends=True) if line.endswith(" .\n")]
        for line in lines[len(lines) // 2 :]:
            text = text.replace(line, "", 1)
    request.work(text)
    request.reset()


def reset_before(request: Request) -> None:
    request.reset()


def reset_after(request: Request) -> None:
    request.work()
    request.reset()


def drip(request: Request) -> None:
    kind, body = request.work()
    request.head(200, kind, Content_Length=str(len(body) + 50))
    while True:
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(0.05)


def drip_head(request: Request) -> None:
    while True:
        request.wfile.write(b"H")
        time.sleep(0.05)


def silence(request: Request) -> None:
    request.server.over.wait(20)


def deep(request: Request) -> None:
    request.say(200, JSON, b'{"head":{"vars":' + b"[" * 200_000 + b"]" * 200_000 + b"}}")


def bomb(request: Request) -> None:
    request.say(200, JSON, gzip.compress(b" " * 30_000_000), Content_Encoding="gzip")


def endless(request: Request) -> None:
    request.head(200, JSON)
    while True:
        request.wfile.write(b" " * 10_000)


def moved(request: Request) -> None:
    there = f"http://{USER}:{PASSWORD}@127.0.0.1:9/there?key={TOKEN}"
    request.say(307, "text/html", PAGE, Location=there)


def too_large(size: int) -> Mode:
    """Take no request of more than so many bytes."""

    def limited(request: Request) -> None:
        if request.size > size:
            request.say(413, "text/html", b"<h1>413 Request Entity Too Large</h1>")
        else:
            well(request)

    return limited


def ill(status: int, **headers: str) -> Mode:
    """Answer an error, with a reason that repeats the secrets and would move the cursor."""
    body = f"<html><p>out\x1b[2J of order {TOKEN} {PASSWORD}</p></html>".encode()
    return lambda request: request.say(status, "text/html", body, None, **headers)


def basic(request: Request) -> None:
    import base64

    word = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    if request.headers.get("Authorization") == f"Basic {word}":
        well(request)
    else:
        request.say(401, "text/plain", b"who are you?", WWW_Authenticate='Basic realm="here"')


def bearer(request: Request) -> None:
    if request.headers.get("Authorization") == f"Bearer {TOKEN}":
        well(request)
    else:
        request.say(401, "text/plain", b"no token", WWW_Authenticate="Bearer")


def digest(request: Request) -> None:
    said = request.headers.get("Authorization", "")
    parts = dict(re.findall(r'(\w+)="?([^",]*)"?', said.removeprefix("Digest ")))

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    if said.startswith("Digest "):
        who = md5(f"{USER}:here:{PASSWORD}")
        what = md5(f"POST:{request.path}")
        middle = f"{parts['nonce']}:{parts['nc']}:{parts['cnonce']}:{parts['qop']}"
        if parts["response"] == md5(f"{who}:{middle}:{what}"):
            well(request)
            return
    challenge = 'Digest realm="here", qop="auth", nonce="n0nce", algorithm=MD5'
    request.say(401, "text/plain", b"who are you?", WWW_Authenticate=challenge)


class Hostile(http.server.ThreadingHTTPServer):
    """The server; its mode may be changed at any time."""

    daemon_threads = True

    def __init__(self, store: ox.Store, *, shows_graphs: bool) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.store = store
        self.shows_graphs = shows_graphs
        self.mode: Mode = well
        self.asked = 0
        self.lock = threading.Lock()
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def serving(store: ox.Store, *, shows_graphs: bool = True) -> Iterator[Hostile]:
    with Hostile(store, shows_graphs=shows_graphs) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.over.set()
        server.shutdown()

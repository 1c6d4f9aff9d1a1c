"""Requests to an endpoint: built by SPARQLWrapper, and answered in full or not at all.

What SPARQLWrapper cannot do is done here: a deadline for the whole, redirects refused, a body
compared with its announced length, logins by challenge, and what may be tried again tried again.
No text that is shown holds a secret.
"""

from __future__ import annotations

import html
import http.client
import os
import re
import socket
import threading
import time
import urllib.request
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from functools import lru_cache, partial
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit, urlunsplit

from sysgraph.errors import BadSparql, EndpointFailed, TooLarge, clean
from sysgraph.files import is_url

__all__ = ["Response", "Wire", "addresses", "is_url"]


def _is_here(url: str) -> bool:
    """Tell whether an address is on this machine, by a name that is so on every machine."""
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


@dataclass(frozen=True, slots=True)
class Address:
    """An address to send to, and what it goes by in messages, without what may be a secret."""

    url: str
    shown: str


def addresses(url: str, update_url: str | None = None) -> tuple[Address, Address]:
    """Return where an endpoint takes queries and where it takes updates.

    A bare server stands for its ``/query``; a slash that is written is kept. Updates go to
    ``update_url``, or to ``/update`` beside ``/query``, or else to the same address.

    Raises:
        EndpointFailed: one is no address, or holds a login.
    """
    parts = _split(url)
    parts = parts._replace(path=parts.path or "/query")
    beside = parts._replace(path=re.sub(r"/query$", "/update", parts.path))
    return _address(parts), _address(beside if update_url is None else _split(update_url))


def _graph_store() -> Address | None:
    """Return the graph store that SYSGRAPH_GRAPH_STORE names, if it does.

    Nothing in SPARQL 1.1 tells where that of an endpoint is.

    Raises:
        EndpointFailed: it is no address, or holds a login.
    """
    named = os.environ.get("SYSGRAPH_GRAPH_STORE")
    return _address(_split(named)) if named else None


def _address(parts: SplitResult) -> Address:
    shown = parts._replace(query="…" if parts.query else "")
    return Address(urlunsplit(parts), urlunsplit(shown))


def _split(url: str) -> SplitResult:
    shown, url = without_secrets(url), url.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        (host or "").encode("idna")  # an empty or too long part of it would be told too late
    except ValueError as error:
        raise EndpointFailed(shown, f"this is no address: {plain_words(str(error))}") from error
    if not is_url(url) or not host or re.search(r"[\x00-\x20\x7f]", url):
        reason = "write an address as http://HOST:PORT/PATH, without blanks"
        raise EndpointFailed(shown, f"this is no address; {reason}")
    if "@" in parts.netloc:
        reason = "leave it out, and set SYSGRAPH_USER and SYSGRAPH_PASSWORD, or SYSGRAPH_TOKEN"
        raise EndpointFailed(shown, f"the address holds a login; {reason}")
    if not parts.netloc.isascii():
        raise EndpointFailed(shown, "write the host in ASCII, as xn--… where it has other letters")
    path, query = (quote(each, "/%:@!$&'()*+,;=~?") for each in (parts.path, parts.query))
    return parts._replace(path=path, query=query, fragment="")


def without_secrets(url: str) -> str:
    """Return an address to be shown: without a login and without what follows "?".

    >>> without_secrets("http://me:word@example.org/query?key=1")
    'http://…@example.org/query?…'
    """
    start, slashes, rest = url.partition("//")
    before, query, _ = rest.partition("?")
    _, at, tail = before.rpartition("@")
    return plain_words(f"{start}{slashes}{'…@' if at else ''}{tail}{'?…' if query else ''}")


def plain_words(text: str) -> str:
    """Return what another machine said on one line, short, and safe to be printed."""
    words = clean(text)
    return words if len(words) <= 200 else f"{words[:199]}…"


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What to log in with; every part may be empty."""

    token: str = ""
    user: str = ""
    password: str = ""

    @classmethod
    def of_environment(cls, shown: str) -> Credentials:
        """Return what SYSGRAPH_TOKEN, SYSGRAPH_USER and SYSGRAPH_PASSWORD say.

        Raises:
            EndpointFailed: one of them cannot be sent; it is named, and not shown.
        """
        names = ("SYSGRAPH_TOKEN", "SYSGRAPH_USER", "SYSGRAPH_PASSWORD")
        token, user, password = (os.environ.get(name, "") for name in names)
        if not re.fullmatch(r"[\x21-\x7e]*", token):
            reason = "it holds a line end, a blank, or a letter that no token has"
            raise EndpointFailed(shown, f"SYSGRAPH_TOKEN cannot be sent: {reason}")
        for name, text in (("SYSGRAPH_USER", user), ("SYSGRAPH_PASSWORD", password)):
            if not text.isprintable():
                raise EndpointFailed(shown, f"{name} cannot be sent: it holds a control character")
        if bool(user) != bool(password):
            reason = "set both SYSGRAPH_USER and SYSGRAPH_PASSWORD, or neither"
            raise EndpointFailed(shown, reason)
        return cls(token, user, password)

    def hide(self, text: str) -> str:
        """Return a text in which no secret stands, should a server repeat what it was sent."""
        for secret in (self.token, self.password):
            text = text.replace(secret, "…") if secret else text
        return text


DEADLINE = 120.0
"""Seconds within which an answer is whole, all tries together; SYSGRAPH_DEADLINE says another."""

MAX_BYTES = 200_000_000
PAUSES = (0.5, 1.0, 2.0)
"""Seconds before what failed for a while is tried again, unless the server names others."""

_CHUNK = 1_000_000
_REASON_BYTES = 4_000
_PASSING = (429, 502, 503, 504)
_MOVED = (301, 302, 303, 307, 308)


@lru_cache(maxsize=8)
def _parameters(graphs: tuple[str, ...]) -> bytes:
    """Return what tells an endpoint which graphs a question is about, to go to the end of a form.

    >>> _parameters(("urn:a b",))
    b'&default-graph-uri=urn%3Aa+b&named-graph-uri=urn%3Aa+b'
    """
    said = [(f"{what}-graph-uri", graph) for graph in graphs for what in ("default", "named")]
    return f"&{urlencode(said)}".encode() if said else b""


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer. ``framed`` tells that its end was announced, by length or by chunks."""

    status: int
    kind: str
    headers: Message
    body: bytes
    framed: bool


class _Passing(Exception):
    """A failure that may pass, with the seconds that the server wants to be left alone."""

    def __init__(self, error: EndpointFailed, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


class Wire:
    """What is sent to one endpoint and comes back."""

    def __init__(self, query: Address, update: Address) -> None:
        """Name the addresses; nothing is sent yet.

        Raises:
            EndpointFailed: the login, or the graph store, in the environment cannot be used.
        """
        self.query = query
        self.update = update
        self.store = _graph_store()
        self._login = Credentials.of_environment(query.shown)

    def ask(self, text: str, kind: str, graphs: Sequence[str] = ()) -> Response:
        """Return the whole answer to a query, over some graphs only where these are named.

        ``kind`` is ASK, SELECT or CONSTRUCT, which is answered in Turtle and the others in JSON.

        Raises:
            BadSparql: the endpoint refuses the query.
            EndpointFailed: it does not answer in full within the deadline.
        """
        client = self._client(text, kind)

        def make() -> urllib.request.Request:
            request: urllib.request.Request = client._createRequest()
            # Not by addParameter, which encodes some hundreds of names again for each question.
            assert isinstance(request.data, bytes)
            request.data += _parameters(tuple(graphs))
            return request

        answer = self._send(make, self.query)
        if answer.status != 200:
            told = f"it answers HTTP {answer.status} to a query"
            if answer.status == 206:
                told = "it answers with a part only (HTTP 206)"
            raise EndpointFailed(self.query.shown, told)
        return answer

    def change(self, text: str) -> Response:
        """Return the whole answer to an update, which may be carried out more than once.

        Nothing is sent by ``sysgraph`` that would do more the second time than the first: it
        deletes patterns and inserts ground statements without blank nodes, so that an update
        whose fate is not known can be sent again.

        Raises:
            TooLarge: the endpoint takes no request of this size.
            EndpointFailed: it does not carry it out, or does not say that it did.
        """
        from SPARQLWrapper import POSTDIRECTLY

        client = self._client(text, "INSERT")
        if "?" not in self.update.url:
            # Not as a form, whose %41 in a text rdflib-endpoint resolves twice. Queries are sent
            # as forms, for to another one Virtuoso does not answer.
            client.setRequestMethod(POSTDIRECTLY)
        return self._do(client._createRequest, self.update)

    def _do(self, make: Callable[[], urllib.request.Request], address: Address) -> Response:
        answer = self._send(make, address)
        if answer.status not in (200, 201, 204):
            reason = f"it answers HTTP {answer.status}, which does not say that it was done"
            raise EndpointFailed(address.shown, reason)
        return answer

    def add(self, graph: str, statements: str) -> Response:
        """Return the whole answer to N-Triples added to a graph by the Graph Store Protocol.

        That may be done more than once, as with updates.

        Raises:
            TooLarge, EndpointFailed: as with updates.

        Source: SPARQL 1.1 Graph Store HTTP Protocol, section 5.5,
        https://www.w3.org/TR/sparql11-http-rdf-update/#http-post
        """
        assert self.store is not None  # whoever adds has looked
        joined = "&" if "?" in self.store.url else "?"
        url = f"{self.store.url}{joined}graph={quote(graph, safe='')}"
        headers = {"Content-Type": "application/n-triples", "User-Agent": "sysgraph"}
        if self._login.token:
            headers["Authorization"] = f"Bearer {self._login.token}"
        data = statements.encode()
        request = urllib.request.Request(url, data, headers, method="POST")
        return self._do(lambda: request, self.store)

    def _client(self, text: str, kind: str) -> Any:
        from SPARQLWrapper import POST, SPARQLWrapper

        client = SPARQLWrapper(self.query.url, updateEndpoint=self.update.url, agent="sysgraph")
        # Setting the text through setQuery would have its kind guessed by a slow pattern.
        client.queryString, client.queryType = text, kind
        client.setMethod(POST)
        client.setReturnFormat("turtle" if kind == "CONSTRUCT" else "json")
        if self._login.token:
            client.addCustomHttpHeader("Authorization", f"Bearer {self._login.token}")
        return client

    def _send(self, make: Callable[[], urllib.request.Request], address: Address) -> Response:
        seconds = _deadline(address.shown)
        ends = time.monotonic() + seconds
        pauses = iter(PAUSES)
        while True:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about formats that an update does not have
                request = make()
            try:
                return self._once(request, address, ends, seconds)
            except _Passing as passing:
                pause = next(pauses, None)
                wait = pause if pause is None or passing.wait is None else passing.wait
                if wait is None or time.monotonic() + wait >= ends:
                    raise passing.error from passing.__cause__
                time.sleep(wait)

    def _once(
        self, request: urllib.request.Request, address: Address, ends: float, seconds: float
    ) -> Response:
        shown = address.shown
        left = max(ends - time.monotonic(), 0.001)
        with _Watch(left) as watch:
            try:
                with self._opener(watch, address.url).open(request, timeout=left) as response:
                    answer = _whole(response, shown)
                if watch.is_over:  # which ends a body of no announced length as its end would
                    raise TimeoutError
                return answer
            except urllib.error.HTTPError as error:
                with error:
                    raise self._refused(error, address, request) from error
            except (OSError, http.client.HTTPException, ValueError) as error:
                told = getattr(error, "reason", error)  # which urllib wraps
                if watch.is_over or isinstance(told, TimeoutError):
                    reason = f"it took longer than {seconds:g} seconds; SYSGRAPH_DEADLINE allows"
                    raise EndpointFailed(shown, f"{reason} more") from error
                by = request.host if request.host != urlsplit(address.url).netloc else ""
                by = f"by way of the proxy {self._clean(by)}, " if by else ""
                raise _Passing(EndpointFailed(shown, by + self._explain(error))) from error

    def _opener(self, watch: _Watch, url: str) -> urllib.request.OpenerDirector:
        handlers: list[urllib.request.BaseHandler] = [watch, _NoRedirects()]
        if _is_here(url):  # which for a proxy is another machine
            handlers.append(urllib.request.ProxyHandler({}))
        if self._login.user:
            known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
            known.add_password(None, url, self._login.user, self._login.password)
            handlers.append(urllib.request.HTTPDigestAuthHandler(known))
            handlers.append(urllib.request.HTTPBasicAuthHandler(known))
        return urllib.request.build_opener(*handlers)

    def _explain(self, error: Exception) -> str:
        if isinstance(error, UnicodeError):
            return "the login holds letters that this kind of login cannot carry"
        if isinstance(error, urllib.error.URLError):
            return f"it cannot be reached: {self._clean(str(error.reason))}"
        if isinstance(error, http.client.IncompleteRead):
            return "its answer was cut short; the connection broke"
        return f"the connection broke: {self._clean(str(error))}"

    def _clean(self, text: str) -> str:
        return plain_words(self._login.hide(text))

    def _refused(
        self, error: urllib.error.HTTPError, address: Address, request: urllib.request.Request
    ) -> Exception:
        shown = address.shown
        said = self._reason(error)
        told = f": {said}" if said else ""
        phrase = self._clean(str(error.reason))
        if error.code in _MOVED:
            there = without_secrets(error.headers.get("Location", "") or "elsewhere")
            reason = f"it redirects to {self._login.hide(there)}; name that address itself"
            return EndpointFailed(shown, reason)
        if error.code == 400 and address is self.query:
            return BadSparql(shown, f"the endpoint refuses the query{told}")
        if error.code == 401:
            return EndpointFailed(shown, self._login_wanted(error.headers, told))
        if error.code == 413:
            size = len(request.data) if isinstance(request.data, bytes) else 0
            reason = f"it takes no request of {size:,} bytes (HTTP 413); have it take 1 MB"
            return TooLarge(shown, reason + told)
        failed = EndpointFailed(shown, f"it answers HTTP {error.code} {phrase}{told}".rstrip())
        return _Passing(failed, _wait(error.headers)) if error.code in _PASSING else failed

    def _login_wanted(self, headers: Message, told: str) -> str:
        scheme = self._clean(headers.get("WWW-Authenticate", "")).partition(" ")[0]
        kind = f" ({scheme})" if scheme else ""
        if self._login.token or self._login.user:
            return f"it does not take the login{kind} in the environment{told}"
        how = "set SYSGRAPH_USER and SYSGRAPH_PASSWORD, or SYSGRAPH_TOKEN"
        return f"it wants a login{kind}: {how}{told}"

    def _reason(self, error: urllib.error.HTTPError) -> str:
        try:
            text = error.read(_REASON_BYTES).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException, ValueError):
            return ""
        text = re.sub(r"(?is)<(script|style|head)\b.*?</\1>", " ", text)
        return self._clean(html.unescape(re.sub(r"<[^<>]*>", " ", text)))


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Refuse to be sent elsewhere, which would carry the credentials along."""

    def redirect_request(self, *_: Any) -> None:
        """Return nothing, so that the redirect itself becomes the error."""


class _Watch(urllib.request.HTTPSHandler, urllib.request.HTTPHandler):
    """Opens the connections of a request, and ends them when its time is over.

    A timeout of a socket is for each of its reads: a byte a second would never meet it.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.is_over = False
        self._lines: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        for line in self._lines:
            line.close()

    def _end(self) -> None:
        self.is_over = True
        for line in self._lines:
            with suppress(OSError):  # the other side may have been quicker
                line.shutdown(socket.SHUT_RDWR)

    def http_open(self, req: urllib.request.Request) -> Any:
        """Open a connection as urllib does, and keep hold of it."""
        return self.do_open(partial(self._connection, http.client.HTTPConnection), req)

    def https_open(self, req: urllib.request.Request) -> Any:
        """Do the same by TLS."""
        return self.do_open(partial(self._connection, http.client.HTTPSConnection), req)

    def _connection(
        self, kind: type[http.client.HTTPConnection], host: str, **options: Any
    ) -> http.client.HTTPConnection:
        made = kind(host, **options)
        made._create_connection = self._connect  # type: ignore[attr-defined]
        return made

    def _connect(self, *args: Any, **kwargs: Any) -> socket.socket:
        made = socket.create_connection(*args, **kwargs)
        # A second handle on it, for TLS takes the first one over.
        self._lines.append(made.dup())
        return made


def _deadline(shown: str) -> float:
    said = os.environ.get("SYSGRAPH_DEADLINE", "")
    if not said:
        return DEADLINE
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", said) or not float(said):
        raise EndpointFailed(shown, "SYSGRAPH_DEADLINE is no number of seconds; write 120")
    return float(said)


def _wait(headers: Message) -> float | None:
    """Return what Retry-After says in seconds; its other form, a date, is passed over."""
    said = (headers.get("Retry-After") or "").strip()
    return float(said) if re.fullmatch(r"\d{1,6}", said) else None


def _whole(response: Any, shown: str) -> Response:
    """Read a body to its end, and refuse one that ends before it should.

    Raises:
        EndpointFailed: it is packed, too large, or its length is no number.
        IncompleteRead: it was cut.
    """
    headers: Message = response.headers
    packed = (headers.get("Content-Encoding") or "identity").strip().lower()
    if packed not in ("identity", ""):
        reason = f"it answers packed ({plain_words(packed)}), which it was not asked to"
        raise EndpointFailed(shown, reason)
    length = None if response.chunked else headers.get("Content-Length")
    if length is not None and not re.fullmatch(r"\s*\d{1,15}\s*", length):
        raise EndpointFailed(shown, "it announces a length that is no number")
    found, size = [], 0
    # A read of so many bytes at a time never raises where the connection broke.
    while chunk := response.read(_CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            reason = f"its answer is larger than {MAX_BYTES:,} bytes; ask for less"
            raise EndpointFailed(shown, reason)
        found.append(chunk)
    if length is not None and size < int(length):
        raise http.client.IncompleteRead(b"", int(length) - size)
    kind = (headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    framed = response.chunked or length is not None
    return Response(response.status, kind, headers, b"".join(found), framed)

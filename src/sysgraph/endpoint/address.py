"""Where an endpoint is, and how to log in there: no text that is shown holds a secret."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from sysgraph.errors import EndpointFailed
from sysgraph.visible import clean

__all__ = [
    "Address",
    "Login",
    "addresses",
    "graph_store",
    "is_here",
    "is_url",
    "plain_words",
    "without_secrets",
]

_MAX_WORDS = 200


def is_url(place: str) -> bool:
    """Tell whether a store is named by URL."""
    return place.lower().startswith(("http://", "https://"))


def is_here(url: str) -> bool:
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
    parts = parts._replace(path=parts.path or "/query", fragment="")
    if update_url is None:
        beside = parts._replace(path=re.sub(r"/query$", "/update", parts.path))
    else:
        beside = _split(update_url)._replace(fragment="")
    return _address(parts), _address(beside)


def graph_store() -> Address | None:
    """Return the graph store that SYSGRAPH_GRAPH_STORE names, if it does.

    Nothing in SPARQL 1.1 tells where that of an endpoint is.

    Raises:
        EndpointFailed: it is no address, or holds a login.
    """
    named = os.environ.get("SYSGRAPH_GRAPH_STORE")
    return _address(_split(named)._replace(fragment="")) if named else None


def _address(parts: SplitResult) -> Address:
    shown = parts._replace(query="…" if parts.query else "")
    return Address(urlunsplit(parts), urlunsplit(shown))


def _split(url: str) -> SplitResult:
    shown = without_secrets(url)
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
        (host or "").encode("idna")  # an empty or too long part of it would be told too late
    except ValueError as error:
        raise EndpointFailed(shown, f"this is no address: {plain_words(str(error))}") from error
    if not is_url(url.strip()) or not host or re.search(r"[\x00-\x20\x7f]", url.strip()):
        reason = "write an address as http://HOST:PORT/PATH, without blanks"
        raise EndpointFailed(shown, f"this is no address; {reason}")
    if "@" in parts.netloc:
        reason = "leave it out, and set SYSGRAPH_USER and SYSGRAPH_PASSWORD, or SYSGRAPH_TOKEN"
        raise EndpointFailed(shown, f"the address holds a login; {reason}")
    if not parts.netloc.isascii():
        raise EndpointFailed(shown, "write the host in ASCII, as xn--… where it has other letters")
    path, query = (quote(each, "/%:@!$&'()*+,;=~?") for each in (parts.path, parts.query))
    return parts._replace(path=path, query=query)


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
    return words if len(words) <= _MAX_WORDS else words[: _MAX_WORDS - 1] + "…"


@dataclass(frozen=True, slots=True, repr=False)
class Login:
    """What to log in with; every part may be empty."""

    token: str = ""
    user: str = ""
    password: str = ""

    @classmethod
    def of_environment(cls, shown: str) -> Login:
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

    def __bool__(self) -> bool:
        return bool(self.token or self.user)

    def hide(self, text: str) -> str:
        """Return a text in which no secret stands, should a server repeat what it was sent."""
        for secret in (self.token, self.password):
            text = text.replace(secret, "…") if secret else text
        return text

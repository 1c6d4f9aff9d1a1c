"""Where each page of the site lies as a file, and how one file of it names another."""

from __future__ import annotations

import re
from hashlib import sha256
from posixpath import relpath
from urllib.parse import parse_qsl, quote, unquote

from sysgraph.terms import PREFIXES, compact

__all__ = ["MORE", "address_of", "file_of", "link_to"]

MORE = "more"
"""The folder of pages that go on where another ends, or choose from one."""
_AS_IT_IS = re.compile(r"\.(ttl|jsonld|nt|csv|json|svg|xml)$|^/(static|data)/")
_DEFAULTS = {("order", "failures"), ("from", "0"), ("run", "1"), ("lang", "en")}
"""What an address may say of what holds anyway."""
_SPOKEN = ("/", "/ask")
"""The pages that come as files in several languages."""
_LONGEST = 180
"""How many bytes a step of a file's name may have, with room for what it ends with."""
_HOME = "index"
_ROWS = re.compile(r"^/query/([^/]+\.(?:csv|json))$")


def address_of(address: str) -> str:
    """Return an address of the pages as one way of writing it: what holds anyway left out.

    >>> address_of("/browse/cases?from=100&order=failures"), address_of("/browse?")
    ('/browse/cases?from=100', '/browse')
    """
    path, _, query = address.partition("?")
    said = sorted(pair for pair in parse_qsl(query) if pair not in _DEFAULTS)
    if path.endswith((".csv", ".json")):  # which hold all there is
        said = []
    if path not in _SPOKEN:
        said = [pair for pair in said if pair[0] != "lang"]
    told = "&".join(f"{name}={quote(value, safe='')}" for name, value in said)
    return f"{path}?{told}" if told else path


def file_of(address: str) -> str:
    """Return the name of the file that holds what stands at an address of the pages.

    >>> file_of("/"), file_of("/case/wigan-deal"), file_of("/case/wigan-deal.ttl")
    ('index.html', 'case/wigan-deal.html', 'case/wigan-deal.ttl')
    >>> file_of("/browse/cases?from=100"), file_of("/sector/a_%2F_b"), file_of("/sector/..%2Fx")
    ('more/browse/cases/from-100.html', 'sector/a_/_b.html', 'sector/%2E%2E/x.html')
    """
    path, _, query = address_of(address).partition("?")
    rows = _ROWS.match(path)
    if rows:
        return f"data/questions/{rows[1]}"
    whole = unquote(path.removeprefix("/")) or _HOME
    name = "/".join(map(_safe, whole.split("/")))
    if query:
        steps = "-".join(f"{key}-{_word(value)}" for key, value in parse_qsl(query))
        return f"{MORE}/{name}/{steps}.html"
    return name if _AS_IT_IS.search(path) else f"{name}.html"


def _safe(step: str) -> str:
    """Return a step of a path that leads nowhere else, and fits into a name."""
    if step in ("", ".", ".."):
        return quote(step, safe="").replace(".", "%2E") or "%20"
    step = "".join(quote(sign) if ord(sign) < 32 or sign in "\\\x7f" else sign for sign in step)
    if len(step.encode()) <= _LONGEST:
        return step
    return sha256(step.encode()).hexdigest()


def _word(value: str) -> str:
    """Return a value as part of a file's name: its short form, told from others by a digest."""
    short = compact(value) if value.startswith(tuple(PREFIXES.values())) else value
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", short)
    if plain == short or (short != value and plain == short.replace(":", "-")):
        return plain[:_LONGEST]
    return f"{plain[:60]}-{sha256(value.encode()).hexdigest()[:8]}"


def link_to(file: str, seen_from: str) -> str:
    """Return how a page names another file of the site, wherever the site lies.

    >>> link_to("type/organic.html", "case/x.html"), link_to("case/x.html", "case/x.html")
    ('../type/organic.html', 'x.html')
    """
    folder = seen_from.rpartition("/")[0]
    return quote(relpath(file, folder or "."), safe="/~!$&'()*+,;=@")

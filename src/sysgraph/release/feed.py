"""What changed as a feed (Atom), whose every time is one that the library states.

Source: RFC 4287, The Atom Syndication Format, https://www.rfc-editor.org/rfc/rfc4287
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["FeedEntry", "atom"]

_UNSEEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """Something that changed. ``id`` is an IRI of its own; ``at`` an instant in UTC."""

    id: str
    title: str
    at: str
    page: str
    says: str
    kind: str


def atom(
    id: str,
    title: str,
    own: str,
    page: str,
    author: str,
    rights: str,
    entries: Sequence[FeedEntry],
) -> str:
    """Return a feed as XML. ``own`` is its address, and ``page`` that of the same for people."""
    updated = max((entry.at for entry in entries), default="1970-01-01T00:00:00Z")
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
        *_elements({"id": id, "title": title, "updated": updated, "rights": rights}),
        f"  <author><name>{_text(author)}</name></author>",
        f'  <link rel="self" type="application/atom+xml" href="{_text(own)}"/>',
        f'  <link rel="alternate" type="text/html" href="{_text(page)}"/>',
    ]
    for entry in entries:
        lines += _entry(entry)
    return "\n".join([*lines, "</feed>", ""])


def _entry(entry: FeedEntry) -> Iterable[str]:
    told = {"id": entry.id, "title": entry.title, "updated": entry.at, "summary": entry.says}
    yield "  <entry>"
    yield from (f"  {line}" for line in _elements(told))
    yield f'    <link rel="alternate" type="text/html" href="{_text(entry.page)}"/>'
    yield f'    <category term="{_text(entry.kind)}"/>'
    yield "  </entry>"


def _elements(told: dict[str, str]) -> Iterable[str]:
    return (f"  <{name}>{_text(said)}</{name}>" for name, said in told.items())


def _text(text: str) -> str:
    r"""Return a text as it stands in XML, on one line.

    >>> _text("Tea & \n <b>")
    'Tea &amp; &lt;b&gt;'
    """
    return escape(" ".join(_UNSEEN.sub(" ", text).split()))

"""The tokens of a SPARQL query, in linear time, whatever the query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sysgraph.errors import BadSparql

__all__ = ["Token", "place_of", "tokens_of"]

# Possessive, so that a text of any length is passed in one step and nothing is tried again.
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]++|\#[^\n\r]*+)
      | (?P<text>\"\"\"(?:[^"\\]++|\\.|"(?!""))*+\"\"\"|'''(?:[^'\\]++|\\.|'(?!''))*+'''
        |"(?:[^"\\\n\r]++|\\.)*+"|'(?:[^'\\\n\r]++|\\.)*+')
      | (?P<endless>["'])
      | (?P<iri><[^<>"{}|^`\\\s]*+>)
      | (?P<variable>[?$]\w++)
      | (?P<language>@[A-Za-z]++(?:--?[A-Za-z0-9]++)*+)
      | (?P<blank>_:[\w.\-]*+)
      | (?P<run>[^\W\d_][\w.\-]*+(?::(?:[\w.:%\-]|\\.)*+)?|:(?:[\w.:%\-]|\\.)*+)
      | (?P<number>\d*+\.?\d++(?:[eE][+-]?\d++)?|\d++)
      | (?P<sign><<\(|<<|>>|\^\^|&&|\|\||[!<>]=|\\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"\w+|.")


class Token(NamedTuple):
    """A piece of a query that means something, and where it begins.

    Its kind is ``text``, ``iri``, ``variable``, ``language``, ``blank``, ``name`` (with a
    prefix), ``word``, ``number`` or ``sign``.
    """

    kind: str
    text: str
    at: int


def tokens_of(query: str, where: str) -> Iterator[Token]:
    """Yield the tokens of a query, without spaces and comments.

    Raises:
        BadSparql: a text has no end.
    """
    for match in _TOKEN.finditer(query):
        kind, text, at = match.lastgroup or "", match.group(), match.start()
        if kind == "endless":
            reason = "the text that begins here has no end; close it with the same quotes"
            raise BadSparql(where, reason, *place_of(query, at))
        if kind in ("run", "blank"):
            yield from _parts(text, at)
        elif kind != "space":
            yield Token(kind, text, at)


def _parts(text: str, at: int) -> Iterator[Token]:
    """Yield a name with a prefix as one token, and else words with the signs between them."""
    if ":" in text:
        name = text.rstrip(".")
        yield Token("blank" if name.startswith("_:") else "name", name, at)
        rest, at = text[len(name) :], at + len(name)
    else:
        rest = text
    for match in _WORD.finditer(rest):
        kind = "word" if match.group()[0] not in ".-" else "sign"
        yield Token(kind, match.group(), at + match.start())


def place_of(query: str, at: int) -> tuple[int, int]:
    """Return the line and the column of a place in a text, counted from 1."""
    return query.count("\n", 0, at) + 1, at - query.rfind("\n", 0, at)

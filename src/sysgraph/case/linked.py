"""JSON-LD by our own context: read as people write it where that can be, and never fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from sysgraph.errors import BadFile
from sysgraph.terms import NAMESPACE

__all__ = ["CONTEXT", "find_nodes", "is_as_people_write", "tail_of", "with_context", "with_name"]

CONTEXT = f"{NAMESPACE}context.jsonld"
"""The one remote context that needs no fetching: it is shipped with the library."""
_MOST = 5_000_000
_BEGIN = re.compile(rb'\s*\{\s*"@context"\s*:\s*"%b"' % CONTEXT.encode())
# No text can hold these, for in a text a quotation mark has a backslash before it.
_OURS = re.compile(rb'("@context"\s*:\s*(?:\[[^\[\]]{0,2000}?)?)"%b"' % CONTEXT.encode())
_WRITTEN_OUT = re.compile(rb'\s*\{\s*"@context"\s*:\s*(?=\{)')
_KEYWORD = re.compile(rb'"(?:@(?!context")\w+|[\w-]+:[^"\\]*)"\s*:')
_NODE = re.compile(r'\s*"@?id"\s*:\s*"([^"\\]*)"')
_NAMED = re.compile(
    rb'"id"\s*:\s*(?:"%b(?:case/|critique/)[^"/\\]*"|("[^"\\]*[/:])?)' % NAMESPACE.encode()
)


def is_as_people_write(data: bytes) -> bool:
    """Tell whether a JSON-LD document is one case in our keys, which are all that it has.

    Where parts have names of their own, or there is a key that only JSON-LD knows, it is not.
    """
    if not _BEGIN.match(data) or _KEYWORD.search(data):
        return False
    names = _NAMED.findall(data)
    return len(names) <= 1 and not any(names)


def with_name(data: bytes, context: dict[str, Any]) -> bytes:
    """Return a JSON-LD document with our context named, if it begins with it written out.

    Every line stays the line that it is.
    """
    begin = _WRITTEN_OUT.match(data)
    if begin is None:
        return data
    try:
        text = data[begin.end() :].decode()
        written, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):  # to be told of by whoever reads it
        return data
    if written != context:
        return data
    lines = "\n" * text.count("\n", 0, end)
    return begin[0] + f'"{CONTEXT}"{lines}{text[end:]}'.encode()


def with_context(data: bytes, context: dict[str, Any], where: str) -> bytes:
    """Return a JSON-LD document with our context written out where it is named.

    Every line stays the line that it is.

    Raises:
        BadFile: it is named so often that the document would be too large.
    """
    written = json.dumps(context, separators=(",", ":")).encode()
    if sum(len(written) for _ in _OURS.finditer(data)) > _MOST:
        raise BadFile(where, "it names its context too often; name it once, above @graph")
    return _OURS.sub(lambda match: match[1] + written, data)


def tail_of(name: str) -> str:
    """Return the end of the name of a case or a part, which is there however it is written.

    >>> tail_of("https://w3id.org/sysgraph/case/ab/practice"), tail_of("case:ab/practice")
    ('ab/practice', 'ab/practice')
    """
    return re.split(r"\b(?:case|critique)[/:]", name)[-1]


def find_nodes(lines: Iterable[str]) -> dict[str, int]:
    """Return the line from 1 on which each thing of a JSON-LD document is named, by its tail."""
    found: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        named = _NODE.match(line)
        if named:
            found.setdefault(tail_of(named[1]), number)
    return found

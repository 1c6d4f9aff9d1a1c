"""JSON-LD by our own context: read as people write it where that can be, and never fetched."""

from __future__ import annotations

import json
import re
from typing import Any

from sysgraph.errors import BadFile
from sysgraph.files import MAX_BYTES
from sysgraph.terms import NAMESPACE

__all__ = ["CONTEXT", "is_as_people_write", "with_context"]

CONTEXT = f"{NAMESPACE}context.jsonld"
"""The one remote context that needs no fetching: it is shipped with the library."""
_BEGIN = re.compile(rb'\s*\{\s*"@context"\s*:\s*"%b"' % CONTEXT.encode())
# No text can hold these, for in a text a quotation mark has a backslash before it.
_OURS = re.compile(rb'("@context"\s*:\s*(?:\[[^\[\]]{0,2000}?)?)"%b"' % CONTEXT.encode())
_KEYWORD = re.compile(rb'"(?:@(?!context")\w+|[\w-]+:[^"\\]*)"\s*:')
_NAMED = re.compile(rb'"id"\s*:\s*("[^"\\]*[/:])?')


def is_as_people_write(data: bytes) -> bool:
    """Tell whether a JSON-LD document is one case in our keys, which are all that it has.

    Where parts have names of their own, or there is a key that only JSON-LD knows, it is not.
    """
    if not _BEGIN.match(data) or _KEYWORD.search(data):
        return False
    names = _NAMED.findall(data)
    return len(names) <= 1 and not any(names)


def with_context(data: bytes, context: dict[str, Any], where: str) -> bytes:
    """Return a JSON-LD document with our context written out where it is named.

    Every line stays the line that it is.

    Raises:
        BadFile: it is named so often that the document would be too large.
    """
    written = json.dumps(context, separators=(",", ":")).encode()
    if len(data) + sum(len(written) for _ in _OURS.finditer(data)) > MAX_BYTES:
        raise BadFile(where, "it names its context too often; name it once, above @graph")
    return _OURS.sub(lambda match: match[1] + written, data)

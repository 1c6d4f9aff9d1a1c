"""What a page searches in without a server: the names and texts that the server searches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sysgraph.near import folded
from sysgraph.release.names import file_of, link_to
from sysgraph.web.site import path_of

if TYPE_CHECKING:
    from sysgraph.web.search import SearchIndex

__all__ = ["INDEX", "index_of"]

INDEX = "search.json"


def index_of(search: SearchIndex, kinds: Mapping[str, str]) -> bytes:
    """Return all that can be found, in the order in which what is found alike is shown.

    The names, and ``whole``, are folded as the server folds them, so that a script has to fold
    only what is asked.
    """
    things = [
        {
            "name": one.name,
            "page": link_to(file_of(path_of(one.iri)), ""),
            "kind": kinds.get(one.kind or "term", one.kind),
            "text": one.text,
            "names": [folded(name) for name in one.names],
            "whole": one.whole,
        }
        for one in sorted(search.found, key=lambda one: (folded(one.name), one.iri))
    ]
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in things)
    return f"[\n{lines}\n]\n".encode()

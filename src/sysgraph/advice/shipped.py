"""The frame of the shipped library, kept ready beside it in the cache."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sysgraph.advice.frame import Frame, make_frame, read_said
from sysgraph.cache import keep, kept, library_place
from sysgraph.errors import BadStore
from sysgraph.store.keeper import read_index

if TYPE_CHECKING:
    from sysgraph.store.index import Index
    from sysgraph.store.local import Rows, Store

__all__ = ["load_shipped_frame"]


def load_shipped_frame() -> Frame:
    """Return what advice over the shipped library is made from, some milliseconds after start.

    What the library says of it is kept as JSON beside the library in the cache, under the same
    digest of all that the library is made from, so that it is never stale.

    Raises:
        DataNotFound: the package has no data.
        BadFiles: the ontology or a case is broken.
    """
    place = library_place()
    shelf = _Shelf(place)
    path = place.with_name(f"{place.name}.frame.json") if place else None
    held = kept(path) if path else None
    if held is not None:
        return make_frame(json.loads(held), shelf)
    said = read_said(shelf)  # absent, or damaged, which costs time only
    if path:
        keep(path, json.dumps(said, ensure_ascii=False).encode())
    return make_frame(said, shelf)


class _Shelf:
    """The shipped library, whose store is opened only for what its index does not tell."""

    place = "the shipped library"

    def __init__(self, place: Path | None) -> None:
        self._place = place

    @cached_property
    def _store(self) -> Store:
        from sysgraph.store.local import open_directory

        try:
            if self._place is not None:
                return open_directory(self._place)
        except BadStore:
            pass
        from sysgraph import library

        return library.load()

    @cached_property
    def _index(self) -> Index:
        # A library in the cache is never changed, and has no revision.
        return (self._place and read_index(self._place, "")) or self._store.index()

    def select(self, query: str) -> Rows:
        return self._store.select(query)

    def index(self) -> Index:
        return self._index

"""The frame of the shipped library, kept ready beside it, in the cache or in the wheel."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING

from sysgraph.advice.cases import Record
from sysgraph.advice.frame import Frame
from sysgraph.advice.said import make_frame, read_said
from sysgraph.cache import found, made
from sysgraph.store.keeper import freeze_index, thaw_index

if TYPE_CHECKING:
    from sysgraph.advice.cases import AskedStore
    from sysgraph.store.index import Index
    from sysgraph.store.local import Rows, Store

__all__ = ["FRAME", "INDEX", "RECORD", "kept_record", "load_shipped_frame", "said_by"]

FRAME, INDEX = ("frame.json", "advice"), ("cases.index",)
"""Under which names they are kept, and which code makes them."""

RECORD = ("record.json", "advice", "record")
"""Under which name the record is kept, and which code makes it."""


def load_shipped_frame() -> Frame:
    """Return what advice over the shipped library is made from, some milliseconds after start.

    What the library says of it is kept as JSON beside the library in the cache, under the same
    digest of all that the library is made from, so that it is never stale.

    Raises:
        DataNotFound: the package has no data.
        BadFiles: the ontology or a case is broken.
    """
    shelf = _Shelf()
    return make_frame(json.loads(made(lambda: said_by(shelf), *FRAME)), shelf)


def said_by(library: AskedStore) -> bytes:
    """Return what a frame is made from, as it is kept."""
    return json.dumps(read_said(library), ensure_ascii=False).encode()


class _Shelf:
    """The shipped library, whose store is opened only for what its index does not tell."""

    place = "the shipped library"

    @cached_property
    def _store(self) -> Store:
        from sysgraph import library

        return library.load()

    @cached_property
    def _index(self) -> Index:
        return thaw_index(made(lambda: freeze_index(self._store.index()), *INDEX))

    def select(self, query: str) -> Rows:
        return self._store.select(query)

    def index(self) -> Index:
        return self._index


def kept_record() -> Record | None:
    """Return the record of the shipped library, if it was computed since the library changed.

    Reading it takes a fraction of a millisecond.
    """
    held = found(*RECORD)
    return Record.of_json(held) if held is not None else None

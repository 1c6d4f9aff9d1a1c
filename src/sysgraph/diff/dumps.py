"""A library as it was published: the N-Quads that a release has in its folder of data."""

from __future__ import annotations

import gzip
import zlib
from io import BufferedReader, BytesIO
from pathlib import Path

from sysgraph.errors import BadFile
from sysgraph.files import read_bytes, read_within
from sysgraph.rdf import Format, scan, text_of
from sysgraph.store.local import LocalStore, memory
from sysgraph.terms import CATALOGUE_GRAPH, ONTOLOGY_GRAPH

__all__ = ["find_dump", "open_dump"]

_NAMES = ("data/sysgraph.nq", "data/sysgraph.nq.gz")
_ENDINGS = (".nq", ".nq.gz")
_MOST_BYTES = 4_000_000_000
"""How many bytes a dump may have when it is unpacked: some 20,000 cases with all that follows."""


def find_dump(place: Path) -> Path | None:
    """Return the dump of a release: of the folder that it was published in, or the file itself.

    A file of cases in the same syntax is none: it has no ontology.
    """
    if place.is_dir():
        return next((place / name for name in _NAMES if (place / name).is_file()), None)
    is_dump = place.name.endswith(_ENDINGS) and place.is_file()
    return place if is_dump and f"<{ONTOLOGY_GRAPH}>".encode() in _read(place) else None


def open_dump(file: Path) -> LocalStore:
    """Return a dump as a store in memory, without what it is described by.

    Raises:
        BadFile: it cannot be read.
    """
    quads = scan(_read(file), Format.NQUADS, str(file))
    return memory((quad for quad in quads if _is_kept(text_of(quad.graph_name))), str(file))


def _is_kept(graph: str) -> bool:
    return not graph.endswith("/described") and graph != CATALOGUE_GRAPH


def _read(file: Path) -> bytes:
    data = read_bytes(file, _MOST_BYTES)
    if file.suffix != ".gz":
        return data
    try:
        with BufferedReader(gzip.open(BytesIO(data))) as packed:
            return read_within(packed, str(file), _MOST_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(file, "it is no file that gzip has packed, or is not whole") from error

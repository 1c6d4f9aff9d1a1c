"""Puts the library, reasoned over, into the wheel: after it is installed, nothing need be.

From the same sources come the same bytes. An editable checkout makes it on first use instead.
"""

import sys
from gzip import compress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ReadyLibrary(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling when it builds a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make what the wheel brings along, and name where it goes."""
        if version != "editable":
            sys.dont_write_bytecode = True
            sys.path.insert(0, str(Path(self.root) / "src"))
            folder = Path(mkdtemp())
            write_ready(folder)
            build_data["force_include"][str(folder)] = "sysgraph/_data/ready"


def write_ready(folder: Path) -> None:
    """Write the library, what reasons, the vocabulary, the frame, the index and the record."""
    from sysgraph import library
    from sysgraph.advice.said import load_frame
    from sysgraph.advice.shipped import FRAME, INDEX, RECORD, said_by
    from sysgraph.cache import place_of, seal
    from sysgraph.ontology import Ontology
    from sysgraph.rdf import Format
    from sysgraph.reason.program import freeze
    from sysgraph.reason.shipped import PROGRAM, compile_ontology
    from sysgraph.record.run import look_back, record_of
    from sysgraph.store.keeper import freeze_index
    from sysgraph.store.local import memory
    from sysgraph.turtle import serialize
    from sysgraph.vocabulary import VOCABULARY, freeze_vocabulary

    quads = library.build()
    store = memory(quads)
    for name, content in {
        library.LIBRARY: compress(serialize(quads, Format.NQUADS), mtime=0),
        PROGRAM: freeze(compile_ontology().program),
        VOCABULARY: freeze_vocabulary(Ontology.load().vocabulary),
        FRAME: said_by(store),
        INDEX: freeze_index(store.index()),
        RECORD: record_of(look_back(store, load_frame(store), shuffles=0)).as_json(),
    }.items():
        (folder / place_of(*name)).write_bytes(seal(content))

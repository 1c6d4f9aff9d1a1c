"""The cases of a store as files that people edit and that are read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from sysgraph.errors import SysgraphError
from sysgraph.paths import data
from sysgraph.publish.graphs import What, named_graphs
from sysgraph.terms import contribution_of

if TYPE_CHECKING:
    from sysgraph.contribute.syntax.document import Plain
    from sysgraph.contribute.vocabulary import Vocabulary
    from sysgraph.store import Store

__all__ = ["Plainly", "export_files"]


class Plainly(StrEnum):
    """A syntax that people write cases in."""

    YAML = "yaml"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def export_files(store: Store, syntax: Plainly, what: What = What.CASES) -> Iterator[bytes]:
    """Yield the cases of a store, or its critiques, as a file that is read again, piece by piece.

    Workbooks are put together in memory, and all else is written case by case. Cases come in the
    order of their ids.

    Raises:
        SysgraphError: something else than cases or critiques is asked for, or a case says
            something that the syntax has no way to write.
    """
    if what not in (What.CASES, What.CRITIQUES):
        reason = "only cases and critiques are written so; name either with --what"
        raise SysgraphError(f"{syntax} holds no {what} graph: {reason}")
    from sysgraph.contribute import load_vocabulary

    vocabulary = load_vocabulary(data() / "ontology")

    def trees() -> Iterator[Mapping[str, Plain]]:
        return _trees(store, what, vocabulary)

    if syntax is Plainly.XLSX:
        from sysgraph.contribute.tables.guide import load_guide
        from sysgraph.publish.workbook import write_workbook

        return iter([write_workbook(trees(), vocabulary, load_guide(data() / "ontology"))])
    if syntax is Plainly.CSV:
        from sysgraph.publish.csvfile import write_csv

        return write_csv(trees, vocabulary)
    from sysgraph.publish.plainfile import write_json, write_yaml

    return (write_yaml if syntax is Plainly.YAML else write_json)(trees())


def _trees(store: Store, what: What, vocabulary: Vocabulary) -> Iterator[Mapping[str, Plain]]:
    from sysgraph.contribute.plain import tell

    for graph in named_graphs(store, what):
        yield tell(store.quads(graph), contribution_of(graph), vocabulary)

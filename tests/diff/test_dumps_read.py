"""A release's own N-Quads are a side of a comparison, as a store is."""

import gzip
from pathlib import Path

import pytest

from shelf import copied_lines
from sysgraph.diff.dumps import find_dump, open_dump
from sysgraph.diff.sides import Files, Side, find_side
from sysgraph.errors import BadFile
from sysgraph.publish.files import export_pieces
from sysgraph.publish.parts import Part, What
from sysgraph.rdf import Format
from sysgraph.store.local import LocalStore, Store
from sysgraph.terms import ONTOLOGY_GRAPH


@pytest.fixture(scope="module")
def dumped(library: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release with nothing but its N-Quads."""
    folder = tmp_path_factory.mktemp("release")
    (folder / "data").mkdir()
    whole = b"".join(export_pieces(library, Format.NQUADS, Part(What.ALL)))
    (folder / "data" / "sysgraph.nq.gz").write_bytes(gzip.compress(whole, 1))
    return folder


@pytest.mark.slow
def test_a_release_s_folder_and_its_file_say_what_was_exported(
    dumped: Path, library: Store, tmp_path: Path
) -> None:
    file = dumped / "data" / "sysgraph.nq.gz"
    assert find_dump(dumped) == find_dump(file) == file
    side = find_side(str(dumped), tmp_path)
    assert isinstance(side, Side)
    shipped = Side("shipped", library)
    assert {*side.names} == {*shipped.names}
    assert side.statements("wigan-deal") == shipped.statements("wigan-deal")
    assert isinstance(side.store, LocalStore)
    assert not any(graph.endswith("/described") for graph in side.store.graphs())
    assert side.frame.considerations
    assert {*side.frame.types} == {*shipped.frame.types}


def test_cases_in_the_same_syntax_are_cases(tmp_path: Path) -> None:
    file = tmp_path / "one.nq"
    file.write_text(copied_lines("one"))
    assert find_dump(file) is None
    assert find_dump(tmp_path) is None
    assert isinstance(find_side(str(file), tmp_path / "empty"), Files)


def test_what_was_packed_badly_is_told(tmp_path: Path) -> None:
    file = tmp_path / "sysgraph.nq.gz"
    packed = gzip.compress(f"<x:a> <x:b> <x:c> <{ONTOLOGY_GRAPH}> .\n".encode())
    file.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(BadFile, match="is no file that gzip has packed, or is not whole"):
        open_dump(file)

"""One file has one verdict at every door: beyond reading is 2, readable but refused is 1."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sysgraph.bulk.slices
from shelf import copied
from sysgraph.case.compile import tell
from sysgraph.case.read import read
from sysgraph.cli.app import build
from sysgraph.errors import SysgraphError
from sysgraph.ontology import Ontology
from sysgraph.publish.tables import write_csv
from sysgraph.rdf import Format
from sysgraph.turtle import serialize

MINE = copied("my-case", "nuka")
CASE = b"https://w3id.org/sysgraph/case/"
NOT_RDF = b"<a b .\n"


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What files hold, by their names."""
    vocabulary = Ontology.load().vocabulary
    path = tmp_path_factory.mktemp("one") / "one.yaml"
    path.write_text(MINE, encoding="utf-8")
    (one,) = read(path, vocabulary)
    tree = tell(one.quads, one.case_id, vocabulary)
    nquads = serialize(one.quads, Format.NQUADS)
    turtle = serialize(one.quads, Format.TURTLE)
    xml = serialize(one.quads, Format.XML)
    return {
        "cut.nq": nquads[:-20],
        "syntax.nq": nquads + NOT_RDF,
        "letters.nt": nquads.replace(b"@en", b'\xff"@en', 1),
        "syntax.ttl": turtle + NOT_RDF,
        "cut.rdf": xml[:-30],
        "cut.json": b'{"id": "my-ca',
        "words.yaml": b"hello\n",
        "header.csv": b"title,summary\nx,y\n",
        "book.xlsx": b"PK\x03\x04",
        "name.nq": nquads.replace(CASE + b"my-case", CASE + b"My_Case"),
        "property.nq": nquads.replace(b"/sysgraph/place>", b"/sysgraph/plaze>"),
        "nothing.ttl": b"<http://example.org/x> <http://example.org/y> 1 .\n",
        "id.csv": b"".join(write_csv(lambda: [tree | {"id": "My Case"}], vocabulary)),
        "id.yaml": MINE.replace("id: my-case", "id: My Case").encode(),
        "tab.yaml": MINE.encode() + b"\n\t- [",  # a fault of writing, which is read past
        "word.yaml": MINE.replace("scale: ", "scale: x-", 1).encode(),
        "sound.nq": nquads,
        "sound.yaml": MINE.encode(),
    }


VERDICTS = {
    2: "cut.nq syntax.nq letters.nt syntax.ttl cut.rdf cut.json words.yaml header.csv book.xlsx",
    1: "name.nq property.nq nothing.ttl id.csv id.yaml tab.yaml word.yaml",
    0: "sound.nq sound.yaml",
}


def code(*words: object) -> int:
    """The exit code of a command; what is raised on purpose ends with 2."""
    done = CliRunner().invoke(build(), list(map(str, words)))
    if isinstance(done.exception, SysgraphError):
        return 2
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code


def doors(path: Path, is_bulk: bool) -> Iterator[tuple[object, ...]]:
    """The commands that take a file in."""
    stores = (path.parent / f"store-{is_bulk}-{number}" for number in itertools.count())
    if not is_bulk:
        yield "validate", path
    yield "load", path, "--store", next(stores)
    yield "load", path, "--store", next(stores), "--rejects", path.parent / "back"
    yield "load", path, "--store", next(stores), "--keep-valid"


@pytest.mark.slow
@pytest.mark.parametrize("is_bulk", [False, True])
@pytest.mark.parametrize(
    ("name", "verdict"),
    [(name, code) for code, names in VERDICTS.items() for name in names.split()],
)
def test_every_door_says_the_same(
    name: str,
    verdict: int,
    is_bulk: bool,
    inputs: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / name
    path.write_bytes(inputs[name])
    monkeypatch.setattr(sysgraph.bulk.slices, "is_bulk", lambda _: is_bulk)
    for words in doors(path, is_bulk):
        assert code(*words) == verdict, words
    if verdict == 2 and not is_bulk:  # to diff, 1 is that there is a difference
        assert code("diff", path) == 2

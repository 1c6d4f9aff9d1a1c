"""A file of RDF that is well-formed and holds no contribution gets one verdict at every door."""

from pathlib import Path

import pytest

from calling import Call
from sysgraph.bulk.slices import is_bulk
from sysgraph.rdf import Format, parse
from sysgraph.turtle import serialize

LINE = '<https://w3id.org/sysgraph/case/toy> <http://purl.org/dc/terms/title> "Toy {}"@en .\n'
ENDINGS = {
    "nt": Format.NTRIPLES,
    "nq": Format.NQUADS,
    "ttl": Format.TURTLE,
    "rdf": Format.XML,
    "trig": Format.TRIG,
}


def refused(call: Call, path: Path, store: Path) -> None:
    """Validating and loading both answer no, with a reason, and nothing is stored."""
    for words in (["validate", str(path)], ["load", str(path), "--store", str(store)]):
        found = call(*words)
        assert found.code == 1
        assert "a case is a sysg:CaseStudy" in found.out
    assert not store.exists()


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_case_without_its_type_is_refused(ending: str, tmp_path: Path, call: Call) -> None:
    path = tmp_path / f"toy.{ending}"
    quads = parse(LINE.encode(), Format.NTRIPLES, "toy")
    path.write_bytes(serialize(quads, ENDINGS[ending]))
    refused(call, path, tmp_path / "store")


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["nq", "ttl"])
def test_in_bulk_it_is_refused_as_well(ending: str, tmp_path: Path, call: Call) -> None:
    path = tmp_path / f"toys.{ending}"
    path.write_text("".join(LINE.replace("toy>", f"toy-{n // 5000}>") for n in range(30_000)))
    assert is_bulk([path])
    refused(call, path, tmp_path / "store")


def test_what_is_not_well_formed_is_beyond_reading(tmp_path: Path, call: Call) -> None:
    path = tmp_path / "toy.nq"
    path.write_text(LINE[:-10])
    found = call("validate", str(path))
    assert found.code == 2
    assert ":1" in found.out + found.err

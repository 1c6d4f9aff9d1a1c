"""The data of a site: whole, as the command exports them, and where the catalogue says."""

import gzip
import json
import re
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
import pytest

from shelf import copied
from sysgraph.history.deeds import retract
from sysgraph.intake import load_files
from sysgraph.publish.files import export
from sysgraph.publish.parts import Part, What
from sysgraph.query import shelf
from sysgraph.rdf import Format, text_of
from sysgraph.release.dumps import Data, dumps_of, write_dumps
from sysgraph.release.written import Manifest, writing
from sysgraph.store.local import Store
from sysgraph.stores import change_store, open_store
from sysgraph.terms import DATASET, NAMESPACE, PREFIXES, STORE_GRAPH

pytestmark = pytest.mark.slow


def test_each_file_has_the_digest_that_is_told(published: Path) -> None:
    folder = published / "data"
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    told = {name: digest for digest, name in (line.split("  ") for line in lines)}
    files = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}
    assert set(told) == files - {"SHA256SUMS"}
    for name, digest in told.items():
        assert sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_the_whole_is_what_the_command_exports_but_what_a_store_is_known_by(
    published: Path, library: Store
) -> None:
    whole = gzip.decompress((published / "data" / "sysgraph.nq.gz").read_bytes())
    assert whole == export(library, Format.NQUADS, Part(past=False))
    assert STORE_GRAPH.encode() not in whole
    assert STORE_GRAPH.encode() in export(library, Format.NQUADS)
    cases = (published / "data" / "cases.jsonld").read_bytes()
    assert cases == export(library, Format.JSONLD, What.CASES)


def test_the_catalogue_names_each_distribution_where_it_is(published: Path) -> None:
    store = ox.Store()
    store.load((published / "data" / "catalogue.ttl").read_bytes(), ox.RdfFormat.TURTLE)
    rows = store.query(
        f"PREFIX dcat: <{PREFIXES['dcat']}> SELECT ?one ?file ?size WHERE {{"
        " ?set dcat:distribution ?one"
        " OPTIONAL { ?one dcat:downloadURL ?file ; dcat:byteSize ?size } }"
    )
    assert isinstance(rows, ox.QuerySolutions)
    found = list(rows)
    assert found
    for row in found:
        assert row["file"] is not None, row["one"]
        path = published / row["file"].value.removeprefix(NAMESPACE)
        assert path.stat().st_size == int(row["size"].value)
    dumps = store.quads_for_pattern(
        ox.NamedNode(DATASET), ox.NamedNode(f"{PREFIXES['void']}dataDump"), None
    )
    names = {text_of(quad.object).rsplit("/")[-1] for quad in dumps}
    assert names == {f"sysgraph.{form}.gz" for form in ("ttl", "trig", "nq", "jsonld")}


def test_the_crate_names_each_file_of_the_folder(published: Path) -> None:
    folder = published / "data"
    graph = json.loads((folder / "ro-crate-metadata.json").read_text())["@graph"]
    files = {one["@id"]: one for one in graph if one["@type"] == "File"}
    here = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}
    assert files.keys() == here - {"ro-crate-metadata.json", "SHA256SUMS"}
    for name, one in files.items():
        assert int(one["contentSize"]) == (folder / name).stat().st_size
        assert one["sha256"] == sha256((folder / name).read_bytes()).hexdigest()


def test_each_question_is_there_with_its_rows(published: Path) -> None:
    for name in shelf()[0]:
        for form in ("rq", "csv", "json"):
            assert (published / "data" / "questions" / f"{name}.{form}").is_file(), name


def test_drafts_and_what_was_taken_back_are_in_no_file(tmp_path: Path) -> None:
    for name, more in (("sketch", "draft: true\n"), ("gone", ""), ("kept", "")):
        text = re.sub(r"^title: .*$", f"title: Said of {name}", copied(name), flags=re.M)
        (tmp_path / f"{name}.yaml").write_text(f"{text}\n{more}")
    files = [tmp_path / f"{name}.yaml" for name in ("sketch", "gone", "kept")]
    place = str(tmp_path / "store")
    load_files(files, place)
    with closing(change_store(place)) as store:
        retract(["gone"], store, reason="The figures were withdrawn.")
    with closing(open_store(place)) as store:
        told = {dump.name: b"".join(dump.pieces()) for dump in dumps_of(store)}
        whole = export(store, Format.NQUADS)
    assert b"Said of kept" in told["sysgraph.nq"]
    shown = [name for name, text in told.items() if b"Said of gone" in text]
    assert [*shown, *(name for name, text in told.items() if b"Said of sketch" in text)] == []
    assert b"Said of gone" in whole  # for whoever keeps the store


@pytest.mark.usefixtures("few")
def test_the_whole_has_as_many_triples_as_the_catalogue_says(tmp_path: Path) -> None:
    for name in ("gone", "kept"):
        (tmp_path / f"{name}.yaml").write_text(copied(name))
    place, site = str(tmp_path / "store"), tmp_path / "site"
    load_files([tmp_path / "gone.yaml", tmp_path / "kept.yaml"], place)
    with closing(change_store(place)) as store:
        retract(["gone"], store, reason="The figures were withdrawn.")
    with closing(open_store(place)) as store, writing(site) as written:
        found = write_dumps(written, store, NAMESPACE, Data.here(store, written))
        written.settle(Manifest(files=written.files))
    wholes = [name for dump, name in found if dump.part == What.ALL]
    held = {name: len(_triples(site / name)) for name in wholes}
    told = ox.Store()
    told.load((site / "data" / "catalogue.ttl").read_bytes(), ox.RdfFormat.TURTLE)
    by = ox.NamedNode(f"{PREFIXES['void']}triples")
    (said,) = told.quads_for_pattern(ox.NamedNode(DATASET), by, None)
    assert len(held) == 4
    assert held == dict.fromkeys(wholes, int(text_of(said.object)))


def _triples(file: Path) -> set[ox.Triple]:
    """Return the triples of a file, whatever graphs they stand in."""
    packed = file.read_bytes()
    is_packed = file.suffix == ".gz"
    form = ox.RdfFormat.from_extension(file.name.removesuffix(".gz").rpartition(".")[2])
    parsed = ox.parse(gzip.decompress(packed) if is_packed else packed, form)
    return {quad.triple for quad in parsed}

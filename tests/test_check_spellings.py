"""What is told of a case besides its shapes: two spellings, and days to come; through every way."""

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml

from shelf import PLAIN, SHARES
from sysgraph import library
from sysgraph.bulk.load import load_bulk
from sysgraph.case.compile import tell
from sysgraph.case.read import read
from sysgraph.check import inspect_files
from sysgraph.errors import Severity
from sysgraph.files import data
from sysgraph.fix import find_repair
from sysgraph.ontology import Ontology
from sysgraph.publish.tables import write_csv
from sysgraph.rdf import Format, text_of
from sysgraph.terms import NAMESPACE
from sysgraph.turtle import serialize

NUKA = data() / "ontology" / "cases" / "nuka.yaml"
SECTOR = f"{NAMESPACE}sector"


def case(folder: Path, name: str, **keys: object) -> Path:
    """The case of Nuka under another id, with some keys changed."""
    tree = yaml.load(NUKA.read_text(encoding="utf-8"), PLAIN) | {"id": "my-case"} | keys
    path = folder / name
    path.write_text(
        json.dumps(tree) if path.suffix == ".json" else yaml.safe_dump(tree, sort_keys=False),
        encoding="utf-8",
    )
    return path


def said(path: Path, **more: Any) -> set[tuple[str, str | None]]:
    """Severity and value of what is told of sectors."""
    found = inspect_files([path], **more).findings
    return {(one.severity, one.value) for one in found if one.path == SECTOR}


@pytest.mark.slow
@pytest.mark.parametrize("paths", SHARES)
def test_the_library_has_one_spelling_of_each_sector(paths: list[Path]) -> None:
    for path in paths:
        # That the shapes find nothing either is held where all shipped cases are checked.
        assert said(path, shapes=lambda _: []) == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["my-case.yaml", "my-case.json"])
@pytest.mark.parametrize(
    ("sectors", "left"),
    [
        (["Health", "bees", "health"], ["bees", "health"]),  # the library has health
        (["Bees", "housing", "bees", "BEES"], ["Bees", "housing"]),  # and no bees: the first stays
        (["social  care", "social care"], ["social care"]),
    ],
)
def test_two_spellings_of_one_sector_are_told_and_one_is_kept(
    name: str, sectors: list[str], left: list[str], tmp_path: Path
) -> None:
    path = case(tmp_path, name, sectors=sectors)
    assert said(path) == {(Severity.VIOLATION, one) for one in {*sectors} - {*left}}
    repair = find_repair(path)
    assert repair is not None
    path.write_bytes(repair.content)
    assert yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)["sectors"] == left
    assert said(path) == set()


def test_two_spellings_in_a_flow_of_yaml_are_mended(tmp_path: Path) -> None:
    path = case(tmp_path, "my-case.yaml", sectors=["X"])
    text = path.read_text(encoding="utf-8").replace("sectors:\n- X\n", "sectors: [Bees, a, bees]\n")
    path.write_text(text, encoding="utf-8")
    repair = find_repair(path)
    assert repair is not None
    assert "\nsectors: [Bees, a]\n" in repair.after


def test_a_sector_that_the_library_spells_otherwise_is_warned_of(tmp_path: Path) -> None:
    path = case(tmp_path, "my-case.yaml", sectors=["HEALTH", "Bees"])
    (told,) = [one for one in inspect_files([path]).findings if one.path == SECTOR]
    assert (told.severity, told.value) == (Severity.WARNING, "HEALTH")
    assert told.message.endswith("Write it as they do: health")
    assert find_repair(path) is None


def test_the_spellings_of_the_library_are_those_of_its_cases() -> None:
    told = library.texts_of(SECTOR)
    library.texts_of.cache_clear()
    assert library.texts_of(SECTOR) == told  # as they were kept
    quads = library.load().store.quads_for_pattern(None, ox.NamedNode(SECTOR), None, None)
    assert told == {text_of(quad.object) for quad in quads}


@pytest.mark.slow
@pytest.mark.parametrize("end", ["nq", "nt", "csv", "yaml"])
@pytest.mark.parametrize("sorting", [False, True])
@pytest.mark.parametrize("place", ["Anytown", ""])  # conforms, and does not
def test_bulk_tells_the_same(end: str, sorting: bool, place: str, tmp_path: Path) -> None:
    start = {"start": "2098", "end": "2099", "sectors": ["HEALTH", "Bees", "bees"], "place": place}
    plain = case(tmp_path, "my-case.yaml", **start)
    vocabulary = Ontology.load().vocabulary
    (one,) = read(plain, vocabulary)
    path = tmp_path / f"cases.{end}"
    if end == "csv":
        tree = tell(one.quads, one.case_id, vocabulary)
        path.write_bytes(b"".join(write_csv(lambda: [tree], vocabulary)))
    elif end == "yaml":
        path.write_bytes(plain.read_bytes())
    else:
        syntax = Format.NQUADS if end == "nq" else Format.NTRIPLES
        path.write_bytes(serialize(one.quads, syntax))
    expected = {(one.demand, one.value) for one in inspect_files([path]).findings}
    assert {("shape:CaseStudy-start", "2098"), ("shape:CaseStudy-sectors", "HEALTH")} <= expected
    done = load_bulk([path], tmp_path / "store", sorting=sorting, workers=1)
    assert {(one.demand, one.value) for one in done.findings} == expected

"""What lies in the folders of the library. Tests count here, so that knowledge may be added."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pyoxigraph as ox
import pytest
import yaml

from sysgraph.case.compile import tell
from sysgraph.case.document import LOADER
from sysgraph.case.read import read
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.publish.tables import write_csv, write_workbook
from sysgraph.terms import graph_of

TESTS = Path(__file__).parent
ROOT = TESTS.parent
CASES = sorted((data() / "ontology" / "cases").glob("*.yaml"))

PLAIN: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""What reads YAML with every scalar as the text that was written, in little time."""

FEW = ("bhavishya", "bristol-pound", "standing-rock", "wigan-deal")
"""The cases of a library that has few of them: see the fixture `few`."""


def is_in_first_step(path: Path) -> bool:
    """Tell whether a shipped case is in the quarter that every change is tested with."""
    return crc32(path.stem.encode()) % 4 == 0


SHARES = [
    pytest.param([path for path in CASES if is_in_first_step(path)], id="a quarter"),
    pytest.param(
        [path for path in CASES if not is_in_first_step(path)],
        id="the others",
        marks=pytest.mark.thorough,
    ),
]
"""The shipped cases, for a test that goes through them by itself."""


@cache
def readings() -> dict[str, int]:
    """Return how many readings each shipped case has."""
    return {path.stem: len(yaml.load(path.read_text(), LOADER)["readings"]) for path in CASES}


def just_before() -> str:
    """Return the moment a second ago: all shipped cases counted then, and nothing of a test."""
    moment = datetime.now(UTC) - timedelta(seconds=1)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def copied(case_id: str, of: str = "bristol-pound") -> str:
    """Return a shipped case under another id, as YAML."""
    (path,) = (path for path in CASES if path.stem == of)
    text = path.read_text(encoding="utf-8")
    assert f"id: {of}\n" in text
    return text.replace(f"id: {of}\n", f"id: {case_id}\n", 1)


def copied_lines(case_id: str, of: str = "bristol-pound") -> str:
    """Return a shipped case under another id, as N-Quads."""
    text = "".join(f"{triple} <{graph_of(case_id)}> .\n" for triple in _triples(of))
    text = text.replace(f"/case/{of}>", f"/case/{case_id}>")
    return text.replace(f"/case/{of}/", f"/case/{case_id}/")


@cache
def _triples(name: str) -> list[str]:
    (path,) = (path for path in CASES if path.stem == name)
    (case,) = read(path, Ontology.load().vocabulary)
    return [str(quad.triple) for quad in case.quads]


def write_cases(folder: Path, *cases: str, name: str = "cases.nq") -> Path:
    """Write cases into a file, and return it."""
    path = folder / name
    path.write_text("".join(cases))
    return path


def many(folder: Path, count: int, name: str = "cases.nq") -> Path:
    """Write a file of shipped cases under other ids: made-0000, made-0001, and so on."""
    texts = [copied_lines("one", path.stem) for path in CASES[:8]]
    cases = (texts[n % 8].replace("/case/one", f"/case/made-{n:04d}") for n in range(count))
    return write_cases(folder, *cases, name=name)


def as_table(cases: Path, syntax: str) -> Path:
    """Write the cases of a file as a table beside it, ``csv`` or ``xlsx``, and return it."""
    ontology = Ontology.load()
    words = ontology.vocabulary
    trees = [tell(one.quads, one.case_id, words) for one in read(cases, words)]
    path = cases.with_name(f"table.{syntax}")
    if syntax == "csv":
        path.write_bytes(b"".join(write_csv(lambda: trees, words)))
    else:
        path.write_bytes(write_workbook(trees, ontology))
    return path


def content(place: Path) -> set[str]:
    """Return all that a store says, but for the moments of loading."""
    store = ox.Store.read_only(str(place))
    passing = ("generatedAtTime", "revision")
    return {str(quad) for quad in store if not quad.predicate.value.endswith(passing)}

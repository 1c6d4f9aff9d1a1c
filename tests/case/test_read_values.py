"""Values that no text may hold are told through every door, and leave by none that cannot."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZipFile

import pyoxigraph as ox
import pytest

from calling import Call
from sysgraph.case.compile import tell
from sysgraph.case.contribution import Contribution
from sysgraph.case.read import read
from sysgraph.check import inspect_files
from sysgraph.errors import Severity
from sysgraph.files import data
from sysgraph.issue import fill_in
from sysgraph.ontology import Ontology
from sysgraph.publish.tables import write_csv, write_json, write_workbook, write_yaml
from sysgraph.rdf import text_of
from sysgraph.stores import prepare_store
from sysgraph.terms import NAMESPACE, graph_of
from sysgraph.vocabulary import Vocabulary
from test_forms import DAY, sound_body

ONTOLOGY = data() / "ontology"
PLACE = f"{NAMESPACE}place"
HOLDER = "PLACEHOLDER"
VALUES = {
    "Any\x0btown": "invisible",
    "Any\u202etown": "invisible",
    "M\ufffdlaga": "encoding",
    "MÃ¡laga": "encoding",
    "dâ€™Ivoire": "encoding",
    "ශ්‍රී ලංකා": None,
    "می‌خواهم": None,
}


def with_place(quads: list[ox.Quad], text: str) -> list[ox.Quad]:
    value = ox.Literal(text, language="en")
    return [
        ox.Quad(q.subject, q.predicate, value if q.predicate.value == PLACE else q.object)
        for q in quads
    ]


def packed(content: bytes, text: str) -> bytes:
    """A workbook with a text in the place of another, by the escapes of its format."""
    file = BytesIO()
    written = escape(text).replace("\x0b", "_x000B_").encode()
    with ZipFile(BytesIO(content)) as old, ZipFile(file, "w") as new:
        for part in old.infolist():
            new.writestr(part, old.read(part).replace(HOLDER.encode(), written))
    return file.getvalue()


def plain(write: Callable[[list[Any]], Any], tree: Any, text: str) -> bytes:
    return b"".join(write([tree | {"place": text}]))


@pytest.fixture(scope="module")
def nuka(vocabulary: Vocabulary) -> Contribution:
    (case,) = read(ONTOLOGY / "cases" / "nuka.yaml", vocabulary)
    return case


def content_of(end: str, case: Contribution, text: str, vocabulary: Vocabulary) -> bytes:
    """The case with another place, as it comes in through a door."""
    tree = tell(case.quads, case.case_id, vocabulary)
    held: Any = tree | {"place": HOLDER}
    if end == "form":
        return fill_in(sound_body(Place=text), "issue", DAY).text.encode()
    if end == "csv":
        return b"".join(write_csv(lambda: [held], vocabulary)).replace(
            HOLDER.encode(), text.encode()
        )
    if end == "xlsx":
        return packed(write_workbook([held], Ontology.load(ONTOLOGY)), text)
    if end in ("yaml", "json"):
        return plain(write_yaml if end == "yaml" else write_json, tree, text)
    syntax = ox.RdfFormat.from_extension(end)
    assert syntax is not None
    return ox.serialize(with_place(case.quads, text), format=syntax) or b""


DOORS = ["yaml", "json", "csv", "xlsx", "ttl", "trig", "nq", "nt", "jsonld", "rdf", "form"]


@pytest.mark.slow
@pytest.mark.parametrize("end", DOORS)
@pytest.mark.parametrize(("text", "demand"), VALUES.items())
def test_a_value_is_judged_alike_through_every_door(
    end: str,
    text: str,
    demand: str | None,
    nuka: Contribution,
    vocabulary: Vocabulary,
    tmp_path: Path,
) -> None:
    path = tmp_path / f"case.{'yaml' if end == 'form' else end}"
    path.write_bytes(content_of(end, nuka, text, vocabulary))
    seen = inspect_files([path])
    told = [one for one in seen.findings if one.severity is Severity.VIOLATION]
    if end == "rdf" and text == "Any\x0btown":  # XML cannot so much as name it
        assert len(seen.problems) == len(told) == 1
        return
    assert [(one.demand, one.field) for one in told] == ([(demand, "place")] if demand else [])
    places = [
        text_of(quad.object)
        for case in seen.contributions
        for quad in case.quads
        if quad.predicate.value == PLACE
    ]
    assert demand or places == [text]


@pytest.mark.slow
@pytest.mark.parametrize(("text", "code"), [("Any\x0btown", 2), ("A\ufffftown", 2), ("Town", 0)])
def test_xml_is_refused_for_a_store_that_holds_what_it_cannot(
    text: str, code: int, nuka: Contribution, tmp_path: Path, call: Call
) -> None:
    """Such a store can come from a version before, or from another program."""
    place, out = tmp_path / "store", tmp_path / "out.rdf"
    store = prepare_store(str(place))
    store.replace({graph_of("nuka"): with_place(nuka.quads, text)})
    store.close()
    done = call("export", "--store", place, "--format", "xml", "--output", out)
    assert done.code == code
    assert out.exists() is (code == 0)
    if code:
        assert (
            f"RDF/XML cannot hold the character U+{ord(text[3 if text[3] < ' ' else 1]):04X}"
            in done.err
        )
        assert "Traceback" not in done.err

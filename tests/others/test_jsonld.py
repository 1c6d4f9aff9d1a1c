"""JSON-LD of ours as jsonld.js and Titanium read it, and what jsonld.js frames as we read it."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml

from others.running import HERE, needed, node, others
from processors import Document, in_its_form, of_lines, with_nameless_parts
from shelf import CASES
from sysgraph.case.read import read
from sysgraph.publish.files import export
from sysgraph.publish.parts import Part, What
from sysgraph.rdf import Format, parse
from sysgraph.store.local import Store
from sysgraph.terms import NAMESPACE, iri_of
from sysgraph.vocabulary import Vocabulary

pytestmark = [others, needed]
URL = f"{NAMESPACE}context.jsonld"
AWAY = "https://example.org/somewhere/document.jsonld"
Reader = Callable[[Sequence[Document], dict[str, Any]], list[list[ox.Quad]]]


def of_jsonld_js(documents: Sequence[Document], more: dict[str, Any]) -> list[list[ox.Quad]]:
    return list(map(of_lines, node("jsonld.cjs", given={"documents": documents, **more})))


def of_titanium(documents: Sequence[Document], more: dict[str, Any]) -> list[list[ox.Quad]]:
    done = subprocess.run(
        [sys.executable, str(HERE / "titanium.py")],
        input=json.dumps({"documents": documents, **more}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return list(map(of_lines, json.loads(done.stdout)))


BY_OTHERS: dict[str, Reader] = {"jsonld.js": of_jsonld_js, "Titanium": of_titanium}


@pytest.mark.parametrize("reader", BY_OTHERS.values(), ids=BY_OTHERS)
def test_every_case_as_people_write_it_is_the_same_to_all(
    reader: Reader, vocabulary: Vocabulary
) -> None:
    plain = [yaml.safe_load(path.read_text()) for path in CASES]
    texts = json.loads(json.dumps(plain, default=str))  # JSON has no dates
    given = [{"@context": vocabulary.context, "type": "CaseStudy", **one} for one in texts]
    for path, found in zip(CASES, reader(given, {}), strict=True):
        (case,) = read(path, vocabulary)
        assert in_its_form(found) == with_nameless_parts(case.quads, case.iri), path.stem


@pytest.mark.parametrize("reader", BY_OTHERS.values(), ids=BY_OTHERS)
@pytest.mark.parametrize("what", [Part(What.CASES), Part(What.ONTOLOGY), Part(What.ALL)])
def test_what_is_exported_is_the_same_to_all(reader: Reader, what: Part, library: Store) -> None:
    plain = Format.NQUADS if what.what is What.ALL else Format.NTRIPLES
    stated = parse(export(library, plain, what), plain, "x")
    (found,) = reader([json.loads(export(library, Format.JSONLD, what))], {})
    assert in_its_form(found) == in_its_form(stated)


@pytest.mark.parametrize("reader", BY_OTHERS.values(), ids=BY_OTHERS)
def test_a_context_by_its_address_needs_the_type_for_short_ids(
    reader: Reader, vocabulary: Vocabulary
) -> None:
    typed = {"@context": URL, "type": "CaseStudy", "id": "b", "supersedes": "a"}
    critique = {"@context": URL, "type": "Critique", "id": "b", "stance": "supports"}
    based = {"@context": [URL, {"@base": f"{NAMESPACE}case/"}], "id": "b", "supersedes": "a"}
    more = {"contexts": {URL: vocabulary.context}, "base": AWAY}
    by_type, of_critique, by_base = reader([typed, critique, based], more)
    replaces = ox.NamedNode("http://purl.org/dc/terms/replaces")
    one, other = (ox.NamedNode(iri_of(name)) for name in "ba")
    assert ox.Quad(one, replaces, other) in by_type
    assert by_base == [ox.Quad(one, replaces, other)]
    assert {quad.subject.value for quad in of_critique} == {f"{NAMESPACE}critique/b"}  # type: ignore[union-attr]


@pytest.mark.parametrize("address", [True, False], ids=["by address", "written out"])
@pytest.mark.parametrize("number", [1, 3])
def test_what_jsonld_js_frames_is_read(
    address: bool, number: int, library: Store, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    chosen = frozenset(path.stem for path in CASES[:number])
    exported = json.loads(export(library, Format.JSONLD, Part(What.CASES, chosen)))
    frame = {"@context": URL if address else vocabulary.context, "type": "CaseStudy"}
    more = {"contexts": {URL: vocabulary.context}, "frame": frame}
    (framed,) = node("jsonld.cjs", given={"documents": [exported], **more})
    path = tmp_path / "framed.jsonld"
    path.write_text(json.dumps(framed, indent=1))
    found = {case.case_id: case for case in read(path, vocabulary)}
    assert found.keys() == chosen
    for each in CASES[:number]:
        (case,) = read(each, vocabulary)
        assert set(found[each.stem].quads) == set(case.quads)
        assert found[each.stem].findings == []

"""The form on a page: asks what the ontology asks, and holds what a file says."""

import shutil
from pathlib import Path

import pytest

from contributed import filled_case
from sysgraph.case.document import read_document
from sysgraph.case.read import read_again
from sysgraph.errors import SysgraphError
from sysgraph.fill.template import document
from sysgraph.forms import Kind, issue_form
from sysgraph.ontology import Ontology
from sysgraph.rdf import triples_of
from sysgraph.shapes import form_of
from sysgraph.web.filled import KEPT, Filled, holding, reading
from test_added import ADDED, blocks

ONTOLOGY = Ontology.load()
CASES = sorted((ONTOLOGY.folder / "cases").glob("*.yaml"))


def sent(filled: Filled) -> dict[str, list[str]]:
    """Return what a browser sends of a form."""
    found = {"id": [filled.name], KEPT: [filled.kept_text]}
    for one in filled.by_name.values():
        is_list = one.kind in ("boxes", "lists")
        if not one.below and one.values:
            found[one.name] = list(one.values) if is_list else [one.value]
    return found


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_shipped_case_comes_out_of_the_form_as_it_was(path: Path) -> None:
    data = path.read_bytes()
    held = holding(Kind.CASE, ONTOLOGY, read_document(data, path.name).data)
    assert not held.left_out
    again = reading(Kind.CASE, ONTOLOGY, sent(held)).text.encode()
    (before,), (after,) = (
        read_again(content, path, ONTOLOGY.vocabulary) for content in (data, again)
    )
    assert {*triples_of(after.quads)} == {*triples_of(before.quads)}
    assert not after.findings


@pytest.mark.parametrize("kind", [Kind.CASE, Kind.CRITIQUE])
def test_it_asks_what_the_issue_form_and_the_file_ask(kind: Kind) -> None:
    names = {*Filled(kind, ONTOLOGY).by_name, "id"}
    for question in issue_form(kind, ONTOLOGY).questions:
        first = [step for step in question.path if not isinstance(step, int)]
        if not question.spread and 1 not in question.path:
            name = ".".join(
                str(step + 1) if isinstance(step, int) else step for step in question.path
            )
            assert name in names or first[0] in names
    blank = document(form_of(kind.value, ONTOLOGY))
    for name in names:
        assert f"{name.rpartition('.')[2]}:" in blank or name.rpartition(".")[2].isdecimal()


def grown(folder: Path) -> Ontology:
    """Return an ontology with a type, a risk, a value and a facet that were added to its files."""
    shutil.copytree(ONTOLOGY.folder, folder)
    for name in ("risks", "leadership-types", "facet-values"):
        file = folder / "vocab" / f"{name}.ttl"
        file.write_text(f"{file.read_text()}\n{blocks(ADDED / 'ontology' / 'vocab' / file.name)}")
    facets, context = folder / "vocab" / "facets.ttl", folder / "context.jsonld"
    one = facets.read_text().partition("facet:stakes a sysg:Facet")[2].partition("\n\n")[0]
    added = f"facet:weather a sysg:Facet{one}\n".replace('"stakes"', '"weather"')
    added = added.replace("If what YOU try goes wrong", "If it rains")
    facets.write_text(f"{facets.read_text()}\n{added}")
    text = context.read_text()
    start = text.index('        "stakes": {')
    end = text.index("        },\n", start) + len("        },\n")
    block = text[start:end].replace('"stakes"', '"weather"')
    context.write_text(text[:start] + block + text[start:])
    return Ontology(folder)


def test_what_is_added_to_the_ontology_is_asked_for(tmp_path: Path) -> None:
    form = Filled(Kind.CASE, grown(tmp_path / "ontology"), tree={"readings": [{}]}).by_name
    assert "added-seasonal" in form["practice.primary"].options
    assert "added-drought-of-ideas" in form["risks"].options
    assert any("added" in value for one in form.values() for value in one.options)
    assert form["readings.1.facets.weather"].label.startswith("If it rains")
    assert form["readings.1.facets.weather.value"].options


def test_a_blank_part_keeps_its_place_and_findings_find_theirs() -> None:
    given = {"readings.3.standpoint": ["general"], "readings.1.standpoint": [" "]}
    filled = reading(Kind.CASE, ONTOLOGY, given)
    assert filled.document["readings"] == [{"standpoint": "general"}]
    assert filled.place("readings.1.standpoint") == "readings.3.standpoint"
    assert filled.place("readings.1.facets.stakes.value") == "readings.3.facets.stakes.value"
    assert filled.place("readings.1.unheard") == "readings.3"
    assert filled.place("unheard") == ""


def test_lines_boxes_and_lists_are_several_values() -> None:
    told = {
        **filled_case(),
        "sectors": ["parks\r\n\r\n housing \nparks"],
        "countries": ["GB", "", "FR"],
    }
    document = reading(Kind.CASE, ONTOLOGY, told).document
    assert document["sectors"] == ["parks", "housing"]
    assert document["countries"] == ["GB", "FR"]
    assert document["start"] == "2001"


def test_what_the_form_cannot_hold_is_named() -> None:
    data = {
        "id": "x-y",
        "colour": "red",
        "title": ["A", "B"],
        "readings": [{"standpoint": "general", "mood": "good"}],
        "advice": {"advised": "2026-01-01"},
    }
    held = holding(Kind.CASE, ONTOLOGY, data)
    assert {*held.left_out} == {"colour", "title", "readings.1.mood"}
    assert held.document["advice"] == {"advised": "2026-01-01"}


def test_only_what_others_fill_in_is_carried_along() -> None:
    kept = '{"advice": {"advised": "2026-01-01"}, "title": "no", "colour": "no", "codings": [1]}'
    filled = reading(Kind.CASE, ONTOLOGY, {"id": ["x-y"], KEPT: [kept]})
    assert filled.kept == {"advice": {"advised": "2026-01-01"}, "codings": ["1"]}
    assert reading(Kind.CASE, ONTOLOGY, {KEPT: ["[1]"]}).kept == {}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[" * 5000,
        '{"advice": "' + "x" * 200_001 + '"}',
        r'{"advice": "\ud800"}',
        r'{"advice": {"\ud800": ["x"]}}',
        '{"codings": ' + "[" * 900 + "]" * 900 + "}",
        '{"codings": ' + '{"a": ' * 21 + '""' + "}" * 22,
    ],
)
def test_what_is_carried_along_and_no_longer_whole_is_refused(text: str) -> None:
    with pytest.raises(SysgraphError, match="carried along"):
        reading(Kind.CASE, ONTOLOGY, {KEPT: [text]})


def test_no_number_makes_the_form_long() -> None:
    given = {"readings.999.standpoint": ["x"], "citations.99999.title": ["x"], "readings..x": ["y"]}
    filled = reading(Kind.CASE, ONTOLOGY, given)
    assert len(filled.by_name) < 5000
    assert "citations" not in filled.tree

"""JSON-LD by our context: which way it is read, and that nothing is fetched."""

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from pyld import jsonld

from processors import IN_PYTHON, Document, in_its_form, with_nameless_parts
from shelf import CASES, SHARES
from sysgraph.case.contribution import locate
from sysgraph.case.linked import CONTEXT, is_as_people_write, with_context
from sysgraph.case.read import read
from sysgraph.check import check_files
from sysgraph.errors import BadFile
from sysgraph.ontology import Ontology
from sysgraph.vocabulary import Vocabulary

PATH = next(path for path in CASES if path.stem == "wigan-deal")


def plain() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(PATH.read_text(), yaml.BaseLoader)
    return found


def named(data: Any, iri: str) -> Any:
    """A case with the names of its parts, by its paths; groups have none."""
    inner = (
        {
            key: [named(one, f"{iri}/{key}/{number}") for number, one in enumerate(said, 1)]
            if isinstance(said, list)
            else named(said, f"{iri}/{key}")
            for key, said in data.items()
        }
        if isinstance(data, dict)
        else data
    )
    is_group = iri.endswith(("/facets", "/outcome"))
    return {"id": iri, **inner} if isinstance(data, dict) and not is_group else inner


def write(folder: Path, value: Any) -> Path:
    path = folder / "case.jsonld"
    path.write_text(json.dumps(value, indent=1))
    return path


IRI = "https://w3id.org/sysgraph/case/wigan-deal"


def as_written(path: Path, vocabulary: Vocabulary) -> Document:
    """A case as people write it, with our context and its type before it."""
    text = json.dumps(yaml.safe_load(path.read_text()), default=str)  # JSON has no dates
    return {"@context": vocabulary.context, "type": "CaseStudy", **json.loads(text)}


@pytest.mark.slow
@pytest.mark.parametrize("name", IN_PYTHON)
@pytest.mark.parametrize("paths", SHARES)
def test_a_case_as_people_write_it_is_the_same_to_others(
    paths: list[Path], name: str, vocabulary: Vocabulary
) -> None:
    for path in paths:
        found = IN_PYTHON[name](as_written(path, vocabulary))
        (case,) = read(path, vocabulary)
        assert in_its_form(found) == with_nameless_parts(case.quads, case.iri), path.stem


def test_compaction_finds_the_keys_again(vocabulary: Vocabulary) -> None:
    context, tree = vocabulary.context, {**named(plain(), IRI), "type": "CaseStudy"}
    compact = jsonld.compact(jsonld.expand({"@context": context, **tree}), context)
    assert compact["outcome"]["led"]["judgement"] == tree["outcome"]["led"]["judgement"]
    assert compact["practice"]["primary"] == tree["practice"]["primary"]
    assert compact["countries"] == tree["countries"]
    assert set(compact["readings"][0]) == {"id", "standpoint", "facets"}
    before, after = (IN_PYTHON["PyLD"](one) for one in ({"@context": context, **tree}, compact))
    assert set(after) == set(before)


@pytest.mark.parametrize("name", IN_PYTHON)
def test_ids_are_whole_by_type_or_by_base(name: str, vocabulary: Vocabulary) -> None:
    context, replaces = vocabulary.context, "http://purl.org/dc/terms/replaces"
    without = {key: said for key, said in context.items() if key != "@base"}
    for given in (
        {"@context": context, "id": "b", "supersedes": "a"},
        {"@context": without, "id": "b", "supersedes": "a", "type": "CaseStudy"},
    ):
        names = [f"https://w3id.org/sysgraph/case/{name}" for name in "ba"]
        one, other = map(ox.NamedNode, names)
        assert ox.Quad(one, ox.NamedNode(replaces), other) in IN_PYTHON[name](given)
    given = {"@context": context, "id": "b", "type": "Critique", "stance": "supports"}
    subjects = {str(quad.subject) for quad in IN_PYTHON[name](given)}
    assert subjects == {"<https://w3id.org/sysgraph/critique/b>"}


@pytest.mark.parametrize("form", ["plain", "named", "written out", "in a graph", "with more"])
def test_a_case_is_read_whichever_way_it_names_our_context(
    form: str, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    tree = {**named(plain(), IRI), "id": "wigan-deal", "type": "CaseStudy"}
    document = {
        "plain": {"@context": CONTEXT, **plain()},
        "named": {"@context": CONTEXT, **tree},
        "written out": {"@context": vocabulary.context, **tree},
        "in a graph": {"@context": CONTEXT, "@graph": [tree]},
        "with more": {"@context": [{"x": "urn:x"}, CONTEXT, {"y": "urn:y"}], **tree},
    }[form]
    path = write(tmp_path, document)
    assert is_as_people_write(path.read_bytes()) is (form == "plain")
    (expected,), (found,) = read(PATH, vocabulary), read(path, vocabulary)
    assert found.findings == []
    assert set(found.quads) == set(expected.quads)


@pytest.mark.parametrize("is_named", [False, True])
def test_what_is_wrong_is_told_with_its_line(is_named: bool, tmp_path: Path) -> None:
    tree = named(plain(), IRI) | {"type": "CaseStudy"} if is_named else plain()
    tree |= {"scale": "cosmic"}
    path = write(tmp_path, {"@context": CONTEXT, **tree})
    _, found = check_files([path])
    (finding,) = [one for one in locate(found) if one.demand == "shape:CaseStudy-scale"]
    assert path.read_text().splitlines()[(finding.line or 0) - 1].strip() == '"scale": "cosmic",'


@pytest.mark.parametrize(
    "context",
    ["https://example.org/c", [CONTEXT, "https://example.org/c"], {"@import": CONTEXT}],
)
def test_no_other_context_is_fetched(context: Any, vocabulary: Vocabulary, tmp_path: Path) -> None:
    tree = {**named(plain(), IRI), "type": "CaseStudy"}
    with pytest.raises(BadFile, match="never fetched"):
        read(write(tmp_path, {"@context": context, **tree}), vocabulary)


def test_a_text_that_speaks_of_the_context_stays_a_text(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    said = f'write "@context": "{CONTEXT}" and "id": "x"'
    path = write(tmp_path, {"@context": CONTEXT, **plain(), "driver": said})
    assert is_as_people_write(path.read_bytes())
    assert with_context(path.read_bytes(), {}, "x").count(b"{}") == 1
    (case,) = read(path, vocabulary)
    assert said in {getattr(quad.object, "value", "") for quad in case.quads}


def test_a_document_that_would_grow_beyond_bounds_is_refused() -> None:
    data = b"[%s]" % b",".join([b'{"@context": "%b"}' % CONTEXT.encode()] * 10_000)
    with pytest.raises(BadFile, match="names its context too often"):
        with_context(data, Ontology.load().context, "x")


@pytest.mark.parametrize("indent", [None, 2])
def test_our_context_written_out_before_a_case_is_our_context(
    indent: int | None, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    (expected,) = read(PATH, vocabulary)
    path = tmp_path / "case.jsonld"
    case = {"@context": vocabulary.context, "type": "CaseStudy", **plain()}
    path.write_text(json.dumps(case, indent=indent))
    (found,) = read(path, vocabulary)
    assert {q.triple for q in found.quads} == {q.triple for q in expected.quads}
    assert found.findings == []
    case["id"] = "https://w3id.org/sysgraph/case/wigan-deal"
    path.write_text(json.dumps(case, indent=indent))
    (found,) = read(path, vocabulary)
    assert {q.triple for q in found.quads} == {q.triple for q in expected.quads}
    case["scale"] = "planetary"
    path.write_text(json.dumps(case, indent=2))
    _, findings = check_files([path])
    (finding,) = [one for one in findings if one.value == "planetary"]
    assert finding.line is not None
    assert "planetary" in path.read_text().splitlines()[finding.line - 1]


def test_another_context_written_out_is_read_by_the_standard(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    case = {"@context": {**vocabulary.context, "odd": "urn:odd"}, "type": "CaseStudy", **plain()}
    (found,) = read(write(tmp_path, case), vocabulary)
    assert any(one.demand == "own-part" or "name" in one.message for one in found.findings)

"""Contributed files: what is read, what is refused, and where each finding points."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pyld import jsonld

from linked import linked
from shelf import CASES
from sysgraph.case.closed import explain_literal
from sysgraph.case.contribution import Contribution
from sysgraph.case.read import read
from sysgraph.check import (
    Inspection,
    check,
    check_files,
    inspect_files,
    report_graph,
    sort_out,
)
from sysgraph.errors import BadFile, BadFiles, Finding, Severity
from sysgraph.files import data
from sysgraph.rdf import Format, parse
from sysgraph.terms import NAMESPACE
from sysgraph.turtle import serialize
from sysgraph.vocabulary import Vocabulary

SAMPLE = (data() / "ontology" / "cases" / "bristol-pound.yaml").read_text()
CASE = "https://w3id.org/sysgraph/case/xy"
PREFIXES = (
    "@prefix sysg: <https://w3id.org/sysgraph/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    f"<{CASE}> a sysg:CaseStudy .\n"
)


def one(path: Path, vocabulary: Vocabulary) -> Contribution:
    (found,) = read(path, vocabulary)
    return found


def write(folder: Path, text: str | bytes, name: str = "case.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def violations(path: Path, vocabulary: Vocabulary) -> list[Finding]:
    found = check(one(path, vocabulary), vocabulary).findings
    return [finding for finding in found if finding.severity is Severity.VIOLATION]


def told_of(contributions: list[Contribution], findings: list[Finding]) -> list[Finding]:
    """What should not be said of shipped cases."""
    assert len(contributions) == len(CASES) > 0
    sector = f"{NAMESPACE}sector"
    return [f for f in findings if f.severity is Severity.VIOLATION or f.path == sector]


def test_all_shipped_cases_conform() -> None:
    found = sort_out(CASES)
    assert told_of(found.contributions, found.findings) == []


@pytest.mark.slow
def test_all_shipped_cases_conform_to_pyshacl() -> None:
    assert told_of(*check_files(CASES)) == []


@pytest.mark.parametrize("path", CASES[::16], ids=lambda path: path.stem)
def test_the_one_context_means_the_same_to_pyld(path: Path, vocabulary: Vocabulary) -> None:
    from sysgraph.case.document import read_document

    document = read_document(path.read_bytes(), str(path))
    assert isinstance(document.data, dict)
    iri = f"https://w3id.org/sysgraph/case/{path.stem}"
    tree = linked(document.data, iri, vocabulary)
    text = jsonld.to_rdf(
        {"@context": vocabulary.context, **tree}, {"format": "application/n-quads"}
    )
    theirs = parse(text.encode(), Format.NQUADS, "pyld")
    assert set(theirs) == set(one(path, vocabulary).quads)


def test_case_is_the_same_through_every_door(tmp_path: Path, vocabulary: Vocabulary) -> None:
    case = one(write(tmp_path, SAMPLE), vocabulary)
    for syntax, name in (
        (Format.TURTLE, "c.ttl"),
        (Format.TRIG, "c.trig"),
        (Format.JSONLD, "c.jsonld"),
    ):
        again = one(write(tmp_path, serialize(case.quads, syntax), name), vocabulary)
        assert set(again.quads) == set(case.quads)
        assert again.findings == []
    import yaml

    plain = yaml.load(SAMPLE, yaml.BaseLoader)
    as_json = one(write(tmp_path, json.dumps(plain), "c.json"), vocabulary)
    assert set(as_json.quads) == set(case.quads)
    linked = {"@context": "https://w3id.org/sysgraph/context.jsonld", **plain}
    assert set(one(write(tmp_path, json.dumps(linked), "d.jsonld"), vocabulary).quads) == set(
        case.quads
    )


def test_findings_point_at_line_and_column_and_say_the_nearest(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    text = SAMPLE.replace("scale:", "scael:").replace("value: pioneers", "value: pioneer", 1)
    found = violations(write(tmp_path, text), vocabulary)
    lines = text.splitlines()
    by_demand = {finding.demand: finding for finding in found}
    key = by_demand["known-key"]
    assert lines[(key.line or 0) - 1].startswith("scael:")
    assert "did you mean 'scale'" in key.message
    term = by_demand["known-term"]
    assert "value: pioneer" in lines[(term.line or 0) - 1]
    assert term.column == 7
    assert "did you mean 'pioneers'" in term.message
    missing = by_demand["shape:CaseStudy-scale"]
    assert "Write `scale:`" in missing.message


def test_missing_readings_and_citations_are_violations(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    head = SAMPLE[: SAMPLE.index("readings:")]
    tail = SAMPLE[SAMPLE.index("\nconfidence: ") + 1 :]
    demands = {finding.demand for finding in violations(write(tmp_path, head + tail), vocabulary)}
    assert demands == {"shape:CaseStudy-readings", "shape:CaseStudy-citations"}


@pytest.mark.parametrize(
    ("old", "new", "demand"),
    [
        ("start: 2012", "start: '12'", "literal"),
        ("contributed: 2026-11-22", "contributed: 2026-02-30", "literal"),
        ("read: true", "read: ja", "literal"),
        ("judgement: 'yes'", "judgement: maybe", "known-term"),
        (
            "primary: systems-innovation",
            "primary: [systems-innovation, organic]",
            "shape:Practice-primary",
        ),
        ("title: Bristol Pound", "title: {a: b}", "key"),
        ("practice:", "practise:", "known-key"),
    ],
)
def test_each_kind_of_mistake_is_found(
    old: str, new: str, demand: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    assert old in SAMPLE
    found = violations(write(tmp_path, SAMPLE.replace(old, new, 1)), vocabulary)
    assert demand in {finding.demand for finding in found}
    assert all(finding.line for finding in found)


def test_a_list_where_one_text_is_wanted_is_told_so(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = SAMPLE.replace("place: ", "place:\n- Wigan\n- ", 1)
    (finding,) = violations(write(tmp_path, text), vocabulary)
    assert finding.field == "place"
    assert finding.message.endswith(" It is one text, no list.")


def test_words_that_yaml_takes_for_other_things_stay_words(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    text = SAMPLE.replace("judgement: 'yes'", "judgement: yes").replace(
        "title: Bristol Pound", "title: 012", 1
    )
    case = one(write(tmp_path, text), vocabulary)
    assert case.findings == []
    assert any('"012"@en' in str(quad) for quad in case.quads)


def test_null_is_the_same_as_leaving_out(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = SAMPLE.replace("scale: city", "scale: city\nrisks: null").replace(
        "risks:\n", "risks_:\n", 1
    )
    case = one(write(tmp_path, text), vocabulary)
    assert not any("documentsRisk" in str(quad) for quad in case.quads)


def test_json_with_tabs_and_escapes_is_read(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = '{\n\t"id":\t"x1",\n\t"title": "Caf\\u00e9 \\ud83d\\ude00 \\/",\n\t"end": null\n}'
    case = one(write(tmp_path, text, "case.json"), vocabulary)
    assert any('"Café 😀 /"@en' in str(quad) for quad in case.quads)
    assert not any("endYear" in str(quad) for quad in case.quads)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id: x\n\tbad: tab\n", "not with tabs"),
        ("id: x\ntitle: a: b\n", "put text that holds"),
        ("id: &a x\ntitle: *a\n", "anchors"),
        ("id: !!python/object:os.system x\n", "tag"),
        ("a: {<<: {b: c}}\n", "plain text"),
        ("id: x\nid: y\n", "stands here twice"),
        ("", "empty"),
        ("[]\n", ":1:1: it holds no case"),
        ("- null\n", ":1:1: it holds no case"),
        ("title: no id\n", "no id"),
        ("id: ../../etc\n", "small letters"),
        ("- just text\n", "key: value"),
        ("id: x\ntitle: a\u202eb\n", "invisible"),
        ("a: " + "[" * 30 + "]" * 30, "nests deeper"),
        (b"id: \xff\xfe", "UTF-8"),
    ],
)
def test_what_is_no_case_file_is_refused_in_one_line(
    text: str | bytes, said: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    with pytest.raises(BadFile, match=said) as caught:
        read(write(tmp_path, text), vocabulary)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"id": NaN}', '{"a": ' + "[" * 50, "[1,]", '{"id":"x","id":"y"}']
)
def test_bad_json_is_refused(text: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(BadFile):
        read(write(tmp_path, text, "case.json"), vocabulary)


@pytest.mark.parametrize(
    ("statement", "demand"),
    [
        ("<https://w3id.org/sysgraph/type/organic> rdfs:label 'mine' .", "own-subject"),
        (f"<{CASE}> owl:sameAs <https://w3id.org/sysgraph/case/y> .", "known-property"),
        ("rdfs:label rdfs:subPropertyOf rdfs:comment .", "own-subject"),
        (f"<{CASE}> sh:deactivated true .", "known-property"),
        (f"<{CASE}> sysg:hasPractice [ sysg:why 'x' ] .", "no-blank-node"),
        (f"<{CASE}/a> a owl:Class .", "known-class"),
        (f"<{CASE}> sysg:servesAim <https://w3id.org/sysgraph/aim/coordinat> .", "known-term"),
        (f"<{CASE}> sysg:startYear '1e5'^^<http://www.w3.org/2001/XMLSchema#decimal> .", "literal"),
        (f"<{CASE}> sysg:place 'x'^^<urn:mine> .", "literal"),
    ],
)
def test_a_graph_says_no_more_than_a_case_may(
    statement: str, demand: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    case = one(write(tmp_path, PREFIXES + statement, "c.ttl"), vocabulary)
    assert demand in {finding.demand for finding in case.findings}


def test_a_graph_of_somebody_else_is_refused(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = PREFIXES + f"<https://w3id.org/sysgraph/graph/ontology> {{ <{CASE}> sysg:place 'x' }}"
    case = one(write(tmp_path, text, "c.trig"), vocabulary)
    assert "own-graph" in {finding.demand for finding in case.findings}


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("<a> <b> .", "c.ttl", "not well-formed"),
        ("@prefix s: <https://w3id.org/sysgraph/> . s:x a s:Risk .", "c.ttl", "holds no case"),
        (
            "@prefix s: <https://w3id.org/sysgraph/> . s:x a s:CaseStudy .",
            "c.ttl",
            "no name for a case",
        ),
        ('{"@context": "http://127.0.0.1:9/c", "@id": "x:y"}', "c.jsonld", "never fetched"),
        (PREFIXES + "<a:b> <a:c> " + "(" * 100 + ")" * 100 + " .", "c.ttl", "nest deeper"),
        (
            PREFIXES + "<a:b> <a:c> <<( <a:b> <a:c> <a:d> )>> .",
            "c.ttl",
            "statements about statements",
        ),
        ("x", "c.docx", "are not read"),
    ],
)
def test_bad_graphs_are_refused(
    text: str, name: str, said: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    with pytest.raises(BadFile, match=said):
        read(write(tmp_path, text, name), vocabulary)


def test_all_bad_files_are_named_at_once(tmp_path: Path) -> None:
    paths = [write(tmp_path, "- just text", "one.yaml"), tmp_path / "none.yaml", tmp_path]
    with pytest.raises(BadFiles) as caught:
        check_files(paths)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (".", "this is a folder; name the files in it"),
        ("folder.d", "this is a folder; name the files in it"),
        ("-", "standard input is not read; name a file"),
        ("no-ending", "a name without an ending does not tell what is in it; let it end in one of"),
    ],
)
def test_what_is_no_file_with_an_ending_is_named(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.d").mkdir()
    for sort in (inspect_files, sort_out):
        (finding,) = sort([Path(name)]).findings
        assert (finding.file, finding.demand) == (name, "readable")
        assert finding.message.startswith(said)


@pytest.mark.parametrize("sort", [inspect_files, sort_out])
@pytest.mark.parametrize("name", ["none.yaml", "none.json", "none.jsonld"])
def test_an_empty_list_is_refused_at_every_door(
    name: str, sort: Callable[[list[Path]], Inspection], tmp_path: Path
) -> None:
    found = sort([write(tmp_path, "[]", name)])
    (finding,) = found.findings
    assert (finding.demand, finding.severity) == ("contribution", Severity.VIOLATION)
    assert "it holds no case" in finding.message
    assert found.checked == []


def test_the_same_case_in_two_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="too; name one of the files"):
        check_files([write(tmp_path, SAMPLE, "a.yaml"), write(tmp_path, SAMPLE, "b.yaml")])


def test_an_id_twice_in_one_list_is_told_at_the_second(tmp_path: Path) -> None:
    item = "- " + "\n  ".join(SAMPLE.splitlines())
    path = write(tmp_path, f"{item}\n{item}\n")
    line = len(item.splitlines()) + 1
    said = "the id 'bristol-pound' is in line 1 too; give each an id of its own"
    for sort, count in ((inspect_files, 2), (sort_out, 1)):
        found = sort([path])
        (finding,) = (one for one in found.findings if one.severity is Severity.VIOLATION)
        assert (finding.message, finding.line, finding.column) == (said, line, 3)
        assert (len(found.checked), found.problems) == (count, [])
    one_line = write(tmp_path, json.dumps([{"id": "xy"}, {"id": "xy"}]), "list.json")
    assert sum("in line 1 too" in str(one) for one in inspect_files([one_line]).findings) == 1


@pytest.mark.parametrize(
    ("text", "name", "fine"),
    [
        ("1997", "gYear", True),
        ("97", "gYear", False),
        ("2026-11-22", "date", True),
        ("2026-02-30", "date", False),
        ("true", "boolean", True),
        ("yes", "boolean", False),
        ("1e5", "decimal", False),
        ("012", "integer", True),
        ("http://a b", "anyURI", False),
        ("e n", "language", False),
        ("P", "duration", False),
        ("2026-13", "gYearMonth", False),
    ],
)
def test_lexical_forms_are_checked(text: str, name: str, fine: bool) -> None:
    assert (explain_literal(text, f"http://www.w3.org/2001/XMLSchema#{name}") is None) == fine


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("2O11", "gYear", "'2O11' is not a year: write a year in four digits"),
        ("maybe", "boolean", "'maybe' is neither true nor false: write true or false"),
        ("two", "integer", "'two' is not a whole number: "),
        ("a b", "anyURI", "'a b' is not an address: "),
    ],
)
def test_what_is_no_literal_is_told_in_plain_words(text: str, name: str, told: str) -> None:
    said = explain_literal(text, f"http://www.w3.org/2001/XMLSchema#{name}")
    assert said is not None
    assert said.startswith(told)


def test_report_is_a_standard_validation_report() -> None:
    finding = Finding(
        message="Bad.",
        demand="shape:Risk-label",
        focus=CASE,
        path=f"{CASE}p",
        value="v",
        file="f",
        line=2,
    )
    warning = Finding(message="Hm.", demand="x", severity=Severity.WARNING)
    text = report_graph([finding, warning]).decode()
    assert "sh:conforms false" in text
    assert text.count("sh:ValidationResult") == 2
    assert "sh:sourceShape shape:Risk-label" in text
    assert "sh:conforms true" in report_graph([warning]).decode()

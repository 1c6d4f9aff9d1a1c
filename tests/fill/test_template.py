"""Templates, questions and the JSON Schema: all drawn from context, shapes and vocabulary."""

import copy
import csv
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from shelf import CASES, SHARES, copied
from sysgraph.case.compile import tell
from sysgraph.case.document import LOADER
from sysgraph.case.read import read
from sysgraph.check import check_files, judge, stub
from sysgraph.cli.app import build
from sysgraph.errors import BadFile, Severity, SysgraphError, UnknownThing
from sysgraph.fill.schema import schema_of
from sysgraph.fill.template import Unclear, block, document, explain_id, understand
from sysgraph.ontology import Ontology
from sysgraph.publish.tables import write_csv
from sysgraph.rdf import merge, triples_of
from sysgraph.screen import compile_screen
from sysgraph.shapes import PLAIN, Field, form_of, kinds
from sysgraph.terms import NAMESPACE, compact
from sysgraph.vocabulary import Vocabulary

ONTOLOGY = Ontology.load()
CRITIQUE = {
    "id": "of-ours",
    "kind": "critique",
    "about": "sysg:case/wigan-deal",
    "question": "witness",
    "asked": "is",
    "standpoint": "affected, not involved",
    "stance": "undercuts",
    "says": "Nobody asked us.",
    "why": "We were not there.",
    "contributor": {"name": "The sysgraph founders"},
    "contributed": "2026-11-22",
    "licence": "https://creativecommons.org/licenses/by/4.0/",
}


class Plain(LOADER):  # type: ignore[misc, valid-type]
    """YAML 1.2, as editors read it: yes is a text, and so is a date."""


Plain.yaml_implicit_resolvers = {}
for name, pattern, first in (
    ("null", "^(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", "^(true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", "^[-+]?[0-9]+$", list("-+0123456789")),
):
    Plain.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(pattern), first)
Plain.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))


def plain(path: Path) -> Any:
    return yaml.load(path.read_text(), Loader=Plain)


def own(path: Path, vocabulary: Vocabulary) -> list[ox.Quad]:
    """What the contributor of a case says, without what other coders do."""
    (case,) = read(path, vocabulary)
    beyond = f"{case.iri}/codings/"
    return [q for q in case.quads if not any(beyond in str(t) for t in (q.subject, q.object))]


def run(*words: str, told: str = "") -> Result:
    return CliRunner().invoke(build([words[0]]), list(words), input=told)


def answers_of(fields: tuple[Field, ...], thing: dict[str, Any]) -> dict[str, Any]:
    """Return a case as answers to its form."""
    found: dict[str, Any] = {}
    for field in fields:
        value = thing.get(field.key)
        if value is None:
            continue
        several = field.most != 1 and not field.is_group
        values = value if isinstance(value, list) else [value]
        if field.fields:
            values = [answers_of(field.fields, one) for one in values]
        else:
            values = [str(one).lower() if isinstance(one, bool) else str(one) for one in values]
        found[field.key] = values if several else values[0]
    return found


def test_there_is_a_form_for_every_kind() -> None:
    assert kinds(ONTOLOGY)[:2] == ["case", "critique"]
    assert {"risk", "consideration", "effect", "source", "aim"} < {*kinds(ONTOLOGY)}
    with pytest.raises(UnknownThing, match="did you mean 'risk'"):
        form_of("rissk", ONTOLOGY)


@pytest.mark.parametrize("kind", ["case", "critique"])
def test_a_blank_template_says_what_to_fill_in_on_each_line(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(document(form_of(kind, ONTOLOGY), "mine"))
    _, findings = check_files([path])
    lines = path.read_text().splitlines()
    blanks = {n for n, line in enumerate(lines, 1) if re.match(r" *[a-z-]+:$", line)}
    groups = {n for n in blanks if n < len(lines) and lines[n].startswith((" ", "-", "#"))}
    wanted = {finding.line for finding in findings}
    assert None not in wanted
    assert all(finding.field for finding in findings)
    holders = {n for n in groups if re.match(r" *(-|#|[a-z])", lines[n])}
    assert blanks - holders <= wanted


@pytest.mark.slow
@pytest.mark.parametrize("paths", SHARES)
def test_every_shipped_case_fills_the_template_and_is_the_same_case(
    paths: list[Path], tmp_path: Path
) -> None:
    vocabulary = ONTOLOGY.vocabulary
    fields = form_of("case", ONTOLOGY).own
    for source in paths:
        text = document(form_of("case", ONTOLOGY), source.stem, answers_of(fields, plain(source)))
        path = tmp_path / source.name
        path.write_text(text)
        (other,) = read(path, vocabulary)
        assert not other.findings
        assert {*merge(own(source, vocabulary))} == {*merge(other.quads)}


@pytest.mark.parametrize("key", ["codings", "advice"])
def test_what_is_to_be_filled_in_leaves_to_others_what_others_write(key: str) -> None:
    form = form_of("case", ONTOLOGY)
    assert key in {each.key for each in form.fields} - {each.key for each in form.own}
    assert f"{key}:" not in document(form, "x")
    assert f"{key}:" not in document(form, "x", {"title": "X"})
    assert key in schema_of("case", ONTOLOGY)["$defs"]["case"]["properties"]


@pytest.mark.slow
def test_every_shipped_case_conforms_to_the_schema() -> None:
    schema = schema_of("case", ONTOLOGY)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for path in CASES:
        assert not [*validator.iter_errors(plain(path))], path
    assert validator.is_valid([plain(path) for path in CASES[:2]])
    critiques = Draft202012Validator(schema_of("critique", ONTOLOGY))
    assert critiques.is_valid(CRITIQUE)
    assert not critiques.is_valid({**CRITIQUE, "stance": "doubts"})
    with pytest.raises(UnknownThing):
        schema_of("risk", ONTOLOGY)


def _places(thing: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every holder and key of a document."""
    for key in list(thing) if isinstance(thing, dict) else range(len(thing)):
        yield thing, key
        if isinstance(thing[key], dict | list):
            yield from _places(thing[key])


WRONG: tuple[Any, ...] = (
    None, "", " ", "no such thing", " padded", 7, True, [], {}, {"mistaken": "x"},
    "97", "2026-13-01", "22/11/2026", "http//x", "nhs", ["a", {"b": "c"}], "wigan-deal",
    "2026-02-30", "3000", "organic",
)  # fmt: skip


def _mutate(case: Any, chance: random.Random) -> Any:
    """Return a case with one thing changed: a key dropped, misspelt or added, a value replaced."""
    case = copy.deepcopy(case)
    holder, key = chance.choice([*_places(case)])
    how = chance.randrange(6)
    if how == 0:
        del holder[key]
    elif how == 1 and isinstance(holder, dict):
        holder[f"{key}s"] = holder.pop(key)
    elif how == 2 and isinstance(holder, dict):
        holder["remark"] = "x"
    else:
        # A list where one thing stands and a blank in a list are not in the plain form.
        is_list, in_list = isinstance(holder[key], list), isinstance(holder, list)
        fitting = [one for one in WRONG if (one != [] or is_list) and (one or not in_list)]
        holder[key] = chance.choice(fitting)
    return case


def _is_sound(case: Any, folder: Path, screen: Any, vocabulary: Any) -> bool:
    path = folder / "one.json"
    path.write_text(json.dumps(case))
    try:
        found = read(path, vocabulary)
    except SysgraphError:
        return False
    return all(
        finding.severity is not Severity.VIOLATION
        for one in found
        for finding in judge(
            one, one.quads, screen.judge(triples_of(one.quads)).results, vocabulary
        )
    )


@pytest.mark.slow
@pytest.mark.parametrize("tries", [200, pytest.param(800, marks=pytest.mark.slow)])
def test_what_the_schema_refuses_is_refused_and_nearly_all_else_is_sound(
    tries: int, tmp_path: Path
) -> None:
    chance = random.Random(5)
    validator = Draft202012Validator(schema_of("case", ONTOLOGY))
    screen, vocabulary = compile_screen(ONTOLOGY.folder), ONTOLOGY.vocabulary
    cases = [plain(path) for path in CASES]
    missed, refused = 0, 0
    for _ in range(tries):
        case = _mutate(chance.choice(cases), chance)
        sound = _is_sound(case, tmp_path, screen, vocabulary)
        if not validator.is_valid(case):
            assert not sound, case
        refused += not sound
        missed += not sound and validator.is_valid(case)
    assert refused > tries * 5 / 8
    assert missed / refused < 0.02


FAULTS: tuple[tuple[str, Any], ...] = (
    ("title", None), ("title", ""), ("scale", "village"), ("start", "97"), ("start", "in 1997"),
    ("aims", []), ("aims", ["co-ordinate"]), ("countries", ["UK"]), ("readings", []),
    ("citations", [{"title": "x", "authors": "y"}]), ("contributed", "22/11/2026"),
    ("licence", "CC BY"), ("contributor", {"name": "x", "orcid": "0000"}), ("mistake", "x"),
    ("outcome", {"led": {"judgement": "yes", "why": "x"}}), ("confidence", "certain"),
    ("practice", {"primary": "heroic", "why": "x"}), ("id", "No Good"), ("kind", "critique"),
    ("readings", [{"standpoint": "x", "facets": {}}]),
    ("readings", [{"standpoint": "x", "facets": {"stakes": {"value": "high"}}}]),
)  # fmt: skip


@pytest.mark.parametrize(("key", "value"), FAULTS)
def test_faults_that_a_schema_can_express_are_refused(key: str, value: Any) -> None:
    validator = Draft202012Validator(schema_of("case", ONTOLOGY))
    assert not validator.is_valid({**plain(CASES[0]), key: value})


MORE_KEYS = """"scale": "sysg:scale", "size": "sysg:size", "marks": "sysg:mark", "mood": {
    "@id": "sysg:mood", "@type": "@vocab",
    "@context": {"@vocab": "https://w3id.org/sysgraph/confidence/"}},"""
MORE_DEMANDS = """
shape:CaseStudy sh:property shape:CaseStudy-size , shape:CaseStudy-marks , shape:CaseStudy-dotless .
shape:CaseStudy-size a sh:PropertyShape ; sh:path sysg:size ; sh:minCount 1 ; sh:maxCount 1 ;
    sh:in ( "few" "many" ) ; sh:severity sh:Violation ; sh:message "Say how many took part."@en .
shape:CaseStudy-marks a sh:PropertyShape ; sh:path sysg:mark ; sh:maxCount 3 ; sh:minCount 2 ;
    sh:pattern "^[a-z.]+$" ; sh:severity sh:Violation ; sh:message "Small letters."@en .
shape:CaseStudy-dotless a sh:PropertyShape ; sh:path sysg:mark ;
    sh:pattern "[^.]$" ; sh:severity sh:Violation ; sh:message "No full stop."@en .
"""
MORE_OF_RISKS = """
shape:Risk sh:property shape:Risk-sure .
shape:Risk-sure a sh:PropertyShape ; sh:path sysg:hasConfidence ; sh:minCount 1 ; sh:maxCount 1 ;
    sh:class sysg:Confidence ; sh:message "Say how sure it is."@en .
"""


def _grown(tmp_path: Path) -> Ontology:
    """Return a copy of the ontology in which cases and risks say more than they do."""
    ontology = tmp_path / "ontology"
    shutil.copytree(ONTOLOGY.folder, ontology)
    context = ontology / "context.jsonld"
    context.write_text(context.read_text().replace('"scale": "sysg:scale",', MORE_KEYS))
    for name, added in (("case", MORE_DEMANDS), ("vocabulary", MORE_OF_RISKS)):
        shapes = ontology / "shapes" / f"{name}.ttl"
        shapes.write_text(shapes.read_text() + added)
    return Ontology(ontology)


def test_a_new_key_and_a_new_demand_need_no_python(tmp_path: Path) -> None:
    ontology = _grown(tmp_path)
    text = document(form_of("case", ontology))
    assert "Say how many took part." in text
    assert "\nsize:\n" in text
    own = schema_of("case", ontology)["$defs"]["case"]["properties"]
    assert own["size"]["enum"] == ["few", "many"]
    assert "size" in schema_of("case", ontology)["$defs"]["case"]["required"]
    marks, mood = Draft202012Validator(own["marks"]), Draft202012Validator(own["mood"])
    assert marks.is_valid(["a", "b"])
    for wrong in ("a", ["a"], ["a", "b", "c", "d"], ["a", "B"], ["a", "b."]):
        assert not marks.is_valid(wrong)
    assert mood.is_valid("high")
    assert not mood.is_valid("higher")
    assert "sysg:hasConfidence sysg:fill-in" in block(form_of("risk", ontology))


_SAMPLES = (
    *("of-ours", "of ours", "QQ", "1", "0.5", "https://example.org/", "0" * 40),
    *(f"{'0' * 64}  of-ours.csv", "one: 1/2 before, 1/2 since", "two: 1/2 before, 1/2 since"),
)


def _may_be(field: Field, text: str) -> bool:
    try:
        understood = understand(field, text)
    except Unclear:
        return False
    return field.is_address is text.startswith("http") and all(
        re.search(pattern, understood) for pattern in field.patterns
    )


def _fitting_id(kind: str) -> str:
    """Return an id for a kind: a country goes by its letters."""
    form = form_of(kind, ONTOLOGY)
    return next(one for one in ("of-ours", "XK") if explain_id(form, one) is None)


def _sentences(kind: str) -> list[str]:
    """Return an answer for each question of a kind, all that must be there being said."""
    lines = [_fitting_id(kind)]
    more = False
    for field in form_of(kind, ONTOLOGY).fields:
        if not field.least:
            more = more or not field.advised
            continue
        if field.choices:
            # Not the same twice: an effect leads to another value than it starts at.
            lines.append("2" if field.most == 1 and len(field.choices) > 1 else "1")
            continue
        fitting = [one for one in _SAMPLES if _may_be(field, one)]
        assert fitting, field.key
        lines += fitting[:1] if field.most == 1 else [*fitting[: field.least], ""]
    return [*lines, ""] if more else lines


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted({*kinds(ONTOLOGY)} - {*PLAIN}))
def test_a_block_that_was_asked_for_passes_the_shapes(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("new", kind, "--ask", told="\n".join(_sentences(kind)) + "\n")
    assert done.exit_code == 0, done.output
    name = _fitting_id(kind)
    assert not _broken((tmp_path / f"{name}.ttl").read_text(), kind, name)
    blank = block(form_of(kind, ONTOLOGY), "blank")
    must = {one.key for one in form_of(kind, ONTOLOGY).fields if one.least}
    assert must <= _broken(blank, kind, "blank")


@pytest.mark.parametrize("kind", sorted({*kinds(ONTOLOGY)} - {*PLAIN}))
def test_a_block_goes_into_the_file_of_its_own_kind(kind: str) -> None:
    form = form_of(kind, ONTOLOGY)
    held = rdflib.Graph().parse(ONTOLOGY.folder / form.file)
    own = {*map(str, held.subjects(rdflib.RDF.type, rdflib.URIRef(form.iri)))}
    assert own
    assert {iri[: len(form.base)] for iri in own} == {form.base}
    others = {str(what) for what in held.objects(None, rdflib.RDF.type)} - {form.iri}
    assert not {iri for iri in others if iri.startswith(NAMESPACE)} & _judged()


def _judged() -> set[str]:
    return {form_of(kind, ONTOLOGY).iri for kind in kinds(ONTOLOGY)}


def test_a_value_is_named_after_its_facet() -> None:
    form = form_of("facet-value", ONTOLOGY)
    assert (form.file, form.within) == ("vocab/facet-values.ttl", "sysg:isValueOf")
    for name, answers in (
        ("stakes-unknown", None),
        ("unknown", {"sysg:isValueOf": "facet:stakes"}),
        ("stakes-unknown", {"sysg:isValueOf": "facet:stakes"}),
    ):
        text = block(form, name, answers)
        assert "\nvalue:stakes-unknown a sysg:FacetValue ;" in text
        assert "    sysg:isValueOf facet:stakes ;" in text
    text = " ".join(block(form).replace("\n# ", " ").split())
    assert "Its name begins with that of its sysg:isValueOf" in text


def _broken(text: str, kind: str, name: str) -> set[str]:
    """Return the properties of a block that its shapes find wrong."""
    graph = rdflib.Graph().parse(data=text, format="turtle") + stub()
    shapes = rdflib.Graph()
    for name_of_file in ("vocabulary", "external"):
        shapes.parse(ONTOLOGY.folder / "shapes" / f"{name_of_file}.ttl")
    iri = rdflib.URIRef(form_of(kind, ONTOLOGY).iri)
    found = [str(one) for one in graph.subjects(rdflib.RDF.type, iri) if str(one).endswith(name)]
    focus: list[str | rdflib.URIRef] = [rdflib.URIRef(one) for one in found]
    assert len(focus) == 1
    _, results, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none", focus_nodes=focus)
    assert isinstance(results, rdflib.Graph)
    return {compact(str(path)) for path in results.objects(None, rdflib.SH.resultPath)}


def _told(fields: tuple[Field, ...], thing: dict[str, Any], *, may_skip: bool = False) -> list[str]:
    """Return the lines by which a case is told in an interview."""
    lines: list[str] = []
    must = [one for one in fields if one.least]
    more = [one for one in fields if not one.least]
    asked = [one for one in more if one.advised or may_skip]
    rest = [one for one in more if one not in asked]
    for field in [*must, *asked]:
        lines += _told_field(field, thing.get(field.key))
        if may_skip and field is must[0] and not thing:
            return lines
    if rest:
        lines.append("y")
        lines += [line for field in rest for line in _told_field(field, thing.get(field.key))]
    return lines


def _told_field(field: Field, value: Any) -> list[str]:
    if field.is_group:
        given = value or {}
        return [line for one in field.fields for line in _told_field(one, given.get(one.key))]
    if field.fields and field.most == 1:
        return _told(field.fields, value or {}, may_skip=not field.least)
    if field.fields:
        parts = value or [{}]
        lines: list[str] = []
        for at, part in enumerate(parts):
            last = at == len(parts) - 1
            lines += _told(field.fields, part, may_skip=at > 0 or not field.least)
            lines += [] if not part else ["" if last else "y"]
        return lines
    if field.most == 1:
        return [value or ""]
    if field.choices:
        return [", ".join(value or [])]
    return [*(value or []), ""]


@pytest.mark.parametrize("name", ["bristol-pound", "wigan-deal", "standing-rock"])
def test_a_case_told_line_by_line_is_that_case(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fields = form_of("case", ONTOLOGY).own
    source = tmp_path / "source.yaml"
    source.write_text(copied("of-ours", name), encoding="utf-8")
    lines = ["of-ours", *_told(fields, answers_of(fields, plain(source)))]
    done = run("new", "case", "--ask", told="\n".join(lines) + "\n")
    assert done.exit_code == 0, done.output
    assert "sysgraph validate of-ours.yaml" in done.output
    vocabulary = ONTOLOGY.vocabulary
    (other,) = read(tmp_path / "of-ours.yaml", vocabulary)
    assert {*merge(own(source, vocabulary))} == {*merge(other.quads)}


def test_answers_are_checked_at_once() -> None:
    fields = {one.key: one for one in form_of("case", ONTOLOGY).fields}
    assert understand(fields["scale"], "2") == "city"
    assert understand(fields["countries"], "united kingdom") == "GB"
    with pytest.raises(Unclear, match="did you mean 'coordinate'"):
        understand(fields["aims"], "cordinate")
    with pytest.raises(Unclear, match="four digits"):
        understand(fields["start"], "97")
    with pytest.raises(Unclear, match="names its licence"):
        understand(fields["licence"], "CC-BY")
    with pytest.raises(Unclear, match="no spaces"):
        understand(fields["licence"], "https://x y")
    assert understand(fields["licence"], "sysg:x") == "sysg:x"


def test_a_file_is_begun_with_its_schema_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "my-case.yaml"
    done = run("new", "case", "--id", "my-case", "--out", str(out))
    assert done.exit_code == 0
    name = out.read_text().partition("\n")[0].partition("$schema=")[2]
    assert json.loads((tmp_path / name).read_text()) == schema_of("case", ONTOLOGY)
    again = run("new", "case", "--out", str(out))
    assert isinstance(again.exception, BadFile)
    (tmp_path / name).write_text("{}")
    other = run("new", "case", "--out", str(tmp_path / "two.yaml"))
    assert isinstance(other.exception, BadFile)
    (tmp_path / name).write_text("not JSON")
    other = run("new", "case", "--out", str(tmp_path / "two.yaml"))
    assert isinstance(other.exception, BadFile)
    assert not (tmp_path / "two.yaml").exists()
    lost = run("new", "risk", "--out", str(tmp_path / "no" / "two.ttl"))
    assert isinstance(lost.exception, BadFile)


def test_what_is_printed_says_how_to_make_the_schema(tmp_path: Path) -> None:
    printed = run("new", "critique").output.splitlines()
    assert printed[0].endswith("$schema=sysgraph-critique.schema.json")
    assert "sysgraph new schema critique --out" in printed[1]
    assert json.loads(run("new", "schema", "critique").output)["$defs"]["critique"]
    place = tmp_path / "kept.json"
    assert run("new", "schema", "--out", str(place)).exit_code == 0
    assert run("new", "schema", "--out", str(place)).exit_code == 0
    assert json.loads(place.read_text())["$id"].endswith("/case")


@pytest.mark.parametrize("kind", kinds(ONTOLOGY))
def test_what_an_id_looks_like_is_said_by_the_shape_of_the_kind(kind: str) -> None:
    fields = {field.predicate: field for field in form_of(kind, ONTOLOGY).fields}
    notation = fields.get("http://www.w3.org/2004/02/skos/core#notation")
    for wrong in ("No Good", "x/y"):
        done = run("new", kind, "--id", wrong)
        assert isinstance(done.exception, SysgraphError)
        assert (notation.says[0] if notation else "2 to 63 small letters") in str(done.exception)
    good = "XK" if kind == "country" else "never-heard-of"
    assert good in run("new", kind, "--id", good).output


def test_a_code_that_is_no_code_is_refused() -> None:
    form = form_of("country", ONTOLOGY)
    told = {given: explain_id(form, given) is None for given in ("XK", "042", "xk", "XKX", "XK\n")}
    assert told == {"XK": True, "042": True, "xk": False, "XKX": False, "XK\n": False}


def test_an_answer_that_cannot_stand_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = ["of-ours", "Name", "Of Ours", "of-ours", "1", "x", "y", "http", "https://example.org/"]
    done = run("new", "source", "--ask", told="\n".join(told) + "\n")
    assert done.exit_code == 0
    assert "small letters, digits and hyphens" in done.output
    text = (tmp_path / "of-ours.ttl").read_text()
    assert 'skos:notation "of-ours"' in text
    assert "sysg:fill-in" in text  # the pipe ended before all was said


def test_a_block_may_hold_an_address() -> None:
    form = form_of("source", ONTOLOGY)
    text = block(form, "of-ours", {"schema:url": ["https://example.org/"]})
    assert "schema:url <https://example.org/> ;" in text


@pytest.mark.parametrize(("kind", "name"), [("case", "wigan-deal"), ("risk", "tokenism")])
def test_an_id_of_something_that_is_there_is_refused(
    kind: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = run("new", kind, "--id", name, "--out", f"x.{'yaml' if kind == 'case' else 'ttl'}")
    assert f"there is a {kind} {name} already" in str(given.exception)
    typed = run("new", kind, "--ask", told=f"{name}\nof-ours\n")
    assert f"there is a {kind} {name} already" in typed.output
    assert not [path for path in tmp_path.iterdir() if path.stem in ("x", name)]


@pytest.mark.skipif(sys.platform == "win32", reason="it has no pseudo-terminals")
def test_on_a_terminal_it_asks_and_control_c_leaves_nothing(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "sysgraph", "new", "case"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, start_new_session=True
    ) as process:
        seen = b""
        for awaited, answer in ((b"(id): ", b"mine\n"), (b"title: ", b"My title\n")):
            while awaited not in seen:
                seen += os.read(ours, 1000)
            os.write(ours, answer)
        while b"summary: " not in seen:
            seen += os.read(ours, 1000)
        process.send_signal(signal.SIGINT)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == -signal.SIGINT
    assert not [*tmp_path.iterdir()]


def test_without_an_id_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("new", "risk", "--ask", told="No Good\n")
    assert isinstance(done.exception, SysgraphError)
    assert "small letters" in done.output
    assert isinstance(run("new", "risk", "--id", "No Good").exception, SysgraphError)
    assert not [*tmp_path.iterdir()]


def test_a_case_may_be_begun_in_json(tmp_path: Path) -> None:
    out = tmp_path / "mine.json"
    assert run("new", "case", "--id", "mine", "--format", "json", "--out", str(out)).exit_code == 0
    _, findings = check_files([out])
    assert {"title", "scale", "aims", "practice.primary"} <= {finding.field for finding in findings}
    assert isinstance(run("new", "risk", "--format", "json").exception, SysgraphError)


def test_forms_are_read_once() -> None:
    assert form_of("case", ONTOLOGY) is form_of("case", ONTOLOGY)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_to_be_filled_is_read_once_it_has_a_row(ending: str, tmp_path: Path) -> None:
    out = tmp_path / f"cases.{ending}"
    assert run("new", "case", "--format", ending, "--out", str(out)).exit_code == 0
    vocabulary = ONTOLOGY.vocabulary
    with pytest.raises(BadFile, match="it has no case"):
        read(out, vocabulary)
    mine = own(CASES[0], vocabulary)
    tree = tell(mine, CASES[0].stem, vocabulary)
    if ending == "csv":
        written = b"".join(write_csv(lambda: [tree], vocabulary)).decode("utf-8-sig")
        (cells,) = csv.DictReader(StringIO(written, newline=""))
        heads = next(csv.reader(StringIO(out.read_text(encoding="utf-8-sig"), newline="")))
        with out.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow([cells.get(head, "") for head in heads])
        assert {head for head, cell in cells.items() if cell} <= {*heads}
        (case,) = read(out, vocabulary)
        assert set(case.quads) == set(mine)
    again = run("new", "case", "--format", ending, "--out", str(out))
    assert "it is there already" in str(again.exception)


@pytest.mark.parametrize(
    ("form", "name", "begins"),
    [
        ((), "mine.xlsx", b"PK"),
        ((), "mine.csv", b"\xef\xbb\xbfid,"),
        ((), "mine.json", b"{"),
        ((), "mine.yml", b"# yaml-language-server"),
        (("--format", "csv"), "mine", b"\xef\xbb\xbfid,"),
        (("--format", "csv"), "mine.xlsx", b""),
        (("--format", "xlsx"), "mine.csv", b""),
        (("--format", "json"), "mine.yml", b""),
    ],
)
def test_a_file_holds_what_its_name_says(
    form: tuple[str, ...], name: str, begins: bytes, tmp_path: Path
) -> None:
    out = tmp_path / name
    done = run("new", "case", *form, "--out", str(out))
    if begins:
        assert out.read_bytes().startswith(begins), done.output
    else:
        assert f"let it end in .{form[1]}" in str(done.exception)
        assert not out.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("case", "critique"), "'critique' is a word too many"),
        (("risk", "--format", "csv"), "name no csv or xlsx for a risk"),
        (("case", "--format", "csv", "--ask"), "leave out --ask"),
        (("case", "--format", "csv", "--id", "mine", "--ask"), "leave out --id and --ask"),
    ],
)
def test_what_cannot_be_begun_so_is_said(words: tuple[str, ...], said: str) -> None:
    assert said in str(run("new", *words).exception)


def test_a_table_is_of_cases(tmp_path: Path) -> None:
    for words in (["critique"], ["risk"], ["case", "--id", "mine"], ["case", "--ask"]):
        done = run("new", *words, "--format", "xlsx", "--out", str(tmp_path / "x.xlsx"))
        assert "a table is for cases" in str(done.exception)
    assert not (tmp_path / "x.xlsx").exists()

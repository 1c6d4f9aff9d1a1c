"""The questions to take away: as linked data, and as a folder for grlc."""

import re
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
import yaml
from rdflib.namespace import DCTERMS, RDF, RDFS, SH

from answers import CASES, EXPECTED, called, table
from calling import Call
from sysgraph.pages.rows import rows_csv
from sysgraph.publish.files import export
from sysgraph.publish.parts import What
from sysgraph.publish.questions import describe_questions, write_grlc
from sysgraph.query import catalogue, find
from sysgraph.rdf import Format, parse
from sysgraph.store.local import LocalStore, memory
from sysgraph.terms import PREFIXES

QUERY = rdflib.Namespace(PREFIXES["query"])
SYSG = rdflib.Namespace(PREFIXES["sysg"])
SCHEMA = rdflib.Namespace(PREFIXES["schema"])
ENDPOINT = "http://127.0.0.1:7878/query"

ONE = """\
#+ summary: Which cases began in a year?
#+ tags: [case]
#+ params:
#+   year: {type: year, label: "year"}
PREFIX sysg: <https://w3id.org/sysgraph/>

SELECT ?case
WHERE {
  VALUES ?year { UNDEF }
  ?case sysg:startYear ?year .
}
ORDER BY ?case
"""


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of questions in which there is one, with a parameter that is a year."""
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "begun-in.rq").write_text(ONE, encoding="utf-8")
    monkeypatch.setattr("sysgraph.query.data", lambda: tmp_path)


@pytest.fixture(scope="module")
def linked() -> rdflib.Graph:
    return rdflib.Graph().parse(export(memory(), Format.TURTLE, What.QUESTIONS))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, world: LocalStore) -> Path:
    folder = tmp_path_factory.mktemp("grlc") / "questions"
    write_grlc(world, folder)
    return folder


def test_each_question_stands_with_its_words_and_parameters(linked: rdflib.Graph) -> None:
    case, parameter = QUERY["cases-of-type"], QUERY["cases-of-type/type"]
    assert set(linked.objects(case, RDF.type)) == {
        SH.SPARQLExecutable,
        SH.SPARQLSelectExecutable,
        SH.Parameterizable,
    }
    asks = "Which cases were led in the way of a type, and how were they judged?"
    assert linked.value(case, RDFS.comment) == rdflib.Literal(asks, lang="en")
    assert set(linked.objects(case, SCHEMA.keywords)) == {*map(rdflib.Literal, ("case", "type"))}
    assert linked.value(case, SH.parameter) == parameter
    assert linked.value(parameter, SH["class"]) == SYSG.LeadershipType
    assert linked.value(parameter, SH.optional) == rdflib.Literal(True)
    assert linked.value(parameter, SH.path) == QUERY["parameter/type"]
    assert linked.value(case, SCHEMA.target) is None


def test_each_has_a_name_and_says_where_it_is_from(linked: rdflib.Graph) -> None:
    questions = {*linked.subjects(RDF.type, SH.SPARQLSelectExecutable)}
    assert questions == {QUERY[name] for name in catalogue()}
    for subject in set(linked.subjects()):
        assert linked.value(subject, RDF.type), subject
        assert linked.value(subject, RDFS.label), subject
    whole = rdflib.URIRef(PREFIXES["query"])
    assert all(linked.value(each, RDFS.isDefinedBy) == whole for each in questions)
    assert all(linked.value(each, DCTERMS.license) for each in questions)
    assert not any(isinstance(node, rdflib.BNode) for node in linked.all_nodes())


@pytest.mark.parametrize("name", catalogue())
def test_text_within_runs_as_it_stands(name: str, linked: rdflib.Graph, world: LocalStore) -> None:
    text = str(linked.value(QUERY[name], SH.select))
    assert "#+" not in text
    expected = (EXPECTED / f"{name}.csv").read_text()
    assert table(rows_csv(world.select(text))) == table(expected)


def test_prefixes_that_are_declared_make_it_run_without_its_own(linked: rdflib.Graph) -> None:
    whole = rdflib.URIRef(PREFIXES["query"])
    declared = {
        str(linked.value(each, SH.prefix)): str(linked.value(each, SH.namespace))
        for each in linked.objects(whole, SH.declare)
    }
    for text in linked.objects(None, SH.select):
        used = re.findall(r"^PREFIX ([\w-]+): <(.*)>$", str(text), re.MULTILINE)
        assert used
        assert all(declared[prefix] == base for prefix, base in used)


@pytest.mark.parametrize("syntax", Format)
def test_each_syntax_says_the_same(syntax: Format) -> None:
    wanted = {quad.triple for quad in describe_questions(memory())}
    data = export(memory(), syntax, What.QUESTIONS)
    assert {quad.triple for quad in parse(data, syntax, "questions")} == wanted


@pytest.mark.usefixtures("one")
def test_a_question_that_is_added_needs_no_python(tmp_path: Path) -> None:
    said = {quad.triple for quad in describe_questions(memory())}
    year = ox.NamedNode(PREFIXES["xsd"] + "gYear")
    assert any(
        s == ox.NamedNode(QUERY["begun-in/year"]) and p.value == str(SH.datatype) and o == year
        for s, p, o in said
    )
    write_grlc(memory(), tmp_path / "grlc")
    text = (tmp_path / "grlc" / "begun-in.rq").read_text()
    assert "BIND (?__year_xsd_gYear AS ?year)" in text
    assert sorted(each.name for each in (tmp_path / "grlc").iterdir()) == [
        "begun-in.rq",
        "local-api-config.ini",
    ]


@pytest.mark.usefixtures("one")
def test_an_endpoint_is_named_where_the_store_is_one(tmp_path: Path) -> None:
    store = LocalStore(ox.Store(), ENDPOINT)
    targets = {
        q.object for q in describe_questions(store) if q.predicate.value == str(SCHEMA.target)
    }
    assert targets == {ox.NamedNode(ENDPOINT)}
    write_grlc(store, tmp_path / "grlc")
    assert decorators(tmp_path / "grlc" / "begun-in.rq")["endpoint"] == ENDPOINT
    assert (tmp_path / "grlc" / "endpoint.txt").read_text() == f"{ENDPOINT}\n"


def decorators(file: Path) -> Mapping[str, object]:
    """Read decorators as grlc does: the lines that begin with #+, without that, are YAML."""
    lines = [line for line in file.read_text().split("\n") if line.startswith("#+")]
    found = yaml.safe_load("\n".join(line.lstrip("#+") for line in lines))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_grlc_fills_in_gives_the_same_rows(
    path: Path, served: Path, world: LocalStore
) -> None:
    query, arguments = called(path)
    file = served / f"{query.name}.rq"
    text = file.read_text()
    for name, value in arguments.items():
        listed = decorators(file).get("enumerate", [])
        assert isinstance(listed, list)
        things = [iri for each in listed for iri in each.get(name, [])]
        iris = [iri for iri in things if iri.endswith(f"/{value}")]
        variable, term = (
            (f"?__{name}_iri", f"<{iris[0]}>") if iris else (f"?__{name}", f'"{value}"')
        )
        assert text.count(variable) == 1
        text = text.replace(variable, term)
    assert table(rows_csv(world.select(text))) == table(path.read_text())


def test_decorators_hold_the_words_of_a_question(served: Path) -> None:
    said = decorators(served / "cases-of-type.rq")
    query = find("cases-of-type")
    assert said["summary"] == query.summary
    assert said["description"] == query.description
    assert said["tags"] == ["case", "type"]
    assert said["method"] == "GET"
    assert "endpoint" not in said


def test_command_writes_and_rewrites_a_folder(tmp_path: Path, call: Call) -> None:
    folder = tmp_path / "questions"
    for _ in range(2):
        said = call("export", "--format", "grlc", "-o", folder)
        assert (said.code, said.out) == (0, "")
        assert {path.stem for path in folder.glob("*.rq")} == set(catalogue())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name it with -o"),
        (("--what", "cases", "-o", "x"), "grlc is always of questions"),
        (("-o", "mine"), "it holds notes.txt, which would be lost"),
        (("-o", "queries"), "it holds a.rq, which would be lost"),
        (("-o", "theirs"), "it holds local-api-config.ini, which would be lost"),
        (("-o", "file"), "this is a file"),
    ],
)
def test_command_says_what_it_cannot_do(
    words: tuple[str, ...],
    told: str,
    tmp_path: Path,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("mine", "queries", "theirs"):
        (tmp_path / name).mkdir()
    names = ("mine/notes.txt", "queries/a.rq", "theirs/local-api-config.ini", "file")
    files = [tmp_path / name for name in names]
    for file in files:
        file.write_text("mine")
    said = call("export", "--format", "grlc", *words)
    assert said.code == 2
    assert told in said.err
    assert all(file.read_text() == "mine" for file in files)

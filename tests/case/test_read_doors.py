"""One case through every door: the same graph, and back to what was written."""

import csv
import json
import time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pyoxigraph as ox
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from pyld import jsonld
from rdflib import Graph
from rdflib.compare import isomorphic
from typer.testing import CliRunner

from linked import linked
from shelf import CASES, FEW, SHARES, TESTS
from sysgraph import characters
from sysgraph.case import sheets as parts
from sysgraph.case.compile import Bare, Compiler, tell
from sysgraph.case.contribution import Contribution
from sysgraph.case.document import Document, Plain, read_document
from sysgraph.case.read import read, read_part
from sysgraph.case.rows import columns_of, find_column, guard, join_cell, split_cell, unguard
from sysgraph.case.sheets import MAX_UNPACKED, TABLES, rows_of
from sysgraph.check import check_files
from sysgraph.cli.app import build
from sysgraph.context import ContextKey
from sysgraph.errors import BadFile, BadFiles, Finding, Severity, SysgraphError
from sysgraph.files import data
from sysgraph.fill.template import advise_column
from sysgraph.ontology import Ontology
from sysgraph.publish.files import export_files
from sysgraph.publish.parts import Part, Plainly, What
from sysgraph.publish.tables import (
    blank_columns,
    empty_csv,
    empty_workbook,
    write_csv,
    write_json,
    write_workbook,
    write_yaml,
)
from sysgraph.rdf import Format, parse, scan
from sysgraph.store.local import Store
from sysgraph.terms import graph_of
from sysgraph.turtle import serialize
from sysgraph.vocabulary import Vocabulary, choices

ONTOLOGY = data() / "ontology"
WORLD = sorted((TESTS / "world").glob("*.yaml"))
RDF = {
    Format.TURTLE: "ttl",
    Format.TRIG: "trig",
    Format.NQUADS: "nq",
    Format.NTRIPLES: "nt",
    Format.JSONLD: "jsonld",
    Format.XML: "rdf",
}
quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def shipped(vocabulary: Vocabulary) -> dict[str, Contribution]:
    """The shipped cases and those of the tiny world, by their ids."""
    found = [case for path in [*CASES, *WORLD] for case in read(path, vocabulary)]
    assert len(found) == len(CASES) + len(WORLD)
    return {case.case_id: case for case in found}


@pytest.fixture(params=SHARES)
def share(
    request: pytest.FixtureRequest, shipped: dict[str, Contribution]
) -> dict[str, Contribution]:
    """A share of the shipped cases, and those of the tiny world."""
    return {path.stem: shipped[path.stem] for path in [*request.param, *WORLD]}


def written(
    trees: list[dict[str, Plain]], syntax: Plainly, vocabulary: Vocabulary, folder: Path
) -> Path:
    """A file of that syntax that holds the cases."""
    path = folder / f"cases.{syntax}"
    if syntax is Plainly.XLSX:
        path.write_bytes(write_workbook(trees, Ontology.load(ONTOLOGY)))
    elif syntax is Plainly.CSV:
        path.write_bytes(b"".join(write_csv(lambda: trees, vocabulary)))
    else:
        write = write_yaml if syntax is Plainly.YAML else write_json
        path.write_bytes(b"".join(write(trees)))
    return path


def unordered(value: Any) -> Any:
    """Data in which the order of keys, and of texts in a list, does not count."""
    if isinstance(value, dict):
        return {key: unordered(item) for key, item in value.items()}
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return sorted(map(str, value))
    return [unordered(item) for item in value] if isinstance(value, list) else str(value)


# --- the same graph through every door


@pytest.mark.slow
@pytest.mark.parametrize("syntax", list(Plainly))
def test_every_case_comes_through_every_plain_door(
    syntax: Plainly,
    share: dict[str, Contribution],
    vocabulary: Vocabulary,
    tmp_path: Path,
) -> None:
    trees = [tell(case.quads, case.case_id, vocabulary) for case in share.values()]
    again = read(written(trees, syntax, vocabulary, tmp_path), vocabulary)
    assert [case.case_id for case in again] == list(share)
    for case in again:
        assert case.findings == []
        assert set(case.quads) == set(share[case.case_id].quads)
    for tree in trees[::16]:  # and one by itself
        (alone,) = read(written([tree], syntax, vocabulary, tmp_path), vocabulary)
        assert set(alone.quads) == set(share[alone.case_id].quads)


@pytest.mark.slow
@pytest.mark.parametrize("syntax", list(RDF))
def test_every_case_comes_through_every_rdf_door(
    syntax: Format, share: dict[str, Contribution], vocabulary: Vocabulary, tmp_path: Path
) -> None:
    path = tmp_path / f"case.{RDF[syntax]}"
    for case in share.values():
        path.write_bytes(serialize(case.quads, syntax))
        (again,) = read(path, vocabulary)
        assert again.findings == []
        assert set(again.quads) == set(case.quads)


@pytest.mark.slow
def test_the_doors_are_isomorphic_to_rdflib_too(
    shipped: dict[str, Contribution], vocabulary: Vocabulary, tmp_path: Path
) -> None:
    for case in list(shipped.values())[::16]:
        tree = tell(case.quads, case.case_id, vocabulary)
        graphs = []
        for syntax in Plainly:
            (again,) = read(written([tree], syntax, vocabulary, tmp_path), vocabulary)
            graphs.append(Graph().parse(serialize(again.quads, Format.TURTLE), format="turtle"))
        graphs.append(Graph().parse(serialize(case.quads, Format.XML), format="xml"))
        assert all(isomorphic(graphs[0], graph) for graph in graphs[1:])


@pytest.mark.slow
def test_yaml_to_graph_to_yaml_keeps_everything(
    share: dict[str, Contribution], vocabulary: Vocabulary
) -> None:
    files = {path.stem: path for path in [*CASES, *WORLD]}
    for name, case in share.items():
        path = files[name]
        before = read_document(path.read_bytes(), str(path)).data
        text = b"".join(write_yaml([tell(case.quads, case.case_id, vocabulary)]))
        after = read_document(text, "again.yaml").data
        assert unordered(after) == unordered(before)
        if path in CASES:  # other programs find the same texts, numbers, dates and truth values
            theirs = yaml.safe_load(path.read_text())
            assert unordered(jsonish(yaml.safe_load(text))) == unordered(jsonish(theirs))


def jsonish(value: Any) -> Any:
    return json.loads(json.dumps(value, default=repr), parse_int=repr)


def test_critiques_come_through_every_plain_door(vocabulary: Vocabulary, tmp_path: Path) -> None:
    tree: dict[str, Plain] = {
        "id": "of-ours",
        "kind": "critique",
        "about": ["https://w3id.org/sysgraph/case/nuka", "https://w3id.org/sysgraph/risk/tokenism"],
        "question": "witness",
        "asked": "is",
        "standpoint": "affected, not involved",
        "says": "x; y",
        "contributor": {"name": "A"},
        "contributed": Bare("2026-11-22"),
    }
    expected = None
    for syntax in Plainly:
        path = written([tree], syntax, vocabulary, tmp_path)
        (case,) = read(path, vocabulary, critiques=True)
        assert case.findings == []
        assert case.case_id == "critique/of-ours"
        assert tell(case.quads, case.case_id, vocabulary) == tree
        expected = expected or set(case.quads)
        assert set(case.quads) == expected
        with pytest.raises(BadFile, match="holds a critique"):
            read(path, vocabulary)
        if path.suffix in TABLES:
            (part,) = rows_of(path, vocabulary)
            with pytest.raises(BadFile, match="B2: it holds a critique"):
                read_part(part, vocabulary)


def test_what_has_no_key_is_never_left_out(
    shipped: dict[str, Contribution], vocabulary: Vocabulary
) -> None:
    case = shipped["nuka"]
    title = ox.NamedNode("http://purl.org/dc/terms/title")
    end, aim = (
        ox.NamedNode(f"https://w3id.org/sysgraph/{name}") for name in ("endYear", "servesAim")
    )
    for predicate, value in (
        (title, ox.Literal("Nuka", language="fi")),
        (title, ox.Literal("Nuka")),
        (title, ox.NamedNode("urn:x")),
        (end, ox.Literal("2000")),
        (aim, ox.Literal("improve")),
    ):
        quads = [*case.quads, ox.Quad(ox.NamedNode(case.iri), predicate, value)]
        with pytest.raises(SysgraphError, match=r"has no key of its own; write it as Turtle"):
            tell(quads, "nuka", vocabulary)
    stray = ox.Quad(ox.NamedNode("urn:s"), title, ox.Literal("x"))
    with pytest.raises(SysgraphError, match="urn:s has no key"):
        tell([*case.quads, stray], "nuka", vocabulary)
    facet = ox.NamedNode(f"{case.iri}/readings/1/facets/stakes")
    value = ox.NamedNode("https://w3id.org/sysgraph/observesValue")
    with pytest.raises(SysgraphError, match="has no key"):
        tell([*case.quads, ox.Quad(facet, value, ox.NamedNode("urn:x"))], "nuka", vocabulary)


def test_parts_named_otherwise_find_their_keys(
    shipped: dict[str, Contribution], vocabulary: Vocabulary
) -> None:
    case = shipped["nuka"]
    text = serialize(case.quads, Format.NTRIPLES).decode()
    for facet in ("stakes", "change-aim", "agreement"):
        text = text.replace(f"/facets/{facet}>", f"/facets/seen-{facet}>")
    quads = parse(text.encode(), Format.NTRIPLES, "x")
    assert set(quads) != set(case.quads)
    told = tell(quads, "nuka", vocabulary)
    assert unordered(told) == unordered(tell(case.quads, "nuka", vocabulary))


# --- the direct way from keys to triples is that of JSON-LD


IRI = "https://w3id.org/sysgraph/case/x-y"


def direct(tree: dict[str, Plain], vocabulary: Vocabulary) -> set[ox.Quad]:
    compiler = Compiler(Document(tree), vocabulary, "x")
    compiler.add(tree, IRI, ())
    return set(compiler.quads)


@pytest.mark.slow
@pytest.mark.parametrize("paths", SHARES)
def test_direct_triples_are_those_of_both_json_ld_libraries(
    paths: list[Path], vocabulary: Vocabulary
) -> None:
    for number, path in enumerate([*paths, *WORLD]):
        document = read_document(path.read_bytes(), str(path)).data
        assert isinstance(document, dict)
        text = json.dumps({"@context": vocabulary.context, **linked(document, IRI, vocabulary)})
        ours = direct(document, vocabulary)
        assert ours == set(scan(text.encode(), Format.JSONLD, "x"))
        if number % 8 == 0:
            theirs = jsonld.to_rdf(json.loads(text), {"format": "application/n-quads"})
            assert ours == set(parse(theirs.encode(), Format.NQUADS, "pyld"))


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
ADDRESSES = st.sampled_from(
    [
        "https://example.org/a?b=c#d",
        "sysg:case/nuka",
        "urn:isbn:123",
        "www.example.org",
        "_:b",
        "@id",
        "id",
        "sysg://x",
        "title:x",
        "http://a b",
        "http://é.org/ü",
        "x",
        "",
        "mailto:a@b",
        ":x",
        "schema:",
    ]
)


def trees(
    named: dict[str, ContextKey], vocabulary: Vocabulary
) -> st.SearchStrategy[dict[str, Any]]:
    """Cases of any keys that the context has, with whatever may stand under them."""
    keys: dict[str, st.SearchStrategy[Any]] = {}
    for name, key in named.items():
        if key.keys:
            part = trees(key.keys, vocabulary)
            keys[name] = part if key.is_group else part | st.lists(part, max_size=2)
            continue
        texts = ADDRESSES if key.kind == "@id" else TEXTS
        if key.kind == "@id" and key.base:  # JSON-LD takes its own word "id" for that
            texts = ADDRESSES.filter(lambda text: text != "id")
        if key.kind == "@vocab":
            texts = st.sampled_from([*choices(vocabulary, key.base)[:5], "unknown"])
        keys[name] = texts | st.lists(texts, max_size=3)
    # Most keys are left out, or no case would be small.
    return st.lists(st.sampled_from(sorted(keys)), max_size=4, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries({key: keys[key] for key in chosen})
    )


@pytest.mark.slow
@quick
@given(drawn=st.data())
def test_direct_triples_are_those_of_json_ld_for_any_case(drawn: st.DataObject) -> None:
    vocabulary = Ontology.load(ONTOLOGY).vocabulary
    tree = drawn.draw(trees(vocabulary.keys, vocabulary))
    text = json.dumps({"@context": vocabulary.context, **linked(tree, IRI, vocabulary)}).encode()
    assert direct(tree, vocabulary) == set(scan(text, Format.JSONLD, "x"))


def test_no_word_is_a_key_as_well(vocabulary: Vocabulary) -> None:
    # JSON-LD would take the word for the key.
    used: set[str] = set()

    def gather(context: dict[str, Any]) -> None:
        for definition in context.values():
            if isinstance(definition, dict):
                inner = definition.get("@context", {})
                gather(inner)
                if definition.get("@type") == "@vocab":
                    used.update(choices(vocabulary, inner["@vocab"]))

    gather(vocabulary.context)
    keys = {part for column in columns_of(vocabulary) for part in column.path}
    assert len(used) > 100
    assert not used & (keys | vocabulary.context.keys())


def test_addresses_that_are_none_are_named(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = CASES[0].read_text().replace("licence: https://", "licence: ")
    path = tmp_path / "case.yaml"
    path.write_text(text)
    (case,) = read(path, vocabulary)
    (finding,) = case.findings
    assert finding.field == "licence"
    assert "is not an address: write a whole one" in finding.message
    assert text.splitlines()[(finding.line or 0) - 1].startswith("licence:")


# --- tables: what is read, what is refused, and where each finding points


def table(folder: Path, rows: list[list[str]], name: str = "cases.csv", **form: Any) -> Path:
    """A CSV file of these rows, or a workbook of them."""
    path = folder / name
    if name.endswith(".xlsx"):
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        for row in rows:
            sheet.append(row)
        book.save(path)
        return path
    text = StringIO()
    csv.writer(text, **form).writerows(rows)
    path.write_bytes(text.getvalue().encode())
    return path


@pytest.fixture
def sample(shipped: dict[str, Contribution], vocabulary: Vocabulary) -> list[list[str]]:
    """Two shipped cases as rows."""
    told = [tell(shipped[name].quads, name, vocabulary) for name in ("nuka", "agra")]
    text = b"".join(write_csv(lambda: told, vocabulary)).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def violations(path: Path) -> list[Finding]:
    _, found = check_files([path])
    return [finding for finding in found if finding.severity is Severity.VIOLATION]


def place(sample: list[list[str]], column: str, row: int = 2) -> str:
    return f"{get_column_letter(sample[0].index(column) + 1)}{row}"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cases.csv", "cases.xlsx"])
@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("scale", "citty", "Every case has one scale"),
        ("practice.primary", "facilitativ", "did you mean 'facilitative'"),
        ("countries", "US; XX", "'XX' is not known here"),
        ("readings.2.facets.stakes.value", "high", "'high' is not known here"),
        ("readings.2.facets.stakes.value", "unknown", "of which nothing is known is left out"),
        ("start", "97", "'97' is not a year"),
        ("contributed", "2026-02-30", "'2026-02-30' is not a date"),
        ("citations.1.read", "yes", "'yes' is neither true nor false"),
        ("citations.1.url", "www.example.org", "is not an address"),
        ("licence", "CC BY", "is not an address"),
        ("title", "", "Every case has a title"),
        ("outcome.led.judgement", "", "Every outcome has one judgement"),
        ("practice.why", "", "Every practice says why"),
        ("citations.1.title", "", "Every citation has a title"),
        ("driver", "#REF!", "the spreadsheet says "),
    ],
)
def test_findings_name_the_cell(
    name: str, column: str, text: str, said: str, sample: list[list[str]], tmp_path: Path
) -> None:
    sample[1][sample[0].index(column)] = text
    found = violations(table(tmp_path, sample, name))
    (finding,) = [finding for finding in found if said in finding.message]
    assert finding.cell == place(sample, column)
    assert finding.field == column
    assert (finding.line, finding.column) == (2, sample[0].index(column) + 1)
    assert str(finding).startswith(f"{tmp_path / name}:{finding.cell}: {column}: ")
    assert {other.cell for other in found} == {finding.cell}


def test_what_is_missing_altogether_is_found_at_its_first_column(
    sample: list[list[str]], tmp_path: Path
) -> None:
    for at, head in enumerate(sample[0]):
        if head.startswith("practice."):
            sample[2][at] = ""
    (finding,) = violations(table(tmp_path, sample))
    assert finding.cell == place(sample, "practice.primary", 3)
    rows = sample[:2]
    without = [[c for h, c in zip(sample[0], row, strict=True) if h != "place"] for row in rows]
    (finding,) = violations(table(tmp_path, without))
    assert (finding.cell, finding.line, finding.column) == ("row 2", 2, None)


@pytest.mark.parametrize(
    ("delimiter", "name"), [(",", "c.csv"), (";", "c.csv"), ("\t", "c.csv"), ("\t", "c.tsv")]
)
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"sep=%s\r\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_are_found_out(
    delimiter: str,
    name: str,
    start: bytes,
    end: str,
    sample: list[list[str]],
    shipped: dict[str, Contribution],
    vocabulary: Vocabulary,
    tmp_path: Path,
) -> None:
    path = table(tmp_path, sample, name, delimiter=delimiter, lineterminator=end)
    path.write_bytes(start.replace(b"%s", delimiter.encode()) + path.read_bytes())
    for case in read(path, vocabulary):
        assert case.findings == []
        assert set(case.quads) == set(shipped[case.case_id].quads)
        assert case.row == 2 + (case.case_id == "agra") + (start[:3] == b"sep")


def test_lines_count_where_texts_have_several(sample: list[list[str]], tmp_path: Path) -> None:
    sample[1][sample[0].index("summary")] = "One\ntwo\nthree"
    sample.insert(2, [])
    sample.insert(3, [" "] * 3)
    sample[4][sample[0].index("scale")] = "citty"
    path = table(tmp_path, sample)
    (finding,) = violations(path)
    assert finding.cell == place(sample, "scale", 5)
    assert path.read_text().splitlines()[(finding.line or 0) - 1].startswith("agra,")


def test_heads_are_forgiven_for_their_form_only(vocabulary: Vocabulary) -> None:
    for name in (" Practice.Primary", "readings . 2 .facets.Purpose_Origin.value", "countries.2"):
        assert find_column(name, vocabulary)
    for name in (
        "readings.0.standpoint",
        "readings.x",
        "practice",
        "outcome",
        "outcome.led",
        "a.b",
    ):
        assert find_column(name, vocabulary) is None
    for name in ("title.1.2", "title.x", "outcome.1.led.why", "", ".", "@version", "sysg", "type"):
        assert find_column(name, vocabulary) is None
    for column in columns_of(vocabulary, 2):
        assert find_column(column.name, vocabulary) == column


def test_all_that_is_wrong_with_the_header_is_told_with_its_cell(
    sample: list[list[str]], tmp_path: Path
) -> None:
    sample[0][1] = "titel"
    sample[0] += ["id", "", "countries.1", "readings.3.standpont"]
    sample[1] += ["", "stray"]
    sample[2] += ["", "", "", "", "", "more"]
    path = table(tmp_path, sample)
    found = {finding.cell: finding.message for finding in violations(path)}
    width = len(sample[1]) - 2

    def cell(offset: int, row: int) -> str:
        return f"{get_column_letter(width + offset)}{row}"

    assert "no column 'titel'; did you mean 'title'" in found["B1"]
    assert "stands here twice" in found[cell(1, 1)]
    assert "number its key in all columns or in none" in found[cell(3, 1)]
    assert "did you mean 'readings.3.standpoint'" in found[cell(4, 1)]
    assert "has no name in the first row" in found[cell(2, 2)]
    assert "has no name in the first row" in found[cell(6, 3)]
    assert "Every case has a title" in found["row 2"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it has no case"),
        (b"id,title\n", "it has no case"),
        (b"id,title\n,\n , \n", "it has no case"),
        (b"title\nx\n", "there is no column 'id'"),
        (b"id,title\nnuka,\xe9\n", ":2: this is not UTF-8 text; save it as 'CSV UTF-8'"),
        ("id,title\nnuka,x".encode("utf-16"), "this is UTF-16 text; save it as 'CSV UTF-8'"),
        (b'id,title\nnuka,"x', "does not end with one"),
        (b'id,title\nnuka,"x"y\n', ":2: there is text after a closing quote"),
        (b"id,title\nnuka,a\0b\n", ":2: there is a NUL character"),
        (b"id,title\nnuka," + b"x" * 140_000, "more than 100,000 characters"),
        (b"id,title\nnuka," + b"x" * 3_000_000, "over 2,000,000 characters"),
        (b"id" + b"," * 3_000 + b"\nx\n", "at most 2,000"),
        (b'"id' + b"x" * 140_000, "more than 100,000 characters"),
        (b'"' + b"id,title\n" * 400_001, "is a quote not closed"),
        (b"id,title\nNot An Id,x\n,y\n", "cell A2: |A2: id 'Not An Id'"),
        (b"PK\x03\x04xxxx", "this is a workbook and no CSV"),
        (b"id,kind\nnuka,story\n", "there is no kind 'story'"),
    ],
)
def test_bad_csv_is_refused_with_its_line(
    text: bytes, said: str, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(text)
    with pytest.raises((BadFile, BadFiles), match=said):
        read(path, vocabulary)


def test_all_rows_without_an_id_are_told(
    tmp_path: Path, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "not you")

    path = table(tmp_path, [["id", "title"], ["A B", "x"], ["", "y"], ["nuka", "z"]])
    with pytest.raises(BadFiles, match=r"A2: id 'A B'.*\n.*row 3: the case has no id"):
        read(path, vocabulary)
    with pytest.raises(BadFile, match="no such file"):
        read(tmp_path / "none.csv", vocabulary)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        with pytest.raises(BadFile, match="cannot be read: not you"):
            read(path, vocabulary)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(BadFile, match="this is a folder"):
        read(tmp_path / "folder.csv", vocabulary)


def test_an_id_in_two_rows_is_found_at_the_second(
    sample: list[list[str]],
    tmp_path: Path,
    vocabulary: Vocabulary,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = table(tmp_path, [*sample, [], sample[1], [" nuka "]])
    assert [case.case_id for case in read(path, vocabulary)] == ["nuka", "agra"]
    first, second = violations(path)
    assert first.cell == "A5"
    assert second.cell == "A6"
    assert first.message == "the id 'nuka' is in row 2 too; give each row an id of its own"
    monkeypatch.setattr(parts, "_ROWS", 2)  # so that some of the rows are by themselves
    with pytest.raises(BadFiles, match=r"A5: the id 'nuka' is in row 2 too.*\n.*A6"):
        read(path, vocabulary)


def test_gaps_in_numbers_are_closed(sample: list[list[str]], tmp_path: Path) -> None:
    heads = sample[0]
    for at, head in enumerate(heads):
        heads[at] = head.replace("readings.2.", "readings.7.").replace(
            "citations.1.", "citations.9."
        )
    path = table(tmp_path, sample)
    cases, found = check_files([path])
    assert not [finding for finding in found if finding.severity is Severity.VIOLATION]
    assert any(f"{cases[0].iri}/readings/2>" in str(quad) for quad in cases[0].quads)
    sample[1][heads.index("readings.7.facets.stakes.value")] = "high"
    sample[1][heads.index("readings.7.standpoint")] = ""
    bad = {finding.cell for finding in violations(table(tmp_path, sample))}
    assert bad == {
        place(sample, "readings.7.facets.stakes.value"),
        place(sample, "readings.7.standpoint"),
    }


# --- any text survives


LINES = st.text(
    st.one_of(
        st.sampled_from(" ;,\"'\t\n\r=+-@#_x0041\\:{}[]&*!|>%`~"),
        st.characters(exclude_categories=("Cs", "Cc")),
        st.characters(max_codepoint=0x9F, exclude_characters="\0"),
    ),
    min_size=1,
    max_size=30,
).filter(lambda text: is_sound(text))  # noqa: PLW0108 - it is defined below


def is_sound(text: str) -> bool:
    """Tell whether a text may stand in a case, and is not one that nobody sees."""
    body = text.rstrip("\n")
    return (
        characters.is_sound(text)
        and text == characters.tidy(text)
        and bool(body)
        and body == body.strip()
        and body == body.strip("\x1c\x1d\x1e\x1f")
    )


@pytest.mark.slow
@quick
@example(title="#N/A", why="'#REF!", sectors=["=1+1", "'-x", "a; b", "'"])
@given(title=LINES, why=LINES, sectors=st.lists(LINES, min_size=1, max_size=3, unique=True))
def test_any_text_survives_every_plain_door(
    title: str,
    why: str,
    sectors: list[str],
    tmp_path: Path,
) -> None:
    vocabulary = Ontology.load(ONTOLOGY).vocabulary
    (case,) = read(ONTOLOGY / "cases" / "nuka.yaml", vocabulary)
    tree = tell(case.quads, "nuka", vocabulary)
    practice = tree["practice"]
    assert isinstance(practice, dict)
    tree = {**tree, "title": title, "sectors": [*sectors], "practice": {**practice, "why": why}}
    tree["citations"] = [{"title": title, "note": [title, why]}]
    expected = direct(tree, vocabulary)
    for syntax in Plainly:
        path = written([tree], syntax, vocabulary, tmp_path)
        (case,) = read(path, vocabulary)
        assert case.findings == []
        got = {str(quad).replace("/case/nuka", "/case/x-y") for quad in case.quads}
        assert got == set(map(str, expected))


@pytest.mark.slow
@given(st.lists(st.text(min_size=1)))
def test_cells_of_several_values_come_apart_again(values: list[str]) -> None:
    assert list(split_cell(join_cell(values))) == values


@pytest.mark.slow
@given(st.text())
def test_formulas_are_quoted_and_come_back(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_splitting_takes_no_time() -> None:
    began = time.perf_counter()
    for text in ('"' * 99_999, '"a' * 50_000, " " * 100_000, '";' * 50_000, '"";' * 33_000 + '"'):
        list(split_cell(text))
    assert time.perf_counter() - began < 5


# --- workbooks


def remade(data: bytes, **parts: bytes | None) -> bytes:
    """A workbook with parts of its archive replaced; the names stand with _ for / and ."""
    file = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            given = parts.pop(name.replace("/", "_").replace(".", "_"), old.read(name))
            if given is not None:
                new.writestr(name, given)
        for name, given in parts.items():
            new.writestr(name.replace("__", "/").replace("_bin", ".bin"), given or b"")
    return file.getvalue()


def saved(book: openpyxl.Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def test_typed_cells_become_the_text_that_people_read(
    sample: list[list[str]],
    shipped: dict[str, Contribution],
    vocabulary: Vocabulary,
    tmp_path: Path,
) -> None:
    import datetime

    book = openpyxl.Workbook()
    book.worksheets[0].title = "notes"
    book.create_sheet("hidden").sheet_state = "hidden"
    sheet = book.create_sheet(" Cases ")
    sheet.append([None])
    sheet.append([None, *sample[0]])
    row: list[object] = [None, *sample[1]]
    for column, value in (
        ("start", int(sample[1][sample[0].index("start")])),
        ("contributed", datetime.date(2026, 11, 22)),
        ("citations.1.read", False),
    ):
        assert str(value).lower() == sample[1][sample[0].index(column)]
        row[sample[0].index(column) + 1] = value
    sheet.append(row)
    path = tmp_path / "cases.xlsx"
    path.write_bytes(saved(book))
    (case,) = read(path, vocabulary)
    assert case.findings == []
    assert case.row == 3
    assert set(case.quads) == set(shipped["nuka"].quads)
    sheet.cell(3, sample[0].index("contributed") + 2).value = datetime.datetime(2026, 11, 22)
    path.write_bytes(saved(book))
    (case,) = read(path, vocabulary)
    assert set(case.quads) == set(shipped["nuka"].quads)
    sheet["B3"] = "x y"
    sheet["C3"], sheet["D3"], sheet["E3"] = 1.5, datetime.time(12, 30), datetime.timedelta(hours=30)
    path.write_bytes(saved(book))
    with pytest.raises(BadFile, match=r"B3: id 'x y'"):
        read(path, vocabulary)


def test_formulas_errors_and_mergers_are_findings(sample: list[list[str]], tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in sample:
        sheet.append(row)
    heads = sample[0]
    sheet.cell(2, heads.index("place") + 1).value = "=A2"
    sheet.cell(3, heads.index("driver") + 1).value = "#N/A"
    sheet.cell(3, heads.index("authority") + 1).value = "in\u200bvisible"
    at = heads.index("title") + 1
    sheet.merge_cells(start_row=3, end_row=3, start_column=at, end_column=at + 1)
    sheet.cell(1, len(heads) + 1).value = "=A1"
    path = tmp_path / "cases.xlsx"
    path.write_bytes(saved(book))
    found = {finding.cell: finding.message for finding in violations(path)}
    assert "this is a formula" in found.pop(f"{get_column_letter(len(heads) + 1)}1")
    assert "this is a formula" in found.pop(place(sample, "place"))
    assert "this is an error" in found.pop(place(sample, "driver", 3))
    assert "invisible character U+200B" in found.pop(place(sample, "authority", 3))
    assert "these cells are merged" in found.pop(place(sample, "title", 3))
    assert "Every case has a summary" in found.pop(place(sample, "summary", 3))  # it was merged
    assert found == {}


FAR = b'<c r="XFD1048576" t="n"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("part", "old", "new", "said"),
    [
        ("sheet", b"</row>", FAR, "reaches to the cell XFD1048576"),
        ("sheet", b"</row>", FAR.lower(), "reaches to the cell XFD1048576"),
        ("sheet", b"</row>", b'<c r="x"/></row>', "'x' is no cell"),
        ("sheet", b'<row r="1"', b'<row r="%s"' % (b"9" * 5_000), "is no cell"),
        ("sheet", b'<row r="2"', b'<row r="999999"', None),
        ("sheet", b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', "document type"),
        ("sheet", b"<sheetData>", b"<a>" * 100 + b"<sheetData>", "nests deeper"),
        ("sheet", b"</sheetData>", b"", "no workbook"),
        ("sheet", b'<dimension ref="', b'<dimension ref="A1:XFD1048576" x="', None),
        ("book", b'state="visible"', b'state="hidden"', "no sheet that people see"),
        ("book", b"<sheets>", b"<sheets><x", "no workbook"),
    ],
)
def test_hostile_workbooks_are_refused(
    part: str, old: bytes, new: bytes, said: str | None, sample: list[list[str]], tmp_path: Path
) -> None:
    path = table(tmp_path, sample, "cases.xlsx")
    name = {"sheet": "xl/worksheets/sheet1.xml", "book": "xl/workbook.xml"}[part]
    text = ZipFile(path).read(name)
    assert old in text
    key = name.replace("/", "_").replace(".", "_")
    path.write_bytes(remade(path.read_bytes(), **{key: text.replace(old, new, 1)}))
    if said is None:
        check_files([path])
        return
    with pytest.raises((BadFile, BadFiles), match=said):
        check_files([path])


@pytest.mark.slow
def test_archives_that_are_no_workbooks_are_refused(
    sample: list[list[str]], vocabulary: Vocabulary, tmp_path: Path
) -> None:
    good = table(tmp_path, sample, "cases.xlsx").read_bytes()
    path = tmp_path / "bad.xlsx"
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    bomb = remade(good, xl_worksheets_sheet1_xml=sheet + b" " * (MAX_UNPACKED + 1))
    lying = bytearray(bomb)
    size = (MAX_UNPACKED + 1 + len(sheet)).to_bytes(4, "little")
    assert bomb.count(size) == 2  # where the part begins, and in the list at the end
    lying = bytearray(bomb.replace(size, (1_000).to_bytes(4, "little")))
    locked = bytearray(good)
    locked[good.rindex(b"PK\x01\x02") + 8] |= 1
    many = BytesIO()
    with ZipFile(many, "w") as archive:
        for number in range(1_001):
            archive.writestr(f"x{number}", b"")
    for content, said in (
        (b"", "no workbook"),
        (b"PK\x03\x04", "no workbook"),
        (b"\xd0\xcf\x11\xe0old", "locked by a password, or an old .xls"),
        (good[:2_000], "no workbook"),
        (bomb, "unpack to more than"),
        (bytes(lying), "no workbook"),
        (bytes(locked), "locked by a password"),
        (many.getvalue(), "at most 1,000"),
        (remade(good, xl__vbaProject_bin=b"x"), "holds macros"),
        (remade(good, xl_workbook_xml=None), "no part xl/workbook.xml"),
        (remade(good, xl_worksheets_sheet1_xml=sheet + b"</worksheet>"), "is empty"),
        (remade(good, xl_styles_xml=b"<"), "no workbook"),
        (remade(good, **{"XL__WORKBOOK.xml": b"x"}), "there twice"),
    ):
        path.write_bytes(content)
        with pytest.raises(BadFile, match=said):
            read(path, vocabulary)
    for name in ("a.xlsm", "a.xls", "a.ods"):
        (tmp_path / name).write_bytes(good)
        with pytest.raises(BadFile, match=r"save it as \.xlsx"):
            read(tmp_path / name, vocabulary)


def test_workbook_to_be_filled_offers_words_and_explains_them(
    shipped: dict[str, Contribution], vocabulary: Vocabulary, tmp_path: Path
) -> None:
    example = tell(shipped["nuka"].quads, "nuka", vocabulary)
    made = empty_workbook(Ontology.load(ONTOLOGY), [example])
    assert made == empty_workbook(Ontology.load(ONTOLOGY), [example])
    path = tmp_path / "new.xlsx"
    path.write_bytes(made)
    with pytest.raises(BadFile, match="it has no case"):
        read(path, vocabulary)
    book = openpyxl.load_workbook(path)
    assert [sheet.sheet_state for sheet in book] == ["visible"] * 3 + ["hidden"]
    cases, words, shown, lists = (book[name] for name in ("cases", "words", "example", "lists"))
    heads = [cell.value for cell in cases[1]]
    assert heads == next(csv.reader(StringIO(empty_csv(vocabulary).decode("utf-8-sig"))))
    assert shown["A2"].value == "nuka"
    assert cases.freeze_panes == "B2"
    assert cases.column_dimensions["D"].number_format == "@"
    assert all(cell.comment and cell.comment.text for cell in cases[1])
    offered = {
        heads[next(iter(each.sqref.ranges)).min_col - 1]: each
        for each in cases.data_validations.dataValidation
    }
    assert offered["scale"].showErrorMessage
    assert offered["practice.primary"].showErrorMessage
    assert not offered["countries"].showErrorMessage
    notes = {cell.value: cell.comment.text for cell in cases[1] if cell.comment}
    assert "semicolon" not in notes["practice.primary"]
    assert "semicolon" in notes["aims"]
    column = lists[offered["scale"].formula1.split("$")[1]]
    assert [cell.value for cell in column][:3] == ["scale", "local", "city"]
    closed = {
        c.name for c in blank_columns(vocabulary) if advise_column(c, Ontology.load(ONTOLOGY)).words
    }
    covered = {
        heads[at - 1]
        for each in cases.data_validations.dataValidation
        for area in each.sqref.ranges
        for at in range(area.min_col, area.max_col + 1)
    }
    assert covered == closed
    assert {"countries", "aims", "critiques.1.question", "citations.2.read"} < closed
    said = {row[1].value: row[3].value for row in words.iter_rows(min_row=2)}
    assert said["externally-driven"]


def test_guide_tells_what_no_case_does_without(vocabulary: Vocabulary) -> None:
    ontology = Ontology.load(ONTOLOGY)
    required = {c.name for c in blank_columns(vocabulary) if advise_column(c, ontology).is_required}
    assert {"title", "practice.primary", "outcome.led.judgement", "citations.1.title"} < required
    optional = {"end", "risks", "practice.claims", "readings.2.standpoint", "citations.1.url"}
    optional |= {"readings.1.facets.stakes.value", "critiques.1.says", "contributor.orcid"}
    assert not required & optional
    scale = find_column("scale", vocabulary)
    stakes = find_column("readings.1.facets.stakes.value", vocabulary)
    assert scale
    assert stakes
    assert [word.text for word in advise_column(scale, ontology).words][-1] == "global"
    (word,) = [
        word for word in advise_column(stakes, ontology).words if word.text == "safe-to-fail"
    ]
    assert word.label
    assert word.meaning
    assert advise_column(scale, ontology).messages[0].startswith("Every case has one scale")


def test_what_a_cell_cannot_hold_is_said(vocabulary: Vocabulary, tmp_path: Path) -> None:
    ontology = Ontology.load(ONTOLOGY)
    for text, said in (("x" * 40_000, "more than a cell"), ("a\u200bb", r"invisible.*U\+200B")):
        tree: dict[str, Plain] = {"id": "nuka", "title": text}
        with pytest.raises(SysgraphError, match=f"nuka, title: .*{said}"):
            write_workbook([tree], ontology)
    for text in ("a\u200bb", "a\0b"):
        several = [{"id": "nuka", "title": text}]
        with pytest.raises(SysgraphError, match="nuka, title: there is an invisible"):
            list(write_csv(several.copy, vocabulary))
    tree = {"id": "nuka", "title": "a\u200bb"}
    for syntax in (Plainly.YAML, Plainly.JSON):
        (case,) = read(written([tree], syntax, vocabulary, tmp_path), vocabulary)
        assert any("a\u200bb" in str(quad) for quad in case.quads)
    with pytest.raises(SysgraphError, match="999 parts"):
        list(write_csv(lambda: [{"id": "x", "citations": [{"title": "t"}] * 1_000}], vocabulary))


# --- the shipped library, taken away


@pytest.mark.slow
def test_export_writes_what_is_read_again(
    library: Store, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    some = Part(What.CASES, frozenset(FEW))
    for syntax in Plainly:
        few, again = (b"".join(export_files(library, syntax, some)) for _ in range(2))
        assert few == again
        text = b"".join(export_files(library, syntax))
        path = tmp_path / f"all.{syntax}"
        path.write_bytes(text)
        found = {case.case_id: set(case.quads) for case in read(path, vocabulary)}
        assert len(found) == len(CASES)
        nuka = library.quads(graph_of("nuka"))
        assert found["nuka"] == {ox.Quad(*quad.triple) for quad in nuka}
        assert b"".join(export_files(library, syntax, What.CRITIQUES)).strip()
    with pytest.raises(SysgraphError, match="only cases and critiques"):
        export_files(library, Plainly.CSV, What.INFERRED)


@pytest.mark.slow
def test_export_command_writes_files(vocabulary: Vocabulary, tmp_path: Path) -> None:
    path = tmp_path / "cases.xlsx"
    runner, app = CliRunner(), build(["export", "validate"])
    result = runner.invoke(app, ["export", "--format", "xlsx", "-o", str(path)])
    assert result.exit_code == 0
    assert len(read(path, vocabulary)) == len(CASES)
    result = runner.invoke(app, ["export", "--format", "csv"])
    assert result.stdout.startswith("\ufeffid,title,summary,")

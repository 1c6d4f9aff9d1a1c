"""Hostile files: each is one clear line, in seconds, in a process that does not grow."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from sysgraph.case.read import read
from sysgraph.check import check, check_files
from sysgraph.errors import BadFile, SysgraphError
from sysgraph.files import data
from sysgraph.rdf import Format, parse, refuse_tricks
from sysgraph.turtle import serialize
from sysgraph.vocabulary import Vocabulary

CASES = sorted((data() / "ontology" / "cases").glob("*.yaml"))
CASE = "https://w3id.org/sysgraph/case/xy"
SYSG = "https://w3id.org/sysgraph/"
HEAD = f"<{CASE}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{SYSG}CaseStudy> .\n"
XML = (
    f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="{SYSG}">'
    f'<s:CaseStudy rdf:about="{CASE}">{{}}</s:CaseStudy></rdf:RDF>'
)
DEEP = 200_000
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))
from pathlib import Path
from sysgraph.errors import SysgraphError
from sysgraph.check import check, check_files
try:
    _, findings = check_files([Path(sys.argv[1])])
    findings.sort(key=lambda finding: finding.demand != "syntax")
    print(f"{len(findings)} findings: {findings[0]}" if findings else "nothing")
except SysgraphError as error:
    print(f"refused: {error}")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("syntax", "name"),
    [
        (Format.TURTLE, "c.ttl"),
        (Format.TRIG, "c.trig"),
        (Format.NQUADS, "c.nq"),
        (Format.NTRIPLES, "c.nt"),
        (Format.JSONLD, "c.jsonld"),
        (Format.XML, "c.rdf"),
        (Format.XML, "c.xml"),
    ],
)
def test_all_cases_are_the_same_through_every_door(
    syntax: Format, name: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    together: list[ox.Quad] = []
    for path in CASES:
        (case,) = read(path, vocabulary)
        file = tmp_path / name
        file.write_bytes(serialize(case.quads, syntax))
        (again,) = read(file, vocabulary)
        assert set(again.quads) == set(case.quads)
        assert (again.case_id, again.findings) == (case.case_id, [])
        together += case.quads
    file.write_bytes(serialize(together, syntax))
    assert {quad for case in read(file, vocabulary) for quad in case.quads} == set(together)


def texts() -> dict[str, tuple[str, Callable[[], str | bytes], str]]:
    """Hostile files by name: how the file ends, what is in it, and what is said of it."""
    place = f"<{CASE}> <{SYSG}place> "
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    return {
        "million triples": (
            "nt",
            lambda: HEAD + "".join(f'{place}"{n}" .\n' for n in range(400_000)),
            "the case xy has more than 20,000 triples",
        ),
        "million triples in short": (
            "ttl",
            lambda: HEAD + place + " , ".join(map(str, range(1_000_000))) + " .",
            "the case xy has more than 20,000 triples",
        ),
        "too large": ("nq", lambda: HEAD + "#" * 50_000_000, "more than 50,000,000 bytes"),
        "many parts in YAML": (
            "yaml",
            lambda: "id: xy\nsectors:\n" + "- a\n" * 1_200_000,
            "more than 300,000 parts",
        ),
        "many triples in YAML": (
            "yaml",
            lambda: "id: xy\nsectors:\n" + "".join(f"- a{n}\n" for n in range(25_000)),
            "the case xy has more than 20,000 triples",
        ),
        "unknown keys": (
            "yaml",
            lambda: "id: xy\n" + "".join(f"sectrs{n}: a\n" for n in range(100_000)),
            "there is no key 'sectrs0'",
        ),
        "unknown values": (
            "json",
            lambda: json.dumps({"id": "xy", "risks": [f"dumping{n}" for n in range(100_000)]}),
            "'dumping0' is not known here",
        ),
        "unknown properties": (
            "nt",
            lambda: HEAD + "".join(f"<{CASE}> <{SYSG}scal{n}> <a:b> .\n" for n in range(19_000)),
            "501 findings: ",
        ),
        "prefixes": (
            "ttl",
            lambda: "".join(f"@prefix p{n}: <urn:{n}> .\n" for n in range(200_000)) + HEAD,
            "more than 1,000 prefixes",
        ),
        "brackets": ("ttl", lambda: HEAD + place + "(" * DEEP, "nest deeper than 64"),
        "hidden brackets": (
            "ttl",
            lambda: HEAD + place + "( #)\n" * DEEP + ")" * DEEP + " .",
            "nest deeper than 64",
        ),
        "quoted statements": (
            "ttl",
            lambda: HEAD + place + "<<( <a:b> <a:b> #)>>\n" * DEEP,
            "statements about statements",
        ),
        "quoted statements in a line": (
            "nq",
            lambda: HEAD + place + "<<( <a:b> <a:b> " * DEEP,
            "statements about statements",
        ),
        "escaped hash": (
            "ttl",
            lambda: HEAD + f"{place} <a:b> . @prefix a: <a:> . a:b a:c a:d\\# , " + "[" * DEEP,
            "nest deeper than 64",
        ),
        "nested JSON": ("jsonld", lambda: '{"a:}":' * DEEP, "nest deeper than 64"),
        "nested XML": (
            "rdf",
            lambda: XML.format("<s:p><s:C>" * DEEP + "</s:C></s:p>" * DEEP),
            "elements nest deeper than 64",
        ),
        "entities": (
            "rdf",
            lambda: '<!DOCTYPE x [<!ENTITY a "b">]>' + XML.format("<s:place>&a;</s:place>"),
            "document type",
        ),
        "entities in UTF-16": (
            "xml",
            lambda: ('<!DOCTYPE x [<!ENTITY a "b">]>' + XML).encode("utf-16"),
            "document type",
        ),
        "no XML": ("xml", lambda: "<a><b></a>", "mismatched tag"),
        "integer": (
            "ttl",
            lambda: f'{HEAD}{place}"{"9" * 5000}"^^<{integer}> .',
            "too many for a whole number",
        ),
        "integer in short": (
            "ttl",
            lambda: HEAD + place + "9" * 5000 + " .",
            "too many for a whole number",
        ),
        "year": (
            "nt",
            lambda: f'{HEAD}<{CASE}> <{SYSG}startYear> "{"9" * 5000}"^^<{integer[:-7]}gYear> .',
            "too many for a year",
        ),
        "long literal": ("nt", lambda: f'{HEAD}{place}"{"x" * 49_000_000}" .', "more than 16 MB"),
        "literal": ("ttl", lambda: f'{HEAD}{place}"{"x" * 200_000}" .', "200,000 characters"),
        "literal in YAML": ("yaml", lambda: f"id: xy\ntitle: {'x' * 4_000_000}\n", "100,000"),
        "literal in XML": (
            "rdf",
            lambda: XML.format(f"<s:place>{'x' * 40_000_000}</s:place>"),
            "40,000,000 characters",
        ),
        "name": ("nt", lambda: f"{HEAD}<{CASE}> <a:{'x' * 200_000}> <a:b> .", "200,002 characters"),
        "line": (
            "nq",
            lambda: HEAD + place + '"' + "x" * 100_000_000,
            "more than 50,000,000 bytes",
        ),
        "surrogate": ("nt", lambda: HEAD + place + '"\\uD800" .', "D800"),
        "surrogate in JSON": ("json", lambda: '{"id": "xy", "title": "\\ud800"}', "not"),
        "surrogate in YAML": ("yaml", lambda: 'id: xy\ntitle: "\\ud800"\n', "not"),
        "surrogate in JSON-LD": ("jsonld", lambda: f'{{"@id": "{CASE}", "a:b": "\\ud800"}}', "not"),
        "surrogate in bytes": ("nq", lambda: b'<a:b> <a:b> "\xed\xa0\x80" .', "UTF-8"),
        "surrogate in XML": ("rdf", lambda: XML.format("<s:place>&#xD800;</s:place>"), "not XML"),
        "path": ("nt", lambda: HEAD.replace("/xy", "/../xy"), "is no name for a case"),
        "path in YAML": ("yaml", lambda: "id: ../../xy\n", "small letters"),
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", list(texts()))
def test_hostile_file_is_one_clear_line_soon(name: str, tmp_path: Path) -> None:
    ending, make, said = texts()[name]
    path = tmp_path / f"x.{ending}"
    content = make()
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    program = [sys.executable, "-c", LIMITED, str(path)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(program, capture_output=True, text=True, timeout=120, check=False)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert done.stdout.count("\n") == 1
    assert len(done.stdout) < 2_000
    assert said in done.stdout
    assert spent < 20


def test_brackets_in_texts_names_and_comments_do_not_count() -> None:
    quad = ox.Quad(ox.NamedNode("a:b"), ox.NamedNode("a:b"), ox.Literal(":-( << (" * 100))
    for syntax in Format:
        assert [one.triple for one in parse(serialize([quad], syntax), syntax, "x")] == [
            quad.triple
        ]
    text = "<a:b(((> <a:b> 1 , '''<< ( ''' , '((' , '\\'((' , \"\"\"(\"(\\\"((\"\"\" . # ((( <<\n"
    assert len(parse((text * 100).encode(), Format.TURTLE, "x")) == 500
    with pytest.raises(BadFile, match="nest deeper") as caught:
        refuse_tricks(text.encode() + b"(" * 65, "x")
    assert caught.value.line == 2


def test_a_literal_that_is_no_date_is_a_finding_and_no_traceback(tmp_path: Path) -> None:
    text = (data() / "ontology" / "cases" / "bristol-pound.yaml").read_text()
    path = tmp_path / "c.yaml"
    path.write_text(text.replace("contributed: 2026-11-22", "contributed: 2026-02-30"))
    program = [sys.executable, "-m", "sysgraph", "validate", str(path)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert "'2026-02-30' is not a date" in done.stdout
    assert (done.returncode, done.stderr) == (1, "")


def test_after_500_findings_one_says_that_there_are_more(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    bad = "".join(f"sectrs{number}: a\n" for number in range(600))
    values = "risks:\n" + "".join(f"- dumping{number}\n" for number in range(600))
    for text in (f"id: xy\n{bad}", f"id: xy\n{values}", f"id: xy\n{bad}{values}"):
        path = tmp_path / "c.yaml"
        path.write_text(text)
        (case,) = read(path, vocabulary)
        assert [finding.demand for finding in case.findings].count("many") == 1
        assert len(case.findings) == 501
        assert check(case, vocabulary).findings == case.findings


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ("<a:b> <a:b> <a:b> {| <a:b> <a:b> |} .", Format.TURTLE),
        ("<a:b> <a:b> <a:b> ~ <a:c> .", Format.TURTLE),
        ("<< <a:b> <a:b> <a:b> >> <a:b> <a:b> .", Format.TRIG),
        (
            XML.format(
                '<s:p rdf:parseType="Triple"><rdf:Description rdf:about="a:b"><s:q>x</s:q>'
                "</rdf:Description></s:p>"
            ).replace("<rdf:RDF", '<rdf:RDF rdf:version="1.2"'),
            Format.XML,
        ),
    ],
)
def test_quoted_statements_are_refused_however_they_are_written(text: str, syntax: Format) -> None:
    with pytest.raises(BadFile, match="statements about statements"):
        parse(text.encode(), syntax, "x")


def test_the_word_prefix_may_stand_in_texts() -> None:
    text = b'<a:b> <a:b> "' + b"prefix " * 2_000 + b'" .'
    assert len(parse(text, Format.TURTLE, "x")) == 1


@pytest.mark.slow
def test_many_cases_in_one_file_take_time_that_grows_with_them(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    line = HEAD + f'<{CASE}/a> <{SYSG}why> "b" .\n'
    path = tmp_path / "c.nt"
    path.write_text("".join(line.replace("/xy", f"/x{number}") for number in range(4_000)))
    start = time.process_time()
    assert len(read(path, vocabulary)) == 4_000
    assert time.process_time() - start < 10


@pytest.mark.slow
def test_too_many_statements_in_all_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.nt"
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    path.write_text("".join(f"<{SYSG}case/c{n % 1000}> <{kind}> <a:b> .\n" for n in range(500_001)))
    with pytest.raises(SysgraphError, match="more than 500,000 statements"):
        check_files([path])

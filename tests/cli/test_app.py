"""The command line as a person meets it: what it prints, where, and how it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import shelf
import sysgraph
from calling import Call, Said
from sysgraph.cli.app import build
from sysgraph.files import data

CASES = data() / "ontology" / "cases"


SERVERS = ("mcp", "publish", "serve")
"""What answers in the forms that it is asked for, and prints nothing."""

COMMANDS = [command.name or "" for command in build().registered_commands]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_and_a_format(command: str, call: Call) -> None:
    said = call(command, "--help")
    assert said.code == 0
    assert "Example" in said.out
    assert f"sysgraph {command}" in said.out
    assert ("--format" in said.out) == (command not in SERVERS)


@pytest.mark.slow
def test_advise_answers_a_list_of_situations_in_json(tmp_path: Path, call: Call) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(
        "- id: one\n  facets: {purpose-origin: movement, agreement: coercive, note: x}\n".replace(
            ", note: x", ""
        )
        + "- id: two\n  why: ignored\n  facets: {}\n"
    )
    said = call("advise", file, "--format", "json")
    first, second = json.loads(said.out)
    assert (first["id"], first["front"]) == ("one", ["organic"])
    assert (second["front"], second["abstains"]) == ([], ["led", "working"])


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_advise_and_explain_write_every_format(form: str, call: Call) -> None:
    assert "Bhavishya" in call("advise", "--case", "bhavishya", "--format", form).out
    said = call("explain", "3", "--case", "bhavishya", "--format", form)
    assert "acilitative" in said.out
    assert (
        "Arnstein"
        in call("explain", "facilitative", "-f", "authority-locus=external", "--format", form).out
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["advise", "--facet", "agrement=plural"], "did you mean 'agreement'"),
        (["advise", "--facet", "agreement=plurall"], "did you mean 'plural'"),
        (["advise", "--facet", "agreement"], "name=value"),
        (["advise", "--facet", "agreement=plural", "--facet", "agreement=coercive"], "standpoint"),
        (["advise", "none.yaml"], "no such file"),
        (["advise", "--case", "wigan"], "is no case"),
        (["advise", "--case", "wigan-deal", "--facet", "agreement=plural"], "in one way"),
        (["explain", "facilitativ", "--case", "wigan-deal"], "did you mean 'facilitative'"),
        (["query", "cases-of-typ"], "did you mean 'cases-of-type'"),
        (["query", "cases-of-type", "--param", "typ=x"], "did you mean 'type'"),
        (["query", "cases-of-type", "--search", "risk"], "leave them out, or 'cases-of-type'"),
        (["query", "cases-of-type", "--show", "-p", "typ=x"], "did you mean 'type'"),
        (["query", "zzz"], "named 'zzz'. Run 'sysgraph query'"),
        (["query", "voice"], "did you mean 'voices'? Run 'sysgraph query'"),
        (["plot", "zzz"], "named 'zzz'. Run 'sysgraph plot'"),
        (["query", "cases-of-type", "--store", "nowhere"], "no such store"),
        (["status", "--store", "http://127.0.0.1:9/query"], "cannot be reached"),
        (["validate", "none.yaml"], "no such file"),
        (["sparql", "none.rq"], "no such file"),
        (["export", "-o", "no/such/folder/x.ttl"], "cannot be written"),
        (["advise", "--case", "agra", "--case", "wigan-deal"], "--case: it is given twice"),
        (["plot", "-o", "a.svg", "--output", "b.svg"], "--output: it is given twice"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_code_2(
    words: list[str], said: str, call: Call
) -> None:
    found = call(*words)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert len(found.err.splitlines()) == 1
    assert "Traceback" not in found.err


@pytest.mark.parametrize(
    ("words", "ways"),
    [
        (["advise"], "a file, --facet or --case, or --ask"),
        (["explain", "3"], "a file, --facet or --case"),
        (["follow-up"], "a file or --facet"),
    ],
)
def test_without_a_situation_it_is_said_what_to_give(
    words: list[str], ways: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    found = call(*words)
    assert (found.code, found.err) == (2, f"no situation was given; name {ways}\n")


@pytest.mark.slow
def test_advise_asks_on_a_terminal(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "sysgraph", "advise", "--format", "json"],
        stdin=follower,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        os.write(leader, b"the bus\n\n\n\n\n99\n1\nq\n\n")
        out, err = process.communicate(timeout=60)
    os.close(leader)
    os.close(follower)
    assert len(json.loads(out)[0]["facets"]) == 1
    assert b"Write a number from 1 to" in err
    assert b"Save these answers to a file?" in err


@pytest.mark.parametrize("form", ["table", "csv", "json", "markdown"])
def test_query_writes_every_format(form: str, call: Call) -> None:
    found = call("query", "cases-of-type", "--param", "type=organic", "--format", form)
    assert found.code == 0
    assert "standing-rock" in found.out


def test_query_lists_and_searches(call: Call) -> None:
    everything = json.loads(call("query", "--format", "json").out)
    assert len(everything) == len(sysgraph.catalogue())
    assert {
        row["name"] for row in json.loads(call("query", "--search", "risk", "--format", "json").out)
    } >= {"risks-of-type"}
    assert all(
        "gap" in row["tags"]
        for row in json.loads(call("query", "--tag", "gap", "--format", "json").out)
    )
    assert call("query", "risks-of-type", "--show").out.startswith("#+ summary")
    filled = call("query", "risks-of-type", "--show", "-p", "type=organic").out
    assert "VALUES ?type { <https://w3id.org/sysgraph/type/organic> }" in filled
    assert "Nobody has contributed a critique" in call("query", "critiques").err


def test_sparql_answers_rows_and_graphs_and_refuses_the_rest(tmp_path: Path, call: Call) -> None:
    file = tmp_path / "q.rq"

    def ask(text: str, *more: str) -> Said:
        file.write_text(text)
        return call("sparql", file, *more)

    assert "true" in ask("ASK { ?s a <https://w3id.org/sysgraph/Risk> }").out
    built = ask("CONSTRUCT WHERE { <https://w3id.org/sysgraph/risk/tokenism> ?p ?o }")
    assert built.out.startswith("@prefix")
    described = "DESCRIBE <https://w3id.org/sysgraph/risk/tokenism>"
    assert "leave out --format csv" in ask(described, "--format", "csv").err
    assert "q.rq: CONSTRUCT answers" in ask("CONSTRUCT WHERE { ?s a ?o }", "--format", "json").err
    assert ask("SELECT ?s { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }").code == 2
    broken = ask("SELECT ?s {")
    assert (broken.code, len(broken.err.splitlines())) == (2, 1)


def test_validate_says_no_with_exit_code_1(tmp_path: Path, call: Call) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(
        (CASES / "bristol-pound.yaml").read_text().replace("scale: city", "scale: huge")
    )
    found = call("validate", file)
    assert found.code == 1
    assert f"violation: {file}:" in found.out
    assert "Write `scale:`" in found.out
    report = json.loads(call("validate", file, "--format", "json").out)
    assert report["conforms"] is False
    assert report["findings"][0]["field"] == "scale"
    turtle = call("validate", file, "--format", "turtle")
    assert turtle.code == 1
    assert "sh:InConstraintComponent" in turtle.out


def test_validate_passes_a_good_case(call: Call) -> None:
    found = call("validate", CASES / "wigan-deal.yaml")
    assert (found.code, found.err) == (0, "")
    assert "1 case: conforms" in found.out


def test_load_takes_all_or_nothing(tmp_path: Path, call: Call) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(shelf.copied("good-one"))
    bad.write_text(shelf.copied("bad-one").replace("scale: city", "scale: huge"))
    store = tmp_path / "store"
    found = call("load", good, bad, "--store", store)
    assert found.code == 1
    assert "Nothing was loaded." in found.err
    assert not store.exists()
    told = json.loads(call("load", good, bad, "--store", store, "--format", "json").out)
    assert (told["loaded"], told["added"], told["refused"]) == (False, [], None)
    rejects = ("--rejects", tmp_path / "rejects.yaml", "--format", "json")
    told = json.loads(call("load", good, bad, "--store", store, *rejects).out)
    assert (told["loaded"], told["added"], told["refused"]) == (False, [], 1)
    assert "added: good-one" in call("load", good, "--store", store).out
    done = json.loads(call("load", good, "--store", store, "--format", "json").out)
    assert (done["loaded"], done["unchanged"], done["refused"]) == (True, ["good-one"], 0)
    facts = json.loads(call("status", "--store", store, "--format", "json").out)
    assert facts["contributed_cases"] == ["good-one"]
    assert "good-one" in call("query", "cases-of-type", "--store", store).out
    assert "contributed cases: good-one" in call("status", "--store", store).out


SYNTAXES = ("turtle", "trig", "nquads", "ntriples", "jsonld", "xml")
PARTS = ("ontology", "cases", "inferred", pytest.param("all", marks=pytest.mark.slow))


@pytest.fixture(scope="module", params=PARTS)
def elsewhere(
    request: pytest.FixtureRequest, library: object, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder of the name of a part, with what another process exports of it by syntax.

    It writes each to its standard output.
    """
    folder: Path = tmp_path_factory.mktemp("elsewhere") / request.param
    folder.mkdir()
    code = """\
import sys
from contextlib import redirect_stdout
from sysgraph.cli.app import run
folder, count, *words = sys.argv[1:]
part, forms = words[: int(count)], words[int(count) :]
for form in forms:
    with open(f"{folder}/{form}", "w") as file, redirect_stdout(file):
        assert run(["export", "--format", form, *part]) == 0
"""
    part = part_of(request.param)
    words = [sys.executable, "-c", code, str(folder), str(len(part)), *part, *SYNTAXES]
    subprocess.run(words, check=True)
    return folder


def part_of(what: str) -> list[str]:
    """How a part is named; of the cases a few, for of all the bytes are alike for no more."""
    few = what in ("cases", "inferred")
    return ["--what", what, *(word for name in shelf.FEW if few for word in ("--case", name))]


@pytest.mark.slow
@pytest.mark.parametrize("form", SYNTAXES)
def test_export_gives_the_same_bytes_for_the_same_graph(
    form: str, tmp_path: Path, call: Call, elsewhere: Path
) -> None:
    file = tmp_path / "out"
    part = part_of(elsewhere.name)
    assert call("export", "--format", form, *part, "-o", file).code == 0
    assert (elsewhere / form).read_bytes() == file.read_bytes()


@pytest.mark.slow
def test_exported_cases_can_be_loaded_again(tmp_path: Path, call: Call) -> None:
    file = tmp_path / "cases.trig"
    call("export", "--format", "trig", "--what", "cases", "-o", file)
    found = call("validate", file)
    assert found.code == 0
    assert f"{len(shelf.CASES)} cases: conforms" in found.out


def test_version_is_that_of_the_package(call: Call) -> None:
    assert call("--version").out.strip() == sysgraph.__version__


def test_remove_takes_cases_out_and_says_what_it_cannot(tmp_path: Path, call: Call) -> None:
    case = tmp_path / "mine.yaml"
    sample = (CASES / "bristol-pound.yaml").read_text()
    case.write_text(shelf.copied("mine-alone"))
    own = tmp_path / "own.yaml"
    own.write_text(sample.replace("title: Bristol Pound", "title: Mine", 1))
    place = tmp_path / "store"
    assert call("load", case, own, "--store", place, "--reason", "renamed").code == 0
    said = call("remove", "mine-alon", "--store", place)
    assert (said.code, said.out) == (1, "")
    assert said.err.endswith("did you mean 'mine-alone'? Nothing was removed.\n")
    said = call("remove", "zzz", "--store", place)
    assert said.err == f"'zzz' is no case in {place}. Nothing was removed.\n"
    said = call("remove", "mine-alone", "wigan-deal", "--store", place)
    assert (said.code, said.out) == (1, "")
    assert "came with the library" in said.err
    assert len(said.err.splitlines()) == 1
    said = call("remove", "mine-alone", "bristol-pound", "--store", place)
    assert said.out == "removed: mine-alone\nback from the library: bristol-pound\n"
    assert call("load", case, "--store", place).out.endswith("added: mine-alone\n")
    said = call("remove", "mine-alone", "--store", place, "--format", "json")
    assert json.loads(said.out) == {"removed": ["mine-alone"], "restored": []}
    assert "no such store" in call("remove", "a", "--store", tmp_path / "none").err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("new", "foo"), "'foo' is no kind of thing to begin; it is one of case, critique, aim"),
        (("new", "schema", "foo"), "it is one of case, critique"),
        (("advise", "--toward", "bogus", "--facet", "agreement=plural"), "it is one of better-"),
        (("new", "rsk"), "did you mean 'risk'?"),
    ],
)
def test_what_is_near_nothing_is_not_asked_whether_it_is_meant(
    words: tuple[str, ...], told: str, call: Call
) -> None:
    said = call(*words)
    assert said.code == 2
    assert told in said.err
    assert ("did you mean" in said.err) is ("did you mean" in told)

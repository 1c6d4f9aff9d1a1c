"""The last net (D5, D6): a failure is 2 and a line, and nothing printed commands a terminal."""

import ast
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import pyoxigraph as ox
import pytest
import yaml
from typer.main import get_command

import sysgraph.cli.app as app
from calling import Call
from shelf import CASES, ROOT
from sysgraph.cli.net import Plain
from sysgraph.errors import BadFile, BadFiles, BadSituation, SysgraphError, visible
from sysgraph.files import data
from sysgraph.store.local import Store

SOURCE = Path(app.__file__).parents[1]
COMMANDS = [command.name or "" for command in app.build().registered_commands]
ESCAPES = "\x1b]52;c;aGk=\x07\x9b2J\u202eevil\udcff\rx"
OBEYED = set("\x1b\x07\x9b\u202e\u2028\r")
CASE = data() / "ontology" / "cases" / "wigan-deal.yaml"
ONE_CASE = "export --case wigan-deal"


def shell(command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which $S is the command line."""
    known = {**os.environ, "S": f"{sys.executable} -m sysgraph", **more}
    return subprocess.run(
        ["bash", "-c", command], env=known, capture_output=True, text=True, check=False
    )


class Panic(BaseException):
    """What a panic of the engine comes as: no Exception."""


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "error",
    [
        ValueError("odd\x1b[2J\nthing"),
        RecursionError("maximum recursion depth exceeded"),
        UnicodeEncodeError("ascii", "é", 0, 1, "ordinal not in range"),
        Panic("index out of bounds"),
        SystemExit(1),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_nobody_foresaw_is_two_and_one_line_in_every_command(
    command: str, error: BaseException, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise error

    there = SimpleNamespace(**{f"{command.replace('-', '_')}_command": fail})
    monkeypatch.setattr(app, "import_module", lambda _: there)
    said = call(command)
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert type(error).__name__ in said.err
    assert "test_net" not in said.err
    assert "please report it" in said.err
    for words in ((command, "--debug"),):
        assert "Traceback" in call(*words).err


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (MemoryError(), 2, "not enough memory"),
        (OSError(28, "No space left on device"), 2, "No space left on device"),
        (PermissionError(13, "Permission denied", "a\nb"), 2, "a\\u000ab: Permission denied"),
        (BrokenPipeError(32, "Broken pipe"), 2, "Broken pipe"),
        (UnicodeEncodeError("utf-8", "a\udcff", 1, 2, "surrogates"), 2, "'a\\udcff' is not text"),
        (SysgraphError("in words"), 2, "in words"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_what_the_machine_does_is_told_as_such(
    error: BaseException, code: int, line: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> int:
        raise error

    monkeypatch.setattr(app, "run", fail)
    said = call("status")
    assert said.code == code
    assert said.err.count("\n") == bool(line)
    assert line in said.err
    assert "report" not in said.err


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    ["--version", "--help", "validate --help", "query", "status --format json", ONE_CASE, "forms"],
)
def test_an_answer_that_cannot_be_written_is_no_answer(command: str, library: object) -> None:
    for to in (">/dev/full", ">&-"):
        ran = shell(f"$S {command} {to}")
        assert ran.returncode == 2, ran
        assert len(ran.stderr.splitlines()) == 1, ran.stderr
    ran = shell(f"set -o pipefail; $S {command} | (exec <&-; sleep 3)")
    assert ran.returncode == 2, ran
    assert len(ran.stderr.splitlines()) == 1, ran.stderr


@pytest.mark.slow
def test_closed_and_full_streams_beside_the_answer(library: object, tmp_path: Path) -> None:
    assert shell("$S advise -f agreement=plurl 2>&-").returncode == 2
    assert shell("$S advise -f agreement=plurl 2>/dev/full").returncode == 2
    assert shell("$S advise -f agreement=plurl >&- 2>&-").returncode == 2
    assert shell("$S sparql - <&-").returncode == 2
    # What is opened next must not take the place of a stream that was closed.
    place = tmp_path / "store"
    ran = shell(f"$S load {CASE} --store {place} >&- 2>&-; $S status --store {place}")
    assert f"cases: {len(CASES)}" in ran.stdout
    ran = shell("$S --help", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (ran.returncode, ran.stderr) == (0, "")
    ran = shell(
        "$S query cases-of-type -p type=facilitative",
        **dict.fromkeys(["LC_ALL"], "C"),
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk that is full."""
    folder = tmp_path / "full"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        (folder / "zero").write_bytes(bytes(65_536 - 4_096))
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.slow
def test_a_full_disk_is_told_and_leaves_no_half_file(full: Path, library: object) -> None:
    for words in (
        f"load {CASE} --store {full}/store",
        f"{ONE_CASE} --output {full}/all.trig",
        f"{ONE_CASE} --what cases --format csv --output {full}/all.csv",
        f"new case --id some-case --out {full}/case.yaml",
        f"{ONE_CASE} --format nquads > {full}/answer",
    ):
        ran = shell(f"$S {words}")
        assert ran.returncode == 2, ran
        assert len(ran.stderr.splitlines()) == 1, ran.stderr
        assert "No space left" in ran.stderr
        assert "report" not in ran.stderr
    assert {path.name for path in full.iterdir()} <= {"zero", "answer"}


@pytest.mark.slow
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_answer_of_which_a_disk_takes_a_part_is_none(
    full: Path, unbuffered: str, library: object
) -> None:
    ran = shell(f"$S {ONE_CASE} > {full}/answer", PYTHONUNBUFFERED=unbuffered)
    assert (full / "answer").stat().st_size  # there was room for something
    assert ran.returncode == 2
    assert "No space left" in ran.stderr


@pytest.mark.slow
def test_a_full_cache_is_worth_no_error(
    full: Path, library: Store, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[ox.Quad] = [quad for name in library.graphs() for quad in library.quads(name)]
    made = MagicMock(return_value=built)
    monkeypatch.setattr("sysgraph.library.build", made)  # which takes half a minute
    (full / "cache").mkdir(mode=0o700)
    monkeypatch.setenv("SYSGRAPH_CACHE", str(full / "cache"))
    assert call("--debug", "advise", "-f", "agreement=plural").code == 0
    made.assert_called()


@pytest.mark.slow
def test_console_script_and_module_are_alike(library: object) -> None:
    script = [sys.executable, "-c", "from sysgraph.cli import main; main()"]
    for words in (["--version"], ["nonsense"], ["validate", "none.yaml"], []):
        ran = [
            subprocess.run([*start, *words], capture_output=True, check=False)
            for start in (script, [sys.executable, "-m", "sysgraph"])
        ]
        assert ran[0].stdout == ran[1].stdout
        assert ran[0].stderr == ran[1].stderr
        assert ran[0].returncode == ran[1].returncode == (0 if words == ["--version"] else 2)


def test_interrupt_ends_a_command_as_it_ends_any_other() -> None:
    code = (
        "import sysgraph.cli.app as app, os, signal\n"
        "app.run = lambda words: os.kill(os.getpid(), signal.SIGINT)\n"
        "from sysgraph.cli import main; main()"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (-signal.SIGINT, b"")  # 130 in a shell


def test_an_import_that_fails_is_caught_as_well() -> None:
    code = "import sys; sys.modules['typer'] = None; from sysgraph.cli import main; main()"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1


def test_questions_that_are_not_answered_end_with_two(library: object) -> None:
    ran = shell("$S new case --ask </dev/null")
    assert ran.returncode == 2


def test_no_workflow_takes_a_failure_for_a_difference() -> None:
    folder = ROOT / ".github" / "workflows"
    found = 0
    for path in folder.glob("*.yml"):
        lines = path.read_text().splitlines()
        for line, then in pairwise(lines):
            if "$? -eq 1" in line:
                told = line.partition("> ")[2].partition(" ||")[0]
                assert then.strip() == f"test -s {told}", path  # which a failure never writes
                found += 1
    assert found


# What is printed


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            to = node.func
            yield to.id if isinstance(to, ast.Name) else ast.unparse(to), node


@pytest.mark.slow
def test_nothing_is_printed_but_through_what_makes_it_visible() -> None:
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text())
        where = path.relative_to(SOURCE)
        for name, node in _calls(tree):
            assert name not in {"typer.echo", "typer.secho", "click.echo", "typer.prompt"}, where
            if name == "print":
                to = [ast.unparse(word.value) for word in node.keywords if word.arg == "file"]
                assert to == ["sys.stderr"], f"{where}:{node.lineno}"
        names = {"sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"}
        used = {
            f"{where}: {ast.unparse(node)}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)
            if ast.unparse(node.value) in names
        }
        if where not in {Path(f"{name}.py") for name in ("cli/net", "cli/app", "worker")}:
            assert all(use.endswith(".isatty") for use in used), used


def test_what_a_terminal_would_obey_is_seen() -> None:
    assert visible("é\t\r\n👩\u200d🚀 ක්\u200dෂ") == "é\t\r\n👩\u200d🚀 ක්\u200dෂ"
    assert visible("\x1b[2J\r\x9b\u2028") == "\\u001b[2J\\u000d\\u009b\\u2028"
    assert json.loads(visible(json.dumps(ESCAPES, ensure_ascii=False))) == ESCAPES
    for number in range(0x110000):
        kept = visible(chr(number)) == chr(number)
        assert kept or not chr(number).isalnum()
        if number < 0x20 or 0x7F <= number < 0xA0 or 0xD800 <= number < 0xE000:
            assert kept == (number in (9, 10))


def test_what_comes_with_an_error_begins_no_line_of_its_own() -> None:
    assert str(BadFile("a\nwarning: b", "odd\x1b")) == "a\\u000awarning: b: odd\\u001b"
    told = BadFiles([BadSituation("x\ny", ["1", "2"]), BadFile("z", "3")])
    assert str(told).split("\n") == ["x\\u000ay: 1", "x\\u000ay: 2", "z: 3"]


def _attacks(folder: Path) -> Iterator[list[str]]:
    """Yield each command with something hostile in the place of each of its words."""
    command = get_command(app.build())
    named = folder / ESCAPES.replace("/", "")
    named = named.with_name(named.name + ".yaml")
    os.fsencode(named)
    named.write_text(f'id: "x"\n"k{ESCAPES[:-3]}": 1\ntitle: "{ESCAPES[:-3]}"\n', "utf-8")
    for name, each in command.commands.items():  # type: ignore[attr-defined]
        needed = [str(named) for part in each.params if part.param_type_name == "argument"]
        for part in each.params:
            if part.param_type_name == "argument" or part.is_flag:
                continue
            # An export of all, where another word is hostile, is no other than that of a case.
            case = ["--case", "wigan-deal"] if name == "export" and part.name != "case" else []
            for value in (ESCAPES, f"{ESCAPES}={ESCAPES}", f"purpose-origin={ESCAPES}"):
                yield [name, *needed[:1], *case, part.opts[0], value]
        yield [name, ESCAPES]
        yield [name, str(named)]
        yield [name, str(named), "--format", "json"]
        yield [name, f"--{ESCAPES}"]
    yield [ESCAPES]
    yield [f"--{ESCAPES}"]


@pytest.mark.slow
def test_hostile_words_and_files_reach_no_terminal_through_any_command(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tried = 0
    for words in _attacks(tmp_path):
        said = call(*words)
        assert not OBEYED & set(said.out + said.err), words
        assert said.code in (0, 1, 2), words
        assert "Traceback" not in said.err, said.err
        assert "please report" not in said.err, (words, said.err)
        tried += 1
    assert tried > 4 * len(COMMANDS)


@pytest.mark.parametrize(
    "words",
    [
        "explain 3 --case",
        "explain 3 --practice",
        "advise --case",
        "history",
        "query cases-in-country -p country=",
        "query similar-cases -p case=",
    ],
)
@pytest.mark.parametrize("name", [ESCAPES, "x> {} } # <", "\xe9 \n"])
def test_a_name_that_nothing_can_have_is_the_name_of_nothing(
    words: str, name: str, call: Call
) -> None:
    *first, last = words.split()
    said = call(*first, *([f"{last}{name}"] if last.endswith("=") else [last, name]))
    assert said.code in (1, 2)
    assert len(said.err.splitlines()) == 1
    assert "please report" not in said.err


@pytest.mark.parametrize(
    "said", ['"x" a type:organic', '? a "x', "a a <", 'type:organic a "x', "<x> a ?"]
)
def test_what_is_no_statement_is_told(said: str, call: Call) -> None:
    told = call("explain", "--statement", said)
    assert told.code == 2
    assert "this is no statement" in told.err


def test_a_store_cannot_add_a_line_to_what_is_said_of_it(call: Call, tmp_path: Path) -> None:
    place = tmp_path / "st\ncases: 7"
    assert call("load", CASE, "--store", place).code == 0
    (line,) = [
        line for line in call("status", "--store", place).out.splitlines() if "st" in line[:6]
    ]
    assert line == f"store: {tmp_path}/st\\u000acases: 7"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["yaml", "json", "csv", "ttl", "rq"])
def test_hostile_content_reaches_no_terminal(kind: str, call: Call, tmp_path: Path) -> None:
    evil = ESCAPES[:-3]  # a lone surrogate and a bare line end are no text of a file
    file = tmp_path / f"file.{kind}"
    plain = yaml.safe_load(CASE.read_text())
    plain["title"] = f"The {evil}"
    plain[f"key{evil}"] = evil
    text = {
        "yaml": yaml.safe_dump(plain),
        "json": json.dumps(plain, default=str),
        "csv": f"id,title{evil},title\nx{evil},{evil},{evil}\n",
        "ttl": f'@prefix s: <https://w3id.org/sysgraph/> . s:x s:title "{evil}" ; s:{evil} 1 .',
        "rq": f"SELECT ?x {{ VALUES ?x {{ '{evil}' }} }}",
    }[kind]
    file.write_text(text, "utf-8")
    command = "sparql" if kind == "rq" else "validate"
    for words in ([command, file], [command, file, "--format", "json"]):
        said = call(*words)
        assert not OBEYED & set(said.out + said.err), words
        assert "Traceback" not in said.err
    advised = call("advise", file)
    assert not OBEYED & set(advised.out + advised.err)


def test_reason_of_an_endpoint_reaches_no_terminal(call: Call) -> None:
    answer = b"HTTP/1.1 500 \x1b[2Jodd\x9b\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    other, _ = server.accept()
                except OSError:
                    return
                with other:
                    other.recv(65_536)
                    other.sendall(answer + b"Connection: close\r\n\r\n\x1b[3J\n")

        threading.Thread(target=serve, daemon=True).start()
        said = call("status", "--store", f"http://127.0.0.1:{server.getsockname()[1]}/query")
    assert said.code == 2
    assert not OBEYED & set(said.out + said.err)


def test_a_person_who_looks_gets_no_control_character_even_in_data(
    call: Call, tmp_path: Path
) -> None:
    import pty

    file = tmp_path / "q.rq"
    file.write_text("SELECT ?x { VALUES ?x { 'a\x1b[2Jb' } }")
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "sysgraph", "sparql", str(file), "--format", "csv"]
    subprocess.run(command, stdout=follower, stderr=subprocess.DEVNULL, check=True)
    os.close(follower)
    shown = os.read(leader, 10_000)
    os.close(leader)
    assert b"a\\u001b[2Jb" in shown
    assert b"\x1b" not in shown
    assert "a\x1b[2Jb" in call("sparql", file, "--format", "csv").out  # data stay data


def test_stream_to_a_person_is_a_stream() -> None:
    plain = Plain(sys.stderr)
    assert plain.fileno() == sys.stderr.fileno()
    assert plain.isatty() == sys.stderr.isatty()
    assert plain.write("x\x1b") == 2

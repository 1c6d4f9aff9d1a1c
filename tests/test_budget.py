"""A query of a person's own: within its time and memory, or ended in one line."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from sysgraph.store.local import LocalStore

PATIENCE = 300
ASK = [sys.executable, "-m", "sysgraph", "sparql", "-"]


def sparql(
    query: str | bytes, *options: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Ask by the real program, and wait far longer than it may take."""
    done = subprocess.run(
        [*ASK, *options],
        check=False,
        input=query.encode() if isinstance(query, str) else query,
        capture_output=True,
        timeout=PATIENCE,
        env={**os.environ, **environment},
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a refusal is."""
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


DOUBLED = " ".join(f"BIND (CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(33))


@pytest.mark.slow
@pytest.mark.parametrize(
    "query",
    [
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER (CONCAT(STR(?a), STR(?d)) = 'never') }",
        "SELECT (COUNT(*) AS ?n) { ?a (!<a:b>|^!<a:b>)* ?b . ?c (!<a:b>|^!<a:b>)* ?d }",
        'ASK { ?s ?p ?o FILTER (REGEX(STR(?o), "(((b{1,90}){1,90}){1,90}){1,90}$")) }',
        "CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    ],
    ids=["cart", "filter", "paths", "pattern", "construct"],
)
def test_a_query_without_end_is_ended(query: str, library: LocalStore) -> None:
    """D3"""
    told = refused(sparql(query, "--timeout", "2"))
    assert "took more than" in told
    assert "--timeout" in told or "--memory" in told


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT (STRLEN(?x33) AS ?n) {{ BIND ('abcdefghij' AS ?x0) {DOUBLED} }}",
        "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    ],
    ids=["text", "rows"],
)
def test_a_query_without_measure_is_ended(query: str, library: LocalStore) -> None:
    """D3"""
    told = refused(sparql(query, "--memory", "120", "--timeout", str(PATIENCE)))
    assert "more than 120 MiB of memory" in told
    assert "--memory MIB" in told


def test_what_is_within_its_budget_is_answered(library: LocalStore) -> None:
    done = sparql("SELECT (COUNT(*) AS ?n) { ?risk a sysg:Risk }", "--format", "json")
    counted = library.select("SELECT ?r { ?r a <https://w3id.org/sysgraph/Risk> }")
    assert done.stderr == ""
    assert json.loads(done.stdout) == [{"n": str(len(counted.rows))}]


def test_errors_of_the_store_and_of_the_query_come_through(tmp_path: Path) -> None:
    told = refused(sparql("ASK { ?s ?p ?o }", "--store", str(tmp_path / "none")))
    assert f"{tmp_path / 'none'}: there is no such store" in told
    assert "+none: there is no such" in refused(sparql("ASK { ?s ?p ?o }", "--store", "+none"))
    assert "'soon' is no date" in refused(sparql("ASK { ?s ?p ?o }", "--as-of", "soon"))
    assert "standard input:1:28: ')' cannot" in refused(sparql("ASK { ?s ?p ?o . FILTER (  ) }"))
    graph = "<https://w3id.org/sysgraph/graph/none>"
    told = refused(sparql(f"SELECT * FROM {graph} {{ ?s ?p ?o }}"))
    assert "a graph that the store does not hold: https://w3id.org/sysgraph/graph/none" in told


def test_standard_input_is_read_within_bounds() -> None:
    assert "more than 1,000,000 bytes" in refused(sparql(b"#" * 1_000_001))
    with (
        subprocess.Popen(["yes"], stdout=subprocess.PIPE) as endless,
        subprocess.Popen(ASK, stdin=endless.stdout, stderr=subprocess.DEVNULL) as asked,
    ):
        try:
            assert asked.wait(PATIENCE) == 2
        finally:
            endless.kill()


def test_as_of_leaves_nothing_behind(tmp_path: Path, library: LocalStore) -> None:
    done = sparql(
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        *("--as-of", datetime.now(UTC).date().isoformat(), "--timeout", "1"),
        TMPDIR=str(tmp_path),
    )
    assert "more than 1 s;" in refused(done)
    assert [*tmp_path.iterdir()] == []


QUERY = b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def begun() -> tuple[subprocess.Popen[bytes], list[int]]:
    """Begin a query without end, and return the command with the process that runs it."""
    command = subprocess.Popen(
        [*ASK, "--timeout", str(PATIENCE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert command.stdin is not None
    command.stdin.write(QUERY)
    command.stdin.close()
    workers: list[int] = []
    while not workers and command.poll() is None:
        workers = [child.pid for child in psutil.Process(command.pid).children()]
        time.sleep(0.05)
    assert workers
    return command, workers


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_worker_ends_with_the_command(how: signal.Signals, library: LocalStore) -> None:
    command, workers = begun()
    with command:
        command.send_signal(how)
        assert command.wait(PATIENCE) == -how
    end = time.monotonic() + PATIENCE
    while any(map(psutil.pid_exists, workers)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(psutil.pid_exists, workers))


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
@pytest.mark.parametrize(
    ("how", "reason"),
    [
        (signal.SIGSEGV, "the query engine broke down on it"),
        (signal.SIGKILL, "its process was ended from outside"),
    ],
)
def test_an_engine_that_breaks_down_is_one_line(
    how: signal.Signals, reason: str, library: LocalStore
) -> None:
    """D2: what no check foresaw ends the worker, and not the command."""
    command, (worker,) = begun()
    with command:
        os.kill(worker, how)
        assert command.wait(PATIENCE) == 2
        assert command.stderr is not None
        told = command.stderr.read().decode().splitlines()
    assert len(told) == 1
    assert f"standard input: {reason}" in told[0]

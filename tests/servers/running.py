"""Real SPARQL servers on loopback: each on a free port, in a directory of its own, always ended."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
import pytest

START = 90
"""Seconds that a server may take to answer its first question; a busy machine is slow."""


@dataclass(frozen=True)
class Server:
    """A running server: where it is asked and told, and what its client must have in hand.

    ``take`` fills it from a file of named graphs by its own means, not by ours; ``gather`` from
    all compressed N-Quads of a folder inside its own.
    """

    name: str
    url: str
    update_url: str | None
    take: Callable[[Path], object]
    gather: Callable[[Path], object] = lambda folder: pytest.fail(f"{folder} cannot be gathered")
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def options(self) -> list[str]:
        """What a command that writes to it says."""
        beside = [] if self.update_url is None else ["--update-url", self.update_url]
        return ["--store", self.url, *beside]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def program(name: str) -> str:
    """Where a program is, beside this Python or on the path; without it the test is skipped."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}?query=ASK%7B%7D", timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False


@contextmanager
def _running(command: list[str], folder: Path, url: str) -> Iterator[None]:
    """Run a server until the block ends; what it said is shown where it does not start."""
    log = folder / "said.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=folder, stdout=said, stderr=said, start_new_session=True
        )
    try:
        end = time.monotonic() + START
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"{command[0]} did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.1)
        yield
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _put(url: str, file: Path) -> None:
    """Give a server a file over the Graph Store Protocol."""
    kind = {"Content-Type": "application/trig"}
    request = urllib.request.Request(url, file.read_bytes(), kind, method="PUT")
    with urllib.request.urlopen(request, timeout=START) as answer:
        assert answer.status in (200, 201, 204)


@contextmanager
def oxigraph(folder: Path, *, union: bool) -> Iterator[Server]:
    """``oxigraph serve``, whose default graph shows the named ones or does not."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [program("oxigraph"), "serve", "--location", str(folder / "data")]
    command += ["--bind", f"127.0.0.1:{port}", *(["--union-default-graph"] if union else [])]
    with _running(command, folder, f"{url}/query"):
        name = "oxigraph, union" if union else "oxigraph"
        yield Server(name, f"{url}/query", None, lambda file: _put(f"{url}/store", file))


# The ini is a plain one: above all, ResultSetMaxRows keeps the value that Virtuoso ships with.
_VIRTUOSO = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 8
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
DirsAllowed = {folder}
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 8
[SPARQL]
ResultSetMaxRows = 10000
"""


@contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    """Virtuoso 7, asked by anyone, told after a Digest login by dba, whose first word is dba."""
    port, sql = free_port(), free_port()

    def ask(command: str) -> str:
        isql = [program("isql-vt"), f"127.0.0.1:{sql}", "dba", "dba", f"exec={command}"]
        ran = subprocess.run(isql, check=True, capture_output=True, text=True, timeout=START)
        return ran.stdout

    def load(file: Path) -> None:
        quads = folder / "given.nq"
        ox.serialize(ox.parse(path=file), quads, format=ox.RdfFormat.N_QUADS)
        # 512 has it read N-Quads; the graph named here is for what has none.
        ask(f"DB.DBA.TTLP (file_to_string_output ('{quads}'), '', 'urn:none', 512);")

    def gather(given: Path) -> None:
        ask(f"ld_dir ('{given}', '*.nq.gz', 'urn:none');")
        ask("rdf_loader_run ();")
        ask("checkpoint;")
        told = ask("SELECT COUNT (*) FROM DB.DBA.load_list WHERE ll_state <> 2 OR ll_error <> '';")
        assert re.search(r"^0$", told, re.M), told

    ini = folder / "virtuoso.ini"
    ini.write_text(_VIRTUOSO.format(folder=folder, sql=sql, port=port))
    command = [program("virtuoso-t"), "+foreground", "+wait", "+configfile", str(ini)]
    url = f"http://127.0.0.1:{port}"
    with _running(command, folder, f"{url}/sparql"):
        yield Server(
            "virtuoso",
            f"{url}/sparql",
            f"{url}/sparql-auth",
            load,
            gather,
            {"SYSGRAPH_USER": "dba", "SYSGRAPH_PASSWORD": "dba"},
        )


@contextmanager
def rdflib_endpoint(folder: Path, file: Path) -> Iterator[Server]:
    """rdflib behind rdflib-endpoint, filled from a file.

    For loopback only: it reads the files of this machine for anyone.
    """
    url = f"http://127.0.0.1:{(port := free_port())}/"
    command = [program("rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--enable-update", str(file)]
    with _running(command, folder, url):
        yield Server("rdflib-endpoint", url, url, lambda _: None)

"""The questions, put to five SPARQL engines over the shipped library: what they answer, how fast.

``cd tests; python -m others.engines`` prints a table of seconds, a line for each question that
takes an engine more than one.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from others.running import PLACE, program
from servers.asking import call, questions
from servers.running import Server, oxigraph, virtuoso
from sysgraph.store.local import Rows, Store
from sysgraph.stores import open_store

HERE = Path(__file__).parent
PATIENCE = 1_800
"""Seconds that an engine may take for all questions; a busy machine is slow."""


@dataclass(frozen=True)
class Answer:
    """What an engine said, or why it did not, and the seconds of work that it took."""

    seconds: float
    rows: Rows | None
    error: str = ""


PROGRAMS = {
    "rdflib": [sys.executable, str(HERE / "rdflib_asked.py")],
    "Jena ARQ": [sys.executable, str(HERE / "arq.py")],
    "Comunica": [program("node"), str(HERE / "comunica.cjs")],
}
"""Engines that answer over a file; theirs are seconds of work, on however busy a machine."""

SERVERS = ("Oxigraph", "Virtuoso")
"""Engines that are asked as a server, by our client, which asks for the number of rows as well."""

ENGINES = (*PROGRAMS, *SERVERS)


def export(file: Path) -> Path:
    """Write all of the shipped library into a file."""
    code, said = call(["export", "--format", "trig", "-o", file], {})
    assert code == 0, said
    return file


def ask(engine: str, file: Path, asked: Mapping[str, str], folder: Path) -> dict[str, Answer]:
    """Put questions to an engine over a file, all of whose graphs are asked as one."""
    if engine in PROGRAMS:
        return _ask_program(PROGRAMS[engine], file, asked)
    with _serving(engine, folder) as server:
        server.take(file)
        store = open_store(server.url)
        return {name: _ask_store(store, text) for name, text in asked.items()}


def _serving(engine: str, folder: Path) -> AbstractContextManager[Server]:
    return virtuoso(folder) if engine == "Virtuoso" else oxigraph(folder, union=True)


def _ask_program(command: list[str], file: Path, asked: Mapping[str, str]) -> dict[str, Answer]:
    done = subprocess.run(
        [*command, str(file)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env={**os.environ, "NODE_PATH": str(PLACE / "node_modules")},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["name"]: _answer(line) for line in lines}


def _answer(line: Mapping[str, str]) -> Answer:
    seconds = float(line["seconds"])
    if "error" in line:
        return Answer(seconds, None, line["error"])
    said = json.loads(line["answer"])
    said.pop("metadata", None)  # which Comunica adds
    found = ox.parse_query_results(json.dumps(said), format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    columns = tuple(variable.value for variable in found.variables)
    return Answer(seconds, Rows(columns, tuple(map(tuple, found))))


def _ask_store(store: Store, text: str) -> Answer:
    begun = time.perf_counter()
    rows = store.select(text)
    return Answer(time.perf_counter() - begun, rows)


def table(found: Mapping[str, Mapping[str, Answer]]) -> str:
    """Return as Markdown how many seconds each question took each engine, the slow ones first."""
    seconds = {
        name: [found[engine][name].seconds for engine in found]
        for name in next(iter(found.values()))
    }
    slow = sorted(
        (name for name in seconds if max(seconds[name]) > 1), key=lambda n: -max(seconds[n])
    )
    rows = [["question", *found], ["---"] + ["--:"] * len(found)]
    rows += [[f"`{name}`", *(f"{each:.1f}" for each in seconds[name])] for name in slow]
    total = [sum(each[at] for each in seconds.values()) for at in range(len(found))]
    rows.append([f"all {len(seconds)}", *(f"{each:.1f}" for each in total)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main() -> None:
    """Ask every engine everything, and print the table."""
    asked = dict(questions(open_store()))
    with tempfile.TemporaryDirectory() as folder:
        file = export(Path(folder) / "all.trig")
        found = {}
        for number, engine in enumerate(ENGINES):
            (place := Path(folder) / str(number)).mkdir()
            found[engine] = ask(engine, file, asked, place)
    sys.stdout.write(table(found))


if __name__ == "__main__":
    main()

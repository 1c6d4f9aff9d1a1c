"""Measure a table of cases: read, validated and loaded, beside pySHACL on the same graph.

Each is done in a process of its own; seconds and the most memory that it and its children took:
python benchmarks/rows.py 10000
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
from generate import make

from sysgraph import library
from sysgraph.case.compile import tell
from sysgraph.case.document import Plain
from sysgraph.case.read import read_part
from sysgraph.case.sheets import rows_of
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.publish.tables import write_csv, write_workbook
from sysgraph.reason.shipped import reasoner
from sysgraph.vocabulary import Vocabulary

ONTOLOGY = data() / "ontology"
_MAKE = "make the files"


def trees(count: int, vocabulary: Vocabulary) -> Iterator[dict[str, Plain]]:
    """Yield synthetic cases as people write them."""
    for number, text in enumerate(make(count), 1):
        quads = ox.parse(text, format=ox.RdfFormat.N_QUADS)
        yield tell(quads, f"synthetic-{number:06d}", vocabulary)


def read_rows(path: Path) -> None:
    """Read a table to triples, and keep none of them."""
    vocabulary = Ontology.load(ONTOLOGY).vocabulary
    for part in rows_of(path, vocabulary):
        assert not any(case.findings for case in read_part(part, vocabulary))


def load_rows(path: Path) -> None:
    """Check a table and load it into a new store with what follows."""
    from sysgraph.bulk.load import load_bulk

    with tempfile.TemporaryDirectory() as folder:
        done = load_bulk([path], Path(folder) / "store")
        assert not done.violations
        assert not done.disagreements


def judge_plainly(path: Path) -> None:
    """Do to N-Triples what the plain libraries do to check it: rdflib reads, pySHACL judges."""
    import pyshacl
    import rdflib

    from sysgraph.check import stub

    graph = rdflib.Graph().parse(path, format="nt")
    graph += stub()
    shapes = rdflib.Graph()
    for file in sorted((ONTOLOGY / "shapes").glob("*.ttl")):
        if file.stem not in ("style", "vocabulary"):
            shapes.parse(file)
    pyshacl.validate(graph, shacl_graph=shapes, inference="none")


TASKS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "read CSV": ("cases.csv", read_rows),
    "read XLSX": ("cases.xlsx", read_rows),
    "validate and load CSV": ("cases.csv", load_rows),
    "validate and load XLSX": ("cases.xlsx", load_rows),
    "rdflib and pySHACL, judged only": ("cases.nt", judge_plainly),
}


def measure(task: str, folder: Path) -> None:
    """Do one task in this process and print what it took."""
    name, work = TASKS[task]
    began = time.perf_counter()
    work(folder / name)
    seconds = time.perf_counter() - began
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024
    print(json.dumps({"task": task, "seconds": round(seconds, 1), "peak MB": round(peak)}))


def make_files(count: int, folder: Path) -> None:
    """Write the same cases as N-Triples, CSV and XLSX."""
    ontology = Ontology.load(ONTOLOGY)
    vocabulary = ontology.vocabulary
    with (folder / "cases.nt").open("w") as file:
        for text in make(count):
            file.writelines(
                f"{quad.triple} .\n" for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS)
            )
    with (folder / "cases.csv").open("wb") as file:
        file.writelines(write_csv(lambda: trees(count, vocabulary), vocabulary))
    (folder / "cases.xlsx").write_bytes(write_workbook(trees(count, vocabulary), ontology))


def main() -> None:
    """Make the files, and measure each task in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--folder", type=Path, help="where the files are kept between runs")
    parser.add_argument("--task", help="only this, in this process")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp())
    if chosen.task == _MAKE:
        make_files(chosen.count, folder)
        return
    if chosen.task:
        measure(chosen.task, folder)
        return
    library.load().close()  # so that no task pays for reasoning over the library
    reasoner()
    # Also the making is another process: a child begins with the peak of its parent.
    for task in (_MAKE, *TASKS):
        command = [sys.executable, __file__, str(chosen.count), "--folder", str(folder)]
        subprocess.run([*command, "--task", task], check=True)


if __name__ == "__main__":
    main()

"""Make synthetic cases of real size by putting parts of the shipped cases together anew.

Each text, list, reading, practice, set of citations, and course with its outcomes, comes from a
shipped case drawn at random; ids are synthetic-000001 and so on. The same seed gives the same
cases, whatever their number. They conform to the shapes and are written as N-Quads, each case in
its own graph: python benchmarks/generate.py 1000 cases.nq
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from sysgraph.case.contribution import Contribution
from sysgraph.case.read import read
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.terms import graph_of

_ID = "the-id-to-come"
_YEARS = ("startYear", "endYear")
_COURSE = "years and outcomes"

Pieces = dict[str, list[str]]
"""For each kind of piece, what each shipped case has of it, as N-Quads with a mark for the id."""


def shipped() -> list[Contribution]:
    """Return the shipped cases."""
    ontology = data() / "ontology"
    vocabulary = Ontology.load(ontology).vocabulary
    files = sorted((ontology / "cases").glob("*.yaml"))
    return [case for file in files for case in read(file, vocabulary)]


def take_apart(cases: list[Contribution]) -> Pieces:
    """Return the pieces of cases, each with the statement of the case that points to it."""
    pieces: Pieces = defaultdict(list)
    for case in cases:
        own: dict[str, list[str]] = defaultdict(list)
        for quad in sorted(case.quads, key=str):
            own[_kind(quad.subject.value, quad.predicate.value, str(quad.object), case.iri)].append(  # type: ignore[union-attr]
                f"{quad.triple} <{graph_of(_ID)}> .\n".replace(
                    f"{case.iri}/", f"{_base()}{_ID}/"
                ).replace(f"{case.iri}>", f"{_base()}{_ID}>")
            )
        for kind, lines in own.items():
            pieces[kind].append("".join(lines))
    # A kind that some cases lack is lacking as often in what is made.
    for found in pieces.values():
        found.extend([""] * (len(cases) - len(found)))
    return dict(sorted(pieces.items()))


def _base() -> str:
    return "https://w3id.org/sysgraph/case/"


def _kind(subject: str, predicate: str, value: str, case: str) -> str:
    """Return which piece a statement is of: a part of the case, or all of one property."""
    node = value[1:-1] if subject == case and value.startswith(f"<{case}/") else subject
    path = node.removeprefix(case).strip("/").split("/")
    if path[0] == "outcome":
        return _COURSE  # which cannot be judged before it begins
    if path[0] == "readings":
        return "/".join(path[:2])
    if path[0]:
        return path[0]
    name = predicate.replace("#", "/").rpartition("/")[2]
    return _COURSE if name in _YEARS else name


def make(count: int, seed: int = 0) -> Iterator[str]:
    """Yield so many cases as N-Quads."""
    pieces = take_apart(shipped())
    draw = random.Random(seed)
    for number in range(1, count + 1):
        drawn = "".join([draw.choice(found) for found in pieces.values()])
        yield drawn.replace(_ID, f"synthetic-{number:06d}")


def write_cases(path: Path, count: int, seed: int = 0) -> None:
    """Write so many cases into a file."""
    with path.open("w", encoding="utf-8") as file:
        for case in make(count, seed):
            file.write(case)


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    write_cases(chosen.path, chosen.count, chosen.seed)


if __name__ == "__main__":
    main()

"""What the shapes ask of each key: needed or not, once or often, and one of which words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sysgraph.graph import read_turtle, triples_of
from sysgraph.terms import PREFIXES

__all__ = ["Demand", "Demands", "load_demands"]

_SH = f"<{PREFIXES['sh']}"
_RDF = f"<{PREFIXES['rdf']}"


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of a property. ``words`` are all values allowed, where they are listed."""

    is_needed: bool = False
    is_single: bool = False
    words: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True, slots=True)
class Demands:
    """The demands of the shapes, by the predicate that leads to a node, or its class.

    ``classed`` holds the predicates whose objects are of a class with a shape of its own.
    """

    by: dict[tuple[str, str], Demand]
    classed: frozenset[str]

    def on(self, node: str, predicate: str) -> Demand:
        """Return what is asked of a property of a node, which is asked nothing by default."""
        return self.by.get((node, predicate), Demand())


@cache
def load_demands(ontology: Path) -> Demands:
    """Read what the shapes of an ontology folder ask. Names are bare IRIs."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in triples_of(read_turtle(_shape_files(ontology))):
        said[subject][predicate].append(value)
    found: dict[tuple[str, str], Demand] = {}
    classed: set[str] = set()
    for shape in list(said.values()):
        leads = [value[1:-1] for value in shape[f"{_SH}targetObjectsOf>"]]
        classes = [value[1:-1] for value in shape[f"{_SH}targetClass>"]]
        if leads and classes:
            classed |= {*leads}
        for node in (*leads, *classes):
            # What is asked first and foremost has the shortest name, and its message is told.
            for name in sorted(shape[f"{_SH}property>"], key=lambda name: (len(name), name)):
                _add(found, node, said[name], said)
    return Demands(found, frozenset(classed))


def _shape_files(ontology: Path) -> list[Path]:
    # These two judge the ontology itself.
    files = sorted((ontology / "shapes").glob("*.ttl"))
    return [path for path in files if path.stem not in ("style", "vocabulary")]


_Said = dict[str, dict[str, list[str]]]


def _add(
    found: dict[tuple[str, str], Demand], node: str, shape: dict[str, list[str]], said: _Said
) -> None:
    path = "".join(shape[f"{_SH}path>"])[1:-1]
    if not path:
        return
    was = found.get((node, path), Demand())
    is_violation = f"{_SH}Violation>" in shape[f"{_SH}severity>"]
    at_least = any(_number(value) > 0 for value in shape[f"{_SH}minCount>"])
    words = tuple(word for head in shape[f"{_SH}in>"] for word in _listed(head, said))
    message = "".join(_text(value) for value in shape[f"{_SH}message>"][:1])
    found[node, path] = Demand(
        was.is_needed or (at_least and is_violation),
        was.is_single or any(_number(value) == 1 for value in shape[f"{_SH}maxCount>"]),
        was.words or words,
        message if at_least and is_violation else was.message or message,
    )


def _number(literal: str) -> int:
    return int(_text(literal))


def _listed(head: str, said: _Said) -> list[str]:
    found = []
    while head in said and said[head][f"{_RDF}first>"]:
        found.append(_text(said[head][f"{_RDF}first>"][0]))
        head = said[head][f"{_RDF}rest>"][0]
    return found


def _text(literal: str) -> str:
    return literal[1 : literal.rindex('"')] if literal.startswith('"') else literal

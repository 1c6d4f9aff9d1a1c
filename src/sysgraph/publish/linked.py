"""Cases as JSON-LD: each a tree in the keys that people write, with a name on every part.

Source: JSON-LD 1.1, https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import pyoxigraph as ox

from sysgraph.case.closed import Object
from sysgraph.case.compile import Bare, Teller, node_name
from sysgraph.context import expand
from sysgraph.errors import SysgraphError
from sysgraph.jsonld import clashing, quoted, value_of
from sysgraph.publish.tables import peek
from sysgraph.rdf import RDF_TYPE
from sysgraph.subjects import order, rank
from sysgraph.terms import CRITIQUE, NAMESPACE, PREFIXES, contribution_of, graph_of, iri_of
from sysgraph.vocabulary import Vocabulary

__all__ = ["context_of", "linked", "write_linked"]

_OTHERS = {
    name: iri
    for name, iri in PREFIXES.items()
    if not iri.startswith(NAMESPACE) and iri.endswith(("/", "#"))
}
"""The prefixes of others, by which what has no key is called."""
_WIDTH = 100
_LEAF = {"id", "@value", "@language", "@type"}
"""What an object on one line holds, such as a text with its language."""
_TYPE = RDF_TYPE.value

Node = dict[str, Any]


def context_of(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the context of a document of cases; names are whole there, and need no base."""
    own = {name: one for name, one in vocabulary.context.items() if name != "@base"}
    return own | {name: iri for name, iri in _OTHERS.items() if name not in own}


def linked(graphs: Mapping[str, Iterable[ox.Quad]], vocabulary: Vocabulary) -> list[Node]:
    """Return the case or critique that some named graphs are about, and then what else there is.

    What it states itself stands under the keys that people write, or under the name of a property
    where there is no key. What the other graphs say of a part stands before its keys.

    Raises:
        SysgraphError: a name looks like a short one, so that JSON-LD would take it for another.
    """
    name = next(filter(None, map(contribution_of, graphs)), "")
    return _Linker(graphs, name, vocabulary).nodes()


class _Linker:
    def __init__(
        self, graphs: Mapping[str, Iterable[ox.Quad]], name: str, vocabulary: Vocabulary
    ) -> None:
        is_critique = name.startswith(CRITIQUE)
        self._iri = iri_of(name) if name else ""
        self._context = context_of(vocabulary)
        self._prefixes = _OTHERS | vocabulary.prefixes
        self._own = vocabulary.of_critiques if is_critique else vocabulary
        self._kind = "Critique" if is_critique else "CaseStudy"
        self._nodes: dict[str, Node] = {}
        self._about: dict[str, list[ox.Quad]] = defaultdict(list)
        stated = graph_of(name) if name else ""
        for graph in graphs.keys() - {stated}:
            for quad in graphs[graph]:
                self._about[node_name(quad.subject)].append(quad)
        self._teller = Teller(graphs.get(stated, ()), self._own, self._begin)

    def nodes(self) -> list[Node]:
        root = [self._teller.part(self._iri, self._own.keys)] if self._iri else []
        within = set(self._nodes)
        for subject in sorted(self._about.keys() - within, key=lambda name: order(f"<{name}>")):
            self._begin(subject)
        for subject, predicate, value in list(self._teller.left()):
            self._put(self._nodes.get(subject) or self._begin(subject), predicate, value)
        return [*root, *(node for name, node in self._nodes.items() if name not in within)]

    def _begin(self, subject: str) -> Node:
        """Return a node with its name, its types, and what else it is described by."""
        node: Node = {"id": self._whole(subject)}
        if subject in self._nodes:  # where it stands for the second time, its name will do
            return node
        self._nodes[subject] = node
        self._teller.told.add((subject, _TYPE))
        for value in self._teller.facts.get((subject, _TYPE), ()):
            self._put(node, _TYPE, value)
        for quad in sorted(self._about[subject], key=_in_order):
            self._put(node, quad.predicate.value, quad.object)
        return node

    def _put(self, node: Node, predicate: str, value: Object) -> None:
        key, said = self._short(predicate), self._value(value)
        if predicate == _TYPE and isinstance(value, ox.NamedNode):
            is_own = node["id"] == self._iri and value.value == expand(self._context[self._kind])
            key, said = "type", self._kind if is_own else self._short(value.value)
        before = node.setdefault(key, said)
        several = before if isinstance(before, list) else [before]
        # By what is written, for Python takes true for 1.
        if quoted(said) not in map(quoted, several):
            node[key] = [*several, said]

    def _value(self, term: Object) -> object:
        if not isinstance(term, ox.Literal):
            return {"id": self._whole(node_name(term))}
        return value_of(str(term), self._short, "id")

    def _short(self, iri: str) -> str:
        fitting = [(len(base), name) for name, base in self._prefixes.items() if base in iri]
        for length, name in sorted(fitting, reverse=True):
            if iri.startswith(self._prefixes[name]) and iri[length : length + 2] != "//":
                return f"{name}:{iri[length:]}"
        return self._whole(iri)

    def _whole(self, iri: str) -> str:
        if clashing([iri], self._prefixes):
            reason = "JSON-LD would take it for a short name; write it as Turtle"
            raise SysgraphError(f"{self._iri}: <{iri}>: {reason}")
        return iri


def _in_order(quad: ox.Quad) -> tuple[int, str, str]:
    return rank(str(quad.predicate)), str(quad.predicate), order(str(quad.object))


def write_linked(cases: Iterable[Iterable[Node]], vocabulary: Vocabulary) -> Iterator[bytes]:
    """Yield a document of what ``linked`` returns, case by case; one alone is the document."""
    nodes, several = peek(chain.from_iterable(cases))
    context = (f"    {quoted(name)}: {quoted(one)}" for name, one in context_of(vocabulary).items())
    yield ('{\n  "@context": {\n' + ",\n".join(context) + "\n  },\n").encode()
    if several is False:
        yield f"{_text(next(nodes), 0)[2:]}\n".encode()
        return
    between = '  "@graph": [\n'
    for node in nodes:
        yield f"{between}    {_text(node, 4)}".encode()
        between = ",\n"
    yield b'  "@graph": []\n}\n' if several is None else b"\n  ]\n}\n"


def _text(value: Any, indent: int) -> str:
    """Return a value as JSON: on one line if it is short, or a line for each of its parts."""
    if isinstance(value, Bare):
        return quoted(value.in_json)
    if isinstance(value, dict) and not value.keys() <= _LEAF:
        parts = [f"{quoted(name)}: {_text(one, indent + 2)}" for name, one in value.items()]
        return _spread("{", parts, "}", indent)
    if isinstance(value, list):
        parts = [_text(one, indent + 2) for one in value]
        line = f"[{', '.join(parts)}]"
        is_short = "\n" not in line and indent + len(line) <= _WIDTH
        return line if is_short else _spread("[", parts, "]", indent)
    return quoted(value)


def _spread(start: str, parts: list[str], end: str, indent: int) -> str:
    margin = " " * indent
    inner = ",\n".join(f"{margin}  {part}" for part in parts)
    return f"{start}\n{inner}\n{margin}{end}"

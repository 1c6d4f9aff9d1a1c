"""Cases as JSON-LD: each a tree in the keys that people write, with a name on every part.

Source: JSON-LD 1.1, https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import pyoxigraph as ox

from sysgraph.case.closed import Object
from sysgraph.case.compile import Bare, Left, Teller
from sysgraph.errors import SysgraphError
from sysgraph.jsonld import clashing, quoted, value_of
from sysgraph.ontology import Vocabulary, expand
from sysgraph.publish.tables import peek
from sysgraph.rdf import RDF_TYPE, text_of
from sysgraph.terms import CRITIQUE, NAMESPACE, PREFIXES, iri_of

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


def linked(
    quads: Iterable[ox.Quad], name: str, vocabulary: Vocabulary, about: Iterable[ox.Triple] = ()
) -> list[Node]:
    """Return a case or critique as a node object, and then whatever else there is told of.

    ``about`` are further statements, which stand before the keys of what they speak of. What no key
    says stands under the name of its property.

    Raises:
        SysgraphError: a name looks like a short one, so that JSON-LD would take it for another.
    """
    return _Linker(quads, name, vocabulary, about).nodes()


class _Linker:
    def __init__(
        self,
        quads: Iterable[ox.Quad],
        name: str,
        vocabulary: Vocabulary,
        about: Iterable[ox.Triple],
    ) -> None:
        is_critique = name.startswith(CRITIQUE)
        self._name, self._iri = name, iri_of(name)
        self._context = context_of(vocabulary)
        self._prefixes = _OTHERS | vocabulary.prefixes
        self._own = vocabulary.of_critiques if is_critique else vocabulary
        self._kind = "Critique" if is_critique else "CaseStudy"
        self._about: dict[str, list[Left]] = defaultdict(list)
        for triple in about:
            subject = text_of(triple.subject)
            self._about[subject].append((subject, triple.predicate.value, triple.object))
        self._nodes: dict[str, Node] = {}
        self._teller = Teller(quads, self._own, self._begin)

    def nodes(self) -> list[Node]:
        root = self._teller.part(self._iri, self._own.keys)
        within = set(self._nodes)
        for subject in sorted(self._about.keys() - within):
            self._begin(subject)
        for subject, predicate, value in list(self._teller.left()):
            self._put(self._nodes.get(subject) or self._begin(subject), predicate, value)
        return [root, *(node for name, node in self._nodes.items() if name not in within)]

    def _begin(self, subject: str) -> Node:
        """Return a node with its name, its types, and what else it is described by."""
        is_again = subject in self._nodes
        node: Node = {"id": self._whole(subject)}
        self._nodes.setdefault(subject, node)
        self._teller.told.add((subject, _TYPE))
        said = self._teller.facts.get((subject, _TYPE), ())
        stated = [(subject, _TYPE, value) for value in said]
        for _, predicate, value in () if is_again else [*stated, *self._about[subject]]:
            self._put(node, predicate, value)
        return node

    def _put(self, node: Node, predicate: str, value: Object) -> None:
        key, said = self._short(predicate), self._value(value)
        if predicate == _TYPE and isinstance(value, ox.NamedNode):
            is_own = node["id"] == self._iri and value.value == expand(self._context[self._kind])
            key, said = "type", self._kind if is_own else self._short(value.value)
        before = node.setdefault(key, said)
        if isinstance(before, list):
            before += [said] if said not in before else []
        elif before != said:
            node[key] = [before, said]

    def _value(self, term: Object) -> object:
        if isinstance(term, ox.NamedNode):
            return {"id": self._whole(term.value)}
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
            raise SysgraphError(f"{self._name.replace('/', ' ')}: <{iri}>: {reason}")
        return iri


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

"""Quads as JSON-LD that people read: nodes under short names, a property a line.

Source: JSON-LD 1.1, https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from json import JSONEncoder

import pyoxigraph as ox

from sysgraph.rdf import RDF_TYPE, Term, text_of
from sysgraph.terms import PREFIXES, compact

__all__ = ["clashing", "context_of", "node_objects", "quoted", "short", "value_of"]

_RDF, _XSD = PREFIXES["rdf"], PREFIXES["xsd"]
_FIRST, _REST = ox.NamedNode(f"{_RDF}first"), ox.NamedNode(f"{_RDF}rest")
_NIL = ox.NamedNode(f"{_RDF}nil")
_BARE = {f"{_XSD}boolean": "true|false", f"{_XSD}integer": "0|-?[1-9][0-9]{0,14}"}
_DEEPEST = 16
"""So many nodes without a name stand one within the other; deeper ones get a name."""

quoted = JSONEncoder(ensure_ascii=False).encode
Namer = Callable[[str], str]
"""Writes an IRI, short where that can be."""
Node = dict[ox.NamedNode, list[Term]]
"""What is said of a thing, by property."""


@lru_cache(maxsize=20_000)
def short(iri: str) -> str:
    """Return an IRI with its prefix, or as it is where JSON-LD would not find it again.

    >>> short("https://w3id.org/sysgraph/case/wigan-deal/practice")
    'case:wigan-deal/practice'
    >>> short("https://schema.org///x")
    'https://schema.org///x'
    """
    written = compact(iri)
    return iri if written.partition(":")[2].startswith("//") else written


def clashing(iris: Iterable[str]) -> set[str]:
    """Return the prefixes that whole IRIs seem to begin with, as ``<risk:x>`` does."""
    schemes = (iri.partition(":") for iri in iris)
    return {name for name, _, rest in schemes if name in PREFIXES and rest[:2] != "//"}


def context_of(prefixes: Iterable[str]) -> dict[str, object]:
    """Return what a context says of some prefixes, sorted."""
    # A prefix that ends in a letter or an underscore has to be called one.
    return {
        name: iri if iri[-1] in "/#:" else {"@id": iri, "@prefix": True}
        for name, iri in sorted(PREFIXES.items())
        if name in prefixes
    }


def value_of(term: Term, name: Namer, key: str = "@id") -> object:
    """Return what JSON-LD writes for a value of a property that its context does not know."""
    if not isinstance(term, ox.Literal):
        return {key: name_of(term, name)}
    kind = term.datatype.value
    if term.language:
        turned = {"@direction": str(term.direction)} if term.direction else {}
        return {"@value": term.value, "@language": term.language, **turned}
    if kind == f"{_XSD}string":
        return term.value
    if re.fullmatch(_BARE.get(kind, "(?!)"), term.value):
        return term.value == "true" if kind == f"{_XSD}boolean" else int(term.value)
    return {"@value": term.value, "@type": name(kind)}


def name_of(term: Term, name: Namer) -> str:
    """Return how a thing is called."""
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else name(term.value)


def node_objects(quads: Sequence[ox.Quad], used: set[str]) -> Iterator[str]:
    """Yield the node and graph objects of some quads, in their order; prefixes go to ``used``.

    Things without a name stand where they are pointed to, if that is one place, and so do lists.
    """
    hidden = clashing({iri for quad in quads for iri in _iris(quad)})

    def name(iri: str) -> str:
        written = short(iri)
        prefix = written.partition(":")[0]
        if written == iri or prefix in hidden:
            return iri
        used.add(prefix)
        return written

    graphs: dict[str, dict[Term, Node]] = defaultdict(dict)
    for quad in quads:
        node = graphs[str(quad.graph_name)].setdefault(quad.subject, {})
        node.setdefault(quad.predicate, []).append(quad.object)
    names = {str(quad.graph_name): quad.graph_name for quad in quads}
    once = _once(quads, graphs)
    # A prefix that is no prefix here is taken back, or it would be read as one.
    start = [f'"@context": {quoted(dict.fromkeys(sorted(hidden)))}'] if hidden else []
    for key, nodes in graphs.items():
        graph = _Graph(nodes, once, name)
        if not text_of(names[key]):
            yield from (graph.written(node, 4, start) for node in graph.tops())
            continue
        inner = [graph.written(node, 8, []) for node in graph.tops()]
        listed = ",\n".join(f"{' ' * 8}{text}" for text in inner)
        named = f'"@id": {quoted(name_of(names[key], name))}'
        yield _braced([*start, named, f'"@graph": [\n{listed}\n{" " * 6}]'], 4)


def _iris(quad: ox.Quad) -> Iterator[str]:
    for term in quad:
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value


def _once(quads: Iterable[ox.Quad], graphs: dict[str, dict[Term, Node]]) -> set[Term]:
    """Return the things without a name that are pointed to once, and told of in one graph."""
    uses: Counter[Term] = Counter()
    for quad in quads:
        uses[quad.object] += 2 if quad.predicate == RDF_TYPE else 1
        uses[quad.graph_name] += isinstance(quad.graph_name, ox.BlankNode) * 2
    homes = Counter(node for nodes in graphs.values() for node in nodes)
    return {
        node for node in homes if isinstance(node, ox.BlankNode) and uses[node] == homes[node] == 1
    }


def _braced(lines: Iterable[str], indent: int) -> str:
    inner = ",\n".join(f"{' ' * (indent + 2)}{line}" for line in lines)
    return f"{{\n{inner}\n{' ' * indent}}}"


def _one_or_all(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


class _Graph:
    """The things of a graph, some of them within others."""

    def __init__(self, nodes: dict[Term, Node], once: set[Term], name: Namer) -> None:
        self._nodes = nodes
        self._name = name
        self._may = {node for node in once if node in nodes}
        self._inner: set[Term] = set()
        self._lists: dict[Term, list[Term]] = {}
        self._place()

    def tops(self) -> list[Term]:
        """Return what stands within nothing else."""
        return [node for node in self._nodes if node not in self._inner]

    def _place(self) -> None:
        """Find what stands within what; what only points to itself in a ring stands in nothing."""
        waiting = [(node, 0) for node in self._nodes if node not in self._may]
        while waiting:
            node, depth = waiting.pop()
            for value in self._below(node):
                if value not in self._may:
                    continue
                if depth < _DEEPEST:
                    self._inner |= {value, *self._cells(value)}
                waiting.append((value, depth + 1 if depth < _DEEPEST else 0))

    def _below(self, node: Term) -> Iterable[Term]:
        if node in self._lists:
            return self._lists[node]
        return (value for values in self._nodes[node].values() for value in values)

    def _cells(self, head: Term) -> list[Term]:
        """Return the cells of a list that JSON can have, and note what it holds."""
        cells: list[Term] = []
        items: list[Term] = []
        cell = head
        while cell != _NIL:
            said = self._nodes.get(cell, {})
            if cell not in self._may or cell in cells[-1:] or said.keys() != {_FIRST, _REST}:
                return []
            if len(said[_FIRST]) > 1 or len(said[_REST]) > 1 or len(cells) > len(self._may):
                return []
            cells.append(cell)
            items.append(said[_FIRST][0])
            cell = said[_REST][0]
        self._lists[head] = items
        return cells

    def written(self, node: Term, indent: int, start: Sequence[str]) -> str:
        """Return a thing as an object, with what stands within it."""
        named = [] if node in self._inner else [f'"@id": {quoted(name_of(node, self._name))}']
        lines = [*start, *named]
        for predicate, values in self._nodes[node].items():
            if predicate == RDF_TYPE and not any(isinstance(v, ox.Literal) for v in values):
                key, texts = '"@type"', [quoted(name_of(value, self._name)) for value in values]
            else:
                key = quoted(self._name(predicate.value))
                texts = [self._value(value, indent + 2) for value in values]
            lines.append(f"{key}: {_one_or_all(texts)}")
        return _braced(lines, indent)

    def _value(self, value: Term, indent: int) -> str:
        if value not in self._inner:
            return quoted(value_of(value, self._name))
        if value not in self._lists:
            return self.written(value, indent, [])
        items = ", ".join(self._value(item, indent) for item in self._lists[value])
        return f'{{"@list": [{items}]}}'

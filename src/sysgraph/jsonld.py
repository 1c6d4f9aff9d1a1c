"""Graphs as JSON-LD that people read: nodes under short names, a property a line.

Terms and lines are those of N-Triples, as text.

Source: JSON-LD 1.1, https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import lru_cache
from json import JSONEncoder

from sysgraph.rdf import RDF_TYPE
from sysgraph.subjects import Subjects, shared
from sysgraph.terms import PREFIXES, compact, literal_text

__all__ = ["clashing", "context_of", "node_objects", "quoted", "value_of"]

_XSD = PREFIXES["xsd"]
_TYPE = str(RDF_TYPE)
_NATIVE = re.compile(
    rf'"(?:(true|false)"\^\^<{_XSD}boolean|(0|-?[1-9][0-9]{{0,14}})"\^\^<{_XSD}integer)>'
)
_IRI = re.compile(r"<([^<>]*)>$|\^\^<([^<>]*)>$")

quoted = JSONEncoder(ensure_ascii=False).encode
Namer = Callable[[str], str]
"""Writes an IRI, short where that can be."""


@lru_cache(maxsize=20_000)
def _short(iri: str) -> str:
    """Return an IRI with its prefix, or as it is where JSON-LD would not find it again.

    >>> _short("https://w3id.org/sysgraph/case/wigan-deal/practice")
    'case:wigan-deal/practice'
    >>> _short("https://schema.org///x")
    'https://schema.org///x'
    """
    written = compact(iri)
    return iri if written.partition(":")[2].startswith("//") else written


def clashing(iris: Iterable[str], prefixes: Container[str] = PREFIXES) -> set[str]:
    """Return the prefixes that whole IRIs seem to begin with, as ``risk:x`` does."""
    schemes = (iri.partition(":") for iri in iris)
    return {name for name, _, rest in schemes if name in prefixes and rest[:2] != "//"}


def context_of(prefixes: Container[str]) -> dict[str, object]:
    """Return what a context says of some prefixes, sorted."""
    # One that ends in a letter or an underscore has to be called a prefix.
    return {
        name: iri if iri[-1] in "/#:" else {"@id": iri, "@prefix": True}
        for name, iri in sorted(PREFIXES.items())
        if name in prefixes
    }


def value_of(term: str, name: Namer, key: str = "@id") -> object:
    """Return what JSON-LD writes for a value of a property that its context does not know.

    >>> value_of('"7"^^<http://www.w3.org/2001/XMLSchema#integer>', str), value_of('"a"@en', str)
    (7, {'@value': 'a', '@language': 'en'})
    """
    if term[0] != '"':
        return {key: name_of(term, name)}
    text, kind = literal_text(term), term[term.rindex('"') + 1 :]
    if not kind:
        return text
    if kind[0] == "@":
        language, _, direction = kind[1:].partition("--")
        turned = {"@direction": direction} if direction else {}
        return {"@value": text, "@language": language, **turned}
    if native := _NATIVE.fullmatch(term):
        return native[1] == "true" if native[1] else int(native[2])
    return {"@value": text, "@type": name(kind[3:-1])}


def name_of(term: str, name: Namer) -> str:
    """Return how a thing is called."""
    return name(term[1:-1]) if term[0] == "<" else term


def node_objects(graphs: Mapping[str, Iterable[str]], used: set[str]) -> Iterator[str]:
    """Yield the node and graph objects of graphs, by their names; prefixes go to ``used``."""
    every = {term for lines in graphs.values() for line in lines for term in line.split(" ", 2)}
    found = (_IRI.search(term) for term in every)
    hidden = clashing({*graphs, *(one[1] or one[2] for one in found if one)})

    def name(iri: str) -> str:
        written = _short(iri)
        prefix = written.partition(":")[0]
        if written == iri or prefix in hidden:
            return iri
        used.add(prefix)
        return written

    # What is no prefix here is taken back, or a whole name would be read as a short one.
    start = [f'"@context": {quoted(dict.fromkeys(sorted(hidden)))}'] if hidden else []
    named = shared(graphs.values())
    for graph, lines in graphs.items():
        objects = _Objects(lines, name, named)
        if not graph:
            yield from objects.texts(4, start)
            continue
        inner = ",\n".join(f"{' ' * 8}{text}" for text in objects.texts(8))
        parts = [f'"@id": {quoted(name(graph))}', f'"@graph": [\n{inner}\n{" " * 6}]']
        yield _braced([*start, *parts], 4)


def _braced(lines: Iterable[str], indent: int) -> str:
    inner = ",\n".join(f"{' ' * (indent + 2)}{line}" for line in lines)
    return f"{{\n{inner}\n{' ' * indent}}}"


class _Objects(Subjects):
    """Lines of N-Triples as node objects, one a subject; a list is one of JSON."""

    def __init__(self, lines: Iterable[str], name: Namer, named: Container[str]) -> None:
        super().__init__(lines, named)
        self._name = name

    def texts(self, indent: int, start: Iterable[str] = ()) -> Iterator[str]:
        """Yield each object, which has some lines to start with."""
        return (self._text(one, indent, start) for one in self.tops())

    def _text(self, node: str, indent: int, start: Iterable[str] = ()) -> str:
        is_named = node not in self._within and node not in self._alone
        named = [f'"@id": {quoted(name_of(node, self._name))}'] if is_named else []
        said = (self._line(key, values, indent + 2) for key, values in self._said[node])
        return _braced([*start, *named, *said], indent)

    def _line(self, predicate: str, values: list[str], indent: int) -> str:
        if predicate == _TYPE and all(value[0] == "<" for value in values):
            key, texts = "@type", [quoted(self._name(value[1:-1])) for value in values]
        else:
            key = self._name(predicate[1:-1])
            texts = [self._value(value, indent) for value in values]
        listed = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
        return f"{quoted(key)}: {listed}"

    def _value(self, value: str, indent: int) -> str:
        if value not in self._within or value not in self._said:
            return quoted(value_of(value, self._name))
        items = self._items(value)
        if items is None:
            return self._text(value, indent)
        return f'{{"@list": [{", ".join(self._value(one, indent) for one in items)}]}}'

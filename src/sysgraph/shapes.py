"""What the shapes demand of each property, and what the ontology says of its own things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from sysgraph.files import term_files
from sysgraph.rdf import RDF_TYPE, read_turtle, text_of
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = ["Demands", "Facts", "read_facts"]

_SH = PREFIXES["sh"]
_RDF = PREFIXES["rdf"]
_TYPE = RDF_TYPE.value
_SUBCLASS = f"{PREFIXES['rdfs']}subClassOf"


@dataclass(frozen=True, slots=True)
class Facts:
    """Shapes and terms of an ontology folder: what is told of each node, by predicate.

    ``files`` gives the name of the file that a term of the vocabulary stands in.
    """

    told: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def all(self, node: str, predicate: str) -> list[str]:
        """Return all that is told of a node by a predicate."""
        return self.told.get(node, {}).get(predicate, [])

    def said(self, node: str, predicate: str) -> str:
        """Return the first thing told, or nothing."""
        return next(iter(self.all(node, predicate)), "")

    def named(self, name: str, predicate: str) -> str:
        """Return what is told of the one term that goes by a name, or nothing."""
        found = [node for node in self.told if node.endswith(f"/{name}")]
        return self.said(found[0], predicate) if len(found) == 1 else ""

    def listed(self, head: str) -> Iterator[str]:
        """Yield what stands in an RDF list."""
        while head and head != f"{_RDF}nil":
            yield self.said(head, f"{_RDF}first")
            head = self.said(head, f"{_RDF}rest")

    def targets(self) -> set[str]:
        """Return the classes of this namespace that shapes judge."""
        found = {iri for about in self.told.values() for iri in about.get(f"{_SH}targetClass", ())}
        return {iri for iri in found if iri.startswith(NAMESPACE)}

    def class_of_parts(self, predicate: str) -> str:
        """Return the class that a shape judges together with what a property points to, if any."""
        for about in self.told.values():
            if predicate in about.get(f"{_SH}targetObjectsOf", ()):
                for kind in about.get(f"{_SH}targetClass", ()):
                    return kind
        return ""

    def members(self, kind: str) -> list[str]:
        """Return the individuals of a class and its subclasses, in the order of the files."""
        kinds = {kind}
        while True:
            more = {
                node
                for node, about in self.told.items()
                if kinds.intersection(about.get(_SUBCLASS, ()))
            }
            if more <= kinds:
                break
            kinds |= more
        return [
            node for node, about in self.told.items() if kinds.intersection(about.get(_TYPE, ()))
        ]

    def wider(self, kind: str) -> set[str]:
        """Return a class with all classes that it is a subclass of."""
        found, waiting = {kind}, [kind]
        while waiting:
            more = set(self.all(waiting.pop(), _SUBCLASS)) - found
            found |= more
            waiting += more
        return found

    def stated(self, kind: str) -> list[str]:
        """Return the individuals that are said to be of this very class, and of no narrower one."""
        return [node for node in self.members(kind) if kind in self.all(node, _TYPE)]

    def below(self, base: str) -> list[str]:
        """Return what has an IRI that begins so."""
        return [node for node in self.told if node.startswith(base)]


@cache
def read_facts(ontology: Path) -> Facts:
    """Read what the shapes for contributions and the terms of an ontology folder say.

    Raises:
        BadFile: a file of the folder is broken.
    """
    facts = Facts()
    shapes = [path for path in sorted((ontology / "shapes").glob("*.ttl")) if path.stem != "style"]
    for path in [*shapes, *term_files(ontology)]:
        for quad in read_turtle([path]):
            subject = _node(quad.subject)
            about = facts.told.setdefault(subject, {})
            about.setdefault(quad.predicate.value, []).append(_node(quad.object))
            facts.files.setdefault(subject, path.name)
    return facts


def _node(term: object) -> str:
    return str(term) if isinstance(term, ox.BlankNode) else text_of(term)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One property shape, read: what it demands, and how it says so.

    ``is_strict`` is false where it only asks for something. ``values`` are those that are
    allowed, ``kind`` is the class that the value must be of, and ``is_unique`` demands each
    language once.
    """

    message: str
    is_strict: bool
    least: int = 0
    most: int | None = None
    kind: str = ""
    datatype: str = ""
    pattern: str = ""
    values: tuple[str, ...] = ()
    is_address: bool = False
    is_unique: bool = False


@dataclass(frozen=True, slots=True)
class Demands:
    """What the shapes of one kind of thing demand, property by property."""

    by_predicate: dict[str, list[Demand]]

    @classmethod
    def of_class(cls, iri: str, facts: Facts) -> Demands:
        """Return what is demanded of the members of a class, as such and as those of wider ones."""
        return cls._of(f"{_SH}targetClass", facts.wider(iri), facts)

    @classmethod
    def of_parts(cls, predicate: str, facts: Facts) -> Demands:
        """Return what is demanded of whatever a property points to."""
        return cls._of(f"{_SH}targetObjectsOf", {predicate}, facts)

    @classmethod
    def _of(cls, how: str, targets: set[str], facts: Facts) -> Demands:
        found: dict[str, list[Demand]] = {}
        for about in list(facts.told.values()):
            if targets.isdisjoint(about.get(how, ())):
                continue
            for shape in about.get(f"{_SH}property", ()):
                path = facts.said(shape, f"{_SH}path")
                found.setdefault(path, []).append(_demand(shape, facts))
        for path, demands in found.items():
            found[path] = sorted(demands, key=_says_little)
        return cls(found)

    def predicates(self) -> list[str]:
        """Return what something is demanded of."""
        return [path for path in self.by_predicate if path.startswith("http")]

    def on(self, predicate: str) -> list[Demand]:
        """Return what is demanded of one property, the plainest first."""
        return self.by_predicate.get(predicate, [])


def _says_little(demand: Demand) -> tuple[bool, bool]:
    typed = bool(demand.datatype or demand.kind or demand.values or demand.is_address)
    return (not demand.least, not typed)


def _demand(shape: str, facts: Facts) -> Demand:
    def said(name: str) -> str:
        return facts.said(shape, f"{_SH}{name}")

    allowed = tuple(facts.listed(said("in"))) or tuple(facts.all(shape, f"{_SH}hasValue"))
    return Demand(
        message=said("message"),
        is_strict=said("severity") in ("", f"{_SH}Violation"),
        least=int(said("minCount") or bool(said("hasValue"))),
        most=int(said("maxCount")) if said("maxCount") else None,
        kind=said("class"),
        datatype=said("datatype"),
        pattern=said("pattern"),
        values=allowed,
        is_address=said("nodeKind") == f"{_SH}IRI",
        is_unique=said("uniqueLang") == "true",
    )

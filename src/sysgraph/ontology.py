"""The ontology of a folder, read once: context, terms, shapes, rules, and the closed vocabulary."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from sysgraph.cache import made
from sysgraph.context import at_any_depth, expand, is_key, read_keys
from sysgraph.files import data, term_files
from sysgraph.rdf import RDF_TYPE, read_turtle, text_of
from sysgraph.terms import NAMESPACE, PREFIXES, compact
from sysgraph.vocabulary import VOCABULARY, Vocabulary, freeze_vocabulary, thaw_vocabulary

__all__ = [
    "Demand",
    "Editions",
    "Nodes",
    "Ontology",
]

_SH = PREFIXES["sh"]
_RDF = PREFIXES["rdf"]
_OWL = PREFIXES["owl"]
_CRITIQUE = "Critique"
_SUBCLASS = f"{PREFIXES['rdfs']}subClassOf"
_NAMES = (f"{PREFIXES['rdfs']}label", f"{PREFIXES['skos']}altLabel", f"{PREFIXES['skos']}notation")
_DEPRECATED = f"{PREFIXES['owl']}deprecated"
_REPLACED = f"{PREFIXES['dcterms']}isReplacedBy"
_HINT = f"{PREFIXES['skos']}hiddenLabel"
_OF_THE_ONTOLOGY = ("alignments", "external", "style", "vocabulary")
"""The files of shapes that judge no contribution."""
_VERSION = re.compile(r'owl:versionInfo "([^"]+)"')


class Nodes:
    """What some quads tell of each node, by predicate, in their order and as plain text."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.about: dict[str, dict[str, list[str]]] = {}
        for quad in quads:
            about = self.about.setdefault(text_of(quad.subject), {})
            about.setdefault(quad.predicate.value, []).append(text_of(quad.object))

    def all(self, node: str, predicate: str) -> list[str]:
        """Return all that is told of a node by a predicate."""
        return self.about.get(node, {}).get(predicate, [])

    def said(self, node: str, predicate: str) -> str:
        """Return the first thing told, or nothing."""
        return next(iter(self.all(node, predicate)), "")

    def named(self, name: str, predicate: str) -> str:
        """Return what is told of the one node that goes by a name, or nothing."""
        found = [node for node in self.about if node.endswith(f"/{name}")]
        return self.said(found[0], predicate) if len(found) == 1 else ""

    def names(self, *predicates: str) -> dict[str, tuple[str, ...]]:
        """Return what each node is called, if it is called anything."""
        found = {
            node: tuple(text for one in about if one in predicates for text in about[one])
            for node, about in self.about.items()
        }
        return {node: texts for node, texts in found.items() if texts}

    def listed(self, head: str) -> Iterator[str]:
        """Yield what stands in an RDF list."""
        while head and head != f"{_RDF}nil":
            yield self.said(head, f"{_RDF}first")
            head = self.said(head, f"{_RDF}rest")

    def wider(self, kind: str) -> set[str]:
        """Return a class with all classes that it is a subclass of."""
        found, waiting = {kind}, [kind]
        while waiting:
            more = set(self.all(waiting.pop(), _SUBCLASS)) - found
            found |= more
            waiting += more
        return found

    def members(self, kind: str) -> list[str]:
        """Return the individuals of a class and its subclasses, in the order of the files."""
        classes = [node for node, about in self.about.items() if _SUBCLASS in about]
        kinds = {kind, *(one for one in classes if kind in self.wider(one))}
        return [node for node in self.about if kinds.intersection(self.all(node, RDF_TYPE.value))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One property shape, read: what it demands of a property, and how it says so.

    ``is_strict`` is false where it only asks for something. ``values`` are those that are
    allowed, ``kind`` is the class that the value must be of, and ``is_unique`` demands each
    language once.
    """

    path: str
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

    @property
    def rank(self) -> tuple[bool, bool]:
        """Return what demands on one property are sorted by, the plainest first."""
        typed = bool(self.datatype or self.kind or self.values or self.is_address)
        return (not self.least, not typed)


class Editions(NamedTuple):
    """The version of the ontology, and the SHA-256 of what it says and of what its shapes demand.

    The digests are in hexadecimal; any change of a file changes one, whatever the version says.
    """

    version: str
    ontology: str
    shapes: str


class Ontology:
    """What a folder such as ``ontology/`` says; each part is read when it is first asked for.

    Whichever part it is, BadFile is raised where a file of the folder is broken.
    """

    def __init__(self, folder: Path) -> None:
        """Take a folder as it is now; see ``load`` for one that does not change."""
        self.folder = folder
        self._bytes: dict[Path, bytes] = {}
        self._read: dict[Path, list[ox.Quad]] = {}

    @staticmethod
    def load(folder: Path | None = None) -> Ontology:
        """Return the ontology of a folder, the shipped one by default: the same one every time."""
        return _loaded(folder or data() / "ontology")

    def bytes_of(self, file: Path) -> bytes:
        """Return what a file of the folder holds, read once."""
        if file not in self._bytes:
            self._bytes[file] = file.read_bytes()
        return self._bytes[file]

    def quads(self, *files: Path) -> list[ox.Quad]:
        """Return what Turtle files of the folder say, one after the other."""
        for file in files:
            if file not in self._read:
                self._read[file] = read_turtle([file], self.bytes_of)
        return [quad for file in files for quad in self._read[file]]

    @property
    def terms(self) -> list[ox.Quad]:
        """Return the schema and the vocabulary."""
        return self.quads(*term_files(self.folder))

    @property
    def shapes(self) -> list[ox.Quad]:
        """Return all shapes, also those that judge the ontology itself."""
        return self.quads(*self._shape_files)

    @property
    def case_shapes(self) -> list[ox.Quad]:
        """Return the shapes that judge contributions."""
        files = (one for one in self._shape_files if one.stem not in _OF_THE_ONTOLOGY)
        return self.quads(*files)

    @property
    def _shape_files(self) -> list[Path]:
        return sorted((self.folder / "shapes").glob("*.ttl"))

    @cached_property
    def context(self) -> dict[str, Any]:
        """Return the JSON-LD context."""
        text = self.bytes_of(self.folder / "context.jsonld")
        context: dict[str, Any] = json.loads(text)["@context"]
        return context

    @cached_property
    def rules(self) -> dict[str, str]:
        """Return the text of each rule, by its name."""
        files = sorted((self.folder / "rules").glob("*.rq"))
        return {file.stem: self.bytes_of(file).decode() for file in files}

    @cached_property
    def nodes(self) -> Nodes:
        """Return what is told of each term."""
        return Nodes(self.terms)

    @cached_property
    def shape_nodes(self) -> Nodes:
        """Return what is told of each shape."""
        return Nodes(self.shapes)

    def file_of(self, term: str) -> str:
        """Return the file that a term stands in, below the folder: ``vocab/gates.ttl``."""
        node = ox.NamedNode(term)
        files = term_files(self.folder)
        held = next(one for one in files if any(q.subject == node for q in self.quads(one)))
        return held.relative_to(self.folder).as_posix()

    @property
    def judged(self) -> set[str]:
        """Return the classes of this namespace whose members shapes judge as things by themselves.

        What a shape judges as part of something too is left out.
        """
        shapes = self.shape_nodes
        found = {
            kind
            for node in shapes.about
            if not shapes.all(node, f"{_SH}targetObjectsOf")
            for kind in shapes.all(node, f"{_SH}targetClass")
        }
        return {kind for kind in found if kind.startswith(NAMESPACE)}

    def class_of_parts(self, predicate: str) -> str:
        """Return the class that a shape judges together with what a property points to, if any."""
        shapes = self.shape_nodes
        for node in shapes.about:
            if predicate in shapes.all(node, f"{_SH}targetObjectsOf"):
                for kind in shapes.all(node, f"{_SH}targetClass"):
                    return kind
        return ""

    def demands(self, target: str) -> list[Demand]:
        """Return what is demanded of the members of a class, or of what a property points to.

        What is demanded of wider classes is demanded of a class too; the plainest comes first.
        """
        shapes, targets = self.shape_nodes, self.nodes.wider(target)
        found = [
            _demand(shape, shapes)
            for node in shapes.about
            for how in ("targetClass", "targetObjectsOf")
            if targets.intersection(shapes.all(node, f"{_SH}{how}"))
            for shape in shapes.all(node, f"{_SH}property")
        ]
        return sorted(found, key=lambda demand: demand.rank)

    @cached_property
    def replaced(self) -> dict[str, str]:
        """Return what was withdrawn, each with what stands in its place, or with nothing."""
        return {
            node: self.nodes.said(node, _REPLACED)
            for node in self.nodes.about
            if self.nodes.said(node, _DEPRECATED) == "true"
        }

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Return the closed vocabulary of contributions; that of the shipped folder is kept."""
        if self.folder != data() / "ontology":
            return self._read_vocabulary()
        held = made(lambda: freeze_vocabulary(self._read_vocabulary()), *VOCABULARY)
        return thaw_vocabulary(held)

    def _read_vocabulary(self) -> Vocabulary:
        known: dict[str, list[str]] = defaultdict(list)
        for iri in sorted(self.nodes.about):
            if iri.startswith(NAMESPACE) and iri not in self.replaced:
                base, _, slug = iri.rpartition("/")
                known[f"{base}/"].append(slug)
        every = Vocabulary(
            known={base: tuple(slugs) for base, slugs in known.items()},
            names=self.nodes.names(*_NAMES),
            hints=self.nodes.names(_HINT),
            replaced=self.replaced,
            kinds=self._kinds,
            things=self._things,
        )
        _note(self.shape_nodes, every)
        predicates, classes = _closed(self.shape_nodes)
        critique = expand(self.context[_CRITIQUE])
        keys = self.context[_CRITIQUE]["@context"]
        others = {name: one for name, one in self.context.items() if not is_key(name, one)}
        own = _within(others | keys, every)
        stated = predicates & own.fields.keys()
        own = replace(own, predicates=stated, classes=classes & {critique})
        case, rest = _within(self.context, every), classes - {critique}
        return replace(case, predicates=predicates, classes=rest, critiques=own)

    @property
    def _kinds(self) -> dict[str, str]:
        """Return the class of what a property leads to: in general, or from a class of wholes."""
        nodes, ranged = self.nodes, f"{PREFIXES['rdfs']}range"
        found = {
            node: nodes.said(node, ranged) for node, about in nodes.about.items() if ranged in about
        }
        for node in nodes.about:
            every = nodes.said(node, f"{_OWL}allValuesFrom")
            if every:
                found[nodes.said(node, f"{_OWL}onProperty")] = every
        return found

    @property
    def _things(self) -> dict[str, tuple[str, str]]:
        """Return what each property's words name: the property that leads to it, and its class."""
        nodes, made = self.nodes, f"{NAMESPACE}isMadeFrom"
        return {
            words: (node, nodes.said(node, f"{PREFIXES['rdfs']}range"))
            for node in nodes.about
            for words in nodes.all(node, made)
        }

    @cached_property
    def editions(self) -> Editions:
        """Return which version this is, and its digests."""
        said = _VERSION.search(self.bytes_of(self.folder / "sysgraph.ttl").decode())
        terms = [*term_files(self.folder), *sorted((self.folder / "rules").glob("*.rq"))]
        shapes = [self.folder / "context.jsonld", *self._shape_files]
        return Editions(said.group(1) if said else "", self._digest(terms), self._digest(shapes))

    def _digest(self, paths: list[Path]) -> str:
        total = sha256()
        for path in paths:
            total.update(path.name.encode() + b"\0" + self.bytes_of(path) + b"\0")
        return total.hexdigest()


@cache
def _loaded(folder: Path) -> Ontology:
    return Ontology(folder)


def _demand(shape: str, shapes: Nodes) -> Demand:
    def said(name: str) -> str:
        return shapes.said(shape, f"{_SH}{name}")

    allowed = tuple(shapes.listed(said("in"))) or tuple(shapes.all(shape, f"{_SH}hasValue"))
    return Demand(
        path=said("path"),
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


def _closed(shapes: Nodes) -> tuple[frozenset[str], frozenset[str]]:
    closed = [node for node in shapes.about if shapes.said(node, f"{_SH}closed") == "true"]
    inner = [shape for node in closed for shape in shapes.all(node, f"{_SH}property")]
    paths = {path for shape in inner for path in shapes.all(shape, f"{_SH}path")}
    classes = {
        kind
        for shape in (*closed, *inner)
        for how in ("targetClass", "class")
        for kind in shapes.all(shape, f"{_SH}{how}")
        if kind.startswith(NAMESPACE)
    }
    # Without paths of several steps.
    return frozenset(paths - shapes.about.keys()), frozenset(classes)


def _note(shapes: Nodes, vocabulary: Vocabulary) -> None:
    """Note in a vocabulary what shapes say of each property that they demand something of."""
    names = shapes.names(*_NAMES)
    of_path: dict[str, set[str]] = defaultdict(set)
    for shape, about in shapes.about.items():
        path, short = shapes.said(shape, f"{_SH}path"), compact(shape)
        for pattern in about.get(f"{_SH}pattern", ()):
            vocabulary.patterns[short] = pattern
            of_path[path].add(pattern)
        for head in about.get(f"{_SH}in", ()):
            vocabulary.listed[short] = tuple(shapes.listed(head))
        for address in about.get(f"{NAMESPACE}suggests", ()):
            vocabulary.suggested.setdefault(path, {})[address] = names.get(address, ())
        for word in about.get(f"{NAMESPACE}saidForNone", ()):
            vocabulary.absent[path] = (*vocabulary.absent.get(path, ()), word)
        for words in about.get(f"{NAMESPACE}warnsOfFuture", ()):
            vocabulary.late[path] = (shape, words)
        for words in about.get(f"{NAMESPACE}oneSpelling", ()):
            elsewhere = shapes.said(shape, f"{NAMESPACE}spelledAsElsewhere")
            vocabulary.alike[path] = (shape, words, elsewhere)
    vocabulary.patterns.update({p: one.pop() for p, one in of_path.items() if len(one) == 1})


def _within(context: dict[str, Any], every: Vocabulary) -> Vocabulary:
    found = list(at_any_depth(read_keys(context)))
    parts = frozenset(key.predicate for key in found if key.keys and not key.is_group)
    return replace(
        every,
        context=context,
        parts=parts,
        kinds={part: every.kinds[part] for part in parts if part in every.kinds},
        mentions=frozenset(key.predicate for key in found if key.kind == "@id"),
        fields={key.predicate: key.name for key in found},
    )

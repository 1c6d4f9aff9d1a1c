"""What each key of a case means and may hold, from the shapes and the ontology."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from sysgraph.contribute.columns import Column
from sysgraph.contribute.vocabulary import choices, expand, load_vocabulary
from sysgraph.graph import RDF_TYPE, read_turtle, text_of
from sysgraph.paths import term_files
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = ["Advice", "Guide", "Word", "load_guide"]

_SH, _RDF = PREFIXES["sh"], PREFIXES["rdf"]
_DEFINITION = f"{PREFIXES['skos']}definition"
_LABEL = f"{PREFIXES['rdfs']}label"

Facts = dict[tuple[str, str], list[object]]


@dataclass(frozen=True, slots=True)
class Word:
    """A word that may be written: what people call it, and its definition, where it has one."""

    word: str
    label: str = ""
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a person is told of a column; ``words`` are all that may stand there, if few may."""

    definition: str
    messages: tuple[str, ...] = ()
    is_required: bool = False
    words: tuple[Word, ...] = ()


class Guide:
    """The shapes and the ontology, asked about the keys of a case."""

    def __init__(self, ontology: Path) -> None:
        """Read them."""
        self._vocabulary = load_vocabulary(ontology)
        self._terms = _index(read_turtle(term_files(ontology)))
        files = sorted((ontology / "shapes").glob("*.ttl"))
        shapes = read_turtle(path for path in files if path.stem not in ("style", "vocabulary"))
        self._shapes = _index(shapes)
        self._demands: dict[str, list[str]] = defaultdict(list)
        for (shape, predicate), targets in self._shapes.items():
            if predicate in (f"{_SH}targetClass", f"{_SH}targetObjectsOf"):
                for target in targets:
                    self._demands[text_of(target)] += self._texts(shape, f"{_SH}property")

    def advise(self, column: Column) -> Advice:
        """Return what to tell of a column of a case."""
        if not column.places:
            return Advice("short name that a case goes by: small letters, digits and hyphens")
        within = column.places[-2][1] if len(column.places) > 1 else self._root()
        predicate = column.places[-1][1]
        own = [
            shape
            for shape in dict.fromkeys(self._demands[within])
            if predicate in self._texts(shape, f"{_SH}path")
        ]
        messages = [text for shape in own for text in self._texts(shape, f"{_SH}message")]
        return Advice(
            self._definition(column),
            tuple(dict.fromkeys(messages)),
            any(self._is_demanded(shape) for shape in own),
            self._words(column, own),
        )

    def _root(self) -> str:
        return expand(self._vocabulary.context["CaseStudy"])

    def _is_demanded(self, shape: str) -> bool:
        severity = self._texts(shape, f"{_SH}severity")
        is_violation = f"{_SH}Warning" not in severity
        return is_violation and any(n != "0" for n in self._texts(shape, f"{_SH}minCount"))

    def _texts(self, subject: str, predicate: str) -> list[str]:
        return [text_of(value) for value in self._shapes.get((subject, predicate), ())]

    def _said(self, iri: str, predicate: str) -> str:
        return text_of(next(iter(self._terms.get((iri, predicate), ())), None))

    def _definition(self, column: Column) -> str:
        """Return the definition of the property, and of the facet that it is said of."""
        found = [self._said(iri, _DEFINITION) for _, iri in column.places[-1:]]
        facets = [self._said(f"{NAMESPACE}facet/{key}", _DEFINITION) for key in column.path]
        return "; ".join(text for text in [*facets, *found] if text)

    def _words(self, column: Column, shapes: list[str]) -> tuple[Word, ...]:
        said = column.definition if isinstance(column.definition, dict) else {}
        if said.get("@type") == "@vocab":
            base = said["@context"]["@vocab"]
            return tuple(
                Word(slug, self._said(base + slug, _LABEL), self._said(base + slug, _DEFINITION))
                for slug in choices(self._vocabulary, base)
            )
        if said.get("@type") == "xsd:boolean":
            return Word("true"), Word("false")
        heads = [head for shape in shapes for head in self._texts(shape, f"{_SH}in")]
        return tuple(Word(text) for head in heads for text in self._list(head))

    def _list(self, head: str) -> list[str]:
        found = []
        while head != f"{_RDF}nil":
            found += self._texts(head, f"{_RDF}first")
            head = self._texts(head, f"{_RDF}rest")[0]
        return found


def _index(quads: list[ox.Quad]) -> Facts:
    found: Facts = defaultdict(list)
    for quad in quads:
        if quad.predicate != RDF_TYPE:
            found[text_of(quad.subject), quad.predicate.value].append(quad.object)
    return dict(found)


@cache
def load_guide(ontology: Path) -> Guide:
    """Return the guide of an ontology folder.

    Raises:
        BadFile: a file of the folder is broken.
    """
    return Guide(ontology)

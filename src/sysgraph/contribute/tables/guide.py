"""What each key of a case means and may hold, from the shapes and the ontology."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox

from sysgraph.contribute.tables.columns import Column, columns_of
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
    """What a person is told of a column; ``words`` are all that may stand there, if few may.

    ``is_single`` tells that the shapes allow one value only.
    """

    definition: str
    messages: tuple[str, ...] = ()
    is_required: bool = False
    is_single: bool = False
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
        context = self._vocabulary.context
        self._root = expand(context["CaseStudy"])
        self._chains = Counter(_chain(column) for column in columns_of(context))

    def advise(self, column: Column) -> Advice:
        """Return what to tell of a column of a case."""
        if not column.places:
            return Advice("short name that a case goes by: small letters, digits and hyphens")
        chain = _chain(column)
        within = [self._root, *chain]
        levels = [self._demanded_of(*pair) for pair in pairwise(within)]
        messages = [text for shape in levels[-1] for text in self._texts(shape, f"{_SH}message")]
        return Advice(
            self._definition(column),
            tuple(dict.fromkeys(messages)),
            self._is_required(column, levels),
            any("1" in self._texts(shape, f"{_SH}maxCount") for shape in levels[-1]),
            self._words(column, levels[-1]),
        )

    def _demanded_of(self, within: str, predicate: str) -> list[str]:
        """Return the property shapes for a property of what a property leads to, musts first."""
        own = [
            shape
            for shape in dict.fromkeys(self._demands[within])
            if predicate in self._texts(shape, f"{_SH}path")
        ]
        return sorted(own, key=self._is_warning)

    def _is_warning(self, shape: str) -> bool:
        return f"{_SH}Warning" in self._texts(shape, f"{_SH}severity")

    def _is_required(self, column: Column, levels: list[list[str]]) -> bool:
        """Tell whether no case does without a column: not one of several, and always there."""
        if self._chains[_chain(column)] > 1 or any(
            part not in (0, str(part)) for part in column.path
        ):
            return False
        return all(
            any(
                not self._is_warning(shape)
                and any(number != "0" for number in self._texts(shape, f"{_SH}minCount"))
                for shape in shapes
            )
            for shapes in levels
        )

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


def _chain(column: Column) -> tuple[str, ...]:
    return tuple(predicate for _, predicate in column.places)


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

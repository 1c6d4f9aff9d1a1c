"""What a contribution is described by where it is written out: all of it worked out from it.

Each part gets its class, a label and the case that it is part of, the whole its data set, and each
sector, scale, standpoint and place a name of its own beside its text. None of this is kept in a
store, so that reading takes it out again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from urllib.parse import quote

import pyoxigraph as ox

from sysgraph.rdf import RDF_TYPE, Term, text_of
from sysgraph.terms import (
    CATALOGUE_GRAPH,
    DATASET,
    NAMESPACE,
    ONTOLOGY_GRAPH,
    PREFIXES,
    graph_of,
    iri_of,
    local_name,
)
from sysgraph.vocabulary import Vocabulary

__all__ = ["DESCRIBING", "describe", "describe_named", "label_rest", "undescribed"]

_LABEL = ox.NamedNode(f"{PREFIXES['rdfs']}label")
_NAME = ox.NamedNode(f"{PREFIXES['schema']}name")
_TITLE = ox.NamedNode(f"{PREFIXES['dcterms']}title")
_IN_DATASET = ox.NamedNode(f"{PREFIXES['void']}inDataset")
_PART_OF = ox.NamedNode(f"{PREFIXES['dcterms']}isPartOf")
_WITHIN = ox.NamedNode(f"{PREFIXES['schema']}containedInPlace")
_CONCEPT, _PREFERRED, _SCHEME, _TOP = (
    ox.NamedNode(f"{PREFIXES['skos']}{name}")
    for name in ("Concept", "prefLabel", "inScheme", "topConceptOf")
)
_COUNTRY = f"{NAMESPACE}inCountry"
_THINGS = tuple(PREFIXES[kind] for kind in ("place", "scale", "sector", "standpoint"))
_TOLD = {RDF_TYPE, _LABEL, _NAME, _WITHIN, _PREFERRED, _SCHEME, _TOP}
DESCRIBING = frozenset(one.value for one in (_LABEL, _IN_DATASET, _PART_OF))
"""The properties by which contributions and their parts are described, and never say anything."""
_OF_DATASET = ("", CATALOGUE_GRAPH, f"{ONTOLOGY_GRAPH}/described")
_LONGEST = 200
_PLACE = f"{NAMESPACE}Place"

_Said = Mapping[str, Mapping[str, list[Term]]]
"""What is said of each node, by property."""


def describe(quads: Iterable[ox.Quad], name: str, vocabulary: Vocabulary) -> list[ox.Triple]:
    """Return what a case, or a critique by itself, is described by, each statement once.

    ``name`` is the id of a case, and ``critique/`` and the id of a critique.
    """
    return list(dict.fromkeys(_Describer(_gathered(quads), iri_of(name), vocabulary).triples()))


def describe_named(quads: Iterable[ox.Quad | ox.Triple], vocabulary: Vocabulary) -> list[ox.Triple]:
    """Return what the things are described by that texts in some statements name, each once.

    Of a place the statements have to say in which countries it is.
    """
    said = _gathered(quads)
    describer = _Describer(said, NAMESPACE, vocabulary)
    return list(dict.fromkeys(one for node in said for one in describer.named(node)))


def _gathered(quads: Iterable[ox.Quad | ox.Triple]) -> _Said:
    said: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        assert not isinstance(quad.object, ox.Triple)  # RDF 1.2 triple terms are refused
        said[text_of(quad.subject)][quad.predicate.value].append(quad.object)
    return said


def undescribed(
    quads: Iterable[ox.Quad], owned: Mapping[str, list[ox.Quad]], vocabulary: Vocabulary
) -> Iterator[ox.Quad]:
    """Yield quads without what contributions, by their names, and their data set are described by.

    Only what stands in no graph, or where an export puts it, is left out. What is said otherwise
    than it would be here stays, and is judged.
    """
    made: dict[ox.Triple, set[str]] = defaultdict(set)
    for name, stated in owned.items():
        places = {"", graph_of(name), graph_of(name, "described")}
        for one in describe(stated, name, vocabulary):
            made[one] |= places
    for quad in quads:
        place = text_of(quad.graph_name)
        is_of_dataset = text_of(quad.subject) == DATASET and place in _OF_DATASET
        if not is_of_dataset and place not in made.get(quad.triple, ()) and not is_made(quad):
            yield quad


def is_made(quad: ox.Quad | ox.Triple) -> bool:
    """Tell whether a statement says what an export says of a thing that texts name."""
    return text_of(quad.subject).startswith(_THINGS) and quad.predicate in _TOLD


def label_rest(quads: Iterable[ox.Quad | ox.Triple]) -> Iterator[ox.Triple]:
    """Yield a label for each thing of ours that some statements speak of and do not label."""
    titles: dict[str, ox.Literal] = {}
    labelled: set[str] = set()
    for quad in quads:
        name = text_of(quad.subject)
        if quad.predicate == _LABEL or not name.startswith(NAMESPACE):
            labelled.add(name)
        elif quad.predicate == _TITLE and isinstance(quad.object, ox.Literal):
            titles[name] = quad.object
        else:
            titles.setdefault(name, _words(name))
    for name in [one for one in titles if one not in labelled]:
        yield ox.Triple(ox.NamedNode(name), _LABEL, titles[name])


def _words(iri: str) -> ox.Literal:
    return ox.Literal(iri.removeprefix(NAMESPACE).replace("/", " "), language="en")


class _Describer:
    def __init__(self, said: _Said, root: str, vocabulary: Vocabulary) -> None:
        self._said = said
        self._root = ox.NamedNode(root)
        self._vocabulary = vocabulary
        self._seen = {root}

    def triples(self) -> Iterator[ox.Triple]:
        yield ox.Triple(self._root, _IN_DATASET, ox.NamedNode(DATASET))
        own = self._said.get(self._root.value, {}).get(_TITLE.value, [])
        shown = [one for one in own if isinstance(one, ox.Literal)]
        labels = shown or [_words(self._root.value)]
        for label in labels:
            yield ox.Triple(self._root, _LABEL, label)
        waiting = [(self._root, f"{labels[0].value}: ")]
        while waiting:
            node, start = waiting.pop(0)
            yield from self._below(node, start, waiting)

    def _below(
        self, node: ox.NamedNode, start: str, waiting: list[tuple[ox.NamedNode, str]]
    ) -> Iterator[ox.Triple]:
        """Yield what a node's parts are described by, and the things that its texts name.

        Each part is described once, by the first that leads to it; its own parts are put by.
        """
        for predicate, values in sorted(self._said.get(node.value, {}).items()):
            kind = self._vocabulary.kinds.get(predicate)
            made = self._vocabulary.things.get(predicate)
            for value in sorted(values, key=str):
                if kind and isinstance(value, ox.NamedNode) and value.value not in self._seen:
                    self._seen.add(value.value)
                    label = start + self._noun(value.value, kind)
                    yield from self._part(value, kind, label)
                    waiting.append((value, f"{label}, "))
                elif made and isinstance(value, ox.Literal):
                    yield from self._thing(node, value, *made)

    def named(self, name: str) -> Iterator[ox.Triple]:
        """Yield what the things are described by that the texts of a node name."""
        for predicate, values in self._said[name].items():
            for value in values:
                made = self._vocabulary.things.get(predicate)
                if made and isinstance(value, ox.Literal):
                    yield from self._thing(ox.NamedNode(name), value, *made)

    def _part(self, part: ox.NamedNode, kind: str, label: str) -> Iterator[ox.Triple]:
        yield ox.Triple(part, RDF_TYPE, ox.NamedNode(kind))
        yield ox.Triple(part, _PART_OF, self._root)
        said = self._said.get(part.value, {})
        names = [one for by in (_NAME, _TITLE) for one in said.get(by.value, []) if text_of(one)]
        for one in names or [ox.Literal(label, language="en")]:
            yield ox.Triple(part, _LABEL, one)

    def _noun(self, part: str, kind: str) -> str:
        """Return what to call a part: its class with its number, or the last word of its name."""
        called, last = self._vocabulary.names[kind][0], local_name(part)
        if last.isdecimal():
            return f"{called} {last}"
        words = last.replace("-", " ")
        return called if words in called else f"{called} of {words}"

    def _thing(
        self, node: ox.NamedNode, text: ox.Literal, leads: str, kind: str
    ) -> Iterator[ox.Triple]:
        countries = self._said[node.value].get(_COUNTRY, []) if kind == _PLACE else []
        named = [one for one in countries if isinstance(one, ox.NamedNode)]
        codes = "+".join(sorted(quote(local_name(one.value)) for one in named))
        slug = quote(text.value, safe=" ").replace("_", "%5F").replace(" ", "_")
        if len(slug) > _LONGEST:  # no name should be as long as a text may be
            slug = sha256(text.value.encode()).hexdigest()
        base = f"{NAMESPACE}{local_name(kind).lower()}/"
        thing = ox.NamedNode(f"{base}{f'{codes}/' if codes else ''}{slug}")
        label = ox.Literal(text.value, language=text.language or "en")
        yield ox.Triple(node, ox.NamedNode(leads), thing)
        yield ox.Triple(thing, RDF_TYPE, ox.NamedNode(kind))
        yield ox.Triple(thing, _LABEL, label)
        if kind == _PLACE:
            yield ox.Triple(thing, _NAME, label)
            yield from (ox.Triple(thing, _WITHIN, one) for one in named)
            return
        scheme = ox.NamedNode(f"{NAMESPACE}scheme/{local_name(kind).lower()}")
        yield ox.Triple(thing, RDF_TYPE, _CONCEPT)
        yield ox.Triple(thing, _PREFERRED, label)
        yield ox.Triple(thing, _SCHEME, scheme)
        yield ox.Triple(thing, _TOP, scheme)

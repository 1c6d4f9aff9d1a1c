"""What a contribution may say: the keys of the context, the closed shapes, the known terms.

Which ontology and which shapes judge a contribution today: version and digest.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from sysgraph.files import data, term_files
from sysgraph.near import nearest
from sysgraph.rdf import read_turtle, text_of
from sysgraph.terms import NAMESPACE, PREFIXES, compact

__all__ = [
    "NEST",
    "Editions",
    "Vocabulary",
    "choices",
    "editions",
    "expand",
    "holds_parts",
    "is_key",
    "keys_of",
    "load_vocabulary",
    "names_of",
    "nearest_words",
    "nested",
    "prefixes_of",
]

NEST = "@nest"
_SH = PREFIXES["sh"]
_CRITIQUE = "Critique"
_FIRST = f"{PREFIXES['rdf']}first"
_REST = f"{PREFIXES['rdf']}rest"
_NAMES = {
    f"{PREFIXES['rdfs']}label",
    f"{PREFIXES['skos']}altLabel",
    f"{PREFIXES['skos']}notation",
}
_HINT = f"{PREFIXES['skos']}hiddenLabel"


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The closed vocabulary of contributions, all of it read from ``ontology/``.

    ``context`` is the JSON-LD context; ``predicates`` and ``classes`` are those of the closed
    shapes; ``parts`` are the predicates whose objects are parts of the same case, and
    ``mentions`` those whose objects may be anything with an address, another case included;
    ``known`` holds, per namespace, the slugs of the terms that may be pointed to; ``fields``
    turns a predicate back into the key that people write; ``names`` are the labels of a term, and
    ``hints`` what else makes one think of it, such as England of the United Kingdom;
    ``patterns`` and ``listed`` what a shape demands of a text or lets one choose from; the one
    pattern that all shapes of a predicate have stands there as well. For a predicate,
    ``suggested`` has addresses with their short names, ``absent`` the words by which people say
    that there is none, ``late`` the shape and the words to warn with of what is to come, and
    ``alike`` the shape and the words for one thing in two spellings: in a case, and in the library.
    All of this is said of cases; ``critiques`` is the vocabulary of critiques that stand by
    themselves. Equal only to itself.
    """

    context: dict[str, Any]
    predicates: frozenset[str]
    classes: frozenset[str]
    parts: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    critiques: "Vocabulary | None" = None
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    listed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hints: dict[str, tuple[str, ...]] = field(default_factory=dict)
    suggested: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    absent: dict[str, tuple[str, ...]] = field(default_factory=dict)
    late: dict[str, tuple[str, str]] = field(default_factory=dict)
    alike: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def knows(self, iri: str) -> bool:
        """Tell whether an IRI of the sysgraph namespace names something in the ontology."""
        base, _, slug = iri.rpartition("/")
        return slug in self.known.get(f"{base}/", ())


@cache
def load_vocabulary(ontology: Path) -> Vocabulary:
    """Read the closed vocabulary from an ontology folder.

    Raises:
        BadFile: a file of the folder is broken.
    """
    context = json.loads((ontology / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    shapes = read_turtle(sorted((ontology / "shapes").glob("*.ttl")))
    terms = read_turtle(term_files(ontology))
    predicates, classes = _closed(shapes)
    known: dict[str, list[str]] = defaultdict(list)
    for iri in sorted({text_of(quad.subject) for quad in terms}):
        if iri.startswith(NAMESPACE):
            base, _, slug = iri.rpartition("/")
            known[f"{base}/"].append(slug)
    names = (_names(terms, _NAMES), *_texts(shapes), _names(terms, {_HINT}), *_advice(shapes))
    slugs = {base: tuple(found) for base, found in known.items()}
    keys = context[_CRITIQUE]["@context"]
    critique = expand(context[_CRITIQUE])
    said = dict(_fields(keys))
    critiques = Vocabulary(
        {name: each for name, each in context.items() if not is_key(each)} | keys,
        predicates & said.keys(),
        classes & {critique},
        frozenset(_parts(keys)),
        frozenset(_mentions(keys)),
        slugs,
        said,
        None,
        *names,
    )
    return Vocabulary(
        context,
        predicates,
        classes - {critique},
        frozenset(_parts(context)),
        frozenset(_mentions(context)),
        slugs,
        dict(_fields(context)),
        critiques,
        *names,
    )


def _names(terms: list[ox.Quad], predicates: set[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for quad in terms:
        if quad.predicate.value in predicates:
            found[text_of(quad.subject)].append(text_of(quad.object))
    return {iri: tuple(said) for iri, said in found.items()}


def _texts(shapes: list[ox.Quad]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the pattern and the choice of each shape that has them, by its short name."""
    told: dict[tuple[str, str], object] = {
        (str(quad.subject), quad.predicate.value): quad.object for quad in shapes
    }

    def members(head: object) -> Iterator[str]:
        while (str(head), _FIRST) in told:
            yield text_of(told[str(head), _FIRST])
            head = told[str(head), _REST]

    patterns: dict[str, str] = {}
    listed: dict[str, tuple[str, ...]] = {}
    of_path: dict[str, set[str]] = defaultdict(set)
    for (shape, predicate), value in told.items():
        if predicate == f"{_SH}pattern":
            patterns[compact(shape.strip("<>"))] = text_of(value)
            of_path[text_of(told[shape, f"{_SH}path"])].add(text_of(value))
        elif predicate == f"{_SH}in":
            listed[compact(shape.strip("<>"))] = tuple(members(value))
    shared = {path: one.pop() for path, one in of_path.items() if len(one) == 1}
    return patterns | shared, listed


def _advice(
    shapes: list[ox.Quad],
) -> tuple[
    dict[str, dict[str, tuple[str, ...]]],
    dict[str, tuple[str, ...]],
    dict[str, tuple[str, str]],
    dict[str, tuple[str, str, str]],
]:
    """Return, by predicate, the addresses that shapes suggest, the words for none, the remarks."""
    names = _names(shapes, _NAMES)
    suggested: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    absent: dict[str, list[str]] = defaultdict(list)
    late: dict[str, tuple[str, str]] = {}
    alike: dict[str, tuple[str, str, str]] = {}
    elsewhere = _names(shapes, {f"{NAMESPACE}spelledAsElsewhere"})
    paths = {str(q.subject): text_of(q.object) for q in shapes if q.predicate.value == f"{_SH}path"}
    for quad in shapes:
        path, value = paths.get(str(quad.subject), ""), text_of(quad.object)
        if quad.predicate.value == f"{NAMESPACE}suggests":
            suggested[path][value] = names.get(value, ())
        elif quad.predicate.value == f"{NAMESPACE}saidForNone":
            absent[path].append(value)
        elif quad.predicate.value == f"{NAMESPACE}warnsOfFuture":
            late[path] = (text_of(quad.subject), value)
        elif quad.predicate.value == f"{NAMESPACE}oneSpelling":
            shape = text_of(quad.subject)
            alike[path] = (shape, value, elsewhere[shape][0])
    words = {path: tuple(found) for path, found in absent.items()}
    return dict(suggested), words, late, alike


def _closed(shapes: list[ox.Quad]) -> tuple[frozenset[str], frozenset[str]]:
    objects: dict[tuple[object, str], list[object]] = defaultdict(list)
    for quad in shapes:
        objects[quad.subject, quad.predicate.value].append(quad.object)
    closed = [
        node
        for (node, predicate), values in objects.items()
        if predicate == f"{_SH}closed" and text_of(values[0]) == "true"
    ]
    predicates = {
        path.value
        for node in closed
        for shape in objects[node, f"{_SH}property"]
        for path in objects[shape, f"{_SH}path"]
        if isinstance(path, ox.NamedNode)
    }
    classes = {
        text_of(target)
        for node in closed
        for shape in (node, *objects[node, f"{_SH}property"])
        for target in (*objects[shape, f"{_SH}targetClass"], *objects[shape, f"{_SH}class"])
        if text_of(target).startswith(NAMESPACE)
    }
    return frozenset(predicates), frozenset(classes)


def _fields(context: dict[str, Any]) -> list[tuple[str, str]]:
    """Return predicate and key of every term of a context, the outermost last."""
    found: list[tuple[str, str]] = []
    for key, definition in context.items():
        if key.startswith("@") or _is_class(definition):
            continue
        if isinstance(definition, dict):
            found += _fields(definition.get("@context", {}))
        found.append((expand(definition), key))
    return found


def _parts(context: dict[str, Any]) -> list[str]:
    """Return the predicates of a context whose objects are parts of a case, at any depth."""
    found: list[str] = []
    for definition in context.values():
        if isinstance(definition, dict) and not _is_class(definition):
            found += _parts(definition.get("@context", {}))
            if holds_parts(definition):
                found.append(expand(definition))
    return found


def _mentions(context: dict[str, Any]) -> list[str]:
    """Return the predicates of a context whose objects are written as whole addresses."""
    found: list[str] = []
    for definition in context.values():
        if isinstance(definition, dict):
            found += _mentions(definition.get("@context", {}))
            if definition.get("@type") == "@id":
                found.append(expand(definition))
    return found


def _is_class(definition: object) -> bool:
    return expand(definition).removeprefix(NAMESPACE)[:1].isupper()


def is_key(definition: object) -> bool:
    """Tell whether a term of the context is a key: prefixes and classes are terms as well."""
    if isinstance(definition, dict):
        return not _is_class(definition)
    return (
        isinstance(definition, str)
        and not definition.startswith("http")
        and definition.rpartition(":")[2][:1].islower()
    )


def holds_parts(definition: object) -> bool:
    """Tell whether a term of the context holds parts with keys of their own, and not values."""
    return (
        isinstance(definition, dict)
        and definition.get("@id") != NEST
        and bool(set(definition.get("@context", {})) - {"@base", "@vocab"})
    )


def expand(definition: object) -> str:
    """Return the IRI that a term definition of the context stands for, or its keyword."""
    name = str(definition.get("@id", "") if isinstance(definition, dict) else definition)
    prefix, _, rest = name.partition(":")
    return f"{PREFIXES[prefix]}{rest}" if prefix in PREFIXES else name


@lru_cache(maxsize=1_000)
def choices(vocabulary: Vocabulary, base: str) -> tuple[str, ...]:
    """Return the words that may be written where names begin with ``base``."""
    folder, _, stem = base.rpartition("/")
    slugs = vocabulary.known.get(f"{folder}/", ())
    return tuple(slug.removeprefix(stem) for slug in slugs if slug.startswith(stem))


def names_of(vocabulary: Vocabulary, base: str) -> dict[str, tuple[str, ...]]:
    """Return what else the words are called that may be written where names begin so."""
    return {word: vocabulary.names.get(base + word, ()) for word in choices(vocabulary, base)}


def nearest_words(vocabulary: Vocabulary, base: str, text: str) -> list[str]:
    """Return the words, where names begin with ``base``, that come nearest to a text."""
    named = names_of(vocabulary, base)
    told = {word: (*names, *vocabulary.hints.get(base + word, ())) for word, names in named.items()}
    return nearest(text, named, told)


@lru_cache(maxsize=4)
def keys_of(vocabulary: Vocabulary) -> frozenset[str]:
    """Return every key that one may write somewhere in a case or a critique."""
    return frozenset({"id", "kind"} | set(_keys(vocabulary.context)))


def _keys(context: dict[str, Any]) -> Iterator[str]:
    for name, definition in context.items():
        if name.startswith("@"):
            continue
        if is_key(definition):
            yield name
        if isinstance(definition, dict):
            yield from _keys(definition.get("@context", {}))


@lru_cache(maxsize=4)
def nested(vocabulary: Vocabulary) -> dict[str, str]:
    """Return the keys that lead to each predicate from the part it is said of, with dots between.

    Only where a key groups others: the ``led`` of a case is its ``outcome.led``, and an
    observation is somewhere among the ``facets`` of a reading.
    """
    return dict(_nested(vocabulary.context))


def _nested(context: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, definition in context.items():
        inner = definition.get("@context", {}) if isinstance(definition, dict) else {}
        if inner and definition.get("@id") == NEST:
            said = [(key, expand(one)) for key, one in inner.items() if is_key(one)]
            several = Counter(predicate for _, predicate in said)
            for key, predicate in said:
                yield predicate, name if several[predicate] > 1 else f"{name}.{key}"
        yield from _nested(inner)


def prefixes_of(context: dict[str, Any]) -> dict[str, str]:
    """Return the prefixes among the terms of a context, as JSON-LD tells them from keys.

    Source: JSON-LD 1.1, section 4.1.5, https://www.w3.org/TR/json-ld11/#compact-iris
    """
    return {
        name: iri
        for name, iri in context.items()
        if isinstance(iri, str) and ":" in iri and iri[-1:] in ":/?#[]@" and name[0] != "@"
    }


_VERSION = re.compile(r'owl:versionInfo "([^"]+)"')


class Editions(NamedTuple):
    """The version of the ontology, and the SHA-256 of what it says and of what its shapes demand.

    The digests are in hexadecimal; any change of a file changes one, whatever the version says.
    """

    version: str
    ontology: str
    shapes: str


@cache
def editions() -> Editions:
    """Return today's editions, read once a process, which takes a millisecond or two.

    Raises:
        DataNotFound: the package has no data.
    """
    folder = data() / "ontology"
    said = _VERSION.search((folder / "sysgraph.ttl").read_text(encoding="utf-8"))
    terms = [*term_files(folder), *sorted((folder / "rules").glob("*.rq"))]
    shapes = [folder / "context.jsonld", *sorted((folder / "shapes").glob("*.ttl"))]
    return Editions(said.group(1) if said else "", _digest(terms), _digest(shapes))


def _digest(paths: list[Path]) -> str:
    total = sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()

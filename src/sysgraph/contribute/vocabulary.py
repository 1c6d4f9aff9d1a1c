"""What a contribution may say: the keys of the context, the closed shapes, the known terms."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from sysgraph.graph import read_turtle, text_of
from sysgraph.paths import term_files
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = [
    "NEST",
    "Vocabulary",
    "base_of",
    "choices",
    "expand",
    "holds_parts",
    "is_key",
    "load_vocabulary",
    "prefixes_of",
]

NEST = "@nest"
_SH = PREFIXES["sh"]
_CRITIQUE = "Critique"


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The closed vocabulary of contributions, all of it read from ``ontology/``.

    ``context`` is the JSON-LD context; ``predicates`` and ``classes`` are those of the closed
    shapes; ``parts`` are the predicates whose objects are parts of the same case, and
    ``mentions`` those whose objects may be anything with an address, another case included;
    ``known`` holds, per namespace, the slugs of the terms that may be pointed to; ``fields``
    turns a predicate back into the key that people write. All of this is said of cases;
    ``critiques`` is the vocabulary of critiques that stand by themselves. Equal only to itself.
    """

    context: dict[str, Any]
    predicates: frozenset[str]
    classes: frozenset[str]
    parts: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    critiques: "Vocabulary | None" = None

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
    )


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


def base_of(definition: object) -> str:
    """Return where the names below a term of the context begin, if they may be written short."""
    inner = definition.get("@context", {}) if isinstance(definition, dict) else {}
    return str(inner.get("@base", ""))


def prefixes_of(context: dict[str, Any]) -> dict[str, str]:
    """Return the prefixes among the terms of a context, as JSON-LD tells them from keys.

    Source: JSON-LD 1.1, section 4.1.5, https://www.w3.org/TR/json-ld11/#compact-iris
    """
    return {
        name: iri
        for name, iri in context.items()
        if isinstance(iri, str) and ":" in iri and iri[-1:] in ":/?#[]@" and name[0] != "@"
    }

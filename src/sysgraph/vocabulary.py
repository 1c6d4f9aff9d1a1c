"""The words that contributions may be written in: keys, terms, what people call them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from typing import Any

from sysgraph.context import ContextKey, at_any_depth, read_keys
from sysgraph.near import nearest
from sysgraph.terms import compact

__all__ = [
    "VOCABULARY",
    "Vocabulary",
    "choices",
    "freeze_vocabulary",
    "names_of",
    "nearest_words",
    "thaw_vocabulary",
]

VOCABULARY = ("vocabulary.json",)
"""Under which name that of the shipped ontology is kept."""
_SETS = ("classes", "mentions", "parts", "predicates")


@dataclass(frozen=True, eq=False)
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
    ``replaced`` has the terms that were withdrawn, with what stands in their place.
    ``kinds`` has the class of the parts that a predicate leads to; ``things``, for a predicate
    whose words name something, the property that leads to it and its class.
    All of this is said of cases; ``critiques`` is the vocabulary of critiques that stand by
    themselves. Equal only to itself.
    """

    context: dict[str, Any] = field(default_factory=dict)
    predicates: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    critiques: Vocabulary | None = None
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    listed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hints: dict[str, tuple[str, ...]] = field(default_factory=dict)
    suggested: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    absent: dict[str, tuple[str, ...]] = field(default_factory=dict)
    late: dict[str, tuple[str, str]] = field(default_factory=dict)
    alike: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    things: dict[str, tuple[str, str]] = field(default_factory=dict)

    def knows(self, iri: str) -> bool:
        """Tell whether an IRI of the sysgraph namespace names something in the ontology."""
        base, _, slug = iri.rpartition("/")
        return slug in self.known.get(f"{base}/", ())

    @property
    def of_critiques(self) -> Vocabulary:
        """Return the vocabulary of critiques, which is this one where it has no other."""
        return self.critiques or self

    @cached_property
    def keys(self) -> dict[str, ContextKey]:
        """Return the keys of the context by name, in its order."""
        return read_keys(self.context)

    @cached_property
    def key_names(self) -> frozenset[str]:
        """Return every key that one may write somewhere in a case or a critique."""
        return frozenset({"id", "kind", *(key.name for key in at_any_depth(self.keys))})

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Return the prefixes among the terms of the context, as JSON-LD tells them from keys.

        Source: JSON-LD 1.1, section 4.1.5, https://www.w3.org/TR/json-ld11/#compact-iris
        """
        return {
            name: iri
            for name, iri in self.context.items()
            if isinstance(iri, str) and ":" in iri and iri[-1:] in ":/?#[]@" and name[0] != "@"
        }

    @cached_property
    def nested(self) -> dict[str, str]:
        """Return the keys that lead to each predicate from the part it is said of, by dots.

        Only where a key groups others: the ``led`` of a case is its ``outcome.led``, and an
        observation is somewhere among the ``facets`` of a reading.
        """
        found: dict[str, str] = {}
        for group in at_any_depth(self.keys):
            if group.is_group:
                several = Counter(key.predicate for key in group.keys.values())
                for key in group.keys.values():
                    below = "" if several[key.predicate] > 1 else f".{key.name}"
                    found[key.predicate] = group.name + below
        return found


def freeze_vocabulary(vocabulary: Vocabulary) -> bytes:
    """Return a vocabulary as JSON; of that of critiques only what differs from that of cases."""
    own = vocabulary.critiques
    said = {name: _plain(vocabulary, name) for name in _FIELDS}
    if own:
        others = [one for one in _FIELDS if getattr(own, one) != getattr(vocabulary, one)]
        said["critiques"] = {name: _plain(own, name) for name in others}
    return json.dumps(said, ensure_ascii=False).encode()


def thaw_vocabulary(held: bytes) -> Vocabulary:
    """Return the vocabulary that ``freeze_vocabulary`` wrote."""
    said = json.loads(held)
    own = said.pop("critiques", None)
    every = Vocabulary(**_typed(said))
    return every if own is None else replace(every, critiques=replace(every, **_typed(own)))


_FIELDS = [one.name for one in fields(Vocabulary) if one.name != "critiques"]


def _plain(vocabulary: Vocabulary, name: str) -> Any:
    said = getattr(vocabulary, name)
    return sorted(said) if name in _SETS else said


def _typed(said: dict[str, Any]) -> dict[str, Any]:
    return {
        name: one if name == "context" else frozenset(one) if name in _SETS else _in_tuples(one)
        for name, one in said.items()
    }


def _in_tuples(said: Any) -> Any:
    if isinstance(said, dict):
        return {name: _in_tuples(one) for name, one in said.items()}
    return tuple(said) if isinstance(said, list) else said


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
    """Return the words, where names begin with ``base``, that come nearest to a text.

    Of what was withdrawn it is what stands in its place, and nothing else.
    """
    new = vocabulary.replaced.get(base + text, "")
    if new:
        return [new.removeprefix(base) if new.startswith(base) else compact(new)]
    named = names_of(vocabulary, base)
    told = {word: (*names, *vocabulary.hints.get(base + word, ())) for word, names in named.items()}
    return nearest(text, named, told)

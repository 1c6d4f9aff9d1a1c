"""From a case whose parts have IRIs to its triples, by the context and without a detour."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from sysgraph.contribute.lexical import canonical
from sysgraph.contribute.vocabulary import (
    NEST,
    Vocabulary,
    expand,
    holds_parts,
    is_key,
    prefixes_of,
)
from sysgraph.graph import RDF_TYPE

__all__ = ["address_of", "base_of", "state"]

_NAME = re.compile(r"[\w-]+")

Value = ox.NamedNode | ox.Literal


@dataclass(frozen=True, slots=True)
class _Key:
    """What one key of the context says: a predicate with parts or values, or a mere grouping."""

    predicate: ox.NamedNode | None
    inner: dict[str, _Key] | None
    make: Callable[[str], Value]


def state(tree: dict[str, Any], vocabulary: Vocabulary) -> Iterator[ox.Quad]:
    """Yield the triples of a case that ``mint`` has made, as JSON-LD would from its context.

    The context is still the one mapping: what it says of keys is compiled once. A case of 146
    triples takes some 0.2 milliseconds on one core; the general way, some 13.

    Source: JSON-LD 1.1, https://www.w3.org/TR/json-ld11-api/
    """
    node = ox.NamedNode(tree["id"])
    yield ox.Quad(node, RDF_TYPE, ox.NamedNode(expand(vocabulary.context[tree["type"]])))
    yield from _said(tree, _compiled(vocabulary), node)


def _said(tree: dict[str, Any], keys: dict[str, _Key], node: ox.NamedNode) -> Iterator[ox.Quad]:
    for name, value in tree.items():
        key = keys.get(name)
        if key is None:  # the id and the type
            continue
        if key.predicate is None:
            assert key.inner is not None  # a grouping has keys
            yield from _said(value, key.inner, node)
            continue
        for item in value if isinstance(value, list) else [value]:
            if key.inner is None:
                yield ox.Quad(node, key.predicate, key.make(item))
            else:
                part = ox.NamedNode(item["id"])
                yield ox.Quad(node, key.predicate, part)
                yield from _said(item, key.inner, part)


@lru_cache(maxsize=8)
def _compiled(vocabulary: Vocabulary) -> dict[str, _Key]:
    return _compile(vocabulary.context, prefixes_of(vocabulary.context))


def _compile(context: dict[str, Any], prefixes: dict[str, str]) -> dict[str, _Key]:
    found = {}
    for name, definition in context.items():
        if not is_key(definition):
            continue
        inner = definition.get("@context", {}) if isinstance(definition, dict) else {}
        is_nest = expand(definition) == NEST
        below = {**prefixes, **prefixes_of(inner)}
        found[name] = _Key(
            None if is_nest else ox.NamedNode(expand(definition)),
            _compile(inner, below) if is_nest or holds_parts(definition) else None,
            _maker(definition, below),
        )
    return found


def _maker(definition: Any, prefixes: dict[str, str]) -> Callable[[str], Value]:
    said = definition if isinstance(definition, dict) else {}
    kind, language = said.get("@type"), said.get("@language")
    if kind == "@vocab":
        base = said["@context"]["@vocab"]
        return lru_cache(maxsize=512)(lambda text: ox.NamedNode(base + text))
    if kind == "@id":
        base = base_of(said)
        return lambda text: ox.NamedNode(address_of(text, prefixes, base) or text)
    if kind is not None:
        datatype = ox.NamedNode(expand(kind))
        return lambda text: ox.Literal(canonical(text, datatype.value), datatype=datatype)
    if language is not None:
        return lambda text: ox.Literal(text, language=language)
    return ox.Literal


def base_of(definition: Any) -> str:
    """Return what goes before an address that is written short under a key, or nothing."""
    return str(definition.get("@context", {}).get("@base", ""))


def address_of(text: str, prefixes: dict[str, str], base: str = "") -> str | None:
    """Return the IRI that a text stands for, short names written out, or None if it is none.

    What has no colon is a name after ``base``, where there is one.

    >>> address_of("sysg:case/wigan-deal", {"sysg": "https://w3id.org/sysgraph/"})
    'https://w3id.org/sysgraph/case/wigan-deal'
    >>> address_of("www.example.org", {}), address_of("https://example.org/a b", {})
    (None, None)
    """
    prefix, colon, rest = text.partition(":")
    if base and not colon and _NAME.fullmatch(text):
        return base + text
    if not colon or prefix == "_" or text.startswith("@"):
        return None
    iri = prefixes[prefix] + rest if prefix in prefixes and rest[:2] != "//" else text
    try:
        return ox.NamedNode(iri).value
    except ValueError:
        return None

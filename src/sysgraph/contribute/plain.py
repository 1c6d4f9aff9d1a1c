"""From the triples of a case back to the keys that people write: the way in, walked backwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from sysgraph.contribute.state import base_of
from sysgraph.contribute.syntax.document import Plain
from sysgraph.contribute.vocabulary import (
    NEST,
    Vocabulary,
    choices,
    expand,
    holds_parts,
    is_key,
)
from sysgraph.errors import SysgraphError
from sysgraph.graph import RDF_TYPE, text_of
from sysgraph.terms import CRITIQUE, NAMESPACE, compact

__all__ = ["Bare", "tell"]

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


class Bare(str):
    """A number, a date or a truth value, which people write without quotes."""

    __slots__ = ()


def tell(quads: Iterable[ox.Quad], name: str, vocabulary: Vocabulary) -> dict[str, Plain]:
    """Return a case or critique as people write it: what ``mint`` and ``state`` make into it.

    ``name`` is the id of a case, and ``critique/`` and the id of a critique. Parts come in the
    order of their names, and values that are a set in the order of their texts; keys in that of
    the context.

    Raises:
        SysgraphError: something in it has no key, such as a title in a second language.
    """
    is_critique = name.startswith(CRITIQUE)
    own = vocabulary.critiques if is_critique and vocabulary.critiques else vocabulary
    iri = f"{NAMESPACE}{name}" if is_critique else f"{NAMESPACE}case/{name}"
    teller = _Teller(quads, own)
    keys = teller.keys(iri, own.context)
    teller.told.add((iri, RDF_TYPE.value))
    left = next(iter(teller.facts.keys() - teller.told), None)
    if left or teller.lost:
        subject, predicate = left or teller.lost[0]
        said = f"{compact(predicate)} of {subject}"
        raise SysgraphError(
            f"{name.replace('/', ' ')}: {said} has no key of its own; write it as Turtle"
        )
    kind: dict[str, Plain] = {"kind": "critique"} if is_critique else {}
    return {"id": name.removeprefix(CRITIQUE), **kind, **keys}


class _Teller:
    """The statements of a case by subject and property, and which of them have been told."""

    def __init__(self, quads: Iterable[ox.Quad], vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.facts: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self.told: set[tuple[str, str]] = set()
        self.lost: list[tuple[str, str]] = []
        self._known_keys: dict[str, str] = {}
        for quad in quads:
            self.facts[text_of(quad.subject), quad.predicate.value].append(quad.object)

    def keys(self, node: str, context: dict[str, Any]) -> dict[str, Plain]:
        """Return what is said of a node, by the keys of a context."""
        found: dict[str, Plain] = {}
        for key, definition in context.items():
            if not is_key(definition):
                continue
            predicate = expand(definition)
            value: Plain
            if predicate == NEST:
                value = self.keys(node, definition["@context"])
            elif (node, predicate) not in self.facts:
                continue
            elif holds_parts(definition):
                value = self._parts(node, key, definition, context)
            else:
                value = self._values(node, definition)
            if value:
                found[key] = value
        return found

    def _parts(
        self, node: str, key: str, definition: dict[str, Any], context: dict[str, Any]
    ) -> Plain:
        predicate = expand(definition)
        rivals = [
            name
            for name, other in context.items()
            if holds_parts(other) and expand(other) == predicate
        ]
        parts = sorted(map(text_of, self.facts[node, predicate]), key=_in_order)
        for part in parts:
            if part not in self._known_keys:
                self._known_keys[part] = self._key_of(part, rivals, context)
        mine = [part for part in parts if self._known_keys[part] == key]
        found: list[Plain] = [self.keys(part, definition["@context"]) for part in mine]
        self.told.add((node, predicate))
        if len(found) == 1 and definition.get("@container") != "@set":
            return found[0]
        return found

    def _key_of(self, part: str, rivals: list[str], context: dict[str, Any]) -> str:
        """Return which of the keys that share a property a part was written under."""
        if len(rivals) == 1:
            return rivals[0]
        named = [key for key in rivals if key in part.rsplit("/", 2)[1:]]
        for key in [*named, *rivals]:
            if self._fits(part, context[key]["@context"]):
                return key
        self.lost.append((part, expand(context[rivals[0]])))
        return ""

    def _fits(self, part: str, inner: dict[str, Any]) -> bool:
        return all(
            _text(value, definition, self.vocabulary) is not None
            for definition in inner.values()
            if is_key(definition) and not holds_parts(definition)
            for value in self.facts.get((part, expand(definition)), ())
        )

    def _values(self, node: str, definition: object) -> Plain:
        predicate = expand(definition)
        found = []
        for value in self.facts[node, predicate]:
            text = _text(value, definition, self.vocabulary)
            if text is None:
                self.lost.append((node, predicate))
            else:
                found.append(text)
        self.told.add((node, predicate))
        is_set = isinstance(definition, dict) and definition.get("@container") == "@set"
        return found[0] if len(found) == 1 and not is_set else list[Plain](sorted(set(found)))


def _in_order(name: str) -> list[tuple[int, str]]:
    """Sort names with numbers in them as people count."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in name.split("/")]


def _text(value: object, definition: object, vocabulary: Vocabulary) -> str | None:
    """Return what people write for a value under a key, or None if it is not written there."""
    said = definition if isinstance(definition, dict) else {}
    kind = said.get("@type")
    if isinstance(value, ox.NamedNode):
        if kind == "@vocab":
            base = said["@context"]["@vocab"]
            slug = value.value.removeprefix(base)
            return slug if slug in choices(vocabulary, base) else None
        return value.value.removeprefix(base_of(said)) if kind == "@id" else None
    if not isinstance(value, ox.Literal) or kind in ("@vocab", "@id"):
        return None
    if value.language or said.get("@language"):
        return value.value if value.language == said.get("@language") else None
    if value.datatype.value != (expand(kind) if kind else _XSD_STRING):
        return None
    return Bare(value.value) if kind else value.value

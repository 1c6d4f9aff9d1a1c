"""The keys that people write, as the JSON-LD context has them: one mapping for files and RDF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = ["NEST", "ContextKey", "at_any_depth", "expand", "is_key", "read_keys"]

NEST = "@nest"


@dataclass(frozen=True, slots=True)
class ContextKey:
    """What the JSON-LD context says of a key.

    ``predicate`` is an IRI, or NEST where the key only groups others. ``kind`` is @vocab for words,
    @id for addresses, the IRI of a datatype, or "" for text; a word, or an address written short,
    stands for ``base`` and itself. ``keys`` are those below a key that holds no values.
    """

    name: str
    predicate: str
    kind: str
    base: str
    language: str | None
    is_set: bool
    keys: dict[str, ContextKey]

    @property
    def is_group(self) -> bool:
        """Tell whether it says nothing by itself, but of what the keys around it do."""
        return self.predicate == NEST

    @property
    def is_text(self) -> bool:
        """Tell whether it holds text that people write as they like."""
        return not self.kind and not self.keys


def read_keys(context: dict[str, Any], group: str = "") -> dict[str, ContextKey]:
    """Return the keys that a context lets stand side by side, or those within a group of them."""
    return {
        name: _key(name, said, context)
        for name, said in context.items()
        if is_key(name, said) and _group_of(said) == group
    }


def _key(name: str, definition: Any, around: dict[str, Any]) -> ContextKey:
    said = definition if isinstance(definition, dict) else {}
    inner = said.get("@context", {})
    return ContextKey(
        name,
        expand(definition),
        expand(said.get("@type", "")),
        inner.get("@vocab", inner.get("@base", "")),
        said.get("@language"),
        said.get("@container") == "@set",
        read_keys(around, name) if definition == NEST else read_keys(inner),
    )


def _group_of(definition: Any) -> str:
    """Return the key that groups a key with others, if one does."""
    return definition.get(NEST, "") if isinstance(definition, dict) else ""


def is_key(name: str, definition: object) -> bool:
    """Tell whether a term of the context is a key: prefixes and classes are terms as well."""
    if isinstance(definition, dict):
        return not expand(definition).removeprefix(NAMESPACE)[:1].isupper()
    return definition == NEST or (
        isinstance(definition, str)
        and not name.startswith("@")
        and not definition.startswith("http")
        and definition.rpartition(":")[2][:1].islower()
    )


def at_any_depth(keys: dict[str, ContextKey]) -> Iterator[ContextKey]:
    """Yield each key, after those that are below it."""
    for key in keys.values():
        yield from at_any_depth(key.keys)
        yield key


def expand(definition: object) -> str:
    """Return the IRI that a term definition of the context stands for, or its keyword."""
    name = str(definition.get("@id", "") if isinstance(definition, dict) else definition)
    prefix, _, rest = name.partition(":")
    return f"{PREFIXES[prefix]}{rest}" if prefix in PREFIXES else name

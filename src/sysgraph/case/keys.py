"""The keys of a case, as the one JSON-LD context says what each of them means."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sysgraph.ontology import NEST, Vocabulary, expand, is_key

__all__ = ["ContextKey", "compile_keys", "keys_in", "keys_of_critiques"]


@dataclass(frozen=True, slots=True)
class ContextKey:
    """What the context says of a key.

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


def compile_keys(context: dict[str, Any]) -> dict[str, ContextKey]:
    """Return the keys of a context by name, in its order."""
    return {name: _key(name, said) for name, said in context.items() if is_key(said)}


def _key(name: str, definition: Any) -> ContextKey:
    said = definition if isinstance(definition, dict) else {}
    inner = said.get("@context", {})
    return ContextKey(
        name,
        expand(definition),
        expand(said.get("@type", "")),
        inner.get("@vocab", inner.get("@base", "")),
        said.get("@language"),
        said.get("@container") == "@set",
        compile_keys(inner),
    )


@lru_cache(maxsize=8)
def keys_in(vocabulary: Vocabulary) -> dict[str, ContextKey]:
    """Return the keys of a vocabulary."""
    return compile_keys(vocabulary.context)


def keys_of_critiques(vocabulary: Vocabulary) -> dict[str, ContextKey]:
    """Return the keys of critiques that stand by themselves, if the vocabulary has these."""
    return keys_in(vocabulary.critiques) if vocabulary.critiques else {}

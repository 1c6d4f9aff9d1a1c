"""Searching the names, other names, titles and definitions of things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sysgraph.near import folded
from sysgraph.publish.things import contribution_at
from sysgraph.terms import NAMESPACE, PREFIXES, local_name

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = ["Found", "SearchIndex"]

_RDFS, _SKOS, _DC = (PREFIXES[prefix] for prefix in ("rdfs", "skos", "dcterms"))
_NAMES = (f"{NAMESPACE}plainName", f"{_RDFS}label", f"{_DC}title")
"""What things are called; pages call them by the first of these that they have."""
_OTHER = (f"{_SKOS}altLabel", f"{_SKOS}hiddenLabel", f"{_SKOS}notation")
_TEXTS = (
    f"{_SKOS}definition",
    f"{_DC}abstract",
    f"{_DC}bibliographicCitation",
    f"{NAMESPACE}message",
    f"{NAMESPACE}wording",
    f"{NAMESPACE}inOneLine",
)
_WORDS = 12
"""How many words of what is searched count."""


@dataclass(frozen=True, slots=True)
class Found:
    """A thing with its name, what it is called besides, and a text about it."""

    iri: str
    name: str
    names: tuple[str, ...]
    text: str
    whole: str

    @property
    def kind(self) -> str:
        """Return which kind of thing it is, by its IRI; that of a term of the schema is empty."""
        head, slash, _ = self.iri.removeprefix(NAMESPACE).partition("/")
        return head if slash else ""


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """All things that have a name, and are no part of a case."""

    found: Sequence[Found]

    @staticmethod
    def of(store: Store) -> SearchIndex:
        """Read the names of a store's things: one question, and no index on the disk."""
        values = " ".join(f"<{iri}>" for iri in (*_NAMES, *_OTHER, *_TEXTS))
        rows = store.select(
            f"SELECT DISTINCT ?s ?p ?text WHERE {{ VALUES ?p {{ {values} }} ?s ?p ?text ."
            f' FILTER (isIRI(?s) && STRSTARTS(STR(?s), "{NAMESPACE}")) }} ORDER BY ?s ?p ?text'
        )
        said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in rows.texts():
            if not contribution_at(row["s"])[1]:
                said[row["s"]][row["p"]].append(row["text"])
        return SearchIndex([_found(iri, texts) for iri, texts in said.items()])

    def find(self, words: str) -> list[Found]:
        """Return what has all words somewhere, what is named by them first.

        A word may be the beginning of one that stands there.
        """
        wanted = [one for one in folded(words).split("-") if one][:_WORDS]
        if not wanted:
            return []
        rated = []
        for one in self.found:
            if all(f"-{word}" in one.whole for word in wanted):
                rated.append((_rank(one, wanted), folded(one.name), one.iri, one))
        return [one for *_, one in sorted(rated, key=lambda each: each[:3])]


def _rank(one: Found, wanted: Sequence[str]) -> int:
    """Return how near a thing is to what was asked for: by its name, its other names, its text."""
    asked = "-".join(wanted)
    names = [folded(name) for name in one.names]
    if asked in names:
        return 0
    if any(name.startswith(asked) for name in names):
        return 1
    within = (all(f"-{word}" in f"-{name}" for word in wanted) for name in names)
    return 2 if any(within) else 3


def _found(iri: str, said: Mapping[str, Sequence[str]]) -> Found:
    def all_of(properties: Iterable[str]) -> list[str]:
        return [text for by in properties for text in said.get(by, ())]

    names = all_of(_NAMES) or [local_name(iri)]
    others, texts = all_of(_OTHER), all_of(_TEXTS)
    every = (*names, *others, *texts, local_name(iri))
    whole = f"-{'-'.join(map(folded, every))}"
    return Found(iri, names[0], (*names, *others), texts[0] if texts else "", whole)

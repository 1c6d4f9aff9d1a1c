"""Terms, parts and changes in words: labels of the ontology, and the keys that people write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from sysgraph.contribute import load_vocabulary
from sysgraph.paths import data
from sysgraph.review.parts import TOLD_APART_BY, Change, Part, shortened
from sysgraph.terms import PREFIXES, Triple, compact, local_name

__all__ = ["Words", "kind_of"]

_LABEL = f"<{PREFIXES['rdfs']}label>"


def kind_of(iri: str) -> str:
    """Return which kind of thing an IRI of the namespace names; schema terms are just terms.

    >>> kind_of("https://w3id.org/sysgraph/consideration/agreement-plural")
    'consideration'
    >>> kind_of("https://w3id.org/sysgraph/supports")
    'term'
    """
    kind, slash, _ = iri.removeprefix(PREFIXES["sysg"]).partition("/")
    return kind if slash and not kind.startswith("http") else "term"


class Words:
    """What terms are called. Later statements win over earlier ones."""

    def __init__(self, *sides: Iterable[Triple]) -> None:
        """Take the labels from what the ontologies of the sides assert."""
        self._labels = {
            subject: _text(value)
            for terms in sides
            for subject, predicate, value in terms
            if predicate == _LABEL
        }
        self._fields = load_vocabulary(data() / "ontology").fields
        self.order = {f"<{name}>": rank for rank, name in enumerate(self._fields)}

    def call(self, term: str, title: str) -> None:
        """Give a term a name."""
        self._labels[term] = title

    def term(self, term: str) -> str:
        """Return a term in words: what a literal says, or the label of what an IRI names."""
        if not term.startswith("<"):
            if term.startswith('"'):
                return _text(term)
            # An anonymous class is written out with the terms that it is made of.
            return re.sub(r"<[^<>]+>", lambda found: self.term(found.group()), term)
        iri = term[1:-1]
        return self._labels.get(term) or (compact(iri) if iri.startswith(PREFIXES["sysg"]) else iri)

    def field(self, predicate: str) -> str:
        """Return the key that people write for a property, or its label."""
        key = self._fields.get(predicate[1:-1])
        if predicate == f"<{PREFIXES['rdf']}type>":
            return "kind"
        return key or self._labels.get(predicate) or local_name(predicate[1:-1])

    def values(self, mine: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
        """Return values in words; where only the datatype or the language differs, with it."""
        texts = {self.term(term) for term in theirs}
        return tuple(
            f"{self.term(term)} ({_beyond(term)})"
            if term.startswith('"') and self.term(term) in texts
            else self.term(term)
            for term in mine
        )

    def path(self, parts: Sequence[Part]) -> str:
        """Return where a part is, as people say it, without the thing that it is part of."""
        found = []
        for outer, part in pairwise(parts):
            found += _steps(part.iri.removeprefix(f"{outer.iri}/"), _apart(part))
        return ", ".join(found)

    def change(self, change: Change) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
        """Return where a change is, its field, and what was and is said, all in words."""
        before, after = change.before, change.after
        return (
            self.path(change.path),
            self.field(change.predicate),
            self.values(before, after),
            self.values(after, before),
        )


def _steps(tail: str, name: str) -> list[str]:
    """Return the words for a part from its IRI within the one around it.

    >>> _steps("readings/2", "those affected"), _steps("outcome/led", "")
    (['reading 2 (those affected)'], ['outcome', 'led'])
    """
    words = [word for word in tail.split("/") if word != "facets"]
    if len(words) > 1 and words[-1].isdigit():
        words[-2:] = [f"{words[-2].removesuffix('s')} {words[-1]}"]
    if name:
        words[-1] += f" ({name})"
    return words


def _apart(part: Part) -> str:
    if not re.search(r"\d$", part.iri):
        return ""
    for predicate in TOLD_APART_BY:
        for value in sorted(part.values.get(predicate, ())):
            return shortened(_text(value))
    return ""


def _beyond(literal: str) -> str:
    """Return the language or datatype of a literal."""
    return literal[literal.rindex('"') + 1 :].lstrip("@^") or "plain text"


def _text(literal: str) -> str:
    return literal[1 : literal.rindex('"')]

"""The questions of a form, made from the context, the shapes and the words of the ontology."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sysgraph.contribute.vocabulary import (
    NEST,
    Vocabulary,
    expand,
    holds_parts,
    is_key,
    load_vocabulary,
)
from sysgraph.graph import read_turtle, triples_of
from sysgraph.paths import term_files
from sysgraph.review.demands import Demands, load_demands
from sysgraph.review.question import Element, Form, Kind, Path_, Question
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = ["form_of", "label_of"]

_REPEATS = 2
"""How many readings, citations and the like a form has room for; a file has room for more."""
_DATE = f"{PREFIXES['dcterms']}created"
_LICENCE = f"{PREFIXES['dcterms']}license"
_SHORT = {
    f"{PREFIXES['dcterms']}title",
    f"{NAMESPACE}place",
    f"{NAMESPACE}driver",
    f"{NAMESPACE}authority",
}
_ROOT = ("id", "type")


@cache
def form_of(kind: Kind, ontology: Path) -> Form:
    """Return the form for a kind, made from an ontology folder; nothing of it is kept elsewhere."""
    asked = _Asked(load_vocabulary(ontology), load_demands(ontology), _Terms.load(ontology))
    if kind is Kind.CASE:
        return Form(kind, tuple(asked.whole("CaseStudy", asked.vocabulary)))
    if kind is Kind.CRITIQUE:
        assert asked.vocabulary.critiques is not None  # only a vocabulary of critiques has none
        return Form(kind, tuple(asked.whole("Critique", asked.vocabulary.critiques)))
    return Form(kind, tuple(asked.correction()))


@dataclass(frozen=True, slots=True)
class _Terms:
    """Labels, definitions and places in their order, by bare IRI; and the library's licence."""

    labels: dict[str, str]
    definitions: dict[str, str]
    order: dict[str, int]
    licence: str

    @staticmethod
    def load(ontology: Path) -> _Terms:
        listed = triples_of(read_turtle([*term_files(ontology), ontology / "dataset.ttl"]))

        def texts(name: str) -> dict[str, str]:
            return {s[1:-1]: o[1 : o.rindex('"')] for s, p, o in listed if p == f"<{name}>"}

        order = {iri: int(n) for iri, n in texts(f"{NAMESPACE}displayOrder").items()}
        licence = min(o[1:-1] for s, p, o in listed if p == f"<{_LICENCE}>" and "dataset" in s)
        labels, meant = texts(f"{PREFIXES['rdfs']}label"), texts(f"{PREFIXES['skos']}definition")
        return _Terms(labels, meant, order, licence)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a form is made from."""

    vocabulary: Vocabulary
    demands: Demands
    terms: _Terms

    def whole(self, kind: str, vocabulary: Vocabulary) -> Iterator[Question]:
        """Yield the questions about a whole case or critique, its name first."""
        noun = "critique" if kind == "Critique" else "case"
        about = (
            f"A short name for the {noun}: 2 to 63 small letters, digits and hyphens, such as"
            " wigan-deal."
        )
        yield Question("Id", ("id",), Element.INPUT, about, is_needed=True)
        yield from self.keys(vocabulary.context, f"{NAMESPACE}{kind}", (), is_needed=True)

    def keys(
        self, context: Mapping[str, Any], node: str, path: Path_, *, is_needed: bool
    ) -> Iterator[Question]:
        """Yield the questions for the keys of a context, within what the path leads to."""
        for key, definition in context.items():
            if key.startswith("@") or key in _ROOT or not is_key(definition):
                continue
            inner = definition.get("@context", {}) if isinstance(definition, dict) else {}
            predicate = expand(definition)
            if isinstance(definition, dict) and definition.get("@id") == NEST:
                if _is_spread(inner):
                    yield from self.spread(inner, (*path, key))
                else:
                    yield from self.keys(inner, node, (*path, key), is_needed=is_needed)
            elif predicate == _DATE or predicate in self.demands.classed:
                continue  # the day is that of the form, and critiques have a form of their own
            elif holds_parts(definition):
                yield from self.parts(predicate, inner, node, (*path, key), is_needed=is_needed)
            else:
                yield self.value(definition, node, (*path, key), is_needed=is_needed)

    def parts(
        self, predicate: str, inner: Mapping[str, Any], node: str, path: Path_, *, is_needed: bool
    ) -> Iterator[Question]:
        """Yield the questions for a part, twice where there may be several of it."""
        demand = self.demands.on(node, predicate)
        needed = is_needed and demand.is_needed
        if demand.is_single:
            yield from self.keys(inner, predicate, path, is_needed=needed)
            return
        for number in range(_REPEATS):
            place = (*path, number)
            yield from self.keys(inner, predicate, place, is_needed=needed and not number)

    def value(self, definition: Any, node: str, path: Path_, *, is_needed: bool) -> Question:
        """Return the question for a key that takes values."""
        predicate = expand(definition)
        demand = self.demands.on(node, predicate)
        options = self.options(definition, demand.words)
        several = not demand.is_single and predicate not in _SHORT and not _is_text(definition)
        element = Element.DROPDOWN if options else Element.INPUT
        about = demand.message.partition(". ")[0]
        if not options:
            # The rule, and what to write, without the key that only files have.
            about = re.sub(r"Write `[^`]+` and ", "Write ", demand.message).rstrip(".")
        if not options and (several or (_is_text(definition) and predicate not in _SHORT)):
            element = Element.TEXTAREA
            about += ". One a line" if several else ""
        return Question(
            label_of(path),
            path,
            element,
            f"{about}." if about else "",
            options,
            several,
            is_needed and demand.is_needed,
        )

    def options(self, definition: Any, words: tuple[str, ...]) -> dict[str, str]:
        """Return what can be chosen, if a key takes certain words only."""
        if words:
            return {word: word for word in words}
        if expand(definition) == _LICENCE:
            return {self.terms.licence: self.terms.licence}
        if not isinstance(definition, dict):
            return {}
        if definition.get("@type") == "xsd:boolean":
            return {"yes": "true", "no": "false"}
        if definition.get("@type") != "@vocab":
            return {}
        base = definition["@context"]["@vocab"]
        folder, _, stem = base.rpartition("/")
        slugs = [
            slug for slug in self.vocabulary.known.get(f"{folder}/", ()) if slug.startswith(stem)
        ]
        found = {}
        for slug in sorted(slugs, key=lambda s: (self.terms.order.get(f"{folder}/{s}", 99), s)):
            label = self.terms.labels.get(f"{folder}/{slug}", slug)
            written = slug.removeprefix(stem)
            found[label if label == written else f"{label} ({written})"] = written
        return found

    def spread(self, inner: Mapping[str, Any], path: Path_) -> Iterator[Question]:
        """Yield one question for what each part must say, and one for all about the rest."""
        names = tuple(key for key in inner if not key.startswith("@"))
        rest: dict[str, Any] = {}
        for key in names:
            predicate, keys = expand(inner[key]), inner[key]["@context"]
            for name, definition in keys.items():
                if self.demands.on(predicate, expand(definition)).is_needed:
                    facet = f"{NAMESPACE}facet/{key}"
                    label = self.terms.labels.get(facet, key)
                    about = self.terms.definitions.get(facet, "")
                    yield Question(
                        f"{label_of(path[:-1])}: {key}, {label}",
                        (*path, key, name),
                        Element.DROPDOWN,
                        f"{about[:1].upper()}{about[1:]}. Leave it out if it is not known.",
                        self.options(definition, ()),
                    )
                else:
                    rest.setdefault(name, definition)
        for name, definition in rest.items():
            options = self.options(definition, ())
            hint = (
                "for all that you chose above"
                if options
                else f"a line each, such as: {names[0]}: and why you say so"
            )
            yield Question(
                f"{label_of(path[:-1])}: {name}",
                (*path, name),
                Element.DROPDOWN if options else Element.TEXTAREA,
                f"{name.capitalize()}, {hint}.",
                options,
                spread=names,
            )

    def correction(self) -> Iterator[Question]:
        """Yield the questions about one mistake in a case that is there already."""
        context, node = self.vocabulary.context, f"{NAMESPACE}CaseStudy"
        listed = self.keys(context, node, (), is_needed=True)
        # What stands in a list has a number, which nobody should have to count.
        plain = [q for q in listed if not any(isinstance(step, int) for step in q.path)]
        fields = {q.label: "/".join(map(str, q.path)) for q in plain if q.path[0] != "licence"}
        told = "The id of the case, such as wigan-deal; it stands in its address."
        yield Question("Case", ("case",), Element.INPUT, told, is_needed=True)
        told = "What is wrong. For anything else, write an ordinary issue."
        yield Question("Field", ("field",), Element.DROPDOWN, told, fields, is_needed=True)
        told = "All of it, as it should stand there; of several values one a line."
        yield Question("New text", ("text",), Element.TEXTAREA, told, is_needed=True)
        told = "What this rests on: a source, and where in it. Reviewers will ask for it."
        yield Question("Grounds", ("grounds",), Element.TEXTAREA, told, is_needed=True)


def _is_text(definition: Any) -> bool:
    return isinstance(definition, dict) and "@language" in definition


def _is_spread(inner: Mapping[str, Any]) -> bool:
    """Tell whether keys differ only in which part of one kind they name, as facets do."""
    kinds = {expand(each) for key, each in inner.items() if not key.startswith("@")}
    return len(kinds) == 1 and all(
        holds_parts(each) for key, each in inner.items() if not key.startswith("@")
    )


def label_of(path: Path_) -> str:
    """Return the label of the question for a place in a document.

    >>> label_of(("outcome", "led", "judgement")), label_of(("citations", 1, "title"))
    ('Outcome, led: judgement', 'Citation 2: title')
    """
    words: list[str] = []
    for step in path:
        if isinstance(step, int):
            words[-1] = f"{words[-1].removesuffix('s')} {step + 1}"
        else:
            words.append(step)
    text = ", ".join(words[:-1]) + f": {words[-1]}" if len(words) > 1 else words[0]
    return text[:1].upper() + text[1:]

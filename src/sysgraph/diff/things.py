"""Cases and terms by what they say, and two of them compared in the words that people write."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from sysgraph.diff.report import Line
from sysgraph.ontology import Ontology
from sysgraph.terms import PREFIXES, Triple, compact, literal_text, local_name

__all__ = ["Entity", "Words", "compare_things", "grow", "grow_terms", "text", "tidy"]

_SYSG, _DCTERMS = PREFIXES["sysg"], PREFIXES["dcterms"]
_TYPE = f"<{PREFIXES['rdf']}type>"
_LABEL = f"<{PREFIXES['rdfs']}label>"
_TOLD_APART_BY = (f"<{_SYSG}standpoint>", f"<{_DCTERMS}title>", f"<{_SYSG}says>")
"""What numbered parts of a kind are told apart by, for a person."""
_LONG = 60
_ALIKE = 0.3
"""How much of what two numbered parts say must be the same for them to be the same part."""
_DEPTH = 12

_Said = Mapping[str, Sequence[tuple[str, str]]]
"""What is said of each subject: predicate and object."""


def text(term: str) -> str:
    """Return what a literal says, as it is escaped, or any other term as it stands."""
    return term[1 : term.rindex('"')] if term.startswith('"') else term


def tidy(term: str) -> str:
    r"""Return an N-Triples term with the white space of its text made even, and unescaped.

    >>> tidy(r'"one  \n two"@en')
    '"one two"@en'
    """
    if not term.startswith('"'):
        return term
    end = term[term.rindex('"') :]
    return f'"{" ".join(literal_text(term).split())}{end}'


@dataclass(frozen=True)
class Entity:
    """A case, a term, or a part of one. ``values`` and ``parts`` go by predicate.

    ``iri`` is bare; predicates and values are as N-Triples writes them.
    """

    iri: str
    values: Mapping[str, frozenset[str]]
    parts: Mapping[str, Sequence[Entity]] = field(default_factory=dict)

    @cached_property
    def says(self) -> str:
        """Return all that it says without its own name, the same for parts in any order."""
        values = sorted((name, sorted(found)) for name, found in self.values.items())
        parts = sorted(
            (name, sorted(part.says for part in found)) for name, found in self.parts.items()
        )
        return repr((values, parts))

    @property
    def name(self) -> str:
        """Return the last word of the IRI."""
        return self.iri.rpartition("/")[2]

    def facts(self) -> Iterator[tuple[str, ...]]:
        """Yield each statement, as the predicates that lead to it and its value."""
        for predicate, values in self.values.items():
            if predicate != _TYPE:
                yield from ((predicate, value) for value in values)
        for predicate, parts in self.parts.items():
            yield from ((predicate, *fact) for part in parts for fact in part.facts())


_NOTHING = Entity("", {})


def grow(iri: str, triples: Iterable[Triple]) -> Entity | None:
    """Return a contribution as a tree, or None where nothing is said of it.

    Mentions of its own parts are written as what these say, so that their numbers do not matter.
    """
    vocabulary = Ontology.load().vocabulary
    critiques = vocabulary.critiques.parts if vocabulary.critiques else frozenset()
    holders = {f"<{predicate}>" for predicate in vocabulary.parts | critiques}
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for subject, predicate, value in triples:
        said[subject].append((predicate, tidy(value)))
    start = f"<{iri}/"

    def thing(subject: str, above: frozenset[str]) -> Entity:
        values: dict[str, set[str]] = defaultdict(set)
        parts: dict[str, list[Entity]] = defaultdict(list)
        for predicate, value in said.get(subject, ()):
            if not value.startswith(start):
                values[predicate].add(value)
            elif predicate in holders and value not in above:
                parts[predicate].append(thing(value, above | {value}))
            else:
                values[predicate].add(f'"{_mention(value, start, said)}"')
        return Entity(
            subject[1:-1],
            {name: frozenset(found) for name, found in values.items()},
            {name: sorted(found, key=_place) for name, found in parts.items()},
        )

    return thing(f"<{iri}>", frozenset({f"<{iri}>"})) if f"<{iri}>" in said else None


def _place(thing: Entity) -> tuple[int, str]:
    return len(thing.iri), thing.iri


def _mention(value: str, start: str, said: _Said) -> str:
    """Return how a part of the same case is spoken of: by what it says, if it has a number."""
    name = value.removeprefix(start).rstrip(">")
    if not re.search(r"\d", name):
        return f"its own {name}"
    kind = re.sub(r"/?\d+", "", name)
    told = {predicate: term for predicate, term in said.get(value, ()) if term.startswith('"')}
    texts = [_shortened(text(told[name])) for name in _TOLD_APART_BY if name in told]
    return f"its own {kind}" + (f" ({texts[0]})" if texts and texts[0] else "")


def _shortened(said: str) -> str:
    return said if len(said) <= _LONG else f"{said[: _LONG - 1].rstrip()}…"


def grow_terms(triples: Iterable[Triple]) -> dict[str, Entity]:
    """Return what is said of each named term, by its IRI as N-Triples writes it.

    An anonymous class or list is written out where it is spoken of, so that neither its name
    nor its place in a file matters. What is spoken of nowhere, as a statement that classes
    exclude each other, goes by what it says.
    """
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for subject, predicate, value in triples:
        said[subject].append((predicate, value))
    mentioned = {value for pairs in said.values() for _, value in pairs if value.startswith("_:")}
    found = {}
    for subject in said.keys() - mentioned:
        if subject.startswith("_:"):
            name = _written(subject, said, 0)
            found[name] = Entity(name, {"": frozenset({name})})
            continue
        values: dict[str, set[str]] = defaultdict(set)
        for predicate, value in said[subject]:
            values[predicate].add(_written(value, said, 0))
        found[subject] = Entity(subject[1:-1], {name: frozenset(v) for name, v in values.items()})
    return found


def _written(term: str, said: _Said, depth: int) -> str:
    if not term.startswith("_:"):
        return tidy(term)
    if depth > _DEPTH:
        return "…"
    members = [_written(member, said, depth + 1) for member in _members(term, said)]
    if members:
        return f"({' '.join(members)})"
    pairs = sorted(
        f"{predicate} {_written(value, said, depth + 1)}" for predicate, value in said.get(term, ())
    )
    return f"[{'; '.join(pairs)}]"


def _members(node: str, said: _Said) -> Iterator[str]:
    seen: set[str] = set()
    while node not in seen:
        seen.add(node)
        pairs = {predicate.rpartition("#")[2]: value for predicate, value in said.get(node, ())}
        if "first>" not in pairs:
            return
        yield pairs["first>"]
        node = pairs.get("rest>", "")


def compare_things(
    before: Entity | None, after: Entity | None, words: Words, above: tuple[Entity, ...] = ()
) -> Iterator[Line]:
    """Yield in what two versions of a thing differ, part by part, as the keys are ordered."""
    path = (*above, after or before or _NOTHING)
    old, new = before or _NOTHING, after or _NOTHING
    nothing = frozenset[str]()
    for predicate in words.ranked(old.values, new.values):
        was, now = (one.values.get(predicate, nothing) for one in (old, new))
        if was != now:
            yield words.line(path, predicate, sorted(was - now), sorted(now - was))
    for predicate in words.ranked(old.parts, new.parts):
        pairs = _pairs(old.parts.get(predicate, ()), new.parts.get(predicate, ()))
        for one, other in sorted(pairs, key=lambda pair: _place(pair[1] or pair[0] or _NOTHING)):
            yield from compare_things(one, other, words, path)


def _pairs(
    before: Sequence[Entity], after: Sequence[Entity]
) -> Iterator[tuple[Entity | None, Entity | None]]:
    """Yield which part of the one side is which of the other; None stands for no part."""
    old, new = list(before), list(after)
    for one in before:
        same = [other for other in new if other.says == one.says]
        if same:
            old.remove(one)
            new.remove(min(same, key=lambda other: other.name != one.name))
    ranked = sorted(
        ((_likeness(a, b), a.name == b.name, a, b) for a in old for b in new),
        key=lambda found: (-(found[0] + found[1]), found[2].iri, found[3].iri),
    )
    for alike, is_named, one, other in ranked:
        # A number is no name: the second citation may now be the first.
        is_same = alike >= _ALIKE or (is_named and not one.name.isdigit())
        if is_same and one in old and other in new:
            old.remove(one)
            new.remove(other)
            yield one, other
    yield from ((one, None) for one in old)
    yield from ((None, other) for other in new)


def _likeness(one: Entity, other: Entity) -> float:
    """Return how much of what two parts say is the same, from 0 to 1."""
    mine, theirs = set(one.facts()), set(other.facts())
    return 2 * len(mine & theirs) / (len(mine) + len(theirs) or 1)


class Words:
    """What terms are called. Later statements win over earlier ones."""

    def __init__(self, *ontologies: Iterable[Triple]) -> None:
        self._labels = {
            subject: text(tidy(value))
            for triples in ontologies
            for subject, predicate, value in triples
            if predicate == _LABEL
        }
        self._fields = Ontology.load().vocabulary.fields
        self._order = {f"<{name}>": rank for rank, name in enumerate(self._fields)}

    def call(self, term: str, title: str) -> None:
        """Give a term a name."""
        self._labels[term] = title

    def ranked(self, some: Iterable[str], more: Iterable[str]) -> list[str]:
        """Return predicates in the order of their keys; those without a key come last."""
        last = len(self._order)
        return sorted({*some, *more}, key=lambda name: (self._order.get(name, last), name))

    def term(self, term: str) -> str:
        """Return a term in words: what a literal says, or the label of what an IRI names."""
        if term.startswith('"'):
            return text(term)
        if not term.startswith("<"):
            # An anonymous class is written out with the terms that it is made of.
            return re.sub(r"<[^<>]+>", lambda found: self.term(found.group()), term)
        iri = term[1:-1]
        return self._labels.get(term) or (compact(iri) if iri.startswith(_SYSG) else iri)

    def field(self, predicate: str) -> str:
        """Return the key that people write for a property, or its label."""
        if predicate == _TYPE:
            return "kind"
        iri = predicate[1:-1]
        return self._fields.get(iri) or self._labels.get(predicate) or local_name(iri)

    def path(self, parts: Sequence[Entity]) -> str:
        """Return where a part is, as people say it, without the thing that it is part of."""
        found = []
        for outer, part in pairwise(parts):
            found += _steps(part.iri.removeprefix(f"{outer.iri}/"), _apart(part))
        return ", ".join(found)

    def line(
        self, path: Sequence[Entity], predicate: str, before: Sequence[str], after: Sequence[str]
    ) -> Line:
        """Return a statement that differs, all in words."""
        return Line(
            self.path(path),
            self.field(predicate),
            self._values(before, after),
            self._values(after, before),
        )

    def _values(self, mine: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
        """Return values in words; where only the datatype or the language differs, with it."""
        texts = {self.term(term) for term in theirs}
        return tuple(
            f"{self.term(term)} ({_beyond(term)})"
            if term.startswith('"') and self.term(term) in texts
            else self.term(term)
            for term in mine
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


def _apart(part: Entity) -> str:
    if not re.search(r"\d$", part.iri):
        return ""
    told = (value for name in _TOLD_APART_BY for value in sorted(part.values.get(name, ())))
    return _shortened(text(next(told, "")))


def _beyond(literal: str) -> str:
    """Return the language or datatype of a literal."""
    return literal[literal.rindex('"') + 1 :].lstrip("@^") or "plain text"

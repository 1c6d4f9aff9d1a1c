"""From the keys that people write to triples, with the place of each, and back from triples."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pyoxigraph as ox

from sysgraph.case.closed import Object, canonical, shown
from sysgraph.case.contribution import located
from sysgraph.case.document import MAX_FINDINGS, Document, Path_, Place, Plain, many
from sysgraph.case.patch import split
from sysgraph.characters import tidy
from sysgraph.context import ContextKey, expand
from sysgraph.errors import Finding, SysgraphError, suggest
from sysgraph.near import meant, nearest
from sysgraph.rdf import RDF_TYPE, Term, text_of
from sysgraph.terms import CRITIQUE, NAMESPACE, PREFIXES, compact, iri_of
from sysgraph.vocabulary import Vocabulary, choices, names_of, nearest_words

__all__ = ["Bare", "Compiler", "Left", "Teller", "node_name", "tell"]

_NAME = re.compile(r"[\w-]+")
_NAMED = ("id", "kind")
_ROOT = (*_NAMED, "type")
_SHOWN = 60
_ELSEWHERE = "https://example.org/page"
_VALUE = f"{NAMESPACE}value/"


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


class Compiler:
    """Makes the triples of a case that JSON-LD would make by the context, without the detour.

    ``places`` has where each part stands, by its IRI; each key of a part, by that and the IRI of
    the property; and each of several values, by these and the text. The IRI of a part is its path
    in the document, so that it can be found again: the second reading of a case is
    ``…/readings/2``, and what it sees of the aim ``…/readings/2/facets/change-aim``.

    Source: JSON-LD 1.1, https://www.w3.org/TR/json-ld11-api/
    """

    def __init__(self, document: Document, vocabulary: Vocabulary, file: str) -> None:
        self.document = document
        self.vocabulary = vocabulary
        self.file = file
        self.quads: list[ox.Quad] = []
        self.findings: list[Finding] = []
        self.places: dict[tuple[str, ...], Place] = {}

    def report(
        self,
        path: Path_,
        demand: str,
        message: str,
        value: str | None = None,
        *,
        allowed: Sequence[str] = (),
        nearest: Sequence[str] = (),
    ) -> None:
        """Record that something is wrong at a place of the document."""
        if self.is_full():
            return
        finding = Finding(
            message=message,
            demand=demand,
            file=self.file,
            value=value,
            allowed=tuple(allowed),
            nearest=tuple(nearest),
        )
        self.findings.append(located(finding, self.document.place(path), self.document.row))
        if self.is_full():
            self.findings.append(many(self.file))

    def is_full(self) -> bool:
        """Tell whether more findings would only be more of the same."""
        return len(self.findings) >= MAX_FINDINGS

    def add(self, case: dict[str, Plain], iri: str, at: Path_, kind: str = "CaseStudy") -> None:
        """Add the triples of a case or a critique, which stands at a path of the document."""
        kind_iri = ox.NamedNode(expand(self.vocabulary.context[kind]))
        self.quads.append(ox.Quad(ox.NamedNode(iri), RDF_TYPE, kind_iri))
        body = {key: value for key, value in case.items() if key not in _ROOT}
        self._part(body, self.vocabulary.keys, iri, at)
        for path, predicate, column in self.document.empty:
            steps = [str(part + 1 if isinstance(part, int) else part) for part in path]
            place = Place(self.document.mark(())[0], column, self.document.heads[column - 1])
            self.places.setdefault(("/".join([iri, *steps]), predicate), place)

    def _part(
        self, data: dict[str, Plain], keys: dict[str, ContextKey], iri: str, at: Path_
    ) -> None:
        self.places[iri,] = self.document.place(at)
        self._said(data, keys, iri, iri, at)

    def _said(
        self, data: dict[str, Plain], keys: dict[str, ContextKey], owner: str, base: str, at: Path_
    ) -> None:
        for name in self.document.blanks.get(at, ()):
            path = (*at, name)
            if name in keys:
                self.places[owner, keys[name].predicate] = self.document.place(path)
                self._report_cut(path, "", keys[name])
        for name, value in data.items():
            path = (*at, name)
            key = keys.get(name)
            if key is None:
                self._report_unknown(name, keys, path)
                continue
            self.places[owner, key.predicate] = self.document.place(path)
            if not key.keys:
                self._values(owner, value, key, path)
            elif not key.is_group:
                self._parts(owner, value, key, f"{base}/{name}", path)
            elif isinstance(value, dict):
                self._said(value, key.keys, owner, f"{base}/{name}", path)
            else:
                self._report_shape(key, path)

    def _parts(self, owner: str, value: Plain, key: ContextKey, iri: str, at: Path_) -> None:
        items: list[tuple[Plain, str, Path_]] = [(value, iri, at)]
        if isinstance(value, list):
            items = [(one, f"{iri}/{n + 1}", (*at, n)) for n, one in enumerate(value)]
        for item, name, path in items:
            if isinstance(item, dict):
                self._state(owner, key, ox.NamedNode(name))
                self._part(item, key.keys, name, path)
            else:
                self._report_shape(key, path)

    def _values(self, owner: str, value: Plain, key: ContextKey, at: Path_) -> None:
        items = value if isinstance(value, list) else [value]
        for number, written in enumerate(items):
            path = (*at, number) if isinstance(value, list) else at
            if not isinstance(written, str):
                self.report(path, "key", "write plain text here, not a list or further keys")
                continue
            text = tidy(written)
            self._report_cut(path, text, key)
            if len(items) > 1:  # or the key's own place is good enough
                self.places[owner, key.predicate, text] = self.document.place(path)
            term = self._term(text, key, path)
            if term is not None:
                self._state(owner, key, term)

    def _state(self, owner: str, key: ContextKey, term: ox.NamedNode | ox.Literal) -> None:
        self.quads.append(ox.Quad(ox.NamedNode(owner), ox.NamedNode(key.predicate), term))

    def _term(self, text: str, key: ContextKey, path: Path_) -> ox.NamedNode | ox.Literal | None:
        """Return what a text stands for; what it cannot be is reported."""
        if key.kind == "@vocab":
            if text in choices(self.vocabulary, key.base):
                return ox.NamedNode(key.base + text)
            self._report_word(text, key, path)
            return None
        if key.kind == "@id":
            iri = address_of(text, self.vocabulary.prefixes, key.base)
            if iri is None:
                self._report_address(text, key, path)
            return ox.NamedNode(iri) if iri else None
        if key.kind:
            return ox.Literal(canonical(text, key.kind), datatype=ox.NamedNode(key.kind))
        return ox.Literal(text, language=key.language)

    def _report_cut(self, path: Path_, text: str, key: ContextKey) -> None:
        if path in self.document.cuts and not key.kind:
            cut = self.document.cuts[path].strip()[:_SHOWN]
            reason = "is taken for a remark and left out; put the text between quotes"
            message = f"'{cut}' {reason}, or two spaces before a remark"
            self.report(path, "comment", message, text)

    def _report_word(self, text: str, key: ContextKey, path: Path_) -> None:
        if self.is_full():  # or much would be compared for nothing
            return
        slugs = choices(self.vocabulary, key.base)
        near = nearest_words(self.vocabulary, key.base, text)
        listed = ", ".join(slugs) if len(slugs) <= 15 else f"{len(slugs)} are known"
        message = f"'{text}' is not known here{suggest(near)} (allowed: {listed})"
        if key.base.startswith(_VALUE) and text.casefold() == "unknown":
            message += "; a facet of which nothing is known is left out"
        if self.document.row is not None and key.is_set:
            names = names_of(self.vocabulary, key.base)
            several = [meant(part, names, names) for part in split(text, words=False)]
            if several and None not in several:
                message += f"; several in a cell stand apart by ';': {'; '.join(map(str, several))}"
        self.report(path, "known-term", message, text, allowed=slugs, nearest=near)

    def _report_address(self, text: str, key: ContextKey, path: Path_) -> None:
        reason = f"is not an address: write a whole one such as {_ELSEWHERE}"
        if key.base:
            reason = "is no id: write one of small letters, digits and hyphens, such as wigan-deal"
        named = self.vocabulary.suggested.get(key.predicate, {})
        near = nearest(text, named, named)
        pattern = self.vocabulary.patterns.get(key.predicate, "^$")
        if re.search(pattern, NAMESPACE) and not re.search(pattern, _ELSEWHERE):
            known = self.vocabulary.known.items()
            near = [f"sysg:{at.removeprefix(NAMESPACE)}{text}" for at, ids in known if text in ids]
            example = f"sysg:case/{text if _NAME.fullmatch(text) else 'wigan-deal'}"
            reason = "does not tell what it is the name of"
            reason += "" if near else f": write it as in {example}"
        message = f"'{shown(text)}' {reason}{suggest(near)}"
        self.report(path, "literal", message, text, nearest=near)

    def _report_unknown(self, name: str, keys: dict[str, ContextKey], path: Path_) -> None:
        if self.is_full():
            return
        known = [*(_NAMED if keys is self.vocabulary.keys else ()), *keys]
        near = nearest(name, known)
        listed = f" (allowed: {', '.join(known)})" if not near else ""
        message = f"there is no key '{name}' here{suggest(near)}{listed}"
        self.report(path, "known-key", message, name, allowed=known, nearest=near)

    def _report_shape(self, key: ContextKey, path: Path_) -> None:
        self.report(path, "key", f"write further keys below '{key.name}': {', '.join(key.keys)}")


class Bare(str):
    """A number, a date or a truth value, which people write without quotes."""

    __slots__ = ()

    @property
    def in_json(self) -> str | int | bool:
        """Return what JSON has for it: numbers and truth values, and texts for all else."""
        is_native = re.fullmatch(r"true|false|[1-9][0-9]{0,14}", self)
        return json.loads(self) if is_native else str(self)


def tell(quads: Iterable[ox.Quad], name: str, vocabulary: Vocabulary) -> dict[str, Plain]:
    """Return a case or critique as people write it: what a ``Compiler`` makes into it.

    ``name`` is the id of a case, and ``critique/`` and the id of a critique. Parts come in the
    order of their names, and values that are a set in the order of their texts; keys in that of
    the context.

    Raises:
        SysgraphError: something in it has no key, such as a title in a second language.
    """
    is_critique = name.startswith(CRITIQUE)
    own = vocabulary.of_critiques if is_critique else vocabulary
    iri = iri_of(name)
    teller = Teller(quads, own)
    keys = teller.part(iri, own.keys)
    teller.told.add((iri, RDF_TYPE.value))
    for subject, predicate, _ in teller.left():
        said = f"{compact(predicate)} of {subject}"
        raise SysgraphError(
            f"{name.replace('/', ' ')}: {said} has no key of its own; write it as Turtle"
        )
    kind: dict[str, Plain] = {"kind": "critique"} if is_critique else {}
    return {"id": name.removeprefix(CRITIQUE), **kind, **keys}


Left = tuple[str, str, Object]
"""A subject and a property as plain text, and a value: a statement that has no key."""


def node_name(term: object) -> str:
    """Return the IRI of a thing; one without a name begins as a blank node does."""
    return str(term) if isinstance(term, ox.BlankNode) else text_of(term)


class Teller:
    """The statements of a case by subject and property, and which of them have been told.

    ``begin`` returns what stands in a part before its keys, which is nothing as people write it.
    """

    def __init__(
        self,
        quads: Iterable[ox.Quad],
        vocabulary: Vocabulary,
        begin: Callable[[str], dict[str, Any]] = lambda node: {},
    ) -> None:
        self.vocabulary = vocabulary
        self.facts: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self.told: set[tuple[str, str]] = set()
        self._begin = begin
        self._lost: list[Left] = []
        self._named: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for quad in quads:
            self.facts[node_name(quad.subject), quad.predicate.value].append(quad.object)

    def left(self) -> Iterator[Left]:
        """Yield what has no key, once all has been told that has one."""
        for (node, predicate), values in self.facts.items():
            if (node, predicate) not in self.told:
                yield from ((node, predicate, value) for value in values)
        yield from self._lost

    def part(self, node: str, keys: dict[str, ContextKey]) -> dict[str, Plain]:
        """Return a part, by some keys."""
        found = self._begin(node)
        found.update(self.keys(node, keys))
        return found

    def keys(self, node: str, keys: dict[str, ContextKey]) -> dict[str, Plain]:
        """Return what is said of a node, by some keys."""
        found: dict[str, Plain] = {}
        for key in keys.values():
            value: Plain = []
            if key.is_group:
                value = self.keys(node, key.keys)
            elif (node, key.predicate) in self.facts:
                self.told.add((node, key.predicate))
                several = self._parts(node, key, keys) if key.keys else self._texts(node, key)
                value = several[0] if len(several) == 1 and not key.is_set else several
            if value:
                found[key.name] = value
        return found

    def _parts(self, node: str, key: ContextKey, keys: dict[str, ContextKey]) -> list[Plain]:
        asked = (node, key.predicate)
        if asked not in self._named:
            rivals = [one for one in keys.values() if one.keys and one.predicate == key.predicate]
            parts = sorted(self.facts[asked], key=_in_order)
            named = [(part, self._name_of(part, rivals)) for part in parts]
            self._lost.extend((*asked, part) for part, name in named if not name)
            self._named[asked] = [(text_of(part), name) for part, name in named]
        return [self.part(part, key.keys) for part, name in self._named[asked] if name == key.name]

    def _name_of(self, part: Term, rivals: list[ContextKey]) -> str:
        """Return which of the keys that share a property a part was written under, if any."""
        if not isinstance(part, ox.NamedNode):
            return ""
        if len(rivals) == 1:
            return rivals[0].name
        named = [key for key in rivals if key.name in part.value.rsplit("/", 2)[1:]]
        fitting = (key.name for key in [*named, *rivals] if self._fits(part.value, key))
        return next(fitting, "")

    def _fits(self, part: str, key: ContextKey) -> bool:
        return all(
            _text(value, inner, self.vocabulary) is not None
            for inner in key.keys.values()
            if not inner.keys
            for value in self.facts.get((part, inner.predicate), ())
        )

    def _texts(self, node: str, key: ContextKey) -> list[Plain]:
        told: set[str] = set()
        for value in self.facts[node, key.predicate]:
            text = _text(value, key, self.vocabulary)
            if text is None:
                self._lost.append((node, key.predicate, value))
            else:
                told.add(text)
        return list[Plain](sorted(told))


def _in_order(part: Term) -> list[tuple[int, str]]:
    steps = text_of(part).split("/")
    return [(int(step), "") if step.isdecimal() else (-1, step) for step in steps]


def _text(value: object, key: ContextKey, vocabulary: Vocabulary) -> str | None:
    """Return what people write for a value under a key, or None if it is not written there."""
    if isinstance(value, ox.NamedNode):
        short = value.value.removeprefix(key.base)
        if key.kind == "@vocab":
            return short if short in choices(vocabulary, key.base) else None
        is_found = address_of(short, vocabulary.prefixes, key.base) == value.value
        return short if key.kind == "@id" and is_found else None
    if not isinstance(value, ox.Literal) or key.kind in ("@vocab", "@id"):
        return None
    if value.language or key.language:
        return value.value if value.language == key.language else None
    if value.datatype.value != (key.kind or f"{PREFIXES['xsd']}string"):
        return None
    return Bare(value.value) if key.kind else value.value

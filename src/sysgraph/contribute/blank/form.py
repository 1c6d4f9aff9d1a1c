"""What there is to fill in: the keys of a case, a critique or a block, and what each must hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from sysgraph.contribute.blank.demands import Demands, Facts, read_facts
from sysgraph.contribute.contribution import ID
from sysgraph.contribute.vocabulary import NEST, expand, holds_parts, is_key, load_vocabulary
from sysgraph.errors import UnknownThing
from sysgraph.near import nearest
from sysgraph.terms import NAMESPACE, PREFIXES, compact, local_name

__all__ = ["PLAIN", "Choice", "Field", "Form", "form_of", "kinds"]

PLAIN = {"case": f"{NAMESPACE}CaseStudy", "critique": f"{NAMESPACE}Critique"}
"""What is written with keys; every other kind is a block of Turtle."""
_ORDER = f"{NAMESPACE}displayOrder"
_LABEL = f"{PREFIXES['rdfs']}label"
_NOTATION = f"{PREFIXES['skos']}notation"
_MEANING = f"{PREFIXES['skos']}definition"
_LAST = 1_000_000


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that are allowed: what is written, its label, and what it means."""

    text: str
    label: str = ""
    meaning: str = ""

    @property
    def is_explained(self) -> bool:
        """Tell whether the label says more than the value itself."""
        plain = self.text.rpartition(":")[2].replace("-", " ")
        return bool(self.label) and self.label.lower() != plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One key, or one property of a block, and what may stand there.

    ``least`` and ``most`` values must be there (None: any number), ``advised`` should be.
    ``says`` is the demand in words and ``advice`` what is only asked for; ``meaning`` is the
    definition in the ontology. A field with ``fields`` holds keys of its own, and a ``group``
    only puts such keys together. ``prefixes`` may begin the addresses that are written here.
    ``label`` is what the key names in the ontology, ``is_text`` marks prose in a language, and
    ``part`` is the class of what is held, where shapes judge that as a thing of its own.
    """

    key: str
    predicate: str = ""
    least: int = 0
    advised: int = 0
    most: int | None = None
    says: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    meaning: str = ""
    datatype: str = ""
    is_address: bool = False
    patterns: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    prefixes: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    is_group: bool = False
    label: str = ""
    is_text: bool = False
    part: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """All there is to fill in of one kind. ``base`` begins the IRI, ``file`` is where it goes.

    ``within`` is the key of what each thing of the kind is named after: the name of a value begins
    with that of its facet, as in ``like``.
    """

    kind: str
    iri: str
    meaning: str
    base: str
    file: str
    fields: tuple[Field, ...]
    within: str = ""
    like: str = ""

    def explain_id(self, thing_id: str) -> str | None:
        """Return why a thing of the kind cannot go by an id, or None if it can.

        What has a notation goes by it, so that its shape says what an id looks like.
        """
        for field in self.fields:
            if field.predicate == _NOTATION and field.patterns:
                fits = all(re.search(one, thing_id) for one in field.patterns)
                fits = fits and "\n" not in thing_id  # before which a pattern may end
                return None if fits else " ".join(field.says)
        if ID.fullmatch(thing_id):
            return None
        return "An id is 2 to 63 small letters, digits and hyphens, like wigan-deal."


def kinds(ontology: Path) -> list[str]:
    """Return what can be begun: case and critique, then every kind that the shapes judge."""
    return [*PLAIN, *sorted(_classes(ontology))]


@cache
def form_of(kind: str, ontology: Path) -> Form:
    """Return what there is to fill in, from context, shapes and vocabulary of a folder.

    Raises:
        UnknownThing: nothing of that kind can be begun; carries the nearest names.
        BadFile: a file of the folder is broken.
    """
    facts = read_facts(ontology)
    if kind in PLAIN:
        context = load_vocabulary(ontology).context
        keys = context["Critique"]["@context"] if kind == "critique" else context
        reader = _Reader(facts, context)
        demands = Demands.of_class(PLAIN[kind], facts)
        fields = reader.fields(keys, demands)
        base = f"{NAMESPACE}{kind}/"
        return Form(kind, PLAIN[kind], facts.said(PLAIN[kind], _MEANING), base, "", fields)
    classes = _classes(ontology)
    if kind not in classes:
        names = kinds(ontology)
        raise UnknownThing(kind, "kind of thing to begin", nearest(kind, names) or names)
    return _block_form(kind, classes[kind], facts)


def _classes(ontology: Path) -> dict[str, str]:
    """Return the classes that shapes judge, by the name of the kind."""
    found = read_facts(ontology).targets() - {*PLAIN.values()}
    return {_named(iri): iri for iri in found}


def _named(iri: str) -> str:
    name = local_name(iri)
    return "".join(
        f"-{c.lower()}" if c.isupper() and at else c.lower() for at, c in enumerate(name)
    )


def _block_form(kind: str, iri: str, facts: Facts) -> Form:
    # Members of a narrower class, as aims are of the facet values, have a file of their own.
    members = facts.stated(iri) or facts.members(iri)
    base = next((member[: -len(local_name(member))] for member in members), f"{NAMESPACE}{kind}/")
    demands = Demands.of_class(iri, facts)
    used = [predicate for member in members for predicate in facts.told.get(member, ())]
    order = {predicate: at for at, predicate in reversed(list(enumerate(used)))}
    predicates = sorted(demands.predicates(), key=lambda one: (order.get(one, _LAST), one))
    fields = tuple(
        _filled(Field(key=compact(predicate), predicate=predicate), demands, facts, compact)
        for predicate in predicates
    )
    file = next((facts.files[member] for member in members), f"{kind}s.ttl")
    within = next((key for key in used if _is_named_after(key, members, facts)), "")
    meaning, like = facts.said(iri, _MEANING), compact(members[0]) if within else ""
    return Form(kind, iri, meaning, base, file, fields, compact(within) if within else "", like)


def _is_named_after(predicate: str, members: list[str], facts: Facts) -> bool:
    return all(
        local_name(facts.said(member, predicate))
        and local_name(member).startswith(f"{local_name(facts.said(member, predicate))}-")
        for member in members
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the keys of a context together with the shapes that judge them."""

    facts: Facts
    context: Mapping[str, Any]

    def fields(self, keys: Mapping[str, Any], demands: Demands) -> tuple[Field, ...]:
        """Return the fields of a thing that the demands are made on."""
        counts: dict[str, int] = {}
        for definition in _flat(keys):
            counts[expand(definition)] = counts.get(expand(definition), 0) + 1
        shared = {predicate for predicate, count in counts.items() if count > 1}
        return tuple(self._level(keys, demands, shared))

    def _level(
        self, keys: Mapping[str, Any], demands: Demands, shared: set[str]
    ) -> Iterator[Field]:
        for key, definition in _keys(keys):
            if isinstance(definition, dict) and definition.get("@id") == NEST:
                yield self._group(key, definition, demands, shared)
                continue
            field = self._field(key, definition, demands)
            if field.predicate in shared:
                # Of keys that say the same none is demanded, but one of them: see _group.
                field = replace(
                    field,
                    least=0,
                    advised=0,
                    most=1,
                    says=(),
                    meaning=self.facts.named(key, _MEANING) or field.meaning,
                    label=self.facts.named(key, _LABEL),
                )
            yield field

    def _group(
        self, key: str, definition: Mapping[str, Any], demands: Demands, shared: set[str]
    ) -> Field:
        inner = tuple(self._level(definition["@context"], demands, shared))
        among = {one.predicate for one in inner if one.predicate in shared}
        wanted = [one for predicate in sorted(among) for one in demands.on(predicate)]
        least = max((one.least for one in wanted if one.is_strict), default=0)
        says = tuple(one.message for one in wanted if one.is_strict and one.least)
        alone = any(one.least for one in inner)
        return Field(key=key, is_group=True, least=least or int(alone), says=says, fields=inner)

    def _field(self, key: str, definition: Any, demands: Demands) -> Field:
        predicate = expand(definition)
        field = Field(key=key, predicate=predicate)
        if holds_parts(definition):
            inner = Demands.of_parts(predicate, self.facts)
            fields = self.fields(definition["@context"], inner)
            field = replace(field, fields=fields, part=self.facts.class_of_parts(predicate))
            return _filled(field, demands, self.facts, str)
        if not isinstance(definition, dict):
            return _filled(field, demands, self.facts, str)
        if definition.get("@type") == "@vocab":
            base = definition["@context"]["@vocab"]
            return _filled(field, demands, self.facts, lambda iri: iri.removeprefix(base), base)
        if definition.get("@type") == "@id":
            field = replace(field, is_address=True, prefixes=tuple(self._prefixes()))
        filled = _filled(field, demands, self.facts, str)
        named = str(definition.get("@type", ""))
        typed = expand(named) if named.startswith("xsd:") else filled.datatype
        # A text in one language, each language once, is one text.
        single = "@language" in definition and any(x.is_unique for x in demands.on(predicate))
        text = "@language" in definition
        return replace(filled, datatype=typed, most=1 if single else filled.most, is_text=text)

    def _prefixes(self) -> Iterator[str]:
        for name, value in self.context.items():
            if isinstance(value, str) and value.endswith(("/", "#")):
                yield name


def _keys(context: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, definition in context.items():
        if not key.startswith("@") and key not in ("id", "type") and is_key(definition):
            yield key, definition


def _flat(context: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the definitions of keys that say something of one thing, those of groups included."""
    for _, definition in _keys(context):
        if isinstance(definition, dict) and definition.get("@id") == NEST:
            yield from _flat(definition["@context"])
        else:
            yield definition


def _filled(field: Field, demands: Demands, facts: Facts, write: Any, base: str = "") -> Field:
    """Return a field with what is demanded of it."""
    found = demands.on(field.predicate)
    strict = [one for one in found if one.is_strict]
    classes = [one.kind for one in strict if one.kind]
    fixed = [value for one in strict for value in one.values]
    allowed: Iterable[str] = ()
    if base or classes:
        allowed = facts.members(classes[0]) if classes else facts.below(base)
        allowed = [iri for iri in allowed if iri.startswith(base)]
    if fixed and not {*fixed}.isdisjoint(allowed):  # a wider class allows more, as aims show
        allowed, fixed = [iri for iri in allowed if iri in fixed], []
    choices = [_choice(iri, facts, write) for iri in _sorted(allowed, facts)]
    choices += [Choice(compact(value) if value.startswith("http") else value) for value in fixed]
    most = [one.most for one in strict if one.most is not None]
    return replace(
        field,
        least=max((one.least for one in strict), default=0),
        advised=max((one.least for one in found if not one.is_strict), default=0),
        most=min(most, default=None),
        says=tuple(one.message for one in strict),
        advice=tuple(one.message for one in found if not one.is_strict),
        meaning=facts.said(field.predicate, _MEANING),
        datatype=next((one.datatype for one in strict if one.datatype), ""),
        is_address=field.is_address or (not field.fields and any(x.is_address for x in strict)),
        patterns=tuple(dict.fromkeys(one.pattern for one in strict if one.pattern)),
        choices=tuple(choices),
    )


def _sorted(iris: Iterable[str], facts: Facts) -> list[str]:
    """Return terms in the order in which they are shown, or by name where there is none."""
    listed = sorted(iris)
    orders = [facts.said(iri, _ORDER) for iri in listed]
    if not all(order.isdecimal() for order in orders) or len(set(orders)) < len(orders):
        return listed
    return sorted(listed, key=lambda iri: int(facts.said(iri, _ORDER)))


def _choice(iri: str, facts: Facts, write: Any) -> Choice:
    return Choice(write(iri), facts.said(iri, _LABEL), facts.said(iri, _MEANING))

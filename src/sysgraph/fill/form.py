"""What there is to fill in: the keys of a case, a critique or a block, and what each must hold.

The format of cases and critiques as a JSON Schema, by which editors complete and check.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from sysgraph.case.contribution import ID
from sysgraph.errors import UnknownThing
from sysgraph.near import nearest
from sysgraph.ontology import NEST, expand, holds_parts, is_key, load_vocabulary
from sysgraph.shapes import Demands, Facts, read_facts
from sysgraph.terms import NAMESPACE, PREFIXES, compact, local_name

__all__ = ["PLAIN", "Choice", "Field", "Form", "form_of", "kinds", "schema_id", "schema_of"]

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


_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_XSD = PREFIXES["xsd"]
_DATE = (
    r"^-?([1-9][0-9]{3,}|0[0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))?$"
)
Schema = dict[str, Any]

# YAML reads 1997 as a number and true as a truth value, and sysgraph both as the text written.
_TYPED: dict[str, Schema] = {
    f"{_XSD}gYear": {"type": ["integer", "string"], "minimum": 1000, "maximum": 9999},
    f"{_XSD}boolean": {
        "type": ["boolean", "string", "integer"],
        "pattern": "^(true|false|1|0)$",
        "minimum": 0,
        "maximum": 1,
    },
    f"{_XSD}date": {"type": "string", "format": "date", "pattern": _DATE},
}
_TEXT: Schema = {"type": ["string", "number", "boolean"]}


def schema_id(kind: str) -> str:
    """Return the name of the schema of ``case`` or ``critique``; nothing is fetched from there."""
    return f"{NAMESPACE}schema/{kind}"


def schema_of(kind: str, ontology: Path) -> Schema:
    """Return the JSON Schema of a file with one case or one critique, or with a list of them.

    All is drawn from context, shapes and vocabulary. What only SHACL can say (two years in
    order, no type both primary and secondary, one value of a facet) is left to ``validate``, as
    is what is merely advised. Whatever the schema refuses, ``validate`` refuses as well, but
    for what is not in the plain form: a list where one thing stands, a blank in a list, and a
    year before 1000 without quotes.

    Raises:
        UnknownThing: kind is neither case nor critique.

    Source: JSON Schema 2020-12, https://json-schema.org/specification
    """
    if kind not in PLAIN:
        raise UnknownThing(kind, "JSON Schema", list(PLAIN))
    form = form_of(kind, ontology)
    return {
        "$schema": _DIALECT,
        "$id": schema_id(kind),
        "title": f"A {kind} of sysgraph",
        "description": form.meaning,
        "anyOf": [
            {"$ref": f"#/$defs/{kind}"},
            {"type": "array", "items": {"$ref": f"#/$defs/{kind}"}},
        ],
        "$defs": {kind: _whole(form)},
    }


def _whole(form: Form) -> Schema:
    whole = _object(form.fields)
    own: Schema = {
        "id": {
            "type": [*_TEXT["type"]],
            "pattern": f"^{ID.pattern}$",
            "minimum": 10,
            "description": "A short name: 2 to 63 small letters, digits and hyphens.",
        },
        "kind": {"const": form.kind, "description": f"What this file holds: a {form.kind}."},
        "type": {"not": {"const": "Critique" if form.kind == "case" else "CaseStudy"}},
    }
    needed = ["id", "kind"] if form.kind == "critique" else ["id"]
    whole["properties"] = own | whole["properties"]
    whole["required"] = [*needed, *whole["required"]]
    return whole


def _object(fields: Iterable[Field]) -> Schema:
    listed = list(fields)
    return {
        "type": "object",
        "properties": {field.key: _property(field) for field in listed},
        "required": [field.key for field in listed if field.least],
        "additionalProperties": False,
    }


def _property(field: Field) -> Schema:
    if field.is_group:
        # Where one of several keys is demanded, none of them is demanded by itself.
        some = {} if any(one.least for one in field.fields) else {"minProperties": field.least}
        return _described(field) | _object(field.fields) | some
    item = _object(field.fields) if field.fields else _value(field)
    if field.most == 1:
        return _described(field) | (item if field.least else _or_nothing(item))
    several: Schema = {"type": "array", "items": item}
    if field.least:
        several["minItems"] = field.least
    if field.most is not None:
        several["maxItems"] = field.most
    forms = [several] if field.least > 1 else [several, item]
    return _described(field) | {"anyOf": forms if field.least else [*forms, {"type": "null"}]}


def _or_nothing(item: Schema) -> Schema:
    """Let a key stand without a value, which is read as if it were not there."""
    if "enum" in item:
        return item | {"enum": [*item["enum"], None], "enumDescriptions": _with_none(item)}
    types = item["type"] if isinstance(item["type"], list) else [item["type"]]
    return item | {"type": [*types, "null"]}


def _with_none(item: Schema) -> list[str]:
    return [*item["enumDescriptions"], "not said"]


def _value(field: Field) -> Schema:
    if field.choices:
        return _enum(field.choices)
    if field.is_address:
        return {"type": "string", "format": "uri"} | _patterns([_address(field)])
    typed = _TYPED.get(field.datatype, _TEXT)
    patterns = [*([typed["pattern"]] if "pattern" in typed else []), *field.patterns]
    return typed | _patterns(patterns)


def _patterns(patterns: list[str]) -> Schema:
    if len(patterns) > 1:
        return {"allOf": [{"pattern": pattern} for pattern in patterns]}
    return {"pattern": patterns[0]} if patterns else {}


def _address(field: Field) -> str:
    """Return the pattern of an address, which may be shortened by a prefix of the context."""
    import re

    whole = "".join(f"(?={p})" if len(field.patterns) > 1 else p for p in field.patterns)
    short = [
        prefix
        for prefix in field.prefixes
        if all(re.search(pattern, PREFIXES.get(prefix, "")) for pattern in field.patterns)
    ]
    named = f"(^({'|'.join(short)}):)" if short else ""
    return "|".join(part for part in (named, f"({whole})" if whole else "") if part) or r"^\S"


def _enum(choices: Iterable[Choice]) -> Schema:
    listed = list(choices)
    texts = [choice.text for choice in listed]
    # YAML reads 001 as a number.
    numbers = [int(text) for text in texts if text.isdecimal()]
    said = [": ".join(part for part in (one.label, one.meaning) if part) for one in listed]
    return {
        "enum": [*texts, *numbers],
        "enumDescriptions": said + [said[texts.index(t)] for t in texts if t.isdecimal()],
    }


def _described(field: Field) -> Schema:
    said = [*field.says[:1], *field.advice]
    meaning = f"{field.meaning[:1].upper()}{field.meaning[1:]}." if field.meaning else ""
    text = " ".join(part for part in (meaning, *said) if part)
    if not text:
        return {}
    listed = "".join(f"\n- `{one.text}` {one.label}".rstrip() for one in field.choices if one.label)
    return {
        "description": text.replace("`", "'"),
        "markdownDescription": f"{text}\n{listed}" if listed else text,
    }

"""The format of cases and critiques as a JSON Schema, by which editors complete and check."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sysgraph.case.contribution import ID
from sysgraph.errors import UnknownThing
from sysgraph.ontology import Ontology
from sysgraph.shapes import PLAIN, Choice, Field, Form, form_of
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = ["schema_id", "schema_of"]

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


def schema_of(kind: str, ontology: Ontology) -> Schema:
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
        raise UnknownThing(kind, "JSON Schema", known=list(PLAIN))
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


def _object(fields: Sequence[Field]) -> Schema:
    return {
        "type": "object",
        "properties": {field.key: _property(field) for field in fields},
        "required": [field.key for field in fields if field.least],
        "additionalProperties": False,
    }


def _property(field: Field) -> Schema:
    if field.is_group:
        # Where one of several keys is demanded, none of them is demanded by itself.
        some = {"minProperties": field.least} if field.is_any_of else {}
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
        said = [*item["enumDescriptions"], "not said"]
        return item | {"enum": [*item["enum"], None], "enumDescriptions": said}
    types = item["type"] if isinstance(item["type"], list) else [item["type"]]
    return item | {"type": [*types, "null"]}


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
    whole = "".join(f"(?={p})" if len(field.patterns) > 1 else p for p in field.patterns)
    short = [
        prefix
        for prefix in field.prefixes
        if all(re.search(pattern, PREFIXES.get(prefix, "")) for pattern in field.patterns)
    ]
    named = f"(^({'|'.join(short)}):)" if short else ""
    return "|".join(part for part in (named, f"({whole})" if whole else "") if part) or r"^\S"


def _enum(choices: Sequence[Choice]) -> Schema:
    said = {one.text: ": ".join(filter(None, (one.label, one.meaning))) for one in choices}
    # YAML reads 001 as a number.
    numbers = [text for text in said if text.isdecimal()]
    return {
        "enum": [*said, *map(int, numbers)],
        "enumDescriptions": [*said.values(), *(said[text] for text in numbers)],
    }


def _described(field: Field) -> Schema:
    text = field.explanation
    if not text:
        return {}
    listed = "".join(f"\n- `{one.text}` {one.label}".rstrip() for one in field.choices if one.label)
    return {
        "description": text.replace("`", "'"),
        "markdownDescription": f"{text}\n{listed}" if listed else text,
    }

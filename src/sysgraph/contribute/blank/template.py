"""A file to fill in: every key or property with what it means and what may stand there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap

import pyoxigraph as ox
import yaml

from sysgraph.contribute.blank.form import PLAIN, Choice, Field, Form
from sysgraph.terms import PREFIXES, compact

__all__ = ["BLANK", "Answers", "Values", "block", "document", "need"]

Values = str | list[str] | dict[str, "Values"] | list[dict[str, "Values"]]
"""What was answered to one field: a text, several, a part, or several parts."""
Answers = Mapping[str, Values]

BLANK = "sysg:fill-in"
"""What stands in a block of Turtle where something is still to be said; no shape lets it pass."""
_WIDTH = 98
_LISTED = 16
_LANGUAGE = "en"
_TEXTS = f"{PREFIXES['rdf']}langString"


def document(
    form: Form, thing_id: str = "", answers: Answers | None = None, *, schema: str = ""
) -> str:
    """Return a case or critique in YAML with a blank for all that must or should be there.

    Each key has a comment of what it means and what is allowed, once. What may be left out
    stands behind a ``#``. With answers, these are filled in, and of the rest only what must be
    there is a blank. Once all blanks are filled as the comments say, it validates; a blank that
    is left is a finding on its line. ``schema`` is where editors find the JSON Schema.
    """
    begin = _Writer(set(), answers is not None)
    lines = [
        *([f"# yaml-language-server: $schema={schema}"] if schema else []),
        *_prose(f"A {form.kind}: {form.meaning}."),
        *_prose(
            "Fill in what comes after each key. What must or should be there has a line of its own;"
            " a line that begins with # and no space may be left out: take the # away to use it."
            " Leave out what is not known, and put text that holds ': ' or ' #' between quotes."
        ),
        "",
        *_prose("Must be there, once. A short name: 2 to 63 small letters, digits and hyphens."),
        f"id: {thing_id}".rstrip(),
        *([f"kind: {form.kind}"] if form.kind != next(iter(PLAIN)) else []),
        *begin.fields(form.fields, answers or {}),
    ]
    return "\n".join(lines) + "\n"


def need(field: Field) -> str:
    """Return whether something must, should or may be there, and how often."""
    word = "Must" if field.least else "Should" if field.advised else "May"
    often = ", once" if field.most == 1 else "" if field.is_group else ", one or more"
    return f"{word} be there{often}"


def _prose(text: str, indent: str = "") -> list[str]:
    return [
        f"{indent}# {line}" for line in wrap(text, _WIDTH - len(indent), break_on_hyphens=False)
    ]


class _Writer:
    """Writes fields as YAML. What was ``told`` of a field once is not told again."""

    def __init__(self, told: set[object], is_answered: bool) -> None:
        self._told = told
        self._is_answered = is_answered

    def fields(
        self, fields: Iterable[Field], answers: Answers, indent: str = "", *, among: bool = False
    ) -> Iterator[str]:
        """Yield the lines of some fields; ``among`` tells that one of them must be there."""
        for field in fields:
            answer = answers.get(field.key)
            blank = field.least or (not self._is_answered and (field.advised or among))
            lines = self._field(field, answer, indent)
            if not indent:
                yield ""
            yield from lines if blank or answer else (f"#{line}" for line in lines)

    def _field(self, field: Field, answer: Values | None, indent: str) -> Iterator[str]:
        yield from self._explained(field, indent)
        if not field.fields:
            yield from _plain(field, answer, indent)
            return
        yield f"{indent}{field.key}:"
        among = field.is_group and not any(one.least for one in field.fields)
        if field.is_group or field.most == 1:
            part = answer if isinstance(answer, dict) else {}
            yield from self.fields(field.fields, part, f"{indent}  ", among=among)
            return
        for part in _parts(answer) or [{}]:
            yield f"{indent}-"
            yield from self.fields(field.fields, part, f"{indent}  ")

    def _explained(self, field: Field, indent: str) -> Iterator[str]:
        words, allowed = tuple(_explain(field, "")), tuple(_allowed(field.choices, indent))
        if words not in self._told:
            yield from _explain(field, indent)
        if (words, allowed) not in self._told:
            yield from allowed
        self._told |= {words, (words, allowed)}


def _parts(answer: Values | None) -> list[dict[str, Values]]:
    return [one for one in answer if isinstance(one, dict)] if isinstance(answer, list) else []


def _explain(field: Field, indent: str) -> Iterator[str]:
    meaning = f"{field.meaning[:1].upper()}{field.meaning[1:]}." if field.meaning else ""
    words = [f"{need(field)}.", meaning, *field.says[:1], *field.advice]
    if field.is_group and not any(one.least for one in field.fields):
        words.append("Leave out each of these that is not known.")
    yield from _prose(" ".join(word for word in words if word), indent)


def _allowed(choices: Sequence[Choice], indent: str) -> Iterator[str]:
    if len(choices) <= _LISTED and any(one.is_explained for one in choices):
        width = max(len(one.text) for one in choices)
        for one in choices:
            yield f"{indent}#   {one.text:<{width}}  {one.label}".rstrip()
        return
    listed = ", ".join(one.text for one in choices)
    for line in wrap(listed, _WIDTH - len(indent), break_on_hyphens=False):
        yield f"{indent}#   {line}"


def _plain(field: Field, answer: Values | None, indent: str) -> Iterator[str]:
    if field.most == 1:
        text = f" {_scalar(answer)}" if isinstance(answer, str) else ""
        yield f"{indent}{field.key}:{text}"
        return
    yield f"{indent}{field.key}:"
    for one in answer if isinstance(answer, list) else [""]:
        yield f"{indent}- {_scalar(one)}".rstrip() if isinstance(one, str) else ""


def _scalar(text: str) -> str:
    """Return a text as YAML writes it on one line; plain where it can be."""
    if not text or re.fullmatch(r"[1-9][0-9]{3}(-[0-9]{2}-[0-9]{2})?|true|false", text):
        return text
    return yaml.safe_dump(text, allow_unicode=True, width=10**9).removesuffix("...\n").strip()


def block(form: Form, thing_id: str = "", answers: Answers | None = None) -> str:
    """Return a block of Turtle for the vocabulary, with a blank for all that must be there.

    Blanks are ``sysg:fill-in``, which none of the shapes lets pass. It is a file that can be
    read by itself, and its last part can be copied into ``form.file``.
    """
    is_blank = answers is None
    thing_id, answers = _named(form, thing_id, answers)
    name = f"{compact(form.base)}{thing_id or 'my-' + form.kind}"
    after = f" Its name begins with that of its {form.within}: {form.like}." if form.within else ""
    lines = [
        *_prose(f"A {form.kind.replace('-', ' ')}: {form.meaning}."),
        *_prose(
            f"Write something in the place of each {BLANK}; several things with commas between"
            " them. A line that begins with # and no space may be left out: take the # away to"
            f" use it. When it is whole, put the block into ontology/vocab/{form.file}.{after}"
        ),
        "",
        f"{name} a {compact(form.iri)} ;",
    ]
    for field in form.fields:
        lines += [*_explain(field, "    "), *_allowed(field.choices, "    ")]
        answer = (answers or {}).get(field.key)
        shown = field.least or answer or (is_blank and field.advised)
        lines.append(f"{'' if shown else '#'}    {field.key} {_objects(field, answer)} ;")
    text = "\n".join([*lines, "."]) + "\n"
    return _prefixes(text) + "\n" + text


def _named(form: Form, thing_id: str, answers: Answers | None) -> tuple[str, Answers | None]:
    """Return name and answers, each completed by what the other says of what it is named after."""
    field = next((one for one in form.fields if one.key == form.within), None)
    if field is None or not thing_id:
        return thing_id, answers
    given = (answers or {}).get(field.key)
    told = given[0] if isinstance(given, list) and given else given
    starts = {one.text: f"{one.text.rpartition(':')[2]}-" for one in field.choices}
    if isinstance(told, str) and told in starts:
        start = starts[told]
        return (thing_id if thing_id.startswith(start) else start + thing_id), answers
    meant = [text for text, start in starts.items() if thing_id.startswith(start)]
    return thing_id, {**(answers or {}), field.key: max(meant, key=len)} if meant else answers


def _objects(field: Field, answer: Values | None) -> str:
    given = [answer] if isinstance(answer, str) else answer if isinstance(answer, list) else []
    written = [_object(field, one) for one in given if isinstance(one, str)]
    return " , ".join(written) or BLANK


def _object(field: Field, text: str) -> str:
    if field.is_address:
        return str(ox.NamedNode(text))
    if any(one.text == text for one in field.choices) and ":" in text:
        return text
    if field.datatype == _TEXTS:
        return str(ox.Literal(text, language=_LANGUAGE))
    kind = ox.NamedNode(field.datatype) if field.datatype else None
    return str(ox.Literal(text, datatype=kind)) if kind else str(ox.Literal(text))


def _prefixes(text: str) -> str:
    used = {name for name in PREFIXES if re.search(rf"(?<![\w:/-]){name}:(?=[\w-])", text)}
    return "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in sorted(used))

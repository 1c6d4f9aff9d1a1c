"""A file to fill in, its questions one by one, and what is told of the columns of a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

import pyoxigraph as ox
import yaml

from sysgraph import library
from sysgraph.case.closed import explain_literal
from sysgraph.case.contribution import ID
from sysgraph.case.rows import Column
from sysgraph.errors import SysgraphError, suggest
from sysgraph.near import meant, nearest
from sysgraph.ontology import Ontology
from sysgraph.shapes import PLAIN, Choice, Field, Form, form_of
from sysgraph.terms import CRITIQUE, PREFIXES, compact
from sysgraph.turtle import prefix_lines
from sysgraph.vocabulary import names_of

__all__ = [
    "Answers",
    "ColumnAdvice",
    "advise_column",
    "block",
    "code_sheet",
    "document",
    "explain_id",
    "explain_taken",
    "interview",
]

Values = str | list[str] | dict[str, "Values"] | list[dict[str, "Values"]]
"""What was answered to one field: a text, several, a part, or several parts."""
Answers = Mapping[str, Values]

BLANK = "sysg:fill-in"
"""What stands in a block of Turtle where something is still to be said; no shape lets it pass."""
_WIDTH = 98
_LISTED = 16
_LANGUAGE = "en"
_TEXTS = f"{PREFIXES['rdf']}langString"
_NOTATION = f"{PREFIXES['skos']}notation"


def document(
    form: Form,
    thing_id: str = "",
    answers: Answers | None = None,
    *,
    schema: str = "",
    begun: Sequence[str] = (),
) -> str:
    """Return a case or critique in YAML with a blank for all that must or should be there.

    Each key has a comment of what it means and what is allowed, once. What may be left out
    stands behind a ``#``. With answers, these are filled in (an empty one is a blank), and of the
    rest only what must be there is a blank. Where a program has ``begun`` it, for reasons told
    first, what should be there is a blank as well. Once all blanks are filled as the comments say,
    it validates; a blank that is left is a finding on its line. ``schema`` is where editors find
    the JSON Schema.
    """
    kept = [each for each in form.fields if each not in form.own and each.key in (answers or {})]
    asked = [each for each in form.fields if each in (*form.own, *kept)]
    begin = _Writer(is_answered=answers is not None and not begun, kept=kept)
    lines = [
        *([f"# yaml-language-server: $schema={schema}"] if schema else []),
        *(line for text in begun for line in (*_prose(text), "#")),
        *_prose(f"A {form.kind}: {form.meaning}."),
        *_prose(
            "Fill in what comes after each key. What must or should be there has a line of its own;"
            " a line that begins with # and no space may be left out: take the # away to use it."
            " Leave out what is not known, and put text that holds ': ' or ' #' between quotes."
        ),
        "",
        *_prose("Must be there, once. A short name: 2 to 63 small letters, digits and hyphens."),
        f"id: {thing_id}".rstrip(),
        *([f"kind: {form.kind}"] if form.kind == "critique" else []),
        *begin.fields(asked, answers or {}),
    ]
    return "\n".join(lines) + "\n"


def code_sheet(form: Form, heading: Sequence[str]) -> str:
    """Return in YAML what a second coder of a case is to fill in, below some lines on the case.

    Every key stands there with what it means, and every value with its definition. What is
    filled in can be put into the file of the case as it is.
    """
    (codings,) = (each for each in form.fields if each.key == "codings")
    lines = [*(line for text in heading for line in (_prose(text) or [""])), ""]
    lines += _Writer(is_sheet=True).fields([codings], {})
    return "\n".join(lines) + "\n"


def need(field: Field) -> str:
    """Return whether something must, should or may be there, and how often."""
    word = "Must" if field.least else "Should" if field.advised else "May"
    often = ", once" if field.most == 1 else "" if field.is_group else ", one or more"
    return f"{word} be there{often}"


def _prose(text: str, indent: str = "") -> list[str]:
    return [
        f"{indent}# {line}"
        for line in wrap(text, _WIDTH - len(indent), break_on_hyphens=False, break_long_words=False)
    ]


class _Writer:
    """Writes fields as YAML. What was ``told`` of a field once is not told again.

    A sheet has a blank for every field, and says what each value means. What is ``kept`` stands
    as it was given.
    """

    def __init__(
        self,
        *,
        is_answered: bool = False,
        is_sheet: bool = False,
        kept: Collection[Field] = (),
    ) -> None:
        self._told: set[object] = set()
        self._is_answered = is_answered
        self._is_sheet = is_sheet
        self._kept = kept

    def fields(
        self, fields: Iterable[Field], answers: Answers, indent: str = "", *, among: bool = False
    ) -> Iterator[str]:
        """Yield the lines of some fields; ``among`` tells that one of them must be there."""
        for field in fields:
            answer = answers.get(field.key) or None
            blank = field.least or (not self._is_answered and (field.advised or among))
            blank = blank or self._is_sheet
            lines = self._field(field, answer, indent)
            if not indent:
                yield ""
            yield from lines if blank or field.key in answers else (f"#{line}" for line in lines)

    def _field(self, field: Field, answer: Values | None, indent: str) -> Iterator[str]:
        if field in self._kept and isinstance(answer, dict):
            yield from _as_given(field, answer)
            return
        yield from self._explained(field, indent)
        if not field.fields:
            yield from _plain(field, answer, indent)
            return
        yield f"{indent}{field.key}:"
        if field.is_group or field.most == 1:
            part = answer if isinstance(answer, dict) else {}
            among = field.is_any_of and not part
            yield from self.fields(field.fields, part, f"{indent}  ", among=among)
            return
        for part in _parts(answer) or [{}]:
            yield f"{indent}-"
            yield from self.fields(field.fields, part, f"{indent}  ")

    def _explained(self, field: Field, indent: str) -> Iterator[str]:
        listed = _meant if self._is_sheet else _allowed
        words, allowed = _explain(field), tuple(listed(field.choices, indent))
        if words not in self._told:
            yield from _prose(words, indent)
        once = allowed if self._is_sheet else (words, allowed)
        if once not in self._told:
            yield from allowed
        self._told |= {words, once}


def _as_given(field: Field, answer: dict[str, Values]) -> Iterator[str]:
    """Yield a part that a program has written, and that nobody is to fill in."""
    yield from _prose("A program wrote this. Change nothing here, or it tests nothing.")
    yield f"{field.key}:"
    for key, value in answer.items():
        text = value if isinstance(value, str) else f"[{', '.join(map(str, value))}]"
        yield f"  {key}: {_scalar(text) if text is value else text}"


def _parts(answer: Values | None) -> list[dict[str, Values]]:
    return [one for one in answer if isinstance(one, dict)] if isinstance(answer, list) else []


def _explain(field: Field) -> str:
    left = "Leave out each of these that is not known." if field.is_any_of else ""
    return " ".join(filter(None, (f"{need(field)}.", field.explanation, left)))


def _allowed(choices: Sequence[Choice], indent: str) -> Iterator[str]:
    if len(choices) <= _LISTED and any(one.is_explained for one in choices):
        width = max(len(one.text) for one in choices)
        for one in choices:
            yield f"{indent}#   {one.text:<{width}}  {one.label}".rstrip()
        return
    listed = ", ".join(one.text for one in choices)
    for line in wrap(listed, _WIDTH - len(indent), break_on_hyphens=False):
        yield f"{indent}#   {line}"


def _meant(choices: Sequence[Choice], indent: str) -> Iterator[str]:
    for one in choices:
        yield from (
            f"#   {'  ' * bool(at)}{line}"
            for at, line in enumerate(wrap(f"{one.text}: {one.meaning or one.label}", _WIDTH - 6))
        )


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
    article = "An" if form.kind[0] in "aeiou" else "A"
    lines = [
        *_prose(f"{article} {form.kind.replace('-', ' ')}: {form.meaning}."),
        *_prose(
            f"Write something in the place of each {BLANK}; several things with commas between"
            " them. A line that begins with # and no space may be left out: take the # away to"
            f" use it. When it is whole, put the block into ontology/{form.file}.{after}"
        ),
        "",
        f"{name} a {compact(form.iri)} ;",
    ]
    for field in form.fields:
        lines += [*_prose(_explain(field), "    "), *_allowed(field.choices, "    ")]
        answer = (answers or {}).get(field.key)
        shown = field.least or answer or (is_blank and field.advised)
        lines.append(f"{'' if shown else '#'}    {field.key} {_objects(field, answer)} ;")
    text = "\n".join([*lines, "."]) + "\n"
    used = (one for one in PREFIXES if re.search(rf"(?<![\w:/-]){one}:(?=[\w-])", text))
    return prefix_lines(used) + "\n" + text


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
    return str(ox.Literal(text, datatype=ox.NamedNode(field.datatype) if field.datatype else None))


_TRIES = 3
_YES = ("y", "yes")


class Unclear(ValueError):
    """An answer cannot stand; its text says what to write."""


def interview(
    form: Form, ask: Callable[[str], str], say: Callable[[str], None], thing_id: str = ""
) -> tuple[str, dict[str, Values]]:
    """Return the id and the answers to a form: first what must be there, then more if wanted.

    ``ask`` is given a prompt and returns a line; ``say`` tells something. An empty answer skips
    a field, which then stays a blank; an answer that cannot stand is asked for again.

    Raises:
        SysgraphError: no usable id was given.
    """
    return _id(form, thing_id, ask, say), _Interview(ask, say).thing(form.own)


def explain_id(form: Form, thing_id: str) -> str | None:
    """Return why a thing of a kind cannot go by an id, or None if it can.

    What has a notation goes by it, so that its shape says what an id looks like.
    """
    for field in form.fields:
        if field.predicate == _NOTATION and field.patterns:
            fits = all(re.search(one, thing_id) for one in field.patterns)
            fits = fits and "\n" not in thing_id  # before which a pattern may end
            return None if fits else " ".join(field.says)
    if ID.fullmatch(thing_id):
        return None
    return "An id is 2 to 63 small letters, digits and hyphens, like wigan-deal."


def explain_taken(form: Form, thing_id: str) -> str | None:
    """Return that something of a kind goes by an id already, or None if nothing does."""
    if form.kind in PLAIN:
        name = f"{CRITIQUE}{thing_id}" if form.kind == "critique" else thing_id
        is_taken = name in library.shipped_names()
        return f"there is a {form.kind} {thing_id} already; give another id" if is_taken else None
    vocabulary = Ontology.load().vocabulary
    # Codes are written in capitals, and other ids in small letters; either way it is there.
    known = meant(thing_id, names_of(vocabulary, form.base))
    if known is None or known.lower() != thing_id.lower():
        return None
    label = vocabulary.names[form.base + known][0]
    return f"there is a {form.kind} {known} already: {label}; give another id"


def _id(form: Form, given: str, ask: Callable[[str], str], say: Callable[[str], None]) -> str:
    for _ in range(_TRIES):
        given = given or ask("A short name, such as wigan-deal (id): ").strip()
        wrong = explain_taken(form, given) or explain_id(form, given)
        if wrong is None:
            return given
        say(wrong)
        given = ""
    raise SysgraphError("there is no id; begin again, or give it by --id. Nothing was written.")


def understand(field: Field, text: str) -> str:
    """Return what an answer means: of choices by number, name or label the value to write.

    Raises:
        Unclear: it cannot stand; says what to write, and the nearest value that can.
    """
    if field.choices:
        return _chosen(field, text)
    wrong = explain_literal(text, field.datatype) if field.datatype else None
    if wrong:
        raise Unclear(wrong)
    if field.is_address and re.search(r"[\s<>\"{}|\\^`]", text):
        raise Unclear("an address has no spaces or brackets")
    short = field.is_address and text.partition(":")[0] in field.prefixes
    if not short and not all(re.search(pattern, text) for pattern in field.patterns):
        raise Unclear(next(iter(field.says), "this is not written as it should be"))
    return text


def _chosen(field: Field, text: str) -> str:
    texts = [one.text for one in field.choices]
    if text in texts:
        return text
    if text.isdecimal() and 0 < int(text) <= len(texts):
        return texts[int(text) - 1]
    names = {one.text.rpartition(":")[2].lower(): one.text for one in field.choices}
    names |= {one.label.lower(): one.text for one in field.choices if one.label}
    if text.lower() in names:
        return names[text.lower()]
    near = [names[name] for name in nearest(text, names)]
    raise Unclear(f"'{text}' is none of these{suggest(list(dict.fromkeys(near)))}")


class _Interview:
    def __init__(self, ask: Callable[[str], str], say: Callable[[str], None]) -> None:
        self._ask = ask
        self._say = say
        self._told: set[str] = set()

    def thing(self, fields: Iterable[Field], *, may_skip: bool = False) -> dict[str, Values]:
        """Return the answers for a thing; none if it may be skipped and its first one is."""
        listed = list(fields)
        found: dict[str, Values] = {}
        wanted = [one for one in listed if one.least]
        for field in wanted:
            self._put(field, found)
            if may_skip and not found:
                return {}
        more = [one for one in listed if not one.least]
        advised = [one for one in more if one.advised or may_skip]
        for field in advised:
            self._put(field, found)
        rest = [one for one in more if one not in advised]
        if rest and self._is_yes(f"More: {', '.join(one.key for one in rest)}?"):
            for field in rest:
                self._put(field, found)
        return {field.key: found[field.key] for field in listed if field.key in found}

    def _put(self, field: Field, found: dict[str, Values]) -> None:
        answer = self._field(field)
        if answer:
            found[field.key] = answer

    def _is_yes(self, question: str) -> bool:
        return self._ask(f"{question} (y, or Enter for no) ").strip().lower() in _YES

    def _field(self, field: Field) -> Values | None:
        self._tell(field)
        if not field.fields:
            return self._plain(field)
        if field.is_group:
            group: dict[str, Values] = {}
            for one in field.fields:
                self._put(one, group)
            return group
        if field.most == 1:
            return self.thing(field.fields, may_skip=not field.least)
        parts: list[dict[str, Values]] = []
        while part := self.thing(field.fields, may_skip=bool(parts) or not field.least):
            parts.append(part)
            if not self._is_yes(f"Another of {field.key}?"):
                break
        return parts

    def _tell(self, field: Field) -> None:
        words = f"{need(field)}. {field.help or field.explanation}".rstrip()
        self._say(f"\n{field.key}: {field.wording}" if field.wording else f"\n{field.key}")
        if words not in self._told:
            self._say(f"  {words}")
        self._told.add(words)
        for number, one in enumerate(field.choices, start=1):
            label = f"  {one.label}" if one.is_explained else ""
            self._say(f"  {number:>3} {one.text}{label}")

    def _plain(self, field: Field) -> Values | None:
        if field.most == 1:
            return next(iter(self._answer(field, f"{field.key}: ")), None)
        if field.choices:
            return self._answer(field, f"{field.key} (with commas between): ")
        found: list[str] = []
        while more := self._answer(field, f"{field.key} (one a line, Enter ends): "):
            found += more
        return found

    def _answer(self, field: Field, prompt: str) -> list[str]:
        """Return what was answered, or nothing where it was skipped."""
        several = field.most != 1 and field.choices
        while text := self._ask(prompt).strip():
            parts = [part.strip() for part in text.split(",")] if several else [text]
            try:
                return list(dict.fromkeys(understand(field, part) for part in parts if part))
            except Unclear as error:
                self._say(f"  {error}")
        return []


_ABOUT_ID = "short name that a case goes by: small letters, digits and hyphens"
_BOOLEAN = f"{PREFIXES['xsd']}boolean"


@dataclass(frozen=True, slots=True)
class ColumnAdvice:
    """What a person is told of a column; ``words`` are all that may stand there, if few may.

    ``is_several`` tells whether one cell may hold several of them.
    """

    definition: str
    messages: tuple[str, ...] = ()
    is_required: bool = False
    is_several: bool = False
    words: tuple[Choice, ...] = ()


def advise_column(column: Column, ontology: Ontology) -> ColumnAdvice:
    """Return what to tell of a column of cases, or of one that only critiques have."""
    if not column.places:
        return ColumnAdvice(_ABOUT_ID)
    kinds = [form_of(kind, ontology).fields for kind in ("critique", "case")]
    below = {one.key: one for fields in kinds for one in fields}
    fields = []
    for key in column.path:
        if isinstance(key, str):
            fields.append(below[key])
            below = {one.key: one for one in below[key].fields}
    last = fields[-1]
    meanings = [one.meaning for one in fields if one is last or one.label]
    first = all(part in (0, str(part)) for part in column.path)
    return ColumnAdvice(
        "; ".join(filter(None, meanings)),
        tuple(dict.fromkeys((*last.says, *last.advice))),
        first and all(one.least for one in fields),
        column.several and last.most != 1,
        _words(last),
    )


def _words(field: Field) -> tuple[Choice, ...]:
    if field.datatype == _BOOLEAN:
        return Choice("true"), Choice("false")
    if not all(one.label for one in field.choices):  # what a shape lists has an order of its own
        return field.choices
    return tuple(sorted(field.choices, key=lambda choice: choice.text))

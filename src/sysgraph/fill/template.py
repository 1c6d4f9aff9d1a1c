"""A file to fill in: every key or property with what it means and what may stand there.

Fill in a form question by question, each answer being checked at once.
What each key of a case means and may hold, from the shapes and the ontology.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import wrap

import pyoxigraph as ox
import yaml

from sysgraph.case.closed import explain_literal
from sysgraph.case.rows import Column, columns_of
from sysgraph.errors import SysgraphError, suggest
from sysgraph.files import term_files
from sysgraph.fill.form import PLAIN, Choice, Field, Form
from sysgraph.near import nearest
from sysgraph.ontology import choices, expand, load_vocabulary
from sysgraph.rdf import RDF_TYPE, read_turtle, text_of
from sysgraph.terms import NAMESPACE, PREFIXES, compact

__all__ = [
    "Advice",
    "Answers",
    "Guide",
    "Word",
    "block",
    "document",
    "interview",
    "load_guide",
    "understand",
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
    named = _id(form, thing_id, ask, say)
    talk = _Talk(ask, say)
    answers = talk.thing(form.fields)
    return named, answers


def _id(form: Form, given: str, ask: Callable[[str], str], say: Callable[[str], None]) -> str:
    for _ in range(_TRIES):
        given = given or ask("A short name, such as wigan-deal (id): ").strip()
        wrong = form.explain_id(given)
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


class _Talk:
    """Asks for fields, one after the other."""

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
            return self._group(field)
        if field.most == 1:
            return self.thing(field.fields, may_skip=not field.least)
        parts: list[dict[str, Values]] = []
        while part := self.thing(field.fields, may_skip=bool(parts) or not field.least):
            parts.append(part)
            if not self._is_yes(f"Another of {field.key}?"):
                break
        return parts

    def _group(self, field: Field) -> Values:
        found: dict[str, Values] = {}
        for one in field.fields:
            self._put(one, found)
        return found

    def _tell(self, field: Field) -> None:
        meaning = f" {field.meaning[:1].upper()}{field.meaning[1:]}." if field.meaning else ""
        words = f"{need(field)}.{meaning} {' '.join([*field.says[:1], *field.advice])}".rstrip()
        self._say(f"\n{field.key}")
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


_SH, _RDF = PREFIXES["sh"], PREFIXES["rdf"]
_DEFINITION = f"{PREFIXES['skos']}definition"
_LABEL = f"{PREFIXES['rdfs']}label"

Facts = dict[tuple[str, str], list[object]]


@dataclass(frozen=True, slots=True)
class Word:
    """A word that may be written: what people call it, and its definition, where it has one."""

    word: str
    label: str = ""
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a person is told of a column; ``words`` are all that may stand there, if few may.

    ``is_single`` tells that the shapes allow one value only.
    """

    definition: str
    messages: tuple[str, ...] = ()
    is_required: bool = False
    is_single: bool = False
    words: tuple[Word, ...] = ()


class Guide:
    """The shapes and the ontology, asked about the keys of a case."""

    def __init__(self, ontology: Path) -> None:
        """Read them."""
        self._vocabulary = load_vocabulary(ontology)
        self._terms = _index(read_turtle(term_files(ontology)))
        files = sorted((ontology / "shapes").glob("*.ttl"))
        shapes = read_turtle(path for path in files if path.stem not in ("style", "vocabulary"))
        self._shapes = _index(shapes)
        self._demands: dict[str, list[str]] = defaultdict(list)
        for (shape, predicate), targets in self._shapes.items():
            if predicate in (f"{_SH}targetClass", f"{_SH}targetObjectsOf"):
                for target in targets:
                    self._demands[text_of(target)] += self._texts(shape, f"{_SH}property")
        context = self._vocabulary.context
        self._root = expand(context["CaseStudy"])
        self._chains = Counter(_chain(column) for column in columns_of(context))

    def advise(self, column: Column) -> Advice:
        """Return what to tell of a column of a case."""
        if not column.places:
            return Advice("short name that a case goes by: small letters, digits and hyphens")
        chain = _chain(column)
        within = [self._root, *chain]
        levels = [self._demanded_of(*pair) for pair in pairwise(within)]
        messages = [text for shape in levels[-1] for text in self._texts(shape, f"{_SH}message")]
        return Advice(
            self._definition(column),
            tuple(dict.fromkeys(messages)),
            self._is_required(column, levels),
            any("1" in self._texts(shape, f"{_SH}maxCount") for shape in levels[-1]),
            self._words(column, levels[-1]),
        )

    def _demanded_of(self, within: str, predicate: str) -> list[str]:
        """Return the property shapes for a property of what a property leads to, musts first."""
        own = [
            shape
            for shape in dict.fromkeys(self._demands[within])
            if predicate in self._texts(shape, f"{_SH}path")
        ]
        return sorted(own, key=self._is_warning)

    def _is_warning(self, shape: str) -> bool:
        return f"{_SH}Warning" in self._texts(shape, f"{_SH}severity")

    def _is_required(self, column: Column, levels: list[list[str]]) -> bool:
        """Tell whether no case does without a column: not one of several, and always there."""
        if self._chains[_chain(column)] > 1 or any(
            part not in (0, str(part)) for part in column.path
        ):
            return False
        return all(
            any(
                not self._is_warning(shape)
                and any(number != "0" for number in self._texts(shape, f"{_SH}minCount"))
                for shape in shapes
            )
            for shapes in levels
        )

    def _texts(self, subject: str, predicate: str) -> list[str]:
        return [text_of(value) for value in self._shapes.get((subject, predicate), ())]

    def _said(self, iri: str, predicate: str) -> str:
        return text_of(next(iter(self._terms.get((iri, predicate), ())), None))

    def _definition(self, column: Column) -> str:
        """Return the definition of the property, and of the facet that it is said of."""
        found = [self._said(iri, _DEFINITION) for _, iri in column.places[-1:]]
        facets = [self._said(f"{NAMESPACE}facet/{key}", _DEFINITION) for key in column.path]
        return "; ".join(text for text in [*facets, *found] if text)

    def _words(self, column: Column, shapes: list[str]) -> tuple[Word, ...]:
        kind, base = (column.key.kind, column.key.base) if column.key else ("", "")
        if kind == "@vocab":
            return tuple(
                Word(slug, self._said(base + slug, _LABEL), self._said(base + slug, _DEFINITION))
                for slug in choices(self._vocabulary, base)
            )
        if kind == f"{PREFIXES['xsd']}boolean":
            return Word("true"), Word("false")
        heads = [head for shape in shapes for head in self._texts(shape, f"{_SH}in")]
        return tuple(Word(text) for head in heads for text in self._list(head))

    def _list(self, head: str) -> list[str]:
        found = []
        while head != f"{_RDF}nil":
            found += self._texts(head, f"{_RDF}first")
            head = self._texts(head, f"{_RDF}rest")[0]
        return found


def _chain(column: Column) -> tuple[str, ...]:
    return tuple(predicate for _, predicate in column.places)


def _index(quads: list[ox.Quad]) -> Facts:
    found: Facts = defaultdict(list)
    for quad in quads:
        if quad.predicate != RDF_TYPE:
            found[text_of(quad.subject), quad.predicate.value].append(quad.object)
    return dict(found)


@cache
def load_guide(ontology: Path) -> Guide:
    """Return the guide of an ontology folder.

    Raises:
        BadFile: a file of the folder is broken.
    """
    return Guide(ontology)

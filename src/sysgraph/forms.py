"""Issue forms made from the ontology, and the case or critique that their answers come to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache, cached_property, partial
from typing import Any

from sysgraph.case.contribution import ID
from sysgraph.case.document import Document, Path_, Plain, read_document
from sysgraph.case.rows import put
from sysgraph.characters import find_unsound
from sysgraph.errors import BadFile, BadForm, Finding
from sysgraph.ontology import Ontology
from sysgraph.rdf import text_of
from sysgraph.shapes import Choice, Field, form_of
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = [
    "Answered",
    "IssueQuestion",
    "Kind",
    "about_of",
    "config_text",
    "element_id",
    "fill_in",
    "form_text",
    "is_several",
    "is_short",
    "issue_form",
    "label_of",
    "licence_of",
    "options_of",
    "pruned",
    "read_issue",
    "yaml_text",
]


class Kind(StrEnum):
    """What can be sent in by a form."""

    CASE = "case"
    CRITIQUE = "critique"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class IssueQuestion:
    """One question. ``path`` says where its answer goes in the document.

    ``options`` maps what is shown to what is written, where one can only choose. ``spread`` names
    the parts that one answer is for, where it is asked once for all of them: the facets of a
    reading. Of such a text each line begins with the name of the part.
    """

    label: str
    path: Path_
    description: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    is_long: bool = False
    is_several: bool = False
    is_needed: bool = False
    spread: tuple[str, ...] = ()


@dataclass(frozen=True)
class IssueForm:
    """A form: what it is for, its questions in order."""

    kind: Kind
    questions: tuple[IssueQuestion, ...]

    @cached_property
    def by_label(self) -> dict[str, IssueQuestion]:
        """Return the questions by their labels, which all differ."""
        return {question.label: question for question in self.questions}


_REPEATS = 2
"""How many readings, citations and the like a form has room for; a file has room for more."""
_DATE = f"{PREFIXES['dcterms']}created"
_LICENCE = f"{PREFIXES['dcterms']}license"
_BOOLEAN = f"{PREFIXES['xsd']}boolean"
_SHORT = {
    f"{PREFIXES['dcterms']}title",
    f"{NAMESPACE}place",
    f"{NAMESPACE}driver",
    f"{NAMESPACE}authority",
}


@cache
def issue_form(kind: Kind, ontology: Ontology) -> IssueForm:
    """Return the form for a kind, made from an ontology; nothing of it is kept elsewhere."""
    noun = "case" if kind is Kind.CORRECTION else kind.value
    licence = Choice(licence_of(ontology))
    fields = [
        replace(each, choices=(licence,)) if each.predicate == _LICENCE else each
        for each in form_of(noun, ontology).fields
    ]
    questions = _questions(fields, (), is_needed=True)
    if kind is Kind.CORRECTION:
        return IssueForm(kind, tuple(_correction(questions)))
    about = f"A short name for the {noun}: 2 to 63 small letters, digits and hyphens, such as"
    first = IssueQuestion("Id", ("id",), f"{about} wigan-deal.", is_needed=True)
    return IssueForm(kind, (first, *questions))


def licence_of(ontology: Ontology) -> str:
    """Return the address of the licence that the library is under."""
    told = ontology.quads(ontology.folder / "dataset.ttl")
    return min(text_of(quad.object) for quad in told if quad.predicate.value == _LICENCE)


def _questions(fields: Iterable[Field], path: Path_, *, is_needed: bool) -> Iterator[IssueQuestion]:
    for each in fields:
        here = (*path, each.key)
        needed = is_needed and each.least > 0
        if each.is_group and _is_spread(each):
            yield from _spread_questions(each.fields, here)
        elif each.is_group:
            yield from _questions(each.fields, here, is_needed=is_needed)
        elif each.predicate == _DATE or each.part:
            continue  # the day is that of the form, and critiques have a form of their own
        elif each.fields and each.most == 1:
            yield from _questions(each.fields, here, is_needed=needed)
        elif each.fields:
            for number in range(_REPEATS):
                place = (*here, number)
                yield from _questions(each.fields, place, is_needed=needed and not number)
        else:
            yield _question(each, here, is_needed=needed)


def _question(each: Field, path: Path_, *, is_needed: bool) -> IssueQuestion:
    is_long = is_several(each) or (each.is_text and not is_short(each))
    return IssueQuestion(
        label_of(path),
        path,
        about_of(each),
        options_of(each),
        is_long,
        is_several(each),
        is_needed,
    )


def is_short(each: Field) -> bool:
    """Tell whether a few words answer a field."""
    return each.predicate in _SHORT


def is_several(each: Field) -> bool:
    """Tell whether a field may be answered more than once."""
    return each.most != 1 and not is_short(each) and not each.is_text


def about_of(each: Field) -> str:
    """Return what people are told of a field: what it is for, and what to write."""
    told = each.says if each.least or each.is_address else (*each.advice, *each.says)
    message = next(iter(told), "")
    if options_of(each):
        about = message.partition(". ")[0]
    else:
        # The rule, and what to write, without the key that only files have.
        about = re.sub(r"Write `[^`]+` and ", "Write ", message).rstrip(".")
        about += ". One a line" if is_several(each) else ""
    return f"{about}." if about else ""


def options_of(each: Field) -> dict[str, str]:
    """Return what can be chosen, as shown and as written, if a key takes certain words only."""
    if each.datatype == _BOOLEAN:
        return {"yes": "true", "no": "false"}
    plain = [one.label in ("", one.text) for one in each.choices]
    return {
        one.text if is_plain else f"{one.label} ({one.text})": one.text
        for one, is_plain in zip(each.choices, plain, strict=True)
    }


def _spread_questions(parts: Iterable[Field], path: Path_) -> Iterator[IssueQuestion]:
    """Yield one question for what each part must say, and one for all about the rest."""
    rest: dict[str, Field] = {}
    names = tuple(part.key for part in parts)
    for part in parts:
        rest |= {one.key: one for one in part.fields if not one.least and one.key not in rest}
        for one in part.fields:
            if one.least:
                about = part.help or f"{part.meaning[:1].upper()}{part.meaning[1:]}."
                yield IssueQuestion(
                    f"{label_of(path[:-1])}: {part.key}, {part.wording or part.label}",
                    (*path, part.key, one.key),
                    f"{about} Leave it out if it is not known.",
                    options_of(one),
                )
    for name, one in rest.items():
        options = options_of(one)
        hint = f"a line each, such as: {names[0]}: and why you say so"
        hint = "for all that you chose above" if options else hint
        label, about = f"{label_of(path[:-1])}: {name}", f"{name.capitalize()}, {hint}."
        yield IssueQuestion(label, (*path, name), about, options, is_long=True, spread=names)


def _correction(questions: Iterable[IssueQuestion]) -> Iterator[IssueQuestion]:
    # What stands in a list has a number, which nobody should have to count.
    plain = [q for q in questions if not any(isinstance(step, int) for step in q.path)]
    places = {q.label: "/".join(map(str, q.path)) for q in plain if q.path[0] != "licence"}
    ask = partial(IssueQuestion, is_needed=True)
    told = "The id of the case, such as wigan-deal; it stands in its address."
    yield ask("Case", ("case",), told)
    told = "What is wrong. For anything else, write an ordinary issue."
    yield ask("Field", ("field",), told, places)
    told = "All of it, as it should stand there; of several values one a line."
    yield ask("New text", ("text",), told, is_long=True)
    told = "What this rests on: a source, and where in it. Reviewers will ask for it."
    yield ask("Grounds", ("grounds",), told, is_long=True)


def _is_spread(group: Field) -> bool:
    """Tell whether keys differ only in which part of one kind they name, as facets do."""
    return len({one.predicate for one in group.fields}) == 1 and all(
        one.fields for one in group.fields
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


MOST_BYTES = 300_000
"""How much of an issue is read; GitHub allows 65,536 characters."""

_HEAD = (
    "# Made by 'sysgraph forms' from the ontology. Do not edit: change the ontology, or the\n"
    "# generator, and run 'sysgraph forms --into .github/ISSUE_TEMPLATE' again.\n"
)
_ABOUT = {
    Kind.CASE: (
        "A case",
        "Tell how a change of a system was led, and what came of it. Failures are as welcome.",
        "What is not known is left out. When you send this, a check answers within minutes and"
        " says what is missing; edit your text above, and it checks again. Your text is public,"
        " so name nobody who would not want it.",
    ),
    Kind.CRITIQUE: (
        "A critique",
        "Object to something in the graph, or speak for it: a case, a consideration, a risk.",
        "What is undercut stops counting in advice until somebody answers, so give your grounds.",
    ),
    Kind.CORRECTION: (
        "A correction",
        "Something in a stored case is wrong.",
        "One mistake in one case. What you write here replaces what stands there, once a person"
        " has looked at it.",
    ),
}
_NOTHING = {"", "_No response_"}
_HEADING = re.compile(r"^###[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)


def form_text(kind: Kind, ontology: Ontology) -> str:
    """Return the form for a kind as a file for ``.github/ISSUE_TEMPLATE``.

    Source: GitHub Docs, Syntax for GitHub's form schema
    """
    import yaml

    name, description, welcome = _ABOUT[kind]
    form = {
        "name": name,
        "description": description,
        "title": f"{name.removeprefix('A ').capitalize()}: ",
        "labels": ["contribution", kind.value],
        "body": [
            {"type": "markdown", "attributes": {"value": welcome}},
            *(_element(question) for question in issue_form(kind, ontology).questions),
        ],
    }
    return _HEAD + yaml.safe_dump(form, sort_keys=False, allow_unicode=True, width=100)


def config_text() -> str:
    """Return the file that lets people write an ordinary issue beside the forms."""
    return f"{_HEAD}blank_issues_enabled: true\n"


def _element(question: IssueQuestion) -> dict[str, Any]:
    attributes: dict[str, Any] = {"label": question.label}
    if question.description:
        attributes["description"] = question.description
    if question.options:
        attributes |= {"multiple": question.is_several, "options": list(question.options)}
    return {
        "type": "dropdown" if question.options else "textarea" if question.is_long else "input",
        "id": element_id(question),
        "attributes": attributes,
        "validations": {"required": question.is_needed},
    }


def element_id(question: IssueQuestion) -> str:
    """Return what a question goes by in a form of GitHub's, and in an address."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(map(str, question.path)).lower())


def pick_form(body: str, where: str, ontology: Ontology) -> IssueForm:
    """Return the form that a text was written with: the one whose questions stand in it.

    Raises:
        BadForm: it was written with none.
    """
    headings = set(_HEADING.findall(body))
    forms = [issue_form(kind, ontology) for kind in Kind]
    # The forms share some questions, as on who contributes, but none has all of another's.
    found = max(forms, key=lambda form: len(headings & form.by_label.keys()) / len(form.questions))
    missing = found.by_label.keys() - headings
    if len(missing) * 2 > len(found.questions):
        reason = "this was not written with one of the forms; open a new issue and choose one"
        raise BadForm(where, reason)
    return found


def read_answers(body: str, form: IssueForm, where: str) -> dict[str, list[str]]:
    """Return what was answered to each question, by its label; several choices one by one.

    What was not answered is left out. Each heading must stand once, and in the order of the
    form, so that nothing in a long answer is taken for the answer to another question.

    Raises:
        BadForm: a heading is twice or elsewhere.
    """
    found: dict[str, list[str]] = {}
    for label, text in _sections(body, form, where):
        if text not in _NOTHING:
            found[label] = list(_values(text, form.by_label[label]))
    return found


def _sections(body: str, form: IssueForm, where: str) -> Iterator[tuple[str, str]]:
    labels = list(form.by_label)
    marks = [mark for mark in _HEADING.finditer(body) if mark.group(1) in form.by_label]
    lines: dict[str, int] = {}
    for mark in marks:
        label, line = mark.group(1), body.count("\n", 0, mark.start()) + 1
        if label in lines:
            reason = f"the heading '{label}' stands in lines {lines[label]} and {line}"
            raise BadForm(where, f"{reason}; take it out of the answer that it is part of")
        lines[label] = line
    if list(lines) != [label for label in labels if label in lines]:
        raise BadForm(where, "the headings are not in the order of the form; open a new issue")
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(body)
        yield mark.group(1), body[mark.end() : end].strip()


def _values(text: str, question: IssueQuestion) -> Iterator[str]:
    if question.options:
        yield from _chosen(text, question)
    elif question.is_several:
        lines = (line.strip().removeprefix("- ").strip() for line in text.splitlines())
        yield from (line for line in lines if line)
    else:
        yield text


def _chosen(text: str, question: IssueQuestion) -> Iterator[str]:
    """Yield what was chosen, as it is written in a file; what is no choice, as it stands.

    GitHub joins choices by ", ", which may stand within one as well: the longest that fits is
    taken. What does not fit is for the check to name.
    """
    if text == "None" and "None" not in question.options:
        return
    ordered = sorted(question.options, key=len, reverse=True)
    while text:
        for shown in ordered:
            if text == shown or text.startswith(f"{shown}, "):
                yield question.options[shown]
                text = text[len(shown) + 2 :].strip()
                break
        else:
            first, _, text = text.partition(", ")
            yield first.strip()
            text = text.strip()


_MOST_EVENT = 5_000_000
_SPREAD = re.compile(r"^\s*[-*]?\s*[`*]*([a-z][a-z-]*)[`*]*\s*[:–—-]\s*(.+)$")


@dataclass(frozen=True, slots=True)
class Answered:
    """What a form was filled in to: its kind, the id, the YAML, and where each answer went.

    ``faults`` are answers that fit nowhere, a sentence each with what to do.
    """

    kind: Kind
    name: str
    text: str
    form: IssueForm
    document: Document
    faults: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Return where the file belongs, within the ontology folder."""
        folder = "critiques" if self.kind is Kind.CRITIQUE else "cases"
        return f"{folder}/{self.name}.yaml"

    def label_of(self, finding: Finding) -> str:
        """Return the question that a finding is about, or the name of its field."""
        same = [q for q in self.form.questions if str(q.path[-1]) == finding.field]
        at = [q for q in same if self.document.mark(q.path)[0] == finding.line]
        found = at or (same if len(same) == 1 else [])
        if found and self.kind is not Kind.CORRECTION:
            return found[0].label
        return finding.field or ""


def read_issue(data_: bytes, where: str) -> tuple[str, date | None]:
    """Return the text of an issue, from a file with it or with GitHub's event, and its day.

    Raises:
        BadForm: it is too long, not UTF-8, or an event without an issue.
    """
    if len(data_) > _MOST_EVENT:
        raise BadForm(where, f"it has more than {_MOST_EVENT:,} bytes")
    try:
        text = data_.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadForm(where, "this is not UTF-8 text") from error
    day = None
    if text.lstrip().startswith("{"):
        text, day = _from_event(text, where)
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise BadForm(where, f"the text has more than {MOST_BYTES:,} bytes; send a file instead")
    return text, day


def _from_event(text: str, where: str) -> tuple[str, date | None]:
    try:
        issue = json.loads(text)["issue"]
        body = issue["body"] or ""
        day = date.fromisoformat(str(issue.get("created_at", ""))[:10])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadForm(where, "this is no event of an issue") from error
    if not isinstance(body, str):
        raise BadForm(where, "this is no event of an issue")
    return body, day


def fill_in(body: str, where: str, day: date, library: Ontology | None = None) -> Answered:
    """Return what an issue's text makes: a new case or critique, or a stored case corrected.

    ``library`` is the ontology folder, by default that of the shipped library. Nothing is
    checked that a check of the file would find.

    Raises:
        BadForm: it was written with no form of ours, has no usable id, or names a case that is
            there already, or for a correction one that is not.
    """
    ontology = library or Ontology.load()
    body = body.replace("\r\n", "\n")
    form = pick_form(body, where, ontology)
    answers = read_answers(body, form, where)
    if form.kind is Kind.CORRECTION:
        return _corrected(answers, form, where, ontology)
    name = _first(answers, "Id")
    if not ID.fullmatch(name):
        reason = "under 'Id' write 2 to 63 small letters, digits and hyphens, such as wigan-deal"
        raise BadForm(where, reason)
    tree: dict[str, Any] = {"kind": "critique"} if form.kind is Kind.CRITIQUE else {}
    faults: list[str] = []
    for question in sorted(form.questions, key=lambda each: bool(each.spread)):
        values = answers.get(question.label)
        if values and question.spread:
            faults += _spread(tree, question, values)
        elif values:
            put(tree, question.path, values if question.is_several else values[0])
    tree["contributed"] = day.isoformat()
    made = _answered(form, name, pruned(tree), where, faults)
    if (ontology.folder / made.place).exists():
        noun = form.kind.value
        reason = f"there is a {noun} of the id '{name}' already; choose another, or correct that"
        raise BadForm(where, f"{reason} one with the form for corrections")
    return made


def _first(answers: Mapping[str, list[str]], label: str) -> str:
    return next(iter(answers.get(label, ())), "")


def yaml_text(tree: Any) -> str:
    """Return a case or critique as the text of a file that can be read."""
    import yaml

    text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=100)
    if find_unsound(text):  # written so that it can be read, and is told like anything else
        text = yaml.safe_dump(tree, sort_keys=False, width=100)
    return text


def _answered(
    form: IssueForm, name: str, tree: Any, where: str, faults: Sequence[str] = ()
) -> Answered:
    text = yaml_text(tree)
    try:
        document = read_document(text.encode(), f"{name}.yaml")
    except BadFile as error:
        raise BadForm(where, error.reason) from error
    return Answered(form.kind, name, text, form, document, tuple(faults))


def _spread(tree: dict[str, Any], question: IssueQuestion, values: Sequence[str]) -> list[str]:
    """Give each part that was named its share of one answer; return what fits nowhere."""
    here: Any = tree
    for step in question.path[:-1]:
        known = isinstance(step, int) and isinstance(here, list) and step < len(here)
        here = here[step] if known else here.get(step) if isinstance(here, dict) else None
        if here is None:
            reason = "choose what it is about, or take it out"
            return [f"'{question.label}' is about nothing that was chosen; {reason}."]
    key = str(question.path[-1])
    if question.options:
        for part in here.values():
            part[key] = values[0]
        return []
    faults, last = [], ""
    for line in (line for line in values[0].splitlines() if line.strip()):
        found = _SPREAD.match(line)
        if found and found.group(1) in question.spread:
            last = found.group(1)
            said = found.group(2).strip()
        else:
            said = line.strip()
        if last in here:
            here[last][key] = f"{here[last][key]} {said}" if key in here[last] else said
        else:
            about = f"'{last}', for which nothing was chosen" if last else "no facet that it names"
            reason = "choose a value, or take it out" if last else "begin it with the facet's name"
            faults.append(f"{question.label}: “{said}” is about {about}; {reason}.")
    return faults


def pruned(tree: Any) -> Any:
    """Return the same without lists and parts in which nothing stands."""
    if isinstance(tree, dict):
        kept = {key: pruned(value) for key, value in tree.items()}
        return {key: value for key, value in kept.items() if value not in ({}, [], None)}
    if isinstance(tree, list):
        return [value for value in map(pruned, tree) if value not in ({}, [], None)]
    return tree


def _corrected(
    answers: Mapping[str, list[str]], form: IssueForm, where: str, ontology: Ontology
) -> Answered:
    name, path, text = (_first(answers, label) for label in ("Case", "Field", "New text"))
    name = name.rpartition("/")[2].rpartition(":")[2]
    file = ontology.folder / "cases" / f"{name}.yaml"
    if not ID.fullmatch(name) or not file.is_file():
        raise BadForm(where, f"there is no case '{name[:70]}'; write its id, such as wigan-deal")
    fields = [
        q for q in issue_form(Kind.CASE, ontology).questions if "/".join(map(str, q.path)) == path
    ]
    if not fields or not text:
        raise BadForm(where, "choose a field, and write the new text")
    try:
        stored = read_document(file.read_bytes(), str(file)).data
    except BadFile as error:  # then the library is broken, and not the form
        raise BadForm(where, str(error)) from error
    assert isinstance(stored, dict)  # as every shipped case is
    question = fields[0]
    tree: dict[str, Plain] = dict(stored)
    if question.is_several or question.options:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        chosen = [question.options.get(line, line) for line in lines]
        put(tree, question.path, chosen if question.is_several else " ".join(chosen))
    else:
        put(tree, question.path, text)
    return _answered(form, name, tree, where)

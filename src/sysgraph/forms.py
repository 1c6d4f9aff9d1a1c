"""Issue forms made from the ontology: what GitHub asks whoever sends something in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache, cached_property, partial
from typing import Any

from sysgraph.case.document import Path_
from sysgraph.ontology import Ontology
from sysgraph.rdf import text_of
from sysgraph.shapes import Choice, Field, form_of
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = [
    "IssueQuestion",
    "Kind",
    "about_of",
    "config_text",
    "element_id",
    "form_text",
    "is_several",
    "is_short",
    "issue_form",
    "label_of",
    "licence_of",
    "options_of",
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

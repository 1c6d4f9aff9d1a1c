"""Forms as GitHub wants them for issues, and what GitHub makes of the answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sysgraph.errors import BadForm
from sysgraph.issues.form import Element, Form, Kind, Question
from sysgraph.issues.questions import issue_form

__all__ = ["MOST_BYTES", "config_text", "form_text", "pick_form", "read_answers"]

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


def form_text(kind: Kind, ontology: Path) -> str:
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


def _element(question: Question) -> dict[str, Any]:
    attributes: dict[str, Any] = {"label": question.label}
    if question.description:
        attributes["description"] = question.description
    if question.element is Element.DROPDOWN:
        attributes |= {"multiple": question.is_several, "options": list(question.options)}
    return {
        "type": question.element.value,
        "id": re.sub(r"[^a-z0-9]+", "-", "-".join(map(str, question.path)).lower()),
        "attributes": attributes,
        "validations": {"required": question.is_needed},
    }


def pick_form(body: str, where: str, ontology: Path) -> Form:
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


def read_answers(body: str, form: Form, where: str) -> dict[str, list[str]]:
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


def _sections(body: str, form: Form, where: str) -> Iterator[tuple[str, str]]:
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


def _values(text: str, question: Question) -> Iterator[str]:
    if question.element is Element.DROPDOWN:
        yield from _chosen(text, question)
    elif question.is_several:
        lines = (line.strip().removeprefix("- ").strip() for line in text.splitlines())
        yield from (line for line in lines if line)
    else:
        yield text


def _chosen(text: str, question: Question) -> Iterator[str]:
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

"""An issue whose text is a form's answers, and the case or critique that these come to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sysgraph.case.contribution import ID
from sysgraph.case.document import Document, Plain, read_document
from sysgraph.case.rows import put
from sysgraph.characters import find_unsound
from sysgraph.errors import BadFile, BadForm, Finding
from sysgraph.forms import IssueForm, IssueQuestion, Kind, issue_form
from sysgraph.ontology import Ontology

__all__ = ["Answered", "fill_in", "pruned", "read_issue", "yaml_text"]


MOST_BYTES = 300_000
"""How much of an issue is read; GitHub allows 65,536 characters."""

_NOTHING = {"", "_No response_"}
_HEADING = re.compile(r"^###[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)


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

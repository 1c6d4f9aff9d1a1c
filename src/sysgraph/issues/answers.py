"""From the answers of a form to a case, a critique or a corrected case, as a YAML document."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from sysgraph.characters import find_unsound
from sysgraph.contribute import Document, read_document
from sysgraph.contribute.contribution import ID
from sysgraph.contribute.syntax.document import Plain
from sysgraph.errors import BadFile, BadForm
from sysgraph.findings import Finding
from sysgraph.issues.form import Form, Kind, Question
from sysgraph.issues.github import MOST_BYTES, pick_form, read_answers
from sysgraph.issues.questions import issue_form
from sysgraph.paths import data

__all__ = ["Answered", "fill_in", "read_issue"]

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
    form: Form
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


def fill_in(body: str, where: str, day: date, library: Path | None = None) -> Answered:
    """Return what an issue's text makes: a new case or critique, or a stored case corrected.

    ``library`` is the ontology folder, by default that of the shipped library. Nothing is
    checked that a check of the file would find.

    Raises:
        BadForm: it was written with no form of ours, has no usable id, or names a case that is
            there already, or for a correction one that is not.
    """
    ontology = library or data() / "ontology"
    body = body.replace("\r\n", "\n")
    form = pick_form(body, where, ontology)
    answers = read_answers(body, form, where)
    if form.kind is Kind.CORRECTION:
        return _corrected(answers, form, where, ontology)
    name = "".join(answers.get("Id", [""])[:1])
    if not ID.fullmatch(name):
        reason = "under 'Id' write 2 to 63 small letters, digits and hyphens, such as wigan-deal"
        raise BadForm(where, reason)
    tree: dict[str, Any] = {"kind": "critique"} if form.kind is Kind.CRITIQUE else {}
    faults: list[str] = []
    for question in form.questions:
        values = answers.get(question.label)
        if values and not question.spread:
            _put(tree, question.path, values if question.is_several else values[0])
    for question in form.questions:
        values = answers.get(question.label)
        if values and question.spread:
            faults += _spread(tree, question, values)
    tree["contributed"] = day.isoformat()
    made = _answered(form, name, _pruned(tree), where, faults)
    if (ontology / made.place).exists():
        noun = form.kind.value
        reason = f"there is a {noun} of the id '{name}' already; choose another, or correct that"
        raise BadForm(where, f"{reason} one with the form for corrections")
    return made


def _answered(form: Form, name: str, tree: Any, where: str, faults: Sequence[str] = ()) -> Answered:
    import yaml

    text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=100)
    if find_unsound(text):  # written so that it can be read, and is told like anything else
        text = yaml.safe_dump(tree, sort_keys=False, width=100)
    try:
        document = read_document(text.encode(), f"{name}.yaml")
    except BadFile as error:
        raise BadForm(where, error.reason) from error
    return Answered(form.kind, name, text, form, document, tuple(faults))


def _put(tree: dict[str, Any], path: Sequence[str | int], value: object) -> None:
    """Put a value where a path leads, making what is missing on the way."""
    here: Any = tree
    for step, following in pairwise(path):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(step, int):
            while len(here) <= step:
                here.append({})
            here = here[step]
        else:
            here = here.setdefault(step, empty)
    here[path[-1]] = value


def _spread(tree: dict[str, Any], question: Question, values: Sequence[str]) -> list[str]:
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


def _pruned(tree: Any) -> Any:
    """Return the same without lists and parts in which nothing stands."""
    if isinstance(tree, dict):
        kept = {key: _pruned(value) for key, value in tree.items()}
        return {key: value for key, value in kept.items() if value not in ({}, [])}
    if isinstance(tree, list):
        return [value for value in map(_pruned, tree) if value not in ({}, [])]
    return tree


def _corrected(
    answers: Mapping[str, list[str]], form: Form, where: str, ontology: Path
) -> Answered:
    name, path, text = (
        "".join(answers.get(label, [""])[:1]) for label in ("Case", "Field", "New text")
    )
    name = name.rpartition("/")[2].rpartition(":")[2]
    file = ontology / "cases" / f"{name}.yaml"
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
        _put(tree, question.path, chosen if question.is_several else " ".join(chosen))
    else:
        _put(tree, question.path, text)
    return _answered(form, name, tree, where)

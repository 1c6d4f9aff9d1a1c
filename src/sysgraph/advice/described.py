"""Situations as people describe them in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import (
    UNKNOWN,
    Situation,
    answers_of,
    faults,
    known_and_contested,
    one_line,
    parted,
)
from sysgraph.errors import BadFile, BadFiles, SysgraphError, suggest
from sysgraph.near import nearest

if TYPE_CHECKING:
    from sysgraph.case.document import Document, Path_, Plain

__all__ = ["items_of", "read_situations"]


def read_situations(data: bytes, where: str, frame: Frame) -> list[Situation]:
    """Return the situations of a YAML or JSON file: one mapping, or a list of them.

    Read are ``id``, ``title``, ``situation``, ``standpoint``, ``facets`` and the opening questions
    that are answered in words; ``voices`` says of people on which sides they stand, such as
    ``tenants: [beneficiary]``; other keys are ignored. A facet has a value, or a mapping with
    ``value`` and perhaps ``standpoint``, or a list of such mappings, each from another standpoint.
    It is contested where not all say the same.

    Raises:
        BadFile: the file is not YAML or JSON, or holds no situation.
        BadFiles: facets, values or standpoints are wrong; every one is named, with its place.
    """
    from sysgraph.case.document import read_document

    document = read_document(data, where)
    items = items_of(document)
    if not items:
        raise BadFile(where, "it holds no situation")
    found, problems, seen = [], [], set()
    for number, (at, item) in enumerate(items, 1):
        situation, wrong = _read_one(item, f"situation-{number}", document, at, frame, where)
        if situation.id in seen:
            line, column = document.mark((*at, "id"))
            wrong.append(BadFile(where, f"the id '{situation.id}' stands twice", line, column))
        seen.add(situation.id)
        found.append(situation)
        problems += wrong
    if problems:
        raise BadFiles(problems)
    return found


def items_of(document: Document) -> list[tuple[Path_, Plain]]:
    """Return the one thing that a document holds, or those that it lists, each with its place."""
    if isinstance(document.data, list):
        return [((number,), item) for number, item in enumerate(document.data)]
    return [((), document.data)]


def _read_one(
    item: Plain, default: str, document: Document, at: Path_, frame: Frame, where: str
) -> tuple[Situation, list[SysgraphError]]:
    facets = item.get("facets") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(facets, dict):
        reason = "a situation is written as 'facets:' with 'facet: value' lines below"
        if isinstance(item, dict) and "facets" not in item:
            reason = "the situation has no 'facets:'; write what is known, or 'facets: {}'"
        return Situation(default), [BadFile(where, reason, *document.mark(at))]
    place = (*at, "facets")
    said = {name: answers_of(answer, (*place, name)) for name, answer in facets.items()}
    problems: list[SysgraphError] = [
        BadFile(where, problem, *document.mark(spot))
        for name, answers in said.items()
        for spot, problem in faults(name, answers, frame, (*place, name))
    ]
    known, views = known_and_contested(said)
    name, title, text, who = (
        str(item.get(key, "")) for key in ("id", "title", "situation", "standpoint")
    )
    mine, opening = parted(known, frame)
    told = {
        key: one_line(str(item[key]))
        for key, question in frame.opening.items()
        if not question.answers and item.get(key)
    }
    voices, wrong = _voices(item.get("voices") or {}, frame)
    spot = document.mark((*at, "voices")) if wrong else ()
    problems += [BadFile(where, problem, *spot) for problem in wrong]
    told |= opening
    situation = Situation(
        name or default, title, text, mine, one_line(who), views, opening=told, voices=voices
    )
    return situation, problems


def _voices(said: Plain, frame: Frame) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return on which sides people stand, and what is wrong with how that is written."""
    sides = [*(voice.id for voice in frame.voices), UNKNOWN]
    allowed = f" (sides: {', '.join(sides)})"
    if not isinstance(said, dict):
        return {}, [f"'voices:' is written as 'tenants: SIDE' lines{allowed}"]
    found = {str(n): tuple(map(str, v if isinstance(v, list) else [v])) for n, v in said.items()}
    wrong = [
        f"'{side}' is no side of '{words}'{suggest(nearest(side, sides))}{allowed}"
        for words, listed in found.items()
        for side in listed
        if side not in sides
    ]
    return {n: tuple(side for side in v if side != UNKNOWN) for n, v in found.items()}, wrong

"""A situation: what is known of it, facet by facet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sysgraph.advice.frame import Facet, FacetValue, Frame
from sysgraph.errors import BadFile, BadFiles, BadSituation, SysgraphError, UnknownThing, suggest
from sysgraph.terms import PREFIXES

if TYPE_CHECKING:
    from sysgraph.contribute.document import Document, Path_, Plain

__all__ = ["UNKNOWN", "Situation", "read_situations", "situation_of", "situations_of_case"]

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Situation:
    """What somebody describes. ``facets`` maps facet to value slugs; the rest is unknown."""

    id: str
    title: str = ""
    text: str = ""
    facets: Mapping[str, str] = field(default_factory=dict)


def situation_of(facets: Mapping[str, str], frame: Frame, where: str = "--facet") -> Situation:
    """Return the situation that these facet values describe.

    The value ``unknown`` is the same as leaving the facet out.

    Raises:
        BadSituation: a facet or a value does not exist; names the nearest ones, all at once.
    """
    problems = []
    known = {}
    for name, value in facets.items():
        problem = _problem(name, value, frame)
        if problem:
            problems.append(problem)
        elif value != UNKNOWN:
            known[name] = value
    if problems:
        raise BadSituation(where, problems)
    return Situation("situation", facets=known)


def _problem(name: str, value: str, frame: Frame) -> str | None:
    if name not in frame.facets:
        from difflib import get_close_matches

        near = get_close_matches(name, frame.facets, n=2)
        hint = suggest(near) or f" (facets: {', '.join(frame.facets)})"
        return f"there is no facet '{name}'{hint}"
    facet = frame.facets[name]
    if value == UNKNOWN or value in facet.values:
        return None
    from difflib import get_close_matches

    near = get_close_matches(value, facet.values, n=2)
    allowed = ", ".join((*facet.values, UNKNOWN))
    return f"'{value}' is not a value of {name}{suggest(near)} (allowed: {allowed})"


def read_situations(data: bytes, where: str, frame: Frame) -> list[Situation]:
    """Return the situations of a YAML or JSON file: one mapping, or a list of them.

    Read are ``id``, ``title``, ``situation`` and ``facets``; other keys are ignored.

    Raises:
        BadFile: the file is not YAML or JSON, or holds no situation.
        BadFiles: facets or values do not exist; every one is named, with its line.
    """
    from sysgraph.contribute.document import read_document

    document = read_document(data, where)
    several = isinstance(document.data, list)
    items = document.data if isinstance(document.data, list) else [document.data]
    if not items:
        raise BadFile(where, "it holds no situation")
    found, problems, seen = [], [], set()
    for number, item in enumerate(items):
        at: Path_ = (number,) if several else ()
        situation, wrong = _read_one(item, f"situation-{number + 1}", document, at, frame, where)
        if situation.id in seen:
            line, column = document.mark((*at, "id"))
            wrong.append(BadFile(where, f"the id '{situation.id}' stands twice", line, column))
        seen.add(situation.id)
        found.append(situation)
        problems += wrong
    if problems:
        raise BadFiles(problems)
    return found


def _read_one(
    item: Plain, default: str, document: Document, at: Path_, frame: Frame, where: str
) -> tuple[Situation, list[SysgraphError]]:
    if not isinstance(item, dict) or not isinstance(item.get("facets", {}), dict):
        line, column = document.mark(at)
        reason = "a situation is written as 'facets:' with 'facet: value' lines below"
        return Situation(default), [BadFile(where, reason, line, column)]
    if "facets" not in item:
        line, column = document.mark(at)
        reason = "the situation has no 'facets:'; write what is known, or 'facets: {}'"
        return Situation(default), [BadFile(where, reason, line, column)]
    facets = item["facets"]
    assert isinstance(facets, dict)  # as was asked above
    known: dict[str, str] = {}
    problems: list[SysgraphError] = []
    for name, value in facets.items():
        answer = value.get("value") if isinstance(value, dict) else value
        if answer == UNKNOWN and name in frame.facets:
            continue
        problem = (
            _problem(name, answer, frame)
            if isinstance(answer, str)
            else "write one value here; for what is not known leave the facet out"
        )
        if problem:
            problems.append(BadFile(where, problem, *document.mark((*at, "facets", name))))
        elif isinstance(answer, str):
            known[name] = answer
    text = {key: str(item.get(key, "")) for key in ("id", "title", "situation")}
    return Situation(text["id"] or default, text["title"], text["situation"], known), problems


def situations_of_case(case: str, frame: Frame) -> list[Situation]:
    """Return the situation that a case began in, once for each of its readings.

    Raises:
        UnknownThing: there is no such case; carries the nearest names.
    """
    entry = frame.cases.get(f"{PREFIXES['case']}{case}")
    if entry is None:
        raise UnknownThing(case, "case", frame.cases.index().ids_like(case))
    names = {value.iri: value.id for facet in frame.facets.values() for value in _values(facet)}
    return [
        Situation(
            f"{case}/{reading.rpartition('/')[2]}",
            f"{entry.title}, as seen by: {entry.standpoints[reading]}",
            facets={facet: names[value] for facet, value in values.items()},
        )
        for reading, values in entry.readings.items()
    ]


def _values(facet: Facet) -> list[FacetValue]:
    return list(facet.values.values())

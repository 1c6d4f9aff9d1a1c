"""Situations as people describe them in files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sysgraph.advice.frame import Frame
from sysgraph.advice.quotes import are_quoted, quote_faults, quotes_of, reply_block
from sysgraph.advice.situation import (
    UNKNOWN,
    Answer,
    Situation,
    answers_of,
    faults,
    known_and_contested,
    one_line,
    parted,
)
from sysgraph.errors import BadFile, BadFiles, BadSyntax, SysgraphError, suggest
from sysgraph.near import nearest

if TYPE_CHECKING:
    from sysgraph.case.document import Document, Path_, Plain

__all__ = ["items_of", "read_situations"]


def read_situations(
    data: bytes, where: str, frame: Frame, description: str | None = None
) -> list[Situation]:
    """Return the situations of a YAML or JSON file: one mapping, or a list of them.

    Read are ``id``, ``title``, ``situation``, ``standpoint``, ``facets``, ``case`` and the opening
    questions that are answered in words; ``voices`` says of people on which sides they stand, such
    as ``tenants: [beneficiary]``; other keys are ignored. A facet has a value, or a mapping with
    ``value`` and perhaps ``standpoint``, or a list of such mappings, each from another standpoint.
    It is contested where not all say the same.

    An assistant's reply may have prose around its YAML. Where it gives quotes, or a ``description``
    is given, each answer must rest on words that stand in that, or else in ``situation``.

    Raises:
        BadFile: the file is not YAML or JSON, or holds no situation.
        BadFiles: facets, values, standpoints or quotes are wrong; every one is named, with its
            place.
    """
    document = _document(data, where)
    items = items_of(document)
    if not items:
        raise BadFile(where, "it holds no situation")
    reader = _Reader(document, where, frame, description)
    found = [
        reader.situation(item, f"situation-{number}", at)
        for number, (at, item) in enumerate(items, 1)
    ]
    ids = [one.id for one in found]
    for number, (at, _) in enumerate(items):
        if ids[number] in ids[:number]:
            reader.note((*at, "id"), f"the id '{ids[number]}' stands twice")
    if reader.problems:
        raise BadFiles(reader.problems)
    return found


def _document(data: bytes, where: str) -> Document:
    from sysgraph.case.document import read_document, read_text

    try:
        return read_document(data, where)
    except BadSyntax:
        block = reply_block(data.decode("utf-8-sig", "replace"))
        if block is None:
            raise
        return read_text(block, where)


def items_of(document: Document) -> list[tuple[Path_, Plain]]:
    """Return the one thing that a document holds, or those that it lists, each with its place."""
    if isinstance(document.data, list):
        return [((number,), item) for number, item in enumerate(document.data)]
    return [((), document.data)]


class _Reader:
    """Reads the situations of one document, and keeps what is wrong with them."""

    def __init__(
        self, document: Document, where: str, frame: Frame, description: str | None
    ) -> None:
        self.problems: list[SysgraphError] = []
        self._document, self._where = document, where
        self._frame, self._description = frame, description

    def note(self, place: Path_, problem: str) -> None:
        self.problems.append(BadFile(self._where, problem, *self._document.mark(place)))

    def situation(self, item: Plain, default: str, at: Path_) -> Situation:
        facets = item.get("facets") if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(facets, dict):
            reason = "a situation is written as 'facets:' with 'facet: value' lines below"
            if isinstance(item, dict) and "facets" not in item:
                reason = "the situation has no 'facets:'; write what is known, or 'facets: {}'"
            self.note(at, reason)
            return Situation(default)
        place = (*at, "facets")
        said = {name: answers_of(answer, (*place, name)) for name, answer in facets.items()}
        told = {
            key: answers_of(item[key], (*at, key))
            for key, question in self._frame.opening.items()
            if not question.answers and item.get(key)
        }
        name, title, text, who, case = (
            str(item.get(key, "")) for key in ("id", "title", "situation", "standpoint", "case")
        )
        text = self._description or text
        self._judge(said, told, place, text)
        known, views = known_and_contested(said)
        mine, opening = parted(known, self._frame)
        opening |= {
            key: one_line(str(answer.value))
            for key, (answer, *_) in told.items()
            if answer.value != UNKNOWN
        }
        voices, wrong = _voices(item.get("voices") or {}, self._frame)
        for problem in wrong:
            self.note((*at, "voices"), problem)
        return Situation(
            name or default,
            title,
            text,
            mine,
            one_line(who),
            views,
            case,
            opening,
            quotes_of(said),
            voices,
        )

    def _judge(
        self,
        said: Mapping[str, Sequence[Answer]],
        told: Mapping[str, Sequence[Answer]],
        place: Path_,
        text: str,
    ) -> None:
        """Note what is wrong with answers by choice and with those in words."""
        for name, answers in said.items():
            for spot, problem in faults(name, answers, self._frame, (*place, name)):
                self.note(spot, problem)
        sound = {
            key: [replace(answer, quote=answer.value)]
            for key, (answer, *more) in told.items()
            if not more and isinstance(answer.value, str)
        }
        for key, answers in told.items():
            if key not in sound:
                self.note(answers[0].place, f"{key} is answered in a few words, once")
        if self._description is not None or are_quoted(said):
            for spot, problem in quote_faults({**said, **sound}, text):
                self.note(spot, problem)


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

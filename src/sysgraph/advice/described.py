"""Situations as people describe them in files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sysgraph.advice.frame import Frame
from sysgraph.advice.quotes import are_quoted, quote_faults, quotes_of, reply_block
from sysgraph.advice.situation import (
    UNKNOWN,
    Answer,
    Situation,
    answers_of,
    case_of,
    faults,
    is_no_answer,
    known_and_contested,
    one_line,
    parted,
)
from sysgraph.errors import BadFile, BadFiles, BadSyntax, SysgraphError, UnknownThing, suggest
from sysgraph.near import nearest

if TYPE_CHECKING:
    from sysgraph.case.document import Document, Path_, Plain

__all__ = ["items_of", "read_situations"]

_TEXTS = ("id", "title", "situation", "standpoint", "case")
_OF_AN_ANSWER = ("value", "standpoint", "quote", "asked")
_ALIKE = 0.8
"""How alike a key must be to one that is read, to be that with a slip of the pen."""


def read_situations(
    data: bytes, where: str, frame: Frame, description: str | None = None
) -> list[Situation]:
    """Return the situations of a YAML or JSON file: one mapping, or a list of them.

    Read are ``id``, ``title``, ``situation``, ``standpoint``, ``facets``, ``case`` and the opening
    questions that are answered in words; ``voices`` says of people on which sides they stand, such
    as ``tenants: [beneficiary]``; other keys are ignored, but those that are nearly one of these,
    or belong below ``facets``. A facet has a value, or a mapping with
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
                is_empty = "facets" in self._document.blanks.get(at, ())
                lacks = "'facets:' is empty" if is_empty else "the situation has no 'facets:'"
                reason = f"{lacks}; write what is known, or 'facets: {{}}'"
                at = (*at, "facets") if is_empty else at
            self.note(at, reason)
            return Situation(default)
        place = (*at, "facets")
        said = {name: answers_of(answer, (*place, name)) for name, answer in facets.items()}
        told = {
            key: answers_of(item[key], (*at, key)) for key in self._open_texts() if item.get(key)
        }
        self._check_keys(item, facets, at)
        name, title, text, who, case = (self._text(item, key, at) for key in _TEXTS)
        if case:
            self._check_case(case, (*at, "case"))
        text = self._description or text
        self._judge(said, told, place, text)
        known, views = known_and_contested(said)
        mine, opening = parted(known, self._frame)
        opening |= {
            key: one_line(str(answer.value))
            for key, (answer, *_) in told.items()
            if not is_no_answer(str(answer.value))
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

    def _open_texts(self) -> list[str]:
        """Return the opening questions that are answered in words."""
        return [key for key, question in self._frame.opening.items() if not question.answers]

    def _text(self, item: Mapping[str, Plain], key: str, at: Path_) -> str:
        said = item.get(key, "")
        if isinstance(said, str):
            return said
        self.note((*at, key), f"'{key}' is a few words")
        return ""

    def _check_case(self, case: str, place: Path_) -> None:
        try:
            case_of(case, self._frame)
        except UnknownThing as error:
            self.note(place, str(error))

    def _check_keys(
        self, item: Mapping[str, Plain], facets: Mapping[str, Plain], at: Path_
    ) -> None:
        """Note keys that are not read where they stand, and were meant to be."""
        texts, choices = self._open_texts(), self._frame.answerable
        for key in [key for key in item if key in choices]:
            self.note((*at, key), f"'{key}' belongs below 'facets:'; move it there")
        read = [*_TEXTS, "facets", "voices", *texts]
        for key, near in _slips([key for key in item if key not in choices], read):
            self.note((*at, key), f"there is no '{key}' here{suggest(near)}")
        answers = [((*at, "facets", name), said) for name, said in facets.items()]
        answers += [((*at, key), item[key]) for key in texts if key in item]
        for place, said in answers:
            listed = said if isinstance(said, list) else [said]
            for number, one in enumerate(listed):
                for key, near in _slips(one if isinstance(one, dict) else (), _OF_AN_ANSWER):
                    spot = (*place, number, key) if said is listed else (*place, key)
                    self.note(spot, f"an answer has no '{key}'{suggest(near)}")

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
            key: [] if is_no_answer(answer.value) else [_quoting(answer)]
            for key, (answer, *more) in told.items()
            if not more and isinstance(answer.value, str)
        }
        for key, answers in told.items():
            if key not in sound:
                self.note(answers[0].place, f"{key} is answered in a few words, once")
        if self._description is not None or are_quoted(said):
            for spot, problem in quote_faults({**said, **sound}, text):
                self.note(spot, problem)


def _slips(keys: Iterable[str], read: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the keys that are none of those that are read, but nearly, with these."""
    for key in keys:
        near = [] if key in read else nearest(key, read, like=_ALIKE)
        if near:
            yield key, near


def _quoting(answer: Answer) -> Answer:
    """Return an answer in words, which rests on these; where somebody was asked, it need not."""
    return answer if answer.was_asked else replace(answer, quote=answer.value or "")


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

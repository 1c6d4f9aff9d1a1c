"""A situation: what is known of it, facet by facet, and what is seen differently by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sysgraph.advice.frame import Frame
from sysgraph.advice.withdrawn import moved_answer
from sysgraph.errors import BadSituation, UnknownThing, suggest
from sysgraph.near import nearest
from sysgraph.terms import PREFIXES

if TYPE_CHECKING:
    from sysgraph.advice.cases import StoredCase
    from sysgraph.case.document import Path_, Plain

__all__ = [
    "UNKNOWN",
    "Situation",
    "View",
    "case_of",
    "is_no_answer",
    "parted",
    "situation_of",
    "situation_said",
    "situations_of_case",
    "type_of",
]

UNKNOWN = "unknown"
_NO_ANSWERS = {
    "",
    UNKNOWN,
    "i don't know",
    "don't know",
    "i dont know",
    "dont know",
    "i do not know",
    "do not know",
    "dunno",
    "n/a",
    "none",
    "nobody",
    "no idea",
    "not known",
    "not sure",
}
"""What people write, letters aside, where they know of nothing to write."""
_NO_VALUE = "write one value here; for what is not known leave the facet out"


@dataclass(frozen=True, slots=True)
class View:
    """What one standpoint says of a facet that another sees otherwise; may be ``unknown``.

    ``quote`` holds the words of a description that it rests on, if there is one.
    """

    facet: str
    value: str
    standpoint: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One value of a facet as it was written, which may be anything, and its place in a file.

    ``quote`` holds the words that it rests on; ``asked`` is "yes" where somebody was asked.
    """

    value: Plain | None
    standpoint: Plain = ""
    place: Path_ = ()
    quote: Plain = ""
    asked: Plain = ""

    @property
    def who(self) -> str:
        """Return the standpoint on one line, or nothing where none is written."""
        return one_line(self.standpoint) if isinstance(self.standpoint, str) else ""

    @property
    def was_asked(self) -> bool:
        """Tell whether somebody was asked."""
        return isinstance(self.asked, str) and self.asked.casefold() in ("yes", "true")

    @property
    def words(self) -> str:
        """Return on one line the words that the answer rests on, or nothing."""
        is_quoted = isinstance(self.quote, str) and self.value != UNKNOWN
        return one_line(str(self.quote)) if is_quoted else ""


def one_line(text: str) -> str:
    """Return a text with single spaces for all its white space."""
    return " ".join(text.split())


def is_no_answer(text: str) -> bool:
    """Tell whether somebody's own words mean that they do not know.

    >>> is_no_answer("I don\u2019t know."), is_no_answer("?"), is_no_answer("Nobody told the mayor")
    (True, True, False)
    """
    plain = re.sub("[`´‘’]", "'", one_line(text.casefold())).strip(" .!?-–—")
    return plain in _NO_ANSWERS


def answers_of(said: Plain, place: Path_) -> list[Answer]:
    """Return what a file says of a facet: a value, a mapping with one, or a list of these."""
    answers = []
    for number, one in enumerate(said if isinstance(said, list) else [said]):
        at = (*place, number) if isinstance(said, list) else place
        if isinstance(one, dict):
            rest = (one.get(key, "") for key in ("quote", "asked"))
            answers.append(Answer(one.get("value"), one.get("standpoint", ""), at, *rest))
        else:
            answers.append(Answer(one, "", at))
    return answers


def known_and_contested(
    said: Mapping[str, Sequence[Answer]],
) -> tuple[dict[str, str], tuple[View, ...]]:
    """Return the facets of which all answers are the same, and the views of those that differ."""
    known: dict[str, str] = {}
    views: list[View] = []
    for name, answers in said.items():
        values = {str(answer.value) for answer in answers}
        if len(values) > 1:
            views += (View(name, str(one.value), one.who, one.words) for one in answers)
        elif values - {UNKNOWN}:
            known[name] = values.pop()
    return known, tuple(views)


def faults(
    name: str, answers: Sequence[Answer], frame: Frame, place: Path_ = ()
) -> Iterator[tuple[Path_, str]]:
    """Yield what is wrong with what is written of a facet, each with its place in the file."""
    choices = frame.answerable
    if name not in choices and name in frame.opening:
        yield place, f"{name} is answered in a few words; write it in a file, beside 'facets:'"
        return
    if name not in choices:
        yield from _faults_of_unknown(name, answers, frame, place)
        return
    if not answers:
        yield place, _NO_VALUE
    spoken: dict[str, Answer] = {}
    for answer in answers:
        if problem := _fault_of_value(name, answer.value, frame):
            yield answer.place, problem
        if not isinstance(answer.standpoint, str):
            yield answer.place, "a standpoint is a few words, such as 'the tenants'"
        elif len(answers) > 1 and name not in frame.facets:
            is_outside = name in frame.outside.questions
            what = "is answered once, yes or no" if is_outside else "is about whoever asks"
            yield answer.place, f"{name} {what}; keep one value"
        elif len(answers) > 1 and not answer.who:
            reason = "write 'standpoint:' beside each, or @WHO after each --facet"
            yield answer.place, f"{name} has several values; {reason}"
        elif (earlier := spoken.setdefault(answer.who.casefold(), answer)) is not answer:
            reason = f"'{earlier.who}' has already said '{earlier.value}' of {name}; keep one"
            yield answer.place, reason


def _faults_of_unknown(
    name: str, answers: Sequence[Answer], frame: Frame, place: Path_
) -> Iterator[tuple[Path_, str]]:
    """Yield what to write in the place of a facet that is not there, or is not any more."""
    moved = [(one.place, told) for one in answers if (told := _moved(name, one.value, frame))]
    hint = suggest(nearest(name, frame.answerable)) or f" (facets: {', '.join(frame.choices)})"
    yield from moved or [(place, f"there is no facet '{name}'{hint}")]


def _fault_of_value(name: str, value: Plain | None, frame: Frame) -> str | None:
    if not isinstance(value, str):
        return _NO_VALUE
    values = frame.answerable[name]
    if value == UNKNOWN or value in values:
        return None
    if told := _moved(name, value, frame):
        return told
    near, allowed = nearest(value, values), ", ".join((*values, UNKNOWN))
    return f"'{value}' is not a value of {name}{suggest(near)} (allowed: {allowed})"


def _moved(name: str, value: Plain | None, frame: Frame) -> str:
    """Return what became of an answer that was withdrawn, and what to do; else nothing."""
    moved = moved_answer(name, value, frame) if isinstance(value, str) else None
    if moved is None:
        return ""
    return f"{moved.told(name, str(value))}; {'write that' if moved.value else 'leave it out'}"


@dataclass(frozen=True, slots=True)
class Situation:
    """What somebody describes. ``facets`` maps facet to value slugs; the rest is unknown.

    ``opening`` holds the answers to the opening questions: slugs, or the person's own words.
    ``quotes`` holds the words of a description that answers rest on, by what was asked; those of
    ``views`` are with these.

    ``standpoint`` says whose description it is, where that was said. ``views`` holds what is
    said of the facets that standpoints see differently; none of them is in ``facets``. ``case``
    is the id of the case that it was taken from, which is then no evidence of its own.
    ``voices`` tells on which sides people stand, by the words that name them.
    """

    id: str
    title: str = ""
    text: str = ""
    facets: Mapping[str, str] = field(default_factory=dict)
    standpoint: str = ""
    views: tuple[View, ...] = ()
    case: str = ""
    opening: Mapping[str, str] = field(default_factory=dict)
    quotes: Mapping[str, str] = field(default_factory=dict)
    voices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def readings(self) -> tuple[Situation, ...]:
        """Return the situation as each standpoint sees it, in the order they are first named.

        What is not contested holds for all. A facet that others contest is unknown to a
        standpoint that says nothing of it. Where nothing is contested, there is one reading.
        """
        if not self.views:
            return (self,)
        names: dict[str, str] = {}
        seen: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
        for view in self.views:
            who = names.setdefault(view.standpoint.casefold(), view.standpoint)
            known, quotes = seen.setdefault(who, (dict(self.facets), dict(self.quotes)))
            if view.value != UNKNOWN:
                known[view.facet] = view.value
            if view.quote:
                quotes[view.facet] = view.quote
        return tuple(
            replace(self, facets=known, quotes=quotes, standpoint=who, views=())
            for who, (known, quotes) in seen.items()
        )


def situation_of(facets: Mapping[str, str], frame: Frame, where: str = "facets") -> Situation:
    """Return the situation that these facet values describe.

    The value ``unknown`` is the same as leaving the facet out.

    Raises:
        BadSituation: a facet or a value does not exist; names the nearest ones, all at once.
    """
    return _situation({name: [Answer(value)] for name, value in facets.items()}, frame, where)


def situation_said(
    given: Sequence[tuple[str, str]], frame: Frame, where: str = "--facet"
) -> Situation:
    """Return the situation of pairs of facet and ``VALUE`` or ``VALUE@STANDPOINT``.

    A facet may stand several times, each time from another standpoint.

    Raises:
        BadSituation: facets, values or standpoints are wrong; all are named at once.
    """
    said: dict[str, list[Answer]] = {}
    for name, text in given:
        value, _, standpoint = text.partition("@")
        said.setdefault(name, []).append(Answer(value, standpoint))
    return _situation(said, frame, where)


def _situation(said: Mapping[str, Sequence[Answer]], frame: Frame, where: str) -> Situation:
    problems = [
        problem for name, answers in said.items() for _, problem in faults(name, answers, frame)
    ]
    if problems:
        # Each answer of a facet has the same fault where none says whose it is.
        raise BadSituation(where, list(dict.fromkeys(problems)))
    known, views = known_and_contested(said)
    facets, opening = parted(known, frame)
    return Situation("situation", facets=facets, views=views, opening=opening)


def parted(known: Mapping[str, str], frame: Frame) -> tuple[dict[str, str], dict[str, str]]:
    """Return the answers about the situation, and those to the opening questions."""
    facets = {name: value for name, value in known.items() if name in frame.facets}
    return facets, {name: value for name, value in known.items() if name not in frame.facets}


def case_of(case: str, frame: Frame) -> StoredCase:
    """Return the stored case of an id.

    Raises:
        UnknownThing: there is no such case; carries the nearest names.
    """
    entry = frame.cases.get(f"{PREFIXES['case']}{case}")
    if entry is None:
        raise UnknownThing(case, "case", frame.cases.index().ids_like(case))
    return entry


def situations_of_case(case: str, frame: Frame) -> list[Situation]:
    """Return the situation that a case began in, once for each of its readings.

    Raises:
        UnknownThing: there is no such case; carries the nearest names.
    """
    entry = case_of(case, frame)
    return [
        Situation(
            f"{case}/{reading.rpartition('/')[2]}",
            f"{entry.title}, as seen by: {entry.standpoints[reading]}",
            facets={facet: frame.values[value][1].id for facet, value in values.items()},
            standpoint=entry.standpoints[reading],
            case=case,
        )
        for reading, values in entry.readings.items()
    ]


def type_of(name: str, frame: Frame) -> str:
    """Return the id of a leadership type that is named by it or by its number.

    Raises:
        UnknownThing: there is no such type; carries the nearest ids, or which there are.
    """
    numbers = {str(entry.number): slug for slug, entry in frame.types.items()}
    if name in numbers:
        return numbers[name]
    if name not in frame.types:
        known = list(frame.types)
        raise UnknownThing(name, "leadership type", nearest(name, known), known)
    return name

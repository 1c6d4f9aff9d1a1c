"""What whoever convenes a room is told: who was heard, and where what was said differs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sysgraph.advice.heard import (
    FEWEST,
    OTHERS,
    Divided,
    Group,
    Person,
    count_heard,
    divided,
    hear,
    reading_of,
    side_by_side,
)
from sysgraph.advice.situation import UNKNOWN
from sysgraph.errors import clean
from sysgraph.pages.asking import answers_file, question_of, words_of
from sysgraph.pages.blocks import Html, html_of
from sysgraph.pages.brief import headline
from sysgraph.pages.contest import contested_blocks
from sysgraph.pages.objects import json_text, plain
from sysgraph.pages.words import sentence
from sysgraph.web.coded import coded_of

if TYPE_CHECKING:
    from sysgraph.advice.contest import Contest
    from sysgraph.advice.situation import Situation
    from sysgraph.web.kept import Room
    from sysgraph.web.site import Site

__all__ = [
    "Results",
    "answers_json",
    "answers_yaml",
    "counted",
    "heard_text",
    "results",
]

_SHOWN = 3
"""How many divided questions are shown first."""


def _names(site: Site) -> dict[str, str]:
    """Return what to call each voice, and those who are folded together."""
    found = {one.id: clean(one.plain_name or one.label) for one in site.frame.voices}
    return {**found, OTHERS: site.words["en"]["room"]["others"]}


def counted(people: Sequence[Person], site: Site) -> dict[str, object]:
    """Return who was heard so far, and of which voices nobody is shown."""
    names = _names(site)
    voices = [one.id for one in site.frame.voices]
    count = count_heard(people, voices)
    return {
        "people": count.people,
        "is_least": count.is_least,
        "heard": [
            (sentence(names[one]), count.voices[one]) for one in voices if one in count.voices
        ],
        "missing": [sentence(names[one]) for one in voices if one not in count.voices],
        "fewest": FEWEST,
    }


def heard_text(people: Sequence[Person], site: Site) -> str:
    """Return what is kept of a room that is closed: sums, in which nobody can be told apart."""
    mixed = list(people)
    secrets.SystemRandom().shuffle(mixed)
    groups = hear(mixed, [one.id for one in site.frame.voices])
    return json.dumps([asdict(group) for group in groups])


def _groups(heard: str, site: Site) -> list[Group]:
    """Return the groups of a room, without what the library of today does not know any more."""
    found = [Group(**each) for each in json.loads(heard)]
    known = {name: {*values, UNKNOWN} for name, values in site.frame.answerable.items()}
    return [
        replace(
            each,
            told={
                name: {value: count for value, count in told.items() if value in known[name]}
                for name, told in each.told.items()
                if name in known
            },
        )
        for each in found
        if each.voice in _names(site)
    ]


def _readings(heard: str, site: Site) -> list[Situation]:
    names = _names(site)
    return [reading_of(one, site.frame, names[one.voice]) for one in _groups(heard, site)]


@dataclass(frozen=True, slots=True)
class Majority:
    """What the people of one group say, as far as more than half of them do."""

    name: str
    people: int
    is_least: bool
    is_others: bool
    first: str
    address: str


@dataclass(frozen=True, slots=True)
class Parted:
    """A question on which the people of one group contradict each other."""

    name: str
    question: str
    told: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Results:
    """What a closed room shows."""

    told: Sequence[Majority]
    missing: Sequence[str]
    differ: Html
    parted: Sequence[Parted]
    more: Sequence[Parted]


def results(room: Room, site: Site) -> Results:
    """Return what a closed room shows: who was heard, where they differ, and inside whom."""
    return _results(site, room.heard or "[]")


@lru_cache(64)
def _results(site: Site, heard: str) -> Results:
    frame, names, groups = site.frame, _names(site), _groups(heard, site)
    told = [_told(*each, site) for each in zip(groups, _readings(heard, site), strict=True)]
    contest = _compared(site, heard)
    differ = html_of(contested_blocks(contest, frame)) if contest is not None else Html("")
    parted = [
        Parted(names[one.group.voice], question_of(one.facet), _said(one, site))
        for one in divided(groups, frame)
    ]
    spoke = {group.voice for group in groups}
    missing = [sentence(names[one.id]) for one in frame.voices if one.id not in spoke]
    return Results(told, missing, differ, parted[:_SHOWN], parted[_SHOWN:])


def _told(group: Group, reading: Situation, site: Site) -> Majority:
    first = headline(site.examiner.examine(reading)) if reading.facets else ""
    address, name = coded_of(reading, site.frame).address, sentence(reading.standpoint)
    return Majority(name, group.people, group.is_least, group.voice == OTHERS, first, address)


def _said(one: Divided, site: Site) -> list[tuple[str, int]]:
    words = words_of(one.facet) | {UNKNOWN: site.words["en"]["ask"]["unknown"]}
    return [(words[value], count) for value, count in one.told.items()]


@lru_cache(64)
def _compared(site: Site, heard: str) -> Contest | None:
    return site.compare(_readings(heard, site))


def answers_yaml(room: Room, site: Site) -> str:
    """Return what was said as a file of answers, which is read side by side."""
    readings = _readings(room.heard or "[]", site)
    found = side_by_side(readings, site.frame, room.title)
    voices = {name: (voice,) for voice, name in _names(site).items() if voice != OTHERS}
    spoken = {one.standpoint for one in readings} if found.views else set()
    sides = {name: voices.get(name, ()) for name in sorted(spoken)}
    return answers_file(replace(found, voices=sides), site.frame)


def answers_json(room: Room, site: Site) -> str:
    """Return how many people of which voice gave which answer, and where the readings differ."""
    names = _names(site)
    groups = [asdict(one) | {"name": names[one.voice]} for one in _groups(room.heard or "[]", site)]
    contest = _compared(site, room.heard or "[]")
    found = {
        "version": 1,
        "title": room.title,
        "library": site.library,
        "groups": groups,
        "contest": plain(contest) if contest else None,
    }
    return json_text(found)

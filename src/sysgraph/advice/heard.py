"""What a group said, voice by voice, so that nobody of a small voice can be picked out.

A voice of which fewer than three people spoke is shown only as far as these agree to it. The
others of such voices are folded together, and are shown where no voice can be told from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sysgraph.advice.frame import Facet, Frame
from sysgraph.advice.situation import UNKNOWN, Situation, View

__all__ = [
    "FEWEST",
    "OTHERS",
    "Count",
    "Divided",
    "Group",
    "Person",
    "count_heard",
    "divided",
    "hear",
    "reading_of",
    "side_by_side",
]

FEWEST = 3
"""How many people of a voice have to speak before it is shown without asking each of them."""

OTHERS = "others"
"""What those go by who are folded together."""


@dataclass(frozen=True, slots=True)
class Person:
    """What one person handed in: the voice they speak as, and their answers.

    ``agrees`` to be shown under a voice of fewer than three. Who ``is_gone`` took back what they
    said. ``came`` is how they spoke at first, where they hand in anew as another voice, or agree
    otherwise: as that they are counted while people still come and go.
    """

    voice: str
    answers: Mapping[str, str] = field(default_factory=dict)
    agrees: bool = False
    is_gone: bool = False
    came: Person | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many people were heard: by voice, as far as that may be shown, and in all.

    Where ``is_least``, there may be more in all than ``people``.
    """

    voices: Mapping[str, int]
    people: int
    is_least: bool


@dataclass(frozen=True, slots=True)
class Group:
    """People who are shown together, and how many of them gave which answer to what was asked.

    ``voice`` is ``OTHERS`` where they spoke as several. Where ``is_least``, there may be more of
    them, who are not counted.
    """

    voice: str
    people: int
    told: Mapping[str, Mapping[str, int]]
    is_least: bool = False

    def says(self, name: str) -> str:
        """Return the value that more than half of the people give, or nothing."""
        for value, count in self.told.get(name, {}).items():
            if value != UNKNOWN and 2 * count > self.people:
                return value
        return ""


@dataclass(frozen=True, slots=True)
class Divided:
    """A facet on which people of one group contradict each other, with how many say what."""

    group: Group
    facet: Facet
    told: Mapping[str, int]


def count_heard(people: Collection[Person], voices: Iterable[str]) -> Count:
    """Return how many were heard so far, while people still come and go.

    Who took back what they said is counted on: a figure that went down would tell which voice
    they spoke as. Who speaks as another voice by now is counted once, and as the first. Of those
    whose voice is not shown so many are counted in as could all be of other voices than any one.
    """
    ever, agreed = _counts(one.came or one for one in people)
    shown = {name: ever[name] if ever[name] >= FEWEST else agreed[name] for name in voices}
    total = sum(shown.values())
    hidden, room = len(people) - total, _room(ever, agreed, shown)
    kept = {name: count for name, count in shown.items() if count}
    return Count(kept, total + min(hidden, room), is_least=hidden >= room)


def hear(people: Sequence[Person], voices: Sequence[str]) -> tuple[Group, ...]:
    """Return what was said, once and for all: two views that differ would tell people apart.

    Where more are folded together than may be, those who come last are left out, so that whoever
    calls has to put people into an order that tells nothing of them. A voice that had three, and
    lost them, was seen to be there; its people are then shown as far as they agree, or not at all.
    """
    here = [one for one in people if not one.is_gone]
    came, came_agreed = _counts(one.came or one for one in people)
    now, now_agreed = _counts(here)
    # What was seen before, or is seen now: of either the greater.
    ever, agreed = came | now, came_agreed | now_agreed
    found, folded = [], []
    for name in voices:
        those = [one for one in here if one.voice == name]
        shown = those if now[name] >= FEWEST else [one for one in those if one.agrees]
        if shown:
            found.append(_group(name, shown))
    for one in here:
        if ever[one.voice] < FEWEST and not one.agrees and one.voice in voices:
            folded.append(one)
    room = _room(ever, agreed, voices)
    if min(len(folded), room) >= FEWEST:
        found.append(_group(OTHERS, folded[:room], is_least=len(folded) >= room))
    return tuple(found)


def _counts(people: Iterable[Person]) -> tuple[Counter[str], Counter[str]]:
    """Return how many speak as each voice, and how many of these agree."""
    listed = list(people)
    return Counter(one.voice for one in listed), Counter(one.voice for one in listed if one.agrees)


def _room(ever: Mapping[str, int], agreed: Mapping[str, int], voices: Iterable[str]) -> int:
    """Return how many of those who are not shown apart could be without any one of the voices.

    It hangs on nothing but what is shown: on how many of the small voices agreed.
    """
    free = [FEWEST - 1 - agreed[name] for name in voices if ever[name] < FEWEST]
    return sum(free) - max(free, default=0)


def _group(voice: str, people: Sequence[Person], *, is_least: bool = False) -> Group:
    told: dict[str, Counter[str]] = {}
    for one in people:
        for name, value in one.answers.items():
            told.setdefault(name, Counter())[value] += 1
    # In the order of the alphabet, for that of coming would tell who came first.
    counts = {name: dict(sorted(told[name].items())) for name in sorted(told)}
    return Group(voice, len(people), counts, is_least)


def reading_of(group: Group, frame: Frame, standpoint: str) -> Situation:
    """Return the situation as a group sees it: what more than half of its people say.

    Of anything else the group says nothing, and neither does anybody for it.
    """
    said = {name: group.says(name) for name in frame.answerable}
    facets = {name: said[name] for name in frame.facets if said[name]}
    opening = {name: said[name] for name in frame.opening if said.get(name)}
    return Situation("room", facets=facets, opening=opening, standpoint=standpoint)


def divided(groups: Iterable[Group], frame: Frame) -> list[Divided]:
    """Return where people of one group contradict each other, the strongest facets first."""
    found = list(_divided(groups, frame))
    return sorted(found, key=lambda one: -one.facet.strength)


def _divided(groups: Iterable[Group], frame: Frame) -> Iterator[Divided]:
    for group in groups:
        for name, facet in frame.facets.items():
            told = group.told.get(name, {})
            if len(told.keys() - {UNKNOWN}) > 1:
                order = [*facet.values, UNKNOWN]
                yield Divided(group, facet, {v: told[v] for v in order if v in told})


def side_by_side(readings: Sequence[Situation], frame: Frame, title: str = "") -> Situation:
    """Return one situation with all readings as the views of their standpoints.

    An opening question is answered where all say the same.
    """
    facets, views = {}, []
    for name in frame.facets:
        said = [one.facets.get(name, UNKNOWN) for one in readings]
        if len({*said}) > 1:
            pairs = zip(readings, said, strict=True)
            views += [View(name, value, one.standpoint) for one, value in pairs]
        elif said and said[0] != UNKNOWN:
            facets[name] = said[0]
    first = readings[0].opening if readings else {}
    opening = {n: v for n, v in first.items() if all(one.opening.get(n) == v for one in readings)}
    who = " and ".join(one.standpoint for one in readings) if not views else ""
    return Situation("room", title, "", facets, who, tuple(views), opening=opening)

"""Several readings of one situation: where they differ, and what settles which way of leading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice, product
from math import prod
from pathlib import PurePath

from sysgraph.advice.board import Board, Facets
from sysgraph.advice.frame import Facet, Frame
from sysgraph.advice.said import UNKNOWN
from sysgraph.advice.settlement import Readings
from sysgraph.advice.situation import Situation

__all__ = [
    "Answers",
    "Contest",
    "Difference",
    "Outcome",
    "Reach",
    "ReadingFront",
    "Settlement",
    "compare_readings",
    "group_answers",
]

_SHOWN = 64
"""The most outcomes that are worked out of settling several facets together."""


class Reach(StrEnum):
    """For which of its values the settling of a facet reconciles the readings.

    Whichever value it has; whichever of the values that a reading gives; or only some of these.
    """

    EVERY = "every"
    GIVEN = "given"
    SOME = "some"


@dataclass(frozen=True, slots=True)
class Answers:
    """What several people say of the situation of one id, each named by a standpoint."""

    id: str
    readings: tuple[Situation, ...]


@dataclass(frozen=True, slots=True)
class ReadingFront:
    """The front under one reading; ``abstains`` lists the tests on which too little is known.

    ``cautioned`` holds the types beside which a caution is shown.
    """

    standpoint: str
    situation: Situation
    front: tuple[str, ...]
    abstains: tuple[str, ...]
    cautioned: frozenset[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A facet on which readings differ: which standpoints give which value, or ``unknown``."""

    facet: Facet
    said: Mapping[str, tuple[str, ...]]

    @property
    def is_contradiction(self) -> bool:
        """Tell whether two readings give different values, and not only some say nothing."""
        return len(self.said.keys() - {UNKNOWN}) > 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the fronts become, reading by reading, once facets are settled to these values."""

    values: Mapping[str, str]
    fronts: tuple[tuple[str, ...], ...]

    @property
    def is_agreed(self) -> bool:
        """Tell whether all readings then have the same front."""
        return len(set(self.fronts)) == 1


@dataclass(frozen=True, slots=True)
class Settlement:
    """Facets that may be settled, and what comes of it.

    For one facet, ``outcomes`` has one for each of its values. For several, it has the first 64
    of the ``combinations`` of the values that are given.
    """

    facets: tuple[Facet, ...]
    reach: Reach
    outcomes: tuple[Outcome, ...]
    combinations: int


@dataclass(frozen=True, slots=True)
class Contest:
    """Readings of one situation side by side.

    ``always``, ``sometimes`` and ``never`` are the types on the front under all readings, some
    and none. ``questions`` are the single facets whose settling may reconcile the fronts, the
    most telling first. ``smallest`` is a smallest set of facets that reconciles whichever of the
    given values they are settled to, and ``others`` are the other sets of that size. These are
    empty where the fronts agree.
    """

    readings: tuple[ReadingFront, ...]
    differences: tuple[Difference, ...]
    always: tuple[str, ...]
    sometimes: tuple[str, ...]
    never: tuple[str, ...]
    questions: tuple[Settlement, ...]
    smallest: Settlement | None
    others: tuple[tuple[Facet, ...], ...]

    @property
    def is_parted(self) -> bool:
        """Tell whether the readings have different fronts."""
        return len({reading.front for reading in self.readings}) > 1

    @property
    def cautions_part(self) -> tuple[str, ...]:
        """Return the types on a front that are cautioned against under some readings only."""
        return tuple(
            kind
            for kind in (*self.always, *self.sometimes)
            if 0 < sum(kind in reading.cautioned for reading in self.readings) < len(self.readings)
        )


def group_answers(files: Sequence[tuple[str, Sequence[Situation]]]) -> tuple[Answers, ...]:
    """Return what the files say of each situation, those of one id together.

    ``files`` holds the name of each file with its situations. Of several readings, each goes by
    the standpoint that its file gives, or else by the name of the file without its ending; where
    two would go by the same, the whole name of the file is added.
    """
    groups: dict[str, list[tuple[str, Situation]]] = {}
    for where, situations in files:
        for situation in situations:
            for reading in situation.readings():
                groups.setdefault(situation.id, []).append((where, reading))
    return tuple(Answers(name, tuple(_distinct(listed))) for name, listed in groups.items())


def _distinct(found: Sequence[tuple[str, Situation]]) -> Iterable[Situation]:
    if len(found) == 1:  # whose it is matters only beside another
        yield found[0][1]
        return
    listed = [
        (where, replace(reading, standpoint=reading.standpoint or PurePath(where).stem))
        for where, reading in found
    ]
    names = [reading.standpoint.casefold() for _, reading in listed]
    for where, reading in listed:
        shared = names.count(reading.standpoint.casefold()) > 1
        yield replace(reading, standpoint=f"{reading.standpoint} ({where})") if shared else reading


def compare_readings(situations: Sequence[Situation], frame: Frame) -> Contest:
    """Return where readings of one situation differ, and what must be settled first.

    A situation with contested facets counts as its readings. Two readings without a standpoint,
    or with the same, are told apart by a number.

    Raises:
        ValueError: there is no situation.
    """
    readings = _numbered([one for situation in situations for one in situation.readings()])
    if not readings:
        raise ValueError("there is no reading to compare")
    board = Board.of(frame)
    fronts = tuple(_reading_front(reading, board, frame) for reading in readings)
    counts = {kind: sum(kind in one.front for one in fronts) for kind in frame.types}
    search = Readings.of(board, [reading.facets for reading in readings])
    questions = _questions(readings, search, frame)
    smallest, others = _smallest(readings, search, questions, frame)
    return Contest(
        fronts,
        tuple(_difference(frame.facets[name], readings) for name in search.held),
        tuple(kind for kind, count in counts.items() if count == len(fronts)),
        tuple(kind for kind, count in counts.items() if 0 < count < len(fronts)),
        tuple(kind for kind, count in counts.items() if not count),
        questions,
        smallest,
        others,
    )


def _numbered(readings: Sequence[Situation]) -> list[Situation]:
    found: list[Situation] = []
    for number, reading in enumerate(readings, 1):
        name = reading.standpoint or f"reading {number}"
        taken = {one.standpoint.casefold() for one in found}
        if name.casefold() in taken:
            name = f"{name} ({number})"
        found.append(replace(reading, standpoint=name))
    return found


def _reading_front(reading: Situation, board: Board, frame: Frame) -> ReadingFront:
    held = {frame.facets[name].values[value].iri for name, value in reading.facets.items()}
    return ReadingFront(
        reading.standpoint,
        reading,
        _front(board, reading.facets),
        tuple(test for test in board.tests if not board.is_known(test, reading.facets)),
        frozenset(caution.type for caution in frame.cautions if caution.conditions <= held),
    )


def _front(board: Board, facets: Facets) -> tuple[str, ...]:
    found = board.front(facets)
    return tuple(kind for kind in board.types if kind in found)


def _difference(facet: Facet, readings: Sequence[Situation]) -> Difference:
    said: dict[str, tuple[str, ...]] = {}
    for reading in readings:
        value = reading.facets.get(facet.id, UNKNOWN)
        said[value] = (*said.get(value, ()), reading.standpoint)
    return Difference(facet, said)


def _questions(
    readings: Sequence[Situation], search: Readings, frame: Frame
) -> tuple[Settlement, ...]:
    """Return the facets whose settling to some given value reconciles, the most telling first.

    First those that reconcile for more, then those on which readings contradict each other, then
    the strongest, then by the order of the graph.
    """
    if search.agree({}):
        return ()
    found = []
    for name, given in search.held.items():
        outcomes = tuple(
            _outcome({name: value}, readings, search.board) for value in frame.facets[name].values
        )
        agreed = {outcome.values[name] for outcome in outcomes if outcome.is_agreed}
        if agreed.intersection(given):
            reach = Reach.GIVEN if agreed.issuperset(given) else Reach.SOME
            reach = Reach.EVERY if len(agreed) == len(outcomes) else reach
            found.append(Settlement((frame.facets[name],), reach, outcomes, len(outcomes)))
    order = list(Reach)
    return tuple(
        sorted(found, key=lambda one: (order.index(one.reach), _weight(one.facets, search)))
    )


def _outcome(values: Facets, readings: Sequence[Situation], board: Board) -> Outcome:
    return Outcome(
        values, tuple(_front(board, {**reading.facets, **values}) for reading in readings)
    )


def _weight(facets: Iterable[Facet], search: Readings) -> tuple[int, list[int]]:
    """Return by what facets are ordered, the ones to settle first lowest.

    Strengths are compared, the greatest first, and never added up over the two tests.
    """
    listed = list(facets)
    silent = sum(len(search.held[facet.id]) < 2 for facet in listed)
    return silent, sorted(-facet.strength for facet in listed)


def _smallest(
    readings: Sequence[Situation],
    search: Readings,
    questions: Sequence[Settlement],
    frame: Frame,
) -> tuple[Settlement | None, tuple[tuple[Facet, ...], ...]]:
    sure = [one for one in questions if one.reach is not Reach.SOME]
    if sure:
        return sure[0], tuple(one.facets for one in sure[1:])
    sets = [tuple(frame.facets[name] for name in chosen) for chosen in search.smallest()]
    if not sets:
        return None, ()
    first, *others = sorted(sets, key=lambda facets: _weight(facets, search))
    names = [facet.id for facet in first]
    given = [search.held[name] for name in names]
    outcomes = tuple(
        _outcome(dict(zip(names, values, strict=True)), readings, search.board)
        for values in islice(product(*given), _SHOWN)
    )
    count = prod(len(values) for values in given)
    return Settlement(first, Reach.GIVEN, outcomes, count), tuple(others)

"""Several readings of one situation: where they differ, and what settles the advice, exactly.

To settle a facet is to give all readings the same value of it. A set of facets *reconciles* the
readings if their fronts agree whichever of the values given by one of them each facet is settled
to. More facets do not always reconcile where fewer do, so that all sets of a size are tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from functools import cache
from itertools import combinations, islice, product
from math import prod
from pathlib import PurePath

from sysgraph.advice.board import (
    Board,
    Facets,
    Marks,
    Point,
    Ranks,
    added,
    holding_cautions,
    ranks,
    unbeaten,
)
from sysgraph.advice.frame import Facet, Frame
from sysgraph.advice.situation import UNKNOWN, Situation

__all__ = [
    "Agreement",
    "Contest",
    "Difference",
    "FacetAgreement",
    "Reach",
    "ReadingFront",
    "Readings",
    "Reliability",
    "Settled",
    "Settlement",
    "agreement",
    "compare_readings",
    "group_answers",
    "pooled",
    "unlike_pairs",
]

_Ranked = tuple[Ranks | None, Marks]
"""How the types rank on a test, None where too little of it is known, and what it does to gates."""

_Joint = tuple[_Ranked, ...]
"""How that is under each reading."""


class _TooMuch(Exception):
    """The search takes more steps than it may."""


class Readings:
    """Several readings of one situation, for searching what reconciles them.

    ``held`` maps each facet on which they differ to the values that one of them gives. Where
    ``most`` is given, the search takes no more steps than that, and ``is_cut`` tells that more
    were needed.
    """

    def __init__(self, board: Board, readings: Sequence[Facets], most: int | None = None) -> None:
        """Compare them facet by facet; to say nothing is to differ from all who say something."""
        self.board, self.readings = board, readings
        said = {name: [reading.get(name) for reading in readings] for name in board.says}
        self.held = {
            name: tuple(dict.fromkeys(value for value in values if value is not None))
            for name, values in said.items()
            if len(set(values)) > 1
        }
        self.is_cut = False
        self._left = most
        self._leading = cache(self._lead)
        self._ranked = cache(self._rank)

    def settle(self, values: Facets) -> Settled:
        """Return what the fronts are once facets are settled to these values."""
        fronts = [self.board.front({**reading, **values}) for reading in self.readings]
        return Settled(values, tuple(map(self.board.in_order, fronts)))

    def reconciles(self, chosen: Sequence[str]) -> bool:
        """Tell whether settling these facets reconciles, whichever given values they get."""
        parts = [
            (test, frozenset(chosen).intersection(self.board.facets[test]))
            for test in self.board.tests
        ]
        # Taking each reading's own values first refutes most sets at little cost.
        own = zip(*(self._ranked(*part, True) for part in parts), strict=True)
        return all(self._is_one_front(joints) for joints in own) and all(
            self._is_one_front(joints)
            for joints in product(*(self._ranked(*part, False) for part in parts))
        )

    def smallest(self) -> list[tuple[str, ...]]:
        """Return all sets of facets of the smallest size that reconciles; empty if all agree.

        To settle every facet on which the readings differ always reconciles, and is what comes
        of a search that is cut.
        """
        if self.settle({}).is_agreed:
            return []
        names = tuple(self.held)
        try:
            for size in range(1, len(names)):
                found = [chosen for chosen in combinations(names, size) if self.reconciles(chosen)]
                if found:
                    return found
        except _TooMuch:
            self.is_cut = True
        return [names]

    def _spend(self, steps: int) -> None:
        if self._left is not None:
            self._left -= steps
            if self._left < 0:
                raise _TooMuch

    def _lead(self, joint: tuple[_Ranked, ...]) -> frozenset[str]:
        known = [each for each, _ in joint if each is not None]
        ahead = unbeaten(known, len(self.board.types)) if known else ()
        shut = self.board.shut(marks for _, marks in joint)
        return frozenset(self.board.types[at] for at in ahead) - shut

    def _is_one_front(self, joints: Sequence[_Joint]) -> bool:
        self._spend(1)
        return len({self._leading(joint) for joint in zip(*joints, strict=True)}) == 1

    def _rank(self, test: str, here: frozenset[str], own: bool) -> list[_Joint]:
        """Return how the types may rank on a test under all readings, once facets are settled.

        They are settled to all given values, or to each reading's ``own``: the first given
        where it says nothing.
        """
        board = self.board
        if own:
            said = [{n: r.get(n, self.held[n][0]) for n in here} for r in self.readings]
            settled = [(board.point(test, each), board.marks(each, here)) for each in said]
        else:
            settled = list(self._given(test, here))
        self._spend(len(settled))
        rest_of = frozenset(board.facets[test]) - here
        bases = []
        for reading in self.readings:
            rest = {name: value for name, value in reading.items() if name not in here}
            # Whether enough is known hangs on which facets are known, not on their values.
            known = board.is_known(test, rest | dict.fromkeys(here, ""))
            bases.append((known, board.point(test, rest), board.marks(rest, rest_of)))
        found = [
            tuple(
                (ranks(added(base, point)) if known else None, (met & mine, lifted | yours))
                for known, base, (mine, yours) in bases
            )
            for point, (met, lifted) in settled
        ]
        return found if own else list(dict.fromkeys(found))

    def _given(self, test: str, here: frozenset[str]) -> set[tuple[Point, Marks]]:
        """Return what the settled facets alone lead to, for all given values."""
        every = (1 << len(self.board.gates)) - 1
        found: set[tuple[Point, Marks]] = {((0,) * len(self.board.types), (every, 0))}
        for name in here:
            each = [{name: value} for value in self.held[name]]
            more = [(self.board.point(test, one), self.board.marks(one, one)) for one in each]
            self._spend(len(found) * len(more))
            found = {
                (added(one, other), (met & own, lifted | off))
                for one, (met, lifted) in found
                for other, (own, off) in more
            }
        return found


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
class ReadingFront:
    """The front under one reading; ``abstains`` lists the tests on which too little is known.

    ``cautioned`` holds the types beside which a caution is shown, ``gated`` those that would come
    first but for a gate.
    """

    standpoint: str
    situation: Situation
    front: tuple[str, ...]
    abstains: tuple[str, ...]
    cautioned: frozenset[str]
    gated: frozenset[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A facet on which readings differ: which standpoints give which value, or ``unknown``."""

    facet: Facet
    said: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Settled:
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
    outcomes: tuple[Settled, ...]
    combinations: int


@dataclass(frozen=True, slots=True)
class Contest:
    """Readings of one situation side by side.

    ``always``, ``sometimes`` and ``never`` are the types on the front under all readings, some
    and none. ``questions`` are the single facets whose settling may reconcile the fronts, the
    most telling first. ``smallest`` is a smallest set of facets that reconciles whichever of the
    given values they are settled to, and ``others`` are the other sets of that size. These are
    empty where the fronts agree. Where the search ``is_cut``, ``smallest`` are all facets on which
    the readings differ, and fewer may do.
    """

    readings: tuple[ReadingFront, ...]
    differences: tuple[Difference, ...]
    always: tuple[str, ...]
    sometimes: tuple[str, ...]
    never: tuple[str, ...]
    questions: tuple[Settlement, ...]
    smallest: Settlement | None
    others: tuple[tuple[Facet, ...], ...]
    is_cut: bool = False

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


def group_answers(
    files: Sequence[tuple[str, Sequence[Situation]]],
) -> dict[str, tuple[Situation, ...]]:
    """Return the readings that the files give of each situation, by its id.

    ``files`` holds the name of each file with its situations. Of several readings, each goes by
    the standpoint that its file gives, or else by the name of the file without its ending; where
    two would go by the same, the whole name of the file is added.
    """
    groups: dict[str, list[tuple[str, Situation]]] = {}
    for where, situations in files:
        for situation in situations:
            for reading in situation.readings():
                groups.setdefault(situation.id, []).append((where, reading))
    return {name: tuple(_distinct(listed)) for name, listed in groups.items()}


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


def compare_readings(
    situations: Sequence[Situation], frame: Frame, most: int | None = None
) -> Contest:
    """Return where readings of one situation differ, and what must be settled first.

    A situation with contested facets counts as its readings. Two readings without a standpoint,
    or with the same, are told apart by a number. The search takes at most so many steps as
    ``most`` says, if it is given: some hundred thousand take a second.

    Raises:
        ValueError: there is no situation.
    """
    readings = _numbered([one for situation in situations for one in situation.readings()])
    if not readings:
        raise ValueError("there is no reading to compare")
    search = Readings(frame.board, [reading.facets for reading in readings], most)
    fronts = search.settle({}).fronts
    counts = {kind: sum(kind in front for front in fronts) for kind in frame.types}
    questions = _questions(search, frame)
    smallest, others = _smallest(search, questions, frame)
    return Contest(
        tuple(_reading_front(*each, frame) for each in zip(readings, fronts, strict=True)),
        tuple(_difference(frame.facets[name], readings) for name in search.held),
        tuple(kind for kind, count in counts.items() if count == len(fronts)),
        tuple(kind for kind, count in counts.items() if 0 < count < len(fronts)),
        tuple(kind for kind, count in counts.items() if not count),
        questions,
        smallest,
        others,
        search.is_cut,
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


def _reading_front(reading: Situation, front: tuple[str, ...], frame: Frame) -> ReadingFront:
    return ReadingFront(
        reading.standpoint,
        reading,
        front,
        frame.board.abstains(reading.facets),
        frozenset(c.type for c in holding_cautions(reading.facets, frame)),
        frame.board.ahead(reading.facets) - frozenset(front),
    )


def _difference(facet: Facet, readings: Sequence[Situation]) -> Difference:
    said: dict[str, tuple[str, ...]] = {}
    for reading in readings:
        value = reading.facets.get(facet.id, UNKNOWN)
        said[value] = (*said.get(value, ()), reading.standpoint)
    return Difference(facet, said)


def _questions(search: Readings, frame: Frame) -> tuple[Settlement, ...]:
    """Return the facets whose settling to some given value reconciles, the most telling first.

    First those that reconcile for more, then those on which readings contradict each other, then
    the strongest, then by the order of the graph.
    """
    if search.settle({}).is_agreed:
        return ()
    found = []
    for name, given in search.held.items():
        facet = frame.facets[name]
        outcomes = tuple(search.settle({name: value}) for value in facet.values)
        agreed = {outcome.values[name] for outcome in outcomes if outcome.is_agreed}
        if agreed.intersection(given):
            reach = Reach.GIVEN if agreed.issuperset(given) else Reach.SOME
            reach = Reach.EVERY if len(agreed) == len(outcomes) else reach
            found.append(Settlement((facet,), reach, outcomes, len(outcomes)))
    order = list(Reach)
    found.sort(key=lambda one: (order.index(one.reach), _weight(one.facets, search)))
    return tuple(found)


def _weight(facets: Sequence[Facet], search: Readings) -> tuple[int, list[int]]:
    """Return by what facets are ordered, the ones to settle first lowest.

    Strengths are compared, the greatest first, and never added up over the two tests.
    """
    silent = sum(len(search.held[facet.id]) < 2 for facet in facets)
    return silent, sorted(-facet.strength for facet in facets)


def _smallest(
    search: Readings, questions: Sequence[Settlement], frame: Frame
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
        search.settle(dict(zip(names, values, strict=True)))
        for values in islice(product(*given), _SHOWN)
    )
    count = prod(len(values) for values in given)
    return Settlement(first, Reach.GIVEN, outcomes, count), tuple(others)


MOST = 2000
"""The most cases that are compared unless more are asked for; these take under a second."""


@dataclass(slots=True)
class Reliability:
    """How far codings agree: in ``cases`` there are two or more, in ``alike`` all say the same.

    ``alpha`` is Krippendorff's for values that have no order: 1 less the disagreement ``seen``
    over that which would be ``expected`` if all values were dealt out by chance. It is 1 where
    codings always agree, 0 where they agree as chance would have it, and less where they agree
    less often. Only cases with two codings or more count. Exact.

    Source: Hayes and Krippendorff, Answering the Call for a Standard Reliability Measure for
    Coding Data, Communication Methods and Measures 1(1), 2007.
    """

    cases: int = 0
    alike: int = 0
    seen: Fraction = Fraction(0)
    totals: Counter[str] = field(default_factory=Counter)

    def add(self, values: Iterable[str]) -> None:
        """Count what was coded in one case."""
        counts = Counter(values)
        known = counts.total()
        if known > 1:
            self.cases += 1
            self.alike += len(counts) == 1
            self.seen += Fraction(unlike_pairs(counts), known - 1)
            self.totals += counts

    @property
    def expected(self) -> Fraction:
        """Return the disagreement that chance would give with these values."""
        total = self.totals.total()
        return Fraction(unlike_pairs(self.totals), total - 1) if total > 1 else Fraction(0)

    @property
    def alpha(self) -> Fraction | None:
        """Return alpha, or None where all values are the same, so that nothing can be said."""
        return pooled([self])


@dataclass(slots=True)
class FacetAgreement(Reliability):
    """How far readings agree on a facet, in the cases in which two or more know it."""

    facet: Facet = field(kw_only=True)


def pooled(things: Sequence[Reliability]) -> Fraction | None:
    """Return alpha over several things, each compared with itself, or None if nothing varies."""
    none = Fraction(0)
    expected = sum((one.expected for one in things), none)
    return 1 - sum((one.seen for one in things), none) / expected if expected else None


def unlike_pairs(counts: Counter[str]) -> int:
    """Return how many ordered pairs of the counted values differ."""
    return counts.total() ** 2 - sum([count * count for count in counts.values()])


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the readings of the stored cases agree.

    ``facets`` come with the most disagreement first. ``overall`` sets the disagreement seen over
    that expected, each summed over the facets, so that a facet is only compared with itself. Of
    ``total`` stored cases ``looked`` were looked at, evenly spread over their ids; ``compared`` of
    them have two readings or more, ``parted`` of these with different fronts.
    """

    facets: tuple[FacetAgreement, ...]
    overall: Fraction | None
    total: int
    looked: int
    compared: int
    parted: int


def agreement(frame: Frame, limit: int = MOST) -> Agreement:
    """Return how far the readings of the cases that a frame reaches agree.

    Takes 0.3 to 0.4 ms a case, and memory for some hundreds of them.
    """
    ids = frame.cases.index().ids
    looked = min(len(ids), limit)
    facets = [FacetAgreement(facet=facet) for facet in frame.facets.values()]
    compared = parted = 0
    for _, read in frame.cases.readings([ids[at * len(ids) // looked] for at in range(looked)]):
        if len(read) < 2:
            continue
        readings = [
            {name: frame.values[iri][1].id for name, iri in each.items()} for each in read.values()
        ]
        for one in facets:
            one.add(reading[one.facet.id] for reading in readings if one.facet.id in reading)
        compared += 1
        parted += len({frame.board.front(reading) for reading in readings}) > 1
    overall = pooled(facets)
    facets.sort(key=lambda one: (one.alpha is None, one.alpha or 0))
    return Agreement(tuple(facets), overall, len(ids), looked, compared, parted)

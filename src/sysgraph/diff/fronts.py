"""Which advice changes: each situation worked out on both sides, and what made the difference.

How much of the evidence of a type comes from one contributor, or from one driver of change.
The evidence on both sides: cases of each type by judgement, and which are nearest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sysgraph.advice.board import Facets
from sysgraph.advice.dissent import Dissent, discount, dissent
from sysgraph.advice.frame import Frame, LeadershipType
from sysgraph.advice.situation import Situation
from sysgraph.diff.overlay import Side
from sysgraph.diff.report import Count, Move, Nearness, Reason, Record, Standing, Status, why_fallen
from sysgraph.terms import PREFIXES, local_name

__all__ = [
    "MOST_CASES",
    "Board",
    "Trial",
    "board_of",
    "compare_counts",
    "compare_nearness",
    "large_shares",
    "moves",
    "stored_trials",
]

MOST_CASES = 500
"""How many cases' situations are worked out; of more, the first by id."""
_SYSG = PREFIXES["sysg"]


@dataclass(frozen=True, slots=True)
class Board:
    """A side ready to give advice: its frame with what counts alone, and what was said of it."""

    full: Frame
    counted: Frame
    found: Dissent


def board_of(side: Side) -> Board:
    """Return what advice by a side is made from, critiques taken into account."""
    full = side.frame
    found = dissent(full)
    return Board(full, discount(full, found), found)


@dataclass(frozen=True, slots=True)
class Trial:
    """A situation as it is described on both sides; mostly the same on each."""

    id: str
    title: str
    before: Facets
    after: Facets


def stored_trials(before: Side, after: Side, changed: Iterable[str]) -> list[Trial]:
    """Return the situations that the readings of all stored cases describe.

    Cases that are on one side only are taken as that side describes them.
    """
    is_changed = {*changed}
    names = sorted(name for name in {*before.names, *after.names} if "/" not in name)
    found = []
    for name in names[:MOST_CASES]:
        new = dict(_readings(name, after))
        old = dict(_readings(name, before)) if name in is_changed else new
        for reading in dict.fromkeys((*new, *old)):
            title, facets = new.get(reading) or old[reading]
            was = old.get(reading, (title, facets))[1]
            found.append(Trial(f"{name}/{reading}", title, was, facets))
    return found


def _readings(name: str, side: Side) -> Iterator[tuple[str, tuple[str, Facets]]]:
    """Yield the standpoint of each reading, with the case's title and what the reading sees."""
    said: dict[tuple[str, str], list[str]] = {}
    for subject, predicate, value in side.statements(name):
        said.setdefault((subject, predicate), []).append(value)
    case = f"<{PREFIXES['case']}{name}>"
    titles = said.get((case, f"<{PREFIXES['dcterms']}title>"), [f'"{name}"'])
    title = titles[0][1 : titles[0].rindex('"')]
    values = {
        f"<{value.iri}>": (facet.id, value.id)
        for facet in side.frame.facets.values()
        for value in facet.values.values()
    }
    seen: dict[str, int] = {}
    for reading in sorted(said.get((case, f"<{_SYSG}hasReading>"), ()), key=lambda r: (len(r), r)):
        points = said.get((reading, f"<{_SYSG}standpoint>"), ['""'])
        point = points[0][1 : points[0].rindex('"')]
        seen[point] = seen.get(point, 0) + 1
        name_of = point + (f" {seen[point]}" if seen[point] > 1 else "")
        watched = said.get((reading, f"<{_SYSG}hasObservation>"), [])
        held = [*said.get((reading, f"<{_SYSG}hasFacetValue>"), ())]
        held += [v for one in watched for v in said.get((one, f"<{_SYSG}observesValue>"), ())]
        yield (
            name_of,
            (f"{title}, as seen by: {point}", dict(values[v] for v in held if v in values)),
        )


def moves(trials: Sequence[Trial], before: Board, after: Board) -> list[Move]:
    """Return what changes in the advice for each situation; where nothing does, nothing.

    Situations that are described alike are passed over where both sides hold the same
    considerations, cautions, facets and types to count.
    """
    is_same = _scales(before.counted) == _scales(after.counted)
    types = {**before.full.types, **after.full.types}  # another label is no other type
    boards = (_Worked(before, types), _Worked(after, types))
    found = []
    for trial in trials:
        if is_same and trial.before == trial.after:
            continue
        move = _move(trial, *boards)
        if move is not None:
            found.append(move)
    return found


def _scales(frame: Frame) -> tuple[object, ...]:
    kinds = (frame.types, frame.tests, frame.facets, frame.considerations, frame.cautions)
    return tuple(kinds)


class _Worked:
    """A board with the names of the types on either side."""

    def __init__(self, board: Board, types: Mapping[str, LeadershipType]) -> None:
        self.types = types
        self.board = board
        self.frame = board.counted

    def situation(self, facets: Facets) -> Situation:
        """Return what of a situation this side has words for."""
        known = self.frame.facets
        held = {f: v for f, v in facets.items() if f in known and v in known[f].values}
        return Situation("situation", facets=held)

    def standings(self, situation: Situation) -> dict[tuple[str, str], object]:
        return {
            (kind, test): self.frame.board.standing(kind, test, situation.facets).value
            for kind in self.frame.types
            for test in self.frame.tests
        }

    def label(self, kind: str) -> str:
        found = self.types.get(kind)
        return f"{found.number} {found.label}" if found else kind


def _move(trial: Trial, old: _Worked, new: _Worked) -> Move | None:
    situations = (old.situation(trial.before), new.situation(trial.after))
    were, are = old.standings(situations[0]), new.standings(situations[1])
    standings = tuple(
        Standing(new.label(key[0]), key[1], _number(were.get(key)), _number(are.get(key)))
        for key in dict.fromkeys((*were, *are))
        if were.get(key) != are.get(key)
    )
    fronts = [_front(side, each) for side, each in zip((old, new), situations, strict=True)]
    reasons = tuple(_reasons(situations, old, new))
    if not standings and fronts[0] == fronts[1] and not reasons:
        return None
    is_other = trial.before != trial.after
    return Move(trial.id, trial.title, fronts[0], fronts[1], standings, reasons, is_other)


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]


def _front(side: _Worked, situation: Situation) -> tuple[str, ...]:
    board = side.frame.board
    return tuple(side.label(kind) for kind in board.in_order(board.front(situation.facets)))


_Key = tuple[str, str, str]


def _reasons(
    situations: tuple[Situation, Situation], old: _Worked, new: _Worked
) -> Iterator[Reason]:
    were, are = (
        dict(_counted_boards(situation, side))
        for situation, side in zip(situations, (old, new), strict=True)
    )
    for key in sorted(were.keys() - are.keys()):
        yield replace(were[key], status=Status.REMOVED, because=_because(key[0], new.board))
    for key in sorted(are.keys() - were.keys()):
        yield replace(are[key], status=Status.ADDED, because=_because(key[0], old.board))


def _because(iri: str, other: Board) -> str:
    """Return why something does not count on the side where it is still there."""
    claims = [claim for claim in other.found.fallen if claim.target.iri == iri]
    return why_fallen(claims[0], other.found) if claims else ""


def _counted_boards(situation: Situation, side: _Worked) -> Iterator[tuple[_Key, Reason]]:
    """Yield what counts in a situation, by IRI, type and what it does there."""
    held = {
        side.frame.facets[facet].values[value].iri: (side.frame.facets[facet], value)
        for facet, value in situation.facets.items()
    }
    for consideration in side.frame.considerations:
        if consideration.value not in held:
            continue
        facet, value = held[consideration.value]
        for does, kinds in (("for", consideration.supports), ("against", consideration.undermines)):
            for kind in kinds:
                where = (facet.id, facet.values[value].label)
                reason = Reason(
                    consideration.iri, side.label(kind), does, *where, consideration.why, kind
                )
                yield (consideration.iri, kind, f"{does} {facet.strength}"), reason
    for caution in side.frame.cautions:
        if caution.conditions <= held.keys():
            label = side.label(caution.type)
            reason = Reason(caution.iri, label, "cautions", "", "", caution.message, caution.type)
            yield (caution.iri, caution.type, "cautions"), reason


LARGE = 0.25
"""From which share of the cases of a type on one hand is a large one."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many cases of a type are from one hand; ``before`` and ``after`` are shares of 1."""

    role: str
    name: str
    type: str
    mine: int
    of: int
    before: float
    after: float


def large_shares(
    before: Mapping[str, Record], after: Mapping[str, Record], changed: Collection[str]
) -> Iterator[Share]:
    """Yield each contributor and sponsor of changed cases whose share has grown and is large.

    The sponsor of a case is whoever set the change going, and two are the same where they are
    called the same; one with a single case is not told.
    """
    roles: tuple[tuple[str, Callable[[Record], tuple[str, str]], int], ...] = (
        ("contributor", lambda one: (one.contributor_key, one.contributor), 1),
        ("sponsor", lambda one: (" ".join(one.driver.casefold().split()), one.driver), 2),
    )
    for role, name_of, fewest in roles:
        was, now = (_counted_shares(side, name_of) for side in (before, after))
        hands = sorted(
            {(*name_of(after[name]), after[name].type) for name in changed if name in after}
        )
        for key, name, kind in hands:
            mine, of = now[key, kind], now["", kind]
            share = mine / of if of else 0.0
            earlier = was[key, kind] / was["", kind] if was["", kind] else 0.0
            if key and mine >= fewest and share >= LARGE and share > earlier:
                yield Share(role, name, local_name(kind.strip("<>")), mine, of, earlier, share)


def _counted_shares(
    side: Mapping[str, Record], name_of: Callable[[Record], tuple[str, str]]
) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for one in side.values():
        found["", one.type] += 1
        if name_of(one)[0]:
            found[name_of(one)[0], one.type] += 1
    return found


NEAREST = 5
"""How many of the most similar cases of a type are looked at."""


def compare_counts(before: Board, after: Board) -> list[Count]:
    """Return what is counted otherwise: cases of each type, by test and judgement.

    Cases and classifications that stand attacked are not counted, as in advice. Failures come
    first.
    """
    was, now = _counted(before), _counted(after)
    failures = before.full.failures | after.full.failures
    order = list({**before.full.types, **after.full.types})
    labels = {
        kind: f"{one.number} {one.label}"
        for kind, one in {**before.full.types, **after.full.types}.items()
    }
    keys = sorted(
        {*was, *now},
        key=lambda key: ((key[2], key[1]) not in failures, order.index(key[0]), key[1:]),
    )
    return [
        Count(labels[kind], test, judgement, was.get(key, 0), now.get(key, 0))
        for key in keys
        if was.get(key, 0) != now.get(key, 0)
        for kind, test, judgement in (key,)
    ]


def _counted(board: Board) -> dict[tuple[str, str, str], int]:
    frame = board.counted
    lookup, index = frame.cases.lookup(()), frame.cases.index()
    fallen = board.found.judgements
    found = {}
    for kind in frame.types:
        rows = lookup.of_type(kind)
        found[kind, "", ""] = lookup.count(rows)
        for test in frame.tests:
            for key, held in index.holding(f"{test}="):
                found[kind, test, key] = lookup.count(rows & held)
    for case_id, test in fallen:  # a judgement that stands attacked is no evidence either way
        case = board.full.cases.get(f"{PREFIXES['case']}{case_id}")
        if case is not None and case.type in frame.types:
            judged = (case.type, test, case.led if test == "led" else case.working)
            found[judged] = max(0, found.get(judged, 0) - 1)
    return found


def compare_nearness(
    names: Iterable[str], trials: Sequence[Trial], before: Board, after: Board
) -> Iterator[Nearness]:
    """Yield for each changed case in how many situations it is among the most similar ones.

    Of its own readings it is always the most similar, and these are left out.
    """
    cases = [name for name in names if "/" not in name]
    if not cases:
        return
    was, now = (_listings(trials, board, cases) for board in (before, after))
    for name in cases:
        found = Nearness(
            name, *(side.get((name, fails), 0) for fails in (False, True) for side in (was, now))
        )
        if found.after or found.before or found.failure_after or found.failure_before:
            yield found


def _listings(
    trials: Sequence[Trial], board: Board, cases: Sequence[str]
) -> dict[tuple[str, bool], int]:
    """Return how often each case is listed, and how often as the most similar failure."""
    frame = board.counted
    kinds = {_kind(name, board.full) for name in cases} - {""}
    found: dict[tuple[str, bool], int] = {}
    for trial in trials:
        values = _values(trial, frame)
        lookup = frame.cases.lookup(values)
        failed = lookup.judged(frame.failures)
        own = trial.id.partition("/")[0]
        for kind in kinds:
            rows = lookup.of_type(kind)
            near = [one.case_id for one in lookup.nearest(rows, NEAREST)]
            worst = [one.case_id for one in lookup.nearest(rows & failed, 1)]
            for names, fails in ((near, False), (worst, True)):
                for name in names:
                    if name in cases and name != own:
                        found[name, fails] = found.get((name, fails), 0) + 1
    return found


def _kind(name: str, frame: Frame) -> str:
    case = frame.cases.get(f"{PREFIXES['case']}{name}")
    return case.type if case else ""


def _values(trial: Trial, frame: Frame) -> set[str]:
    facets = frame.facets
    return {
        facets[facet].values[value].iri
        for facet, value in trial.after.items()
        if facet in facets and value in facets[facet].values
    }

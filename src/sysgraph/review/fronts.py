"""Which advice changes: each situation worked out on both sides, and what made the difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sysgraph.advice.board import Facets
from sysgraph.advice.dissent import Dissent, discount, dissent
from sysgraph.advice.frame import Frame, LeadershipType
from sysgraph.advice.situation import Situation
from sysgraph.advice.standing import front, signs, stand
from sysgraph.review.claims import why_fallen
from sysgraph.review.report import Move, Reason, Standing, Status
from sysgraph.review.side import Side
from sysgraph.terms import PREFIXES

__all__ = ["MOST_CASES", "Board", "Trial", "board_of", "moves", "stored_trials"]

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
    """A board with its signs worked out once."""

    def __init__(self, board: Board, types: Mapping[str, LeadershipType]) -> None:
        self.types = types
        self.board = board
        self.frame = board.counted
        self.signs = signs(self.frame)

    def situation(self, facets: Facets) -> Situation:
        """Return what of a situation this side has words for."""
        known = self.frame.facets
        held = {f: v for f, v in facets.items() if f in known and v in known[f].values}
        return Situation("situation", facets=held)

    def standings(self, situation: Situation) -> dict[tuple[str, str], object]:
        return {
            (kind, test): stand(situation, kind, test, self.frame, self.signs).value
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
    fronts = [_front(side, found) for side, found in ((old, were), (new, are))]
    reasons = tuple(_reasons(situations, old, new))
    if not standings and fronts[0] == fronts[1] and not reasons:
        return None
    is_other = trial.before != trial.after
    return Move(trial.id, trial.title, fronts[0], fronts[1], standings, reasons, is_other)


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]


def _front(side: _Worked, found: dict[tuple[str, str], object]) -> tuple[str, ...]:
    points: dict[str, dict[str, object]] = {}
    for (kind, test), value in found.items():
        points.setdefault(kind, {})[test] = value
    return tuple(side.label(kind) for kind in front(points))  # type: ignore[arg-type]


_Key = tuple[str, str, str]


def _reasons(
    situations: tuple[Situation, Situation], old: _Worked, new: _Worked
) -> Iterator[Reason]:
    were, are = (
        dict(_counted(situation, side))
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


def _counted(situation: Situation, side: _Worked) -> Iterator[tuple[_Key, Reason]]:
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

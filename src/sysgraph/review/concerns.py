"""What whoever reviews a change should look at closely, each with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sysgraph.advice.frame import values_of
from sysgraph.review.fronts import Board
from sysgraph.review.held import name_of
from sysgraph.review.record import Record, lowest_and_highest
from sysgraph.review.report import Concern, Move, Review, Status, Subject
from sysgraph.review.resemblance import RUN, is_alike, likenesses, shared_wording
from sysgraph.review.shares import large_shares
from sysgraph.review.side import Side
from sysgraph.terms import NAMESPACE

__all__ = ["FEWEST_CASES", "MOST_COMPARED", "NEAREST", "find_concerns"]

MOST_COMPARED = 5_000
"""How many cases a changed one is compared with; beyond that it is said that it was not."""
NEAREST = 20
"""How many cases are taken by each of its readings, where not all are compared."""
_MOST_TWINS = 3
FEWEST_CASES = 3
"""How many cases of one contributor it takes to wonder that all of them are successes."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """All that the checks look at. ``all_before`` and ``all_after`` hold cases by their ids.

    ``is_whole`` tells that these are all cases, and not only those that are nearest.
    """

    review: Review
    changed: tuple[Record, ...]
    all_before: Mapping[str, Record]
    all_after: Mapping[str, Record]
    is_whole: bool
    best: str
    least_sure: str
    boards: tuple[Board, Board]


def find_concerns(
    review: Review, before: Side, after: Side, boards: tuple[Board, Board]
) -> tuple[tuple[Concern, ...], dict[str, str]]:
    """Return the warnings for a reviewer, and over what each check looked, by its name.

    Only cases that are new or changed are looked at. With more than 5,000 cases on a side they
    are compared with those alone whose titles or readings are nearest, and shares are not
    counted, which is said.
    """
    names = [one.name for one in review.contributions if one.kind == "case"]
    new = [n for n in names if any(o.name == n and _is_there(o) for o in review.contributions)]
    changed = tuple(Record(name, after.statements(name)) for name in new)
    count = max(len(before.frame.cases.index()), len(after.frame.cases.index()))
    is_small = count <= MOST_COMPARED
    cases = [_all(side) if is_small else _near(side, changed) for side in (before, after)]
    best, _ = lowest_and_highest("Judgement", after.terms)
    _, least_sure = lowest_and_highest("Confidence", after.terms)
    looked = _Looked(review, changed, cases[0], cases[1], is_small, best, least_sure, boards)
    found = tuple(concern for check in _CHECKS for concern in check(looked))
    over = (
        f"compared with all {count:,} cases, without the network"
        if is_small
        else f"compared with the {len(cases[1])} of {count:,} cases whose titles or readings are"
        " nearest, without the network; shares and successes of one contributor were not counted"
    )
    return found, {"duplicates, wording and shares": over}


def _is_there(subject: Subject) -> bool:
    return subject.status is not Status.REMOVED


def _all(side: Side) -> dict[str, Record]:
    return {name: Record(name, side.statements(name)) for name in side.names if "/" not in name}


def _near(side: Side, changed: Sequence[Record]) -> dict[str, Record]:
    """Return the cases of a side that may be changed ones under another name, by the index."""
    cases = side.frame.cases
    index = cases.index()
    known = values_of(side.frame).keys()
    names = {case.name for case in changed if case.name in index}
    for case in changed:
        names |= {
            n
            for n, title in zip(index.ids, index.titles, strict=True)
            if is_alike(case.title, title)
        }
        for reading in case.readings:
            lookup = cases.lookup({f"{NAMESPACE}{value}" for value in reading} & known)
            names |= {one.case_id for one in lookup.nearest((1 << index.rows) - 1, NEAREST)}
    return {name: Record(name, side.statements(name)) for name in sorted(names)}


def _duplicates(looked: _Looked) -> Iterator[Concern]:
    for case in looked.changed:
        others = [one for name, one in looked.all_after.items() if name != case.name]
        # Whoever resembles it in most ways comes first.
        found = sorted(likenesses(case, others), key=lambda pair: -pair[1].count(";"))
        rest = len(found) - _MOST_TWINS
        more = f"; and {rest} more cases resemble it" if rest > 0 else ""
        for other, why in found[:_MOST_TWINS]:
            yield Concern(
                "near-duplicate",
                case.title,
                f"it may be the same as {other.title} ({other.name}): {why}{more}.",
                f"Read both. If it is one case, put what is new into {other.name}, for instance as"
                " a further reading; counted twice, it would weigh twice.",
            )


def _wording(looked: _Looked) -> Iterator[Concern]:
    for case in looked.changed:
        mine = list(case.prose())
        found = shared_wording(mine, case.quotable())
        if found:
            yield _same_words(case, found, "its own")
        for name, other in looked.all_after.items():
            shared = shared_wording(mine, other.prose()) if name != case.name else None
            if shared:
                yield _same_words(case, shared, f"{other.title}'s")


def _same_words(case: Record, found: tuple[str, str, str], whose: str) -> Concern:
    mine, theirs, words = found
    return Concern(
        "same wording",
        case.title,
        f"in {mine} stand {RUN} words or more that stand in {whose} {theirs} too: “{words}”. Only"
        " what is stored here was compared; the sources themselves were not fetched.",
        "Ask for the contributor's own words, or for a quotation that is marked as one.",
    )


def _one_hand(looked: _Looked) -> Iterator[Concern]:
    if not looked.is_whole:
        return
    names = {case.name for case in looked.changed}
    types = looked.boards[1].full.types
    for share in large_shares(looked.all_before, looked.all_after, names):
        kind = types.get(share.type)
        label = f"{kind.number} {kind.label}" if kind else share.type
        yield Concern(
            f"one {share.role}",
            share.name,
            f"{share.mine} of {share.of} cases of {label} now come from this {share.role}"
            f" ({share.before:.0%} before, {share.after:.0%} after).",
            "Look for cases of this type by others before the evidence is leant on, and say"
            " whether the contributor has a stake in it.",
        )


def _moves_front(looked: _Looked) -> Iterator[Concern]:
    moved = [move for move in looked.review.moves if move.moves_front and not move.is_other]
    if not moved:
        return
    told = f"{len(moved)} of {looked.review.situations} situations"
    for who, count in _critics(looked, moved).items():
        yield Concern(
            "one contributor moves the front",
            who,
            f"critiques by this contributor alone change which types come first in {count} of"
            f" {looked.review.situations} situations.",
            "Read the grounds of each, and ask whoever could answer before it is taken in.",
        )
    changed = [one for one in looked.review.ontology if one.kind in ("consideration", "caution")]
    if changed:
        sources = _sources(looked, [one.name for one in changed])
        on = f", all on one source: {next(iter(sources))}" if len(sources) == 1 else ""
        yield Concern(
            "the front moves",
            "the ontology",
            f"{len(changed)} considerations or cautions change which types come first in {told}"
            f"{on}.",
            "Look at each situation below and at the proofs, and ask for a second source.",
        )


def _critics(looked: _Looked, moved: Sequence[Move]) -> dict[str, int]:
    """Return in how many situations the changed critiques of one contributor move the front."""
    changed = {one.name for one in looked.review.contributions}
    found: dict[str, int] = {}
    sides = [board.found for board in looked.boards]
    for move in moved:
        people = {
            critique.contributor or "somebody who is not named"
            for reason in move.reasons
            for side in sides
            for critique in side.about(reason.iri)
            if name_of(critique.iri) in changed
        }
        if len(people) == 1:
            (who,) = people
            found[who] = found.get(who, 0) + 1
    return found


def _sources(looked: _Looked, iris: Sequence[str]) -> set[str]:
    listed = [one for board in looked.boards for one in board.full.considerations]
    return {source.citation for one in listed if one.iri in iris for source in one.sources}


def _unchecked(looked: _Looked) -> Iterator[Concern]:
    for case in looked.changed:
        if not case.is_checked:
            yield Concern(
                "unchecked outcome",
                case.title,
                "it judges how the change was led and whether it works, and no page that it cites"
                " was read.",
                "Open one of its citations, compare it with the two judgements, and set `read:"
                " true` there.",
            )
        was = looked.all_before.get(case.name)
        if was and was.judgements != case.judgements and was.citations == case.citations:
            yield Concern(
                "new judgement on old evidence",
                case.title,
                "a judgement is another one, and nothing new is cited.",
                "Ask what the new judgement rests on, and for the source of it.",
            )


def _successes(looked: _Looked) -> Iterator[Concern]:
    if not looked.is_whole:
        return
    for key in dict.fromkeys(case.contributor_key for case in looked.changed):
        mine = [one for one in looked.all_after.values() if one.contributor_key == key]
        if len(mine) >= FEWEST_CASES and all(
            judgement == looked.best for one in mine for judgement in one.judgements
        ):
            yield Concern(
                "only successes",
                mine[0].contributor,
                f"all {len(mine)} cases of this contributor were led well and work.",
                "Ask for one that went wrong; what failed teaches as much, and is missing most.",
            )


def _standpoints(looked: _Looked) -> Iterator[Concern]:
    for case in looked.changed:
        points = {point.casefold() for point in case.standpoints}
        if len(points) == 1:
            yield Concern(
                "one standpoint",
                case.title,
                f"the situation is read from one standpoint only: {case.standpoints[0]}.",
                "Ask for a reading by those affected, or by whoever would disagree.",
            )


def _unsure(looked: _Looked) -> Iterator[Concern]:
    for case in looked.changed:
        seen = case.seen_with
        low = seen.count(looked.least_sure)
        if looked.least_sure and (case.confidence == looked.least_sure or low * 2 >= len(seen) > 0):
            which = (
                "as a whole"
                if case.confidence == looked.least_sure
                else (f"in {low} of the {len(seen)} facets that it sees")
            )
            yield Concern(
                "low confidence",
                case.title,
                f"its contributor is hardly sure of it {which}.",
                "Keep it as a draft, or ask what would make it surer.",
            )


_CHECKS: tuple[Callable[[_Looked], Iterator[Concern]], ...] = (
    _moves_front,
    _duplicates,
    _wording,
    _one_hand,
    _unchecked,
    _successes,
    _standpoints,
    _unsure,
)

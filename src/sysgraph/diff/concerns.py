"""Whether a case is there already under another name, or in another's words.

What whoever reviews a change should look at closely, each with what to do about it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sysgraph.advice.frame import values_of
from sysgraph.diff.fronts import Board, large_shares
from sysgraph.diff.overlay import Side, name_of
from sysgraph.diff.report import Concern, Move, Record, Review, Status, Subject, lowest_and_highest
from sysgraph.terms import NAMESPACE

__all__ = ["find_concerns", "likenesses", "shared_wording"]

SAME_TITLE = 0.75
"""How alike two titles must be, by difflib's ratio, for one to be named beside the other."""
SAME_SUMMARY = 0.6
"""How alike two summaries must be, by difflib's ratio."""
SAME_READING = 0.9
"""Which share of the facets that two readings both know must have the same value."""
FEWEST_FACETS = 8
"""How many facets two readings must both know for their likeness to mean anything."""
RUN = 12
"""How many words in a row two texts must share to be called the same wording."""


def likenesses(case: Record, others: Iterable[Record]) -> Iterator[tuple[Record, str]]:
    """Yield the cases that may be the same as a case, and why, a reason each.

    A like title or a like summary is enough. A like reading alone is not, since that is what
    comparable cases have: it takes the same place as well, or a place that shares a word and a
    start within a year. No two of the first 64 cases are alike by any of these: the nearest
    titles are 63 % alike, the nearest summaries 44 %.
    """
    for other in others:
        reasons = list(_reasons(case, other))
        if reasons:
            yield other, "; ".join(reasons)


def _reasons(case: Record, other: Record) -> Iterator[str]:
    title = _ratio(case.title, other.title, SAME_TITLE)
    if title:
        yield f"the titles are {title:.0%} alike"
    summary = _ratio(case.summary, other.summary, SAME_SUMMARY)
    if summary:
        yield f"the summaries are {summary:.0%} alike"
    is_there = bool(case.place) and case.place.casefold() == other.place.casefold()
    is_near = bool(_words(case.place) & _words(other.place)) and _is_about(case.start, other.start)
    if is_there and _is_about(case.start, other.start):
        yield f"both began in {other.place}, in {case.start} and in {other.start}"
    shared = max((_share(a, b) for a in case.readings for b in other.readings), default=0.0)
    if shared >= SAME_READING and (is_there or is_near):
        yield f"{shared:.0%} of what their readings both know is the same"


def _ratio(one: str, other: str, least: float) -> float:
    """Return how alike two texts are, or 0 where that is less than a threshold."""
    matcher = SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False)
    if not one or matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    found = matcher.ratio()
    return found if found >= least else 0.0


def is_alike(one: str, other: str) -> bool:
    """Tell whether two titles are as alike as those of the same case under another name."""
    return _ratio(one, other, SAME_TITLE) > 0


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3}


def _is_about(one: str, other: str) -> bool:
    return one.isdigit() and other.isdigit() and abs(int(one) - int(other)) <= 1


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    def facet(value: str) -> str:
        # All values of a facet begin alike; an aim answers one facet of its own.
        return value.rpartition("-")[0] if value.startswith("value/") else value.partition("/")[0]

    mine, theirs = {facet(v): v for v in one}, {facet(v): v for v in other}
    both = mine.keys() & theirs.keys()
    if len(both) < FEWEST_FACETS:
        return 0.0
    return sum(mine[name] == theirs[name] for name in both) / len(both)


_Texts = Sequence[tuple[str, str]]


def shared_wording(mine: _Texts, theirs: Iterable[tuple[str, str]]) -> tuple[str, str, str] | None:
    """Return the longest run of 12 words or more that two sets of texts share, and where.

    Texts come with the part that they stand in. Letters and digits alone are compared, in small
    letters. None where there is no such run.
    """
    starts: dict[tuple[str, ...], tuple[int, int]] = {}
    own = [(part, _tokens(text)) for part, text in mine]
    for number, (_, words) in enumerate(own):
        for at in range(len(words) - RUN + 1):
            starts.setdefault(tuple(words[at : at + RUN]), (number, at))
    if not starts:
        return None
    best: tuple[int, str, str, str] | None = None
    for part, text in theirs:
        words = _tokens(text)
        for at in range(len(words) - RUN + 1):
            found = starts.get(tuple(words[at : at + RUN]))
            if found is None:
                continue
            length = _length(own[found[0]][1][found[1] :], words[at:])
            if best is None or length > best[0]:
                best = (length, own[found[0]][0], part, " ".join(words[at : at + length]))
    return best[1:] if best else None


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _length(one: Sequence[str], other: Sequence[str]) -> int:
    same = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        same += 1
    return same


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

"""What whoever reviews a change should look at closely, each with what to do about it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

from sysgraph.advice.frame import values_of
from sysgraph.diff.facts import THE_CASE, CaseFacts
from sysgraph.diff.fronts import case_names
from sysgraph.diff.report import Comparison, Concern, FrontChange, Status
from sysgraph.diff.sides import Side, name_of
from sysgraph.diff.things import text
from sysgraph.errors import Severity
from sysgraph.ontology import Ontology
from sysgraph.screen import compile_screen
from sysgraph.terms import NAMESPACE, Triple, local_name

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
MOST_COMPARED = 5_000
"""How many cases a changed one is compared with; beyond that it is said that it was not."""
NEAREST = 20
"""How many cases are taken by each of its readings, where not all are compared."""
MOST_TWINS = 3
"""How many cases that resemble one are named."""
LARGE = 0.25
"""From which share of the cases of a type on one hand is a large one."""
FEWEST_CASES = 3
"""How many cases of one contributor it takes to wonder that all of them are successes."""


def likenesses(case: CaseFacts, others: Iterable[CaseFacts]) -> Iterator[tuple[CaseFacts, str]]:
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


def _reasons(case: CaseFacts, other: CaseFacts) -> Iterator[str]:
    title = _ratio(case.title, other.title, SAME_TITLE)
    if title:
        yield f"the titles are {title:.0%} alike"
    summary = _ratio(case.summary, other.summary, SAME_SUMMARY)
    if summary:
        yield f"the summaries are {summary:.0%} alike"
    is_there = bool(case.place) and case.place.casefold() == other.place.casefold()
    is_then = _is_about(case.start, other.start)
    words = {word for word in _tokens(case.place) if len(word) > 3}
    is_near = is_then and not words.isdisjoint(_tokens(other.place))
    if is_there and is_then:
        yield f"both began in {other.place}, in {case.start} and in {other.start}"
    shared = max((_share(a, b) for _, a in case.readings for _, b in other.readings), default=0.0)
    if shared >= SAME_READING and (is_there or is_near):
        yield f"{shared:.0%} of what their readings both know is the same"


def _ratio(one: str, other: str, least: float) -> float:
    """Return how alike two texts are, or 0 where that is less than a threshold."""
    matcher = SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False)
    if not one or matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    found = matcher.ratio()
    return found if found >= least else 0.0


def _tokens(said: str) -> list[str]:
    return re.findall(r"\w+", said.casefold())


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


def shared_wording(
    mine: Iterable[tuple[str, str]], theirs: Iterable[tuple[str, str]]
) -> tuple[str, str, str] | None:
    """Return the longest run of 12 words or more that two sets of texts share, and where.

    Texts come with the part that they stand in. Letters and digits alone are compared, in small
    letters. None where there is no such run.
    """
    starts: dict[tuple[str, ...], tuple[str, list[str], int]] = {}
    for part, said in mine:
        words = _tokens(said)
        for at in range(len(words) - RUN + 1):
            starts.setdefault(tuple(words[at : at + RUN]), (part, words, at))
    best: tuple[int, tuple[str, str, str]] | None = None
    for part, said in theirs if starts else ():
        words = _tokens(said)
        for at in range(len(words) - RUN + 1):
            found = starts.get(tuple(words[at : at + RUN]))
            if found is None:
                continue
            where, own, start = found
            length = _length(own[start:], words[at:])
            if best is None or length > best[0]:
                best = (length, (where, part, " ".join(words[at : at + length])))
    return best[1] if best else None


def _length(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words are the same from the start."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


@dataclass(frozen=True, slots=True)
class _Looked:
    """All that the checks look at. ``were`` and ``are`` hold cases of both sides by their ids.

    ``is_whole`` tells that these are all cases, and not only those that are nearest.
    """

    found: Comparison
    changed: tuple[CaseFacts, ...]
    were: Mapping[str, CaseFacts]
    are: Mapping[str, CaseFacts]
    is_whole: bool
    before: Side
    after: Side
    best: str
    least_sure: str


def find_concerns(
    found: Comparison, before: Side, after: Side
) -> tuple[tuple[Concern, ...], dict[str, str]]:
    """Return the warnings for a reviewer, and over what each check looked, by its name.

    Only cases that are new or changed are looked at. With more than 5,000 cases on a side they
    are compared with those alone whose titles or readings are nearest, and shares are not
    counted, which is said.
    """
    changed = tuple(
        after.case(one.name)
        for one in found.contributions
        if one.kind == "case" and one.status is not Status.REMOVED
    )
    count = max(len(side.frame.cases.index()) for side in (before, after))
    is_whole = count <= MOST_COMPARED
    were, are = (
        {name: side.case(name) for name in (case_names(side) if is_whole else _near(side, changed))}
        for side in (before, after)
    )
    best, least_sure = _ordered("Judgement", after.terms), _ordered("Confidence", after.terms)
    ends = "".join(best[:1]), "".join(least_sure[-1:])
    looked = _Looked(found, changed, were, are, is_whole, before, after, *ends)
    over = (
        f"compared with all {len(are) - bool(changed):,} other cases, without the network"
        if is_whole
        else f"compared with the {len(are)} of {count:,} cases whose titles or readings are"
        " nearest, without the network; shares and successes of one contributor were not counted"
    )
    concerns = tuple(concern for check in _CHECKS for concern in check(looked))
    return concerns, {"duplicates, wording and shares": over}


def _near(side: Side, changed: Iterable[CaseFacts]) -> list[str]:
    """Return the cases of a side that may be changed ones under another name, by the index."""
    cases = side.frame.cases
    index = cases.index()
    known = values_of(side.frame).keys()
    names = {case.name for case in changed if case.name in index}
    for case in changed:
        titled = zip(index.ids, index.titles, strict=True)
        names |= {name for name, title in titled if _ratio(case.title, title, SAME_TITLE)}
        for _, values in case.readings:
            lookup = cases.lookup({f"{NAMESPACE}{value}" for value in values} & known)
            names |= {one.case.id for one in lookup.nearest((1 << index.rows) - 1, NEAREST)}
    return sorted(names)


def _moves_front(looked: _Looked) -> Iterator[Concern]:
    found = looked.found
    moved = [change for change in found.moves if change.moves_front and not change.is_other]
    if not moved:
        return
    for who, count in _critics(looked, moved).items():
        yield Concern(
            "one contributor moves the front",
            who,
            f"critiques by this contributor alone change which types come first in {count} of"
            f" {found.situations} situations.",
            "Read the grounds of each, and ask whoever could answer before it is taken in.",
        )
    changed = [one.name for one in found.ontology if one.kind in ("consideration", "caution")]
    if changed:
        sides = (looked.before, looked.after)
        listed = [one for side in sides for one in side.frame.considerations]
        sources = {s.citation for one in listed if one.iri in changed for s in one.sources}
        on = f", all on one source: {next(iter(sources))}" if len(sources) == 1 else ""
        yield Concern(
            "the front moves",
            "the ontology",
            f"{len(changed)} considerations or cautions change which types come first in"
            f" {len(moved)} of {found.situations} situations{on}.",
            "Look at each situation below and at the proofs, and ask for a second source.",
        )


def _critics(looked: _Looked, moved: Iterable[FrontChange]) -> Counter[str]:
    """Return in how many situations the changed critiques of one contributor move the front.

    Those that are gone are left out: whoever takes one back has the front where it was.
    """
    contributions = looked.found.contributions
    changed = {one.name for one in contributions if one.status is not Status.REMOVED}
    found: Counter[str] = Counter()
    for change in moved:
        people = {
            critique.contributor or "somebody who is not named"
            for reason in change.reasons
            for side in (looked.before, looked.after)
            for critique in side.dissent.about(reason.iri)
            if name_of(critique.iri) in changed
        }
        if len(people) == 1:
            found.update(people)
    return found


def _duplicates(looked: _Looked) -> Iterator[Concern]:
    for case in looked.changed:
        others = [other for name, other in looked.are.items() if name != case.name]
        # Whoever resembles it in most ways comes first.
        found = sorted(likenesses(case, others), key=lambda pair: -pair[1].count(";"))
        rest = len(found) - MOST_TWINS
        more = f"; and {rest} more cases resemble it" if rest > 0 else ""
        for other, why in found[:MOST_TWINS]:
            yield Concern(
                "near-duplicate",
                case.title,
                f"it may be the same as {other.title} ({other.name}): {why}{more}.",
                f"Read both. If it is one case, put what is new into {other.name}, for instance as"
                " a further reading; counted twice, it would weigh twice.",
            )


def _wording(looked: _Looked) -> Iterator[Concern]:
    for case in looked.changed:
        others = [(o.title, o.prose) for name, o in looked.are.items() if name != case.name]
        for other, texts in (("", case.quotable), *others):
            found = shared_wording(case.prose, texts)
            if found:
                mine, part, words = found
                theirs = f"{other}'s {part}" if other else f"its own {part}"
                theirs = other if other and part == THE_CASE else theirs
                yield Concern(
                    "same wording",
                    case.title,
                    f"in {mine} stand {RUN} words or more that stand in {theirs} too:"
                    f" “{words}”. Only what is stored here was compared; the sources themselves"
                    " were not fetched.",
                    "Ask for the contributor's own words, or for a quotation that is marked as"
                    " one.",
                )


def _one_hand(looked: _Looked) -> Iterator[Concern]:
    """Yield each contributor and sponsor of changed cases whose share has grown and is large.

    The sponsor of a case is whoever set the change going, and two are the same where they are
    called the same; one with a single case is not told.
    """
    if not looked.is_whole:
        return
    roles: tuple[tuple[str, Callable[[CaseFacts], tuple[str, str]], int], ...] = (
        ("contributor", lambda case: (case.contributor_key, case.contributor), 1),
        ("sponsor", lambda case: (" ".join(case.driver.casefold().split()), case.driver), 2),
    )
    types = looked.after.frame.types
    for role, hand_of, fewest in roles:
        was, now = (_hands(side.values(), hand_of) for side in (looked.were, looked.are))
        hands = {(*hand_of(case), case.type) for case in looked.changed}
        for key, name, type_ in sorted(hands):
            mine, of = now[key, type_], now["", type_]
            share, earlier = mine / of, was[key, type_] / max(was["", type_], 1)
            if not key or mine < fewest or share < LARGE or share <= earlier:
                continue
            kind = types.get(local_name(type_.strip("<>")))
            label = f"{kind.number} {kind.label}" if kind else local_name(type_.strip("<>"))
            yield Concern(
                f"one {role}",
                name,
                f"{mine} of {of} cases of {label} now come from this {role}"
                f" ({earlier:.0%} before, {share:.0%} after).",
                "Look for cases of this type by others before the evidence is leant on, and say"
                " whether the contributor has a stake in it.",
            )


def _hands(
    cases: Iterable[CaseFacts], hand_of: Callable[[CaseFacts], tuple[str, str]]
) -> Counter[tuple[str, str]]:
    """Return how many cases of each type are from each hand, and from all of them."""
    found: Counter[tuple[str, str]] = Counter()
    for case in cases:
        found.update({("", case.type), (hand_of(case)[0], case.type)})
    return found


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
        was = looked.were.get(case.name)
        if was and was.judgements != case.judgements and was.citations == case.citations:
            yield Concern(
                "new judgement on old evidence",
                case.title,
                "a judgement is another one, and nothing new is cited.",
                "Ask what the new judgement rests on, and for the source of it.",
            )


def _judgements(looked: _Looked) -> Iterator[Concern]:
    """Yield what the shapes warn of in a judgement: how old it is, whose word, about what."""
    screen = compile_screen(Ontology.load().folder)
    for case in looked.changed:
        for result in screen.judge(looked.after.statements(case.name)).results:
            part = result.focus.partition(f"{case.name}/")[2]
            if result.severity is Severity.WARNING and part.startswith("outcome/"):
                wrong, _, what = result.message.partition(". ")
                test = part.removeprefix("outcome/")
                yield Concern("weak judgement", case.title, f"{test}: {wrong}.", what)


def _successes(looked: _Looked) -> Iterator[Concern]:
    if not looked.is_whole:
        return
    for key in dict.fromkeys(case.contributor_key for case in looked.changed):
        mine = [one for one in looked.are.values() if one.contributor_key == key]
        judged = {judgement for one in mine for judgement in one.judgements}
        if len(mine) >= FEWEST_CASES and judged == {looked.best}:
            yield Concern(
                "only successes",
                mine[0].contributor,
                f"all {len(mine)} cases of this contributor were led well and work.",
                "Ask for one that went wrong; what failed teaches as much, and is missing most.",
            )


def _standpoints(looked: _Looked) -> Iterator[Concern]:
    for case in looked.changed:
        standpoints = [standpoint for standpoint, _ in case.readings if standpoint]
        if len({standpoint.casefold() for standpoint in standpoints}) == 1:
            yield Concern(
                "one standpoint",
                case.title,
                f"the situation is read from one standpoint only: {standpoints[0]}.",
                "Ask for a reading by those affected, or by whoever would disagree.",
            )


def _unsure(looked: _Looked) -> Iterator[Concern]:
    for case in looked.changed:
        seen = case.seen_with
        low = seen.count(looked.least_sure)
        as_whole = case.confidence == looked.least_sure
        if looked.least_sure and (as_whole or low * 2 >= len(seen) > 0):
            which = "as a whole" if as_whole else f"in {low} of the {len(seen)} facets that it sees"
            yield Concern(
                "low confidence",
                case.title,
                f"its contributor is hardly sure of it {which}.",
                "Keep it as a draft, or ask what would make it surer.",
            )


def _ordered(kind: str, terms: Iterable[Triple]) -> list[str]:
    """Return the individuals of a class of the ontology by its order, as N-Triples terms."""
    listed = list(terms)
    mine = {s for s, p, o in listed if p.endswith("#type>") and o == f"<{NAMESPACE}{kind}>"}
    places = {
        s: int(text(o)) for s, p, o in listed if p == f"<{NAMESPACE}displayOrder>" and s in mine
    }
    return sorted(places, key=lambda one: places[one])


_CHECKS: tuple[Callable[[_Looked], Iterator[Concern]], ...] = (
    _moves_front,
    _duplicates,
    _wording,
    _one_hand,
    _unchecked,
    _judgements,
    _successes,
    _standpoints,
    _unsure,
)

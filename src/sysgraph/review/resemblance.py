"""Whether a case is there already under another name, or in another's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from sysgraph.review.record import Record

__all__ = [
    "FEWEST_FACETS",
    "RUN",
    "SAME_READING",
    "SAME_SUMMARY",
    "SAME_TITLE",
    "is_alike",
    "likenesses",
    "shared_wording",
]

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

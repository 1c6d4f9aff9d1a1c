"""The cases most like a situation, each in a line or two."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sysgraph.advice.evidence import LEAST
from sysgraph.errors import clean
from sysgraph.pages.words import counted, first_sentence, listing, sentence

if TYPE_CHECKING:
    from sysgraph.advice.cases import JudgementGround
    from sysgraph.advice.evidence import Likened, OutcomeTally

__all__ = ["case_line", "failed_line", "tally_line"]

_LONG = 14
"""More words than a line on a case should have."""

_SHORT = 3
"""What a line on a case says at least."""

_SHORTER = re.compile(r"(?<=\w\w), (?=(?:\w+\W+){2,}).*")
"""What follows the first comma."""

_OUTCOMES = {
    "led": ("accepted", "partly", "disputed"),
    "working": ("worked", "in part", "did not work"),
}
_WHOSE = {"yes": "by others", "no": "by those who led"}


def case_line(start: str, case: Likened) -> str:
    """Return a case in a line or two: what it was, why it failed, what is alike, who judged."""
    because = [case.why[test] for test in case.failed if case.why.get(test)]
    what = first_sentence(case.summary)
    if because or len(what.split()) > _LONG:
        what = _shorter(what)
    if because:
        what += f". Why: {sentence(first_sentence(because[0]))}"
    return f"{start}: {case.case.title}. {what}. {_likeness(case)}{_judged(case.grounds)}."


def _shorter(text: str) -> str:
    """Return what stands before the first comma, unless that says too little."""
    cut = _SHORTER.sub("", text)
    return cut if len(cut.split()) > _SHORT else text


def failed_line(case: Likened) -> str:
    """Return a case that failed, in a line or two that begin with how it was judged."""
    return case_line(sentence(listing(_words_of(test)[2] for test in case.failed)), case)


def _likeness(case: Likened) -> str:
    """Return what of most weight is alike and what is not, without a full stop."""
    alike = f"{len(case.shared)} of {len(case.shared) + len(case.differs)} facts"
    told = f"Alike in {alike}"
    if case.differs:
        other = max(case.differs, key=lambda each: each.facet.strength)
        told += f"; there '{clean(other.there.label)}'"
    return told


def tally_line(tallies: Mapping[str, OutcomeTally]) -> str:
    """Return what came of the cases led in one way, in one line without a full stop."""
    total = max((tally.known + tally.open for tally in tallies.values()), default=0)
    if total < LEAST:
        return f"We know {counted(total, 'such case')}: too few to count"
    told = []
    for test, tally in tallies.items():
        pairs = zip((tally.met, tally.partly, tally.failed), _words_of(test), strict=True)
        listed = [f"{count} {word}" for count, word in pairs if count]
        rest = total - tally.met - tally.partly - tally.failed
        told.append(", ".join([*listed, *[f"{rest} not known"] * bool(rest)]))
    return f"Of {counted(total, 'case')} led this way: {'; '.join(told)}"


def _words_of(test: str) -> tuple[str, str, str]:
    return _OUTCOMES.get(test, ("met it", "in part", "failed"))


def _judged(grounds: Mapping[str, JudgementGround]) -> str:
    """Return how old the judgements are and whose, to stand in brackets; nothing if not told."""
    year = max((each.judged for each in grounds.values()), default="")
    whose = dict.fromkeys(
        _WHOSE[e.independent] for e in grounds.values() if e.independent in _WHOSE
    )
    told = [f"judged {year}"] if year else []
    told += [f"{'' if year else 'judged '}{' and '.join(whose)}"] if whose else []
    return f" ({', '.join(told)})" if told else ""

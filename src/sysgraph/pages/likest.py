"""The cases most like a situation, each in a line or two."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sysgraph.advice.evidence import LEAST
from sysgraph.errors import clean
from sysgraph.language import foreign, noted, say
from sysgraph.pages.words import counted, first_sentence, listing, sentence

if TYPE_CHECKING:
    from sysgraph.advice.cases import JudgementGround
    from sysgraph.advice.evidence import Likened, OutcomeTally

__all__ = ["case_line", "failed_line", "tally_line"]

_LONG = 14
"""More words than a line on a case should have."""

_SHORT = 3
"""What a line on a case says at least."""

_COMMA = re.compile(r"(?<=\w\w), (?=(?:\w+\W+){2,})")
_LISTED = re.compile(r"(?:[^\s,]+ ){1,5}(?:and|or) |(?:[^\s,]+ ?){1,4}, ")
"""What may follow a comma within a list, where nothing can be cut."""
_OPENS = re.compile(
    r"(?:A(?:fter|lthough|s|t)|B(?:ecause|efore|y)|D(?:uring|espite)|F(?:acing|or|rom)|I[fn]|On(?:ce)?"
    r"|Since|Though|Under|W(?:hen|here|hile|ith|ithout))\b"
)
"""How a sentence begins that has its main clause behind the first comma."""

_OUTCOMES = {
    "led": (noted("accepted"), noted("partly"), noted("disputed")),
    "working": (noted("worked"), noted("in part"), noted("did not work")),
}
_JUDGED = {
    (): noted(" (judged {year})"),
    ("yes",): noted(" (judged {year}, by others)"),
    ("no",): noted(" (judged {year}, by those who led)"),
    ("no", "yes"): noted(" (judged {year}, by those who led and by others)"),
    ("yes", "no"): noted(" (judged {year}, by others and by those who led)"),
}
_UNDATED = {
    ("yes",): noted(" (judged by others)"),
    ("no",): noted(" (judged by those who led)"),
    ("no", "yes"): noted(" (judged by those who led and by others)"),
    ("yes", "no"): noted(" (judged by others and by those who led)"),
}


def case_line(start: str, case: Likened) -> str:
    """Return a case in a line or two: what it was, why it failed, what is alike, who judged."""
    because = [case.why[test] for test in case.failed if case.why.get(test)]
    what = first_sentence(case.summary)
    if because or len(what.split()) > _LONG:
        what = _shorter(what)
    parts = {
        "start": start,
        "title": foreign(case.case.title),
        "what": foreign(what),
        "alike": f"{_likeness(case)}{_judged(case.grounds)}",
    }
    if because:
        parts["why"] = foreign(sentence(first_sentence(because[0])))
        return say("{start}: {title}. {what}. Why: {why}. {alike}.", **parts)
    return say("{start}: {title}. {what}. {alike}.", **parts)


def _shorter(text: str) -> str:
    """Return what stands before the first comma, unless that is no whole or says too little."""
    comma = _COMMA.search(text)
    if comma is None or _OPENS.match(text) or _LISTED.match(text, comma.end()):
        return text
    cut = text[: comma.start()]
    return cut if len(cut.split()) > _SHORT else text


def failed_line(case: Likened) -> str:
    """Return a case that failed, in a line or two that begin with how it was judged."""
    return case_line(sentence(listing(say(_words_of(test)[2]) for test in case.failed)), case)


def _likeness(case: Likened) -> str:
    """Return what of most weight is alike and what is not, without a full stop."""
    parts = {"n": len(case.shared), "all": len(case.shared) + len(case.differs)}
    if not case.differs:
        return say("Alike in {n} of {all} facts", **parts)
    other = max(case.differs, key=lambda each: each.facet.strength)
    there = clean(other.there.label)
    return say("Alike in {n} of {all} facts; there '{there}'", **parts, there=there)


def tally_line(tallies: Mapping[str, OutcomeTally]) -> str:
    """Return what came of the cases led in one way, in one line without a full stop."""
    total = max((tally.known + tally.open for tally in tallies.values()), default=0)
    if total < LEAST:
        return say("We know {cases}: too few to count", cases=counted(total, "such case"))
    told = []
    for test, tally in tallies.items():
        pairs = zip((tally.met, tally.partly, tally.failed), _words_of(test), strict=True)
        listed = [f"{count} {say(word)}" for count, word in pairs if count]
        rest = total - tally.met - tally.partly - tally.failed
        told.append(", ".join([*listed, *[say("{n} not known", n=rest)] * bool(rest)]))
    cases = counted(total, "case")
    return say("Of {cases} led this way: {judged}", cases=cases, judged="; ".join(told))


def _words_of(test: str) -> tuple[str, str, str]:
    return _OUTCOMES.get(test, (noted("met it"), noted("in part"), noted("failed")))


def _judged(grounds: Mapping[str, JudgementGround]) -> str:
    """Return how old the judgements are and whose, to stand in brackets; nothing if not told."""
    year = max((each.judged for each in grounds.values()), default="")
    known = ("yes", "no")
    whose = tuple(dict.fromkeys(e.independent for e in grounds.values() if e.independent in known))
    if year:
        return say(_JUDGED[whose], year=year)
    return say(_UNDATED[whose]) if whose else ""

"""What tables of others tell, as a reader needs it: whose, of what, how sure, and of what not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sysgraph.language import foreign, noted, say
from sysgraph.pages.blocks import Block, Item, Paragraph
from sysgraph.pages.words import as_clause, counted, lowered, sentence

if TYPE_CHECKING:
    from fractions import Fraction

    from sysgraph.advice.outside import Elsewhere, OutsideFinding, ReferenceClass

__all__ = ["ELSEWHERE", "elsewhere_blocks", "elsewhere_brief", "finding_text", "findings_text"]

ELSEWHERE = noted("What came of such cases elsewhere")

NOTHING = noted("No outside record speaks about this situation.")
_MAY_SPEAK = "a record that others made may speak of it"
_INTERVAL = re.compile(r"\(\d+ to \d+\)")
_BACKGROUND = noted("This is background; it speaks for no way of leading, and against none.")


def elsewhere_brief(found: Elsewhere) -> Iterator[Block]:
    """Yield for the practitioner the one class that may speak, if one may."""
    one = found.found
    if one is not None:
        yield Paragraph(one.sentence)
        yield Paragraph(f"{_who(one)} {_of_what(one)}")
        yield Paragraph(say(_BACKGROUND))


def elsewhere_blocks(found: Elsewhere) -> Iterator[Block]:
    """Yield for the researcher all that is known of the class that may speak."""
    one = found.found
    if one is None:
        yield Paragraph(NOTHING)
    else:
        yield Paragraph(f"{sentence(one.label)} ({one.id}). {one.sentence}")
        yield from map(Item, _told(one))
        yield Paragraph(_BACKGROUND)
    if found.questions:
        yield Paragraph(f"With answers, yes or no, to one of these, {_MAY_SPEAK}:")
        yield from (Item(f"{one.wording} ({one.id})", "?") for one in found.questions)


def _who(one: ReferenceClass) -> str:
    table = one.table
    told = say(
        "Counted from {table}, {years}; coded by {coders}.",
        table=foreign(table.label),
        years=one.years,
        coders=table.coded_by,
    )
    if not _INTERVAL.search(one.sentence):
        return told
    return f"{told} {say('In brackets: 95% intervals.')}"


def _of_what(one: ReferenceClass) -> str:
    not_of = f" {one.does_not_speak_of}" if one.does_not_speak_of else ""
    return f"{say('It speaks of: {what}.', what=as_clause(one.speaks_of))}{not_of}"


def _told(one: ReferenceClass) -> Iterator[str]:
    """Yield what the figures are worth, a sentence or two each."""
    table = one.table
    yield (
        f"Source: {table.title}; {', '.join(table.urls)}, commit {', '.join(table.commits)}."
        f" Years: {one.years}. Licence: {table.licence}."
    )
    coded = f"Coded by {table.coded_by}; {table.coded_when}. From outside: {table.from_outside}."
    yield f"{coded} Shows a difference: {one.difference}."
    if one.adjusted:
        yield f"Once other things are held: {one.adjusted}."
    yield f"Nearest to the test '{one.test}': {one.why}"
    yield _of_what(one)
    yield from (f"Keep in mind: {caveat}" for caveat in table.caveats)


def findings_text(findings: Iterable[OutsideFinding]) -> str:
    """Return all that tables of others show about a ground, each with n and interval."""
    told = " ".join(f"{sentence(finding_text(each))}." for each in findings)
    return f" {told}" if told else ""


def finding_brief(finding: OutsideFinding) -> str:
    """Return what tables of others show about a ground, with n and interval, in few words."""
    if not finding.cases:
        return say("no table found tests this")
    parts = {"cases": counted(finding.cases, "case"), "found": _came(finding)}
    return say("its ground was tested on {cases} elsewhere: {found}", **parts)


def finding_text(finding: OutsideFinding) -> str:
    """Return what tables of others show about a ground, with n and interval, as a clause."""
    if not finding.cases:
        return say("no table found tests {whether}", whether=_whether(finding))
    parts = {"cases": counted(finding.cases, "case"), "found": _came(finding)}
    return say(
        "tested elsewhere on {cases}, {whether}: {found}", whether=_whether(finding), **parts
    )


def _came(finding: OutsideFinding) -> str:
    """Return what a test came to: the verdict, for what, with the interval, and if it stays."""
    name, label = finding.verdict
    extra = [finding.strength] if finding.strength else []
    if finding.odds is not None and finding.odds_interval is not None:
        low, high = map(_odds, finding.odds_interval)
        odds = _odds(finding.odds)
        told = say("odds ratio {odds}, 95%: {low} to {high}", odds=odds, low=low, high=high)
        extra.append(told)
    if name == "supported" and not finding.stays:
        extra.append(say("no longer shown once it is corrected for all that was looked at"))
    return f"{label} ({'; '.join(extra)})" if extra else label


def _whether(finding: OutsideFinding) -> str:
    return lowered(finding.tested)


def _odds(odds: Fraction) -> str:
    """Return an odds ratio with three digits that tell.

    >>> from fractions import Fraction
    >>> _odds(Fraction("0.59")), _odds(Fraction("36.54")), _odds(Fraction("732.13"))
    ('0.59', '36.5', '732')
    """
    return f"{float(odds):.3g}"

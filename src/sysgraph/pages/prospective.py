"""What was asked before and judged after, as a part of the record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sysgraph.advice.evidence import LEAST, OutcomeTally
from sysgraph.pages.blocks import GAP, Block, Columns, Paragraph, table_markdown
from sysgraph.pages.words import counted

if TYPE_CHECKING:
    from sysgraph.record.prospective import Came, Prospective

__all__ = ["ASKED_BEFORE", "prospective_blocks", "prospective_data", "prospective_lines"]

ASKED_BEFORE = "Asked before, judged after"

_NONE = (
    "No case here was advised first and judged later.",
    "Only such cases can test advice; 'sysgraph follow-up' begins one.",
)
_CARE = (
    "It goes by what was advised then, whatever the rules say now. Who led as advised was not drawn"
    " by lot, so that a difference between these rows need not come of the advice."
)
_HEAD = ("led in a way that was", "met in full", "95%", "failed", "by others", "by who led", "")


def prospective_blocks(found: Prospective) -> Iterator[Block]:
    """Yield what came of the cases that were advised first and judged later, or that none was."""
    yield from map(Paragraph, _before(found))
    if found.cases:
        yield GAP
        yield Columns("  {:{width}}{:>11}   {:14}{:>8}{:>11}{:>12}   {}", [_HEAD, *_rows(found)])
        yield GAP
        yield Paragraph(_CARE)


def prospective_lines(found: Prospective) -> Iterator[str]:
    """Yield the same as lines of Markdown, between empty ones."""
    yield from ("", f"{ASKED_BEFORE}: {' '.join(_before(found))}", "")
    if found.cases:
        yield from (*table_markdown(_HEAD, _rows(found)), "", _CARE, "")


def prospective_data(found: Prospective) -> dict[str, Any]:
    """Return the same ready for JSON."""
    return {
        "cases": found.cases,
        "named_none": found.unnamed,
        "waiting": found.waiting,
        "says": " ".join(_before(found)),
        "ways": [
            {
                "practised": way.how.value,
                "cases": way.cases,
                "closed_then": way.closed,
                "outcomes": [_came_data(came) for came in way.came],
            }
            for way in found.ways
        ],
    }


def _before(found: Prospective) -> Iterator[str]:
    if not found.cases:
        yield from _NONE
    else:
        were = "case was" if found.cases == 1 else "cases were"
        yield (
            f"{found.cases:,} {were} advised first and judged in a later year. Only such cases can"
            f" test advice. {_followed(found)}"
        )
    if found.waiting:
        one = found.waiting == 1
        yield (
            f"{counted(found.waiting, 'case')}{'' if not found.cases else ' more'}"
            f" {'has' if one else 'have'} an advice, and it is not told that"
            f" {'it was' if one else 'they were'} judged in a later year."
        )


def _followed(found: Prospective) -> str:
    """Say how many were led as advised, and against what stood in the way."""
    first, running, other = (way.cases for way in found.ways)
    text = (
        f"{first} {'was' if first == 1 else 'were'} led in a way that was named first, {running} in"
        f" one that was in the running only, and {other} in another."
    )
    if closed := sum(way.closed for way in found.ways):
        text += f" In {counted(closed, 'case')} a gate had closed the way that was taken."
    if found.unnamed:
        text += f" In {counted(found.unnamed, 'case')} the advice had named no way first."
    return text


def _rows(found: Prospective) -> Iterator[tuple[str, ...]]:
    for way in found.ways:
        for came in way.came:
            tally = came.all
            yield (
                f"{way.how.value}: {came.test}",
                _share(tally),
                _between(tally),
                str(tally.failed),
                _share(came.by_others),
                _share(came.by_leaders),
                tally.verdict.value,
            )


def _share(tally: OutcomeTally) -> str:
    return f"{tally.met} of {tally.known}"


def _between(tally: OutcomeTally) -> str:
    if tally.known < LEAST:
        return ""
    share = tally.meeting
    return f"{share.low:.0%} to {share.high:.0%}"


def _came_data(came: Came) -> dict[str, Any]:
    tally = came.all
    return {
        "test": came.test,
        **_counts(tally),
        "low": tally.meeting.low,
        "high": tally.meeting.high,
        "verdict": tally.verdict.value,
        "by_others": _counts(came.by_others),
        "by_those_who_led": _counts(came.by_leaders),
    }


def _counts(tally: OutcomeTally) -> dict[str, int]:
    names = ("met", "partly", "failed", "open")
    return {name: getattr(tally, name) for name in names}

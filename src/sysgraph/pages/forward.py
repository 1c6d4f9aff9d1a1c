"""What base rates foretold in the tables of others, beside the record of the advice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sysgraph.pages.baselines import signed
from sysgraph.pages.blocks import GAP, Block, Columns, Item, Paragraph

if TYPE_CHECKING:
    from sysgraph.record.elsewhere import BaseRates, Forward
    from sysgraph.record.run import Backtest

__all__ = ["BASE_RATES", "base_rate_blocks", "base_rate_rows", "base_rate_words"]

BASE_RATES = ("base rates elsewhere", "cut", "before", "since", "skill (95%)", "over the later")
"""What stands at the head of the columns."""


def base_rate_blocks(done: Backtest) -> Iterator[Block]:
    """Yield what base rates foretold elsewhere, with what it is worth."""
    if not done.elsewhere.tests:
        yield Paragraph("This store holds no counts from the tables of others.")
        return
    yield Paragraph(_how(done.elsewhere))
    yield GAP
    yield Columns("  {:{width}}{:4}  {:16}{:16}{:24}{:>14}", [BASE_RATES, *base_rate_rows(done)])
    yield GAP
    for told in done.elsewhere.tests:
        yield Item(f"{told.label} ({told.table}): {told.note}")
    yield Paragraph(_ONE_TYPE)
    yield Paragraph(_DIGESTS)
    yield Paragraph(f"{done.elsewhere.digest} (outside counts)")
    yield Paragraph(f"{done.digest} (rules and cases)")


_ONE_TYPE = (
    "sysgraph's standing is the same for every row here (all one type), so this tests base rates,"
    " not advice."
)
_DIGESTS = (
    "Rules and cases learn nothing from these counts, and these nothing from them. SHA-256 of each:"
)


def _how(found: BaseRates) -> str:
    cuts = " or ".join(str(cut) for cut in sorted({told.cut for told in found.tests}))
    return (
        "How often each kind of case turned out well, counted by others and learnt from the cases"
        f" before a year, as a forecast of those since: split in time at {cuts}, the one cut"
        " that was tried. The skill is that over the earlier base rate, and beside it over the"
        " later one, which nobody knew then and for which no interval was tabulated."
    )


def base_rate_rows(done: Backtest) -> Iterator[tuple[str, ...]]:
    """Yield the row of each test."""
    for told in done.elsewhere.tests:
        before = f"{told.base_before:.1%} of {told.learnt:,}"
        since = f"{told.base_since:.1%} of {told.tried:,}"
        later = f"{signed(told.skill_over_later)}%"
        yield told.label, str(told.cut), before, since, _skill(told), later


def _skill(told: Forward) -> str:
    return f"{signed(told.skill)}% ({signed(told.low)} to {signed(told.high)})"


def base_rate_words(done: Backtest) -> Iterator[str]:
    """Yield what is said beside the table where it stands by itself."""
    if done.elsewhere.tests:
        yield from (_how(done.elsewhere), _ONE_TYPE, _DIGESTS)
        yield f"{done.elsewhere.digest} (outside counts), {done.digest} (rules and cases)."

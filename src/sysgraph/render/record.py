"""What advice says of its own past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sysgraph.render.words import paragraph

if TYPE_CHECKING:
    from sysgraph.advice.record import Record

__all__ = ["record_data", "record_lines", "signed"]


def signed(share: float) -> str:
    """Return a share in percent with one digit more, and its sign unless it rounds to 0.

    >>> signed(0.114), signed(-0.004), signed(-0.0001)
    ('+11.4', '-0.4', '0.0')
    """
    rounded = round(100 * share, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"


def record_lines(record: Record, *, own: bool = True) -> Iterator[str]:
    """Yield what advice says of its own past, in two short paragraphs.

    ``own`` tells that the advice comes from the shipped library, whose record it is.
    """
    whose = "the shipped cases" if own else "the cases of the shipped library, not over yours"
    yield paragraph(
        f"Over {record.cases} of {whose}, each left out in its turn, the way that was practised"
        f" was worth considering first by this advice in {record.hits:.0%} (95%: {record.low:.0%}"
        f" to {record.high:.0%}); by chance it would have been in {record.chance:.0%}."
    )
    parts = "; ".join(
        f"{told.test}: {told.verdict}{_range(told.low, told.high)}" for told in record.tests
    )
    yield paragraph(
        f"How high it stood foretold whether it would go well — {parts}. So take the front as what"
        f" the considerations support, not as what will succeed. See 'sysgraph backtest'"
        f" (sysgraph {record.version}, {record.digest[:12]})."
    )


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return f" (skill {signed(low)} to {signed(high)}%)"


def record_data(record: Record) -> dict[str, Any]:
    """Return the record that advice carries, ready for JSON."""
    return asdict(record)

"""How much one address may ask for at once, so that nobody keeps the others waiting."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

__all__ = ["Rate", "Rates"]

_MOST = 10_000
"""How many addresses are remembered."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests at once, and then so many a second."""

    at_once: float
    a_second: float


class Rates:
    """Counts requests by address: each takes one of what the address has left, which grows again.

    A whole house or hall may share an address, so that a rate must do for 200 people.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._left: dict[str, tuple[float, float]] = {}

    def takes(self, address: str, now: float | None = None) -> bool:
        """Tell whether an address may ask once more, and count it."""
        now = monotonic() if now is None else now
        left, since = self._left.pop(address, (self._rate.at_once, now))
        left = min(self._rate.at_once, left + (now - since) * self._rate.a_second)
        is_free = left >= 1
        if len(self._left) >= _MOST:  # the one that was silent longest is forgotten
            self._left.pop(next(iter(self._left)))
        self._left[address] = (left - is_free, now)
        return is_free

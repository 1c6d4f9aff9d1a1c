"""What some cases tell of a share: an interval that admits how few they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp, lgamma, log, log1p, sqrt

__all__ = ["EXACT", "LEAST", "Interval", "interval", "is_most"]

_TAIL = 0.025
_Z = 1.959963984540054
EXACT = 1000
"""Up to this many cases the interval is exact; beyond it is Wilson's, which is quick to compute."""

LEAST = 6
"""With fewer cases nothing can be said: had all of them gone one way, chance could do it too.

The exact 95 % interval of 5 out of 5 goes down to 48 %, that of 6 out of 6 to 54 %.
"""

_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Interval:
    """What a share lies between, from 0 to 1, with a confidence of 95 %."""

    low: float
    high: float


@lru_cache(maxsize=4096)
def interval(count: int, of: int) -> Interval:
    """Return the 95 % interval of a share of which ``count`` out of ``of`` were seen.

    It is exact: at least 95 % of the time it holds the true share. It takes a tenth of a
    millisecond, and is remembered. Where nothing was seen it is all from 0 to 1.

    Source: Clopper & Pearson 1934, Biometrika 26(4), and beyond 1,000 cases Wilson 1927, Journal
    of the American Statistical Association 22(158).
    """
    if not of:
        return Interval(0.0, 1.0)
    if of > EXACT:
        return _wilson(count, of)
    return Interval(_lowest(count, of), 1 - _lowest(of - count, of))


def _wilson(count: int, of: int) -> Interval:
    share, square = count / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = _Z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return Interval(max(0.0, middle - reach), min(1.0, middle + reach))


def _lowest(count: int, of: int) -> float:
    """Return the share at which as many as these, or more, are seen 2.5 % of the time.

    Newton's method from Wilson's bound, kept between what is too low and what is too high.
    """
    if not count:
        return 0.0
    a, b = count, of - count + 1
    low, high = 0.0, 1.0
    share = max(_wilson(count, of).low, 1e-9)
    for _ in range(100):
        excess = _tail(count, of, share) - _TAIL
        if excess > 0:
            high = share
        else:
            low = share
        slope = exp((a - 1) * log(share) + (b - 1) * log1p(-share) - _log_beta(a, b))
        step = excess / slope if slope else 0.0
        following = share - step
        if not slope or not low < following < high:
            following = (low + high) / 2
        if abs(following - share) < 1e-13:
            return following
        share = following
    return share


def is_most(count: int, of: int) -> bool:
    """Tell whether more than half meet something, with the same confidence as the interval."""
    return of > 0 and count * 2 > of and _tail(count, of, 0.5) < _TAIL


def _tail(count: int, of: int, share: float) -> float:
    """Return how likely it is to see as many as these or more, at least one.

    It is an incomplete beta function.

    Source: NIST Digital Library of Mathematical Functions, 8.17.5 and the continued fraction
    8.17.22, by Lentz's method.
    """
    a, b = float(count), float(of - count + 1)
    front = exp(a * log(share) + b * log1p(-share) - _log_beta(a, b))
    if share > (a + 1) / (a + b + 2):
        return 1.0 - front * _fraction(b, a, 1 - share) / b
    return front * _fraction(a, b, share) / a


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 1000):
        twice = a + 2 * m
        for term in (
            m * (b - m) * x / ((twice - 1) * twice),
            -(a + m) * (a + b + m) * x / (twice * (twice + 1)),
        ):
            d = 1 / _off_zero(1 + term * d)
            c = _off_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY

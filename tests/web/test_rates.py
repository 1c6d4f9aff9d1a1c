"""Rates, with the clock in hand."""

from hypothesis import given
from hypothesis import strategies as st

from sysgraph.web.rates import Rate, Rates


def test_what_is_used_up_grows_again() -> None:
    rates = Rates(Rate(2, 0.5))
    assert [rates.takes("a", 0) for _ in range(3)] == [True, True, False]
    assert rates.takes("b", 0)
    assert not rates.takes("a", 1)
    assert rates.takes("a", 2)


@given(st.lists(st.floats(0, 10), max_size=60))
def test_no_address_gets_more_than_its_rate(steps: list[float]) -> None:
    rates, now, taken = Rates(Rate(5, 2)), 0.0, 0
    for step in steps:
        now += step
        taken += rates.takes("a", now)
    assert taken <= 5 + 2 * now + 1e-6


def test_addresses_are_forgotten_in_time() -> None:
    rates = Rates(Rate(1, 1))
    for number in range(10_050):
        rates.takes(str(number), 0)
    assert len(rates._left) <= 10_000

"""Cases found by what they are, worked out by hand over the tiny world, failures first."""

import pytest

from sysgraph.casebook import Sought, Told, find_cases, tell_cases
from sysgraph.errors import UnknownThing
from sysgraph.store.local import LocalStore

# What the real library calls a failure, and the tiny world too.
FAILING = {("no", "led"), ("no", "working"), ("contested", "led")}


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        # Of alpha the leading is contested, beta did not work, gamma failed both; delta is mixed.
        (Sought(), ["alpha", "beta", "gamma", "delta"]),
        (Sought(type="facilitative"), ["alpha", "gamma", "delta"]),
        (Sought(led="yes"), ["beta"]),
        (Sought(working="mixed"), ["delta"]),
        (Sought(sector="HOUSING"), ["beta", "delta"]),
        (Sought(country="gb"), ["alpha", "gamma", "delta"]),
        (Sought(country="NL", type="facilitative"), ["delta"]),
        (Sought(values=("https://w3id.org/sysgraph/aim/improve",)), ["delta"]),
        (Sought(type="facilitative", led="yes"), []),
        # Nobody outside is known to have judged any.
        (Sought(independent=True), []),
    ],
)
def test_cases_come_with_failures_first(
    sought: Sought, found: list[str], world: LocalStore
) -> None:
    assert find_cases(sought, world, FAILING) == found


def test_values_must_hold_in_one_reading(world: LocalStore) -> None:
    values = ("aim/coordinate", "value/purpose-origin-constituents")
    named = tuple(f"https://w3id.org/sysgraph/{each}" for each in values)
    # Those affected by alpha see both; of delta each reading sees one alone.
    assert find_cases(Sought(values=named), world, FAILING) == ["alpha"]


@pytest.mark.parametrize(
    ("sought", "told"),
    [
        (Sought(type="facilitativ"), "did you mean 'facilitative'"),
        (Sought(led="maybe"), "judgement of the test 'led'"),
        (Sought(sector="helth"), "did you mean 'health'"),
        (Sought(country="Britain"), "by its two letters"),
        (Sought(sector="\x00<>\n"), "sector"),
    ],
)
def test_what_no_case_is_is_told_with_the_nearest(
    sought: Sought, told: str, world: LocalStore
) -> None:
    with pytest.raises(UnknownThing, match=told):
        find_cases(sought, world, FAILING)


def test_where_cases_took_place(world: LocalStore) -> None:
    told = tell_cases(["delta", "alpha"], world)
    assert told["delta"] == Told(("GB", "NL"), ("housing",))
    assert told["alpha"] == Told(("GB",), ("health",))
    assert tell_cases([], world) == {}

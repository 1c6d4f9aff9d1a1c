"""How far there is agreement: what the command says, in a picture."""

import pytest

from calling import Call
from sysgraph.plots.agreement import by_facet
from sysgraph.store.local import LocalStore, Store


def test_the_tiny_world_agrees_on_who_decides(world: LocalStore) -> None:
    # Alpha and delta are read twice. On whose purpose it is the readings of alpha differ, and
    # those of delta agree; on who decides both agree, and nothing varies. Who coded alpha again
    # told no facet, another type, and another outcome on one test.
    names = {row["of"] for row in by_facet(world).rows.texts()}
    assert "whose purpose" in names
    assert "promise" not in names


@pytest.mark.slow
def test_the_picture_says_what_the_command_says(call: Call, library: Store) -> None:
    told = call("agreement").out
    for row in by_facet(library).rows.texts():
        if "handsLow" in row:
            assert f"+{row['hands']}" in told
            assert row["of"] in told or row["of"].startswith("outcome: ")
        if "readings" in row:
            assert f"+{row['readings']}   alike in" in told


def test_it_is_said_that_a_hand_is_a_language_model(world: LocalStore) -> None:
    assert "One of the hands is a language model" in by_facet(world).source

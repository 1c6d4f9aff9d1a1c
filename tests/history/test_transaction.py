"""The very second at which a case changes, and a clock that is put back."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from shelf import copied
from sysgraph.bulk.load import load_bulk
from sysgraph.case.contribution import Contribution
from sysgraph.case.read import read
from sysgraph.history.deeds import history, restore, retract, store_as_of
from sysgraph.history.states import text_from
from sysgraph.intake import load, remove
from sysgraph.rdf import text_of
from sysgraph.store.local import LocalStore, memory
from sysgraph.stores import open_store
from sysgraph.terms import graph_of
from sysgraph.vocabulary import Vocabulary

Clock = Callable[[str], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Put the clock to an hour of one day."""

    def put(hour: str) -> None:
        for module in ("sysgraph.history.transaction", "sysgraph.bulk.load"):
            monkeypatch.setattr(f"{module}.moment_now", lambda: f"2026-12-01T{hour}Z")

    return put


def titled(title: str, vocabulary: Vocabulary, folder: Path) -> Contribution:
    text = copied("mine")
    path = folder / "mine.yaml"
    path.write_text(text.replace("title: Bristol Pound", f"title: {title}", 1))
    (case,) = read(path, vocabulary)
    assert case.findings == []
    return case


def title_at(hour: str, store: LocalStore) -> str:
    """Return the title that the case had at an hour; empty where it did not count."""
    then = store_as_of(store, f"2026-12-01T{hour}Z")
    quads = then.quads(graph_of("mine"))
    titles = [text_of(q.object) for q in quads if q.predicate.value.endswith("/title")]
    own = [title for title in titles if title in ("First", "Second")]
    assert len(own) == bool(quads)
    assert ("mine" in then.index()) == bool(quads)
    return own[0] if own else ""


def test_what_is_done_in_a_second_holds_from_that_second_on(
    clock: Clock, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    store = memory()
    clock("10:00:00")
    load([titled("First", vocabulary, tmp_path)], store)
    clock("11:00:00")
    load([titled("Second", vocabulary, tmp_path)], store)
    clock("12:00:00")
    retract(["mine"], store, reason="Told in error.")
    clock("13:00:00")
    restore(["mine"], store)
    clock("14:00:00")
    remove(["mine"], store)
    clock("15:00:00")
    load([titled("First", vocabulary, tmp_path)], store)
    told = {
        "09:59:59": "",
        "10:00:00": "First",
        "10:59:59": "First",
        "11:00:00": "Second",
        "11:59:59": "Second",
        "12:00:00": "",
        "12:59:59": "",
        "13:00:00": "Second",
        "13:59:59": "Second",
        "14:00:00": "",
        "14:59:59": "",
        "15:00:00": "First",
    }
    assert {hour: title_at(hour, store) for hour in told} == told


def test_a_clock_that_is_put_back_leaves_the_order_of_what_was_done(
    clock: Clock, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    store = memory()
    clock("12:00:00")
    load([titled("First", vocabulary, tmp_path)], store)
    clock("11:00:00")
    load([titled("Second", vocabulary, tmp_path)], store)
    clock("10:00:00")
    retract(["mine"], store, reason="Told in error.")
    clock("09:00:00")
    restore(["mine"], store)
    states = history("mine", store)
    assert [state.status for state in states] == ["counts", "counts", "retracted", "counts"]
    assert [state.since for state in states] == ["2026-12-01T12:00:00Z"] * 4
    assert all(one.until == next.since for one, next in pairwise(states))
    assert title_at("11:59:59", store) == ""  # nothing was there before it was first loaded
    assert title_at("12:00:00", store) == "Second"
    clock("13:00:00")
    retract(["mine"], store, reason="Told in error.")
    assert history("mine", store)[-1].since == "2026-12-01T13:00:00Z"
    assert (title_at("12:59:59", store), title_at("13:00:00", store)) == ("Second", "")


def test_a_bulk_correction_that_only_takes_away_is_a_correction(
    clock: Clock, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    place = tmp_path / "store"
    text = copied("mine")
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    clock("12:00:00")
    load_bulk([path], place, workers=1)
    (before,) = read(path, vocabulary)
    path.write_text(text.replace("- niche-isolation\n", ""))
    (after,) = read(path, vocabulary)
    assert set(after.quads) < set(before.quads)
    clock("11:00:00")  # put back
    done = load_bulk([path], place, workers=1, reason="no such risk")
    assert (done.replaced, done.unchanged) == (("mine",), ())
    store = open_store(str(place))
    assert text_from(store.quads(graph_of("mine"))) == text_from(after.quads)
    first, second = history("mine", store)
    assert (first.reason, second.added, second.gone) == ("no such risk", 0, 1)
    assert first.since == first.until == second.since == "2026-12-01T12:00:00Z"
    store.close()

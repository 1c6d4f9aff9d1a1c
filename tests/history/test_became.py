"""What became of contributions is told in order, with why; drafts and what was erased are not."""

from pathlib import Path

import pytest

from calling import Call
from shelf import copied
from sysgraph.history.became import Event, events_of, gone, gone_of, never_counted
from sysgraph.history.states import State, history_quads
from sysgraph.store.local import LocalStore, memory
from sysgraph.stores import open_store
from sysgraph.terms import iri_of

TITLE = "<http://purl.org/dc/terms/title>"
FIRST, SECOND, THIRD = (f"2026-01-0{day}T00:00:00Z" for day in (5, 6, 7))


def titled(name: str) -> str:
    return f'<{iri_of(name)}> {TITLE} "The case {name}" .\n'


@pytest.fixture
def store() -> LocalStore:
    """One of each: corrected and then retracted, superseded, removed, a draft, one given up."""
    lives = {
        "taken-back": [
            State("counts", FIRST, titled("taken-back"), "", SECOND, "corrected", "A slip."),
            State("counts", SECOND, titled("taken-back"), "", THIRD, "retracted", "Not so.", "Bo"),
            State("retracted", THIRD, titled("taken-back"), ""),
        ],
        "older": [
            State("counts", FIRST, titled("older"), "", SECOND, "superseded"),
            State("superseded", SECOND, titled("older"), "", replaced_by=("newer",)),
        ],
        "taken-out": [State("counts", FIRST, titled("taken-out"), "", THIRD, "removed")],
        "sketch": [State("draft", FIRST, titled("sketch"), "")],
        "given-up": [
            State("draft", FIRST, titled("given-up"), "", SECOND, "retracted", "No more."),
            State("retracted", SECOND, titled("given-up"), ""),
        ],
    }
    return memory([q for name, states in lives.items() for q in history_quads(name, states)])


def test_the_newest_comes_first_and_drafts_are_told_of_nowhere(store: LocalStore) -> None:
    assert events_of(store) == [
        Event(THIRD, "taken-out", "removed"),
        Event(THIRD, "taken-back", "retracted", "Not so.", "Bo"),
        Event(SECOND, "taken-back", "corrected", "A slip."),
        Event(SECOND, "older", "superseded"),
        Event(FIRST, "taken-out", "added"),
        Event(FIRST, "taken-back", "added"),
        Event(FIRST, "older", "added"),
    ]


def test_what_is_gone_says_why_and_what_took_its_place(store: LocalStore) -> None:
    found = {one.name: one for one in gone(store)}
    assert [*found] == ["older", "taken-back", "taken-out"]
    back = found["taken-back"]
    assert (back.status, back.since, back.reason, back.by) == ("retracted", THIRD, "Not so.", "Bo")
    assert (found["older"].status, found["older"].instead) == ("superseded", ("newer",))
    assert (found["taken-out"].status, found["taken-out"].since) == ("removed", THIRD)
    assert {one.title for one in found.values()} == {f"The case {name}" for name in found}
    assert gone_of("sketch", store) is None
    assert gone_of("never-there", store) is None
    assert never_counted(store) == {"sketch", "given-up"}


def test_a_real_store_tells_what_was_done_to_it(tmp_path: Path, call: Call) -> None:
    place, files = tmp_path / "store", [tmp_path / f"{name}.yaml" for name in ("one", "two")]
    for file in files:
        file.write_text(copied(file.stem))
    call("load", *files, "--store", place)
    call("retract", "one", "--reason", "The figures were withdrawn.", "--store", place)
    call("remove", "two", "--store", place)
    opened = open_store(str(place))
    (first, second) = gone(opened)
    assert (first.name, first.status, first.reason) == (
        "one",
        "retracted",
        "The figures were withdrawn.",
    )
    assert first.title == "Bristol Pound"
    assert (second.name, second.status) == ("two", "removed")
    told = [(one.name, one.what) for one in events_of(opened) if one.name in ("one", "two")]
    assert sorted(told) == [
        ("one", "added"),
        ("one", "retracted"),
        ("two", "added"),
        ("two", "removed"),
    ]
    opened.close()
    call("remove", "one", "--with-history", "--store", place)
    opened = open_store(str(place))
    assert [one.name for one in gone(opened)] == ["two"]
    opened.close()

"""The file that rooms are kept in: what is in it, for how long, and what comes of many at once."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from sysgraph.advice.heard import Person
from sysgraph.errors import SysgraphError
from sysgraph.web.kept import DAYS, MOST_PEOPLE, Room, Rooms, key_of, make_secret

FIRST = date(2026, 3, 1)
BEFORE = """
CREATE TABLE rooms (
  number INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE,
  secret BLOB NOT NULL UNIQUE, title TEXT NOT NULL, asks_all INTEGER NOT NULL,
  opened TEXT NOT NULL, heard TEXT
);
CREATE INDEX opened ON rooms (opened);
CREATE TABLE people (
  number INTEGER PRIMARY KEY,
  room INTEGER NOT NULL REFERENCES rooms (number) ON DELETE CASCADE,
  secret BLOB UNIQUE, voice TEXT NOT NULL, agrees INTEGER NOT NULL, answers TEXT
);
CREATE INDEX room ON people (room);
"""
"""The tables as they were when one secret was for one room alone."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "rooms.sqlite"


@pytest.fixture
def rooms(file: Path) -> Iterator[Rooms]:
    found = Rooms(file, lambda: FIRST)
    yield found
    found.end()


def opened(rooms: Rooms, title: str = "Schools") -> Room:
    room = rooms.convened(rooms.open(title, asks_all=True))
    assert room is not None
    return room


def test_a_room_is_found_by_either_secret_and_by_no_other(rooms: Rooms) -> None:
    secret = rooms.open("Schools", asks_all=True)
    assert rooms.convened(secret) == rooms.shared(key_of(secret)) is not None
    assert rooms.convened(key_of(secret)) is rooms.shared(secret) is rooms.shared("") is None


def test_secrets_are_long_and_never_the_same() -> None:
    made = {make_secret() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(one) for one in made} == {32}


def test_the_file_holds_no_secret_and_no_time(rooms: Rooms, file: Path) -> None:
    secret, own = rooms.open("Schools", asks_all=True), make_secret()
    room = rooms.convened(secret)
    assert room is not None
    rooms.hand_in(room, own, "tenants", {"a": "b"}, agrees=False)
    text = "\n".join(sqlite3.connect(file).iterdump())
    assert "tenants" in text
    assert not [one for one in (secret, key_of(secret), own) if one in text]
    assert "2026-03-01'" in text
    assert ":" not in text.partition("INSERT INTO")[2].replace('": "', "")


def test_the_file_is_for_its_owner_alone(rooms: Rooms, file: Path) -> None:
    assert rooms.open("", asks_all=True)
    kept = [one for one in file.parent.iterdir() if one.stat().st_mode & 0o077]
    assert kept == []


@pytest.mark.parametrize("days", [DAYS - 1, DAYS])
def test_a_room_lasts_thirty_days(file: Path, days: int) -> None:
    today = FIRST
    rooms = Rooms(file, lambda: today)
    secret = rooms.open("Schools", asks_all=True)
    today += timedelta(days)
    assert (rooms.convened(secret) is not None) is (days < DAYS)
    rooms.end()


def test_a_room_whose_days_are_over_is_deleted_at_the_start(file: Path) -> None:
    rooms = Rooms(file, lambda: FIRST)
    rooms.hand_in(opened(rooms), make_secret(), "tenants", {}, agrees=False)
    rooms.end()
    Rooms(file, lambda: FIRST + timedelta(DAYS)).end()
    left = sqlite3.connect(file).execute("SELECT count(*) FROM people").fetchone()
    assert left == (0,)


def test_what_was_deleted_is_nowhere_in_the_files(rooms: Rooms, file: Path) -> None:
    room = opened(rooms, "a-title-to-look-for")
    rooms.hand_in(room, make_secret(), "a-voice-to-look-for", {}, agrees=False)
    rooms.delete(room)
    held = b"".join(one.read_bytes() for one in file.parent.iterdir())
    assert b"to-look-for" not in held


def test_closing_deletes_what_each_person_said(rooms: Rooms, file: Path) -> None:
    room = opened(rooms)
    rooms.hand_in(room, make_secret(), "a-voice-to-look-for", {}, agrees=False)
    rooms.close(room, lambda people: f"{len(people)} spoke")
    held = b"".join(one.read_bytes() for one in file.parent.iterdir())
    assert b"to-look-for" not in held
    assert b"1 spoke" in held


def test_who_changes_the_voice_is_one_person_and_known_as_they_came(rooms: Rooms) -> None:
    room, own = opened(rooms), make_secret()
    rooms.hand_in(room, own, "tenants", {"a": "yes"}, agrees=False)
    rooms.hand_in(room, own, "tenants", {"a": "no"}, agrees=False)
    assert rooms.people(room) == [Person("tenants", {"a": "no"})]
    for voice, agrees in [("council", False), ("experts", True), ("council", True)]:
        rooms.hand_in(room, own, voice, {"a": "no"}, agrees=agrees)
        assert rooms.own(room, own) == Person(voice, {"a": "no"}, agrees)
        assert rooms.people(room) == [
            Person(voice, {"a": "no"}, agrees, came=Person("tenants", {}))
        ]
    rooms.hand_in(room, own, "tenants", {"a": "no"}, agrees=False)
    assert rooms.people(room) == [Person("tenants", {"a": "no"})]


def test_of_who_changed_the_voice_and_took_it_back_the_first_is_kept(
    rooms: Rooms, file: Path
) -> None:
    room, own = opened(rooms), make_secret()
    rooms.hand_in(room, own, "tenants", {"a": "yes"}, agrees=True)
    rooms.hand_in(room, own, "council", {"a": "yes"}, agrees=False)
    rooms.withdraw(room, own)
    assert rooms.people(room) == [Person("tenants", {}, agrees=True, is_gone=True)]
    assert "council" not in "\n".join(sqlite3.connect(file).iterdump())


def test_what_is_taken_back_is_gone_but_for_the_voice(rooms: Rooms) -> None:
    room, own = opened(rooms), make_secret()
    rooms.hand_in(room, own, "tenants", {"a": "yes"}, agrees=True)
    rooms.withdraw(room, own)
    assert rooms.own(room, own) is None
    assert rooms.people(room) == [Person("tenants", {}, agrees=True, is_gone=True)]


def test_a_person_is_known_in_their_own_room_alone(rooms: Rooms) -> None:
    room, other, own = opened(rooms), opened(rooms), make_secret()
    rooms.hand_in(room, own, "tenants", {}, agrees=False)
    assert rooms.own(room, own) is not None
    assert rooms.own(other, own) is None
    rooms.withdraw(other, own)
    assert rooms.own(room, own) is not None


def test_one_secret_in_two_rooms_is_a_person_in_each(rooms: Rooms) -> None:
    first, second, own = opened(rooms), opened(rooms), make_secret()
    rooms.hand_in(first, own, "tenants", {"a": "yes"}, agrees=False)
    rooms.hand_in(second, own, "council", {"a": "no"}, agrees=False)
    rooms.hand_in(second, own, "council", {"a": "unknown"}, agrees=False)
    assert rooms.people(first) == [Person("tenants", {"a": "yes"})]
    rooms.withdraw(second, own)
    assert rooms.own(first, own) == Person("tenants", {"a": "yes"})
    assert rooms.own(second, own) is None


def test_a_file_of_before_is_renewed_with_all_that_is_in_it(file: Path) -> None:
    file.parent.mkdir()
    secret, own = make_secret(), make_secret()
    before = sqlite3.connect(file)
    before.executescript(BEFORE)
    row = (sha256(key_of(secret).encode()).digest(), sha256(secret.encode()).digest())
    before.execute("INSERT INTO rooms VALUES (7, ?, ?, 'Schools', 1, '2026-03-01', NULL)", row)
    person = "INSERT INTO people VALUES (?, 7, ?, 'tenants', 1, ?)"
    before.execute(person, (3, None, None))
    before.execute(person, (4, sha256(own.encode()).digest(), '{"a": "yes"}'))
    before.commit()
    before.close()
    for _ in range(2):
        rooms = Rooms(file, lambda: FIRST)
        room = rooms.shared(key_of(secret))
        assert room is not None
        assert rooms.people(room) == [
            Person("tenants", {}, agrees=True, is_gone=True),
            Person("tenants", {"a": "yes"}, agrees=True),
        ]
        assert rooms.own(room, own) == Person("tenants", {"a": "yes"}, agrees=True)
        rooms.end()
    rooms = Rooms(file, lambda: FIRST)
    rooms.hand_in(opened(rooms), own, "council", {}, agrees=False)
    rooms.end()


def test_nothing_is_handed_in_or_taken_back_once_it_is_closed(rooms: Rooms) -> None:
    room, own = opened(rooms), make_secret()
    rooms.hand_in(room, own, "tenants", {}, agrees=False)
    rooms.close(room, lambda people: "[]")
    with pytest.raises(SysgraphError, match="closed"):
        rooms.hand_in(room, own, "tenants", {}, agrees=False)
    with pytest.raises(SysgraphError, match="closed"):
        rooms.withdraw(room, own)


def test_what_was_deleted_meanwhile_is_not_brought_back(rooms: Rooms) -> None:
    room = opened(rooms)
    rooms.delete(room)
    opened(rooms)
    with pytest.raises(SysgraphError, match="deleted"):
        rooms.hand_in(room, make_secret(), "tenants", {}, agrees=False)


def test_closing_twice_keeps_what_was_said_first(rooms: Rooms) -> None:
    room = opened(rooms)
    rooms.close(room, lambda people: "first")
    rooms.close(room, lambda people: "second")
    key = sqlite3.connect(rooms.file).execute("SELECT heard FROM rooms").fetchone()
    assert key == ("first",)


def test_of_those_who_hand_in_while_it_closes_each_is_heard_or_told(rooms: Rooms) -> None:
    room = opened(rooms)
    heard: list[int] = []

    def hand_in(_: int) -> bool:
        try:
            rooms.hand_in(room, make_secret(), "tenants", {}, agrees=False)
        except SysgraphError:
            return False
        return True

    def hear(people: object) -> str:
        heard.append(len(people))  # type: ignore[arg-type]
        return "[]"

    with ThreadPoolExecutor(8) as pool:
        some = [pool.submit(hand_in, at) for at in range(40)]
        closing = pool.submit(rooms.close, room, hear)
        some += [pool.submit(hand_in, at) for at in range(40)]
        closing.result()
        taken = sum(one.result() for one in some)
    assert heard == [taken]


def test_a_full_room_takes_nobody_more_but_lets_people_change(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sysgraph.web.kept.MOST_PEOPLE", 2)
    assert MOST_PEOPLE >= 200
    room, own = opened(rooms), make_secret()
    rooms.hand_in(room, own, "tenants", {}, agrees=False)
    rooms.hand_in(room, make_secret(), "tenants", {}, agrees=False)
    with pytest.raises(SysgraphError, match="full"):
        rooms.hand_in(room, make_secret(), "tenants", {}, agrees=False)
    rooms.hand_in(room, own, "tenants", {"a": "no"}, agrees=False)
    assert Person("tenants", {"a": "no"}) in rooms.people(room)


def test_changes_of_voice_do_not_fill_the_room(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sysgraph.web.kept.MOST_PEOPLE", 2)
    room, own = opened(rooms), make_secret()
    for voice in ("tenants", "council") * 3:
        rooms.hand_in(room, own, voice, {"a": "yes"}, agrees=False)
    rooms.hand_in(room, make_secret(), "tenants", {}, agrees=False)
    rooms.hand_in(room, own, "experts", {"a": "yes"}, agrees=True)
    assert rooms.own(room, own) == Person("experts", {"a": "yes"}, agrees=True)
    assert len(rooms.people(room)) == 2


def test_there_are_no_more_rooms_than_may_be(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sysgraph.web.kept.MOST_ROOMS", 1)
    opened(rooms)
    with pytest.raises(SysgraphError, match="too many rooms"):
        opened(rooms)


def test_a_title_that_is_too_long_is_told(rooms: Rooms) -> None:
    with pytest.raises(SysgraphError, match="shorten"):
        opened(rooms, "x" * 121)


@pytest.mark.parametrize("bad", ["'; DROP TABLE rooms; --", "\x00", "\ud800", "ä" * 10_000, ""])
def test_no_hostile_text_does_anything_in_the_file(rooms: Rooms, bad: str) -> None:
    room = opened(rooms)
    assert rooms.shared(bad) is rooms.convened(bad) is None
    assert rooms.own(room, bad) is None
    rooms.withdraw(room, bad)
    assert rooms.people(room) == []


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("not a folder")
    with pytest.raises(SysgraphError, match=r"no rooms can be kept here .*--rooms"):
        Rooms(tmp_path / "a-file" / "rooms.sqlite")
    with pytest.raises(SysgraphError, match="no rooms can be kept here"):
        Rooms(tmp_path)


def test_a_file_of_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    other = tmp_path / "letters.txt"
    other.write_text("Dear all, this is long enough to be no database at all. " * 20)
    before = other.read_bytes()
    with pytest.raises(SysgraphError, match="no rooms can be kept here"):
        Rooms(other)
    assert other.read_bytes() == before

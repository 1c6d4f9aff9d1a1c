"""The one file that rooms are kept in, and every statement that reads or writes it.

Of secrets it holds the SHA-256, of days the date, and of people the voice and the answers. What
is deleted is written over.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from threading import Lock

from sysgraph.advice.heard import Person
from sysgraph.errors import SysgraphError, clean

__all__ = ["DAYS", "Room", "Rooms", "default_file", "key_of", "make_secret"]

DAYS = 30
"""How many days after it was opened a room is deleted."""
MOST_PEOPLE = 500
MOST_ROOMS = 1000
_LONGEST_TITLE = 120
_MOST_PAGES = 65_536
"""How many pages of 4096 bytes the file may have."""
_SECRET = 32
"""How many letters a secret has; each of 64, so that it has 192 bits."""

_TABLES = """
CREATE TABLE IF NOT EXISTS rooms (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  key BLOB NOT NULL UNIQUE,
  secret BLOB NOT NULL UNIQUE,
  title TEXT NOT NULL,
  asks_all INTEGER NOT NULL,
  opened TEXT NOT NULL,
  heard TEXT
);
CREATE INDEX IF NOT EXISTS opened ON rooms (opened);
CREATE TABLE IF NOT EXISTS people (
  number INTEGER PRIMARY KEY,
  room INTEGER NOT NULL REFERENCES rooms (number) ON DELETE CASCADE,
  secret BLOB,
  voice TEXT NOT NULL,
  agrees INTEGER NOT NULL,
  came_voice TEXT NOT NULL,
  came_agrees INTEGER NOT NULL,
  answers TEXT,
  UNIQUE (room, secret)
);
PRAGMA user_version = 1;
"""
_RENEWED = """
ALTER TABLE people RENAME TO former;
{tables}
INSERT INTO people (room, secret, voice, agrees, came_voice, came_agrees, answers)
  SELECT room, secret, voice, agrees, voice, agrees, answers FROM former ORDER BY number;
DROP TABLE former;
"""
"""What makes of a file of before a file of today; then one secret was for one room alone."""
_ROOM = "SELECT number, key, secret, title, asks_all, opened, heard FROM rooms WHERE"


@dataclass(frozen=True, slots=True)
class Room:
    """A room. What was ``heard`` in it is told once it is closed."""

    number: int
    title: str
    asks_all: bool
    opened: date
    heard: str | None = None

    @property
    def is_closed(self) -> bool:
        """Tell whether no more can be handed in."""
        return self.heard is not None

    @property
    def ends(self) -> date:
        """The day on which the room is deleted."""
        return self.opened + timedelta(DAYS)


def default_file() -> Path:
    """Return where rooms are kept where no place is named."""
    from platformdirs import user_data_path

    return user_data_path("sysgraph", appauthor=False) / "rooms.sqlite"


def make_secret() -> str:
    """Return a secret that nobody guesses, for an address."""
    return secrets.token_urlsafe(_SECRET * 3 // 4)


def key_of(secret: str) -> str:
    """Return what the link to share holds; from it the convenor's secret cannot be told."""
    found = sha256(b"sysgraph room " + secret.encode()).digest()
    return urlsafe_b64encode(found).decode()[:_SECRET]


def _hashed(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _today() -> date:
    return datetime.now(UTC).date()


class Rooms:
    """The rooms of one file, which several servers may have open.

    Raises:
        SysgraphError: the file cannot be written.
    """

    def __init__(self, file: Path, today: Callable[[], date] = _today) -> None:
        self.file, self._today, self._lock = file, today, Lock()
        self._swept: date | None = None
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.touch(mode=0o600)
            self._database = sqlite3.connect(
                file, timeout=20, isolation_level=None, check_same_thread=False
            )
            for line in (
                "journal_mode = WAL",
                "synchronous = NORMAL",
                "foreign_keys = ON",
                "secure_delete = ON",
                f"max_page_count = {_MOST_PAGES}",
            ):
                self._database.execute(f"PRAGMA {line}")
            self._make_tables()
            self.sweep()
        except (OSError, sqlite3.Error) as error:
            reason = f"{clean(str(file))}: no rooms can be kept here ({clean(str(error))})"
            raise SysgraphError(
                f"{reason}; name a file that can be written with --rooms"
            ) from error

    def _make_tables(self) -> None:
        """Make the tables where there are none, and renew those of before."""
        self._database.execute("BEGIN IMMEDIATE")  # else two servers would do it at once
        try:
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            is_old = self._database.execute("SELECT 1 FROM sqlite_master WHERE name = 'people'")
            made = _RENEWED.format(tables=_TABLES) if is_old.fetchone() else _TABLES
            for line in made.split(";") if version == 0 else ():
                self._database.execute(line)
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def end(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """Do all of it or nothing, one after the other."""
        with self._lock:
            try:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database
                self._database.execute("COMMIT")
            except sqlite3.Error as error:
                reason = "the file of the rooms cannot be written now"
                raise SysgraphError(f"{reason}; try again in a minute") from error
            finally:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")

    def sweep(self) -> None:
        """Delete the rooms whose days are over; it is done once a day."""
        today = self._today()
        if self._swept == today:
            return
        last = (today - timedelta(DAYS)).isoformat()
        with self._changing() as database:
            database.execute("DELETE FROM rooms WHERE opened <= ?", (last,))
        self._forget()
        self._swept = today

    def _forget(self) -> None:
        """Write what was deleted over in the file, and in the log beside it."""
        with self._lock:
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def open(self, title: str, *, asks_all: bool) -> str:
        """Open a room, and return the secret of whoever convenes it.

        Raises:
            SysgraphError: there are too many rooms, or the title is too long.
        """
        self.sweep()
        if len(title) > _LONGEST_TITLE:
            raise SysgraphError(f"the title is longer than {_LONGEST_TITLE} letters; shorten it")
        secret = make_secret()
        row = (_hashed(key_of(secret)), _hashed(secret), clean(title), asks_all)
        with self._changing() as database:
            (count,) = database.execute("SELECT count(*) FROM rooms").fetchone()
            if count >= MOST_ROOMS:
                raise SysgraphError("there are too many rooms here; try again in some days")
            database.execute(
                "INSERT INTO rooms (key, secret, title, asks_all, opened) VALUES (?, ?, ?, ?, ?)",
                (*row, self._today().isoformat()),
            )
        return secret

    def shared(self, key: str) -> Room | None:
        """Return the room that a shared link leads to."""
        return self._found("key = ?", 1, key)

    def convened(self, secret: str) -> Room | None:
        """Return the room of whoever convenes it."""
        return self._found("secret = ?", 2, secret)

    def _found(self, where: str, at: int, secret: str) -> Room | None:
        self.sweep()
        wanted = _hashed(secret)
        with self._lock:
            row = self._database.execute(f"{_ROOM} {where}", (wanted,)).fetchone()
        # The index finds it; that it is the one is told in constant time.
        if row is None or not compare_digest(row[at], wanted):
            return None
        number, _, _, title, asks_all, opened, heard = row
        return Room(number, title, bool(asks_all), date.fromisoformat(opened), heard)

    def hand_in(
        self, room: Room, own: str, voice: str, answers: Mapping[str, str], *, agrees: bool
    ) -> None:
        """Keep a person's answers, instead of those that they handed in before.

        Who hands in anew as another voice is one person still, counted as the first till it closes.

        Raises:
            SysgraphError: the room is closed, deleted or full.
        """
        hashed, text = _hashed(own), json.dumps(answers)
        with self._changing() as database:
            self._must_be_open(database, room)
            if self._own(database, room, hashed) is not None:
                database.execute(
                    "UPDATE people SET voice = ?, agrees = ?, answers = ?"
                    " WHERE room = ? AND secret = ?",
                    (voice, agrees, text, room.number, hashed),
                )
                return
            (count,) = database.execute(
                "SELECT count(*) FROM people WHERE room = ?", (room.number,)
            ).fetchone()
            if count >= MOST_PEOPLE:
                raise SysgraphError(f"the room is full: {MOST_PEOPLE} people have handed in")
            database.execute(
                "INSERT INTO people (room, secret, voice, agrees, came_voice, came_agrees, answers)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (room.number, hashed, voice, agrees, voice, agrees, text),
            )

    def own(self, room: Room, own: str) -> Person | None:
        """Return what a person handed in."""
        with self._lock:
            return self._own(self._database, room, _hashed(own))

    def withdraw(self, room: Room, own: str) -> None:
        """Delete a person's answers; that somebody spoke as that voice is kept to the end.

        Raises:
            SysgraphError: the room is closed or deleted.
        """
        with self._changing() as database:
            self._must_be_open(database, room)
            if self._own(database, room, _hashed(own)) is not None:
                self._leave(database, room, _hashed(own))

    def people(self, room: Room) -> list[Person]:
        """Return all who handed in, and who took it back, in the order of coming."""
        with self._lock:
            return self._people(self._database, room)

    def close(self, room: Room, hear: Callable[[Sequence[Person]], str]) -> None:
        """Keep what ``hear`` makes of all that was said, and delete what each person said."""
        with self._changing() as database:
            people = self._people(database, room)
            database.execute(
                "UPDATE rooms SET heard = ? WHERE number = ? AND heard IS NULL",
                (hear(people), room.number),
            )
            database.execute("DELETE FROM people WHERE room = ?", (room.number,))
        self._forget()

    def delete(self, room: Room) -> None:
        """Delete a room with everything in it."""
        with self._changing() as database:
            database.execute("DELETE FROM rooms WHERE number = ?", (room.number,))
        self._forget()

    def _must_be_open(self, database: sqlite3.Connection, room: Room) -> None:
        row = database.execute(
            "SELECT heard IS NULL FROM rooms WHERE number = ?", (room.number,)
        ).fetchone()
        if row is None:
            raise SysgraphError("the room was deleted; nothing was handed in")
        if not row[0]:
            raise SysgraphError("the room is closed; nothing more can be handed in or taken back")

    def _own(self, database: sqlite3.Connection, room: Room, hashed: bytes) -> Person | None:
        row = database.execute(
            "SELECT secret, voice, agrees, answers FROM people WHERE secret = ? AND room = ?",
            (hashed, room.number),
        ).fetchone()
        if row is None or not compare_digest(row[0], hashed):
            return None
        return Person(row[1], json.loads(row[3]), bool(row[2]))

    def _leave(self, database: sqlite3.Connection, room: Room, hashed: bytes) -> None:
        database.execute(
            "UPDATE people SET secret = NULL, answers = NULL,"
            " voice = came_voice, agrees = came_agrees WHERE room = ? AND secret = ?",
            (room.number, hashed),
        )

    def _people(self, database: sqlite3.Connection, room: Room) -> list[Person]:
        rows = database.execute(
            "SELECT voice, agrees, came_voice, came_agrees, answers FROM people"
            " WHERE room = ? ORDER BY number",
            (room.number,),
        )
        return [_person(*row) for row in rows]


def _person(
    voice: str, agrees: int, came_voice: str, came_agrees: int, answers: str | None
) -> Person:
    is_other = (came_voice, came_agrees) != (voice, agrees)
    came = Person(came_voice, agrees=bool(came_agrees)) if is_other else None
    said = json.loads(answers or "{}")
    return Person(voice, said, bool(agrees), is_gone=answers is None, came=came)

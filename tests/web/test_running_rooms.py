"""Where rooms are kept, and what is said where they cannot be."""

import socket
from pathlib import Path

import pytest

from calling import Call


def test_a_file_for_rooms_that_cannot_be_written_ends_it(call: Call, tmp_path: Path) -> None:
    (tmp_path / "no-folder").touch()
    said = call("serve", "--port", "0", "--rooms", tmp_path / "no-folder" / "rooms.sqlite")
    assert said.code == 2
    assert "no rooms can be kept here" in said.err
    assert "--rooms" in said.err


def test_without_a_place_of_ones_own_it_serves_without_rooms(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no-folder").touch()
    monkeypatch.setattr("sysgraph.web.running.default_file", lambda: tmp_path / "no-folder" / "r")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        # It goes on as far as to the port, which is taken.
        said = call("serve", "--port", taken.getsockname()[1])
    assert said.err.startswith("without rooms: ")
    assert "cannot listen there" in said.err

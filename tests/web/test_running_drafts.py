"""The command that takes drafts in, as a process of its own: from its start to its end."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from calling import Call
from sysgraph.stores import prepare_store

PASSWORD = "seven tall trees"


@pytest.mark.parametrize("by", ["file", "environment"])
def test_it_lets_its_owner_in_and_leaves_nothing_behind(tmp_path: Path, by: str) -> None:
    place, secret = tmp_path / "of" / "store", tmp_path / "password"
    place.parent.mkdir()
    prepare_store(str(place)).close()
    secret.write_text(f"{PASSWORD}\n")
    command = [sys.executable, "-m", "sysgraph", "serve", "--port", "0", "--store", str(place)]
    command += ["--accept", "anna", "--rooms", str(tmp_path / "rooms.sqlite")]
    environment = dict(os.environ)
    if by == "file":
        command += ["--password-file", str(secret)]
    else:
        environment["SYSGRAPH_PASSWORD"] = PASSWORD
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stderr is not None
        told = next(line for line in server.stderr if "http://" in line)
        address = re.findall(r"http://[\d.:]+", told)[0]
        browser = build_opener(HTTPCookieProcessor())
        form = urlencode({"name": "anna", "password": PASSWORD}).encode()
        with browser.open(f"{address}/login", form) as reply:
            assert reply.url == f"{address}/drafts"
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
        assert not server.stderr.read()
    assert [one.name for one in place.parent.iterdir()] == ["store"]


def test_a_password_without_a_name_is_refused(call: Call, tmp_path: Path) -> None:
    said = call("serve", "--password-file", str(tmp_path / "password"))
    assert said.code == 2
    assert "goes with --accept" in said.err

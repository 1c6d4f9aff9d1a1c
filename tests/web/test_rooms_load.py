"""Two hundred people at once in one room: each is heard, and the figures are printed."""

import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from threading import Barrier
from urllib.parse import urlencode, urlsplit

import psutil
import pytest

PEOPLE = 200


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, psutil.Process]]:
    command = [sys.executable, "-m", "sysgraph", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, "--rooms", str(tmp_path / "rooms.sqlite")], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "http://" in line)
        host = urlsplit(line.split()[3]).netloc
        _await(host)
        yield host, psutil.Process(process.pid)
        process.terminate()


def _await(host: str) -> None:
    """Wait until the server takes connections, which is a moment after it has said where."""
    for _ in range(100):
        try:
            HTTPConnection(host).connect()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return


class Walker:
    """One person, who waits for each page; ``times`` are the seconds of each."""

    def __init__(self, host: str) -> None:
        self.connection = HTTPConnection(host, timeout=120)
        self.times: list[float] = []

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        start = time.monotonic()
        body = urlencode(form) if form is not None else None
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        self.connection.request(method, path, body, headers)
        reply = self.connection.getresponse()
        text = reply.read().decode()
        self.times.append(time.monotonic() - start)
        assert reply.status in (200, 303), (reply.status, path, text[:200])
        return text, reply.headers.get("Location", "")

    def walk(self, key: str, number: int) -> None:
        """Answer every question and hand in."""
        text, _ = self.ask("GET", f"/room/{key}")
        voices = re.findall(r'name="voice" value="([^"]+)"', text)
        query = {"voice": voices[number % len(voices)]}
        while True:
            text, led = self.ask("GET", f"/room/{key}/ask?{urlencode(query)}")
            if led:
                break
            # The first answer to the first question, the kind of job, leads on to the others.
            choices = re.findall(r'type="radio" name="([^"]+)" value="([^"]+)"', text)
            name, value = choices[number % len(choices) if len(query) > 1 else 0]
            query[name] = value
        text, _ = self.ask("GET", led)
        own = re.search(r'name="own" value="([^"]+)"', text)
        assert own is not None
        self.ask("POST", f"/room/{key}/hand-in", {**query, "own": own.group(1)})


@pytest.mark.slow
def test_two_hundred_people_at_once_are_all_heard(
    server: tuple[str, psutil.Process], capsys: pytest.CaptureFixture[str]
) -> None:
    host, process = server
    convenor = Walker(host)
    _, home = convenor.ask("POST", "/room", {"title": "Two hundred"})
    text, _ = convenor.ask("GET", home)
    key = text.partition("/room/")[2].partition('"')[0]
    before, start = process.memory_info().rss, time.monotonic()
    people, together = [Walker(host) for _ in range(PEOPLE)], Barrier(PEOPLE)

    def walk(number: int) -> str:
        together.wait()
        try:
            people[number].walk(key, number)
        except (AssertionError, OSError) as error:
            return repr(error)
        return ""

    with ThreadPoolExecutor(PEOPLE) as pool:
        faults = [fault for fault in pool.map(walk, range(PEOPLE)) if fault]
    seconds, times = time.monotonic() - start, [t for one in people for t in one.times]
    after = process.memory_info().rss
    closing = time.monotonic()
    convenor.ask("POST", f"{home}/close", {})
    convenor.ask("GET", home)
    closing = time.monotonic() - closing
    told = json.loads(convenor.ask("GET", f"{home}/answers.json")[0])
    with capsys.disabled():
        sys.stdout.write(
            f"\n{PEOPLE} people, {len(times)} pages in {seconds:.1f} s, {len(faults)} errors;"
            f" a page {median(times) * 1000:.0f} ms, 99th {quantiles(times, n=100)[98] * 1000:.0f}"
            f" ms; closed and shown in {closing:.2f} s;"
            f" memory {before >> 20} to {after >> 20} MB\n"
        )
    assert faults == []
    assert sum(group["people"] for group in told["groups"]) == PEOPLE
    counts = Counter({group["voice"]: group["people"] for group in told["groups"]})
    assert max(counts.values()) - min(counts.values()) <= 1
